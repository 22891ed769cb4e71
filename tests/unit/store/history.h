/* history.h - what the tests of the store share: a folder of their own, executions made by hand, and plain SQL past the
 * store, as a user with sqlite3 would ask. */
#ifndef RM_TESTS_STORE_HISTORY_H
#define RM_TESTS_STORE_HISTORY_H

#include "base/file.h"
#include "base/mem.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HELPER __attribute__((unused)) static
#define DAY0 INT64_C(1780272000000000) /* 2026-06-01T00:00:00Z */
#define HOUR (3600 * CLOCK_SECOND)

static char *folder;

HELPER int set_up(void **state)
{
	struct err e;

	(void)state;
	folder = file_temp_directory("store-test", &e);
	return folder ? 0 : -1;
}

HELPER int tear_down(void **state)
{
	struct err e;
	int rc;

	(void)state;
	if (getuid() == 0 && geteuid() != 0) /* a test failed while it was somebody else */
		assert_int_equal(seteuid(0), 0);
	rc = file_remove_tree(folder, &e);
	free(folder);
	folder = NULL;
	return rc;
}

/* The path of something in the folder; of the last four calls all are good. */
HELPER const char *in(const char *name)
{
	static char paths[4][4096];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

HELPER struct store *open_store(const char *path, enum store_mode mode)
{
	struct err e = {0};
	struct store *s = NULL;

	if (store_open(&s, path, mode, false, &e) != 0)
		fail_msg("%s", e.text);
	return s;
}

/* A store for writing, opened for each test of a group. */
__attribute__((unused)) static struct store *store;

HELPER int set_up_store(void **state)
{
	if (set_up(state) != 0)
		return -1;
	store = open_store(in("h.db"), STORE_WRITE);
	return 0;
}

HELPER int tear_down_store(void **state)
{
	store_close(store);
	return tear_down(state);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, set_up_store, tear_down_store)

/* Opening must fail in this way, in one line that holds `says`. */
HELPER void refuse_open(const char *path, enum store_mode mode, enum err_code code, const char *says)
{
	struct err e = {0};
	struct store *s = NULL;

	if (store_open(&s, path, mode, false, &e) == 0)
		fail_msg("%s was opened", path);
	if (e.code != code || !strstr(e.text, says) || strchr(e.text, '\n'))
		fail_msg("code %d: %s", (int)e.code, e.text);
	assert_null(s);
}

HELPER sqlite3 *sql_open(const char *path)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_busy_timeout(db, 20000);
	return db;
}

HELPER void sql_run(const char *path, const char *sql)
{
	sqlite3 *db = sql_open(path);
	char *why = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", sql, why);
	sqlite3_close(db);
}

/* All rows: columns joined by '|', rows by '\n', NULL as "-". Valid until the next call. */
HELPER const char *sql(const char *path, const char *query)
{
	static char text[1 << 16];
	size_t n = 0;
	sqlite3 *db = sql_open(path);
	sqlite3_stmt *statement;
	int rc;

	text[0] = '\0';
	if (sqlite3_prepare_v2(db, query, -1, &statement, NULL) != SQLITE_OK)
		fail_msg("%s: %s", query, sqlite3_errmsg(db));
	while ((rc = sqlite3_step(statement)) == SQLITE_ROW)
		for (int i = 0; i < sqlite3_column_count(statement); i++) {
			const char *value = (const char *)sqlite3_column_text(statement, i);

			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s",
				i   ? "|"
				: n ? "\n"
				    : "",
				value ? value : "-");
			assert_true(n < sizeof(text));
		}
	assert_int_equal(rc, SQLITE_DONE);
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return text;
}

#define assert_sql(path, query, expected) assert_string_equal(sql(path, query), expected)
#define asks(query, expected) assert_sql(in("h.db"), query, expected)

HELPER void add_test(struct store_record *r, const char *id, enum result result)
{
	store_record_test(r, &(struct test_case){.id = view_of(id), .result = result, .duration_us = 1500});
}

HELPER struct store_record *begin(struct store *s)
{
	struct err e = {0};
	struct store_record *r = NULL;

	assert_int_equal(store_record_begin(&r, s, &e), 0);
	return r;
}

/* Returns whether the execution was new. */
HELPER bool commit(struct store_record *r, const struct store_execution *x, const struct diagnosis *d,
	const struct store_fix *fixes, size_t fix_count)
{
	struct err e = {0};
	bool is_new = false;

	if (store_record_commit(r, x, d, fixes, fix_count, &is_new, &e) != 0)
		fail_msg("%s", e.text);
	return is_new;
}

/* A run of main's workflow "ci" with the one job "test" that ended at this time. */
HELPER struct store_execution execution(int64_t run, enum conclusion conclusion, int64_t ended)
{
	return (struct store_execution){
		.repository = "acme/anvil",
		.run = run,
		.attempt = 1,
		.job = "test",
		.workflow = "ci",
		.branch = "main",
		.conclusion = conclusion,
		.started = ended - 60 * CLOCK_SECOND,
		.ended = ended,
	};
}

HELPER struct finding finding(const char *rule, enum category category, char signature_digit)
{
	struct finding f = {
		.rule_id = rule,
		.tool = "tool",
		.category = category,
		.severity = SEVERITY_ERROR,
		.rank = RANK_CAUSE,
		.confidence = 0.9,
		.title = "title",
		.message = "message",
		.line = 7,
	};

	if (signature_digit) {
		memset(f.signature, signature_digit, 66);
		memcpy(f.signature, "1:", 2);
	}
	return f;
}

HELPER struct store_fix fix(const char *fixer, const char *signature, enum fix_status status)
{
	return (struct store_fix){
		.fixer = fixer,
		.rule = "python/rule",
		.signature = signature,
		.tier = TIER_HEAL,
		.status = status,
		.confidence = 0.95,
		.reason = "because",
		.files = "a.py\nb.py",
		.proof_exit = 0,
	};
}

#endif
