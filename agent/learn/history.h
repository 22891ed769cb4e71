/* history.h - who ran what, when and where, and how it ended: what the learners of tests read.
 *
 * One history holds one repository. It is filled once, in any order, then sealed and asked. A pass costs one bit, a
 * failure some twenty bytes: 25,000 executions of 2,000 tests are 6 MB. Beyond the ceilings nothing more is taken in
 * and `dropped` counts it. Results of forks must not be handed in: they teach nothing.
 *
 * An execution is one attempt of one job. Its leg is the job's name with the matrix values: only results of equal legs
 * are compared directly. Commits are optional (`history_parents`), and so is everything that may be NULL. */
#ifndef RM_LEARN_HISTORY_H
#define RM_LEARN_HISTORY_H

#include "base/clock.h"
#include "base/vocabulary.h"
#include "learn/names.h"

#define HISTORY_EXECUTIONS_MAX ((size_t)1 << 20)
#define HISTORY_TESTS_MAX ((size_t)1 << 19)
#define HISTORY_NAMES_MAX ((size_t)1 << 20)     /* of commits, branches, legs, ... each */
#define HISTORY_RAN_BYTES_MAX ((size_t)1 << 30) /* of the bits that say who ran where */
#define HISTORY_FAILURES_MAX ((size_t)8 << 20)
#define HISTORY_NONE UINT32_MAX

struct history_job {
	int64_t run;
	int attempt;
	struct view workflow, branch, commit, job, os, version,
		image; /* empty: unknown; `job` with its matrix values */
	enum space space;
	int64_t started; /* orders the executions */
	bool lost;       /* the job was lost to network or runner: what it tells of tests is incomplete */
};

struct execution {
	int64_t run, at;
	int attempt;
	uint32_t workflow, branch, commit, leg, os, version, image; /* numbers of names */
	enum space space;
	bool lost;
	/* After sealing: neighbours in time of the same branch, leg and space, and of the same commit in any; or
	 * HISTORY_NONE. */
	uint32_t before, after, commit_before, commit_after;
};

struct failure {
	uint32_t execution;
	uint64_t shape; /* of the message (diagnose/shape.h), 0 without: equal for messages that differ in numbers */
	const char *message; /* of the first of this shape and test; NULL unknown */
};

struct history_test {
	uint64_t *ran; /* one bit an execution, passes and failures */
	size_t words;
	struct failure *failures; /* after sealing in the order of time, one for an execution */
	size_t failure_count, failure_cap;
	uint32_t now; /* the test this one was renamed to, else itself (after sealing) */
};

struct history {
	struct names tests, commits, branches, legs, systems, versions, images, workflows;
	struct arena arena;
	struct execution *executions; /* after sealing in the order of time */
	size_t execution_count, execution_cap;
	struct history_test *of; /* of[name - 1] */
	size_t test_count, test_cap;
	size_t failure_count, ran_bytes;
	uint64_t dropped;
	uint32_t main; /* the branch with the most commits of its own workflows: the number of its name; 0 unknown */
	int64_t from, to;
};

struct history *history_new(void);
void history_free(struct history *h); /* NULL is fine */

/* The execution to which the following results belong, or HISTORY_NONE (then they must not be told). */
uint32_t history_execution(struct history *h, const struct history_job *job);
/* A test's number, to be kept by whoever tells many results; 0 when there are too many. */
uint32_t history_test(struct history *h, struct view id);
void history_passed(struct history *h, uint32_t test, uint32_t execution);
void history_failed(struct history *h, uint32_t test, uint32_t execution, struct view message);

/* Sorts, links, and finds what was renamed: a test that went at the commit at which one of a like name came. The
 * results of the old name are then those of the new one, too. Nothing may be told afterwards. */
void history_seal(struct history *h, struct view main_branch);

/* ---- after sealing -------------------------------------------------------------------------------------- */

static inline bool history_ran(const struct history_test *t, uint32_t execution)
{
	return execution / 64 < t->words && t->ran[execution / 64] >> execution % 64 & 1;
}
/* The failure of the test in this execution, or NULL. */
const struct failure *history_failure(const struct history_test *t, uint32_t execution);
/* The results of one test as one byte an execution: HISTORY_ABSENT, HISTORY_PASSED, HISTORY_FAILED. */
enum { HISTORY_ABSENT, HISTORY_PASSED, HISTORY_FAILED };
void history_spread(const struct history *h, const struct history_test *t, unsigned char *ret);

#endif
