/* reruns.h - making GitHub run something: failed jobs again, a workflow, a dispatch.
 *
 * None of it is asked twice: after a lost answer the run is looked at first. */
#ifndef RM_GITHUB_RERUNS_H
#define RM_GITHUB_RERUNS_H

#include "github/actions.h"

/* Runs the failed jobs of the newest attempt again. `attempt` is the one that was judged: when the run is beyond it (or
 * is not completed), somebody else did, and it is ERR_BUSY. GitHub's own limits (30 days, 50 attempts) are
 * ERR_UNAVAILABLE. */
int github_rerun_failed(struct github *g, int64_t run, int attempt, struct err *e);
/* POST /dispatches. ERR_AUTH says what a reviewer must do instead. */
int github_repository_dispatch(struct github *g, const char *event_type, const cJSON *payload, struct err *e);
/* One workflow on a branch, when it has workflow_dispatch; ERR_UNAVAILABLE when it has not. */
int github_workflow_dispatch(struct github *g, const char *workflow_file, const char *branch, struct err *e);
/* The runs of a commit (any event), newest first; `each` borrows. */
int github_runs_of(struct github *g, const char *head_sha, bool (*each)(void *context, const struct github_run *run),
	void *context, struct err *e);

#endif
