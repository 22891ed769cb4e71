/* Gradle's test tasks, also with the test-logger plugin. Ids are "Class > method". */
#include "diagnose/reader.h"

struct state {
	struct reader_totals totals;
	struct reader_text class; /* the heading of the test-logger plugin */
	bool testing;             /* the last task was one of tests */
	bool logger;              /* the plugin told the failures; what gradle says is the same */
};

static bool cut_word(struct view *v, enum result *ret)
{
	static const struct {
		const char *word;
		enum result result;
	} words[] = {{" FAILED", RESULT_FAILED}, {" PASSED", RESULT_PASSED}, {" SKIPPED", RESULT_SKIPPED}};
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (view_ends(*v, words[i].word)) {
			*v = view_sub(*v, 0, v->n - view_of(words[i].word).n);
			*ret = words[i].result;
			return true;
		}
	return false;
}

/* "CartTest > adds() FAILED"; with a deep granularity "Gradle Test Run :test > Gradle Test Executor 1 > CartTest >
 * adds()" */
static void test_line(const struct state *s, struct view v, const struct test_out *out)
{
	enum result result;
	v = view_trim_right(v);
	if (!v.n || v.p[0] == ' ' || v.p[0] == '>' || !cut_word(&v, &result))
		return;
	while (view_starts(v, "Gradle Test ") && view_find(v, " > ") != VIEW_NONE)
		v = view_from(v, view_find(v, " > ") + 3);
	size_t cut = view_find(v, " > ");
	if (cut == VIEW_NONE || !reader_dotted(view_sub(v, 0, cut < 1 ? 0 : 1)) ||
		(s->logger && result == RESULT_FAILED))
		return;
	reader_result(out, view_trim_right(v), result);
}

/* "  Test adds() FAILED (1.2s)" below "org.example.CartTest" */
static void logger_line(struct state *s, struct view v, const struct test_out *out)
{
	enum result result;
	reader_cut_duration(&v, '(', ')');
	if (!s->class.n || !cut_word(&v, &result))
		return;
	s->logger = true;
	reader_joined(out, reader_kept(&s->class), " > ", view_trim(v), result);
}

/* "375 tests completed, 1 failed, 28 skipped" */
static void totals_line(struct reader_totals *t, struct view v)
{
	int64_t all = reader_count_before(v, " tests completed"), failed = reader_count_before(v, " failed"),
		skipped = reader_count_before(v, " skipped");
	if (all < 0)
		all = reader_count_before(v, " test completed");
	if (all < 0 || failed < 0)
		return;
	t->any = true;
	reader_add(&t->counts.failed, failed);
	reader_add(&t->counts.skipped, skipped);
	reader_add(&t->counts.passed, all - failed - (skipped > 0 ? skipped : 0));
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	struct view v = text;
	if (reader_skip(&v, "> Task :")) {
		s->testing = view_has(v, "est");
		s->class.n = 0;
	} else if (reader_skip(&v, "  Test ") && s->testing)
		logger_line(s, v, out);
	else if (view_find_char(text, ',') != VIEW_NONE && view_has(text, " completed, "))
		totals_line(&s->totals, text);
	else if (s->testing && reader_dotted(text) && view_find_char(text, '.') != VIEW_NONE)
		reader_keep(&s->class, text);
	else
		test_line(s, text, out);
}

static bool active(const void *state)
{
	return ((const struct state *)state)->testing;
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {
	" FAILED\n", " PASSED\n", " SKIPPED\n", " tests completed, ", " test completed, ", "\n> Task :", NULL};

const struct test_reader test_reader_gradle = {.name = "gradle",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.active = active,
	.summary = summary};
