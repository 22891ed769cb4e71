/* Commands of other languages: goimports, cargo fmt, clippy, clang-tidy, mix format, ormolu, stylua, taplo, buf,
 * cmake-format. */
#include "fixers/command/tool.h"

#define ANSWERS(...) LIST("gate/*", "generic/*", "runner/*", "shell/*", "make/*", "vcs/*", __VA_ARGS__)

static bool goimports_names(const struct evidence *ev, size_t i, struct view *ret)
{
	return tool_bare_path(ev, i, ".go", ret);
}

static const struct tool go_goimports = {
	.program = "goimports",
	.extensions = LIST(".go"),
	.name = goimports_names,
	.fix = LIST("goimports", "-w"),
	.check = LIST("goimports", "-l"),
	.quiet = true,
	.kept_options = LIST("-local=", "-format-only"),
	.known_options = LIST("-l", "-d", "-e", "-v"),
	.summary = "reformat and sort imports with goimports",
};
TOOL_FIXER(go_goimports, .id = "go/goimports", .ecosystem = "go", .title = "Reformat with goimports",
	.what = "Runs goimports, with the `-local` of the step's own command, on the files that the failing `goimports "
		"-l` "
		"lists.",
	.why_safe =
		"Only the listed files may change, and `goimports -l` must list none of them afterwards. It adds only "
		"imports that the code already uses by name.",
	.tier = TIER_HEAL, .answers = ANSWERS("go/*"), .paths = LIST("*.go"), .program = "goimports",
	.heal_case = "go-goimports-list", .refuse_case = "go-test-assert");

static const struct tool rust_cargo_fmt = {
	.program = "cargo fmt",
	.distribution = "rustfmt",
	.extensions = LIST(".rs"),
	.names = (const struct tool_name_line[]){{"Diff in ", ":", true}, {0}},
	.hopeless = LIST("error: this file contains an unclosed delimiter", "error: expected "),
	.fix = LIST("cargo", "fmt", "--all"),
	.check = LIST("cargo", "fmt", "--all", "--check"),
	.known_options = LIST("--all", "--check", "--", "-v", "--verbose", "-q", "--quiet", "--color=", "-l"),
	.names_no_files = true,
	.summary = "reformat with cargo fmt",
};
TOOL_FIXER(rust_cargo_fmt, .id = "rust/cargo-fmt", .ecosystem = "rust", .title = "Reformat with cargo fmt",
	.what = "Runs `cargo fmt --all` where `cargo fmt --check` names files and its printed differences cannot be "
		"applied.",
	.why_safe = TOOL_ONLY_NAMED " Cargo reads the repository's own configuration, so it never runs where a write "
				    "token is.",
	.tier = TIER_HEAL, .answers = ANSWERS("rust/*"), .paths = LIST("*.rs"), .program = "cargo",
	.runs_repository_code = true, .version_argv = LIST("rustfmt", "--version"), .heal_case = "rust-fmt-check",
	.refuse_case = "rust-borrow-error");

/* "  --> src/main.rs:3:8" */
static bool clippy_names(const struct evidence *ev, size_t i, struct view *ret)
{
	struct view line = view_trim(evidence_line(ev, i));

	if (!view_starts(line, "--> "))
		return false;
	line = view_from(line, 4);
	return view_next(&line, ':', ret) && view_ends(*ret, ".rs");
}

static const struct tool rust_clippy = {
	.program = "cargo clippy",
	.distribution = "clippy",
	.extensions = LIST(".rs"),
	.name = clippy_names,
	.hopeless = LIST("error[E"),
	.fix = LIST("cargo", "clippy", "--fix", "--allow-no-vcs", "--offline"),
	.check = LIST("cargo", "clippy", "--offline"),
	.check_behind = LIST("--", "-D", "warnings"),
	.kept_options = LIST("--all-targets", "--all-features", "--workspace", "--all", "--tests", "--examples",
		"--benches", "--bins", "--lib", "--no-default-features", "--release"),
	.known_options =
		LIST("-D=", "--locked", "--frozen", "--offline", "-q", "--quiet", "-v", "--verbose", "--color="),
	.names_no_files = true,
	.review = true,
	.summary = "apply clippy's suggestions",
};
TOOL_FIXER(rust_clippy, .id = "rust/clippy", .ecosystem = "rust", .title = "Apply clippy's suggestions",
	.what = "Runs `cargo clippy --fix --offline`: rewrites what clippy calls machine-applicable.",
	.why_safe =
		"For review only: `cargo --fix` talks to its own workers through a socket, so that it runs with the "
		"network on, and builds run build scripts. Only what clippy calls machine-applicable, only files "
		"that the log names, and `cargo clippy -- -D warnings` must be satisfied afterwards. Most of it is "
		"done from the log alone (rust/lints).",
	.tier = TIER_REVIEW, .answers = ANSWERS("rust/*"), .paths = LIST("*.rs"), .program = "cargo",
	.runs_repository_code = true, .network = true, .version_argv = LIST("cargo", "clippy", "--version"),
	.heal_case = "rust-clippy-fix", .refuse_case = "rust-borrow-error");

