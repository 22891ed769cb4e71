/* Which candidate is the cause. A score per candidate, from evidence that can be named; ties go to the earlier line. */
#include "diagnose/internal.h"

#include <stdlib.h>

static double rank_base(const struct candidate *c)
{
	static const double base[] = {[RANK_WRAPPER] = 0.0, [RANK_SYMPTOM] = 1.0, [RANK_CAUSE] = 2.0};
	return base[c->rule->rank] + c->rule->weight;
}

static double severity_cost(const struct candidate *c)
{
	static const double cost[] = {[SEVERITY_ERROR] = 0.0, [SEVERITY_WARNING] = 1.2, [SEVERITY_INFO] = 2.5};
	return cost[c->rule->severity];
}

/* Far from the end of a long step stands what the step survived. All hits of one rule count as one failure, which lives
 * as long as its last hit: of them the first line says it, the others are its echoes. */
static double position(const struct candidate *c, const struct verdict *v)
{
	double span = v->last - v->first + 1.0;
	return span > 200 ? -0.25 * (v->last - c->last_alike) / span : 0;
}

/* Candidates of one rule stand together: candidates_gather() goes rule by rule. */
static void find_last_alike(struct candidates *list)
{
	for (size_t first = 0, end; first < list->n; first = end) {
		uint32_t last = 0;
		for (end = first; end < list->n && list->items[end].rule == list->items[first].rule; end++)
			last = list->items[end].at.line > last ? list->items[end].at.line : last;
		for (size_t i = first; i < end; i++)
			list->items[i].last_alike = last;
	}
}

/* The frameworks' own totals are better evidence than any line. Where tests failed, what else looks like a cause may
 * well have been printed by a test that passed; where none failed, a line that speaks of failed tests is no cause. */
static double tests_say(const struct candidate *c, const struct test_summary *t)
{
	if (!t->any)
		return 0;
	if (c->category == CATEGORY_TEST)
		return t->counts.failed > 0 ? 0.3 : c->rule->test_failure && !t->counts.errors ? -0.8 : 0;
	bool printable =
		c->category != CATEGORY_LINT && c->category != CATEGORY_FORMAT && c->category != CATEGORY_RESOURCE;
	return t->counts.failed > 0 && printable ? -0.35 : 0;
}

static double score(
	const struct candidate *c, const struct collected *all, const struct verdict *v, const struct test_summary *t)
{
	double s = rank_base(c) - severity_cost(c) + position(c, v) + tests_say(c, t);
	if (all->has_baseline && !c->at.news)
		s -= 2.0;
	if (c->at.mark == LOG_ERROR)
		s += 0.15;
	else if (c->at.mark == LOG_WARNING || c->at.mark == LOG_NOTICE || c->at.mark == LOG_DEBUG)
		s -= 0.8;
	return s;
}

static int better(const void *pa, const void *pb)
{
	const struct candidate *a = pa, *b = pb;
	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return a->at.line < b->at.line ? -1 : a->at.line > b->at.line;
}

void candidates_rank(struct candidates *list, const struct collected *c, const struct verdict *v)
{
	struct test_summary tests;
	test_scan_summary(c->tests, &tests);
	find_last_alike(list);
	for (size_t i = 0; i < list->n; i++)
		list->items[i].score = score(&list->items[i], c, v, &tests);
	qsort(list->items, list->n, sizeof *list->items, better);
}
