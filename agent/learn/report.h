/* report.h - the weekly intelligence, as plain data. Filled by store/, shown by publish/.
 *
 * Every number is a fact of the window (what ended after `from`, up to and with `to`) unless said otherwise; rates are
 * 0..1; -1 where the denominator is 0. A failure is what broke a job: its primary finding, or a further cause of
 * severity error; symptoms and wrappers do not count. MTTR: from the end of the first red run of a (workflow, branch)
 * to the end of the next green one, which lies in the window; cancelled runs and unknown workflows or branches take no
 * part. Forks' runs are counted; in MTTR, fix results and flaky evidence they are not. */
#ifndef RM_LEARN_REPORT_H
#define RM_LEARN_REPORT_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/vocabulary.h"

#define REPORT_ROWS_MAX 20u
#define REPORT_DAYS_MAX 92u /* of a longer window the last ones */

struct report_failure {                              /* one signature */
	const char *signature, *rule, *title, *path; /* title, path: of the newest occurrence */
	enum category category;
	int64_t count, jobs, count_before; /* jobs: executions; before: in the window of the same length just before */
	int64_t first_seen, last_seen;     /* over the whole history */
	bool transient;
};
struct report_category {
	enum category category;
	int64_t count, count_before;
};
struct report_fixer {
	const char *fixer;
	int64_t attempts, applied, refused, failed; /* attempts: of any status */
	/* Outcomes known so far: green or merged; red, reverted or withdrawn. */
	int64_t green, red;
	double success_low; /* lower bound of the 95 % Wilson interval of green among green + red; -1 unknown */
};
struct report_test {
	const char *id;
	int64_t failures, runs; /* executions in the window, without skips */
	bool same_commit_both;  /* passed and failed in the same job of one commit: flaky evidence */
	int64_t last_failed;
};
struct report_day {
	int64_t day; /* start, UTC */
	int64_t runs, failed;
};

struct report {
	struct arena arena;
	int64_t from, to, generated;
	const char *space, *branch, *workflow; /* filters, NULL: all */
	int64_t runs, failed_runs, jobs, failed_jobs;
	int64_t findings;            /* failures */
	int64_t tests, failed_tests; /* results as the frameworks counted them, errors are failed */
	int64_t runs_before, failed_runs_before;
	double failure_rate, failure_rate_before;
	int64_t mttr_us; /* mean, -1 unknown */
	int64_t mttr_episodes;
	int64_t unknown_findings; /* our own weakness: failures no rule knew */
	struct report_failure failures[REPORT_ROWS_MAX];
	size_t failure_count;
	struct report_category categories[CATEGORY_COUNT];
	size_t category_count;
	struct report_fixer fixers[REPORT_ROWS_MAX];
	size_t fixer_count;
	struct report_test tests_failing[REPORT_ROWS_MAX];
	size_t tests_failing_count;
	struct report_day days[REPORT_DAYS_MAX]; /* each of the window, in order */
	size_t day_count;
};
void report_done(struct report *r); /* r may be all zero */

/* Lower and upper end of the 95 % Wilson score interval of `good` among `all`; 0..1 when all is 0. */
void wilson_interval(uint64_t good, uint64_t all, double *ret_low, double *ret_high);

#endif
