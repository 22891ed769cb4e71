#include "learn/success.h"

#include "base/mem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define GRID 400u /* places between 0 and 1 at which the mixture is summed up */
#define LOWER 0.05

struct attempt {
	uint32_t fixer, rule, signature;
	int64_t at;
	bool good;
};
struct successes {
	struct names fixers, rules, signatures;
	struct attempt *all; /* by fixer, then time, after sealing */
	size_t n, cap;
	double prior; /* mean of all fixers, each counting once */
};

struct successes *successes_new(void)
{
	struct successes *s = mem_new(sizeof(*s));

	names_init(&s->fixers, SUCCESS_ATTEMPTS_MAX);
	names_init(&s->rules, SUCCESS_ATTEMPTS_MAX);
	names_init(&s->signatures, SUCCESS_ATTEMPTS_MAX);
	return s;
}

void successes_free(struct successes *s)
{
	if (!s)
		return;
	names_done(&s->fixers);
	names_done(&s->rules);
	names_done(&s->signatures);
	free(s->all);
	free(s);
}

void successes_add(
	struct successes *s, struct view fixer, struct view rule, struct view signature, int64_t at, bool good)
{
	if (s->n >= SUCCESS_ATTEMPTS_MAX)
		return;
	MEM_PUSH(s->all, s->n, s->cap);
	s->all[s->n++] = (struct attempt){names_add(&s->fixers, fixer), names_add(&s->rules, rule),
		names_add(&s->signatures, signature), at, good};
}

static int by_fixer(const void *a, const void *b)
{
	const struct attempt *x = a, *y = b;

	if (x->fixer != y->fixer)
		return x->fixer < y->fixer ? -1 : 1;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return x->good - y->good;
}

static size_t first_of(const struct successes *s, uint32_t fixer)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->all[mid].fixer < fixer)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void successes_seal(struct successes *s)
{
	double sum = SUCCESS_PRIOR_MEAN;

	if (s->n)
		qsort(s->all, s->n, sizeof(*s->all), by_fixer);
	for (uint32_t f = 1; f <= s->fixers.n; f++) {
		size_t from = first_of(s, f), to = first_of(s, f + 1), good = 0;

		for (size_t i = from; i < to; i++)
			good += s->all[i].good;
		sum += ((double)good + SUCCESS_PRIOR_MEAN) / ((double)(to - from) + 1);
	}
	s->prior = sum / ((double)s->fixers.n + 1);
}

/* ---- one sequence of attempts -------------------------------------------------------------------- */

struct sequence {
	int64_t *at;
	bool *good;
	size_t n;
};

/* The logarithm of how likely so many successes and failures are under the prior: a ratio of Beta functions. */
static double evidence(double good, double bad, double a, double b)
{
	return lgamma(a + good) + lgamma(b + bad) - lgamma(a + b + good + bad) - lgamma(a) - lgamma(b) + lgamma(a + b);
}

static void add_beta(double grid[GRID], double weight, double a, double b)
{
	double norm = lgamma(a + b) - lgamma(a) - lgamma(b);

	for (size_t i = 0; i < GRID; i++) {
		double p = ((double)i + 0.5) / GRID;

		grid[i] += weight * exp(norm + (a - 1) * log(p) + (b - 1) * log1p(-p)) / GRID;
	}
}

static void sum_up(struct success *ret, const double grid[GRID])
{
	double sum = 0, mean = 0, below = 0;

	for (size_t i = 0; i < GRID; i++) {
		sum += grid[i];
		mean += grid[i] * ((double)i + 0.5) / GRID;
	}
	ret->mean = mean / sum;
	for (size_t i = 0; i < GRID; i++) {
		if (below + grid[i] >= LOWER * sum) {
			ret->low = ((double)i + (LOWER * sum - below) / grid[i]) / GRID;
			return;
		}
		below += grid[i];
	}
}

/* weight[i]: the probability that what counts now began with attempt i; of 0 that nothing changed. */
static void weigh_changes(double *weight, const struct sequence *q, double a, double b)
{
	double good = 0, bad = 0, all_good = 0, best, sum = 0;

	for (size_t i = 0; i < q->n; i++)
		all_good += q->good[i];
	best = weight[0] = log(1 - SUCCESS_CHANGE) + evidence(all_good, (double)q->n - all_good, a, b);
	for (size_t i = 1; i < q->n; i++) {
		good += q->good[i - 1];
		bad += !q->good[i - 1];
		weight[i] = log(SUCCESS_CHANGE / ((double)q->n - 1)) + evidence(good, bad, a, b) +
			    evidence(all_good - good, (double)q->n - all_good - bad, a, b);
		best = fmax(best, weight[i]);
	}
	for (size_t i = 0; i < q->n; i++)
		sum += weight[i] = exp(weight[i] - best);
	for (size_t i = 0; i < q->n; i++)
		weight[i] /= sum;
}

