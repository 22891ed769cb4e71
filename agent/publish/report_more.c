#include "publish/report_more.h"

#include "publish/chart.h"
#include "publish/report_page.h"

#include <math.h>
#include <string.h>

#define NAME_SHOWN 160u

/* ---- priorities ------------------------------------------------------------------------------------------ */

bool report_has_priorities(const struct report *r)
{
	return r->priority_count > 0;
}

void report_write_priorities(struct sheet *s, const struct report *r)
{
	static const char *const columns[] = {"category", ">failures", ">minutes lost", ">effort", ">priority", NULL};
	sheet_table(s, columns);
	for (size_t i = 0; i < r->priority_count; i++) {
		const struct report_priority *p = &r->priorities[i];
		sheet_cell_ours(s, "%s", category_name(p->category));
		sheet_cell_ours(s, "%lld", (long long)p->count);
		sheet_cell_ours(s, "%.0f", p->impact);
		sheet_cell_ours(s, "%u", p->effort);
		sheet_cell_ours(s, "%.2f", p->priority);
	}
	sheet_table_end(s);
	sheet_paragraph(s);
	sheet_ours(s,
		"Effort: 1, a fixer does it, to 5, somebody must look into machines. Priority: minutes lost by effort, "
		"against the highest.");
	sheet_paragraph_end(s);
}

/* ---- what runmedic did --------------------------------------------------------------------------------- */

static void write_highlights(struct sheet *s, const struct report *r)
{
	static const char *const columns[] = {"when", "fixer", "failure", "became", "pull request", NULL};
	char day[CLOCK_TEXT_MAX];
	sheet_table(s, columns);
	for (size_t i = 0; i < r->fix_count; i++) {
		const struct report_fix *f = &r->fixes[i];
		sheet_cell_ours(s, "%s", clock_date(f->at, day));
		sheet_cell(s);
		sheet_id(s, f->fixer);
		sheet_cell_name(s, f->title, NAME_SHOWN);
		sheet_cell_ours(s, "%s", f->outcome ? f->outcome : "open");
		sheet_cell(s);
		if (f->pull)
			sheet_ours(s, "#%d", f->pull);
	}
	sheet_table_end(s);
}

static void write_fixers(struct sheet *s, const struct report *r)
{
	static const char *const columns[] = {
		"fixer", ">attempts", ">applied", ">refused", ">failed", ">turned green", ">stayed red", NULL};
	sheet_table(s, columns);
	for (size_t i = 0; i < r->fixer_count; i++) {
		const struct report_fixer *f = &r->fixers[i];
		const int64_t counts[] = {f->attempts, f->applied, f->refused, f->failed, f->green, f->red};
		sheet_cell(s);
		sheet_id(s, f->fixer);
		for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
			sheet_cell_ours(s, "%lld", (long long)counts[k]);
	}
	sheet_table_end(s);
}

void report_write_fixes(struct sheet *s, const struct report *r)
{
	if (!r->fixer_count && !r->fix_count) {
		sheet_paragraph(s);
		sheet_ours(s, "No fix was attempted.");
		sheet_paragraph_end(s);
	}
	if (r->fix_count)
		write_highlights(s, r);
	if (r->fixer_count)
		write_fixers(s, r);
	if (!r->reruns)
		return;
	sheet_paragraph(s);
	sheet_ours(s, "Failed jobs were run again %lld time%s; %lld of them went green.", (long long)r->reruns,
		r->reruns == 1 ? "" : "s", (long long)r->reruns_helped);
	sheet_paragraph_end(s);
}

static void item(struct sheet *s, const char *what, int64_t n, int64_t of)
{
	sheet_item(s);
	sheet_ours(s, "%s: %lld", what, (long long)n);
	if (of >= 0)
		sheet_ours(s, " of %lld", (long long)of);
	sheet_ours(s, ".");
	sheet_item_end(s);
}

