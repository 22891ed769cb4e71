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

#define REPORT_WEEKS_MAX 12u
#define REPORT_CELLS_MAX 64u
#define REPORT_LINES_MAX 24u /* learnings, recommendations, gaps */

struct report_failure {                              /* one signature */
	const char *signature, *rule, *title, *path; /* title, path: of the newest occurrence */
	enum category category;
	int64_t count, jobs, count_before; /* jobs: executions; before: in the window of the same length just before */
	int64_t first_seen, last_seen;     /* over the whole history */
	bool transient;
	const char *excerpt;          /* of the newest occurrence; NULL */
	int64_t offered, delivered;   /* fixes made for it in the window; those that reached people */
	int64_t branches;             /* different ones in the window */
	double lost_minutes;          /* of the jobs that it broke */
	int weekly[REPORT_WEEKS_MAX]; /* failures a week, the newest last */
};
struct report_category {
	enum category category;
	int64_t count, count_before;
	double lost_minutes; /* of the jobs that it broke */
	int64_t fixable;     /* failures for which a fix was made */
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
	int64_t runs, failed, jobs;
	double minutes; /* of all jobs */
};
/* A fix that reached people in the window, or became something in it. */
struct report_fix {
	const char *fixer, *signature, *title, *branch, *outcome; /* outcome NULL: open */
	int64_t at;
	int pull; /* 0: none */
};
struct report_flaky {
	const char *test, *job, *why; /* why: the evidence in words */
	double score;                 /* 0..1 */
	int64_t failures, runs;
	double minutes; /* of jobs that only such tests broke, and of their reruns */
	int64_t last_failed;
};
struct report_week {
	int64_t begin;
	int64_t runs, failed;
	int64_t mttr_us, episodes; /* mttr_us -1 unknown */
};
struct report_cell { /* of the matrix: an os and a version, "" where a job names none */
	const char *os, *version;
	int64_t jobs, failed;
};
struct report_slow {
	const char *name, *workflow;    /* workflow NULL for tests */
	double seconds, seconds_before; /* mean; before: -1 unknown */
	int64_t runs;
};
struct report_space {
	enum space space;
	int64_t runs, failed, tests, failed_tests;
	double minutes;
};
/* Filled by insight.h */
enum report_unit { REPORT_RATE, REPORT_DURATION, REPORT_COUNT, REPORT_MINUTES };
struct report_kpi {
	const char *id, *title;
	enum report_unit unit;
	double value, before, target; /* rates 0..1, durations in seconds; NAN unknown */
	bool higher_is_better, met;   /* met is false where the value is unknown */
	double weight, score;         /* part of the grade: 0..1 of the weight; weight 0: none, or unknown */
};
struct report_line {
	const char *id;      /* "rising-failure" */
	const char *text;    /* one sentence of ours with its numbers; names from outside stand in `subject` */
	const char *subject; /* from outside: a test, job, title; NULL */
};
struct report_priority {
	enum category category;
	int64_t count;
	double impact;   /* minutes lost in the window */
	unsigned effort; /* 1: a fixer does it, to 5: a person must look into machines */
	double priority; /* impact / effort, as a share of the largest */
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

	/* the weekly report's own; all empty where nobody asked for them */
	int64_t first_fact, last_fact;                 /* of the whole history; CLOCK_UNKNOWN: it is empty */
	int64_t silent_days;                           /* of the window, without any run */
	int64_t jobs_without_log;                      /* failed ones of which nothing could be read */
	double minutes, minutes_before;                /* of all jobs, as runners count them */
	double own_minutes;                            /* ... of runmedic's own workflows; -1 unknown */
	int64_t repaired, withdrawn, reverted, closed; /* fixes that became green or merged; the rest as they say */
	int64_t reruns, reruns_helped;                 /* that we asked for; those that went green */
	int64_t red_episodes, self_healed; /* red episodes that ended; those that a fix or rerun of ours ended */
	struct report_fix fixes[REPORT_ROWS_MAX];
	size_t fix_count;
	struct report_flaky flaky[REPORT_ROWS_MAX];
	size_t flaky_count, flaky_total;
	double flaky_minutes;
	struct report_week weeks[REPORT_WEEKS_MAX]; /* the newest last */
	size_t week_count;
	struct report_cell cells[REPORT_CELLS_MAX];
	size_t cell_count;
	struct report_slow slow_jobs[REPORT_ROWS_MAX], slow_tests[REPORT_ROWS_MAX];
	size_t slow_job_count, slow_test_count;
	struct report_space spaces[2];
	size_t space_count;
	int64_t only_ci; /* tests that failed in CI and passed locally at one commit, in the window */

	/* insight.h */
	char grade;          /* 'A' to 'F'; 0: too little is known */
	double points;       /* 0..100 */
	const char *formula; /* of the points, with the weights of this report; NULL */
	struct report_kpi kpis[12];
	size_t kpi_count;
	struct report_line learnings[REPORT_LINES_MAX], recommendations[REPORT_LINES_MAX], gaps[REPORT_LINES_MAX];
	size_t learning_count, recommendation_count, gap_count;
	struct report_priority priorities[CATEGORY_COUNT];
	size_t priority_count;
};
void report_done(struct report *r); /* r may be all zero */

/* Lower and upper end of the 95 % Wilson score interval of `good` among `all`; 0..1 when all is 0. */
void wilson_interval(uint64_t good, uint64_t all, double *ret_low, double *ret_high);

#endif
