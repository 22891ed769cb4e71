/* go test, text and -json, and gotestsum. Ids are Test/sub, as go prints them. */
#include "diagnose/reader.h"

#include "base/json.h"

struct state {
	struct reader_totals totals; /* of gotestsum */
	bool timed_out;              /* behind "panic: test timed out": a list of the running tests follows */
};

static const struct reader_word words[] = {{"PASS", RESULT_PASSED}, {"FAIL", RESULT_FAILED}, {"SKIP", RESULT_SKIPPED},
	{"pass", RESULT_PASSED}, {"fail", RESULT_FAILED}, {"skip", RESULT_SKIPPED}, {NULL, RESULT_PASSED}};

/* "    --- FAIL: TestX/sub (0.00s)", gotestsum's "=== FAIL: pkg/dir TestX/sub (0.00s)" */
static bool text_line(struct view text, const struct test_out *out)
{
	struct view v = view_trim(text), word;
	bool sum = reader_skip(&v, "=== ");
	enum result result;
	if ((!sum && !reader_skip(&v, "--- ")) || !reader_word_result(view_sub(v, 0, 4), words, &result))
		return false;
	v = view_from(v, 4);
	if (!reader_skip(&v, ": "))
		return false;
	int64_t took = reader_cut_duration(&v, '(', ')');
	if (sum && (took < 0 || !view_word(&v, &word)))
		return false;
	v = view_trim(v);
	if (view_find_char(v, ' ') == VIEW_NONE)
		reader_tell(out, (struct test_case){.id = v, .result = result, .duration_us = took});
	return true;
}

/* {"Time":"...","Action":"fail","Package":"p","Test":"TestX/sub","Elapsed":0.01} */
static void json_line(struct view text, const struct test_out *out)
{
	struct err e;
	JSON_AUTO *j = json_parse(text, LOG_LINE_MAX, &e);
	const char *action = json_text(j, "Action"), *test = json_text(j, "Test");
	enum result result;
	if (!action || !test || !reader_word_result(view_of(action), words, &result))
		return;
	const cJSON *elapsed = json_get(j, "Elapsed");
	double seconds = cJSON_IsNumber(elapsed) ? elapsed->valuedouble : -1;
	int64_t took = seconds >= 0 && seconds < 1e9 ? (int64_t)(seconds * 1e6) : -1;
	reader_tell(out, (struct test_case){.id = view_of(test), .result = result, .duration_us = took});
}

/* "	TestSlow (1s)" below "running tests:" of the panic of a test that took too long */
static void running_line(struct state *s, struct view text, const struct test_out *out)
{
	struct view v = view_trim(text);
	if (view_is(v, "running tests:"))
		return;
	int64_t took = reader_cut_duration(&v, '(', ')');
	s->timed_out = view_starts(text, "\t") && took >= 0;
	if (s->timed_out)
		reader_tell(out, (struct test_case){.id = v,
					 .result = RESULT_FAILED,
					 .duration_us = took,
					 .message = view_of("the test timed out")});
}

/* "DONE 5 tests, 1 skipped, 2 failures, 1 error in 1.2s" */
static void totals_line(struct reader_totals *t, struct view text)
{
	int64_t tests = reader_count_after(text, "DONE"), skipped = reader_count_before(text, " skipped"),
		failed = reader_count_before(text, " failure");
	if (tests < 0)
		return;
	t->any = true;
	t->counts.errors = -1;
	reader_add(&t->counts.skipped, skipped);
	reader_add(&t->counts.failed, failed);
	reader_add(&t->counts.passed, tests - (skipped > 0 ? skipped : 0) - (failed > 0 ? failed : 0));
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	if (view_starts(text, "{"))
		json_line(text, out);
	else if (view_starts(text, "panic: test timed out after "))
		s->timed_out = true;
	else if (view_starts(text, "DONE ") && (view_has(text, " tests") || view_has(text, " test,")))
		totals_line(&s->totals, text);
	else if (!text_line(text, out) && s->timed_out)
		running_line(s, text, out);
}

static bool active(const void *state)
{
	return ((const struct state *)state)->timed_out;
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {
	"--- PASS: ", "--- FAIL: ", "--- SKIP: ", "=== FAIL: ", "=== SKIP: ", "\"Action\":\"pass\"",
	"\"Action\":\"fail\"", "\"Action\":\"skip\"", "panic: test timed out after ", "\nDONE ", NULL};

const struct test_reader test_reader_go = {.name = "go",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.active = active,
	.summary = summary};
