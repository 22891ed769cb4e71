/* Fixers that run a program: what they make of the log, and that they refuse where another program printed it. */
#include "world.h"

struct row {
	const char *fixer, *path, *command, *output, *argv; /* argv: what would be run, with blanks between */
	enum tier tier;
};

#define RULER "\xe2\x94\x81\xe2\x94\x81\xe2\x94\x81\n"
#define CROSS "\xe2\x9c\x96"

static const struct row rows[] = {
	{"python/autopep8", "a.py", "autopep8 --diff -r --max-line-length=100 .", "--- original/a.py\n+++ fixed/a.py\n",
		"autopep8 --in-place --max-line-length=100 a.py", TIER_HEAL},
	{"python/yapf", "a.py", "yapf --diff --style pep8 a.py", "--- a.py\t(original)\n",
		"yapf --in-place --style pep8 a.py", TIER_HEAL},
	{"python/pyupgrade", "a.py", "pyupgrade --py38-plus a.py", "Rewriting a.py\n", "pyupgrade --py38-plus a.py",
		TIER_HEAL},
	{"python/ruff-check", "a.py", "ruff check .",
		"a.py:1:1: I001 [*] Import block is un-sorted or un-formatted\nFound 1 error.\n"
		"[*] 1 fixable with the `--fix` option.\n",
		"ruff check --fix -q a.py", TIER_REVIEW},
	{"sql/sqlfluff", "q.sql", "sqlfluff lint --dialect ansi .",
		"== [q.sql] FAIL\nL:   1 | P:   1 | LT01 | Spacing.\n", "sqlfluff fix --force --dialect ansi q.sql",
		TIER_HEAL},
	{"js/stylelint", "a.css", "stylelint a.css",
		"\na.css\n  1:3  " CROSS "  Expected \"#FFFFFF\" to be \"#FFF\"  color-hex-length\n\n" CROSS
		" 1 problem (1 error, 0 warnings)\n  1 error potentially fixable with the \"--fix\" option.\n",
		"stylelint --fix a.css", TIER_HEAL},
	{"js/biome", "a.js", "biome ci .", "a.js format " RULER "b.js:2:1 lint/style/useConst  FIXABLE  " RULER,
		"biome check --write a.js b.js", TIER_HEAL},
	{"js/biome-format", "a.js", "npx @biomejs/biome format .\nbiome format .", "a.js format " RULER,
		"biome format --write a.js", TIER_HEAL},
	{"js/standard", "a.js", "npx standard", "  /home/runner/work/repo/repo/a.js:1:16: Extra semicolon. (semi)\n",
		"standard --fix a.js", TIER_HEAL},
	{"go/goimports", "a.go", "goimports -l -local example.com/shelf .", "a.go\n",
		"goimports -w -local example.com/shelf a.go", TIER_HEAL},
	{"rust/cargo-fmt", "src/a.rs", "cargo fmt --all -- --check",
		"Diff in /home/runner/work/repo/repo/src/a.rs:1:\n", "cargo fmt --all", TIER_HEAL},
	{"rust/clippy", "src/a.rs", "cargo clippy --all-targets -- -D warnings",
		"error: needless\n  --> src/a.rs:1:4\n", "cargo clippy --fix --allow-no-vcs --offline --all-targets",
		TIER_REVIEW},
	{"c/clang-tidy-fix", "a.c", "clang-tidy --warnings-as-errors='*' a.c",
		"/home/runner/work/repo/repo/a.c:1:2: error: braces [readability-braces,-warnings-as-errors]\n",
		"clang-tidy --quiet --fix a.c --", TIER_HEAL},
	{"elixir/mix-format", "lib/a.ex", "mix format --check-formatted",
		"The following files are not formatted:\n\n  * lib/a.ex\n", "mix format lib/a.ex", TIER_HEAL},
	{"haskell/ormolu", "A.hs", "ormolu --mode check A.hs", "A.hs\n@@ -1,4 +1,5 @@\n", "ormolu --mode inplace A.hs",
		TIER_HEAL},
	{"haskell/fourmolu", "A.hs", "fourmolu --mode check A.hs", "A.hs\n@@ -1,4 +1,5 @@\n",
		"fourmolu --mode inplace A.hs", TIER_REVIEW},
	{"lua/stylua", "a.lua", "stylua --check .", "Diff in a.lua:\n", "stylua a.lua", TIER_HEAL},
	{"toml/taplo", "a.toml", "taplo fmt --check",
		"ERROR taplo:format_files: the file is not properly formatted "
		"path=\"/home/runner/work/repo/repo/a.toml\"\n",
		"taplo fmt a.toml", TIER_HEAL},
	{"proto/buf-format", "a.proto", "buf format -d --exit-code", "diff -u a.proto.orig a.proto\n",
		"buf format --write", TIER_HEAL},
	{"c/cmake-format", "CMakeLists.txt", "cmake-format --check CMakeLists.txt",
		"ERROR __main__.py:625: Check failed: CMakeLists.txt\n", "cmake-format --in-place CMakeLists.txt",
		TIER_HEAL},
	{"php/cs-fixer", "a.php", "php-cs-fixer fix --dry-run", "   1) a.php (braces)\n",
		"php-cs-fixer fix --no-interaction a.php", TIER_REVIEW},
	{"php/pint", "a.php", "vendor/bin/pint --test", "  \xe2\xa8\xaf a.php     braces_position\n", "pint a.php",
		TIER_REVIEW},
	{"dotnet/format", "a.cs", "dotnet format --verify-no-changes",
		"a.cs(5,20): error WHITESPACE: Fix whitespace formatting.\n",
		"dotnet format whitespace --no-restore --folder . --include a.cs", TIER_REVIEW},
	{"kotlin/ktlint", "a.kt", "ktlint", "a.kt:2:1: Unexpected indentation (0) (should be 4) (standard:indent)\n",
		"ktlint --format --log-level=error a.kt", TIER_REVIEW},
	{"scala/scalafmt", "src/A.scala", "scalafmt --test", "--- a/src/A.scala\n",
		"scalafmt --non-interactive src/A.scala", TIER_REVIEW},
	{"java/google-format", "A.java", "google-java-format -n --set-exit-if-changed A.java", "A.java\n",
		"google-java-format --replace A.java", TIER_REVIEW},
	{"java/spotless", "src/main/java/A.java", "./mvnw -B spotless:check",
		"[ERROR] The following files had format violations:\n[ERROR]     src/main/java/A.java\n[ERROR]         "
		"@@ -1 +1 @@\n",
		"mvn --offline --quiet --batch-mode spotless:apply", TIER_REVIEW},
	{"nix/nixfmt", "a.nix", "nixfmt --check a.nix", "a.nix: not formatted\n", "nixfmt a.nix", TIER_REVIEW},
	{"nix/alejandra", "a.nix", "alejandra --check .", "Requires formatting: ./a.nix\n", "alejandra --quiet a.nix",
		TIER_REVIEW},
	{"dart/format", "a.dart", "dart format --set-exit-if-changed .",
		"Changed a.dart\nFormatted 1 file (1 changed).\n", "dart format a.dart", TIER_REVIEW},
	{"swift/format", "a.swift", "swift-format lint --strict .",
		"a.swift:2:1: error: [Indentation] indent by 2 spaces\n", "swift-format format --in-place a.swift",
		TIER_REVIEW},
	{"ocaml/ocamlformat", "a.ml", "dune build @fmt", "File \"a.ml\", line 1, characters 0-0:\n",
		"ocamlformat --inplace a.ml", TIER_REVIEW},
	{"bazel/buildifier", "a/BUILD.bazel", "buildifier -mode=check -r .", "a/BUILD.bazel # reformat\n",
		"buildifier -mode=fix a/BUILD.bazel", TIER_REVIEW},
	{"js/pnpm-lock", "pnpm-lock.yaml", "pnpm install --frozen-lockfile",
		" ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with \"frozen-lockfile\"\n",
		"pnpm install --lockfile-only --ignore-scripts --offline --no-frozen-lockfile", TIER_HEAL},
	{"js/yarn-lock", "yarn.lock", "yarn install --frozen-lockfile",
		"error Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.\n",
		"yarn install --offline --ignore-scripts --non-interactive --cache-folder node_modules/.yarn-cache",
		TIER_HEAL},
	{"python/poetry-lock", "poetry.lock", "poetry lock --check",
		"Error: poetry.lock is not consistent with pyproject.toml.\n",
		"poetry lock --no-update --no-interaction", TIER_HEAL},
	{"php/composer-lock", "composer.lock", "composer validate --strict",
		"- The lock file is not up to date with the latest changes in composer.json, it is recommended\n",
		"composer update --lock --no-install --no-scripts --no-plugins --no-interaction", TIER_HEAL},
	{"go/mod-tidy", "go.mod", "go build ./...", "go: updates to go.mod needed; to update it:\n\tgo mod tidy\n",
		"go mod tidy", TIER_HEAL},
	{"python/pre-commit", "a.py", "pre-commit run --all-files",
		"sort the list....Failed\n- hook id: sort-list\n- files were modified by this hook\n",
		"pre-commit run --all-files", TIER_REVIEW},
};
#define ROWS (sizeof(rows) / sizeof(*rows))

