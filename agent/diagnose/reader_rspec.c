/* RSpec. Ids are those of its list of failed examples: "./spec/cart_spec.rb:12 # Cart adds prices". */
#include "diagnose/reader.h"

struct state {
	struct reader_totals totals;
};

/* "rspec ./spec/cart_spec.rb:12 # Cart adds", "rspec './spec/cart_spec.rb[1:2]' # Cart adds" */
static void failure_line(struct view v, const struct test_out *out)
{
	size_t hash = view_find(v, " # ");
	struct view place = view_sub(v, 0, hash), title = view_from(v, hash == VIEW_NONE ? v.n : hash);
	if (reader_skip(&place, "'") && view_ends(place, "'"))
		place = view_sub(place, 0, place.n - 1);
	size_t rb = view_find(place, ".rb");
	if (hash == VIEW_NONE || rb == VIEW_NONE || view_find_char(place, ' ') != VIEW_NONE)
		return;
	struct reader_text id;
	reader_keep(&id, place);
	reader_keep_more(&id, "", view_trim_right(title));
	reader_tell(out, (struct test_case){.id = reader_kept(&id),
				 .result = RESULT_FAILED,
				 .duration_us = -1,
				 .path = view_sub(place, 0, rb + 3)});
}

/* "12 examples, 1 failure, 2 pending, 1 error occurred outside of examples" */
static void totals_line(struct reader_totals *t, struct view v)
{
	int64_t all = reader_count_before(v, " example"), failed = reader_count_before(v, " failure"),
		pending = reader_count_before(v, " pending");
	if (all < 0 || failed < 0)
		return;
	t->any = true;
	reader_add(&t->counts.failed, failed);
	reader_add(&t->counts.skipped, pending);
	reader_add(&t->counts.errors, reader_count_before(v, " error"));
	reader_add(&t->counts.passed, all - failed - (pending > 0 ? pending : 0));
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	struct view v = text;
	if (reader_skip(&v, "rspec "))
		failure_line(v, out);
	else if (view_has(v, " example, ") || view_has(v, " examples, "))
		totals_line(&s->totals, v);
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {"rspec ", " example, ", " examples, ", NULL};

const struct test_reader test_reader_rspec = {
	.name = "rspec", .state_size = sizeof(struct state), .literals = literals, .line = on_line, .summary = summary};
