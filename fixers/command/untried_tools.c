/* Commands that no case has run yet: how they name files is known from their manuals, so that a person looks at what
 * they make. One that a case with the real tool heals moves to the file of its language. */
#include "fixers/command/tool.h"

#include <string.h>

#define ANSWERS(...) LIST("gate/*", "generic/*", "runner/*", "shell/*", "make/*", "vcs/*", __VA_ARGS__)
#define WHAT(tool, check) "Runs " tool " on the files that the failing `" check "` names."

/* "   1) src/Shelf.php (braces_position, single_quote)" */
static bool php_cs_fixer_names(const struct evidence *ev, size_t i, struct view *ret)
{
	struct view line = evidence_line(ev, i), number, digits;
	uint64_t n;

	if (!view_starts(line, "   ") || !view_word(&line, &number) || !view_ends(number, ")"))
		return false;
	digits = view_sub(number, 0, number.n - 1);
	return view_number(digits, 100000, &n) && view_word(&line, ret);
}

static const struct tool php_cs_fixer = {
	.program = "php-cs-fixer",
	.extensions = LIST(".php"),
	.name = php_cs_fixer_names,
	.fix = LIST("php-cs-fixer", "fix", "--no-interaction"),
	.check = LIST("php-cs-fixer", "fix", "--dry-run", "--no-interaction"),
	.review = true,
	.summary = "fix with php-cs-fixer",
};
TOOL_FIXER(php_cs_fixer, .id = "php/cs-fixer", .ecosystem = "php", .title = "Fix with php-cs-fixer",
	.what = WHAT("php-cs-fixer", "php-cs-fixer fix --dry-run"),
	.why_safe = TOOL_ONLY_NAMED TOOL_UNTRIED TOOL_REPOSITORY_CODE, .tier = TIER_REVIEW, .answers = ANSWERS("php/*"),
	.paths = LIST("*.php"), .program = "php-cs-fixer", .runs_repository_code = true,
	.version_argv = LIST("php-cs-fixer", "--version"), .heal_case = "php-cs-fixer",
	.refuse_case = "py-pytest-real-bug");

/* "  ⨯ app/Shelf.php      braces_position, single_quote" */
static bool pint_names(const struct evidence *ev, size_t i, struct view *ret)
{
	struct view line = evidence_line(ev, i), mark;

	return view_word(&line, &mark) && view_is(mark, "\xe2\xa8\xaf") && view_word(&line, ret) &&
	       view_ends(*ret, ".php");
}

static const struct tool php_pint = {
	.program = "pint",
	.distribution = "laravel/pint",
	.extensions = LIST(".php"),
	.name = pint_names,
	.fix = LIST("pint"),
	.check = LIST("pint", "--test"),
	.review = true,
	.summary = "fix with pint",
};
TOOL_FIXER(php_pint, .id = "php/pint", .ecosystem = "php", .title = "Fix with pint",
	.what = WHAT("pint", "pint --test"), .why_safe = TOOL_ONLY_NAMED TOOL_UNTRIED TOOL_REPOSITORY_CODE,
	.tier = TIER_REVIEW, .answers = ANSWERS("php/*"), .paths = LIST("*.php"), .program = "pint",
	.runs_repository_code = true, .version_argv = LIST("pint", "--version"), .heal_case = "php-pint",
	.refuse_case = "py-pytest-real-bug");

/* "src/Shelf.cs(5,20): error WHITESPACE: Fix whitespace formatting. ..." */
static bool dotnet_names(const struct evidence *ev, size_t i, struct view *ret)
{
	static const char *const codes[] = {"WHITESPACE", "ENDOFLINE", "FINALNEWLINE", "CHARSET", "IMPORTS", NULL};
	struct view line = view_trim(evidence_line(ev, i));
	size_t at = view_find(line, "): error "), open = view_find_char(line, '(');

	if (at == VIEW_NONE || open == VIEW_NONE || open > at)
		return false;
	*ret = view_sub(line, 0, open);
	for (const char *const *c = codes; *c; c++)
		if (view_starts(view_from(line, at + 9), *c))
			return true;
	return false;
}