static void judge(struct success *ret, const struct sequence *q, double mean, double strength)
{
	double a = mean * strength, b = (1 - mean) * strength, grid[GRID] = {0}, good = 0, bad = 0;
	MEM_AUTO double *weight = mem_array(q->n + 1, sizeof(*weight));
	size_t likeliest = 1;

	*ret = (struct success){.changed = CLOCK_UNKNOWN};
	weight[0] = 1;
	if (q->n)
		weigh_changes(weight, q, a, b);
	for (size_t i = q->n; i-- > 0;) {
		good += q->good[i];
		bad += !q->good[i];
		if (weight[i] > 1e-6)
			add_beta(grid, weight[i], a + good, b + bad);
	}
	if (!q->n)
		add_beta(grid, 1, a, b);
	ret->good = ret->now_good = (unsigned)good;
	ret->bad = ret->now_bad = (unsigned)bad;
	ret->change = q->n ? 1 - weight[0] : 0;
	sum_up(ret, grid);
	ret->demoted = ret->bad && ret->low < SUCCESS_FLOOR;
	if (ret->change <= 0.5)
		return;
	for (size_t i = 1; i < q->n; i++)
		likeliest = weight[i] > weight[likeliest] ? i : likeliest;
	ret->changed = q->at[likeliest];
	for (size_t i = 0; i < likeliest; i++)
		*(q->good[i] ? &ret->now_good : &ret->now_bad) -= 1;
}

/* ---- asking ------------------------------------------------------------------------------------- */

static bool is_asked(const struct attempt *x, uint32_t rule, uint32_t signature)
{
	return (!rule || x->rule == rule) && (!signature || x->signature == signature);
}

static void judge_part(const struct successes *s, uint32_t fixer, uint32_t rule, uint32_t signature, double mean,
	double strength, struct success *ret)
{
	size_t from = first_of(s, fixer), to = first_of(s, fixer + 1);
	MEM_AUTO int64_t *at = mem_array(to - from + 1, sizeof(*at));
	MEM_AUTO bool *good = mem_array(to - from + 1, sizeof(*good));
	struct sequence q = {at, good, 0};

	if (to - from > SUCCESS_RECENT_MAX)
		from = to - SUCCESS_RECENT_MAX;
	for (size_t i = from; i < to; i++)
		if (is_asked(&s->all[i], rule, signature)) {
			at[q.n] = s->all[i].at;
			good[q.n++] = s->all[i].good;
		}
	judge(ret, &q, fmin(0.98, fmax(0.02, mean)), strength);
}

void success_of(
	const struct successes *s, struct view fixer, struct view rule, struct view signature, struct success *ret)
{
	uint32_t f = names_find(&s->fixers, fixer), r = names_find(&s->rules, rule);
	uint32_t g = names_find(&s->signatures, signature);

	judge_part(s, f ? f : UINT32_MAX - 1, 0, 0, s->prior, SUCCESS_PRIOR_WEIGHT, ret);
	if (f && r)
		judge_part(s, f, r, 0, ret->mean, SUCCESS_CHILD_WEIGHT, ret);
	if (f && r && g)
		judge_part(s, f, r, g, ret->mean, SUCCESS_CHILD_WEIGHT, ret);
}

size_t successes_count(const struct successes *s)
{
	return s->fixers.n;
}

const char *successes_fixer(const struct successes *s, size_t i)
{
	return names_text(&s->fixers, (uint32_t)i + 1);
}

const char *success_why(const struct success *x, char *text, size_t n)
{
	char date[CLOCK_TEXT_MAX];

	if (x->good + x->bad == 0)
		snprintf(text, n, "never tried here");
	else if (x->changed == CLOCK_UNKNOWN)
		snprintf(text, n, "%u of %u worked; %.2f or more with 95 %% certainty", x->good, x->good + x->bad,
			x->low);
	else
		snprintf(text, n,
			"%u of %u worked, %u of %u since %s, when it changed; %.2f or more with 95 %% certainty",
			x->good, x->good + x->bad, x->now_good, x->now_good + x->now_bad, clock_date(x->changed, date),
			x->low);
	return text;
}
