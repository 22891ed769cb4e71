/* judge.c - judge FACTS ANSWERS: what the learners say about a simulated history (NDJSON facts), for its judge. */
#include "tests/learn/judge.h"

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "tests/learn/facts.h"

#include <stdlib.h>

struct repo *judge_repo(struct judge *j, struct view name)
{
	for (size_t i = 0; i < j->repo_count; i++)
		if (view_is(name, j->repos[i].name))
			return &j->repos[i];
	if (j->repo_count == REPOS_MAX)
		abort();
	j->repos[j->repo_count] = (struct repo){.name = mem_bytes(name.p, name.n), .history = history_new()};
	return &j->repos[j->repo_count++];
}

static int by_run(const void *a, const void *b)
{
	const struct run *x = a, *y = b;

	if (x->run != y->run)
		return x->run < y->run ? -1 : 1;
	return (x->attempt > y->attempt) - (x->attempt < y->attempt);
}

const struct run *judge_run(const struct judge *j, int64_t run, int attempt)
{
	const struct run key = {.run = run, .attempt = attempt};
	const struct run *found = bsearch(&key, j->runs, j->run_count, sizeof(*j->runs), by_run);

	if (!found)
		abort();
	return found;
}

static const char *word(struct judge *j, struct view line, const char *name)
{
	return names_text(&j->words, names_add(&j->words, fact_text(line, name)));
}

static bool read_runs(struct judge *j)
{
	struct facts f;

	if (!facts_open(&f, j->facts, "runs"))
		return false;
	while (facts_next(&f)) {
		MEM_PUSH(j->runs, j->run_count, j->run_cap);
		j->runs[j->run_count++] = (struct run){.run = fact_int(f.v, "run"),
			.attempt = (int)fact_int(f.v, "attempt"),
			.started = fact_time(f.v, "started"),
			.ended = fact_time(f.v, "ended"),
			.repo = (size_t)(judge_repo(j, fact_text(f.v, "repo")) - j->repos),
			.workflow = word(j, f.v, "workflow"),
			.branch = word(j, f.v, "branch"),
			.commit = word(j, f.v, "sha"),
			.space = word(j, f.v, "space"),
			.conclusion = word(j, f.v, "conclusion")};
	}
	facts_close(&f);
	qsort(j->runs, j->run_count, sizeof(*j->runs), by_run);
	return true;
}

FILE *judge_answers(const struct judge *j, const char *name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.json", j->answers, name);
	f = fopen(path, "we");
	if (!f) {
		fprintf(stderr, "judge: %s cannot be written\n", path);
		exit(2);
	}
	fputs("[", f);
	return f;
}

void judge_answered(FILE *f)
{
	fputs("\n]\n", f);
	fclose(f);
}

void judge_begin(FILE *f, bool *first, const char *repo)
{
	fprintf(f, "%s\n{\"repo\":\"%s\"", *first ? "" : ",", repo);
	*first = false;
}

static void answer_flaky(struct judge *j, bool explain)
{
	FILE *f = judge_answers(j, "flaky");
	bool first = true;

	for (size_t i = 0; i < j->repo_count; i++)
		for (size_t k = 0; k < j->repos[i].flaky.n; k++) {
			const struct flaky_verdict *v = &j->repos[i].flaky.list[k];

			judge_begin(f, &first, j->repos[i].name);
			fprintf(f, ",\"test\":\"%s\",\"flaky\":%s,\"score\":%.6f",
				names_text(&j->repos[i].history->tests, v->test),
				v->kind == FLAKY_FLAKY ? "true" : "false", v->score);
			if (explain)
				fprintf(f, ",\"kind\":\"%s\",\"why\":\"%s\"", flaky_kind_name(v->kind), v->why);
			fputs("}", f);
		}
	judge_answered(f);
}

static void answer_patterns(struct judge *j, bool explain)
{
	FILE *f = judge_answers(j, "patterns");
	bool first = true;

	for (size_t i = 0; i < j->repo_count; i++)
		for (size_t k = 0; k < j->repos[i].patterns.n; k++) {
			const struct pattern *p = &j->repos[i].patterns.list[k];

			if (p->dimension == PATTERN_TIMEOUT || p->dimension == PATTERN_SETUP)
				continue; /* judges know nothing of what messages say */
			judge_begin(f, &first, j->repos[i].name);
			fprintf(f, ",\"test\":\"%s\",\"dimension\":\"%s\",\"value\":\"%s\"",
				names_text(&j->repos[i].history->tests, p->test), pattern_dimension_name(p->dimension),
				p->value);
			if (explain)
				fprintf(f, ",\"reason\":\"%s\",\"confidence\":%.3f", p->reason, p->confidence);
			fputs("}", f);
		}
	judge_answered(f);
}

static void done(struct judge *j)
{
	for (size_t i = 0; i < j->repo_count; i++) {
		struct repo *r = &j->repos[i];

		for (size_t k = 0; k < r->suite_count; k++)
			free(r->suites[k].tests);
		free(r->suites);
		free(r->skip);
		pattern_done(&r->patterns);
		trends_free(r->trends);
		free(r->duration);
		flaky_done(&r->flaky);
		history_free(r->history);
		free(r->name);
	}
	free(j->runs);
	names_done(&j->words);
	arena_done(&j->arena);
}

int main(int argc, char **argv)
{
	struct judge j = {.facts = argc > 1 ? argv[1] : NULL, .answers = argc > 2 ? argv[2] : NULL};
	bool ok;

	if (argc < 3) {
		fputs("usage: judge FACTS ANSWERS [explain]\n", stderr);
		return 2;
	}
	names_init(&j.words, HISTORY_NAMES_MAX);
	ok = read_runs(&j) && judge_suites(&j);
	judge_trends_begin(&j);
	ok = ok && judge_tests(&j);
	for (size_t i = 0; ok && i < j.repo_count; i++) {
		history_seal(j.repos[i].history, VIEW("main"));
		flaky_learn(&j.repos[i].flaky, j.repos[i].history);
		pattern_learn(&j.repos[i].patterns, j.repos[i].history, &j.repos[i].flaky);
	}
	if (ok) {
		answer_flaky(&j, argc > 3);
		answer_patterns(&j, argc > 3);
		judge_mttr(&j);
		ok = judge_trends_end(&j, argc > 3) && judge_fixes(&j, argc > 3) && judge_regress(&j);
	}
	done(&j);
	return ok ? 0 : 2;
}
