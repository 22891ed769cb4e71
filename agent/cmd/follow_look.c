/* What GitHub tells of one delivery now: its pull request, its branch, the runs of its commit. */
#include "cmd/followed.h"

#include "base/mem.h"
#include "publish/deliver.h"

#include <stdlib.h>

struct looking {
	struct following *f;
	struct followed *one;
	struct analyser *x;
	/* of the branch, from its head back */
	const char *tip;
	bool found, reverted, foreign;
	unsigned depth;
	/* of the commit */
	struct github_run runs[FOLLOWED_RUNS_MAX];
	size_t run_count;
};

static bool is(const char *text, const char *word)
{
	return text && word && !strcmp(text, word);
}

/* ---- the pull request -------------------------------------------------------------------------------------- */

/* A commit that was read back from its branch: whose pull request is it? */
static int find_pull(struct looking *l, struct err *e)
{
	struct github_pull_state *pulls;
	size_t n;
	if (l->one->way != DELIVERY_BRANCH || !l->one->d.branch)
		return 0;
	if (github_pulls_from(l->f->remote->github, l->one->d.branch, l->f->arena, &pulls, &n, e) < 0)
		return -1;
	l->one->d.pull = n ? pulls[0].number : 0;
	return 0;
}

static int look_at_pull(struct looking *l, struct err *e)
{
	struct followed *one = l->one;
	struct publish_pull_facts facts;
	const char *login;
	struct github *g = l->f->remote->github;
	if (!one->d.pull && find_pull(l, e) < 0)
		return -1;
	if (!one->d.pull)
		return 0;
	if (github_pull_state(g, one->d.pull, l->f->arena, &one->pull, e) < 0 || github_login(g, &login, e) < 0)
		return -1;
	one->facts.pull_open = one->pull.open;
	one->facts.pull_merged = one->pull.merged;
	one->facts.labelled_off = delivery_is_off(one->pull.labels);
	if (one->way != DELIVERY_PULL)
		return 0;
	one->is_ours = one->pull.author && view_eq_nocase(view_of(one->pull.author), view_of(login)) &&
		       view_starts(view_of(one->pull.body), PUBLISH_PULL_MARKER) &&
		       publish_pull_read(&facts, view_of(one->pull.body));
	one->facts.pull_closed_by_us =
		!one->pull.open && !one->pull.merged &&
		((one->is_ours && facts.withdrawn) ||
			(one->pull.closed_by && view_eq_nocase(view_of(one->pull.closed_by), view_of(login))));
	return 0;
}

/* A suggestion that somebody accepted is that person's commit, and GitHub names who suggested it: "Co-authored-by". */
struct acceptance {
	const char *login;
	struct arena *arena;
	const char *base; /* the suggestion was made for it: what counts comes behind it */
	const char *commit;
	bool behind;
};

static bool on_pull_commit(void *context, const struct github_commit *c)
{
	struct acceptance *a = context;
	struct view rest = view_of(c->message), line;
	while (a->behind && view_next(&rest, '\n', &line)) {
		line = view_trim(line);
		if (line.n > 15 && view_eq_nocase(view_sub(line, 0, 15), VIEW("Co-authored-by:")) &&
			view_has(line, a->login))
			a->commit = arena_text(a->arena, c->sha);
	}
	a->behind = a->behind || is(c->sha, a->base);
	return true;
}

static int look_for_acceptance(struct looking *l, struct err *e)
{
	struct followed *one = l->one;
	struct acceptance a = {.arena = l->f->arena, .base = one->d.base_sha};
	struct github *g = l->f->remote->github;
	if (one->way != DELIVERY_SUGGEST || !one->d.pull)
		return 0;
	if (github_login(g, &a.login, e) < 0 || github_pull_commits(g, one->d.pull, on_pull_commit, &a, e) < 0)
		return -1;
	one->facts.has_commit = a.commit != NULL;
	one->tip = a.commit;
	return 0;
}

