#include "cmd/healing.h"

#include "base/file.h"
#include "base/mem.h"
#include "cmd/remote_answer.h"
#include "cmd/step_files.h"
#include "publish/publish.h"

#include <stdlib.h>
#include <string.h>

static int split_only(struct healing *h, struct err *e)
{
	const char *list = args_text(h->session->args, "only", NULL);
	if (!list)
		return 0;
	h->only_text = mem_text(list);
	size_t n = 0;
	for (char *p = h->only_text; p && *p; n++) {
		if (n >= ONLY_MAX)
			return err_set(e, ERR_USAGE, "--only names more than %u fixers", ONLY_MAX);
		h->only[n] = p;
		p = strchr(p, ',');
		if (p)
			*p++ = 0;
	}
	for (size_t i = 0; i < n; i++)
		if (!strchr(h->only[i], '*') && !fixer_find(h->only[i]))
			return err_set(e, ERR_USAGE, "--only names no fixer '%.60s'; `runmedic fixers list` shows them",
				h->only[i]);
	return 0;
}

static const char *processes_forbidden(const struct args *args)
{
	if (args_flag(args, "no-tools"))
		return "--no-tools was given";
	if (step_holds_token())
		return "this job holds a token, and no program runs beside one; heal in a job without it";
	return NULL;
}

int healing_start(struct healing *h, struct err *e)
{
	if (session_config(h->session, &h->config, e) < 0 || split_only(h, e) < 0)
		return -1;
	h->patch = args_text(h->session->args, "patch", NULL) ? json_array() : NULL;
	if (!h->repository && repository_open(&h->repository, h->session->repo, e) < 0)
		return e->code == ERR_NOT_FOUND
			       ? err_set(e, ERR_USAGE, "%s is not in a git repository; name one with --repo DIR",
					 h->session->repo)
			       : -1;
	if (h->level == HEAL_APPLY && repository_is_bare(h->repository))
		return err_set(e, ERR_USAGE, "%s is a bare repository: it has no files to change; use --commit",
			h->session->repo);
	int recovered = h->level == HEAL_DRY_RUN ? 0 : heal_recover(h->repository, e);
	if (recovered > 0)
		session_note(h->session, "finished what an interrupted --apply had begun");
	if (recovered < 0)
		return -1;
	h->no_processes = processes_forbidden(h->session->args);
	h->options = (struct heal_options){
		.level = h->level, .tier = h->tier, .config = h->config, .no_processes = h->no_processes};
	return heal_begin(&h->run, h->repository, &h->options, e);
}

static void describe(struct publish_fix *out, const struct healed_fix *f)
{
	const struct planned_fix *p = f->fix;
	*out = (struct publish_fix){.fixer = p->fixer->id,
		.rule = p->finding->rule_id,
		.signature = p->finding->signature[0] ? p->finding->signature : NULL,
		.tier = f->tier,
		.status = f->status,
		.confidence = f->confidence,
		.reason = f->reason,
		.summary = p->has_proposal ? p->proposal.summary : NULL,
		.files = f->files,
		.file_count = f->file_count,
		.diff = f->diff,
		.proof_argv = f->proof.argv,
		.proof_exit = f->proof.exit_code,
		.proof_says = f->proof.says,
		.commit = f->commit,
		.success = p->success,
		.priority = p->priority,
		.severity = p->severity,
		.good = p->good,
		.bad = p->bad};
}

static const char *join_files(struct arena *a, const struct healed_fix *f)
{
	BUF_AUTO all = buf_new(BUF_PAGE);
	for (size_t i = 0; i < f->file_count; i++)
		buf_addf(&all, "%s%s", i ? "\n" : "", f->files[i]);
	return arena_text(a, buf_text(&all));
}

static int record(struct healing *h, struct analysed *one, const struct heal_result *r, struct err *e)
{
	if (!h->recording)
		return 0;
	ARENA_AUTO a = {0};
	struct store_fix *rows = arena_array(&a, r->fix_count + 1, sizeof *rows);
	for (size_t i = 0; i < r->fix_count; i++) {
		const struct healed_fix *f = &r->fixes[i];
		rows[i] = (struct store_fix){.fixer = f->fix->fixer->id,
			.rule = f->fix->finding->rule_id,
			.signature = f->fix->finding->signature,
			.tier = f->tier,
			.status = f->status,
			.confidence = f->confidence,
			.reason = f->reason,
			.files = join_files(&a, f),
			.commit = f->commit,
			.branch = r->branch,
			.proof_exit = f->proof.argv || f->proof.says ? f->proof.exit_code : -1};
	}
	return recording_commit(h->recording, one, rows, r->fix_count, e);
}

