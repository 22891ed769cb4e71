/* fs/executable-bit - a script of the repository may not be run because git has no mode 100755 for it. */
#include "fixers/edits.h"
#include "fixers/evidence.h"
#include "fixers/source.h"

#include <string.h>

#define SCRIPTS_MAX 16u

struct found {
	const char *paths[SCRIPTS_MAX];
	size_t count;
	bool by_exec; /* some message can only come from starting a program */
	bool guess;   /* a linter thinks so */
};

static struct view last_word(struct view v, char separator)
{
	size_t at = view_find_last_char(v, separator);

	return at == VIEW_NONE ? v : view_from(v, at + 1);
}

static struct view bare(struct view v)
{
	static const char *const quotes[] = {"'", "\"", "`", "\xe2\x80\x98", "\xe2\x80\x99", NULL};

	v = view_trim(v);
	for (const char *const *q = quotes; *q; q++) {
		if (view_starts(v, *q))
			v = view_from(v, strlen(*q));
		if (view_ends(v, *q))
			v.n -= strlen(*q);
	}
	return v;
}

/* "x.sh: line 1: ./a.sh: Permission denied": the last name before the words. Written by shells, make, env, xargs, go,
 * node, docker. */
static bool denied(struct view line, struct view *ret_path, bool *ret_exec)
{
	static const char *const endings[] = {": Permission denied", ": permission denied", NULL};
	size_t at = VIEW_NONE;

	*ret_exec = view_has(line, "exec") || view_starts(line, "make") || view_starts(line, "env: ") ||
		    view_starts(line, "xargs: ") || view_starts(line, "/usr/bin/env: ");
	if (view_starts(line, "zsh: permission denied: ")) {
		*ret_path = bare(last_word(line, ':'));
		return true;
	}
	if (view_has(line, "spawn ") && view_has(line, " EACCES")) {
		*ret_path = view_from(line, view_find(line, "spawn ") + 6);
		*ret_path = bare(view_sub(*ret_path, 0, view_find(*ret_path, " EACCES")));
		*ret_exec = true;
		return true;
	}
	for (const char *const *e = endings; *e && at == VIEW_NONE; e++)
		at = view_find(line, *e);
	if (at == VIEW_NONE)
		return false;
	*ret_path = last_word(view_sub(line, 0, at), ':');
	*ret_path = bare(view_trim(*ret_path));
	if (view_starts(*ret_path, "fork/exec "))
		*ret_path = view_from(*ret_path, strlen("fork/exec "));
	if (view_starts(*ret_path, "exec "))
		*ret_path = bare(view_from(*ret_path, strlen("exec ")));
	return true;
}

/* pre-commit's check-shebang-scripts-are-executable */
static bool linted(struct view line, struct view *ret_path)
{
	size_t at = view_find(line, ": has a shebang but is not marked executable");

	*ret_path = view_sub(line, 0, at == VIEW_NONE ? 0 : at);
	return at != VIEW_NONE;
}

static bool is_script(const struct fix_request *q, const char *path, struct err *e)
{
	ARENA_AUTO a = {0};
	SOURCES_AUTO set = sources_new(&a, q->tree);
	struct source *s = sources_open(&set, path, e);

	if (!s)
		return false;
	if (s->executable)
		return fix_refuse(e, "%s is executable at HEAD", path);
	if (!view_starts(s->text, "#!"))
		return fix_refuse(e, "%s has no #! line", path);
	return true;
}

static bool known(const struct found *f, const char *path)
{
	for (size_t i = 0; i < f->count; i++)
		if (strcmp(f->paths[i], path) == 0)
			return true;
	return false;
}

static bool says_126(const struct evidence *ev)
{
	if (ev->step && ev->step->exit_code == 126)
		return true;
	for (size_t i = 0; i < ev->text.count; i++) {
		struct view line = evidence_line(ev, i);

		if (view_has(line, "Error 126") || view_has(line, "code 126") || view_has(line, "status 126"))
			return true;
	}
	return false;
}

static void look(struct found *f, const struct evidence *ev, struct arena *a, struct err *e)
{
	for (size_t i = 0; i < ev->text.count && f->count < SCRIPTS_MAX; i++) {
		struct view printed;
		bool exec = false, lint = linted(evidence_line(ev, i), &printed);
		const char *path;

		if (!lint && !denied(evidence_line(ev, i), &printed, &exec))
			continue;
		path = evidence_path(ev, printed, a, e);
		if (!path || known(f, path) || !is_script(ev->q, path, e))
			continue;
		f->paths[f->count++] = path;
		f->by_exec |= exec;
		f->guess |= lint;
	}
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	struct found f = {0};
	int status = evidence_read(&ev, q, e);
	struct fix_edit *edits;

	if (status != 1)
		return status;
	err_set(e, ERR_REFUSED, "the step names no script of the repository");
	look(&f, &ev, &ret->arena, e);
	if (f.count == 0)
		return 0;
	if (!f.guess && !f.by_exec && !says_126(&ev))
		return fix_refuse(e, "nothing says that %s was to be run", f.paths[0]);
	edits = arena_array(&ret->arena, f.count, sizeof(*edits));
	for (size_t i = 0; i < f.count; i++)
		edits[i] = (struct fix_edit){.path = f.paths[i], .mode_changes = true, .executable = true};
	ret->tier = f.guess ? TIER_REVIEW : TIER_HEAL;
	ret->confidence = f.guess ? 0.8 : 0.98;
	ret->summary = arena_format(&ret->arena, "make %s executable", f.paths[0]);
	ret->reason = arena_format(&ret->arena, "%s",
		f.guess ? "the linter says that it has a #! line and no mode 100755"
			: "the shell may not run it, git has no mode 100755 for it, and it begins with #!");
	return edits_propose(ret, edits, arena_array(&ret->arena, f.count, sizeof(struct view)), f.count, NULL,
		"the mode is 100755 and nothing else changed", e);
}

const struct fixer fixer_fs_executable_bit = {
	.id = "fs/executable-bit",
	.ecosystem = "fs",
	.title = "Make a script executable",
	.what = "A step runs a script of the repository and the shell answers `Permission denied` (exit code 126). Git "
		"keeps one bit for that; this fixer sets it.",
	.why_safe = "Only a file that begins with `#!`, that git has as not executable, and that the log shows being "
		    "run. The "
		    "content does not change.",
	.tier = TIER_HEAL,
	.answers = (const char *const[]){"*permission*", "*denied*", "*executable*", "*exit-126*", "shell/*", "bash/*",
		"sh/*", "generic/*", "runner/*", "*pre-commit*", "fs/*", "make/*", "node/*", "docker/*", NULL},
	.paths = (const char *const[]){"**", NULL},
	.max_files = SCRIPTS_MAX,
	.max_lines = 1,
	.kind = FIX_EDITS,
	.heal_case = "sh-script-not-executable",
	.refuse_case = "py-pytest-real-bug",
	.propose = propose,
};
