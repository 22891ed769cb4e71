/* compare.h - two sides of a history beside each other: local runs and CI, two runs, two branches. Pure, streaming.
 *
 * Of tests only those are told that differ: that fail on one side and never on the other, that fail more often there
 * (the 95 % intervals of Wilson do not meet), that are slower or faster, that ran on one side only. `chance` is how
 * likely a test that fails equally often on both sides would show so lopsided a picture; failing here and passing there
 * at one commit is better evidence than any number. */
#ifndef RM_LEARN_COMPARE_H
#define RM_LEARN_COMPARE_H

#include "base/clock.h"
#include "base/vocabulary.h"
#include "learn/measure.h"
#include "learn/names.h"

#define COMPARE_PARTS 4u            /* of the time, for the trend */
#define COMPARE_TESTS_MAX 10000000u /* the greatest number of a test */
#define COMPARE_NAMES_MAX ((size_t)1 << 20)
#define COMPARE_BITS_MAX ((size_t)256 << 20) /* bytes for what passed at which commit; then no more commits */
#define COMPARE_SLOWER 0.5                   /* a change of duration that is told, as a share */
#define COMPARE_SLOWER_MS 100.0              /* ... and at least so much */

enum compare_kind {
	COMPARE_ALIKE,
	COMPARE_ONLY_A_FAILS,
	COMPARE_ONLY_B_FAILS,
	COMPARE_MORE_IN_A,
	COMPARE_MORE_IN_B,
	COMPARE_BOTH_FAIL,
	COMPARE_SLOWER_IN_B,
	COMPARE_FASTER_IN_B,
	COMPARE_ONLY_A_RUNS,
	COMPARE_ONLY_B_RUNS,
};
const char *compare_kind_name(enum compare_kind kind); /* "only-a-fails", ... */

struct compare_job {
	struct view name, commit; /* empty: unknown */
	enum conclusion conclusion;
	double seconds; /* < 0 unknown */
	int64_t at;
};
struct compare *compare_new(int64_t from, int64_t to, double slower);
void compare_free(struct compare *c); /* NULL is fine */
/* side: 0 is A, 1 is B. The results that follow are of this job. `test` is a small number of the caller's. */
void compare_add(struct compare *c, int side, const struct compare_job *job);
void compare_result(struct compare *c, uint32_t test, enum result outcome, double ms);

struct compare_side {
	uint64_t runs, failed;
	double ms;    /* mean of the passed ones (of jobs: the successful ones) whose time is known; -1 */
	int64_t last; /* that failed; CLOCK_UNKNOWN */
};
struct compare_row {
	enum compare_kind kind;
	uint32_t test;   /* 0: a job */
	const char *job; /* its name; NULL: a test */
	struct compare_side of[2];
	unsigned same_commit; /* failures on one side that passed on the other at the same commit */
	double chance;        /* 0..1; -1 where nothing failed */
};
struct compare_total {
	uint64_t jobs, good, bad; /* others were cancelled or have no verdict */
	uint64_t tests, failed;   /* results, skipped ones aside */
	double rate;              /* good / (good + bad); -1 unknown */
	struct interval range;    /* 95 %, Wilson */
	double seconds;           /* mean of the good ones; -1 unknown */
};
struct compare_delta {
	int64_t from, to;
	uint64_t jobs[2];
	double value;          /* success rate of B less that of A; NAN unknown */
	struct interval range; /* 95 %, Newcombe */
};
enum compare_trend { COMPARE_UNKNOWN, COMPARE_STEADY, COMPARE_WIDER, COMPARE_NARROWER };
const char *compare_trend_name(enum compare_trend trend); /* "unknown", ... */

struct compare_report {
	struct arena arena;
	struct compare_total total[2];
	struct compare_delta delta, parts[COMPARE_PARTS];
	enum compare_trend trend; /* of the distance, first half against second; steady where their intervals meet */
	struct compare_row *rows; /* that differ: jobs and tests by kind, then by how much fails */
	size_t n;
	uint64_t alike; /* tests that ran on both sides and do not differ */
};
void compare_learn(struct compare_report *ret, const struct compare *c);
void compare_done(struct compare_report *r); /* r may be all zero */

#endif
