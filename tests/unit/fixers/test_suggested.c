/* Fixers that write what a linter shows: eslint, clippy, shellcheck; and those that only propose. */
#include "world.h"

#define W "/home/runner/work/repo/repo/"

/* ---- eslint --------------------------------------------------------------------------------------------- */

static void js(const char *source, const char *rows, const char *want)
{
	BUF_AUTO said = buf_new(BUF_PAGE);

	buf_addf(&said, "\n" W "src/a.js\n%s\n", rows);
	world_check("js/lint-codes", CATEGORY_LINT, "src/a.js", source, "npx eslint .", buf_text(&said), want);
}

static void does_what_prettier_says(void **state)
{
	(void)state;
	js("f( 'a')\n",
		"  1:3  error  Replace `\xc2\xb7'a')` with `\"a\");`  prettier/prettier\n\n"
		"\xe2\x9c\x96 1 problem (1 error, 0 warnings)",
		"f(\"a\");\n");
	js("if (x)\n{\n  y()\n}\n", "  1:7  error  Replace `\xe2\x8f\x8e` with `\xc2\xb7`  prettier/prettier",
		"if (x) {\n  y()\n}\n");
	js("a;;\n", "  1:3  error  Delete `;`  prettier/prettier", "a;\n");
	js("a\r\nb\n", "  1:2  error  Delete `\xe2\x90\x8d`  prettier/prettier", "a\nb\n");
	js("a;b\n", "  1:3  error  Delete `;`  prettier/prettier", NULL);
	js("a('\xc2\xb7')\n", "  1:7  error  Insert `;`  prettier/prettier", NULL);
	js("a()\n", "  1:4  error  Insert `***`  prettier/prettier", NULL);
}

static void mends_what_has_one_answer(void **state)
{
	(void)state;
	js("f()\n", "  1:4  error  Missing semicolon  semi", "f();\n");
	js("f();\n", "  1:4  error  Extra semicolon  @stylistic/semi", "f()\n");
	js("f();\n[1].map(g)\n", "  1:4  error  Extra semicolon  semi", NULL);
	js("x = \"a\";\n", "  1:5  error  Strings must use singlequote  quotes", "x = 'a';\n");
	js("x = \"it's\";\n", "  1:5  error  Strings must use singlequote  quotes", NULL);
	js("let a = f(b, c);\n", "  1:5  error  'a' is never reassigned. Use 'const' instead  prefer-const",
		"const a = f(b, c);\n");
	js("let a = 1, b = 2;\n", "  1:5  error  'a' is never reassigned. Use 'const' instead  prefer-const", NULL);
	js("let a = 1\n  , b = 2\n", "  1:5  error  'a' is never reassigned. Use 'const' instead  prefer-const", NULL);
	js("let a = 1 +\n  c, b = 2\n", "  1:5  error  'a' is never reassigned. Use 'const' instead  prefer-const",
		NULL);
	js("let a;\n", "  1:5  error  'a' is never reassigned. Use 'const' instead  prefer-const", NULL);
	js("    f();\n", "  1:1  error  Expected indentation of 2 spaces but found 4  indent", "  f();\n");
	js("\tf();\n", "  1:1  error  Expected indentation of 2 spaces but found 1 tab  indent", "  f();\n");
	js("   f();\n", "  1:1  error  Expected indentation of 2 spaces but found 4  indent", NULL);
	js("a = [\n  1\n]\n", "  2:4  error  Missing trailing comma  comma-dangle", "a = [\n  1,\n]\n");
	js("f()", "  1:4  error  Newline required at end of file but not found  eol-last", "f()\n");
	js("a\n\n\n\nb\n", "  3:1  error  More than 1 blank line not allowed  no-multiple-empty-lines", "a\n\nb\n");
	js("x = { a: a, b: c }\n", "  1:7  error  Expected property shorthand  object-shorthand", "x = { a, b: c }\n");
	js("x = { a: a.b }\n", "  1:7  error  Expected property shorthand  object-shorthand", NULL);
	js("if (a) return b;\n", "  1:8  error  Expected { after 'if' condition  curly", "if (a) { return b; }\n");
	js("if (a) f(); g();\n", "  1:8  error  Expected { after 'if' condition  curly", NULL);
}

