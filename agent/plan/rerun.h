/* rerun.h - whether failed jobs are run again: pure. On evidence, within the budget, else not. */
#ifndef RM_PLAN_RERUN_H
#define RM_PLAN_RERUN_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/config.h"
#include "diagnose/diagnosis.h"

#define RERUN_JOBS_MAX                                                                                                 \
	5u /* more jobs that failed together are no accident, unless one transient signature explains all */
#define RERUN_ATTEMPTS_MAX 40u /* GitHub stops at 50 */

struct rerun_job {
	const char *name, *conclusion;
	const struct finding *primary; /* NULL: nothing known */
	/* What the history knows of this signature (or of each failed test of it). */
	unsigned same_sha_passed, same_sha_failed; /* passed and failed at one commit */
	unsigned reruns_helped, reruns_did_not;    /* of this signature, so far */
	bool flaky_tests_only;                     /* every failed test of the job is known to be flaky */
	bool red_on_base;                          /* the same is red there: a rerun meets the same */
};
struct rerun_facts {
	const struct config *config;
	const struct rerun_job *jobs;
	size_t count;
	int attempt;            /* of the run now */
	unsigned run_reruns;    /* ours, of this run (history, else attempt - 1) */
	unsigned branch_reruns; /* ours, on this branch within 24 hours */
	int64_t age;            /* since the run began; CLOCK_UNKNOWN */
	bool forced;            /* `/runmedic rerun` or a person's `rerun` command: budget of GitHub only */
	bool heals;             /* a fix is on offer: that is better */
};
struct rerun_verdict {
	bool rerun;
	int64_t wait_us;    /* back-off before it is asked for: 0 at the first, doubling */
	const char *reason; /* one sentence with the evidence; never NULL; in the arena */
};
void rerun_judge(struct rerun_verdict *ret, const struct rerun_facts *f, struct arena *a);

#endif
