#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

static void test_says_what_and_returns_minus_one(void **state)
{
	struct err e = {0};

	(void)state;
	assert_int_equal(err_set(&e, ERR_LIMIT, "%s: more than %d", "a.log", 5), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.text, "a.log: more than 5");
	err_clear(&e);
	assert_int_equal(e.code, ERR_NONE);
	assert_string_equal(e.text, "");
}

static void test_nobody_has_to_listen(void **state)
{
	(void)state;
	assert_int_equal(err_set(NULL, ERR_IO, "x"), -1);
	assert_int_equal(err_errno(NULL, "x"), -1);
	assert_int_equal(err_wrap(NULL, "x"), -1);
	err_clear(NULL);
}

static void test_errno_becomes_code_and_reason(void **state)
{
	static const struct {
		int number;
		enum err_code code;
	} cases[] = {{ENOENT, ERR_NOT_FOUND}, {ENOTDIR, ERR_NOT_FOUND}, {EACCES, ERR_IO}, {ENOSPC, ERR_IO},
		{EBUSY, ERR_BUSY}, {EAGAIN, ERR_BUSY}, {EINTR, ERR_INTERRUPTED}};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		errno = cases[i].number;
		assert_int_equal(err_errno(&e, "open %s", "x"), -1);
		assert_int_equal(e.code, cases[i].code);
		assert_memory_equal(e.text, "open x: ", 8);
		assert_string_equal(e.text + 8, strerror(cases[i].number));
	}
}

static void test_context_goes_in_front(void **state)
{
	struct err e;

	(void)state;
	err_set(&e, ERR_NETWORK, "no answer");
	assert_int_equal(err_wrap(&e, "run %d", 7), -1);
	assert_string_equal(e.text, "run 7: no answer");
	assert_int_equal(e.code, ERR_NETWORK);
	/* the old text may be an argument */
	err_set(&e, ERR_INPUT, "[%s]", e.text);
	assert_string_equal(e.text, "[run 7: no answer]");
}

static void test_long_texts_are_cut_between_characters(void **state)
{
	struct err e;
	char text[ERR_TEXT_MAX * 3];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	memcpy(text + ERR_TEXT_MAX - 2, "\xc3\xa9", 2);
	err_set(&e, ERR_INPUT, "%s", text);
	assert_int_equal(strlen(e.text), ERR_TEXT_MAX - 2);
	err_wrap(&e, "context");
	assert_int_equal(strlen(e.text), ERR_TEXT_MAX - 1);
	assert_memory_equal(e.text, "context: xxx", 12);
	errno = ENOENT;
	err_errno(&e, "%s", text);
	assert_true(strlen(e.text) < ERR_TEXT_MAX);
	assert_non_null(strstr(e.text, strerror(ENOENT)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_says_what_and_returns_minus_one),
		cmocka_unit_test(test_nobody_has_to_listen),
		cmocka_unit_test(test_errno_becomes_code_and_reason),
		cmocka_unit_test(test_context_goes_in_front),
		cmocka_unit_test(test_long_texts_are_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
