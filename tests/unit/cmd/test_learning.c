#include "cmd/learning.h"

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR (3600 * CLOCK_SECOND)
#define DAY0 INT64_C(1780272000000000) /* 2026-06-01T00:00:00Z */
#define COMMITS 60

extern const struct command cmd_flaky, cmd_trends, cmd_tests;

static const char *const legs[] = {"test (ubuntu-latest, 3.8)", "test (ubuntu-latest, 3.12)",
	"test (windows-latest, 3.8)", "test (windows-latest, 3.12)"};
static char *folder, *path;

/* Flaky: fails on one leg now and then, and passes when it is run again. Broken: for five commits, everywhere. Slow:
 * takes longer from week to week. */
static void tell_job(struct store *s, int64_t run, int attempt, int commit, size_t leg, int64_t at, bool flaked)
{
	struct store_record *r;
	struct err e = {0};
	char sha[41];
	bool broken = commit >= 30 && commit < 35;
	struct test_case flaky = {.id = VIEW("t.py::flaky"), .result = RESULT_PASSED, .duration_us = 5000},
			 other = flaky, slow = flaky, plain = flaky;

	snprintf(sha, sizeof(sha), "%040d", commit);
	flaky.result = flaked ? RESULT_FAILED : RESULT_PASSED;
	flaky.message = view_of(flaked ? "TimeoutError: no answer within 3 s" : "");
	other.id = VIEW("t.py::broken");
	other.result = broken ? RESULT_FAILED : RESULT_PASSED;
	other.message = view_of(broken ? "=HYPERLINK(\"x\") | <script>" : "");
	slow.id = VIEW("t.py::slow");
	slow.duration_us = 1000 * (100 + 8 * commit);
	plain.id = VIEW("t.py::plain");
	assert_int_equal(store_record_begin(&r, s, &e), 0);
	store_record_test(r, &flaky);
	store_record_test(r, &other);
	store_record_test(r, &slow);
	store_record_test(r, &plain);
	assert_int_equal(store_record_commit(r,
				 &(struct store_execution){.repository = "acme/x",
					 .run = run,
					 .attempt = attempt,
					 .job = legs[leg],
					 .job_name = legs[leg],
					 .workflow = "ci",
					 .branch = "main",
					 .commit = sha,
					 .conclusion = flaked || broken ? CONCLUSION_FAILURE : CONCLUSION_SUCCESS,
					 .started = at + (int64_t)leg,
					 .ended = at + 60 * CLOCK_SECOND,
					 .space = SPACE_CI},
				 NULL, NULL, 0, &(bool){0}, &e),
		0);
}

static int set_up(void **state)
{
	struct err e;
	struct store *s;

	(void)state;
	folder = file_temp_directory("learning-test", &e);
	path = file_join(folder, "h.db");
	if (store_open(&s, path, STORE_WRITE, false, &e) != 0)
		return -1;
	for (int c = 0; c < COMMITS; c++) {
		int64_t at = DAY0 + c * 12 * HOUR;
		size_t leg = (size_t)c / 10 % 4;

		for (size_t i = 0; i < 4; i++)
			tell_job(s, c + 1, 1, c, i, at, c % 10 == 3 && i == leg);
		if (c % 10 == 3)
			tell_job(s, c + 1, 2, c, leg, at + HOUR, false);
	}
	store_close(s);
	return setenv("RUNMEDIC_NOW", "2026-07-01T00:00:00Z", 1);
}

static int tear_down(void **state)
{
	struct err e;
	int rc = file_remove_tree(folder, &e);

	(void)state;
	free(folder);
	free(path);
	return rc;
}

/* What the command writes; "" ends the arguments. */
static const char *answer(const struct command *c, const char *const *arguments, int status)
{
	static struct buf text;
	struct err e = {0};
	struct args args;
	char *output = file_join(folder, "answer");
	char *argv[16] = {"--db", path, "--output", output, "-q"};
	int argc = 5;
	struct session s = {.command = c->name, .args = &args, .repo = folder, .quiet = true};

	while (**arguments)
		argv[argc++] = (char *)(uintptr_t)*arguments++;
	assert_int_equal(args_parse(&args, argc, argv, c->options, common_options, &e), 0);
	assert_int_equal(c->run(&s), status);
	buf_done(&text);
	text = (struct buf){0};
	if (status == EXIT_ANSWERED)
		assert_int_equal(file_read(output, BUF_FILE, &text, &e), 0);
	args_done(&args);
	free(s.db_path);
	free(output);
	return buf_text(&text);
}
#define ANSWER(c, ...) answer(&(c), (const char *const[]){__VA_ARGS__, ""}, EXIT_ANSWERED)
#define REFUSED(c, ...) answer(&(c), (const char *const[]){__VA_ARGS__, ""}, EXIT_TROUBLE)

