#include "cmd/captures.h"

#include "base/clock.h"
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char *top;

static int begin(void **state)
{
	(void)state;
	top = file_temp_directory("runmedic-test", NULL);
	setenv("RUNNER_TEMP", top, 1);
	setenv("GITHUB_ACTIONS", "true", 1);
	return top ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	file_remove_tree(top, NULL);
	free(top);
	return 0;
}

static void expect_command(const char *const *argv, const char *text)
{
	BUF_AUTO b = buf_new(BUF_LINE);

	frame_command(&b, argv);
	assert_string_equal(buf_text(&b), text);
}

#define COMMAND(text, ...) expect_command((const char *const[]){__VA_ARGS__, NULL}, text)

static void test_commands_as_a_shell_takes_them(void **state)
{
	(void)state;
	COMMAND("make -j2 test", "make", "-j2", "test");
	COMMAND("sh -c 'echo \"$x\"; exit 1'", "sh", "-c", "echo \"$x\"; exit 1");
	COMMAND("a '' b", "a", "", "b");
	COMMAND("'it'\\''s' '\\' ''\\'''", "it's", "\\", "'");
	COMMAND("echo $'a\\nb\\'\\033[0m'", "echo", "a\nb'\033[0m");
	COMMAND("echo 'ä ö'", "echo", "ä ö");
}

static void test_long_commands_are_cut(void **state)
{
	static char word[FRAME_COMMAND_MAX * 2];
	const char *const argv[] = {"echo", word, word, NULL};
	BUF_AUTO b = buf_new(BUF_PAGE);

	(void)state;
	memset(word, 'x', sizeof(word) - 1);
	frame_command(&b, argv);
	assert_int_equal(b.n, FRAME_COMMAND_MAX + strlen("…"));
	assert_true(view_ends(buf_view(&b), "x…"));
}

static void expect_name(const char *name, const char *file)
{
	BUF_AUTO b = buf_new(BUF_LINE);

	frame_file_name(&b, name);
	assert_string_equal(buf_text(&b), file);
}

static void test_names_of_files(void **state)
{
	(void)state;
	expect_name("make", "make");
	expect_name("/usr/bin/python3.11", "python3.11");
	expect_name("unit tests (3.12, ubuntu)", "unit_tests_3.12_ubuntu_");
	expect_name("../..", "command");
	expect_name(".hidden", "hidden");
	expect_name("", "command");
	expect_name("äöü", "command");
}

static void test_facts_there_and_back(void **state)
{
	const struct frame_facts f = {.name = "tests",
		.command = "make 'a\"b'",
		.exit_code = 2,
		.cancelled = true,
		.attempts = 3,
		.offset = 10,
		.bytes = 90,
		.ended = 5 * CLOCK_DAY};
	struct frame_facts found;
	struct err e = {0};
	BUF_AUTO line = buf_new(BUF_PAGE);
	cJSON *j = NULL;

	(void)state;
	frame_facts_print(&line, &f);
	buf_cut(&line, line.n - 1);
	assert_int_equal(frame_facts_parse(&found, &j, buf_view(&line), 100, &e), 0);
	assert_string_equal(found.name, "tests");
	assert_string_equal(found.command, "make 'a\"b'");
	assert_int_equal(found.exit_code, 2);
	assert_true(found.cancelled);
	assert_int_equal(found.attempts, 3);
	assert_int_equal(found.offset, 10);
	assert_int_equal(found.bytes, 90);
	assert_true(found.ended == 5 * CLOCK_DAY);
	cJSON_Delete(j);
	assert_int_equal(frame_facts_parse(&found, &j, buf_view(&line), 99, &e), -1); /* more than the file holds */
	assert_int_equal(frame_facts_parse(&found, &j, VIEW("some output"), 99, &e), -1);
	assert_int_equal(frame_facts_parse(&found, &j, VIEW("##[endgroup]{\"schema\":\"x\"}"), 99, &e), -1);
	assert_int_equal(frame_facts_parse(&found, &j, VIEW("##[endgroup]{"), 99, &e), -1);
}

