#include "learn/measure.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>

#define Z_95 1.959963984540054

double measure_mean(const double *values, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += values[i];
	return n ? sum / (double)n : 0;
}

static int ascending(const void *pa, const void *pb)
{
	double a = *(const double *)pa, b = *(const double *)pb;
	return (a > b) - (a < b);
}

void measure_sort(double *values, size_t n)
{
	if (n)
		qsort(values, n, sizeof *values, ascending);
}

double measure_median(const double *sorted, size_t n)
{
	if (!n)
		return 0;
	return n % 2 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
}

double measure_p90(const double *sorted, size_t n)
{
	return n ? sorted[(size_t)(0.9 * (double)(n - 1))] : 0;
}

double measure_brier(const struct forecast *list, size_t n)
{
	double sum = 0;
	for (size_t i = 0; i < n; i++)
		sum += (list[i].p - list[i].good) * (list[i].p - list[i].good);
	return n ? sum / (double)n : 0;
}

double measure_brier_skill(const struct forecast *list, size_t n)
{
	size_t good = 0;
	for (size_t i = 0; i < n; i++)
		good += list[i].good;
	if (!good || good == n)
		return NAN;
	double base = (double)good / (double)n;
	return 1 - measure_brier(list, n) / (base * (1 - base));
}

/* Share of the other class that this one is placed right against: DeLong's structural component. */
static double placement(const struct forecast *list, size_t n, size_t one)
{
	double wins = 0, others = 0;
	for (size_t i = 0; i < n; i++) {
		if (list[i].good == list[one].good)
			continue;
		double ahead = list[one].good ? list[one].p - list[i].p : list[i].p - list[one].p;
		wins += ahead > 0 ? 1 : ahead < 0 ? 0 : 0.5;
		others++;
	}
	return wins / others;
}

double measure_auroc(const struct forecast *list, size_t n, struct interval *ret)
{
	double sum[2] = {0, 0}, squares[2] = {0, 0}, count[2] = {0, 0};
	for (size_t i = 0; i < n; i++)
		count[list[i].good]++;
	*ret = (struct interval){0, 1};
	if (count[0] < 1 || count[1] < 1)
		return NAN;
	for (size_t i = 0; i < n; i++) {
		double v = placement(list, n, i);
		sum[list[i].good] += v;
		squares[list[i].good] += v * v;
	}
	double area = sum[1] / count[1], variance = 0;
	for (int k = 0; k < 2; k++)
		if (count[k] > 1)
			variance += (squares[k] - sum[k] * sum[k] / count[k]) / (count[k] - 1) / count[k];
	double margin = Z_95 * sqrt(fmax(0, variance));
	*ret = (struct interval){fmax(0, area - margin), fmin(1, area + margin)};
	return area;
}

double measure_reliability(struct reliability_bin ret[MEASURE_BINS], const struct forecast *list, size_t n)
{
	for (size_t b = 0; b < MEASURE_BINS; b++)
		ret[b] = (struct reliability_bin){
			.from = (double)b / MEASURE_BINS, .to = (double)(b + 1) / MEASURE_BINS};
	for (size_t i = 0; i < n; i++) {
		size_t b = list[i].p <= 0 ? 0 : (size_t)(list[i].p * MEASURE_BINS);
		struct reliability_bin *bin = &ret[b < MEASURE_BINS ? b : MEASURE_BINS - 1];
		bin->n++;
		bin->good += list[i].good;
		bin->mean += list[i].p;
	}
	double error = 0;
	for (size_t b = 0; b < MEASURE_BINS; b++)
		if (ret[b].n) {
			error += fabs(ret[b].mean - (double)ret[b].good) / (double)n;
			ret[b].mean /= (double)ret[b].n;
		}
	return error;
}

/* xorshift64*: good enough to draw from a hundred logs, and the same everywhere. */
static size_t draw(uint64_t *state, size_t n)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return (size_t)((*state * UINT64_C(2685821657736338717)) >> 33) % n;
}

static struct interval middle(double *results, size_t n)
{
	measure_sort(results, n);
	return n ? (struct interval){results[(size_t)(0.025 * (double)n)], results[(size_t)(0.975 * (double)n)]}
		 : (struct interval){0, 1};
}

struct interval measure_mean_interval(const double *values, size_t n)
{
	uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
	double *results = mem_array(MEASURE_RESAMPLES, sizeof *results);
	for (size_t r = 0; r < MEASURE_RESAMPLES; r++) {
		double sum = 0;
		for (size_t i = 0; i < n; i++)
			sum += values[draw(&state, n)];
		results[r] = sum / (double)n;
	}
	struct interval ret = middle(results, MEASURE_RESAMPLES);
	free(results);
	return ret;
}

struct interval measure_skill_interval(const struct forecast *list, size_t n)
{
	uint64_t state = UINT64_C(0x9e3779b97f4a7c15);
	double *results = mem_array(MEASURE_RESAMPLES, sizeof *results);
	struct forecast *sample = mem_array(n, sizeof *sample);
	size_t known = 0;
	for (size_t r = 0; r < MEASURE_RESAMPLES; r++) {
		for (size_t i = 0; i < n; i++)
			sample[i] = list[draw(&state, n)];
		double skill = measure_brier_skill(sample, n);
		if (!isnan(skill))
			results[known++] = skill;
	}
	struct interval ret = middle(results, known);
	free(sample);
	free(results);
	return ret;
}