static const struct tool c_clang_tidy_fix = {
	.program = "clang-tidy",
	.extensions = LIST(".c", ".h", ".cc", ".hh", ".cpp", ".hpp", ".cxx", ".hxx"),
	.names = (const struct tool_name_line[]){{"", ",-warnings-as-errors]", true}, {0}},
	.hopeless = LIST("[clang-diagnostic-error"),
	.fix = LIST("clang-tidy", "--quiet", "--fix"),
	.check = LIST("clang-tidy", "--quiet", "--warnings-as-errors=*"),
	.fix_behind = LIST("--"),
	.check_behind = LIST("--"),
	.known_options = LIST("--warnings-as-errors=", "-warnings-as-errors=", "--quiet", "-quiet", "--use-color"),
	.summary = "apply the fixes of clang-tidy",
};
TOOL_FIXER(c_clang_tidy_fix, .id = "c/clang-tidy-fix", .ecosystem = "c", .title = "Fix with clang-tidy --fix",
	.what = "Runs `clang-tidy --fix` with the repository's `.clang-tidy` on the files that it fails.",
	.why_safe = TOOL_ONLY_NAMED " Files that do not compile without a compile database make it fail.",
	.tier = TIER_HEAL, .answers = ANSWERS("c/*", "cpp/*"), .paths = LIST("*.{c,h,cc,hh,cpp,hpp,cxx,hxx}"),
	.program = "clang-tidy", .version_argv = LIST("clang-tidy", "--version"), .heal_case = "c-clang-tidy-fix",
	.refuse_case = "c-segfault-test");

static const struct tool elixir_mix_format = {
	.program = "mix format",
	.distribution = "elixir",
	.extensions = LIST(".ex", ".exs", ".heex", ".eex"),
	.names = (const struct tool_name_line[]){{"  * ", "", false}, {0}},
	.hopeless = LIST("(SyntaxError)", "(TokenMissingError)"),
	.fix = LIST("mix", "format"),
	.check = LIST("mix", "format", "--check-formatted"),
	.known_options = LIST("--check-formatted", "--dry-run"),
	.summary = "reformat with mix format",
};
TOOL_FIXER(elixir_mix_format, .id = "elixir/mix-format", .ecosystem = "elixir", .title = "Reformat with mix format",
	.what = "Runs `mix format` on the files that the failing `mix format --check-formatted` lists.",
	.why_safe = TOOL_ONLY_NAMED TOOL_REPOSITORY_CODE, .tier = TIER_HEAL, .answers = ANSWERS("elixir/*"),
	.paths = LIST("*.{ex,exs,heex,eex}"), .program = "mix", .runs_repository_code = true,
	.version_argv = LIST("mix", "--version"), .heal_case = "elixir-mix-format",
	.refuse_case = "py-pytest-real-bug");

/* A path above a hunk "@@ -1,4 +1,5 @@" */
static bool ormolu_names(const struct evidence *ev, size_t i, struct view *ret)
{
	return view_starts(evidence_line(ev, i + 1), "@@ -") && tool_bare_path(ev, i, ".hs", ret);
}

static const struct tool haskell_ormolu = {
	.program = "ormolu",
	.extensions = LIST(".hs", ".hsig", ".hs-boot"),
	.name = ormolu_names,
	.fix = LIST("ormolu", "--mode", "inplace"),
	.check = LIST("ormolu", "--mode", "check"),
	.known_options = LIST("--mode=", "-m=", "-c", "--check-idempotence", "--color="),
	.summary = "reformat with ormolu",
};
TOOL_FIXER(haskell_ormolu, .id = "haskell/ormolu", .ecosystem = "haskell", .title = "Reformat with ormolu",
	.what = "Runs ormolu on the files whose differences `ormolu --mode check` prints.",
	.why_safe = "Ormolu compares the syntax trees before and after. " TOOL_ONLY_NAMED, .tier = TIER_HEAL,
	.answers = ANSWERS("haskell/*"), .paths = LIST("*.hs", "*.hsig", "*.hs-boot"), .program = "ormolu",
	.needs_only_near_files = true, .version_argv = LIST("ormolu", "--version"), .heal_case = "haskell-ormolu",
	.refuse_case = "py-pytest-real-bug");

