#include "diagnose/internal.h"

#define EXCERPT_SEARCH 40u /* how far `from` and `to` may lie */
#define EXCERPT_AROUND 3u  /* lines on either side where a rule does not say */

/* The nearest line upwards (step -1) or downwards (+1) that matches; `at` itself when none does. */
static size_t find(const struct log_text *t, size_t at, int step, const char *pattern, struct matcher *m)
{
	size_t i = at;
	for (unsigned n = 0; n < EXCERPT_SEARCH; n++) {
		if ((step < 0 && !i) || (step > 0 && i + 1 >= t->count))
			break;
		i += (size_t)step;
		if (matcher_pattern(m, pattern, log_text_line(t, i), NULL))
			return i;
	}
	return at;
}

static bool worthless(const struct log_text *t, size_t i)
{
	return !view_trim(log_text_line(t, i)).n || t->lines[i].mark == LOG_ENDGROUP;
}

/* Cuts the window to lines_max around `at`, rather from above than from below, and drops empty lines at both ends. */
static void clip(size_t *first, size_t *last, size_t at, unsigned lines_max, const struct log_text *t)
{
	if (*last - at + 1 > lines_max)
		*last = at + lines_max - 1;
	unsigned below = (unsigned)(*last - at);
	if (below > lines_max / 2 && at - *first > 0) {
		unsigned keep_above = lines_max - 1 - lines_max / 2;
		unsigned above = (unsigned)(at - *first) < keep_above ? (unsigned)(at - *first) : keep_above;
		if (below + above + 1 > lines_max)
			*last = at + (lines_max - 1 - above);
	}
	if (*last - *first + 1 > lines_max)
		*first = *last + 1 - lines_max;
	while (*first < at && worthless(t, *first))
		++*first;
	while (*last > at && worthless(t, *last))
		--*last;
}

static void window(
	size_t *first, size_t *last, size_t at, const struct log_text *t, const struct candidate *c, struct matcher *m)
{
	const struct rule_excerpt none = {.before = EXCERPT_AROUND, .after = EXCERPT_AROUND};
	const struct rule_excerpt *x = c->rule ? &c->rule->excerpt : &none;
	*first = at > x->before ? at - x->before : 0;
	*last = at + x->after < t->count ? at + x->after : t->count - 1;
	if (x->from) {
		size_t from = find(t, at, -1, x->from, m);
		*first = from < at ? from : *first;
	}
	if (x->to) {
		size_t to = find(t, at, 1, x->to, m);
		*last = to > at ? to : *last;
	}
}

static const char *shown(struct arena *a, struct view line)
{
	struct view cut = view_cut_utf8(line, EXCERPT_LINE_MAX);
	return arena_view(a, cut).p;
}

int excerpt_make(struct finding *f, struct arena *a, struct log *log, struct matcher *m, const struct candidate *c,
	const struct verdict *v, unsigned lines_max, struct err *e)
{
	const struct log_step *step = log_step(log, c->at.step);
	bool elsewhere = step && c->evidence & EVIDENCE_ELSEWHERE;
	uint32_t line = c->at.line;
	uint32_t low = elsewhere ? step->first_line : v->first, high = elsewhere ? step->last_line : v->last;
	if (step && step->output_line > low && step->output_line <= line)
		low = step->output_line; /* the runner's echo of the command is no news */
	uint32_t from = line > low + EXCERPT_SEARCH ? line - EXCERPT_SEARCH : low;
	uint32_t to = line + EXCERPT_SEARCH < high ? line + EXCERPT_SEARCH : high;
	LOG_TEXT_AUTO t = {0};
	if (log_read(log, from, to, &t, e) < 0)
		return -1;
	if (line < from || line - from >= t.count)
		return err_set(e, ERR_DAMAGED, "line %u of the log changed while it was read", line);
	size_t at = line - from, first, last;
	window(&first, &last, at, &t, c, m);
	clip(&first, &last, at, lines_max ? lines_max : EXCERPT_LINES_MAX, &t);
	struct excerpt_line *lines = arena_array(a, last - first + 1, sizeof *lines);
	for (size_t i = first; i <= last; i++)
		lines[i - first] =
			(struct excerpt_line){.number = from + (uint32_t)i, .text = shown(a, log_text_line(&t, i))};
	f->excerpt.first = from + (uint32_t)first;
	f->excerpt.last = from + (uint32_t)last;
	f->excerpt.lines = lines;
	f->excerpt.count = last - first + 1;
	return 0;
}