/* ---- the branch -------------------------------------------------------------------------------------------- */

static bool is_known(const struct looking *l, const struct github_commit *c)
{
	return is(c->sha, l->one->d.commit) && l->one->d.id;
}

/* Newest first: what is ours in a row down to the commit is one delivery; a person's on top of it ends our say. */
static bool on_commit(void *context, const struct github_commit *c)
{
	struct looking *l = context;
	struct delivery_trailers t;
	delivery_trailers(&t, view_of(c->message));
	struct view sha = view_of(l->one->d.commit);
	if (t.reverts.n >= 7 && t.reverts.n <= sha.n && view_eq(t.reverts, view_sub(sha, 0, t.reverts.n)))
		l->reverted = true;
	bool configured = l->f->config->heal.author && l->one->d.id; /* whose login is anybody's */
	bool ours = followed_wrote(l->f, c, is_known(l, c) || (configured && github_commit_is_untouched(c)));
	if (!ours) {
		l->foreign = true;
		l->tip = NULL;
	} else if (!l->tip) {
		l->tip = arena_text(l->f->arena, c->sha);
	}
	l->found = is(c->sha, l->one->d.commit);
	if (!l->found)
		l->depth++;
	else if (ours && l->one->way == DELIVERY_BRANCH)
		l->one->is_ours = true;
	return !l->found;
}

static const char *branch_of(const struct followed *one)
{
	return one->way == DELIVERY_PULL ? one->d.fix_branch : one->d.branch;
}

/* A fork's branch, or one that somebody deleted, is not there: nothing is known of what stands on it. */
static int look_at_branch(struct looking *l, struct err *e)
{
	struct followed *one = l->one;
	struct github *g = l->f->remote->github;
	char head[GITHUB_SHA_MAX];
	const char *branch = branch_of(one);
	if (!branch || !one->d.commit)
		return 0;
	if (github_ref_get(g, arena_format(l->f->arena, "refs/heads/%s", branch), head, e) < 0) {
		if (e->code != ERR_NOT_FOUND)
			return -1;
		err_clear(e);
	} else {
		one->head = arena_text(l->f->arena, head);
		if (github_commits(g, head, FOLLOWED_COMMITS_MAX, on_commit, l, e) < 0)
			return -1;
	}
	one->tip = l->found && l->tip ? l->tip : one->d.commit;
	one->depth = l->depth;
	one->facts.person_committed = one->head && (l->foreign || !l->found);
	one->facts.reverted = l->reverted;
	one->facts.has_commit = true;
	return 0;
}

static int look_at_commit(struct looking *l, struct err *e)
{
	struct followed *one = l->one;
	struct github_commit c;
	if (one->way != DELIVERY_BRANCH || !one->d.commit)
		return 0;
	if (github_commit_get(l->f->remote->github, one->d.commit, l->f->arena, &c, e) < 0)
		return -1;
	one->parent = c.parents ? c.parents[0] : NULL;
	return 0;
}

static bool on_base_commit(void *context, const struct github_commit *c)
{
	struct looking *l = context;
	struct delivery_trailers t;
	const char *const mine[] = {l->one->d.commit, l->one->pull.merge_sha};
	delivery_trailers(&t, view_of(c->message));
	for (size_t i = 0; i < 2; i++) {
		struct view sha = view_of(mine[i]);
		if (t.reverts.n >= 7 && t.reverts.n <= sha.n && view_eq(t.reverts, view_sub(sha, 0, t.reverts.n)))
			l->one->facts.reverted = true;
	}
	return !l->one->facts.reverted && (l->one->pull.closed == CLOCK_UNKNOWN || c->at >= l->one->pull.closed);
}

/* What was merged may have been taken back since. */
static int look_at_base(struct looking *l, struct err *e)
{
	const struct followed *one = l->one;
	if (one->way != DELIVERY_PULL || !one->pull.merged || !one->pull.base_branch)
		return 0;
	return github_commits(l->f->remote->github, one->pull.base_branch, FOLLOWED_COMMITS_MAX, on_base_commit, l, e);
}

