/* Heal cases: the diagnosis is judged as in a corpus; then the case's tree is healed in a scratch repository, and what
 * changed there is held against what should change. The case's own shell check is left to tests/cases/run.py. */
#include "cmd/eval.h"

#include "base/file.h"
#include "heal/process.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define STEP_SECONDS 60

/* ---- a scratch repository --------------------------------------------------------------------- */

static int step(const char *directory, const char *const *argv, struct err *e)
{
	struct process_result r;
	struct process_options o = {
		.directory = directory, .writable = directory, .home = directory, .timeout_s = STEP_SECONDS};
	if (process_run(&r, argv, &o, e) < 0)
		return -1;
	int rc = r.exit_code ? err_set(e, ERR_INPUT, "`%s %s` ended with %d", argv[0], argv[1], r.exit_code) : 0;
	process_result_done(&r);
	return rc;
}

/* top/repo: the case's tree, committed. */
static int make_repository(const char *top, const char *tree, struct err *e)
{
	const char *const copy[] = {"cp", "-a", tree, "repo", NULL};
	const char *const open[] = {"chmod", "-R", "u+w", "repo", NULL}; /* cases may lie where nobody may write */
	const char *const begin[] = {"git", "-C", "repo", "init", "-q", "-b", "main", NULL};
	const char *const add[] = {"git", "-C", "repo", "-c", "core.autocrlf=false", "add", "-A", "-f", NULL};
	const char *const commit[] = {"git", "-C", "repo", "-c", "user.name=eval", "-c", "user.email=eval@localhost",
		"-c", "commit.gpgsign=false", "commit", "-q", "--no-verify", "--allow-empty", "-m", "start", NULL};
	if (step(top, copy, e) < 0 || step(top, open, e) < 0 || step(top, begin, e) < 0 || step(top, add, e) < 0)
		return -1;
	return step(top, commit, e);
}

/* ---- what healing changed --------------------------------------------------------------------- */

struct outcome_of_case {
	enum decision decision;
	cJSON *files; /* each once */
};

static bool listed(const cJSON *list, const char *text)
{
	const cJSON *one;
	cJSON_ArrayForEach (one, list)
		if (!strcmp(one->valuestring, text))
			return true;
	return false;
}

static bool same_files(const cJSON *a, const cJSON *b)
{
	const cJSON *one;
	cJSON_ArrayForEach (one, a)
		if (!listed(b, one->valuestring))
			return false;
	return cJSON_GetArraySize(a) == cJSON_GetArraySize(b);
}

/* What `heal --apply` did, in its own words: the contract that others rely on, too. */
static int read_answer(struct outcome_of_case *ret, struct view text, struct err *e)
{
	JSON_AUTO *j = json_parse(text, BUF_LARGE, e);
	const char *decision = json_text(j, "decision");
	const cJSON *fix, *file;
	if (!j || !decision || !decision_parse(view_of(decision), &ret->decision))
		return err_set(e, ERR_INPUT, "heal gave no answer");
	cJSON_ArrayForEach (fix, json_get(j, "fixes")) {
		const char *status = json_text(fix, "status");
		if (!status || strcmp(status, fix_status_name(FIX_APPLIED)) != 0)
			continue;
		cJSON_ArrayForEach (file, json_get(fix, "files"))
			if (cJSON_IsString(file) && !listed(ret->files, file->valuestring))
				json_append_text(ret->files, file->valuestring);
	}
	return 0;
}

/* As a program of its own: a case is somebody's tree, and whatever it does must not reach the other cases. */
static int heal_there(struct outcome_of_case *ret, const char *top, const char *log, enum tier tier, struct err *e)
{
	const char *const argv[] = {"/proc/self/exe", "heal", log, "--repo", "repo", "--apply", "--tier",
		tier_name(tier), "--format", "json", NULL};
	struct process_options o = {
		.directory = top, .writable = top, .home = top, .timeout_s = STEP_SECONDS, .output_max = BUF_FILE};
	struct process_result r;
	if (process_run(&r, argv, &o, e) < 0)
		return -1;
	int rc = r.exit_code ? err_set(e, ERR_INPUT, "heal ended with %d", r.exit_code)
			     : read_answer(ret, buf_view(&r.output), e);
	process_result_done(&r);
	return rc;
}

