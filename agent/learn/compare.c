#include "learn/compare.h"

#include "base/mem.h"
#include "learn/report.h"

#include <math.h>
#include <stdlib.h>

struct tally {
	uint64_t runs, failed, timed;
	double ms;
	int64_t last;
};
struct pair {
	struct tally of[2];
	unsigned same_commit;
};
/* What passed at a commit, one bit a test. */
struct bits {
	uint64_t *of[2];
	size_t words[2];
};
struct failed {
	uint32_t test, commit;
	int side;
};
struct compare {
	int64_t from, to;
	double slower;
	struct names commits, jobs;
	struct pair *tests, *job; /* [number - 1] */
	size_t test_count, job_count, job_cap;
	struct bits *bits; /* [commit - 1] */
	size_t bits_count, bits_cap, bytes;
	struct failed *failed;
	size_t failed_count, failed_cap;
	struct compare_total total[2];
	double seconds[2];
	uint64_t timed[2], good[COMPARE_PARTS][2], judged[COMPARE_PARTS][2];
	/* of the job at hand */
	int side;
	uint32_t commit;
	int64_t at;
};

const char *compare_kind_name(enum compare_kind kind)
{
	static const char *const names[] = {"alike", "only-a-fails", "only-b-fails", "fails-more-in-a",
		"fails-more-in-b", "both-fail", "slower-in-b", "faster-in-b", "only-in-a", "only-in-b"};

	return names[kind];
}

const char *compare_trend_name(enum compare_trend trend)
{
	static const char *const names[] = {"unknown", "steady", "wider", "narrower"};

	return names[trend];
}

struct compare *compare_new(int64_t from, int64_t to, double slower)
{
	struct compare *c = mem_new(sizeof(*c));

	c->from = from;
	c->to = to > from ? to : from + 1;
	c->slower = slower;
	names_init(&c->commits, COMPARE_NAMES_MAX);
	names_init(&c->jobs, COMPARE_NAMES_MAX);
	return c;
}

void compare_free(struct compare *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->bits_count; i++) {
		free(c->bits[i].of[0]);
		free(c->bits[i].of[1]);
	}
	names_done(&c->commits);
	names_done(&c->jobs);
	free(c->tests);
	free(c->job);
	free(c->bits);
	free(c->failed);
	free(c);
}

/* ---- taking in ----------------------------------------------------------------------------------- */

static void take(struct tally *t, bool failed, double ms, int64_t at)
{
	t->runs++;
	if (failed) {
		t->last = t->failed && t->last > at ? t->last : at;
		t->failed++;
	} else if (ms >= 0) {
		t->timed++;
		t->ms += ms;
	}
}

static void judge(struct compare *c, const struct compare_job *job, bool good)
{
	double share = ((double)job->at - (double)c->from) / ((double)c->to - (double)c->from);
	size_t part = share > 0 ? (size_t)(share * COMPARE_PARTS) : 0;
	struct compare_total *t = &c->total[c->side];

	part = part < COMPARE_PARTS ? part : COMPARE_PARTS - 1;
	*(good ? &t->good : &t->bad) += 1;
	c->judged[part][c->side]++;
	c->good[part][c->side] += good;
	if (good && job->seconds >= 0) {
		c->seconds[c->side] += job->seconds;
		c->timed[c->side]++;
	}
}

void compare_add(struct compare *c, int side, const struct compare_job *job)
{
	bool good = job->conclusion == CONCLUSION_SUCCESS;
	bool bad = job->conclusion == CONCLUSION_FAILURE || job->conclusion == CONCLUSION_TIMED_OUT;
	uint32_t name = names_add(&c->jobs, job->name);

	c->side = side;
	c->at = job->at;
	c->commit = names_add(&c->commits, job->commit);
	c->total[side].jobs++;
	while (c->job_count < name) {
		MEM_PUSH(c->job, c->job_count, c->job_cap);
		c->job[c->job_count++] = (struct pair){0};
	}
	while (c->bits_count < c->commit) {
		MEM_PUSH(c->bits, c->bits_count, c->bits_cap);
		c->bits[c->bits_count++] = (struct bits){0};
	}
	if (!good && !bad)
		return;
	judge(c, job, good);
	if (name)
		take(&c->job[name - 1].of[side], bad, job->seconds >= 0 ? 1000 * job->seconds : -1, job->at);
}

static void passed_here(struct compare *c, uint32_t test)
{
	struct bits *b = c->commit ? &c->bits[c->commit - 1] : NULL;
	size_t word = test / 64;

	if (!b)
		return;
	if (word >= b->words[c->side]) {
		size_t want = 2 * word + 16, more = (want - b->words[c->side]) * sizeof(uint64_t);

		if (c->bytes + more > COMPARE_BITS_MAX)
			return;
		c->bytes += more;
		b->of[c->side] = mem_grow(b->of[c->side], want, sizeof(uint64_t));
		for (size_t i = b->words[c->side]; i < want; i++)
			b->of[c->side][i] = 0;
		b->words[c->side] = want;
	}
	b->of[c->side][word] |= UINT64_C(1) << test % 64;
}

