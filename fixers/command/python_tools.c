/* Commands for Python: autopep8, yapf, pyupgrade, ruff check, djlint; and SQL with Python's sqlfluff. */
#include "fixers/command/tool.h"

#define ANSWERS(...) LIST("python/*", "gate/*", "generic/*", "runner/*", "shell/*", "make/*", __VA_ARGS__)

static const struct tool python_autopep8 = {
	.program = "autopep8",
	.extensions = LIST(".py", ".pyi"),
	.names = (const struct tool_name_line[]){{"--- original/", "", false}, {0}},
	.fix = LIST("autopep8", "--in-place"),
	.check = LIST("autopep8", "--diff", "--exit-code"),
	.kept_options = LIST("-a", "--aggressive", "-aa", "--experimental",
		"--max-line-length=", "--select=", "--ignore=", "--indent-size="),
	.known_options = LIST("-d", "--diff", "-r", "--recursive", "-rd", "-dr", "--exit-code", "-v", "--verbose",
		"-j=", "--jobs=", "--exclude="),
	.summary = "reformat with autopep8",
};
TOOL_FIXER(python_autopep8, .id = "python/autopep8", .ecosystem = "python", .title = "Reformat with autopep8",
	.what = "Runs autopep8, with the options of the step's own command, on the files whose differences "
		"`autopep8 --diff` prints.",
	.why_safe = TOOL_ONLY_NAMED " Options that are not known here leave it to a person.", .tier = TIER_HEAL,
	.answers = ANSWERS("*autopep8*", "vcs/*"), .paths = LIST("*.py", "*.pyi"), .program = "autopep8",
	.needs_only_near_files = true, .version_argv = LIST("autopep8", "--version"), .heal_case = "py-autopep8-diff",
	.refuse_case = "py-pytest-real-bug");

static const struct tool python_yapf = {
	.program = "yapf",
	.extensions = LIST(".py", ".pyi"),
	.names = (const struct tool_name_line[]){{"--- ", "\t(original)", false}, {0}},
	.fix = LIST("yapf", "--in-place"),
	.check = LIST("yapf", "--diff"),
	.kept_options = LIST("--style="),
	.known_options = LIST("-d", "--diff", "-r", "--recursive", "-rd", "-dr", "-p", "--parallel",
		"-e=", "--exclude=", "-q", "--quiet", "-vv"),
	.summary = "reformat with yapf",
};
TOOL_FIXER(python_yapf, .id = "python/yapf", .ecosystem = "python", .title = "Reformat with yapf",
	.what = "Runs yapf on the files whose differences `yapf --diff` prints.",
	.why_safe = TOOL_ONLY_NAMED " Options that are not known here leave it to a person.", .tier = TIER_HEAL,
	.answers = ANSWERS("*yapf*", "vcs/*"), .paths = LIST("*.py", "*.pyi"), .program = "yapf",
	.needs_only_near_files = true, .version_argv = LIST("yapf", "--version"), .heal_case = "py-yapf-diff",
	.refuse_case = "py-pytest-real-bug");

static const struct tool python_pyupgrade = {
	.program = "pyupgrade",
	.extensions = LIST(".py", ".pyi"),
	.names = (const struct tool_name_line[]){{"Rewriting ", "", false}, {0}},
	.fix = LIST("pyupgrade"),
	.check = LIST("pyupgrade"),
	.kept_options = LIST("--py3-plus", "--py3-only", "--py36-plus", "--py37-plus", "--py38-plus", "--py39-plus",
		"--py310-plus", "--py311-plus", "--py312-plus", "--py313-plus", "--py314-plus", "--keep-percent-format",
		"--keep-mock", "--keep-runtime-typing"),
	.known_options = LIST("--"),
	.summary = "use the syntax that pyupgrade asks for",
};
TOOL_FIXER(python_pyupgrade, .id = "python/pyupgrade", .ecosystem = "python", .title = "Rewrite with pyupgrade",
	.what = "Runs pyupgrade, with the target version of the step's own command, on the files that the step says it "
		"rewrites.",
	.why_safe =
		"Only the named files may change, pyupgrade must have nothing left to rewrite, and the versions of "
		"Python are those that the step names; where they are not seen (a hook's arguments) it is for review.",
	.tier = TIER_HEAL, .answers = ANSWERS("*pyupgrade*", "*pre-commit*"), .paths = LIST("*.py", "*.pyi"),
	.program = "pyupgrade", .needs_only_near_files = true, .heal_case = "py-pyupgrade",
	.refuse_case = "py-pytest-real-bug");