void report_write_mistakes(struct sheet *s, const struct report *r)
{
	int64_t red = 0, settled = 0;
	for (size_t i = 0; i < r->fixer_count; i++) {
		red += r->fixers[i].red;
		settled += r->fixers[i].red + r->fixers[i].green;
	}
	sheet_list(s);
	item(s, "Failures that no rule knew", r->unknown_findings, r->failed_jobs);
	item(s, "Fixes after which the job stayed red", red, settled);
	item(s, "Fixes taken back by runmedic", r->withdrawn, -1);
	item(s, "Fixes reverted by people", r->reverted, -1);
	item(s, "Fixes that people did not want", r->closed, -1);
	item(s, "Reruns that did not help", r->reruns - r->reruns_helped, r->reruns);
	sheet_list_end(s);
}

/* ---- tests --------------------------------------------------------------------------------------------- */

bool report_has_tests(const struct report *r)
{
	return r->flaky_count || r->tests_failing_count;
}

static void write_flaky(struct sheet *s, const struct report *r)
{
	static const char *const columns[] = {"flaky test", "evidence", ">failed", ">of runs", ">minutes", NULL};
	sheet_table(s, columns);
	for (size_t i = 0; i < r->flaky_count; i++) {
		const struct report_flaky *f = &r->flaky[i];
		sheet_cell_name(s, f->test, NAME_SHOWN);
		sheet_cell_name(s, f->why, NAME_SHOWN);
		sheet_cell_ours(s, "%lld", (long long)f->failures);
		sheet_cell_ours(s, "%lld", (long long)f->runs);
		sheet_cell_ours(s, "%.0f", f->minutes);
	}
	sheet_table_end(s);
	sheet_paragraph(s);
	sheet_ours(s, "%lld flaky test%s in all cost %.0f runner minutes.", (long long)r->flaky_total,
		r->flaky_total == 1 ? "" : "s", r->flaky_minutes);
	sheet_paragraph_end(s);
}

static void write_failing(struct sheet *s, const struct report *r)
{
	static const char *const columns[] = {"test", ">failed", ">of runs", "evidence", NULL};
	sheet_table(s, columns);
	for (size_t i = 0; i < r->tests_failing_count; i++) {
		const struct report_test *t = &r->tests_failing[i];
		sheet_cell_name(s, t->id, NAME_SHOWN);
		sheet_cell_ours(s, "%lld", (long long)t->failures);
		sheet_cell_ours(s, "%lld", (long long)t->runs);
		sheet_cell_ours(s, "%s", t->same_commit_both ? "passed and failed on one commit: flaky" : "");
	}
	sheet_table_end(s);
}

void report_write_tests(struct sheet *s, const struct report *r)
{
	if (r->flaky_count)
		write_flaky(s, r);
	if (r->tests_failing_count)
		write_failing(s, r);
}

/* ---- time ---------------------------------------------------------------------------------------------- */

bool report_has_minutes(const struct report *r)
{
	return r->minutes > 0;
}

void report_write_minutes(struct sheet *s, const struct report *r)
{
	sheet_paragraph(s);
	sheet_ours(s, "All jobs: %.0f minutes (%.0f in the time before).", r->minutes, r->minutes_before);
	if (r->own_minutes >= 0)
		sheet_ours(s, " Of them runmedic's own workflows: %.0f (%.1f %%).", r->own_minutes,
			100 * r->own_minutes / r->minutes);
	sheet_paragraph_end(s);
}

bool report_has_days(const struct report *r)
{
	return r->day_count > 0 && r->runs > 0;
}

static void draw_days(struct sheet *s, const struct report *r)
{
	BUF_AUTO svg = buf_new(BUF_PAGE);
	struct chart_day days[REPORT_DAYS_MAX];
	double rates[REPORT_DAYS_MAX];
	const char *labels[REPORT_DAYS_MAX];
	char text[REPORT_DAYS_MAX][CLOCK_TEXT_MAX];
	for (size_t i = 0; i < r->day_count; i++) {
		const struct report_day *d = &r->days[i];
		days[i] = (struct chart_day){d->day, d->runs, d->failed};
		rates[i] = d->runs ? 100.0 * (double)d->failed / (double)d->runs : NAN;
		labels[i] = clock_date(d->day, text[i]);
	}
	chart_line(&svg, "Failed runs, per cent by day", rates, labels, r->day_count, " %");
	sheet_figure(s, buf_text(&svg));
	buf_clear(&svg);
	chart_calendar(&svg, "Failed runs by day of the week", days, r->day_count);
	sheet_figure(s, buf_text(&svg));
}

