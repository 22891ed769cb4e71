/* learning.h - the history of the store, streamed into the learners: what flaky, trends and tests ask. */
#ifndef RM_CMD_LEARNING_H
#define RM_CMD_LEARNING_H

#include "cmd/command.h"
#include "learn/flaky.h"
#include "learn/pattern.h"
#include "learn/trend.h"
#include "store/results.h"

#define LEARNING_DAYS 90u
#define LEARNING_LAST_MAX 1000000u
#define LEARNING_OPTIONS                                                                                               \
	{"since", 0, "DATE", "from this day or time on (default: 90 days before --until)", false},                     \
		{"until", 0, "DATE", "up to this day or time (default: now)", false},                                  \
		{"last", 0, "N", "only the newest N jobs that fit", false},                                            \
		{"repository", 0, "OWNER/NAME", "which one, where the history holds several (default: the newest)",    \
			false},                                                                                        \
		{"branch", 0, "NAME", "only this branch", false},                                                      \
		{"workflow", 0, "NAME", "only this workflow", false}, {"job", 0, "NAME", "only this job", false},      \
		{"os", 0, "NAME", "only jobs on this system", false},                                                  \
	{                                                                                                              \
		"space", 0, "ci|local", "only this space", false                                                       \
	}

struct learning {
	int64_t from, to;
	const char *repository; /* "" unknown */
	struct arena arena;
	struct history *history;
	struct flaky_report flaky;
	struct trends *trends; /* NULL: not asked for */
	/* By the number of a test in `history`, less one. */
	struct learned_test {
		uint32_t passed, failed, skipped;
		uint64_t timed, ms; /* passes whose time is known, and their sum */
		int64_t last, last_failed;
	} * tests;
	size_t test_cap;
	unsigned family[TREND_COUNT], signatures; /* of `trends` */
	uint64_t jobs;
};

/* Reads what the options ask for. `trends`: durations and failures, too. */
int learning_read(struct learning *ret, const struct session *s, struct store *store, bool trends, struct err *e);
/* Only of tests that failed anywhere, which is fast: verdicts on flaky ones are the same, but where a test was renamed
 * and never failed since. */
int learning_read_failing(struct learning *ret, const struct session *s, struct store *store, struct err *e);
void learning_done(struct learning *l); /* l may be all zero */
/* Only what is wanted: *w without parts, and the repository, from and to of l, which is new. */
int learning_choose(
	struct learning *l, struct store_wanted *w, const struct session *s, struct store *store, struct err *e);
/* {"schema": ..., "repository": ..., "from": ..., "to": ..., "jobs": ...} */
cJSON *learning_head(const struct learning *l, const char *schema);
/* The share of --threshold (0..1; percents are refused with a hint), or the fallback. */
int learning_threshold(const struct session *s, double fallback, double *ret, struct err *e);

#endif
