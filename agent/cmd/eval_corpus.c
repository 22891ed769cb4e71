#include "cmd/eval.h"

#include "base/file.h"
#include "base/redact.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define LABELS_MAX ((size_t)64 << 20)

static void count(struct eval_rate *r, bool good)
{
	r->all++;
	r->good += good;
}

static bool in_list(const cJSON *list, const char *text)
{
	const cJSON *one;
	cJSON_ArrayForEach (one, list)
		if (cJSON_IsString(one) && !strcmp(one->valuestring, text))
			return true;
	return false;
}

static bool right_line(const cJSON *label, uint32_t first, uint32_t last)
{
	int64_t line = json_int(label, "error_line", 0);
	if (line >= first && line <= last)
		return true;
	const cJSON *one;
	cJSON_ArrayForEach (one, json_get(label, "alt_lines"))
		if (one->valuedouble >= first && one->valuedouble <= last)
			return true;
	return false;
}

static int open_stored(struct log **ret, const char *folder, const char *sub, const char *id, struct err *e)
{
	BUF_AUTO path = buf_new(BUF_LINE);
	buf_addf(&path, "%s/%s/%s.log", folder, sub, id);
	if (!file_exists(buf_text(&path)))
		buf_add_text(&path, ".gz");
	return log_open(ret, buf_text(&path), e);
}

static int diagnose_stored(
	struct diagnosis *ret, struct analyser *x, const char *folder, const char *sub, const char *id, struct err *e)
{
	struct log *log = NULL;
	struct diagnose_options o = {0};
	int rc = open_stored(&log, folder, sub, id, e);
	if (rc == 0)
		rc = diagnose(ret, log, id, x->matcher, &o, e);
	log_close(log);
	return rc;
}

static void miss(struct buf *misses, const char *id, const struct finding *f, const cJSON *label)
{
	if (!misses)
		return;
	BUF_AUTO safe = buf_new(BUF_LINE);
	redact_for_terminal(&safe, view_of(f ? f->title : "no answer"));
	buf_addf(misses, "%s: line %u wanted %lld, category %s wanted %s, rule %s: %s\n", id, f ? f->line : 0,
		(long long)json_int(label, "error_line", 0), f ? category_name(f->category) : "-",
		json_text(label, "category"), f ? f->rule_id : "-", buf_text(&safe));
}

static void judge(
	struct eval_figures *figures, const struct diagnosis *d, const cJSON *label, const char *id, struct buf *misses)
{
	const struct finding *f = diagnosis_primary(d);
	const char *category = f ? category_name(f->category) : "";
	const char *wanted = json_text(label, "category"), *step = json_text(label, "failing_step");
	bool category_ok =
		f && ((wanted && !strcmp(category, wanted)) || in_list(json_get(label, "alt_categories"), category));
	bool line = f && right_line(label, f->line, f->line);
	bool holds = f && right_line(label, f->excerpt.first, f->excerpt.last);
	count(&figures->category, category_ok);
	count(&figures->line, line);
	count(&figures->excerpt, holds);
	count(&figures->short_hit, holds && f->excerpt.count <= EXCERPT_LINES_MAX);
	if (step)
		count(&figures->step, d->failed_step.name && strstr(d->failed_step.name, step));
	const cJSON *transient = json_get(label, "transient_evident");
	if (cJSON_IsTrue(transient))
		count(&figures->transient, f && f->transient);
	else if (cJSON_IsFalse(transient))
		figures->transient_false += f && f->transient;
	figures->no_answer += !f;
	if (!line || !category_ok)
		miss(misses, id, f, label);
}

/* Calls `each` for every JSON object of a JSON Lines file. */
static int each_label(const char *folder, const char *name,
	int (*each)(void *context, const cJSON *label, struct err *e), void *context, struct err *e)
{
	char *path = file_join(folder, name);
	BUF_AUTO text = {0};
	int rc = file_read(path, LABELS_MAX, &text, e);
	free(path);
	struct view rest = buf_view(&text), line;
	while (rc == 0 && view_next(&rest, '\n', &line)) {
		if (!view_trim(line).n)
			continue;
		JSON_AUTO *label = json_parse(line, LABELS_MAX, e);
		rc = label ? each(context, label, e) : err_wrap(e, "%s", name);
	}
	return rc;
}