void healing_answer(struct healing *h, const struct publish_heal *p, const struct analysed *one)
{
	if (!strcmp(args_text(h->session->args, "format", "text"), "json")) {
		JSON_AUTO *j = publish_heal_json(p, fixer_tier);
		remote_answer_add_json(cJSON_GetObjectItemCaseSensitive(j, "analysis"), one);
		json_print(&h->out, j);
		buf_add_char(&h->out, '\n');
		return;
	}
	if (h->count++)
		buf_add_char(&h->out, '\n');
	struct publish_style style = {
		.colour = h->session->colour, .width = h->session->width, .verbose = h->session->verbose};
	publish_heal_text(&h->out, p, &style);
}

static void describe_all(struct healing *h, struct healed *r)
{
	struct heal_result *done = &r->result;
	struct publish_fix *fixes = arena_array(&done->arena, done->fix_count + 1, sizeof *fixes);
	for (size_t i = 0; i < done->fix_count; i++) {
		describe(&fixes[i], &done->fixes[i]);
		bool made = done->fixes[i].status == FIX_APPLIED || done->fixes[i].status == FIX_PLANNED;
		if (h->patch && made && fixes[i].diff && !publish_patch_add(h->patch, &fixes[i]))
			session_note(
				h->session, "%s: its diff is no UTF-8 and is left out of the patch", fixes[i].fixer);
	}
	r->words.fixes = fixes;
	r->words.fix_count = done->fix_count;
}

static bool is_healed(const struct heal_result *r)
{
	for (size_t i = 0; i < r->fix_count; i++)
		if (r->fixes[i].status == FIX_APPLIED)
			return true;
	return false;
}

/* A log that does not say where its job worked was written where the repository is, if it names that place at all. */
static void assume_workspace(struct healing *h, struct diagnosis *d)
{
	const char *root = repository_root(h->repository);
	if ((!d->job.workspace || !*d->job.workspace) && strlen(root) > 1)
		d->job.workspace = root;
}

int healing_make(struct healing *h, struct analysed *one, struct healed *ret, struct err *e)
{
	struct plan_options o = {.config = h->config,
		.tier = h->tier,
		.only = h->only[0] ? h->only : NULL,
		.no_tools = h->no_processes,
		.record = h->recording ? recording_fix_record : NULL,
		.context = h->recording};
	*ret = (struct healed){0};
	assume_workspace(h, &one->diagnosis);
	if (plan_make(&ret->plan, &one->diagnosis, one->log, repository_tree(h->repository), &o, e) < 0)
		return err_wrap(e, "%s", one->diagnosis.source.path);
	heal_run(&ret->result, h->run, &ret->plan);
	ret->words = (struct publish_heal){.diagnosis = &one->diagnosis,
		.decision = ret->plan.decision,
		.reason = ret->plan.reason,
		.branch = ret->result.branch,
		.sandbox = ret->result.sandbox,
		.dry_run = h->level == HEAL_DRY_RUN,
		.explain = args_flag(h->session->args, "explain")};
	describe_all(h, ret);
	h->unhealed = h->unhealed || (one->diagnosis.failed && !is_healed(&ret->result));
	return record(h, one, &ret->result, e) < 0 ? err_wrap(e, "%s", one->diagnosis.source.path) : 0;
}

void healed_done(struct healed *r)
{
	heal_result_done(&r->result);
	plan_done(&r->plan);
}

int healing_one(struct healing *h, struct analysed *one, struct err *e)
{
	struct healed r;
	int rc = healing_make(h, one, &r, e);
	if (r.words.diagnosis)
		healing_answer(h, &r.words, one);
	healed_done(&r);
	return rc;
}

int healing_write_patch(struct healing *h, struct err *e)
{
	if (!h->patch)
		return 0;
	JSON_AUTO *j = publish_patch_document(h->patch, repository_head(h->repository), repository_slug(h->repository));
	BUF_AUTO text = buf_new(BUF_LARGE);
	h->patch = NULL;
	json_print(&text, j);
	buf_add_char(&text, '\n');
	return file_write_atomic(args_text(h->session->args, "patch", NULL), buf_view(&text), 0666, e);
}

void healing_end(struct healing *h)
{
	cJSON_Delete(h->patch);
	heal_end(h->run);
	repository_free(h->repository);
	free(h->only_text);
	buf_done(&h->out);
}
