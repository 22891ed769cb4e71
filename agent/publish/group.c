/* Jobs that failed of one thing, told once. */
#include "publish/run.h"

#include <stdlib.h>
#include <string.h>

#include "publish/ink.h"

static const struct finding *primary(const struct publish_job *j)
{
	return j->diagnosis ? diagnosis_primary(j->diagnosis) : NULL;
}

static bool same_text(const char *a, const char *b)
{
	return view_eq(view_of(a), view_of(b));
}

static bool same_failure(const struct publish_job *a, const struct publish_job *b)
{
	const struct finding *f = primary(a), *g = primary(b);
	if (!f || !g)
		return !f && !g && same_text(a->trouble, b->trouble);
	if (f->signature[0] || g->signature[0])
		return !strcmp(f->signature, g->signature);
	return !strcmp(f->rule_id, g->rule_id) && same_text(f->title, g->title);
}

/* While groups grow, the indices of each lie in an array of its own that has room for all jobs left. */
struct growing {
	struct publish_group *groups;
	size_t n, left;
	struct arena *arena;
	const struct publish_run *run;
};

static void add_job(struct growing *g, size_t index)
{
	const struct publish_job *job = &g->run->jobs[index];
	struct publish_group *to = NULL;
	for (size_t i = 0; i < g->n && !to; i++)
		if (same_failure(&g->run->jobs[g->groups[i].jobs[0]], job))
			to = &g->groups[i];
	if (!to) {
		to = &g->groups[g->n++];
		*to = (struct publish_group){.jobs = arena_array(g->arena, g->left, sizeof(size_t)), .best = job};
	}
	((size_t *)to->jobs)[to->count++] = index;
	const struct finding *f = primary(job);
	if (f && (!to->finding || f->confidence > to->finding->confidence)) {
		to->finding = f;
		to->best = job;
	}
}

static bool all_cancelled(const struct publish_run *r, const struct publish_group *g)
{
	for (size_t i = 0; i < g->count; i++)
		if (!same_text(r->jobs[g->jobs[i]].conclusion, "cancelled"))
			return false;
	return true;
}

/* What decides between two groups, one after the other: more is more important. The confidence of findings is not
 * known to the hundredth: within a tenth the number of jobs says more. */
#define KEYS 7
static void keys_of(const struct publish_run *r, const struct publish_group *g, double keys[KEYS])
{
	keys[0] = g->finding != NULL;
	keys[1] = !all_cancelled(r, g);
	keys[2] = !g->best->known.red_branch;
	keys[3] = g->finding ? (double)g->finding->rank : 0;
	keys[4] = g->finding ? (double)(int)(g->finding->confidence * 10) : 0;
	keys[5] = (double)g->count;
	keys[6] = -(double)g->jobs[0];
}

static bool more_important(const struct publish_run *r, const struct publish_group *a, const struct publish_group *b)
{
	double x[KEYS], y[KEYS];
	keys_of(r, a, x);
	keys_of(r, b, y);
	for (size_t i = 0; i < KEYS; i++)
		if (x[i] > y[i] || x[i] < y[i])
			return x[i] > y[i];
	return false;
}

/* By insertion: at most as many groups as a run has jobs. */
static void sort(const struct publish_run *r, struct publish_group *groups, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct publish_group one = groups[i];
		size_t at = i;
		for (; at && more_important(r, &one, &groups[at - 1]); at--)
			groups[at] = groups[at - 1];
		groups[at] = one;
	}
}

size_t publish_groups(const struct publish_run *r, struct arena *a, const struct publish_group **ret)
{
	struct growing g = {.groups = arena_array(a, r->job_count, sizeof *g.groups), .arena = a, .run = r};
	for (size_t i = 0; i < r->job_count; i++) {
		g.left = r->job_count - i;
		if (!r->jobs[i].diagnosis || primary(&r->jobs[i]))
			add_job(&g, i);
	}
	sort(r, g.groups, g.n);
	*ret = g.groups;
	return g.n;
}

void publish_group_names(struct buf *out, const struct publish_run *r, const struct publish_group *g)
{
	size_t shown = g->count <= PUBLISH_NAMES_SHOWN ? g->count : PUBLISH_NAMES_SHOWN;
	if (g->count > 1)
		buf_addf(out, "Same failure in %zu jobs: ", g->count);
	for (size_t i = 0; i < shown; i++) {
		buf_add_text(out, i ? ", " : "");
		ink_text(out, r->jobs[g->jobs[i]].name);
	}
	if (shown < g->count)
		buf_addf(out, " and %zu more", g->count - shown);
}