static void variables_keep_their_meaning(void **state)
{
	static const char row[] = "  2:1  error  Unexpected var, use let or const instead  no-var";

	(void)state;
	js("import x from './x'\nvar a = x();\nf(a);\n", row, "import x from './x'\nconst a = x();\nf(a);\n");
	js("import x from './x'\nvar a = x();\na += 1;\n", row, "import x from './x'\nlet a = x();\na += 1;\n");
	js("import x from './x'\nvar a = 1;\nvar a = 2;\n", row, NULL);
	js("import x from './x' // a\nvar a = 1;\n", row, NULL);
	js("// a script of a page\nvar b = 1;\n", row, NULL);
}

static void all_of_eslint_or_nothing(void **state)
{
	(void)state;
	js("f()\ng()\n", "  1:4  error  Missing semicolon  semi\n  2:1  error  'g' is not defined  no-undef\n", NULL);
	js("f()\n", "  1:4  error  Missing semicolon  semi\n\n\xe2\x9c\x96 2 problems (2 errors, 0 warnings)", NULL);
	js("f()\n",
		"  1:4  error  Missing semicolon  semi\n  1:1  warning  Unexpected call  no-call\n\n"
		"\xe2\x9c\x96 2 problems (1 error, 1 warning)",
		"f();\n");
	js("f()\n",
		"  1:4  error  Missing semicolon  semi\n  1:1  warning  Unexpected call  no-call\n\n"
		"ESLint found too many warnings (maximum: 0).",
		NULL);
	world_check("js/lint-codes", CATEGORY_LINT, "a.js", "f()\n", "npm test",
		W "a.js\n  1:4  error  Missing semicolon  semi", NULL);
}

static void reads_other_forms(void **state)
{
	(void)state;
	world_check("js/lint-codes", CATEGORY_LINT, "a.js", "f();\n", "npx standard",
		"standard: Use JavaScript Standard Style (https://standardjs.com)\n  " W
		"a.js:1:4: Extra semicolon. (semi)\n  " W "a.js:1:1: Other. (no-x) (warning)",
		"f()\n");
	world_check("js/lint-codes", CATEGORY_LINT, "web/a.js", "f()\n", "npx eslint -f unix .",
		"/Users/runner/work/repo/repo/web/a.js:1:4: Missing semicolon. [Error/semi]\n\n1 problem", "f();\n");
	world_check("js/lint-codes", CATEGORY_LINT, "web/a.js", "f()\n", "npx eslint -f unix .",
		W "web/a.js:1:4: Missing semicolon. [Error/semi]\n\n1 problem", "f();\n");
	world_check("js/lint-codes", CATEGORY_LINT, "web/a.js", "f()\n", "npx next lint",
		"./web/a.js\n1:4  Error: Missing semicolon.  semi", "f();\n");
}

static void unused_names_are_for_review(void **state)
{
	const struct world_file files[] = {{"a.js", "const { b, c } = require('./d');\nb();\n", TREE_FILE}, {0}};
	struct world w;

	(void)state;
	world_open(&w, files, "npx eslint .",
		W "a.js\n  1:12  error  'c' is assigned a value but never used  no-unused-vars", 1);
	assert_int_equal(world_propose(&w, "js/lint-codes"), 1);
	assert_int_equal(w.proposal.tier, TIER_REVIEW);
	assert_string_equal(world_edit(&w, "a.js")->content.p, "const { b } = require('./d');\nb();\n");
	world_close(&w);
	js("const c = f();\n", "  1:7  error  'c' is assigned a value but never used  no-unused-vars", NULL);
}

/* ---- clippy --------------------------------------------------------------------------------------------- */

static void rust(const char *source, const char *said, const char *want)
{
	world_check("rust/lints", CATEGORY_LINT, "src/lib.rs", source, "cargo clippy -- -D warnings", said, want);
}

#define LINT(name)                                                                                                     \
	"  = help: for further information visit https://rust-lang.github.io/rust-clippy/master/index.html#" name "\n"

