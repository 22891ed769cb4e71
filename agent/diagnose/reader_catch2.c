/* Catch2, versions 2 and 3. Ids are the names of test cases: what its sections are called stands below them. */
#include "diagnose/reader.h"

struct state {
	struct reader_totals totals;
	struct reader_text title;
	uint32_t title_line; /* where one may stand */
	uint32_t step;
};

/* "test/shelf.cpp:12", "test\shelf.cpp(12)" below the second ruler */
static bool is_place(struct view v)
{
	size_t n = v.n;
	if (n && v.p[n - 1] == ')')
		n--;
	size_t digits = n;
	while (digits && v.p[digits - 1] >= '0' && v.p[digits - 1] <= '9')
		digits--;
	return digits && digits < n && (v.p[digits - 1] == ':' || v.p[digits - 1] == '(');
}

static void failure_line(struct state *s, struct view text, const struct test_out *out)
{
	struct view place = view_sub(text, 0, view_find(text, ": FAILED:"));
	size_t cut = view_find_last_char(place, place.n && place.p[place.n - 1] == ')' ? '(' : ':');
	if (is_place(place) && s->title.n)
		reader_tell(out, (struct test_case){.id = reader_kept(&s->title),
					 .result = RESULT_FAILED,
					 .duration_us = -1,
					 .path = view_sub(place, 0, cut)});
}

/* "test cases: 3 | 1 passed | 1 failed | 1 skipped", "All tests passed (5 assertions in 2 test cases)" */
static void totals_line(struct reader_totals *t, struct view v)
{
	int64_t all = reader_count_before(v, " test case");
	t->any = true;
	reader_add(&t->counts.passed, view_starts(v, "All") ? all : reader_count_before(v, " passed"));
	reader_add(&t->counts.failed, reader_count_before(v, " failed"));
	reader_add(&t->counts.skipped, reader_count_before(v, " skipped"));
	reader_add(&t->counts.skipped, reader_count_before(v, " failed as expected"));
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	if (reader_new_step(&s->step, out))
		s->title.n = s->title_line = 0;
	if (view_starts(text, "-----"))
		s->title_line = out->at->number + 1;
	else if (s->title_line == out->at->number && text.n && text.p[0] != ' ' && !is_place(text))
		reader_keep(&s->title, view_trim(text));
	else if (view_ends(text, ": FAILED:"))
		failure_line(s, text, out);
	else if (view_starts(text, "test cases: ") || view_starts(text, "All tests passed ("))
		totals_line(&s->totals, text);
}

static bool active(const void *state)
{
	return ((const struct state *)state)->title_line != 0;
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {
	"\n-------------------------------------------------------------------------------",
	": FAILED:", "\ntest cases: ", "\nAll tests passed (", NULL};

const struct test_reader test_reader_catch2 = {.name = "catch2",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.active = active,
	.summary = summary};
