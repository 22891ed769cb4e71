/* Each labelled log is diagnosed as `analyze` would, and the answer is held against the label. */
#include "cmd/eval.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/redact.h"

#include <stdlib.h>
#include <string.h>

void eval_done(struct eval *v)
{
	free(v->rows);
	free(v->unknown);
	free(v->alarms);
	arena_done(&v->arena);
}

static struct eval_row blank_row(struct eval *v, const struct label *l)
{
	return (struct eval_row){.id = arena_text(&v->arena, l->id),
		.project = arena_text(&v->arena, l->project),
		.want = l->category,
		.got = CATEGORY_UNKNOWN,
		.rule = "",
		.want_line = l->line,
		.want_text = "",
		.got_text = "",
		.step = l->failing_step ? 0 : -1,
		.want_transient = l->transient,
		.line_chunk = l->chunk_first ? 0 : -1,
		.recall = cJSON_GetArraySize(l->tests_failed) ? 0 : -1,
		.precision = cJSON_GetArraySize(l->tests_failed) && l->tests_complete ? 0 : -1,
		.evidence = l->evidence ? 0 : -1,
		.decision = -1};
}

struct eval_row *eval_new_row(struct eval *v, const struct label *l)
{
	MEM_PUSH(v->rows, v->row_count, v->row_cap);
	v->rows[v->row_count] = blank_row(v, l);
	return &v->rows[v->row_count++];
}

/* ---- tests ----------------------------------------------------------------------------------- */

#define PART_END '\x1f'

static size_t separator(struct view rest)
{
	bool blank = rest.n && (rest.p[0] == ' ' || rest.p[0] == '\t');
	if (view_starts(rest, "::"))
		return 2;
	if (rest.n && strchr(".#/\\", rest.p[0]))
		return 1;
	for (int i = 0; blank && i < 2; i++) {
		static const char *const arrows[] = {">", "›"};
		struct view behind = view_from(rest, 1);
		size_t n = strlen(arrows[i]);
		if (view_starts(behind, arrows[i]) && behind.n > n && (behind.p[n] == ' ' || behind.p[n] == '\t'))
			return n + 2;
	}
	return 0;
}

/* Each part with PART_END in front of it: what ends alike ends at a part. */
static void add_parts(struct buf *out, struct view id)
{
	bool fresh = true;
	id = view_trim(id);
	for (size_t i = 0; i < id.n;) {
		size_t n = separator(view_from(id, i));
		if (n) {
			fresh = true;
			i += n;
			continue;
		}
		if (fresh)
			buf_add_char(out, PART_END);
		fresh = false;
		buf_add_char(out, id.p[i++]);
	}
}

bool eval_same_test(const char *a, const char *b)
{
	BUF_AUTO pa = buf_new(BUF_LINE), pb = buf_new(BUF_LINE);
	add_parts(&pa, view_of(a));
	add_parts(&pb, view_of(b));
	const struct buf *shorter = pa.n < pb.n ? &pa : &pb, *longer = pa.n < pb.n ? &pb : &pa;
	return shorter->n && view_ends(buf_view(longer), buf_text(shorter));
}

static bool named(const char *want, const struct diagnosis *d)
{
	for (size_t i = 0; i < d->failed_test_count; i++)
		if (eval_same_test(want, d->failed_tests[i].id))
			return true;
	return false;
}

static void judge_tests(struct eval_row *r, const struct diagnosis *d, const struct label *l)
{
	size_t found = 0, right = 0;
	const cJSON *want;
	if (r->recall < 0)
		return;
	cJSON_ArrayForEach (want, l->tests_failed)
		found += named(want->valuestring, d);
	r->recall = (double)found / (double)cJSON_GetArraySize(l->tests_failed);
	if (r->precision < 0)
		return;
	for (size_t i = 0; i < d->failed_test_count; i++)
		cJSON_ArrayForEach (want, l->tests_failed)
			if (eval_same_test(want->valuestring, d->failed_tests[i].id)) {
				right++;
				break;
			}
	r->precision = d->failed_test_count ? (double)right / (double)d->failed_test_count : 0;
}

/* ---- the answer ------------------------------------------------------------------------------ */

static const char *line_text(struct eval *v, struct log *log, uint32_t line)
{
	LOG_TEXT_AUTO t = {0};
	struct err e;
	if (log_read(log, line, line, &t, &e) < 0 || !t.count)
		return "";
	BUF_AUTO safe = buf_new(BUF_LINE);
	redact_for_terminal(&safe, view_cut_utf8(view_trim(log_text_line(&t, 0)), EVAL_TEXT_MAX));
	return arena_text(&v->arena, buf_text(&safe));
}

static bool in_list(const cJSON *list, const char *text)
{
	const cJSON *one;
	cJSON_ArrayForEach (one, list)
		if (!strcmp(one->valuestring, text))
			return true;
	return false;
}

static void judge_finding(
	struct eval *v, struct eval_row *r, const struct finding *f, struct log *log, const struct label *l)
{
	r->answered = true;
	r->got = f->category;
	r->rule = arena_text(&v->arena, f->rule_id);
	r->confidence = f->confidence;
	r->score = f->score;
	r->features = f->features;
	r->got_line = f->line;
	r->got_text = line_text(v, log, f->line);
	r->category_strict = f->category == l->category;
	r->category_ok = r->category_strict || in_list(l->alt_categories, category_name(f->category));
	r->line_strict = f->line == l->line;
	r->line_exact = label_holds(l, f->line, f->line);
	if (l->chunk_first)
		r->line_chunk = f->line >= l->chunk_first && f->line <= l->chunk_last;
	r->excerpt_lines = f->excerpt.last - f->excerpt.first + 1;
	r->holds = label_holds(l, f->excerpt.first, f->excerpt.last);
	r->short_hit = r->holds && r->excerpt_lines <= EXCERPT_LINES_MAX;
	r->transient = f->transient;
}

