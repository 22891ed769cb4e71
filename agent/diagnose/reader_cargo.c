/* cargo test: libtest. Ids are module paths. What nextest quotes of it is not read: reader_nextest tells those. */
#include "diagnose/reader.h"

struct state {
	struct reader_totals totals;
	uint32_t step;
	bool nextest, listing;
	uint32_t list_line; /* of the last "failures:" */
};

/* "test a::b ... ok", "test src/lib.rs - doc (line 3) ... FAILED", "... ignored, reason", "a::b - should panic" */
static void test_line(struct view text, const struct test_out *out)
{
	size_t dots = view_find(text, " ... ");
	if (dots == VIEW_NONE)
		return;
	struct view id = view_sub(text, 0, dots), end = view_trim(view_from(text, dots + 5)),
		    panic = view_of(" - should panic");
	int64_t took = reader_cut_duration(&end, '<', '>');
	if (view_ends(id, panic.p))
		id = view_sub(id, 0, id.n - panic.n);
	struct test_case one = {.id = id, .result = RESULT_PASSED, .duration_us = took};
	if (view_is(end, "FAILED"))
		one.result = RESULT_FAILED;
	else if (view_starts(end, "ignored"))
		one.result = RESULT_SKIPPED;
	else if (!view_is(end, "ok"))
		return; /* output of the test: the list below tells */
	reader_tell(out, one);
}

/* The names right below the second "failures:"; the first one has an empty line below. */
static void list_line(struct state *s, struct view text, const struct test_out *out)
{
	s->listing = reader_indent(text) == 4 && text.n > 4;
	if (s->listing)
		reader_failed(out, view_trim(text), (struct view){0});
}

static void totals_line(struct reader_totals *t, struct view text)
{
	t->any = true;
	reader_add(&t->counts.passed, reader_count_before(text, " passed"));
	reader_add(&t->counts.failed, reader_count_before(text, " failed"));
	reader_add(&t->counts.skipped, reader_count_before(text, " ignored"));
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	struct view v = text;
	if (reader_new_step(&s->step, out) || view_has(text, "Running ") || view_has(text, "Doc-tests "))
		s->nextest = s->listing = false;
	if (view_has(text, "Nextest run ID") || view_has(text, " FAIL [") || view_has(text, " PASS ["))
		s->nextest = true;
	if (s->nextest)
		return;
	if (s->listing)
		list_line(s, text, out);
	else if (reader_skip(&v, "test result: "))
		totals_line(&s->totals, v);
	else if (reader_skip(&v, "test "))
		test_line(v, out);
	else
		s->listing = view_is(text, "failures:");
}

static bool active(const void *state)
{
	return ((const struct state *)state)->listing;
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {"\ntest ", "test result: ", "\nfailures:", "     Running ", "   Doc-tests ",
	"Nextest run ID", " FAIL [", " PASS [", NULL};

const struct test_reader test_reader_cargo = {.name = "cargo",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.active = active,
	.summary = summary};
