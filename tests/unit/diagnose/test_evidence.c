/* What stands around a candidate decides, whatever tool printed it: each kind of evidence in logs of several tools. */
#include "diagnose_testing.h"

static void check_first(struct bench *b, const char *text, uint32_t line)
{
	struct gathered g;

	gather(&g, b, text, CONCLUSION_FAILURE);
	candidates_rank(&g.list, &g.all, &g.verdict);
	assert_true(g.list.n > 0);
	assert_int_equal(g.list.items[0].at.line, line);
	gathered_done(&g);
}

/* Rules of the catalogue may know other lines of a framework. */
static void check_better(struct bench *b, const char *text, uint32_t better, uint32_t worse)
{
	struct gathered g;
	size_t at[2] = {0};

	gather(&g, b, text, CONCLUSION_FAILURE);
	candidates_rank(&g.list, &g.all, &g.verdict);
	for (size_t i = 0; i < g.list.n; i++) {
		at[0] = g.list.items[i].at.line == better ? i + 1 : at[0];
		at[1] = g.list.items[i].at.line == worse ? i + 1 : at[1];
	}
	assert_true(at[0] && at[1]);
	assert_true(at[0] < at[1]);
	gathered_done(&g);
}

static unsigned evidence_at(struct bench *b, const char *text, uint32_t line)
{
	struct gathered g;
	unsigned evidence = 0;
	bool found = false;

	gather(&g, b, text, CONCLUSION_FAILURE);
	for (size_t i = 0; i < g.list.n; i++)
		if (g.list.items[i].at.line == line) {
			evidence = g.list.items[i].evidence;
			found = true;
		}
	assert_true(found);
	gathered_done(&g);
	return evidence;
}

/* ---- what a failed test names ---------------------------------------------------------------- */

#define TAP                                                                                                            \
	"1..3\n"                                                                                                       \
	"quux: cannot connect, as the test expects\n"                                                                  \
	"ok 1 - refuses a dead server\n"                                                                               \
	"not ok 2 - adds the rows\n"                                                                                   \
	"quux: 3 is not 4\n"                                                                                           \
	"ok 3 - quits\n"

#define GO                                                                                                             \
	"=== RUN   TestRefuse\n"                                                                                       \
	"quux: cannot connect, as the test expects\n"                                                                  \
	"--- PASS: TestRefuse (0.00s)\n"                                                                               \
	"=== RUN   TestTotals\n"                                                                                       \
	"quux: 3 is not 4\n"                                                                                           \
	"--- FAIL: TestTotals (0.00s)\n"                                                                               \
	"FAIL\n"

#define UNITTEST                                                                                                       \
	"quux: cannot connect, as the test expects\n"                                                                  \
	"..E\n"                                                                                                        \
	"======================================================================\n"                                     \
	"ERROR: test_totals (tests.test_rows.RowsTest)\n"                                                              \
	"----------------------------------------------------------------------\n"                                     \
	"Traceback (most recent call last):\n"                                                                         \
	"quux: 3 is not 4\n"                                                                                           \
	"----------------------------------------------------------------------\n"                                     \
	"Ran 3 tests in 0.010s\n"                                                                                      \
	"\n"                                                                                                           \
	"FAILED (errors=1)\n"

static void test_what_a_failed_test_names_beats_what_others_print(void **state)
{
	check_better(*state, TAP, 5, 2);
	check_better(*state, GO, 5, 2);
	check_better(*state, UNITTEST, 7, 1);
	assert_false(evidence_at(*state, GO, 2) & EVIDENCE_NAMED);
	assert_true(evidence_at(*state, GO, 5) & EVIDENCE_NAMED);
}

/* ---- sums and wrappers ----------------------------------------------------------------------- */

static void test_a_sum_is_no_cause(void **state)
{
	check_first(*state, "quux-symptom t\n3 quuxes failed\n", 1);
	check_first(*state, "quux-symptom t\nFound 3 errors in 2 files\n", 1);
	check_first(*state, "quux-symptom t\n× 3 problems\n", 1);
	check_first(*state, "3 quuxes failed\n", 1); /* better than nothing */
}

static void test_what_is_said_of_a_command_is_no_cause_when_it_spoke_itself(void **state)
{
	check_first(*state,
		"quux: no rule for b.o\nsubprocess.CalledProcessError: Command 'quux says b' returned non-zero exit "
		"status 2.\n",
		1);
	check_first(*state, "quux-symptom t\nError: Command failed: quux says t\n", 1);
	check_first(*state, "x\nError: Command failed: quux says t\n", 2);
}

static void test_a_property_of_a_printed_object_is_an_echo(void **state)
{
	check_first(*state, "{\n  message: 'quux says no',\n}\nquux: no\n", 4);
	check_first(*state, "{\n    \"error\": \"quux says no\",\n}\nquux: no\n", 4);
	check_first(*state, "{\n  message: 'quux says no',\n}\n", 2);
}

static void test_source_code_that_a_trace_shows_is_an_echo(void **state)
{
	check_first(*state, "a.mjs:61\n    throw new Error('quux: no');\n          ^\n\nquux: no\n", 5);
	check_first(*state, "    throw new Error('x');\nquux: no\n", 2);
}

/* ---- what was survived ----------------------------------------------------------------------- */