static const struct tool lua_stylua = {
	.program = "stylua",
	.extensions = LIST(".lua", ".luau"),
	.names = (const struct tool_name_line[]){{"Diff in ", ":", false}, {0}},
	.hopeless = LIST("error: could not format"),
	.fix = LIST("stylua"),
	.check = LIST("stylua", "--check"),
	.kept_options =
		LIST("--indent-type=", "--indent-width=", "--column-width=", "--quote-style=", "--line-endings="),
	.known_options = LIST("--check", "-c", "--color=", "-v", "--verbose", "-g=", "--glob="),
	.summary = "reformat with stylua",
};
TOOL_FIXER(lua_stylua, .id = "lua/stylua", .ecosystem = "lua", .title = "Reformat with stylua",
	.what = "Runs stylua on the files whose differences `stylua --check` prints.", .why_safe = TOOL_ONLY_NAMED,
	.tier = TIER_HEAL, .answers = ANSWERS("lua/*"), .paths = LIST("*.lua", "*.luau"), .program = "stylua",
	.needs_only_near_files = true, .version_argv = LIST("stylua", "--version"), .heal_case = "lua-stylua",
	.refuse_case = "py-pytest-real-bug");

/* ERROR taplo:format_files: the file is not properly formatted path="/.../a.toml" */
static bool taplo_names(const struct evidence *ev, size_t i, struct view *ret)
{
	if (!tool_path_behind(ev, i, "the file is not properly formatted path=\"", ret) || !view_ends(*ret, "\""))
		return false;
	ret->n--;
	return true;
}

static const struct tool toml_taplo = {
	.program = "taplo fmt",
	.also_run_as = LIST("taplo format"),
	.distribution = "@taplo/cli",
	.extensions = LIST(".toml"),
	.name = taplo_names,
	.hopeless = LIST("invalid TOML"),
	.fix = LIST("taplo", "fmt"),
	.check = LIST("taplo", "fmt", "--check"),
	.known_options = LIST("--check", "--diff", "--colors="),
	.summary = "reformat with taplo",
};
TOOL_FIXER(toml_taplo, .id = "toml/taplo", .ecosystem = "toml", .title = "Reformat with taplo",
	.what = "Runs taplo on the files that the failing `taplo fmt --check` names.", .why_safe = TOOL_ONLY_NAMED,
	.tier = TIER_HEAL, .answers = ANSWERS("rust/*", "toml/*"), .paths = LIST("*.toml"), .program = "taplo",
	.needs_only_near_files = true, .version_argv = LIST("taplo", "--version"), .heal_case = "toml-taplo",
	.refuse_case = "toml-taplo-syntax");

/* diff -u a.proto.orig a.proto */
static bool buf_names(const struct evidence *ev, size_t i, struct view *ret)
{
	struct view line = evidence_line(ev, i), word;

	if (!view_starts(line, "diff -u "))
		return false;
	while (view_word(&line, &word))
		*ret = word;
	return view_ends(*ret, ".proto");
}

static const struct tool proto_buf = {
	.program = "buf format",
	.distribution = "buf",
	.extensions = LIST(".proto"),
	.name = buf_names,
	.hopeless = LIST("syntax error"),
	.fix = LIST("buf", "format", "--write"),
	.check = LIST("buf", "format", "--diff", "--exit-code"),
	.known_options = LIST("-d", "--diff", "--exit-code", "-v", "--error-format="),
	.names_no_files = true,
	.summary = "reformat with buf",
};
TOOL_FIXER(proto_buf, .id = "proto/buf-format", .ecosystem = "proto", .title = "Reformat with buf format",
	.what = "Runs `buf format --write` where the failing `buf format --diff --exit-code` prints differences.",
	.why_safe = TOOL_ONLY_NAMED, .tier = TIER_HEAL, .answers = ANSWERS("docs/*", "proto/*"),
	.paths = LIST("*.proto"), .program = "buf", .version_argv = LIST("buf", "--version"),
	.heal_case = "proto-buf-format", .refuse_case = "py-pytest-real-bug");

static bool cmake_format_names(const struct evidence *ev, size_t i, struct view *ret)
{
	return view_starts(evidence_line(ev, i), "ERROR ") && tool_path_behind(ev, i, ": Check failed: ", ret);
}

static const struct tool c_cmake_format = {
	.program = "cmake-format",
	.distribution = "cmakelang",
	.extensions = LIST("CMakeLists.txt", ".cmake"),
	.name = cmake_format_names,
	.fix = LIST("cmake-format", "--in-place"),
	.check = LIST("cmake-format", "--check"),
	.kept_options = LIST("--line-width=", "--tab-size="),
	.known_options = LIST("--check"),
	.summary = "reformat with cmake-format",
};
TOOL_FIXER(c_cmake_format, .id = "c/cmake-format", .ecosystem = "c", .title = "Reformat with cmake-format",
	.what = "Runs cmake-format on the files that the failing `cmake-format --check` names.",
	.why_safe = TOOL_ONLY_NAMED TOOL_REPOSITORY_CODE, .tier = TIER_HEAL, .answers = ANSWERS("c/*", "cpp/*"),
	.paths = LIST("*CMakeLists.txt", "*.cmake"), .program = "cmake-format", .runs_repository_code = true,
	.needs_only_near_files = true, .version_argv = LIST("cmake-format", "--version"), .heal_case = "c-cmake-format",
	.refuse_case = "c-segfault-test");
