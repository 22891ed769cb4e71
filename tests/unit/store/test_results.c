/* What learning reads: executions in order, with the results of their tests. */
#include "store/results.h"
#include "tests/unit/store/history.h"

static struct store_filter all(void)
{
	return (struct store_filter){CLOCK_UNKNOWN, CLOCK_UNKNOWN, NULL, NULL, -1};
}

static void record(int64_t run, const char *job, int64_t hour, const char *results, bool fork)
{
	static char names[16][24];
	struct finding f = finding("python/assert", CATEGORY_TEST, 'a');
	struct diagnosis d = {.failed = true, .findings = &f, .finding_count = 1};
	struct store_execution x = execution(run, CONCLUSION_FAILURE, DAY0 + hour * HOUR);
	struct store_record *r = begin(store);

	x.job = job;
	x.fork = fork;
	x.commit = "abcdef";
	x.event = "push";
	for (size_t i = 0; results[i]; i++) {
		static const enum result of[128] = {
			['p'] = RESULT_PASSED, ['f'] = RESULT_FAILED, ['s'] = RESULT_SKIPPED, ['e'] = RESULT_ERROR};
		struct test_case one = {.result = of[(int)results[i]], .duration_us = (int64_t)i * 1000 * 1000};

		if (results[i] == '-')
			continue;
		snprintf(names[i % 16], sizeof(names[0]), "t%zu", i);
		one.id = view_of(names[i % 16]);
		one.message = view_of(results[i] == 'f' ? "boom" : "");
		store_record_test(r, &one);
	}
	commit(r, &x, &d, NULL, 0);
}

struct told {
	char text[4096];
	int stop_after;
};

static bool tell(void *context, const struct store_job_row *job, const struct store_result *results, size_t count)
{
	struct told *t = context;
	size_t n = strlen(t->text);

	n += (size_t)snprintf(
		t->text + n, sizeof(t->text) - n, "%s%lld %s", n ? "\n" : "", (long long)job->run, job->name);
	for (size_t i = 0; i < count; i++)
		n += (size_t)snprintf(t->text + n, sizeof(t->text) - n, " %u:%s:%d%s%s", results[i].test,
			result_name((enum result)results[i].outcome), results[i].ms, results[i].message ? ":" : "",
			results[i].message ? results[i].message : "");
	return --t->stop_after != 0;
}

static const char *read_jobs(const struct store_wanted *w, int stop_after)
{
	static struct told t;
	struct err e = {0};

	t = (struct told){.stop_after = stop_after};
	if (store_each_job(store, w, tell, &t, &e) != 0)
		fail_msg("%s", e.text);
	return t.text;
}

static void test_jobs_come_in_the_order_of_their_ends(void **state)
{
	struct store_wanted w = {.filter = all()};

	(void)state;
	record(1, "a", 3, "p", false);
	record(2, "b", 1, "p", false);
	record(3, "a", 2, "p", true);
	assert_string_equal(read_jobs(&w, 0), "2 b\n3 a\n1 a");
	assert_string_equal(read_jobs(&w, 2), "2 b\n3 a");
	w.last = 2;
	assert_string_equal(read_jobs(&w, 0), "3 a\n1 a");
	w.no_forks = true;
	assert_string_equal(read_jobs(&w, 0), "2 b\n1 a");
	w = (struct store_wanted){.filter = all(), .name = "a"};
	assert_string_equal(read_jobs(&w, 0), "3 a\n1 a");
	w = (struct store_wanted){.filter = all()};
	w.filter.from = DAY0 + HOUR;
	w.filter.to = DAY0 + 2 * HOUR;
	assert_string_equal(read_jobs(&w, 0), "3 a");
	w.filter = all();
	w.sha = "nobody's";
	assert_string_equal(read_jobs(&w, 0), "");
	w = (struct store_wanted){.filter = all(), .repository = "acme/anvil", .os = "linux"};
	assert_string_equal(read_jobs(&w, 0), "");
}

static void test_results_come_with_them(void **state)
{
	struct store_wanted w = {.filter = all(), .parts = STORE_RESULTS};

	(void)state;
	record(1, "a", 1, "pfse", false);
	record(2, "a", 2, "-p--p", false);
	assert_string_equal(read_jobs(&w, 0), "1 a 1:passed:0 2:failed:1000 3:skipped:2000 4:error:3000\n"
					      "2 a 2:passed:1000 5:passed:4000");
	w.parts = STORE_UNPASSED | STORE_MESSAGES;
	assert_string_equal(read_jobs(&w, 1), "1 a 2:failed:1000:boom 3:skipped:2000 4:error:3000");
	w.parts = STORE_PASSES;
	assert_string_equal(read_jobs(&w, 1), "1 a 1:passed:0");
}