/* ---- the runs ---------------------------------------------------------------------------------------------- */

static bool has_workflow(const struct looking *l, const struct github_run *run)
{
	for (size_t i = 0; i < l->run_count; i++)
		if (l->runs[i].workflow_id == run->workflow_id && is(l->runs[i].workflow, run->workflow))
			return true;
	return false;
}

/* Newest first, each as its newest attempt. What a fork's pull request makes of the same commit says nothing of ours,
 * nor does the workflow that we are in. */
static bool on_run(void *context, const struct github_run *run)
{
	struct looking *l = context;
	const char *own = session_variable("GITHUB_WORKFLOW");
	if (!run->fork && !is(run->workflow, own) && !has_workflow(l, run))
		l->runs[l->run_count++] = remote_run_copy(l->f->arena, run);
	return l->run_count < FOLLOWED_RUNS_MAX;
}

struct old_failure { /* of the run that the fix was for */
	const char *job, *signature;
};

struct comparison {
	struct looking *looking;
	const struct github_run *run;
	const struct github_job *before; /* jobs of the run that the fix was for */
	size_t before_count;
	struct old_failure *old;
	size_t old_count, old_cap;
	size_t jobs, accidents; /* jobs: red ones that were understood; accidents: transient ones of them */
	bool same, base_red;
	bool beyond, was_there; /* all but the accidents */
};

static int failed_step(const struct github_job *job)
{
	for (size_t i = 0; i < job->step_count; i++)
		if (is(job->steps[i].conclusion, "failure"))
			return job->steps[i].number;
	return 0;
}

/* A job that had not come so far before, in steps or at all. One that had passed was broken since. */
static bool is_beyond(const struct comparison *c, const struct github_job *now)
{
	for (size_t i = 0; i < c->before_count; i++) {
		const struct github_job *then = &c->before[i];
		if (!is(then->name, now->name))
			continue;
		if (is(then->conclusion, "success"))
			return false;
		return !github_job_is_red(then) || is(then->conclusion, "cancelled") ||
		       failed_step(now) > failed_step(then);
	}
	return c->before_count > 0;
}

/* What a job failed of before the fix, too, beside what the fix was for, is none of its doing. */
static bool was_there(const struct comparison *c, const char *job, const struct finding *f)
{
	for (size_t i = 0; i < c->old_count; i++)
		if (is(c->old[i].job, job) && is(c->old[i].signature, f->signature))
			return true;
	return false;
}

static bool is_red_on_base(const struct comparison *c, const struct github_job *job, const struct finding *f)
{
	struct remote_base base;
	struct err why;
	struct looking *l = c->looking;
	return remote_red_on_base(&base, l->f->remote, c->run, job->name, f->signature, l->x, l->f->arena, &why) == 0 &&
	       base.red && (base.same || !f->signature[0]);
}

static bool on_job(void *context, struct analysed *one)
{
	struct comparison *c = context;
	const struct finding *f = diagnosis_primary(&one->diagnosis);
	if (!f || !one->job || is(one->job->job.conclusion, "cancelled"))
		return true;
	bool first = c->jobs == c->accidents, same = is(f->signature, c->looking->one->d.signature);
	c->jobs++;
	c->accidents += f->transient;
	c->same = c->same || same;
	if (!f->transient) {
		bool old = was_there(c, one->job->job.name, f);
		c->beyond = (old || is_beyond(c, &one->job->job)) && (first || c->beyond);
		c->was_there = old && (first || c->was_there);
	}
	c->base_red = c->base_red || (!same && is_red_on_base(c, &one->job->job, f));
	return true;
}

