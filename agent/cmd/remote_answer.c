#include "cmd/remote_answer.h"

#include "base/mem.h"
#include "publish/ink.h"
#include "publish/safe.h"

#include <stdlib.h>
#include <string.h>

void remote_answer_keep(struct remote_answer *a, struct analysed *one, char *seen)
{
	size_t n = a->count;
	MEM_PUSH(a->diagnoses, n, a->cap);
	MEM_PUSH(a->jobs, n, a->jobs_cap);
	MEM_PUSH(a->seen, n, a->seen_cap);
	a->diagnoses[n] = one->diagnosis;
	a->jobs[n] = one->job;
	a->seen[n] = seen;
	a->count++;
	one->diagnosis = (struct diagnosis){0};
}

void remote_answer_done(struct remote_answer *a)
{
	for (size_t i = 0; i < a->count; i++) {
		diagnosis_done(&a->diagnoses[i]);
		free(a->seen[i]);
	}
	free(a->diagnoses);
	free(a->jobs);
	free(a->seen);
	*a = (struct remote_answer){0};
}

static void describe_job(struct publish_job *ret, const struct remote_job *j, const struct remote_run *run)
{
	*ret = (struct publish_job){.conclusion = "failure", .known.last_seen = CLOCK_UNKNOWN};
	ret->known.red_since = CLOCK_UNKNOWN;
	ret->name = j ? j->job.name : run->run.workflow;
	ret->url = j ? j->job.url : run->run.url;
	if (!j)
		return;
	ret->id = j->job.id;
	ret->conclusion = j->job.conclusion;
	ret->trouble = j->trouble.code != ERR_NONE ? j->trouble.text : NULL;
}

static bool is_kept(const struct remote_answer *a, const struct remote_job *j)
{
	for (size_t i = 0; i < a->count; i++)
		if (a->jobs[i] == j)
			return true;
	return false;
}

static size_t describe_jobs(struct publish_job *jobs, const struct remote_answer *a, const struct remote_run *run)
{
	size_t n = 0;
	for (size_t i = 0; i < a->count; i++, n++) {
		describe_job(&jobs[n], a->jobs[i], run);
		jobs[n].diagnosis = &a->diagnoses[i];
	}
	for (size_t i = 0; i < run->count; i++)
		if (run->jobs[i].trouble.code != ERR_NONE && !is_kept(a, &run->jobs[i]))
			describe_job(&jobs[n++], &run->jobs[i], run);
	return n;
}

void remote_answer_run(
	struct publish_run *ret, const struct remote_answer *a, const struct remote_run *run, struct arena *arena)
{
	const struct github_run *g = &run->run;
	struct publish_job *jobs = arena_array(arena, a->count + run->count + 1, sizeof *jobs);
	*ret = (struct publish_run){.repository = run->repository,
		.workflow = g->workflow,
		.workflow_path = g->workflow_path,
		.id = g->id,
		.attempt = g->attempt,
		.url = g->url,
		.head_sha = g->head_sha,
		.branch = g->branch,
		.event = g->event,
		.pull = g->pull,
		.fork = g->fork,
		.jobs = jobs,
		.job_count = describe_jobs(jobs, a, run),
		.jobs_total = run->one_job ? 0 : run->count,
		.green_at = CLOCK_UNKNOWN};
}

/* ---- nothing failed --------------------------------------------------------------------------- */

static void add_nothing(struct buf *out, const struct remote_run *run)
{
	if (!run->run.id) {
		buf_addf(out, "no failed run on %s", run->run.branch);
		return;
	}
	remote_run_words(out, run);
	if (run->running)
		buf_addf(out, ": nothing failed so far, %zu of %zu jobs have not ended", run->running, run->count);
	else
		buf_addf(out, ": nothing failed (%zu job%s)", run->count, run->count == 1 ? "" : "s");
}

static bool is_nothing(const struct remote_answer *a, const struct remote_run *run)
{
	for (size_t i = 0; i < run->count; i++)
		if (run->jobs[i].trouble.code != ERR_NONE)
			return false;
	return a->count == 0;
}

/* ---- text and markdown ------------------------------------------------------------------------ */

