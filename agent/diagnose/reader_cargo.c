/* cargo test and cargo nextest. Ids are module paths. */
#include "diagnose/reader.h"

struct state {
	struct test_counts totals;
	bool summed;
};

/* "test a::b ... ok", "test src/lib.rs - doc (line 3) ... FAILED", "... ignored, reason" */
static bool libtest_line(struct view text, test_sink *sink, void *context, const struct log_line *at)
{
	size_t dots = view_find(text, " ... ");
	if (!view_starts(text, "test ") || dots == VIEW_NONE)
		return false;
	struct view id = view_sub(text, 5, dots - 5), end = view_trim(view_from(text, dots + 5)), seconds;
	int64_t took = -1;
	if (view_ends(end, ">") && reader_cut_tail(&end, '<', '>', &seconds))
		took = reader_duration(seconds);
	if (view_is(end, "ok"))
		reader_emit(sink, context, id, RESULT_PASSED, took, (struct view){0}, at);
	else if (view_is(end, "FAILED"))
		reader_emit(sink, context, id, RESULT_FAILED, took, (struct view){0}, at);
	else if (view_starts(end, "ignored"))
		reader_emit(sink, context, id, RESULT_SKIPPED, took, (struct view){0}, at);
	return true;
}

/* "        FAIL [   0.011s] (12/40) crate::binary module::test" of nextest */
static void nextest_line(struct view text, test_sink *sink, void *context, const struct log_line *at)
{
	static const struct {
		const char *prefix;
		enum result result;
	} kinds[] = {{"PASS [", RESULT_PASSED}, {"FAIL [", RESULT_FAILED}, {"SIGABRT [", RESULT_FAILED},
		{"SIGSEGV [", RESULT_FAILED}, {"TIMEOUT [", RESULT_FAILED}, {"TRY 3 FAIL [", RESULT_FAILED}};
	struct view v = view_trim(text);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t shut = view_find_char(v, ']');
		if (!view_starts(v, kinds[i].prefix) || shut == VIEW_NONE)
			continue;
		size_t open = view_find_char(v, '[');
		struct view rest = view_trim(view_from(v, shut + 1)), binary;
		if (view_starts(rest, "(") && view_find_char(rest, ')') != VIEW_NONE)
			rest = view_trim(view_from(rest, view_find_char(rest, ')') + 1));
		if (view_word(&rest, &binary) && view_trim(rest).n)
			reader_emit(sink, context, view_trim(rest), kinds[i].result,
				reader_duration(view_sub(v, open + 1, shut - open - 1)), (struct view){0}, at);
		return;
	}
}

static void on_line(void *state, struct view text, const struct log_line *at, test_sink *sink, void *context)
{
	struct state *s = state;
	if (view_starts(text, "test result: ")) {
		s->summed = true;
		reader_add(&s->totals.passed, reader_count_before(text, " passed"));
		reader_add(&s->totals.failed, reader_count_before(text, " failed"));
		reader_add(&s->totals.skipped, reader_count_before(text, " ignored"));
	} else if (!libtest_line(text, sink, context, at)) {
		nextest_line(text, sink, context, at);
	}
}

static bool summary(const void *state, struct test_counts *ret)
{
	const struct state *s = state;
	if (s->summed)
		*ret = s->totals;
	return s->summed;
}

static const char *const literals[] = {"test ", "PASS [", "FAIL [", "SIGABRT [", "SIGSEGV [", "TIMEOUT [", NULL};

const struct test_reader test_reader_cargo = {
	.name = "cargo", .state_size = sizeof(struct state), .literals = literals, .line = on_line, .summary = summary};
