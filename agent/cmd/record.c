/* runmedic record: test reports into the history. */
#include "cmd/command.h"
#include "cmd/window.h"

#include "base/file.h"
#include "base/hash.h"
#include "diagnose/tests.h"

#include <stdlib.h>

#define REPORTS_MAX 64u

static const struct option options[] = {
	{"junit", 0, "FILE", "a JUnit XML report", true},
	{"space", 0, "ci|local", "which history it belongs to (default: local)", false},
	{"branch", 0, "NAME", "the branch the results belong to", false},
	{"workflow", 0, "NAME", "the workflow the results belong to", false},
	{0},
};

static int record_one(struct store *store, const struct session *s, const char *path, struct test_counts *counts,
	bool *is_new, struct err *e)
{
	BUF_AUTO xml = {0};
	struct store_record *r;
	char digest[HASH_HEX_MAX];
	if (file_read(path, JUNIT_BYTES_MAX, &xml, e) < 0 || store_record_begin(&r, store, e) < 0)
		return -1;
	if (junit_read(buf_view(&xml), store_record_test, r, counts, e) < 0) {
		store_record_abort(r);
		return err_wrap(e, "%s", path);
	}
	hash_view(buf_view(&xml), digest);
	struct store_execution x = {.attempt = 1, .job = "junit", .log_sha256 = digest, .space = SPACE_LOCAL};
	x.branch = args_text(s->args, "branch", NULL);
	x.workflow = args_text(s->args, "workflow", NULL);
	const char *space = args_text(s->args, "space", NULL);
	if (space)
		space_parse(view_of(space), &x.space);
	return store_record_commit(r, &x, NULL, NULL, 0, is_new, e);
}

static int run(struct session *s)
{
	struct err e;
	const char *paths[REPORTS_MAX], *db;
	bool ignore, trouble = false;
	struct store *store = NULL;
	size_t n = args_all(s->args, "junit", paths, REPORTS_MAX);
	if (!n) {
		err_set(&e, ERR_USAGE, "nothing to record; name a report with --junit FILE");
		return session_trouble(s, &e);
	}
	if (session_db_path(s, &db, &ignore, &e) < 0 || store_open(&store, db, STORE_WRITE, ignore, &e) < 0)
		return session_trouble(s, &e);
	for (size_t i = 0; i < n; i++) {
		struct test_counts c = {0};
		bool is_new = false;
		if (record_one(store, s, paths[i], &c, &is_new, &e) < 0) {
			session_trouble(s, &e);
			trouble = true;
			continue;
		}
		session_note(s, "%s: %lld passed, %lld failed, %lld skipped%s", paths[i], (long long)c.passed,
			(long long)(c.failed + c.errors), (long long)c.skipped, is_new ? "" : " (recorded before)");
	}
	store_close(store);
	return trouble ? EXIT_TROUBLE : EXIT_ANSWERED;
}

const struct command cmd_record = {
	.name = "record",
	.summary = "Writes test reports into the history",
	.usage = "record --junit FILE... [--space ci|local] [options]",
	.examples = "pytest --junitxml=r.xml; runmedic record --junit r.xml\nrunmedic record --junit a.xml --junit "
		    "b.xml --space ci --branch main",
	.options = options,
	.run = run,
};
