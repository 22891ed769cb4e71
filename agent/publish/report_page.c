/* The weekly report from its head to what broke; report_more.c has the rest of the sections. */
#include "publish/report_page.h"

#include "publish/chart.h"
#include "publish/report_more.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TITLE_SHOWN 120u
#define PATH_SHOWN 100u
#define EXCERPT_SHOWN 1500u

const char *report_value(enum report_unit unit, double value, char ret[REPORT_VALUE_MAX])
{
	char text[CLOCK_TEXT_MAX];
	if (!isfinite(value))
		return "-";
	switch (unit) {
	case REPORT_RATE:
		snprintf(ret, REPORT_VALUE_MAX, "%.*f %%", value < 0.1 && value > 0 ? 1 : 0, value * 100);
		break;
	case REPORT_DURATION:
		snprintf(ret, REPORT_VALUE_MAX, "%s", clock_duration((int64_t)(value * 1e6), text));
		break;
	case REPORT_COUNT:
		snprintf(ret, REPORT_VALUE_MAX, "%.0f", value);
		break;
	case REPORT_MINUTES:
		snprintf(ret, REPORT_VALUE_MAX, "%.0f min", value);
		break;
	}
	return ret;
}

void report_head(struct sheet *s, const struct report *r)
{
	char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX], generated[CLOCK_TEXT_MAX], title[2 * CLOCK_TEXT_MAX + 32];
	const char *const filters[][2] = {{"space", r->space}, {"branch", r->branch}, {"workflow", r->workflow}};
	snprintf(title, sizeof title, "CI report, %s to %s", clock_date(r->from, from), clock_date(r->to - 1, to));
	sheet_heading(s, 1, "top", title);
	sheet_paragraph(s);
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
		if (!filters[i][1])
			continue;
		sheet_ours(s, "Only %s ", filters[i][0]);
		sheet_name(s, filters[i][1], PATH_SHOWN);
		sheet_ours(s, ". ");
	}
	sheet_ours(s, "Generated %s from the history; changes compare with the same time before.",
		clock_iso(r->generated, generated));
	sheet_paragraph_end(s);
}

/* ---- summary ------------------------------------------------------------------------------------------- */

static void write_grade(struct sheet *s, const struct report *r)
{
	sheet_paragraph(s);
	if (r->grade) {
		sheet_strong(s, "Health: %c", r->grade);
		sheet_ours(s, " (%.0f of 100). ", r->points);
	}
	sheet_ours(s, "%lld of %lld runs failed", (long long)r->failed_runs, (long long)r->runs);
	if (r->runs_before)
		sheet_ours(s, ", %lld of %lld in the time before", (long long)r->failed_runs_before,
			(long long)r->runs_before);
	if (r->failure_count) {
		sheet_ours(s, ". Most often: ");
		sheet_name(s, r->failures[0].title, TITLE_SHOWN);
		sheet_ours(s, " (%lld time%s)", (long long)r->failures[0].count, r->failures[0].count == 1 ? "" : "s");
	}
	sheet_ours(s, ".");
	sheet_paragraph_end(s);
}

static void write_kpis(struct sheet *s, const struct report *r)
{
	static const char *const columns[] = {"KPI", ">now", ">before", ">target", "result", NULL};
	char text[REPORT_VALUE_MAX];
	sheet_table(s, columns);
	for (size_t i = 0; i < r->kpi_count; i++) {
		const struct report_kpi *k = &r->kpis[i];
		bool aims = isfinite(k->target);
		sheet_cell_ours(s, "%s", k->title);
		sheet_cell_ours(s, "%s", report_value(k->unit, k->value, text));
		sheet_cell_ours(s, "%s", report_value(k->unit, k->before, text));
		sheet_cell_ours(s, "%s%s",
			!aims                 ? ""
			: k->higher_is_better ? "at least "
					      : "at most ",
			aims ? report_value(k->unit, k->target, text) : "");
		sheet_cell_ours(s, "%s", !aims || !isfinite(k->value) ? "" : k->met ? "met" : "missed");
	}
	sheet_table_end(s);
}

static void add_change(struct sheet *s, int64_t now, int64_t before)
{
	sheet_cell(s);
	if (now == before)
		sheet_ours(s, "=");
	else
		sheet_ours(s, "%+lld", (long long)(now - before));
}

static void write_totals(struct sheet *s, const struct report *r)
{
	static const char *const columns[] = {"counted", ">this time", ">change", NULL};
	sheet_table(s, columns);
	sheet_cell_ours(s, "Runs");
	sheet_cell_ours(s, "%lld", (long long)r->runs);
	add_change(s, r->runs, r->runs_before);
	sheet_cell_ours(s, "... of them red");
	sheet_cell_ours(s, "%lld", (long long)r->failed_runs);
	add_change(s, r->failed_runs, r->failed_runs_before);
	sheet_cell_ours(s, "Jobs, of them failed");
	sheet_cell_ours(s, "%lld, %lld", (long long)r->jobs, (long long)r->failed_jobs);
	sheet_cell(s);
	sheet_cell_ours(s, "Test results, of them failed");
	sheet_cell_ours(s, "%lld, %lld", (long long)r->tests, (long long)r->failed_tests);
	sheet_cell(s);
	sheet_table_end(s);
}

