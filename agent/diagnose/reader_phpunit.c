/* PHPUnit. Ids are Class::method, with the name of the data set but without its values. */
#include "diagnose/reader.h"

struct state {
	struct reader_totals totals;
	uint32_t step;
	bool listing; /* behind "There was 1 failure:" */
	bool errors;
};

/* "1) Tests\CartTest::testAdds with data set #0 (1, 2)" */
static void failure_line(const struct state *s, struct view text, const struct test_out *out)
{
	struct view v;
	uint64_t number;
	if (reader_indent(text) || !reader_numbered(text, &number, &v))
		return;
	size_t set = view_find(v, " with data set "), colons = view_find(v, "::");
	if (set != VIEW_NONE) {
		size_t values = view_find(view_from(v, set), " (");
		v = view_sub(v, 0, values == VIEW_NONE ? v.n : set + values);
	}
	if (colons != VIEW_NONE && (set != VIEW_NONE || view_find_char(v, ' ') == VIEW_NONE))
		reader_result(out, v, s->errors ? RESULT_ERROR : RESULT_FAILED);
}

/* "There was 1 failure:", "There were 2 errors:"; also of warnings, risky and skipped tests */
static void section_line(struct state *s, struct view v)
{
	v = view_trim(v);
	s->errors = view_ends(v, " error:") || view_ends(v, " errors:");
	s->listing = s->errors || view_ends(v, " failure:") || view_ends(v, " failures:");
}

/* "Tests: 3, Assertions: 5, Errors: 1, Failures: 1, Skipped: 1." or "OK (3 tests, 5 assertions)" */
static void totals_line(struct reader_totals *t, struct view v)
{
	int64_t all = reader_count_after(v, "Tests:"), failed = reader_count_after(v, "Failures:"),
		errors = reader_count_after(v, "Errors:"), skipped = reader_count_after(v, "Skipped:"),
		incomplete = reader_count_after(v, "Incomplete:");
	if (view_starts(v, "OK ("))
		all = reader_count_after(v, "OK (");
	if (all < 0)
		return;
	t->any = true;
	reader_add(&t->counts.failed, failed);
	reader_add(&t->counts.errors, errors);
	reader_add(&t->counts.skipped, skipped);
	reader_add(&t->counts.skipped, incomplete);
	all -= (failed > 0 ? failed : 0) + (errors > 0 ? errors : 0) + (skipped > 0 ? skipped : 0);
	reader_add(&t->counts.passed, all - (incomplete > 0 ? incomplete : 0));
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	if (reader_new_step(&s->step, out))
		s->listing = false;
	if (view_starts(text, "There was ") || view_starts(text, "There were "))
		section_line(s, text);
	else if (view_has(text, "Assertions: ") || (view_starts(text, "OK (") && view_has(text, " assertion"))) {
		s->listing = false;
		totals_line(&s->totals, text);
	} else if (s->listing)
		failure_line(s, text, out);
}

static bool active(const void *state)
{
	return ((const struct state *)state)->listing;
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {
	"\nThere was ", "\nThere were ", ", Assertions: ", " assertions)", " assertion)", NULL};

const struct test_reader test_reader_phpunit = {.name = "phpunit",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.active = active,
	.summary = summary};
