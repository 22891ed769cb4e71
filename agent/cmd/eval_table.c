/* All rows together: one list of figures, so that text, Markdown and JSON cannot part. */
#include "cmd/eval.h"

#include "base/mem.h"
#include "learn/report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum answer { NOT_LABELLED = -1, WRONG, RIGHT };

static struct eval_figure *add(struct eval_table *t, const char *name, const char *label, enum figure_kind kind)
{
	struct eval_figure *f = &t->figures[t->figure_count];
	if (t->figure_count + 1 < EVAL_FIGURES_MAX)
		t->figure_count++;
	*f = (struct eval_figure){.name = name, .label = label, .kind = kind};
	return f;
}

static void add_rate(struct eval_table *t, const char *name, const char *label, size_t good, size_t all)
{
	if (!all)
		return;
	struct eval_figure *f = add(t, name, label, FIGURE_RATE);
	f->good = good;
	f->all = all;
	f->value = (double)good / (double)all;
	wilson_interval(good, all, &f->interval.low, &f->interval.high);
}

static void count(struct eval_table *t, const struct eval *v, const char *name, const char *label,
	int (*ask)(const struct eval_row *))
{
	size_t good = 0, all = 0;
	for (size_t i = 0; i < v->row_count; i++) {
		int answer = ask(&v->rows[i]);
		all += answer != NOT_LABELLED;
		good += answer == RIGHT;
	}
	add_rate(t, name, label, good, all);
}

static int ask_category(const struct eval_row *r)
{
	return r->category_ok;
}
static int ask_category_strict(const struct eval_row *r)
{
	return r->category_strict;
}
static int ask_line_exact(const struct eval_row *r)
{
	return r->line_exact;
}
static int ask_line_strict(const struct eval_row *r)
{
	return r->line_strict;
}
static int ask_line_chunk(const struct eval_row *r)
{
	return r->line_chunk;
}
static int ask_holds(const struct eval_row *r)
{
	return r->holds;
}
static int ask_short(const struct eval_row *r)
{
	return r->short_hit;
}
static int ask_step(const struct eval_row *r)
{
	return r->step;
}
static int ask_transient(const struct eval_row *r)
{
	return r->want_transient == 1 ? r->transient : NOT_LABELLED;
}
static int ask_lasting(const struct eval_row *r)
{
	return r->want_transient == 0 ? !r->transient : NOT_LABELLED;
}
static int ask_evidence(const struct eval_row *r)
{
	return r->evidence;
}
static int ask_decision(const struct eval_row *r)
{
	return r->decision;
}
static int ask_answered(const struct eval_row *r)
{
	return r->answered;
}

static int verdict(const struct eval_row *r, const char *expect, const char *good)
{
	return r->verdict && !strcmp(r->expect, expect) ? !strcmp(r->verdict, good) : NOT_LABELLED;
}
static int ask_healed(const struct eval_row *r)
{
	return verdict(r, "heal", "healed");
}
static int ask_proposed(const struct eval_row *r)
{
	return verdict(r, "review", "proposed");
}
static int ask_calm(const struct eval_row *r)
{
	int rerun = verdict(r, "rerun", "calm");
	return rerun == NOT_LABELLED ? verdict(r, "none", "calm") : rerun;
}

static const struct {
	const char *name, *label;
	int (*ask)(const struct eval_row *);
	bool cases, corpus; /* asked of heal cases, of a corpus */
} questions[] = {
	{"healed", "healed, of what can be", ask_healed, true, false},
	{"proposed", "proposed, of what a person must judge", ask_proposed, true, false},
	{"calm", "nothing changed, of what must not be", ask_calm, true, false},
	{"decision", "decision", ask_decision, true, false},
	{"line_exact", "line exact", ask_line_exact, true, true},
	{"line_strict", "... the very line of the label", ask_line_strict, false, true},
	{"line_chunk", "... within the lines to see", ask_line_chunk, false, true},
	{"excerpt_holds", "excerpt holds it", ask_holds, true, true},
	{"short_hit", "... in at most 15 lines", ask_short, true, true},
	{"evidence", "evidence in the excerpt", ask_evidence, true, false},
	{"category", "category right", ask_category, true, true},
	{"category_strict", "... the first choice", ask_category_strict, false, true},
	{"step", "failing step", ask_step, false, true},
	{"transient", "passing faults called transient", ask_transient, false, true},
	{"lasting", "lasting faults not called transient", ask_lasting, false, true},
	{"answered", "answered", ask_answered, true, true},
};

/* ---- figures that are no shares --------------------------------------------------------------- */

static void add_mean(struct eval_table *t, const struct eval *v, const char *name, const char *label,
	double (*value)(const struct eval_row *))
{
	double *list = mem_array(v->row_count + 1, sizeof *list);
	size_t n = 0;
	for (size_t i = 0; i < v->row_count; i++)
		if (value(&v->rows[i]) >= 0)
			list[n++] = value(&v->rows[i]);
	if (n) {
		struct eval_figure *f = add(t, name, label, FIGURE_MEAN);
		f->all = n;
		f->value = measure_mean(list, n);
		f->interval = measure_mean_interval(list, n);
	}
	free(list);
}

static double recall(const struct eval_row *r)
{
	return r->recall;
}
static double precision(const struct eval_row *r)
{
	return r->precision;
}

