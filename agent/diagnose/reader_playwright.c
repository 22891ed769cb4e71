/* Playwright Test. Ids are as it prints them: "[chromium] › a.spec.ts:3:1 › suite › title". */
#include "diagnose/reader.h"

enum list { LIST_NONE, LIST_FAILED, LIST_FLAKY };

struct state {
	struct reader_totals totals;
	uint32_t step;
	bool running; /* behind "Running N tests" */
	bool quoted;  /* the summary once more, as an annotation */
	enum list list;
};

/* "a.spec.ts:3:1" in the first or second piece of what is joined by " › " */
static bool is_id(struct view v, struct view *ret_file)
{
	for (int i = 0; i < 2; i++) {
		size_t cut = view_find(v, " › ");
		struct view piece = view_sub(v, 0, cut == VIEW_NONE ? 0 : cut);
		size_t column = view_find_last_char(piece, ':');
		size_t line = view_find_last_char(view_sub(piece, 0, column == VIEW_NONE ? 0 : column), ':');
		*ret_file = view_sub(piece, 0, line == VIEW_NONE ? 0 : line);
		if (reader_script_file(*ret_file))
			return true;
		v = view_from(v, piece.n ? cut + view_of(" › ").n : v.n);
	}
	return false;
}

static void tell(struct view id, bool flaky, const struct test_out *out)
{
	struct view file;
	reader_cut_ruler(&id, "─");
	reader_cut_ruler(&id, "=");
	id = view_trim(id);
	if (is_id(id, &file))
		reader_tell(out, (struct test_case){.id = id,
					 .result = flaky ? RESULT_PASSED : RESULT_FAILED,
					 .duration_us = -1,
					 .path = file,
					 .flaky = flaky});
}

/* "  1 failed", "  2 flaky", "  3 did not run", "  106 passed (12.2m)" */
static bool totals_line(struct state *s, struct view text)
{
	struct view v = view_trim(text);
	uint64_t n;
	if (reader_indent(text) != 2 || !reader_number(&v, &n))
		return false;
	struct test_counts ignored, *c = s->quoted ? &ignored : &s->totals.counts;
	bool passed = view_is(v, " passed") || view_starts(v, " passed (");
	int64_t *sum = passed                                                 ? &c->passed
		       : view_is(v, " flaky")                                 ? &c->passed
		       : view_is(v, " failed") || view_is(v, " interrupted")  ? &c->failed
		       : view_is(v, " skipped") || view_is(v, " did not run") ? &c->skipped
									      : NULL;
	if (!sum)
		return false;
	ignored = (struct test_counts){0};
	*sum += (int64_t)n;
	s->totals.any = true;
	s->list = view_is(v, " flaky") ? LIST_FLAKY : sum == &c->failed ? LIST_FAILED : LIST_NONE;
	s->running = !passed;
	s->quoted = s->quoted && !passed;
	return true;
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	struct view title;
	uint64_t n;
	if (reader_new_step(&s->step, out) || view_starts(text, "Running ")) {
		s->running = view_starts(text, "Running ") && view_has(text, " using ");
		s->list = LIST_NONE;
		s->quoted = false;
	}
	if (out->at->mark != LOG_TEXT && s->totals.any)
		s->quoted = s->running = true;
	if (reader_numbered(text, &n, &title))
		tell(title, false, out);
	else if ((s->running || s->quoted) && totals_line(s, text))
		return;
	else if (reader_indent(text) == 4 && s->list != LIST_NONE)
		tell(text, s->list == LIST_FLAKY, out);
}

static bool active(const void *state)
{
	return ((const struct state *)state)->running;
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {" tests using ", " test using ", " › ", NULL};

const struct test_reader test_reader_playwright = {.name = "playwright",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.active = active,
	.summary = summary};
