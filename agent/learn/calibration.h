/* calibration.h - fitting probabilities to what came true: logistic regression with a ridge, and its honest measure.
 *
 * Labels are few, so the model is small, its weights are pulled towards 0 (on features scaled to a deviation of 1), and
 * its answer is pulled towards 0.5 by `doubt` imagined cases: labelled logs are those that rules were written with,
 * others fare worse. Cross-validation leaves out whole groups (projects), never single cases of one. Pure. */
#ifndef RM_LEARN_CALIBRATION_H
#define RM_LEARN_CALIBRATION_H

#include "learn/measure.h"

#define CALIBRATION_FEATURES_MAX 8u
#define CALIBRATION_FOLDS 5u

struct calibration_case {
	double x[CALIBRATION_FEATURES_MAX];
	size_t group; /* 0.. in the order of their first case */
	bool good;
};
struct calibration_options {
	size_t features; /* of x that are used */
	/* What is known beforehand: 1: more of this feature cannot make it less likely, -1: not more likely, 0:
	 * nothing. NULL: nothing of any. A weight that would say otherwise becomes 0. */
	const signed char *sign;
	double ridge;
	double doubt; /* imagined cases, half of them right */
};
struct calibration_model {
	double bias, weight[CALIBRATION_FEATURES_MAX];
};

double calibration_predict(const struct calibration_model *m, const double *x, size_t features);
/* Cases of fold `without` are left out; CALIBRATION_FOLDS: none are. */
void calibration_fit(struct calibration_model *ret, const struct calibration_case *cases, size_t n,
	const struct calibration_options *o, size_t without);
/* ret[i]: what a model that never saw the group of case i says about it. */
void calibration_cross(
	struct forecast *ret, const struct calibration_case *cases, size_t n, const struct calibration_options *o);
/* The same for the other way to make probabilities: the share that was right among those of like x[0], which may only
 * rise (isotonic regression). Needs no shape, but more cases. */
void calibration_cross_isotonic(
	struct forecast *ret, const struct calibration_case *cases, size_t n, const struct calibration_options *o);

#endif
