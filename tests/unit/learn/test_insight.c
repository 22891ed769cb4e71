#include "learn/insight.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#define HOUR (3600 * CLOCK_SECOND)

/* A quiet week: 20 runs, one of them red for an hour. */
static struct report quiet(void)
{
	struct report r = {.from = 100 * CLOCK_DAY,
		.to = 107 * CLOCK_DAY,
		.first_fact = CLOCK_DAY,
		.last_fact = 107 * CLOCK_DAY,
		.runs = 20,
		.failed_runs = 1,
		.jobs = 40,
		.failed_jobs = 1,
		.findings = 1,
		.runs_before = 20,
		.failed_runs_before = 2,
		.mttr_us = HOUR,
		.mttr_episodes = 1,
		.red_episodes = 1,
		.minutes = 400,
		.own_minutes = -1};

	r.failures[0] = (struct report_failure){.title = "boom",
		.category = CATEGORY_TEST,
		.count = 1,
		.jobs = 1,
		.first_seen = 101 * CLOCK_DAY,
		.last_seen = 101 * CLOCK_DAY};
	r.failure_count = 1;
	r.categories[0] = (struct report_category){.category = CATEGORY_TEST, .count = 1, .lost_minutes = 10};
	r.category_count = 1;
	return r;
}

static const struct report_kpi *kpi(const struct report *r, const char *id)
{
	for (size_t i = 0; i < r->kpi_count; i++)
		if (!strcmp(r->kpis[i].id, id))
			return &r->kpis[i];
	fail_msg("no KPI %s", id);
	return NULL;
}

static const struct report_line *line(const struct report_line *lines, size_t n, const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(lines[i].id, id))
			return &lines[i];
	return NULL;
}

#define LEARNED(r, id) line((r)->learnings, (r)->learning_count, id)
#define ADVISED(r, id) line((r)->recommendations, (r)->recommendation_count, id)
#define GAP(r, id) line((r)->gaps, (r)->gap_count, id)

static void test_a_quiet_week_is_healthy(void **state)
{
	struct report r = quiet();

	(void)state;
	insight_make(&r);
	assert_int_equal(r.grade, 'A');
	assert_true(kpi(&r, "failure-rate")->met);
	assert_true(kpi(&r, "failure-rate")->value == 0.05);
	assert_true(kpi(&r, "failure-rate")->before == 0.1);
	assert_true(kpi(&r, "mttr")->value == 3600);
	assert_non_null(strstr(r.formula, "3 x failure-rate 1.00"));
	assert_int_equal(r.learning_count, 0);
	assert_int_equal(r.gap_count, 0);
	report_done(&r);
}

static void test_a_red_week_is_not(void **state)
{
	struct report r = quiet();

	(void)state;
	r.failed_runs = 14;
	r.mttr_us = 60 * HOUR;
	insight_make(&r);
	assert_true(r.grade == 'D' || r.grade == 'F');
	assert_false(kpi(&r, "failure-rate")->met);
	assert_true(kpi(&r, "failure-rate")->score == 0);
	report_done(&r);
}

static void test_what_is_unknown_weighs_nothing(void **state)
{
	struct report r = quiet();

	(void)state;
	r.mttr_us = -1;
	insight_make(&r);
	assert_true(isnan(kpi(&r, "mttr")->value));
	assert_true(kpi(&r, "mttr")->weight == 0);
	assert_null(strstr(r.formula, "mttr"));
	assert_true(isnan(kpi(&r, "wrong-fixes")->value)); /* no fix was settled */
	assert_false(kpi(&r, "wrong-fixes")->met);
	report_done(&r);
}

static void test_too_few_runs_have_no_grade(void **state)
{
	struct report r = quiet();

	(void)state;
	r.runs = 4;
	r.failed_runs = 0;
	insight_make(&r);
	assert_int_equal(r.grade, 0);
	assert_non_null(GAP(&r, "few"));
	report_done(&r);
}

static void test_nothing_at_all(void **state)
{
	struct report r = {.first_fact = CLOCK_UNKNOWN, .last_fact = CLOCK_UNKNOWN, .mttr_us = -1, .own_minutes = -1};

	(void)state;
	insight_make(&r);
	assert_int_equal(r.grade, 0);
	assert_null(r.formula);
	assert_non_null(GAP(&r, "empty"));
	assert_int_equal(r.learning_count + r.recommendation_count + r.priority_count, 0);
	report_done(&r);
}

