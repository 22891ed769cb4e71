#include "publish_testing.h"

#include "learn/insight.h"

static const struct publish_report_style plain = {0};
#define REPORT_AUTO __attribute__((cleanup(report_done))) struct report

static struct report empty(void)
{
	return (struct report){.from = 0,
		.to = 7 * CLOCK_DAY,
		.generated = 7 * CLOCK_DAY,
		.failure_rate = -1,
		.failure_rate_before = -1,
		.mttr_us = -1,
		.own_minutes = -1,
		.first_fact = CLOCK_UNKNOWN,
		.last_fact = CLOCK_UNKNOWN};
}

/* What only the weekly report has. */
static void fill_rest(struct report *r, const char *text)
{
	r->first_fact = 0;
	r->last_fact = 6 * CLOCK_DAY;
	r->failures[0].excerpt = text;
	r->minutes = 100;
	r->own_minutes = 2;
	r->reruns = 3;
	r->reruns_helped = 2;
	r->withdrawn = 1;
	r->fixes[0] = (struct report_fix){.fixer = "python/black",
		.title = text,
		.branch = text,
		.outcome = "merged",
		.at = CLOCK_DAY,
		.pull = 12};
	r->fix_count = 1;
	r->flaky[0] = (struct report_flaky){
		.test = text, .job = text, .why = text, .score = 0.9, .failures = 4, .runs = 90, .minutes = 22};
	r->flaky_count = 1;
	r->flaky_total = 1;
	r->flaky_minutes = 22;
	for (size_t i = 0; i < 7; i++)
		r->days[i] = (struct report_day){.day = (int64_t)i * CLOCK_DAY,
			.runs = i == 3 ? 0 : 2,
			.failed = i == 5,
			.jobs = 4,
			.minutes = 14};
	r->day_count = 7;
	r->weeks[0] = (struct report_week){.begin = -7 * CLOCK_DAY, .runs = 8, .failed = 3, .mttr_us = -1};
	r->weeks[1] = (struct report_week){.runs = 10, .failed = 3, .mttr_us = 90 * CLOCK_SECOND, .episodes = 2};
	r->week_count = 2;
	r->cells[0] = (struct report_cell){text, "3.12", 10, 1};
	r->cells[1] = (struct report_cell){"windows-2022", text, 10, 3};
	r->cell_count = 2;
	r->slow_jobs[0] =
		(struct report_slow){.name = text, .workflow = text, .seconds = 80, .seconds_before = 70, .runs = 9};
	r->slow_job_count = 1;
	r->slow_tests[0] = (struct report_slow){.name = text, .seconds = 2.5, .seconds_before = -1, .runs = 9};
	r->slow_test_count = 1;
	r->spaces[0] = (struct report_space){.space = SPACE_CI, .runs = 10, .failed = 3};
	r->spaces[1] = (struct report_space){.space = SPACE_LOCAL, .runs = 4, .failed = 1};
	r->space_count = 2;
	r->only_ci = 1;
}

static struct report full(const char *text)
{
	struct report r = empty();

	r.branch = r.workflow = text;
	r.runs = 10;
	r.runs_before = 8;
	r.failed_runs = r.failed_runs_before = 3;
	r.jobs = 20;
	r.failed_jobs = 4;
	r.unknown_findings = 1;
	r.failure_rate = 0.3;
	r.failure_rate_before = 0.375;
	r.mttr_us = 90 * CLOCK_SECOND;
	r.mttr_episodes = 2;
	r.failures[0] = (struct report_failure){.signature = "1:00",
		.rule = "own/one",
		.title = text,
		.path = text,
		.category = CATEGORY_TEST,
		.count = 4,
		.count_before = 1,
		.transient = true};
	r.failure_count = 1;
	r.categories[0] = (struct report_category){.category = CATEGORY_TEST, .count = 4, .count_before = 6};
	r.category_count = 1;
	r.fixers[0] = (struct report_fixer){.fixer = "python/black",
		.attempts = 5,
		.applied = 3,
		.refused = 1,
		.failed = 1,
		.green = 2,
		.red = 1,
		.success_low = -1};
	r.fixer_count = 1;
	r.tests_failing[0] = (struct report_test){.id = text, .failures = 2, .runs = 9, .same_commit_both = true};
	r.tests_failing_count = 1;
	fill_rest(&r, text);
	return r;
}

#define assert_has(out, text) assert_true(view_has(buf_view(out), text))

