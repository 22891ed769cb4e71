/* deno test. Ids are the names of tests, with " ... " before that of a step. */
#include "diagnose/reader.h"

struct state {
	struct reader_totals totals;
};

/* "adds prices => ./cart_test.ts:3:6" of its lists of errors and failures */
static void failure_line(struct view text, const struct test_out *out)
{
	size_t arrow = view_find(text, " => ./");
	struct view file = view_from(text, arrow == VIEW_NONE ? text.n : arrow + 4), number;
	for (int i = 0; i < 2; i++) {
		size_t colon = view_find_last_char(file, ':');
		uint64_t n;
		number = view_from(file, colon == VIEW_NONE ? file.n : colon + 1);
		if (!view_number(view_trim(number), UINT32_MAX, &n))
			return;
		file = view_sub(file, 0, colon);
	}
	if (text.p[0] != ' ' && reader_script_file(file))
		reader_tell(out, (struct test_case){.id = view_sub(text, 0, arrow),
					 .result = RESULT_FAILED,
					 .duration_us = -1,
					 .path = file});
}

/* "FAILED | 48 passed (3 steps) | 1 failed | 2 ignored (1s)" */
static void totals_line(struct reader_totals *t, struct view v)
{
	int64_t passed = reader_count_before(v, " passed"), failed = reader_count_before(v, " failed");
	if (passed < 0 || failed < 0)
		return;
	t->any = true;
	t->counts.passed += passed;
	t->counts.failed += failed;
	reader_add(&t->counts.skipped, reader_count_before(v, " ignored"));
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	if (view_starts(text, "ok | ") || view_starts(text, "FAILED | "))
		totals_line(&s->totals, text);
	else
		failure_line(text, out);
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {" => ./", "\nok | ", "FAILED | ", NULL};

const struct test_reader test_reader_deno = {
	.name = "deno", .state_size = sizeof(struct state), .literals = literals, .line = on_line, .summary = summary};
