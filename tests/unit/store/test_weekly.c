#include "store/weekly.h"

#include "store/delivery.h"
#include "tests/unit/store/history.h"

static int64_t next_run;

static int set_up_weekly(void **state)
{
	next_run = 1;
	return set_up_store(state);
}

/* The week that begins with day 0. */
static struct report weekly(void)
{
	const struct store_filter f = {.from = DAY0, .to = DAY0 + 7 * CLOCK_DAY, .space = -1};
	struct report r;
	struct err e = {0};

	if (store_report(store, &f, &r, &e) != 0 || store_weekly(store, &r, &e) != 0)
		fail_msg("%s", e.text);
	return r;
}

static struct store_execution job_at(int64_t hour, enum conclusion conclusion, const char *name)
{
	struct store_execution x = execution(next_run++, conclusion, DAY0 + hour * HOUR);

	x.job_name = name;
	x.started = x.ended - 600 * CLOCK_SECOND;
	return x;
}

static void record(struct store_execution x)
{
	commit(begin(store), &x, NULL, NULL, 0);
}

static void record_failure(struct store_execution x, struct finding f, const struct store_fix *fixes, size_t n)
{
	struct diagnosis d = {.failed = true, .findings = &f, .finding_count = 1};

	commit(begin(store), &x, &d, fixes, n);
}

static void assert_near(double a, double b)
{
	if (a - b > 1e-3 || b - a > 1e-3)
		fail_msg("%.6f is not %.6f", a, b);
}

static void test_an_empty_history(void **state)
{
	struct report r = weekly();

	(void)state;
	assert_true(r.first_fact == CLOCK_UNKNOWN);
	assert_true(r.own_minutes < 0);
	assert_int_equal(r.fix_count + r.week_count + r.cell_count + r.slow_job_count + r.space_count, 0);
	report_done(&r);
}

static void test_minutes_and_days(void **state)
{
	struct store_execution medic;
	struct report r;
	struct err e = {0};

	(void)state;
	record(job_at(-5, CONCLUSION_SUCCESS, "test")); /* the week before */
	record(job_at(3, CONCLUSION_SUCCESS, "test"));
	record(job_at(4, CONCLUSION_FAILURE, "test")); /* of which no log was read */
	medic = job_at(50, CONCLUSION_SUCCESS, "medic");
	medic.workflow = "medic";
	medic.started = medic.ended - 60 * CLOCK_SECOND;
	record(medic);
	assert_int_equal(store_audit(store, WEEKLY_OWN_WORKFLOW, "medic", &e), 0);
	r = weekly();
	assert_near(r.minutes, 21);
	assert_near(r.minutes_before, 10);
	assert_near(r.own_minutes, 1);
	assert_int_equal(r.jobs_without_log, 1);
	assert_int_equal(r.days[0].jobs, 2);
	assert_near(r.days[0].minutes, 20);
	assert_int_equal(r.days[2].jobs, 1);
	assert_int_equal(r.silent_days, 6); /* the window touches eight days, two of them have runs */
	assert_true(r.first_fact == DAY0 - 5 * HOUR);
	report_done(&r);
}

/* A window of 100 days shows the last ones: the day before them is not a part of the first. */
static void test_days_that_are_not_shown(void **state)
{
	const struct store_filter f = {.from = DAY0, .to = DAY0 + 100 * CLOCK_DAY, .space = -1};
	const int64_t first = 24 * (100 - (int64_t)REPORT_DAYS_MAX + 1);
	struct report r;
	struct err e = {0};

	(void)state;
	record(job_at(first - 12, CONCLUSION_SUCCESS, "build"));
	record(job_at(first + 12, CONCLUSION_SUCCESS, "build"));
	assert_int_equal(store_report(store, &f, &r, &e) | store_weekly(store, &r, &e), 0);
	assert_int_equal(r.days[0].day, DAY0 + first * HOUR);
	assert_int_equal(r.days[0].runs, 1);
	assert_int_equal(r.days[0].jobs, 1);
	assert_near(r.days[0].minutes, 10);
	report_done(&r);
}

