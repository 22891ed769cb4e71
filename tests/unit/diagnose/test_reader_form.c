#include "diagnose/reader_form.h"
#include "reader_testing.h"

static void check_shape(const char *shape, const char *line, const char *id, const char *message)
{
	struct reader_form_match m;

	if (!reader_form_match(shape, view_of(line), &m))
		fail_msg("'%s' does not match '%s'", shape, line);
	assert_true(view_is(m.id, id));
	assert_true(view_is(m.message, message));
}

static void check_none(const char *shape, const char *line)
{
	struct reader_form_match m;
	assert_false(reader_form_match(shape, view_of(line), &m));
}

static void pieces(void **state)
{
	(void)state;
	check_shape("FAIL: <name>", "FAIL: a/b", "a/b", "");
	check_shape("FAIL: <name>", "  FAIL:   a/b ", "a/b", "");
	check_shape("<*>: <id>: <text>", "a: b c: d: e", "b c", "d: e");
	check_shape("{//<name>} FAILED in <*>", "//a:b      FAILED in 1s", "//a:b", "");
	check_shape("<n>/<n> <id> FAIL <*>s", "10/200 a b  FAIL 0.1s", "a b", "");
	check_shape("[<*>] <id>.", "[x] total.", "total", "");
	check_shape("<id> [E]", "a [b] [E]", "a [b]", "");
	check_none("FAIL: <name>", "FAIL: a b");
	check_none("^FAIL: <name>", " FAIL: a");
	check_none("FAIL: <name>", "FAIL: ");
	check_none("<n>) <id>", ") a");
	check_none("<n>) <id>", "x) a");
	check_none("<id> FAILED", "a FAILED now");
	check_none("a", "ab");
	check_none("ab", "a");
	check_none("<id> x", "");
}

/* Would take minutes if each blank or digit were a place to begin at. */
static void long_runs_take_linear_time(void **state)
{
	BUF_AUTO line = buf_new((size_t)4 << 20);
	struct reader_form_match m;

	(void)state;
	for (int i = 0; i < 1000000; i++)
		buf_add_text(&line, "1");
	assert_false(reader_form_match("<*><n> tests passed", buf_view(&line), &m));
	buf_clear(&line);
	buf_add_text(&line, "x");
	for (int i = 0; i < 1000000; i++)
		buf_add_text(&line, " ");
	buf_add_text(&line, "y");
	assert_false(reader_form_match("<*> tests passed", buf_view(&line), &m));
	assert_true(reader_form_match("<id> y", buf_view(&line), &m));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces),
		cmocka_unit_test(long_runs_take_linear_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
