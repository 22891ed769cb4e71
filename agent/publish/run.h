/* run.h - a whole workflow run as publish/ sees it: its jobs, what was found, decided and delivered.
 *
 * Plain data that cmd/ fills and owns: every pointer is borrowed for the call that gets it, nothing here is freed by
 * publish/. Texts are taken as they come from GitHub and from logs, that is, as an attacker wrote them: the bodies of
 * bodies.h redact and neutralise them. All zero (CLOCK_UNKNOWN for times) means "not known", and is left out.
 *
 * Addresses become links only when they lie below `server_url`, everything else is shown as text. */
#ifndef RM_PUBLISH_RUN_H
#define RM_PUBLISH_RUN_H

#include "base/clock.h"
#include "plan/delivery.h"
#include "publish/publish.h"

/* What the history knows of a job's primary signature. */
struct publish_known {
	unsigned seen;                     /* earlier failures with this signature; this run is not among them */
	int64_t last_seen;                 /* CLOCK_UNKNOWN */
	const char *red_branch;            /* also red there: "main"; NULL: it is not, or that is not known */
	const char *red_since_sha;         /* the first commit there that was red with this signature, full or short */
	int64_t red_since;                 /* when; CLOCK_UNKNOWN */
	int issue;                         /* number of the known issue; 0 */
	bool flaky;                        /* passed and failed at one commit */
	unsigned flaky_passed, flaky_runs; /* the evidence: passed N of N times at the same commit; 0 unknown */
	const char *last_fix;              /* fixer that worked last time; NULL */
};

/* A job that failed, timed out or was cancelled (others may be there, they are not shown). */
struct publish_job {
	int64_t id;
	const char *name; /* as GitHub shows it: "test (3.12, ubuntu-24.04)" */
	const char *url;
	const char *conclusion;            /* GitHub's word: "failure", "timed_out", "cancelled"; NULL */
	const struct diagnosis *diagnosis; /* NULL: the log could not be read */
	const char *trouble;               /* why there is no diagnosis: "its log expired"; NULL */
	/* What was healed for this job; its `diagnosis` may be NULL here. One plan for several jobs: the same fixes
	 * may stand in each, they are shown once (by their diff). NULL: heal did not look at it. */
	const struct publish_heal *heal;
	struct publish_known known;
};

/* What left the machine, or was asked for. */
struct publish_delivery {
	enum decision decision; /* of the run: the highest of its jobs */
	const char *reason;     /* NULL */
	int pull;               /* number of the pull request with the fix; 0 */
	const char *pull_url;
	bool pull_waits;    /* made with GITHUB_TOKEN: its runs wait for "Approve workflows to run" */
	const char *commit; /* sha that was pushed to `branch`; NULL */
	const char *branch;
	unsigned suggestions;  /* review suggestions posted */
	enum delivery_way way; /* how it reached people; NOWHERE: it did not, or nobody looked yet */
	/* What the comment shows for `git apply`: all fixes (way patch), or those that no suggestion could hold; NULL.
	 */
	const char *patch;
	const char *withdrawn; /* why our fix was taken back; NULL: it was not */
	const char *ignored;   /* reason of `runmedic ignore`; NULL: the failure is not ignored */
	bool rerun;            /* the failed jobs were asked to run again */
	unsigned rerun_count, rerun_max;
	const char *artifact;   /* name of the artifact that holds the patch; NULL: there is none */
	const char *patch_file; /* its file name: "runmedic.patch" */
	int64_t artifact_run;   /* the run that the artifact belongs to; 0: the run itself */
};

struct publish_run {
	const char *server_url;    /* "https://github.com"; NULL: no links */
	const char *repository;    /* "owner/name" */
	const char *workflow;      /* its name: "CI" */
	const char *workflow_path; /* ".github/workflows/ci.yml"; what identifies the workflow when known */
	int64_t id;
	int attempt;
	const char *url, *head_sha, *branch, *event;
	int pull; /* number of the pull request that the comment goes to; 0 */
	bool fork;
	const struct publish_job *jobs;
	size_t job_count;
	size_t jobs_total; /* of the run, green ones included; 0 unknown */
	struct publish_delivery delivery;
	const char *const *notes; /* one sentence each: "logs of 3 jobs could not be read: HTTP 502" */
	size_t note_count;
	const char *docs_url;   /* of runmedic; linked wherever it is (trusted configuration of the caller); NULL */
	const char *report_url; /* where all of it is to be read: the page of the medic's own run, NULL: `url` */
	/* The follow-up went green: what was red is healed. `jobs` is empty then. */
	bool green;
	const char *green_sha; /* NULL: head_sha */
	int64_t green_at;
	const char *was; /* title of what had been red; NULL */
};

/* Jobs that failed of one thing: one signature, or, without any, one rule and title, or one reason why there is no
 * diagnosis. Jobs whose log shows no failure are in no group. */
struct publish_group {
	const size_t *jobs; /* indices into run->jobs, in the run's order */
	size_t count;
	const struct publish_job *best; /* the job that tells it with the most confidence */
	const struct finding *finding;  /* of `best`; NULL: nobody could read a log */
};

/* Most important first: what is known before what nobody could read, what failed before what was cancelled on the way,
 * what is new before what is red elsewhere too, causes before symptoms, then the surest, then the most jobs. So a first
 * group that is red elsewhere says that of all that failed. Lives in the arena. */
size_t publish_groups(const struct publish_run *r, struct arena *a, const struct publish_group **ret);

/* "Same failure in 14 jobs: test (3.9), test (3.10), ... and 10 more"; one job: its name. For a terminal. */
#define PUBLISH_NAMES_SHOWN 6u
void publish_group_names(struct buf *out, const struct publish_run *r, const struct publish_group *g);

/* `analyze --run` as text: a head line, then each group once, as publish_analysis_text() writes it. */
void publish_run_text(struct buf *out, const struct publish_run *r, const struct publish_style *s);

#endif
