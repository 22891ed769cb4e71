#include "base/vocabulary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Every name parses back to its value, and no two are alike. */
#define CHECK_ALL(type, count)                                                                                         \
	for (int i = 0; i < (count); i++) {                                                                            \
		enum type back;                                                                                        \
                                                                                                                       \
		assert_true(type##_parse(view_of(type##_name((enum type)i)), &back));                                  \
		assert_int_equal((int)back, i);                                                                        \
	}

static void test_names_and_values_agree(void **state)
{
	(void)state;
	CHECK_ALL(category, CATEGORY_COUNT)
	CHECK_ALL(severity, SEVERITY_INFO + 1)
	CHECK_ALL(rank, RANK_CAUSE + 1)
	CHECK_ALL(tier, TIER_HEAL + 1)
	CHECK_ALL(decision, DECISION_HEAL + 1)
	CHECK_ALL(fix_status, FIX_UNAVAILABLE + 1)
	CHECK_ALL(outcome, OUTCOME_WITHDRAWN + 1)
	CHECK_ALL(space, SPACE_LOCAL + 1)
	CHECK_ALL(result, RESULT_ERROR + 1)
	CHECK_ALL(conclusion, CONCLUSION_TIMED_OUT + 1)
}

static void test_there_are_eighteen_categories(void **state)
{
	(void)state;
	assert_int_equal(CATEGORY_COUNT, 18);
	assert_string_equal(category_name(CATEGORY_DEPENDENCY), "dependency");
	assert_string_equal(category_name(CATEGORY_UNKNOWN), "unknown");
}

static void test_other_words_are_refused(void **state)
{
	enum category c = CATEGORY_TEST;

	(void)state;
	assert_false(category_parse(VIEW("Test"), &c));
	assert_false(category_parse(VIEW("tes"), &c));
	assert_false(category_parse(VIEW("tests"), &c));
	assert_false(category_parse(view_of(NULL), &c));
	assert_int_equal(c, CATEGORY_TEST);
}

static void test_order(void **state)
{
	(void)state;
	assert_true(TIER_OFF < TIER_REVIEW && TIER_REVIEW < TIER_HEAL);
	assert_true(RANK_WRAPPER < RANK_SYMPTOM && RANK_SYMPTOM < RANK_CAUSE);
	assert_true(
		DECISION_NONE < DECISION_RERUN && DECISION_RERUN < DECISION_REVIEW && DECISION_REVIEW < DECISION_HEAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_and_values_agree),
		cmocka_unit_test(test_there_are_eighteen_categories),
		cmocka_unit_test(test_other_words_are_refused),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
