/* An attempt of a run into the history: one transaction for each job. */
#include "cmd/sync.h"

#include "base/mem.h"
#include "store/delivery.h"

#include <string.h>

struct attempt {
	struct sync *sync;
	struct err *e;
	bool failed; /* the history cannot be written */
};

static bool on_job(void *context, struct analysed *one)
{
	struct attempt *a = context;
	a->failed = recording_commit(a->sync->recording, one, NULL, 0, a->e) < 0;
	return !a->failed && !*a->sync->stop;
}

bool sync_is_recorded(void *sync, const struct remote_run *run, const struct github_job *job)
{
	struct sync *s = sync;
	ARENA_AUTO a = {0};
	struct store_execution x;
	struct err why;
	bool has = false;
	remote_execution(&x, run, job, &a);
	return store_has(s->store, &x, &has, &why) == 0 && has;
}

/* A log that is gone, or that nobody could read anyway, is not asked for again: what the API says of its job stays. */
static bool is_final(const struct remote_job *j)
{
	return j->trouble.code != ERR_NONE && (j->status == 404 || j->status == 410 || j->trouble.code == ERR_LIMIT);
}

static void settle_logs(struct sync *s, struct remote_run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		struct remote_job *j = &run->jobs[i];
		s->counts.logs += j->fd >= 0;
		s->counts.bytes += j->fd >= 0 ? j->bytes : 0;
		if (!is_final(j))
			continue;
		s->counts.gone += j->trouble.code != ERR_LIMIT;
		s->counts.unreadable += j->trouble.code == ERR_LIMIT;
		err_clear(&j->trouble);
	}
}

/* Not text, or empty: the API's word is all there is. */
static bool settle_unreadable(struct sync *s, struct remote_job *j)
{
	if (j->trouble.code == ERR_NONE)
		return true;
	if (j->trouble.code != ERR_INPUT && j->trouble.code != ERR_LIMIT)
		return false;
	s->counts.logs--;
	s->counts.unreadable++;
	return true;
}

static int record_bare(struct sync *s, struct remote_run *run, struct remote_job *j, struct err *e)
{
	struct store_execution x;
	bool is_new;
	remote_execution(&x, run, &j->job, &run->arena);
	return recording_commit_bare(s->recording, &x, &is_new, e); /* nothing for what is there already */
}

static int record_job(struct sync *s, struct remote_run *run, struct remote_job *j, bool *ret_whole, struct err *e)
{
	if (!j->done || !settle_unreadable(s, j)) {
		*ret_whole = false;
		return 0;
	}
	if (j->job.conclusion && !strcmp(j->job.conclusion, "skipped")) {
		s->counts.skipped++;
		return 0;
	}
	if (record_bare(s, run, j, e) < 0)
		return -1;
	bool of_earlier = j->job.attempt > 0 && j->job.attempt < run->run.attempt;
	s->counts.jobs += !of_earlier;
	s->counts.red += !of_earlier && j->red;
	return 0;
}

/* A later attempt says what our rerun of the one before was good for, if it was ours. */
static int tell_rerun(struct sync *s, const struct remote_run *run, struct err *e)
{
	if (run->run.attempt < 2)
		return 0;
	return store_rerun_result(s->store, run->repository, run->run.id, run->run.attempt - 1,
		remote_conclusion(run->run.conclusion), e);
}

int sync_record_attempt(struct sync *s, struct remote_run *run, bool *ret_whole, struct err *e)
{
	struct attempt a = {.sync = s, .e = e};
	*ret_whole = true;
	settle_logs(s, run);
	remote_run_analyse(&s->analyser, run, on_job, &a);
	if (a.failed)
		return -1;
	if (*s->stop)
		return err_set(e, ERR_INTERRUPTED, "stopped by a signal");
	for (size_t i = 0; i < run->count; i++)
		if (record_job(s, run, &run->jobs[i], ret_whole, e) < 0)
			return -1;
	s->counts.attempts++;
	return tell_rerun(s, run, e);
}
