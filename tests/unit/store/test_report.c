#include "store/delivery.h"
#include "tests/unit/store/history.h"

static int64_t next_run;

static int set_up_report(void **state)
{
	next_run = 1;
	return set_up_store(state);
}

static const struct store_filter everything = {CLOCK_UNKNOWN, CLOCK_UNKNOWN, NULL, NULL, -1};

static struct report report_of(struct store_filter f)
{
	struct report r;
	struct err e = {0};

	if (store_report(store, &f, &r, &e) != 0)
		fail_msg("%s", e.text);
	return r;
}

static struct store_filter window(int64_t from_hour, int64_t to_hour)
{
	struct store_filter f = everything;

	f.from = DAY0 + from_hour * HOUR;
	f.to = DAY0 + to_hour * HOUR;
	return f;
}

static void record_run(struct store_execution x)
{
	x.run = next_run++;
	commit(begin(store), &x, NULL, NULL, 0);
}

static void record_finding(int64_t hour, struct finding f)
{
	struct diagnosis d = {.failed = true, .findings = &f, .finding_count = 1};
	struct store_execution x = execution(next_run++, CONCLUSION_FAILURE, DAY0 + hour * HOUR);

	commit(begin(store), &x, &d, NULL, 0);
}

static void record_result(int64_t hour, const char *commit_id, const char *job, const char *test, enum result result)
{
	struct store_execution x = execution(next_run++, CONCLUSION_UNKNOWN, DAY0 + hour * HOUR);
	struct store_record *r = begin(store);

	x.commit = commit_id;
	x.job_name = job;
	add_test(r, test, result);
	commit(r, &x, NULL, NULL, 0);
}

static void assert_near(double a, double b)
{
	if (a - b > 1e-4 || b - a > 1e-4)
		fail_msg("%.6f is not %.6f", a, b);
}

static void test_an_empty_history(void **state)
{
	struct report r = report_of(everything);

	(void)state;
	assert_int_equal(r.runs, 0);
	assert_near(r.failure_rate, -1);
	assert_near(r.failure_rate_before, -1);
	assert_int_equal(r.mttr_us, -1);
	assert_int_equal(r.failure_count + r.category_count + r.fixer_count + r.tests_failing_count, 0);
	assert_int_equal(r.day_count, 1);
	report_done(&r);
}

static void test_runs_of_the_window_and_the_one_before(void **state)
{
	static const struct {
		int64_t hour;
		enum conclusion conclusion;
	} runs[] = {{-1, CONCLUSION_FAILURE}, {0, CONCLUSION_FAILURE}, {1, CONCLUSION_FAILURE}, {5, CONCLUSION_SUCCESS},
		{10, CONCLUSION_SUCCESS}, {11, CONCLUSION_TIMED_OUT}, {12, CONCLUSION_CANCELLED},
		{19, CONCLUSION_SUCCESS}, {20, CONCLUSION_FAILURE}, {21, CONCLUSION_FAILURE}};
	struct report r;

	(void)state;
	for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++)
		record_run(execution(0, runs[i].conclusion, DAY0 + runs[i].hour * HOUR));
	r = report_of(window(10, 20)); /* the end belongs to it, the begin to the one before */
	assert_int_equal(r.runs, 4);
	assert_int_equal(r.failed_runs, 2);
	assert_int_equal(r.runs_before, 3);
	assert_int_equal(r.failed_runs_before, 1);
	assert_near(r.failure_rate, 0.5);
	assert_near(r.failure_rate_before, 1.0 / 3);
	assert_int_equal(r.jobs, 4);
	assert_int_equal(r.failed_jobs, 2);
	assert_int_equal(r.from, DAY0 + 10 * HOUR);
	assert_int_equal(r.to, DAY0 + 20 * HOUR);
	report_done(&r);
}

static void test_open_ends_hold_everything(void **state)
{
	struct store_filter f = everything;
	struct report r;

	(void)state;
	record_run(execution(0, CONCLUSION_FAILURE, DAY0));
	record_run(execution(0, CONCLUSION_SUCCESS, DAY0 + 5 * CLOCK_DAY));
	setenv("RUNMEDIC_NOW", "2026-06-03T00:00:00Z", 1); /* the second run is later than now */
	r = report_of(everything);
	assert_int_equal(r.runs, 2);
	assert_int_equal(r.runs_before, 0);
	assert_int_equal(r.generated, DAY0 + 2 * CLOCK_DAY);
	assert_int_equal(r.to, DAY0 + 5 * CLOCK_DAY);
	report_done(&r);
	f.from = DAY0;
	r = report_of(f);
	assert_int_equal(r.runs, 1);
	assert_int_equal(r.runs_before, 1);
	report_done(&r);
	unsetenv("RUNMEDIC_NOW");
}

