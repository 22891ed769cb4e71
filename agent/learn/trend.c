#include "learn/trend.h"

#include "base/mem.h"
#include "learn/robust.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#define TINY 1e-3

struct bucket {
	double sum; /* of levels (or their logarithms); of chances */
	uint32_t n; /* points; events */
};
struct series {
	uint32_t name;
	unsigned family;
	bool own_chances;
	uint64_t points;
	int64_t slot; /* of the newest event */
	unsigned slot_events;
	struct bucket b[TREND_BUCKETS];
};
struct trends {
	int64_t from, to;
	struct names names;
	struct series *all;
	size_t n, cap;
	struct trend_family families[TREND_FAMILIES_MAX];
	double chances[TREND_FAMILIES_MAX][TREND_BUCKETS];
	unsigned family_count;
};

const char *trend_kind_name(enum trend_kind kind)
{
	static const char *const names[] = {"stable", "rising", "improving"};

	return names[kind];
}

/* ---- taking in ---------------------------------------------------------------------------------- */

struct trends *trends_new(int64_t from, int64_t to)
{
	struct trends *t = mem_new(sizeof(*t));

	t->from = from;
	t->to = to > from ? to : from + 1;
	names_init(&t->names, TREND_SERIES_MAX);
	return t;
}

void trends_free(struct trends *t)
{
	if (!t)
		return;
	names_done(&t->names);
	free(t->all);
	free(t);
}

unsigned trends_family(struct trends *t, const struct trend_family *f)
{
	assert(t->family_count < TREND_FAMILIES_MAX);
	t->families[t->family_count] = *f;
	return t->family_count++;
}

uint32_t trends_series(struct trends *t, unsigned family, struct view name)
{
	uint32_t number = names_add(&t->names, name);

	if (number > t->n) {
		MEM_PUSH(t->all, t->n, t->cap);
		t->all[t->n++] = (struct series){.name = number, .family = family, .slot = INT64_MIN};
	}
	return number;
}

static bool bucket_of(const struct trends *t, int64_t at, size_t *ret)
{
	if (at < t->from || at > t->to)
		return false;
	*ret = (size_t)((double)(at - t->from) / (double)(t->to - t->from) * TREND_BUCKETS);
	*ret = *ret < TREND_BUCKETS ? *ret : TREND_BUCKETS - 1;
	return true;
}

void trends_level(struct trends *t, uint32_t series, int64_t at, double value)
{
	struct series *s = series ? &t->all[series - 1] : NULL;
	size_t i;

	if (!s || !isfinite(value) || !bucket_of(t, at, &i))
		return;
	s->b[i].sum += t->families[s->family].ratio ? log(fmax(value, TINY)) : value;
	s->b[i].n++;
	s->points++;
}

void trends_event(struct trends *t, uint32_t series, int64_t at)
{
	struct series *s = series ? &t->all[series - 1] : NULL;
	size_t i;

	if (!s || !bucket_of(t, at, &i))
		return;
	s->points++;
	s->slot_events = s->slot == at / TREND_SLOT ? s->slot_events + 1 : 1;
	s->slot = at / TREND_SLOT;
	if (s->slot_events <= TREND_SLOT_MAX)
		s->b[i].n++;
}

void trends_chances(struct trends *t, unsigned family, uint32_t series_or_0, int64_t at, double n)
{
	size_t i;

	if (!bucket_of(t, at, &i))
		return;
	if (series_or_0) {
		t->all[series_or_0 - 1].own_chances = true;
		t->all[series_or_0 - 1].b[i].sum += n;
	} else {
		t->chances[family][i] += n;
	}
}

/* ---- levels ------------------------------------------------------------------------------------- */

struct levels {
	double x[TREND_BUCKETS], y[TREND_BUCKETS];
	size_t n;
};

static void levels_of(struct levels *ret, const struct series *s, const double *fleet)
{
	ret->n = 0;
	for (size_t i = 0; i < TREND_BUCKETS; i++)
		if (s->b[i].n) {
			ret->x[ret->n] = ((double)i + 0.5) / TREND_BUCKETS;
			ret->y[ret->n++] = s->b[i].sum / s->b[i].n - fleet[i];
		}
}

