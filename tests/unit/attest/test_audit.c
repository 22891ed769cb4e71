#include "attest/trust.h"

#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Of so many commits, how many are drawn? */
static unsigned drawn(const char *secret, double rate, unsigned commits)
{
	char commit[41];
	unsigned n = 0;

	for (unsigned i = 0; i < commits; i++) {
		snprintf(commit, sizeof(commit), "%040x", i);
		n += audit_chosen(commit, secret, rate);
	}
	return n;
}

static void test_the_rate_is_met_and_the_draw_can_be_repeated(void **state)
{
	unsigned n = drawn("one secret", 0.05, 20000);

	(void)state;
	assert_in_range(n, 900, 1100); /* 1,000 expected, 31 is the deviation */
	assert_int_equal(n, drawn("one secret", 0.05, 20000));
	assert_int_equal(drawn("one secret", 0, 1000), 0);
	assert_int_equal(drawn("one secret", 1, 1000), 1000);
	assert_in_range(drawn("one secret", 0.5, 10000), 4800, 5200);
}

static void test_another_secret_draws_others(void **state)
{
	char commit[41];
	unsigned both = 0;

	(void)state;
	for (unsigned i = 0; i < 10000; i++) {
		snprintf(commit, sizeof(commit), "%040x", i);
		both += audit_chosen(commit, "one", 0.1) && audit_chosen(commit, "two", 0.1);
	}
	assert_in_range(both, 60, 140); /* 100, were they independent */
}

static void test_what_is_drawn_at_a_low_rate_is_drawn_at_a_higher_one(void **state)
{
	char commit[41];

	(void)state;
	for (unsigned i = 0; i < 2000; i++) {
		snprintf(commit, sizeof(commit), "%040x", i);
		assert_true(!audit_chosen(commit, "s", 0.1) || audit_chosen(commit, "s", 0.2));
	}
}

/* HMAC-SHA256("key", "The quick brown fox jumps over the lazy dog") begins with f7bc83f4 (published example). */
static void test_the_draw_is_the_published_function(void **state)
{
	const char *text = "The quick brown fox jumps over the lazy dog";
	double fraction = 0xf7bc83f4 / 4294967296.0;

	(void)state;
	assert_false(audit_chosen(text, "key", fraction));
	assert_true(audit_chosen(text, "key", fraction + 1e-9));
}

static void test_doubt_audits(void **state)
{
	(void)state;
	assert_true(audit_chosen(SAMPLE_COMMIT, "", 0.01));
	assert_true(audit_chosen(SAMPLE_COMMIT, NULL, 0.01));
	assert_true(audit_chosen(NULL, "secret", 0.01));
	assert_true(audit_chosen(SAMPLE_COMMIT, "secret", (double)NAN));
	assert_false(audit_chosen(SAMPLE_COMMIT, "", 0));
}

static void assert_lie(const struct claim *claim, const struct claim *found, const char *wanted)
{
	ARENA_AUTO a = {0};
	const char *lie = "untouched";

	audit_compare(claim, found, &a, &lie);
	if (wanted ? !lie || strcmp(lie, wanted) != 0 : lie != NULL)
		fail_msg("says: %s\n  not:  %s", lie ? lie : "(nothing)", wanted ? wanted : "(nothing)");
}

static void test_equal_figures_are_no_lie(void **state)
{
	struct claim claim = sample_claim(), found = sample_claim();

	(void)state;
	assert_lie(&claim, &found, NULL);
	found.coverage.percentage += 0.5;
	found.tests.skipped = 9; /* another machine skips others */
	found.seconds = 1000;
	assert_lie(&claim, &found, NULL);
	found.linting.ran = false;
	found.linting.issues = 5;
	assert_lie(&claim, &found, NULL);
}

static void test_each_figure_that_differs_is_named(void **state)
{
	static const char *const ids[] = {"a::b", "c::d", NULL};
	static struct claim_check checks[] = {{"tests", false, 1, false, 3, NULL}, {"lint", true, 0, false, 1, NULL}};
	struct claim claim = sample_claim(), found = sample_claim();

	(void)state;
	found.coverage.percentage = 80.25;
	assert_lie(&claim, &found, "coverage of 87.25 % claimed, 80.25 % found");
	found = sample_claim();
	found.tests.total = 121;
	assert_lie(&claim, &found, "120 tests claimed, 121 found");
	found = sample_claim();
	found.linting.issues = 7;
	assert_lie(&claim, &found, "0 lint issues claimed, 7 found");
	found = sample_claim();
	found.tests.failed = 2;
	found.tests.failed_ids = ids;
	found.checks = checks;
	assert_lie(&claim, &found,
		"0 failed tests claimed, 2 found; failed but not claimed: a::b, c::d; "
		"tests is said to have passed, but failed");
}

static void test_the_same_number_of_other_failures_is_a_lie(void **state)
{
	static const char *const said[] = {"x", "y", NULL}, *const seen[] = {"x", "z", NULL};
	struct claim claim = sample_claim(), found = sample_claim();

	(void)state;
	claim.tests.failed = found.tests.failed = 2;
	claim.tests.failed_ids = said;
	found.tests.failed_ids = seen;
	assert_lie(&claim, &found, "failed but not claimed: z; claimed to fail but did not: y");
	found.tests.failed_ids = NULL; /* ids were not kept: they cannot be compared */
	assert_lie(&claim, &found, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_rate_is_met_and_the_draw_can_be_repeated),
		cmocka_unit_test(test_another_secret_draws_others),
		cmocka_unit_test(test_what_is_drawn_at_a_low_rate_is_drawn_at_a_higher_one),
		cmocka_unit_test(test_the_draw_is_the_published_function),
		cmocka_unit_test(test_doubt_audits),
		cmocka_unit_test(test_equal_figures_are_no_lie),
		cmocka_unit_test(test_each_figure_that_differs_is_named),
		cmocka_unit_test(test_the_same_number_of_other_failures_is_a_lie),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
