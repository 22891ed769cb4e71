#include "base/json.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

static void assert_prints(const cJSON *j, const char *expected)
{
	BUF_AUTO b = buf_new(BUF_PAGE);

	json_print(&b, j);
	assert_string_equal(buf_text(&b), expected);
}

static void test_reading(void **state)
{
	struct err e;
	JSON_AUTO *j = json_parse(
		VIEW(" {\"s\":\"x\",\"n\":12,\"f\":1.5,\"b\":true,\"z\":null,\"big\":9007199254740993,\"S\":1} \n"),
		1000, &e);

	(void)state;
	assert_non_null(j);
	assert_string_equal(json_text(j, "s"), "x");
	assert_null(json_text(j, "n"));
	assert_null(json_text(j, "none"));
	assert_null(json_get(j, "z"));
	assert_null(json_text(j, "N")); /* names have a case */
	assert_int_equal(json_int(j, "n", -1), 12);
	assert_int_equal(json_int(j, "f", -1), -1);
	assert_int_equal(json_int(j, "s", -1), -1);
	assert_int_equal(json_int(j, "S", -1), 1);
	assert_true(json_bool(j, "b", false));
	assert_true(json_bool(j, "z", true));
	assert_false(json_bool(j, "n", false));
	assert_null(json_get(NULL, "x"));
	assert_int_equal(json_int(NULL, "x", 5), 5);
}

