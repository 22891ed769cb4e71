#include "diagnose_testing.h"

/* The excerpt of the best candidate. */
static struct finding cut_out(struct gathered *g, struct bench *b, const char *text, unsigned lines_max)
{
	struct finding f = {0};
	struct err e = {0};

	gather(g, b, text, CONCLUSION_FAILURE);
	candidates_rank(&g->list, &g->all, &g->verdict);
	assert_true(g->list.n > 0);
	assert_success(
		excerpt_make(&f, &g->arena, g->log, b->matcher, &g->list.items[0], &g->verdict, lines_max, &e), &e);
	assert_int_equal(f.excerpt.count, f.excerpt.last - f.excerpt.first + 1);
	for (size_t i = 0; i < f.excerpt.count; i++)
		assert_int_equal(f.excerpt.lines[i].number, f.excerpt.first + i);
	return f;
}

static void check_lines(struct bench *b, const char *text, unsigned lines_max, uint32_t first, uint32_t last)
{
	struct gathered g;
	struct finding f = cut_out(&g, b, text, lines_max);

	assert_int_equal(f.excerpt.first, first);
	assert_int_equal(f.excerpt.last, last);
	gathered_done(&g);
}

#define FIVE(c) c "1\n" c "2\n" c "3\n" c "4\n" c "5\n"

static void test_three_lines_on_either_side(void **state)
{
	check_lines(*state, FIVE("a") "quux: no\n" FIVE("b"), 0, 3, 9);
}

static void test_the_ends_of_the_log(void **state)
{
	check_lines(*state, "quux: no\n", 0, 1, 1);
	check_lines(*state, "quux: no", 0, 1, 1);
	check_lines(*state, "a\nquux: no\n", 0, 1, 2);
}

static void test_empty_lines_at_the_ends_are_dropped(void **state)
{
	check_lines(*state, "a\n\n \nquux: no\n\n\n\nb\n", 0, 1, 4);
	check_lines(*state, "a\n\n\n\nquux: no\n##[endgroup]\nb\n\n", 0, 5, 7);
}

static void test_from_and_to(void **state)
{
	check_lines(*state, "x\nquux-open\n" FIVE("a") "quux-framed\n" FIVE("b") "quux-shut\ny\n", 0, 2, 14);
	check_lines(*state, FIVE("a") "quux-framed\n" FIVE("b"), 0, 3, 9);
}

static void test_never_more_lines_than_asked_for(void **state)
{
	check_lines(*state, FIVE("a") "quux: no\n" FIVE("b"), 1, 6, 6);
	for (unsigned most = 1; most < 12; most++) {
		struct gathered g;
		struct finding f = cut_out(&g, *state,
			"quux-open\n" FIVE("a") FIVE("b") "quux-framed\n" FIVE("c") FIVE("d") "quux-shut\n", most);

		assert_true(f.excerpt.count <= most);
		assert_true(f.excerpt.first <= 12 && f.excerpt.last >= 12);
		gathered_done(&g);
	}
}

static void test_stays_in_the_step_and_behind_its_head(void **state)
{
	check_lines(*state, BEGIN SCRIPT("a") SAY("before") SCRIPT("b") SAY("quux: no") EXIT("1") END, 0, 11, 12);
}

static void test_long_lines_are_cut_between_characters(void **state)
{
	BUF_AUTO text = buf_new(BUF_PAGE);
	struct gathered g;
	struct finding f;

	buf_add_text(&text, "quux: x");
	for (int i = 0; i < 1000; i++)
		buf_add_text(&text, "\xc3\xa4");
	f = cut_out(&g, *state, buf_text(&text), 0);
	assert_true(strlen(f.excerpt.lines[0].text) <= EXCERPT_LINE_MAX);
	assert_true(strlen(f.excerpt.lines[0].text) >= EXCERPT_LINE_MAX - 4);
	assert_int_equal((unsigned char)f.excerpt.lines[0].text[strlen(f.excerpt.lines[0].text) - 1], 0xa4);
	gathered_done(&g);
}

static void test_a_line_that_is_not_there(void **state)
{
	struct bench *b = *state;
	struct gathered g;
	struct finding f = {0};
	struct err e = {0};
	struct candidate one;

	gather(&g, b, "quux: no\n", CONCLUSION_FAILURE);
	one = g.list.items[0];
	one.at.line = 7;
	assert_int_equal(excerpt_make(&f, &g.arena, g.log, b->matcher, &one, &g.verdict, 0, &e), -1);
	assert_int_equal(e.code, ERR_DAMAGED);
	gathered_done(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_three_lines_on_either_side),
		cmocka_unit_test(test_the_ends_of_the_log),
		cmocka_unit_test(test_empty_lines_at_the_ends_are_dropped),
		cmocka_unit_test(test_from_and_to),
		cmocka_unit_test(test_never_more_lines_than_asked_for),
		cmocka_unit_test(test_stays_in_the_step_and_behind_its_head),
		cmocka_unit_test(test_long_lines_are_cut_between_characters),
		cmocka_unit_test(test_a_line_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, bench_open, bench_close);
}
