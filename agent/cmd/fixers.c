/* runmedic fixers: what may be changed, and what is here to do it. */
#include "cmd/command.h"

#include "base/file.h"
#include "base/json.h"
#include "heal/process.h"
#include "publish/pages.h"

#include <stdlib.h>
#include <string.h>

static const struct option options[] = {
	{"format", 0, "text|json", "how to answer (default: text)", false},
	{"cases", 0, "DIR", "test: the folder with the heal cases that fixers name", false},
	{0},
};

/* First line of what `program --version` says; malloc'ed, NULL when it is not here. */
static char *version_of(const struct fixer *f)
{
	struct err e;
	struct process_result r;
	char *home = f->version_argv ? file_temp_directory("runmedic-", &e) : NULL;
	struct process_options o = {.directory = "/", .home = home, .timeout_s = 10};
	int rc = home ? process_run(&r, f->version_argv, &o, &e) : -1;
	if (home)
		file_remove_tree(home, &e);
	free(home);
	if (rc < 0)
		return NULL;
	struct view all = buf_view(&r.output), line = {0};
	view_next(&all, '\n', &line);
	BUF_AUTO text = buf_new(BUF_LINE);
	buf_add_view(&text, view_cut_utf8(view_trim(line), 60));
	bool ok = r.exit_code == 0 && line.n;
	process_result_done(&r);
	return ok ? buf_take(&text) : NULL;
}

static void list_one(struct buf *out, cJSON *all, const struct fixer *f)
{
	char *path = f->program ? process_find(f->program) : NULL;
	char *version = path ? version_of(f) : NULL;
	bool available = !f->program || path;
	if (all)
		json_append(all, page_fixer_json(f, available, version));
	else
		buf_addf(out, "%-26s %-7s %-46s %s\n", f->id, tier_name(f->tier), f->title,
			!f->program ? "built in"
			: version   ? version
			: path      ? f->program
				    : "not installed");
	free(path);
	free(version);
}

static void list(struct buf *out, const struct session *s)
{
	bool json = !strcmp(args_text(s->args, "format", "text"), "json");
	JSON_AUTO *all = json ? json_array() : NULL;
	for (const struct fixer *const *f = fixer_table; *f; f++)
		list_one(out, all, *f);
	if (json) {
		JSON_AUTO *j = json_object();
		json_add_text(j, "schema", "runmedic.fixers/1");
		json_add(j, "fixers", all);
		all = NULL;
		json_print(out, j);
		buf_add_char(out, '\n');
	}
}

static int show(struct buf *out, const struct session *s, struct err *e)
{
	if (s->args->rest_count != 2)
		return err_set(e, ERR_USAGE, "fixers show takes one fixer id");
	const struct fixer *f = fixer_find(s->args->rest[1]);
	if (!f)
		return err_set(
			e, ERR_USAGE, "no fixer '%.80s'; `runmedic fixers list` shows them all", s->args->rest[1]);
	page_fixer(out, f);
	return 0;
}

static bool has_case(const char *folder, const char *name)
{
	char *one = name ? file_join(folder, name) : NULL;
	bool there = one && file_is_directory(one);
	free(one);
	return there;
}

static size_t test_one(struct buf *out, const struct fixer *f, const char *cases)
{
	size_t wrong = 0;
	if (cases && !has_case(cases, f->heal_case) && ++wrong)
		buf_addf(out, "%s: its heal case is missing\n", f->id);
	if (cases && !has_case(cases, f->refuse_case) && ++wrong)
		buf_addf(out, "%s: its refuse case is missing\n", f->id);
	for (size_t i = 0; i < rule_catalogue_count; i++)
		for (size_t k = 0; k < rule_catalogue[i].remedy_count; k++)
			if (!strcmp(rule_catalogue[i].remedies[k], f->id) && !fixer_answers(f, rule_catalogue[i].id) &&
				++wrong)
				buf_addf(out, "%s: does not answer %s, which names it\n", f->id, rule_catalogue[i].id);
	return wrong;
}

static size_t test_remedies(struct buf *out)
{
	size_t wrong = 0;
	for (size_t i = 0; i < rule_catalogue_count; i++)
		for (size_t k = 0; k < rule_catalogue[i].remedy_count; k++)
			if (!fixer_find(rule_catalogue[i].remedies[k]) && ++wrong)
				buf_addf(out, "%s: names a fixer that is not there: %s\n", rule_catalogue[i].id,
					rule_catalogue[i].remedies[k]);
	return wrong;
}

static int test(struct buf *out, const struct session *s)
{
	size_t wrong = test_remedies(out), n = 0;
	for (const struct fixer *const *f = fixer_table; *f; f++, n++)
		wrong += test_one(out, *f, args_text(s->args, "cases", NULL));
	buf_addf(out, "%zu fixers: %zu wrong\n", n, wrong);
	return wrong ? 1 : 0;
}

static int run(struct session *s)
{
	struct err e;
	BUF_AUTO out = buf_new(BUF_FILE);
	const char *what = s->args->rest_count ? s->args->rest[0] : "list";
	int status = 0;
	if (!strcmp(what, "list"))
		list(&out, s);
	else if (!strcmp(what, "show"))
		status = show(&out, s, &e);
	else if (!strcmp(what, "test"))
		status = test(&out, s);
	else
		status = err_set(&e, ERR_USAGE, "fixers takes list, show or test, not '%.40s'", what);
	if (status < 0 || session_write(s, buf_view(&out), &e) < 0)
		return session_trouble(s, &e);
	return status ? EXIT_NO : EXIT_ANSWERED;
}

const struct command cmd_fixers = {
	.name = "fixers",
	.summary = "Lists and explains the fixers, and which of their tools are here",
	.usage = "fixers list | show ID | test [options]",
	.examples = "runmedic fixers list\nrunmedic fixers show python/black",
	.options = options,
	.run = run,
};
