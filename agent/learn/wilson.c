#include "learn/report.h"

#include <math.h>

#define Z_95 1.959963984540054 /* two-sided */

void wilson_interval(uint64_t good, uint64_t all, double *ret_low, double *ret_high)
{
	double n = (double)all, p, centre, margin, scale;

	*ret_low = 0;
	*ret_high = 1;
	if (all == 0)
		return;
	p = (double)(good < all ? good : all) / n;
	scale = 1 + Z_95 * Z_95 / n;
	centre = p + Z_95 * Z_95 / (2 * n);
	margin = Z_95 * sqrt(p * (1 - p) / n + Z_95 * Z_95 / (4 * n * n));
	*ret_low = fmax(0, (centre - margin) / scale);
	*ret_high = fmin(1, (centre + margin) / scale);
}
