#include "cmd/recording.h"

#include "base/mem.h"
#include "cmd/actions.h"
#include "cmd/fix_record.h"

#include <stdlib.h>

struct recording {
	struct session *session;
	struct store *store;
	struct store_record *open; /* of the log that is being read */
	bool took_job;             /* the run's own job stands for one log */
};

static void on_test(void *context, const struct test_case *one)
{
	struct recording *r = context;
	struct err e;
	if (!r->open && store_record_begin(&r->open, r->store, &e) < 0)
		return; /* said again, with the reason, at commit */
	store_record_test(r->open, one);
}

static void forget_tests(void *context)
{
	struct recording *r = context;
	store_record_abort(r->open);
	r->open = NULL;
}

int recording_open(struct recording **ret, struct analyser *x, struct err *e)
{
	const char *path;
	bool ignore;
	if (session_db_path(x->session, &path, &ignore, e) < 0)
		return -1;
	struct recording *r = mem_new(sizeof *r);
	r->session = x->session;
	if (store_open(&r->store, path, STORE_WRITE, ignore, e) < 0) {
		free(r);
		return -1;
	}
	x->every_test = on_test;
	x->forget_tests = forget_tests;
	x->test_context = r;
	*ret = r;
	return 0;
}

int recording_start(struct recording **ret, struct analyser *x, struct err *e)
{
	*ret = NULL;
	return args_flag(x->session->args, "record") ? recording_open(ret, x, e) : 0;
}

struct store *recording_store(struct recording *r)
{
	return r->store;
}

static enum space space_of(const struct session *s, const struct diagnosis *d)
{
	enum space space = d->from_runner ? SPACE_CI : SPACE_LOCAL;
	const char *given = args_text(s->args, "space", NULL);
	if (given)
		space_parse(view_of(given), &space);
	return space;
}

struct store_job recording_job(const struct session *s, const struct store_execution *known, const char *logged)
{
	if (known)
		return (struct store_job){
			.repository = known->repository, .workflow = known->workflow, .name = known->job_name};
	return (struct store_job){.repository = args_text(s->args, "repository", getenv("GITHUB_REPOSITORY")),
		.workflow = args_text(s->args, "workflow", getenv("GITHUB_WORKFLOW")),
		.name = args_text(s->args, "job", logged)};
}

/* What a passing run prints is no news in a failing one; a fork could teach that its failure is normal. */
static int read_shapes(struct shape_set *ret, struct recording *r, struct analysed *one, const struct store_job *job,
	const struct store_execution *x, struct err *e)
{
	if (x->fork || one->diagnosis.conclusion != CONCLUSION_SUCCESS || !job->name)
		return 0;
	if (shape_set_add_read(ret, one->log, e) < 0)
		return -1;
	store_record_passing(r->open, job, ret);
	return 0;
}

/* What GitHub tells of the job, else what the log, the options and the environment do. `a` and `digest` must outlive
 * it. */
static int describe(struct recording *r, struct analysed *one, struct store_execution *x, struct arena *a,
	char digest[65], struct err *e)
{
	if (one->execution) {
		*x = *one->execution;
		return 0;
	}
	if (log_digest(one->log, digest, e) < 0)
		return -1;
	struct store_job job = recording_job(r->session, NULL, one->diagnosis.job.name);
	*x = (struct store_execution){.attempt = 1,
		.space = space_of(r->session, &one->diagnosis),
		.repository = job.repository,
		.workflow = job.workflow,
		.job = one->diagnosis.job.name,
		.job_name = job.name,
		.log_sha256 = digest};
	bool named = x->job != NULL;
	if (actions_execution(x, a) && !named && r->took_job)
		x->run = 0; /* several logs in one job: each is known by its bytes */
	r->took_job = r->took_job || !named;
	return 0;
}

int recording_commit(
	struct recording *r, struct analysed *one, const struct store_fix *fixes, size_t fix_count, struct err *e)
{
	char digest[65];
	ARENA_AUTO a = {0};
	struct store_execution x;
	struct store_job job = recording_job(r->session, one->execution, one->diagnosis.job.name);
	if (describe(r, one, &x, &a, digest, e) < 0 || (!r->open && store_record_begin(&r->open, r->store, e) < 0))
		return -1;
	struct shape_set seen = {0};
	if (read_shapes(&seen, r, one, &job, &x, e) < 0) {
		shape_set_done(&seen);
		return -1;
	}
	bool is_new;
	struct store_record *open = r->open;
	r->open = NULL;
	int rc = store_record_commit(open, &x, &one->diagnosis, fixes, fix_count, &is_new, e);
	shape_set_done(&seen);
	return rc;
}

int recording_commit_bare(struct recording *r, const struct store_execution *x, bool *ret_new, struct err *e)
{
	struct store_record *open;
	return store_record_begin(&open, r->store, e) < 0 ? -1
							  : store_record_commit(open, x, NULL, NULL, 0, ret_new, e);
}

bool recording_fix_record(void *recording, const char *fixer, const char *rule, unsigned *ret_good, unsigned *ret_bad)
{
	struct recording *r = recording;
	return r && fix_record(r->store, fixer, rule, ret_good, ret_bad);
}

/* Whoever records tidies up, quietly: where it fails, the next one does it. */
static void let_grow_old(struct recording *r)
{
	struct store_retained gone;
	const struct config *config;
	struct err e;
	if (session_config(r->session, &config, &e) == 0)
		(void)store_retain(r->store, config->history.keep_days, clock_now(), &gone, &e);
}

void recording_end(struct recording *r)
{
	if (!r)
		return;
	store_record_abort(r->open);
	if (r->store)
		let_grow_old(r);
	store_close(r->store);
	free(r);
}
