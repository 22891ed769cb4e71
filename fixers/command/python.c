/* Commands for Python: black, isort, ruff. */
#include "fixers/command/tool.h"

static const struct tool black = {
	.program = "black",
	.extensions = LIST(".py", ".pyi"),
	.names = (const struct tool_name_line[]){{"would reformat ", "", false}, {"reformatted ", "", false}, {0}},
	.says = LIST("would be reformatted", " reformatted, ", " reformatted."),
	.hopeless = LIST("error: cannot format "),
	.fix = LIST("black", "-q"),
	.check = LIST("black", "-q", "--check"),
	.summary = "reformat with black",
};
COMMAND_PROPOSE(black)

const struct fixer fixer_python_black = {
	.id = "python/black",
	.ecosystem = "python",
	.title = "Reformat with black",
	.what = "Runs black on the files that the failing `black --check` (or pre-commit's hook) names.",
	.why_safe = "Black compares the syntax trees before and after and refuses when they differ. Only the named "
		    "files may "
		    "change, `black --check` must pass on them afterwards, and another version of black than the job's "
		    "is only "
		    "offered for review.",
	.tier = TIER_HEAL,
	.answers = LIST("python/*", "*black*", "*pre-commit*", "generic/*", "runner/*", "shell/*", "make/*"),
	.paths = LIST("*.py", "*.pyi"),
	.max_files = TOOL_FILES_MAX,
	.max_lines = 2000,
	.kind = FIX_COMMAND,
	.program = "black",
	.needs_only_near_files = true,
	.version_argv = LIST("black", "--version"),
	.heal_case = "py-black-reformat",
	.refuse_case = "py-pytest-real-bug",
	.propose = propose_black,
};

static const struct tool isort = {
	.program = "isort",
	.extensions = LIST(".py", ".pyi"),
	.names =
		(const struct tool_name_line[]){{"ERROR: ", " Imports are incorrectly sorted and/or formatted.", false},
			{"Fixing ", "", false}, {0}},
	.fix = LIST("isort", "-q"),
	.check = LIST("isort", "-q", "--check-only"),
	.summary = "sort imports with isort",
};
COMMAND_PROPOSE(isort)

const struct fixer fixer_python_isort = {
	.id = "python/isort",
	.ecosystem = "python",
	.title = "Sort imports with isort",
	.what = "Runs isort on the files that the failing `isort --check-only` names.",
	.why_safe = "Isort moves import lines only. Only the named files may change, and isort's own check must pass "
		    "afterwards.",
	.tier = TIER_HEAL,
	.answers = LIST("python/*", "*isort*", "*pre-commit*", "generic/*", "runner/*", "shell/*", "make/*"),
	.paths = LIST("*.py", "*.pyi"),
	.max_files = TOOL_FILES_MAX,
	.max_lines = 1000,
	.kind = FIX_COMMAND,
	.program = "isort",
	.version_argv = LIST("isort", "--version-number"),
	.heal_case = "py-isort-list",
	.refuse_case = "py-pytest-real-bug",
	.propose = propose_isort,
};

static const struct tool ruff_format = {
	.program = "ruff",
	.extensions = LIST(".py", ".pyi"),
	.names = (const struct tool_name_line[]){{"Would reformat: ", "", false}, {0}},
	.hopeless = LIST("error: Failed to "),
	.fix = LIST("ruff", "format", "-q"),
	.check = LIST("ruff", "format", "-q", "--check"),
	.summary = "reformat with ruff",
};
COMMAND_PROPOSE(ruff_format)

const struct fixer fixer_python_ruff_format = {
	.id = "python/ruff-format",
	.ecosystem = "python",
	.title = "Reformat with ruff",
	.what = "Runs `ruff format` on the files that the failing `ruff format --check` names.",
	.why_safe = "Only the named files may change, ruff's own check must pass afterwards, and another version of "
		    "ruff than "
		    "the job's is only offered for review.",
	.tier = TIER_HEAL,
	.answers = LIST("python/*", "*ruff*", "generic/*", "runner/*", "shell/*", "make/*"),
	.paths = LIST("*.py", "*.pyi"),
	.max_files = TOOL_FILES_MAX,
	.max_lines = 2000,
	.kind = FIX_COMMAND,
	.program = "ruff",
	.needs_only_near_files = true,
	.version_argv = LIST("ruff", "--version"),
	.heal_case = "py-black-reformat",
	.refuse_case = "py-pytest-real-bug",
	.propose = propose_ruff_format,
};
