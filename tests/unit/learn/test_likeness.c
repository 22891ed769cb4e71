#include "learn/likeness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static double alike(const char *a, const char *b)
{
	struct likeness_set x, y;

	likeness_of(&x, view_of(a));
	likeness_of(&y, view_of(b));
	assert_true(likeness(&x, &y) == likeness(&y, &x));
	return likeness(&x, &y);
}

static void test_what_differs_from_run_to_run_does_not_count(void **state)
{
	(void)state;
	assert_true(alike("gave up after 31.5 s at 2026-11-18T09:14:03Z",
			    "gave up after 7.2 s at 2026-11-19T10:00:00Z") == 1);
}

static void test_neighbours_and_strangers(void **state)
{
	(void)state;
	assert_true(alike("cannot load module 'alpha' from the build folder",
			    "cannot load module 'beta' from the build folder") >= LIKENESS_WORTH_SAYING);
	assert_true(alike("cannot load module 'alpha' from the build folder", "connection reset by peer") == 0);
}

static void test_order_matters(void **state)
{
	(void)state;
	assert_true(alike("red green blue white", "white blue green red") < 1);
}

static void test_nothing_is_like_nothing(void **state)
{
	(void)state;
	assert_true(alike("", "") == 0);
	assert_true(alike("...", "word") == 0);
}

static void test_long_messages_have_a_ceiling(void **state)
{
	static char text[200000];
	struct likeness_set s;

	(void)state;
	for (size_t i = 0; i + 1 < sizeof text; i++)
		text[i] = i % 3 == 2 ? ' ' : (char)('a' + i * 7 % 26);
	likeness_of(&s, view_of(text));
	assert_true(s.n <= 2 * LIKENESS_WORDS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_differs_from_run_to_run_does_not_count),
		cmocka_unit_test(test_neighbours_and_strangers),
		cmocka_unit_test(test_order_matters),
		cmocka_unit_test(test_nothing_is_like_nothing),
		cmocka_unit_test(test_long_messages_have_a_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