static void test_markdown_of_a_week(void **state)
{
	REPORT_AUTO r = full("x");
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	insight_make(&r);
	publish_report_markdown(&out, &r, &plain);
	assert_has(&out, "# CI report, 1970-01-01 to 1970-01-07\n");
	assert_has(&out, "Only branch x. ");
	assert_has(&out, "| Runs | 10 | +2 |\n");
	assert_has(&out, "| ... of them red | 3 | = |\n");
	assert_has(&out, "| Failed runs | 30 % | 38 % | at most 10 % | missed |\n");
	assert_has(&out, "| x | x | test (transient) | 4 | +3 | - | 1970-01-01 |");
	assert_has(&out, "**Health: ");
	assert_has(&out, "3 x failure-rate 0.50");
	assert_has(&out, "| 1970-01-02 | `python/black` | x | merged | #12 |");
	assert_has(&out, "| x | x | 4 | 90 | 22 |\n");
	assert_has(&out, "runmedic's own workflows: 2 (2.0 %)");
	assert_has(&out, "| windows-2022 | x | 10 | 3 | 30 % |\n");
	assert_has(&out, "| x | 1 min 20 s | 1 min 10 s | 9 |\n");
	assert_has(&out, "| local | 4 | 1 | 0 | 0 | 0 |\n");
	assert_has(&out, "- Fixes taken back by runmedic: 1.\n");
	assert_has(&out, "- Reruns that did not help: 1 of 3.\n");
	assert_has(&out, "| x | 2 | 9 | passed and failed on one commit: flaky |\n");
	assert_has(&out, "| `python/black` | 5 | 3 | 1 | 1 | 2 | 1 |\n");
	assert_has(&out, "- Failures that no rule knew: 1 of 4.\n");
	assert_has(&out, "- Fixes after which the job stayed red: 1 of 3.\n");
}

static void test_markdown_of_nothing(void **state)
{
	REPORT_AUTO r = empty();
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	insight_make(&r);
	publish_report_markdown(&out, &r, &plain);
	assert_has(&out, "| Failed runs | - | - | at most 10 % |  |\n");
	assert_has(&out, "The history is empty.");
	assert_false(view_has(buf_view(&out), "Health"));
	assert_has(&out, "Nothing. No failure was recorded in this time.");
	assert_has(&out, "No fix was attempted.");
	assert_false(view_has(buf_view(&out), "(null)"));
	assert_false(view_has(buf_view(&out), "nan"));
}

/* Cells of a table row: bars that are not escaped, less one. */
static size_t cells(struct view row)
{
	size_t bars = 0;

	for (size_t i = 0; i < row.n; i++)
		bars += row.p[i] == '|' && (i == 0 || row.p[i - 1] != '\\');
	return bars ? bars - 1 : 0;
}

static void test_tables_cannot_be_broken(void **state)
{
	REPORT_AUTO r = full(HOSTILE "\n| forged | row |\n# forged");
	BUF_AUTO out = buf_new(BUF_PAGE);
	struct view rest, line;
	size_t columns = 0;
	bool fenced = false;

	(void)state;
	insight_make(&r);
	publish_report_markdown(&out, &r, &plain);
	assert_printable(buf_view(&out));
	rest = buf_view(&out);
	while (view_next(&rest, '\n', &line)) {
		fenced = fenced != view_starts(line, "````"); /* longer than the run in the text */
		if (fenced)
			continue;
		assert_false(view_starts(line, "# forged"));
		assert_false(view_starts(line, "| forged"));
		if (!view_starts(line, "|")) {
			columns = 0;
			continue;
		}
		columns = columns ? columns : cells(line);
		assert_int_equal(cells(line), columns);
	}
}

static void test_what_does_not_fit_is_named(void **state)
{
	REPORT_AUTO r = full("x");
	BUF_AUTO all = buf_new(BUF_PAGE), some = buf_new(BUF_PAGE);
	const struct publish_report_style tight = {
		.max = 4500, .full_url = "https://git.example/acme/widgets/report.md"};

	(void)state;
	insight_make(&r);
	publish_report_markdown(&all, &r, &plain);
	assert_true(all.n > 4500);
	publish_report_markdown(&some, &r, &tight);
	assert_true(some.n <= 4500);
	assert_has(&some, "Left out for want of room: ");
	assert_has(&some, "[The whole report](https://git.example/acme/widgets/report.md)");
	assert_has(&some, "## In short");
}

static void test_sections_that_are_wanted(void **state)
{
	REPORT_AUTO r = full("x");
	BUF_AUTO out = buf_new(BUF_PAGE);
	const char *names[] = {"mttr", "failures"};
	const struct config_list wanted = {names, 2};
	const struct publish_report_style style = {.sections = &wanted};

	(void)state;
	insight_make(&r);
	publish_report_markdown(&out, &r, &style);
	assert_has(&out, "## What broke");
	assert_has(&out, "## Time to green, week by week");
	assert_false(view_has(buf_view(&out), "## In short"));
	buf_clear(&out);
	publish_report_html(&out, &r, &style);
	assert_has(&out, "<h2 id=\"failures\">What broke</h2>");
	assert_false(view_has(buf_view(&out), "In short"));
}

