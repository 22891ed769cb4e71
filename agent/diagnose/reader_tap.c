/* The Test Anything Protocol: node-tap, tape, bats, prove -v, git, kernel self tests; also what Perl's Test::More says
 * beside it. Ids are the descriptions. */
#include "diagnose/reader.h"

struct state {
	struct test_counts said; /* "# pass 3" of node and tape */
	bool any;
	uint32_t step;
	bool running;         /* behind a plan or a version line */
	size_t failed_indent; /* 1 + that of the last failure */
};

/* Where " # SKIP reason", " # TODO", " # time=3ms" begins; "\#" is no directive. */
static struct view cut_directive(struct view *text)
{
	struct view directive = {0};
	for (size_t i = 1; i + 1 < text->n; i++)
		if (text->p[i] == '#' && text->p[i - 1] == ' ') {
			directive = view_trim(view_from(*text, i + 1));
			*text = view_sub(*text, 0, i);
			break;
		}
	*text = view_trim(*text);
	return directive;
}

static bool starts_nocase(struct view v, const char *word)
{
	struct view w = view_of(word);
	return view_eq_nocase(view_sub(v, 0, w.n), w);
}

/* bats -T: "adds prices in 12ms" */
static int64_t cut_timing(struct view *name)
{
	size_t in = view_find_last_char(*name, ' ');
	struct view head = view_sub(*name, 0, in == VIEW_NONE ? 0 : in);
	if (!view_ends(head, " in") || !view_ends(*name, "ms"))
		return -1;
	int64_t took = reader_duration(view_from(*name, in + 1));
	if (took >= 0)
		*name = view_sub(head, 0, head.n - 3);
	return took;
}

/* A failed subtest makes the test around it fail: that one stands further left, right behind. */
static bool is_parent(struct state *s, size_t indent)
{
	bool parent = s->failed_indent > indent + 1;
	s->failed_indent = indent + 1;
	return parent;
}

/* "not ok 3 - name # TODO later" */
static void test_line(struct state *s, struct view text, const struct test_out *out)
{
	size_t indent = reader_indent(text);
	struct view v = view_trim(text);
	bool bad = reader_skip(&v, "not ");
	uint64_t number;
	if (!reader_skip(&v, "ok ") || !reader_number(&v, &number) || (v.n && v.p[0] != ' '))
		return;
	v = view_trim(v);
	if (reader_skip(&v, "- "))
		v = view_trim(v);
	struct view directive = cut_directive(&v);
	bool excused = starts_nocase(directive, "skip") || starts_nocase(directive, "todo");
	if (view_ends(v, " {"))
		v = view_trim(view_sub(v, 0, v.n - 2));
	if (bad && !excused && is_parent(s, indent))
		return;
	int64_t took = cut_timing(&v);
	enum result result = excused ? RESULT_SKIPPED : bad ? RESULT_FAILED : RESULT_PASSED;
	reader_tell(out, (struct test_case){.id = v, .result = result, .duration_us = took});
}

/* "#   Failed test 'adds prices'" */
static void perl_line(struct state *s, struct view text, const struct test_out *out)
{
	struct view v = view_from(text, view_find(text, "Failed test ") + 12);
	if (!is_parent(s, reader_indent(text)) && reader_skip(&v, "'") && view_find_last_char(v, '\'') != VIEW_NONE)
		reader_failed(out, view_sub(v, 0, view_find_last_char(v, '\'')), (struct view){0});
}

/* "# pass 3", "# fail  1" */
static void count_line(struct state *s, struct view text)
{
	struct view word;
	uint64_t n;
	if (!reader_skip(&text, "# ") || !view_word(&text, &word) || !view_number(view_trim(text), INT64_MAX, &n))
		return;
	int64_t *sum = view_is(word, "pass")                                                        ? &s->said.passed
		       : view_is(word, "fail") || view_is(word, "cancelled")                        ? &s->said.failed
		       : view_is(word, "skipped") || view_is(word, "skip") || view_is(word, "todo") ? &s->said.skipped
												    : NULL;
	if (!sum)
		return;
	*sum += (int64_t)n;
	s->any |= sum == &s->said.passed;
}

static bool is_plan(struct view v)
{
	uint64_t n;
	return reader_skip(&v, "1..") && reader_number(&v, &n) && (!v.n || v.p[0] == ' ');
}

static void on_line(void *state, struct view text, const struct test_out *out)
{
	struct state *s = state;
	if (reader_new_step(&s->step, out)) {
		s->running = false;
		s->failed_indent = 0;
	}
	if (view_starts(text, "TAP version ") || is_plan(text))
		s->running = true;
	else if (view_starts(view_trim(text), "#   Failed test '"))
		perl_line(s, text, out);
	else if (view_starts(text, "# ") && s->running)
		count_line(s, text);
	else
		test_line(s, text, out);
}

static bool active(const void *state)
{
	return ((const struct state *)state)->running;
}

static bool summary(const void *state, struct test_counts *ret)
{
	const struct state *s = state;
	if (s->any)
		*ret = s->said;
	return s->any;
}

static const char *const literals[] = {"not ok ", "TAP version ", "\n1..", "  Failed test '", NULL};

const struct test_reader test_reader_tap = {.name = "tap",
	.state_size = sizeof(struct state),
	.literals = literals,
	.line = on_line,
	.active = active,
	.summary = summary};
