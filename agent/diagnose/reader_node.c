/* node --test with the spec reporter. Ids are the titles of tests; suites around them are none. */
#include "diagnose/reader.h"

#define DEPTH_MAX 32u

struct state {
	struct reader_totals totals;
	uint32_t suites[DEPTH_MAX]; /* hash of the title of the suite that is open at an indentation */
	struct reader_text path;    /* of the last "test at" */
	uint32_t path_line;
};

static uint32_t hash(struct view v)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < v.n; i++)
		h = (h ^ (unsigned char)v.p[i]) * 16777619u;
	return h ? h : 1;
}

/* "  ✖ title (1.5ms)"; "# TODO" behind it is no failure */
static void failure_line(struct state *s, size_t depth, struct view title, const struct test_out *out)
{
	int64_t took = reader_cut_duration(&title, '(', ')');
	if (took < 0 || view_starts(title, " ")) /* two blanks are gotestsum's */
		return;
	title = view_trim(title);
	if (s->suites[depth] == hash(title)) {
		s->suites[depth] = 0;
		return;
	}
	struct test_case one = {.id = title, .result = RESULT_FAILED, .duration_us = took};
	if (s->path_line + 1 == out->at->number)
		one.path = reader_kept(&s->path);
	reader_tell(out, one);
}

/* "test at test/a.test.js:4:1" */
static void place_line(struct state *s, struct view rest, const struct test_out *out)
{
	for (int i = 0; i < 2; i++) {
		size_t colon = view_find_last_char(rest, ':');
		rest = view_sub(rest, 0, colon == VIEW_NONE ? 0 : colon);
	}
	reader_keep(&s->path, rest);
	s->path_line = out->at->number;
}

/* "ℹ pass 514" */
static void totals_line(struct state *s, struct view rest)
{
	struct test_counts *c = &s->totals.counts;
	struct view word;
	uint64_t n;
	if (!view_word(&rest, &word) || !view_number(view_trim(rest), INT64_MAX, &n))
		return;
	int64_t *sum = view_is(word, "pass")                                 ? &c->passed
		       : view_is(word, "fail") || view_is(word, "cancelled") ? &c->failed
		       : view_is(word, "skipped") || view_is(word, "todo")   ? &c->skipped
									     : NULL;
	if (!sum)
		return;
	*sum += (int64_t)n;
	s->totals.any = true;
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	size_t indent = reader_indent(text), depth = indent / 2 < DEPTH_MAX ? indent / 2 : DEPTH_MAX - 1;
	struct view v = view_trim(text);
	if (reader_skip(&v, "▶ "))
		s->suites[depth] = hash(v);
	else if (reader_skip(&v, "✖ "))
		failure_line(s, depth, v, out);
	else if (reader_skip(&v, "test at "))
		place_line(s, v, out);
	else if (!indent && reader_skip(&v, "ℹ "))
		totals_line(s, v);
}

static bool summary(const void *state, struct test_counts *ret)
{
	return reader_totals(&((const struct state *)state)->totals, ret);
}

static const char *const literals[] = {
	"✖ ", "▶ ", "ℹ pass ", "ℹ fail ", "ℹ cancelled ", "ℹ skipped ", "ℹ todo ", "\ntest at ", NULL};

const struct test_reader test_reader_node = {
	.name = "node", .state_size = sizeof(struct state), .literals = literals, .line = on_line, .summary = summary};
