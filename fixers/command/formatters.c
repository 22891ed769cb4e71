/* Commands of other ecosystems: prettier, eslint, markdownlint, clang-format, rubocop, gofmt, shfmt, terraform. */
#include "fixers/command/tool.h"

static const struct tool prettier = {
	.program = "prettier",
	.extensions = LIST(".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".css", ".scss",
		".less", ".json", ".json5", ".md", ".mdx", ".yml", ".yaml", ".html", ".graphql", ".hbs"),
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
	.why_safe =
		"Only the named files may change, prettier's own check must pass afterwards, and another version than "
		"the "
		"job's is only offered for review. Prettier loads configuration and plugins of the repository, so it "
		"never runs where a write token is.",
	.tier = TIER_HEAL,
	.answers = LIST("js/*", "*prettier*", "generic/*", "runner/*", "shell/*", "make/*"),
	.paths = LIST("**"),
	.max_files = TOOL_FILES_MAX,
	.max_lines = 2000,
	.kind = FIX_COMMAND,
	.runs_repository_code = true,
	.program = "prettier",
	.needs_only_near_files = true,
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
	.why_safe =
		"Only the named files may change, and clang-format's own check must pass on them afterwards. Another "
		"version than the job's is only offered for review.",
	.tier = TIER_HEAL,
	.answers = LIST("c/*", "cpp/*", "*clang-format*", "generic/*", "runner/*", "shell/*", "make/*"),
	.paths = LIST("*.{c,h,cc,hh,cpp,hpp,cxx,hxx,m,mm,cu,proto}"),
	.max_files = TOOL_FILES_MAX,
	.max_lines = 2000,
	.kind = FIX_COMMAND,
	.program = "clang-format",
	.needs_only_near_files = true,
	.version_argv = LIST("clang-format", "--version"),
	.heal_case = "c-clang-format-werror",
	.refuse_case = "c-segfault-test",
	.propose = propose_clang_format,
};

/* "8 problems (6 errors, 2 warnings)" and "6 errors and 2 warnings potentially fixable": all of them? */
static bool eslint_mends_all(const struct evidence *ev)
{
	int64_t errors = -1, fixable = -2, warnings = -1, fixable_warnings = -2;

	for (size_t i = 0; i < ev->text.count; i++) {
		struct view line = evidence_line(ev, i);

		if (view_has(line, " problem") && view_has(line, " error") && view_has(line, "(")) {
			errors = tool_count_behind(line, "(");
			warnings = tool_count_behind(line, ", ");
		}
		if (view_has(line, "potentially fixable with the `--fix` option")) {
			fixable = tool_count_behind(line, "");
			fixable_warnings = tool_count_behind(line, " and ");
		}
	}
	return errors == fixable && warnings == fixable_warnings;
}

