/* runmedic record: reports of tests, coverage and linters into the history. */
#include "cmd/command.h"
#include "cmd/window.h"

#include "base/file.h"
#include "base/hash.h"
#include "base/mem.h"
#include "diagnose/tests.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define REPORTS_MAX 64u

static const struct option options[] = {
	{"junit", 0, "FILE", "a JUnit XML or TRX report", true},
	{"coverage", 0, "FILE", "a coverage report of any kind, or a log that shows one", true},
	{"lint", 0, "TOOL:FILE", "a linter's report or output; TOOL auto: the report shows whose it is", true},
	{"space", 0, "ci|local", "which history it belongs to (default: local)", false},
	{"branch", 0, "NAME", "the branch the results belong to", false},
	{"workflow", 0, "NAME", "the workflow the results belong to", false},
	{0},
};

static int commit(struct store_record *r, const struct session *s, const char *job, const char *digest, bool *is_new,
	struct err *e)
{
	struct store_execution x = {.attempt = 1, .job = job, .log_sha256 = digest, .space = SPACE_LOCAL};
	x.branch = args_text(s->args, "branch", NULL);
	x.workflow = args_text(s->args, "workflow", NULL);
	const char *space = args_text(s->args, "space", NULL);
	if (space)
		space_parse(view_of(space), &x.space);
	return store_record_commit(r, &x, NULL, NULL, 0, is_new, e);
}

static const char *before(bool is_new)
{
	return is_new ? "" : " (recorded before)";
}

static int record_tests(struct store *store, const struct session *s, const char *path, struct err *e)
{
	BUF_AUTO bytes = {0};
	struct store_record *r;
	struct test_counts c = {0};
	char digest[HASH_HEX_MAX];
	bool is_new = false;
	if (file_read(path, JUNIT_BYTES_MAX, &bytes, e) < 0 || store_record_begin(&r, store, e) < 0)
		return -1;
	if (test_report_read(buf_view(&bytes), store_record_test, r, &c, e) < 0) {
		store_record_abort(r);
		return err_wrap(e, "%s", path);
	}
	hash_view(buf_view(&bytes), digest);
	if (commit(r, s, "junit", digest, &is_new, e) < 0)
		return -1;
	session_note(s, "%s: %lld passed, %lld failed, %lld skipped%s", path, (long long)c.passed,
		(long long)(c.failed + c.errors), (long long)c.skipped, before(is_new));
	return 0;
}

/* Two runs may well have the same coverage, and no complaint at all: what tells them apart is when the report was
 * written. */
static void digest_of(const char *path, struct view bytes, const char *tool, char hex[HASH_HEX_MAX])
{
	struct stat st = {0};
	struct hash *h = hash_new();
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): an operand is never NULL */
	(void)stat(path, &st);
	const int64_t written[] = {st.st_mtim.tv_sec, st.st_mtim.tv_nsec};
	hash_add(h, written, sizeof written);
	hash_add(h, tool, strlen(tool) + 1);
	hash_add(h, bytes.p, bytes.n);
	hash_hex(h, hex);
}

static void note_coverage(const struct session *s, const char *path, const struct coverage *c, bool is_new)
{
	char percent[32] = "no percentage";
	if (c->sum.percent >= 0)
		snprintf(percent, sizeof percent, "%.2f %%", c->sum.percent);
	if (c->sum.lines.total >= 0)
		session_note(s, "%s: %s of the lines (%lld of %lld), %zu files%s", path, percent,
			(long long)c->sum.lines.covered, (long long)c->sum.lines.total,
			c->file_count + (size_t)c->outside, before(is_new));
	else
		session_note(s, "%s: %s of the lines%s", path, percent, before(is_new));
	if (c->gate_count)
		session_note(s, "%s: below %zu of the required minima", path, c->gate_count);
}

static int record_coverage(
	struct store *store, const struct session *s, const char *path, struct view root, struct err *e)
{
	BUF_AUTO bytes = {0};
	COVERAGE_AUTO c = {0};
	struct store_record *r;
	char digest[HASH_HEX_MAX];
	bool is_new = false;
	if (file_read(path, COVERAGE_BYTES_MAX, &bytes, e) < 0)
		return -1;
	if (coverage_read(buf_view(&bytes), root, &c, e) < 0)
		return err_wrap(e, "%s", path);
	if (store_record_begin(&r, store, e) < 0)
		return -1;
	store_record_coverage(r, &c);
	digest_of(path, buf_view(&bytes), "coverage", digest);
	if (commit(r, s, "coverage", digest, &is_new, e) < 0)
		return -1;
	note_coverage(s, path, &c, is_new);
	return 0;
}

