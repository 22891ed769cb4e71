/* jest and vitest. Ids are the names of describe blocks and test joined by " › "; vitest's have the file in front. */
#include "diagnose/reader.h"

#include <string.h>

#define FILE_MAX 512

struct state {
	char file[FILE_MAX]; /* of the last "FAIL file" of jest */
	struct test_counts totals;
	bool summed;
};

static bool test_file(struct view v)
{
	return (view_has(v, ".js") || view_has(v, ".ts") || view_has(v, ".mjs") || view_has(v, ".cjs")) &&
	       view_find_char(v, ' ') == VIEW_NONE;
}

/* "  ● changed › --json › should list", where a bare title may be jest's own */
static void bullet_line(struct state *s, struct view text, test_sink *sink, void *context, const struct log_line *at)
{
	static const char *const own[] = {"Console", "Cannot log after tests are done", "Deprecation Warning",
		"Validation Error", "Validation Warning", "process.exit called"};
	struct view title = view_trim(view_from(view_trim(text), strlen("●")));
	if (view_starts(title, "Test suite failed to run")) {
		reader_emit(sink, context, view_of(s->file), RESULT_FAILED, -1, title, at);
		return;
	}
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		if (view_starts(title, own[i]))
			return;
	bool summary = view_has(title, "snapshot") && (view_has(title, "obsolete") || view_has(title, "written"));
	if (!summary)
		reader_emit(sink, context, title, RESULT_FAILED, -1, (struct view){0}, at);
}

/* vitest: " FAIL  src/a.test.ts > suite > name", also with " |project| " in front of the file */
static void vitest_failure(struct view rest, test_sink *sink, void *context, const struct log_line *at)
{
	BUF_AUTO id = buf_new(BUF_LINE);
	if (view_starts(rest, "|")) {
		size_t bar = view_find_char(view_from(rest, 1), '|');
		rest = bar == VIEW_NONE ? rest : view_trim(view_from(rest, bar + 2));
	}
	for (size_t cut; (cut = view_find(rest, " > ")) != VIEW_NONE; rest = view_from(rest, cut + 3)) {
		buf_add_view(&id, view_sub(rest, 0, cut));
		buf_add_text(&id, " › ");
	}
	buf_add_view(&id, view_trim(rest));
	reader_emit(sink, context, buf_view(&id), RESULT_FAILED, -1, (struct view){0}, at);
}

static void file_line(struct state *s, struct view text, test_sink *sink, void *context, const struct log_line *at)
{
	struct view rest = view_trim(view_from(view_trim(text), 5)), file = {0}, copy = rest;
	if (view_has(rest, " > ")) {
		vitest_failure(rest, sink, context, at);
		return;
	}
	if (!view_word(&copy, &file) || !test_file(file) || file.n >= FILE_MAX)
		return;
	memcpy(s->file, file.p, file.n);
	s->file[file.n] = 0;
}

/* "Tests:       1 failed, 3 skipped, 431 passed, 435 total" or vitest's "Tests  1 failed | 2 passed (3)" */
static void totals_line(struct state *s, struct view text)
{
	s->summed = true;
	reader_add(&s->totals.passed, reader_count_before(text, " passed"));
	reader_add(&s->totals.failed, reader_count_before(text, " failed"));
	reader_add(&s->totals.skipped, reader_count_before(text, " skipped"));
	reader_add(&s->totals.skipped, reader_count_before(text, " todo"));
}

static void on_line(void *state, struct view text, const struct log_line *at, test_sink *sink, void *context)
{
	struct state *s = state;
	struct view v = view_trim(text);
	bool totals = view_starts(v, "Tests:") || view_starts(v, "Tests  ");
	if (view_starts(v, "● "))
		bullet_line(s, v, sink, context, at);
	else if (view_starts(v, "FAIL "))
		file_line(s, v, sink, context, at);
	else if (totals && (view_has(v, " total") || view_ends(v, ")")))
		totals_line(s, v);
}

static bool summary(const void *state, struct test_counts *ret)
{
	const struct state *s = state;
	if (s->summed)
		*ret = s->totals;
	return s->summed;
}

static const char *const literals[] = {"● ", "FAIL ", "Tests:", "Tests  ", NULL};

const struct test_reader test_reader_jest = {
	.name = "jest", .state_size = sizeof(struct state), .literals = literals, .line = on_line, .summary = summary};
