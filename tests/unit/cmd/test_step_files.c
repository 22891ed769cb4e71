#include "cmd/step_files.h"

#include "base/file.h"
#include "base/mem.h"
#include "publish/bodies.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *top, *summary, *outputs;

static int begin(void **state)
{
	(void)state;
	top = file_temp_directory("runmedic-test", NULL);
	if (!top)
		return -1;
	summary = file_join(top, "summary");
	outputs = file_join(top, "output");
	setenv("GITHUB_ACTIONS", "true", 1);
	setenv("GITHUB_STEP_SUMMARY", summary, 1);
	setenv("GITHUB_OUTPUT", outputs, 1);
	return 0;
}

static int end(void **state)
{
	(void)state;
	unsetenv("GITHUB_STEP_SUMMARY");
	unsetenv("GITHUB_OUTPUT");
	file_remove_tree(top, NULL);
	free(summary);
	free(outputs);
	free(top);
	return 0;
}

static void expect_line(const char *text, const char *wanted)
{
	BUF_AUTO out = buf_new(BUF_LINE);
	step_line(&out, view_of(text));
	assert_string_equal(buf_text(&out), wanted);
}

static void expect_file(const char *path, const char *wanted)
{
	struct err e = {0};
	BUF_AUTO text = {0};
	if (file_read(path, BUF_LARGE, &text, &e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(buf_text(&text), wanted);
}

static void test_nothing_in_a_line_is_a_command(void **state)
{
	(void)state;
	expect_line("job a\n::set-output name=x::y", "job a ::set-output name=x::y");
	expect_line("job a\r\n::add-mask::y", "job a ::add-mask::y");
	expect_line(" ::error::x", ".::error::x");
	expect_line("job ##[set-output name=x]y", "job ## [set-output name=x]y");
	expect_line("###[group]##[", "### [group]## [");
	expect_line("an #[include]", "an #[include]");
}

static void test_elsewhere_it_is_only_one_line(void **state)
{
	(void)state;
	setenv("GITHUB_ACTIONS", "", 1);
	expect_line("a\nb ##[error]c", "a b ##[error]c");
	setenv("GITHUB_ACTIONS", "true", 1);
}

static void test_a_line_holds_no_secret_and_no_control(void **state)
{
	(void)state;
	BUF_AUTO out = buf_new(BUF_LINE);
	step_line(&out, VIEW("Authorization: Bearer gh"
			     "p_0123456789abcdefghijABCDEFGHIJ012345 \033[2J"));
	assert_null(strstr(buf_text(&out), "ghp_0123"));
	assert_null(strchr(buf_text(&out), '\033'));
}

static void test_tokens_cannot_be_guessed(void **state)
{
	(void)state;
	char one[STEP_TOKEN_MAX], other[STEP_TOKEN_MAX];
	step_token(one);
	step_token(other);
	assert_int_equal(strlen(one), STEP_TOKEN_MAX - 1);
	assert_int_equal(strspn(one, "0123456789abcdef"), STEP_TOKEN_MAX - 1);
	assert_string_not_equal(one, other);
	BUF_AUTO out = buf_new(BUF_LINE);
	assert_true(publish_guarded(&out, one, VIEW("text")));
}

static void test_files_are_appended_to(void **state)
{
	(void)state;
	struct err e = {0};
	assert_int_equal(step_summary_add(VIEW("a\n"), &e), 0);
	assert_int_equal(step_summary_add(VIEW("b\n"), &e), 0);
	expect_file(summary, "a\nb\n");
	assert_int_equal(step_outputs_add(VIEW("x=1\n"), &e), 0);
	assert_int_equal(step_outputs_add(VIEW("y=2\n"), &e), 0);
	expect_file(outputs, "x=1\ny=2\n");
}

static void test_the_room_is_what_github_takes(void **state)
{
	(void)state;
	struct err e;
	unlink(summary);
	assert_int_equal(step_summary_room(), PUBLISH_SUMMARY_MAX);
	assert_int_equal(step_summary_add(VIEW("1234"), &e), 0);
	assert_int_equal(step_summary_room(), PUBLISH_SUMMARY_MAX - 4);
	assert_int_equal(truncate(summary, (off_t)PUBLISH_SUMMARY_MAX + 1), 0);
	assert_int_equal(step_summary_room(), 0);
	setenv("GITHUB_STEP_SUMMARY", "", 1);
	assert_int_equal(step_summary_room(), 0);
	assert_int_equal(step_summary_add(VIEW("x"), &e), 0);
	setenv("GITHUB_STEP_SUMMARY", summary, 1);
}

/* The step's own commands can put one there: who waits for its reader waits for ever. */
static void test_a_pipe_that_nobody_reads_is_trouble(void **state)
{
	(void)state;
	struct err e = {0};
	unlink(summary);
	assert_int_equal(mkfifo(summary, 0600), 0);
	alarm(20);
	assert_int_equal(step_summary_add(VIEW("x"), &e), -1);
	alarm(0);
	assert_string_not_equal(e.text, "");
	unlink(summary);
}

static void expect_said(const char *level, const char *text, const char *wanted)
{
	int old = dup(STDOUT_FILENO);
	MEM_AUTO char *path = file_join(top, "said");
	assert_non_null(freopen(path, "w", stdout));
	step_say(level, text);
	fflush(stdout);
	dup2(old, STDOUT_FILENO);
	close(old);
	expect_file(path, wanted);
}

static void test_what_is_said_is_one_command(void **state)
{
	(void)state;
	expect_said("notice", "runmedic: 100 %", "::notice::runmedic: 100 %25\n");
	expect_said("warning", "a\n::error::b", "::warning::a%0A::error::b\n");
}

static void answers_are_no_commands(void **state)
{
	static const struct {
		const char *text, *safe;
	} rows[] = {
		{"::set-output name=a::b\nfine\n", ".::set-output name=a::b\nfine\n"},
		{"  ::stop-commands::x\n", ".  ::stop-commands::x\n"},
		{"a ##[group]b ##[error]c", "a ## [group]b ## [error]c"},
		{"{\"a\":\"##[set-env name=x]y\"}\n", "{\"a\":\"#\\u0023[set-env name=x]y\"}\n"},
	};
	(void)state;
	setenv("GITHUB_ACTIONS", "true", 1);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		BUF_AUTO out = buf_new(BUF_PAGE);
		assert_true(step_defuse(&out, view_of(rows[i].text)));
		assert_string_equal(buf_text(&out), rows[i].safe);
	}
	BUF_AUTO same = buf_new(BUF_PAGE);
	assert_false(step_defuse(&same, view_of("nothing in it")));
	unsetenv("GITHUB_ACTIONS");
	assert_false(step_defuse(&same, view_of("::error::x")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_in_a_line_is_a_command),
		cmocka_unit_test(test_elsewhere_it_is_only_one_line),
		cmocka_unit_test(test_a_line_holds_no_secret_and_no_control),
		cmocka_unit_test(test_tokens_cannot_be_guessed),
		cmocka_unit_test(test_files_are_appended_to),
		cmocka_unit_test(test_the_room_is_what_github_takes),
		cmocka_unit_test(test_a_pipe_that_nobody_reads_is_trouble),
		cmocka_unit_test(test_what_is_said_is_one_command),
		cmocka_unit_test(answers_are_no_commands),
	};
	return cmocka_run_group_tests(tests, begin, end);
}
