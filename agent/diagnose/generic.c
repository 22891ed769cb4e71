/* A failure that no rule knows still has a line that states it best. Each line of the failing step gets a weight from
 * what can be said of it without knowing its program (trait.h); the heaviest wins, of equals the earliest. */
#include "diagnose/generic.h"
#include "diagnose/internal.h"
#include "diagnose/trait.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define GENERIC_WINDOW 3000u /* lines at the end of the range that are looked at */
#define GENERIC_CHUNK 500u   /* lines in memory at one time */
#define BURST_GAP 5u         /* so many quiet lines end a burst of trouble */
#define NEAR_LINES 6u        /* on either side, heard for the category */
#define WEAK_SYMPTOM 0.4     /* of weight: no more is weak */
#define WEAK_CAUSE 0.6       /* the same, of a rule for all programs */

struct seen_line {
	uint64_t traits, shape;
	uint32_t number, step, indent;
	uint8_t mark;
	bool blank, closing; /* closing: never the cause: the runner's own lines, blanks */
};
struct window {
	struct seen_line *lines;
	size_t n;
};

static bool is_closing(const struct log_line *l, struct view text)
{
	return l->mark == LOG_ENDGROUP || l->mark == LOG_GROUP || (l->flags & LOG_ECHO) || !view_trim(text).n ||
	       view_starts(text, "Process completed with exit code") || view_starts(text, "Post job cleanup.") ||
	       view_starts(text, "The operation was canceled");
}

static struct seen_line see(const struct log_line *l, struct view text)
{
	struct view trimmed = view_trim(text);
	return (struct seen_line){.traits = traits_of(text, l->mark),
		.shape = shape_of(text),
		.number = l->number,
		.step = l->step,
		.indent = trimmed.n ? (uint32_t)(trimmed.p - text.p) : 0,
		.mark = l->mark,
		.blank = !trimmed.n,
		.closing = is_closing(l, text)};
}

static int read_window(struct window *w, struct log *log, const struct verdict *v, struct err *e)
{
	uint32_t from = v->last > v->first + GENERIC_WINDOW ? v->last - GENERIC_WINDOW : v->first;
	w->lines = mem_array((size_t)GENERIC_WINDOW + 1, sizeof *w->lines);
	while (from <= v->last && w->n <= GENERIC_WINDOW) {
		LOG_TEXT_AUTO t = {0};
		uint32_t to = v->last - from < GENERIC_CHUNK ? v->last : from + GENERIC_CHUNK - 1;
		if (log_read(log, from, to, &t, e) < 0)
			return -1;
		if (!t.count)
			break;
		for (size_t i = 0; i < t.count && w->n <= GENERIC_WINDOW; i++)
			w->lines[w->n++] = see(&t.lines[i], log_text_line(&t, i));
		from = w->lines[w->n - 1].number + 1;
	}
	return w->n ? 0 : err_set(e, ERR_INPUT, "the log has no lines");
}

