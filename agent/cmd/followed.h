/* followed.h - between the files of the follow-up: one delivery, and what GitHub tells of it now. */
#ifndef RM_CMD_FOLLOWED_H
#define RM_CMD_FOLLOWED_H

#include "cmd/follow.h"
#include "cmd/inputs.h"
#include "cmd/remote_answer.h"
#include "github/refs.h"
#include "github/reruns.h"
#include "github/reviews.h"

#define FOLLOWED_MAX 100u                                /* deliveries that are looked at in one go, the oldest first */
#define FOLLOWED_AGE (2 * FOLLOW_STALE_DAYS * CLOCK_DAY) /* older ones only when their pull request says something */
#define FOLLOWED_BRANCHES_MAX 100u                       /* fix branches that are read back from GitHub */
#define FOLLOWED_COMMITS_MAX                                                                                           \
	50u                     /* of a branch, from its head back; a commit of ours below them has a person's on top */
#define FOLLOWED_RUNS_MAX 32u   /* workflows of a commit */
#define FOLLOWED_OLD_MAX 1000u  /* failures of the run that a fix was for */
#define FOLLOWED_ISSUES_MAX 10u /* groups of one run that get an issue */
#define FOLLOWED_FILES_MAX 200u /* that one revert puts back */

struct followed {
	struct store_delivery d; /* texts in the arena; id 0: the history has not got it */
	enum delivery_way way;
	struct github_pull_state pull; /* number 0: there is none */
	bool is_ours;                  /* pull request or commit: author and marker, or trailers */
	const char *head;              /* of the branch with the commit; NULL: it is gone */
	const char *tip;               /* the newest of our commits in a row from d.commit on; NULL: no commit */
	const char *parent;            /* of d.commit */
	unsigned depth;                /* of d.commit below the head */
	struct follow_facts facts;
	struct follow_verdict verdict;
	bool done;
};

/* What is open: of the history, and of branches, pull requests and trailers where the history does not know. */
int followed_list(struct following *f, int pull_or_0, const char *branch_or_null, struct followed **ret, size_t *ret_n,
	struct err *e);
/* Fills all but the verdict. `x` tells what a red run failed of. */
int followed_look(struct following *f, struct followed *one, struct analyser *x, struct err *e);
/* A commit on top of `head` of the branch that has the files as they were in `base`; moved to by compare-and-swap.
 * ERR_BUSY: somebody pushed. */
int followed_revert(struct following *f, const char *branch, const char *head, const char *base, const char *message,
	struct err *e);

/* Merged fixes that were reverted on the default branch since: outcomes for the history. */
int followed_reverts(struct following *f, struct err *e);

/* Are these trailers ours, and did the holder of this token (or, with a configured author, the history's own commit)
 * write the commit? */
bool followed_wrote(struct following *f, const struct github_commit *c, bool known);

/* What the history knows of the jobs' failures. */
int followed_evidence(
	struct following *f, const struct remote_run *run, struct rerun_job *jobs, size_t n, struct err *e);

/* Recorded once a later attempt is seen: what the rerun of the one before was good for, if it was ours. */
void followed_learn(struct following *f, int64_t run, int attempt, const char *conclusion);
/* The reason of `runmedic ignore` for this finding ("" none was given); NULL: it is not ignored. */
const char *followed_ignored(struct following *f, const struct finding *p);

/* A red run, diagnosed: its jobs as rerun_judge() wants them, with what the history and the default branch say. */
#define FOLLOWED_COMPARED_MAX 4u /* jobs that the default branch is asked about */
struct red_run {
	struct analyser analyser;
	struct remote_run run;
	struct remote_answer answer;
	struct rerun_job *jobs; /* in the arena of `f` */
	size_t count;
};
int red_run_read(struct red_run *ret, struct following *f, int64_t run, struct err *e);
void red_run_done(struct red_run *r); /* also after -1 */

#endif
