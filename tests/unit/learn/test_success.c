#include "learn/success.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

static struct successes *all;
static uint64_t seed = 7;

static double chance(void)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double)(seed >> 11) / (double)(UINT64_C(1) << 53);
}

static int begin(void **state)
{
	(void)state;
	all = successes_new();
	return 0;
}

static int end(void **state)
{
	(void)state;
	successes_free(all);
	return 0;
}

static void tell(const char *fixer, const char *rule, int from, unsigned good, unsigned bad)
{
	for (unsigned i = 0; i < good + bad; i++)
		successes_add(all, view_of(fixer), view_of(rule), (struct view){0}, (from + (int64_t)i) * CLOCK_DAY,
			i < good);
}

static struct success of(const char *fixer, const char *rule)
{
	struct success x;

	successes_seal(all);
	success_of(all, view_of(fixer), view_of(rule), (struct view){0}, &x);
	return x;
}

static void test_many_good_ones(void **state)
{
	struct success x;
	char why[200];

	(void)state;
	tell("a", "r", 0, 60, 0);
	x = of("a", "");
	assert_int_equal(x.good, 60);
	assert_true(x.mean > 0.96 && x.low > 0.93 && !x.demoted);
	assert_true(x.changed == CLOCK_UNKNOWN);
	snprintf(why, sizeof(why), "60 of 60 worked; %.2f or more with 95 %% certainty", x.low);
	assert_string_equal(success_why(&x, (char[200]){0}, 200), why);
}

static void test_a_fixer_that_got_worse_is_judged_by_what_it_does_now(void **state)
{
	struct success x;

	(void)state;
	tell("a", "r", 0, 40, 0);
	tell("a", "r", 100, 0, 8);
	x = of("a", "");
	assert_int_equal(x.good, 40);
	assert_int_equal(x.bad, 8);
	assert_int_equal(x.now_good, 0);
	assert_int_equal(x.now_bad, 8);
	assert_true(x.mean < 0.3 && x.change > 0.99 && x.demoted);
	assert_true(x.changed == 100 * CLOCK_DAY);
	assert_non_null(strstr(success_why(&x, (char[200]){0}, 200), "0 of 8 since 1970-04-11"));
}

static void test_one_failure_among_many_is_no_change(void **state)
{
	struct success x;

	(void)state;
	tell("a", "r", 0, 20, 1);
	tell("a", "r", 50, 20, 0);
	x = of("a", "");
	assert_true(x.change < 0.5 && x.changed == CLOCK_UNKNOWN && !x.demoted);
}

static void test_few_attempts_lean_on_the_fixer_and_the_others(void **state)
{
	(void)state;
	tell("good", "r1", 0, 50, 1);
	tell("good", "r2", 60, 1, 0);
	tell("bad", "r3", 0, 5, 50);
	tell("bad", "r4", 60, 1, 0);
	assert_true(of("good", "r2").mean > of("bad", "r4").mean + 0.3);
	assert_true(of("good", "r2").low < of("good", "r1").low);
	assert_true(of("good", "never").mean > 0.9);
	assert_int_equal(of("unknown", "").good, 0);
	assert_string_equal(success_why(&(struct success){0}, (char[200]){0}, 200), "never tried here");
}

static void test_a_new_fixer_that_failed_needs_a_person(void **state)
{
	(void)state;
	tell("a", "r", 0, 0, 1);
	assert_true(of("a", "").demoted);
	assert_false(of("b", "").demoted); /* never tried: its own confidence decides */
}

/* The promise of the header, on fixers of every quality, a seventh of which got worse: `low` is below the truth in 19
 * of 20 cases, and not by hiding at 0. */
static void test_the_lower_bound_covers(void **state)
{
	static const double quality[] = {0.97, 0.9, 0.8, 0.6, 0.4, 0.15};
	unsigned holds = 0, total = 0;
	double slack = 0;

	(void)state;
	for (int world = 0; world < 60; world++) {
		double truth[10];

		successes_free(all);
		all = successes_new();
		for (int k = 0; k < 10; k++) {
			double p = quality[(size_t)(chance() * 6)], u = chance(),
			       at = k == 5 ? 0.3 + 0.4 * chance() : 2;
			int n = (int)(60 * (0.05 + 2 * u * u)) + 2;
			char name[32];

			snprintf(name, sizeof(name), "f%d", k);
			truth[k] = k == 5 ? (p > 0.6 ? p - 0.55 : 0.05) : p;
			for (int i = 0; i < n; i++)
				successes_add(all, view_of(name), VIEW("r"), (struct view){0}, i * CLOCK_DAY,
					chance() < (i >= at * n ? truth[k] : p));
		}
		successes_seal(all);
		for (int k = 0; k < 10; k++) {
			char name[32];
			struct success x;

			snprintf(name, sizeof(name), "f%d", k);
			success_of(all, view_of(name), (struct view){0}, (struct view){0}, &x);
			holds += x.low <= truth[k];
			slack += truth[k] - x.low;
			total++;
		}
	}
	printf("low holds in %u of %u, slack %.3f\n", holds, total, slack / total);
	assert_in_range(holds * 1000 / total, 925, 985);
	assert_true(slack / total < 0.2);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_many_good_ones),
		TEST(test_a_fixer_that_got_worse_is_judged_by_what_it_does_now),
		TEST(test_one_failure_among_many_is_no_change),
		TEST(test_few_attempts_lean_on_the_fixer_and_the_others),
		TEST(test_a_new_fixer_that_failed_needs_a_person),
		TEST(test_the_lower_bound_covers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
