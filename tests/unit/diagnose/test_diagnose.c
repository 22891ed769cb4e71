#include "diagnose_testing.h"

static void test_a_failed_job(void **state)
{
	struct diagnosis d = diagnose_text(*state, BEGIN SAY("Image: ubuntu-24.04") SCRIPT("make test") SAY("cc a.c")
							   SAY("quux: src/a.c:7: no such thing") EXIT("2") END);
	const struct finding *f = diagnosis_primary(&d);

	assert_non_null(f);
	assert_true(d.failed && d.from_runner && !d.cut_off);
	assert_int_equal(d.conclusion, CONCLUSION_FAILURE);
	assert_string_equal(d.source.path, "job.log");
	assert_int_equal(d.source.lines, 11);
	assert_true(d.failed_step.known);
	assert_string_equal(d.failed_step.name, "Run make test");
	assert_string_equal(d.failed_step.command, "make test");
	assert_int_equal(d.failed_step.exit_code, 2);
	assert_int_equal(d.failed_step.first_line, 3);
	assert_string_equal(f->rule_id, "own/cause");
	assert_string_equal(f->tool, "own");
	assert_int_equal(f->category, CATEGORY_BUILD);
	assert_int_equal(f->line, 8);
	assert_string_equal(f->message, "no such thing");
	assert_string_equal(f->title, "quux says no such thing");
	assert_string_equal(f->location.path, "src/a.c");
	assert_int_equal(f->location.line, 7);
	assert_int_equal(f->location.column, 0);
	assert_memory_equal(f->signature, "1:", 2);
	assert_true(f->excerpt.first <= 8 && f->excerpt.last >= 8);
	assert_true(f->why && f->hint);
	assert_false(d.tests_known);
	diagnosis_done(&d);
}

static void test_a_job_that_passed_has_no_findings(void **state)
{
	struct diagnosis d = diagnose_text(*state, BEGIN SCRIPT("make") SAY("quux: no, but it went on") END);

	assert_false(d.failed);
	assert_int_equal(d.conclusion, CONCLUSION_SUCCESS);
	assert_null(diagnosis_primary(&d));
	assert_false(d.failed_step.known);
	assert_int_equal(d.failed_step.index, LOG_NO_STEP);
	diagnosis_done(&d);
}

static void test_a_failure_that_no_rule_knows(void **state)
{
	struct diagnosis d =
		diagnose_text(*state, BEGIN SCRIPT("./own") SAY("zork begins") SAY("zork: cannot frobnicate the gizmo")
					      SAY("bye") EXIT("3") END);
	const struct finding *f = diagnosis_primary(&d);

	assert_non_null(f);
	assert_null(f->rule);
	assert_true(view_starts(view_of(f->rule_id), "generic/"));
	assert_int_equal(f->line, 7);
	assert_true(f->confidence > 0 && f->confidence < 0.5);
	assert_true(f->excerpt.first <= 7 && f->excerpt.last >= 7);
	assert_memory_equal(f->signature, "1:", 2);
	diagnosis_done(&d);
}

static uint32_t generic_line(struct bench *b, const char *text)
{
	struct diagnosis d = diagnose_text(b, text);
	const struct finding *f = diagnosis_primary(&d);
	uint32_t line = f->line;

	assert_null(f->rule);
	diagnosis_done(&d);
	return line;
}

static void test_a_generic_finding_is_no_warning_and_no_total_of_zero(void **state)
{
	assert_int_equal(generic_line(*state,
				 BEGIN SCRIPT("./own") SAY("zork: error in the gizmo") SAY("warning: old error-pages")
					 SAY("zork: 0 errors elsewhere") EXIT("3") END),
		6);
	assert_int_equal(generic_line(*state,
				 BEGIN SCRIPT("./own") SAY("warning: old error-pages") SAY("zork stops") EXIT("3") END),
		7);
}

static void test_a_step_that_said_nothing(void **state)
{
	struct diagnosis d = diagnose_text(*state, BEGIN SCRIPT("./own") EXIT("3") END);

	assert_non_null(diagnosis_primary(&d));
	assert_int_equal(diagnosis_primary(&d)->line, 6);
	assert_string_equal(diagnosis_primary(&d)->signature, "");
	diagnosis_done(&d);
}

static void test_a_title_falls_back_to_the_line(void **state)
{
	struct diagnosis d = diagnose_text(*state, "quux-framed by hand\n");

	assert_string_equal(diagnosis_primary(&d)->title, "quux-framed by hand");
	assert_string_equal(diagnosis_primary(&d)->message, "quux-framed by hand");
	diagnosis_done(&d);
}