static int by_shape(const void *pa, const void *pb)
{
	const struct seen_line *a = *(const struct seen_line *const *)pa, *b = *(const struct seen_line *const *)pb;
	if (a->shape != b->shape)
		return a->shape < b->shape ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

/* How often the form of each line stands in the window. */
static void count_forms(struct window *w)
{
	struct seen_line **order = mem_array(w->n, sizeof(struct seen_line *));
	for (size_t i = 0; i < w->n; i++)
		order[i] = &w->lines[i];
	qsort(order, w->n, sizeof *order, by_shape);
	for (size_t first = 0, end; first < w->n; first = end) {
		for (end = first; end < w->n && order[end]->shape == order[first]->shape; end++)
			if (end > first)
				order[end]->traits |= TRAIT_BIT(REPEATS);
		uint64_t often = end - first == 1 ? TRAIT_BIT(ONCE) : end - first > 3 ? TRAIT_BIT(OFTEN) : 0;
		for (size_t i = first; i < end; i++)
			order[i]->traits |= often;
	}
	free(order);
}

static uint64_t distance(uint32_t to_end)
{
	return to_end <= 3     ? TRAIT_BIT(END_3)
	       : to_end <= 10  ? TRAIT_BIT(END_10)
	       : to_end <= 30  ? TRAIT_BIT(END_30)
	       : to_end <= 100 ? TRAIT_BIT(END_100)
	       : to_end <= 400 ? TRAIT_BIT(END_400)
			       : 0;
}

/* What the lines above and below tell of line i; `last` is the line before it that has text, NULL none. */
static uint64_t around(const struct window *w, size_t i, const struct seen_line *last)
{
	const struct seen_line *l = &w->lines[i];
	uint64_t f = 0;
	if (!i || w->lines[i - 1].closing || (w->lines[i - 1].traits & TRAIT_BIT(RULER)))
		f |= TRAIT_BIT(OPENS);
	if (last && traits_trouble(last->traits) && last->indent < l->indent)
		f |= TRAIT_BIT(DETAIL);
	size_t next = i + 1;
	while (next < w->n && next < i + 3 && w->lines[next].blank)
		next++;
	if (next < w->n && !w->lines[next].closing &&
		(w->lines[next].indent > l->indent || (w->lines[next].traits & TRAIT_BIT(FRAME))))
		f |= TRAIT_BIT(HEADS);
	return f;
}

static void place(struct window *w, const struct verdict *v)
{
	const struct seen_line *last = NULL;
	uint32_t quiet = BURST_GAP;
	bool first = true;
	for (size_t i = 0; i < w->n; i++) {
		struct seen_line *l = &w->lines[i];
		if (l->closing)
			continue;
		l->traits |= distance(v->last - l->number) | around(w, i, last);
		if (traits_trouble(l->traits)) {
			l->traits |= (first ? TRAIT_BIT(FIRST) : 0) | (quiet >= BURST_GAP ? TRAIT_BIT(BURST) : 0);
			first = false;
			quiet = 0;
		} else {
			quiet++;
		}
		last = l;
	}
}

/* The last burst of trouble before the end. */
static void mark_tail(struct window *w)
{
	uint32_t quiet = 0;
	bool any = false;
	struct seen_line *head = NULL;
	for (size_t i = w->n; i-- && (!any || quiet < BURST_GAP);) {
		struct seen_line *l = &w->lines[i];
		if (l->closing)
			continue;
		if (!traits_trouble(l->traits)) {
			quiet++;
			continue;
		}
		l->traits |= TRAIT_BIT(TAIL);
		head = l;
		any = true;
		quiet = 0;
	}
	if (head)
		head->traits |= TRAIT_BIT(TAIL_HEAD);
}

static struct seen_line *find_line(const struct window *w, uint32_t number)
{
	uint32_t offset = number - w->lines[0].number;
	return number >= w->lines[0].number && offset < w->n ? &w->lines[offset] : NULL;
}

/* What rules say of lines; and passing runs. */
static void add_knowledge(struct window *w, const struct collected *c, const struct candidates *list)
{
	static const uint64_t says[] = {[RANK_WRAPPER] = TRAIT_BIT(RULE_WRAPPER),
		[RANK_SYMPTOM] = TRAIT_BIT(RULE_SYMPTOM),
		[RANK_CAUSE] = TRAIT_BIT(RULE_CAUSE)};
	for (size_t i = 0; i < list->n; i++) {
		struct seen_line *l = find_line(w, list->items[i].at.line);
		if (l)
			l->traits |= says[list->items[i].rule->rank];
	}
	for (size_t i = 0; c->has_baseline && i < w->n; i++)
		w->lines[i].traits |=
			shape_set_has(&c->baseline, w->lines[i].shape) ? TRAIT_BIT(STALE) : TRAIT_BIT(NEWS);
}

/* The heaviest line, of equals the first. */
static const struct seen_line *choose(const struct window *w)
{
	const struct seen_line *best = NULL;
	double top = 0;
	for (size_t i = 0; i < w->n; i++) {
		double weight = traits_weight(w->lines[i].traits);
		if (w->lines[i].closing || (best && weight <= top))
			continue;
		best = &w->lines[i];
		top = weight;
	}
	return best ? best : &w->lines[w->n - 1];
}

static int look(struct window *w, struct log *log, const struct collected *c, const struct verdict *v,
	const struct candidates *list, struct err *e)
{
	if (read_window(w, log, v, e) < 0)
		return -1;
	count_forms(w);
	place(w, v);
	mark_tail(w);
	add_knowledge(w, c, list);
	return 0;
}

static enum category category_of(const struct log_text *t, size_t at, const struct log_step *step, enum category rule)
{
	struct category_votes votes = {0};
	uint32_t in = t->lines[at].step;
	for (size_t i = 0; i < t->count; i++)
		if (i == at)
			category_hear_line(&votes, log_text_line(t, i));
		else if (t->lines[i].step == in && !is_closing(&t->lines[i], log_text_line(t, i)))
			category_hear_near(&votes, log_text_line(t, i));
	if (step)
		category_hear_step(&votes, step->command.n ? step->command : step->name);
	category_hear_rule(&votes, rule);
	return category_elected(&votes);
}

/* Fills what the line itself tells of a candidate that no rule, or only one for all programs, stands behind. */
static int describe(struct candidate *one, struct arena *a, struct log *log, struct err *e)
{
	LOG_TEXT_AUTO t = {0};
	uint32_t line = one->at.line, first = line > NEAR_LINES ? line - NEAR_LINES : 1;
	if (log_read(log, first, line + NEAR_LINES, &t, e) < 0)
		return -1;
	size_t at = line - first;
	if (at >= t.count)
		return err_set(e, ERR_DAMAGED, "line %u of the log changed while it was read", line);
	one->category = category_of(&t, at, log_step(log, one->at.step), one->category);
	one->text = arena_view(a, log_text_line(&t, at));
	return 0;
}

bool rule_is_weak(const struct rule *r)
{
	return r->rank == RANK_WRAPPER || (r->rank == RANK_SYMPTOM && r->weight <= WEAK_SYMPTOM) ||
	       (!strcmp(r->tool, "generic") && r->weight <= WEAK_CAUSE);
}

/* No rule, a weak one, or one whose line passing runs show too. */
static bool needs_generic(const struct candidates *list, const struct collected *c)
{
	if (!list->n)
		return true;
	const struct candidate *top = &list->items[0];
	return rule_is_weak(top->rule) || (c->has_baseline && !top->at.news);
}

/* The best candidate of a rule that stands on this line; list->n when none does, or only a wrapper. */
static size_t ruled(const struct candidates *list, uint32_t line)
{
	size_t i = 0;
	while (i < list->n && (list->items[i].at.line != line || list->items[i].rule->rank == RANK_WRAPPER))
		i++;
	return i;
}

/* `one` comes first, the others keep their order; what stood at `from` (none: list->n) is `one` itself. */
static void put_first(struct candidates *list, struct arena *a, const struct candidate *one, size_t from)
{
	struct candidate *all = arena_array(a, list->n + 1, sizeof *all);
	size_t n = 0;
	all[n++] = *one;
	for (size_t i = 0; i < list->n; i++)
		if (i != from)
			all[n++] = list->items[i];
	*list = (struct candidates){all, n};
}

static struct candidate candidate_of(const struct seen_line *l)
{
	return (struct candidate){.generic_id = "generic/last-error",
		.category = CATEGORY_UNKNOWN,
		.at = {.line = l->number, .step = l->step, .mark = l->mark, .news = !(l->traits & TRAIT_BIT(STALE))}};
}

int candidates_add_generic(struct candidates *list, struct arena *a, struct log *log, const struct collected *c,
	const struct verdict *v, struct err *e)
{
	if (!needs_generic(list, c))
		return 0;
	struct window w = {0};
	int rc = look(&w, log, c, v, list, e);
	if (rc == 0) {
		const struct seen_line *l = choose(&w);
		size_t from = ruled(list, l->number);
		struct candidate one = from < list->n ? list->items[from] : candidate_of(l);
		/* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): ruled() names one that has a rule */
		if (from == list->n || !strcmp(one.rule->tool, "generic"))
			rc = describe(&one, a, log, e);
		if (rc == 0)
			put_first(list, a, &one, from);
	}
	free(w.lines);
	return rc;
}
