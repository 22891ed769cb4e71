#include "base/view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void test_empty_views_are_harmless(void **state)
{
	struct view empty = view_of(NULL), piece;

	(void)state;
	assert_int_equal(empty.n, 0);
	assert_true(view_eq(empty, VIEW("")));
	assert_true(view_starts(empty, ""));
	assert_false(view_starts(empty, "a"));
	assert_int_equal(view_find_char(empty, 'a'), VIEW_NONE);
	assert_int_equal(view_find_last_char(empty, 'a'), VIEW_NONE);
	assert_int_equal(view_find(empty, "a"), VIEW_NONE);
	assert_int_equal(view_trim(empty).n, 0);
	assert_false(view_next(&empty, ',', &piece));
	assert_false(view_word(&empty, &piece));
	assert_int_equal(view_cut_utf8(empty, 5).n, 0);
	assert_int_equal(view_cmp(empty, VIEW("")), 0);
}

static void test_comparing(void **state)
{
	(void)state;
	assert_true(view_is(VIEW("abc"), "abc"));
	assert_false(view_is(VIEW("abc"), "ab"));
	assert_false(view_eq(VIEW("a\0b"), VIEW("a\0c")));
	assert_true(view_eq_nocase(VIEW("AbZ"), VIEW("aBz")));
	assert_false(view_eq_nocase(VIEW("["), VIEW("{"))); /* 0x20 apart, and no letters */
	assert_true(view_cmp(VIEW("a"), VIEW("b")) < 0);
	assert_true(view_cmp(VIEW("ab"), VIEW("a")) > 0);
	assert_true(view_cmp(VIEW("\xff"), VIEW("a")) > 0);
	assert_true(view_ends(VIEW("abc"), "bc"));
	assert_false(view_ends(VIEW("c"), "bc"));
}

static void test_finding(void **state)
{
	(void)state;
	assert_int_equal(view_find(VIEW("aabab"), "ab"), 1);
	assert_int_equal(view_find(VIEW("a\0needle"), "needle"), 2);
	assert_int_equal(view_find(VIEW("abc"), ""), 0);
	assert_int_equal(view_find(VIEW("ab"), "abc"), VIEW_NONE);
	assert_int_equal(view_find_char(VIEW("a.b.c"), '.'), 1);
	assert_int_equal(view_find_last_char(VIEW("a.b.c"), '.'), 3);
	assert_true(view_has(VIEW("xyz"), "yz"));
}

static void test_parts_never_leave_the_view(void **state)
{
	struct view v = VIEW("hello");

	(void)state;
	assert_true(view_is(view_sub(v, 1, 3), "ell"));
	assert_true(view_is(view_sub(v, 3, SIZE_MAX), "lo"));
	assert_int_equal(view_sub(v, 5, 1).n, 0);
	assert_int_equal(view_sub(v, SIZE_MAX, SIZE_MAX).n, 0);
	assert_ptr_equal(view_from(v, 99).p, v.p + 5);
	assert_true(view_is(view_trim(VIEW(" \t\r\n a b \n")), "a b"));
	assert_true(view_is(view_trim_right(VIEW(" a \r")), " a"));
}

static void test_cutting_into_pieces(void **state)
{
	struct view rest = VIEW("a,,b,"), piece;

	(void)state;
	assert_true(view_next(&rest, ',', &piece) && view_is(piece, "a"));
	assert_true(view_next(&rest, ',', &piece) && view_is(piece, ""));
	assert_true(view_next(&rest, ',', &piece) && view_is(piece, "b"));
	assert_false(view_next(&rest, ',', &piece));

	rest = VIEW("  one\t two ");
	assert_true(view_word(&rest, &piece) && view_is(piece, "one"));
	assert_true(view_word(&rest, &piece) && view_is(piece, "two"));
	assert_false(view_word(&rest, &piece));
	assert_int_equal(rest.n, 0);
}

