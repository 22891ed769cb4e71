/* follow.h - after the delivery: outcomes, withdrawal, reruns, issues, commands in comments. Shared by the Action's
 * errands, `rerun`, `publish`, `sync` and `watch`. */
#ifndef RM_CMD_FOLLOW_H
#define RM_CMD_FOLLOW_H

#include "cmd/action.h"
#include "cmd/remote_run.h"
#include "plan/follow.h"
#include "plan/rerun.h"
#include "store/delivery.h"

struct following {
	struct session *session;
	struct remote *remote;
	struct store *store; /* NULL: what trailers, branches and pull requests tell */
	const struct config *config;
	const char *default_branch;
	bool dry_run;
	struct arena *arena;
	unsigned settled, withdrawn, removed; /* out */
	const char *withdrawn_why;            /* out: of the last one; NULL */
	unsigned run_reruns, branch_reruns;   /* out of following_rerun(): so many of the budget, with this one */
	int *issues; /* out of following_issues() on a red run, by place in run->jobs: number, 0 none;
			 the caller's array, or NULL */
	/* out: one sentence each, in the arena: what could not be done, and the permission that it needs */
	const char *notes[8];
	size_t note_count;
};
void following_note(struct following *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* As an errand of the Action: a connection of its own, the history of input `db`, the action's configuration; `leave`
 * requests of the hour's budget are not used up. */
struct following_action;
int following_begin(struct following_action **ret, struct action *a, int64_t leave, struct following *f, struct err *e);
void following_end(struct following_action *x);

/* Settles what can be settled of all open deliveries (or of one pull request, one branch): looks at the runs of each
 * fix commit, pull requests, reverts; records outcomes; withdraws what stayed red; removes stale fix branches. */
int following_settle(struct following *f, int pull_or_0, const char *branch_or_null, struct err *e);

/* Judges a red run and asks for the rerun: within the budget, never twice. *ret tells it also where nothing is done. */
int following_rerun(struct following *f, const struct remote_run *run, const struct rerun_job *jobs, size_t n,
	bool forced, bool heals, struct rerun_verdict *ret, struct err *e);

/* What follows from a red run that was diagnosed and whose fixes were offered, before it is posted: the failed jobs run
 * again where that is all that helps (r->delivery.decision is rerun), issues for people, the comment on a commit. Fills
 * r->delivery.rerun*, .reason, the known issues of the jobs (r->jobs is replaced by a copy in the arena). Trouble is a
 * note in `f`. */
void following_red(struct following *f, const struct remote_run *run, struct publish_run *r);

/* Opens, updates or closes the issue of each group that needs a person; 0 when config.issues is off. */
int following_issues(struct following *f, const struct publish_run *run, struct err *e);

/* Settles as an errand; 0 and NULL: all that is open. */
int action_settle(struct action *a, int pull_or_0, const char *branch_or_null, struct err *e);
/* The event of a completed run, before it is told: the rerun that it was, issues that it disproves, the fixes on its
 * branch; a->withdrawn. */
int action_follow_run(struct action *a, bool green, struct err *e);

/* `/runmedic ...` in a comment (ERRAND_COMMAND) and a pull request that closed (ERRAND_PULL_CLOSED). */
int action_command(struct action *a, struct err *e);
int action_pull_closed(struct action *a, struct err *e);

#endif
