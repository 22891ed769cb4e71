#include "cmd/eval.h"

#include "publish/publish.h"

#include <string.h>

/* ---- text ------------------------------------------------------------------------------------- */

static void add_figure(struct buf *out, const struct eval_figure *f)
{
	const struct interval *in = &f->interval;
	if (f->kind == FIGURE_SCORE)
		buf_addf(out, "%-40s %12s %8.3f     %.3f to %.3f\n", f->label, "", f->value, in->low, in->high);
	else if (f->kind == FIGURE_MEAN)
		buf_addf(out, "%-40s %7zu %-4s %6.1f %%   %.1f to %.1f %%\n", f->label, f->all,
			f->all == 1 ? "log" : "logs", 100 * f->value, 100 * in->low, 100 * in->high);
	else
		buf_addf(out, "%-40s %4zu of %4zu %6.1f %%   %.1f to %.1f %%\n", f->label, f->good, f->all,
			100 * f->value, 100 * in->low, 100 * in->high);
}

static void add_bins(struct buf *out, const struct eval_table *t)
{
	buf_addf(out, "\nconfidence     logs    mean   right   (expected calibration error %.3f, Brier %.3f)\n",
		t->calibration_error, t->brier);
	for (size_t b = 0; b < MEASURE_BINS; b++) {
		const struct reliability_bin *bin = &t->bins[b];
		if (bin->n)
			buf_addf(out, "%3.0f to %3.0f %%  %5zu %5.1f %% %5.1f %%\n", 100 * bin->from, 100 * bin->to,
				bin->n, 100 * bin->mean, 100 * (double)bin->good / (double)bin->n);
	}
}

static const char *got_name(int got)
{
	return got == CATEGORY_COUNT ? "(none)" : category_name((enum category)got);
}

static void add_categories(struct buf *out, const struct eval_table *t)
{
	buf_addf(out, "\n%-12s %5s %6s  %s\n", "category", "logs", "right", "taken for");
	for (int w = 0; w < CATEGORY_COUNT; w++) {
		const struct eval_category *c = &t->categories[w];
		if (!c->logs)
			continue;
		buf_addf(out, "%-12s %5zu %6zu ", category_name((enum category)w), c->logs, c->ok);
		for (int g = 0; g <= CATEGORY_COUNT; g++)
			if (g != w && t->confusion[w][g])
				buf_addf(out, " %s %zu", got_name(g), t->confusion[w][g]);
		buf_add_char(out, '\n');
	}
}

static void add_miss(struct buf *out, const struct eval_row *r)
{
	buf_addf(out, "\n%s: %.0f %%, %s\n", r->id, 100 * r->confidence, r->answered ? r->rule : "no answer");
	if (r->verdict && strcmp(r->verdict, "healed") != 0)
		buf_addf(out, "  %s, expected %s\n", r->verdict, r->expect);
	buf_addf(out, "  wanted %-10s %6u | %s\n", category_name(r->want), r->want_line, r->want_text);
	if (r->answered)
		buf_addf(out, "  got    %-10s %6u | %s\n", category_name(r->got), r->got_line, r->got_text);
}

static void add_misses(struct buf *out, const struct eval_table *t, const struct eval *v)
{
	buf_addf(out, "\nmisses, the surest first: %zu\n", t->miss_count);
	for (size_t i = 0; i < t->miss_count; i++)
		add_miss(out, t->misses[i]);
	if (v->passing)
		buf_addf(out, "\npassing logs that were called failed: %zu\n", v->alarm_count);
	for (size_t i = 0; i < v->alarm_count; i++)
		buf_addf(out, "\n%s: %.0f %%, %s\n  got    %6u | %s\n", v->alarms[i].id, 100 * v->alarms[i].confidence,
			v->alarms[i].rule, v->alarms[i].line, v->alarms[i].text);
}

void eval_text(struct buf *out, const struct eval_table *t, const struct eval *v, bool misses)
{
	buf_addf(out, "%zu logs", t->logs);
	if (t->projects)
		buf_addf(out, " of %zu projects", t->projects);
	buf_addf(out, ", %zu without an answer, %zu unreadable\n\n", t->no_answer, t->broken);
	buf_addf(out, "%-40s %12s %8s   95 %% interval\n", "figure", "right of all", "");
	for (size_t i = 0; i < t->figure_count; i++)
		add_figure(out, &t->figures[i]);
	if (v->healing)
		buf_addf(out, "wrong changes: %zu\n", t->wrong);
	buf_addf(out, "excerpt: %g lines (median), %g (9 of 10 are shorter)\n", t->excerpt_median, t->excerpt_p90);
	add_bins(out, t);
	add_categories(out, t);
	buf_addf(out, "\nspeed: %.1f ms per log (median), %.1f ms (9 of 10 are faster), %.0f MB/s\n", t->ms_median,
		t->ms_p90, t->mb_per_s);
	if (misses)
		add_misses(out, t, v);
}

/* ---- Markdown --------------------------------------------------------------------------------- */