static bool on_old_job(void *context, struct analysed *one)
{
	struct comparison *c = context;
	struct arena *a = c->looking->f->arena;
	for (size_t i = 0; one->job && i < one->diagnosis.finding_count && c->old_count < FOLLOWED_OLD_MAX; i++) {
		const char *signature = one->diagnosis.findings[i].signature;
		if (!*signature || is(signature, c->looking->one->d.signature))
			continue;
		MEM_PUSH(c->old, c->old_count, c->old_cap);
		c->old[c->old_count++] =
			(struct old_failure){arena_text(a, one->job->job.name), arena_text(a, signature)};
	}
	return true;
}

/* Logs that are gone by now tell nothing; the steps of the jobs still do. */
static void recall_failures(struct comparison *c)
{
	struct remote_run then;
	struct err why;
	struct looking *l = c->looking;
	const struct remote_wish w = {.run = l->one->d.run};
	if (remote_run_read(&then, l->f->remote, &w, &why) < 0)
		return;
	remote_run_analyse(l->x, &then, on_old_job, c);
	remote_run_done(&then);
}

static void recall_jobs(struct comparison *c)
{
	struct github_job *jobs;
	struct err why;
	struct looking *l = c->looking;
	if (!l->one->d.run ||
		github_jobs(l->f->remote->github, l->one->d.run, 0, l->f->arena, &jobs, &c->before_count, &why) < 0) {
		c->before_count = 0;
		return;
	}
	c->before = jobs;
	recall_failures(c);
}

/* What cannot be read is not taken for the failure that the fix was for. */
static void compare(struct looking *l, const struct github_run *run, struct follow_run *ret)
{
	struct remote_run red;
	struct err why;
	const struct remote_wish w = {0};
	struct comparison c = {.looking = l, .run = run};
	if (remote_run_read_known(&red, l->f->remote, run, &w, &why) < 0) {
		following_note(l->f, "Run %lld on the fix could not be read: %s", (long long)run->id, why.text);
		return;
	}
	recall_jobs(&c);
	remote_run_analyse(l->x, &red, on_job, &c);
	remote_run_done(&red);
	free(c.old);
	ret->understood = c.jobs > 0;
	ret->same_signature = c.same;
	ret->transient = c.jobs > 0 && c.accidents == c.jobs;
	ret->beyond = c.beyond;
	ret->was_there = c.was_there;
	l->one->facts.base_red = l->one->facts.base_red || c.base_red;
}

static bool waits(const struct github_run *run)
{
	return is(run->status, "action_required") || is(run->conclusion, "action_required") ||
	       is(run->status, "waiting");
}

static int look_at_runs(struct looking *l, struct err *e)
{
	struct followed *one = l->one;
	if (!one->tip)
		return 0;
	if (github_runs_of(l->f->remote->github, one->tip, on_run, l, e) < 0)
		return -1;
	struct follow_run *runs = arena_array(l->f->arena, l->run_count + 1, sizeof *runs);
	for (size_t i = 0; i < l->run_count; i++) {
		const struct github_run *run = &l->runs[i];
		runs[i] = (struct follow_run){.workflow = run->workflow,
			.status = run->status,
			.conclusion = run->conclusion,
			.attempt = run->attempt,
			.by_dispatch = is(run->event, "workflow_dispatch") || is(run->event, "repository_dispatch")};
		one->facts.waits = one->facts.waits || waits(run);
		if (remote_run_is_red(run) && (!one->d.workflow || is(run->workflow, one->d.workflow)))
			compare(l, run, &runs[i]);
	}
	one->facts.runs = runs;
	one->facts.run_count = l->run_count;
	return 0;
}

int followed_look(struct following *f, struct followed *one, struct analyser *x, struct err *e)
{
	struct looking l = {.f = f, .one = one, .x = x};
	one->facts.way = one->way;
	one->facts.workflow = one->d.workflow;
	one->facts.age = clock_now() - one->d.at;
	if (look_at_pull(&l, e) < 0 || look_for_acceptance(&l, e) < 0 || look_at_branch(&l, e) < 0 ||
		look_at_commit(&l, e) < 0 || look_at_base(&l, e) < 0)
		return -1;
	return look_at_runs(&l, e);
}
