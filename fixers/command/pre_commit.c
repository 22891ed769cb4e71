/* python/pre-commit - hooks that change files, run once more. */
#include "fixers/command/tool.h"

static const char *const anything[] = {"**", NULL};
static const char *const run_all[] = {"pre-commit", "run", "--all-files", NULL};

static bool says_modified(const struct evidence *ev, size_t hook)
{
	for (size_t i = hook + 1; i < hook + 4; i++)
		if (view_starts(evidence_line(ev, i), "- files were modified by this hook"))
			return true;
	return false;
}

/* A hook that fails without changing anything needs a person. */
static bool all_modify(const struct evidence *ev)
{
	bool any = false;

	for (size_t i = 0; i < ev->text.count; i++) {
		if (!view_starts(evidence_line(ev, i), "- hook id: "))
			continue;
		if (!says_modified(ev, i))
			return false;
		any = true;
	}
	return any;
}

static bool runs_on_all_files(const struct evidence *ev)
{
	struct view rest, word;

	if (view_has(ev->name, "pre-commit/action@") || view_has(ev->command, "pre-commit/action@"))
		return true;
	if (!command_find(ev->command, "pre-commit run", &rest))
		return false;
	while (view_word(&rest, &word))
		if (view_is(word, "--all-files") || view_is(word, "-a"))
			return true;
	return false;
}

static int propose(const struct fix_request *q, struct fix_proposal *ret, struct err *e)
{
	EVIDENCE_AUTO ev = {0};
	int status = evidence_read(&ev, q, e);

	if (status != 1)
		return status;
	if (!runs_on_all_files(&ev))
		return fix_refuse(e, "the step did not run pre-commit on all files");
	if (!all_modify(&ev))
		return fix_refuse(e, "a hook fails without changing anything");
	ret->kind = FIX_COMMAND;
	ret->globs = anything;
	ret->argv = run_all;
	ret->tier = TIER_REVIEW;
	ret->confidence = 0.9;
	ret->summary = "apply what the pre-commit hooks change";
	ret->reason = "every hook that failed changed files, and no other hook failed";
	ret->proof.argv = ret->argv;
	ret->proof.says = "the hooks pass";
	return 1;
}

const struct fixer fixer_python_pre_commit = {
	.id = "python/pre-commit",
	.ecosystem = "python",
	.title = "Run the pre-commit hooks",
	.what = "Runs `pre-commit run --all-files` where every hook that failed changed files by itself.",
	.why_safe =
		"For review only: the log does not say which files a hook changes. The hooks run without a network, so "
		"that only local ones work, and never where a write token is; they must pass afterwards, and a second "
		"run must change nothing more.",
	.tier = TIER_REVIEW,
	.answers = LIST("python/*", "*pre-commit*", "generic/*", "runner/*", "shell/*", "make/*"),
	.paths = LIST("**"),
	.max_files = 20,
	.max_lines = 400,
	.kind = FIX_COMMAND,
	.runs_repository_code = true,
	.program = "pre-commit",
	.version_argv = LIST("pre-commit", "--version"),
	.heal_case = "py-precommit-local",
	.refuse_case = "py-pytest-real-bug",
	.propose = propose,
};