static const struct tool eslint = {
	.program = "eslint",
	.extensions = LIST(".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts", ".vue", ".svelte"),
	.name = tool_heading_path,
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
	.why_safe = "Only when every problem is one that eslint itself fixes; only the named files; and eslint must "
		    "find nothing "
		    "in them afterwards. Eslint loads configuration and plugins of the repository, so it never runs "
		    "where a "
		    "write token is.",
	.tier = TIER_HEAL,
	.answers = LIST("js/*", "*eslint*", "generic/*", "runner/*", "shell/*", "make/*"),
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
			return tool_count_behind(line, "inspected, ") == tool_count_behind(line, "detected, ");
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
	.why_safe =
		"Only corrections that rubocop calls safe, only the named files, and `rubocop` must be satisfied with "
		"them "
		"afterwards, so that offences that need a person make the fix fail. Rubocop loads configuration of the "
		"repository, so it never runs where a write token is.",
	.tier = TIER_HEAL,
	.answers = LIST("ruby/*", "*rubocop*", "generic/*", "runner/*", "shell/*", "make/*"),
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

static bool gofmt_names(const struct evidence *ev, size_t i, struct view *ret)
{
	return tool_bare_path(ev, i, ".go", ret);
}

static const struct tool gofmt = {
	.program = "gofmt",
	.distribution = "go",
	.extensions = LIST(".go"),
	.name = gofmt_names,
	.fix = LIST("gofmt", "-w"),
	.check = LIST("gofmt", "-l"),
	.quiet = true,
	.kept_options = LIST("-s"),
	.summary = "reformat with gofmt",
};
COMMAND_PROPOSE(gofmt)

const struct fixer fixer_go_gofmt = {
	.id = "go/gofmt",
	.ecosystem = "go",
	.title = "Reformat with gofmt",
	.what = "Runs gofmt on the files that the failing `gofmt -l` lists.",
	.why_safe = "Gofmt changes layout only, and it is the one judge of it. Only the listed files may change.",
	.tier = TIER_HEAL,
	.answers = LIST("go/*", "*gofmt*", "generic/*", "runner/*", "shell/*", "make/*"),
	.paths = LIST("*.go"),
	.max_files = TOOL_FILES_MAX,
	.max_lines = 2000,
	.kind = FIX_COMMAND,
	.program = "gofmt",
	.needs_only_near_files = true,
	.version_argv = LIST("go", "version"),
	.heal_case = "go-gofmt-list",
	.refuse_case = "go-test-assert",
	.propose = propose_gofmt,
};

/* Scripts may have any name. */
static bool shfmt_names(const struct evidence *ev, size_t i, struct view *ret)
{
	return tool_bare_path(ev, i, "", ret);
}

static const struct tool shfmt = {
	.program = "shfmt",
	.extensions = LIST(".sh", ".bash", ".bats", ""),
	.name = shfmt_names,
	.fix = LIST("shfmt", "-w"),
	.check = LIST("shfmt", "-d"),
	.kept_options = LIST("-i=", "-bn", "-ci", "-sr", "-kp", "-fn", "-s"),
	.summary = "reformat with shfmt",
};
COMMAND_PROPOSE(shfmt)

const struct fixer fixer_sh_shfmt = {
	.id = "sh/shfmt",
	.ecosystem = "sh",
	.title = "Reformat with shfmt",
	.what = "Runs shfmt, with the layout options of the step's own command, on the files that the failing `shfmt "
		"-l` lists.",
	.why_safe = "Shfmt changes layout only. Only the listed files may change, and `shfmt -d` must be satisfied "
		    "afterwards.",
	.tier = TIER_HEAL,
	.answers = LIST("sh/*", "shell/*", "*shfmt*", "generic/*", "runner/*", "make/*"),
	.paths = LIST("**"),
	.max_files = TOOL_FILES_MAX,
	.max_lines = 2000,
	.kind = FIX_COMMAND,
	.program = "shfmt",
	.needs_only_near_files = true,
	.version_argv = LIST("shfmt", "--version"),
	.heal_case = "sh-shfmt-list",
	.refuse_case = "sh-diff-outside-repo",
	.propose = propose_shfmt,
};

static bool terraform_names(const struct evidence *ev, size_t i, struct view *ret)
{
	return tool_bare_path(ev, i, ".tf", ret) || tool_bare_path(ev, i, ".tfvars", ret);
}

static const struct tool terraform = {
	.program = "terraform fmt",
	.distribution = "terraform",
	.extensions = LIST(".tf", ".tfvars"),
	.name = terraform_names,
	.hopeless = LIST("Error: "),
	.fix = LIST("terraform", "fmt"),
	.check = LIST("terraform", "fmt", "-check"),
	.summary = "reformat with terraform fmt",
};
COMMAND_PROPOSE(terraform)

const struct fixer fixer_tf_fmt = {
	.id = "tf/fmt",
	.ecosystem = "tf",
	.title = "Reformat with terraform fmt",
	.what = "Runs `terraform fmt` on the files that the failing `terraform fmt -check` lists.",
	.why_safe = "It changes layout only, reads no state and no provider. Only the listed files may change, and its "
		    "own check must "
		    "pass afterwards.",
	.tier = TIER_HEAL,
	.answers = LIST("tf/*", "*terraform*", "*tofu*", "generic/*", "runner/*", "shell/*", "make/*"),
	.paths = LIST("*.tf", "*.tfvars"),
	.max_files = TOOL_FILES_MAX,
	.max_lines = 2000,
	.kind = FIX_COMMAND,
	.program = "terraform",
	.needs_only_near_files = true,
	.version_argv = LIST("terraform", "version"),
	.heal_case = "tf-fmt-check",
	.refuse_case = "sh-diff-outside-repo",
	.propose = propose_terraform,
};

/* Rules for which markdownlint has a fix of its own. */
static bool markdownlint_fixes(struct view code)
{
	static const char *const rules[] = {"MD004", "MD005", "MD007", "MD009", "MD010", "MD011", "MD012", "MD014",
		"MD018", "MD019", "MD020", "MD021", "MD022", "MD023", "MD026", "MD027", "MD030", "MD031", "MD032",
		"MD034", "MD037", "MD038", "MD039", "MD044", "MD047", "MD049", "MD050", "MD053", "MD054", "MD058",
		NULL};

	for (const char *const *r = rules; *r; r++)
		if (view_starts(code, *r))
			return true;
	return false;
}

static bool markdownlint_mends_all(const struct evidence *ev)
{
	for (size_t i = 0; i < ev->text.count; i++) {
		struct view line = evidence_line(ev, i);
		size_t at = view_find(line, " MD0");

		if (at != VIEW_NONE && !markdownlint_fixes(view_from(line, at + 1)))
			return false;
	}
	return true;
}

static const struct tool markdownlint = {
	.program = "markdownlint-cli2",
	.extensions = LIST(".md", ".markdown"),
	.names = (const struct tool_name_line[]){{"", " MD0", true}, {0}},
	.mends_all = markdownlint_mends_all,
	.fix = LIST("markdownlint-cli2", "--fix"),
	.check = LIST("markdownlint-cli2"),
	.summary = "fix with markdownlint --fix",
};
COMMAND_PROPOSE(markdownlint)

const struct fixer fixer_js_markdownlint = {
	.id = "js/markdownlint",
	.ecosystem = "js",
	.title = "Fix with markdownlint --fix",
	.what = "Runs `markdownlint-cli2 --fix` on the named files when every finding is of a rule that it can fix.",
	.why_safe = "Only the named files may change, and markdownlint must find nothing in them afterwards. It loads "
		    "configuration and "
		    "rules of the repository, so it never runs where a write token is.",
	.tier = TIER_HEAL,
	.answers = LIST("js/*", "*markdownlint*", "generic/*", "runner/*", "shell/*", "make/*"),
	.paths = LIST("*.md", "*.markdown"),
	.max_files = TOOL_FILES_MAX,
	.max_lines = 1000,
	.kind = FIX_COMMAND,
	.runs_repository_code = true,
	.program = "markdownlint-cli2",
	.needs_only_near_files = true,
	.version_argv = LIST("markdownlint-cli2", "--version"),
	.heal_case = "js-markdownlint",
	.refuse_case = "js-eslint-mixed",
	.propose = propose_markdownlint,
};
