/* Elixir's ExUnit. Ids are as it prints them: "test adds prices (CartTest)". */
#include "diagnose/reader.h"

struct state {
	struct reader_totals totals;
	struct reader_text title; /* of the last numbered failure */
	uint32_t line;
	bool finished; /* behind "Finished in 0.1 seconds": bats has totals of the same form */
};

/* "  1) test adds prices (CartTest)" */
static void title_line(struct state *s, struct view title, const struct test_out *out)
{
	if (!view_ends(title, ")") ||
		!(view_starts(title, "test ") || view_starts(title, "doctest ") || view_starts(title, "property ")))
		return;
	reader_keep(&s->title, title);
	s->line = out->at->number;
}

/* "     test/cart_test.exs:5", right below the title */
static void place_line(struct state *s, struct view text, const struct test_out *out)
{
	struct view place = view_trim(text);
	size_t colon = view_find_last_char(place, ':');
	if (!s->line || s->line + 1 != out->at->number || reader_indent(text) < 5 || colon == VIEW_NONE)
		return;
	reader_tell(out, (struct test_case){.id = reader_kept(&s->title),
				 .result = RESULT_FAILED,
				 .duration_us = -1,
				 .path = view_sub(place, 0, colon)});
	s->line = 0;
}

/* "2 doctests, 3 tests, 1 failure, 1 skipped, 1 excluded, 1 invalid" */
static void totals_line(struct state *s, struct view v)
{
	static const char *const kinds[] = {" test", " doctest", " propert"};
	struct test_counts *c = &s->totals.counts;
	int64_t failed = reader_count_before(v, " failure"), all = 0;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		reader_add(&all, reader_count_before(v, kinds[i]));
	if (!s->finished || !all || failed < 0 || view_has(v, " assertions, "))
		return;
	int64_t skipped = 0, invalid = 0;
	reader_add(&skipped, reader_count_before(v, " skipped"));
	reader_add(&skipped, reader_count_before(v, " excluded"));
	reader_add(&invalid, reader_count_before(v, " invalid"));
	s->totals.any = true;
	s->finished = false;
	c->failed += failed;
	c->skipped += skipped;
	c->errors += invalid;
	reader_add(&c->passed, all - failed - skipped - invalid);
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	struct view title;
	uint64_t number;
	if (view_starts(text, "Finished in ") && view_has(text, " seconds"))
		s->finished = true;
	else if (reader_numbered(text, &number, &title))
		title_line(s, title, out);
	else if (view_has(text, ".exs:") || view_has(text, ".ex:"))
		place_line(s, text, out);
	else
		totals_line(s, text);
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {
	") test ", ") doctest ", ") property ", ".exs:", "\nFinished in ", " failure", NULL};

const struct test_reader test_reader_exunit = {.name = "exunit",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.summary = summary};