static void test_flaky_names_the_flaky_test_only(void **state)
{
	const char *text = ANSWER(cmd_flaky, "--explain");

	(void)state;
	assert_non_null(strstr(text, "t.py::flaky"));
	assert_null(strstr(text, "t.py::broken"));
	assert_non_null(strstr(text, "failed 6 times and then passed on the same commit and leg"));
	assert_non_null(strstr(text, "quarantine until 2026-07-"));
}

static void test_flaky_as_json(void **state)
{
	JSON_AUTO *j = json_parse(view_of(ANSWER(cmd_flaky, "--type", "all", "--format", "json")), BUF_FILE, NULL);
	const cJSON *tests = json_get(j, "tests"), *one = cJSON_GetArrayItem(tests, 0);

	(void)state;
	assert_string_equal(json_text(j, "schema"), "runmedic.flaky/1");
	assert_string_equal(json_text(j, "repository"), "acme/x");
	assert_int_equal(json_int(j, "jobs", -1), 246);
	assert_int_equal(cJSON_GetArraySize(tests), 2);
	assert_string_equal(json_text(one, "test"), "t.py::flaky");
	assert_string_equal(json_text(one, "verdict"), "flaky");
	assert_int_equal(json_int(one, "flakes", -1), 6);
	assert_string_equal(json_text(cJSON_GetArrayItem(tests, 1), "verdict"), "broken");
}

static void test_a_threshold_is_a_share(void **state)
{
	(void)state;
	assert_null(strstr(ANSWER(cmd_flaky, "--threshold", "1"), "t.py::flaky"));
	REFUSED(cmd_flaky, "--threshold", "50");
	REFUSED(cmd_flaky, "--threshold", "x");
	REFUSED(cmd_flaky, "--since", "yesterday");
	REFUSED(cmd_flaky, "--since", "2026-06-10", "--until", "2026-06-01");
}

static void test_a_time_without_jobs(void **state)
{
	(void)state;
	assert_string_equal(
		ANSWER(cmd_flaky, "--until", "2026-05-01"), "The history holds no job of this kind in this time.\n");
	assert_string_equal(
		ANSWER(cmd_flaky, "--branch", "none"), "The history holds no job of this kind in this time.\n");
	assert_string_equal(
		ANSWER(cmd_trends, "--job", "none"), "The history holds no job of this kind in this time.\n");
}

static void test_trends_tell_the_slow_test(void **state)
{
	const char *text = ANSWER(cmd_trends, "--type", "duration");

	(void)state;
	assert_non_null(strstr(text, "duration of t.py::slow"));
	assert_non_null(strstr(text, "rising"));
	assert_null(strstr(text, "t.py::plain"));
	assert_non_null(strstr(ANSWER(cmd_trends, "--all"), "duration of t.py::plain"));
}

static void test_tests_by_failures_and_by_time(void **state)
{
	const char *text = ANSWER(cmd_tests, "--type", "all", "--limit", "2", "--format", "csv");
	JSON_AUTO *j = NULL;

	(void)state;
	assert_true(strncmp(text, "test,verdict,runs,failed,", 25) == 0);
	assert_non_null(strstr(text, "\r\n\"t.py::broken\",\"broken\",246,21,0.08537,"));
	j = json_parse(view_of(ANSWER(cmd_tests, "--type", "slow", "--format", "json")), BUF_FILE, NULL);
	assert_string_equal(json_text(cJSON_GetArrayItem(json_get(j, "tests"), 0), "test"), "t.py::slow");
	assert_non_null(strstr(ANSWER(cmd_tests, "--format", "markdown"), "| TEST | VERDICT | RUNS |"));
}

static void test_only_the_newest_jobs(void **state)
{
	JSON_AUTO *j = json_parse(view_of(ANSWER(cmd_tests, "--last", "10", "--format", "json")), BUF_FILE, NULL);

	(void)state;
	assert_int_equal(json_int(j, "jobs", -1), 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flaky_names_the_flaky_test_only),
		cmocka_unit_test(test_flaky_as_json),
		cmocka_unit_test(test_a_threshold_is_a_share),
		cmocka_unit_test(test_a_time_without_jobs),
		cmocka_unit_test(test_trends_tell_the_slow_test),
		cmocka_unit_test(test_tests_by_failures_and_by_time),
		cmocka_unit_test(test_only_the_newest_jobs),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
