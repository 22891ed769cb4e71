/* What follows from a red run beside its diagnosis: a rerun, issues, a comment on the commit. */
#include "cmd/followed.h"

#include "publish/deliver.h"

/* ---- rerun -------------------------------------------------------------------------------------------------- */

static void ask_for_rerun(struct following *f, const struct remote_run *run, struct publish_run *r)
{
	struct rerun_job *jobs = arena_array(f->arena, r->job_count + 1, sizeof *jobs);
	struct rerun_verdict verdict;
	struct err e;
	size_t n = 0;
	bool heals = r->delivery.decision == DECISION_HEAL;
	followed_learn(f, run->run.id, run->run.attempt, run->run.conclusion);
	for (size_t i = 0; i < r->job_count; i++) {
		const struct publish_job *j = &r->jobs[i];
		const struct finding *p = j->diagnosis ? diagnosis_primary(j->diagnosis) : NULL;
		jobs[n++] = (struct rerun_job){.name = j->name,
			.conclusion = j->conclusion,
			.primary = p,
			.flaky_tests_only = j->known.flaky,
			.red_on_base = j->known.red_branch != NULL};
	}
	if (!n || followed_evidence(f, run, jobs, n, &e) < 0 ||
		following_rerun(f, run, jobs, n, false, heals, &verdict, &e) < 0) {
		if (n)
			following_note(f, "Whether a rerun helps could not be told: %s", e.text);
		return;
	}
	r->delivery.rerun = verdict.rerun;
	r->delivery.rerun_count = f->run_reruns;
	r->delivery.rerun_max = f->config->rerun.per_run;
	if (verdict.rerun && r->delivery.decision < DECISION_RERUN)
		r->delivery.decision = DECISION_RERUN;
	if (r->delivery.decision == DECISION_RERUN)
		r->delivery.reason = verdict.reason;
}

/* ---- issues and comments -------------------------------------------------------------------------------------- */

static void keep_issues(struct following *f, struct publish_run *r)
{
	struct err e;
	f->issues = arena_array(f->arena, r->job_count + 1, sizeof *f->issues);
	if (following_issues(f, r, &e) < 0)
		following_note(f, "No issue was kept: %s", e.text);
	struct publish_job *jobs = arena_array(f->arena, r->job_count + 1, sizeof *jobs);
	for (size_t i = 0; i < r->job_count; i++) {
		jobs[i] = r->jobs[i];
		if (f->issues[i])
			jobs[i].known.issue = f->issues[i];
	}
	r->jobs = jobs;
}

/* Where no pull request holds one. */
static void comment_on_commit(struct following *f, const struct publish_run *r)
{
	struct err e;
	BUF_AUTO marker = buf_new(BUF_LINE), text = buf_new(PUBLISH_TEXT_MAX);
	if (!f->config->issues.commit_comments || r->pull || r->fork || !r->head_sha || f->dry_run)
		return;
	publish_comment_marker(&marker, r);
	publish_commit_comment(&text, r);
	if (github_commit_comment_put(f->remote->github, r->head_sha, buf_text(&marker), buf_text(&text), NULL, &e) < 0)
		following_note(f, "No comment on the commit: %s", e.text);
}

/* What was asked to be left alone is told as that: where the first thing to tell is. */
static void tell_ignored(struct following *f, struct publish_run *r)
{
	const struct publish_group *groups;
	size_t n = publish_groups(r, f->arena, &groups);
	const char *reason = n && groups[0].finding ? followed_ignored(f, groups[0].finding) : NULL;
	if (reason)
		r->delivery.ignored = *reason ? reason : "no reason was given";
}

void following_red(struct following *f, const struct remote_run *run, struct publish_run *r)
{
	tell_ignored(f, r);
	ask_for_rerun(f, run, r);
	keep_issues(f, r);
	comment_on_commit(f, r);
}
