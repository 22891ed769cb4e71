#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static void test_grows_and_stays_terminated(void **state)
{
	BUF_AUTO b = buf_new(BUF_LINE);

	(void)state;
	assert_string_equal(buf_text(&b), "");
	for (int i = 0; i < 1000; i++)
		assert_true(buf_add_text(&b, "0123456789"));
	assert_int_equal(b.n, 10000);
	assert_int_equal(strlen(b.p), 10000);
}

static void test_is_binary_safe(void **state)
{
	BUF_AUTO b = buf_new(10);

	(void)state;
	assert_true(buf_add(&b, "a\0b", 3));
	assert_true(buf_add_char(&b, '\0'));
	assert_int_equal(b.n, 4);
	assert_memory_equal(b.p, "a\0b\0", 5);
}

static void test_what_does_not_fit_marks_it_full(void **state)
{
	BUF_AUTO b = buf_new(5);

	(void)state;
	assert_true(buf_add_text(&b, "abc"));
	assert_false(buf_add_text(&b, "def"));
	assert_true(b.full);
	assert_string_equal(buf_text(&b), "abc");
	assert_false(buf_add_char(&b, 'x')); /* would fit: but a gap in the text would go unnoticed */
	assert_false(buf_addf(&b, "%d", 1));
	assert_string_equal(buf_text(&b), "abc");
	buf_clear(&b);
	assert_false(b.full);
	assert_true(buf_add_text(&b, "12345"));
	assert_false(buf_add(&b, "6", 1));
	assert_string_equal(buf_text(&b), "12345");
}

static void test_huge_sizes_do_not_overflow(void **state)
{
	BUF_AUTO b = buf_new(8);

	(void)state;
	assert_true(buf_add_text(&b, "abc"));
	assert_false(buf_add(&b, "x", SIZE_MAX));
	assert_false(buf_add(&b, "x", SIZE_MAX - 2));
	assert_int_equal(b.n, 3);
}

static void test_nothing_is_an_append(void **state)
{
	BUF_AUTO b = buf_new(0);

	(void)state;
	assert_true(buf_add_view(&b, view_of(NULL)));
	assert_true(buf_add(&b, NULL, 0));
	assert_non_null(b.p);
	assert_false(buf_add_char(&b, 'x'));
}

static void test_formats(void **state)
{
	BUF_AUTO b = buf_new(600);
	char wide[501];

	(void)state;
	assert_true(buf_addf(&b, "%s=%d;", "a", 5));
	assert_true(buf_addf(&b, "%500d", 1));
	assert_int_equal(b.n, 504);
	memset(wide, ' ', 499);
	memcpy(wide + 499, "1", 2);
	assert_string_equal(b.p + 4, wide);
	assert_false(buf_addf(&b, "%97d", 1));
	assert_int_equal(b.n, 504);
}

static void test_cut_and_take(void **state)
{
	BUF_AUTO b = buf_new(100);
	char *text;

	(void)state;
	text = buf_take(&b);
	assert_string_equal(text, "");
	free(text);
	buf_add_text(&b, "abcdef");
	buf_cut(&b, 10);
	assert_int_equal(b.n, 6);
	buf_cut(&b, 3);
	assert_string_equal(buf_text(&b), "abc");
	assert_true(view_is(buf_view(&b), "abc"));
	text = buf_take(&b);
	assert_string_equal(text, "abc");
	assert_int_equal(b.n, 0);
	assert_null(b.p);
	assert_true(buf_add_text(&b, "again"));
	free(text);
}

static void test_done_takes_anything(void **state)
{
	struct buf zero = {0};

	(void)state;
	buf_done(NULL);
	buf_done(&zero);
	buf_clear(&zero);
	assert_string_equal(buf_text(&zero), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grows_and_stays_terminated),
		cmocka_unit_test(test_is_binary_safe),
		cmocka_unit_test(test_what_does_not_fit_marks_it_full),
		cmocka_unit_test(test_huge_sizes_do_not_overflow),
		cmocka_unit_test(test_nothing_is_an_append),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_cut_and_take),
		cmocka_unit_test(test_done_takes_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
