/* Pest, and PHPUnit as Laravel's `artisan test` shows it. Ids are "Class > title". */
#include "diagnose/reader.h"

struct state {
	struct reader_totals totals;
	struct reader_text class; /* of the last "PASS Class" or "FAIL Class" */
};

/* "  ⨯ adds prices                 0.37s" */
static void failure_line(const struct state *s, struct view v, const struct test_out *out)
{
	size_t blank = view_find_last_char(v, ' ');
	struct view last = view_from(v, blank == VIEW_NONE ? v.n : blank + 1);
	int64_t took = view_ends(last, "s") ? reader_duration(last) : -1;
	if (took >= 0)
		v = view_sub(v, 0, blank);
	struct reader_text id;
	reader_keep(&id, reader_kept(&s->class));
	reader_keep_more(&id, " > ", view_trim(v));
	reader_tell(out, (struct test_case){.id = reader_kept(&id), .result = RESULT_FAILED, .duration_us = took});
}

/* "   FAIL  Tests\Feature\ExampleTest" */
static void class_line(struct state *s, struct view v)
{
	v = view_trim(v);
	if (view_find_char(v, '\\') != VIEW_NONE && view_find_char(v, ' ') == VIEW_NONE)
		reader_keep(&s->class, v);
}

/* "  Tests:    1 failed, 2 skipped, 1 passed (2 assertions)" */
static void totals_line(struct reader_totals *t, struct view v)
{
	t->any = true;
	reader_add(&t->counts.passed, reader_count_before(v, " passed"));
	reader_add(&t->counts.failed, reader_count_before(v, " failed"));
	reader_add(&t->counts.skipped, reader_count_before(v, " skipped"));
	reader_add(&t->counts.skipped, reader_count_before(v, " todo"));
	reader_add(&t->counts.skipped, reader_count_before(v, " incomplete"));
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	struct view v = view_trim(text);
	if (reader_skip(&v, "PASS ") || reader_skip(&v, "FAIL ") || reader_skip(&v, "WARN "))
		class_line(s, v);
	else if (reader_skip(&v, "⨯ ") && s->class.n)
		failure_line(s, v, out);
	else if (reader_skip(&v, "Tests: ") && s->class.n && !view_ends(v, " total"))
		totals_line(&s->totals, v);
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {" PASS ", " FAIL ", " WARN ", "⨯ ", "Tests: ", NULL};

const struct test_reader test_reader_pest = {
	.name = "pest", .state_size = sizeof(struct state), .literals = literals, .line = on_line, .summary = summary};