static size_t times(struct view v, const char *what)
{
	size_t n = 0, at;

	while ((at = view_find(v, what)) != VIEW_NONE) {
		n++;
		v = view_from(v, at + strlen(what));
	}
	return n;
}

static void test_html_of_hostile_text(void **state)
{
	REPORT_AUTO r = full("<script>alert(1)</script>\"'><img src=x onerror=alert(1)>" HOSTILE);
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	insight_make(&r);
	publish_report_html(&out, &r, &plain);
	assert_printable(buf_view(&out));
	assert_int_equal(times(buf_view(&out), "<script"), 0);
	assert_int_equal(times(buf_view(&out), "<img"), 0);
	assert_int_equal(times(buf_view(&out), "http://"), times(buf_view(&out), "http://evil.example"));
	assert_int_equal(times(buf_view(&out), "href=\"http"), 0);
	assert_int_equal(times(buf_view(&out), "<table>"), times(buf_view(&out), "</table>"));
	assert_int_equal(times(buf_view(&out), "<td"), times(buf_view(&out), "</td>"));
	assert_int_equal(times(buf_view(&out), "<tr>"), times(buf_view(&out), "</tr>"));
	assert_int_equal(times(buf_view(&out), "<section"), times(buf_view(&out), "</section>"));
	assert_int_equal(times(buf_view(&out), "<svg"), 4); /* days as line and calendar, weeks, matrix */
	assert_has(&out, "default-src 'none'");
}

static void test_html_of_nothing(void **state)
{
	REPORT_AUTO r = empty();
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	insight_make(&r);
	publish_report_html(&out, &r, &plain);
	assert_has(&out, "Nothing. No failure was recorded in this time.");
	assert_false(view_has(buf_view(&out), "nan"));
	assert_int_equal(times(buf_view(&out), "<svg"), 0);
}

static void test_json(void **state)
{
	REPORT_AUTO r = full("x");
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	insight_make(&r);
	JSON_AUTO *j = publish_report_json(&r);
	print_checked(&out, j);
	assert_string_equal(json_text(j, "schema"), "runmedic.report/1");
	assert_string_equal(json_text(j, "branch"), "x");
	assert_null(json_get(j, "space"));
	const cJSON *totals = json_get(j, "totals");
	assert_int_equal(json_int(totals, "runs", -1), 10);
	assert_int_equal(json_int(totals, "mttr_s", -1), 90);
	assert_string_equal(json_text(at(json_get(j, "failures"), 0), "category"), "test");
	assert_true(json_bool(at(json_get(j, "failures"), 0), "transient", false));
	assert_null(json_get(at(json_get(j, "fixers"), 0), "success_low"));
	assert_true(json_bool(at(json_get(j, "tests"), 0), "same_commit_both", false));
	assert_string_equal(json_text(at(json_get(j, "fixes"), 0), "outcome"), "merged");
	assert_int_equal(json_int(at(json_get(j, "days"), 5), "failed", -1), 1);
	assert_null(json_get(at(json_get(j, "weeks"), 0), "mttr_s"));
	assert_int_equal(json_int(at(json_get(j, "weeks"), 1), "mttr_s", -1), 90);
	assert_int_equal(cJSON_GetArraySize(json_get(json_get(j, "health"), "kpis")), 9);
}

static void test_json_of_nothing(void **state)
{
	REPORT_AUTO r = empty();
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	JSON_AUTO *j = publish_report_json(&r);
	print_checked(&out, j);
	assert_null(json_get(json_get(j, "totals"), "failure_rate"));
	assert_null(json_get(json_get(j, "totals"), "mttr_s"));
	assert_int_equal(cJSON_GetArraySize(json_get(j, "failures")), 0);
}

static void test_hostile_text_and_secrets(void **state)
{
	struct report hostile = full(HOSTILE), leaky = full(secret());
	BUF_AUTO out = buf_new(BUF_PAGE);
	BUF_AUTO kept = buf_new(BUF_PAGE);

	(void)state;
	JSON_AUTO *j = publish_report_json(&hostile);
	print_checked(&out, j);
	JSON_AUTO *k = publish_report_json(&leaky);
	print_checked(&kept, k);
	publish_report_markdown(&kept, &leaky, &plain);
	publish_report_html(&kept, &leaky, &plain);
	assert_no_secret(buf_view(&kept));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_markdown_of_a_week),
		cmocka_unit_test(test_markdown_of_nothing),
		cmocka_unit_test(test_tables_cannot_be_broken),
		cmocka_unit_test(test_what_does_not_fit_is_named),
		cmocka_unit_test(test_sections_that_are_wanted),
		cmocka_unit_test(test_html_of_hostile_text),
		cmocka_unit_test(test_html_of_nothing),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_of_nothing),
		cmocka_unit_test(test_hostile_text_and_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
