/* Ant's junit and junitlauncher tasks, and JUnit's console launcher. Ids are class.method; those of the launcher are
 * "Class:method()", as it prints them. */
#include "diagnose/reader.h"

struct state {
	struct reader_totals totals;
	struct reader_text class, test; /* the test: of the last "Testcase: name took ..." */
	uint32_t test_line;
};

static struct view cut_task(struct view text)
{
	struct view v = view_trim(text);
	if (!reader_skip(&v, "[junit] "))
		reader_skip(&v, "[junitlauncher] ");
	return v;
}

/* "Testcase: testNext took 1.4 sec", below it "	Caused an ERROR" or "	FAILED"; junitlauncher: "Testcase:
 * pkg.Class" */
static void case_line(struct state *s, struct view v, const struct test_out *out)
{
	size_t took = view_find(v, " took ");
	if (took == VIEW_NONE && reader_dotted(view_trim(v)))
		reader_keep(&s->class, view_trim(v));
	if (took == VIEW_NONE)
		return;
	reader_keep(&s->test, view_trim(view_sub(v, 0, took)));
	s->test_line = out->at->number;
}

/* "Test: testFetch() took 15 sec(s) FAILED: java.net.SocketTimeoutException" of junitlauncher */
static void launcher_line(const struct state *s, struct view v, const struct test_out *out)
{
	size_t took = view_find(v, " took "), failed = view_find(v, " FAILED");
	struct reader_text id;
	if (took == VIEW_NONE || failed == VIEW_NONE || failed < took || !s->class.n)
		return;
	reader_keep(&id, reader_kept(&s->class));
	reader_keep_more(&id, ".", view_sub(v, 0, took));
	struct view message = view_from(v, failed + 7);
	reader_skip(&message, ": ");
	reader_failed(out, reader_kept(&id), message);
}

/* "[junit] Tests run: 3, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 1.4 sec" */
static void totals_line(struct reader_totals *t, struct view v)
{
	int64_t ran = reader_count_after(v, "Tests run:"), failed = reader_count_after(v, "Failures:"),
		errors = reader_count_after(v, "Errors:"), skipped = reader_count_after(v, "Skipped:"),
		aborted = reader_count_after(v, "Aborted:");
	if (ran < 0 || failed < 0)
		return;
	t->any = true;
	reader_add(&t->counts.failed, failed);
	reader_add(&t->counts.errors, errors);
	reader_add(&t->counts.skipped, skipped);
	reader_add(&t->counts.skipped, aborted);
	ran -= failed + (errors > 0 ? errors : 0) + (skipped > 0 ? skipped : 0) + (aborted > 0 ? aborted : 0);
	reader_add(&t->counts.passed, ran);
}

/* "[      2322 tests successful      ]" */
static void console_totals(struct reader_totals *t, struct view v)
{
	reader_add(&t->counts.passed, reader_count_before(v, " tests successful"));
	reader_add(&t->counts.failed, reader_count_before(v, " tests failed"));
	reader_add(&t->counts.skipped, reader_count_before(v, " tests skipped"));
	reader_add(&t->counts.skipped, reader_count_before(v, " tests aborted"));
	t->any = true;
}

/* "JUnit Jupiter:CartTest:adds()" */
static void console_line(struct view v, const struct test_out *out)
{
	size_t engine = view_find_char(v, ':');
	struct view id = view_from(v, engine + 1);
	if (view_find_char(id, ':') != VIEW_NONE && view_ends(id, ")"))
		reader_failed(out, id, (struct view){0});
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	struct view v = cut_task(text), rest = v;
	bool task = v.n < view_trim(text).n;
	bool below = s->test_line && s->test_line + 1 == out->at->number;
	if (reader_skip(&rest, "Testsuite: "))
		reader_keep(&s->class, view_trim(rest));
	else if (reader_skip(&rest, "Testcase: "))
		case_line(s, rest, out);
	else if (reader_skip(&rest, "Test: "))
		launcher_line(s, rest, out);
	else if (below && (view_is(view_trim(v), "Caused an ERROR") || view_is(view_trim(v), "FAILED")))
		reader_joined(out, reader_kept(&s->class), ".", reader_kept(&s->test),
			view_is(view_trim(v), "FAILED") ? RESULT_FAILED : RESULT_ERROR);
	else if (task && view_starts(v, "Tests run:"))
		totals_line(&s->totals, v);
	else if (view_starts(view_trim(v), "JUnit Jupiter:") || view_starts(view_trim(v), "JUnit Vintage:"))
		console_line(view_trim(v), out);
	else if (view_starts(v, "[ ") && view_ends(v, " ]"))
		console_totals(&s->totals, v);
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {"Testsuite: ", "Testcase: ", "Test: ", "\tCaused an ERROR", "\tFAILED",
	"[junit] Tests run:", "[junitlauncher] Tests run:", "JUnit Jupiter:", "JUnit Vintage:", " tests successful ",
	" tests failed ", " tests skipped ", " tests aborted ", NULL};

const struct test_reader test_reader_ant = {
	.name = "ant", .state_size = sizeof(struct state), .literals = literals, .line = on_line, .summary = summary};
