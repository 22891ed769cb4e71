/* judge_regress.c - first bad commits, falls of coverage, new lint. */
#include "base/mem.h"
#include "learn/regress.h"
#include "tests/learn/facts.h"
#include "tests/learn/judge.h"

#include <stdlib.h>

#define WATCHES_MAX ((size_t)1 << 18)
#define COVERAGE_FALL 0.02
#define LINT_RISE 1.0

struct watches {
	struct names names;
	struct step_watch *all;
	uint64_t *seen; /* the number of the report that told it last */
	size_t n, cap, seen_cap;
};

static uint32_t watch(struct watches *w, struct view line, const char *extra)
{
	char name[4096];
	struct view repo = fact_text(line, "repo"), file = fact_text(line, "file"), more = fact_text(line, extra);
	int n = snprintf(name, sizeof(name), "%.*s\n%.*s\n%.*s", VIEW_ARG(repo), VIEW_ARG(file), VIEW_ARG(more));
	uint32_t number = names_add(&w->names, view_make(name, (size_t)n));

	if (number > w->n) {
		MEM_PUSH(w->all, w->n, w->cap);
		w->seen = mem_grow(w->seen, w->cap, sizeof(*w->seen));
		w->seen[w->n] = 0;
		w->all[w->n++] = (struct step_watch){0};
	}
	return number - 1;
}

static void watches_done(struct watches *w)
{
	names_done(&w->names);
	free(w->all);
	free(w->seen);
}

static void write_name(FILE *out, bool *first, const char *name, const char *sha, const char *extra)
{
	const char *file = strchr(name, '\n') + 1, *more = strchr(file, '\n') + 1;

	fprintf(out, "%s\n{\"repo\":\"%.*s\",\"sha\":\"%s\",\"file\":\"%.*s\"", *first ? "" : ",",
		(int)(file - name - 1), name, sha, (int)(more - file - 1), file);
	if (extra)
		fprintf(out, ",\"%s\":\"%s\"", extra, more);
	fputs("}", out);
	*first = false;
}

static bool coverage(struct judge *j)
{
	struct watches w = {0};
	FILE *out = judge_answers(j, "coverage_drops");
	struct facts f;
	bool first = true, ok = facts_open(&f, j->facts, "coverage");

	names_init(&w.names, WATCHES_MAX);
	while (ok && facts_next(&f)) {
		uint32_t i = watch(&w, f.v, "none");
		double share = (double)fact_int(f.v, "covered") / (double)fact_int(f.v, "lines"), from;
		char sha[64];

		snprintf(sha, sizeof(sha), "%.*s", VIEW_ARG(fact_text(f.v, "sha")));
		if (step_worse(&w.all[i], -share, COVERAGE_FALL, &from))
			write_name(out, &first, names_text(&w.names, i + 1), sha, NULL);
	}
	facts_close(&f);
	watches_done(&w);
	judge_answered(out);
	return ok;
}

/* Zero is not listed: what a report of the repository does not tell is 0 there. */
static void end_report(struct watches *w, uint64_t report, struct view repo)
{
	double from;

	for (size_t i = 0; i < w->n; i++) {
		const char *name = names_text(&w->names, (uint32_t)i + 1);

		if (w->seen[i] != report && strncmp(name, repo.p, repo.n) == 0 && name[repo.n] == '\n')
			step_worse(&w->all[i], 0, LINT_RISE, &from);
	}
}

static bool lint(struct judge *j)
{
	struct watches w = {0};
	FILE *out = judge_answers(j, "lint_regressions");
	struct facts f;
	bool first = true, ok = facts_open(&f, j->facts, "lint");
	char sha[64] = "", repo[256] = "";
	uint64_t report = 0;
	struct names begun; /* repositories with a report before this one */

	names_init(&w.names, WATCHES_MAX);
	names_init(&begun, REPOS_MAX);
	while (ok && facts_next(&f)) {
		uint32_t i;
		double from;

		if (!view_is(fact_text(f.v, "sha"), sha)) {
			if (report) {
				end_report(&w, report, view_of(repo));
				names_add(&begun, view_of(repo));
			}
			report++;
			snprintf(sha, sizeof(sha), "%.*s", VIEW_ARG(fact_text(f.v, "sha")));
			snprintf(repo, sizeof(repo), "%.*s", VIEW_ARG(fact_text(f.v, "repo")));
		}
		i = watch(&w, f.v, "code");
		if (!w.all[i].n && names_find(&begun, view_of(repo)))
			step_worse(&w.all[i], 0, LINT_RISE, &from);
		w.seen[i] = report;
		if (step_worse(&w.all[i], (double)fact_int(f.v, "count"), LINT_RISE, &from))
			write_name(out, &first, names_text(&w.names, i + 1), sha, "code");
	}
	facts_close(&f);
	watches_done(&w);
	names_done(&begun);
	judge_answered(out);
	return ok;
}

bool judge_regress(struct judge *j)
{
	FILE *out = judge_answers(j, "regressions");
	bool first = true;

	for (size_t i = 0; i < j->repo_count; i++) {
		struct regression_report r;

		regress_learn(&r, j->repos[i].history, &j->repos[i].flaky);
		for (size_t k = 0; k < r.n; k++) {
			judge_begin(out, &first, j->repos[i].name);
			fprintf(out, ",\"test\":\"%s\",\"first_bad\":\"%s\"}",
				names_text(&j->repos[i].history->tests, r.list[k].test), r.list[k].commit);
		}
		regress_done(&r);
	}
	judge_answered(out);
	return coverage(j) && lint(j);
}
