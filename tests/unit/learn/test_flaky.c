#include "history_testing.h"

#include "learn/flaky.h"

#include <string.h>

#define T "tests/test_a.py::test_a"

static struct told t;
static struct flaky_report report;

static int begin(void **state)
{
	(void)state;
	t = (struct told){.h = history_new()};
	return 0;
}

static int end(void **state)
{
	(void)state;
	flaky_done(&report);
	history_free(t.h);
	return 0;
}

static const struct flaky_verdict *verdict(const char *test)
{
	if (!report.list) {
		history_seal(t.h, VIEW("main"));
		flaky_learn(&report, t.h);
	}
	for (size_t i = 0; i < report.n; i++)
		if (strcmp(names_text(&t.h->tests, report.list[i].test), test) == 0)
			return &report.list[i];
	fail_msg("nothing is said about %s", test);
	return NULL;
}

static void test_failed_and_passed_on_the_same_commit_and_leg_is_flaky(void **state)
{
	double hour = tell_green(&t, 0, 5, T);
	const struct flaky_verdict *v;

	(void)state;
	tell(&t, hour, "main", "c1", T, "PFPP");
	tell(&t, hour + 1, "main", "c1", T, "-P--");
	tell_green(&t, hour + 3, 5, T);
	v = verdict(T);
	assert_int_equal(v->kind, FLAKY_FLAKY);
	assert_int_equal(v->reruns, 1);
	assert_int_equal(v->flakes, 1);
	assert_int_equal(v->runs, 45);
	assert_non_null(strstr(v->why, "failed 1 time and then passed on the same commit and leg"));
	assert_true(v->score > 0.9);
	assert_true(v->rate > 0.01 && v->rate < 0.1 && v->rate_low < v->rate && v->rate < v->rate_high);
}

static void test_two_lone_failures_that_no_commit_explains_are_flaky(void **state)
{
	double hour = tell_green(&t, 0, 5, T);
	const struct flaky_verdict *v;

	(void)state;
	tell(&t, hour, "main", "c1", T, "PFPP");
	hour = tell_green(&t, hour + 3, 5, T);
	tell(&t, hour, "main", "c2", T, "PPFP");
	tell_green(&t, hour + 3, 5, T);
	v = verdict(T);
	assert_int_equal(v->kind, FLAKY_FLAKY);
	assert_int_equal(v->alone, 2);
	assert_int_equal(v->reruns, 0);
}

static void test_broken_for_some_commits_and_mended_is_not_flaky(void **state)
{
	double hour = tell_green(&t, 0, 5, T);
	const struct flaky_verdict *v;

	(void)state;
	tell(&t, hour, "main", "c1", T, "BBBB");
	tell(&t, hour + 3, "main", "c2", T, "BBBB");
	tell_green(&t, hour + 6, 5, T);
	v = verdict(T);
	assert_int_equal(v->kind, FLAKY_BROKEN);
	assert_int_equal(v->broken, 8);
	assert_false(v->red_now);
	assert_false(v->quarantine);
	assert_true(v->score < 0.2);
}

/* A commit that broke one system and was mended by the next: all its legs failed, no other. */
static void test_broken_on_one_system_for_one_commit_is_not_flaky(void **state)
{
	double hour = tell_green(&t, 0, 5, T);

	(void)state;
	tell(&t, hour, "main", "c1", T, "PPBB");
	hour = tell_green(&t, hour + 3, 3, T);
	tell(&t, hour, "main", "c2", T, "PBPB");
	tell_green(&t, hour + 3, 3, T);
	assert_int_equal(verdict(T)->kind, FLAKY_BROKEN);
}

static void test_broken_on_one_leg_for_many_commits_is_not_flaky(void **state)
{
	double hour = tell_green(&t, 0, 3, T);

	(void)state;
	for (unsigned i = 0; i < 6; i++, hour += 3) {
		char commit[32];

		snprintf(commit, sizeof(commit), "c%u", i);
		tell(&t, hour, "main", commit, T, "PPPB");
	}
	/* A branch that took it in for one commit: what looks lone there has the message of what was broken. */
	tell(&t, hour, "feature", "f1", T, "PPPP");
	tell(&t, hour + 1, "feature", "f2", T, "PPPB");
	tell(&t, hour + 2, "feature", "f3", T, "PPPP");
	tell_green(&t, hour + 3, 3, T);
	assert_int_equal(verdict(T)->kind, FLAKY_BROKEN);
}

/* Job by job a new image comes in over some days; with it the test fails. Same commit, same leg, red and green. */
static void test_a_new_runner_image_is_not_flaky(void **state)
{
	static const char *const turns[] = {"on", "nn", "no", "nn", "on", "nn"};
	double hour;
	const struct flaky_verdict *v;

	(void)state;
	t.image[2] = t.image[3] = "windows@1";
	hour = tell_green(&t, 0, 5, T);
	for (size_t i = 0; i < sizeof(turns) / sizeof(*turns); i++, hour += 3) {
		char commit[32], letters[] = "PPPP";

		snprintf(commit, sizeof(commit), "c%zu", i);
		for (size_t k = 0; k < 2; k++) {
			t.image[2 + k] = turns[i][k] == 'n' ? "windows@2" : "windows@1";
			letters[2 + k] = turns[i][k] == 'n' ? 'B' : 'P';
		}
		tell(&t, hour, "main", commit, T, letters);
		t.image[2] = t.image[3] = "windows@1";
		tell(&t, hour + 1, "main", commit, T, "--PP");
	}
	v = verdict(T);
	assert_int_equal(v->kind, FLAKY_BROKEN);
	assert_true(v->score <= 0.5);
}

