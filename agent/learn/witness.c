#include "learn/witness.h"

#include "base/mem.h"

#include <stdlib.h>

#define LEGS_MAX 64u /* of one commit; further ones are not looked at */

/* ---- storms ------------------------------------------------------------------------------------- */

struct storm {
	uint64_t shape;
	int64_t at;
	uint32_t test, execution;
};
struct storm_index {
	struct storm *all;
	size_t n;
	int64_t *lost; /* when jobs were lost, in order */
	size_t lost_count;
};

static int by_shape(const void *a, const void *b)
{
	const struct storm *x = a, *y = b;

	if (x->shape != y->shape)
		return x->shape < y->shape ? -1 : 1;
	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->test > y->test) - (x->test < y->test);
}

struct storm_index *storm_index_new(const struct history *h)
{
	struct storm_index *s = mem_new(sizeof(*s));

	s->all = mem_array(2 * h->failure_count + 1, sizeof(*s->all));
	s->lost = mem_array(h->execution_count + 1, sizeof(*s->lost));
	for (uint32_t t = 1; t <= h->test_count; t++)
		for (size_t i = 0; h->of[t - 1].now == t && i < h->of[t - 1].failure_count; i++) {
			const struct failure *f = &h->of[t - 1].failures[i];

			if (f->shape && s->n < 2 * h->failure_count)
				s->all[s->n++] =
					(struct storm){f->shape, h->executions[f->execution].at, t, f->execution};
		}
	qsort(s->all, s->n, sizeof(*s->all), by_shape);
	for (size_t i = 0; i < h->execution_count; i++)
		if (h->executions[i].lost)
			s->lost[s->lost_count++] = h->executions[i].at;
	return s;
}

void storm_index_free(struct storm_index *s)
{
	if (!s)
		return;
	free(s->all);
	free(s->lost);
	free(s);
}

