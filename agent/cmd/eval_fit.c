/* eval --fit: the confidence of findings, fitted to labelled logs. What is written is the model that was best on
 * projects it had not seen; what is printed lets over-fitting be seen. */
#include "cmd/eval.h"

#include "base/file.h"
#include "base/mem.h"
#include "learn/calibration.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIT_LOGS_MIN 30u
#define FIT_KNOWN 5u  /* failures that the catalogue knows, for one that is new to it */
#define FIT_DOUBT 0.1 /* imagined cases per case, half of them right */
#define CONFIDENCE_LOW 0.05
#define CONFIDENCE_HIGH 0.98

_Static_assert((int)FEATURE_COUNT <= (int)CALIBRATION_FEATURES_MAX, "all features fit");

/* What can be said of the features without any data: it keeps few labels from teaching nonsense. */
static const signed char signs[FEATURE_COUNT] = {
	[FEATURE_SCORE] = 1,
	[FEATURE_WEIGHT] = 1,
	[FEATURE_MARGIN] = 1,
	[FEATURE_TESTS] = 1,
	[FEATURE_PLACE] = 1,
};

/* The rules were written with these very logs at hand, others will meet failures that no rule knows. So every log
 * counts FIT_KNOWN times as it was answered, and once as it would have been without the rule that answered it. */
struct fit {
	struct calibration_case *cases;
	struct forecast *told;
	const struct eval_row **rows;
	size_t n, cap, known, groups, right;
};

/* A log without a project stands for itself. */
static size_t find_group(struct fit *f, const struct eval_row *r)
{
	for (size_t k = 0; k < f->n; k++)
		if (!strcmp(f->rows[k]->id, r->id) || (*r->project && !strcmp(f->rows[k]->project, r->project)))
			return f->cases[k].group;
	return f->groups++;
}

/* Where nothing was answered there is no confidence either. */
static void take_row(struct fit *f, const struct eval_row *r, unsigned times)
{
	if (!r->answered)
		return;
	struct calibration_case c = {.group = find_group(f, r), .good = eval_row_right(r)};
	memcpy(c.x, r->features.value, sizeof r->features.value);
	for (unsigned k = 0; k < times; k++) {
		f->cases[f->n] = c;
		f->rows[f->n++] = r;
	}
}

static void take_rows(struct fit *f, const struct eval *v)
{
	f->cap = FIT_KNOWN * v->row_count + v->unknown_count + 1;
	f->cases = mem_array(f->cap, sizeof *f->cases);
	f->told = mem_array(f->cap, sizeof *f->told);
	f->rows = mem_array(f->cap, sizeof *f->rows);
	for (size_t i = 0; i < v->row_count; i++)
		take_row(f, &v->rows[i], FIT_KNOWN);
	f->known = f->n;
	for (size_t i = 0; i < v->unknown_count; i++)
		take_row(f, &v->unknown[i], 1);
	for (size_t i = 0; i < f->n; i++)
		f->right += f->cases[i].good;
}

static struct calibration_options options(const struct fit *f, size_t features, double ridge)
{
	return (struct calibration_options){.features = features,
		.sign = features == FEATURE_COUNT ? signs : NULL,
		.ridge = ridge * FIT_KNOWN,
		.doubt = FIT_DOUBT * (double)f->n};
}

/* All cases; then the logs as they were answered alone. */
static void say_forecasts(struct buf *out, const struct fit *f, bool known)
{
	struct interval in;
	double area = measure_auroc(f->told, f->n, &in);
	buf_addf(out, "  %7.3f %7.3f", measure_brier_skill(f->told, f->n), area);
	if (!known)
		return;
	area = measure_auroc(f->told, f->known, &in);
	buf_addf(out, "  %7.3f %7.3f", measure_brier_skill(f->told, f->known), area);
}

static double try(struct buf *out, struct fit *f, const struct calibration_options *o, const char *name)
{
	struct calibration_model m;
	buf_addf(out, "%-24s", name);
	calibration_fit(&m, f->cases, f->n, o, CALIBRATION_FOLDS);
	for (size_t i = 0; i < f->n; i++)
		f->told[i] = (struct forecast){calibration_predict(&m, f->cases[i].x, o->features), f->cases[i].good};
	say_forecasts(out, f, false);
	calibration_cross(f->told, f->cases, f->n, o);
	say_forecasts(out, f, true);
	buf_add_char(out, '\n');
	return measure_brier_skill(f->told, f->n);
}

