/* results.h - what learning reads: executions in the order in which they ended, each with the results of its tests.
 *
 * One pass over the history, in one read transaction: nobody waits, and all of it is of one moment. Passed tests come
 * out of their packs at tens of millions a second. Tests are numbers here (small, dense, stable within a database);
 * store_tests() names them. Texts and arrays are borrowed: valid during the call, which must not use the store. */
#ifndef RM_STORE_RESULTS_H
#define RM_STORE_RESULTS_H

#include "store/store.h"

struct store_result {
	uint32_t test;
	uint8_t outcome;     /* enum result */
	int32_t ms;          /* -1 unknown; above 8 s rounded by at most 0.05 % */
	const char *message; /* of what did not pass; NULL none, or older than what is kept */
};

struct store_job_row {
	int64_t id;             /* of the view `jobs` */
	int64_t run;            /* 0: of none */
	int64_t run_id;         /* of the view `runs`: what belongs together, also without a run */
	int attempt;            /* >= 1 */
	const char *repository; /* "" unknown */
	const char *key;        /* GitHub's job id or its name; "" unknown */
	const char *name;       /* with matrix values; NULL unknown, as all that follows */
	const char *workflow, *branch, *sha, *event, *url, *os, *image, *step, *command;
	enum space space;
	bool fork; /* teaches nothing */
	enum conclusion conclusion;
	int64_t started, ended;                  /* started may be CLOCK_UNKNOWN */
	int64_t passed, failed, skipped, errors; /* as the framework counted; -1 unknown */
	/* The primary finding; rule NULL: there is none. */
	const char *rule, *signature, *title, *message, *path;
	enum category category;
	bool transient;
};

enum {
	STORE_PASSES = 1,   /* results: passed tests */
	STORE_UNPASSED = 2, /* failed, skipped, error */
	STORE_MESSAGES = 4, /* ... with their messages */
	STORE_RESULTS = STORE_PASSES | STORE_UNPASSED,
};
struct store_wanted {
	struct store_filter filter;  /* of the end of the job */
	const char *repository;      /* NULL: all, as below */
	const char *name, *os, *sha; /* of the job */
	const char *test;            /* only jobs that ran this test, and of their results only its */
	unsigned last;               /* the newest so many jobs that fit, still in order; 0: all */
	bool no_forks;
	unsigned parts; /* STORE_PASSES, ...; 0: jobs only */
	bool failing;   /* passes only of tests that failed anywhere in this history: few, so they are read fast */
};
/* Results: the passed ones first, no test twice among them; a test that failed and passed in one job has two. Returning
 * false ends it. */
typedef bool store_job_sink(
	void *context, const struct store_job_row *job, const struct store_result *results, size_t count);
int store_each_job(struct store *s, const struct store_wanted *w, store_job_sink *each, void *context, struct err *e);

/* All tests, by number. The greatest number is *ret_max: an array of *ret_max + 1 has room for each. */
int store_tests(struct store *s, void (*each)(void *context, uint32_t test, const char *name), void *context,
	uint32_t *ret_max, struct err *e);
/* The name of one, in the arena; NULL unknown. */
int store_test_name(struct store *s, uint32_t test, struct arena *a, const char **ret, struct err *e);
/* The number of one; 0 unknown. */
int store_test_number(struct store *s, const char *name, uint32_t *ret, struct err *e);

/* What raw results became when they grew too old (store_retain): per test, job name and week. Order: week, job, test.
 */
struct store_week_row {
	int64_t week; /* its Monday, 00:00 UTC */
	const char *repository, *job;
	enum space space;
	uint32_t test;
	int64_t passed, failed, skipped, errors, flips; /* flips: failures that passed at the same commit */
	int64_t ms;                                     /* sum over the passed ones whose time is known */
	int64_t timed;                                  /* how many these are */
};
int store_each_week(struct store *s, const struct store_filter *f, const char *test_or_null,
	bool (*each)(void *context, const struct store_week_row *row), void *context, struct err *e);

/* What runmedic did of which it is known what became of it: fixes with the newest word about each, reruns with a
 * result. Oldest first; deeds in forks are left out. The filter is of the time when it was settled; a deed of which
 * branch or workflow are not known fits every one. */
struct store_deed {
	bool rerun;
	int64_t at;
	const char *repository, *workflow, *branch; /* NULL unknown */
	const char *fixer, *rule, *signature;       /* fixer NULL: a rerun; the others NULL: none */
	const char *sha;        /* the commit that the fix became, NULL none; of a rerun the one that ran again */
	int64_t run;            /* of a rerun */
	enum outcome outcome;   /* of a fix */
	enum conclusion result; /* of a rerun */
};
int store_each_deed(struct store *s, const struct store_filter *f, const char *repository_or_null,
	void (*each)(void *context, const struct store_deed *deed), void *context, struct err *e);

#endif