static void test_learnings_carry_their_numbers(void **state)
{
	struct report r = quiet();
	struct report_failure *f = r.failures;

	(void)state;
	r.failed_jobs = 10;
	f[0] = (struct report_failure){
		.title = "new one", .count = 6, .branches = 2, .first_seen = 101 * CLOCK_DAY, .lost_minutes = 30};
	f[1] = (struct report_failure){.title = "old one",
		.count = 4,
		.count_before = 2,
		.first_seen = CLOCK_DAY,
		.offered = 3,
		.lost_minutes = 12};
	r.failure_count = 2;
	r.flaky[0] = (struct report_flaky){.test = "test_a", .failures = 4, .runs = 90, .minutes = 22};
	r.flaky_count = 1;
	r.flaky_total = 3;
	r.flaky_minutes = 41;
	insight_make(&r);
	assert_string_equal(LEARNED(&r, "new-failure")->subject, "new one");
	assert_string_equal(LEARNED(&r, "new-failure")->text, "new this time, and already 6 times on 2 branches");
	assert_string_equal(LEARNED(&r, "rising-failure")->subject, "old one");
	assert_non_null(strstr(LEARNED(&r, "one-cause")->text, "6 of 10 failed jobs (60 %)"));
	assert_non_null(strstr(LEARNED(&r, "flaky")->text, "3 tests are flaky and cost 41 runner minutes"));
	assert_non_null(strstr(ADVISED(&r, "repair")->text, "30 runner minutes"));
	assert_non_null(strstr(ADVISED(&r, "deliver")->text, "a fix was ready 3 times and reached nobody"));
	assert_string_equal(ADVISED(&r, "quarantine")->subject, "test_a");
	report_done(&r);
}

static void test_a_platform_stands_out_only_on_evidence(void **state)
{
	struct report r = quiet(), few = quiet();

	(void)state;
	r.cells[0] = (struct report_cell){"windows-2022", "3.8", 40, 20};
	r.cells[1] = (struct report_cell){"ubuntu-24.04", "3.8", 200, 4};
	r.cell_count = 2;
	insight_make(&r);
	assert_string_equal(LEARNED(&r, "platform")->subject, "windows-2022");
	assert_non_null(strstr(LEARNED(&r, "platform")->text, "20 of 40 jobs (50 %)"));
	few.cells[0] = (struct report_cell){"windows-2022", "", 4, 3};
	few.cells[1] = (struct report_cell){"ubuntu-24.04", "", 6, 2};
	few.cell_count = 2;
	insight_make(&few);
	assert_null(LEARNED(&few, "platform"));
	report_done(&r);
	report_done(&few);
}

static void test_only_red_runs_are_no_rate(void **state)
{
	struct report r = quiet();

	(void)state;
	r.failed_runs = r.runs;
	r.first_fact = r.from + CLOCK_DAY;
	insight_make(&r);
	assert_non_null(GAP(&r, "only-red"));
	assert_non_null(GAP(&r, "short"));
	report_done(&r);
}

static void test_priorities_are_impact_by_effort(void **state)
{
	struct report r = quiet();

	(void)state;
	r.categories[0] = (struct report_category){.category = CATEGORY_INFRA, .count = 3, .lost_minutes = 100};
	r.categories[1] = (struct report_category){.category = CATEGORY_FORMAT, .count = 9, .lost_minutes = 50};
	r.categories[2] =
		(struct report_category){.category = CATEGORY_TEST, .count = 2, .lost_minutes = 60, .fixable = 2};
	r.categories[3] = (struct report_category){.category = CATEGORY_TYPE, .count = 0, .count_before = 4};
	r.category_count = 4;
	insight_make(&r);
	assert_int_equal(r.priority_count, 3);
	assert_int_equal(r.priorities[0].category, CATEGORY_TEST);
	assert_int_equal(r.priorities[0].effort, 1);
	assert_true(r.priorities[0].priority == 1);
	assert_int_equal(r.priorities[1].category, CATEGORY_FORMAT);
	assert_int_equal(r.priorities[2].category, CATEGORY_INFRA);
	assert_int_equal(r.priorities[2].effort, 5);
	report_done(&r);
}

static void test_the_same_facts_give_the_same_words(void **state)
{
	struct report a = quiet(), b = quiet();

	(void)state;
	insight_make(&a);
	insight_make(&b);
	insight_make(&b); /* made anew, nothing is doubled */
	assert_int_equal(a.kpi_count, b.kpi_count);
	assert_int_equal(a.recommendation_count, b.recommendation_count);
	assert_string_equal(a.formula, b.formula);
	report_done(&a);
	report_done(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_quiet_week_is_healthy),
		cmocka_unit_test(test_a_red_week_is_not),
		cmocka_unit_test(test_what_is_unknown_weighs_nothing),
		cmocka_unit_test(test_too_few_runs_have_no_grade),
		cmocka_unit_test(test_nothing_at_all),
		cmocka_unit_test(test_learnings_carry_their_numbers),
		cmocka_unit_test(test_a_platform_stands_out_only_on_evidence),
		cmocka_unit_test(test_only_red_runs_are_no_rate),
		cmocka_unit_test(test_priorities_are_impact_by_effort),
		cmocka_unit_test(test_the_same_facts_give_the_same_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
