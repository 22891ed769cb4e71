/* workflow/environment-file - the workflow commands that GitHub switched off, and the files that replace them. */
#include "fixers/workflow/files.h"

#include <string.h>

static const struct {
	const char *command, *file;
	bool named;
} commands[] = {
	{"::set-env name=", "GITHUB_ENV", true},
	{"::add-path::", "GITHUB_PATH", false},
	{"::set-output name=", "GITHUB_OUTPUT", true},
	{"::save-state name=", "GITHUB_STATE", true},
};

static bool is_said(const struct evidence *ev)
{
	for (size_t i = 0; i < ev->text.count; i++) {
		struct view line = evidence_line(ev, i);

		if (view_has(line, "` command is disabled. Please upgrade to using Environment Files") ||
			view_has(line, "` command is deprecated and will be disabled"))
			return true;
	}
	return false;
}

/* echo "::set-env name=A::$x"  ->  echo "A=$x" >> "$GITHUB_ENV". 1 when the line has such a command, -1 for a form that
 * needs a person. */
static int rewrite(struct source *s, uint32_t n, struct arena *a, struct err *e)
{
	struct view line = source_line(s, n);

	for (size_t i = 0; i < sizeof(commands) / sizeof(*commands); i++) {
		size_t at = view_find(line, commands[i].command), echo = view_find(line, "echo "), colons;
		struct view rest, name = {0}, value;
		char quote;

		if (at == VIEW_NONE)
			continue;
		rest = view_from(line, at + strlen(commands[i].command));
		quote = at > 0 ? line.p[at - 1] : ' ';
		if (commands[i].named) {
			colons = view_find(rest, "::");
			name = view_sub(rest, 0, colons == VIEW_NONE ? 0 : colons);
			rest = view_from(rest, colons == VIEW_NONE ? rest.n : colons + 2);
		}
		value = view_trim_right(rest);
		if (echo == VIEW_NONE || (quote != '"' && quote != '\'') || !value.n || value.p[value.n - 1] != quote ||
			(commands[i].named && name.n == 0) || echo + 6 != at)
			return err_set(e, ERR_REFUSED, "%s:%u: the command is not a plain echo", s->path, n);
		value.n--;
		rest = view_of(arena_format(a, "%.*s%s%.*s%c >> \"$%s\"", VIEW_ARG(name), commands[i].named ? "=" : "",
			VIEW_ARG(value), quote, commands[i].file));
		return source_splice(s, source_offset(s, n) + at, view_trim_right(line).n - at, rest, e) == 0 ? 1 : -1;
	}
	return 0;
}

static int edit(struct source *s, const struct evidence *ev, struct arena *a, struct err *e)
{
	int changes = 0;

	if (!is_said(ev))
		return 0;
	for (uint32_t n = 1; n <= s->line_count; n++) {
		int one = rewrite(s, n, a, e);

		if (one < 0)
			return -1;
		changes += one;
	}
	return changes;
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	ret->summary = "write to environment files instead of workflow commands";
	ret->reason = "GitHub switched the command off; the line is the plain echo that its documentation replaces";
	return workflow_propose(edit, q, ret, e);
}

const struct fixer fixer_workflow_environment_file = {
	.id = "workflow/environment-file",
	.ecosystem = "workflow",
	.title = "Write to environment files",
	.what = "`The set-env command is disabled`: replaces `echo \"::set-env name=A::$x\"` by `echo \"A=$x\" >> "
		"\"$GITHUB_ENV\"`, and add-path, "
		"set-output and save-state alike.",
	.why_safe = "For review only, as is everything below `.github/`. Only plain echo lines.",
	.tier = TIER_REVIEW,
	.answers = (const char *const[]){"*set-env*", "*add-path*", "*disabled*", "workflow/*", "actions/*", "runner/*",
		"github/*", "generic/*", "shell/*", "make/*", NULL},
	.paths = (const char *const[]){".github/workflows/*", NULL},
	.max_files = 10,
	.max_lines = 60,
	.kind = FIX_EDITS,
	.heal_case = "wf-set-env-disabled",
	.refuse_case = "infra-runner-shutdown",
	.propose = propose,
};
