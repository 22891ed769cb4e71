#include "cmd/remote_run.h"

#include "base/mem.h"
#include "base/progress.h"
#include "heal/heal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LATEST_LOOKED_AT 100u

/* ---- words ------------------------------------------------------------------------------------ */

static bool is(const char *text, const char *word)
{
	return text && !strcmp(text, word);
}

bool remote_run_is_red(const struct github_run *run)
{
	return is(run->conclusion, "failure") || is(run->conclusion, "timed_out") ||
	       is(run->conclusion, "startup_failure");
}

enum conclusion remote_conclusion(const char *conclusion)
{
	enum conclusion c = CONCLUSION_UNKNOWN;
	if (is(conclusion, "startup_failure"))
		return CONCLUSION_FAILURE;
	return conclusion && conclusion_parse(view_of(conclusion), &c) ? c : CONCLUSION_UNKNOWN;
}

void remote_run_words(struct buf *out, const struct remote_run *run)
{
	buf_addf(out, "%s", run->run.workflow ? run->run.workflow : "a workflow");
	if (run->run.branch)
		buf_addf(out, " on %s", run->run.branch);
	buf_addf(out, ", run %lld", (long long)run->run.id);
	if (run->run.attempt > 1)
		buf_addf(out, ", attempt %d", run->run.attempt);
}

struct github_run remote_run_copy(struct arena *a, const struct github_run *run)
{
	struct github_run copy = *run;
	const char **texts[] = {&copy.workflow, &copy.workflow_path, &copy.title, &copy.event, &copy.branch,
		&copy.head_sha, &copy.url, &copy.actor, &copy.head_repository, &copy.status, &copy.conclusion};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		*texts[i] = arena_text(a, *texts[i]);
	return copy;
}

/* ---- the newest failed run -------------------------------------------------------------------- */

struct latest {
	struct arena *arena;
	struct github_run found;
	const char *workflow; /* name to compare with; NULL: any */
};

static bool on_run(void *context, const struct github_run *run)
{
	struct latest *l = context;
	if (!remote_run_is_red(run) || (l->workflow && !is(run->workflow, l->workflow)))
		return true;
	l->found = remote_run_copy(l->arena, run);
	return false;
}

/* GitHub takes the file of a workflow, or its id; by name it must be looked for. */
static bool is_workflow_file(const char *workflow)
{
	struct view v = view_of(workflow);
	uint64_t id;
	return view_ends(v, ".yml") || view_ends(v, ".yaml") || view_number(v, INT64_MAX, &id);
}

static const char *current_branch(struct remote *r, struct arena *a)
{
	static const char *const names[] = {"GITHUB_HEAD_REF", "GITHUB_REF_NAME"};
	const char *actions = getenv("GITHUB_ACTIONS"), *value, *branch = NULL;
	struct repository *repository = NULL;
	struct err why;
	for (size_t i = 0; actions && i < sizeof names / sizeof *names; i++)
		if ((value = getenv(names[i])) && *value)
			return value;
	if (repository_open(&repository, r->session->repo, &why) == 0)
		branch = arena_text(a, repository_branch(repository));
	repository_free(repository);
	return branch;
}

static int find_latest(struct remote_run *ret, struct remote *r, const struct remote_wish *w, struct err *e)
{
	struct latest l = {.arena = &ret->arena};
	const char *branch = w->branch ? w->branch : current_branch(r, &ret->arena);
	if (!branch)
		return err_set(e, ERR_USAGE,
			"--latest is about the current branch, and there is none; name it with "
			"--branch NAME");
	struct github_run_filter f = {.branch = branch,
		.status = "completed",
		.created_from = CLOCK_UNKNOWN,
		.created_to = CLOCK_UNKNOWN,
		.limit = LATEST_LOOKED_AT};
	if (w->workflow && is_workflow_file(w->workflow))
		f.workflow = w->workflow;
	else
		l.workflow = w->workflow;
	if (github_runs(r->github, &f, on_run, &l, e) < 0)
		return -1;
	ret->run = l.found;
	ret->run.branch = ret->run.branch ? ret->run.branch : branch;
	return 0;
}