static size_t first_storm(const struct storm_index *s, uint64_t shape, int64_t at)
{
	size_t low = 0, high = s->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->all[mid].shape < shape || (s->all[mid].shape == shape && s->all[mid].at < at))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static size_t first_lost(const struct storm_index *s, int64_t at)
{
	size_t low = 0, high = s->lost_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (s->lost[mid] < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static size_t first_execution(const struct history *h, int64_t at)
{
	size_t low = 0, high = h->execution_count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (h->executions[mid].at < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void look_for_storm(
	struct witness *w, const struct history *h, const struct storm_index *s, uint32_t test, const struct failure *f)
{
	int64_t at = h->executions[f->execution].at;
	uint32_t seen[WITNESS_STORM_TESTS + 1];
	size_t n = 0;

	w->storm_jobs = (unsigned)(first_lost(s, at + WITNESS_STORM + 1) - first_lost(s, at - WITNESS_STORM));
	w->storm_jobs_usual =
		(double)s->lost_count / (double)h->execution_count *
		(double)(first_execution(h, at + WITNESS_STORM + 1) - first_execution(h, at - WITNESS_STORM));
	if (!f->shape)
		return;
	for (size_t i = first_storm(s, f->shape, at - WITNESS_STORM);
		i < s->n && s->all[i].shape == f->shape && s->all[i].at <= at + WITNESS_STORM; i++) {
		bool known = s->all[i].test == test;

		if (!known && s->all[i].execution == f->execution)
			w->companions++;
		for (size_t k = 0; k < n && !known; k++)
			known = seen[k] == s->all[i].test;
		if (!known && n < sizeof(seen) / sizeof(*seen))
			seen[n++] = s->all[i].test;
	}
	w->storm_tests = (unsigned)n;
}

/* ---- the same commit ---------------------------------------------------------------------------- */

struct leg {
	uint32_t leg, os, version;
	bool failed;
};

static size_t add_leg(struct leg *legs, size_t n, const struct execution *x, bool failed)
{
	for (size_t i = 0; i < n; i++)
		if (legs[i].leg == x->leg) {
			legs[i].failed |= failed;
			return n;
		}
	if (n < LEGS_MAX)
		legs[n++] = (struct leg){x->leg, x->os, x->version, failed};
	return n;
}

static bool same_image(const struct execution *a, const struct execution *b)
{
	return a->image == b->image || !a->image || !b->image;
}

static size_t look_at_commit(
	struct witness *w, const struct history *h, const unsigned char *results, uint32_t at, struct leg *legs)
{
	const struct execution *x = &h->executions[at];
	uint32_t first = at;
	size_t n = 0;
	bool green_elsewhere = false;

	while (h->executions[first].commit_before != HISTORY_NONE)
		first = h->executions[first].commit_before;
	for (uint32_t i = first; i != HISTORY_NONE; i = h->executions[i].commit_after) {
		const struct execution *y = &h->executions[i];

		if (results[i] == HISTORY_ABSENT || y->space != x->space)
			continue;
		n = add_leg(legs, n, y, results[i] == HISTORY_FAILED);
		if (i != at && y->os == x->os && x->image && y->image) {
			w->other_image_passed += y->image != x->image && results[i] == HISTORY_PASSED;
			w->other_image_failed += y->image != x->image && results[i] == HISTORY_FAILED;
			w->same_image_passed += y->image == x->image && results[i] == HISTORY_PASSED;
		}
		if (results[i] != HISTORY_PASSED || y->leg != x->leg)
			continue;
		if (!same_image(x, y))
			green_elsewhere = true;
		else if (y->at > x->at)
			w->green_after = true;
		else
			w->green_before = true;
	}
	w->green_on_other_image = green_elsewhere && !w->green_after && !w->green_before;
	return n;
}

static void compare_legs(struct witness *w, const struct execution *x, const struct leg *legs, size_t n)
{
	unsigned os_failed = 0, os_passed = 0, version_failed = 0, version_passed = 0;

	for (size_t i = 0; i < n; i++) {
		bool os = legs[i].os == x->os, version = legs[i].version == x->version;

		w->legs_failed += legs[i].failed;
		w->legs_passed += !legs[i].failed;
		os_failed += os && legs[i].failed;
		os_passed += os && !legs[i].failed;
		version_failed += version && legs[i].failed;
		version_passed += version && !legs[i].failed;
	}
	w->all_of_system = os_failed > 1 && !os_passed && w->legs_failed == os_failed && w->legs_passed;
	w->all_of_version = version_failed > 1 && !version_passed && w->legs_failed == version_failed && w->legs_passed;
	w->lone = w->legs_failed == 1 && os_passed && version_passed;
}

/* ---- the neighbours ----------------------------------------------------------------------------- */

static enum neighbour neighbour(const struct history *h, const struct history_test *t, const unsigned char *results,
	const struct failure *f, bool forward)
{
	const struct execution *x = &h->executions[f->execution];
	uint32_t i = f->execution;

	while ((i = forward ? h->executions[i].after : h->executions[i].before) != HISTORY_NONE) {
		if (results[i] == HISTORY_ABSENT || (h->executions[i].commit == x->commit && x->commit))
			continue;
		if (results[i] == HISTORY_PASSED)
			return NEIGHBOUR_PASSED;
		return history_failure(t, i)->shape == f->shape ? NEIGHBOUR_SAME : NEIGHBOUR_OTHER;
	}
	return NEIGHBOUR_NONE;
}

static void count_near(struct witness *w, const struct history *h, const struct history_test *t,
	const unsigned char *results, const struct failure *f, uint32_t i)
{
	const struct execution *x = &h->executions[f->execution], *y = &h->executions[i];
	bool leg = y->leg == x->leg, image = x->image && y->image == x->image, failed;

	if (results[i] == HISTORY_ABSENT || y->space != x->space || (!leg && !image) ||
		(y->commit == x->commit && x->commit))
		return;
	failed = results[i] == HISTORY_FAILED && history_failure(t, i)->shape == f->shape;
	w->near_ran += leg;
	w->near_failed += leg && failed;
	w->image_ran += image;
	w->image_failed += image && failed;
}

static void look_near(struct witness *w, const struct history *h, const struct history_test *t,
	const unsigned char *results, const struct failure *f)
{
	int64_t at = h->executions[f->execution].at;
	uint32_t i = f->execution;

	for (unsigned n = 0; n < WITNESS_NEAR_MAX && i-- > 0 && h->executions[i].at >= at - WITNESS_NEAR; n++)
		count_near(w, h, t, results, f, i);
	i = f->execution;
	for (unsigned n = 0;
		n < WITNESS_NEAR_MAX && ++i < h->execution_count && h->executions[i].at <= at + WITNESS_NEAR; n++)
		count_near(w, h, t, results, f, i);
}

void witness_of(struct witness *ret, const struct history *h, const struct storm_index *storms, uint32_t test,
	const unsigned char *results, const struct failure *f)
{
	const struct history_test *t = &h->of[test - 1];
	struct leg legs[LEGS_MAX];
	size_t n;

	*ret = (struct witness){0};
	n = look_at_commit(ret, h, results, f->execution, legs);
	compare_legs(ret, &h->executions[f->execution], legs, n);
	ret->before = neighbour(h, t, results, f, false);
	ret->after = neighbour(h, t, results, f, true);
	look_near(ret, h, t, results, f);
	look_for_storm(ret, h, storms, test, f);
}
