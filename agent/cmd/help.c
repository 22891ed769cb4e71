#include "cmd/command.h"

static void add_options(struct buf *out, const struct option *table)
{
	for (const struct option *o = table; o && o->name; o++) {
		BUF_AUTO left = buf_new(BUF_LINE);
		if (o->letter)
			buf_addf(&left, "-%c, ", o->letter);
		buf_addf(&left, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
		buf_addf(out, "  %-28s %s%s\n", buf_text(&left), o->help, o->many ? " (may be repeated)" : "");
	}
}

static void add_indented(struct buf *out, const char *text)
{
	struct view rest = view_of(text), line;
	while (view_next(&rest, '\n', &line))
		buf_addf(out, "  %.*s\n", VIEW_ARG(line));
}

void command_help(struct buf *out, const struct command *c)
{
	buf_addf(out, "%s\n\nUsage: runmedic %s\n", c->summary, c->usage);
	if (c->text)
		buf_addf(out, "\n%s\n", c->text);
	if (c->options) {
		buf_add_text(out, "\nOptions:\n");
		add_options(out, c->options);
	}
	buf_add_text(out, "\nCommon options:\n");
	add_options(out, common_options);
	buf_add_text(out, "\nExamples:\n");
	add_indented(out, c->examples);
}

void command_overview(struct buf *out)
{
	buf_add_text(out, "runmedic reads the log of a failed GitHub Actions job, says what broke and where, heals "
			  "what it can prove,\n"
			  "and remembers all of it.\n\nUsage: runmedic COMMAND [options]\n\nCommands:\n");
	for (const struct command *const *c = command_table; *c; c++)
		if (!(*c)->hidden)
			buf_addf(out, "  %-10s %s\n", (*c)->name, (*c)->summary);
	buf_add_text(out, "\nExamples:\n"
			  "  runmedic analyze job.log              what broke, where, and what can be done\n"
			  "  gh run view --log-failed | runmedic analyze -\n"
			  "  runmedic heal job.log                 the fix with its proof, changing nothing\n"
			  "  runmedic heal job.log --apply         the same, into the work tree\n"
			  "  runmedic report --days 7              what the history says about the last week\n"
			  "\n`runmedic COMMAND --help` tells more. Exit status: 0 answered, 1 a \"no\" that was asked "
			  "for, 2 trouble.\n");
}