void report_write_days(struct sheet *s, const struct report *r)
{
	static const char *const columns[] = {"day", ">runs", ">failed", ">jobs", ">minutes", NULL};
	char day[CLOCK_TEXT_MAX];
	if (s->form == SHEET_HTML)
		draw_days(s, r);
	sheet_table(s, columns);
	for (size_t i = 0; i < r->day_count; i++) {
		const struct report_day *d = &r->days[i];
		sheet_cell_ours(s, "%s", clock_date(d->day, day));
		sheet_cell_ours(s, "%lld", (long long)d->runs);
		sheet_cell_ours(s, "%lld", (long long)d->failed);
		sheet_cell_ours(s, "%lld", (long long)d->jobs);
		sheet_cell_ours(s, "%.0f", d->minutes);
	}
	sheet_table_end(s);
}

bool report_has_mttr(const struct report *r)
{
	for (size_t i = 0; i < r->week_count; i++)
		if (r->weeks[i].episodes)
			return true;
	return false;
}

static void draw_mttr(struct sheet *s, const struct report *r)
{
	BUF_AUTO svg = buf_new(BUF_PAGE);
	double hours[REPORT_WEEKS_MAX];
	const char *labels[REPORT_WEEKS_MAX];
	char text[REPORT_WEEKS_MAX][CLOCK_TEXT_MAX];
	for (size_t i = 0; i < r->week_count; i++) {
		hours[i] = r->weeks[i].mttr_us < 0 ? NAN : (double)r->weeks[i].mttr_us / (double)CLOCK_SECOND / 3600;
		labels[i] = clock_date(r->weeks[i].begin, text[i]);
	}
	chart_line(&svg, "Mean time to green, hours by week", hours, labels, r->week_count, " h");
	sheet_figure(s, buf_text(&svg));
}

void report_write_mttr(struct sheet *s, const struct report *r)
{
	static const char *const columns[] = {
		"week from", ">runs", ">failed", ">mean time to green", ">red times", NULL};
	char day[CLOCK_TEXT_MAX], mean[CLOCK_TEXT_MAX];
	draw_mttr(s, r);
	sheet_table(s, columns);
	for (size_t i = 0; i < r->week_count; i++) {
		const struct report_week *w = &r->weeks[i];
		sheet_cell_ours(s, "%s", clock_date(w->begin, day));
		sheet_cell_ours(s, "%lld", (long long)w->runs);
		sheet_cell_ours(s, "%lld", (long long)w->failed);
		sheet_cell_ours(s, "%s", w->mttr_us < 0 ? "-" : clock_duration(w->mttr_us, mean));
		sheet_cell_ours(s, "%lld", (long long)w->episodes);
	}
	sheet_table_end(s);
}

/* ---- platforms ----------------------------------------------------------------------------------------- */

bool report_has_matrix(const struct report *r)
{
	return r->cell_count > 1;
}

/* Places of a cell's os and version among the different ones, in order of appearance. */
struct axes {
	const char *os[REPORT_CELLS_MAX], *version[REPORT_CELLS_MAX];
	size_t os_count, version_count;
};

static size_t place(const char **list, size_t *n, const char *word)
{
	for (size_t i = 0; i < *n; i++)
		if (!strcmp(list[i], word))
			return i;
	list[*n] = word;
	return (*n)++;
}