static const struct tool dotnet_format = {
	.program = "dotnet format",
	.distribution = "dotnet-format",
	.extensions = LIST(".cs", ".vb"),
	.name = dotnet_names,
	.hopeless = LIST("): error CS", "): error CA", "): error IDE"),
	.fix = LIST("dotnet", "format", "whitespace", "--no-restore", "--folder", ".", "--include"),
	.check = LIST(
		"dotnet", "format", "whitespace", "--no-restore", "--verify-no-changes", "--folder", ".", "--include"),
	.review = true,
	.summary = "reformat with dotnet format",
};
TOOL_FIXER(dotnet_format, .id = "dotnet/format", .ecosystem = "dotnet", .title = "Reformat with dotnet format",
	.what = WHAT("`dotnet format whitespace`", "dotnet format --verify-no-changes"),
	.why_safe = TOOL_ONLY_NAMED TOOL_UNTRIED TOOL_REPOSITORY_CODE, .tier = TIER_REVIEW,
	.answers = ANSWERS("dotnet/*"), .paths = LIST("*.cs", "*.vb"), .program = "dotnet",
	.runs_repository_code = true, .version_argv = LIST("dotnet", "--version"), .heal_case = "dotnet-format",
	.refuse_case = "py-pytest-real-bug");

static const struct tool kotlin_ktlint = {
	.program = "ktlint",
	.extensions = LIST(".kt", ".kts"),
	.names = (const struct tool_name_line[]){{"", " (standard:", true}, {0}},
	.hopeless = LIST("(cannot be auto-corrected)"),
	.fix = LIST("ktlint", "--format", "--log-level=error"),
	.check = LIST("ktlint", "--log-level=error"),
	.review = true,
	.summary = "fix with ktlint --format",
};
TOOL_FIXER(kotlin_ktlint, .id = "kotlin/ktlint", .ecosystem = "kotlin", .title = "Fix with ktlint -F",
	.what = WHAT("`ktlint --format`", "ktlint"), .why_safe = TOOL_ONLY_NAMED TOOL_UNTRIED, .tier = TIER_REVIEW,
	.answers = ANSWERS("java/*"), .paths = LIST("*.kt", "*.kts"), .program = "ktlint",
	.version_argv = LIST("ktlint", "--version"), .heal_case = "kotlin-ktlint",
	.refuse_case = "java-missing-semicolon");

/* "--- a/src/Shelf.scala", or with an absolute path "--- a/home/..." */
static bool scalafmt_names(const struct evidence *ev, size_t i, struct view *ret)
{
	ARENA_AUTO a = {0};
	struct view line = evidence_line(ev, i);

	if (!view_starts(line, "--- a/"))
		return false;
	*ret = view_from(line, strlen("--- a/"));
	if (!evidence_path(ev, *ret, &a, NULL))
		*ret = view_from(line, strlen("--- a"));
	return true;
}

static const struct tool scala_scalafmt = {
	.program = "scalafmt",
	.extensions = LIST(".scala", ".sbt", ".sc"),
	.name = scalafmt_names,
	.fix = LIST("scalafmt", "--non-interactive"),
	.check = LIST("scalafmt", "--test", "--non-interactive"),
	.review = true,
	.summary = "reformat with scalafmt",
};
TOOL_FIXER(scala_scalafmt, .id = "scala/scalafmt", .ecosystem = "scala", .title = "Reformat with scalafmt",
	.what = WHAT("scalafmt", "scalafmt --test"), .why_safe = TOOL_ONLY_NAMED TOOL_UNTRIED, .tier = TIER_REVIEW,
	.answers = ANSWERS("java/*"), .paths = LIST("*.scala", "*.sbt", "*.sc"), .program = "scalafmt",
	.version_argv = LIST("scalafmt", "--version"), .heal_case = "scala-scalafmt",
	.refuse_case = "java-missing-semicolon");