static void add_score(
	struct eval_table *t, const char *name, const char *label, size_t n, double value, struct interval in)
{
	if (isnan(value))
		return;
	struct eval_figure *f = add(t, name, label, FIGURE_SCORE);
	f->all = n;
	f->value = value;
	f->interval = in;
}

static void measure_confidence(struct eval_table *t, const struct eval *v)
{
	struct forecast *list = mem_array(v->row_count + 1, sizeof *list);
	struct interval in;
	for (size_t i = 0; i < v->row_count; i++)
		list[i] = (struct forecast){v->rows[i].confidence, eval_row_right(&v->rows[i])};
	t->brier = measure_brier(list, v->row_count);
	t->calibration_error = measure_reliability(t->bins, list, v->row_count);
	double skill = measure_brier_skill(list, v->row_count);
	if (!isnan(skill))
		add_score(t, "brier_skill", "confidence: Brier skill", v->row_count, skill,
			measure_skill_interval(list, v->row_count));
	double area = measure_auroc(list, v->row_count, &in);
	add_score(t, "auroc", "confidence: AUROC", v->row_count, area, in);
	free(list);
}

static void measure_excerpts(struct eval_table *t, const struct eval *v)
{
	double *list = mem_array(v->row_count + 1, sizeof *list);
	size_t n = 0;
	for (size_t i = 0; i < v->row_count; i++)
		if (v->rows[i].answered)
			list[n++] = v->rows[i].excerpt_lines;
	measure_sort(list, n);
	t->excerpt_median = measure_median(list, n);
	t->excerpt_p90 = measure_p90(list, n);
	free(list);
}

static void measure_speed(struct eval_table *t, const struct eval *v)
{
	double *list = mem_array(v->row_count + 1, sizeof *list), bytes = 0, us = 0;
	for (size_t i = 0; i < v->row_count; i++) {
		list[i] = (double)v->rows[i].us / 1000;
		bytes += (double)v->rows[i].bytes;
		us += (double)v->rows[i].us;
	}
	measure_sort(list, v->row_count);
	t->ms_median = measure_median(list, v->row_count);
	t->ms_p90 = measure_p90(list, v->row_count);
	t->ms_max = v->row_count ? list[v->row_count - 1] : 0;
	t->mb_per_s = us > 0 ? bytes / us : 0;
	free(list);
}

/* ---- rows ------------------------------------------------------------------------------------- */

static int by_text(const void *pa, const void *pb)
{
	return strcmp(*(const char *const *)pa, *(const char *const *)pb);
}

static size_t count_projects(const struct eval *v)
{
	const char **names = mem_array(v->row_count + 1, sizeof *names);
	size_t n = 0;
	for (size_t i = 0; i < v->row_count; i++)
		names[i] = v->rows[i].project;
	qsort(names, v->row_count, sizeof *names, by_text);
	for (size_t i = 0; i < v->row_count; i++)
		n += *names[i] && (!i || strcmp(names[i], names[i - 1]));
	free(names);
	return n;
}

static void count_rows(struct eval_table *t, const struct eval *v)
{
	t->logs = v->row_count;
	t->projects = count_projects(v);
	for (size_t i = 0; i < v->row_count; i++) {
		const struct eval_row *r = &v->rows[i];
		t->broken += r->broken;
		t->no_answer += !r->answered;
		t->transient_false += r->want_transient == 0 && r->transient;
		t->wrong += r->verdict && !strcmp(r->verdict, "WRONG");
		t->categories[r->want].logs++;
		t->categories[r->want].strict += r->category_strict;
		t->categories[r->want].ok += r->category_ok;
		t->confusion[r->want][r->answered ? (int)r->got : CATEGORY_COUNT]++;
	}
}

static bool missed(const struct eval *v, const struct eval_row *r)
{
	return !eval_row_right(r) ||
	       (v->cases && (r->evidence == 0 || r->decision == 0 ||
				    (r->verdict && (!strcmp(r->verdict, "missed") || !strcmp(r->verdict, "WRONG")))));
}

static int worst_first(const void *pa, const void *pb)
{
	const struct eval_row *a = *(const struct eval_row *const *)pa, *b = *(const struct eval_row *const *)pb;
	if (a->confidence != b->confidence)
		return a->confidence > b->confidence ? -1 : 1;
	return strcmp(a->id, b->id);
}

static void list_misses(struct eval_table *t, struct eval *v)
{
	t->misses = arena_array(&v->arena, v->row_count + 1, sizeof *t->misses);
	for (size_t i = 0; i < v->row_count; i++)
		if (missed(v, &v->rows[i]))
			t->misses[t->miss_count++] = &v->rows[i];
	qsort(t->misses, t->miss_count, sizeof *t->misses, worst_first);
}

void eval_table_make(struct eval_table *ret, struct eval *v)
{
	*ret = (struct eval_table){0};
	count_rows(ret, v);
	for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
		if (v->cases ? questions[i].cases : questions[i].corpus)
			count(ret, v, questions[i].name, questions[i].label, questions[i].ask);
	add_mean(ret, v, "tests_recall", "failed tests found (mean)", recall);
	add_mean(ret, v, "tests_precision", "... and none besides (mean)", precision);
	size_t judged = v->passing - v->passing_broken;
	add_rate(ret, "quiet", "passing logs left alone", judged - v->alarm_count, judged);
	measure_confidence(ret, v);
	measure_excerpts(ret, v);
	measure_speed(ret, v);
	list_misses(ret, v);
}
