#include "log/decode.h"

#include "log_testing.h"

#define ESC "\x1b"

static char bytes[256 << 10];

/* Decodes one line, given without a time stamp, in the form. */
static struct decoded decode(enum log_form form, struct view raw)
{
	static char out[sizeof(bytes)];
	struct decoded d;

	memset(bytes, 'Z', sizeof(bytes));
	memcpy(bytes, raw.p, raw.n);
	decode_line(form, view_make(bytes, raw.n), DECODE_SPECIAL, out, &d);
	return d;
}

static struct view text_of(const char *raw)
{
	return decode(LOG_FORM_API, view_of(raw)).text;
}

static void test_colours_and_cursor_movements_go(void **state)
{
	(void)state;
	assert_view(text_of("plain"), "plain");
	assert_view(text_of(ESC "[31mred" ESC "[0m"), "red");
	assert_view(text_of("a" ESC "[1;38;5;11mb" ESC "[mc"), "abc");
	assert_view(text_of("a" ESC "[2K" ESC "[1A" ESC "[?25lb"), "ab");
	assert_view(text_of("a" ESC "[38:2::255:0:0mb"), "ab");
	assert_view(text_of("a" ESC "[0 qb"), "ab");
}

static void test_hyperlinks_and_titles_go(void **state)
{
	(void)state;
	assert_view(text_of(ESC "]8;;https://example.org/x" ESC "\\link" ESC "]8;;" ESC "\\ end"), "link end");
	assert_view(text_of(ESC "]0;title\aText"), "Text");
	assert_view(text_of(ESC "P1$r" ESC "\\x"), "x");
	assert_view(text_of(ESC "(B" ESC "7" ESC "=x"), "x");
}

static void test_unfinished_sequences_do_not_eat_the_line(void **state)
{
	(void)state;
	assert_view(text_of("a" ESC), "a");
	assert_view(text_of("a" ESC "["), "a");
	assert_view(text_of("a" ESC "[31"), "a");
	assert_view(text_of("a" ESC "[3" ESC "[1mb"), "ab");
	assert_view(text_of(ESC "]8;;never closed"), "8;;never closed");
	assert_view(text_of(ESC "[31\xc3\xa4"), "\xc3\xa4");
}

static void test_eight_bit_sequences(void **state)
{
	(void)state;
	assert_view(text_of("a\x9b"
			    "31mb\x9bmc"),
		"abc");
	assert_view(text_of("a\xc2\x9b"
			    "31mb"),
		"ab");
	assert_view(text_of("\xe9\x9b\xaa snow"), "\xe9\x9b\xaa snow"); /* a part of a character */
	assert_view(text_of("\xe2\x9b\x94 31m"), "\xe2\x9b\x94 31m");
	assert_view(text_of("price 5\x9b"), "price 5\x9b"); /* cent, in an old code page */
	assert_view(text_of("\xc2\x9bplain"), "\xc2\x9bplain");
}

static void test_caret_spelling_only_in_gh(void **state)
{
	struct view colour = VIEW("^[[36;1mmake^[[0m"), link = VIEW("^[]8;;u^Glink^[]8;;^[\\ x"), pattern;

	(void)state;
	assert_view(decode(LOG_FORM_GH, colour).text, "make");
	assert_view(decode(LOG_FORM_API, colour).text, "^[[36;1mmake^[[0m");
	assert_view(decode(LOG_FORM_GH, link).text, "link x");
	assert_true(decode(LOG_FORM_GH, colour).command);
	pattern = VIEW("grep '^[[:space:]]' ^[[0-9] ^[[A-Z] ^[a] 2^3 ^");
	assert_true(view_eq(decode(LOG_FORM_GH, pattern).text, pattern));
}

static void test_carriage_returns(void **state)
{
	(void)state;
	assert_view(text_of("line\r"), "line");
	assert_view(text_of("line\r\r\r"), "line");
	assert_view(text_of("10%\r50%\r100%"), "100%");
	assert_view(text_of("10%\r" ESC "[K100%\r"), "100%");
	assert_view(text_of("kept\r" ESC "[0m"), "kept");
	assert_view(text_of("\r"), "");
}

static void test_nul_and_invalid_utf8(void **state)
{
	struct decoded d = decode(LOG_FORM_API, VIEW("a\0b\0c"));

	(void)state;
	assert_view(d.text, "abc");
	assert_int_equal(d.controls, 2);
	assert_view(text_of("\xff\xfe \xc3("), "\xff\xfe \xc3(");
	assert_view(text_of("bell\a back\b"), "bell\a back\b");
	assert_int_equal(decode(LOG_FORM_API, VIEW("\x01\x02\a\b")).controls, 2);
}

static void check_mark(const char *raw, enum log_mark mark, const char *text)
{
	struct decoded d = decode(LOG_FORM_API, view_of(raw));

	assert_int_equal(d.mark, mark);
	assert_view(d.text, text);
}