static void mark_figure(struct buf *out, const struct eval_figure *f)
{
	const struct interval *in = &f->interval;
	if (f->kind == FIGURE_SCORE)
		buf_addf(out, "| %s | %zu | %.3f | %.3f to %.3f |\n", f->label, f->all, f->value, in->low, in->high);
	else if (f->kind == FIGURE_MEAN)
		buf_addf(out, "| %s | %zu | %.1f %% | %.1f to %.1f %% |\n", f->label, f->all, 100 * f->value,
			100 * in->low, 100 * in->high);
	else
		buf_addf(out, "| %s | %zu of %zu | %.1f %% | %.1f to %.1f %% |\n", f->label, f->good, f->all,
			100 * f->value, 100 * in->low, 100 * in->high);
}

static void mark_bins(struct buf *out, const struct eval_table *t)
{
	buf_addf(out,
		"\nWhat the confidence is worth (expected calibration error %.3f, Brier %.3f):\n\n"
		"| confidence | logs | mean | right |\n| --- | --- | --- | --- |\n",
		t->calibration_error, t->brier);
	for (size_t b = 0; b < MEASURE_BINS; b++) {
		const struct reliability_bin *bin = &t->bins[b];
		if (bin->n)
			buf_addf(out, "| %.0f to %.0f %% | %zu | %.1f %% | %.1f %% |\n", 100 * bin->from, 100 * bin->to,
				bin->n, 100 * bin->mean, 100 * (double)bin->good / (double)bin->n);
	}
}

static bool ever_got(const struct eval_table *t, int got)
{
	for (int w = 0; w < CATEGORY_COUNT; w++)
		if (t->confusion[w][got])
			return true;
	return false;
}

static void mark_confusion(struct buf *out, const struct eval_table *t)
{
	buf_add_text(out, "\nCategories: the label's in rows, what was answered in columns; *right* counts what the "
			  "label also allows.\n\n| label | logs | right |");
	for (int g = 0; g <= CATEGORY_COUNT; g++)
		if (ever_got(t, g))
			buf_addf(out, " %s |", got_name(g));
	buf_add_text(out, "\n| --- | --- | --- |");
	for (int g = 0; g <= CATEGORY_COUNT; g++)
		if (ever_got(t, g))
			buf_add_text(out, " --- |");
	for (int w = 0; w < CATEGORY_COUNT; w++) {
		const struct eval_category *c = &t->categories[w];
		if (!c->logs)
			continue;
		buf_addf(out, "\n| %s | %zu | %zu |", category_name((enum category)w), c->logs, c->ok);
		for (int g = 0; g <= CATEGORY_COUNT; g++)
			if (ever_got(t, g) && t->confusion[w][g])
				buf_addf(out, " %zu |", t->confusion[w][g]);
			else if (ever_got(t, g))
				buf_add_text(out, " |");
	}
	buf_add_char(out, '\n');
}

static void mark_line(struct buf *out, const char *what, enum category c, uint32_t line, const char *text)
{
	buf_addf(out, "  - %s %s, line %u: ", what, category_name(c), line);
	markdown_code(out, view_of(text));
	buf_add_char(out, '\n');
}

static void mark_misses(struct buf *out, const struct eval_table *t)
{
	size_t shown = t->miss_count < EVAL_MISSES_SHOWN ? t->miss_count : EVAL_MISSES_SHOWN;
	buf_addf(out, "\n%zu misses, the surest first%s:\n\n", t->miss_count,
		shown < t->miss_count ? " (the first of them)" : "");
	for (size_t i = 0; i < shown; i++) {
		const struct eval_row *r = t->misses[i];
		buf_add_text(out, "- ");
		markdown_code(out, view_of(r->id));
		buf_addf(out, ", %.0f %%, %s%s%s\n", 100 * r->confidence, r->answered ? r->rule : "no answer",
			r->verdict ? ", " : "", r->verdict ? r->verdict : "");
		mark_line(out, "wanted", r->want, r->want_line, r->want_text);
		if (r->answered)
			mark_line(out, "got", r->got, r->got_line, r->got_text);
	}
}

void eval_markdown(struct buf *out, const struct eval_table *t, const struct eval *v, bool misses)
{
	buf_addf(out, "%zu logs", t->logs);
	if (t->projects)
		buf_addf(out, " of %zu projects", t->projects);
	buf_addf(out,
		"; %zu without an answer, %zu unreadable.\n\n| figure | of | value | 95 %% interval |\n"
		"| --- | --- | --- | --- |\n",
		t->no_answer, t->broken);
	for (size_t i = 0; i < t->figure_count; i++)
		mark_figure(out, &t->figures[i]);
	buf_addf(out, "\nThe excerpt has %g lines (median); 9 of 10 have at most %g.\n", t->excerpt_median,
		t->excerpt_p90);
	if (v->healing)
		buf_addf(out, "Wrong changes: %zu.\n", t->wrong);
	mark_bins(out, t);
	mark_confusion(out, t);
	if (misses)
		mark_misses(out, t);
}
