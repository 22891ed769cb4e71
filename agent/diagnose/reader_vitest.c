/* vitest. Ids are the file and the names of describe blocks and test joined by " › ". */
#include "diagnose/reader.h"

struct state {
	struct reader_totals totals;
};

/* " FAIL  |project (chromium)| src/a.test.ts > suite > name", " FAIL  src/a.test.ts [ src/a.test.ts ]" of a file that
 * does not load */
static void failure_line(struct view rest, const struct test_out *out)
{
	struct reader_text id = {0};
	struct view v = rest;
	if (reader_skip(&v, "|") && view_find_char(v, '|') != VIEW_NONE)
		rest = view_trim(view_from(v, view_find_char(v, '|') + 1));
	size_t end = view_find(rest, " > "), bracket = view_find(rest, " [ ");
	struct view file = view_sub(rest, 0, end < bracket ? end : bracket);
	size_t blank = view_find_last_char(file, ' '); /* a project may stand before it, as a coloured badge */
	file = view_from(file, blank == VIEW_NONE ? 0 : blank + 1);
	if ((end == VIEW_NONE && bracket == VIEW_NONE) || !reader_script_file(file))
		return;
	reader_keep(&id, file);
	for (size_t cut = end; end < bracket && cut != VIEW_NONE;) {
		rest = view_from(rest, cut + 3);
		cut = view_find(rest, " > ");
		reader_keep_more(&id, " › ", view_trim(view_sub(rest, 0, cut == VIEW_NONE ? rest.n : cut)));
	}
	reader_tell(out, (struct test_case){.id = reader_kept(&id),
				 .result = end < bracket ? RESULT_FAILED : RESULT_ERROR,
				 .duration_us = -1,
				 .path = file});
}

/* "Tests  1 failed | 2 passed | 1 skipped (4)" */
static void totals_line(struct reader_totals *t, struct view text)
{
	t->any = true;
	t->counts.errors = -1; /* files that do not load are counted */
	reader_add(&t->counts.passed, reader_count_before(text, " passed"));
	reader_add(&t->counts.failed, reader_count_before(text, " failed"));
	reader_add(&t->counts.skipped, reader_count_before(text, " skipped"));
	reader_add(&t->counts.skipped, reader_count_before(text, " todo"));
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	struct view v = view_trim(text), rest = v;
	if (reader_skip(&rest, "FAIL "))
		failure_line(view_trim(rest), out);
	else if (view_starts(v, "Tests  ") && view_ends(v, ")"))
		totals_line(&s->totals, v);
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {" FAIL ", " Tests  ", NULL};

const struct test_reader test_reader_vitest = {.name = "vitest",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.summary = summary};
