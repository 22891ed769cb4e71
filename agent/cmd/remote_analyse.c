#include "cmd/remote_run.h"

#include "base/mem.h"
#include "diagnose/signature.h"

#include <stdlib.h>
#include <string.h>

#define NOT_STARTED "This run did not start: GitHub could not use its workflow file."

/* ---- what GitHub knows better than the log ----------------------------------------------------- */

static bool ended_badly(const struct github_step *s)
{
	enum conclusion c = remote_conclusion(s->conclusion);
	return c != CONCLUSION_UNKNOWN && c != CONCLUSION_SUCCESS;
}

static const struct github_step *failed_step(const struct github_job *j)
{
	for (size_t i = 0; i < j->step_count; i++)
		if (ended_badly(&j->steps[i]))
			return &j->steps[i];
	return NULL;
}

static void add_facts(struct diagnosis *d, const struct github_job *j)
{
	const struct github_step *step = failed_step(j);
	if (j->name)
		d->job.name = arena_text(&d->arena, j->name);
	if (j->started != CLOCK_UNKNOWN && j->started)
		d->job.started = j->started;
	if (j->ended != CLOCK_UNKNOWN && j->ended)
		d->job.ended = j->ended;
	d->from_runner = true;
	if (!d->failed || d->failed_step.known || !step || !step->name)
		return;
	/* Where the log does not show which step failed, its lines are not known either. */
	d->failed_step.known = true;
	d->failed_step.name = arena_text(&d->arena, step->name);
	d->failed_step.exit_code = -1;
	d->failed_step.first_line = 1;
	d->failed_step.last_line = d->source.lines;
}

/* ---- a run that did not start ------------------------------------------------------------------ */

static bool did_not_start(const struct remote_run *run)
{
	return !run->count && run->run.id && remote_run_is_red(&run->run);
}

static void add_finding(struct diagnosis *d, const struct remote_run *run)
{
	struct finding *f = arena_alloc(&d->arena, sizeof *f);
	struct excerpt_line *line = arena_alloc(&d->arena, sizeof *line);
	*line = (struct excerpt_line){1, NOT_STARTED};
	*f = (struct finding){.rule_id = "generic/startup-failure",
		.tool = "github-actions",
		.category = CATEGORY_WORKFLOW,
		.severity = SEVERITY_ERROR,
		.rank = RANK_CAUSE,
		.confidence = 0.95,
		.title = "The run did not start: GitHub could not use its workflow file",
		.message = NOT_STARTED,
		.why = "GitHub ended the run with startup_failure before any job began: there are no logs.",
		.hint = "The page of the run names the line. Usual causes: YAML that does not parse, a reusable "
			"workflow or action that is not there or not allowed, permissions beyond the caller's.",
		.line = 1,
		.step = LOG_NO_STEP,
		.location.path = arena_text(&d->arena, run->run.workflow_path)};
	f->excerpt.first = f->excerpt.last = 1;
	f->excerpt.lines = line;
	f->excerpt.count = 1;
	const struct signature_parts parts = {.category = f->category,
		.tool = f->tool,
		.message = view_of(f->message),
		.subject = view_of(f->location.path)};
	signature_make(f->signature, &parts);
	d->findings = f;
	d->finding_count = 1;
}

/* There is no log: one line stands for it, so that everybody can go on as always. */
static int diagnose_start(struct analysed *one, const struct remote_run *run, const char *name, struct err *e)
{
	struct diagnosis *d = &one->diagnosis;
	if (log_open_memory(&one->log, VIEW(NOT_STARTED "\n"), e) < 0 || log_finish(one->log, e) < 0)
		return -1;
	*d = (struct diagnosis){.failed = true, .from_runner = true, .conclusion = CONCLUSION_FAILURE};
	d->source.path = arena_text(&d->arena, name);
	d->source.lines = 1;
	d->source.bytes = sizeof NOT_STARTED;
	d->job.started = run->run.started;
	d->job.ended = run->run.updated;
	d->failed_step.exit_code = -1;
	d->failed_step.index = LOG_NO_STEP;
	add_finding(d, run);
	return 0;
}

/* ---- all of a run ------------------------------------------------------------------------------ */

static int diagnose_job(struct analyser *a, struct analysed *one, struct remote_job *j, const char *name, struct err *e)
{
	int fd = j->fd;
	if (fd < 0)
		return err_set(e, j->trouble.code, "%s", j->trouble.text);
	j->fd = -1;
	if (log_open_fd(&one->log, fd, name, e) < 0 ||
		analyser_diagnose(a, one, name, remote_conclusion(j->job.conclusion), e) < 0)
		return -1;
	add_facts(&one->diagnosis, &j->job);
	return 0;
}

/* An address that is itself good for `analyze`. */
static const char *name_of(struct arena *a, const struct remote_run *run, const struct remote_job *j)
{
	const char *url = j ? j->job.url : run->run.url;
	if (url && *url)
		return url;
	return j ? arena_format(a, "%s job %lld", run->repository, (long long)j->job.id)
		 : arena_format(a, "%s run %lld", run->repository, (long long)run->run.id);
}

static bool analyse_one(struct analyser *a, struct remote_run *run, struct remote_job *j,
	bool (*each)(void *, struct analysed *), void *context)
{
	struct store_execution x;
	struct analysed one = {.run = run, .job = j, .execution = &x};
	struct err e;
	const char *name = name_of(&run->arena, run, j);
	bool go_on = true;
	remote_execution(&x, run, j ? &j->job : NULL, &run->arena);
	a->execution = &x;
	if ((j ? diagnose_job(a, &one, j, name, &e) : diagnose_start(&one, run, name, &e)) < 0) {
		if (j && j->job.name)
			err_wrap(&e, "job %s", j->job.name);
		if (j)
			j->trouble = e;
		analyser_trouble(a, name, &e);
	} else {
		go_on = each(context, &one);
		diagnosis_done(&one.diagnosis);
	}
	log_close(one.log);
	a->execution = NULL;
	return go_on;
}

bool remote_run_analyse(
	struct analyser *a, struct remote_run *run, bool (*each)(void *context, struct analysed *one), void *context)
{
	bool go_on = true;
	if (did_not_start(run))
		return analyse_one(a, run, NULL, each, context);
	if (run->running)
		session_note(a->session,
			"%zu of %zu jobs of run %lld have not ended yet; their logs come when they have", run->running,
			run->count, (long long)run->run.id);
	for (size_t i = 0; go_on && i < run->count; i++) {
		struct remote_job *j = &run->jobs[i];
		bool asked = j->fd >= 0 || j->trouble.code != ERR_NONE;
		if (j->never_began && a->on_run)
			session_note(a->session, "job %s was cancelled before it began: it has no log",
				j->job.name ? j->job.name : "without a name");
		if (run->one_job && !j->done && !asked)
			err_set(&j->trouble, ERR_BUSY, "the job has not ended yet (%s); its log comes when it has",
				j->job.status ? j->job.status : "no status");
		if (asked || (run->one_job && !j->done))
			go_on = analyse_one(a, run, j, each, context);
	}
	return go_on;
}