static void test_filters(void **state)
{
	struct store_execution other = execution(0, CONCLUSION_FAILURE, DAY0);
	struct store_filter f = everything;
	struct report r;

	(void)state;
	record_run(other);
	other.branch = "topic";
	record_run(other);
	other.workflow = "nightly";
	record_run(other);
	other.space = SPACE_LOCAL;
	record_run(other);
	f.branch = "topic";
	r = report_of(f);
	assert_int_equal(r.runs, 3);
	assert_string_equal(r.branch, "topic");
	assert_null(r.workflow);
	report_done(&r);
	f.workflow = "nightly";
	r = report_of(f);
	assert_int_equal(r.runs, 2);
	assert_int_equal(r.jobs, 2);
	report_done(&r);
	f.space = SPACE_CI;
	r = report_of(f);
	assert_int_equal(r.runs, 1);
	assert_string_equal(r.space, "ci");
	report_done(&r);
	f.branch = "none";
	r = report_of(f);
	assert_int_equal(r.runs + r.jobs + (int64_t)r.failure_count, 0);
	report_done(&r);
}

/* "R1": a run of main that ends red in hour 1. R red, T timed out, G green, C cancelled, U unknown; a letter behind: t
 * branch topic, n workflow nightly, l local, f fork, x no branch, y no workflow, o another repository. */
static void record_script(const char *script)
{
	static const char letters[] = "RTGCU";
	static const enum conclusion conclusions[] = {
		CONCLUSION_FAILURE, CONCLUSION_TIMED_OUT, CONCLUSION_SUCCESS, CONCLUSION_CANCELLED, CONCLUSION_UNKNOWN};
	struct view rest = view_of(script), word;

	while (view_word(&rest, &word)) {
		char *end;
		int64_t hour = strtol(word.p + 1, &end, 10);
		struct store_execution x =
			execution(0, conclusions[strchr(letters, *word.p) - letters], DAY0 + hour * HOUR);

		x.branch = *end == 't' ? "topic" : *end == 'x' ? NULL : "main";
		x.workflow = *end == 'n' ? "nightly" : *end == 'y' ? NULL : "ci";
		x.space = *end == 'l' ? SPACE_LOCAL : SPACE_CI;
		x.fork = *end == 'f';
		x.repository = *end == 'o' ? "acme/other" : "acme/anvil";
		record_run(x);
	}
}

static void test_mttr(void **state)
{
	static const struct {
		const char *script;
		int episodes;
		double hours; /* mean; -1: none */
	} rows[] = {
		{"", 0, -1}, {"G1 G2", 0, -1}, {"R1", 0, -1},                  /* still red */
		{"R1 G3", 1, 2}, {"G1 R2 G3 G4", 1, 1}, {"R1 R2 R3 G7", 1, 6}, /* from the first red one */
		{"T1 G3", 1, 2},                                               /* timed out is red */
		{"R1 C2 U3 G4", 1, 3},                                         /* neither */
		{"R1 G2 R3 G6", 2, 2}, {"R1 G2 R5", 1, 1}, {"G4 R1 G9", 1, 3}, /* by end, however they were recorded */
		{"R1 G2t", 0, -1},                                             /* another branch */
		{"R1 R2t G3 G6t", 2, 3}, {"R1 G2n", 0, -1},                    /* another workflow */
		{"R1 G2l", 0, -1},                                             /* another space */
		{"R1 G2o", 0, -1},                                             /* another repository */
		{"R1f G2", 0, -1},                       /* forks call their branches as they like */
		{"R1 G2f G5", 1, 4}, {"R1x G2x", 0, -1}, /* which branch? */
		{"R1y G2y", 0, -1}, {"R-9 G-5", 0, -1},  /* before the window */
		{"R-9 G1", 1, 10},                       /* the recovery counts, whenever it broke */
		{"R95 G200", 0, -1},                     /* after it */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct report r;

		record_script(rows[i].script);
		r = report_of(window(0, 100));
		if (r.mttr_episodes != rows[i].episodes ||
			r.mttr_us != (rows[i].hours < 0 ? -1 : (int64_t)(rows[i].hours * (double)HOUR)))
			fail_msg("%s: %d episodes, %.3f h", rows[i].script, (int)r.mttr_episodes,
				(double)r.mttr_us / (double)HOUR);
		report_done(&r);
		sql_run(in("h.db"), "PRAGMA foreign_keys = ON; DELETE FROM run");
	}
}