static bool java_names(const struct evidence *ev, size_t i, struct view *ret)
{
	return tool_bare_path(ev, i, ".java", ret);
}

static const struct tool java_google_format = {
	.program = "google-java-format",
	.extensions = LIST(".java"),
	.name = java_names,
	.hopeless = LIST(": error: "),
	.fix = LIST("google-java-format", "--replace"),
	.check = LIST("google-java-format", "--dry-run", "--set-exit-if-changed"),
	.kept_options = LIST("--aosp", "-a", "--skip-sorting-imports", "--skip-removing-unused-imports"),
	.review = true,
	.summary = "reformat with google-java-format",
};
TOOL_FIXER(java_google_format, .id = "java/google-format", .ecosystem = "java",
	.title = "Reformat with google-java-format", .what = WHAT("google-java-format", "google-java-format --dry-run"),
	.why_safe = TOOL_ONLY_NAMED TOOL_UNTRIED, .tier = TIER_REVIEW, .answers = ANSWERS("java/*"),
	.paths = LIST("*.java"), .program = "google-java-format",
	.version_argv = LIST("google-java-format", "--version"), .heal_case = "java-google-format",
	.refuse_case = "java-missing-semicolon");

/* Below "The following files had format violations:" "[ERROR]     src/main/java/Shelf.java", or without the level */
static bool spotless_names(const struct evidence *ev, size_t i, struct view *ret)
{
	struct view line = evidence_line(ev, i);

	if (view_starts(line, "[ERROR] "))
		line = view_from(line, 8);
	*ret = view_trim(line);
	return view_starts(line, "    ") && !view_starts(line, "     ") && view_find_char(*ret, ' ') == VIEW_NONE &&
	       view_find_last_char(*ret, '.') != VIEW_NONE;
}

static const struct tool java_spotless = {
	.program = "mvn",
	.also_run_as = LIST("mvnw", "./mvnw"),
	.distribution = "spotless-maven-plugin",
	.extensions = LIST(".java", ".kt", ".scala", ".groovy", ".xml", ".md"),
	.name = spotless_names,
	.says = LIST("The following files had format violations:"),
	.fix = LIST("mvn", "--offline", "--quiet", "--batch-mode", "spotless:apply"),
	.check = LIST("mvn", "--offline", "--quiet", "--batch-mode", "spotless:check"),
	.names_no_files = true,
	.review = true,
	.summary = "reformat with spotless",
};
TOOL_FIXER(java_spotless, .id = "java/spotless", .ecosystem = "java", .title = "Reformat with spotless",
	.what = WHAT("`mvn spotless:apply`, offline,", "mvn spotless:check"),
	.why_safe = TOOL_ONLY_NAMED TOOL_UNTRIED
	" Maven runs plugins of the build, so it never runs where a write token is.",
	.tier = TIER_REVIEW, .answers = ANSWERS("java/*"), .paths = LIST("**"), .program = "mvn",
	.runs_repository_code = true, .heal_case = "java-spotless", .refuse_case = "java-missing-semicolon");

/* "shelf.nix: not formatted" */
static const struct tool nix_nixfmt = {
	.program = "nixfmt",
	.extensions = LIST(".nix"),
	.names = (const struct tool_name_line[]){{"", ": not formatted", false}, {0}},
	.fix = LIST("nixfmt"),
	.check = LIST("nixfmt", "--check"),
	.kept_options = LIST("--width=", "-w="),
	.review = true,
	.summary = "reformat with nixfmt",
};
TOOL_FIXER(nix_nixfmt, .id = "nix/nixfmt", .ecosystem = "nix", .title = "Reformat with nixfmt",
	.what = WHAT("nixfmt", "nixfmt --check"), .why_safe = TOOL_ONLY_NAMED TOOL_UNTRIED, .tier = TIER_REVIEW,
	.answers = ANSWERS("nix/*"), .paths = LIST("*.nix"), .program = "nixfmt", .needs_only_near_files = true,
	.version_argv = LIST("nixfmt", "--version"), .heal_case = "nix-nixfmt", .refuse_case = "py-pytest-real-bug");

