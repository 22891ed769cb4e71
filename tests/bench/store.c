/* store.c - what the history costs, as JSON for store.py:
 *
 *     store ingest ROWS DB     test results (run, sha, second, test, outcome, ms; one a line) as one job a run
 *     store ask DB             each question of the report, the whole of it, reading all results */
#include "base/buf.h"
#include "base/mem.h"
#include "learn/report.h"
#include "store/delivery.h"
#include "store/results.h"
#include "store/weekly.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RUN_MAX 100000

struct row {
	struct view test;
	int64_t ms;
	enum result result;
};

struct run {
	struct buf text;
	struct row rows[RUN_MAX];
	size_t count;
	int64_t number, second;
	char sha[64];
};

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double wall(void)
{
	return (double)clock_monotonic() / 1e6;
}

static int fail(const struct err *e)
{
	fprintf(stderr, "store: %s\n", e->text);
	exit(1);
}

static struct store *open_store(const char *path, enum store_mode mode)
{
	struct err e = {0};
	struct store *s;

	if (store_open(&s, path, mode, false, &e) != 0)
		fail(&e);
	return s;
}

static void commit_run(struct store *s, const struct run *run)
{
	struct store_execution x = {.repository = "acme/anvil",
		.run = run->number,
		.attempt = 1,
		.job = "test (3.12, ubuntu-24.04)",
		.workflow = "ci",
		.branch = run->number % 3 ? "main" : "topic",
		.commit = run->sha,
		.started = (run->second - 600) * CLOCK_SECOND,
		.ended = run->second * CLOCK_SECOND};
	struct finding f = {.rule_id = "python/assert",
		.severity = SEVERITY_ERROR,
		.category = CATEGORY_TEST,
		.rank = RANK_CAUSE,
		.confidence = 0.9,
		.title = "assert False",
		.message = "AssertionError: assert 1 == 2",
		.line = 7};
	struct diagnosis d = {.failed = true, .findings = &f, .finding_count = 1};
	struct store_record *r;
	struct err e = {0};
	bool failed = false, is_new;

	if (store_record_begin(&r, s, &e) != 0)
		fail(&e);
	for (size_t i = 0; i < run->count; i++) {
		const struct row *row = &run->rows[i];

		failed = failed || row->result == RESULT_FAILED;
		store_record_test(
			r, &(struct test_case){
				   .id = row->test,
				   .result = row->result,
				   .duration_us = row->ms * 1000,
				   .message = view_of(row->result == RESULT_FAILED
							      ? "AssertionError: assert response.status == 200"
							      : ""),
			   });
	}
	snprintf(f.signature, sizeof(f.signature), "1:%064d", (int)(run->number % 40));
	x.conclusion = failed ? CONCLUSION_FAILURE : CONCLUSION_SUCCESS;
	if (store_record_commit(r, &x, failed ? &d : NULL, NULL, 0, &is_new, &e) != 0)
		fail(&e);
}

static struct view field(struct view *line)
{
	struct view ret = {0};

	view_next(line, '\t', &ret);
	return ret;
}

static int64_t number(struct view v)
{
	int64_t n = 0;

	for (size_t i = 0; i < v.n; i++)
		n = n * 10 + (v.p[i] - '0');
	return n;
}

/* Lines of one run, their texts in one buffer. */
static void parse(struct run *run)
{
	struct view rest = buf_view(&run->text), line;

	for (run->count = 0; view_next(&rest, '\n', &line) && line.n && run->count < RUN_MAX; run->count++) {
		struct row *row = &run->rows[run->count];
		struct view sha;

		run->number = number(field(&line));
		sha = field(&line);
		snprintf(run->sha, sizeof(run->sha), "%.*s", (int)sha.n, sha.p);
		run->second = number(field(&line));
		row->test = field(&line);
		row->result = (enum result)number(field(&line));
		row->ms = number(field(&line));
	}
}

static int ingest(const char *rows, const char *path)
{
	struct store *s = open_store(path, STORE_WRITE);
	struct run *run = mem_new(sizeof(*run));
	FILE *in = fopen(rows, "r");
	char *line = NULL;
	size_t cap = 0;
	int64_t results = 0, at = -1;
	double used = 0, waited = 0;
	ssize_t n;

	if (!in)
		return perror(rows), 1;
	run->text = buf_new(BUF_LARGE);
	do {
		n = getline(&line, &cap, in);
		if (n < 0 || strtoll(line, NULL, 10) != at) {
			double before = cpu(), clock = wall();

			parse(run);
			before += cpu() - before; /* reading the file is not what is measured */
			clock = wall();
			if (run->count)
				commit_run(s, run);
			used += cpu() - before;
			waited += wall() - clock;
			results += (int64_t)run->count;
			buf_clear(&run->text);
			at = n < 0 ? -1 : strtoll(line, NULL, 10);
		}
		if (n >= 0)
			buf_add(&run->text, line, (size_t)n);
	} while (n >= 0);
	store_close(s);
	printf("{\"results\": %lld, \"cpu\": %.3f, \"wall\": %.3f}\n", (long long)results, used, waited);
	fclose(in);
	free(line);
	buf_done(&run->text);
	free(run);
	return 0;
}