static void test_one_test_alone(void **state)
{
	struct store_wanted w = {.filter = all(), .parts = STORE_RESULTS, .test = "t1"};

	(void)state;
	record(1, "a", 1, "pp", false);
	record(2, "a", 2, "p", false);
	record(3, "b", 3, "pf", false);
	record(4, "a", 4, "ps", false);
	assert_string_equal(read_jobs(&w, 0), "1 a 2:passed:1000\n3 b 2:failed:1000\n4 a 2:skipped:1000");
	w.last = 1;
	assert_string_equal(read_jobs(&w, 0), "4 a 2:skipped:1000");
	w.test = "t9";
	assert_string_equal(read_jobs(&w, 0), "");
}

static bool see_row(void *context, const struct store_job_row *job, const struct store_result *results, size_t count)
{
	(void)context;
	(void)results;
	assert_int_equal(count, 0);
	assert_int_equal(job->run, 1);
	assert_int_equal(job->attempt, 1);
	assert_string_equal(job->repository, "acme/anvil");
	assert_string_equal(job->key, "a");
	assert_string_equal(job->workflow, "ci");
	assert_string_equal(job->branch, "main");
	assert_string_equal(job->sha, "abcdef");
	assert_string_equal(job->event, "push");
	assert_null(job->os);
	assert_int_equal(job->space, SPACE_CI);
	assert_int_equal(job->conclusion, CONCLUSION_FAILURE);
	assert_int_equal(job->started, DAY0 + HOUR - 60 * CLOCK_SECOND);
	assert_int_equal(job->ended, DAY0 + HOUR);
	assert_int_equal(job->passed, 2);
	assert_int_equal(job->errors, 0);
	assert_string_equal(job->rule, "python/assert");
	assert_int_equal(job->category, CATEGORY_TEST);
	assert_string_equal(job->title, "title");
	assert_int_equal(strlen(job->signature), 66);
	assert_false(job->fork);
	return true;
}

/* Dense packs and sparse ones; a test that was skipped only has not failed. */
static void test_passes_of_what_failed_somewhere(void **state)
{
	struct store_wanted w = {.filter = all(), .parts = STORE_RESULTS, .failing = true};

	(void)state;
	record(1, "a", 1, "ppppp", false);
	record(2, "a", 2, "pfpsp", false);
	record(3, "a", 3, "----p", false);
	record(4, "a", 4, "ppppe", false);
	record(5, "a", 5, "-p---", false);
	assert_string_equal(read_jobs(&w, 0),
		"1 a 2:passed:1000 5:passed:4000\n2 a 5:passed:4000 2:failed:1000 4:skipped:3000\n"
		"3 a 5:passed:4000\n4 a 2:passed:1000 5:error:4000\n5 a 2:passed:1000");
	asks("SELECT max(is_sparse) > min(is_sparse) FROM pack", "1");
}

static void test_what_a_row_tells(void **state)
{
	struct store_wanted w = {.filter = all()};
	struct err e;

	(void)state;
	record(1, "a", 1, "pp", false);
	assert_int_equal(store_each_job(store, &w, see_row, NULL, &e), 0);
}

static void count_name(void *context, uint32_t test, const char *name)
{
	*(unsigned *)context += test;
	assert_int_equal(name[0], 't');
}

static void test_tests_have_numbers(void **state)
{
	ARENA_AUTO a = {0};
	unsigned sum = 0;
	uint32_t max, number;
	const char *name;
	struct err e;

	(void)state;
	record(1, "a", 1, "pps", false);
	assert_int_equal(store_tests(store, count_name, &sum, &max, &e), 0);
	assert_int_equal(max, 3);
	assert_int_equal(sum, 6);
	assert_int_equal(store_test_number(store, "t1", &number, &e), 0);
	assert_int_equal(store_test_name(store, number, &a, &name, &e), 0);
	assert_string_equal(name, "t1");
	assert_int_equal(store_test_number(store, "nobody", &number, &e), 0);
	assert_int_equal(number, 0);
	assert_int_equal(store_test_name(store, 77, &a, &name, &e), 0);
	assert_null(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_jobs_come_in_the_order_of_their_ends),
		WITH_STORE(test_results_come_with_them),
		WITH_STORE(test_one_test_alone),
		WITH_STORE(test_passes_of_what_failed_somewhere),
		WITH_STORE(test_what_a_row_tells),
		WITH_STORE(test_tests_have_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
