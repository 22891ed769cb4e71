/* local_run_claim.c - the result of a run: what ran where, with which outcome, as a document. */
#include "cmd/local_run.h"

#include "attest/trust.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "cmd/local.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define PIECE ((size_t)256 << 10)
#define MACHINE_ID_MAX 256u

/* ---- tools ---------------------------------------------------------------------------------------- */

static bool file_digest(const char *path, char hex[HASH_HEX_MAX])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	MEM_AUTO char *piece = NULL;
	struct hash *h;
	struct stat st;
	ssize_t n = 0;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size > LOCAL_TOOL_BYTES_MAX) {
		close(fd);
		return false;
	}
	piece = mem_new(PIECE);
	h = hash_new();
	while ((n = read(fd, piece, PIECE)) > 0)
		hash_add(h, piece, (size_t)n);
	hash_hex(h, hex);
	close(fd);
	return n == 0;
}

static bool is_plain(struct view word)
{
	for (size_t i = 0; i < word.n; i++)
		if (strchr("$`'\"(){}<>|&;*?!#\\\n", word.p[i]))
			return false;
	return true;
}

/* "A=1 pytest -q" names pytest. What only a shell understands names nothing. */
static struct view first_word(struct view line)
{
	struct view word;

	while (view_word(&line, &word))
		if (view_find_char(word, '=') == VIEW_NONE)
			return is_plain(word) ? word : view_of(NULL);
	return view_of(NULL);
}

static void add_tool(struct local_running *r, struct view word)
{
	MEM_AUTO char *name = mem_bytes(word.p, word.n);
	MEM_AUTO char *path = strchr(name, '/') ? file_join(r->root, name) : process_find(name);
	char hex[HASH_HEX_MAX];

	for (size_t i = 0; i < r->tool_count; i++)
		if (strcmp(r->tools[i].name, name) == 0)
			return;
	if (!path || r->tool_count == CLAIM_TOOLS_MAX || !file_digest(path, hex))
		return;
	r->tools[r->tool_count++] = (struct claim_tool){
		.name = arena_text(&r->tools_arena, name), .digest = arena_format(&r->tools_arena, "sha256:%s", hex)};
}

void local_find_tools(struct local_running *r)
{
	r->tools = arena_array(&r->tools_arena, CLAIM_TOOLS_MAX, sizeof(*r->tools));
	for (size_t i = 0; i < r->count; i++) {
		const struct config_check *c = r->checks[i].config;
		struct view word = c->run ? first_word(view_of(c->run)) : view_of(c->argv.n ? c->argv.items[0] : NULL);

		if (word.n && word.n < CLAIM_TEXT_MAX)
			add_tool(r, word);
	}
}

/* ---- where it ran --------------------------------------------------------------------------------- */

/* Nobody learns the machine's number from it, and it is another one in each repository. */
static const char *host_of(struct local_running *r)
{
	static const char *const places[] = {"/etc/machine-id", "/var/lib/dbus/machine-id"};
	BUF_AUTO text = buf_new(BUF_PAGE);
	BUF_AUTO id = {0};
	char hex[HASH_HEX_MAX];
	struct err e;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places) && !id.n; i++) {
		buf_done(&id);
		if (file_read(places[i], MACHINE_ID_MAX, &id, &e) < 0)
			id = (struct buf){0};
	}
	if (!view_trim(buf_view(&id)).n)
		return NULL;
	buf_add_text(&text, "runmedic host\n");
	buf_add_view(&text, view_trim(buf_view(&id)));
	buf_addf(&text, "\n%s\n", r->slug ? r->slug : r->root);
	hash_view(buf_view(&text), hex);
	return arena_format(&r->arena, "sha256:%s", hex);
}

static const char *os_of(struct local_running *r)
{
	struct utsname name;

	return uname(&name) == 0 ? arena_format(&r->arena, "%s %s", name.sysname, name.machine) : NULL;
}

static int make_nonce(struct local_running *r, const char **ret, struct err *e)
{
	unsigned char random[16];
	char *hex = arena_alloc(&r->arena, 2 * sizeof(random) + 1);

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return err_errno(e, "no randomness for the result");
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(hex + 2 * i, 3, "%02x", random[i]);
	*ret = hex;
	return 0;
}

