/* robust.h - statistics that a few wild values do not move. Pure. */
#ifndef RM_LEARN_ROBUST_H
#define RM_LEARN_ROBUST_H

#include <stddef.h>

void robust_sort(double *values, size_t n);
double robust_median(double *values, size_t n); /* reorders; 0 when n is 0; of an even number the mean of both */
double robust_mean(const double *values, size_t n);
/* The median of the slopes of all pairs (Theil, Sen); n <= ROBUST_POINTS_MAX. */
#define ROBUST_POINTS_MAX 64u
double robust_slope(const double *x, const double *y, size_t n);
/* The z of Kendall's test for a trend of y, ties allowed for; its variance grows with the autocorrelation that is left
 * in y when the monotone curve in the direction of `slope` is taken out. n <= ROBUST_POINTS_MAX. */
double robust_kendall(const double *y, size_t n, double slope);

#endif
