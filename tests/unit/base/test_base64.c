#include "base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

/* RFC 4648 §10 */
static const struct {
	const char *bytes, *text;
} known[] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="},
	{"foobar", "Zm9vYmFy"}, {"\xfb\xff\xbf", "+/+/"}};

static void test_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		BUF_AUTO text = buf_new(64), bytes = buf_new(64);

		base64_add(&text, view_of(known[i].bytes));
		assert_string_equal(buf_text(&text), known[i].text);
		assert_true(base64_read(&bytes, view_of(known[i].text)));
		assert_string_equal(buf_text(&bytes), known[i].bytes);
	}
}

static void test_unpadded_and_url(void **state)
{
	BUF_AUTO b = buf_new(64);

	(void)state;
	base64_add_unpadded(&b, VIEW("\xfb\xff\xbf\xfb"));
	assert_string_equal(buf_text(&b), "+/+/+w");
	buf_clear(&b);
	base64_add_url(&b, VIEW("\xfb\xff\xbf\xfb\xff"));
	assert_string_equal(buf_text(&b), "-_-_-_8");
}

static void test_refused(void **state)
{
	static const char *const texts[] = {"Zg", "Zg=", "Z", "=", "==", "====", "Z===", "Zg==\n",
		"Zg= =", " Zg=", "Zm9v\nZm9v", "Zh==", "Zm9=", "Zg==Zg==", "Zm=v", "-_-_", "Zm9\xc3", "Zm9.",
		"\xff\xff\xff\xff", "Zm 9"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		BUF_AUTO b = buf_new(64);

		if (base64_read(&b, view_of(texts[i])) || b.n)
			fail_msg("taken: %s", texts[i]);
	}
}

static void test_all_characters(void **state)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char text[4] = "AAA", bytes[3];

	(void)state;
	for (int c = 0; c < 256; c++) {
		const char *at = c ? strchr(alphabet, c) : NULL;
		size_t n;

		text[3] = (char)c;
		n = base64_decode(bytes, view_make(text, 4));
		if (at)
			assert_true(n == 3 && bytes[2] == (char)(at - alphabet));
		else
			assert_true(n == (c == '=' ? 2 : VIEW_NONE));
	}
}

static void test_ceiling(void **state)
{
	BUF_AUTO b = buf_new(2);

	(void)state;
	assert_false(base64_read(&b, VIEW("Zm9v")));
	assert_true(b.full);
}

static void test_round_trip(void **state)
{
	char bytes[200];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 37 + i * i);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		BUF_AUTO text = buf_new(300), back = buf_new(200);

		base64_add(&text, view_make(bytes, n));
		assert_true(base64_read(&back, buf_view(&text)));
		assert_true(view_eq(buf_view(&back), view_make(bytes, n)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_unpadded_and_url),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_all_characters),
		cmocka_unit_test(test_ceiling),
		cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