/* ---- logs ------------------------------------------------------------------------------------- */

static bool is_fresh(const struct github_job *j)
{
	return j->ended == CLOCK_UNKNOWN || clock_now() - j->ended < REMOTE_LOG_FRESH_S * CLOCK_SECOND;
}

static bool is_wanted(const struct remote_run *run, const struct remote_job *j, const struct remote_wish *w)
{
	if (w->no_logs || !j->done || is(j->job.conclusion, "skipped") || j->never_began)
		return false;
	if (!j->red && !w->green_logs && !run->one_job)
		return false;
	return !w->skip || !w->skip(w->context, run, &j->job);
}

struct fetching {
	struct progress *progress;
	size_t total;
};

static void on_progress(void *context, size_t done, uint64_t bytes)
{
	struct fetching *f = context;
	(void)bytes;
	progress_update(f->progress, done, f->total, "logs");
}

static void take_file(struct remote_job *j, const struct github_file *f)
{
	j->fd = f->fd;
	j->bytes = f->size;
	j->status = f->status;
	err_clear(&j->trouble);
	if (f->fd < 0)
		github_log_trouble(f, &j->job, &j->trouble);
}

static int fetch_once(struct remote *r, struct arena *a, struct remote_job **jobs, size_t n, struct err *e)
{
	struct github_file *files = arena_array(a, n, sizeof *files);
	struct fetching f = {.progress = progress_start("logs", !r->session->quiet), .total = n};
	for (size_t i = 0; i < n; i++)
		files[i] = (struct github_file){
			.path = github_log_path(a, jobs[i]->job.id), .max_bytes = GITHUB_LOG_MAX, .fd = -1};
	int rc = github_fetch(r->github, files, n, on_progress, &f, e);
	progress_end(f.progress);
	for (size_t i = 0; i < n && rc == 0; i++)
		take_file(jobs[i], &files[i]);
	for (size_t i = 0; i < n && rc < 0; i++)
		if (files[i].fd > 0)
			close(files[i].fd);
	return rc;
}

/* A log appears some seconds after its job has ended: 404 shortly after the end only means "not yet". */
static int fetch_logs(struct remote_run *run, struct remote *r, const struct remote_wish *w, struct err *e)
{
	struct remote_job **wanted = arena_array(&run->arena, run->count + 1, sizeof *wanted);
	size_t n = 0;
	for (size_t i = 0; i < run->count; i++)
		if (is_wanted(run, &run->jobs[i], w))
			wanted[n++] = &run->jobs[i];
	for (unsigned try = 0; n; try++) {
		if (fetch_once(r, &run->arena, wanted, n, e) < 0)
			return -1;
		size_t left = 0;
		for (size_t i = 0; i < n; i++)
			if (wanted[i]->status == 404 && is_fresh(&wanted[i]->job))
				wanted[left++] = wanted[i];
		n = left;
		if (!n || try + 1 >= REMOTE_LOG_TRIES)
			break;
		if (!remote_wait(r, (int64_t)1000 << try, "GitHub has not put the logs together yet"))
			return err_set(e, ERR_INTERRUPTED, "interrupted while waiting for logs");
	}
	return 0;
}

/* ---- the run ---------------------------------------------------------------------------------- */

static void take_jobs(struct remote_run *ret, const struct github_job *jobs, size_t n)
{
	ret->jobs = arena_array(&ret->arena, n + 1, sizeof *ret->jobs);
	ret->count = n;
	for (size_t i = 0; i < n; i++) {
		struct remote_job *j = &ret->jobs[i];
		*j = (struct remote_job){.job = jobs[i], .fd = -1};
		j->done = is(jobs[i].status, "completed");
		j->red = j->done && github_job_is_red(&jobs[i]);
		j->never_began = is(jobs[i].conclusion, "cancelled") && !jobs[i].step_count &&
				 (!jobs[i].runner || !*jobs[i].runner);
		ret->red += j->red;
		ret->running += !j->done;
	}
}

