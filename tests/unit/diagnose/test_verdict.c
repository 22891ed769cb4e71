#include "diagnose_testing.h"

static void check(struct bench *b, const char *text, enum conclusion given, enum conclusion expected, const char *step)
{
	struct gathered g;
	const struct log_step *s;

	gather(&g, b, text, given);
	s = log_step(g.log, g.verdict.step);
	assert_string_equal(conclusion_name(g.verdict.conclusion), conclusion_name(expected));
	assert_int_equal(g.verdict.failed, expected != CONCLUSION_SUCCESS);
	assert_view(s ? s->name : VIEW("-"), step);
	gathered_done(&g);
}

#define UNKNOWN CONCLUSION_UNKNOWN
#define SUCCESS CONCLUSION_SUCCESS
#define FAILURE CONCLUSION_FAILURE

#define GOOD BEGIN SCRIPT("make") SAY("built") END
#define RED BEGIN SCRIPT("make") SAY("quux: no") EXIT("2") END

static void test_a_step_that_ended_with_an_exit_code(void **state)
{
	(void)state;
	check(*state, RED, UNKNOWN, FAILURE, "Run make");
	check(*state, GOOD, UNKNOWN, SUCCESS, "-");
	check(*state, BEGIN SCRIPT("make") EXIT("2") SCRIPT("echo always") SAY("x") END, UNKNOWN, FAILURE, "Run make");
}

static void test_the_first_of_several_failed_steps(void **state)
{
	check(*state, BEGIN SCRIPT("first") EXIT("1") SCRIPT("second") EXIT("1") END, UNKNOWN, FAILURE, "Run first");
}

static void test_what_a_runner_log_only_prints_is_no_failure(void **state)
{
	check(*state,
		BEGIN SCRIPT("make") SAY("quux: no") SAY("##[error]quux: no") SAY("more") SCRIPT("npm ci") SAY("x") END,
		UNKNOWN, SUCCESS, "-");
}

static void test_a_job_that_was_cut_off(void **state)
{
	check(*state, BEGIN SCRIPT("make") SAY("compiling"), UNKNOWN, FAILURE, "-");
}

static void test_cancelled_and_timed_out(void **state)
{
	check(*state, BEGIN SCRIPT("make") SAY("x") SAY("##[error]The operation was canceled.") END, UNKNOWN,
		CONCLUSION_CANCELLED, "Run make");
	check(*state,
		BEGIN SCRIPT("make") SAY("x") SAY("##[error]The action 'make' has timed out after 5 minutes.") END,
		UNKNOWN, CONCLUSION_TIMED_OUT, "Run make");
}

static void test_text_without_runner_lines_fails_by_a_cause(void **state)
{
	check(*state, "quux: no\n", UNKNOWN, FAILURE, "-");
	check(*state, "quux-symptom a\nquux-wrapper b\n", UNKNOWN, SUCCESS, "-");
	check(*state, "all is well\n", UNKNOWN, SUCCESS, "-");
}

static void test_what_is_known_beats_what_the_log_says(void **state)
{
	check(*state, RED, SUCCESS, SUCCESS, "Run make");
	check(*state, "all is well\n", FAILURE, FAILURE, "-");
	check(*state, RED, CONCLUSION_CANCELLED, CONCLUSION_CANCELLED, "Run make");
	check(*state, GOOD, CONCLUSION_TIMED_OUT, CONCLUSION_TIMED_OUT, "-");
}

static void test_a_known_failure_lies_where_the_last_error_is(void **state)
{
	check(*state,
		BEGIN SCRIPT("first") SAY("##[error]one") SAY("x") SCRIPT("npm ci") SAY("##[error]two") SAY("x")
			SCRIPT("npm test") SAY("x") END,
		FAILURE, FAILURE, "Run npm ci");
}

static void test_the_range_is_the_step_up_to_its_end(void **state)
{
	struct gathered g;

	gather(&g, *state, RED, UNKNOWN);
	assert_int_equal(g.verdict.first, 2);
	assert_int_equal(g.verdict.last, 7);
	gathered_done(&g);
	gather(&g, *state, "quux: no\nmore\n", UNKNOWN);
	assert_int_equal(g.verdict.first, 1);
	assert_int_equal(g.verdict.last, 2);
	gathered_done(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_step_that_ended_with_an_exit_code),
		cmocka_unit_test(test_the_first_of_several_failed_steps),
		cmocka_unit_test(test_what_a_runner_log_only_prints_is_no_failure),
		cmocka_unit_test(test_a_job_that_was_cut_off),
		cmocka_unit_test(test_cancelled_and_timed_out),
		cmocka_unit_test(test_text_without_runner_lines_fails_by_a_cause),
		cmocka_unit_test(test_what_is_known_beats_what_the_log_says),
		cmocka_unit_test(test_a_known_failure_lies_where_the_last_error_is),
		cmocka_unit_test(test_the_range_is_the_step_up_to_its_end),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
