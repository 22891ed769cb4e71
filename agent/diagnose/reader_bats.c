/* bats with its pretty formatter; its TAP is read by reader_tap. Ids are the names of tests. */
#include "diagnose/reader.h"

struct state {
	struct reader_text name; /* behind the last "✗" */
	uint32_t line;
	bool any;
	struct reader_totals totals;
};

/* "   (in test file test/cart.bats, line 5)", or " in test file ..." where a helper failed, some lines below the name
 */
static void place_line(struct state *s, struct view text, const struct test_out *out)
{
	struct view file = view_from(text, view_find(text, "in test file ") + 13);
	size_t comma = view_find_char(file, ',');
	if (!s->line || out->at->number > s->line + 10 || comma == VIEW_NONE)
		return;
	reader_tell(out, (struct test_case){.id = reader_kept(&s->name),
				 .result = RESULT_FAILED,
				 .duration_us = -1,
				 .path = view_sub(file, 0, comma)});
	s->line = 0;
	s->any = true;
}

/* "3 tests, 1 failure, 1 skipped" */
static void totals_line(struct state *s, struct view text)
{
	struct test_counts *c = &s->totals.counts;
	int64_t tests = reader_count_before(text, " test"), failed = reader_count_before(text, " failure"),
		skipped = reader_count_before(text, " skipped");
	if (!s->any || tests < 0 || failed < 0)
		return;
	s->totals.any = true;
	s->any = false;
	reader_add(&c->failed, failed);
	reader_add(&c->skipped, skipped);
	reader_add(&c->passed, tests - failed - (skipped > 0 ? skipped : 0));
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	struct view v = view_trim(text);
	size_t cross = view_find(v, "✗ "); /* the name may stand before it, overwritten on a terminal */
	if (cross != VIEW_NONE) {
		v = view_from(v, cross + view_of("✗ ").n);
		reader_cut_duration(&v, '[', ']');
		reader_keep(&s->name, view_trim(v));
		s->line = out->at->number;
	} else if (view_has(v, "in test file ")) {
		place_line(s, v, out);
	} else if (view_has(v, " tests, ") || view_has(v, " test, ")) {
		totals_line(s, v);
	}
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {"✗ ", "in test file ", " tests, ", " test, ", NULL};

const struct test_reader test_reader_bats = {
	.name = "bats", .state_size = sizeof(struct state), .literals = literals, .line = on_line, .summary = summary};
