/* Failed jobs run again: on evidence, within the budget, never twice. */
#include "cmd/followed.h"

#define WAIT_MAX (120 * CLOCK_SECOND) /* longer than this a job does not sit and wait */
#define BRANCH_RUNS_MAX 100u

/* ---- what was used up already ----------------------------------------------------------------------------- */

/* Where no history remembers, the attempts of the branch's runs do, with those that people asked for. */
static bool count_attempts(void *context, const struct github_run *run)
{
	unsigned *n = context;
	*n += run->attempt > 1 ? (unsigned)run->attempt - 1 : 0;
	return true;
}

static int branch_attempts(struct following *f, const char *branch, unsigned *ret, struct err *e)
{
	const struct github_run_filter filter = {.branch = branch,
		.created_from = clock_now() - CLOCK_DAY,
		.created_to = CLOCK_UNKNOWN,
		.limit = BRANCH_RUNS_MAX};
	*ret = 0;
	return branch ? github_runs(f->remote->github, &filter, count_attempts, ret, e) : 0;
}

/* A history that lost this run does not forget that it ran before. */
static int used_up(struct following *f, const struct remote_run *run, struct rerun_facts *facts, struct err *e)
{
	const struct github_run *g = &run->run;
	unsigned again = g->attempt > 1 ? (unsigned)g->attempt - 1 : 0;
	struct store_reruns known;
	if (!f->store) {
		facts->run_reruns = again;
		return branch_attempts(f, g->branch, &facts->branch_reruns, e);
	}
	if (store_reruns(f->store, run->repository, g->id, g->branch, NULL, clock_now() - CLOCK_DAY, &known, e) < 0)
		return -1;
	facts->run_reruns = known.of_run ? known.of_run : again;
	facts->branch_reruns = known.of_branch;
	return 0;
}

/* ---- asking for it ---------------------------------------------------------------------------------------- */

/* The reason is that of the first job that has one to give. */
static int remember(struct following *f, const struct remote_run *run, const struct rerun_job *jobs, size_t n,
	const char *reason, struct err *e)
{
	const char *signature = NULL;
	for (size_t i = 0; i < n && !signature; i++)
		if (jobs[i].primary && jobs[i].primary->signature[0])
			signature = jobs[i].primary->signature;
	const struct store_rerun row = {.repository = run->repository,
		.branch = run->run.branch,
		.sha = run->run.head_sha,
		.workflow = run->run.workflow,
		.signature = signature,
		.reason = reason,
		.run = run->run.id,
		.at = clock_now(),
		.attempt = run->run.attempt > 0 ? run->run.attempt : 1};
	return f->store ? store_rerun(f->store, &row, e) : 0;
}

static int ask(struct following *f, const struct remote_run *run, struct rerun_verdict *v, struct err *e)
{
	char text[CLOCK_TEXT_MAX];
	struct err why;
	int attempt = run->run.attempt > 0 ? run->run.attempt : 1;
	if (v->wait_us > WAIT_MAX) {
		v->rerun = false;
		v->reason = arena_format(
			f->arena, "%s; not before %s", v->reason, clock_iso(clock_now() + v->wait_us, text));
		return 0;
	}
	if (v->wait_us > 0 && !remote_pause(f->remote, v->wait_us / 1000))
		return err_set(e, ERR_INTERRUPTED, "stopped by a signal");
	if (github_rerun_failed(f->remote->github, run->run.id, attempt, &why) == 0)
		return 0;
	if (why.code == ERR_INTERRUPTED)
		return err_set(e, why.code, "%s", why.text);
	v->rerun = false;
	if (why.code == ERR_BUSY)
		v->reason = "somebody else has started it again already";
	else
		v->reason = arena_format(f->arena, "GitHub does not start it again: %s", why.text);
	if (why.code != ERR_BUSY)
		following_note(f, "The failed jobs were not started again: %s", why.text);
	return 0;
}

/* What people asked to leave alone is not run again by itself. */
static const char *ignored(struct following *f, const struct rerun_job *jobs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *reason = jobs[i].primary ? followed_ignored(f, jobs[i].primary) : NULL;
		if (reason)
			return arena_format(f->arena, "this failure is ignored%s%s", *reason ? ": " : "", reason);
	}
	return NULL;
}

int following_rerun(struct following *f, const struct remote_run *run, const struct rerun_job *jobs, size_t n,
	bool forced, bool heals, struct rerun_verdict *ret, struct err *e)
{
	struct rerun_facts facts = {.config = f->config,
		.jobs = jobs,
		.count = n,
		.attempt = run->run.attempt > 0 ? run->run.attempt : 1,
		.age = run->run.created == CLOCK_UNKNOWN ? CLOCK_UNKNOWN : clock_now() - run->run.created,
		.forced = forced,
		.heals = heals};
	if (used_up(f, run, &facts, e) < 0)
		return -1;
	const char *left_alone = forced ? NULL : ignored(f, jobs, n);
	if (left_alone)
		*ret = (struct rerun_verdict){.reason = left_alone};
	else
		rerun_judge(ret, &facts, f->arena);
	f->run_reruns = facts.run_reruns;
	f->branch_reruns = facts.branch_reruns;
	if (!ret->rerun || f->dry_run)
		return 0;
	if (ask(f, run, ret, e) < 0)
		return -1;
	if (!ret->rerun)
		return 0;
	f->run_reruns++;
	f->branch_reruns++;
	struct err why;
	if (remember(f, run, jobs, n, ret->reason, &why) < 0)
		following_note(f, "The rerun could not be recorded: %s", why.text);
	return 0;
}
