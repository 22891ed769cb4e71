#include "learn/pattern_internal.h"

#include <math.h>

#define STRAY 0.01 /* of the failures are taken for flakes of the kind and are not */
#define HOURS_MIN 3
#define HOURS_MAX 6
#define WINDOWS (24 * (HOURS_MAX - HOURS_MIN + 1) * 2)
#define WEEK_HOURS 168

/* How common a kind is before the evidence. */
#define PRIOR_ANY 0.45
#define PRIOR_OS 0.18
#define PRIOR_VERSION 0.09
#define PRIOR_OS_VERSION 0.09
#define PRIOR_TIME 0.15
#define PRIOR_SPACE 0.04

struct cell {
	unsigned ran, flaked;
};
struct tally {
	struct cell all, local;
	struct cell of[PATTERN_VALUES_MAX][PATTERN_VALUES_MAX]; /* by system and version */
	struct cell hour[WEEK_HOURS];                           /* of the week, from Monday, UTC */
};

static int hour_of_week(int64_t at)
{
	int64_t hours = at / (3600 * CLOCK_SECOND) + 72; /* 1970-01-01 was a Thursday */

	return (int)(((hours % WEEK_HOURS) + WEEK_HOURS) % WEEK_HOURS);
}

static void add(struct cell *c, bool flaked)
{
	c->ran++;
	c->flaked += flaked;
}

static void take(struct tally *t, const struct execution *x, bool flaked)
{
	if (x->space == SPACE_LOCAL) {
		add(&t->local, flaked);
		return;
	}
	add(&t->all, flaked);
	if (x->os < PATTERN_VALUES_MAX && x->version < PATTERN_VALUES_MAX)
		add(&t->of[x->os][x->version], flaked);
	add(&t->hour[hour_of_week(x->at)], flaked);
}

static void tally_of(struct tally *ret, const struct pattern_group *g)
{
	size_t next = 0;

	*ret = (struct tally){0};
	for (uint32_t i = 0; i < g->history->execution_count; i++) {
		bool flaked = false;

		if (g->results[i] == HISTORY_ABSENT)
			continue;
		if (g->results[i] == HISTORY_FAILED) {
			while (g->test->failures[next].execution != i)
				next++;
			flaked = g->kinds[next] == FAILURE_FLAKY;
			if (!flaked)
				continue;
		}
		take(ret, &g->history->executions[i], flaked);
	}
}

/* The logarithm of how likely the places of the flakes are, when they fall evenly on the executions of a kind and a few
 * stray ones anywhere. */
static double likelihood(const struct cell *kind, const struct cell *all)
{
	double in, out;

	if (!kind->ran || !all->ran)
		return -INFINITY;
	in = (1 - STRAY) / kind->ran + STRAY / all->ran;
	out = STRAY / all->ran;
	return kind->flaked * log(in) + (all->flaked - kind->flaked) * log(out);
}

/* Hypotheses of one dimension add up; the best of the likeliest dimension is told. Weights are relative to the plain
 * hypothesis, that there is no kind. */
struct contest {
	struct pattern_finding best[PATTERN_DIMENSIONS];
	double best_log[PATTERN_DIMENSIONS], total[PATTERN_DIMENSIONS];
	double plain;
};
#define WEIGHT_MAX 600.0 /* exp() of more is not finite */

static void enter(
	struct contest *c, struct pattern_finding f, const struct cell *kind, const struct cell *all, double prior)
{
	double l = log(prior) + likelihood(kind, all) - c->plain;

	f.count = kind->flaked;
	f.jobs = kind->ran;
	if (l > c->best_log[f.dimension] || c->total[f.dimension] <= 0) {
		c->best_log[f.dimension] = l;
		c->best[f.dimension] = f;
	}
	c->total[f.dimension] += exp(fmin(l, WEIGHT_MAX));
}

