#include "diagnose_testing.h"

/* Ranks what a log gives and compares with the lines expected, best first. The catalogue's own wrappers are no matter.
 */
static void check_order(struct bench *b, const char *text, const uint32_t *lines, size_t n)
{
	struct gathered g;
	size_t own = 0;

	gather(&g, b, text, CONCLUSION_FAILURE);
	candidates_rank(&g.list, &g.all, &g.verdict);
	for (size_t i = 0; i < g.list.n; i++) {
		assert_true(i == 0 || g.list.items[i - 1].score >= g.list.items[i].score);
		if (!view_starts(view_of(g.list.items[i].rule->id), "own/"))
			continue;
		assert_true(own < n);
		assert_int_equal(g.list.items[i].at.line, lines[own++]);
	}
	assert_int_equal(own, n);
	gathered_done(&g);
}

#define NO_LINES NULL, 0
#define LINES(...) ((const uint32_t[]){__VA_ARGS__}), sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t)

static void test_cause_before_symptom_before_wrapper(void **state)
{
	check_order(*state, "quux-wrapper x\nquux-symptom t\nquux: no\n", LINES(3, 2, 1));
}

static void test_of_equals_the_earlier_line(void **state)
{
	check_order(*state, "quux: one\nx\nquux: two\nquux: three\n", LINES(1, 3, 4));
}

static void test_an_error_mark_is_for_it_a_warning_mark_against(void **state)
{
	check_order(*state, "quux: one\n##[error]quux: two\n##[warning]quux: three\n", LINES(2, 1, 3));
}

static void test_far_from_the_end_counts_less(void **state)
{
	BUF_AUTO text = buf_new(BUF_PAGE);

	buf_add_text(&text, "quux: early\n");
	for (int i = 0; i < 500; i++)
		buf_add_text(&text, "fine\n");
	buf_add_text(&text, "quux-near late\n  in a.c of f\n");
	check_order(*state, buf_text(&text), LINES(502, 1));
}

static struct candidate *find(struct gathered *g, uint32_t line)
{
	for (size_t i = 0; i < g->list.n; i++)
		if (g->list.items[i].at.line == line)
			return &g->list.items[i];
	fail_msg("no candidate in line %u", line);
	return NULL;
}

static void test_what_passing_logs_print_counts_less(void **state)
{
	struct gathered g;

	gather(&g, *state, "quux: one\nquux: two\n", CONCLUSION_FAILURE);
	g.all.has_baseline = true;
	find(&g, 1)->at.news = false;
	find(&g, 2)->at.news = true;
	candidates_rank(&g.list, &g.all, &g.verdict);
	assert_int_equal(g.list.items[0].at.line, 2);
	assert_true(g.list.items[0].score > g.list.items[1].score + 1);
	gathered_done(&g);
}

static double score_of(struct bench *b, const char *text, uint32_t line)
{
	struct gathered g;
	double score;

	gather(&g, b, text, CONCLUSION_FAILURE);
	candidates_rank(&g.list, &g.all, &g.verdict);
	score = find(&g, line)->score;
	gathered_done(&g);
	return score;
}

#define FAILED_TESTS "1..2\nok 1 - a\nnot ok 2 - b\n"
#define PASSED_TESTS "1..2\nok 1 - a\nok 2 - b\n"

static void test_totals_of_frameworks_are_evidence(void **state)
{
	double alone = score_of(*state, "x\nx\nx\nquux: no\nquux-symptom t\n", 5);

	assert_true(score_of(*state, FAILED_TESTS "quux: no\nquux-symptom t\n", 5) > alone);
	assert_true(score_of(*state, PASSED_TESTS "quux: no\nquux-symptom t\n", 5) < alone);
	alone = score_of(*state, "x\nx\nx\nquux: no\n", 4);
	assert_true(score_of(*state, "1..2\nquux: no\nok 1 - a\nnot ok 2 - b\n", 2) < alone);
	assert_true(score_of(*state, FAILED_TESTS "quux: no\n", 4) > alone);
	assert_true(score_of(*state, PASSED_TESTS "quux: no\n", 4) == alone);
}

static double confidence(const struct gathered *g, size_t i)
{
	struct finding f = {0};

	finding_judge(&f, &g->list, i, &g->all);
	return f.confidence;
}

static void test_confidence(void **state)
{
	struct gathered g;

	gather(&g, *state,
		BEGIN SCRIPT("make") SAY("quux: no") SAY("quux-symptom t") SAY("quux-wrapper w") EXIT("1") END,
		CONCLUSION_UNKNOWN);
	candidates_rank(&g.list, &g.all, &g.verdict);
	assert_true(confidence(&g, 0) > confidence(&g, 1));
	assert_true(confidence(&g, 1) > confidence(&g, 2));
	gathered_done(&g);
}

static void test_a_rival_makes_less_certain(void **state)
{
	struct gathered g;
	double rivalled;

	gather(&g, *state, "quux: no\nquux-framed\n", CONCLUSION_FAILURE);
	candidates_rank(&g.list, &g.all, &g.verdict);
	rivalled = confidence(&g, 0);
	g.list.n = 1;
	assert_true(rivalled < confidence(&g, 0));
	gathered_done(&g);
}

static void test_near_confirms_or_refuses(void **state)
{
	check_order(*state, "quux-near lonely\nx\n", NO_LINES);
}

static void test_an_exit_code_that_a_rule_asks_for(void **state)
{
	check_order(*state, BEGIN SCRIPT("make") SAY("quux-killed") EXIT("137") END, LINES(6));
	check_order(*state, BEGIN SCRIPT("make") SAY("quux-killed") EXIT("1") END, NO_LINES);
}

static void test_only_the_failing_step_is_searched(void **state)
{
	check_order(*state, BEGIN SCRIPT("a") SAY("quux: in another step") SCRIPT("b") SAY("quux: here") EXIT("1") END,
		LINES(11));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cause_before_symptom_before_wrapper),
		cmocka_unit_test(test_of_equals_the_earlier_line),
		cmocka_unit_test(test_an_error_mark_is_for_it_a_warning_mark_against),
		cmocka_unit_test(test_far_from_the_end_counts_less),
		cmocka_unit_test(test_what_passing_logs_print_counts_less),
		cmocka_unit_test(test_totals_of_frameworks_are_evidence),
		cmocka_unit_test(test_confidence),
		cmocka_unit_test(test_a_rival_makes_less_certain),
		cmocka_unit_test(test_near_confirms_or_refuses),
		cmocka_unit_test(test_an_exit_code_that_a_rule_asks_for),
		cmocka_unit_test(test_only_the_failing_step_is_searched),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
