/* How sure a finding is: facts about how it stands out, weighed by what labelled logs taught. */
#include "diagnose/internal.h"

#include <math.h>

#define MARGIN_MAX 1.5 /* further ahead is not surer */
#define SCORE_MAX 3.0

const char *const feature_names[FEATURE_COUNT] = {
	[FEATURE_SCORE] = "score",
	[FEATURE_GENERIC] = "generic",
	[FEATURE_WEIGHT] = "weight",
	[FEATURE_MARGIN] = "margin",
	[FEATURE_TESTS] = "tests",
	[FEATURE_PLACE] = "place",
};

const struct confidence_model confidence_fitted = {
#include "diagnose/confidence.inc"
};

double confidence_of(const struct confidence_model *m, const struct features *x)
{
	double sum = m->bias;
	for (int i = 0; i < FEATURE_COUNT; i++)
		sum += m->weight[i] * x->value[i];
	return fmin(m->high, fmax(m->low, 1 / (1 + exp(-sum))));
}

/* Another explanation: another kind of failure, told by another line. */
static bool explains_else(const struct candidate *a, const struct candidate *b)
{
	return b->rule && b->category != a->category && b->at.line != a->at.line;
}

static double margin(const struct candidates *list, const struct candidate *c)
{
	double best = c->score - MARGIN_MAX;
	for (size_t i = 0; i < list->n; i++)
		if (explains_else(c, &list->items[i]) && list->items[i].score > best)
			best = list->items[i].score;
	return fmax(-MARGIN_MAX, c->score - best);
}

static double tests_say(const struct candidate *c, const struct collected *all)
{
	struct test_summary t;
	test_scan_summary(all->tests, &t);
	if (!t.any || (t.counts.failed <= 0 && c->category != CATEGORY_TEST))
		return 0;
	return (c->category == CATEGORY_TEST) == (t.counts.failed > 0) ? 1 : -1;
}

void finding_judge(struct finding *f, const struct candidates *list, size_t index, const struct collected *c)
{
	const struct candidate *one = &list->items[index];
	double *value = f->features.value;
	value[FEATURE_SCORE] = one->rule ? fmin(SCORE_MAX, fmax(0, one->score)) : 0;
	value[FEATURE_GENERIC] = !one->rule;
	value[FEATURE_WEIGHT] = one->rule ? one->rule->weight : 0;
	value[FEATURE_MARGIN] = margin(list, one);
	value[FEATURE_TESTS] = tests_say(one, c);
	value[FEATURE_PLACE] = one->at.mark == LOG_ERROR || f->location.path;
	f->confidence = confidence_of(&confidence_fitted, &f->features);
}
