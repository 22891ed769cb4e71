/* witness.h - what the executions around a failure of a test say about its cause. Facts only; flaky.h judges them. */
#ifndef RM_LEARN_WITNESS_H
#define RM_LEARN_WITNESS_H

#include "learn/history.h"

#define WITNESS_NEAR (CLOCK_DAY)                /* so long before and after, an execution is near */
#define WITNESS_STORM (2 * 3600 * CLOCK_SECOND) /* likewise, a lost job or an equal failure of another test */
#define WITNESS_STORM_TESTS 2u                  /* so many other tests with the same message make a storm */
#define WITNESS_STORM_JOBS 2u                   /* so many lost jobs */
#define WITNESS_NEAR_MAX 4000u                  /* executions looked at, on either side */

enum neighbour { NEIGHBOUR_NONE, NEIGHBOUR_PASSED, NEIGHBOUR_SAME, NEIGHBOUR_OTHER }; /* other: another message */

struct witness {
	/* The same test passed on the same commit, leg, space and image: after the failure, before it. */
	bool green_after, green_before;
	bool green_on_other_image; /* it passed there, but only on another runner image */
	/* On the same commit and system: executions with another image that passed, that failed; other legs with the
	 * same image that passed. */
	unsigned other_image_passed, other_image_failed, same_image_passed;
	/* The same commit's legs, in CI: in how many it failed (ever), and in how many it only passed. */
	unsigned legs_failed, legs_passed;
	/* All legs of a system (or version) failed, at least two of them, and no other. */
	bool all_of_system, all_of_version;
	/* One leg alone failed although another of the same system and another of the same version passed. */
	bool lone;
	/* The nearest other commits of the same branch, leg and space. */
	enum neighbour before, after;
	/* Executions of other commits near in time: of the same leg and space; and of those with the same image. With
	 * the same message failed: how many. */
	unsigned near_ran, near_failed, image_ran, image_failed;
	/* Other tests that failed in the same execution with the same message. */
	unsigned companions;
	/* A storm: jobs were lost, or other tests failed with the same message in other executions at that time. */
	unsigned storm_tests, storm_jobs;
	double storm_jobs_usual; /* how many jobs are lost in so long a time with so many executions, on average */
};

/* Failures by message and time, over all tests. */
struct storm_index;
struct storm_index *storm_index_new(const struct history *h);
void storm_index_free(struct storm_index *s); /* NULL is fine */

/* `results`: the test's, by history_spread(). */
void witness_of(struct witness *ret, const struct history *h, const struct storm_index *storms, uint32_t test,
	const unsigned char *results, const struct failure *f);

#endif
