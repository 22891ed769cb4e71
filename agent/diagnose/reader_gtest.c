/* GoogleTest: ids are Suite.Test, with /index where it has parameters. And cmocka: ids are names of functions. */
#include "diagnose/reader.h"

struct state {
	struct reader_totals totals;
	bool functions; /* of cmocka: names have no dot */
};

/* "[  PASSED  ] 3 tests.", "[  FAILED  ] 2 tests, listed below:", "[  SKIPPED ] 1 test, listed below:" */
static bool totals_line(struct reader_totals *t, struct view v, enum result result)
{
	uint64_t n;
	if (!reader_number(&v, &n) || !view_starts(v, " test"))
		return false;
	*(result == RESULT_PASSED         ? &t->counts.passed
		: result == RESULT_FAILED ? &t->counts.failed
					  : &t->counts.skipped) += (int64_t)n;
	t->any = true;
	return true;
}

/* "Suite.Test (12 ms)", "All/Suite.Test/0, where GetParam() = 3 (0 ms)" */
static void test_line(struct state *s, struct view v, enum result result, const struct test_out *out)
{
	int64_t took = reader_cut_duration(&v, '(', ')');
	size_t where = view_find(v, ", where ");
	v = view_trim(view_sub(v, 0, where == VIEW_NONE ? v.n : where));
	if (view_find_char(v, ' ') == VIEW_NONE && (s->functions || view_find_char(v, '.') != VIEW_NONE))
		reader_tell(out, (struct test_case){.id = v, .result = result, .duration_us = took});
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	static const struct {
		const char *mark;
		enum result result;
	} marks[] = {{"[       OK ] ", RESULT_PASSED}, {"[  PASSED  ] ", RESULT_PASSED},
		{"[  FAILED  ] ", RESULT_FAILED}, {"[  SKIPPED ] ", RESULT_SKIPPED}};
	struct state *s = state;
	if (view_starts(text, "[==========] "))
		s->functions = view_has(text, " test(s)");
	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
		size_t at = view_find(text, marks[i].mark);
		struct view v = view_from(text, at == VIEW_NONE ? text.n : at + 13);
		if (v.n && !totals_line(&s->totals, v, marks[i].result))
			test_line(s, v, marks[i].result, out);
	}
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {
	"[       OK ] ", "[  PASSED  ] ", "[  FAILED  ] ", "[  SKIPPED ] ", "[==========] ", NULL};

const struct test_reader test_reader_gtest = {
	.name = "gtest", .state_size = sizeof(struct state), .literals = literals, .line = on_line, .summary = summary};