/* What the series of a family do together: the median of how far each is from its own. */
static void fleet_of(double *ret, const struct trends *t, unsigned family)
{
	static const double none[TREND_BUCKETS];
	MEM_AUTO double *usual = mem_array(t->n + 1, sizeof(*usual)), *away = mem_array(t->n + 1, sizeof(*away));
	struct levels l;
	size_t n;

	memset(ret, 0, TREND_BUCKETS * sizeof(*ret));
	for (size_t i = 0; i < t->n; i++) {
		levels_of(&l, &t->all[i], none);
		usual[i] = l.n ? robust_median(l.y, l.n) : 0;
	}
	for (size_t b = 0; b < TREND_BUCKETS; b++) {
		n = 0;
		for (size_t i = 0; i < t->n; i++)
			if (t->all[i].family == family && t->all[i].b[b].n)
				away[n++] = t->all[i].b[b].sum / t->all[i].b[b].n - usual[i];
		ret[b] = n >= TREND_FLEET_MIN ? robust_median(away, n) : 0;
	}
}

static void judge_levels(struct trend *ret, const struct levels *l, const struct trend_family *f)
{
	size_t third = l->n / 3;

	ret->delta = robust_slope(l->x, l->y, l->n);
	ret->z = robust_kendall(l->y, l->n, ret->delta);
	ret->before = robust_mean(l->y, third);
	ret->after = robust_mean(l->y + l->n - third, third);
	ret->change = f->ratio ? exp(ret->delta) : ret->delta;
	if (f->ratio) {
		ret->before = exp(ret->before);
		ret->after = exp(ret->after);
	}
}

/* ---- counts ------------------------------------------------------------------------------------- */

static const double *chances_of(const struct trends *t, const struct series *s, double *room)
{
	if (!s->own_chances)
		return t->chances[s->family];
	for (size_t i = 0; i < TREND_BUCKETS; i++)
		room[i] = s->b[i].sum;
	return room;
}

static bool judge_counts(struct trend *ret, const struct trends *t, const struct series *s)
{
	double room[TREND_BUCKETS], events = 0, all = 0, centre = 0, score = 0, variance = 0, slope = 0, rough = 0,
				    last = 0;
	const double *chances = chances_of(t, s, room);
	unsigned steps = 0;
	double early[2] = {0}, late[2] = {0};

	for (size_t i = 0; i < TREND_BUCKETS; i++) {
		double *part = i < TREND_BUCKETS / 3 ? early : i >= TREND_BUCKETS - TREND_BUCKETS / 3 ? late : room;

		events += s->b[i].n;
		all += chances[i];
		centre += chances[i] * (double)i;
		if (part != room) {
			part[0] += s->b[i].n;
			part[1] += chances[i];
		}
	}
	if (all <= 0 || events < TREND_EVENTS_MIN)
		return false;
	centre /= all;
	for (size_t i = 0; i < TREND_BUCKETS; i++) {
		double off = ((double)i - centre) / TREND_BUCKETS;

		score += off * (s->b[i].n - events / all * chances[i]);
		variance += off * off * events / all * chances[i];
	}
	slope = variance > 0 ? score / variance : 0;
	for (size_t i = 0; i < TREND_BUCKETS; i++) {
		double expected = events / all * chances[i], r;

		if (expected <= 0)
			continue;
		r = (s->b[i].n - expected) / sqrt(expected);
		rough += steps ? (r - last) * (r - last) / 2 : 0;
		last = r;
		steps++;
	}
	rough = steps > 2 ? fmax(1, rough / (steps - 1)) : 1;
	ret->z = variance > 0 ? score / sqrt(variance * rough) : 0;
	ret->delta = slope;
	ret->before = early[1] > 0 ? early[0] / early[1] : 0;
	ret->after = late[1] > 0 ? late[0] / late[1] : 0;
	ret->change = ((late[0] + 0.5) / (late[1] + 1)) / ((early[0] + 0.5) / (early[1] + 1));
	return true;
}

/* ---- families ----------------------------------------------------------------------------------- */

