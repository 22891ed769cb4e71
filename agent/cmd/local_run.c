/* local_run.c - the checks of the configuration, here and now, on this commit. */
#include "cmd/local_run.h"

#include "base/hash.h"
#include "base/mem.h"
#include "cmd/frame.h"
#include "cmd/local.h"
#include "cmd/step_files.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

/* No check sees what signs and posts its result. */
static const char *const withheld[] = {"GITHUB_TOKEN", "GH_TOKEN", "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN",
	"INPUT_TOKEN", "INPUT_GITHUB-TOKEN", "ACTIONS_RUNTIME_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
	"RUNMEDIC_APP_ID", "RUNMEDIC_PRIVATE_KEY", "RUNMEDIC_SIGNING_KEY", "RUNMEDIC_SIGNING_PASSPHRASE",
	"RUNMEDIC_AUDIT_SECRET", NULL};

/* ---- what was asked for --------------------------------------------------------------------------- */

static const char *names_of_checks(struct local_running *r)
{
	BUF_AUTO out = buf_new(BUF_LINE);

	for (size_t i = 0; i < r->config->local.check_count; i++)
		buf_addf(&out, "%s%s", i ? ", " : "", r->config->local.checks[i].name);
	return arena_text(&r->arena, buf_text(&out));
}

static int find_check(struct local_running *r, struct view name, size_t *ret, struct err *e)
{
	for (size_t i = 0; i < r->config->local.check_count; i++)
		if (view_is(name, r->config->local.checks[i].name)) {
			*ret = i;
			return 0;
		}
	return err_set(e, ERR_USAGE, "--only %.*s: the configuration has no such check; it has %s",
		VIEW_ARG(view_cut_utf8(name, 60)), names_of_checks(r));
}

static int choose_checks(struct local_running *r, bool chosen[CHECKS_MAX], struct err *e)
{
	const char *given[CHECKS_MAX];
	size_t n = args_all(r->session->args, "only", given, CHECKS_MAX), at = 0;

	r->some_only = n > 0;
	for (size_t i = 0; i < CHECKS_MAX; i++)
		chosen[i] = n == 0;
	for (size_t i = 0; i < n; i++) {
		struct view rest = view_of(given[i]), name;

		while (view_next(&rest, ',', &name)) {
			if (find_check(r, view_trim(name), &at, e) < 0)
				return -1;
			chosen[at] = true;
		}
	}
	return 0;
}

static int check_select(const struct local_running *r, struct err *e)
{
	const char *name = args_text(r->session->args, "select", NULL);

	for (size_t i = 0; name && i < r->config->select_count; i++)
		if (strcmp(r->config->selects[i].name, name) == 0)
			return 0;
	return name ? err_set(e, ERR_USAGE, "--select %.60s: the configuration has no such selection", name) : 0;
}

static int check_names(const struct local_running *r, struct err *e)
{
	const struct config *c = r->config;

	if (c->local.check_count == 0)
		return err_set(e, ERR_USAGE,
			"there is nothing to run: write `local: {checks: [{name: tests, run: \"make test\"}]}` into %s",
			c->path ? c->path : CONFIG_DEFAULT_PATH);
	if (c->local.check_count > CHECKS_MAX)
		return err_set(e, ERR_LIMIT, "the configuration has more than %u checks", CHECKS_MAX);
	return 0;
}

/* As a workflow's `run:` does. */
static const char **shell_of(struct local_running *r, const char *line)
{
	const char *const bash[] = {"bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", line, NULL};
	const char *const sh[] = {"sh", "-e", "-c", line, NULL};
	MEM_AUTO char *found = process_find("bash");
	const char **argv = arena_alloc(&r->arena, sizeof(bash));

	if (found)
		memcpy(argv, bash, sizeof(bash));
	else
		memcpy(argv, sh, sizeof(sh));
	return argv;
}

static void set_command(struct local_running *r, struct local_check *c)
{
	BUF_AUTO text = buf_new(BUF_PAGE);

	if (c->config->run) {
		c->argv = shell_of(r, c->config->run);
		c->command = c->config->run;
		return;
	}
	c->argv = arena_array(&r->arena, c->config->argv.n + 1, sizeof(*c->argv));
	memcpy(c->argv, c->config->argv.items, c->config->argv.n * sizeof(*c->argv));
	frame_command(&text, c->argv);
	c->command = arena_text(&r->arena, buf_text(&text));
}

static int make_checks(struct local_running *r, struct err *e)
{
	bool chosen[CHECKS_MAX];

	if (check_names(r, e) < 0 || check_select(r, e) < 0 || choose_checks(r, chosen, e) < 0)
		return -1;
	r->checks = mem_array(r->config->local.check_count, sizeof(*r->checks));
	for (size_t i = 0; i < r->config->local.check_count; i++) {
		struct local_check *c = &r->checks[r->count];

		if (!chosen[i])
			continue;
		r->count++;
		c->config = &r->config->local.checks[i];
		c->end.exit_code = -1;
		capture_init(&c->capture, -1);
		set_command(r, c);
		if (strlen(c->config->name) > r->name_width)
			r->name_width = strlen(c->config->name);
	}
	return 0;
}