void compare_result(struct compare *c, uint32_t test, enum result outcome, double ms)
{
	bool failed = outcome == RESULT_FAILED || outcome == RESULT_ERROR;

	if (!test || test > COMPARE_TESTS_MAX || outcome == RESULT_SKIPPED)
		return;
	if (test > c->test_count) {
		size_t want = test > 2 * c->test_count ? test : 2 * c->test_count;

		c->tests = mem_grow(c->tests, want, sizeof(*c->tests));
		for (size_t i = c->test_count; i < want; i++)
			c->tests[i] = (struct pair){0};
		c->test_count = want;
	}
	take(&c->tests[test - 1].of[c->side], failed, ms, c->at);
	c->total[c->side].tests++;
	if (!failed) {
		passed_here(c, test);
		return;
	}
	c->total[c->side].failed++;
	if (!c->commit)
		return;
	MEM_PUSH(c->failed, c->failed_count, c->failed_cap);
	c->failed[c->failed_count++] = (struct failed){test, c->commit, c->side};
}

/* ---- judging ------------------------------------------------------------------------------------- */

/* Failures that passed on the other side of the same commit. */
static void count_same(const struct compare *c)
{
	for (size_t i = 0; i < c->failed_count; i++) {
		const struct failed *f = &c->failed[i];
		const struct bits *b = &c->bits[f->commit - 1];
		size_t word = f->test / 64;

		if (word < b->words[!f->side] && b->of[!f->side][word] >> f->test % 64 & 1)
			c->tests[f->test - 1].same_commit++;
	}
}

static double log_choose(uint64_t n, uint64_t k)
{
	return lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);
}

/* Fisher's exact test, two-sided: all tables with the same sums that are no likelier than this one. */
static double fisher(const struct tally *a, const struct tally *b)
{
	uint64_t all = a->failed + b->failed, low = all > b->runs ? all - b->runs : 0;
	uint64_t high = all < a->runs ? all : a->runs;
	double sum = 0, whole = log_choose(a->runs + b->runs, all);
	double here = log_choose(a->runs, a->failed) + log_choose(b->runs, b->failed) - whole;

	if (high - low > 100000)
		return -1;
	for (uint64_t k = low; k <= high; k++) {
		double p = log_choose(a->runs, k) + log_choose(b->runs, all - k) - whole;

		if (p <= here + 1e-7)
			sum += exp(p);
	}
	return sum < 1 ? sum : 1;
}

static double mean_of(const struct tally *t)
{
	return t->timed ? t->ms / (double)t->timed : -1;
}

static enum compare_kind slower(const struct compare *c, const struct tally *a, const struct tally *b)
{
	double x = mean_of(a), y = mean_of(b), least = x < y ? x : y;

	if (x < 0 || y < 0 || fabs(x - y) < COMPARE_SLOWER_MS || fabs(x - y) < c->slower * least)
		return COMPARE_ALIKE;
	return y > x ? COMPARE_SLOWER_IN_B : COMPARE_FASTER_IN_B;
}

static enum compare_kind kind_of(const struct compare *c, const struct pair *p)
{
	const struct tally *a = &p->of[0], *b = &p->of[1];
	struct interval x, y;

	if (!a->runs || !b->runs)
		return a->runs ? COMPARE_ONLY_A_RUNS : COMPARE_ONLY_B_RUNS;
	if (a->failed && !b->failed)
		return COMPARE_ONLY_A_FAILS;
	if (b->failed && !a->failed)
		return COMPARE_ONLY_B_FAILS;
	if (a->failed == a->runs && b->failed == b->runs)
		return COMPARE_BOTH_FAIL;
	wilson_interval(a->failed, a->runs, &x.low, &x.high);
	wilson_interval(b->failed, b->runs, &y.low, &y.high);
	if (x.low > y.high)
		return COMPARE_MORE_IN_A;
	if (y.low > x.high)
		return COMPARE_MORE_IN_B;
	return slower(c, a, b);
}

static struct compare_side side_of(const struct tally *t)
{
	return (struct compare_side){t->runs, t->failed, mean_of(t), t->failed ? t->last : CLOCK_UNKNOWN};
}

static void add_row(
	struct compare_report *r, const struct compare *c, const struct pair *p, uint32_t test, const char *job)
{
	const struct tally *a = &p->of[0], *b = &p->of[1];
	enum compare_kind kind = a->runs || b->runs ? kind_of(c, p) : COMPARE_ALIKE;