/* 1: proposes `argv`; 0: refuses. */
static int ask(const struct row *r, const char *command, const char *path, struct buf *argv, enum tier *tier)
{
	const struct world_file files[] = {{path, "", TREE_FILE}, {"b.js", "", TREE_FILE}, {0}};
	struct world w;
	int status;

	world_open(&w, files, command, r->output, 1);
	status = world_propose(&w, r->fixer);
	if (status == 0)
		assert_int_equal(w.e.code, ERR_REFUSED);
	for (size_t i = 0; status == 1 && w.proposal.argv[i]; i++)
		buf_addf(argv, "%s%s", i ? " " : "", w.proposal.argv[i]);
	if (status == 1) {
		const struct fixer *f = fixer_find(r->fixer);

		*tier = w.proposal.tier;
		assert_string_equal(w.proposal.argv[0], f->program);
		assert_non_null(w.proposal.proof.argv);
		assert_int_equal(w.proposal.kind, FIX_COMMAND);
		assert_true(w.proposal.tier <= f->tier);
	}
	world_close(&w);
	return status;
}

static void each_runs_its_tool_on_the_named_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		BUF_AUTO argv = buf_new(BUF_PAGE);
		enum tier tier = TIER_OFF;

		if (ask(&rows[i], rows[i].command, rows[i].path, &argv, &tier) != 1)
			print_error("%s refuses\n", rows[i].fixer);
		assert_string_equal(buf_text(&argv), rows[i].argv);
		if (tier != rows[i].tier)
			print_error("%s has another tier\n", rows[i].fixer);
		assert_int_equal(tier, rows[i].tier);
	}
}

