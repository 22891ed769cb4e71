/* minitest (plain, Rails, minitest-reporters) and test-unit. Ids are Class#method. */
#include "diagnose/reader.h"

struct state {
	struct reader_totals totals;
	uint32_t head_line; /* of the last "Failure:" or "Error:" */
	enum result result;
};

/* "CartTest#test_adds" with nothing but names around the '#' */
static bool is_id(struct view v)
{
	size_t hash = view_find_char(v, '#');
	if (hash == VIEW_NONE || hash == 0 || hash + 1 >= v.n || !((v.p[0] >= 'A' && v.p[0] <= 'Z') || v.p[0] == '#'))
		return false;
	return view_find_char(view_sub(v, 0, hash), '/') == VIEW_NONE;
}

/* Below the head: "CartTest#test_adds [test/cart_test.rb:5]:", "CartTest#test_adds:"; of test-unit
 * "test_adds(CartTest)" in the head itself */
static void name_line(const struct state *s, struct view v, const struct test_out *out)
{
	struct view place, path = {0};
	v = view_trim(v);
	if (!view_ends(v, ":"))
		return;
	v = view_sub(v, 0, v.n - 1);
	if (reader_cut_tail(&v, '[', ']', &place)) {
		size_t colon = view_find_last_char(place, ':');
		path = view_sub(place, 0, colon == VIEW_NONE ? 0 : colon);
	}
	if (is_id(v))
		reader_tell(out, (struct test_case){.id = v, .result = s->result, .duration_us = -1, .path = path});
}

/* "  1) Failure:" of minitest, "Failure:" of Rails; "Failure: test_adds(CartTest)" of test-unit */
static bool head_line(struct state *s, struct view text, const struct test_out *out)
{
	struct view v = text, title;
	uint64_t number;
	if (reader_numbered(text, &number, &title))
		v = title;
	bool error = reader_skip(&v, "Error:");
	if (!error && !reader_skip(&v, "Failure:"))
		return false;
	s->result = error ? RESULT_ERROR : RESULT_FAILED;
	v = view_trim(v);
	if (!v.n) {
		s->head_line = out->at->number;
		return true;
	}
	size_t open = view_find_char(v, '('), shut = view_find_char(v, ')');
	struct view class = view_sub(v, open + 1, shut > open ? shut - open - 1 : 0);
	if (view_starts(v, "test") && open != VIEW_NONE && shut != VIEW_NONE && class.n && class.p[0] >= 'A' &&
		class.p[0] <= 'Z' && view_find_char(class, ' ') == VIEW_NONE)
		reader_joined(out, class, "#", view_sub(v, 0, open), s->result);
	return true;
}

/* minitest-reporters: " FAIL CartTest#test_adds (0.01s)", "ERROR CartTest#test_adds (0.01s)" */
static void reporter_line(struct view text, const struct test_out *out)
{
	struct view v = view_trim(text);
	bool error = reader_skip(&v, "ERROR ");
	if (!error && !reader_skip(&v, "FAIL "))
		return;
	int64_t took = reader_cut_duration(&v, '(', ')');
	v = view_trim(v);
	if (took >= 0 && is_id(v))
		reader_tell(out, (struct test_case){
					 .id = v, .result = error ? RESULT_ERROR : RESULT_FAILED, .duration_us = took});
}

/* "3 runs, 5 assertions, 1 failures, 0 errors, 0 skips"; test-unit has tests, pendings and omissions */
static void totals_line(struct reader_totals *t, struct view v)
{
	int64_t all = reader_count_before(v, " runs,"), failed = reader_count_before(v, " failures"),
		errors = reader_count_before(v, " errors"), skipped = reader_count_before(v, " skips");
	if (all < 0)
		all = reader_count_before(v, " tests,");
	if (skipped < 0)
		skipped = reader_count_before(v, " omissions");
	if (all < 0 || failed < 0 || errors < 0)
		return;
	t->any = true;
	reader_add(&t->counts.failed, failed);
	reader_add(&t->counts.errors, errors);
	reader_add(&t->counts.skipped, skipped);
	reader_add(&t->counts.passed, all - failed - errors - (skipped > 0 ? skipped : 0));
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	if (s->head_line && s->head_line + 1 == out->at->number)
		name_line(s, text, out);
	s->head_line = 0;
	if (view_has(text, " assertions, "))
		totals_line(&s->totals, text);
	else if (!head_line(s, text, out))
		reporter_line(text, out);
}

static bool active(const void *state)
{
	return ((const struct state *)state)->head_line != 0;
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {
	") Failure:", ") Error:", "\nFailure:", "\nError:", " assertions, ", " FAIL ", "ERROR ", NULL};

const struct test_reader test_reader_minitest = {.name = "minitest",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.active = active,
	.summary = summary};
