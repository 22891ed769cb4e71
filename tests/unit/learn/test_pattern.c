#include "history_testing.h"

#include "learn/pattern.h"

#include <string.h>

#define T "tests/test_a.py::test_a"

static struct told t;
static struct flaky_report flaky;
static struct pattern_report report;

static int begin(void **state)
{
	(void)state;
	t = (struct told){.h = history_new()};
	return 0;
}

static int end(void **state)
{
	(void)state;
	pattern_done(&report);
	flaky_done(&flaky);
	history_free(t.h);
	return 0;
}

static void learn(void)
{
	history_seal(t.h, VIEW("main"));
	flaky_learn(&flaky, t.h);
	pattern_learn(&report, t.h, &flaky);
}

static void assert_one(enum pattern_dimension dimension, const char *value)
{
	learn();
	assert_int_equal(report.n, 1);
	assert_string_equal(pattern_dimension_name(report.list[0].dimension), pattern_dimension_name(dimension));
	assert_string_equal(report.list[0].value, value);
}

static double tell_broken(double hour, const char *letters)
{
	for (unsigned i = 0; i < 4; i++, hour += 3) {
		char commit[32];

		snprintf(commit, sizeof(commit), "broken-%u-%s", i, letters);
		tell(&t, hour, "main", commit, T, letters);
	}
	return hour;
}

static void test_broken_on_one_system(void **state)
{
	double hour = tell_green(&t, 0, 3, T);

	(void)state;
	tell_green(&t, tell_broken(hour, "PPBB"), 3, T);
	assert_one(PATTERN_OS, "windows");
	assert_false(report.list[0].flaky);
	assert_int_equal(report.list[0].count, 8);
	assert_int_equal(report.list[0].jobs, 8);
	assert_string_equal(report.list[0].reason, "failed in 8 of 8 jobs on windows");
	assert_string_equal(report.list[0].reproduce, "run " T " in a job of windows");
	assert_string_equal(report.list[0].message, "KeyError: 'budget'");
	assert_true(report.list[0].first < report.list[0].last);
}

static void test_broken_with_one_version(void **state)
{
	(void)state;
	tell_green(&t, tell_broken(tell_green(&t, 0, 3, T), "BPBP"), 3, T);
	assert_one(PATTERN_VERSION, "3.8");
}

static void test_broken_on_one_pair(void **state)
{
	(void)state;
	tell_green(&t, tell_broken(tell_green(&t, 0, 3, T), "PPPB"), 3, T);
	assert_one(PATTERN_OS_VERSION, "windows+3.12");
}

static void test_broken_everywhere_has_no_pattern(void **state)
{
	(void)state;
	tell_green(&t, tell_broken(tell_green(&t, 0, 3, T), "BBBB"), 3, T);
	learn();
	assert_int_equal(report.n, 0);
}

static void test_broken_in_ci_only(void **state)
{
	double hour = tell_green(&t, 0, 3, T);

	(void)state;
	hour = tell_broken(hour, "BBBB");
	t.space = SPACE_LOCAL;
	tell(&t, hour - 4, "main", "broken-2-BBBB", T, "-P--");
	assert_one(PATTERN_SPACE, "ci");
}

static void test_broken_since_an_image(void **state)
{
	double hour;

	(void)state;
	t.image[2] = t.image[3] = "windows@1";
	hour = tell_green(&t, 0, 3, T);
	t.image[3] = "windows@2";
	tell(&t, hour, "main", "c1", T, "PPPB");
	t.image[2] = "windows@2";
	t.image[3] = "windows@1";
	tell(&t, hour + 3, "main", "c2", T, "PPBP");
	t.image[3] = "windows@2";
	tell(&t, hour + 6, "main", "c3", T, "PPBB");
	assert_one(PATTERN_IMAGE, "windows@2");
	assert_string_equal(report.list[0].reason, "failed in 4 of 4 jobs since runner image windows@2");
}

/* A flake every `every` commits, on a leg of the list in turn. */
static void tell_flakes(
	unsigned commits, unsigned every, const char *const *letters, size_t n, double step, double from)
{
	unsigned flakes = 0;
	double hour = from;

	for (unsigned i = 0; i < commits; i++, hour += step) {
		char commit[32];

		snprintf(commit, sizeof(commit), "c%u", i);
		tell(&t, hour, "main", commit, T, i % every == every / 2 ? letters[flakes++ % n] : "PPPP");
	}
}

static void test_flaky_on_one_system(void **state)
{
	static const char *const letters[] = {"PPFP", "PPPF"};

	(void)state;
	tell_flakes(100, 10, letters, 2, 3, 0);
	assert_one(PATTERN_OS, "windows");
	assert_true(report.list[0].flaky);
	assert_int_equal(report.list[0].count, 10);
	assert_true(report.list[0].confidence > 0.9);
	assert_string_equal(report.list[0].reason, "flaked in 10 of 200 jobs on windows");
}

static void test_flaky_anywhere_has_no_pattern(void **state)
{
	static const char *const letters[] = {"FPPP", "PPPF", "PFPP", "PPFP"};

	(void)state;
	tell_flakes(100, 10, letters, 4, 3.7, 0);
	learn();
	assert_int_equal(report.n, 0);
}

/* Commits go on around the clock; it flakes around midnight only. */
static void test_flaky_at_a_time_of_day(void **state)
{
	static const char *const letters[] = {"FPPP", "PPPF", "PFPP", "PPFP"};

	(void)state;
	tell_flakes(160, 8, letters, 4, 3, 12); /* the fifth of eight is 12 h after noon */
	assert_one(PATTERN_TIME, "hour");
}

static void test_three_failures_are_the_least(void **state)
{
	double hour = tell_green(&t, 0, 3, T);

	(void)state;
	tell(&t, hour, "main", "c1", T, "PPBB");
	tell_green(&t, hour + 3, 3, T);
	learn();
	assert_int_equal(report.n, 0);
}

static void test_what_waits_in_vain(void **state)
{
	double hour = tell_green(&t, 0, 3, T);
	unsigned seen = 0;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		hour = tell_green(&t, hour, 4, T);
		tell(&t, hour, "main", "again", "tests/test_b.py::test_b", "P");
		history_failed(t.h, history_test(t.h, VIEW(T)), t.execution[0], VIEW("TimeoutError: no answer in 3 s"));
		hour += 3;
	}
	learn();
	for (size_t i = 0; i < report.n; i++)
		seen += report.list[i].dimension == PATTERN_TIMEOUT && report.list[i].count == 3;
	assert_int_equal(seen, 1);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_broken_on_one_system),
		TEST(test_broken_with_one_version),
		TEST(test_broken_on_one_pair),
		TEST(test_broken_everywhere_has_no_pattern),
		TEST(test_broken_in_ci_only),
		TEST(test_broken_since_an_image),
		TEST(test_flaky_on_one_system),
		TEST(test_flaky_anywhere_has_no_pattern),
		TEST(test_flaky_at_a_time_of_day),
		TEST(test_three_failures_are_the_least),
		TEST(test_what_waits_in_vain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
