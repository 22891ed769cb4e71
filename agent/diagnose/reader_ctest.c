/* CTest. Ids are the names given to add_test(). */
#include "diagnose/reader.h"

struct state {
	struct reader_totals totals;
	bool listing; /* behind "The following tests FAILED:" */
};

static bool status_result(struct view status, enum result *ret)
{
	if (view_starts(status, "Passed"))
		*ret = RESULT_PASSED;
	else if (view_starts(status, "***Skipped") || view_starts(status, "***Not Run (Disabled)"))
		*ret = RESULT_SKIPPED;
	else if (view_starts(status, "***"))
		*ret = RESULT_FAILED;
	else
		return false;
	return true;
}

/* " 2/40 Test #12: name ..............***Exception: SegFault  0.21 sec" */
static void test_line(struct view text, const struct test_out *out)
{
	size_t hash = view_find(text, "Test ");
	struct view v = view_from(text, hash == VIEW_NONE ? text.n : hash + 5);
	uint64_t number;
	v = view_from(v, reader_indent(v));
	if (!reader_skip(&v, "#") || !reader_number(&v, &number) || !reader_skip(&v, ": "))
		return;
	size_t dots = view_find(v, " .");
	struct view status = view_from(v, dots == VIEW_NONE ? v.n : dots);
	while (status.n && (status.p[0] == ' ' || status.p[0] == '.'))
		status = view_from(status, 1);
	enum result result;
	if (!status_result(status, &result))
		return;
	struct view message = result == RESULT_FAILED ? view_from(status, 3) : (struct view){0};
	reader_tell(out, (struct test_case){.id = view_trim(view_sub(v, 0, dots)),
				 .result = result,
				 .duration_us = -1,
				 .message = message});
}

/* "	  2 - name (Failed)", since 3.30 with labels behind it */
static void list_line(struct state *s, struct view text, const struct test_out *out)
{
	struct view v = view_trim(text);
	uint64_t number;
	s->listing = reader_number(&v, &number) && reader_skip(&v, " - ");
	size_t open = view_find(v, " (");
	if (s->listing && open != VIEW_NONE && !view_has(v, "(Disabled)"))
		reader_failed(out, view_trim(view_sub(v, 0, open)), (struct view){0});
}

/* "67% tests passed, 1 tests failed out of 3" */
static void totals_line(struct reader_totals *t, struct view text)
{
	int64_t failed = reader_count_before(text, " tests failed out of"), all = reader_count_after(text, " out of");
	if (failed < 0)
		failed = reader_count_before(text, " test failed out of");
	if (failed < 0 || all < failed)
		return;
	t->any = true;
	t->counts.failed += failed;
	t->counts.passed += all - failed;
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	if (view_has(text, "The following tests FAILED:"))
		s->listing = true;
	else if (view_has(text, " failed out of "))
		totals_line(&s->totals, text);
	else if (s->listing)
		list_line(s, text, out);
	else
		test_line(text, out);
}

static bool active(const void *state)
{
	return ((const struct state *)state)->listing;
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {
	" Test #", " Test  #", " Test   #", "The following tests FAILED:", " failed out of ", NULL};

const struct test_reader test_reader_ctest = {.name = "ctest",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.active = active,
	.summary = summary};