/* ---- figures -------------------------------------------------------------------------------------- */

static void add_tests(struct local_running *r)
{
	struct claim *c = &r->claim;
	const char **ids = arena_array(&r->arena, CLAIM_FAILED_MAX + 1, sizeof(*ids));
	size_t n = 0;

	for (size_t i = 0; i < r->count; i++) {
		const struct local_check *x = &r->checks[i];
		int64_t failed = x->tests.failed + x->tests.errors;

		if (!x->has[LOCAL_TESTS])
			continue;
		c->tests.ran = true;
		c->tests.failed += failed;
		c->tests.skipped += x->tests.skipped;
		c->tests.total += x->tests.passed + failed + x->tests.skipped;
		for (size_t k = 0; k < x->failed_count && n < CLAIM_FAILED_MAX && (int64_t)n < c->tests.failed; k++)
			ids[n++] = x->failed_ids[k];
	}
	c->tests.failed_ids = ids;
	c->tests.passed = c->tests.failed == 0;
}

static void add_linting(struct local_running *r)
{
	struct claim *c = &r->claim;

	c->linting.passed = true;
	for (size_t i = 0; i < r->count; i++) {
		const struct local_check *x = &r->checks[i];

		if (!x->has[LOCAL_LINT])
			continue;
		c->linting.ran = true;
		c->linting.issues += (int64_t)(x->lint.errors + x->lint.warnings + x->lint.infos);
		c->linting.passed = c->linting.passed && x->status == LOCAL_PASSED;
	}
}

struct share {
	int64_t covered, total;
};

static double percent_of(struct share s)
{
	return s.total > 0 ? 100.0 * (double)s.covered / (double)s.total : -1;
}

static struct share share_of_module(const struct local_running *r, const char *pattern)
{
	struct share s = {0};

	for (size_t i = 0; i < r->count; i++)
		for (size_t k = 0; k < r->checks[i].coverage.file_count; k++) {
			const struct coverage_file *f = &r->checks[i].coverage.files[k];

			if (f->sum.lines.total < 0 || f->sum.lines.covered < 0 || !file_glob(pattern, view_of(f->path)))
				continue;
			s.covered += f->sum.lines.covered;
			s.total += f->sum.lines.total;
		}
	return s;
}

static void add_modules(struct local_running *r)
{
	const struct config *config = r->config;
	struct claim *c = &r->claim;

	c->coverage.modules = arena_array(&r->arena, config->local.module_count, sizeof(*c->coverage.modules));
	for (size_t i = 0; i < config->local.module_count && c->coverage.module_count < CLAIM_MODULES_MAX; i++) {
		double percent = percent_of(share_of_module(r, config->local.modules[i].path));

		if (percent >= 0)
			c->coverage.modules[c->coverage.module_count++] =
				(struct claim_module){config->local.modules[i].path, percent};
	}
}

/* One report says its own percentage; of several the lines are added up. */
static void add_coverage(struct local_running *r)
{
	struct claim *c = &r->claim;
	struct share all = {0};
	double single = -1;
	bool counted = true;
	unsigned reports = 0;

	for (size_t i = 0; i < r->count; i++) {
		const struct coverage_sum *sum = &r->checks[i].coverage.sum;

		if (!r->checks[i].has[LOCAL_COVERAGE])
			continue;
		single = reports++ ? (sum->percent < single ? sum->percent : single) : sum->percent;
		counted = counted && sum->lines.total >= 0 && sum->lines.covered >= 0;
		all.covered += sum->lines.covered;
		all.total += sum->lines.total;
	}
	c->coverage.ran = reports > 0;
	c->coverage.percentage = reports > 1 && counted && all.total > 0 ? percent_of(all) : single;
	c->coverage.threshold = r->config->local.coverage;
	if (reports)
		add_modules(r);
}

/* ---- thresholds ----------------------------------------------------------------------------------- */

#define EXACT 1e-9

/* With --only, what is demanded of something that did not run is not asked for. */
static bool add_threshold(struct local_running *r, const char *name, double wanted, double found, bool most)
{
	bool holds = found >= 0 ? (most ? found <= wanted + EXACT : found >= wanted - EXACT) : r->some_only;

	if (found < 0 && r->some_only)
		return true;
	r->thresholds[r->threshold_count++] = (struct local_threshold){name, wanted, found, most, holds};
	return holds;
}

