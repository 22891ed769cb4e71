#include "learn/kpi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#define MINUTE (60 * CLOCK_SECOND)

static struct repairs *repairs;

static void tell(const char *workflow, const char *branch, int minute, enum conclusion c)
{
	repairs_attempt(repairs, view_of(workflow), view_of(branch), minute * MINUTE, c);
}

static void test_from_the_first_red_end_to_the_next_green_end(void **state)
{
	struct mttr_list l;

	(void)state;
	repairs = repairs_new();
	tell("ci", "main", 200, CONCLUSION_SUCCESS); /* told out of order: they count by their end */
	tell("ci", "main", 10, CONCLUSION_SUCCESS);
	tell("ci", "main", 20, CONCLUSION_FAILURE);
	tell("ci", "main", 30, CONCLUSION_FAILURE);
	tell("ci", "main", 40, CONCLUSION_CANCELLED);
	tell("ci", "main", 50, CONCLUSION_SUCCESS);
	tell("ci", "main", 100, CONCLUSION_TIMED_OUT);
	tell("ci", "main", 150, CONCLUSION_UNKNOWN);
	tell("nightly", "main", 60, CONCLUSION_SUCCESS); /* another workflow repairs nothing here */
	tell("ci", "feature", 70, CONCLUSION_FAILURE);
	tell("", "main", 80, CONCLUSION_SUCCESS);
	repairs_learn(&l, repairs);
	assert_int_equal(l.n, 3);
	assert_string_equal(l.list[0].branch, "feature");
	assert_true(l.list[0].open && l.list[0].since == 70 * MINUTE);
	assert_int_equal(l.list[0].episodes, 0);
	assert_string_equal(l.list[1].branch, "main");
	assert_int_equal(l.list[1].episodes, 2);
	assert_true(l.list[1].total == (30 + 100) * MINUTE);
	assert_true(l.list[1].longest == 100 * MINUTE && !l.list[1].open);
	assert_string_equal(l.list[2].workflow, "nightly");
	assert_int_equal(l.all.episodes, 2);
	assert_true(l.all.open);
	mttr_done(&l);
	repairs_free(repairs);
}

static void test_no_attempts(void **state)
{
	struct mttr_list l;

	(void)state;
	repairs = repairs_new();
	repairs_learn(&l, repairs);
	assert_int_equal(l.n, 0);
	assert_int_equal(l.all.episodes, 0);
	mttr_done(&l);
	repairs_free(repairs);
}

static void failed(struct kpis *k, int hour, const char *signature, bool known, enum resolution r)
{
	kpis_failure(k, &(struct kpi_failure){hour * 60 * MINUTE, view_of(signature), known, r});
}

static void assert_rate(struct rate r, uint64_t of, uint64_t all)
{
	assert_int_equal(r.of, of);
	assert_int_equal(r.all, all);
	assert_true(fabs(r.value - (double)of / (double)all) < 1e-9);
	assert_true(r.range.low <= r.value && r.value <= r.range.high);
}

static void test_rates(void **state)
{
	struct kpis *k = kpis_new(0, 14 * CLOCK_DAY);
	struct kpi x;

	(void)state;
	failed(k, 0, "a", true, RESOLUTION_FIX);
	failed(k, 1, "a", true, RESOLUTION_FIX);     /* still the same trouble */
	failed(k, 30, "a", true, RESOLUTION_PERSON); /* it came back */
	failed(k, 40, "b", true, RESOLUTION_RERUN);
	failed(k, 50, "", false, RESOLUTION_ITSELF);
	failed(k, 100, "a", true, RESOLUTION_OPEN); /* and again */
	kpis_fix(k, OUTCOME_MERGED);
	kpis_fix(k, OUTCOME_GREEN);
	kpis_fix(k, OUTCOME_REVERTED);
	kpis_fix(k, OUTCOME_UNVERIFIED);
	kpis_fix(k, OUTCOME_CLOSED);
	kpis_rerun(k, true);
	kpis_rerun(k, false);
	kpis_learn(&x, k);
	assert_int_equal(x.failures, 6);
	assert_int_equal(x.signatures, 2);
	assert_rate(x.detection, 5, 6);
	assert_rate(x.auto_resolution, 3, 5);
	assert_rate(x.manual, 1, 5);
	assert_rate(x.fix_success, 2, 3);
	assert_rate(x.false_positive, 1, 3);
	assert_rate(x.rerun_success, 1, 2);
	assert_true(fabs(x.recurring_a_week - 1) < 1e-9);
	kpis_free(k);
}

static void test_no_failures_no_rates(void **state)
{
	struct kpis *k = kpis_new(0, 0);
	struct kpi x;

	(void)state;
	kpis_learn(&x, k);
	assert_true(x.detection.value < 0 && x.fix_success.value < 0 && x.manual.value < 0);
	assert_true(x.recurring_a_week >= 0 && x.recurring_a_week <= 0);
	kpis_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_from_the_first_red_end_to_the_next_green_end),
		cmocka_unit_test(test_no_attempts),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_no_failures_no_rates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
