/* confidence.h - the probability that a finding's line and category are right.
 *
 * A regularised logistic model of a few facts about how the finding stands out among its rivals. The coefficients are
 * data (confidence.inc): `runmedic eval --corpus DIR --fit FILE` fits them on labelled logs and says
 * by cross-validation what they are worth on logs they have not seen. */
#ifndef RM_DIAGNOSE_CONFIDENCE_H
#define RM_DIAGNOSE_CONFIDENCE_H

#include <stddef.h>

enum feature {
	FEATURE_SCORE,   /* what the ranking gave it, at most 3 */
	FEATURE_GENERIC, /* 1: no rule knows it; its score is no rule's */
	FEATURE_WEIGHT,  /* of the rule: how specific it is */
	FEATURE_MARGIN,  /* how much better it scores than the best explanation of another category */
	FEATURE_TESTS,   /* 1: the frameworks' totals agree, -1: they contradict, 0: there are none */
	FEATURE_PLACE,   /* 1: marked by the runner, or with a place in the repository */
	FEATURE_COUNT,
};
extern const char *const feature_names[FEATURE_COUNT];

struct features {
	double value[FEATURE_COUNT];
};

struct confidence_model {
	double bias, weight[FEATURE_COUNT];
	double low, high; /* no finding is surer or less sure than this */
};
extern const struct confidence_model confidence_fitted;

double confidence_of(const struct confidence_model *m, const struct features *x);

#endif
