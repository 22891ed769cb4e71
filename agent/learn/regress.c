#include "learn/regress.h"

#include "base/mem.h"
#include "learn/robust.h"

#include <math.h>
#include <stdlib.h>

#define BROKEN_SHARE 0.5 /* of a message's failures look broken: so is the test */

struct group {
	size_t first;
	unsigned n, broken, flaky, image, incident, branches;
	size_t last;
};

static void take_group(struct group *g, const struct history *h, const struct history_test *t,
	const unsigned char *kinds, uint64_t shape)
{
	uint32_t branch = 0;

	for (size_t i = g->first; i < t->failure_count; i++) {
		const struct execution *x = &h->executions[t->failures[i].execution];

		if (t->failures[i].shape != shape)
			continue;
		g->n++;
		g->broken += kinds[i] == FAILURE_BROKEN || kinds[i] == FAILURE_UNKNOWN;
		g->flaky += kinds[i] == FAILURE_FLAKY;
		g->image += kinds[i] == FAILURE_IMAGE;
		g->incident += kinds[i] == FAILURE_INCIDENT;
		g->branches += x->branch != branch;
		branch = x->branch;
		g->last = i;
	}
}

/* Did it pass on this very commit and leg before, or on any commit at all? What passed there began without a commit. */
static bool began_with_commit(const struct history *h, const struct history_test *t, const struct failure *f)
{
	const struct execution *x = &h->executions[f->execution];
	bool ran_before = false;

	for (uint32_t i = x->commit_before; i != HISTORY_NONE; i = h->executions[i].commit_before)
		if (h->executions[i].leg == x->leg && h->executions[i].space == x->space && history_ran(t, i) &&
			!history_failure(t, i))
			return false;
	for (uint32_t i = f->execution; i-- > 0 && !ran_before;)
		ran_before = h->executions[i].commit != x->commit;
	return ran_before;
}

/* Of the legs of the newest commit of the main branch that ran the test, did one fail with this message last? */
static bool is_open(const struct history *h, const struct history_test *t, uint64_t shape)
{
	uint32_t commit = 0;

	for (size_t i = h->execution_count; i-- > 0;) {
		const struct execution *x = &h->executions[i];
		const struct failure *f;

		if (x->branch != h->main || x->space != SPACE_CI || !history_ran(t, (uint32_t)i))
			continue;
		if (commit && x->commit != commit)
			return false;
		commit = x->commit;
		f = history_failure(t, (uint32_t)i);
		if (f && f->shape == shape)
			return true;
	}
	return false;
}

static void learn_test(struct regression_report *r, const struct history *h, uint32_t test, const unsigned char *kinds)
{
	const struct history_test *t = &h->of[test - 1];
	uint64_t seen[FLAKY_MESSAGES_MAX];
	size_t messages = 0;

	for (size_t i = 0; i < t->failure_count && messages < FLAKY_MESSAGES_MAX; i++) {
		const struct failure *f = &t->failures[i];
		const struct execution *x = &h->executions[f->execution];
		struct group g = {.first = i};
		bool known = false;

		for (size_t k = 0; k < messages && !known; k++)
			known = seen[k] == f->shape;
		if (known)
			continue;
		seen[messages++] = f->shape;
		take_group(&g, h, t, kinds, f->shape);
		if (g.flaky || g.broken < BROKEN_SHARE * g.n || !began_with_commit(h, t, f))
			continue;
		MEM_PUSH(r->list, r->n, r->cap);
		r->list[r->n++] = (struct regression){.test = test,
			.commit = names_text(&h->commits, x->commit),
			.branch = names_text(&h->branches, x->branch),
			.at = x->at,
			.last = h->executions[t->failures[g.last].execution].at,
			.failures = g.n,
			.branches = g.branches,
			.open = is_open(h, t, f->shape),
			.message = f->message};
	}
}

static int newest_first(const void *a, const void *b)
{
	const struct regression *x = a, *y = b;

	if (x->at != y->at)
		return x->at > y->at ? -1 : 1;
	return (x->test > y->test) - (x->test < y->test);
}

void regress_learn(struct regression_report *ret, const struct history *h, const struct flaky_report *flaky)
{
	*ret = (struct regression_report){0};
	for (size_t i = 0; i < flaky->n; i++)
		learn_test(ret, h, flaky->list[i].test, flaky->kinds[flaky->list[i].test - 1]);
	if (ret->n)
		qsort(ret->list, ret->n, sizeof(*ret->list), newest_first);
}

void regress_done(struct regression_report *r)
{
	if (!r)
		return;
	arena_done(&r->arena);
	free(r->list);
	*r = (struct regression_report){0};
}

bool step_worse(struct step_watch *w, double value, double least, double *ret_from)
{
	double sorted[STEP_MEMORY], from;

	memcpy(sorted, w->recent, sizeof(sorted));
	from = w->n ? robust_median(sorted, w->n) : value;
	*ret_from = from;
	if (fabs(value - from) >= least)
		w->n = 0;
	else if (w->n == STEP_MEMORY)
		memmove(w->recent, w->recent + 1, (--w->n) * sizeof(*w->recent));
	w->recent[w->n++] = value;
	return value - from >= least;
}