static int read_options(struct local_running *r, struct err *e)
{
	const struct args *args = r->session->args;
	uint64_t parallel;

	if (step_holds_token())
		return err_set(e, ERR_REFUSED,
			"this step holds a token, and checks are the repository's own code: give the token to another "
			"job");
	if (args_number(args, "parallel", CHECKS_MAX, 1, &parallel, e) < 0 ||
		session_config(r->session, &r->config, e) < 0)
		return -1;
	r->parallel = parallel ? (unsigned)parallel : 1;
	r->json = !strcmp(args_text(args, "format", "text"), "json");
	return make_checks(r, e);
}

/* ---- where it runs -------------------------------------------------------------------------------- */

static const char *names_of_files(struct local_running *r, const struct repository_state *s)
{
	BUF_AUTO out = buf_new(BUF_LINE);

	for (size_t i = 0; s->names[i]; i++)
		buf_addf(&out, "%s%.100s", i ? ", " : "", s->names[i]);
	if (s->changed > STATE_NAMED_MAX)
		buf_addf(&out, " and %u more", s->changed - STATE_NAMED_MAX);
	return arena_text(&r->arena, buf_text(&out));
}

static int open_repository(struct local_running *r, struct err *e)
{
	const struct session *s = r->session;
	const char *slug = args_text(s->args, "repository", session_variable("GITHUB_REPOSITORY"));

	if (repository_open(&r->repository, s->repo, e) < 0 || repository_state(&r->state, r->repository, e) < 0)
		return -1;
	r->root = mem_text(repository_root(r->repository));
	r->slug = slug ? slug : repository_slug(r->repository);
	if (r->state.changed && !args_flag(s->args, "allow-dirty"))
		return err_set(e, ERR_REFUSED,
			"files differ from the commit: %s; commit or stash them, or say --allow-dirty",
			names_of_files(r, &r->state));
	if (r->state.changed)
		session_note(s, "runmedic: files differ from the commit (%s): nobody will believe this result",
			names_of_files(r, &r->state));
	if (r->state.submodules_absent)
		session_note(s, "runmedic: %u submodules are not checked out", r->state.submodules_absent);
	return 0;
}

/* ---- while it runs -------------------------------------------------------------------------------- */

static int stream_of(const struct local_running *r, enum live_stream from)
{
	return r->json || from == LIVE_ERR ? STDERR_FILENO : STDOUT_FILENO;
}

static void on_start(void *context, struct checks *x, size_t i)
{
	struct local_running *r = context;
	struct local_check *c = &r->checks[i];
	BUF_AUTO frame = buf_new(CAPTURE_FRAME), line = buf_new(BUF_LINE), safe = buf_new(BUF_LINE);

	local_reports_before(r, c);
	frame_begin(&frame, c->command, NULL);
	capture_begin(&c->capture, buf_view(&frame));
	c->frame = frame.n;
	for (unsigned k = 0; k < CAPTURE_STREAMS; k++)
		c->lines[k] = buf_new(CAPTURE_HOLD);
	if (r->session->quiet)
		return;
	buf_addf(&line, "== %s: %.*s", c->config->name, VIEW_ARG(view_cut_utf8(view_of(c->command), 200)));
	step_line(&safe, buf_view(&line));
	buf_add_char(&safe, '\n');
	checks_write(x, STDERR_FILENO, buf_view(&safe));
}

static void write_line(struct local_running *r, struct checks *x, const struct local_check *c, struct view text)
{
	BUF_AUTO line = buf_new(2 * CAPTURE_HOLD);

	buf_addf(&line, "%-*s | ", (int)r->name_width, c->config->name);
	buf_add_view(&line, text);
	buf_add_char(&line, '\n');
	checks_write(x, stream_of(r, LIVE_OUT), buf_view(&line));
}

/* Several talk at once: whole lines, each with the name of who says it. */
static void write_lines(struct local_running *r, struct checks *x, struct local_check *c, struct view bytes)
{
	struct buf *held = &c->lines[LIVE_OUT];
	size_t end;

	while ((end = view_find_char(bytes, '\n')) != VIEW_NONE) {
		if (!buf_add_view(held, view_sub(bytes, 0, end)))
			held->full = false;
		write_line(r, x, c, buf_view(held));
		buf_clear(held);
		bytes = view_from(bytes, end + 1);
	}
	if (!buf_add_view(held, bytes)) {
		write_line(r, x, c, buf_view(held));
		buf_clear(held);
		write_line(r, x, c, bytes);
	}
}

static void on_output(void *context, struct checks *x, size_t i, enum live_stream from, struct view bytes)
{
	struct local_running *r = context;

	capture_add(&r->checks[i].capture, from, bytes);
	if (r->parallel > 1)
		write_lines(r, x, &r->checks[i], bytes);
	else
		checks_write(x, stream_of(r, from), bytes);
}

