/* mocha's list of failures, also that of cypress. Ids are the titles as mocha prints them, joined by blanks: "Cart adds
 * prices:". */
#include "diagnose/reader.h"

#define TITLE_INDENT 7u /* of the second title; each one deeper has two more */

struct state {
	struct reader_totals totals;
	uint32_t step;
	uint64_t expected, seen; /* of "N failing" */
	struct reader_text title;
	size_t indent; /* of the next title, 0: not in one */
};

static void end_title(struct state *s, struct view message, const struct test_out *out)
{
	if (s->indent && view_ends(reader_kept(&s->title), ":"))
		reader_failed(out, reader_kept(&s->title), message);
	s->indent = 0;
}

/* "  1) Cart", "       when empty", "         costs nothing:", "     Error: ..." */
static void failure_line(struct state *s, struct view text, const struct test_out *out)
{
	uint64_t number;
	struct view title;
	if (s->indent && text.n && reader_indent(text) == s->indent) {
		reader_keep_more(&s->title, " ", view_trim(text));
		s->indent += 2;
		return;
	}
	end_title(s, text, out);
	if (s->seen < s->expected && reader_numbered(text, &number, &title) && number == s->seen + 1) {
		s->seen++;
		reader_keep(&s->title, title);
		s->indent = TITLE_INDENT;
	}
}

/* "  634 passing (3s)", "  5 pending", "  1 failing" */
static bool totals_line(struct state *s, struct view text)
{
	struct view v = view_trim(text);
	uint64_t n;
	if (!view_starts(text, "  ") || !reader_number(&v, &n))
		return false;
	struct test_counts *c = &s->totals.counts;
	int64_t *sum = view_starts(v, " passing (") || view_is(v, " passing") ? &c->passed
		       : view_is(v, " pending")                               ? &c->skipped
		       : view_is(v, " failing")                               ? &c->failed
									      : NULL;
	if (!sum)
		return false;
	*sum += (int64_t)n;
	s->totals.any = true;
	s->expected = sum == &c->failed ? n : 0;
	s->seen = 0;
	return true;
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	if (reader_new_step(&s->step, out)) {
		s->expected = s->seen = 0;
		s->indent = 0;
	}
	if (!totals_line(s, text) && s->expected)
		failure_line(s, text, out);
}

static bool active(const void *state)
{
	const struct state *s = state;
	return s->indent || s->seen < s->expected;
}

static void at_end(void *state, const struct test_out *out)
{
	end_title(state, (struct view){0}, out);
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {" passing", " pending", " failing", NULL};

const struct test_reader test_reader_mocha = {.name = "mocha",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.active = active,
	.end = at_end,
	.summary = summary};