	if (kind == COMPARE_ALIKE) {
		r->alike += test && a->runs && b->runs;
		return;
	}
	r->rows[r->n++] = (struct compare_row){.kind = kind,
		.test = test,
		.job = arena_text(&r->arena, job),
		.of = {side_of(a), side_of(b)},
		.same_commit = p->same_commit,
		.chance = a->failed + b->failed && a->runs && b->runs ? fisher(a, b) : -1};
}

static int by_weight(const void *a, const void *b)
{
	const struct compare_row *x = a, *y = b;
	uint64_t p = x->of[0].failed + x->of[1].failed, q = y->of[0].failed + y->of[1].failed;
	double u = fabs(x->of[0].ms - x->of[1].ms), v = fabs(y->of[0].ms - y->of[1].ms);

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	if (!x->job != !y->job)
		return x->job ? -1 : 1;
	if (x->same_commit != y->same_commit)
		return x->same_commit > y->same_commit ? -1 : 1;
	if (p != q)
		return p > q ? -1 : 1;
	if (u < v || u > v)
		return u > v ? -1 : 1;
	if (x->job)
		return strcmp(x->job, y->job);
	return x->test < y->test ? -1 : x->test > y->test;
}

static void fill_rows(struct compare_report *r, const struct compare *c)
{
	r->rows = arena_array(&r->arena, c->test_count + c->job_count + 1, sizeof(*r->rows));
	count_same(c);
	for (size_t i = 0; i < c->job_count; i++)
		add_row(r, c, &c->job[i], 0, names_text(&c->jobs, (uint32_t)i + 1));
	for (size_t i = 0; i < c->test_count; i++)
		add_row(r, c, &c->tests[i], (uint32_t)i + 1, NULL);
	if (r->n)
		qsort(r->rows, r->n, sizeof(*r->rows), by_weight);
}

/* ---- the sums ------------------------------------------------------------------------------------ */

static void distance(struct compare_delta *d, const uint64_t good[2], const uint64_t all[2])
{
	double p[2], low[2], high[2];

	d->jobs[0] = all[0];
	d->jobs[1] = all[1];
	d->value = d->range.low = d->range.high = NAN;
	if (!all[0] || !all[1])
		return;
	for (int i = 0; i < 2; i++) {
		p[i] = (double)good[i] / (double)all[i];
		wilson_interval(good[i], all[i], &low[i], &high[i]);
	}
	d->value = p[1] - p[0];
	d->range.low = d->value - hypot(p[1] - low[1], high[0] - p[0]);
	d->range.high = d->value + hypot(high[1] - p[1], p[0] - low[0]);
}

static void fill_total(struct compare_report *r, const struct compare *c)
{
	uint64_t good[2], all[2];

	for (int i = 0; i < 2; i++) {
		struct compare_total *t = &r->total[i];

		*t = c->total[i];
		good[i] = t->good;
		all[i] = t->good + t->bad;
		t->rate = all[i] ? (double)good[i] / (double)all[i] : -1;
		wilson_interval(good[i], all[i], &t->range.low, &t->range.high);
		t->seconds = c->timed[i] ? c->seconds[i] / (double)c->timed[i] : -1;
	}
	r->delta = (struct compare_delta){.from = c->from, .to = c->to};
	distance(&r->delta, good, all);
}

static enum compare_trend trend_of(const struct compare *c)
{
	uint64_t good[2][2] = {{0}}, all[2][2] = {{0}};
	struct compare_delta half[2] = {{0}};

	for (size_t i = 0; i < COMPARE_PARTS; i++)
		for (int side = 0; side < 2; side++) {
			good[i >= COMPARE_PARTS / 2][side] += c->good[i][side];
			all[i >= COMPARE_PARTS / 2][side] += c->judged[i][side];
		}
	distance(&half[0], good[0], all[0]);
	distance(&half[1], good[1], all[1]);
	if (isnan(half[0].value) || isnan(half[1].value))
		return COMPARE_UNKNOWN;
	if (half[0].range.high >= half[1].range.low && half[1].range.high >= half[0].range.low)
		return COMPARE_STEADY;
	return fabs(half[1].value) > fabs(half[0].value) ? COMPARE_WIDER : COMPARE_NARROWER;
}

void compare_learn(struct compare_report *ret, const struct compare *c)
{
	int64_t part = (c->to - c->from) / COMPARE_PARTS;

	*ret = (struct compare_report){0};
	fill_total(ret, c);
	for (size_t i = 0; i < COMPARE_PARTS; i++) {
		ret->parts[i].from = c->from + (int64_t)i * part;
		ret->parts[i].to = i + 1 < COMPARE_PARTS ? ret->parts[i].from + part : c->to;
		distance(&ret->parts[i], c->good[i], c->judged[i]);
	}
	ret->trend = trend_of(c);
	fill_rows(ret, c);
}

void compare_done(struct compare_report *r)
{
	if (!r)
		return;
	arena_done(&r->arena);
	*r = (struct compare_report){0};
}
