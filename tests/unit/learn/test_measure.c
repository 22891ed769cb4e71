#include "learn/measure.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

static void assert_close(double a, double b, double by)
{
	if (!(fabs(a - b) <= by))
		fail_msg("%.6f is not %.6f", a, b);
}

static void test_brier_and_its_skill(void **state)
{
	const struct forecast list[] = {{0.9, true}, {0.8, true}, {0.6, false}, {0.1, false}};

	(void)state;
	assert_close(measure_brier(list, 4), (0.01 + 0.04 + 0.36 + 0.01) / 4, 1e-12);
	assert_close(measure_brier_skill(list, 4), 1 - 0.105 / 0.25, 1e-12);
	assert_true(isnan(measure_brier_skill(list, 2))); /* all were right: no base rate to beat */
}

static void test_always_saying_the_base_rate_has_no_skill(void **state)
{
	const struct forecast list[] = {{0.75, true}, {0.75, true}, {0.75, true}, {0.75, false}};

	(void)state;
	assert_close(measure_brier_skill(list, 4), 0, 1e-12);
}

static void test_auroc_counts_ties_half(void **state)
{
	const struct forecast list[] = {{0.9, true}, {0.5, true}, {0.5, false}, {0.2, false}};
	struct interval in;

	(void)state;
	assert_close(measure_auroc(list, 4, &in), 3.5 / 4, 1e-12);
	assert_true(in.low < 0.875 && in.high <= 1);
	assert_true(isnan(measure_auroc(list, 2, &in)));
}

/* Area and standard error worked out by hand from DeLong's placements: V10 = 1, 1, 1/3; V01 = 1, 2/3, 2/3. */
static void test_auroc_interval_is_delongs(void **state)
{
	const struct forecast list[] = {
		{0.9, true}, {0.8, true}, {0.3, true}, {0.2, false}, {0.4, false}, {0.5, false}};
	struct interval in;
	double area = measure_auroc(list, 6, &in);
	double v10 = 4.0 / 27, v01 = 1.0 / 27, margin = 1.959963984540054 * sqrt(v10 / 3 + v01 / 3);

	(void)state;
	assert_close(area, 7.0 / 9, 1e-12);
	assert_close(in.low, 7.0 / 9 - margin, 1e-9);
	assert_close(in.high, fmin(1, 7.0 / 9 + margin), 1e-9);
}

static void test_reliability_bins(void **state)
{
	const struct forecast list[] = {{0, false}, {0.95, true}, {1, true}, {0.85, false}};
	struct reliability_bin bins[MEASURE_BINS];
	double error = measure_reliability(bins, list, 4);

	(void)state;
	assert_int_equal(bins[0].n, 1);
	assert_int_equal(bins[MEASURE_BINS - 1].n, 3);
	assert_int_equal(bins[MEASURE_BINS - 1].good, 2);
	assert_close(bins[MEASURE_BINS - 1].mean, 2.8 / 3, 1e-12);
	assert_close(error, 0.8 / 4, 1e-12);
}

static void test_bootstrap_is_repeatable_and_holds_the_mean(void **state)
{
	const double values[] = {0, 1, 1, 1, 0.5, 1, 1, 0, 1, 1};
	struct interval a = measure_mean_interval(values, 10), b = measure_mean_interval(values, 10);

	(void)state;
	assert_true(a.low == b.low && a.high == b.high);
	assert_true(a.low < 0.75 && a.high > 0.75 && a.low > 0.4 && a.high < 1);
}

static void test_median_and_p90(void **state)
{
	double odd[] = {3, 1, 2}, even[] = {4, 1, 3, 2};

	(void)state;
	measure_sort(odd, 3);
	measure_sort(even, 4);
	assert_close(measure_median(odd, 3), 2, 0);
	assert_close(measure_median(even, 4), 2.5, 0);
	assert_close(measure_p90(even, 4), 3, 0);
	assert_close(measure_median(odd, 0), 0, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_brier_and_its_skill),
		cmocka_unit_test(test_always_saying_the_base_rate_has_no_skill),
		cmocka_unit_test(test_auroc_counts_ties_half),
		cmocka_unit_test(test_auroc_interval_is_delongs),
		cmocka_unit_test(test_reliability_bins),
		cmocka_unit_test(test_bootstrap_is_repeatable_and_holds_the_mean),
		cmocka_unit_test(test_median_and_p90),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