static const struct tool nix_alejandra = {
	.program = "alejandra",
	.extensions = LIST(".nix"),
	.names = (const struct tool_name_line[]){{"Requires formatting: ", "", false}, {0}},
	.fix = LIST("alejandra", "--quiet"),
	.check = LIST("alejandra", "--quiet", "--check"),
	.review = true,
	.summary = "reformat with alejandra",
};
TOOL_FIXER(nix_alejandra, .id = "nix/alejandra", .ecosystem = "nix", .title = "Reformat with alejandra",
	.what = WHAT("alejandra", "alejandra --check"), .why_safe = TOOL_ONLY_NAMED TOOL_UNTRIED, .tier = TIER_REVIEW,
	.answers = ANSWERS("nix/*"), .paths = LIST("*.nix"), .program = "alejandra", .needs_only_near_files = true,
	.version_argv = LIST("alejandra", "--version"), .heal_case = "nix-alejandra",
	.refuse_case = "py-pytest-real-bug");

static bool dart_names(const struct evidence *ev, size_t i, struct view *ret)
{
	struct view line = evidence_line(ev, i);

	*ret = view_starts(line, "Changed ") ? view_from(line, 8) : (struct view){0};
	return view_ends(*ret, ".dart");
}

static const struct tool dart_format = {
	.program = "dart format",
	.distribution = "dart",
	.extensions = LIST(".dart"),
	.name = dart_names,
	.hopeless = LIST("Could not format because the source could not be parsed"),
	.fix = LIST("dart", "format"),
	.check = LIST("dart", "format", "--output=none", "--set-exit-if-changed"),
	.kept_options = LIST("-l=", "--line-length="),
	.review = true,
	.summary = "reformat with dart format",
};
TOOL_FIXER(dart_format, .id = "dart/format", .ecosystem = "dart", .title = "Reformat with dart format",
	.what = WHAT("`dart format`", "dart format --set-exit-if-changed"), .why_safe = TOOL_ONLY_NAMED TOOL_UNTRIED,
	.tier = TIER_REVIEW, .answers = ANSWERS("dart/*"), .paths = LIST("*.dart"), .program = "dart",
	.needs_only_near_files = true, .version_argv = LIST("dart", "--version"), .heal_case = "dart-format",
	.refuse_case = "py-pytest-real-bug");

/* "Sources/Shelf.swift:7:1: error: [Indentation] replace leading whitespace with 4 spaces" */
static const struct tool swift_format = {
	.program = "swift-format",
	.also_run_as = LIST("swift format"),
	.extensions = LIST(".swift"),
	.names = (const struct tool_name_line[]){{"", ": error: [", true}, {"", ": warning: [", true}, {0}},
	.fix = LIST("swift-format", "format", "--in-place"),
	.check = LIST("swift-format", "lint", "--strict"),
	.review = true,
	.summary = "reformat with swift-format",
};
TOOL_FIXER(swift_format, .id = "swift/format", .ecosystem = "swift", .title = "Reformat with swift-format",
	.what = WHAT("swift-format", "swift-format lint --strict"), .why_safe = TOOL_ONLY_NAMED TOOL_UNTRIED,
	.tier = TIER_REVIEW, .answers = ANSWERS("swift/*"), .paths = LIST("*.swift"), .program = "swift-format",
	.needs_only_near_files = true, .version_argv = LIST("swift-format", "--version"), .heal_case = "swift-format",
	.refuse_case = "py-pytest-real-bug");

/* A path above a hunk "@@ -1,4 +1,5 @@" */
static bool fourmolu_names(const struct evidence *ev, size_t i, struct view *ret)
{
	return view_starts(evidence_line(ev, i + 1), "@@ -") && tool_bare_path(ev, i, ".hs", ret);
}