/* "eslint:report.json"; "auto:report.json": the report shows whose it is. */
static int split_tool(const char *given, char tool[LINT_TOOL_MAX + 1], const char **ret_path, struct err *e)
{
	const char *colon = strchr(given, ':');
	size_t n = colon ? (size_t)(colon - given) : 0;
	if (!n || n > LINT_TOOL_MAX || !colon[1])
		return err_set(e, ERR_USAGE, "--lint takes TOOL:FILE, as in flake8:flake8.txt or auto:%s", given);
	memcpy(tool, given, n);
	tool[n] = '\0';
	*ret_path = colon + 1;
	return 0;
}

static int record_lint(struct store *store, const struct session *s, const char *given, struct view root, struct err *e)
{
	BUF_AUTO bytes = {0};
	struct store_record *r;
	struct lint_counts c = {0};
	char digest[HASH_HEX_MAX], tool[LINT_TOOL_MAX + 1];
	const char *path = NULL;
	bool is_new = false;
	if (split_tool(given, tool, &path, e) < 0 || file_read(path, LINT_BYTES_MAX, &bytes, e) < 0 ||
		store_record_begin(&r, store, e) < 0)
		return -1;
	const char *told = strcmp(tool, "auto") != 0 ? tool : NULL;
	if (lint_read(buf_view(&bytes), told, root, store_record_lint, r, &c, e) < 0) {
		store_record_abort(r);
		return err_wrap(e, "%s", path);
	}
	if (told)
		store_record_linted(r, told);
	digest_of(path, buf_view(&bytes), tool, digest);
	if (commit(r, s, "lint", digest, &is_new, e) < 0)
		return -1;
	session_note(s, "%s: %llu errors, %llu warnings, %llu infos%s", path, (unsigned long long)c.errors,
		(unsigned long long)c.warnings, (unsigned long long)c.infos, before(is_new));
	return 0;
}

/* Trouble with one report is said, and the others go on. */
static bool record_each(struct store *store, struct session *s, const char *option, struct view root)
{
	const char *given[REPORTS_MAX];
	struct err e;
	bool trouble = false;
	size_t n = args_all(s->args, option, given, REPORTS_MAX);
	for (size_t i = 0; i < n; i++) {
		int rc = *option == 'j'   ? record_tests(store, s, given[i], &e)
			 : *option == 'c' ? record_coverage(store, s, given[i], root, &e)
					  : record_lint(store, s, given[i], root, &e);
		if (rc < 0) {
			session_trouble(s, &e);
			trouble = true;
		}
	}
	return trouble;
}

static int run(struct session *s)
{
	static const char *const kinds[] = {"junit", "coverage", "lint"};
	struct err e;
	const char *db;
	bool ignore, trouble = false;
	struct store *store = NULL;
	if (!args_text(s->args, "junit", NULL) && !args_text(s->args, "coverage", NULL) &&
		!args_text(s->args, "lint", NULL)) {
		err_set(&e, ERR_USAGE,
			"nothing to record; name a report with --junit FILE, --coverage FILE or --lint TOOL:FILE");
		return session_trouble(s, &e);
	}
	if (session_db_path(s, &db, &ignore, &e) < 0 || store_open(&store, db, STORE_WRITE, ignore, &e) < 0)
		return session_trouble(s, &e);
	MEM_AUTO char *root = realpath(s->repo, NULL);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		trouble |= record_each(store, s, kinds[i], view_of(root));
	store_close(store);
	return trouble ? EXIT_TROUBLE : EXIT_ANSWERED;
}

const struct command cmd_record = {
	.name = "record",
	.summary = "Writes reports of tests, coverage and linters into the history",
	.usage = "record [--junit FILE]... [--coverage FILE]... [--lint TOOL:FILE]... [options]",
	.examples = "pytest --junitxml=r.xml; runmedic record --junit r.xml\nrunmedic record --junit a.xml --junit "
		    "b.xml --space ci --branch main\nrunmedic record --coverage coverage.xml --lint auto:eslint.json",
	.options = options,
	.run = run,
};
