/* What speaks for and against running failed jobs again. */
#include "cmd/followed.h"

#include "base/mem.h"

int followed_evidence(
	struct following *f, const struct remote_run *run, struct rerun_job *jobs, size_t n, struct err *e)
{
	for (size_t i = 0; f->store && i < n; i++) {
		struct store_reruns known;
		const struct finding *p = jobs[i].primary;
		if (!p || !p->signature[0])
			continue;
		if (store_reruns(f->store, run->repository, run->run.id, run->run.branch, p->signature,
			    clock_now() - CLOCK_DAY, &known, e) < 0)
			return -1;
		jobs[i].same_sha_passed = known.same_sha_passed;
		jobs[i].same_sha_failed = known.same_sha_failed;
		jobs[i].reruns_helped = known.helped;
		jobs[i].reruns_did_not = known.did_not;
	}
	return 0;
}

void followed_learn(struct following *f, int64_t run, int attempt, const char *conclusion)
{
	struct err why;
	if (f->store && !f->dry_run && run && attempt > 1 && conclusion &&
		store_rerun_result(
			f->store, f->remote->repository, run, attempt - 1, remote_conclusion(conclusion), &why) < 0)
		following_note(f, "What the rerun was good for is not recorded: %s", why.text);
}

const char *followed_ignored(struct following *f, const struct finding *p)
{
	const char *reason = NULL;
	struct err why;
	if (!f->store || !p->signature[0] ||
		store_is_ignored(f->store, p->signature, clock_now(), f->arena, &reason, &why) < 0)
		return NULL;
	return reason;
}

static bool on_job(void *context, struct analysed *one)
{
	struct red_run *r = context;
	remote_answer_keep(&r->answer, one, NULL);
	return true;
}

static const struct finding *primary_of(const struct red_run *r, const struct remote_job *job)
{
	for (size_t i = 0; i < r->answer.count; i++)
		if (r->answer.jobs[i] == job)
			return diagnosis_primary(&r->answer.diagnoses[i]);
	return NULL;
}

static void compare_with_base(struct red_run *r, struct following *f, struct rerun_job *job)
{
	struct remote_base base;
	struct err why;
	if (job->primary && job->primary->signature[0] &&
		remote_red_on_base(&base, f->remote, &r->run.run, job->name, job->primary->signature, &r->analyser,
			f->arena, &why) == 0)
		job->red_on_base = base.red && base.same;
}

int red_run_read(struct red_run *ret, struct following *f, int64_t run, struct err *e)
{
	const struct remote_wish wish = {.run = run};
	*ret = (struct red_run){0};
	if (remote_run_read(&ret->run, f->remote, &wish, e) < 0 || analyser_start(&ret->analyser, f->session, e) < 0)
		return -1;
	remote_run_analyse(&ret->analyser, &ret->run, on_job, ret);
	ret->jobs = arena_array(f->arena, ret->run.count + 1, sizeof *ret->jobs);
	for (size_t i = 0; i < ret->run.count; i++) {
		const struct remote_job *j = &ret->run.jobs[i];
		if (!j->red)
			continue;
		struct rerun_job *job = &ret->jobs[ret->count++];
		*job = (struct rerun_job){
			.name = j->job.name, .conclusion = j->job.conclusion, .primary = primary_of(ret, j)};
		if (ret->count <= FOLLOWED_COMPARED_MAX)
			compare_with_base(ret, f, job);
	}
	return followed_evidence(f, &ret->run, ret->jobs, ret->count, e);
}

void red_run_done(struct red_run *r)
{
	remote_answer_done(&r->answer);
	remote_run_done(&r->run);
	analyser_end(&r->analyser);
}
