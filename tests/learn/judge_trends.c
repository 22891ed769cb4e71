/* judge_trends.c - durations, failures, coverage and lint into the trends of each repository. */
#include "base/mem.h"
#include "tests/learn/facts.h"
#include "tests/learn/judge.h"

#include <stdlib.h>

#define CODES_MAX 64u

static uint32_t series(struct repo *r, unsigned family, const char *what, struct view rest)
{
	char name[4096];
	int n = snprintf(name, sizeof(name), "%s:%s:%.*s", what, r->name, VIEW_ARG(rest));

	return trends_series(r->trends, family, view_make(name, (size_t)n));
}

void judge_trends_begin(struct judge *j)
{
	for (size_t i = 0; i < j->repo_count; i++) {
		struct repo *r = &j->repos[i];
		int64_t from = INT64_MAX, to = INT64_MIN;

		for (size_t k = 0; k < j->run_count; k++)
			if (j->runs[k].repo == i) {
				from = j->runs[k].started < from ? j->runs[k].started : from;
				to = j->runs[k].started > to ? j->runs[k].started : to;
			}
		r->trends = trends_new(from, to);
		for (size_t f = 0; f < TREND_COUNT; f++)
			r->family[f] = trends_family(r->trends, &trend_standard[f]);
	}
}

void judge_trend_test(struct repo *r, uint32_t test, int64_t at, int64_t ms)
{
	if (test >= r->duration_cap) {
		size_t want = 2 * (size_t)test + 64;

		r->duration = mem_grow(r->duration, want, sizeof(*r->duration));
		memset(r->duration + r->duration_cap, 0, (want - r->duration_cap) * sizeof(*r->duration));
		r->duration_cap = want;
	}
	if (!r->duration[test])
		r->duration[test] = series(r, r->family[TREND_TEST_DURATION], "duration:test",
			view_of(names_text(&r->history->tests, test)));
	trends_level(r->trends, r->duration[test], at, (double)ms);
}

void judge_trend_job(struct repo *r, struct view job)
{
	int64_t at = fact_time(job, "started"), end = fact_time(job, "ended");
	struct view category = fact_text(job, "category");

	if (!view_is(fact_text(job, "space"), "ci"))
		return;
	trends_chances(r->trends, r->family[TREND_CATEGORY_FAILURES], 0, at, 1);
	if (view_is(fact_text(job, "conclusion"), "success"))
		trends_level(r->trends, series(r, r->family[TREND_JOB_DURATION], "duration:job", fact_text(job, "job")),
			at, (double)(end - at) / (double)CLOCK_SECOND);
	if (view_is(category, "network") || view_is(category, "infra"))
		trends_event(
			r->trends, series(r, r->family[TREND_CATEGORY_FAILURES], "failures:category", category), at);
}

/* The flakes of tests that are flaky, per execution of the test. */
static void add_flakes(struct repo *r)
{
	const struct history *h = r->history;

	for (size_t i = 0; i < r->flaky.n; i++) {
		const struct flaky_verdict *v = &r->flaky.list[i];
		const struct history_test *t = &h->of[v->test - 1];
		uint32_t s;

		if (v->kind != FLAKY_FLAKY)
			continue;
		s = series(r, r->family[TREND_TEST_FAILURES], "failures:test", view_of(names_text(&h->tests, v->test)));
		for (uint32_t x = 0; x < h->execution_count; x++)
			if (history_ran(t, x) && h->executions[x].space == SPACE_CI)
				trends_chances(r->trends, 0, s, h->executions[x].at, 1);
		for (size_t k = 0; k < t->failure_count; k++)
			if (r->flaky.kinds[v->test - 1][k] == FAILURE_FLAKY)
				trends_event(r->trends, s, h->executions[t->failures[k].execution].at);
	}
}

static bool read_coverage(struct judge *j)
{
	struct facts f;

	if (!facts_open(&f, j->facts, "coverage"))
		return false;
	while (facts_next(&f)) {
		struct repo *r = judge_repo(j, fact_text(f.v, "repo"));

		trends_level(r->trends, series(r, r->family[TREND_UNCOVERED], "uncovered:file", fact_text(f.v, "file")),
			fact_time(f.v, "time"), 1 - (double)fact_int(f.v, "covered") / (double)fact_int(f.v, "lines"));
	}
	facts_close(&f);
	return true;
}

struct report {
	struct repo *repo;
	char sha[64];
	int64_t at;
	double count[CODES_MAX];
};

static void end_report(struct report *p, const struct names *codes)
{
	for (uint32_t i = 1; p->repo && i <= codes->n; i++)
		trends_level(p->repo->trends,
			series(p->repo, p->repo->family[TREND_LINT], "lint:code", view_of(names_text(codes, i))), p->at,
			p->count[i - 1]);
	*p = (struct report){0};
}

static bool read_lint(struct judge *j)
{
	struct names codes;
	struct facts f;
	struct report p = {0};

	names_init(&codes, CODES_MAX);
	for (int pass = 0; pass < 2; pass++) {
		if (!facts_open(&f, j->facts, "lint"))
			return false;
		while (facts_next(&f)) {
			struct view sha = fact_text(f.v, "sha");
			uint32_t code = names_add(&codes, fact_text(f.v, "code"));

			if (!pass)
				continue;
			if (!view_is(sha, p.sha))
				end_report(&p, &codes);
			p.repo = judge_repo(j, fact_text(f.v, "repo"));
			snprintf(p.sha, sizeof(p.sha), "%.*s", VIEW_ARG(sha));
			p.at = fact_time(f.v, "time");
			p.count[code - 1] += (double)fact_int(f.v, "count");
		}
		facts_close(&f);
	}
	end_report(&p, &codes);
	names_done(&codes);
	return true;
}

bool judge_trends_end(struct judge *j, bool explain)
{
	FILE *out = judge_answers(j, "trends");
	bool first = true, ok = read_coverage(j) && read_lint(j);

	for (size_t i = 0; ok && i < j->repo_count; i++) {
		struct trend_report t;

		add_flakes(&j->repos[i]);
		trends_learn(&t, j->repos[i].trends);
		for (size_t k = 0; k < t.n; k++) {
			const struct trend *x = &t.list[k];

			judge_begin(out, &first, j->repos[i].name);
			fprintf(out, ",\"entity\":\"%s\",\"kind\":\"%s\"", x->series, trend_kind_name(x->kind));
			if (explain)
				fprintf(out, ",\"delta\":%.5f,\"z\":%.3f,\"p\":%.3g,\"spread\":%.5f,\"points\":%llu",
					x->delta, x->z, x->p, x->spread, (unsigned long long)x->points);
			fputs("}", out);
		}
		trend_report_done(&t);
	}
	judge_answered(out);
	return ok;
}