static void test_failures_by_signature(void **state)
{
	struct finding a = finding("python/a", CATEGORY_TEST, 'a'), b = finding("c/b", CATEGORY_BUILD, 'b'),
		       nameless = finding("generic/end", CATEGORY_UNKNOWN, '\0');
	struct report r;

	(void)state;
	a.title = "old title";
	record_finding(-20, a);
	record_finding(5, a);
	record_finding(6, b);
	record_finding(7, b);
	a.title = "new title";
	a.location.path = "a.py";
	a.transient = true;
	record_finding(8, a);
	record_finding(9, a);
	record_finding(9, nameless);
	record_finding(0, nameless); /* at the border: before it */
	record_finding(24, nameless);
	r = report_of(window(0, 24));
	assert_int_equal(r.failure_count, 2);
	assert_string_equal(r.failures[0].signature, a.signature);
	assert_string_equal(r.failures[0].title, "new title");
	assert_string_equal(r.failures[0].path, "a.py");
	assert_string_equal(r.failures[0].rule, "python/a");
	assert_int_equal(r.failures[0].category, CATEGORY_TEST);
	assert_true(r.failures[0].transient);
	assert_int_equal(r.failures[0].count, 3);
	assert_int_equal(r.failures[0].jobs, 3);
	assert_int_equal(r.failures[0].count_before, 1);
	assert_int_equal(r.failures[0].first_seen, DAY0 - 20 * HOUR);
	assert_int_equal(r.failures[0].last_seen, DAY0 + 9 * HOUR);
	assert_string_equal(r.failures[1].signature, b.signature);
	assert_null(r.failures[1].path);
	assert_int_equal(r.findings, 7);
	assert_int_equal(r.unknown_findings, 2);
	assert_int_equal(r.category_count, 3);
	assert_int_equal(r.categories[0].category, CATEGORY_TEST);
	assert_int_equal(r.categories[0].count, 3);
	assert_int_equal(r.categories[0].count_before, 1);
	assert_int_equal(r.categories[1].category, CATEGORY_BUILD);
	assert_int_equal(r.categories[2].category, CATEGORY_UNKNOWN);
	assert_int_equal(r.categories[2].count, 2);
	assert_int_equal(r.categories[2].count_before, 1);
	report_done(&r);
}

/* Of several findings of a job its causes count; what merely echoes them does not. */
static void test_echoes_are_no_failures(void **state)
{
	struct finding all[] = {finding("a", CATEGORY_TEST, 'a'), finding("b", CATEGORY_LINT, 'b'),
		finding("c", CATEGORY_BUILD, 'c'), finding("d", CATEGORY_FILE, 'd'), finding("e", CATEGORY_TYPE, 'e')};
	struct diagnosis d = {.failed = true, .findings = all, .finding_count = 5};
	struct store_execution x = execution(1, CONCLUSION_FAILURE, DAY0);
	struct report r;

	(void)state;
	all[0].rank = RANK_WRAPPER; /* all there is to say */
	all[2].rank = RANK_SYMPTOM;
	all[3].severity = SEVERITY_WARNING;
	commit(begin(store), &x, &d, NULL, 0);
	r = report_of(everything);
	/* further causes of the same job are in the view `failures`, not in the report */
	assert_int_equal(r.failure_count, 1);
	assert_string_equal(r.failures[0].rule, "a");
	assert_int_equal(r.findings, 1);
	report_done(&r);
}

static void test_at_most_so_many_rows(void **state)
{
	struct report r;

	(void)state;
	for (int i = 0; i < 30; i++) {
		struct finding f = finding("rule", CATEGORY_TEST, 'a');
		char name[16];

		f.signature[2] = (char)('0' + i % 10);
		f.signature[3] = (char)('0' + i / 10);
		record_finding(1, f);
		snprintf(name, sizeof(name), "test %02d", i);
		record_result(1, NULL, "test", name, RESULT_FAILED);
	}
	r = report_of(everything);
	assert_int_equal(r.failure_count, REPORT_ROWS_MAX);
	assert_int_equal(r.tests_failing_count, REPORT_ROWS_MAX);
	assert_int_equal(r.findings, 30);
	assert_string_equal(r.tests_failing[19].id, "test 19");
	report_done(&r);
}