/* A test may print anything. */
static void each_refuses_what_another_program_printed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		BUF_AUTO argv = buf_new(BUF_PAGE);
		enum tier tier;

		if (ask(&rows[i], "pytest -q", rows[i].path, &argv, &tier) != 0)
			print_error("%s believes a test\n", rows[i].fixer);
		assert_int_equal(argv.n, 0);
	}
}

static void each_refuses_a_file_that_is_not_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		BUF_AUTO argv = buf_new(BUF_PAGE);
		enum tier tier;

		if (strcmp(rows[i].fixer, "python/pre-commit") == 0)
			continue; /* the log of a hook names no files */
		if (ask(&rows[i], rows[i].command, "other.txt", &argv, &tier) != 0)
			print_error("%s does not miss its file\n", rows[i].fixer);
		assert_int_equal(argv.n, 0);
	}
}

/* ---- what needs a person ------------------------------------------------------------------------------- */

static void refuses(const char *fixer, const char *path, const char *command, const char *output)
{
	const struct row r = {fixer, path, command, output, NULL, TIER_OFF};
	BUF_AUTO argv = buf_new(BUF_PAGE);
	enum tier tier;

	if (ask(&r, command, path, &argv, &tier) != 0)
		print_error("%s should refuse: %s\n", fixer, output);
	assert_int_equal(argv.n, 0);
}

