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
	return span > 200 && !(c->evidence & EVIDENCE_NAMED) ? -0.25 * (v->last - c->last_alike) / span : 0;
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

/* The frameworks' own totals are better evidence than any line. Where tests failed, what one of them names is the
 * cause, and what else looks like one may well have been printed by a test that passed, or be what the failed one works
 * on; where none failed, a line that speaks of failed tests is no cause. */
#define NAMED_BY_FAILED_TEST 0.6
#define OTHER_IN_FAILED_TEST 0.3
#define TEST_AMONG_FAILED 0.3
#define BESIDE_FAILED_TESTS 0.35
#define NO_TEST_FAILED 0.8

static double test_line(const struct candidate *c, const struct test_counts *n)
{
	if (n->failed > 0)
		return c->evidence & EVIDENCE_NAMED ? NAMED_BY_FAILED_TEST : TEST_AMONG_FAILED;
	return c->rule->test_failure && !n->errors ? -NO_TEST_FAILED : 0;
}

static double other_line(const struct candidate *c, const struct test_counts *n)
{
	bool of_sources = c->category == CATEGORY_LINT || c->category == CATEGORY_FORMAT;
	bool in_failed = c->evidence & EVIDENCE_NAMED;
	if (n->failed <= 0 || c->category == CATEGORY_RESOURCE || (of_sources && !in_failed))
		return 0;
	return in_failed && !of_sources ? OTHER_IN_FAILED_TEST : -BESIDE_FAILED_TESTS;
}

static double tests_say(const struct candidate *c, const struct test_summary *t)
{
	if (!t->any)
		return 0;
	if (t->counts.failed <= 0 && t->counts.errors > 0 && c->evidence & EVIDENCE_NAMED)
		return NAMED_BY_FAILED_TEST; /* a test that could not even run: of whatever kind the reason is */
	return c->category == CATEGORY_TEST ? test_line(c, &t->counts) : other_line(c, &t->counts);
}

/* Each is about the step between two ranks or less: evidence orders what rules hold for equal, and turns rules that
 * are near. */
#define ONLY_REPEATS 1.2 /* a sum is no cause, whatever its rule says: more than one rank */
#define TRIED_AGAIN 0.5
#define ONLY_PROPERTY 0.3
#define ONLY_SOURCE 0.4
#define WENT_ON 0.3

/* A sum of lines, or what is said of a command that failed: no news when a line before it says what. */
static bool only_repeats(const struct candidate *c, const struct candidates *list)
{
	const unsigned repeats = EVIDENCE_COUNT | EVIDENCE_COMMAND;
	for (size_t i = 0; c->evidence & repeats && i < list->n; i++) {
		const struct candidate *other = &list->items[i];
		if (other->rule->rank == RANK_WRAPPER || other->at.line >= c->at.line || other->evidence & repeats)
			continue;
		if (c->evidence & EVIDENCE_COMMAND || other->category == c->category)
			return true;
	}
	return false;
}

static double surroundings_say(const struct candidate *c, const struct candidates *list)
{
	double s = only_repeats(c, list) ? -ONLY_REPEATS : 0;
	s -= c->evidence & EVIDENCE_RETRIED ? TRIED_AGAIN : 0;
	s -= c->evidence & EVIDENCE_PROPERTY ? ONLY_PROPERTY : 0;
	s -= c->evidence & EVIDENCE_SOURCE ? ONLY_SOURCE : 0;
	return s - (c->evidence & EVIDENCE_WENT_ON ? WENT_ON : 0);
}

static double score(const struct candidate *c, const struct candidates *list, const struct collected *all,
	const struct verdict *v, const struct test_summary *t)
{
	double s = rank_base(c) - severity_cost(c) + position(c, v) + tests_say(c, t) + surroundings_say(c, list);
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
		list->items[i].score = score(&list->items[i], list, c, v, &tests);
	qsort(list->items, list->n, sizeof *list->items, better);
}
