#include "base/buf.h"
#include "rules/literals.h"
#include "rules/pattern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const struct {
	const char *pattern;
	const char *literals; /* joined by '|', "^" and "$" for the ends of the line, "#" for a digit; "" for none */
	bool nocase;
} cases[] = {
	/* text and its ends */
	{"No space left on device", "No space left on device", false},
	{"^Killed$", "^Killed$", false},
	{"\\AKilled\\z", "^Killed", false},
	{": command not found$", ": command not found$", false},
	{"a\\.b\\[c\\]", "a.b[c]", false},
	{"tab\\there", "tab\there", false},
	{"\\x41\\x42\\x43", "ABC", false},
	{"\\Qa.b*c\\E\\d", "a.b*c#", false},
	{"résumé: \\d+", "résumé: #", false},
	/* the best of several runs */
	{"a \\d+ much longer text", "# much longer text", false},
	{"error: .+ in .+", "error: ", false},
	{"^E +assert .+", " assert ", false},
	{"==+ FAILURES", "= FAILURES", false},
	{"^[^ :]+\\.go:\\w+", ".go:", false},
	{"^[^ :]+\\.go:\\d+", ".go:#", false},
	{"\\d+ (?:first|second|third|fourth|fifth) \\d", "# first #|# second #|# third #|# fourth #|# fifth #", false},
	{"\\bword\\b", "word", false},
	/* quantifiers */
	{"colou?rful", "colourful|colorful", false},
	{"errors? found", "errors found|error found", false},
	{"abc(?:def)*ghi", "abcghi|abcdef", false},
	{"abc(?:defdef)?ghi", "abcdefdefghi|abcghi", false},
	{"(?:abcd){0}efg", "efg", false},
	{"(?:abcd){0,3}efg", "efg", false},
	{"(?:abcd){2}efg", "abcdefg", false},
	{"ab{2,}cdefgh", "bcdefgh", false},
	{"abcde+?fgx", "abcde", false},
	{"abcdé?fghij", "abcdéfghij|abcdfghij", false},
	{"abcd{,2}efg", "abcefg|abcd", false}, /* PCRE2 10.43 reads {,2} as a quantifier, older ones as text */
	{"a{b}cd", "a{b}cd", false},
	/* alternatives */
	{"npm (?:ERR!|error) code", "npm ERR! code|npm error code", false},
	{"cat|doggy", "cat|doggy", false},
	{"cat|\\d+", "", false},
	{"long text (?:x|\\d+)", "long text x|long text #", false},
	{"(?:x|\\d+)", "", false},
	{"(|abc)def", "def", false},
	{"(?<code>E\\d+): text", "#: text", false},
	{"(?:a\\d|b\\d)", "", false},
	{"foo(?:1|2) (?:a|b) bar", "foo1 a bar|foo1 b bar|foo2 a bar|foo2 b bar", false},
	{"(?:a|b|c|d|e|f)(?:1|2|3|4)xyz", "1xyz|2xyz|3xyz|4xyz", false},
	{"Error|MyError", "Error", false},
	{"(^|\\s)fatal: x", "fatal: x", false},
	{"(^|: )fatal", "^fatal|: fatal", false},
	{"fatal(?: error|$)", "fatal error|fatal$", false},
	{"x?^start", "^start", false},
	/* classes */
	{"[Ee]rror here", "Error here|error here", false},
	{"[.]py[:]", ".py:", false},
	{"ab[^c]defg", "defg", false},
	{"ab[c-e]fghi", "fghi", false},
	{"x[1-3]yz", "x#yz", false},
	{"x\\d\\d:yz", "#:yz", false}, /* a hundred spellings would be too many */
	{"E\\d:", "", false},
	{"x[ac-]y", "xay|xcy|x-y", false},
	{"x[a-]y", "xay|x-y", false},
	{"x[-a]y", "x-y|xay", false},
	{"x[a\\-z]y", "xay|x-y|xzy", false},
	{"xyz[\\d-a]z", "xyz", false},
	{"xyz[!-a]z", "xyz", false},
	{"ab[]]cd", "ab]cd", false},
	{"ab[]x]cd", "ab]cd|abxcd", false},
	{"ab[^]x]cdef", "cdef", false},
	{"ab[[:alpha:]]cdef", "cdef", false},
	{"ab[\\d]cdef", "ab#cdef", false},
	{"ab[|)(]cd", "ab|cd|ab)cd|ab(cd", false},
	/* what a group begins and ends with goes on outside of it */
	{"^(?<path>\\S+\\.go):(?<line>\\d+)", ".go:#", false},
	{"^(?:\\w+ )?in (?<symbol>x\\w+y) at (?<path>\\S+)", "y at ", false},
	{"abc(?:d\\w+e|f\\w+g)hi", "abcd|abcf", false},
	{"ab(?:cd\\w+e)+fghi", "efghi", false},
	{"ab(?:cd\\d+e)?fghi", "abfghi|abcd#", false},
	{":(?:cell \\d+:)?(?<line>\\d+)x", "", false},
	{"\\.py:(?:cell \\w+:)?(?<line>\\d+)x", ".py:#|.py:cell ", false},
	{"ab(?:x\\w|c)?(?:y\\w)?def", "abdef|abx|abc|aby", false},
	{"x(?:ab|\\d+)y", "", false},
	/* escapes that are not text */
	{"ab\\wcdef", "cdef", false},
	{"ab\\p{Lu}cdef", "cdef", false},
	{"ab\\pLcdef", "cdef", false},
	{"(abcd)\\1efgh", "efgh", false},
	{"(abcd)\\g{1}efghi", "efghi", false},
	{"(abcd)\\g1efghi", "efghi", false},
	{"(?<test>abcd)\\k<test>efghi", "efghi", false},
	{"ab\\x{263a}cdef", "cdef", false},
	{"ab\\N{U+263a}cdef", "cdef", false},
	/* groups without width or content */
	{"abc(?=xyzzy)def", "abcdef", false},
	{"abc(?!xyzzy)def", "abcdef", false},
	{"(?<!no )warning", "warning", false},
	{"(?<=a|b)warning", "warning", false},
	{"(?(?=a)abcdef|ghijkl)mno", "mno", false},
	{"(a)(?(1)bcdef|ghijkl)mno", "mno", false},
	{"(?<test>abcd)(?1)efghi", "efghi", false},
	/* refused */
	{"", "", false},
	{".*", "", false},
	{"ab", "", false},
	{"(?x) abc def", "", false},
	{"(*ACCEPT)abc", "", false},
	{"abc(?#c)?", "", false},
	{"abcdef\\Q\\E?", "", false},
	{"(?=\\Q(\\E)foo|bar", "", false},
	/* letter case */
	{"No Such File", "no such file", true},
	{"[Ee]rror", "error", true},
	{"Größe: Wert", "e: wert", true},
	{"Maß: Kelvin", "elvin", true}, /* in UTF mode k is also the Kelvin sign */
	{"(?i)abc \\d+ 123-456", "# 123-456", false},
	{"\\d (?i:abc)-- end (?-i)x", "-- ", false},
};