/* "Found 3 errors." and "[*] 3 fixable with the `--fix` option.": all of them? */
static bool ruff_mends_all(const struct evidence *ev)
{
	int64_t found = -1, fixable = -2;

	for (size_t i = 0; i < ev->text.count; i++) {
		struct view line = evidence_line(ev, i);

		if (view_starts(line, "Found "))
			found = tool_count_behind(line, "Found ");
		if (view_has(line, "fixable with the `--fix` option"))
			fixable = tool_count_behind(line, "[*] ");
	}
	return found == fixable;
}

/* "  --> src/a.py:1:8", or "src/a.py:1:8: F401 [*] ..." */
static bool ruff_names(const struct evidence *ev, size_t i, struct view *ret)
{
	struct view line = view_trim(evidence_line(ev, i)), rest;

	if (view_starts(line, "--> "))
		line = view_from(line, 4);
	else if (!view_has(line, " [*] "))
		return false;
	rest = line;
	return view_next(&rest, ':', ret) && rest.n && rest.p[0] >= '0' && rest.p[0] <= '9';
}

static const struct tool python_ruff_check = {
	.program = "ruff check",
	.distribution = "ruff",
	.extensions = LIST(".py", ".pyi"),
	.name = ruff_names,
	.mends_all = ruff_mends_all,
	.fix = LIST("ruff", "check", "--fix", "-q"),
	.check = LIST("ruff", "check", "-q"),
	.kept_options =
		LIST("--select=", "--ignore=", "--extend-select=", "--line-length=", "--target-version=", "--preview"),
	.known_options =
		LIST("--no-cache", "--output-format=", "--no-fix", "-q", "--quiet", "-v", "--verbose", "--exclude="),
	.review = true,
	.summary = "fix with ruff check --fix",
};
TOOL_FIXER(python_ruff_check, .id = "python/ruff-check", .ecosystem = "python", .title = "Fix with ruff check --fix",
	.what = "Runs ruff's safe fixes on the named files when ruff says that it can fix everything it found.",
	.why_safe = TOOL_ONLY_NAMED TOOL_UNTRIED, .tier = TIER_REVIEW, .answers = ANSWERS("*ruff*"),
	.paths = LIST("*.py", "*.pyi"), .program = "ruff", .needs_only_near_files = true,
	.version_argv = LIST("ruff", "--version"), .heal_case = "py-ruff-check-fixable",
	.refuse_case = "py-pytest-real-bug");

static const struct tool python_sqlfluff = {
	.program = "sqlfluff",
	.extensions = LIST(".sql"),
	.names = (const struct tool_name_line[]){{"== [", "] FAIL", false}, {0}},
	.fix = LIST("sqlfluff", "fix", "--force"),
	.check = LIST("sqlfluff", "lint"),
	.kept_options = LIST("--dialect=", "-d=", "--templater=", "-t=", "--rules=", "-r=", "--exclude-rules=", "-e="),
	.known_options = LIST("-v", "--verbose", "-p=", "--processes=", "--disable-progress-bar", "-n", "--nocolor"),
	.summary = "fix with sqlfluff",
};
TOOL_FIXER(python_sqlfluff, .id = "sql/sqlfluff", .ecosystem = "sql", .title = "Fix with sqlfluff fix",
	.what = "Runs `sqlfluff fix`, with the dialect of the step's own command, on the files that `sqlfluff lint` "
		"fails.",
	.why_safe = TOOL_ONLY_NAMED " What sqlfluff cannot fix makes the proof fail." TOOL_REPOSITORY_CODE,
	.tier = TIER_HEAL, .answers = ANSWERS("*sqlfluff*"), .paths = LIST("*.sql"), .program = "sqlfluff",
	.runs_repository_code = true, .needs_only_near_files = true, .version_argv = LIST("sqlfluff", "--version"),
	.heal_case = "sql-sqlfluff", .refuse_case = "sql-sqlfluff-parse");
