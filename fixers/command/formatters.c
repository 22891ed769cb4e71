/* Commands of other ecosystems: prettier, eslint, clang-format, rubocop. */
#include "fixers/command/tool.h"

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct tool prettier = {
	.program = "prettier",
	.extensions = LIST(".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".css", ".scss", ".less", ".json",
		".json5", ".md", ".mdx", ".yml", ".yaml", ".html", ".graphql", ".hbs"),
	.names = (const struct tool_name_line[]){{"[warn] ", "", false}, {0}},
	.says = LIST("Code style issues found in", "Code style issues fixed", "Run Prettier"),
	.hopeless = LIST("[error] "),
	.fix = LIST("prettier", "--write"),
	.check = LIST("prettier", "--check"),
	.summary = "reformat with prettier",
};
COMMAND_PROPOSE(prettier)

const struct fixer fixer_js_prettier = {
	.id = "js/prettier",
	.ecosystem = "js",
	.title = "Reformat with prettier",
	.what = "Runs prettier on the files that the failing `prettier --check` names.",
	.why_safe = "Only the named files may change, prettier's own check must pass afterwards, and another version than the "
		    "job's is only offered for review. Prettier loads configuration and plugins of the repository, so it "
		    "never runs where a write token is.",
	.tier = TIER_HEAL,
	.answers = LIST("js/*", "*prettier*", "generic/*"),
	.paths = LIST("**"),
	.max_files = TOOL_FILES_MAX,
	.max_lines = 2000,
	.kind = FIX_COMMAND,
	.runs_repository_code = true,
	.program = "prettier",
	.version_argv = LIST("prettier", "--version"),
	.heal_case = "js-prettier-check",
	.refuse_case = "js-prettier-workflow-file",
	.propose = propose_prettier,
};

static const struct tool clang_format = {
	.program = "clang-format",
	.extensions = LIST(".c", ".h", ".cc", ".hh", ".cpp", ".hpp", ".cxx", ".hxx", ".m", ".mm", ".cu", ".proto"),
	.names = (const struct tool_name_line[]){{"", "[-Wclang-format-violations]", true}, {0}},
	.fix = LIST("clang-format", "-i"),
	.check = LIST("clang-format", "--dry-run", "-Werror"),
	.summary = "reformat with clang-format",
};
COMMAND_PROPOSE(clang_format)

const struct fixer fixer_c_clang_format = {
	.id = "c/clang-format",
	.ecosystem = "c",
	.title = "Reformat with clang-format",
	.what = "Runs clang-format on the files that the failing `clang-format --dry-run -Werror` names.",
	.why_safe = "Only the named files may change, and clang-format's own check must pass on them afterwards. Another "
		    "version than the job's is only offered for review.",
	.tier = TIER_HEAL,
	.answers = LIST("c/*", "cpp/*", "*clang-format*", "generic/*"),
	.paths = LIST("*.{c,h,cc,hh,cpp,hpp,cxx,hxx,m,mm,cu,proto}"),
	.max_files = TOOL_FILES_MAX,
	.max_lines = 2000,
	.kind = FIX_COMMAND,
	.program = "clang-format",
	.version_argv = LIST("clang-format", "--version"),
	.heal_case = "c-clang-format-werror",
	.refuse_case = "c-segfault-test",
	.propose = propose_clang_format,
};

/* "/home/.../src/a.js" alone on a line, below it "  3:5  error  ...". */
static bool eslint_names(const struct evidence *ev, size_t i, struct view *ret)
{
	struct view next = evidence_line(ev, i + 1), word, column;
	uint64_t number;

	*ret = evidence_line(ev, i);
	if (ret->n == 0 || *ret->p == ' ' || !view_starts(next, "  ") || !view_word(&next, &word))
		return false;
	if (!view_next(&word, ':', &column) || !view_number(column, INT32_MAX, &number))
		return false;
	return view_number(word, INT32_MAX, &number);
}

/* The number behind `before`, or -1. */
static int64_t count_behind(struct view line, const char *before)
{
	size_t at = view_find(line, before);
	struct view word;
	uint64_t number;

	if (at == VIEW_NONE)
		return -1;
	line = view_from(line, at + view_of(before).n);
	return view_word(&line, &word) && view_number(word, INT32_MAX, &number) ? (int64_t)number : -1;
}