/* What the ranking's raw score alone would be worth. */
static void try_score(struct buf *out, struct fit *f)
{
	struct fit raw = *f;
	struct calibration_options o = options(f, 1, 1);
	raw.cases = mem_array(f->n + 1, sizeof *raw.cases);
	for (size_t i = 0; i < f->n; i++) {
		raw.cases[i] = f->cases[i];
		raw.cases[i].x[0] = f->rows[i]->score;
	}
	try(out, &raw, &o, "score alone, logistic");
	buf_addf(out, "%-24s%17s", "score alone, isotonic", "");
	calibration_cross_isotonic(raw.told, raw.cases, raw.n, &o);
	say_forecasts(out, &raw, true);
	buf_add_char(out, '\n');
	free(raw.cases);
}

static struct calibration_options try_ridges(struct buf *out, struct fit *f)
{
	static const double ridges[] = {0.3, 1, 3, 10, 30};
	struct calibration_options best = {0};
	double best_skill = -INFINITY;
	for (size_t i = 0; i < sizeof ridges / sizeof *ridges; i++) {
		struct calibration_options o = options(f, FEATURE_COUNT, ridges[i]);
		BUF_AUTO name = buf_new(BUF_LINE);
		buf_addf(&name, "%d features, ridge %g", (int)FEATURE_COUNT, ridges[i]);
		double held = try(out, f, &o, buf_text(&name));
		if (!i || held > best_skill) {
			best = o;
			best_skill = held;
		}
	}
	return best;
}

static int write_model(
	struct buf *out, struct fit *f, const struct calibration_options *o, const char *path, struct err *e)
{
	struct calibration_model m;
	BUF_AUTO text = buf_new(BUF_PAGE);
	calibration_fit(&m, f->cases, f->n, o, CALIBRATION_FOLDS);
	buf_add_text(
		&text, "/* Written by `runmedic eval --corpus DIR --fit FILE` (docs/accuracy.md); do not edit. */\n");
	buf_addf(&text, ".bias = %.4f,\n.weight =\n\t{\n", m.bias);
	for (int k = 0; k < FEATURE_COUNT; k++)
		buf_addf(&text, "\t\t%.4f, /* %s */\n", m.weight[k], feature_names[k]);
	buf_addf(&text, "\t},\n.low = %.2f,\n.high = %.2f,\n", CONFIDENCE_LOW, CONFIDENCE_HIGH);
	buf_addf(out, "\n%s: ridge %g\n%s", path, o->ridge / FIT_KNOWN, buf_text(&text));
	return file_write_atomic(path, buf_view(&text), 0666, e);
}

int eval_fit(struct buf *out, const struct eval *v, const char *path, struct err *e)
{
	struct fit f = {0};
	int rc = 0;
	take_rows(&f, v);
	if (f.known < FIT_LOGS_MIN * FIT_KNOWN || !f.right || f.right == f.n) {
		rc = err_set(e, ERR_INPUT, "--fit needs at least %u answered logs, some of them right and some wrong",
			FIT_LOGS_MIN);
	} else {
		buf_addf(out,
			"%zu answered logs, %u times each, and %zu answers without the rule that knew; %zu projects, "
			"%zu of %zu right\n%u-fold cross-validation by project\n\n",
			f.known / FIT_KNOWN, FIT_KNOWN, f.n - f.known, f.groups, f.right, f.n, CALIBRATION_FOLDS);
		buf_addf(out, "%-24s  %15s  %15s  %15s\n%-24s  %7s %7s  %7s %7s  %7s %7s\n", "", "training", "held out",
			"... known logs", "", "skill", "AUROC", "skill", "AUROC", "skill", "AUROC");
		try_score(out, &f);
		struct calibration_options best = try_ridges(out, &f);
		rc = write_model(out, &f, &best, path, e);
	}
	free(f.cases);
	free(f.told);
	free(f.rows);
	return rc;
}