static double pass_rate(const struct claim *c)
{
	int64_t counted = c->tests.total - c->tests.skipped;

	if (!c->tests.ran)
		return -1;
	return counted ? 100.0 * (double)(counted - c->tests.failed) / (double)counted : 0;
}

static double module_percent(const struct claim *c, const char *name)
{
	for (size_t i = 0; i < c->coverage.module_count; i++)
		if (strcmp(c->coverage.modules[i].name, name) == 0)
			return c->coverage.modules[i].percentage;
	return -1;
}

static bool judge_coverage(struct local_running *r)
{
	const struct config *config = r->config;
	const struct claim *c = &r->claim;
	bool holds = true;

	if (config->local.coverage >= 0)
		holds = add_threshold(
			r, "coverage", config->local.coverage, c->coverage.ran ? c->coverage.percentage : -1, false);
	for (size_t i = 0; i < config->local.module_count && i < CLAIM_MODULES_MAX; i++) {
		const struct config_module *m = &config->local.modules[i];

		holds = add_threshold(r, arena_format(&r->arena, "coverage of %s", m->path), m->coverage,
				module_percent(c, m->path), false) &&
			holds;
	}
	return holds;
}

static bool judge(struct local_running *r)
{
	const struct config *config = r->config;
	struct claim *c = &r->claim;
	bool holds = judge_coverage(r);

	c->coverage.passed = c->coverage.ran && holds;
	if (config->local.pass_rate >= 0 &&
		!add_threshold(r, "pass rate", config->local.pass_rate, pass_rate(c), false))
		holds = c->tests.passed = false;
	if (config->local.lint != CONFIG_LINT_ANY && !add_threshold(r, "lint issues", config->local.lint,
							     c->linting.ran ? (double)c->linting.issues : -1, true))
		holds = c->linting.passed = false;
	return holds;
}

/* ---- all of it ------------------------------------------------------------------------------------ */

static const char *command_digest(struct local_running *r, const struct config_check *c)
{
	BUF_AUTO text = buf_new(BUF_PAGE);
	char hex[HASH_HEX_MAX];

	for (size_t i = 0; !c->run && i < c->argv.n; i++)
		buf_add(&text, c->argv.items[i], strlen(c->argv.items[i]) + 1);
	hash_view(c->run ? view_of(c->run) : buf_view(&text), hex);
	return arena_format(&r->arena, "sha256:%s", hex);
}

/* Those that ran; what is not there did not run. */
static void add_checks(struct local_running *r)
{
	struct claim *c = &r->claim;

	c->checks = arena_array(&r->arena, r->count, sizeof(*c->checks));
	for (size_t i = 0; i < r->count; i++) {
		const struct local_check *x = &r->checks[i];

		if (x->status == LOCAL_NOT_RUN)
			continue;
		c->checks[c->check_count++] = (struct claim_check){.name = x->config->name,
			.passed = x->status == LOCAL_PASSED || (x->status == LOCAL_TOLERATED && !x->end.exit_code),
			.exit_code = x->end.exit_code,
			.timed_out = x->end.timed_out,
			.seconds = (double)x->end.duration / (double)CLOCK_SECOND,
			.command_digest = command_digest(r, x->config)};
	}
}

static void sum_up(struct local_running *r)
{
	struct claim *c = &r->claim;
	bool holds = judge(r);

	r->ok = holds;
	c->passed = holds && (!c->tests.ran || c->tests.passed) && (!c->coverage.ran || c->coverage.passed) &&
		    (!c->linting.ran || c->linting.passed);
	for (size_t i = 0; i < r->count; i++) {
		r->ok = r->ok && (r->checks[i].status == LOCAL_PASSED || r->checks[i].status == LOCAL_TOLERATED);
		c->passed = c->passed && r->checks[i].status != LOCAL_NOT_RUN;
	}
	for (size_t i = 0; i < c->check_count; i++)
		c->passed = c->passed && c->checks[i].passed;
}