static void test_weeks_end_with_the_window(void **state)
{
	struct report r;

	(void)state;
	record(job_at(-30, CONCLUSION_FAILURE, "test"));
	record(job_at(-20, CONCLUSION_SUCCESS, "test"));
	record(job_at(10, CONCLUSION_FAILURE, "test"));
	record(job_at(12, CONCLUSION_FAILURE, "test"));
	record(job_at(14, CONCLUSION_SUCCESS, "test"));
	r = weekly();
	assert_int_equal(r.week_count, 2);
	assert_int_equal(r.weeks[0].runs, 2);
	assert_int_equal(r.weeks[1].runs, 3);
	assert_int_equal(r.weeks[1].failed, 2);
	assert_int_equal(r.weeks[0].mttr_us, 10 * HOUR);
	assert_int_equal(r.weeks[1].mttr_us, 4 * HOUR);
	assert_int_equal(r.red_episodes, 1);
	report_done(&r);
}

static void test_the_matrix(void **state)
{
	struct report r;

	(void)state;
	record(job_at(1, CONCLUSION_SUCCESS, "test (3.11, ubuntu-24.04)"));
	record(job_at(2, CONCLUSION_FAILURE, "test (3.11, ubuntu-24.04)"));
	record(job_at(3, CONCLUSION_FAILURE, "lint (3.11, ubuntu-24.04)"));
	record(job_at(4, CONCLUSION_CANCELLED, "test (3.11, windows-2022)"));
	record(job_at(5, CONCLUSION_SUCCESS, "test (3.12, windows-2022)"));
	r = weekly();
	assert_int_equal(r.cell_count, 2);
	assert_string_equal(r.cells[0].os, "ubuntu-24.04");
	assert_string_equal(r.cells[0].version, "3.11");
	assert_int_equal(r.cells[0].jobs, 3);
	assert_int_equal(r.cells[0].failed, 2);
	assert_int_equal(r.cells[1].jobs, 1);
	report_done(&r);
}

static void test_a_failure_with_its_fixes(void **state)
{
	struct finding f = finding("python/rule", CATEGORY_FORMAT, 'a');
	struct store_fix made = fix("python/black", f.signature, FIX_PLANNED);
	struct store_delivery d = {.repository = "acme/anvil",
		.fixer = "python/black",
		.signature = f.signature,
		.way = "pr",
		.workflow = "ci",
		.branch = "main",
		.base_sha = "aa",
		.pull = 12,
		.at = DAY0 + 2 * HOUR};
	struct excerpt_line lines[] = {{.number = 1, .text = "would reformat a.py"}};
	struct err e = {0};
	struct report r;

	(void)state;
	f.excerpt.lines = lines;
	f.excerpt.count = 1;
	f.excerpt.first = f.excerpt.last = 1;
	record_failure(job_at(1, CONCLUSION_FAILURE, "test"), f, &made, 1);
	record_failure(job_at(2, CONCLUSION_FAILURE, "test"), f, NULL, 0);
	assert_int_equal(store_deliver(store, &d, &e), 0);
	assert_int_equal(store_settle(store, 1, OUTCOME_MERGED, DAY0 + 3 * HOUR, "merged", &e), 0);
	record(job_at(4, CONCLUSION_SUCCESS, "test"));
	r = weekly();
	assert_int_equal(r.failure_count, 1);
	assert_string_equal(r.failures[0].excerpt, "would reformat a.py");
	assert_int_equal(r.failures[0].offered, 1);
	assert_int_equal(r.failures[0].delivered, 1);
	assert_int_equal(r.failures[0].branches, 1);
	assert_near(r.failures[0].lost_minutes, 20);
	assert_near(r.categories[0].lost_minutes, 20);
	assert_int_equal(r.categories[0].fixable, 1);
	assert_int_equal(r.fix_count, 1);
	assert_string_equal(r.fixes[0].outcome, "merged");
	assert_int_equal(r.fixes[0].pull, 12);
	assert_int_equal(r.repaired, 1);
	assert_int_equal(r.red_episodes, 1);
	assert_int_equal(r.self_healed, 1);
	report_done(&r);
}

