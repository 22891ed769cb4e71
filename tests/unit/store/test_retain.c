/* Growing old, being forgotten: what goes, what stays. */
#include "store/delivery.h"
#include "store/facts.h"
#include "store/results.h"
#include "tests/unit/store/history.h"

#define NOW (DAY0 + 200 * CLOCK_DAY)
#define SHA "0123456789abcdef0123456789abcdef01234567"

/* A failed test that passes at the same commit in the next attempt, two that pass, one that is skipped. */
static void record(int64_t run, int attempt, int64_t ended, const char *branch)
{
	static const struct excerpt_line line = {.text = "excerpt"};
	struct finding f[3] = {finding("python/assert", CATEGORY_TEST, 'a'), finding("x/cause", CATEGORY_FILE, 'b'),
		finding("x/echo", CATEGORY_FILE, 'c')};
	struct diagnosis d = {.failed = true, .findings = f, .finding_count = 3};
	struct store_execution x = execution(run, CONCLUSION_FAILURE, ended);
	struct store_fix one = fix("python/black", f[0].signature, FIX_APPLIED);
	struct store_record *r = begin(store);

	f[0].excerpt.lines = &line;
	f[0].excerpt.count = 1;
	f[2].rank = RANK_SYMPTOM;
	x.attempt = attempt;
	x.commit = SHA;
	x.branch = branch;
	add_test(r, "flaky", attempt == 1 ? RESULT_FAILED : RESULT_PASSED);
	add_test(r, "solid", RESULT_PASSED);
	store_record_test(r, &(struct test_case){.id = view_of("untimed"), .duration_us = -1});
	add_test(r, "skipped", RESULT_SKIPPED);
	commit(r, &x, &d, &one, 1);
}

static struct store_retained retain(unsigned days)
{
	struct store_retained retained;
	struct err e = {0};

	sql_run(in("h.db"), "UPDATE job SET recorded = ended"); /* it stands here for long */
	if (store_retain(store, days, NOW, &retained, &e) != 0)
		fail_msg("%s", e.text);
	if (store_check(store, &e) != 0)
		fail_msg("%s", e.text);
	return retained;
}

static void fill(void)
{
	record(1, 1, DAY0 + HOUR, "main"); /* Monday, 2026-06-01 */
	record(1, 2, DAY0 + 2 * HOUR, "main");
	record(2, 1, DAY0 + 6 * CLOCK_DAY + 23 * HOUR, "topic"); /* Sunday */
	record(3, 1, DAY0 + 7 * CLOCK_DAY, "main");              /* Monday */
	record(4, 2, NOW - 10 * CLOCK_DAY, "main");
}

static void test_old_results_become_sums(void **state)
{
	struct store_retained retained;

	(void)state;
	fill();
	retained = retain(90);
	assert_int_equal(retained.executions, 4);
	assert_int_equal(retained.results, 16);
	asks("SELECT week, repository, job, space, test, passed, failed, skipped, errors, flips, mean_ms FROM "
	     "test_weeks "
	     "ORDER BY week, test",
		"2026-06-01|acme/anvil|test|ci|flaky|1|2|0|0|2|2.0\n"
		"2026-06-01|acme/anvil|test|ci|skipped|0|0|3|0|0|-\n"
		"2026-06-01|acme/anvil|test|ci|solid|3|0|0|0|0|2.0\n"
		"2026-06-01|acme/anvil|test|ci|untimed|3|0|0|0|0|-\n"
		"2026-06-08|acme/anvil|test|ci|flaky|0|1|0|0|1|-\n"
		"2026-06-08|acme/anvil|test|ci|skipped|0|0|1|0|0|-\n"
		"2026-06-08|acme/anvil|test|ci|solid|1|0|0|0|0|2.0\n"
		"2026-06-08|acme/anvil|test|ci|untimed|1|0|0|0|0|-");
	asks("SELECT run, count(*) FROM test_results GROUP BY run", "4|4");
	retained = retain(90);
	assert_int_equal(retained.executions, 0);
	retained = retain(11);
	assert_int_equal(retained.executions, 0);
	retained = retain(9);
	assert_int_equal(retained.executions, 1);
	asks("SELECT sum(passed), sum(failed), sum(skipped) FROM test_weeks", "12|3|5");
	asks("SELECT count(*) FROM test_results", "0");
}

