#include "cmd/remote_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

static void expect(const char *text, const char *repository, int64_t run, int attempt, int64_t job)
{
	struct remote_address a;
	struct err e = {0};

	if (remote_address_parse(&a, text, &e) != 0)
		fail_msg("%s: %s", text, e.text);
	assert_string_equal(a.repository, repository);
	assert_int_equal(a.run, run);
	assert_int_equal(a.attempt, attempt);
	assert_int_equal(a.job, job);
	free(a.repository);
}

static void refuse(const char *text)
{
	struct remote_address a;
	struct err e = {0};

	if (remote_address_parse(&a, text, &e) == 0)
		fail_msg("%s was taken", text);
	assert_int_equal(e.code, ERR_USAGE);
}

static void test_the_address_of_a_run_or_job(void **state)
{
	(void)state;
	unsetenv("GITHUB_SERVER_URL");
	expect("https://github.com/o/r/actions/runs/12", "o/r", 12, 0, 0);
	expect("https://github.com/o/r/actions/runs/12/", "o/r", 12, 0, 0);
	expect("https://github.com/o/r/actions/runs/12?pr=3", "o/r", 12, 0, 0);
	expect("https://github.com/o/r/actions/runs/12/attempts/2", "o/r", 12, 2, 0);
	expect("https://github.com/o/r.x/actions/runs/12/job/34#step:4:17", "o/r.x", 12, 0, 34);
	expect("https://github.com/o/r/actions/runs/12/attempts/2/job/34?pr=1#x", "o/r", 12, 2, 34);
}

static void test_other_addresses_are_refused(void **state)
{
	(void)state;
	unsetenv("GITHUB_SERVER_URL");
	refuse("https://github.com.example.org/o/r/actions/runs/12");
	refuse("https://example.org/o/r/actions/runs/12");
	refuse("http://github.com/o/r/actions/runs/12");
	refuse("https://github.com/o/r");
	refuse("https://github.com/o/r/pull/12");
	refuse("https://github.com/o/r/actions/runs/twelve");
	refuse("https://github.com/../r/actions/runs/12");
	refuse("https://github.com/o r/x/actions/runs/12");
	refuse("https://github.com/o/r/actions/runs/99999999999999999999");
	setenv("GITHUB_SERVER_URL", "https://ghes.example.org/", 1);
	refuse("https://github.com/o/r/actions/runs/12");
	expect("https://ghes.example.org/o/r/actions/runs/12", "o/r", 12, 0, 0);
	unsetenv("GITHUB_SERVER_URL");
}

static void test_words_of_github_for_an_end(void **state)
{
	(void)state;
	assert_int_equal(remote_conclusion("failure"), CONCLUSION_FAILURE);
	assert_int_equal(remote_conclusion("startup_failure"), CONCLUSION_FAILURE);
	assert_int_equal(remote_conclusion("timed_out"), CONCLUSION_TIMED_OUT);
	assert_int_equal(remote_conclusion("cancelled"), CONCLUSION_CANCELLED);
	assert_int_equal(remote_conclusion("success"), CONCLUSION_SUCCESS);
	assert_int_equal(remote_conclusion("skipped"), CONCLUSION_UNKNOWN);
	assert_int_equal(remote_conclusion("neutral"), CONCLUSION_UNKNOWN);
	assert_int_equal(remote_conclusion(NULL), CONCLUSION_UNKNOWN);
}

static void test_a_job_keeps_its_own_attempt_in_the_history(void **state)
{
	ARENA_AUTO a = {0};
	struct store_execution x;
	struct remote_run run = {.repository = "o/r"};
	struct github_job job = {.id = 34, .attempt = 1, .name = "test (3.12)", .conclusion = "failure"};

	(void)state;
	run.run = (struct github_run){
		.id = 12, .attempt = 2, .workflow = "CI", .head_sha = "abc", .conclusion = "success", .fork = true};
	remote_execution(&x, &run, &job, &a);
	assert_int_equal(x.run, 12);
	assert_int_equal(x.attempt, 1);
	assert_string_equal(x.job, "34");
	assert_string_equal(x.job_name, "test (3.12)");
	assert_string_equal(x.commit, "abc");
	assert_int_equal(x.conclusion, CONCLUSION_FAILURE);
	assert_true(x.fork);
	remote_execution(&x, &run, NULL, &a);
	assert_null(x.job);
	assert_int_equal(x.attempt, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_address_of_a_run_or_job),
		cmocka_unit_test(test_other_addresses_are_refused),
		cmocka_unit_test(test_words_of_github_for_an_end),
		cmocka_unit_test(test_a_job_keeps_its_own_attempt_in_the_history),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