static int by_p(const void *a, const void *b)
{
	const struct trend *x = a, *y = b;

	if ((x->kind == TREND_STABLE) != (y->kind == TREND_STABLE))
		return x->kind == TREND_STABLE ? 1 : -1;
	if (x->p < y->p || x->p > y->p)
		return x->p < y->p ? -1 : 1;
	return strcmp(x->series, y->series);
}

/* The greatest p-value that Benjamini and Hochberg let pass. */
static double threshold(const struct trend *list, size_t n, double false_rate)
{
	MEM_AUTO double *p = mem_array(n + 1, sizeof(*p));
	double passed = 0;

	for (size_t i = 0; i < n; i++)
		p[i] = list[i].p;
	robust_sort(p, n);
	for (size_t i = 0; i < n; i++)
		if (p[i] <= false_rate * ((double)i + 1) / (double)n)
			passed = p[i];
	return passed;
}

static double usual_change(const struct trend *list, size_t n)
{
	MEM_AUTO double *d = mem_array(n + 1, sizeof(*d));

	for (size_t i = 0; i < n; i++)
		d[i] = fabs(list[i].delta);
	return n >= TREND_FLEET_MIN ? 1.4826 * robust_median(d, n) : 0;
}

static const char *explain(struct arena *a, const struct trend *x, const struct trend_family *f)
{
	if (f->counts)
		return arena_format(a, "%llu events, %.3g a chance in the first third and %.3g in the last (p %.2g)",
			(unsigned long long)x->points, x->before, x->after, x->p);
	if (f->ratio)
		return arena_format(a, "%+.0f %% over the window beyond what all do, %llu points (p %.2g)",
			100 * (x->change - 1), (unsigned long long)x->points, x->p);
	return arena_format(a, "%+.3g over the window, from %.3g to %.3g, %llu points (p %.2g)", x->change, x->before,
		x->after, (unsigned long long)x->points, x->p);
}

static void settle(struct arena *a, struct trend *list, size_t n, const struct trend_family *f, int64_t window)
{
	double limit = threshold(list, n, f->false_rate), usual = f->spread > 0 ? usual_change(list, n) : 0;
	double effect = f->effect * fmax(1, sqrt((double)TREND_SHORT / (double)window));

	for (size_t i = 0; i < n; i++) {
		struct trend *x = &list[i];

		x->spread = usual;
		if (x->p <= limit && fabs(x->delta) >= effect && fabs(x->delta) >= f->spread * usual)
			x->kind = x->delta > 0 ? TREND_RISING : TREND_IMPROVING;
		x->why = explain(a, x, f);
	}
}

static size_t learn_family(struct arena *a, struct trend *ret, const struct trends *t, unsigned family)
{
	const struct trend_family *f = &t->families[family];
	double fleet[TREND_BUCKETS] = {0};
	struct levels l;
	size_t n = 0;

	if (f->fleet)
		fleet_of(fleet, t, family);
	for (size_t i = 0; i < t->n; i++) {
		const struct series *s = &t->all[i];
		struct trend x = {.family = f->name, .points = s->points};

		if (s->family != family)
			continue;
		if (f->counts) {
			if (!judge_counts(&x, t, s))
				continue;
		} else {
			levels_of(&l, s, fleet);
			if (l.n < TREND_BUCKETS_MIN)
				continue;
			judge_levels(&x, &l, f);
		}
		x.p = erfc(fabs(x.z) / sqrt(2));
		x.series = arena_text(a, names_text(&t->names, s->name));
		ret[n++] = x;
	}
	settle(a, ret, n, f, t->to - t->from);
	return n;
}

void trends_learn(struct trend_report *ret, const struct trends *t)
{
	*ret = (struct trend_report){0};
	ret->list = arena_array(&ret->arena, t->n + 1, sizeof(*ret->list));
	for (unsigned i = 0; i < t->family_count; i++)
		ret->n += learn_family(&ret->arena, ret->list + ret->n, t, i);
	qsort(ret->list, ret->n, sizeof(*ret->list), by_p);
}

void trend_report_done(struct trend_report *r)
{
	if (!r)
		return;
	arena_done(&r->arena);
	*r = (struct trend_report){0};
}
