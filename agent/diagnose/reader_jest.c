/* jest. Ids are the names of describe blocks and test joined by " › ". */
#include "diagnose/reader.h"

struct state {
	struct reader_text file; /* of the last "FAIL file"; empty: no jest yet */
	struct reader_totals totals;
};

/* "  ● changed › --json › should list", where a bare title may be jest's own */
static void bullet_line(const struct state *s, struct view title, const struct test_out *out)
{
	static const char *const own[] = {"Console", "Cannot log after tests are done", "Deprecation Warning",
		"Validation Error", "Validation Warning", "process.exit called"};
	if (view_starts(title, "Test suite failed to run")) {
		reader_result(out, reader_kept(&s->file), RESULT_ERROR);
		return;
	}
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (view_starts(title, own[i]))
			return;
	reader_tell(
		out, (struct test_case){
			     .id = title, .result = RESULT_FAILED, .duration_us = -1, .path = reader_kept(&s->file)});
}

/* "FAIL project src/a.test.ts (5.2 s)"; vitest's has " > " or " [ " behind the file */
static void file_line(struct state *s, struct view rest)
{
	struct view word;
	if (view_has(rest, " > ") || view_has(rest, " [ "))
		return;
	while (view_word(&rest, &word))
		if (reader_script_file(word)) {
			reader_keep(&s->file, word);
			return;
		}
}

/* "Tests:       1 failed, 3 skipped, 431 passed, 435 total" */
static void totals_line(struct reader_totals *t, struct view text)
{
	t->any = true;
	t->counts.errors = -1; /* suites that do not run are counted */
	reader_add(&t->counts.passed, reader_count_before(text, " passed"));
	reader_add(&t->counts.failed, reader_count_before(text, " failed"));
	reader_add(&t->counts.skipped, reader_count_before(text, " skipped"));
	reader_add(&t->counts.skipped, reader_count_before(text, " todo"));
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	struct view v = text;
	if (reader_skip(&v, "  ● ")) {
		if (s->file.n)
			bullet_line(s, view_trim(v), out);
		return;
	}
	v = view_trim(text);
	if (reader_skip(&v, "FAIL "))
		file_line(s, v);
	else if (view_starts(v, "Tests: ") && view_ends(v, " total"))
		totals_line(&s->totals, v);
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {"  ● ", "FAIL ", "Tests: ", NULL};

const struct test_reader test_reader_jest = {
	.name = "jest", .state_size = sizeof(struct state), .literals = literals, .line = on_line, .summary = summary};