static void enter_matrix(struct contest *c, const struct tally *t)
{
	unsigned systems = 0, versions = 0;
	struct cell os[PATTERN_VALUES_MAX] = {0}, version[PATTERN_VALUES_MAX] = {0};

	for (uint32_t i = 0; i < PATTERN_VALUES_MAX; i++)
		for (uint32_t k = 0; k < PATTERN_VALUES_MAX; k++) {
			os[i].ran += t->of[i][k].ran;
			os[i].flaked += t->of[i][k].flaked;
			version[k].ran += t->of[i][k].ran;
			version[k].flaked += t->of[i][k].flaked;
		}
	for (uint32_t i = 1; i < PATTERN_VALUES_MAX; i++) {
		systems += os[i].ran > 0;
		versions += version[i].ran > 0;
	}
	for (uint32_t i = 1; i < PATTERN_VALUES_MAX; i++) {
		if (os[i].ran && systems > 1)
			enter(c, (struct pattern_finding){.dimension = PATTERN_OS, .os = i}, &os[i], &t->all,
				PRIOR_OS / systems);
		if (version[i].ran && versions > 1)
			enter(c, (struct pattern_finding){.dimension = PATTERN_VERSION, .version = i}, &version[i],
				&t->all, PRIOR_VERSION / versions);
		for (uint32_t k = 1; k < PATTERN_VALUES_MAX && systems > 1 && versions > 1; k++)
			if (t->of[i][k].ran)
				enter(c,
					(struct pattern_finding){
						.dimension = PATTERN_OS_VERSION, .os = i, .version = k},
					&t->of[i][k], &t->all, PRIOR_OS_VERSION / systems / versions);
	}
}

static void enter_window(struct contest *c, const struct tally *t, int from, int hours, bool workdays)
{
	struct cell in = {0};
	int open = 0;

	for (int h = 0; h < WEEK_HOURS; h++)
		if ((h % 24 - from + 24) % 24 < hours && !(workdays && h / 24 > 4)) {
			in.ran += t->hour[h].ran;
			in.flaked += t->hour[h].flaked;
			open++;
		}
	enter(c,
		(struct pattern_finding){.dimension = PATTERN_TIME,
			.from_hour = from,
			.hours = hours,
			.workdays = workdays,
			.load = (double)in.ran * WEEK_HOURS > (double)t->all.ran * open},
		&in, &t->all, PRIOR_TIME / WINDOWS);
}

/* Results from elsewhere than CI count here, and only here. */
static void enter_space(struct contest *c, const struct tally *t)
{
	struct cell everywhere = {t->all.ran + t->local.ran, t->all.flaked + t->local.flaked};
	double plain = c->plain;

	if (!t->local.ran)
		return;
	c->plain = log(PRIOR_ANY) + likelihood(&everywhere, &everywhere);
	enter(c, (struct pattern_finding){.dimension = PATTERN_SPACE}, &t->all, &everywhere, PRIOR_SPACE);
	c->plain = plain;
}

bool pattern_flaky(struct pattern_finding *ret, const struct pattern_group *g)
{
	struct tally t;
	struct contest c = {0};
	double sum = 1;
	size_t best = PATTERN_OS;

	tally_of(&t, g);
	c.plain = log(PRIOR_ANY) + likelihood(&t.all, &t.all);
	enter_matrix(&c, &t);
	for (int from = 0; from < 24; from++)
		for (int hours = HOURS_MIN; hours <= HOURS_MAX; hours++)
			for (int workdays = 0; workdays < 2; workdays++)
				enter_window(&c, &t, from, hours, workdays);
	enter_space(&c, &t);
	for (size_t d = 0; d < PATTERN_DIMENSIONS; d++) {
		sum += c.total[d];
		best = c.total[d] > c.total[best] ? d : best;
	}
	*ret = c.best[best];
	ret->confidence = c.total[best] / sum;
	return ret->confidence >= PATTERN_SURE && ret->count >= PATTERN_FAILURES_MIN;
}
