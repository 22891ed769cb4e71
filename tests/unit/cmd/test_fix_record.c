#include "cmd/fix_record.h"

#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#define DAY0 INT64_C(1780272000000000) /* 2026-06-01T00:00:00Z */

static char *folder;
static struct store *store;
static int told;

static int set_up(void **state)
{
	struct err e;
	char *path;
	int rc;

	(void)state;
	folder = file_temp_directory("fix-record-test", &e);
	path = file_join(folder, "h.db");
	rc = store_open(&store, path, STORE_WRITE, false, &e);
	free(path);
	told = 0;
	return rc;
}

static int tear_down(void **state)
{
	struct err e;
	int rc;

	(void)state;
	store_close(store);
	rc = file_remove_tree(folder, &e);
	free(folder);
	return rc;
}

/* Fixes on one day after the other, all with this outcome. */
static void tell(const char *rule, int n, enum outcome outcome, bool fork)
{
	for (int i = 0; i < n; i++) {
		struct store_record *r;
		struct err e = {0};
		char sha[41];
		int64_t at = DAY0 + ++told * CLOCK_DAY;

		snprintf(sha, sizeof(sha), "%040d", told);
		assert_int_equal(store_record_begin(&r, store, &e), 0);
		assert_int_equal(store_record_commit(r,
					 &(struct store_execution){.repository = "acme/x",
						 .run = told,
						 .attempt = 1,
						 .job = "test",
						 .conclusion = CONCLUSION_FAILURE,
						 .started = at,
						 .ended = at,
						 .fork = fork},
					 NULL,
					 &(struct store_fix){.fixer = "python/black",
						 .rule = rule,
						 .signature = "1:aa",
						 .tier = TIER_HEAL,
						 .status = FIX_APPLIED,
						 .confidence = 0.9,
						 .reason = "because",
						 .files = "a.py",
						 .commit = sha,
						 .proof_exit = -1},
					 1, &(bool){0}, &e),
			0);
		assert_int_equal(store_record_outcome(store, "1:aa", "python/black", sha, outcome, at + 1, &e), 0);
	}
}

static void assert_record(const char *rule, unsigned good, unsigned bad)
{
	unsigned is_good = 0, is_bad = 0;

	assert_true(fix_record(store, "python/black", rule, &is_good, &is_bad));
	assert_int_equal(is_good, good);
	assert_int_equal(is_bad, bad);
}

static void test_all_of_it_while_nothing_changed(void **state)
{
	(void)state;
	tell("a", 9, OUTCOME_MERGED, false);
	tell("a", 1, OUTCOME_RED, false);
	tell("a", 9, OUTCOME_GREEN, false);
	tell("b", 1, OUTCOME_REVERTED, false);
	assert_record("a", 18, 1);
	assert_record("b", 0, 1);
}

static void test_only_what_came_since_it_got_worse(void **state)
{
	(void)state;
	tell("a", 20, OUTCOME_MERGED, false);
	tell("a", 6, OUTCOME_WITHDRAWN, false);
	assert_record("a", 0, 6);
}

static void test_never_tried(void **state)
{
	unsigned good, bad;

	(void)state;
	assert_false(fix_record(store, "python/black", "a", &good, &bad));
}

static void test_forks_teach_nothing(void **state)
{
	(void)state;
	tell("a", 5, OUTCOME_MERGED, false);
	tell("a", 6, OUTCOME_RED, true);
	assert_record("a", 5, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(test_all_of_it_while_nothing_changed),
		TEST(test_only_what_came_since_it_got_worse),
		TEST(test_never_tried),
		TEST(test_forks_teach_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
