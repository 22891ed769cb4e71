/* Is the same red on the default branch? */
#include "cmd/remote_run.h"

#include "github/repos.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct walk {
	struct remote *remote;
	struct arena *arena;
	const struct github_run *run; /* the one that is compared */
	const char *job_name;
	struct remote_base *ret;
	int64_t red_job; /* of the newest red run */
	struct err *e;
	bool failed;
};

/* A branch of a fork may have the same name. */
static bool is_of_base(const struct walk *w, const struct github_run *run)
{
	return !run->fork && run->id != w->run->id && run->event && strncmp(run->event, "pull_request", 12) != 0;
}

static const struct github_job *find_job(const struct github_job *jobs, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (jobs[i].name && !strcmp(jobs[i].name, name))
			return &jobs[i];
	return NULL;
}

static void add_red(struct walk *w, const struct github_run *run, const struct github_job *job)
{
	struct remote_base *b = w->ret;
	if (!b->red) {
		b->red = true;
		b->url = arena_text(w->arena, run->url);
		w->red_job = job->id;
	}
	b->since = arena_text(w->arena, run->head_sha);
	b->since_time = run->created;
	b->runs++;
}

/* From the newest back, until the job was not red. A run that lacks the job says nothing. */
static bool on_run(void *context, const struct github_run *run)
{
	struct walk *w = context;
	struct github_job *jobs = NULL;
	size_t n = 0;
	if (!is_of_base(w, run))
		return true;
	if (remote_conclusion(run->conclusion) == CONCLUSION_SUCCESS)
		return false;
	w->failed = github_jobs(w->remote->github, run->id, 0, w->arena, &jobs, &n, w->e) < 0;
	if (w->failed)
		return false;
	const struct github_job *job = find_job(jobs, n, w->job_name);
	enum conclusion c = job ? remote_conclusion(job->conclusion) : CONCLUSION_UNKNOWN;
	if (c == CONCLUSION_UNKNOWN || c == CONCLUSION_CANCELLED)
		return true;
	if (c == CONCLUSION_SUCCESS)
		return false;
	add_red(w, run, job);
	return w->ret->runs < REMOTE_BASE_RUNS;
}

/* The tests of that log are nobody's results here. */
static bool same_failure(struct analyser *x, int fd, const char *signature)
{
	test_sink *sink = x->every_test;
	struct analysed one = {0};
	struct err why;
	bool same = false;
	x->every_test = NULL;
	if (log_open_fd(&one.log, fd, "log of the default branch", &why) == 0 &&
		analyser_diagnose(x, &one, "log of the default branch", CONCLUSION_FAILURE, &why) == 0) {
		const struct finding *f = diagnosis_primary(&one.diagnosis);
		same = f && !strcmp(f->signature, signature);
		diagnosis_done(&one.diagnosis);
	}
	log_close(one.log);
	x->every_test = sink;
	return same;
}

/* Trouble with this log only means that it was not compared. */
static void compare(struct walk *w, const char *signature, struct analyser *x)
{
	struct err why;
	struct github_file f = {.path = github_log_path(w->arena, w->red_job), .max_bytes = REMOTE_BASE_LOG, .fd = -1};
	if (github_fetch(w->remote->github, &f, 1, NULL, NULL, &why) == 0 && f.fd >= 0)
		w->ret->same = same_failure(x, f.fd, signature);
}

int remote_red_on_base(struct remote_base *ret, struct remote *r, const struct github_run *run, const char *job_name,
	const char *signature, struct analyser *x, struct arena *a, struct err *e)
{
	struct github_repo repo;
	struct walk w = {.remote = r, .arena = a, .run = run, .job_name = job_name, .ret = ret, .e = e};
	*ret = (struct remote_base){.since_time = CLOCK_UNKNOWN};
	if (!job_name)
		return 0;
	if (github_repo_get(r->github, a, &repo, e) < 0)
		return -1;
	ret->branch = repo.default_branch;
	struct github_run_filter f = {.branch = repo.default_branch,
		.status = "completed",
		.workflow = run->workflow_id ? arena_format(a, "%lld", (long long)run->workflow_id) : NULL,
		.created_from = CLOCK_UNKNOWN,
		.created_to = CLOCK_UNKNOWN,
		.limit = 4 * REMOTE_BASE_RUNS};
	if (!repo.default_branch || !f.workflow)
		return 0;
	if (github_runs(r->github, &f, on_run, &w, e) < 0 || w.failed)
		return -1;
	if (ret->red && signature && *signature && x)
		compare(&w, signature, x);
	return 0;
}
