/* The weekly report: what happened, what returns, what runmedic did and where it was wrong. */
#include "publish/publish.h"

static void add_change(struct buf *out, int64_t now, int64_t before)
{
	if (now == before)
		buf_add_text(out, "=");
	else
		buf_addf(out, "%+lld", (long long)(now - before));
}

static void add_rate(struct buf *out, double rate)
{
	if (rate < 0)
		buf_add_text(out, "-");
	else
		buf_addf(out, "%.0f %%", rate * 100);
}

static void add_head(struct buf *out, const struct report *r)
{
	char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX], generated[CLOCK_TEXT_MAX];
	buf_addf(out, "# CI report, %s to %s\n\n", clock_date(r->from, from), clock_date(r->to - 1, to));
	const char *filters[][2] = {{"space", r->space}, {"branch", r->branch}, {"workflow", r->workflow}};
	for (size_t i = 0; i < 3; i++)
		if (filters[i][1]) {
			buf_addf(out, "Only %s ", filters[i][0]);
			markdown_code(out, view_of(filters[i][1]));
			buf_add_text(out, ".\n");
		}
	buf_addf(out,
		"Generated %s from the history; numbers in the last column compare with the same time before.\n\n",
		clock_iso(r->generated, generated));
}

static void add_totals(struct buf *out, const struct report *r)
{
	char mttr[CLOCK_TEXT_MAX];
	buf_add_text(out, "| | this time | change |\n| --- | ---: | ---: |\n");
	buf_addf(out, "| Runs | %lld | ", (long long)r->runs);
	add_change(out, r->runs, r->runs_before);
	buf_addf(out, " |\n| ... of them red | %lld | ", (long long)r->failed_runs);
	add_change(out, r->failed_runs, r->failed_runs_before);
	buf_add_text(out, " |\n| Failure rate | ");
	add_rate(out, r->failure_rate);
	buf_add_text(out, " | was ");
	add_rate(out, r->failure_rate_before);
	buf_addf(out, " |\n| Jobs, of them failed | %lld, %lld | |\n", (long long)r->jobs, (long long)r->failed_jobs);
	buf_addf(out, "| Test results, of them failed | %lld, %lld | |\n", (long long)r->tests,
		(long long)r->failed_tests);
	buf_addf(out, "| Mean time to green | %s | %lld episodes |\n\n",
		r->mttr_us < 0 ? "-" : clock_duration(r->mttr_us, mttr), (long long)r->mttr_episodes);
}

static void add_failures(struct buf *out, const struct report *r)
{
	buf_add_text(out, "## What broke\n\n");
	if (!r->failure_count) {
		buf_add_text(out, "Nothing. No failure was recorded in this time.\n\n");
		return;
	}
	buf_add_text(out, "| failure | where | category | times | change | first seen |\n| --- | --- | --- | ---: | "
			  "---: | --- |\n");
	for (size_t i = 0; i < r->failure_count; i++) {
		const struct report_failure *f = &r->failures[i];
		char first[CLOCK_TEXT_MAX];
		buf_add_text(out, "| ");
		markdown_text(out, view_cut_utf8(view_of(f->title), 120));
		buf_add_text(out, " | ");
		if (f->path)
			markdown_text(out, view_cut_utf8(view_of(f->path), 100));
		buf_addf(out, " | %s%s | %lld | ", category_name(f->category), f->transient ? " (transient)" : "",
			(long long)f->count);
		add_change(out, f->count, f->count_before);
		buf_addf(out, " | %s |\n", clock_date(f->first_seen, first));
	}
	buf_add_char(out, '\n');
}

static void add_categories(struct buf *out, const struct report *r)
{
	if (!r->category_count)
		return;
	buf_add_text(out, "| category | times | change |\n| --- | ---: | ---: |\n");
	for (size_t i = 0; i < r->category_count; i++) {
		buf_addf(out, "| %s | %lld | ", category_name(r->categories[i].category),
			(long long)r->categories[i].count);
		add_change(out, r->categories[i].count, r->categories[i].count_before);
		buf_add_text(out, " |\n");
	}
	buf_add_char(out, '\n');
}

static void add_tests(struct buf *out, const struct report *r)
{
	if (!r->tests_failing_count)
		return;
	buf_add_text(out, "## Tests that failed\n\n| test | failed | of runs | |\n| --- | ---: | ---: | --- |\n");
	for (size_t i = 0; i < r->tests_failing_count; i++) {
		const struct report_test *t = &r->tests_failing[i];
		buf_add_text(out, "| ");
		markdown_text(out, view_cut_utf8(view_of(t->id), 160));
		buf_addf(out, " | %lld | %lld | %s |\n", (long long)t->failures, (long long)t->runs,
			t->same_commit_both ? "passed and failed on one commit: flaky" : "");
	}
	buf_add_char(out, '\n');
}

static void add_fixers(struct buf *out, const struct report *r)
{
	buf_add_text(out, "## What runmedic did\n\n");
	if (!r->fixer_count) {
		buf_add_text(out, "No fix was attempted.\n\n");
		return;
	}
	buf_add_text(out, "| fixer | attempts | applied | refused | failed | turned green | stayed red |\n"
			  "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
	for (size_t i = 0; i < r->fixer_count; i++) {
		const struct report_fixer *f = &r->fixers[i];
		buf_addf(out, "| `%s` | %lld | %lld | %lld | %lld | %lld | %lld |\n", f->fixer, (long long)f->attempts,
			(long long)f->applied, (long long)f->refused, (long long)f->failed, (long long)f->green,
			(long long)f->red);
	}
	buf_add_char(out, '\n');
}

static void add_mistakes(struct buf *out, const struct report *r)
{
	int64_t red = 0;
	for (size_t i = 0; i < r->fixer_count; i++)
		red += r->fixers[i].red;
	buf_add_text(out, "## Where runmedic was wrong or at a loss\n\n");
	buf_addf(out, "- Failures that no rule knew: %lld of %lld.\n", (long long)r->unknown_findings,
		(long long)r->failed_jobs);
	buf_addf(out, "- Fixes after which the job stayed red: %lld.\n", (long long)red);
}

void publish_report_markdown(struct buf *out, const struct report *r)
{
	add_head(out, r);
	add_totals(out, r);
	add_failures(out, r);
	add_categories(out, r);
	add_tests(out, r);
	add_fixers(out, r);
	add_mistakes(out, r);
}
