/* pattern.h - what the failures of a test have in common: a system, a version, both, a runner image, CI itself, a time
 * of day. Pure; every pattern comes with its numbers, a reason, a suggestion, and how to see it again.
 *
 * What is broken fails on every job of a kind: on the commits where it failed at all, the kind that holds all failures
 * and hardly a pass explains it; the simplest such kind is told. What is flaky fails seldom: there the kinds are
 * hypotheses (no kind at all is one, too), weighed by how many executions of each there were, and one is told when it
 * is more than PATTERN_SURE likely. A time is a window of hours, on working days or on all; `load` when more runs than
 * usual happen in it, else `hour`. Times are UTC. */
#ifndef RM_LEARN_PATTERN_H
#define RM_LEARN_PATTERN_H

#include "learn/flaky.h"

#define PATTERN_FAILURES_MIN 3u /* fewer are a coincidence */
#define PATTERN_PURE 0.9        /* of the jobs of the kind fail while it is broken */
#define PATTERN_COVER 0.95      /* of the failures are of the kind */
#define PATTERN_SURE 0.7
#define PATTERN_VALUES_MAX 32u /* systems and versions each; tests with more are told without */

enum pattern_dimension {
	PATTERN_OS,
	PATTERN_VERSION,
	PATTERN_OS_VERSION,
	PATTERN_IMAGE,
	PATTERN_SPACE,
	PATTERN_TIME,
	PATTERN_TIMEOUT,
	PATTERN_SETUP,
};
#define PATTERN_DIMENSIONS ((size_t)PATTERN_SETUP + 1)
/* "os", "version", "os+version", "image", "space", "time", "timeout", "setup" */
const char *pattern_dimension_name(enum pattern_dimension d);

struct pattern {
	uint32_t test;
	enum pattern_dimension dimension;
	const char *value; /* "windows-latest", "3.8", "windows-latest+3.8", an image, "ci", "load" | "hour", "timeout",
			      "setup" */
	bool flaky;        /* fails now and then there; else every time */
	unsigned count, jobs; /* failures, and executions of the kind while it lasted */
	int64_t first, last;
	double confidence;
	const char *message; /* of one of the failures; NULL unknown */
	const char *reason, *suggestion, *reproduce;
};
struct pattern_report {
	struct arena arena;
	struct pattern *list; /* by count, then test */
	size_t n, cap;
};
void pattern_learn(struct pattern_report *ret, const struct history *h, const struct flaky_report *flaky);
void pattern_done(struct pattern_report *r); /* r may be all zero */

#endif