static void test_of_several_attempts_the_last_failed(void **state)
{
	check_first(*state, "quux: no answer\nRetrying in 5 seconds\nquux: no answer\n", 3);
	check_first(*state, "Attempt 1 of 3\nquux: no\nAttempt 2 of 3\nquux: no\nAttempt 3 of 3\nquux: no\n", 6);
	check_first(*state,
		"quux: no list\nthe index was synchronised again and the installation retried\nx\nquux: no\n", 4);
	check_first(*state, "quux: no\nx\nquux: no\n", 1); /* two failures, not two attempts */
}

static void test_what_a_retry_survived_is_no_cause(void **state)
{
	check_first(*state, "quux: no answer\nwarning: will retry\nfetched\nquux-near bad\n  in a.c of f\n", 4);
}

static void test_success_behind_an_error_says_it_was_tolerated(void **state)
{
	check_first(*state,
		BEGIN SCRIPT("bump") SAY("quux: cannot resolve") SAY("✅ Version bumped") SAY("quux-near late")
			SAY("  in a.c of f") EXIT("1") END,
		8);
	check_first(*state,
		BEGIN SCRIPT("deploy") SAY("quux: no cache") SAY("Image was built successfully.") SAY("quux-near late")
			SAY("  in a.c of f") EXIT("1") END,
		8);
	check_first(*state, BEGIN SCRIPT("bump") SAY("quux: cannot resolve") SAY("✅ Cleaned up") EXIT("1") END, 6);
}

/* ---- another step than the failing one ------------------------------------------------------- */

static void check_elsewhere(struct bench *b, const char *text, const char *step, uint32_t line)
{
	struct diagnosis d = diagnose_text(b, text);

	assert_true(d.failed);
	assert_string_equal(d.failed_step.name, step);
	assert_int_equal(diagnosis_primary(&d)->line, line);
	assert_true(diagnosis_primary(&d)->excerpt.first <= line && diagnosis_primary(&d)->excerpt.last >= line);
	diagnosis_done(&d);
}

static void test_reports_are_shown_by_a_later_step(void **state)
{
	check_elsewhere(*state,
		BEGIN SCRIPT("ant check") SAY("quux-wrapper x") EXIT("1") SCRIPT("cat build/reports/*.txt")
			SAY("quux: in the report") END,
		"Run ant check", 12);
	check_elsewhere(*state,
		BEGIN SCRIPT("helm test app") SAY("quux-wrapper x") EXIT("1") SCRIPT("kubectl logs deploy/app")
			SAY("quux: in the log") END,
		"Run helm test app", 12);
	check_elsewhere(*state,
		BEGIN SCRIPT("make check") SAY("quux-weak x") EXIT("2") SCRIPT("cat tests/test-suite.log")
			SAY("quux: in the log") END,
		"Run make check", 12);
	check_elsewhere(*state,
		BEGIN SCRIPT("make check") SAY("quux: here") EXIT("1") SCRIPT("cat test.log") SAY("quux: there") END,
		"Run make check", 6);
}

static void test_a_gate_fails_for_a_forgiven_step(void **state)
{
	check_elsewhere(*state,
		BEGIN SCRIPT("make lint") SAY("quux: lint") EXIT("1") SCRIPT("npm test") SAY("fine")
			SCRIPT("test $OUTCOME = success || exit 1") EXIT("1") END,
		"Run test $OUTCOME = success || exit 1", 6);
	check_elsewhere(*state,
		BEGIN SCRIPT("cargo test") SAY("quux: test") EXIT("101") SCRIPT("pytest") SAY("fine") SCRIPT("exit 1")
			EXIT("1") END,
		"Run exit 1", 6);
}

/* ---- why ------------------------------------------------------------------------------------- */

static void check_why(struct bench *b, const char *text, const char *part)
{
	struct diagnosis d = diagnose_text(b, text);

	assert_non_null(strstr(diagnosis_primary(&d)->why, part));
	diagnosis_done(&d);
}

static void test_why_says_what_decided(void **state)
{
	check_why(*state, GO, "named by a test that failed");
	check_why(*state, "quux: one\nquux: two\n", "first error of the failing step");
	check_why(*state, "quux: one\n", "Nothing else");
	check_why(*state, "quux: no\nRetrying in 5 seconds\nquux: no\n", "last attempt");
	check_why(*state,
		BEGIN SCRIPT("ant check") SAY("quux-wrapper x") EXIT("1") SCRIPT("cat report.txt") SAY("quux: a") END,
		"another step shows it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_failed_test_names_beats_what_others_print),
		cmocka_unit_test(test_a_sum_is_no_cause),
		cmocka_unit_test(test_what_is_said_of_a_command_is_no_cause_when_it_spoke_itself),
		cmocka_unit_test(test_a_property_of_a_printed_object_is_an_echo),
		cmocka_unit_test(test_source_code_that_a_trace_shows_is_an_echo),
		cmocka_unit_test(test_of_several_attempts_the_last_failed),
		cmocka_unit_test(test_what_a_retry_survived_is_no_cause),
		cmocka_unit_test(test_success_behind_an_error_says_it_was_tolerated),
		cmocka_unit_test(test_reports_are_shown_by_a_later_step),
		cmocka_unit_test(test_a_gate_fails_for_a_forgiven_step),
		cmocka_unit_test(test_why_says_what_decided),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
