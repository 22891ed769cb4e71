#include "learn/calibration.h"

#include "base/mem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 50
#define SETTLED 1e-9
#define SIDE (CALIBRATION_FEATURES_MAX + 1)

struct scale {
	double mean[CALIBRATION_FEATURES_MAX], deviation[CALIBRATION_FEATURES_MAX];
};

double calibration_predict(const struct calibration_model *m, const double *x, size_t features)
{
	double sum = m->bias;
	for (size_t k = 0; k < features; k++)
		sum += m->weight[k] * x[k];
	return 1 / (1 + exp(-sum));
}

static bool left_out(const struct calibration_case *c, size_t without)
{
	return c->group % CALIBRATION_FOLDS == without;
}

static void measure_scale(
	struct scale *s, const struct calibration_case *cases, size_t n, size_t features, size_t without)
{
	for (size_t k = 0; k < features; k++) {
		double sum = 0, squares = 0, count = 0;
		for (size_t i = 0; i < n; i++)
			if (!left_out(&cases[i], without)) {
				sum += cases[i].x[k];
				squares += cases[i].x[k] * cases[i].x[k];
				count++;
			}
		s->mean[k] = count > 0 ? sum / count : 0;
		double variance = count > 0 ? squares / count - s->mean[k] * s->mean[k] : 0;
		s->deviation[k] =
			variance > 1e-12 ? sqrt(variance) : 1; /* a feature that never changes gets no weight */
	}
}

/* Solves a x = b by Gauss with pivots; a and b are used up. The ridge keeps a positive definite. */
static void solve(double a[SIDE][SIDE], double b[SIDE], size_t n)
{
	for (size_t c = 0; c < n; c++) {
		size_t pivot = c;
		for (size_t r = c + 1; r < n; r++)
			pivot = fabs(a[r][c]) > fabs(a[pivot][c]) ? r : pivot;
		double row[SIDE], value = b[c];
		memcpy(row, a[c], sizeof row);
		memcpy(a[c], a[pivot], sizeof row);
		memcpy(a[pivot], row, sizeof row);
		b[c] = b[pivot];
		b[pivot] = value;
		for (size_t r = 0; r < n; r++) {
			if (r == c || a[c][c] == 0)
				continue;
			double f = a[r][c] / a[c][c];
			for (size_t k = c; k < n; k++)
				a[r][k] -= f * a[c][k];
			b[r] -= f * b[c];
		}
	}
	for (size_t c = 0; c < n; c++)
		b[c] = a[c][c] == 0 ? 0 : b[c] / a[c][c];
}

/* One case's share of gradient and Hessian; z[0] is 1. */
static void add_case(double h[SIDE][SIDE], double g[SIDE], const double z[SIDE], const double beta[SIDE], size_t side,
	double target, double weight)
{
	double sum = 0;
	for (size_t k = 0; k < side; k++)
		sum += beta[k] * z[k];
	double p = 1 / (1 + exp(-sum)), w = weight * fmax(1e-6, p * (1 - p));
	for (size_t r = 0; r < side; r++) {
		g[r] += weight * (target - p) * z[r];
		for (size_t c = 0; c < side; c++)
			h[r][c] += w * z[r] * z[c];
	}
}

/* One step of Newton's; returns how far it went. */
static double improve(double beta[SIDE], const struct scale *s, const struct calibration_case *cases, size_t n,
	const struct calibration_options *o, const bool dropped[SIDE], size_t without)
{
	size_t side = o->features + 1;
	double h[SIDE][SIDE] = {{0}}, g[SIDE] = {0}, z[SIDE] = {1};
	add_case(h, g, z, beta, side, 0.5, o->doubt); /* z: a case of average features */
	for (size_t i = 0; i < n; i++) {
		if (left_out(&cases[i], without))
			continue;
		for (size_t k = 0; k < o->features; k++)
			z[k + 1] = (cases[i].x[k] - s->mean[k]) / s->deviation[k];
		add_case(h, g, z, beta, side, cases[i].good, 1);
	}
	for (size_t k = 1; k < side; k++) {
		g[k] -= o->ridge * beta[k];
		h[k][k] += o->ridge;
		if (!dropped[k])
			continue;
		g[k] = 0;
		for (size_t c = 0; c < side; c++)
			h[k][c] = h[c][k] = c == k;
	}
	h[0][0] += SETTLED;
	solve(h, g, side);
	double far = 0;
	for (size_t k = 0; k < side; k++) {
		beta[k] += fmin(2, fmax(-2, g[k]));
		far = fmax(far, fabs(g[k]));
	}
	return far;
}