struct counted {
	int64_t jobs, results, ms;
};

static bool count_job(void *context, const struct store_job_row *job, const struct store_result *results, size_t count)
{
	struct counted *c = context;

	(void)job;
	c->jobs++;
	c->results += (int64_t)count;
	for (size_t i = 0; i < count; i++)
		c->ms += results[i].ms;
	return true;
}

static void say(const char *what, double seconds, int64_t n)
{
	printf("{\"question\": \"%s\", \"ms\": %.2f, \"n\": %lld}\n", what, seconds * 1e3, (long long)n);
}

static void read_all(struct store *s, const char *what, struct store_wanted w)
{
	struct counted c = {0};
	struct err e = {0};
	double before = cpu();

	if (store_each_job(s, &w, count_job, &c, &e) != 0)
		fail(&e);
	say(what, cpu() - before, c.results);
}

static void ask_report(struct store *s, const char *what, int64_t from, int64_t to)
{
	struct store_filter f = {from, to, NULL, NULL, -1};
	struct report *r = mem_new(sizeof(*r));
	struct err e = {0};
	double before = cpu();

	if (store_report(s, &f, r, &e) != 0)
		fail(&e);
	say(what, cpu() - before, r->runs);
	report_done(r);
	free(r);
}

/* All that the weekly report asks, with what its verdicts on flaky tests rest on. */
static void ask_weekly(struct store *s, int64_t to)
{
	const struct store_filter week = {.from = to - 7 * CLOCK_DAY, .to = to, .space = -1};
	const struct store_wanted learned = {.filter = {.from = to - 90 * CLOCK_DAY, .to = to, .space = -1},
		.no_forks = true,
		.parts = STORE_RESULTS | STORE_MESSAGES,
		.failing = true};
	struct report *r = mem_new(sizeof(*r));
	struct err e = {0};
	double before = cpu();

	if (store_report(s, &week, r, &e) != 0 || store_weekly(s, r, &e) != 0)
		fail(&e);
	say("weekly set", cpu() - before, r->runs);
	report_done(r);
	free(r);
	read_all(s, "weekly set, 90 days of what failed", learned);
}

static int ask(const char *path)
{
	struct store_filter all = {CLOCK_UNKNOWN, CLOCK_UNKNOWN, NULL, NULL, -1};
	double before = cpu();
	struct store *s = open_store(path, STORE_READ);
	struct store_totals t;
	struct err e = {0};
	const char *test = NULL;
	ARENA_AUTO a = {0};

	say("open", cpu() - before, 0);
	before = cpu();
	if (store_totals(s, &t, &e) != 0)
		fail(&e);
	say("totals", cpu() - before, t.results);
	ask_report(s, "report of a week", t.last - 7 * CLOCK_DAY, t.last);
	ask_report(s, "report of a week, again", t.last - 7 * CLOCK_DAY, t.last);
	ask_weekly(s, t.last);
	ask_report(s, "report of 30 days", t.last - 30 * CLOCK_DAY, t.last);
	ask_report(s, "report of all", CLOCK_UNKNOWN, CLOCK_UNKNOWN);
	if (store_test_name(s, 17, &a, &test, &e) != 0)
		fail(&e);
	read_all(s, "jobs", (struct store_wanted){.filter = all});
	read_all(s, "what did not pass", (struct store_wanted){.filter = all, .parts = STORE_UNPASSED});
	read_all(s, "one test", (struct store_wanted){.filter = all, .parts = STORE_RESULTS, .test = test});
	read_all(s, "one test, 20 runs",
		(struct store_wanted){.filter = all, .parts = STORE_RESULTS, .test = test, .last = 20});
	read_all(s, "all results", (struct store_wanted){.filter = all, .parts = STORE_RESULTS});
	store_close(s);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "ingest"))
		return ingest(argv[2], argv[3]);
	if (argc == 3 && !strcmp(argv[1], "ask"))
		return ask(argv[2]);
	fprintf(stderr, "usage: store ingest ROWS DB | store ask DB\n");
	return 2;
}
