/* pytest, in all its modes: -v, -q, xdist, the short summary and the closing line. Ids are node ids. */
#include "diagnose/reader.h"

struct state {
	struct test_counts totals;
	bool summed;
};

static const struct {
	const char *word;
	enum result result;
} words[] = {{"PASSED", RESULT_PASSED}, {"FAILED", RESULT_FAILED}, {"SKIPPED", RESULT_SKIPPED}, {"ERROR", RESULT_ERROR},
	{"XFAIL", RESULT_SKIPPED}, {"XPASS", RESULT_PASSED}};

static bool word_result(struct view word, enum result *ret)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (view_is(word, words[i].word)) {
			*ret = words[i].result;
			return true;
		}
	return false;
}

static bool node_id(struct view v)
{
	return view_has(v, ".py") || view_has(v, "::");
}

/* "[gw0] [ 12%] PASSED a.py::test_x " of pytest-xdist */
static bool xdist_line(struct view text, test_sink *sink, void *context, const struct log_line *at)
{
	size_t shut = view_find(text, "] ");
	struct view rest = text, word;
	enum result result;
	if (!view_starts(text, "[gw") || shut == VIEW_NONE)
		return false;
	rest = view_trim(view_from(text, shut + 1));
	if (view_starts(rest, "[") && (shut = view_find_char(rest, ']')) != VIEW_NONE)
		rest = view_from(rest, shut + 1);
	if (!view_word(&rest, &word) || !word_result(word, &result))
		return false;
	reader_emit(sink, context, view_trim(rest), result, -1, (struct view){0}, at);
	return true;
}

/* "FAILED a.py::test_x[a b] - AssertionError: ..." of the short summary */
static bool summary_line(struct view text, test_sink *sink, void *context, const struct log_line *at)
{
	bool error = view_starts(text, "ERROR ");
	if (!error && !view_starts(text, "FAILED "))
		return false;
	struct view rest = view_from(text, error ? 6 : 7);
	size_t dash = view_find(rest, " - ");
	struct view id = view_trim(dash == VIEW_NONE ? rest : view_sub(rest, 0, dash));
	size_t bracket = view_find_char(id, '[');
	if (!node_id(id) || (bracket == VIEW_NONE && view_find_char(id, ' ') != VIEW_NONE))
		return false;
	struct view message = dash == VIEW_NONE ? (struct view){0} : view_from(rest, dash + 3);
	reader_emit(sink, context, id, error ? RESULT_ERROR : RESULT_FAILED, -1, message, at);
	return true;
}

/* "a.py::test_x PASSED   [ 12%]", also with output of the test between id and word */
static void verbose_line(struct view text, test_sink *sink, void *context, const struct log_line *at)
{
	struct view rest = text, percent, word;
	if (reader_cut_tail(&rest, '[', ']', &percent) && !view_ends(view_trim(percent), "%"))
		rest = text;
	struct view reason;
	struct view bare = rest;
	if (view_ends(bare, ")") && reader_cut_tail(&bare, '(', ')', &reason))
		rest = bare;
	rest = view_trim_right(rest);
	size_t blank = view_find_last_char(rest, ' ');
	enum result result;
	if (blank == VIEW_NONE)
		return;
	word = view_from(rest, blank + 1);
	struct view id = view_trim(view_sub(rest, 0, blank));
	if (word_result(word, &result) && view_has(id, "::") && node_id(id))
		reader_emit(sink, context, id, result, -1, (struct view){0}, at);
}

/* "=== 1 failed, 2 passed in 0.12s (0:00:01) ===" */
static bool is_closing(struct view text)
{
	size_t in = view_find(text, " in ");
	if (in == VIEW_NONE || !(view_has(text, " passed") || view_has(text, " failed") || view_has(text, " error")))
		return false;
	struct view rest = view_from(text, in + 4), took;
	return view_word(&rest, &took) && reader_duration(took) >= 0;
}

static void closing_line(struct state *s, struct view text)
{
	if (!is_closing(text))
		return;
	s->summed = true;
	reader_add(&s->totals.passed, reader_count_before(text, " passed"));
	reader_add(&s->totals.failed, reader_count_before(text, " failed"));
	reader_add(&s->totals.skipped, reader_count_before(text, " skipped"));
	reader_add(&s->totals.skipped, reader_count_before(text, " xfailed"));
	reader_add(&s->totals.errors, reader_count_before(text, " error"));
}

static void on_line(void *state, struct view text, const struct log_line *at, test_sink *sink, void *context)
{
	struct state *s = state;
	if (xdist_line(text, sink, context, at) || summary_line(text, sink, context, at))
		return;
	if (view_starts(text, "=") || (text.n && text.p[0] >= '0' && text.p[0] <= '9'))
		closing_line(s, text);
	else
		verbose_line(text, sink, context, at);
}

static bool summary(const void *state, struct test_counts *ret)
{
	const struct state *s = state;
	if (s->summed)
		*ret = s->totals;
	return s->summed;
}

static const char *const literals[] = {
	"PASSED", "FAILED", "SKIPPED", "ERROR ", "XFAIL", "XPASS", " passed", " failed", " error", NULL};

const struct test_reader test_reader_pytest = {.name = "pytest",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.summary = summary};
