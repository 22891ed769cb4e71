#include "publish_testing.h"

static struct report empty(void)
{
	return (struct report){.from = 0,
		.to = 7 * CLOCK_DAY,
		.generated = 7 * CLOCK_DAY,
		.failure_rate = -1,
		.failure_rate_before = -1,
		.mttr_us = -1};
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
	r.categories[0] = (struct report_category){CATEGORY_TEST, 4, 6};
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
	return r;
}

#define assert_has(out, text) assert_true(view_has(buf_view(out), text))

static void test_markdown_of_a_week(void **state)
{
	struct report r = full("x");
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	publish_report_markdown(&out, &r);
	assert_has(&out, "# CI report, 1970-01-01 to 1970-01-07\n");
	assert_has(&out, "Only branch `x`.");
	assert_has(&out, "| Runs | 10 | +2 |\n");
	assert_has(&out, "| ... of them red | 3 | = |\n");
	assert_has(&out, "| Failure rate | 30 % | was 38 % |\n");
	assert_has(&out, "| x | x | test (transient) | 4 | +3 |");
	assert_has(&out, "| test | 4 | -2 |\n");
	assert_has(&out, "| x | 2 | 9 | passed and failed on one commit: flaky |\n");
	assert_has(&out, "| `python/black` | 5 | 3 | 1 | 1 | 2 | 1 |\n");
	assert_has(&out, "- Failures that no rule knew: 1 of 4.\n");
	assert_has(&out, "- Fixes after which the job stayed red: 1.\n");
}

static void test_markdown_of_nothing(void **state)
{
	struct report r = empty();
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	publish_report_markdown(&out, &r);
	assert_has(&out, "| Failure rate | - | was - |\n");
	assert_has(&out, "| Mean time to green | - | 0 episodes |\n");
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
	struct report r = full(HOSTILE "\n| forged | row |\n# forged");
	BUF_AUTO out = buf_new(BUF_PAGE);
	struct view rest, line;
	size_t columns = 0;

	(void)state;
	publish_report_markdown(&out, &r);
	assert_printable(buf_view(&out));
	rest = buf_view(&out);
	while (view_next(&rest, '\n', &line)) {
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

static void test_json(void **state)
{
	struct report r = full("x");
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
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
}

static void test_json_of_nothing(void **state)
{
	struct report r = empty();
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
	publish_report_markdown(&kept, &leaky);
	assert_no_secret(buf_view(&kept));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_markdown_of_a_week),
		cmocka_unit_test(test_markdown_of_nothing),
		cmocka_unit_test(test_tables_cannot_be_broken),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_of_nothing),
		cmocka_unit_test(test_hostile_text_and_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