/* The weight that contradicts what is known most; 0 (the bias) when none does. */
static size_t wrong_sign(const double beta[SIDE], const struct calibration_options *o)
{
	size_t worst = 0;
	double most = 0;
	for (size_t k = 0; o->sign && k < o->features; k++)
		if (-beta[k + 1] * o->sign[k] > most) {
			most = -beta[k + 1] * o->sign[k];
			worst = k + 1;
		}
	return worst;
}

void calibration_fit(struct calibration_model *ret, const struct calibration_case *cases, size_t n,
	const struct calibration_options *o, size_t without)
{
	struct scale s;
	double beta[SIDE];
	bool dropped[SIDE] = {false};
	measure_scale(&s, cases, n, o->features, without);
	for (size_t wrong = 0, round = 0; round <= o->features; round++) {
		memset(beta, 0, sizeof beta);
		for (int step = 0; step < STEPS_MAX; step++)
			if (improve(beta, &s, cases, n, o, dropped, without) <= SETTLED)
				break;
		wrong = wrong_sign(beta, o);
		if (!wrong)
			break;
		dropped[wrong] = true;
	}
	*ret = (struct calibration_model){.bias = beta[0]};
	for (size_t k = 0; k < o->features; k++) {
		ret->weight[k] = beta[k + 1] / s.deviation[k];
		ret->bias -= ret->weight[k] * s.mean[k];
	}
}

void calibration_cross(
	struct forecast *ret, const struct calibration_case *cases, size_t n, const struct calibration_options *o)
{
	for (size_t fold = 0; fold < CALIBRATION_FOLDS; fold++) {
		struct calibration_model m;
		calibration_fit(&m, cases, n, o, fold);
		for (size_t i = 0; i < n; i++)
			if (left_out(&cases[i], fold))
				ret[i] = (struct forecast){
					calibration_predict(&m, cases[i].x, o->features), cases[i].good};
	}
}

struct level {
	double x, good, all; /* from x on, the share good / all */
};

static int by_x(const void *pa, const void *pb)
{
	const struct level *a = pa, *b = pb;
	return (a->x > b->x) - (a->x < b->x);
}

/* Pools neighbours until the shares rise. Every level starts with its part of the doubt. */
static size_t pool(struct level *list, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		list[kept++] = list[i];
		while (kept > 1 &&
			list[kept - 2].good * list[kept - 1].all >= list[kept - 1].good * list[kept - 2].all) {
			list[kept - 2].good += list[kept - 1].good;
			list[kept - 2].all += list[kept - 1].all;
			kept--;
		}
	}
	return kept;
}

static double share(const struct level *list, size_t n, double x)
{
	size_t i = 0;
	while (i + 1 < n && list[i + 1].x <= x)
		i++;
	return n ? (list[i].good + 0.5) / (list[i].all + 1) : 0.5;
}

void calibration_cross_isotonic(
	struct forecast *ret, const struct calibration_case *cases, size_t n, const struct calibration_options *o)
{
	struct level *list = mem_array(n + 1, sizeof *list);
	double extra = n ? o->doubt / (double)n : 0;
	for (size_t fold = 0; fold < CALIBRATION_FOLDS; fold++) {
		size_t used = 0;
		for (size_t i = 0; i < n; i++)
			if (!left_out(&cases[i], fold))
				list[used++] = (struct level){cases[i].x[0], cases[i].good + extra / 2, 1 + extra};
		if (used)
			qsort(list, used, sizeof *list, by_x);
		used = pool(list, used);
		for (size_t i = 0; i < n; i++)
			if (left_out(&cases[i], fold))
				ret[i] = (struct forecast){share(list, used, cases[i].x[0]), cases[i].good};
	}
	free(list);
}
