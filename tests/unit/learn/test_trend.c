#include "learn/trend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>

#define DAYS 56

static struct trends *trends;
static struct trend_report report;
static unsigned family[TREND_COUNT];
static uint64_t seed;

/* Uniform on 0..1; the same in every run. */
static double chance(void)
{
	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (double)(seed >> 11) / (double)(UINT64_C(1) << 53);
}

static double bell(void)
{
	return chance() + chance() + chance() + chance() - 2;
}

static int begin(void **state)
{
	(void)state;
	seed = 1;
	trends = trends_new(0, DAYS * CLOCK_DAY);
	for (size_t i = 0; i < TREND_COUNT; i++)
		family[i] = trends_family(trends, &trend_standard[i]);
	return 0;
}

static int end(void **state)
{
	(void)state;
	trend_report_done(&report);
	trends_free(trends);
	return 0;
}

static const struct trend *said(const char *series)
{
	if (!report.list)
		trends_learn(&report, trends);
	for (size_t i = 0; i < report.n; i++)
		if (strcmp(report.list[i].series, series) == 0)
			return &report.list[i];
	return NULL;
}

static void assert_kind(const char *series, enum trend_kind kind)
{
	assert_non_null(said(series));
	assert_string_equal(trend_kind_name(said(series)->kind), trend_kind_name(kind));
}

/* Forty tests on a fleet that is slower in the middle; one grows by `factor` from day `from` on. */
static void tell_durations(double factor, int from)
{
	for (int test = 0; test < 40; test++) {
		char name[32];
		uint32_t s;

		snprintf(name, sizeof(name), "test-%d", test);
		s = trends_series(trends, family[TREND_TEST_DURATION], view_of(name));
		for (int day = 0; day < DAYS; day++) {
			double ms = (10 + 7 * test) * (1 + 0.3 * sin(day * 3.14 / DAYS)) * (1 + 0.1 * bell());

			if (test == 7 && day > from)
				ms *= 1 + (factor - 1) * (day - from) / (DAYS - from);
			trends_level(trends, s, day * CLOCK_DAY, ms);
		}
	}
}

static void test_a_test_that_grows_is_seen_through_a_slow_fleet(void **state)
{
	(void)state;
	tell_durations(1.6, 20);
	assert_kind("test-7", TREND_RISING);
	assert_true(said("test-7")->change > 1.3 && said("test-7")->p < 0.001);
	for (size_t i = 1; i < report.n; i++)
		assert_int_equal(report.list[i].kind, TREND_STABLE);
}

static void test_a_test_that_got_faster_improves(void **state)
{
	(void)state;
	tell_durations(0.5, 10);
	assert_kind("test-7", TREND_IMPROVING);
}

static void test_a_slow_fleet_alone_is_no_trend(void **state)
{
	(void)state;
	tell_durations(1, 0);
	said("");
	for (size_t i = 0; i < report.n; i++)
		assert_int_equal(report.list[i].kind, TREND_STABLE);
}

static uint32_t failures(const char *name)
{
	uint32_t s = trends_series(trends, family[TREND_TEST_FAILURES], view_of(name));

	for (int hour = 0; hour < DAYS * 24; hour++)
		trends_chances(trends, family[TREND_TEST_FAILURES], s, hour * (CLOCK_DAY / 24), 1);
	return s;
}

static void tell_events(uint32_t s, double early, double late)
{
	for (int hour = 0; hour < DAYS * 24; hour++)
		if (chance() < (hour < DAYS * 12 ? early : late))
			trends_event(trends, s, hour * (CLOCK_DAY / 24));
}

static void test_failures_that_come_more_often(void **state)
{
	(void)state;
	tell_events(failures("worse"), 0.01, 0.05);
	tell_events(failures("better"), 0.05, 0.005);
	tell_events(failures("same"), 0.03, 0.03);
	tell_events(failures("seldom"), 0.002, 0.002);
	assert_kind("worse", TREND_RISING);
	assert_kind("better", TREND_IMPROVING);
	assert_kind("same", TREND_STABLE);
	assert_true(said("worse")->after > 2 * said("worse")->before);
}

static void test_an_incident_is_no_trend(void **state)
{
	uint32_t s = failures("incident");

	(void)state;
	for (int day = 0; day < DAYS; day += 7)
		trends_event(trends, s, day * CLOCK_DAY);
	for (int minute = 0; minute < 200; minute++)
		trends_event(trends, s, 50 * CLOCK_DAY + minute * 60 * CLOCK_SECOND);
	assert_kind("incident", TREND_STABLE);
}

static void test_coverage_that_falls(void **state)
{
	uint32_t falls = trends_series(trends, family[TREND_UNCOVERED], VIEW("falls"));
	uint32_t dips = trends_series(trends, family[TREND_UNCOVERED], VIEW("dips"));

	(void)state;
	for (int day = 0; day < DAYS; day++) {
		double noise = 0.006 * bell();

		trends_level(trends, falls, day * CLOCK_DAY, 0.2 + 0.1 * (day > 15 ? day - 15 : 0) / 40 + noise);
		trends_level(trends, dips, day * CLOCK_DAY, 0.2 + (day > 20 && day < 26 ? 0.2 : 0) + noise);
	}
	assert_kind("falls", TREND_RISING);
	assert_kind("dips", TREND_STABLE);
	assert_non_null(strstr(said("falls")->why, "56 points"));
}

/* What the header states: of series in which nothing moves, hardly one is called moving. */
static void test_false_alarms_on_noise(void **state)
{
	unsigned called = 0;

	(void)state;
	for (int series = 0; series < 400; series++) {
		char name[32];
		uint32_t s;

		snprintf(name, sizeof(name), "noise-%d", series);
		s = trends_series(trends, family[TREND_TEST_DURATION], view_of(name));
		for (int day = 0; day < DAYS; day++)
			trends_level(trends, s, day * CLOCK_DAY, 100 * (1 + 0.3 * bell()));
	}
	said("");
	for (size_t i = 0; i < report.n; i++)
		called += report.list[i].kind != TREND_STABLE;
	assert_int_equal(report.n, 400);
	assert_in_range(called, 0, 4);
}

static void test_few_points_say_nothing(void **state)
{
	uint32_t s = trends_series(trends, family[TREND_LINT], VIEW("young"));

	(void)state;
	for (int day = 0; day < 4; day++)
		trends_level(trends, s, day * CLOCK_DAY, day * 10);
	trends_level(trends, 0, 0, 1); /* one too many: nothing happens */
	trends_level(trends, s, 0, NAN);
	trends_level(trends, s, DAYS * CLOCK_DAY * 2, 1);
	assert_null(said("young"));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(test_a_test_that_grows_is_seen_through_a_slow_fleet),
		TEST(test_a_test_that_got_faster_improves),
		TEST(test_a_slow_fleet_alone_is_no_trend),
		TEST(test_failures_that_come_more_often),
		TEST(test_an_incident_is_no_trend),
		TEST(test_coverage_that_falls),
		TEST(test_false_alarms_on_noise),
		TEST(test_few_points_say_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
