/* pytest, in all its modes: -v, -q, xdist, the short summary and the closing line. Ids are node ids. */
#include "diagnose/reader.h"

#define CRASHES_MAX 4u

struct state {
	struct reader_totals totals;
	bool in_summary; /* behind "short test summary info" */
	bool in_details; /* behind "FAILURES": what looks like a summary there was printed by tests */
	struct {
		struct reader_text id;
		bool passed; /* when the command was run again */
	} crashes[CRASHES_MAX];
	size_t crash_count;
};

static const struct reader_word words[] = {{"PASSED", RESULT_PASSED}, {"FAILED", RESULT_FAILED},
	{"SKIPPED", RESULT_SKIPPED}, {"ERROR", RESULT_ERROR}, {"XFAIL", RESULT_SKIPPED}, {"XPASS", RESULT_PASSED},
	{"SUBFAIL", RESULT_FAILED}, {"SUBFAILED", RESULT_FAILED}, {NULL, RESULT_PASSED}};

/* "tests/test_a.py" of "tests/test_a.py::TestX::test_y[a]", where the front is a file. */
static bool node_file(struct view id, struct view *ret)
{
	size_t colons = view_find(id, "::");
	struct view file = view_sub(id, 0, colons == VIEW_NONE ? id.n : colons);
	size_t dot = view_find_last_char(file, '.');
	*ret = file;
	return dot != VIEW_NONE && dot + 6 >= file.n && view_find_char(file, ' ') == VIEW_NONE &&
	       view_find_char(view_from(file, dot), ':') == VIEW_NONE;
}

/* The node id at the front of "a.py::test_x[a - b] - AssertionError: ...": parameters may hold anything. */
static struct view cut_id(struct view text, const char *separator)
{
	size_t end = separator[1] ? view_find(text, separator) : view_find_char(text, *separator);
	size_t open = view_find_char(text, '[');
	if (open < end && view_find_char(view_sub(text, 0, open), ' ') == VIEW_NONE)
		for (size_t i = open; i < text.n; i++)
			if (text.p[i] == ']' && (i + 1 == text.n || view_starts(view_from(text, i + 1), separator)))
				return view_sub(text, 0, i + 1);
	return view_sub(text, 0, end == VIEW_NONE ? text.n : end);
}

static void tell(const struct test_out *out, struct view id, enum result result, struct view message)
{
	struct view file;
	reader_tell(out, (struct test_case){.id = id,
				 .result = result,
				 .duration_us = -1,
				 .message = message,
				 .path = node_file(id, &file) ? file : (struct view){0}});
}

/* view_find() of a text that begins with a character which few lines hold. */
static size_t find_rare(struct view text, char sign, const char *needle)
{
	return view_find_char(text, sign) == VIEW_NONE ? VIEW_NONE : view_find(text, needle);
}

/* "[gw0] [ 12%] PASSED a.py::test_x " of pytest-xdist */
static bool xdist_line(struct view text, const struct test_out *out)
{
	struct view rest = text, word, file;
	enum result result;
	while (view_starts(text, "[gw") && view_starts(rest, "[") && view_find_char(rest, ']') != VIEW_NONE)
		rest = view_trim(view_from(rest, view_find_char(rest, ']') + 1));
	if (rest.n == text.n || !view_word(&rest, &word) || !reader_word_result(word, words, &result))
		return false;
	rest = view_trim(rest);
	if (node_file(rest, &file))
		tell(out, rest, result, (struct view){0});
	return true;
}

/* "SUBFAILED[message] (i=1) a.py::test_x - ..." -> what begins with the node id */
static struct view behind_subtest(struct view text)
{
	size_t colons = view_find(text, "::");
	size_t blank = view_find_last_char(view_sub(text, 0, colons == VIEW_NONE ? 0 : colons), ' ');
	return view_from(text, blank == VIEW_NONE ? text.n : blank + 1);
}

/* "FAILED a.py::test_x[a b] - AssertionError: ...", "ERROR tests/unit - KeyError" of the short summary. Outside of one
 * only what is surely a test or a file of tests. */
static bool summary_line(const struct state *s, struct view text, const struct test_out *out)
{
	if (!text.n || (text.p[0] != 'E' && text.p[0] != 'F' && text.p[0] != 'S'))
		return false;
	struct view rest = view_trim_right(text), file;
	bool error = reader_skip(&rest, "ERROR "), subtest = view_starts(text, "SUBFAIL");
	if (!error && !subtest && !reader_skip(&rest, "FAILED "))
		return false;
	struct view id = cut_id(subtest ? behind_subtest(rest) : rest, " - ");
	bool test = node_file(id, &file) && (id.n > file.n || view_ends(id, ".py"));
	if (!test && !(s->in_summary && view_find_char(id, ' ') == VIEW_NONE))
		return false;
	tell(out, id, error ? RESULT_ERROR : RESULT_FAILED,
		view_from(rest, (size_t)(id.p - rest.p) + id.n + view_of(" - ").n));
	return true;
}