static void test_echoes_are_no_findings_of_their_own(void **state)
{
	struct diagnosis d = diagnose_text(*state, "quux: a.c:1: no\nx\nquux: a.c:9: no\nquux: b.c:2: no\n");

	assert_int_equal(d.finding_count, 2);
	assert_int_equal(d.findings[0].line, 1);
	assert_int_equal(d.findings[1].line, 4);
	diagnosis_done(&d);
}

static void test_findings_have_a_ceiling(void **state)
{
	BUF_AUTO text = buf_new(BUF_PAGE);
	struct diagnosis d;

	for (char c = 'a'; c <= 'z'; c++)
		buf_addf(&text, "quux: %c.c:1: no\n", c);
	d = diagnose_text(*state, buf_text(&text));
	assert_int_equal(d.finding_count, DIAGNOSIS_FINDINGS_MAX);
	diagnosis_done(&d);
}

static void signature(struct bench *b, const char *text, char ret[SIGNATURE_MAX])
{
	struct diagnosis d = diagnose_text(b, text);

	assert_non_null(diagnosis_primary(&d));
	memcpy(ret, diagnosis_primary(&d)->signature, SIGNATURE_MAX);
	diagnosis_done(&d);
}

static void check_signatures(struct bench *b, const char *one, const char *other, bool same)
{
	char s[SIGNATURE_MAX], t[SIGNATURE_MAX];

	signature(b, one, s);
	signature(b, other, t);
	if (same)
		assert_string_equal(s, t);
	else
		assert_string_not_equal(s, t);
}

static void test_the_order_of_alike_failures_does_not_matter(void **state)
{
	check_signatures(
		*state, "quux: b.c:1: no\nquux: a.c:2: never\n", "quux: a.c:7: never\nquux: b.c:1: no\n", true);
	check_signatures(
		*state, "quux: a.c:1: x y z\nquux: a.c:2: p q r\n", "quux: a.c:1: p q r\nquux: a.c:2: x y z\n", true);
	check_signatures(*state, "quux: one thing\nquux: other thing\n", "quux: other thing\nquux: one thing\n", true);
	check_signatures(*state, "quux: b.c:1: no\n", "quux: c.c:1: no\n", false);
}

static void test_what_stands_in_another_line_takes_part(void **state)
{
	check_signatures(*state, "quux-near no such\n  in a.c of f\n", "quux-near no such\n  in a.c of g\n", false);
	check_signatures(*state, "quux-near no such\n  in a.c of f\n", "quux-near no such\nx\n  in a.c of f\n", true);
}

#define PYTEST(name)                                                                                                   \
	BEGIN SCRIPT("pytest") SAY("=================== FAILURES ===================") SAY(                            \
		"____________ " name " ____________") SAY("tests/test_a.py:7: in " name) SAY("E       assert 1 == 2")  \
		SAY("tests/test_a.py:7: AssertionError") SAY(                                                          \
			"=========================== short test summary info ============================")            \
			SAY("FAILED tests/test_a.py::" name " - assert 1 == 2") SAY(                                   \
				"========================= 1 failed, 3 passed in 0.12s ==========================")    \
				EXIT("1") END

static void test_a_finding_about_tests_is_named_by_the_test(void **state)
{
	struct diagnosis d = diagnose_text(*state, PYTEST("test_low"));

	assert_true(d.tests_known);
	assert_int_equal(d.tests.failed, 1);
	assert_int_equal(d.tests.passed, 3);
	assert_int_equal(d.failed_test_count, 1);
	assert_string_equal(d.failed_tests[0].id, "tests/test_a.py::test_low");
	diagnosis_done(&d);
	check_signatures(*state, PYTEST("test_low"), PYTEST("test_low"), true);
	check_signatures(*state, PYTEST("test_low"), PYTEST("test_high"), false);
}

static void test_a_status_that_speaks_names_what_was_run(void **state)
{
	check_signatures(
		*state, BEGIN SCRIPT("./a") EXIT("137") END, BEGIN SCRIPT("./a") SAY("x") EXIT("137") END, true);
	check_signatures(*state, BEGIN SCRIPT("./a") EXIT("137") END, BEGIN SCRIPT("./b") EXIT("137") END, false);
	check_signatures(*state, BEGIN SCRIPT("./a") EXIT("137") END, BEGIN SCRIPT("./a") EXIT("139") END, false);
}

