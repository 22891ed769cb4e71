/* Ginkgo. Ids are those of its list of failures: "Shelf when empty [It] adds them up". */
#include "diagnose/reader.h"

struct state {
	struct reader_totals totals;
};

/* "  [FAIL] Shelf when empty [It] adds them up"; version 1 wrote [Fail], others are [TIMEDOUT], [PANICKED!] */
static void failure_line(struct view v, const struct test_out *out)
{
	size_t shut = view_find(v, "] ");
	struct view id = view_trim(view_from(v, shut + 2));
	if (view_has(id, "[It] ") || view_has(id, "[BeforeEach] ") || view_has(id, "[AfterEach] ") ||
		view_has(id, "[BeforeSuite]"))
		reader_failed(out, id, (struct view){0});
}

/* "FAIL! -- 2 Passed | 1 Failed | 0 Pending | 0 Skipped" */
static void totals_line(struct reader_totals *t, struct view v)
{
	int64_t passed = reader_count_before(v, " Passed"), failed = reader_count_before(v, " Failed");
	if (passed < 0 || failed < 0)
		return;
	t->any = true;
	t->counts.passed += passed;
	t->counts.failed += failed;
	reader_add(&t->counts.skipped, reader_count_before(v, " Pending"));
	reader_add(&t->counts.skipped, reader_count_before(v, " Skipped"));
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	struct view v = view_trim(text);
	if (view_has(v, "! -- "))
		totals_line(&s->totals, v);
	else if (view_starts(v, "[FAIL] ") || view_starts(v, "[Fail] ") || view_starts(v, "[PANICKED!] ") ||
		 view_starts(v, "[TIMEDOUT] "))
		failure_line(v, out);
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {
	"[FAIL] ", "[Fail] ", "[PANICKED!] ", "[TIMEDOUT] ", "FAIL! -- ", "SUCCESS! -- ", NULL};

const struct test_reader test_reader_ginkgo = {.name = "ginkgo",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.summary = summary};
