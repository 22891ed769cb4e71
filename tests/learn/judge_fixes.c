/* judge_fixes.c - what became of fixes, and how long red branches stayed red. */
#include "base/mem.h"
#include "learn/kpi.h"
#include "learn/success.h"
#include "tests/learn/facts.h"
#include "tests/learn/judge.h"

bool judge_fixes(struct judge *j, bool explain)
{
	struct successes *all[REPOS_MAX] = {0};
	FILE *out = judge_answers(j, "fixers");
	struct facts f;
	bool first = true, ok = facts_open(&f, j->facts, "fixes");

	for (size_t i = 0; i < j->repo_count; i++)
		all[i] = successes_new();
	while (ok && facts_next(&f))
		successes_add(all[judge_repo(j, fact_text(f.v, "repo")) - j->repos], fact_text(f.v, "fixer"),
			fact_text(f.v, "rule"), fact_text(f.v, "signature"), fact_time(f.v, "time"),
			view_is(fact_text(f.v, "outcome"), "green") && !view_is(fact_text(f.v, "final"), "reverted"));
	for (size_t i = 0; i < j->repo_count; i++) {
		successes_seal(all[i]);
		for (size_t k = 0; k < successes_count(all[i]); k++) {
			struct success x;
			char why[200];

			success_of(all[i], view_of(successes_fixer(all[i], k)), (struct view){0}, (struct view){0}, &x);
			judge_begin(out, &first, j->repos[i].name);
			fprintf(out, ",\"fixer\":\"%s\",\"mean\":%.4f,\"low\":%.4f", successes_fixer(all[i], k), x.mean,
				x.low);
			if (explain)
				fprintf(out, ",\"why\":\"%s\",\"change\":%.3f", success_why(&x, why, sizeof(why)),
					x.change);
			fputs("}", out);
		}
		successes_free(all[i]);
	}
	facts_close(&f);
	judge_answered(out);
	return ok;
}

void judge_mttr(struct judge *j)
{
	FILE *out = judge_answers(j, "mttr");
	bool first = true;

	for (size_t i = 0; i < j->repo_count; i++) {
		struct repairs *r = repairs_new();
		struct mttr_list l;

		for (size_t k = 0; k < j->run_count; k++) {
			const struct run *x = &j->runs[k];
			enum conclusion c = CONCLUSION_UNKNOWN;

			conclusion_parse(view_of(x->conclusion), &c);
			if (x->repo == i && strcmp(x->space, "ci") == 0)
				repairs_attempt(r, view_of(x->workflow), view_of(x->branch), x->ended, c);
		}
		repairs_learn(&l, r);
		for (size_t k = 0; k < l.n; k++) {
			if (!l.list[k].episodes)
				continue;
			judge_begin(out, &first, j->repos[i].name);
			fprintf(out, ",\"workflow\":\"%s\",\"branch\":\"%s\",\"mean_s\":%.3f}", l.list[k].workflow,
				l.list[k].branch, (double)l.list[k].total / (double)CLOCK_SECOND / l.list[k].episodes);
		}
		mttr_done(&l);
		repairs_free(r);
	}
	judge_answered(out);
}
