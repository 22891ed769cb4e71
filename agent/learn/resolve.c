#include "learn/resolve.h"

#include "base/buf.h"
#include "base/mem.h"

#include <stdlib.h>

#define NONE UINT32_MAX

struct red {
	int64_t at, run;
	uint32_t commit, signature;
	uint32_t next; /* of the same job and branch, not green yet */
	bool known, transient;
	enum resolution resolution;
};
struct resolver {
	struct names legs, commits, fixes, reruns, signatures;
	struct red *reds;
	size_t n, cap;
	uint32_t *open; /* open[leg - 1]: the newest red one; NONE */
	size_t leg_count, leg_cap;
};

struct resolver *resolver_new(void)
{
	struct resolver *r = mem_new(sizeof(*r));

	names_init(&r->legs, RESOLVE_NAMES_MAX);
	names_init(&r->commits, RESOLVE_NAMES_MAX);
	names_init(&r->fixes, RESOLVE_NAMES_MAX);
	names_init(&r->reruns, RESOLVE_NAMES_MAX);
	names_init(&r->signatures, RESOLVE_NAMES_MAX);
	return r;
}

void resolver_free(struct resolver *r)
{
	if (!r)
		return;
	names_done(&r->legs);
	names_done(&r->commits);
	names_done(&r->fixes);
	names_done(&r->reruns);
	names_done(&r->signatures);
	free(r->reds);
	free(r->open);
	free(r);
}

void resolver_fix(struct resolver *r, struct view commit)
{
	names_add(&r->fixes, commit);
}

static struct view run_text(struct buf *b, int64_t run)
{
	buf_clear(b);
	buf_addf(b, "%lld", (long long)run);
	return buf_view(b);
}

void resolver_rerun(struct resolver *r, int64_t run)
{
	BUF_AUTO text = buf_new(BUF_LINE);

	names_add(&r->reruns, run_text(&text, run));
}

static uint32_t leg_of(struct resolver *r, const struct resolve_job *job)
{
	BUF_AUTO text = buf_new(BUF_PAGE);
	uint32_t leg;

	buf_add_view(&text, job->workflow);
	buf_add_char(&text, '\n');
	buf_add_view(&text, job->branch);
	buf_add_char(&text, '\n');
	buf_add_view(&text, job->job);
	leg = names_add(&r->legs, buf_view(&text));
	while (r->leg_count < leg) {
		MEM_PUSH(r->open, r->leg_count, r->leg_cap);
		r->open[r->leg_count++] = NONE;
	}
	return leg;
}

static enum resolution how(struct resolver *r, const struct red *x, const struct resolve_job *green)
{
	BUF_AUTO text = buf_new(BUF_LINE);

	if (x->commit && names_find(&r->commits, green->commit) == x->commit)
		return x->run && x->run == green->run && names_find(&r->reruns, run_text(&text, x->run))
			       ? RESOLUTION_RERUN
			       : RESOLUTION_ITSELF;
	if (names_find(&r->fixes, green->commit))
		return RESOLUTION_FIX;
	return x->transient ? RESOLUTION_ITSELF : RESOLUTION_PERSON;
}

static void add_red(struct resolver *r, uint32_t leg, const struct resolve_job *job)
{
	if (r->n >= RESOLVE_FAILURES_MAX)
		return;
	MEM_PUSH(r->reds, r->n, r->cap);
	r->reds[r->n] = (struct red){.at = job->at,
		.run = job->run,
		.commit = names_add(&r->commits, job->commit),
		.signature = names_add(&r->signatures, job->signature),
		.next = leg ? r->open[leg - 1] : NONE,
		.known = job->known,
		.transient = job->transient};
	if (leg)
		r->open[leg - 1] = (uint32_t)r->n;
	r->n++;
}

void resolver_job(struct resolver *r, const struct resolve_job *job)
{
	uint32_t leg;

	if (!job->red && !job->green)
		return;
	leg = leg_of(r, job);
	if (job->red) {
		add_red(r, leg, job);
		return;
	}
	if (!leg)
		return;
	for (uint32_t i = r->open[leg - 1]; i != NONE; i = r->reds[i].next)
		r->reds[i].resolution = how(r, &r->reds[i], job);
	r->open[leg - 1] = NONE;
}

void resolver_learn(const struct resolver *r, struct kpis *ret)
{
	for (size_t i = 0; i < r->n; i++)
		kpis_failure(ret, &(struct kpi_failure){.at = r->reds[i].at,
					  .signature = view_of(names_text(&r->signatures, r->reds[i].signature)),
					  .known = r->reds[i].known,
					  .resolution = r->reds[i].resolution});
}