static void does_what_clippy_suggests(void **state)
{
	static const char block[] =
		"error: unneeded `return` statement\n --> src/lib.rs:2:5\n  |\n2 |     return x;\n"
		"  |     ^^^^^^^^\n  |\n" LINT("needless_return") "help: remove `return`\n  |\n"
								  "2 -     return x;\n2 +     x\n  |\n";
	static const char row[] =
		"error: length comparison to zero\n --> src/lib.rs:2:5\n  |\n2 |     v.len() == 0\n"
		"  |     ^^^^^^^^^^^^ help: using `is_empty` is clearer: `v.is_empty()`\n  |\n" LINT("len_zero");
	static const char marks[] =
		"error: this comparison\n --> src/lib.rs:2:7\n  |\n2 |     f(x)\n  |       ^\n  |\n" LINT(
			"op_ref") "help: use this\n  |\n2 |     f(&x)\n  |       +\n\nerror: could not compile `a` "
				  "(lib)\n";

	(void)state;
	rust("fn f() {\n    return x;\n}\n", block, "fn f() {\n    x\n}\n");
	rust("fn f() {\n    return y;\n}\n", block, NULL);
	rust("fn f() {\n    v.len() == 0\n}\n", row, "fn f() {\n    v.is_empty()\n}\n");
	rust("fn f() {\n    f(x)\n}\n", marks, "fn f() {\n    f(&x)\n}\n");
}

static void doubtful_lints_are_refused(void **state)
{
	static const char unused[] =
		"error: unused variable: `x`\n --> src/lib.rs:1:9\n  |\n1 |     let x = 5;\n"
		"  |         ^ help: if this is intentional, prefix it with an underscore: `_x`\n  |\n"
		"  = note: `-D unused-variables` implied by `-D warnings`\n";
	static const char two[] =
		"error: unneeded `return` statement\n --> src/lib.rs:1:1\n  |\n1 | return x;\n"
		"  | ^^^^^^^^\n" LINT("needless_return") "help: remove it\n  |\n1 - return x;\n1 + x\n  |\n"
							 "help: or\n  |\n1 - return x;\n1 + Ok(x)\n";
	static const char apart[] =
		"error: unneeded `return` statement\n --> src/lib.rs:1:1\n  |\n1 | return x;\n"
		"  | ^^^^^^^^\n" LINT("needless_return") "help: remove it\n  |\n1 - return x;\n1 + x\n"
							 "...\n5 - return y;\n5 + y\n";
	static const char other[] = "error: variable does not need to be mutable\n --> src/lib.rs:1:5\n"
				    "  = note: `-D unused-mut` implied by `-D warnings`\n\n"
				    "error[E0382]: use of moved value: `x`\n --> src/lib.rs:1:1\n";

	(void)state;
	rust("    let x = 5;\n", unused, NULL);
	rust("return x;\n\n\n\nreturn y;\n", apart, NULL);
	rust("return x;\n", two, NULL);
	rust("let mut x = 5;\n", other, NULL);
	rust("let mut x = 5;\n",
		"error: variable does not need to be mutable\n --> src/lib.rs:1:5\n"
		"  = note: `-D unused-mut` implied by `-D warnings`\n\nerror: could not compile `a` (lib)",
		"let x = 5;\n");
}

/* ---- shellcheck ------------------------------------------------------------------------------------------ */

static void sh(const char *source, const char *said, enum tier tier, const char *want)
{
	const struct world_file files[] = {{"ci/a.sh", source, TREE_EXECUTABLE}, {0}};
	struct world w;
	int status;

	world_open(&w, files, "shellcheck ci/*.sh", said, 1);
	status = world_propose(&w, "sh/shellcheck");
	assert_int_equal(status, want != NULL);
	if (want) {
		assert_int_equal(w.proposal.tier, tier);
		assert_string_equal(world_edit(&w, "ci/a.sh")->content.p, want);
		assert_true(world_edit(&w, "ci/a.sh")->executable || !world_edit(&w, "ci/a.sh")->mode_changes);
	} else {
		assert_int_equal(w.e.code, ERR_REFUSED);
	}
	world_close(&w);
}