static void test_the_shape_stays(void **state)
{
	(void)state;
	fill();
	retain(90);
	asks("SELECT count(*), sum(failed_jobs) FROM runs", "5|5");
	asks("SELECT is_primary, category, title, message, excerpt, count(*) FROM failures WHERE run < 4 GROUP BY 1, 2",
		"0|file|title|-|-|4\n1|test|title|-|-|4");
	asks("SELECT message, excerpt FROM failures WHERE run = 4 AND is_primary", "message|excerpt");
	asks("SELECT count(*), count(reason) FROM fix_attempts", "5|5");
	asks("SELECT count(*) FROM signatures", "3"); /* also of the echo, which is gone */
	asks("SELECT sum(passed) FROM jobs", "12");
}

static void test_what_is_old_is_not_recorded_again(void **state)
{
	(void)state;
	fill();
	retain(90);
	record(1, 1, DAY0 + HOUR, "main");
	asks("SELECT count(*) FROM jobs", "5");
	asks("SELECT count(*) FROM test_results WHERE run = 1", "0");
	assert_int_equal(retain(90).executions, 0);
	/* what comes late is summed up with the rest */
	record(5, 1, DAY0 + HOUR, "main");
	assert_int_equal(retain(90).executions, 1);
	asks("SELECT passed, failed FROM test_weeks WHERE week = '2026-06-01' AND test = 'solid'", "4|0");
}

struct weeks {
	int64_t rows, passed;
};

static bool count_week(void *context, const struct store_week_row *row)
{
	struct weeks *w = context;

	w->rows++;
	w->passed += row->passed;
	assert_string_equal(row->repository, "acme/anvil");
	assert_string_equal(row->job, "test");
	assert_true(row->week >= DAY0 && row->week % CLOCK_DAY == 0);
	return w->rows < 7;
}

static void test_learning_reads_the_sums(void **state)
{
	struct store_filter all = {CLOCK_UNKNOWN, CLOCK_UNKNOWN, NULL, NULL, -1};
	struct weeks w = {0};
	struct err e;

	(void)state;
	fill();
	retain(90);
	assert_int_equal(store_each_week(store, &all, "solid", count_week, &w, &e), 0);
	assert_int_equal(w.rows, 2);
	assert_int_equal(w.passed, 4);
	w = (struct weeks){0};
	assert_int_equal(store_each_week(store, &all, NULL, count_week, &w, &e), 0);
	assert_int_equal(w.rows, 7);
	all.from = DAY0 + 7 * CLOCK_DAY;
	w = (struct weeks){0};
	assert_int_equal(store_each_week(store, &all, "solid", count_week, &w, &e), 0);
	assert_int_equal(w.rows, 1);
}

static void test_what_was_just_recorded_can_be_asked_about(void **state)
{
	struct store_retained retained;
	struct err e = {0};

	(void)state;
	fill();
	assert_int_equal(store_retain(store, 1, clock_now() + 6 * CLOCK_DAY, &retained, &e), 0);
	assert_int_equal(retained.executions, 0);
	assert_int_equal(store_retain(store, 1, clock_now() + 8 * CLOCK_DAY, &retained, &e), 0);
	assert_true(retained.executions >= 4);
}

static void test_many_batches(void **state)
{
	(void)state;
	for (int64_t run = 1; run <= 450; run++) {
		struct store_execution x = execution(run, CONCLUSION_SUCCESS, DAY0 + run * HOUR);
		struct store_record *r = begin(store);

		add_test(r, "a", RESULT_PASSED);
		commit(r, &x, NULL, NULL, 0);
	}
	assert_int_equal(retain(90).executions, 450);
	asks("SELECT count(*), sum(passed) FROM test_weeks", "3|450");
}

static int64_t purge(struct store_purge p)
{
	struct err e = {0};
	int64_t n;

	if (store_purge(store, &p, &n, &e) != 0 || store_check(store, &e) != 0)
		fail_msg("%s", e.text);
	return n;
}

static void test_purging_a_branch(void **state)
{
	(void)state;
	fill();
	assert_int_equal(purge((struct store_purge){.branch = "topic", .until = CLOCK_UNKNOWN}), 1);
	asks("SELECT count(*), sum(branch = 'topic') FROM jobs", "4|0");
	assert_int_equal(purge((struct store_purge){.run = 1, .until = CLOCK_UNKNOWN}), 2);
	assert_int_equal(purge((struct store_purge){.until = DAY0 + 8 * CLOCK_DAY}), 1);
	asks("SELECT run FROM runs", "4");
}