struct corpus {
	struct eval_figures *figures;
	struct analyser *x;
	const char *folder;
	struct buf *misses;
};

static int on_failing(void *context, const cJSON *label, struct err *e)
{
	struct corpus *c = context;
	const char *id = json_text(label, "id");
	struct diagnosis d = {0};
	if (!id)
		return err_set(e, ERR_INPUT, "labels.jsonl: an entry without id");
	c->figures->logs++;
	if (diagnose_stored(&d, c->x, c->folder, "logs", id, e) < 0) {
		c->figures->unreadable++;
		return 0;
	}
	judge(c->figures, &d, label, id, c->misses);
	diagnosis_done(&d);
	return 0;
}

static int on_passing(void *context, const cJSON *label, struct err *e)
{
	struct corpus *c = context;
	const char *id = json_text(label, "id");
	struct diagnosis d = {0};
	if (!id || diagnose_stored(&d, c->x, c->folder, "passing", id, e) < 0) {
		c->figures->unreadable++;
		return 0;
	}
	count(&c->figures->quiet, !d.finding_count);
	if (d.finding_count && c->misses)
		buf_addf(c->misses, "%s: passed, but rule %s fired on line %u\n", id, d.findings[0].rule_id,
			d.findings[0].line);
	diagnosis_done(&d);
	return 0;
}

int eval_corpus(struct eval_figures *f, struct analyser *x, const char *folder, struct buf *misses, struct err *e)
{
	struct corpus c = {.figures = f, .x = x, .folder = folder, .misses = misses};
	if (each_label(folder, "labels.jsonl", on_failing, &c, e) < 0)
		return -1;
	char *passing = file_join(folder, "passing.jsonl");
	bool has_passing = file_exists(passing);
	free(passing);
	return has_passing ? each_label(folder, "passing.jsonl", on_passing, &c, e) : 0;
}

/* Does the excerpt hold the case's evidence? */
static bool shows(const struct finding *f, const char *evidence)
{
	for (size_t i = 0; f && evidence && i < f->excerpt.count; i++)
		if (strstr(f->excerpt.lines[i].text, evidence))
			return true;
	return false;
}

static int eval_case(struct eval_figures *f, struct analyser *x, const char *folder, const char *id, struct buf *misses,
	struct err *e)
{
	BUF_AUTO path = buf_new(BUF_LINE), text = {0};
	buf_addf(&path, "%s/%s/case.json", folder, id);
	if (file_read(buf_text(&path), BUF_PAGE, &text, e) < 0)
		return e->code == ERR_NOT_FOUND ? 0 : -1;
	JSON_AUTO *label = json_parse(buf_view(&text), BUF_PAGE, e);
	struct log *log = NULL;
	struct diagnosis d = {0};
	struct diagnose_options o = {0};
	buf_clear(&path);
	buf_addf(&path, "%s/%s/log.txt", folder, id);
	f->logs++;
	int rc = label ? log_open(&log, buf_text(&path), e) : -1;
	if (rc == 0)
		rc = diagnose(&d, log, id, x->matcher, &o, e);
	log_close(log);
	if (rc < 0) {
		f->unreadable++;
		return 0;
	}
	const struct finding *one = diagnosis_primary(&d);
	const char *wanted = json_text(label, "category");
	bool category = one && wanted && !strcmp(category_name(one->category), wanted),
	     evidence = shows(one, json_text(label, "evidence"));
	count(&f->category, category);
	count(&f->evidence, evidence);
	f->no_answer += !one;
	if (!category || !evidence)
		miss(misses, id, one, label);
	diagnosis_done(&d);
	return 0;
}

int eval_cases(struct eval_figures *f, struct analyser *x, const char *folder, struct buf *misses, struct err *e)
{
	struct dirent **names;
	int n = scandir(folder, &names, NULL, alphasort), rc = 0;
	if (n < 0)
		return err_errno(e, "cannot read %s", folder);
	for (int i = 0; i < n; i++) {
		if (rc == 0 && names[i]->d_name[0] != '.')
			rc = eval_case(f, x, folder, names[i]->d_name, misses, e);
		free(names[i]);
	}
	free(names);
	return rc;
}
