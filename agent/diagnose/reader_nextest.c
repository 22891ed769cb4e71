/* cargo nextest. Ids are binary and test as it prints them: "cart::api adds::prices". */
#include "diagnose/reader.h"

struct state {
	struct reader_totals totals;
	uint32_t step;
	bool summed; /* behind the summary line: failures of all tries are listed */
};

/* "FAIL", "PASS", "SIGSEGV", "TIMEOUT", "FLAKY 2/3", "TRY 1 FAIL" */
static bool status_result(struct view status, enum result *ret, bool *ret_try)
{
	struct view word;
	uint64_t n;
	*ret_try = reader_skip(&status, "TRY ");
	if (*ret_try && (!reader_number(&status, &n) || !reader_skip(&status, " ")))
		return false;
	if (!view_word(&status, &word))
		return false;
	bool passed = view_is(word, "PASS") || view_is(word, "LEAK") || view_is(word, "FLAKY");
	bool failed = view_starts(word, "FAIL") || view_starts(word, "SIG") || view_starts(word, "TIMEOUT") ||
		      view_is(word, "TMT") || view_is(word, "ABORT") || view_is(word, "XFAIL") ||
		      view_starts(word, "LEAK-FAIL");
	*ret = passed ? RESULT_PASSED : RESULT_FAILED;
	return passed || failed;
}

/* "        FAIL [   0.011s] (12/40) crate::binary module::test" */
static void test_line(struct state *s, struct view text, const struct test_out *out)
{
	size_t open = view_find(text, " ["), shut = view_find(text, "s] ");
	enum result result;
	bool try;
	if (open > shut || shut == VIEW_NONE || !status_result(view_sub(text, 0, open), &result, &try))
		return;
	int64_t took = reader_duration(view_sub(text, open + 2, shut - open - 1));
	struct view id = view_trim(view_from(text, shut + 3));
	if (view_starts(id, "(") && view_find(id, ") ") != VIEW_NONE)
		id = view_trim(view_from(id, view_find(id, ") ") + 2));
	if (took < 0 || view_find_char(id, ' ') == VIEW_NONE || (s->summed && result == RESULT_PASSED))
		return;
	if (!try || s->summed || result == RESULT_PASSED)
		reader_tell(out, (struct test_case){.id = id, .result = result, .duration_us = took});
}

/* "Summary [ 281.241s] 2081/2500 tests run: 2080 passed (1 flaky), 1 failed, 1 timed out, 17 skipped" */
static void totals_line(struct state *s, struct view text)
{
	struct test_counts *c = &s->totals.counts;
	s->summed = s->totals.any = true;
	reader_add(&c->passed, reader_count_before(text, " passed"));
	reader_add(&c->failed, reader_count_before(text, " failed"));
	reader_add(&c->failed, reader_count_before(text, " timed out"));
	reader_add(&c->errors, reader_count_before(text, " exec failed"));
	reader_add(&c->skipped, reader_count_before(text, " skipped"));
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	struct view v = view_trim(text);
	if (reader_new_step(&s->step, out) || view_starts(v, "Starting "))
		s->summed = false;
	if (view_starts(v, "Summary [") && (view_has(v, " tests run: ") || view_has(v, " test run: ")))
		totals_line(s, v);
	else if (reader_indent(text) >= 2)
		test_line(s, v, out);
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {" PASS [", " FAIL [", " LEAK [", " SIGABRT [", " SIGSEGV [", " SIGKILL [",
	" SIGILL [", " SIGBUS [", " SIGTERM [", " TIMEOUT [", " TMT [", " ABORT [", " FLAKY ", " TRY ", "Summary [",
	"    Starting ", NULL};

const struct test_reader test_reader_nextest = {.name = "nextest",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.summary = summary};
