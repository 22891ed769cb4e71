/* history_testing.h - small histories, told commit by commit.
 *
 * A commit's results of one test are a string with a letter for each leg of the matrix below: P passed, F failed with a
 * message whose numbers change, B failed with always the same message, N failed for want of the network, - did not run.
 */
#ifndef TESTS_HISTORY_TESTING_H
#define TESTS_HISTORY_TESTING_H

#include "learn/history.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#define HOUR (3600 * CLOCK_SECOND)
#define MONDAY (INT64_C(1772409600) * CLOCK_SECOND) /* 2026-03-02 */

static const struct {
	const char *job, *os, *version;
} legs[] = {
	{"test (ubuntu, 3.8)", "ubuntu", "3.8"},
	{"test (ubuntu, 3.12)", "ubuntu", "3.12"},
	{"test (windows, 3.8)", "windows", "3.8"},
	{"test (windows, 3.12)", "windows", "3.12"},
};
#define LEGS (sizeof(legs) / sizeof(*legs))

struct told {
	struct history *h;
	int64_t run;
	enum space space;
	bool lost;
	const char *image[LEGS]; /* NULL: unknown */
	uint32_t execution[LEGS];
};

static inline void tell_result(struct told *t, size_t leg, const char *test, char letter)
{
	uint32_t number = history_test(t->h, view_of(test));
	char text[80] = "KeyError: 'budget'";

	if (letter == 'F')
		snprintf(text, sizeof(text), "AssertionError: assert 3 == %d", (int)(t->run * 7 + (int64_t)leg));
	if (letter == 'N')
		snprintf(text, sizeof(text), "ConnectionError: api.example.org: Max retries exceeded");
	if (letter == 'P')
		history_passed(t->h, number, t->execution[leg]);
	else if (letter != '-')
		history_failed(t->h, number, t->execution[leg], view_of(text));
}

/* A run with all legs that have a letter. */
static inline void tell(
	struct told *t, double hour, const char *branch, const char *commit, const char *test, const char *letters)
{
	t->run++;
	for (size_t i = 0; i < LEGS && letters[i]; i++) {
		if (letters[i] == '-')
			continue;
		t->execution[i] =
			history_execution(t->h, &(struct history_job){.run = t->run,
							.attempt = 1,
							.workflow = VIEW("ci"),
							.branch = view_of(branch),
							.commit = view_of(commit),
							.job = view_of(legs[i].job),
							.os = view_of(legs[i].os),
							.version = view_of(legs[i].version),
							.image = view_of(t->image[i]),
							.space = t->space,
							.started = MONDAY + (int64_t)(hour * (double)HOUR) + (int64_t)i,
							.lost = t->lost});
		tell_result(t, i, test, letters[i]);
	}
}

/* `n` commits of main, one in three hours, in which nothing fails. */
static inline double tell_green(struct told *t, double hour, unsigned n, const char *test)
{
	for (unsigned i = 0; i < n; i++, hour += 3) {
		char commit[32];

		snprintf(commit, sizeof(commit), "green-%lld", (long long)t->run);
		tell(t, hour, "main", commit, test, "PPPP");
	}
	return hour;
}

#endif
