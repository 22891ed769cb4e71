/* follow.h - what became of a fix that left the machine, and what follows from it: pure. */
#ifndef RM_PLAN_FOLLOW_H
#define RM_PLAN_FOLLOW_H

#include "base/arena.h"
#include "base/clock.h"
#include "plan/delivery.h"

#define FOLLOW_STALE_DAYS 30 /* an open fix branch or pull request of ours that nobody touched */

/* A run of CI on the commit with the fix; the newest attempt of each workflow. */
struct follow_run {
	const char *workflow, *status, *conclusion;
	int attempt;
	bool same_signature; /* it is red with the signature that the fix was for */
	bool by_dispatch;    /* workflow_dispatch: tells, but satisfies no required check */
	bool understood; /* it is red, and its failure was read: else it takes nothing back, whatever follows says */
	bool transient;  /* it is red by an accident (network, infra): a rerun will tell */
	bool beyond; /* it is red in a later step or another job than before: the fix let it get there; or was_there */
	bool was_there; /* it is red of nothing but what failed before the fix, too, beside what that was for */
};
struct follow_facts {
	enum delivery_way way;
	const char *workflow; /* that was red: its verdict counts */
	const struct follow_run *runs;
	size_t run_count;
	bool pull_open, pull_merged, pull_closed_by_us;
	bool reverted;         /* a later commit says "This reverts commit <ours>" */
	bool base_red;         /* the base branch is red with another signature: red says nothing of us */
	bool waits;            /* runs stand in action_required */
	bool has_commit;       /* pushed (pr, branch), or a suggestion that was accepted */
	int64_t age;           /* since the delivery */
	bool person_committed; /* somebody else's commit stands on top of ours */
	bool labelled_off;     /* DELIVERY_LABEL_OFF on the pull request that it stands in: hands off */
};
enum follow_action {
	FOLLOW_WAIT,          /* look again: nothing is known yet, or it is unverified so far */
	FOLLOW_KEEP,          /* nothing to do; what is final stays so, what is green may yet be merged */
	FOLLOW_CLOSE_PULL,    /* withdraw: close with reason, delete the branch */
	FOLLOW_REVERT,        /* withdraw: a commit that reverts ours (branch delivery, nobody's commit on top) */
	FOLLOW_DELETE_BRANCH, /* merged or closed: the fix branch goes */
	FOLLOW_STALE,         /* nobody wanted it: close with a friendly word, delete the branch */
};
struct follow_verdict {
	bool known; /* `outcome` is to be recorded, whatever the action; a withdrawal that was done is `withdrawn` */
	enum outcome outcome;
	enum follow_action action;
	const char *reason; /* for people; never NULL */
};
void follow_judge(struct follow_verdict *ret, const struct follow_facts *f, struct arena *a);

#endif