static int read_jobs(struct remote_run *ret, struct remote *r, const struct remote_wish *w, struct err *e)
{
	struct github_job *jobs = NULL;
	size_t n = 0;
	if (github_jobs(r->github, ret->run.id, w->attempt, &ret->arena, &jobs, &n, e) < 0)
		return err_wrap(e, "the jobs of run %lld", (long long)ret->run.id);
	take_jobs(ret, jobs, n);
	return fetch_logs(ret, r, w, e);
}

static int read_one_job(struct remote_run *ret, struct remote *r, const struct remote_wish *w, struct err *e)
{
	struct github_job job;
	if (github_job_get(r->github, w->job, &ret->arena, &job, e) < 0)
		return err_wrap(e, "job %lld", (long long)w->job);
	if (github_run_get(r->github, job.run, job.attempt, &ret->arena, &ret->run, e) < 0)
		return err_wrap(e, "run %lld", (long long)job.run);
	ret->one_job = true;
	take_jobs(ret, &job, 1);
	return fetch_logs(ret, r, w, e);
}

static int read_run(struct remote_run *ret, struct remote *r, const struct remote_wish *w, struct err *e)
{
	if (w->job)
		return read_one_job(ret, r, w, e);
	if (w->latest && find_latest(ret, r, w, e) < 0)
		return -1;
	if (w->latest && !ret->run.id)
		return 0;
	if (!w->latest && github_run_get(r->github, w->run, w->attempt, &ret->arena, &ret->run, e) < 0) {
		if (w->attempt)
			return err_wrap(e, "attempt %d of run %lld", w->attempt, (long long)w->run);
		return err_wrap(e, "run %lld", (long long)w->run);
	}
	return read_jobs(ret, r, w, e);
}

int remote_run_read(struct remote_run *ret, struct remote *r, const struct remote_wish *w, struct err *e)
{
	struct remote_run run = {0};
	run.repository = arena_text(&run.arena, r->repository);
	if (read_run(&run, r, w, e) < 0) {
		remote_run_done(&run);
		return -1;
	}
	*ret = run;
	return 0;
}

int remote_run_read_known(struct remote_run *ret, struct remote *r, const struct github_run *known,
	const struct remote_wish *w, struct err *e)
{
	struct remote_run run = {0};
	run.repository = arena_text(&run.arena, r->repository);
	run.run = remote_run_copy(&run.arena, known);
	if (read_jobs(&run, r, w, e) < 0) {
		remote_run_done(&run);
		return -1;
	}
	*ret = run;
	return 0;
}

void remote_run_done(struct remote_run *run)
{
	for (size_t i = 0; i < run->count; i++)
		if (run->jobs[i].fd >= 0)
			close(run->jobs[i].fd);
	arena_done(&run->arena);
	*run = (struct remote_run){0};
}

/* ---- what it is in the history ---------------------------------------------------------------- */

static int64_t first_known(int64_t a, int64_t b)
{
	return a != CLOCK_UNKNOWN && a != 0 ? a : b;
}

void remote_execution(
	struct store_execution *ret, const struct remote_run *run, const struct github_job *job, struct arena *a)
{
	const struct github_run *g = &run->run;
	*ret = (struct store_execution){.repository = run->repository,
		.run = g->id,
		.attempt = g->attempt > 0 ? g->attempt : 1,
		.workflow = g->workflow,
		.branch = g->branch,
		.commit = g->head_sha,
		.event = g->event,
		.url = g->url,
		.conclusion = remote_conclusion(g->conclusion),
		.started = g->started,
		.ended = g->updated,
		.space = SPACE_CI,
		.fork = g->fork};
	if (!job)
		return;
	ret->job = arena_format(a, "%lld", (long long)job->id);
	ret->job_name = job->name;
	ret->attempt = job->attempt > 0 ? job->attempt : ret->attempt;
	ret->commit = job->head_sha ? job->head_sha : ret->commit;
	ret->conclusion = remote_conclusion(job->conclusion);
	ret->started = first_known(job->started, CLOCK_UNKNOWN);
	ret->ended = first_known(job->ended, g->updated);
}
