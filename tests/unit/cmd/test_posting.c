#include "cmd/posting.h"

#include "base/file.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *top, *summary, *report;

static int begin(void **state)
{
	(void)state;
	top = file_temp_directory("runmedic-test", NULL);
	if (!top)
		return -1;
	summary = file_join(top, "summary");
	report = file_join(top, POSTING_FOLDER "/report.md");
	setenv("RUNNER_TEMP", top, 1);
	setenv("GITHUB_STEP_SUMMARY", summary, 1);
	return 0;
}

static int end(void **state)
{
	(void)state;
	file_remove_tree(top, NULL);
	free(top);
	free(summary);
	free(report);
	return 0;
}

static const struct publish_job jobs[] = {{.id = 1,
	.name = "test",
	.conclusion = "failure",
	.trouble = "the log of this job is gone",
	.known = {.last_seen = CLOCK_UNKNOWN, .red_since = CLOCK_UNKNOWN}}};

static struct publish_run a_run(bool green)
{
	return (struct publish_run){.repository = "o/r",
		.workflow = "CI",
		.id = 7,
		.attempt = 1,
		.head_sha = "0123456789012345678901234567890123456789",
		.jobs = jobs,
		.job_count = green ? 0 : 1,
		.jobs_total = 1,
		.green = green,
		.green_at = CLOCK_UNKNOWN};
}

static int post(struct posting *p, const struct publish_run *r, bool files)
{
	struct session s = {.quiet = true};
	struct err e = {0};
	return posting_run(p, &s, NULL, r, files, &e);
}

static void expect_text(const char *path, const char *wanted)
{
	struct err e = {0};
	BUF_AUTO text = {0};
	if (file_read(path, BUF_LARGE, &text, &e) < 0)
		fail_msg("%s", e.text);
	assert_non_null(strstr(buf_text(&text), wanted));
}

static void test_the_summary_says_it(void **state)
{
	(void)state;
	struct posting p;
	const struct publish_run r = a_run(false);
	assert_int_equal(post(&p, &r, false), 0);
	assert_true(p.posted);
	assert_null(p.report);
	expect_text(summary, "the log of this job is gone");
	posting_done(&p);
}

static void test_the_file_says_it_too_where_it_is_wanted(void **state)
{
	(void)state;
	struct posting p;
	const struct publish_run r = a_run(false);
	assert_int_equal(post(&p, &r, true), 0);
	assert_string_equal(p.report, report);
	expect_text(report, "the log of this job is gone");
	posting_done(&p);
}

static void test_where_the_summary_is_full_the_file_says_it(void **state)
{
	(void)state;
	struct posting p;
	const struct publish_run r = a_run(false);
	struct err e;
	assert_int_equal(file_write_atomic(summary, VIEW(""), 0644, &e), 0);
	assert_int_equal(truncate(summary, (off_t)PUBLISH_SUMMARY_MAX), 0);
	assert_int_equal(post(&p, &r, false), 0);
	assert_false(p.posted);
	assert_non_null(p.report);
	expect_text(report, "the log of this job is gone");
	posting_done(&p);
}

static void test_a_result_that_nothing_takes_is_trouble(void **state)
{
	(void)state;
	struct posting p;
	struct err e;
	const struct publish_run r = a_run(false);
	MEM_AUTO char *plain = file_join(top, "plain");
	assert_int_equal(file_write_atomic(plain, VIEW("x"), 0644, &e), 0);
	MEM_AUTO char *below = file_join(plain, "summary");
	setenv("GITHUB_STEP_SUMMARY", below, 1);
	setenv("RUNNER_TEMP", plain, 1);
	assert_int_equal(post(&p, &r, false), -1);
	assert_false(p.posted);
	posting_done(&p);
}

static void test_green_leaves_nothing_behind(void **state)
{
	(void)state;
	struct posting p;
	const struct publish_run r = a_run(true);
	assert_int_equal(post(&p, &r, false), 0);
	assert_false(file_exists(summary));
	assert_false(file_exists(report));
	assert_null(p.report);
	posting_done(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_summary_says_it, begin, end),
		cmocka_unit_test_setup_teardown(test_the_file_says_it_too_where_it_is_wanted, begin, end),
		cmocka_unit_test_setup_teardown(test_where_the_summary_is_full_the_file_says_it, begin, end),
		cmocka_unit_test_setup_teardown(test_a_result_that_nothing_takes_is_trouble, begin, end),
		cmocka_unit_test_setup_teardown(test_green_leaves_nothing_behind, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
