#include "base/buf.h"
#include "rules/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static bool match(const char *text, bool nocase, struct view line, struct rule_captures *ret)
{
	struct pattern_machine *m = pattern_machine_new();
	struct err e = {0};
	struct pattern *p = pattern_new(text, nocase, &e);
	bool yes;

	if (!p)
		fail_msg("%s", e.text);
	yes = pattern_match(m, p, line, ret);
	pattern_free(p);
	pattern_machine_free(m);
	return yes;
}

static void matches_characters(void **state)
{
	(void)state;
	assert_true(match("^.é.$", false, VIEW("äéü"), NULL));
	assert_true(match("[✕×] \\w", false, VIEW("× a"), NULL));
	assert_false(match("[✕×] \\w", false, VIEW("✗ a"), NULL));
	assert_true(match("", false, VIEW(""), NULL));
	assert_true(match("^$", false, (struct view){NULL, 0}, NULL));
}

static void bad_bytes_do_no_harm(void **state)
{
	struct view line = VIEW("caf\xe9: \xff\xfe error (\xc3\xa9)");
	struct rule_captures c;

	(void)state;
	assert_true(match("^(?<message>.+) error \\((?<symbol>.)\\)$", false, line, &c));
	assert_ptr_equal(c.group[GROUP_MESSAGE].p, line.p);
	assert_int_equal(c.group[GROUP_MESSAGE].n, 8);
	assert_true(view_is(c.group[GROUP_SYMBOL], "\xc3\xa9"));
}

static void a_name_may_stand_in_several_branches(void **state)
{
	struct rule_captures c;

	(void)state;
	assert_true(match("in (?<path>\\w+)|at (?<path>\\w+)(?<line>)", false, VIEW("at home"), &c));
	assert_true(view_is(c.group[GROUP_PATH], "home"));
	assert_non_null(c.group[GROUP_LINE].p);
	assert_int_equal(c.group[GROUP_LINE].n, 0);
	assert_null(c.group[GROUP_COLUMN].p);
}

/* No literal in lower case would find the Kelvin sign. */
static void letter_case_is_that_of_ascii(void **state)
{
	(void)state;
	assert_true(match("DISK full", true, VIEW("disk FULL"), NULL));
	assert_false(match("disk", true, VIEW("dis\xe2\x84\xaa"), NULL));
}

static void only_the_head_of_a_line_counts(void **state)
{
	BUF_AUTO line = buf_new(BUF_LINE);

	(void)state;
	while (line.n < PATTERN_LINE_MAX)
		buf_add_char(&line, 'x');
	assert_true(match("x$", false, buf_view(&line), NULL));
	buf_add_char(&line, 'y');
	assert_false(match("x$", false, buf_view(&line), NULL));
	assert_false(match("y", false, buf_view(&line), NULL));
}

static void hostile_lines_cost_bounded_time(void **state)
{
	static const char *const patterns[] = {"(?:a+)+[xy]", "(?:.*)*[xy]", ".*.*.*.*[xy]", "(?:a|aa)+[xy]",
		"(?:\\S+\\s*)+[:;]$", "(a*)*(a*)*\\1[xy]"};
	BUF_AUTO line = buf_new(BUF_LINE);
	struct pattern_machine *m = pattern_machine_new();

	(void)state;
	while (line.n < PATTERN_LINE_MAX)
		buf_add_char(&line, 'a');
	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++) {
		uint64_t before = pattern_limits_hit(m);
		struct pattern *p = pattern_new(patterns[i], false, NULL);

		/* both without and with machine code */
		for (int n = 0; n < 40; n++)
			assert_false(pattern_match(m, p, buf_view(&line), NULL));
		assert_true(pattern_limits_hit(m) > before);
		pattern_free(p);
	}
	pattern_machine_free(m);
}

static void knows_its_groups(void **state)
{
	struct pattern *p = pattern_new("(?<test>a)(b)", false, NULL);

	(void)state;
	assert_non_null(p);
	assert_true(pattern_has_group(p, GROUP_TEST));
	assert_false(pattern_has_group(p, GROUP_PATH));
	pattern_free(p);
}

static void refuses(void **state)
{
	static const char *const bad[] = {"(", "(?<file>x)", "(*NO_JIT)x", "x(*ACCEPT)", "(?C1)x", "\\Cx", "a{99999}"};
	static const char *const good[] = {"[(*]", "\\(*", "[]*](?=a)", "[^](*]"};
	BUF_AUTO groups = buf_new(BUF_LINE);

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err e = {0};

		assert_null(pattern_new(bad[i], false, &e));
		assert_int_equal(e.code, ERR_INPUT);
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct pattern *p = pattern_new(good[i], false, NULL);

		assert_non_null(p);
		pattern_free(p);
	}
	for (unsigned i = 0; i <= PATTERN_GROUPS_MAX; i++)
		buf_add_text(&groups, "(a)");
	assert_null(pattern_new(buf_text(&groups), false, NULL));
}

static bool may_begin(const char *text, bool nocase, unsigned char c)
{
	struct pattern_first f = pattern_first(text, nocase);

	return f.bits[c >> 6] >> (c & 63) & 1;
}

static void first_bytes_are_those_of_every_match(void **state)
{
	static const struct {
		const char *text;
		bool nocase;
		const char *yes, *no;
	} cases[] = {
		{"^error: ", false, "e", "x \xc3"},
		{"^error: ", true, "eE", "x \xe2"},
		{"^(?:error a|Error b|error c)$", false, "eE", "x"},
		{"^(?:✗ |fail)", true, "f\xe2", "x"},
		{"^ *(?:a|[0-9])", false, " a7", "b:"},
		{"^a|b", false, "abz\xff", ""},
		{"^a|^b", false, "abz", ""},
		{"^[|(]a", false, "|(", "a"},
		{"^\\|a", false, "|", "a"},
		{"^(?:a|)", false, "abz", ""},
		{"^.b", false, "ab\xff\x80", ""},
		{"a", false, "az", ""},
		{"^*a", false, "az", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (const char *c = cases[i].yes; *c; c++)
			if (!may_begin(cases[i].text, cases[i].nocase, (unsigned char)*c))
				fail_msg("%s refuses %02x", cases[i].text, (unsigned char)*c);
		for (const char *c = cases[i].no; *c; c++)
			if (may_begin(cases[i].text, cases[i].nocase, (unsigned char)*c))
				fail_msg("%s takes %02x", cases[i].text, (unsigned char)*c);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches_characters),
		cmocka_unit_test(bad_bytes_do_no_harm),
		cmocka_unit_test(a_name_may_stand_in_several_branches),
		cmocka_unit_test(letter_case_is_that_of_ascii),
		cmocka_unit_test(only_the_head_of_a_line_counts),
		cmocka_unit_test(hostile_lines_cost_bounded_time),
		cmocka_unit_test(knows_its_groups),
		cmocka_unit_test(first_bytes_are_those_of_every_match),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
