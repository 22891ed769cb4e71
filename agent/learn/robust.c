#include "learn/robust.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void robust_sort(double *values, size_t n)
{
	if (n)
		qsort(values, n, sizeof(*values), by_value);
}

double robust_median(double *values, size_t n)
{
	if (!n)
		return 0;
	robust_sort(values, n);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

double robust_mean(const double *values, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += values[i];
	return n ? sum / (double)n : 0;
}

double robust_slope(const double *x, const double *y, size_t n)
{
	double slopes[ROBUST_POINTS_MAX * (ROBUST_POINTS_MAX - 1) / 2];
	size_t count = 0;

	n = n < ROBUST_POINTS_MAX ? n : ROBUST_POINTS_MAX;
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			if (x[k] > x[i])
				slopes[count++] = (y[k] - y[i]) / (x[k] - x[i]);
	return robust_median(slopes, count);
}

/* The nearest values to y that never go against `sign` (pool adjacent violators). */
static void monotone(double *ret, const double *y, size_t n, double sign)
{
	double mean[ROBUST_POINTS_MAX];
	size_t width[ROBUST_POINTS_MAX], blocks = 0, out = 0;

	for (size_t i = 0; i < n; i++) {
		mean[blocks] = y[i];
		width[blocks++] = 1;
		while (blocks > 1 && sign * mean[blocks - 2] > sign * mean[blocks - 1]) {
			size_t a = width[blocks - 2], b = width[blocks - 1];

			mean[blocks - 2] =
				(mean[blocks - 2] * (double)a + mean[blocks - 1] * (double)b) / (double)(a + b);
			width[blocks - 2] = a + b;
			blocks--;
		}
	}
	for (size_t i = 0; i < blocks; i++)
		for (size_t k = 0; k < width[i]; k++)
			ret[out++] = mean[i];
}

/* Points that are like their neighbours are worth fewer: n (1 - r) / (1 + r), r the correlation of neighbours in what a
 * monotone curve leaves; a trend that starts late is not held against itself. */
static double inflation(const double *y, size_t n, double slope)
{
	double r[ROBUST_POINTS_MAX], top = 0, bottom = 0, rho;

	monotone(r, y, n, slope < 0 ? -1 : 1);
	for (size_t i = 0; i < n; i++) {
		r[i] = y[i] - r[i];
		bottom += r[i] * r[i];
		top += i ? r[i] * r[i - 1] : 0;
	}
	rho = bottom > 0 ? fmin(0.9, fmax(0, top / bottom)) : 0;
	return (1 + rho) / (1 - rho);
}

double robust_kendall(const double *y, size_t n, double slope)
{
	double s = 0, ties = 0, count = (double)n, variance;

	for (size_t i = 0; i < n; i++) {
		double equal = 1;
		bool first = true;

		for (size_t k = 0; k < n; k++) {
			bool same = !(y[k] > y[i]) && !(y[k] < y[i]);

			s += k > i ? (y[k] > y[i]) - (y[k] < y[i]) : 0;
			equal += k > i && same;
			first &= k >= i || !same;
		}
		ties += first ? equal * (equal - 1) * (2 * equal + 5) : 0;
	}
	variance = (count * (count - 1) * (2 * count + 5) - ties) / 18;
	if (n < 3 || variance <= 0)
		return 0;
	s += s > 0 ? -1 : s < 0 ? 1 : 0;
	return s / sqrt(variance * inflation(y, n < ROBUST_POINTS_MAX ? n : ROBUST_POINTS_MAX, slope));
}
