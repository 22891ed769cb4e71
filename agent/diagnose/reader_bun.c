/* bun test. Ids are the titles as bun prints them, joined by " > ". */
#include "diagnose/reader.h"

struct state {
	struct reader_totals totals;
	uint32_t step;
	bool running; /* until "Ran N tests across" */
};

static const struct reader_word words[] = {{"pass", RESULT_PASSED}, {"fail", RESULT_FAILED}, {"skip", RESULT_SKIPPED},
	{"todo", RESULT_SKIPPED}, {NULL, RESULT_PASSED}};

/* "(fail) suite > title [1.20ms]"; with colours bun writes "✗ suite > title [1.20ms]" instead */
static bool test_line(const struct state *s, struct view text, const struct test_out *out)
{
	struct view v = text;
	enum result result = RESULT_FAILED;
	bool word = reader_skip(&v, "(") && reader_word_result(view_sub(v, 0, 4), words, &result) &&
		    view_starts(view_from(v, 4), ") ");
	if (word)
		v = view_from(v, 6);
	else if (!s->running || !reader_skip(&v, "✗ "))
		return false;
	int64_t took = reader_cut_duration(&v, '[', ']');
	if (word || took >= 0)
		reader_tell(out, (struct test_case){.id = view_trim(v), .result = result, .duration_us = took});
	return word;
}

/* " 571 pass" */
static void totals_line(struct state *s, struct view text)
{
	struct test_counts *c = &s->totals.counts;
	struct view v = view_trim(text);
	enum result result;
	uint64_t n;
	if (reader_indent(text) != 1 || !reader_number(&v, &n) || !reader_word_result(view_trim(v), words, &result))
		return;
	*(result == RESULT_PASSED ? &c->passed : result == RESULT_FAILED ? &c->failed : &c->skipped) += (int64_t)n;
	s->totals.any = true;
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	if (reader_new_step(&s->step, out))
		s->running = false;
	if (test_line(s, text, out) || view_starts(text, "bun test v"))
		s->running = true;
	else if (s->running && view_starts(text, "Ran "))
		s->running = false;
	else if (s->running)
		totals_line(s, text);
}

static bool active(const void *state)
{
	return ((const struct state *)state)->running;
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {"(pass) ", "(fail) ", "(skip) ", "(todo) ", "bun test v", NULL};

const struct test_reader test_reader_bun = {.name = "bun",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.active = active,
	.summary = summary};
