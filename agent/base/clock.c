#include "base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SECONDS_PER_DAY 86400

static int64_t read_clock(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * CLOCK_SECOND + t.tv_nsec / 1000;
}

int64_t clock_now(void)
{
	int64_t fixed;

	if (clock_parse(view_of(getenv("RUNMEDIC_NOW")), &fixed))
		return fixed;
	return read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

/* The calendar is counted in eras of 400 years that begin on 1 March, which puts the leap day last. */
static int64_t days_of(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
	int of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return (int64_t)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_of(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
	int64_t shifted = days + 719468;
	int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
	int of_era = (int)(shifted - era * 146097);
	int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * year + year / 4 - year / 100);
	int month = (5 * of_year + 2) / 153;

	*ret_day = of_year - (153 * month + 2) / 5 + 1;
	*ret_month = month < 10 ? month + 3 : month - 9;
	*ret_year = (int)(year + era * 400) + (*ret_month <= 2);
}

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Takes exactly `digits` digits of at most `max` off the front. */
static bool take_number(struct view *v, size_t digits, int max, int *ret)
{
	int number = 0;

	if (v->n < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		if (v->p[i] < '0' || v->p[i] > '9')
			return false;
		number = number * 10 + (v->p[i] - '0');
	}
	*v = view_from(*v, digits);
	*ret = number;
	return number <= max;
}

static bool take_char(struct view *v, char c)
{
	if (v->n == 0 || *v->p != c)
		return false;
	*v = view_from(*v, 1);
	return true;
}

static bool take_date(struct view *v, int64_t *ret_days)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day;

	if (!take_number(v, 4, 9999, &year) || !take_char(v, '-') || !take_number(v, 2, 12, &month) ||
		!take_char(v, '-') || !take_number(v, 2, 31, &day) || month < 1 || day < 1 ||
		day > lengths[month - 1] + (month == 2 && is_leap(year)))
		return false;
	*ret_days = days_of(year, month, day);
	return true;
}

/* The digits behind the sixth are below our resolution. */
static bool take_fraction(struct view *v, int64_t *ret_us)
{
	int64_t unit = CLOCK_SECOND;
	size_t digits = 0;

	*ret_us = 0;
	if (!take_char(v, '.'))
		return true;
	for (int digit; v->n && *v->p >= '0' && *v->p <= '9' && take_number(v, 1, 9, &digit); digits++) {
		unit /= 10;
		*ret_us += digit * unit;
	}
	return digits > 0;
}

/* "Z", "+01:00", "+0100", or nothing, which is UTC. */
static bool take_zone(struct view *v, int *ret_seconds)
{
	int sign, hours, minutes;

	*ret_seconds = 0;
	if (v->n == 0 || take_char(v, 'Z'))
		return true;
	sign = *v->p == '-' ? -1 : 1;
	if ((!take_char(v, '+') && !take_char(v, '-')) || !take_number(v, 2, 23, &hours))
		return false;
	take_char(v, ':');
	if (!take_number(v, 2, 59, &minutes))
		return false;
	*ret_seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

bool clock_parse(struct view text, int64_t *ret)
{
	int hour = 0, minute = 0, second = 0, offset = 0;
	int64_t days, us = 0;

	if (!take_date(&text, &days))
		return false;
	/* 60 is a leap second; it is the same moment as the next minute's 0. */
	if (text.n && (!take_char(&text, 'T') || !take_number(&text, 2, 23, &hour) || !take_char(&text, ':') ||
			      !take_number(&text, 2, 59, &minute) || !take_char(&text, ':') ||
			      !take_number(&text, 2, 60, &second) || !take_fraction(&text, &us) ||
			      !take_zone(&text, &offset) || text.n))
		return false;
	*ret = (days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second - offset) * CLOCK_SECOND + us;
	return true;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Writes the date and returns the second of the day; -1 and "" when t is unknown or not of the years 0 to 9999. */
static int write_date(int64_t t, char text[CLOCK_TEXT_MAX])
{
	int64_t seconds = floor_divide(t, CLOCK_SECOND), days = floor_divide(seconds, SECONDS_PER_DAY);
	int year, month, day;

	text[0] = '\0';
	if (t == CLOCK_UNKNOWN)
		return -1;
	date_of(days, &year, &month, &day);
	if (year < 0 || year > 9999)
		return -1;
	snprintf(text, CLOCK_TEXT_MAX, "%04d-%02d-%02d", year, month, day);
	return (int)(seconds - days * SECONDS_PER_DAY);
}

const char *clock_iso(int64_t t, char text[CLOCK_TEXT_MAX])
{
	int second = write_date(t, text);

	if (second >= 0)
		snprintf(text + 10, CLOCK_TEXT_MAX - 10, "T%02d:%02d:%02dZ", second / 3600, second / 60 % 60,
			second % 60);
	return text;
}

void clock_week(int64_t t, int *ret_year, int *ret_week)
{
	int64_t days = t / CLOCK_DAY - (t % CLOCK_DAY < 0);
	int64_t monday = days - ((days + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
	int month, day;

	date_of(monday + 3, ret_year, &month, &day); /* the year of a week is that of its Thursday */
	*ret_week = (int)((monday + 3 - days_of(*ret_year, 1, 1)) / 7) + 1;
}

const char *clock_date(int64_t t, char text[CLOCK_TEXT_MAX])
{
	write_date(t, text);
	return text;
}

const char *clock_duration(int64_t us, char text[CLOCK_TEXT_MAX])
{
	int64_t seconds = us / CLOCK_SECOND, minutes = seconds / 60, hours = minutes / 60;

	if (us < 0)
		text[0] = '\0';
	else if (us < CLOCK_SECOND)
		snprintf(text, CLOCK_TEXT_MAX, "%" PRId64 " ms", us / 1000);
	else if (seconds < 60)
		snprintf(text, CLOCK_TEXT_MAX, "%" PRId64 " s", seconds);
	else if (minutes < 60)
		snprintf(text, CLOCK_TEXT_MAX, "%" PRId64 " min %" PRId64 " s", minutes, seconds % 60);
	else if (hours < 24)
		snprintf(text, CLOCK_TEXT_MAX, "%" PRId64 " h %" PRId64 " min", hours, minutes % 60);
	else
		snprintf(text, CLOCK_TEXT_MAX, "%" PRId64 " d %" PRId64 " h", hours / 24, hours % 24);
	return text;
}
