#include "diagnose/internal.h"

#include "base/mem.h"

#include <stdlib.h>

static bool in_range(const struct kept_hit *h, const struct verdict *v)
{
	return h->line >= v->first && h->line <= v->last;
}

static void copy_captures(struct arena *a, struct rule_captures *c)
{
	for (int g = 0; g < GROUP_COUNT; g++)
		if (c->group[g].p)
			c->group[g] = arena_view(a, c->group[g]);
}

static void merge_captures(struct arena *a, struct rule_captures *into, const struct rule_captures *from)
{
	for (int g = 0; g < GROUP_COUNT; g++)
		if (!into->group[g].p && from->group[g].p)
			into->group[g] = arena_view(a, from->group[g]);
}

/* Looks around `line` for the rule's near pattern; upwards first, the nearest wins unless `last` is asked for. */
static bool look_near(struct candidate *c, struct arena *a, const struct log_text *t, size_t at, struct matcher *m)
{
	const struct rule_near *n = &c->rule->near;
	struct rule_captures found;
	for (size_t i = 1; i <= n->before && i <= at; i++)
		if (matcher_pattern(m, n->pattern, log_text_line(t, at - i), &found)) {
			merge_captures(a, &c->captures, &found);
			return true;
		}
	bool any = false;
	for (size_t i = 1; i <= n->after && at + i < t->count; i++)
		if (matcher_pattern(m, n->pattern, log_text_line(t, at + i), &found)) {
			if (n->last && any)
				for (int g = 0; g < GROUP_COUNT; g++)
					if (found.group[g].p)
						c->captures.group[g] = (struct view){0};
			merge_captures(a, &c->captures, &found);
			any = true;
			if (!n->last)
				break;
		}
	return any;
}

/* "...ignoring" below a task that failed: the program itself says that it goes on. */
static bool is_forgiven(const struct rule *r, const struct log_text *t, size_t at, struct matcher *m)
{
	struct rule_captures found;

	for (size_t i = at + 1; r->forgiven && i < t->count && i - at <= RULE_FORGIVEN_MAX; i++) {
		struct view line = log_text_line(t, i);

		if (matcher_pattern(m, r->forgiven, line, &found))
			return true;
		if (view_trim(line).n == 0 || matcher_match(m, r, line, &found))
			return false;
	}
	return false;
}

static bool holds_of_step(const struct rule *r, const struct log_step *s)
{
	if (r->exit_code >= 0 && (!s || s->exit_code != r->exit_code))
		return false;
	if (!r->lasted_minutes)
		return true;
	return s && s->started != CLOCK_UNKNOWN && s->ended != CLOCK_UNKNOWN &&
	       s->ended - s->started >= r->lasted_minutes * 60 * CLOCK_SECOND;
}

static int confirm(struct candidate *c, struct arena *a, struct log *log, struct matcher *m, const struct verdict *v,
	struct err *e)
{
	const struct rule *r = c->rule;
	const struct log_step *s = log_step(log, v->step);
	if (!holds_of_step(r, s) || (r->cut_off && !log_info(log)->cut_off))
		return 0;
	uint32_t before = r->near.pattern ? r->near.before : 0, after = r->near.pattern ? r->near.after : 0;
	if (r->forgiven && after < RULE_FORGIVEN_MAX)
		after = RULE_FORGIVEN_MAX;
	uint32_t first = c->at.line > before ? c->at.line - before : 1;
	if (first < v->first)
		first = v->first;
	uint32_t last = c->at.line + after > v->last ? v->last : c->at.line + after;
	LOG_TEXT_AUTO t = {0};
	if (log_read(log, first, last, &t, e) < 0)
		return -1;
	size_t at = c->at.line - first;
	if (at >= t.count || !matcher_match(m, r, log_text_line(&t, at), &c->captures) || is_forgiven(r, &t, at, m))
		return 0;
	c->text = arena_view(a, log_text_line(&t, at));
	copy_captures(a, &c->captures);
	bool near = r->near.pattern && look_near(c, a, &t, at, m);
	return near || !r->near.required;
}

struct gathered {
	struct candidate *items;
	size_t n, cap;
};

static int gather_rule(struct gathered *g, const struct rule_hits *hits, struct arena *a, struct log *log,
	struct matcher *m, const struct collected *c, const struct verdict *v, struct err *e)
{
	for (size_t h = 0; h < hits->n && g->n < CANDIDATES_MAX; h++) {
		if (!in_range(&hits->hits[h], v))
			continue;
		struct candidate one = {.rule = hits->rule, .category = hits->rule->category, .at = hits->hits[h]};
		int ok = confirm(&one, a, log, m, v, e);
		if (ok < 0)
			return -1;
		if (!ok)
			continue;
		one.at.news = baseline_news(c, one.text);
		MEM_PUSH(g->items, g->n, g->cap);
		g->items[g->n++] = one;
	}
	return 0;
}

int candidates_gather(struct candidates *ret, struct arena *a, struct log *log, struct matcher *m,
	const struct collected *c, const struct verdict *v, struct err *e)
{
	struct gathered g = {0};
	int rc = 0;
	for (size_t r = 0; rc == 0 && r < c->rule_count; r++)
		rc = gather_rule(&g, &c->rules[r], a, log, m, c, v, e);
	ret->items = arena_array(a, g.n + 1, sizeof *g.items);
	for (size_t i = 0; i < g.n; i++)
		ret->items[i] = g.items[i];
	ret->n = g.n;
	free(g.items);
	return rc;
}