static void does_what_shellcheck_suggests(void **state)
{
#define SAID(line, fixed, code)                                                                                        \
	"\nIn ci/a.sh line 2:\n" line "\n     ^--^ " code " (info): Something.\n\nDid you mean: \n" fixed              \
	"\n\nFor more information:\n"
	(void)state;
	sh("#!/bin/sh\necho $foo\n", SAID("echo $foo", "echo \"$foo\"", "SC2086"), TIER_HEAL,
		"#!/bin/sh\necho \"$foo\"\n");
	sh("#!/bin/sh\ncc $CFLAGS\n", SAID("cc $CFLAGS", "cc \"$CFLAGS\"", "SC2086"), TIER_REVIEW,
		"#!/bin/sh\ncc \"$CFLAGS\"\n");
	sh("#!/bin/sh\ncd /x\n", SAID("cd /x", "cd /x || exit", "SC2164"), TIER_REVIEW, "#!/bin/sh\ncd /x || exit\n");
	sh("#!/bin/sh\necho $bar\n", SAID("echo $foo", "echo \"$foo\"", "SC2086"), TIER_HEAL, NULL);
	sh("#!/bin/sh\necho $foo\n", SAID("echo $foo", "echo \"$foo\"", "SC2154"), TIER_HEAL, NULL);
	sh("#!/bin/sh\necho $foo\n", "\nIn ci/a.sh line 2:\necho $foo\n     ^--^ SC2086 (info): Quote.\n\n", TIER_HEAL,
		NULL);
	sh("#!/bin/sh\necho $foo\n",
		"{\"comments\":[{\"file\":\"ci/"
		"a.sh\",\"line\":2,\"endLine\":2,\"column\":6,\"endColumn\":10,\"level\":\"info\","
		"\"code\":2086,\"message\":\"Quote\",\"fix\":{\"replacements\":[{\"column\":6,\"endColumn\":6,"
		"\"endLine\":2,"
		"\"line\":2,\"replacement\":\"\\\"\"},{\"column\":10,\"endColumn\":10,\"endLine\":2,\"line\":2,"
		"\"replacement\":\"\\\"\"}]}}]}",
		TIER_HEAL, "#!/bin/sh\necho \"$foo\"\n");
	sh("#!/bin/sh\necho $foo\n",
		"{\"comments\":[{\"file\":\"ci/"
		"a.sh\",\"line\":2,\"endLine\":2,\"column\":6,\"endColumn\":10,\"level\":\"info\","
		"\"code\":2154,\"message\":\"unset\",\"fix\":null}]}",
		TIER_HEAL, NULL);
}

/* ---- for review -------------------------------------------------------------------------------------------- */

static void reviews(const struct world_file *files, const char *fixer, const char *command, const char *said,
	const char *path, const char *want)
{
	struct world w;

	world_open(&w, files, command, said, 1);
	assert_int_equal(world_propose(&w, fixer), want != NULL);
	if (want) {
		assert_int_equal(w.proposal.tier, TIER_REVIEW);
		assert_string_equal(world_edit(&w, path)->content.p, want);
	}
	world_close(&w);
}

static void proposes_snapshots(void **state)
{
	const struct world_file files[] = {{"test/a.test.js", "", TREE_FILE},
		{"test/__snapshots__/a.test.js.snap",
			"exports[`a 1`] = `\n{\n  \"b\": 1,\n}\n`;\n\nexports[`c 1`] = `\"d\"`;\n", TREE_FILE},
		{0}};
#define JEST(name, body)                                                                                               \
	"FAIL test/a.test.js\n  \xe2\x97\x8f a\n\n    expect(received).toMatchSnapshot()\n\n    Snapshot name: `" name \
	"`\n\n" body
	static const char snap[] = "test/__snapshots__/a.test.js.snap";

	(void)state;
	reviews(files, "js/snapshot", "npx jest",
		JEST("a 1", "    - Snapshot  - 1\n    + Received  + 1\n\n      {\n    -   \"b\": 1,\n    +   \"b\": "
			    "2,\n      }\n\n"
			    "      3 | x\n"),
		snap, "exports[`a 1`] = `\n{\n  \"b\": 2,\n}\n`;\n\nexports[`c 1`] = `\"d\"`;\n");
	reviews(files, "js/snapshot", "npx jest", JEST("c 1", "    Snapshot: \"d\"\n    Received: \"e\"\n"), snap,
		"exports[`a 1`] = `\n{\n  \"b\": 1,\n}\n`;\n\nexports[`c 1`] = `\"e\"`;\n");
	reviews(files, "js/snapshot", "npx jest",
		JEST("a 1", "    - Snapshot  - 1\n    + Received  + 1\n\n      {\n    -   \"b\": 7,\n    +   \"b\": "
			    "2,\n      }\n\n"),
		snap, NULL);
	reviews(files, "js/snapshot", "npx jest",
		JEST("a 1", "    - Snapshot  - 1\n    + Received  + 1\n\n      {\n    -   \"b\": 1,\n    +   \"b\": "
			    "`2`,\n      }\n\n"),
		snap, NULL);
	reviews(files, "js/snapshot", "npx jest", JEST("x 1", "    Snapshot: \"d\"\n    Received: \"e\"\n"), snap,
		NULL);
	reviews(files, "js/snapshot", "npx jest",
		JEST("c 1", "    Snapshot: \"d\"\n    Received: \"e\"\n\n  \xe2\x97\x8f b\n\n    "
			    "expect(received).toBe(expected)\n"),
		snap, NULL);
}