static void test_purging_a_repository_leaves_no_text(void **state)
{
	struct store_delivery d = {.repository = "acme/anvil",
		.fixer = "f",
		.signature = "1:dd",
		.way = "pr",
		.base_sha = SHA,
		.at = DAY0};
	struct err e;

	(void)state;
	fill();
	retain(90);
	assert_int_equal(store_deliver(store, &d, &e), 0);
	assert_int_equal(store_issue(store, "acme/anvil", "1:dd", 4, true, &e), 0);
	assert_int_equal(purge((struct store_purge){.repository = "acme/rocket", .until = CLOCK_UNKNOWN}), 0);
	asks("SELECT count(*) FROM test", "4");
	assert_int_equal(purge((struct store_purge){.repository = "acme/anvil", .until = CLOCK_UNKNOWN}), 5);
	asks("SELECT (SELECT count(*) FROM test) + (SELECT count(*) FROM suite) + (SELECT count(*) FROM suite_test) "
	     "+ (SELECT count(*) FROM signature) + (SELECT count(*) FROM test_week) + (SELECT count(*) FROM delivery) "
	     "+ (SELECT count(*) FROM issue) + (SELECT count(*) FROM run) + (SELECT count(*) FROM pack)",
		"0");
	record(1, 1, DAY0 + HOUR, "main"); /* the names that this connection knew have other numbers now */
	asks("SELECT test, outcome FROM test_results ORDER BY test",
		"flaky|failed\nskipped|skipped\nsolid|passed\nuntimed|passed");
}

static void test_others_notice_a_purge(void **state)
{
	struct store *other = open_store(in("h.db"), STORE_WRITE), *mine = store;
	struct store_record *r;
	struct store_execution x = execution(9, CONCLUSION_SUCCESS, NOW);

	(void)state;
	fill();
	r = begin(other);
	add_test(r, "new", RESULT_PASSED);
	add_test(r, "solid", RESULT_PASSED);
	commit(r, &x, NULL, NULL, 0);
	assert_int_equal(purge((struct store_purge){.everything = true, .until = CLOCK_UNKNOWN}), 6);
	store = other;
	record(1, 1, DAY0 + HOUR, "main");
	store = mine;
	store_close(other);
	asks("SELECT group_concat(test) FROM (SELECT test FROM test_results ORDER BY test)",
		"flaky,skipped,solid,untimed");
}

static void test_nothing_named_is_refused(void **state)
{
	struct store_purge p = {.until = CLOCK_UNKNOWN};
	struct err e = {0};
	int64_t n;

	(void)state;
	fill();
	assert_int_equal(store_purge(store, &p, &n, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	asks("SELECT count(*) FROM jobs", "5");
}

static void test_what_was_purged_is_not_in_the_file(void **state)
{
	struct buf file;
	struct err e = {0};

	(void)state;
	fill();
	purge((struct store_purge){.repository = "acme/anvil", .until = CLOCK_UNKNOWN});
	assert_int_equal(store_compact(store, &e), 0);
	assert_int_equal(file_read(in("h.db"), 64 << 20, &file, &e), 0);
	assert_int_equal(view_find(buf_view(&file), "untimed"), VIEW_NONE);
	assert_int_equal(view_find(buf_view(&file), SHA), VIEW_NONE);
	buf_done(&file);
	record(7, 1, NOW, "main"); /* and it goes on */
	asks("SELECT count(*) FROM test_results", "4");
	{
		struct store_totals t;

		assert_int_equal(store_totals(store, &t, &e), 0);
		assert_int_equal(t.results, 4);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_old_results_become_sums),
		WITH_STORE(test_the_shape_stays),
		WITH_STORE(test_what_is_old_is_not_recorded_again),
		WITH_STORE(test_learning_reads_the_sums),
		WITH_STORE(test_what_was_just_recorded_can_be_asked_about),
		WITH_STORE(test_many_batches),
		WITH_STORE(test_purging_a_branch),
		WITH_STORE(test_purging_a_repository_leaves_no_text),
		WITH_STORE(test_others_notice_a_purge),
		WITH_STORE(test_nothing_named_is_refused),
		WITH_STORE(test_what_was_purged_is_not_in_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
