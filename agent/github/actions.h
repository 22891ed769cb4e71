/* actions.h - workflow runs, their attempts, jobs, logs and artifacts, as GitHub's Actions API tells them.
 *
 * Answers may lack any field: what is missing is NULL, 0 or CLOCK_UNKNOWN. Texts live in the arena of the list. Texts
 * are as GitHub gave them: attacker's data (branch, job and workflow names, titles). */
#ifndef RM_GITHUB_ACTIONS_H
#define RM_GITHUB_ACTIONS_H

#include "base/arena.h"
#include "base/clock.h"
#include "github/github.h"

#define GITHUB_LOG_MAX ((uint64_t)1 << 30)
#define GITHUB_ARTIFACT_MAX ((uint64_t)256 << 20)
#define GITHUB_JOBS_MAX 1024u /* of a run: a matrix has at most 256, and reusable workflows several of them */

struct github_run {
	int64_t id, workflow_id;
	int attempt;
	const char *workflow;      /* its name, "CI" */
	const char *workflow_path; /* ".github/workflows/ci.yml" */
	const char *title, *event, *branch, *head_sha, *url, *actor;
	const char *head_repository;     /* "owner/name" of the branch; NULL: deleted */
	bool fork;                       /* head_repository is another than the run's; true when unknown */
	const char *status, *conclusion; /* "completed", "failure"; conclusion NULL while it runs */
	int64_t created, started, updated;
	int pull; /* number of the only pull request that GitHub names; 0: none or several, see pulls.h */
};

struct github_step {
	const char *name, *conclusion;
	int number;
	int64_t started, ended;
};

struct github_job {
	int64_t id, run;
	int attempt; /* of the run; a job that was not run again keeps its earlier one */
	const char *name, *status, *conclusion, *url, *head_sha, *runner;
	int64_t started, ended;
	const struct github_step *steps;
	size_t step_count;
};

struct github_artifact {
	int64_t id;
	const char *name;
	uint64_t size;
	bool expired;
};

int github_run_get(
	struct github *g, int64_t run, int attempt_or_0, struct arena *a, struct github_run *ret, struct err *e);
/* The run that a job belongs to comes with it: job->run. */
int github_job_get(struct github *g, int64_t job, struct arena *a, struct github_job *ret, struct err *e);

struct github_run_filter { /* NULL, 0, CLOCK_UNKNOWN: all */
	const char *branch, *event, *status, *head_sha;
	const char *workflow; /* file name or id; a name is compared by the caller */
	int64_t created_from, created_to;
	unsigned limit;
};
/* Newest first; `each` borrows; false stops. GitHub shows at most 1,000 runs a question. */
int github_runs(struct github *g, const struct github_run_filter *f,
	bool (*each)(void *context, const struct github_run *run), void *context, struct err *e);

/* Every job of an attempt (0: the newest of each job), in GitHub's order. */
int github_jobs(struct github *g, int64_t run, int attempt_or_0, struct arena *a, struct github_job **ret,
	size_t *ret_n, struct err *e);
int github_artifacts(
	struct github *g, int64_t run, struct arena *a, struct github_artifact **ret, size_t *ret_n, struct err *e);

/* Failed, timed out or cancelled: what --run looks at. */
bool github_job_is_red(const struct github_job *j);

/* Addresses for github_fetch(), from the arena. */
const char *github_log_path(struct arena *a, int64_t job);
const char *github_artifact_path(struct arena *a, int64_t artifact);
/* In words: not ready yet, expired, missing, too large, forbidden and what grants it. */
void github_log_trouble(const struct github_file *f, const struct github_job *j, struct err *e);

#endif
