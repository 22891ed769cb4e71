/* resolve.h - how failed jobs became green again: by a fix of ours, by a rerun that we asked for, by themselves, by a
 * person. Pure, streaming.
 *
 * A failure is resolved by the next green execution of the same job on the same workflow and branch. At the same commit
 * it was a rerun: ours where we asked for one of that run. At a commit that a fix of ours became it was the fix. What
 * is transient and green at another commit went by itself; all else a person did. */
#ifndef RM_LEARN_RESOLVE_H
#define RM_LEARN_RESOLVE_H

#include "learn/kpi.h"

#define RESOLVE_FAILURES_MAX ((size_t)1 << 20)
#define RESOLVE_NAMES_MAX ((size_t)1 << 20)

struct resolve_job {
	struct view workflow, branch, job, commit;
	int64_t run; /* 0 unknown */
	int64_t at;
	bool red, green; /* neither: cancelled, unknown; takes no part */
	bool known;      /* a rule named the cause */
	bool transient;
	struct view signature;
};

struct resolver *resolver_new(void);
void resolver_free(struct resolver *r); /* NULL is fine */
/* First all deeds: the commit of a fix that turned out good, the run that was asked to run again. */
void resolver_fix(struct resolver *r, struct view commit);
void resolver_rerun(struct resolver *r, int64_t run);
void resolver_job(struct resolver *r, const struct resolve_job *job); /* in the order of time */
void resolver_learn(const struct resolver *r, struct kpis *ret);      /* tells every failure */

#endif