static void test_facts_of_the_longest_texts_fit(void **state)
{
	(void)state;
	static char name[100000], command[FRAME_COMMAND_MAX + 4];
	BUF_AUTO line = buf_new(FRAME_FACTS_MAX);
	const struct frame_facts f = {.name = name, .command = command, .exit_code = 1, .attempts = 1, .bytes = 1};
	struct frame_facts found;
	cJSON *j = NULL;
	struct err e = {0};

	memset(name, 1, sizeof(name) - 1); /* \u0001: nothing takes more room in JSON */
	memset(command, 1, sizeof(command) - 1);
	frame_facts_print(&line, &f);
	line.n--; /* the newline */
	if (frame_facts_parse(&found, &j, buf_view(&line), 1, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(strlen(found.name), FRAME_LABEL_MAX);
	cJSON_Delete(j);
}

static void write_one(const char *name, const char *output, int exit_code)
{
	BUF_AUTO text = buf_new(BUF_PAGE);
	struct err e;
	int fd = -1;
	char *path = captures_new(name, &fd, &e);
	struct frame_facts f = {.command = "make test", .exit_code = exit_code, .attempts = 2};

	assert_non_null(path);
	buf_add_text(&text, "an earlier attempt: ImportError\n");
	f.offset = text.n;
	frame_begin(&text, "make test", "sub");
	buf_add_text(&text, output);
	frame_end(&text, exit_code, false);
	f.bytes = text.n - f.offset;
	frame_facts_print(&text, &f);
	assert_int_equal(write(fd, text.p, text.n), text.n);
	close(fd);
	free(path);
}

static void test_listed_in_the_order_of_the_steps(void **state)
{
	struct captures c;
	struct err e = {0};
	char *stray = file_join(top, "runmedic/notes.log"), *link = file_join(top, "runmedic/link-99.log");

	(void)state;
	assert_int_equal(captures_list(&c, NULL, &e), 0); /* no folder yet */
	assert_int_equal(c.count, 0);
	for (int i = 0; i < 11; i++)
		write_one(i % 2 ? "make" : "a b", "x\n", i);
	assert_int_equal(file_write_atomic(stray, VIEW("x"), 0644, &e), 0);
	assert_int_equal(symlink("/etc/passwd", link), 0);
	assert_int_equal(captures_list(&c, NULL, &e), 0);
	assert_int_equal(c.count, 12);
	for (unsigned i = 0; i < 11; i++) {
		assert_int_equal(c.items[i].number, i + 1);
		assert_true(c.items[i].whole);
		assert_int_equal(c.items[i].facts.exit_code, i);
	}
	assert_false(c.items[11].whole); /* a link is not followed */
	captures_done(&c);
	unlink(link);
	free(stray);
	free(link);
}

static void test_the_last_attempt_is_the_log(void **state)
{
	struct captures c;
	struct err e = {0};
	struct log *log = NULL;
	BUF_AUTO storage = {0};

	(void)state;
	write_one("last", "Post job cleanup.\nfatal: something\n", 2);
	assert_int_equal(captures_list(&c, NULL, &e), 0);
	assert_int_equal(captures_log(&log, &c, c.count - 1, &storage, &e), 0);
	assert_int_equal(log_finish(log, &e), 0);
	/* of the eleven before, one ended well */
	assert_int_equal(log_info(log)->lines, 6 + 8);
	assert_false(log_step(log, 0)->failed);
	assert_int_equal(log_step(log, 1)->first_line, 7);
	assert_true(view_is(log_step(log, 1)->name, "Run make test"));
	assert_true(view_is(log_step(log, 1)->command, "make test"));
	assert_true(view_is(log_step(log, 1)->directory, "sub"));
	assert_false(view_has(buf_view(&storage), "ImportError"));
	log_close(log);

	struct diagnosis d = {.failed_step.exit_code = 77};
	captures_settle(&d, &c.items[c.count - 1].facts);
	assert_int_equal(d.failed_step.exit_code, 2);
	assert_string_equal(d.failed_step.name, "Run make test");
	arena_done(&d.arena);
	captures_done(&c);
}

static void test_only_the_newest_ones(void **state)
{
	struct captures c;
	struct err e = {0};

	(void)state;
	for (unsigned i = 0; i < CAPTURES_MAX + 5; i++)
		write_one("many", "x\n", 1);
	assert_int_equal(captures_list(&c, NULL, &e), 0);
	assert_int_equal(c.count, CAPTURES_MAX);
	assert_true(c.more);
	for (size_t i = 1; i < c.count; i++)
		assert_int_equal(c.items[i].number, c.items[i - 1].number + 1);
	captures_done(&c);
}

static void test_none_outside_of_actions(void **state)
{
	struct captures c;
	struct err e = {0};
	int fd = -1;

	(void)state;
	setenv("GITHUB_ACTIONS", "false", 1);
	assert_null(captures_folder());
	assert_int_equal(captures_list(&c, NULL, &e), 0);
	assert_int_equal(c.count, 0);
	assert_null(captures_new("x", &fd, NULL));
	setenv("GITHUB_ACTIONS", "true", 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands_as_a_shell_takes_them),
		cmocka_unit_test(test_long_commands_are_cut),
		cmocka_unit_test(test_names_of_files),
		cmocka_unit_test(test_facts_there_and_back),
		cmocka_unit_test(test_facts_of_the_longest_texts_fit),
		cmocka_unit_test(test_listed_in_the_order_of_the_steps),
		cmocka_unit_test(test_the_last_attempt_is_the_log),
		cmocka_unit_test(test_only_the_newest_ones),
		cmocka_unit_test(test_none_outside_of_actions),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