static void test_passing_logs_tell_what_is_news(void **state)
{
	struct err e = {0};
	struct log *passing = NULL;
	struct diagnosis d;

	assert_success(log_open_memory(&passing, VIEW("quux: harmless 12\n"), &e), &e);
	d = diagnose_bytes(*state, VIEW("quux: harmless 7\nx\nquux: the real one\n"),
		&(struct diagnose_options){.baselines = &passing, .baseline_count = 1});
	assert_int_equal(diagnosis_primary(&d)->line, 3);
	diagnosis_done(&d);
	log_close(passing);
}

static void test_the_conclusion_that_is_known(void **state)
{
	struct diagnosis d = diagnose_bytes(
		*state, VIEW("all is well\n"), &(struct diagnose_options){.conclusion = CONCLUSION_FAILURE});

	assert_true(d.failed);
	assert_int_equal(d.finding_count, 1);
	diagnosis_done(&d);
	d = diagnose_bytes(*state, VIEW("quux: no\n"), &(struct diagnose_options){.conclusion = CONCLUSION_SUCCESS});
	assert_false(d.failed);
	assert_int_equal(d.finding_count, 0);
	diagnosis_done(&d);
}

static void test_fewer_excerpt_lines(void **state)
{
	struct diagnosis d =
		diagnose_bytes(*state, VIEW("a\nb\nquux: no\nc\nd\n"), &(struct diagnose_options){.excerpt_lines = 2});

	assert_int_equal(diagnosis_primary(&d)->excerpt.count, 2);
	diagnosis_done(&d);
}

static void count_test(void *context, const struct test_case *one)
{
	(void)one;
	++*(int *)context;
}

static void count_progress(void *context, uint64_t bytes)
{
	*(uint64_t *)context = bytes;
}

static void test_results_and_progress_are_told_on_the_way(void **state)
{
	int results = 0;
	uint64_t bytes = 0;
	struct diagnosis d = diagnose_bytes(*state, VIEW("1..2\nok 1 - a\nnot ok 2 - b\n"),
		&(struct diagnose_options){.every_test = count_test,
			.context = &results,
			.progress = count_progress,
			.progress_context = &bytes});

	assert_int_equal(results, 2);
	assert_true(bytes > 0);
	diagnosis_done(&d);
}

static void test_binary_input_is_refused(void **state)
{
	struct bench *b = *state;
	char bytes[4096];
	struct diagnosis d = {0};
	struct err e = {0};
	struct log *l = NULL;

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (char)(i * 37);
	assert_success(log_open_memory(&l, view_make(bytes, sizeof bytes), &e), &e);
	assert_int_equal(diagnose(&d, l, "x", b->matcher, &(struct diagnose_options){0}, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_null(d.arena.head);
	log_close(l);
}

static void test_the_same_log_gives_the_same_answer(void **state)
{
	const char *text =
		BEGIN SCRIPT("make") SAY("quux: a.c:1: no") SAY("quux-symptom t") SAY("quux: b.c:2: x") EXIT("2") END;
	struct diagnosis a = diagnose_text(*state, text), b = diagnose_text(*state, text);

	assert_int_equal(a.finding_count, b.finding_count);
	for (size_t i = 0; i < a.finding_count; i++) {
		assert_string_equal(a.findings[i].rule_id, b.findings[i].rule_id);
		assert_string_equal(a.findings[i].signature, b.findings[i].signature);
		assert_int_equal(a.findings[i].line, b.findings[i].line);
	}
	diagnosis_done(&a);
	diagnosis_done(&b);
	diagnosis_done(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_failed_job),
		cmocka_unit_test(test_a_job_that_passed_has_no_findings),
		cmocka_unit_test(test_a_failure_that_no_rule_knows),
		cmocka_unit_test(test_a_generic_finding_is_no_warning_and_no_total_of_zero),
		cmocka_unit_test(test_a_step_that_said_nothing),
		cmocka_unit_test(test_a_title_falls_back_to_the_line),
		cmocka_unit_test(test_echoes_are_no_findings_of_their_own),
		cmocka_unit_test(test_findings_have_a_ceiling),
		cmocka_unit_test(test_the_order_of_alike_failures_does_not_matter),
		cmocka_unit_test(test_what_stands_in_another_line_takes_part),
		cmocka_unit_test(test_a_finding_about_tests_is_named_by_the_test),
		cmocka_unit_test(test_a_status_that_speaks_names_what_was_run),
		cmocka_unit_test(test_passing_logs_tell_what_is_news),
		cmocka_unit_test(test_the_conclusion_that_is_known),
		cmocka_unit_test(test_fewer_excerpt_lines),
		cmocka_unit_test(test_results_and_progress_are_told_on_the_way),
		cmocka_unit_test(test_binary_input_is_refused),
		cmocka_unit_test(test_the_same_log_gives_the_same_answer),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