static void proposes_versions(void **state)
{
	const struct world_file files[] = {{"requirements.txt", "a==1\nlib_x==1.4.0  # pinned\n", TREE_FILE}, {0}};
	const struct world_file hashed[] = {{"requirements.txt", "lib-x==1.4.0 --hash=sha256:0\n", TREE_FILE}, {0}};
#define CONFLICT "The conflict is caused by:\n    The user requested lib-x==1.4.0\n"

	(void)state;
	reviews(files, "python/pin-conflict", "pip install -r requirements.txt",
		CONFLICT "    http 2.1.0 depends on lib-x<3 and >=2.0\n\nTo fix this", "requirements.txt",
		"a==1\nlib_x>=2.0,<3  # pinned\n");
	reviews(files, "python/pin-conflict", "pip install -r requirements.txt",
		CONFLICT "    The user requested lib-x>=3\n\n", "", NULL);
	reviews(files, "python/pin-conflict", "pip install -r requirements.txt",
		CONFLICT "    http 2.1.0 depends on other<3\n\n", "", NULL);
	reviews(hashed, "python/pin-conflict", "pip install -r requirements.txt",
		CONFLICT "    http 2.1.0 depends on lib-x<3\n\n", "", NULL);
}

/* ---- pyproject.toml ------------------------------------------------------------------------------------------ */

static void project(const char *path, const char *text, const char *lock, const char *command, const char *want)
{
	const struct world_file files[] = {{path, text, TREE_FILE}, {lock ? lock : "README", "", TREE_FILE}, {0}};
	struct world w;
	int status;

	world_open(&w, files, command,
		"  File \"app/a.py\", line 1, in <module>\nModuleNotFoundError: No module named 'yaml'", 1);
	status = world_propose(&w, "python/requirement");
	if (want && status != 1)
		print_error("refuses: %s\n", w.e.text);
	assert_int_equal(status, want != NULL);
	if (want)
		assert_string_equal(world_edit(&w, path)->content.p, want);
	world_close(&w);
}

static void adds_to_what_the_project_declares(void **state)
{
	(void)state;
	project("pyproject.toml", "[project]\nname = \"a\"\ndependencies = [\"click\"]\n", NULL, "pip install .",
		"[project]\nname = \"a\"\ndependencies = [\"click\", \"PyYAML\"]\n");
	project("pyproject.toml", "[project]\ndependencies = [\n  'attrs',\n  'tqdm',\n]\n", NULL,
		"python -m pip install -e '.[test]'",
		"[project]\ndependencies = [\n  'attrs',\n  'PyYAML',\n  'tqdm',\n]\n");
	project("setup.cfg", "[options]\ninstall_requires =\n    attrs\n    tqdm>=4\n\n[x]\n", NULL, "pip install -e .",
		"[options]\ninstall_requires =\n    attrs\n    PyYAML\n    tqdm>=4\n\n[x]\n");
	project("pyproject.toml", "[project]\ndependencies = [\"click\"]\n", "uv.lock", "uv pip install .", NULL);
	project("pyproject.toml", "[project]\ndynamic = [\"dependencies\"]\n", NULL, "pip install .", NULL);
	project("pyproject.toml", "[project]\ndependencies = [\"pyyaml>=6\"]\n", NULL, "pip install .", NULL);
	project("pyproject.toml", "[project]\ndependencies = []\n", NULL, "pip install other", NULL);
	project("setup.py", "setup(install_requires=[\"a\"])\n", NULL, "pip install .", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_what_prettier_says),
		cmocka_unit_test(mends_what_has_one_answer),
		cmocka_unit_test(variables_keep_their_meaning),
		cmocka_unit_test(all_of_eslint_or_nothing),
		cmocka_unit_test(reads_other_forms),
		cmocka_unit_test(unused_names_are_for_review),
		cmocka_unit_test(does_what_clippy_suggests),
		cmocka_unit_test(doubtful_lints_are_refused),
		cmocka_unit_test(does_what_shellcheck_suggests),
		cmocka_unit_test(proposes_snapshots),
		cmocka_unit_test(proposes_versions),
		cmocka_unit_test(adds_to_what_the_project_declares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