void eval_judge(struct eval *v, struct eval_row *r, const struct diagnosis *d, struct log *log, const struct label *l)
{
	const struct finding *f = diagnosis_primary(d);
	r->bytes = d->source.bytes;
	r->want_text = line_text(v, log, l->line);
	if (f)
		judge_finding(v, r, f, log, l);
	if (l->failing_step)
		r->step = d->failed_step.name && strstr(d->failed_step.name, l->failing_step);
	judge_tests(r, d, l);
}

/* ---- the logs -------------------------------------------------------------------------------- */

static int open_stored(struct log **ret, const char *folder, const char *sub, const char *id, struct err *e)
{
	BUF_AUTO path = buf_new(BUF_LINE);
	buf_addf(&path, "%s/%s/%s.log", folder, sub, id);
	if (!file_exists(buf_text(&path)))
		buf_add_text(&path, ".gz");
	return log_open(ret, buf_text(&path), e);
}

struct stored {
	struct log *log;
	struct diagnosis diagnosis;
	int64_t us;
};

static int diagnose_stored(struct stored *ret, const struct eval *v, const char *sub, const char *id,
	const char *baseline, const char *without_rule, struct err *e)
{
	struct log *green = NULL;
	struct diagnose_options o = {.baselines = &green, .without_rule = without_rule};
	int64_t start = clock_monotonic();
	*ret = (struct stored){0};
	int rc = open_stored(&ret->log, v->folder, sub, id, e);
	if (rc == 0 && baseline && v->baseline) {
		rc = open_stored(&green, v->folder, "passing", baseline, e);
		o.baseline_count = rc == 0;
	}
	if (rc == 0)
		rc = diagnose(&ret->diagnosis, ret->log, id, v->analyser->matcher, &o, e);
	log_close(green);
	ret->us = clock_monotonic() - start;
	return rc;
}

static void stored_done(struct stored *s)
{
	diagnosis_done(&s->diagnosis);
	log_close(s->log);
}

static void answer_without(struct eval *v, const struct label *l, const char *rule)
{
	struct stored s;
	struct err e;
	MEM_PUSH(v->unknown, v->unknown_count, v->unknown_cap);
	struct eval_row *r = &v->unknown[v->unknown_count];
	*r = blank_row(v, l);
	if (diagnose_stored(&s, v, "logs", l->id, l->baseline, rule, &e) == 0) {
		eval_judge(v, r, &s.diagnosis, s.log, l);
		v->unknown_count++;
	}
	stored_done(&s);
}

static int on_failing(struct eval *v, const struct label *l, struct err *e)
{
	struct stored s;
	struct eval_row *r = eval_new_row(v, l);
	if (diagnose_stored(&s, v, "logs", l->id, l->baseline, NULL, e) < 0) {
		err_wrap(e, "%s", l->id);
		session_trouble(v->analyser->session, e);
		r->broken = true;
		stored_done(&s);
		return 0;
	}
	int rc = 0;
	r->us = s.us;
	if (l->line > s.diagnosis.source.lines)
		rc = err_set(e, ERR_INPUT, "labels.jsonl: error_line of %s is %u, but the log has %u lines", l->id,
			l->line, s.diagnosis.source.lines);
	else
		eval_judge(v, r, &s.diagnosis, s.log, l);
	stored_done(&s);
	if (rc == 0 && v->fitting && r->answered)
		answer_without(v, l, r->rule);
	return rc;
}

static void on_passing(struct eval *v, const struct label *l)
{
	struct stored s;
	struct err e;
	v->passing++;
	if (diagnose_stored(&s, v, "passing", l->id, NULL, NULL, &e) < 0) {
		err_wrap(&e, "%s", l->id);
		session_trouble(v->analyser->session, &e);
		v->passing_broken++;
	}
	const struct finding *f = diagnosis_primary(&s.diagnosis);
	if (f) {
		MEM_PUSH(v->alarms, v->alarm_count, v->alarm_cap);
		v->alarms[v->alarm_count++] = (struct eval_alarm){.id = arena_text(&v->arena, l->id),
			.rule = arena_text(&v->arena, f->rule_id),
			.text = line_text(v, s.log, f->line),
			.line = f->line,
			.confidence = f->confidence};
	}
	stored_done(&s);
}

static void find_baselines(struct labels *failing, const struct labels *passing)
{
	const cJSON *id;
	for (size_t p = passing->n; p-- > 0;)
		cJSON_ArrayForEach (id, passing->items[p].for_ids)
			for (size_t i = 0; i < failing->n; i++)
				if (!strcmp(failing->items[i].id, id->valuestring))
					failing->items[i].baseline = passing->items[p].id;
}

int eval_corpus(struct eval *v, struct err *e)
{
	struct labels failing = {0}, passing = {0};
	char *path = file_join(v->folder, "passing.jsonl");
	int rc = labels_read(&failing, v->folder, "labels.jsonl", LABEL_FAILING, e);
	if (rc == 0 && file_exists(path))
		rc = labels_read(&passing, v->folder, "passing.jsonl", LABEL_PASSING, e);
	free(path);
	find_baselines(&failing, &passing);
	for (size_t i = 0; rc == 0 && i < failing.n; i++)
		rc = on_failing(v, &failing.items[i], e);
	for (size_t i = 0; rc == 0 && i < passing.n; i++)
		on_passing(v, &passing.items[i]);
	labels_done(&failing);
	labels_done(&passing);
	return rc;
}
