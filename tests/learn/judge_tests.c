/* judge_tests.c - jobs and their results, implied passes included, into the histories. */
#include "base/mem.h"
#include "tests/learn/facts.h"
#include "tests/learn/judge.h"

#include <stdlib.h>

static const struct repo *sorting;

static int by_name(const void *a, const void *b)
{
	return strcmp(names_text(&sorting->history->tests, *(const uint32_t *)a),
		names_text(&sorting->history->tests, *(const uint32_t *)b));
}

static void skip_on(struct repo *r, uint32_t test, struct view os)
{
	if (test >= r->skip_cap) {
		size_t want = 2 * (size_t)test + 64;

		r->skip = mem_grow(r->skip, want, sizeof(*r->skip));
		memset(r->skip + r->skip_cap, 0, (want - r->skip_cap) * sizeof(*r->skip));
		r->skip_cap = want;
	}
	r->skip[test] = os.n ? names_add(&r->history->systems, os) : r->skip[test];
}

/* A suite is the one before with some added and some removed. */
static void add_suite(struct repo *r, struct view line)
{
	const struct suite *last = r->suite_count ? &r->suites[r->suite_count - 1] : NULL;
	struct view add = fact_inside(line, "add"), gone = fact_inside(line, "remove"),
		    skip = fact_inside(line, "skip");
	struct view id, os;
	struct suite s = {0};
	size_t cap = (last ? last->n : 0) + add.n / 4 + 1;

	s.tests = mem_array(cap, sizeof(*s.tests));
	for (size_t i = 0; last && i < last->n; i++) {
		bool stays = true;

		for (struct view rest = gone; stays && fact_item(&rest, &id);)
			stays = !view_is(id, names_text(&r->history->tests, last->tests[i]));
		if (stays)
			s.tests[s.n++] = last->tests[i];
	}
	while (fact_item(&add, &id)) {
		s.tests[s.n] = history_test(r->history, id);
		skip_on(r, s.tests[s.n++], (struct view){0});
	}
	while (fact_item(&skip, &id) && fact_item(&skip, &os))
		skip_on(r, history_test(r->history, id), os);
	sorting = r;
	qsort(s.tests, s.n, sizeof(*s.tests), by_name);
	MEM_PUSH(r->suites, r->suite_count, r->suite_cap);
	r->suites[r->suite_count++] = s;
}

bool judge_suites(struct judge *j)
{
	struct facts f;

	if (!facts_open(&f, j->facts, "suites"))
		return false;
	while (facts_next(&f))
		add_suite(judge_repo(j, fact_text(f.v, "repo")), f.v);
	facts_close(&f);
	return true;
}

/* ---- jobs --------------------------------------------------------------------------------------- */

struct row_key {
	int64_t run, attempt;
	struct view job;
};

static bool is_of(const struct facts *rows, const struct row_key *k)
{
	return rows->v.n && fact_int(rows->v, "run") == k->run && fact_int(rows->v, "attempt") == k->attempt &&
	       view_eq(fact_text(rows->v, "job"), k->job);
}

static void imply(struct repo *r, struct view job, uint32_t x)
{
	const struct suite *s = &r->suites[fact_int(job, "suite")];
	size_t ran = (size_t)fact_int(job, "ran");
	uint32_t os = names_find(&r->history->systems, fact_text(job, "os"));

	for (size_t i = 0; i < ran && i < s->n; i++)
		if (!r->skip[s->tests[i]] || r->skip[s->tests[i]] != os)
			history_passed(r->history, s->tests[i], x);
}

static void take_row(struct repo *r, struct view row, uint32_t x)
{
	struct view outcome = fact_text(row, "outcome");
	uint32_t test = history_test(r->history, fact_text(row, "test"));

	if (view_is(outcome, "failed"))
		history_failed(r->history, test, x, fact_text(row, "message"));
	else if (view_is(outcome, "passed")) {
		history_passed(r->history, test, x);
		if (r->history->executions[x].space == SPACE_CI)
			judge_trend_test(r, test, r->history->executions[x].at, fact_int(row, "ms"));
	}
}

static void take_job(struct judge *j, struct view job, struct facts *rows)
{
	struct repo *r = judge_repo(j, fact_text(job, "repo"));
	struct row_key key = {fact_int(job, "run"), fact_int(job, "attempt"), fact_text(job, "job")};
	const struct run *run = judge_run(j, key.run, (int)key.attempt);
	struct view category = fact_text(job, "category");
	uint32_t x = history_execution(
		r->history, &(struct history_job){.run = key.run,
				    .attempt = (int)key.attempt,
				    .workflow = view_of(run->workflow),
				    .branch = view_of(run->branch),
				    .commit = view_of(run->commit),
				    .job = key.job,
				    .os = fact_text(job, "os"),
				    .version = fact_text(job, "version"),
				    .image = fact_text(job, "image"),
				    .space = view_is(fact_text(job, "space"), "local") ? SPACE_LOCAL : SPACE_CI,
				    .started = fact_time(job, "started"),
				    .lost = view_is(category, "network") || view_is(category, "infra") ||
					    view_is(category, "resource")});

	if (view_is(fact_text(job, "rows"), "exceptions"))
		imply(r, job, x);
	for (; is_of(rows, &key); facts_next(rows))
		take_row(r, rows->v, x);
}

bool judge_tests(struct judge *j)
{
	struct facts jobs, rows;

	if (!facts_open(&jobs, j->facts, "jobs"))
		return false;
	if (!facts_open(&rows, j->facts, "tests")) {
		facts_close(&jobs);
		return false;
	}
	facts_next(&rows);
	while (facts_next(&jobs)) {
		judge_trend_job(judge_repo(j, fact_text(jobs.v, "repo")), jobs.v);
		if (view_is(fact_text(jobs.v, "kind"), "test"))
			take_job(j, jobs.v, &rows);
	}
	facts_close(&jobs);
	facts_close(&rows);
	return true;
}