static const struct tool haskell_fourmolu = {
	.program = "fourmolu",
	.extensions = LIST(".hs", ".hsig", ".hs-boot"),
	.name = fourmolu_names,
	.fix = LIST("fourmolu", "--mode", "inplace"),
	.check = LIST("fourmolu", "--mode", "check"),
	.review = true,
	.summary = "reformat with fourmolu",
};
TOOL_FIXER(haskell_fourmolu, .id = "haskell/fourmolu", .ecosystem = "haskell", .title = "Reformat with fourmolu",
	.what = WHAT("fourmolu", "fourmolu --mode check"), .why_safe = TOOL_ONLY_NAMED TOOL_UNTRIED,
	.tier = TIER_REVIEW, .answers = ANSWERS("haskell/*"), .paths = LIST("*.hs", "*.hsig", "*.hs-boot"),
	.program = "fourmolu", .needs_only_near_files = true, .version_argv = LIST("fourmolu", "--version"),
	.heal_case = "haskell-fourmolu", .refuse_case = "py-pytest-real-bug");

/* dune's: File "bin/main.ml", line 1, characters 0-0: */
static bool ocamlformat_names(const struct evidence *ev, size_t i, struct view *ret)
{
	struct view line = evidence_line(ev, i);

	if (!view_starts(line, "File \"") || !view_ends(line, ", line 1, characters 0-0:"))
		return false;
	line = view_from(line, 6);
	return view_next(&line, '"', ret);
}

static const struct tool ocaml_ocamlformat = {
	.program = "dune build @fmt",
	.also_run_as = LIST("dune fmt", "ocamlformat"),
	.distribution = "ocamlformat",
	.extensions = LIST(".ml", ".mli"),
	.name = ocamlformat_names,
	.fix = LIST("ocamlformat", "--inplace"),
	.check = LIST("ocamlformat", "--check"),
	.review = true,
	.summary = "reformat with ocamlformat",
};
TOOL_FIXER(ocaml_ocamlformat, .id = "ocaml/ocamlformat", .ecosystem = "ocaml", .title = "Reformat with ocamlformat",
	.what = WHAT("ocamlformat", "dune build @fmt"), .why_safe = TOOL_ONLY_NAMED TOOL_UNTRIED, .tier = TIER_REVIEW,
	.answers = ANSWERS("ocaml/*"), .paths = LIST("*.ml", "*.mli"), .program = "ocamlformat",
	.needs_only_near_files = true, .version_argv = LIST("ocamlformat", "--version"),
	.heal_case = "ocaml-ocamlformat", .refuse_case = "py-pytest-real-bug");

/* "BUILD # reformat" */
static bool buildifier_names(const struct evidence *ev, size_t i, struct view *ret)
{
	struct view line = evidence_line(ev, i);
	size_t at = view_find(line, " # reformat");

	*ret = at == VIEW_NONE ? (struct view){0} : view_sub(line, 0, at);
	return ret->n > 0;
}

static const struct tool bazel_buildifier = {
	.program = "buildifier",
	.extensions = LIST("BUILD", "BUILD.bazel", "WORKSPACE", "MODULE.bazel", ".bzl"),
	.name = buildifier_names,
	.fix = LIST("buildifier", "-mode=fix"),
	.check = LIST("buildifier", "-mode=check"),
	.review = true,
	.summary = "reformat with buildifier",
};
TOOL_FIXER(bazel_buildifier, .id = "bazel/buildifier", .ecosystem = "bazel", .title = "Reformat with buildifier",
	.what = WHAT("buildifier", "buildifier -mode=check"), .why_safe = TOOL_ONLY_NAMED TOOL_UNTRIED,
	.tier = TIER_REVIEW, .answers = ANSWERS("c/*", "bazel/*"), .paths = LIST("**"), .program = "buildifier",
	.needs_only_near_files = true, .version_argv = LIST("buildifier", "--version"), .heal_case = "bazel-buildifier",
	.refuse_case = "py-pytest-real-bug");