static void test_marks(void **state)
{
	(void)state;
	check_mark("##[group]Run make", LOG_GROUP, "Run make");
	check_mark("::group::Run make", LOG_GROUP, "Run make");
	check_mark("##[endgroup]", LOG_ENDGROUP, "");
	check_mark("::endgroup::", LOG_ENDGROUP, "");
	check_mark("[command]/usr/bin/git version", LOG_COMMAND, "/usr/bin/git version");
	check_mark("##[command]/usr/bin/docker run", LOG_COMMAND, "/usr/bin/docker run");
	check_mark("##[error]Process completed with exit code 1.", LOG_ERROR, "Process completed with exit code 1.");
	check_mark("##[error]", LOG_ERROR, "");
	check_mark("::error::bad", LOG_ERROR, "bad");
	check_mark("  ::error::bad", LOG_ERROR, "bad");
	check_mark("::error file=a.c,line=3::bad::worse", LOG_ERROR, "bad::worse");
	check_mark("##[warning]w", LOG_WARNING, "w");
	check_mark("::warning title=x::w", LOG_WARNING, "w");
	check_mark("##[notice]n", LOG_NOTICE, "n");
	check_mark("::notice::n", LOG_NOTICE, "n");
	check_mark("##[debug]d", LOG_DEBUG, "d");
	check_mark("::debug::d", LOG_DEBUG, "d");
	check_mark("##[section]Starting: x", LOG_SECTION, "Starting: x");
	check_mark("::add-mask::***", LOG_SECTION, "***");
	check_mark("::set-output name=a::b", LOG_SECTION, "b");
	check_mark("##[start-action display=Run x;id=a.b]", LOG_ACTION, "start-action display=Run x;id=a.b");
	check_mark("##[end-action id=a.b;outcome=failure]", LOG_ACTION, "end-action id=a.b;outcome=failure");
}

static void test_what_only_looks_like_a_mark(void **state)
{
	static const char *const lines[] = {"##[Unreleased]", "## [error]", "::", "::error", "::errors::x",
		"std::vector::x", "##[error", "[commands]", " ##[error]x", "#", "x ##[error]y", "::1:8080 -> ::"};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		check_mark(lines[i], LOG_TEXT, lines[i]);
	check_mark(DECODE_COMMAND "echo hi" ESC "[0m", LOG_TEXT, "echo hi");
	check_mark(
		DECODE_COMMAND "::error::printed by the script" ESC "[0m", LOG_TEXT, "::error::printed by the script");
	check_mark(ESC "[31m##[error]coloured" ESC "[0m", LOG_ERROR, "coloured");
}

static void test_file_flag(void **state)
{
	(void)state;
	assert_int_equal(decode(LOG_FORM_API, VIEW("::error file=a.c::x")).flags, LOG_HAS_FILE);
	assert_int_equal(decode(LOG_FORM_API, VIEW("::error title=t,file=a.c::x")).flags, LOG_HAS_FILE);
	assert_int_equal(decode(LOG_FORM_API, VIEW("::error title=file::x")).flags, 0);
	assert_int_equal(decode(LOG_FORM_API, VIEW("::error::file=x")).flags, 0);
}

static struct view huge(const char *piece, size_t n)
{
	static char text[128 << 10];
	size_t length = strlen(piece), total = 0;

	for (; total + length <= n; total += length)
		memcpy(text + total, piece, length);
	return view_make(text, total);
}

static void test_long_lines_are_cut(void **state)
{
	struct decoded d = decode(LOG_FORM_API, huge("x", LOG_LINE_MAX));

	(void)state;
	assert_int_equal(d.text.n, LOG_LINE_MAX);
	assert_int_equal(d.flags, 0);
	d = decode(LOG_FORM_API, huge("x", LOG_LINE_MAX + 1));
	assert_int_equal(d.text.n, LOG_LINE_MAX);
	assert_int_equal(d.flags, LOG_CUT);
	assert_int_equal(d.dropped, 1);
	d = decode(LOG_FORM_API, huge("\xe2\x82\xac", LOG_LINE_MAX * 2)); /* three bytes each: never cut within */
	assert_int_equal(d.text.n, LOG_LINE_MAX - LOG_LINE_MAX % 3);
}

/* What is hostile must not take quadratic time: this would run for minutes. */
static void test_hostile_sequences_are_linear(void **state)
{
	(void)state;
	for (int i = 0; i < 200; i++) {
		assert_int_equal(decode(LOG_FORM_API, huge(ESC "]", DECODE_RAW_MAX)).text.n, 0);
		assert_int_equal(decode(LOG_FORM_API, huge(ESC "[", DECODE_RAW_MAX)).text.n, 0);
		decode(LOG_FORM_GH, huge("^[]", DECODE_RAW_MAX));
		decode(LOG_FORM_API, huge("\x9b", DECODE_RAW_MAX));
		decode(LOG_FORM_API, huge("\r"
					  "ab",
					     DECODE_RAW_MAX));
	}
}

static void check_prefix(enum log_form form, const char *line, const char *stamp, const char *text)
{
	struct decode_prefix prefix;

	decode_prefix(form, line, strlen(line), &prefix);
	assert_view(view_from(view_of(line), prefix.length), text);
	assert_int_equal(prefix.stamp != NULL, stamp != NULL);
	if (stamp)
		assert_memory_equal(prefix.stamp, stamp, DECODE_STAMP);
}