static const char *seen_of(const struct remote_answer *a, const struct publish_group *g)
{
	for (size_t i = 0; i < a->count; i++)
		if (&a->diagnoses[i] == g->best->diagnosis)
			return a->seen[i];
	return NULL;
}

static void add_group(struct buf *out, const struct remote_answer *a, const struct publish_run *r,
	const struct publish_group *g, const struct publish_style *s)
{
	struct publish_style style = *s;
	style.seen = seen_of(a, g);
	buf_add_char(out, '\n');
	publish_group_names(out, r, g);
	buf_add_char(out, '\n');
	if (g->best->diagnosis) {
		publish_analysis_text(out, g->best->diagnosis, &style);
		return;
	}
	buf_add_text(out, "  not analysed: ");
	ink_text(out, g->best->trouble);
	buf_add_char(out, '\n');
}

void remote_answer_text(
	struct buf *out, const struct remote_answer *a, const struct remote_run *run, const struct publish_style *s)
{
	ARENA_AUTO arena = {0};
	struct publish_run r;
	const struct publish_group *groups;
	BUF_AUTO words = buf_new(BUF_LINE);
	if (is_nothing(a, run)) {
		add_nothing(&words, run);
		buf_add_text(out, "✓ ");
		ink_text(out, buf_text(&words));
		buf_add_char(out, '\n');
		return;
	}
	remote_answer_run(&r, a, run, &arena);
	remote_run_words(&words, run);
	ink_text(out, buf_text(&words));
	if (run->count && !run->one_job)
		buf_addf(out, ": %zu of %zu jobs failed", run->red, run->count);
	buf_add_char(out, '\n');
	size_t n = publish_groups(&r, &arena, &groups);
	for (size_t i = 0; i < n; i++)
		add_group(out, a, &r, &groups[i], s);
	for (size_t i = 0; i < a->count; i++)
		if (!diagnosis_primary(&a->diagnoses[i])) {
			buf_add_char(out, '\n');
			publish_analysis_text(out, &a->diagnoses[i], s);
		}
}

static void add_names(struct buf *out, const struct publish_run *r, const struct publish_group *g)
{
	BUF_AUTO names = buf_new(BUF_LINE);
	publish_group_names(&names, r, g);
	markdown_text(out, buf_view(&names));
	buf_add_text(out, "\n\n");
}

void remote_answer_markdown(struct buf *out, const struct remote_answer *a, const struct remote_run *run)
{
	ARENA_AUTO arena = {0};
	struct publish_run r;
	const struct publish_group *groups;
	BUF_AUTO words = buf_new(BUF_LINE);
	if (is_nothing(a, run))
		add_nothing(&words, run);
	else
		remote_run_words(&words, run);
	markdown_text(out, buf_view(&words));
	buf_add_text(out, "\n\n");
	remote_answer_run(&r, a, run, &arena);
	size_t n = publish_groups(&r, &arena, &groups);
	for (size_t i = 0; i < n; i++) {
		add_names(out, &r, &groups[i]);
		if (groups[i].best->diagnosis)
			publish_analysis_markdown(out, groups[i].best->diagnosis);
		else
			markdown_text(out, view_of(groups[i].best->trouble));
		buf_add_char(out, '\n');
	}
}

/* ---- JSON ------------------------------------------------------------------------------------- */

void remote_answer_add_json(cJSON *analysis, const struct analysed *one)
{
	if (!one->run)
		return;
	const struct github_run *g = &one->run->run;
	const struct store_execution *x = one->execution;
	cJSON *j = json_object();
	safe_add(j, "repository", one->run->repository);
	json_add_int(j, "id", g->id);
	json_add_int(j, "attempt", x->attempt);
	json_add_int_or_null(j, "job", one->job ? one->job->job.id : -1);
	safe_add(j, "workflow", g->workflow);
	safe_add(j, "branch", g->branch);
	safe_add(j, "commit", x->commit);
	safe_add(j, "event", g->event);
	safe_add(j, "url", g->url);
	json_add_bool(j, "fork", g->fork);
	json_add(analysis, "run", j);
}
