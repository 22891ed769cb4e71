/* runmedic rules: the catalogue, and its tests. */
#include "cmd/command.h"
#include "cmd/inputs.h"
#include "cmd/rule_test.h"

#include "base/file.h"
#include "base/json.h"
#include "publish/pages.h"

#include <stdlib.h>
#include <string.h>

#define PASSING_MAX 256u /* --passing */

static const struct option options[] = {
	{"category", 0, "NAME", "list only rules of this category", false},
	{"tool", 0, "NAME", "list only rules of this tool", false},
	{"fixtures", 0, "DIR", "test: the folder with the rules' fixture logs", false},
	{"passing", 0, "LOG",
		"test: a log, or a folder or ZIP of logs, of jobs that passed: no rule may name a failure there", true},
	{"format", 0, "text|json", "how to answer (default: text)", false},
	{0},
};

static bool wanted(const struct session *s, const struct rule *r)
{
	const char *category = args_text(s->args, "category", NULL), *tool = args_text(s->args, "tool", NULL);
	return (!category || !strcmp(category, category_name(r->category))) && (!tool || !strcmp(tool, r->tool));
}

static void list(struct buf *out, const struct session *s, const struct matcher *m)
{
	bool json = !strcmp(args_text(s->args, "format", "text"), "json");
	JSON_AUTO *all = json_array();
	size_t shown = 0;
	for (size_t i = 0; i < matcher_rule_count(m); i++) {
		const struct rule *r = matcher_rule(m, i);
		if (!wanted(s, r))
			continue;
		shown++;
		if (json)
			json_append(all, page_rule_json(r));
		else
			buf_addf(out, "%-44s %-11s %-8s %s\n", r->id, category_name(r->category), rank_name(r->rank),
				r->title);
	}
	if (json) {
		JSON_AUTO *j = json_object();
		json_add_text(j, "schema", "runmedic.rules/1");
		json_add(j, "rules", all);
		all = NULL;
		json_print(out, j);
		buf_add_char(out, '\n');
	} else {
		buf_addf(out, "%zu rules\n", shown);
	}
}

static int show(struct buf *out, const struct session *s, const struct matcher *m, struct err *e)
{
	if (s->args->rest_count != 2)
		return err_set(e, ERR_USAGE, "rules show takes one rule id");
	const char *id = s->args->rest[1];
	const struct rule *r = matcher_find(m, id);
	if (!r)
		return err_set(e, ERR_USAGE, "no rule '%.80s'; `runmedic rules list` shows them all", id);
	page_rule(out, r);
	return 0;
}

static int test(struct buf *out, struct session *s, struct matcher *m, struct err *e)
{
	struct rule_test_result result;
	if (rule_test(&result, m, args_text(s->args, "fixtures", NULL), out, e) < 0)
		return -1;
	const char *passing[PASSING_MAX];
	size_t count = args_all(s->args, "passing", passing, PASSING_MAX);
	for (size_t i = 0; i < count; i++)
		if (rule_test_passing(&result, m, passing[i], out, e) < 0)
			return -1;
	buf_addf(out, "%zu rules, %zu hits, %zu misses, %zu fixtures, %zu passing logs: %zu wrong\n", result.rules,
		result.hits, result.misses, result.fixtures, result.passing, result.wrong);
	return result.wrong ? 1 : 0;
}

static int answer(struct session *s, struct matcher *m, struct err *e)
{
	BUF_AUTO out = buf_new(BUF_FILE);
	const char *what = s->args->rest_count ? s->args->rest[0] : "list";
	int status = 0;
	if (!strcmp(what, "list"))
		list(&out, s, m);
	else if (!strcmp(what, "show"))
		status = show(&out, s, m, e);
	else if (!strcmp(what, "test"))
		status = test(&out, s, m, e);
	else
		return err_set(e, ERR_USAGE, "rules takes list, show or test, not '%.40s'", what);
	return status < 0 || session_write(s, buf_view(&out), e) < 0 ? -1 : status;
}

static int run(struct session *s)
{
	struct err e;
	struct analyser x;
	int status = analyser_start(&x, s, &e);
	if (status == 0)
		status = answer(s, x.matcher, &e);
	analyser_end(&x);
	return status < 0 ? session_trouble(s, &e) : status ? EXIT_NO : EXIT_ANSWERED;
}

const struct command cmd_rules = {
	.name = "rules",
	.summary = "Lists, explains and tests the rules of diagnosis",
	.usage = "rules list | show ID | test [options]",
	.text = "Rules of your own stand in the configuration under `rules:` and are listed, shown and tested with the "
		"others.",
	.examples = "runmedic rules list --category dependency\nrunmedic rules show python/module-not-found\nrunmedic "
		    "rules test",
	.options = options,
	.run = run,
};
