/* judge.h - what the files of the judging program share. It reads a simulated history and writes the learners' answers
 * in the form that judges of such histories read; a repository has its own learners. */
#ifndef TESTS_LEARN_JUDGE_H
#define TESTS_LEARN_JUDGE_H

#include "learn/flaky.h"
#include "learn/history.h"
#include "learn/pattern.h"
#include "learn/trend.h"

#include <stdio.h>

#define REPOS_MAX 32u

struct suite {
	uint32_t *tests; /* numbers, in the byte order of their names */
	size_t n;
};
struct repo {
	char *name;
	struct history *history;
	struct suite *suites;
	size_t suite_count, suite_cap;
	uint32_t *skip; /* skip[test] is the system on which it is skipped, by names of history->systems */
	size_t skip_cap;
	struct flaky_report flaky;
	struct pattern_report patterns;
	struct trends *trends;
	unsigned family[TREND_COUNT];
	uint32_t *duration; /* duration[test]: the series, 0: none yet */
	size_t duration_cap;
};
struct run {
	int64_t run, started, ended;
	int attempt;
	size_t repo;
	const char *workflow, *branch, *commit, *conclusion, *space;
};
struct judge {
	const char *facts, *answers;
	struct arena arena;
	struct names words;
	struct repo repos[REPOS_MAX];
	size_t repo_count;
	struct run *runs; /* by run and attempt */
	size_t run_count, run_cap;
};

struct repo *judge_repo(struct judge *j, struct view name);
const struct run *judge_run(const struct judge *j, int64_t run, int attempt);
/* A new file of answers; `[` is written. */
FILE *judge_answers(const struct judge *j, const char *name);
void judge_answered(FILE *f);
/* The comma between answers, the opening brace and the repository. */
void judge_begin(FILE *f, bool *first, const char *repo);

void judge_trends_begin(struct judge *j);
void judge_trend_test(struct repo *r, uint32_t test, int64_t at, int64_t ms);
void judge_trend_job(struct repo *r, struct view job);
bool judge_trends_end(struct judge *j, bool explain);

bool judge_fixes(struct judge *j, bool explain);
void judge_mttr(struct judge *j);
bool judge_regress(struct judge *j);

bool judge_suites(struct judge *j);
bool judge_tests(struct judge *j);

#endif