/* "8 problems (6 errors, 2 warnings)" and "6 errors and 2 warnings potentially fixable": all of them? */
static bool eslint_mends_all(const struct evidence *ev)
{
	int64_t errors = -1, fixable = -2, warnings = -1, fixable_warnings = -2;

	for (size_t i = 0; i < ev->text.count; i++) {
		struct view line = evidence_line(ev, i);

		if (view_has(line, " problem") && view_has(line, " error") && view_has(line, "(")) {
			errors = count_behind(line, "(");
			warnings = count_behind(line, ", ");
		}
		if (view_has(line, "potentially fixable with the `--fix` option")) {
			fixable = count_behind(line, "");
			fixable_warnings = count_behind(line, " and ");
		}
	}
	return errors == fixable && warnings == fixable_warnings;
}

static const struct tool eslint = {
	.program = "eslint",
	.extensions = LIST(".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte"),
	.name = eslint_names,
	.says = LIST("potentially fixable with the `--fix` option"),
	.mends_all = eslint_mends_all,
	.fix = LIST("eslint", "--fix"),
	.check = LIST("eslint", "--max-warnings", "0"),
	.summary = "fix with eslint --fix",
};
COMMAND_PROPOSE(eslint)

const struct fixer fixer_js_eslint = {
	.id = "js/eslint",
	.ecosystem = "js",
	.title = "Fix with eslint --fix",
	.what = "Runs `eslint --fix` on the named files when eslint says that it can fix everything it found.",
	.why_safe = "Only when every problem is one that eslint itself fixes; only the named files; and eslint must find nothing "
		    "in them afterwards. Eslint loads configuration and plugins of the repository, so it never runs where a "
		    "write token is.",
	.tier = TIER_HEAL,
	.answers = LIST("js/*", "*eslint*", "generic/*"),
	.paths = LIST("**"),
	.max_files = TOOL_FILES_MAX,
	.max_lines = 1000,
	.kind = FIX_COMMAND,
	.runs_repository_code = true,
	.program = "eslint",
	.version_argv = LIST("eslint", "--version"),
	.heal_case = "js-eslint-fixable-macos",
	.refuse_case = "js-eslint-mixed",
	.propose = propose_eslint,
};

/* "4 offenses detected, 4 offenses autocorrectable" */
static bool rubocop_mends_all(const struct evidence *ev)
{
	for (size_t i = 0; i < ev->text.count; i++) {
		struct view line = evidence_line(ev, i);
		size_t at = view_find(line, "detected, ");

		if (view_has(line, "inspected, ") && at != VIEW_NONE && view_has(line, "autocorrectable"))
			return count_behind(line, "inspected, ") == count_behind(line, "detected, ");
	}
	return false;
}

static const struct tool rubocop = {
	.program = "rubocop",
	.extensions = LIST(".rb", ".rake", ".gemspec", "Gemfile", "Rakefile"),
	.names = (const struct tool_name_line[]){{"", " [Correctable] ", true}, {0}},
	.mends_all = rubocop_mends_all,
	.fix = LIST("rubocop", "-a", "--format", "quiet"),
	.check = LIST("rubocop", "--format", "quiet"),
	.summary = "correct layout and style with rubocop",
};
COMMAND_PROPOSE(rubocop)

const struct fixer fixer_ruby_rubocop = {
	.id = "ruby/rubocop",
	.ecosystem = "ruby",
	.title = "Correct with rubocop -a",
	.what = "Runs rubocop's safe corrections on the files whose offences it calls correctable.",
	.why_safe = "Only corrections that rubocop calls safe, only the named files, and `rubocop` must be satisfied with them "
		    "afterwards, so that offences that need a person make the fix fail. Rubocop loads configuration of the "
		    "repository, so it never runs where a write token is.",
	.tier = TIER_HEAL,
	.answers = LIST("ruby/*", "*rubocop*", "generic/*"),
	.paths = LIST("**"),
	.max_files = TOOL_FILES_MAX,
	.max_lines = 1000,
	.kind = FIX_COMMAND,
	.runs_repository_code = true,
	.program = "rubocop",
	.version_argv = LIST("rubocop", "--version"),
	.heal_case = "ruby-rubocop-autocorrect",
	.refuse_case = "py-pytest-real-bug",
	.propose = propose_rubocop,
};
