#include "learn/kpi.h"

#include "base/mem.h"
#include "learn/report.h"

#include <stdlib.h>

#define WEEK (7 * CLOCK_DAY)

/* ---- time to repair ------------------------------------------------------------------------------ */

struct attempt {
	uint32_t workflow, branch;
	int64_t ended;
	bool red;
};
struct repairs {
	struct names workflows, branches;
	struct attempt *all;
	size_t n, cap;
};

struct repairs *repairs_new(void)
{
	struct repairs *r = mem_new(sizeof(*r));

	names_init(&r->workflows, KPI_ATTEMPTS_MAX);
	names_init(&r->branches, KPI_ATTEMPTS_MAX);
	return r;
}

void repairs_free(struct repairs *r)
{
	if (!r)
		return;
	names_done(&r->workflows);
	names_done(&r->branches);
	free(r->all);
	free(r);
}

void repairs_attempt(
	struct repairs *r, struct view workflow, struct view branch, int64_t ended, enum conclusion conclusion)
{
	bool red = conclusion == CONCLUSION_FAILURE || conclusion == CONCLUSION_TIMED_OUT;

	if ((!red && conclusion != CONCLUSION_SUCCESS) || !workflow.n || !branch.n || r->n >= KPI_ATTEMPTS_MAX)
		return;
	MEM_PUSH(r->all, r->n, r->cap);
	r->all[r->n++] =
		(struct attempt){names_add(&r->workflows, workflow), names_add(&r->branches, branch), ended, red};
}

static int by_branch(const void *a, const void *b)
{
	const struct attempt *x = a, *y = b;

	if (x->workflow != y->workflow)
		return x->workflow < y->workflow ? -1 : 1;
	if (x->branch != y->branch)
		return x->branch < y->branch ? -1 : 1;
	if (x->ended != y->ended)
		return x->ended < y->ended ? -1 : 1;
	return y->red - x->red;
}

static void follow(struct mttr *m, const struct attempt *list, size_t n)
{
	m->since = CLOCK_UNKNOWN;
	for (size_t i = 0; i < n; i++) {
		if (list[i].red && m->since == CLOCK_UNKNOWN) {
			m->since = list[i].ended;
		} else if (!list[i].red && m->since != CLOCK_UNKNOWN) {
			int64_t took = list[i].ended - m->since;

			m->episodes++;
			m->total += took;
			m->longest = took > m->longest ? took : m->longest;
			m->since = CLOCK_UNKNOWN;
		}
	}
	m->open = m->since != CLOCK_UNKNOWN;
}

static int by_names(const void *a, const void *b)
{
	const struct mttr *x = a, *y = b;
	int d = strcmp(x->workflow, y->workflow);

	return d ? d : strcmp(x->branch, y->branch);
}

void repairs_learn(struct mttr_list *ret, struct repairs *r)
{
	*ret = (struct mttr_list){.all.since = CLOCK_UNKNOWN};
	ret->list = arena_array(&ret->arena, r->n + 1, sizeof(*ret->list));
	if (r->n)
		qsort(r->all, r->n, sizeof(*r->all), by_branch);
	for (size_t i = 0, k; i < r->n; i = k) {
		struct mttr *m = &ret->list[ret->n++];

		for (k = i + 1;
			k < r->n && r->all[k].workflow == r->all[i].workflow && r->all[k].branch == r->all[i].branch;)
			k++;
		follow(m, r->all + i, k - i);
		m->workflow = arena_text(&ret->arena, names_text(&r->workflows, r->all[i].workflow));
		m->branch = arena_text(&ret->arena, names_text(&r->branches, r->all[i].branch));
		ret->all.episodes += m->episodes;
		ret->all.total += m->total;
		ret->all.longest = m->longest > ret->all.longest ? m->longest : ret->all.longest;
		ret->all.open |= m->open;
	}
	if (ret->n)
		qsort(ret->list, ret->n, sizeof(*ret->list), by_names);
}

void mttr_done(struct mttr_list *l)
{
	if (!l)
		return;
	arena_done(&l->arena);
	*l = (struct mttr_list){0};
}

/* ---- rates --------------------------------------------------------------------------------------- */

struct kpis {
	int64_t from, to;
	struct names signatures;
	int64_t *last; /* last[signature - 1]: when it was seen */
	size_t last_count, last_cap;
	uint64_t failures, known, by_fix, by_rerun, by_itself, by_person, recurred;
	uint64_t fixes_good, fixes_bad, reruns_good, reruns;
};

struct kpis *kpis_new(int64_t from, int64_t to)
{
	struct kpis *k = mem_new(sizeof(*k));

	k->from = from;
	k->to = to;
	names_init(&k->signatures, KPI_SIGNATURES_MAX);
	return k;
}

void kpis_free(struct kpis *k)
{
	if (!k)
		return;
	names_done(&k->signatures);
	free(k->last);
	free(k);
}

void kpis_failure(struct kpis *k, const struct kpi_failure *f)
{
	uint32_t s = names_add(&k->signatures, f->signature);

	k->failures++;
	k->known += f->known;
	k->by_fix += f->resolution == RESOLUTION_FIX;
	k->by_rerun += f->resolution == RESOLUTION_RERUN;
	k->by_itself += f->resolution == RESOLUTION_ITSELF;
	k->by_person += f->resolution == RESOLUTION_PERSON;
	if (!s)
		return;
	if (s > k->last_count) {
		MEM_PUSH(k->last, k->last_count, k->last_cap);
		k->last[k->last_count++] = f->at;
	}
	k->recurred += f->at - k->last[s - 1] > KPI_RECURRING_GAP;
	k->last[s - 1] = f->at;
}

void kpis_fix(struct kpis *k, enum outcome outcome)
{
	k->fixes_good += outcome == OUTCOME_GREEN || outcome == OUTCOME_MERGED;
	k->fixes_bad += outcome == OUTCOME_RED || outcome == OUTCOME_REVERTED || outcome == OUTCOME_WITHDRAWN;
}

void kpis_rerun(struct kpis *k, bool green)
{
	k->reruns++;
	k->reruns_good += green;
}

static struct rate rate_of(uint64_t of, uint64_t all)
{
	struct rate r = {.of = of, .all = all, .value = all ? (double)of / (double)all : -1};

	wilson_interval(of, all, &r.range.low, &r.range.high);
	return r;
}

void kpis_learn(struct kpi *ret, const struct kpis *k)
{
	uint64_t ours = k->by_fix + k->by_rerun, resolved = ours + k->by_itself + k->by_person;
	double weeks = (double)(k->to - k->from) / (double)WEEK;

	*ret = (struct kpi){
		.failures = k->failures,
		.signatures = k->signatures.n,
		.detection = rate_of(k->known, k->failures),
		.auto_resolution = rate_of(ours, resolved),
		.manual = rate_of(k->by_person, resolved),
		.fix_success = rate_of(k->fixes_good, k->fixes_good + k->fixes_bad),
		.false_positive = rate_of(k->fixes_bad, k->fixes_good + k->fixes_bad),
		.rerun_success = rate_of(k->reruns_good, k->reruns),
		.recurring_a_week = weeks > 0 ? (double)k->recurred / weeks : 0,
	};
}