static void test_prefixes(void **state)
{
	struct decode_prefix gh;

	(void)state;
	decode_prefix(LOG_FORM_GH, "my job\tRun x\t" S "text", 13 + 29 + 4, &gh);
	check_prefix(LOG_FORM_API, S "text", S, "text");
	check_prefix(LOG_FORM_API, BOM S "text", S, "text");
	check_prefix(LOG_FORM_API, S, S, "");
	check_prefix(LOG_FORM_API, S " indented", S, " indented");
	check_prefix(LOG_FORM_API, "2026-11-18T09:14:03.1234567Z", S, "");
	check_prefix(LOG_FORM_API, "2026-11-18T09:14:03.1234567Ztext", NULL, "2026-11-18T09:14:03.1234567Ztext");
	check_prefix(LOG_FORM_API, "2026-11-18T09:14:03.123Z text", NULL, "2026-11-18T09:14:03.123Z text");
	check_prefix(LOG_FORM_API, S S "x", S, S "x");
	check_prefix(LOG_FORM_API, "", NULL, "");
	check_prefix(LOG_FORM_GH, "job\tstep\t" S "text", S, "text");
	check_prefix(LOG_FORM_GH, "job\tstep\t" BOM S "text", S, "text");
	check_prefix(LOG_FORM_GH, "job\tstep\tcontinued", NULL, "continued");
	check_prefix(LOG_FORM_GH, "no columns", NULL, "no columns");
	check_prefix(LOG_FORM_API, "job\tstep\t" S "text", NULL, "job\tstep\t" S "text");
	assert_view(gh.job, "my job");
	assert_view(gh.step, "Run x");
}

static void test_every_place_of_a_stamp_matters(void **state)
{
	char line[] = S "x";

	(void)state;
	for (size_t i = 0; i < DECODE_STAMP; i++) {
		char kept = line[i];

		for (int c = 0; c < 256; c++) {
			bool digit = kept >= '0' && kept <= '9', same = digit ? c >= '0' && c <= '9' : c == kept;

			line[i] = (char)c;
			assert_int_equal(decode_is_stamp(line), same);
		}
		line[i] = kept;
	}
}

static void test_forms(void **state)
{
	(void)state;
	assert_int_equal(decode_form(VIEW(BOM S "Current runner version: '2.3'")), LOG_FORM_API);
	assert_int_equal(decode_form(VIEW(S "Current runner version: '2.3'")), LOG_FORM_API);
	assert_int_equal(decode_form(VIEW(S "Requested labels: ubuntu-latest\n")), LOG_FORM_ARCHIVE);
	assert_int_equal(decode_form(VIEW("job\tSet up job\t" BOM S "x\n")), LOG_FORM_GH);
	assert_int_equal(decode_form(VIEW("job\tUNKNOWN STEP\t" S "x\n")), LOG_FORM_GH);
	assert_int_equal(decode_form(VIEW("half a line\n\n" S "x\n")), LOG_FORM_API);
	assert_int_equal(decode_form(VIEW("gcc: error\na\tb\tc\n")), LOG_FORM_PLAIN);
	assert_int_equal(decode_form(VIEW("")), LOG_FORM_PLAIN);
}

static void test_properties(void **state)
{
	BUF_AUTO storage = buf_new(BUF_LINE);
	struct log_properties p;

	(void)state;
	assert_true(decode_properties(
		VIEW("::error file=src/a%2Cb.c,line=12,col=7,endLine=13,title=It%27s 5%25%0Ahere::text"), &p,
		&storage));
	assert_view(p.file, "src/a,b.c");
	assert_view(p.title, "It%27s 5%\nhere");
	assert_int_equal(p.line, 12);
	assert_int_equal(p.column, 7);
	assert_true(decode_properties(VIEW("::warning line=x,col=99999999999::t"), &p, &storage));
	assert_int_equal(p.line, 0);
	assert_int_equal(p.column, 0);
	assert_int_equal(p.file.n, 0);
	assert_false(decode_properties(VIEW("::error::text"), &p, &storage));
	assert_false(decode_properties(VIEW("##[error]text"), &p, &storage));
	assert_false(decode_properties(VIEW("text file=a::b"), &p, &storage));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_colours_and_cursor_movements_go),
		cmocka_unit_test(test_hyperlinks_and_titles_go),
		cmocka_unit_test(test_unfinished_sequences_do_not_eat_the_line),
		cmocka_unit_test(test_eight_bit_sequences),
		cmocka_unit_test(test_caret_spelling_only_in_gh),
		cmocka_unit_test(test_carriage_returns),
		cmocka_unit_test(test_nul_and_invalid_utf8),
		cmocka_unit_test(test_marks),
		cmocka_unit_test(test_what_only_looks_like_a_mark),
		cmocka_unit_test(test_file_flag),
		cmocka_unit_test(test_long_lines_are_cut),
		cmocka_unit_test(test_hostile_sequences_are_linear),
		cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_every_place_of_a_stamp_matters),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_properties),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
