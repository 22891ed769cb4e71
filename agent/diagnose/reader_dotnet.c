/* dotnet test: xUnit, NUnit, MSTest. Ids are Namespace.Class.Method, with arguments where the test has them. */
#include "diagnose/reader.h"

struct state {
	struct reader_totals assemblies, whole; /* both may be printed: the sum of the assemblies wins */
	uint32_t step;
	bool total; /* behind "Total tests: 3" */
};

/* "  Failed Cart.Tests.CartTests.Adds(a: 1) [68 ms]", "  Passed ..."; "failed Cart.Adds (12ms)" of the new platform */
static bool test_line(struct view text, const struct test_out *out)
{
	static const struct {
		const char *word;
		enum result result;
		char open, shut;
	} words[] = {{"Failed ", RESULT_FAILED, '[', ']'}, {"X ", RESULT_FAILED, '[', ']'},
		{"Passed ", RESULT_PASSED, '[', ']'}, {"failed ", RESULT_FAILED, '(', ')'}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct view v = view_trim(text);
		if (!reader_skip(&v, words[i].word))
			continue;
		int64_t took = reader_cut_duration(&v, words[i].open, words[i].shut);
		if (took >= 0)
			reader_tell(out,
				(struct test_case){.id = view_trim(v), .result = words[i].result, .duration_us = took});
		return took >= 0;
	}
	return false;
}

/* "[xUnit.net 00:00:02.87]     Cart.Tests.CartTests.Adds [FAIL]" */
static bool xunit_line(struct view text, const struct test_out *out)
{
	struct view v = view_trim(text);
	if (!view_ends(v, " [FAIL]"))
		return false;
	v = view_sub(v, 0, v.n - 7);
	if (view_starts(v, "[xUnit.net ") && view_find_char(v, ']') != VIEW_NONE)
		v = view_from(v, view_find_char(v, ']') + 1);
	v = view_trim(v);
	size_t open = view_find_char(v, '(');
	if (view_find_char(view_sub(v, 0, open), '.') != VIEW_NONE)
		reader_failed(out, v, (struct view){0});
	return true;
}

static void add_all(struct reader_totals *t, struct view v, const char *const labels[3])
{
	int64_t *const sums[] = {&t->counts.passed, &t->counts.failed, &t->counts.skipped};
	for (size_t i = 0; i < 3; i++)
		reader_add(sums[i], reader_count_after(v, labels[i]));
	t->any = true;
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	static const char *const vstest[] = {"Passed:", "Failed:", "Skipped:"};
	static const char *const platform[] = {"succeeded:", "failed:", "skipped:"};
	struct state *s = state;
	struct view v = view_trim(text);
	if (reader_new_step(&s->step, out))
		s->total = false;
	if (view_starts(v, "Failed! ") || view_starts(v, "Passed! ") || view_starts(v, "Skipped! "))
		add_all(&s->assemblies, v, vstest);
	else if (view_starts(v, "Test summary: total:"))
		add_all(&s->whole, v, platform);
	else if (view_starts(v, "Total tests: "))
		s->total = true;
	else if (s->total && (view_starts(v, "Passed: ") || view_starts(v, "Failed: ") || view_starts(v, "Skipped: ")))
		add_all(&s->whole, v, vstest);
	else if (s->total)
		s->total = false;
	if (!s->total && !xunit_line(text, out))
		test_line(text, out);
}

static bool active(const void *state)
{
	return ((const struct state *)state)->total;
}

static bool summary(const void *state, struct test_counts *ret)
{
	const struct state *s = state;
	return reader_totals(&s->assemblies, ret) || reader_totals(&s->whole, ret);
}

static const char *const literals[] = {"  Failed ", "  Passed ", "  X ", " [FAIL]", "Failed!  - ", "Passed!  - ",
	"Skipped! - ", "Test summary: total:", "Total tests: ", "\nfailed ", NULL};

const struct test_reader test_reader_dotnet = {.name = "dotnet",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.active = active,
	.summary = summary};
