/* remote_run.h - a workflow run on GitHub: the jobs that were asked for, with their logs in unlinked temporary files.
 *
 * Everything is fetched before anything is analysed, so that the connection and the token are gone by then. Trouble
 * with one log is its own: remote_job.fd is -1 and remote_job.trouble says why. */
#ifndef RM_CMD_REMOTE_RUN_H
#define RM_CMD_REMOTE_RUN_H

#include "cmd/inputs.h"
#include "cmd/remote.h"
#include "store/store.h"

#define REMOTE_LOG_TRIES 5u                 /* for a log that is not ready yet; waits 1, 2, 4, 8 s between them */
#define REMOTE_LOG_FRESH_S 600              /* a log missing longer after the end of its job will not come any more */
#define REMOTE_ATTEMPTS_MAX 1000u           /* of a run; GitHub allows 50 re-runs */
#define REMOTE_BASE_RUNS 5u                 /* runs of the default branch that are compared with */
#define REMOTE_BASE_LOG ((uint64_t)4 << 20) /* a log of this size is cheap enough to compare signatures */

/* What is asked for: one of them. */
struct remote_wish {
	int64_t run, job;
	bool latest;
	int attempt;          /* 0: the newest */
	const char *branch;   /* of `latest`; NULL: the current one */
	const char *workflow; /* of `latest`, by name or file; NULL: any */
	bool green_logs;      /* the logs of passed jobs too */
	bool no_logs;
	/* Whose log is not wanted; NULL: none. */
	bool (*skip)(void *context, const struct remote_run *run, const struct github_job *job);
	void *context;
};

struct remote_job {
	struct github_job job;
	bool red, done;
	bool never_began; /* cancelled while it waited for a runner: there never was a log */
	int fd;           /* the log, at its start; -1: none */
	uint64_t bytes;
	int status;         /* of the answer to the question for the log; 0: not asked */
	struct err trouble; /* code ERR_NONE: none */
};

struct remote_run {
	struct arena arena;
	const char *repository;
	struct github_run run;
	struct remote_job *jobs; /* all of the attempt, or the one that was asked for */
	size_t count, red, running;
	bool one_job;
};
/* Fetches logs of red jobs (--job: of that job). -1: nothing can be said of the run. */
int remote_run_read(struct remote_run *ret, struct remote *r, const struct remote_wish *w, struct err *e);
/* The same for a run that is known already; the texts are copied. */
int remote_run_read_known(struct remote_run *ret, struct remote *r, const struct github_run *run,
	const struct remote_wish *w, struct err *e);
void remote_run_done(struct remote_run *run); /* closes the logs that nobody took */
/* A run that is only lent, with its texts in the arena. */
struct github_run remote_run_copy(struct arena *a, const struct github_run *run);
bool remote_run_is_red(const struct github_run *run); /* failure, timed_out, startup_failure */

/* The execution that a job is in the history; texts are borrowed. job NULL: the run as such, which had no jobs. */
void remote_execution(
	struct store_execution *ret, const struct remote_run *run, const struct github_job *job, struct arena *a);
enum conclusion remote_conclusion(const char *conclusion);

/* Diagnoses the jobs one after the other: name, conclusion, times and step as GitHub tells them beat the log. Trouble
 * is said and remembered in a->failed_inputs. A run that did not start gives a diagnosis without a log. `each` may be
 * handed analysed.log NULL then. Returns false when `each` wants to stop. */
bool remote_run_analyse(
	struct analyser *a, struct remote_run *run, bool (*each)(void *context, struct analysed *one), void *context);
/* "CI, attempt 2: 3 of 14 jobs failed" for people. */
void remote_run_words(struct buf *out, const struct remote_run *run);

/* The commit as a repository whose files come from GitHub when they are read; `g` and the arena must outlive it. */
struct repository;
int remote_lend(struct repository **ret, struct github *g, const char *commit, struct arena *a, struct err *e);
/* The repository of the folder where its HEAD is that commit, else the commit as above. */
int remote_repository_at(struct repository **ret, const char *folder, struct github *g, const char *commit,
	struct arena *a, struct err *e);

/* Is the same red on the default branch? Looks at the newest completed runs of the workflow there. */
struct remote_base {
	bool red;          /* this job is red in the newest run there that has it */
	bool same;         /* ... with the same signature; false also where that was not compared */
	const char *since; /* head commit of the oldest of the red runs in a row */
	int64_t since_time;
	const char *branch, *url; /* of that branch; url of the newest red run */
	unsigned runs;            /* red in a row, at most REMOTE_BASE_RUNS */
};
/* The conclusion of the job of this name is compared; the signature too where it and `x` are given and the log is cheap
 * to get. Texts live in the arena. ret->red is false where it cannot be told. */
int remote_red_on_base(struct remote_base *ret, struct remote *r, const struct github_run *run, const char *job_name,
	const char *signature, struct analyser *x, struct arena *a, struct err *e);

#endif