static void test_an_incident_is_neither_flaky_nor_broken(void **state)
{
	static const char *const others[] = {"tests/test_b.py::test_b", "tests/test_c.py::test_c"};
	double hour = tell_green(&t, 0, 5, T);
	const struct flaky_verdict *v;

	(void)state;
	tell(&t, hour, "main", "c1", T, "PNPP");
	tell_result(&t, 2, others[0], 'N');
	tell_result(&t, 3, others[1], 'N');
	tell_green(&t, hour + 3, 5, T);
	v = verdict(T);
	assert_int_equal(v->kind, FLAKY_INCIDENT);
	assert_int_equal(v->incident, 1);
	assert_int_equal(v->flakes, 0);
}

static void test_lost_jobs_make_an_incident(void **state)
{
	double hour = tell_green(&t, 0, 20, T);

	(void)state;
	t.lost = true;
	tell(&t, hour, "main", "c1", "tests/test_b.py::test_b", "PPPP");
	t.lost = false;
	tell(&t, hour + 0.5, "main", "c1", T, "PNPP");
	tell_green(&t, hour + 3, 20, T);
	assert_int_equal(verdict(T)->kind, FLAKY_INCIDENT);
}

static void test_a_renamed_test_keeps_what_is_known_of_it(void **state)
{
	double hour = tell_green(&t, 0, 4, T);
	const struct flaky_verdict *v;

	(void)state;
	tell(&t, hour, "main", "c1", T, "PFPP");
	hour = tell_green(&t, hour + 3, 2, T);
	hour = tell_green(&t, hour, 2, T "_v2");
	tell(&t, hour, "main", "c2", T "_v2", "PPFP");
	tell_green(&t, hour + 3, 3, T "_v2");
	v = verdict(T "_v2");
	assert_int_equal(v->kind, FLAKY_FLAKY);
	assert_int_equal(v->flakes, 2);
	assert_int_equal(report.n, 1);
}

static void test_a_test_of_another_file_is_no_rename(void **state)
{
	double hour = tell_green(&t, 0, 4, T);

	(void)state;
	tell(&t, hour, "main", "c1", T, "PFPP");
	hour = tell_green(&t, hour + 3, 2, T);
	hour = tell_green(&t, hour, 2, "tests/test_b.py::test_a");
	tell(&t, hour, "main", "c2", "tests/test_b.py::test_a", "PPFP");
	assert_int_equal(verdict(T)->flakes + verdict(T)->failures, 2);
	assert_int_equal(report.n, 2);
}

static void test_a_quarantine_has_a_reason_and_an_end(void **state)
{
	double hour = tell_green(&t, 0, 3, T);
	const struct flaky_verdict *v;

	(void)state;
	for (int i = 0; i < 6; i++) {
		char commit[32];

		snprintf(commit, sizeof(commit), "c%d", i);
		tell(&t, hour, "main", commit, T, i % 2 ? "PFPP" : "PPFP");
		tell(&t, hour + 1, "main", commit, T, i % 2 ? "-P--" : "--P-");
		hour = tell_green(&t, hour + 3, 3, T);
	}
	v = verdict(T);
	assert_int_equal(v->kind, FLAKY_FLAKY);
	assert_true(v->quarantine);
	assert_true(v->quarantine_until == v->last + FLAKY_QUARANTINE_DAYS * CLOCK_DAY);
	assert_non_null(strstr(v->quarantine_why, "in 100 executions"));
}

static void test_what_flaked_long_ago_is_not_quarantined(void **state)
{
	double hour = tell_green(&t, 0, 3, T);

	(void)state;
	tell(&t, hour, "main", "c1", T, "PFPP");
	tell(&t, hour + 1, "main", "c1", T, "-P--");
	for (int i = 0; i < 40; i++)
		hour = tell_green(&t, hour + 20, 1, T);
	assert_int_equal(verdict(T)->kind, FLAKY_FLAKY);
	assert_false(verdict(T)->quarantine);
}

static void test_an_empty_history_says_nothing(void **state)
{
	(void)state;
	history_seal(t.h, VIEW("main"));
	flaky_learn(&report, t.h);
	assert_int_equal(report.n, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_failed_and_passed_on_the_same_commit_and_leg_is_flaky),
		TEST(test_two_lone_failures_that_no_commit_explains_are_flaky),
		TEST(test_broken_for_some_commits_and_mended_is_not_flaky),
		TEST(test_broken_on_one_system_for_one_commit_is_not_flaky),
		TEST(test_broken_on_one_leg_for_many_commits_is_not_flaky),
		TEST(test_a_new_runner_image_is_not_flaky),
		TEST(test_an_incident_is_neither_flaky_nor_broken),
		TEST(test_lost_jobs_make_an_incident),
		TEST(test_a_renamed_test_keeps_what_is_known_of_it),
		TEST(test_a_test_of_another_file_is_no_rename),
		TEST(test_a_quarantine_has_a_reason_and_an_end),
		TEST(test_what_flaked_long_ago_is_not_quarantined),
		TEST(test_an_empty_history_says_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