static size_t find_crash(const struct state *s, struct view id)
{
	size_t i = 0;
	while (i < s->crash_count && !view_eq(reader_kept(&s->crashes[i].id), id))
		i++;
	return i;
}

/* A crash ends the program: whoever passes behind its own was run again. */
static void note_crash(struct state *s, struct view id, bool passed)
{
	size_t i = find_crash(s, id);
	if (i == s->crash_count && (passed || i == CRASHES_MAX))
		return;
	if (i == s->crash_count) {
		reader_keep(&s->crashes[i].id, id);
		s->crash_count++;
	}
	s->crashes[i].passed = passed;
}

/* Crashes that a later attempt did not have are no failures, where another crash remains to blame. */
static void at_end(void *state, const struct test_out *out)
{
	struct state *s = state;
	bool remains = false;
	for (size_t i = 0; i < s->crash_count; i++)
		remains |= !s->crashes[i].passed;
	for (size_t i = 0; i < s->crash_count; i++)
		if (remains && s->crashes[i].passed)
			reader_tell(out, (struct test_case){.id = reader_kept(&s->crashes[i].id),
						 .result = RESULT_PASSED,
						 .duration_us = -1,
						 .flaky = true});
}

/* "a.py::test_x PASSED   [ 12%]", also with output of the test between id and word */
static void verbose_line(struct state *s, struct view text, const struct test_out *out)
{
	struct view rest = view_trim_right(text), tail, file, id = cut_id(rest, " ");
	enum result result;
	if (id.n == rest.n || !node_file(id, &file) || id.n == file.n)
		return;
	size_t fatal = find_rare(text, 'F', " Fatal Python error: ");
	if (view_ends(rest, "%]"))
		reader_cut_tail(&rest, '[', ']', &tail);
	if (view_ends(rest, ")"))
		reader_cut_tail(&rest, '(', ')', &tail);
	size_t blank = view_find_last_char(rest, ' ');
	if (fatal != VIEW_NONE) {
		tell(out, id, RESULT_ERROR, view_from(text, fatal));
		note_crash(s, id, false);
	} else if (blank != VIEW_NONE && blank >= id.n &&
		   reader_word_result(view_from(rest, blank + 1), words, &result)) {
		reader_tell(out, (struct test_case){.id = id, .result = result, .duration_us = -1, .path = file});
		if (result == RESULT_PASSED)
			note_crash(s, id, true);
	}
}

/* "=== 1 failed, 2 passed in 0.12s (0:00:01) ===" */
static void closing_line(struct state *s, struct view text)
{
	static const char *const labels[] = {" passed", " xpassed", " failed", " skipped", " xfailed", " error"};
	struct test_counts *c = &s->totals.counts;
	int64_t *const sums[] = {&c->passed, &c->passed, &c->failed, &c->skipped, &c->skipped, &c->errors};
	size_t in = view_find(text, " in ");
	struct view rest = view_from(text, in == VIEW_NONE ? text.n : in + 4), took;
	if (!view_word(&rest, &took) || reader_duration(took) < 0)
		return;
	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
		int64_t n = reader_count_before(text, labels[i]);
		s->totals.any |= n >= 0;
		reader_add(sums[i], n);
	}
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	if (find_rare(text, '=', "= short test summary info =") != VIEW_NONE) {
		s->in_summary = true;
		s->in_details = false;
	} else if (view_starts(text, "=====") &&
		   (view_has(text, "= FAILURES =") || view_has(text, "= ERRORS =") || view_has(text, "= PASSES =")))
		s->in_details = true;
	else if (xdist_line(text, out) || (!s->in_details && summary_line(s, text, out)))
		return;
	else if (view_starts(text, "=") || (text.n && text.p[0] >= '0' && text.p[0] <= '9')) {
		closing_line(s, text);
		s->in_summary = s->in_details = false;
	} else
		verbose_line(s, text, out);
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {"PASSED", "FAILED", "SKIPPED", "ERROR ", " ERROR", "XFAIL", "XPASS", "SUBFAIL",
	" passed in ", " failed in ", " passed, ", " failed, ", " skipped in ", " error in ", " errors in ",
	" warning in ", " warnings in ", " xfailed in ", " xpassed in ", " deselected in ", " rerun in ",
	"short test summary info", "= FAILURES =", "= ERRORS =", "= PASSES =", " Fatal Python error: ", NULL};

const struct test_reader test_reader_pytest = {.name = "pytest",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.end = at_end,
	.summary = summary};