/* A literal set as the table writes it, in the order of the pattern. */
static void write(struct buf *b, struct literals l)
{
	for (size_t i = 0; i < l.count; i++) {
		struct view v = view_of(l.items[i]);

		buf_add_text(b, i ? "|" : "");
		for (size_t j = 0; j < v.n; j++)
			buf_add_char(b, v.p[j] == LITERAL_DIGIT ? '#' : v.p[j] != '\n' ? v.p[j] : j ? '$' : '^');
	}
}

static void derives_what_every_match_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		ARENA_AUTO arena = {0};
		BUF_AUTO text = buf_new(BUF_LINE);

		write(&text, literals_of(cases[i].pattern, cases[i].nocase, &arena));
		if (!view_is(buf_view(&text), cases[i].literals))
			fail_msg("%s gives %s, not %s", cases[i].pattern, buf_text(&text), cases[i].literals);
	}
}

static void knows_the_ends_of_the_line(void **state)
{
	static const struct {
		const char *literal, *line;
		bool nocase, in;
	} lines[] = {
		{"abc", "xxabc", false, true},
		{"abc", "xxABC", false, false},
		{"abc", "xxABC", true, true},
		{"abc", "ab", false, false},
		{"abc", "", false, false},
		{"\nabc", "abcd", false, true},
		{"\nabc", "xabc", false, false},
		{"abc\n", "xabc", false, true},
		{"abc\n", "abcx", false, false},
		{"\nabc\n", "abc", false, true},
		{"\nabc\n", "abcabc", false, false},
		{"a\x03"
		 "c",
			"xa7c", false, true},
		{"a\x03"
		 "c",
			"xaXc", false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		assert_int_equal(
			literals_in(&lines[i].literal, 1, lines[i].nocase, view_of(lines[i].line)), lines[i].in);
}

static void keeps_its_ceilings(void **state)
{
	ARENA_AUTO arena = {0};
	BUF_AUTO deep = buf_new(BUF_LINE);
	BUF_AUTO wide = buf_new(BUF_LINE);
	struct literals l;

	(void)state;
	for (int i = 0; i < 200; i++)
		buf_add_text(&deep, "(");
	assert_int_equal(literals_of(buf_text(&deep), false, &arena).count, 0);
	for (unsigned i = 0; i < LITERALS_MAX + 1; i++)
		buf_addf(&wide, "%sword%u", i ? "|" : "", i + 100);
	assert_int_equal(literals_of(buf_text(&wide), false, &arena).count, 0);
	buf_clear(&wide);
	for (int i = 0; i < 100; i++)
		buf_add_text(&wide, "abcde");
	l = literals_of(buf_text(&wide), false, &arena);
	assert_int_equal(l.count, 1);
	assert_true(view_of(l.items[0]).n <= LITERAL_MAX);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void write_random(struct buf *b, const char *const *pieces, size_t piece_count, unsigned most, uint32_t *seed)
{
	buf_clear(b);
	for (uint32_t n = next_random(seed) % most + 1; n > 0; n--)
		buf_add_text(b, pieces[next_random(seed) % piece_count]);
}

/* Random patterns on random lines: whatever matches must hold a literal. */
static void never_asks_for_what_is_not_required(void **state)
{
	static const char *const syntax[] = {"a", "b", "ab", "bab", "aab", "ba", "B", "1", " ", "|", "(",
		"(?:", "(?<test>", "(?|", "(?>", "(?=", "(?!", "(?<=", "(?(1)", "(?i)", "(?i:", "(?-i)", "(?m)", "(?x)",
		"(?#b)", ")", ")", ")", "?", "*", "+", "??", "*+", "{0,2}", "{2}", "{,2}", "{1,}", "{b}", "[ab]",
		"[^a]", "[a-c]", "[]a]", "[b-]", "[\\d]", "[[:alpha:]]", "^", "$", "\\b", "\\B", "\\A", "\\z", "\\d",
		"\\w", ".", "\\1", "\\g{1}", "\\x61", "\\x{62}", "\\Qab", "\\E", "\\K", "\\pL", "\\R", "é", "\\N{U+61}",
		"\\061", "\\141"};
	static const char *const text[] = {"a", "b", "ab", "ba", "abab", "1", " ", "A", "B", "é", "\xff", "c"};
	BUF_AUTO pattern = buf_new(BUF_LINE), line = buf_new(BUF_LINE);
	struct pattern_machine *m = pattern_machine_new();
	uint32_t seed = 1118;
	size_t matches = 0;

	(void)state;
	for (int i = 0; i < 40000; i++) {
		ARENA_AUTO arena = {0};
		bool nocase = next_random(&seed) % 3 == 0;
		struct literals l;
		struct pattern *p;

		write_random(&pattern, syntax, sizeof(syntax) / sizeof(*syntax), 10, &seed);
		p = pattern_new(buf_text(&pattern), nocase, NULL);
		l = p ? literals_of(buf_text(&pattern), nocase, &arena) : (struct literals){NULL, 0};
		for (int j = 0; l.count && j < 60; j++) {
			write_random(&line, text, sizeof(text) / sizeof(*text), 8, &seed);
			if (!pattern_match(m, p, buf_view(&line), NULL))
				continue;
			matches++;
			if (!literals_in(l.items, l.count, nocase, buf_view(&line)))
				fail_msg("%s (nocase %d) matches %s", buf_text(&pattern), nocase, buf_text(&line));
		}
		pattern_free(p);
	}
	assert_true(matches > 1000);
	pattern_machine_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(derives_what_every_match_holds),
		cmocka_unit_test(knows_the_ends_of_the_line),
		cmocka_unit_test(keeps_its_ceilings),
		cmocka_unit_test(never_asks_for_what_is_not_required),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