static void test_reading_refuses(void **state)
{
	static const char *const bad[] = {"", " ", "{", "{\"a\":}", "[1,]", "{} x", "{}{}", "nul", "\"open", "[1 2]"};
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_null(json_parse(view_of(bad[i]), 1000, &e));
		assert_int_equal(e.code, ERR_INPUT);
	}
	assert_null(json_parse(VIEW("{\n\"a\":\nx}"), 1000, &e));
	assert_non_null(strstr(e.text, "line 3"));
	assert_null(json_parse(VIEW("{}"), 1, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	assert_null(json_parse(VIEW("{\"a\":1}\0"), 1000, &e));
}

static void test_depth_is_limited(void **state)
{
	char text[100000];
	struct err e;
	JSON_AUTO *j = NULL;

	(void)state;
	memset(text, '[', sizeof(text));
	assert_null(json_parse(view_make(text, sizeof(text)), sizeof(text), &e));
	assert_int_equal(e.code, ERR_LIMIT);
	memset(text + JSON_DEPTH_MAX, ']', JSON_DEPTH_MAX);
	j = json_parse(view_make(text, 2 * JSON_DEPTH_MAX), sizeof(text), &e);
	assert_non_null(j);
	/* brackets in a text do not count */
	memset(text, '[', 1000);
	text[0] = text[999] = '"';
	text[1] = '\\';
	text[2] = '"';
	json_free(&j);
	j = json_parse(view_make(text, 1000), sizeof(text), &e);
	assert_true(cJSON_IsString(j));
}

static void test_strict_reading(void **state)
{
	static const struct {
		struct view text;
		const char *trouble; /* NULL: it is read */
	} cases[] = {
		{VIEW("{\"a\":{\"b\":1},\"c\":[{\"b\":1},{\"b\":2}],\"b\":\"\xc3\xa4\",\"A\":3}"), NULL},
		{VIEW("[]"), NULL},
		{VIEW("\"a \\\\u0000 is no NUL\""), NULL},
		{VIEW("{\"a\":1,\"a\":1}"), "the key `a` stands twice"},
		{VIEW("{\"a\":1,\"b\":2,\"\\u0061\":3}"), "the key `a` stands twice"},
		{VIEW("[[{\"x\":{\"\":1,\"y\":0,\"\":2}}]]"), "the key `` stands twice"},
		{VIEW("{\"a\\u0000b\":1}"), "NUL"},
		{VIEW("\"\\\\\\u0000\""), "NUL"},
		{VIEW("\"a\0b\""), "NUL"},
		{VIEW("\"\xff\""), "not UTF-8"},
		{VIEW("\"\xc0\x80\""), "not UTF-8"},
		{VIEW("{\"a\":1"), "not valid JSON (line 1)"},
		{VIEW(""), "not valid JSON"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct err e = {0};
		JSON_AUTO *j = json_parse_strict(cases[i].text, 1000, &e);

		if (cases[i].trouble && (j || e.code != ERR_INPUT || !strstr(e.text, cases[i].trouble)))
			fail_msg("case %zu: %s, wanted %s", i, e.text, cases[i].trouble);
		if (!cases[i].trouble && !j)
			fail_msg("case %zu: %s", i, e.text);
	}
}

/* A value of two bytes costs a hundred of memory. */
static void test_strict_reading_has_ceilings(void **state)
{
	BUF_AUTO text = buf_new(BUF_PAGE);
	struct err e = {0};

	(void)state;
	buf_add_text(&text, "[\",,,,{[\\\",,\"");
	for (unsigned i = 0; i + 3 < JSON_NODES_MAX; i++)
		buf_add_text(&text, ",1");
	buf_add_text(&text, "]");
	cJSON *j = json_parse_strict(buf_view(&text), BUF_PAGE, &e);
	assert_non_null(j);
	json_free(&j);
	assert_null(json_parse_strict(buf_view(&text), 1000, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	buf_cut(&text, text.n - 1);
	buf_add_text(&text, ",1,1]");
	assert_null(json_parse_strict(buf_view(&text), BUF_PAGE, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.text, "JSON of more than 100000 values");
}

static void test_building(void **state)
{
	JSON_AUTO *j = json_object();
	cJSON *list = json_array();

	(void)state;
	json_add_text(j, "text", "a\"b\\c\n\t\x01\x7f");
	json_add_text(j, "none", NULL);
	json_add_view(j, "view", VIEW("x\0y"));
	json_add_int(j, "int", -5);
	json_add_int_or_null(j, "line", 0);
	json_add_int_or_null(j, "column", -1);
	json_add_number(j, "rate", 0.1 + 0.2);
	json_add_bool(j, "yes", true);
	json_add_time(j, "when", 0);
	json_add_time(j, "never", CLOCK_UNKNOWN);
	json_append_text(list, "a");
	json_append_text(list, NULL);
	json_append(list, json_object());
	json_add(j, "list", list);
	assert_prints(j, "{\"text\":\"a\\\"b\\\\c\\n\\t\\u0001\\u007f\",\"none\":null,\"view\":\"x\xef\xbf\xbdy\","
			 "\"int\":-5,\"line\":0,\"column\":null,\"rate\":0.3,\"yes\":true,"
			 "\"when\":\"1970-01-01T00:00:00Z\",\"never\":null,\"list\":[\"a\",null,{}]}");
}

static void test_output_is_always_utf8(void **state)
{
	JSON_AUTO *j = json_array();

	(void)state;
	json_append_text(j, "ok \xc3\xa9");
	json_append_text(j, "a\xff\xc3"
			    "b\xed\xa0\x80");
	assert_prints(j, "[\"ok \xc3\xa9\",\"a\xef\xbf\xbd\xef\xbf\xbd"
			 "b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"]");
}

static void test_numbers_are_plain(void **state)
{
	static const struct {
		double number;
		const char *text;
	} cases[] = {{0, "0"}, {-0.0, "0"}, {1, "1"}, {0.5, "0.5"}, {1.0 / 3, "0.333333"}, {-2.25, "-2.25"},
		{1e-9, "0"}, {1700000000000000, "1700000000000000"}, {123456.789, "123456.789"},
		{1e300, "1.0000000000000001e+300"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		JSON_AUTO *j = json_object();
		BUF_AUTO expected = buf_new(BUF_LINE);

		json_add_number(j, "n", cases[i].number);
		buf_addf(&expected, "{\"n\":%s}", cases[i].text);
		assert_prints(j, buf_text(&expected));
	}
}

static void test_what_is_no_number_is_null(void **state)
{
	JSON_AUTO *j = json_object();

	(void)state;
	json_add_number(j, "nan", NAN);
	json_add_number(j, "inf", -INFINITY);
	json_add_int(j, "id", INT64_MAX);
	assert_prints(j, "{\"nan\":null,\"inf\":null,\"id\":9223372036854775807}");
}

static void test_printing_has_a_ceiling(void **state)
{
	JSON_AUTO *j = json_object();
	BUF_AUTO b = buf_new(10);

	(void)state;
	json_add_text(j, "name", "a long text");
	json_print(&b, j);
	assert_true(b.full);
	assert_true(b.n <= 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_reading_refuses),
		cmocka_unit_test(test_depth_is_limited),
		cmocka_unit_test(test_strict_reading),
		cmocka_unit_test(test_strict_reading_has_ceilings),
		cmocka_unit_test(test_building),
		cmocka_unit_test(test_output_is_always_utf8),
		cmocka_unit_test(test_numbers_are_plain),
		cmocka_unit_test(test_what_is_no_number_is_null),
		cmocka_unit_test(test_printing_has_a_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