static void draw_matrix(struct sheet *s, const struct report *r)
{
	BUF_AUTO svg = buf_new(BUF_PAGE);
	struct axes x = {0};
	for (size_t i = 0; i < r->cell_count; i++) {
		place(x.os, &x.os_count, r->cells[i].os);
		place(x.version, &x.version_count, r->cells[i].version);
	}
	double shares[REPORT_CELLS_MAX * REPORT_CELLS_MAX];
	for (size_t i = 0; i < x.os_count * x.version_count; i++)
		shares[i] = NAN;
	for (size_t i = 0; i < r->cell_count; i++) {
		const struct report_cell *c = &r->cells[i];
		size_t at = place(x.os, &x.os_count, c->os) * x.version_count +
			    place(x.version, &x.version_count, c->version);
		shares[at] = c->jobs ? (double)c->failed / (double)c->jobs : NAN;
	}
	chart_matrix(&svg, "Failed jobs by platform and version", x.os, x.os_count, x.version, x.version_count, shares);
	sheet_figure(s, buf_text(&svg));
}

void report_write_matrix(struct sheet *s, const struct report *r)
{
	static const char *const columns[] = {"os", "version", ">jobs", ">failed", ">share", NULL};
	char text[REPORT_VALUE_MAX];
	if (s->form == SHEET_HTML)
		draw_matrix(s, r);
	sheet_table(s, columns);
	for (size_t i = 0; i < r->cell_count; i++) {
		const struct report_cell *c = &r->cells[i];
		sheet_cell_name(s, *c->os ? c->os : "-", 40);
		sheet_cell_name(s, *c->version ? c->version : "-", 40);
		sheet_cell_ours(s, "%lld", (long long)c->jobs);
		sheet_cell_ours(s, "%lld", (long long)c->failed);
		sheet_cell_ours(
			s, "%s", report_value(REPORT_RATE, c->jobs ? (double)c->failed / (double)c->jobs : NAN, text));
	}
	sheet_table_end(s);
}

bool report_has_slowest(const struct report *r)
{
	return r->slow_job_count || r->slow_test_count;
}

static void write_slow(struct sheet *s, const char *const *columns, const struct report_slow *list, size_t n)
{
	char now[CLOCK_TEXT_MAX], before[CLOCK_TEXT_MAX];
	if (!n)
		return;
	sheet_table(s, columns);
	for (size_t i = 0; i < n; i++) {
		bool known = list[i].seconds_before >= 0;
		sheet_cell_name(s, list[i].name, NAME_SHOWN);
		sheet_cell_ours(s, "%s", clock_duration((int64_t)(list[i].seconds * 1e6), now));
		sheet_cell_ours(s, "%s", known ? clock_duration((int64_t)(list[i].seconds_before * 1e6), before) : "-");
		sheet_cell_ours(s, "%lld", (long long)list[i].runs);
	}
	sheet_table_end(s);
}

void report_write_slowest(struct sheet *s, const struct report *r)
{
	static const char *const jobs[] = {"job", ">mean", ">before", ">runs", NULL};
	static const char *const tests[] = {"test", ">mean", ">before", ">runs", NULL};
	write_slow(s, jobs, r->slow_jobs, r->slow_job_count);
	write_slow(s, tests, r->slow_tests, r->slow_test_count);
}

bool report_has_local(const struct report *r)
{
	return r->space_count > 1;
}

void report_write_local(struct sheet *s, const struct report *r)
{
	static const char *const columns[] = {
		"where", ">runs", ">failed", ">test results", ">failed tests", ">minutes", NULL};
	sheet_table(s, columns);
	for (size_t i = 0; i < r->space_count; i++) {
		const struct report_space *p = &r->spaces[i];
		sheet_cell_ours(s, "%s", space_name(p->space));
		sheet_cell_ours(s, "%lld", (long long)p->runs);
		sheet_cell_ours(s, "%lld", (long long)p->failed);
		sheet_cell_ours(s, "%lld", (long long)p->tests);
		sheet_cell_ours(s, "%lld", (long long)p->failed_tests);
		sheet_cell_ours(s, "%.0f", p->minutes);
	}
	sheet_table_end(s);
	if (!r->only_ci)
		return;
	sheet_paragraph(s);
	sheet_ours(s, "%lld test%s failed in CI and passed locally at the same commit.", (long long)r->only_ci,
		r->only_ci == 1 ? "" : "s");
	sheet_paragraph_end(s);
}
