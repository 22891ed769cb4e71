#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

static int64_t parse(const char *text)
{
	int64_t t = CLOCK_UNKNOWN;

	clock_parse(view_of(text), &t);
	return t;
}

static void test_reads_iso_8601(void **state)
{
	const int64_t noon = INT64_C(1795003200) * CLOCK_SECOND; /* date -u -d 2026-11-18T12:00:00Z +%s */

	(void)state;
	assert_int_equal(parse("1970-01-01"), 0);
	assert_int_equal(parse("2026-11-18T12:00:00Z"), noon);
	assert_int_equal(parse("2026-11-18T12:00:00"), noon);
	assert_int_equal(parse("2026-11-18T13:00:00+01:00"), noon);
	assert_int_equal(parse("2026-11-18T06:30:00-0530"), noon);
	assert_int_equal(parse("2026-11-18T12:00:00.5Z"), noon + 500000);
	assert_int_equal(parse("2026-11-18T12:00:00.1234567Z"), noon + 123456);
	assert_int_equal(parse("2026-11-18"), noon - 12 * 3600 * CLOCK_SECOND);
	assert_int_equal(parse("2024-02-29"), INT64_C(1709164800) * CLOCK_SECOND);
	assert_int_equal(parse("1969-12-31T23:59:59Z"), -CLOCK_SECOND);
	assert_int_equal(parse("2016-12-31T23:59:60Z"), parse("2017-01-01T00:00:00Z"));
}

static void test_refuses_the_rest(void **state)
{
	static const char *const bad[] = {"", "2026", "2026-13-01", "2026-00-01", "2026-02-30", "2023-02-29",
		"1900-02-29", "2026-11-31", "2026-11-18T", "2026-11-18 12:00:00Z", "2026-11-18T24:00:00Z",
		"2026-11-18T12:60:00Z", "2026-11-18T12:00:61Z", "2026-11-18T12:00Z", "2026-11-18T12:00:00.Z",
		"2026-11-18T12:00:00ZZ", "2026-11-18T12:00:00+1", "2026-11-18T12:00:00+25:00", " 2026-11-18",
		"2026-11-18 ", "20261118", "2026-11-18T12:00:00Z\n", "-026-11-18", "2026-1-18"};
	int64_t t = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(clock_parse(view_of(bad[i]), &t));
	assert_int_equal(t, 42);
}

static void test_writes_what_it_reads(void **state)
{
	char text[CLOCK_TEXT_MAX];

	(void)state;
	/* a day of each month over 900 years, with all kinds of leap years */
	for (int64_t t = parse("1600-01-01T01:02:03Z"); t < parse("2500-01-01"); t += 29 * CLOCK_DAY)
		assert_int_equal(parse(clock_iso(t, text)), t);
	assert_string_equal(clock_iso(parse("0000-01-01"), text), "0000-01-01T00:00:00Z");
	assert_string_equal(clock_iso(parse("9999-12-31T23:59:59.9Z"), text), "9999-12-31T23:59:59Z");
	assert_string_equal(clock_iso(-1, text), "1969-12-31T23:59:59Z");
	assert_string_equal(clock_date(0, text), "1970-01-01");
}

static void test_unknown_is_empty(void **state)
{
	char text[CLOCK_TEXT_MAX];

	(void)state;
	assert_string_equal(clock_iso(CLOCK_UNKNOWN, text), "");
	assert_string_equal(clock_date(CLOCK_UNKNOWN, text), "");
	assert_string_equal(clock_iso(INT64_MAX, text), "");
	assert_string_equal(clock_iso(INT64_MIN + 1, text), "");
	assert_string_equal(clock_duration(-1, text), "");
}

static void test_durations(void **state)
{
	char text[CLOCK_TEXT_MAX];

	(void)state;
	assert_string_equal(clock_duration(0, text), "0 ms");
	assert_string_equal(clock_duration(850999, text), "850 ms");
	assert_string_equal(clock_duration(12 * CLOCK_SECOND, text), "12 s");
	assert_string_equal(clock_duration(200 * CLOCK_SECOND, text), "3 min 20 s");
	assert_string_equal(clock_duration(18720 * CLOCK_SECOND, text), "5 h 12 min");
	assert_string_equal(clock_duration(76 * 3600 * CLOCK_SECOND, text), "3 d 4 h");
	clock_duration(INT64_MAX, text);
}

static void assert_week(const char *day, int year, int week)
{
	int got_year, got_week;

	clock_week(parse(day), &got_year, &got_week);
	if (got_year != year || got_week != week)
		fail_msg("%s is in %d-W%02d, not %d-W%02d", day, got_year, got_week, year, week);
}

/* Pairs that `date +%G-W%V` names. */
static void test_weeks(void **state)
{
	(void)state;
	assert_week("1970-01-01", 1970, 1);
	assert_week("2026-11-21", 2026, 47);
	assert_week("2026-11-22T23:59:59Z", 2026, 47);
	assert_week("2026-11-23", 2026, 48);
	assert_week("2026-12-31", 2026, 53);
	assert_week("2027-01-03", 2026, 53);
	assert_week("2027-01-04", 2027, 1);
	assert_week("2024-12-30", 2025, 1);
	assert_week("2023-01-01", 2022, 52);
	assert_week("1969-12-31", 1970, 1);
}

static void test_now_can_be_replaced(void **state)
{
	int64_t before = clock_monotonic();

	(void)state;
	setenv("RUNMEDIC_NOW", "2026-11-18T09:14:03Z", 1);
	assert_int_equal(clock_now(), parse("2026-11-18T09:14:03Z"));
	setenv("RUNMEDIC_NOW", "yesterday", 1);
	assert_true(clock_now() > parse("2020-01-01"));
	unsetenv("RUNMEDIC_NOW");
	assert_true(clock_now() > parse("2020-01-01"));
	assert_true(clock_monotonic() >= before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_iso_8601),
		cmocka_unit_test(test_refuses_the_rest),
		cmocka_unit_test(test_writes_what_it_reads),
		cmocka_unit_test(test_unknown_is_empty),
		cmocka_unit_test(test_durations),
		cmocka_unit_test(test_weeks),
		cmocka_unit_test(test_now_can_be_replaced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
