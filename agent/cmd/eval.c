/* runmedic eval: the figures of this very build on labelled logs, with their uncertainty. */
#include "cmd/eval.h"

#include "base/file.h"

#include <stdlib.h>
#include <string.h>

static const struct option options[] = {
	{"corpus", 0, "DIR", "labelled logs: labels.jsonl, logs/, passing.jsonl, passing/", false},
	{"healbench", 0, "DIR", "heal cases: ID/case.json, ID/log.txt, ID/repo/", false},
	{"baseline", 0, NULL, "give each failing log a passing one of its job, where the labels name one", false},
	{"misses", 0, NULL, "also list the wrong answers, those that were sure first", false},
	{"no-heal", 0, NULL, "heal cases: only the diagnosis", false},
	{"fit", 0, "FILE", "for developers: fit the confidence to the corpus, write its coefficients", false},
	{"format", 0, "text|json|markdown", "how to answer (default: text)", false},
	{0},
};

static void add_answer(struct buf *out, struct eval *v, const struct args *args)
{
	struct eval_table t;
	const char *format = args_text(args, "format", "text");
	bool misses = args_flag(args, "misses");
	eval_table_make(&t, v);
	if (!strcmp(format, "json")) {
		JSON_AUTO *j = eval_json(&t, v, misses);
		json_print(out, j);
		buf_add_char(out, '\n');
	} else if (!strcmp(format, "markdown")) {
		eval_markdown(out, &t, v, misses);
	} else {
		eval_text(out, &t, v, misses);
	}
}

static int measure(struct eval *v, struct buf *out, struct err *e)
{
	const struct args *args = v->analyser->session->args;
	const char *corpus = args_text(args, "corpus", NULL), *cases = args_text(args, "healbench", NULL);
	const char *fit = args_text(args, "fit", NULL);
	if (!corpus == !cases)
		return err_set(e, ERR_USAGE, "eval takes either --corpus DIR or --healbench DIR");
	if (cases && (fit || args_flag(args, "baseline")))
		return err_set(e, ERR_USAGE, "--fit and --baseline need --corpus DIR");
	char *inner = cases ? file_join(cases, "cases") : NULL;
	v->folder = inner && file_is_directory(inner) ? inner : cases ? cases : corpus;
	v->cases = cases != NULL;
	v->baseline = args_flag(args, "baseline");
	v->fitting = fit != NULL;
	v->healing = cases && !args_flag(args, "no-heal");
	int rc = cases ? eval_cases(v, e) : eval_corpus(v, e);
	free(inner);
	if (rc == 0 && !v->row_count)
		rc = err_set(e, ERR_INPUT, "%s holds no labelled log", cases ? cases : corpus);
	if (rc == 0 && fit)
		rc = eval_fit(out, v, fit, e);
	else if (rc == 0)
		add_answer(out, v, args);
	return rc;
}

static int run(struct session *s)
{
	struct err e;
	struct analyser x;
	struct eval v = {.analyser = &x};
	BUF_AUTO out = buf_new(BUF_LARGE);
	int rc = analyser_start(&x, s, &e);
	if (rc == 0)
		rc = measure(&v, &out, &e);
	if (rc == 0)
		rc = session_write(s, buf_view(&out), &e);
	bool trouble = rc < 0 || v.passing_broken;
	for (size_t i = 0; i < v.row_count; i++)
		trouble = trouble || v.rows[i].broken;
	if (rc < 0)
		session_trouble(s, &e);
	eval_done(&v);
	analyser_end(&x);
	return trouble ? EXIT_TROUBLE : EXIT_ANSWERED;
}

const struct command cmd_eval = {
	.name = "eval",
	.summary = "Measures how often the diagnosis is right on labelled logs",
	.usage = "eval --corpus DIR | --healbench DIR [options]",
	.text = "Figures come with their 95 % interval, the confidence with what it is worth, categories with what "
		"they were "
		"taken for.\n"
		"docs/accuracy.md says how to label logs of your own. Labels that cannot be understood are refused.",
	.examples = "runmedic eval --corpus ../logs --misses\n"
		    "runmedic eval --corpus ../logs --baseline --format markdown\n"
		    "runmedic eval --healbench tests/cases --format json",
	.options = options,
	.run = run,
};
