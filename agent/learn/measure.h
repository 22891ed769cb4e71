/* measure.h - how good answers and stated probabilities were, with their uncertainty. Pure and deterministic: where
 * chance is needed (bootstrap) it comes from a fixed seed. */
#ifndef RM_LEARN_MEASURE_H
#define RM_LEARN_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEASURE_BINS 5u
#define MEASURE_RESAMPLES 2000u

/* A probability that was stated, and whether it came true. */
struct forecast {
	double p;
	bool good;
};

struct interval {
	double low, high;
};

double measure_brier(const struct forecast *list, size_t n);
/* 1 - Brier / that of always saying the base rate; NAN where the base rate is 0 or 1. 0 is no better than that. */
double measure_brier_skill(const struct forecast *list, size_t n);
/* The chance that a right answer was stated with more confidence than a wrong one; NAN without either. The interval is
 * DeLong's, 95 %. */
double measure_auroc(const struct forecast *list, size_t n, struct interval *ret);

struct reliability_bin {
	double from, to; /* from <= p < to; the last one includes 1 */
	size_t n, good;
	double mean; /* of p; 0 when empty */
};
/* Bins of equal width. Returns the expected calibration error: the mean of |mean p - hit rate|, weighed by n. */
double measure_reliability(struct reliability_bin ret[MEASURE_BINS], const struct forecast *list, size_t n);

/* 95 % percentile intervals of the bootstrap; n > 0. */
struct interval measure_mean_interval(const double *values, size_t n);
struct interval measure_skill_interval(const struct forecast *list, size_t n);

double measure_mean(const double *values, size_t n); /* 0 when n is 0 */
void measure_sort(double *values, size_t n);
double measure_median(const double *sorted, size_t n);
double measure_p90(const double *sorted, size_t n); /* the element at 0.9 (n - 1), rounded down */

#endif