static void test_failing_and_flaky_tests(void **state)
{
	struct report r;

	(void)state;
	record_result(-30, "c0", "test", "broken", RESULT_FAILED);
	for (int64_t hour = 1; hour <= 3; hour++)
		record_result(hour, hour == 3 ? "c2" : "c1", "test", "broken", RESULT_FAILED);
	record_result(4, "c3", "test", "broken", RESULT_PASSED); /* repaired */
	record_result(4, "c3", "test", "broken", RESULT_SKIPPED);
	record_result(5, "c1", "test", "flaky", RESULT_FAILED);
	record_result(6, "c1", "test", "flaky", RESULT_PASSED);
	record_result(7, "c1", "test (linux)", "leg", RESULT_ERROR); /* another leg of the matrix is another thing */
	record_result(7, "c1", "test (macos)", "leg", RESULT_PASSED);
	r = report_of(window(0, 24));
	assert_int_equal(r.tests_failing_count, 3);
	assert_string_equal(r.tests_failing[0].id, "broken");
	assert_int_equal(r.tests_failing[0].failures, 3);
	assert_int_equal(r.tests_failing[0].runs, 4);
	assert_false(r.tests_failing[0].same_commit_both);
	assert_int_equal(r.tests_failing[0].last_failed, DAY0 + 3 * HOUR);
	assert_string_equal(r.tests_failing[1].id, "flaky");
	assert_int_equal(r.tests_failing[1].runs, 2);
	assert_true(r.tests_failing[1].same_commit_both);
	assert_string_equal(r.tests_failing[2].id, "leg");
	assert_int_equal(r.tests_failing[2].failures, 1);
	assert_int_equal(r.tests_failing[2].runs, 2);
	assert_false(r.tests_failing[2].same_commit_both);
	assert_int_equal(r.tests, 9);
	assert_int_equal(r.failed_tests, 5);
	report_done(&r);
}

static void test_flaky_evidence(void **state)
{
	struct store_execution x = execution(1, CONCLUSION_UNKNOWN, DAY0);
	struct store_record *r = begin(store);

	(void)state;
	x.commit = "c1";
	add_test(r, "retried", RESULT_FAILED); /* within one execution */
	add_test(r, "retried", RESULT_PASSED);
	add_test(r, "tear-down", RESULT_PASSED); /* passed, then its tear-down did not */
	add_test(r, "tear-down", RESULT_ERROR);
	add_test(r, "fork", RESULT_PASSED);
	add_test(r, "local", RESULT_PASSED);
	commit(r, &x, NULL, NULL, 0);
	x.run = 2;
	x.fork = true;
	r = begin(store);
	add_test(r, "fork", RESULT_FAILED);
	commit(r, &x, NULL, NULL, 0);
	x.run = 3;
	x.fork = false;
	x.space = SPACE_LOCAL;
	r = begin(store);
	add_test(r, "local", RESULT_FAILED);
	commit(r, &x, NULL, NULL, 0);
	assert_sql(in("h.db"), "SELECT test, job, commits, failures FROM flaky_tests", "retried|test|1|1");
}

static void test_days(void **state)
{
	struct report r;

	(void)state;
	record_script("R1 G2 R23 G30 R80");
	r = report_of(window(12, 24 * 4));
	assert_int_equal(r.day_count, 5); /* 06-01 12:00 to 06-05 00:00 */
	assert_int_equal(r.days[0].day, DAY0);
	assert_int_equal(r.days[0].runs, 1); /* only what the window holds of it */
	assert_int_equal(r.days[0].failed, 1);
	assert_int_equal(r.days[1].runs, 1);
	assert_int_equal(r.days[1].failed, 0);
	assert_int_equal(r.days[2].runs, 0);
	assert_int_equal(r.days[3].failed, 1);
	assert_int_equal(r.days[4].day, DAY0 + 4 * CLOCK_DAY);
	report_done(&r);
}

static void test_of_a_long_window_the_last_days(void **state)
{
	struct report r;

	(void)state;
	record_script("R1 G9000 R9001");
	r = report_of(window(0, 9600)); /* 400 days */
	assert_int_equal(r.day_count, REPORT_DAYS_MAX);
	assert_int_equal(r.days[REPORT_DAYS_MAX - 1].day, DAY0 + 400 * CLOCK_DAY);
	assert_int_equal(r.days[0].day, DAY0 + 309 * CLOCK_DAY);
	assert_int_equal(r.days[375 - 309].runs, 2);
	assert_int_equal(r.runs, 3);
	report_done(&r);
	r = report_of(window(10, -10));
	assert_int_equal(r.runs, 0);
	report_done(&r);
}