static int heal_case(struct outcome_of_case *ret, const struct eval *v, const char *id, enum tier tier, struct err *e)
{
	char *top = file_temp_directory("runmedic-eval-", e);
	if (!top)
		return -1;
	BUF_AUTO tree = buf_new(BUF_LINE), log = buf_new(BUF_LINE);
	char *folder = realpath(v->folder, NULL);
	buf_addf(&tree, "%s/%s/repo", folder ? folder : v->folder, id);
	buf_addf(&log, "%s/%s/log.txt", folder ? folder : v->folder, id);
	*ret = (struct outcome_of_case){.files = json_array()};
	int rc = make_repository(top, buf_text(&tree), e);
	if (rc == 0)
		rc = heal_there(ret, top, buf_text(&log), tier, e);
	struct err ignored;
	file_remove_tree(top, &ignored);
	free(folder);
	free(top);
	return rc;
}

/* What a careful person would say about the change. */
static const char *judge_change(const struct label *l, const cJSON *now, const cJSON *with_review)
{
	bool quiet = !cJSON_GetArraySize(now);
	if (!strcmp(l->expect, "heal"))
		return quiet ? "missed" : same_files(now, l->changed) ? "healed" : "WRONG";
	if (!quiet)
		return "WRONG";
	if (strcmp(l->expect, "review") != 0)
		return "calm";
	return !cJSON_GetArraySize(with_review) ? "missed" : same_files(with_review, l->changed) ? "proposed" : "WRONG";
}

static int heal_row(struct eval *v, struct eval_row *r, const struct label *l, struct err *e)
{
	struct outcome_of_case now = {0}, review = {0};
	int rc = heal_case(&now, v, l->id, TIER_HEAL, e);
	if (rc == 0 && !strcmp(l->expect, "review") && !cJSON_GetArraySize(now.files))
		rc = heal_case(&review, v, l->id, TIER_REVIEW, e);
	if (rc == 0) {
		r->expect = arena_text(&v->arena, l->expect);
		r->verdict = judge_change(l, now.files, review.files);
		r->decision = !strcmp(decision_name(now.decision), l->expect);
	}
	cJSON_Delete(now.files);
	cJSON_Delete(review.files);
	return rc;
}

/* ---- the cases -------------------------------------------------------------------------------- */

static bool shows(const struct finding *f, const char *evidence)
{
	for (size_t i = 0; f && i < f->excerpt.count; i++)
		if (strstr(f->excerpt.lines[i].text, evidence))
			return true;
	return false;
}

static int judge_case(struct eval *v, struct eval_row *r, struct log *log, const struct label *l, struct err *e)
{
	struct diagnosis d = {0};
	struct diagnose_options o = {0};
	int64_t start = clock_monotonic();
	if (diagnose(&d, log, l->id, v->analyser->matcher, &o, e) < 0)
		return -1;
	r->us = clock_monotonic() - start;
	eval_judge(v, r, &d, log, l);
	if (l->evidence)
		r->evidence = shows(diagnosis_primary(&d), l->evidence);
	int rc = v->healing && l->expect ? heal_row(v, r, l, e) : 0;
	diagnosis_done(&d);
	return rc;
}

static int on_case(struct eval *v, const char *id, struct err *e)
{
	struct label l;
	struct log *log = NULL;
	BUF_AUTO path = buf_new(BUF_LINE);
	if (label_read_case(&l, v->folder, id, e) < 0)
		return e->code == ERR_NOT_FOUND ? 0 : -1;
	struct eval_row *r = eval_new_row(v, &l);
	buf_addf(&path, "%s/%s/log.txt", v->folder, id);
	int rc = log_open(&log, buf_text(&path), e);
	if (rc == 0)
		rc = judge_case(v, r, log, &l, e);
	if (rc < 0) {
		err_wrap(e, "%s", id);
		session_trouble(v->analyser->session, e);
		r->broken = true;
	}
	log_close(log);
	cJSON_Delete(l.object);
	return 0;
}

int eval_cases(struct eval *v, struct err *e)
{
	struct dirent **names;
	int n = scandir(v->folder, &names, NULL, alphasort), rc = 0;
	if (n < 0)
		return err_errno(e, "cannot read %s", v->folder);
	for (int i = 0; i < n; i++) {
		if (rc == 0 && names[i]->d_name[0] != '.' && v->row_count < EVAL_LOGS_MAX)
			rc = on_case(v, names[i]->d_name, e);
		free(names[i]);
	}
	free(names);
	return rc;
}