static void write_summary(struct sheet *s, const struct report *r)
{
	write_grade(s, r);
	write_kpis(s, r);
	write_totals(s, r);
	if (r->formula) {
		sheet_paragraph(s);
		sheet_ours(s, "The grade: %s.", r->formula);
		sheet_paragraph_end(s);
	}
}

/* ---- what broke ---------------------------------------------------------------------------------------- */

static void write_trend(struct sheet *s, const struct report_failure *f)
{
	sheet_cell(s);
	if (!f->count_before)
		sheet_ours(s, "new");
	else if (f->count == f->count_before)
		sheet_ours(s, "=");
	else
		sheet_ours(s, "%+lld", (long long)(f->count - f->count_before));
}

static void write_fixed(struct sheet *s, const struct report_failure *f)
{
	if (!f->offered)
		sheet_cell_ours(s, "-");
	else
		sheet_cell_ours(s, "%lld of %lld", (long long)f->offered, (long long)f->count);
}

static void write_failure_table(struct sheet *s, const struct report *r)
{
	static const char *const columns[] = {
		"failure", "where", "category", ">times", ">change", ">fix made", "first seen", NULL};
	sheet_table(s, columns);
	for (size_t i = 0; i < r->failure_count; i++) {
		const struct report_failure *f = &r->failures[i];
		char first[CLOCK_TEXT_MAX];
		sheet_cell_name(s, f->title, TITLE_SHOWN);
		sheet_cell_name(s, f->path, PATH_SHOWN);
		sheet_cell_ours(s, "%s%s", category_name(f->category), f->transient ? " (transient)" : "");
		sheet_cell_ours(s, "%lld", (long long)f->count);
		write_trend(s, f);
		write_fixed(s, f);
		sheet_cell_ours(s, "%s", clock_date(f->first_seen, first));
	}
	sheet_table_end(s);
}

#define EXCERPTS_SHOWN 5u

static void write_failures(struct sheet *s, const struct report *r)
{
	if (!r->failure_count) {
		sheet_paragraph(s);
		sheet_ours(s, "Nothing. No failure was recorded in this time.");
		sheet_paragraph_end(s);
		return;
	}
	write_failure_table(s, r);
	for (size_t i = 0, shown = 0; i < r->failure_count && shown < EXCERPTS_SHOWN; i++) {
		char title[32];
		if (!r->failures[i].excerpt)
			continue;
		snprintf(title, sizeof title, "Excerpt of failure %zu", i + 1);
		sheet_excerpt(s, title, r->failures[i].excerpt, EXCERPT_SHOWN);
		shown++;
	}
}

static void write_lines(struct sheet *s, const struct report_line *lines, size_t n)
{
	sheet_list(s);
	for (size_t i = 0; i < n; i++) {
		sheet_item(s);
		if (lines[i].subject) {
			sheet_name(s, lines[i].subject, TITLE_SHOWN);
			sheet_ours(s, ": ");
		}
		sheet_ours(s, "%s.", lines[i].text);
		sheet_item_end(s);
	}
	sheet_list_end(s);
}

static bool has_learnings(const struct report *r)
{
	return r->learning_count > 0;
}

static void write_learnings(struct sheet *s, const struct report *r)
{
	write_lines(s, r->learnings, r->learning_count);
}

static bool has_recommendations(const struct report *r)
{
	return r->recommendation_count > 0;
}

static void write_recommendations(struct sheet *s, const struct report *r)
{
	write_lines(s, r->recommendations, r->recommendation_count);
}

static void write_window(struct sheet *s, const struct report *r)
{
	char first[CLOCK_TEXT_MAX], last[CLOCK_TEXT_MAX];
	sheet_paragraph(s);
	if (r->first_fact == CLOCK_UNKNOWN)
		sheet_ours(s, "The history is empty.");
	else
		sheet_ours(s, "The history holds %s to %s.", clock_date(r->first_fact, first),
			clock_date(r->last_fact, last));
	sheet_paragraph_end(s);
	if (r->gap_count)
		write_lines(s, r->gaps, r->gap_count);
}

/* clang-format off */
const struct report_section report_sections[] = {
	{"summary", "In short", write_summary, NULL},
	{"failures", "What broke", write_failures, NULL},
	{"learnings", "What is new and what changed", write_learnings, has_learnings},
	{"recommendations", "What to do next", write_recommendations, has_recommendations},
	{"priorities", "Where work pays most", report_write_priorities, report_has_priorities},
	{"fixes", "What runmedic did", report_write_fixes, NULL},
	{"mistakes", "Where runmedic was wrong or at a loss", report_write_mistakes, NULL},
	{"flaky", "Flaky and failing tests", report_write_tests, report_has_tests},
	{"minutes", "Runner minutes", report_write_minutes, report_has_minutes},
	{"days", "Day by day", report_write_days, report_has_days},
	{"mttr", "Time to green, week by week", report_write_mttr, report_has_mttr},
	{"matrix", "Platforms and versions", report_write_matrix, report_has_matrix},
	{"slowest", "Slowest jobs and tests", report_write_slowest, report_has_slowest},
	{"local", "Local and CI", report_write_local, report_has_local},
	{"data", "What this rests on", write_window, NULL},
};
/* clang-format on */
const size_t report_section_count = sizeof report_sections / sizeof *report_sections;
