#include "learn/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

static void assert_close(double a, double b, double by)
{
	if (fabs(a - b) > by)
		fail_msg("%.6f is not %.6f", a, b);
}

/* Published values: Newcombe 1998 (81 of 263, 15 of 148, 0 of 20, 1 of 29), the rest by the formula in R's
 * prop.test(correct = FALSE). */
static void test_known_values(void **state)
{
	static const struct {
		uint64_t good, all;
		double low, high;
	} rows[] = {
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0.0000, 0.1611},
		{1, 29, 0.0061, 0.1718},
		{10, 10, 0.7225, 1.0000},
		{1, 1, 0.2065, 1.0000},
		{0, 1, 0.0000, 0.7935},
		{5, 10, 0.2366, 0.7634},
		{950000, 1000000, 0.9496, 0.9504},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		double low, high;

		wilson_interval(rows[i].good, rows[i].all, &low, &high);
		assert_close(low, rows[i].low, 0.00006);
		assert_close(high, rows[i].high, 0.00006);
	}
}

static void test_without_evidence_anything_goes(void **state)
{
	double low, high;

	(void)state;
	wilson_interval(0, 0, &low, &high);
	assert_close(low, 0, 0);
	assert_close(high, 1, 0);
}

static void test_stays_within_0_and_1_and_holds_the_rate(void **state)
{
	(void)state;
	for (uint64_t all = 1; all <= 60; all++)
		for (uint64_t good = 0; good <= all; good++) {
			double low, high, rate = (double)good / (double)all;

			wilson_interval(good, all, &low, &high);
			assert_true(low >= 0 && low <= rate + 1e-12);
			assert_true(high <= 1 && high >= rate - 1e-12);
		}
}

static void test_more_good_than_all_is_all(void **state)
{
	double low, high, low_all, high_all;

	(void)state;
	wilson_interval(7, 5, &low, &high);
	wilson_interval(5, 5, &low_all, &high_all);
	assert_close(low, low_all, 0);
	assert_close(high, high_all, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_values),
		cmocka_unit_test(test_without_evidence_anything_goes),
		cmocka_unit_test(test_stays_within_0_and_1_and_holds_the_rate),
		cmocka_unit_test(test_more_good_than_all_is_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