static void test_totals(void **state)
{
	struct store_execution x = execution(100, CONCLUSION_FAILURE, DAY0);
	struct store_fix f = fix("f", "1:bb", FIX_PLANNED);
	struct store_totals t;
	struct err e;

	(void)state;
	assert_int_equal(store_totals(store, &t, &e), 0);
	assert_int_equal(t.executions + t.failed + t.findings + t.signatures + t.tests + t.results + t.fixes, 0);
	assert_true(t.first == CLOCK_UNKNOWN && t.last == CLOCK_UNKNOWN);
	record_finding(1, finding("a", CATEGORY_TEST, 'a'));
	record_result(2, "c1", "test", "one", RESULT_PASSED);
	record_result(3, "c1", "test", "one", RESULT_FAILED);
	commit(begin(store), &x, NULL, &f, 1);
	assert_int_equal(store_totals(store, &t, &e), 0);
	assert_int_equal(t.executions, 4);
	assert_int_equal(t.failed, 3);
	assert_int_equal(t.findings, 1);
	assert_int_equal(t.signatures, 2);
	assert_int_equal(t.tests, 1);
	assert_int_equal(t.results, 2);
	assert_int_equal(t.fixes, 1);
	assert_int_equal(t.first, DAY0);
	assert_int_equal(t.last, DAY0 + 3 * HOUR);
	assert_true(t.bytes >= 20 * 4096 && t.bytes % 4096 == 0);
}

/* ---- fixers ---------------------------------------------------------------------------------------- */

static void record_fixed(int64_t run, const char *job, char signature)
{
	struct finding f = finding("python/format", CATEGORY_FORMAT, signature);
	struct diagnosis d = {.failed = true, .findings = &f, .finding_count = 1};
	struct store_execution x = execution(run, CONCLUSION_FAILURE, DAY0 + HOUR);
	struct store_fix one = fix("python/black", f.signature, FIX_APPLIED);

	x.job = x.job_name = job;
	commit(begin(store), &x, &d, &one, 1);
}

static void test_a_fix_of_many_legs_is_one(void **state)
{
	struct report r;

	(void)state;
	setenv("RUNMEDIC_NOW", "2026-06-01T02:00:00Z", 1);
	record_fixed(1, "test (3.12)", 'a');
	record_fixed(1, "test (3.13)", 'a');
	record_fixed(1, "lint", 'b');
	record_fixed(2, "test (3.12)", 'a');
	unsetenv("RUNMEDIC_NOW");
	r = report_of(window(0, 100));
	assert_int_equal(r.fixer_count, 1);
	assert_int_equal(r.fixers[0].attempts, 3);
	assert_int_equal(r.fixers[0].applied, 3);
	report_done(&r);
}

/* Delivered on Friday, red on Monday: a mistake of this week, although nothing was tried in it. */
static void test_what_turned_out_wrong_counts_when_it_did(void **state)
{
	const struct store_delivery d = {.repository = "acme/anvil",
		.fixer = "python/black",
		.signature = "1:aa",
		.way = "pr",
		.branch = "main",
		.workflow = "CI",
		.base_sha = "ab",
		.at = DAY0 - HOUR};
	struct report r;
	struct err e;

	(void)state;
	assert_int_equal(store_deliver(store, &d, &e), 0);
	assert_int_equal(store_settle(store, 1, OUTCOME_RED, DAY0 + HOUR, "still red", &e), 0);
	r = report_of(window(0, 100));
	assert_int_equal(r.fixer_count, 1);
	assert_int_equal(r.fixers[0].attempts, 0);
	assert_int_equal(r.fixers[0].red, 1);
	report_done(&r);
	r = report_of(window(-100, 0));
	assert_int_equal(r.fixer_count, 0);
	report_done(&r);
}

#define REPORTS(test) cmocka_unit_test_setup_teardown(test, set_up_report, tear_down_store)

int main(void)
{
	const struct CMUnitTest tests[] = {
		REPORTS(test_an_empty_history),
		REPORTS(test_runs_of_the_window_and_the_one_before),
		REPORTS(test_open_ends_hold_everything),
		REPORTS(test_filters),
		REPORTS(test_mttr),
		REPORTS(test_failures_by_signature),
		REPORTS(test_echoes_are_no_failures),
		REPORTS(test_at_most_so_many_rows),
		REPORTS(test_failing_and_flaky_tests),
		REPORTS(test_flaky_evidence),
		REPORTS(test_a_fix_of_many_legs_is_one),
		REPORTS(test_what_turned_out_wrong_counts_when_it_did),
		REPORTS(test_days),
		REPORTS(test_of_a_long_window_the_last_days),
		REPORTS(test_totals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
