/* runmedic eval: the figures of this very build on labelled logs, with their uncertainty. */
#include "cmd/eval.h"

#include "base/file.h"
#include "learn/report.h"

#include <stdlib.h>
#include <string.h>

static const struct option options[] = {
	{"corpus", 0, "DIR", "labelled logs: labels.jsonl, logs/, passing.jsonl, passing/", false},
	{"healbench", 0, "DIR", "heal cases: ID/case.json and ID/log.txt", false},
	{"misses", 0, NULL, "also list each wrong answer", false},
	{"format", 0, "text|json", "how to answer (default: text)", false},
	{0},
};

static const struct {
	const char *name, *label;
	size_t offset;
} figures[] = {
	{"category", "category right", offsetof(struct eval_figures, category)},
	{"line_exact", "line exact", offsetof(struct eval_figures, line)},
	{"excerpt_holds", "excerpt holds it", offsetof(struct eval_figures, excerpt)},
	{"short_hit", "... in at most 15 lines", offsetof(struct eval_figures, short_hit)},
	{"step", "failing step", offsetof(struct eval_figures, step)},
	{"transient", "transient found", offsetof(struct eval_figures, transient)},
	{"evidence", "evidence in the excerpt", offsetof(struct eval_figures, evidence)},
	{"quiet", "passing logs left alone", offsetof(struct eval_figures, quiet)},
};
#define FIGURES (sizeof figures / sizeof *figures)

static const struct eval_rate *rate_at(const struct eval_figures *f, size_t i)
{
	return (const struct eval_rate *)((const char *)f + figures[i].offset);
}

void eval_text(struct buf *out, const struct eval_figures *f)
{
	buf_addf(out, "%zu logs, %zu without an answer, %zu unreadable\n\n", f->logs, f->no_answer, f->unreadable);
	buf_addf(out, "%-26s %12s %8s   95 %% interval\n", "figure", "right of all", "");
	for (size_t i = 0; i < FIGURES; i++) {
		const struct eval_rate *r = rate_at(f, i);
		double low, high;
		if (!r->all)
			continue;
		wilson_interval(r->good, r->all, &low, &high);
		buf_addf(out, "%-26s %5zu of %4zu %6.1f %%   %.1f to %.1f %%\n", figures[i].label, r->good, r->all,
			100.0 * (double)r->good / (double)r->all, 100 * low, 100 * high);
	}
	if (f->transient.all)
		buf_addf(out, "lasting failures called transient: %zu\n", f->transient_false);
}

cJSON *eval_json(const struct eval_figures *f)
{
	cJSON *j = json_object();
	json_add_text(j, "schema", "runmedic.eval/1");
	json_add_int(j, "logs", (int64_t)f->logs);
	json_add_int(j, "no_answer", (int64_t)f->no_answer);
	json_add_int(j, "unreadable", (int64_t)f->unreadable);
	json_add_int(j, "transient_false", (int64_t)f->transient_false);
	for (size_t i = 0; i < FIGURES; i++) {
		const struct eval_rate *r = rate_at(f, i);
		double low, high;
		if (!r->all)
			continue;
		wilson_interval(r->good, r->all, &low, &high);
		cJSON *one = json_object();
		json_add_int(one, "right", (int64_t)r->good);
		json_add_int(one, "all", (int64_t)r->all);
		json_add_number(one, "rate", (double)r->good / (double)r->all);
		json_add_number(one, "low", low);
		json_add_number(one, "high", high);
		json_add(j, figures[i].name, one);
	}
	return j;
}

static int measure(struct session *s, struct analyser *x, struct buf *out, struct err *e)
{
	const char *corpus = args_text(s->args, "corpus", NULL), *cases = args_text(s->args, "healbench", NULL);
	if (!corpus == !cases)
		return err_set(e, ERR_USAGE, "eval takes either --corpus DIR or --healbench DIR");
	struct eval_figures f = {0};
	BUF_AUTO misses = buf_new(BUF_FILE);
	struct buf *wrong = args_flag(s->args, "misses") ? &misses : NULL;
	char *inner = cases ? file_join(cases, "cases") : NULL;
	if (inner && file_is_directory(inner))
		cases = inner;
	int rc = corpus ? eval_corpus(&f, x, corpus, wrong, e) : eval_cases(&f, x, cases, wrong, e);
	free(inner);
	if (rc < 0)
		return -1;
	if (!strcmp(args_text(s->args, "format", "text"), "json")) {
		JSON_AUTO *j = eval_json(&f);
		json_print(out, j);
		buf_add_char(out, '\n');
	} else {
		eval_text(out, &f);
		buf_add_view(out, buf_view(&misses));
	}
	return session_write(s, buf_view(out), e);
}

static int run(struct session *s)
{
	struct err e;
	struct analyser x;
	BUF_AUTO out = buf_new(BUF_LARGE);
	int rc = analyser_start(&x, s, &e);
	if (rc == 0)
		rc = measure(s, &x, &out, &e);
	analyser_end(&x);
	return rc < 0 ? session_trouble(s, &e) : EXIT_ANSWERED;
}

const struct command cmd_eval = {
	.name = "eval",
	.summary = "Measures how often the diagnosis is right on labelled logs",
	.usage = "eval --corpus DIR | --healbench DIR [options]",
	.examples = "runmedic eval --corpus ../logs --misses\nrunmedic eval --healbench tests/cases --format json",
	.options = options,
	.run = run,
};
