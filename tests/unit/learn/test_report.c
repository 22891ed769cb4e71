#include "learn/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_done_frees_texts_and_may_be_called_again(void **state)
{
	struct report r = {0};

	(void)state;
	r.failures[0].title = arena_text(&r.arena, "title");
	r.failure_count = 1;
	report_done(&r);
	assert_int_equal(r.failure_count, 0);
	assert_null(r.arena.head);
	report_done(&r);
	report_done(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_done_frees_texts_and_may_be_called_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