static void test_reruns(void **state)
{
	struct store_rerun one = {.repository = "acme/anvil",
				   .branch = "main",
				   .run = 7,
				   .attempt = 1,
				   .at = DAY0 + HOUR},
			   two = one, open_one = one;
	struct err e = {0};
	struct report r;

	(void)state;
	two.run = 8;
	open_one.run = 9;
	assert_int_equal(store_rerun(store, &one, &e), 0);
	assert_int_equal(store_rerun(store, &two, &e), 0);
	assert_int_equal(store_rerun(store, &open_one, &e), 0);
	assert_int_equal(store_rerun_result(store, "acme/anvil", 7, 1, CONCLUSION_SUCCESS, &e), 0);
	assert_int_equal(store_rerun_result(store, "acme/anvil", 8, 1, CONCLUSION_FAILURE, &e), 0);
	r = weekly();
	assert_int_equal(r.reruns, 2);
	assert_int_equal(r.reruns_helped, 1);
	report_done(&r);
}

static void record_result(struct store_execution x, const char *commit_id, const char *test, enum result result)
{
	struct store_record *rec = begin(store);

	x.commit = commit_id;
	add_test(rec, test, result);
	commit(rec, &x, NULL, NULL, 0);
}

static void test_local_and_ci(void **state)
{
	struct store_execution here = job_at(2, CONCLUSION_SUCCESS, "local");
	struct report r;

	(void)state;
	here.space = SPACE_LOCAL;
	record_result(here, "c1", "test_a", RESULT_PASSED);
	record_result(job_at(3, CONCLUSION_FAILURE, "test"), "c1", "test_a", RESULT_FAILED);
	record_result(job_at(4, CONCLUSION_FAILURE, "test"), "c2", "test_a", RESULT_FAILED); /* another commit */
	record_result(job_at(5, CONCLUSION_FAILURE, "test"), "c1", "test_b", RESULT_FAILED); /* not run here */
	r = weekly();
	assert_int_equal(r.space_count, 2);
	assert_int_equal(r.spaces[0].space, SPACE_CI);
	assert_int_equal(r.spaces[0].runs, 3);
	assert_int_equal(r.spaces[1].runs, 1);
	assert_int_equal(r.only_ci, 1);
	report_done(&r);
}

static void test_slow_tests(void **state)
{
	struct report r;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct store_execution x = job_at(2 + i, CONCLUSION_SUCCESS, "test");
		struct store_record *rec = begin(store);

		store_record_test(
			rec, &(struct test_case){
				     .id = VIEW("slow"), .result = RESULT_PASSED, .duration_us = 4 * CLOCK_SECOND});
		store_record_test(
			rec, &(struct test_case){
				     .id = VIEW("fast"), .result = RESULT_PASSED, .duration_us = CLOCK_SECOND / 10});
		commit(rec, &x, NULL, NULL, 0);
	}
	r = weekly();
	assert_int_equal(r.slow_test_count, 2);
	assert_string_equal(r.slow_tests[0].name, "slow");
	assert_near(r.slow_tests[0].seconds, 4);
	assert_near(r.slow_tests[0].seconds_before, -1);
	assert_int_equal(r.slow_tests[0].runs, 3);
	assert_string_equal(r.slow_tests[1].name, "fast");
	assert_string_equal(r.slow_jobs[0].name, "test");
	assert_near(r.slow_jobs[0].seconds, 600);
	report_done(&r);
}

#define WEEKLY(test) cmocka_unit_test_setup_teardown(test, set_up_weekly, tear_down_store)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WEEKLY(test_an_empty_history),
		WEEKLY(test_minutes_and_days),
		WEEKLY(test_days_that_are_not_shown),
		WEEKLY(test_weeks_end_with_the_window),
		WEEKLY(test_the_matrix),
		WEEKLY(test_a_failure_with_its_fixes),
		WEEKLY(test_reruns),
		WEEKLY(test_local_and_ci),
		WEEKLY(test_slow_tests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
