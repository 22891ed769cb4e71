/* pattern_internal.h - between pattern.c, which groups failures and tells them, and the two ways to explain a group. */
#ifndef RM_LEARN_PATTERN_INTERNAL_H
#define RM_LEARN_PATTERN_INTERNAL_H

#include "learn/pattern.h"

/* The failures of a test with one message. */
struct pattern_group {
	const struct history *history;
	const struct history_test *test;
	const unsigned char *results; /* history_spread() */
	uint64_t shape;
	const unsigned char *kinds; /* enum failure_kind of the test's failures */
	unsigned failures, flakes;
	int64_t first, last;
};
struct pattern_finding {
	enum pattern_dimension dimension;
	uint32_t os, version, image; /* of the kind; 0: any */
	int from_hour, hours;        /* of a time */
	bool workdays, load;
	unsigned count, jobs;
	double confidence;
};
bool pattern_broken(struct pattern_finding *ret, const struct pattern_group *g);
bool pattern_flaky(struct pattern_finding *ret, const struct pattern_group *g);

#endif