/* A history that cannot be written is no reason not to check. */
static void begin_record(struct local_running *r, struct local_check *c)
{
	struct err e;
	const char *path;
	bool ignore;

	if (!r->store && !r->store_failed &&
		(session_db_path(r->session, &path, &ignore, &e) < 0 ||
			store_open(&r->store, path, STORE_WRITE, ignore, &e) < 0)) {
		r->store = NULL;
		r->store_failed = true;
		session_note(r->session, "runmedic: not recorded: %s", e.text);
	}
	if (r->store && store_record_begin(&c->record, r->store, &e) < 0) {
		c->record = NULL;
		session_note(r->session, "runmedic: not recorded: %s", e.text);
	}
}

static bool on_end(void *context, struct checks *x, size_t i, const struct check_end *end)
{
	struct local_running *r = context;
	struct local_check *c = &r->checks[i];

	c->end = *end;
	if (r->parallel > 1 && c->lines[LIVE_OUT].n)
		write_line(r, x, c, buf_view(&c->lines[LIVE_OUT]));
	begin_record(r, c);
	local_check_read(r, c);
	return c->status == LOCAL_PASSED || c->status == LOCAL_TOLERATED;
}

static void meanwhile(void *context)
{
	local_find_tools(context);
}

/* A program of the same user could read the token from this process's memory or environment: not while checks run. */
static int run_checks(struct local_running *r, int *ret_signal, struct err *e)
{
	const struct checks_options o = {.directory = r->root,
		.withheld = withheld,
		.parallel = r->parallel,
		.fail_fast = args_flag(r->session->args, "fail-fast"),
		.pipe_ignored = r->session->pipe_ignored,
		.on_start = on_start,
		.on_output = on_output,
		.on_end = on_end,
		.meanwhile = meanwhile,
		.context = r};
	struct check_command *commands = arena_array(&r->arena, r->count, sizeof(*commands));
	int readable = prctl(PR_GET_DUMPABLE), result;

	for (size_t i = 0; i < r->count; i++)
		commands[i] = (struct check_command){r->checks[i].argv, r->checks[i].config->timeout_s};
	prctl(PR_SET_DUMPABLE, 0);
	result = checks_run(commands, r->count, &o, ret_signal, e);
	prctl(PR_SET_DUMPABLE, readable);
	return result;
}

/* ---- and then ------------------------------------------------------------------------------------- */

/* A commit that was made, or a branch that was changed to, while the checks ran: which one did they check? */
static int look_again(struct local_running *r, struct err *e)
{
	struct repository *now = NULL;
	int result = repository_open(&now, r->session->repo, e) < 0 || repository_state(&r->after, now, e) < 0 ? -1 : 0;

	if (result == 0 && strcmp(r->after.commit, r->state.commit) != 0)
		result = err_set(e, ERR_REFUSED, "HEAD moved from %.12s to %.12s while the checks ran: run them again",
			r->state.commit, r->after.commit);
	if (result == 0 && r->after.changed && !r->state.changed)
		session_note(r->session,
			"runmedic: the checks, or somebody else, changed files (%s): nobody will believe this result",
			names_of_files(r, &r->after));
	repository_free(now);
	return result;
}

static int finish(struct local_running *r, struct err *e)
{
	if (look_again(r, e) < 0 || local_make_claim(r, e) < 0)
		return -1;
	local_record(r);
	if (local_write_result(r, e) < 0 || local_show(r, e) < 0)
		return -1;
	if (!args_flag(r->session->args, "post"))
		return r->ok ? EXIT_ANSWERED : EXIT_NO;
	if (!r->ok) {
		session_note(r->session, "runmedic: not posted: a result that failed would be rejected");
		return EXIT_NO;
	}
	return local_post_claim(r->session, &r->claim, e);
}

static void running_done(struct local_running *r)
{
	for (size_t i = 0; i < r->count; i++)
		local_check_done(&r->checks[i]);
	free(r->checks);
	if (r->analyser_started)
		analyser_end(&r->analyser);
	store_close(r->store);
	repository_state_done(&r->state);
	repository_state_done(&r->after);
	repository_free(r->repository);
	claim_done(&r->claim);
	arena_done(&r->arena);
	arena_done(&r->tools_arena);
	free(r->root);
	free(r->result_path);
}

/* As if the checks had been the program: whoever waits for us learns which signal it was. */
static int end_by(int n)
{
	signal(n, SIG_DFL);
	raise(n);
	return 128 + n;
}

int local_run(struct session *s, struct err *e)
{
	struct local_running *r = mem_new(sizeof(*r));
	int stopped_by = 0, result;

	r->session = s;
	r->begun = clock_monotonic();
	result = read_options(r, e) < 0 || open_repository(r, e) < 0 || run_checks(r, &stopped_by, e) < 0 ? -1 : 0;
	if (result == 0 && !stopped_by)
		result = finish(r, e);
	running_done(r);
	free(r);
	return stopped_by ? end_by(stopped_by) : result;
}
