/* reading.h - the results of one job after the other, unpacked. Private to store/. */
#ifndef RM_STORE_READING_H
#define RM_STORE_READING_H

#include "store/internal.h"
#include "store/results.h"

/* The tests of a suite by position, read when its first pack comes. */
struct positions {
	int64_t suite;
	uint32_t *tests;
	size_t count;
	uint32_t wanted; /* position of the one test that is asked for; UINT32_MAX: not here */
	uint32_t *few;   /* positions of `only`, ascending */
	size_t few_count;
};

struct reading {
	struct db *db;
	unsigned parts; /* STORE_PASSES, ... */
	uint32_t test;  /* 0: all */
	bool *only;     /* by test: passes of these; NULL: of all */
	uint32_t only_max;
	struct positions *suites;
	size_t suite_count, suite_cap;
	const struct positions *suite; /* of the row at hand */
	struct store_result *results;
	size_t count, cap;
	struct arena messages;
};

/* From here on passes of tests that failed anywhere. Within a transaction. */
int reading_only_failing(struct reading *r, struct err *e);
/* Those of a job, in r->results; texts are good until the next call. Within a transaction. */
int reading_results(struct reading *r, int64_t job, struct err *e);
void reading_done(struct reading *r);

#endif