static void test_numbers(void **state)
{
	uint64_t n = 7;

	(void)state;
	assert_true(view_number(VIEW("0"), 0, &n) && n == 0);
	assert_true(view_number(VIEW("18446744073709551615"), UINT64_MAX, &n) && n == UINT64_MAX);
	assert_true(view_number(VIEW("100"), 100, &n) && n == 100);
	n = 7;
	assert_false(view_number(VIEW("18446744073709551616"), UINT64_MAX, &n));
	assert_false(view_number(VIEW("101"), 100, &n));
	assert_false(view_number(VIEW("9"), 5, &n));
	assert_false(view_number(VIEW(""), 5, &n));
	assert_false(view_number(VIEW("-1"), 5, &n));
	assert_false(view_number(VIEW("1 "), 5, &n));
	assert_false(view_number(VIEW("0x1"), 5, &n));
	assert_int_equal(n, 7);
}

static void test_utf8(void **state)
{
	static const struct {
		struct view text;
		size_t length;
		uint32_t code;
	} cases[] = {
		{VIEW("a"), 1, 'a'},
		{VIEW("\0"), 1, 0},
		{VIEW("\xc3\xa9x"), 2, 0xe9},
		{VIEW("\xe2\x82\xac"), 3, 0x20ac},
		{VIEW("\xf0\x9f\x98\x80"), 4, 0x1f600},
		{VIEW("\xf4\x8f\xbf\xbf"), 4, 0x10ffff},
		{VIEW(""), 0, 0},
		{VIEW("\x80"), 0, 0},
		{VIEW("\xc3"), 0, 0},
		{VIEW("\xc0\x80"), 0, 0},         /* overlong */
		{VIEW("\xe0\x80\xaf"), 0, 0},     /* overlong */
		{VIEW("\xed\xa0\x80"), 0, 0},     /* a surrogate */
		{VIEW("\xf4\x90\x80\x80"), 0, 0}, /* beyond Unicode */
		{VIEW("\xff"), 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint32_t code = 0;

		assert_int_equal(view_utf8(cases[i].text, &code), cases[i].length);
		assert_int_equal(code, cases[i].code);
	}
}

static void test_cut_keeps_characters_whole(void **state)
{
	struct view v = VIEW("a\xe2\x82\xac"
			     "b");

	(void)state;
	assert_int_equal(view_cut_utf8(v, 10).n, 5);
	assert_int_equal(view_cut_utf8(v, 5).n, 5);
	assert_int_equal(view_cut_utf8(v, 4).n, 4);
	assert_int_equal(view_cut_utf8(v, 3).n, 1);
	assert_int_equal(view_cut_utf8(v, 2).n, 1);
	assert_int_equal(view_cut_utf8(v, 0).n, 0);
	/* Garbage is cut anywhere, and never grows or vanishes. */
	assert_int_equal(view_cut_utf8(VIEW("\x80\x80\x80\x80\x80\x80\x80\x80"), 6).n, 6);
}

static void test_distance(void **state)
{
	char name[VIEW_DISTANCE_MAX + 2];

	(void)state;
	assert_int_equal(view_distance(VIEW("tier"), VIEW("tier"), 2), 0);
	assert_int_equal(view_distance(VIEW("teir"), VIEW("tier"), 2), 1);
	assert_int_equal(view_distance(VIEW("ca"), VIEW("abc"), 5), 3);
	assert_int_equal(view_distance(VIEW("kitten"), VIEW("sitting"), 5), 3);
	assert_int_equal(view_distance(VIEW("kitten"), VIEW("sitting"), 2), 3);
	assert_int_equal(view_distance(VIEW(""), VIEW("abc"), 3), 3);
	assert_int_equal(view_distance(VIEW("abc"), VIEW("xyz"), 0), 1);
	/* a swap at the very end reaches back over two rows that already cost more */
	assert_int_equal(view_distance(VIEW("aab"), VIEW("aba"), 1), 1);
	memset(name, 'x', sizeof(name));
	assert_int_equal(view_distance(view_make(name, VIEW_DISTANCE_MAX), view_make(name, VIEW_DISTANCE_MAX), 1), 0);
	assert_int_equal(view_distance(view_make(name, sizeof(name)), view_make(name, sizeof(name)), 1), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_views_are_harmless),
		cmocka_unit_test(test_comparing),
		cmocka_unit_test(test_finding),
		cmocka_unit_test(test_parts_never_leave_the_view),
		cmocka_unit_test(test_cutting_into_pieces),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_utf8),
		cmocka_unit_test(test_cut_keeps_characters_whole),
		cmocka_unit_test(test_distance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
