#include "cmd/run_retry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct finding network = {.category = CATEGORY_NETWORK, .transient = true, .confidence = 0.9};

static void test_only_what_passes_by_itself(void **state)
{
	const struct retry_policy p = {.retries = 2, .backoff_s = 1};
	struct finding f = network;

	(void)state;
	assert_int_equal(retry_judge(&p, 1, &f), RETRY_AGAIN);
	assert_int_equal(retry_judge(&p, 2, &f), RETRY_AGAIN);
	assert_int_equal(retry_judge(&p, 3, &f), RETRY_USED_UP);
	assert_int_equal(retry_judge(&p, 1, NULL), RETRY_UNKNOWN);
	f.confidence = RETRY_CONFIDENCE - 0.01;
	assert_int_equal(retry_judge(&p, 1, &f), RETRY_UNSURE);
	f.confidence = RETRY_CONFIDENCE;
	assert_int_equal(retry_judge(&p, 1, &f), RETRY_AGAIN);
	f.transient = false;
	assert_int_equal(retry_judge(&p, 1, &f), RETRY_LASTING);
}

static void test_never_unless_asked(void **state)
{
	const struct retry_policy none = {0};

	(void)state;
	assert_int_equal(retry_judge(&none, 1, &network), RETRY_USED_UP);
}

static void test_only_the_categories_that_were_named(void **state)
{
	struct retry_policy p = {.retries = 1};
	struct finding f = network;
	struct err e = {0};

	(void)state;
	assert_int_equal(retry_categories(&p.categories, "infra, timeout", &e), 0);
	assert_int_equal(retry_judge(&p, 1, &f), RETRY_NOT_ASKED);
	f.category = CATEGORY_TIMEOUT;
	assert_int_equal(retry_judge(&p, 1, &f), RETRY_AGAIN);
	assert_int_equal(retry_categories(&p.categories, "network", &e), 0);
	assert_int_equal(retry_judge(&p, 1, &f), RETRY_NOT_ASKED);
	assert_int_equal(retry_categories(&p.categories, "network,weather", &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_int_equal(retry_categories(&p.categories, "", &e), -1);
	assert_int_equal(retry_categories(&p.categories, "network,,infra", &e), -1);
}

static void test_every_verdict_has_its_words(void **state)
{
	(void)state;
	for (int v = RETRY_AGAIN; v <= RETRY_NOT_ASKED; v++)
		assert_non_null(retry_reason((enum retry_verdict)v));
}

static void test_the_wait_doubles_up_to_its_ceiling(void **state)
{
	const struct retry_policy p = {.retries = RETRY_MAX, .backoff_s = 5}, none = {.retries = 1};
	const int64_t most[] = {5, 10, 20, 40, 80, 160, 300, 300, 300, 300};

	(void)state;
	for (unsigned attempt = 1; attempt <= RETRY_MAX; attempt++) {
		uint64_t whole = (uint64_t)(most[attempt - 1] * CLOCK_SECOND);

		assert_int_equal(retry_wait(&p, attempt, 0), 0);
		assert_int_equal(retry_wait(&p, attempt, whole), whole);
		assert_int_equal(retry_wait(&p, attempt, whole + 1), 0);
	}
	for (uint64_t random = 1; random; random <<= 1)
		assert_int_equal(retry_wait(&none, 1, random), 0);
	assert_true(retry_wait(&p, 1, UINT64_MAX) <= 5 * CLOCK_SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_what_passes_by_itself),
		cmocka_unit_test(test_never_unless_asked),
		cmocka_unit_test(test_only_the_categories_that_were_named),
		cmocka_unit_test(test_every_verdict_has_its_words),
		cmocka_unit_test(test_the_wait_doubles_up_to_its_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
