#include "learn/compare.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TO (100 * CLOCK_DAY)

static void job(
	struct compare *c, int side, const char *name, const char *commit, bool good, double seconds, int64_t at)
{
	compare_add(c, side,
		&(struct compare_job){
			view_of(name), view_of(commit), good ? CONCLUSION_SUCCESS : CONCLUSION_FAILURE, seconds, at});
}

static const struct compare_row *row_of(const struct compare_report *r, uint32_t test)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->rows[i].test == test && !r->rows[i].job)
			return &r->rows[i];
	return NULL;
}

static void test_only_ci(void **state)
{
	struct compare *c = compare_new(0, TO, COMPARE_SLOWER);
	struct compare_report r;
	char sha[16];

	(void)state;
	for (int i = 0; i < 10; i++) {
		snprintf(sha, sizeof(sha), "%x", i);
		job(c, 0, "local", sha, true, 10, i * CLOCK_DAY);
		compare_result(c, 1, RESULT_PASSED, 5);
		compare_result(c, 2, RESULT_PASSED, 5);
		job(c, 1, "ci", sha, i % 2, 20, i * CLOCK_DAY + 1);
		compare_result(c, 1, i % 2 ? RESULT_PASSED : RESULT_FAILED, 6);
		compare_result(c, 2, RESULT_PASSED, 6);
	}
	compare_learn(&r, c);
	const struct compare_row *x = row_of(&r, 1);
	assert_non_null(x);
	assert_int_equal(x->kind, COMPARE_ONLY_B_FAILS);
	assert_int_equal(x->of[1].failed, 5);
	assert_int_equal(x->of[0].runs, 10);
	assert_int_equal(x->same_commit, 5);
	assert_true(x->of[1].last == 8 * CLOCK_DAY + 1);
	assert_true(fabs(x->chance - 0.0325) < 0.001); /* Fisher, 0 of 10 against 5 of 10: R says 0.03251 */
	assert_null(row_of(&r, 2));
	assert_int_equal(r.alike, 1);
	compare_done(&r);
	compare_free(c);
}

static void test_rates(void **state)
{
	struct compare *c = compare_new(0, TO, COMPARE_SLOWER);
	struct compare_report r;

	(void)state;
	for (int i = 0; i < 70; i++)
		job(c, 0, "", "", i < 56, -1, i * CLOCK_DAY);
	for (int i = 0; i < 80; i++)
		job(c, 1, "", "", i < 48, 30, i * CLOCK_DAY);
	compare_add(c, 1, &(struct compare_job){.conclusion = CONCLUSION_CANCELLED, .seconds = 5, .at = 1});
	compare_learn(&r, c);
	/* Newcombe (1998), example (a): 56/70 against 48/80 is 0.20, 0.0524 to 0.3339 */
	assert_true(fabs(r.delta.value + 0.2) < 1e-9);
	assert_true(fabs(r.delta.range.low + 0.3339) < 1e-4);
	assert_true(fabs(r.delta.range.high + 0.0524) < 1e-4);
	assert_int_equal(r.total[1].jobs, 81);
	assert_int_equal(r.total[1].good + r.total[1].bad, 80);
	assert_true(r.total[0].seconds < 0);
	assert_true(fabs(r.total[1].seconds - 30) < 1e-9);
	assert_int_equal(r.parts[0].jobs[0], 25);
	assert_int_equal(r.n, 0);
	compare_done(&r);
	compare_free(c);
}

static void test_trend(void **state)
{
	struct compare *c = compare_new(0, TO, COMPARE_SLOWER);
	struct compare_report r;

	(void)state;
	for (int i = 0; i < 100; i++) {
		job(c, 0, "a", "", true, 1, i * CLOCK_DAY);
		job(c, 1, "a", "", i < 50 || i % 2, 1, i * CLOCK_DAY);
	}
	compare_learn(&r, c);
	assert_int_equal(r.trend, COMPARE_WIDER);
	assert_true(r.parts[0].value > -0.01 && r.parts[3].value < -0.4);
	assert_int_equal(r.n, 1);
	assert_string_equal(r.rows[0].job, "a");
	assert_int_equal(r.rows[0].kind, COMPARE_ONLY_B_FAILS);
	compare_done(&r);
	compare_free(c);
}

static void test_kinds(void **state)
{
	struct compare *c = compare_new(0, TO, COMPARE_SLOWER);
	struct compare_report r;

	(void)state;
	for (int i = 0; i < 40; i++) {
		job(c, 0, "", "", true, 1, i);
		compare_result(c, 1, i < 2 ? RESULT_ERROR : RESULT_PASSED, 10);
		compare_result(c, 2, RESULT_PASSED, 1000);
		compare_result(c, 3, RESULT_PASSED, 1000);
		compare_result(c, 4, RESULT_PASSED, 10);
		compare_result(c, 5, RESULT_FAILED, -1);
		compare_result(c, 6, RESULT_SKIPPED, -1);
		compare_result(c, 8, RESULT_PASSED, 20);
		job(c, 1, "", "", true, 1, i);
		compare_result(c, 1, i < 20 ? RESULT_FAILED : RESULT_PASSED, 10);
		compare_result(c, 2, RESULT_PASSED, 1600);
		compare_result(c, 3, RESULT_PASSED, 500);
		compare_result(c, 5, RESULT_FAILED, -1);
		compare_result(c, 6, RESULT_PASSED, 1);
		compare_result(c, 8, RESULT_PASSED, 90); /* four times as long, but who cares for 70 ms */
	}
	compare_learn(&r, c);
	assert_int_equal(row_of(&r, 1)->kind, COMPARE_MORE_IN_B);
	assert_int_equal(row_of(&r, 2)->kind, COMPARE_SLOWER_IN_B);
	assert_int_equal(row_of(&r, 3)->kind, COMPARE_FASTER_IN_B);
	assert_int_equal(row_of(&r, 4)->kind, COMPARE_ONLY_A_RUNS);
	assert_int_equal(row_of(&r, 5)->kind, COMPARE_BOTH_FAIL);
	assert_int_equal(row_of(&r, 6)->kind, COMPARE_ONLY_B_RUNS);
	assert_null(row_of(&r, 7));
	assert_null(row_of(&r, 8));
	assert_int_equal(r.rows[0].kind, COMPARE_MORE_IN_B); /* failures first */
	assert_int_equal(row_of(&r, 1)->same_commit, 0);     /* no commits are known */
	assert_string_equal(compare_kind_name(COMPARE_SLOWER_IN_B), "slower-in-b");
	compare_done(&r);
	compare_free(c);
}

static void test_nothing(void **state)
{
	struct compare *c = compare_new(5, 5, COMPARE_SLOWER);
	struct compare_report r;

	(void)state;
	compare_learn(&r, c);
	assert_int_equal(r.n, 0);
	assert_true(isnan(r.delta.value));
	assert_int_equal(r.trend, COMPARE_UNKNOWN);
	compare_done(&r);
	compare_done(&r);
	job(c, 0, "a", "b", false, 1, 3);
	compare_result(c, 0, RESULT_FAILED, 1);
	compare_result(c, COMPARE_TESTS_MAX + 1, RESULT_FAILED, 1);
	compare_learn(&r, c);
	assert_int_equal(r.total[0].tests, 0);
	assert_int_equal(r.n, 1); /* the job, which ran only there */
	compare_done(&r);
	compare_free(c);
	compare_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_ci),
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_trend),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
