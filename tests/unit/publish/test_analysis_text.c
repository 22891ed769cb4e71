#include "publish_testing.h"

static void render(struct buf *out, const struct diagnosis *d, bool colour, bool verbose)
{
	*out = buf_new(BUF_PAGE);
	publish_analysis_text(out, d, &(struct publish_style){.colour = colour, .verbose = verbose});
}

#define assert_has(out, text) assert_true(view_has(buf_view(out), text))
#define assert_has_not(out, text) assert_false(view_has(buf_view(out), text))

static void test_cause_place_step_excerpt(void **state)
{
	BUF_AUTO out = {0};
	struct sample s;

	(void)state;
	sample_fill(&s, "src/a.c");
	s.findings[0].title = "it broke";
	s.d.failed_step.name = "Run make";
	render(&out, &s.d, false, false);
	assert_has(&out, "✗ it broke\n  at src/a.c:7:3\n");
	assert_has(&out, "build, 90 % (sure), rule own/one");
	assert_has(&out, "in step \"Run make\", exit code 2");
	assert_has(&out, "\n      11 | src/a.c\n>     12 | src/a.c\n      13 | src/a.c\n");
	assert_has(&out, "tests: 5 passed, 12 failed, 1 skipped");
	assert_has(&out, "and 7 more");
	assert_has(&out, "can be tried: python/black, python/isort (see `runmedic heal`)");
	assert_has(&out, "also found:");
	assert_has(&out, "(own/two)");
}

static void test_what_is_unknown_is_left_out(void **state)
{
	BUF_AUTO out = {0};
	struct sample s;

	(void)state;
	sample_fill(&s, "x");
	s.findings[0].location = (struct location){.path = "a.c"};
	s.findings[0].remedy_count = 0;
	s.d.failed_step.known = false;
	s.d.tests_known = false;
	s.d.job.os = NULL;
	s.d.finding_count = 1;
	render(&out, &s.d, false, false);
	assert_has(&out, "  at a.c\n");
	assert_has_not(&out, "in step");
	assert_has_not(&out, "tests:");
	assert_has_not(&out, "can be tried");
	assert_has_not(&out, "also found");
	assert_has_not(&out, "(null)");
}

static void test_no_failure(void **state)
{
	BUF_AUTO out = {0};

	(void)state;
	render(&out, &(struct diagnosis){.source = {"job.log", 5, 1}}, false, false);
	assert_string_equal(buf_text(&out), "job.log: 1 lines\n✓ no failure found\n");
}

static void test_transient(void **state)
{
	BUF_AUTO out = {0};
	struct sample s;

	(void)state;
	sample_fill(&s, "x");
	s.findings[0].transient = true;
	render(&out, &s.d, false, false);
	assert_has(&out, "A rerun will probably pass");
}

static void test_verbose_shows_every_finding(void **state)
{
	struct finding many[10];
	struct sample s;
	BUF_AUTO brief = {0};
	BUF_AUTO full = {0};

	(void)state;
	sample_fill(&s, "x");
	for (size_t i = 0; i < 10; i++)
		many[i] = s.findings[1];
	s.d.findings = many;
	s.d.finding_count = 10;
	render(&brief, &s.d, false, false);
	render(&full, &s.d, false, true);
	assert_has(&brief, "and 6 more (-v shows them)");
	assert_has_not(&full, "-v shows them");
	assert_true(full.n > brief.n);
}

static void test_hostile_text_is_made_visible(void **state)
{
	BUF_AUTO out = {0};
	struct sample s;

	(void)state;
	sample_fill(&s, HOSTILE);
	render(&out, &s.d, false, true);
	assert_printable(buf_view(&out));
	assert_has(&out, "\\x1b[31mred");
	assert_has(&out, "<U+202E>");
}

static void test_text_from_outside_cannot_begin_a_line(void **state)
{
	BUF_AUTO out = {0};
	struct sample s;

	(void)state;
	sample_fill(&s, "a\nFORGED");
	for (size_t i = 0; i < 3; i++)
		s.lines[i].text = "x"; /* excerpt lines are lines already */
	render(&out, &s.d, true, true);
	assert_has_not(&out, "\nFORGED");
}

static void test_colours_only_when_asked_for(void **state)
{
	BUF_AUTO plain = {0};
	BUF_AUTO coloured = {0};
	struct sample s;

	(void)state;
	sample_fill(&s, "x");
	render(&plain, &s.d, false, false);
	render(&coloured, &s.d, true, false);
	assert_has_not(&plain, "\x1b");
	assert_has(&coloured, "\x1b[1;31m");
}

static void test_secrets_do_not_leave(void **state)
{
	BUF_AUTO out = {0};
	struct sample s;

	(void)state;
	sample_fill(&s, secret());
	render(&out, &s.d, false, true);
	assert_no_secret(buf_view(&out));
}

static void test_a_key_in_an_excerpt(void **state)
{
	BUF_AUTO out = {0};
	struct sample s;
	char begin[64];

	(void)state;
	snprintf(begin, sizeof begin, "-----BEGIN %s KEY-----", "PRIVATE");
	sample_fill(&s, "x");
	s.lines[0].text = begin;
	s.lines[1].text = "qwertyuiop";
	s.lines[2].text = "asdf";
	render(&out, &s.d, false, false);
	assert_has_not(&out, "qwertyuiop");
	assert_has_not(&out, "asdf");
	assert_has(&out, ">     12 | ");
	assert_has(&out, "      13 | ");
}

static void test_a_long_step_name_is_cut(void **state)
{
	BUF_AUTO out = {0};
	struct sample s;
	char name[500];

	(void)state;
	memset(name, 'n', sizeof name - 1);
	name[sizeof name - 1] = 0;
	sample_fill(&s, "x");
	s.d.failed_step.name = name;
	render(&out, &s.d, false, false);
	assert_has(&out, "nnn…\"");
	assert_has_not(&out, name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cause_place_step_excerpt),
		cmocka_unit_test(test_what_is_unknown_is_left_out),
		cmocka_unit_test(test_no_failure),
		cmocka_unit_test(test_transient),
		cmocka_unit_test(test_verbose_shows_every_finding),
		cmocka_unit_test(test_hostile_text_is_made_visible),
		cmocka_unit_test(test_text_from_outside_cannot_begin_a_line),
		cmocka_unit_test(test_colours_only_when_asked_for),
		cmocka_unit_test(test_secrets_do_not_leave),
		cmocka_unit_test(test_a_key_in_an_excerpt),
		cmocka_unit_test(test_a_long_step_name_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