static void add_origin(struct local_running *r)
{
	char *digest = arena_alloc(&r->arena, 80);
	struct claim *c = &r->claim;

	claim_config_digest(r->config, digest);
	c->config_digest = digest;
	c->timestamp = clock_now();
	c->expires = c->timestamp + (int64_t)r->config->local.max_age_h * 3600 * CLOCK_SECOND;
	c->commit_sha = r->state.commit;
	c->tree = r->state.tree;
	c->branch = repository_branch(r->repository);
	c->repository = r->slug;
	c->runner = "local";
	c->host = host_of(r);
	c->os = os_of(r);
	c->selection = args_text(r->session->args, "select", NULL);
	c->dirty = r->state.changed || r->after.changed;
	c->untracked = r->state.untracked;
	c->submodules = (const char *const *)r->state.submodules;
	c->tools = r->tools;
	c->tool_count = r->tool_count;
	c->seconds = (double)(clock_monotonic() - r->begun) / (double)CLOCK_SECOND;
}

/* What we write others must be able to read: a branch called in two alphabets, say, is better refused here than there.
 */
static int check_readable(const struct claim *c, struct err *e)
{
	JSON_AUTO *j = claim_json(c);
	struct claim read = {0};

	if (claim_from_json(&read, j, e) < 0)
		return err_wrap(e, "the result would be refused");
	claim_done(&read);
	return 0;
}

int local_make_claim(struct local_running *r, struct err *e)
{
	r->claim = (struct claim){0};
	add_origin(r);
	add_tests(r);
	add_linting(r);
	add_coverage(r);
	add_checks(r);
	sum_up(r);
	return make_nonce(r, &r->claim.nonce, e) < 0 ? -1 : check_readable(&r->claim, e);
}

/* ---- where it goes -------------------------------------------------------------------------------- */

/* The folder is ours, and ignores itself. Whoever wrote the repository could have put a link there. */
static int prepare_folder(const char *path, struct err *e)
{
	MEM_AUTO char *folder = file_folder(path), *ignore = file_join(folder, ".gitignore");
	struct stat st;

	if (lstat(folder, &st) == 0 && !S_ISDIR(st.st_mode))
		return err_set(e, ERR_REFUSED, "%s is no folder; name another file with --output", folder);
	if (file_make_directories(folder, e) < 0)
		return -1;
	return file_exists(ignore) ? 0 : file_write_atomic(ignore, VIEW("*\n"), 0644, e);
}

int local_write_result(struct local_running *r, struct err *e)
{
	const char *named = args_text(r->session->args, "output", NULL);
	BUF_AUTO text = buf_new(CLAIM_BYTES_MAX);
	JSON_AUTO *j = claim_json(&r->claim);

	r->result_path = named ? mem_text(named) : file_join(r->root, LOCAL_RESULT_PATH);
	json_print(&text, j);
	buf_add_char(&text, '\n');
	if (text.full)
		return err_set(e, ERR_LIMIT, "the result has more than %zu bytes", CLAIM_BYTES_MAX);
	if (!named && prepare_folder(r->result_path, e) < 0)
		return -1;
	return file_write_atomic(r->result_path, buf_view(&text), 0644, e);
}

static int record_one(struct local_running *r, struct local_check *c, struct err *e)
{
	const struct store_execution x = {.repository = r->slug,
		.attempt = 1,
		.job = c->config->name,
		.job_name = c->config->name,
		.branch = repository_branch(r->repository),
		.commit = r->state.commit,
		.conclusion = c->status == LOCAL_PASSED || c->status == LOCAL_TOLERATED ? CONCLUSION_SUCCESS
			      : c->status == LOCAL_TIMED_OUT                            ? CONCLUSION_TIMED_OUT
			      : c->status == LOCAL_STOPPED                              ? CONCLUSION_CANCELLED
											: CONCLUSION_FAILURE,
		.started = c->end.started,
		.ended = c->end.started + c->end.duration,
		.space = SPACE_LOCAL};
	struct store_record *record = c->record;
	bool is_new;

	if (c->has[LOCAL_COVERAGE])
		store_record_coverage(record, &c->coverage);
	c->record = NULL;
	return store_record_commit(record, &x, c->diagnosed ? &c->diagnosis : NULL, NULL, 0, &is_new, e);
}

void local_record(struct local_running *r)
{
	struct err e;

	for (size_t i = 0; i < r->count; i++)
		if (r->checks[i].record && record_one(r, &r->checks[i], &e) < 0)
			session_note(r->session, "runmedic: not recorded: %s", e.text);
}