static void half_a_fix_is_none(void **state)
{
	(void)state;
	refuses("python/ruff-check", "a.py", "ruff check .",
		"a.py:1:1: I001 [*] Import block is un-sorted\na.py:9:1: F821 Undefined name `b`\nFound 2 errors.\n"
		"[*] 1 fixable with the `--fix` option.\n");
	refuses("js/stylelint", "a.css", "stylelint a.css",
		"a.css\n  1:3  " CROSS "  Unexpected empty block  block-no-empty\n\n" CROSS
		" 2 problems (2 errors, 0 warnings)\n"
		"  1 error potentially fixable with the \"--fix\" option.\n");
	refuses("js/biome", "a.js", "biome check .",
		"a.js:2:11 lint/suspicious/noDoubleEquals  FIXABLE  " RULER "\n  i Unsafe fix: Use === instead.\n");
	refuses("js/biome", "a.js", "biome check .",
		"a.js format " RULER "a.js:2:11 lint/suspicious/noExplicitAny " RULER);
	refuses("js/biome", "a.js", "biome check .", "a.js format " RULER "a.js:1:1 parse " RULER);
	refuses("rust/clippy", "src/a.rs", "cargo clippy", "error[E0308]: mismatched types\n --> src/a.rs:1:4\n");
	refuses("toml/taplo", "a.toml", "taplo fmt --check",
		"ERROR taplo:format_files: invalid TOML path=\"a.toml\"\n"
		"ERROR taplo:format_files: the file is not properly formatted path=\"a.toml\"\n");
	refuses("python/pre-commit", "a.py", "pre-commit run --all-files",
		"- hook id: sort\n- files were modified by this hook\n- hook id: mypy\n- exit code: 1\n\na.py:1: "
		"error\n");
	refuses("python/pre-commit", "a.py", "pre-commit run", "- hook id: sort\n- files were modified by this hook\n");
}

static void a_file_of_another_kind_is_refused(void **state)
{
	(void)state;
	refuses("lua/stylua", "a.md", "stylua --check .", "Diff in a.md:\n");
	refuses("sql/sqlfluff", "-a.sql", "sqlfluff lint .", "== [-a.sql] FAIL\n");
	refuses("js/biome-format", "a.exe", "biome format .", "a.exe format " RULER);
}

static enum tier tier_of(const char *fixer, const char *path, const char *command, const char *output)
{
	const struct row r = {fixer, path, command, output, NULL, TIER_OFF};
	BUF_AUTO argv = buf_new(BUF_PAGE);
	enum tier tier = TIER_OFF;

	assert_int_equal(ask(&r, command, path, &argv, &tier), 1);
	return tier;
}

/* The job's check is then perhaps another than ours. */
static void options_that_are_not_known_call_a_person(void **state)
{
	(void)state;
	assert_int_equal(
		tier_of("lua/stylua", "a.lua", "stylua --check --config-path etc/stylua.toml .", "Diff in a.lua:\n"),
		TIER_REVIEW);
	assert_int_equal(tier_of("python/yapf", "a.py", "yapf --diff --style='{based_on_style: pep8}' .",
				 "--- a.py\t(original)\n"),
		TIER_REVIEW);
	assert_int_equal(tier_of("python/yapf", "a.py", "yapf --diff --style ../other .", "--- a.py\t(original)\n"),
		TIER_REVIEW);
	assert_int_equal(
		tier_of("python/pyupgrade", "a.py", "pre-commit run -a", "- hook id: pyupgrade\n\nRewriting a.py\n"),
		TIER_REVIEW);
	assert_int_equal(
		tier_of("python/pyupgrade", "a.py", "make lint", "pyupgrade --py39-plus a.py\nRewriting a.py\n"),
		TIER_HEAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_runs_its_tool_on_the_named_files),
		cmocka_unit_test(each_refuses_what_another_program_printed),
		cmocka_unit_test(each_refuses_a_file_that_is_not_there),
		cmocka_unit_test(half_a_fix_is_none),
		cmocka_unit_test(a_file_of_another_kind_is_refused),
		cmocka_unit_test(options_that_are_not_known_call_a_person),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
