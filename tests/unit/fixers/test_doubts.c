/* What looks mechanical and is not: each fixer refuses it, or leaves it to a person. */
#include "world.h"

struct doubt {
	const char *fixer, *path, *content, *command, *output;
	enum tier tier; /* TIER_OFF: it must refuse */
};

/* What comes of it: TIER_OFF when the fixer refuses. */
static enum tier tier_of(const struct world_file *files, const struct doubt *d, enum category category)
{
	struct world w;
	enum tier tier = TIER_OFF;

	world_open(&w, files, d->command, d->output, 1);
	w.finding.category = category;
	if (world_propose(&w, d->fixer) == 1)
		tier = w.proposal.tier;
	world_close(&w);
	return tier;
}

static void check_all(const struct doubt *doubts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct world_file files[] = {{doubts[i].path, doubts[i].content, TREE_FILE},
			{"src/other.py", "# Copyright A\nx = 1\n", TREE_FILE}, {0}};
		enum tier tier = tier_of(files, &doubts[i], CATEGORY_LINT);

		if (tier != doubts[i].tier)
			print_error("%s: %s\n%s\n", doubts[i].fixer, doubts[i].path, doubts[i].content);
		assert_int_equal(tier, doubts[i].tier);
	}
}

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

#define NO_VAR(line)                                                                                                   \
	"\n/home/runner/work/repo/repo/a.js\n  " line ":1  error  Unexpected var, use let or const instead  no-var\n"
#define UNUSED_MUT                                                                                                     \
	"error: variable does not need to be mutable\n --> src/lib.rs:2:9\n  |\n2 |     let mut v = 1;\n"              \
	"  |         ----^\n  |         |\n  |         help: remove this `mut`\n  |\n"                                 \
	"  = note: `-D unused-mut` implied by `-D warnings`\n"

static void white_space_that_is_a_value(void **state)
{
	static const struct doubt doubts[] = {
		{"text/whitespace", "a.c", "int x; \n", "git diff --check", "a.c:1: trailing whitespace.\n+int x; ",
			TIER_HEAL},
		{"text/whitespace", "a.md", "one  \ntwo\n", "git diff --check", "a.md:1: trailing whitespace.\n+one  ",
			TIER_REVIEW},
		{"text/whitespace", "a.md", "one  \n\ntwo\n", "git diff --check",
			"a.md:1: trailing whitespace.\n+one  ", TIER_HEAL},
		{"text/whitespace", "a.sh", "cat <<EOF\nname: \nEOF\n", "git diff --check",
			"a.sh:2: trailing whitespace.\n+name: ", TIER_REVIEW},
		{"text/whitespace", "a.js", "const x = `a \nb`;\n", "git diff --check",
			"a.js:1: trailing whitespace.\n+const x = `a ", TIER_REVIEW},
		{"text/whitespace", "a.py", "x = \"\"\"a \nb\"\"\"\n", "git diff --check",
			"a.py:1: trailing whitespace.\n+x = \"\"\"a ", TIER_REVIEW},
		{"text/whitespace", "a.yml", "a: |\n  text \n", "git diff --check",
			"a.yml:2: trailing whitespace.\n+  text ", TIER_OFF},
		{"text/whitespace", "testdata/in.txt", "a \n", "git diff --check",
			"testdata/in.txt:1: trailing whitespace.\n+a ", TIER_OFF},
		{"text/whitespace", "a.txt", "a \n", "pytest", "a.txt:1: trailing whitespace\n1 failed", TIER_OFF},
		{"text/whitespace", "a.py", "\xef\xbb\xbfx = 1\n", "pre-commit run -a",
			"- hook id: fix-byte-order-marker\n- exit code: 1\n\na.py: removed byte-order marker",
			TIER_HEAL},
	};

	(void)state;
	check_all(doubts, COUNT(doubts));
}

static void words_that_are_names(void **state)
{
	static const struct doubt doubts[] = {
		{"text/spelling", "a.md", "teh cat\n", "codespell", "./a.md:1: teh ==> the", TIER_HEAL},
		{"text/spelling", "a.md", "Use\n\n```\nteh = 1\n```\n", "codespell", "./a.md:4: teh ==> the",
			TIER_REVIEW},
		{"text/spelling", "a.md", "Use\n\n    teh(1)\n", "codespell", "./a.md:3: teh ==> the", TIER_REVIEW},
		{"text/spelling", "a.md", "Call `teh` now\n", "codespell", "./a.md:1: teh ==> the", TIER_REVIEW},
		{"text/spelling", "requirements.txt", "teh==1\n", "codespell", "./requirements.txt:1: teh ==> the",
			TIER_REVIEW},
		{"text/spelling", "tests/data/a.txt", "teh\n", "codespell", "./tests/data/a.txt:1: teh ==> the",
			TIER_REVIEW},
		{"text/spelling", "a.md", "teh cat\n", "npx cspell .",
			"a.md:1:1 - Unknown word (teh) Suggestions: [the*]", TIER_HEAL},
		{"text/spelling", "a.md", "teh cat\n", "npx cspell .",
			"a.md:1:1 - Unknown word (teh) Suggestions: [the, tech]", TIER_OFF},
		{"text/spelling", "a.md", "By Mbeki\n", "npx cspell .",
			"a.md:1:4 - Unknown word (Mbeki) Suggestions: [Mbeku]", TIER_OFF},
	};

	(void)state;
	check_all(doubts, COUNT(doubts));
}

static void imports_that_are_meant(void **state)
{
	static const char f401[] = "./a.py:1:1: F401 'x.signals' imported but unused";
	static const struct doubt doubts[] = {
		{"python/lint-codes", "a.py", "import x.signals\n\ny = 1\n", "flake8", f401, TIER_REVIEW},
		{"python/lint-codes", "a.py", "# needed by the codec\nimport os\n\ny = 1\n", "flake8",
			"./a.py:2:1: F401 'os' imported but unused", TIER_OFF},
		{"python/lint-codes", "a.py", "# system\nimport os\n\ny = 1\n", "flake8",
			"./a.py:2:1: F401 'os' imported but unused", TIER_HEAL},
		{"python/lint-codes", "a.py", "import os\n\ny = globals()\n", "flake8",
			"./a.py:1:1: F401 'os' imported but unused", TIER_REVIEW},
		{"python/lint-codes", "a.py", "import os\n\n__all__ = [\"o\" + \"s\"]\n", "flake8",
			"./a.py:1:1: F401 'os' imported but unused", TIER_REVIEW},
		{"python/lint-codes", "a.py", "x = 1\n#pragma: no cover\n", "flake8",
			"./a.py:2:1: E265 block comment should start with '# '", TIER_OFF},
		{"python/lint-codes", "a.py", "import os\n\ny = 1\n", "flake8 && pytest",
			"./a.py:1:1: F401 'os' imported but unused\n1 failed in 0.02s", TIER_OFF},
		{"python/lint-codes", "a.py", "import os\n\ny = 1\n", "pytest && flake8",
			"1 passed in 0.02s\n./a.py:1:1: F401 'os' imported but unused", TIER_HEAL},
		{"python/lint-codes", "a_pb2.py", "# Generated. DO NOT EDIT!\nimport os\n", "flake8",
			"./a_pb2.py:2:1: F401 'os' imported but unused", TIER_OFF},
		{"rust/unused-import", "src/lib.rs", "use std::fs;\n\n#[cfg(windows)]\nfn f() { fs::read(\"a\"); }\n",
			"cargo check", "error: unused import: `std::fs`\n --> src/lib.rs:1:5", TIER_REVIEW},
		{"rust/lints", "src/lib.rs", "fn f() {\n    let mut v = 1;\n    g(v);\n}\n", "cargo clippy", UNUSED_MUT,
			TIER_HEAL},
		{"rust/lints", "src/lib.rs",
			"fn f() {\n    let mut v = 1;\n    #[cfg(windows)]\n    more(&mut v);\n    g(v);\n}\n",
			"cargo clippy", UNUSED_MUT, TIER_REVIEW},
		{"rust/lints", "src/lib.rs", "fn f(s: &stat) -> i64 {\n    s.size as i64\n}\n", "cargo clippy",
			"error: casting to the same type is unnecessary (`i64` -> `i64`)\n --> src/lib.rs:2:5\n  |\n"
			"2 |     s.size as i64\n  |     ^^^^^^^^^^^^^ help: try: `s.size`\n  |\n"
			"  = note: `-D clippy::unnecessary-cast` implied by `-D warnings`\n",
			TIER_REVIEW},
		{"rust/unused-import", "src/lib.rs", "use std::fs;\n\n#[cfg(test)]\nmod tests;\n", "cargo check",
			"error: unused import: `std::fs`\n --> src/lib.rs:1:5", TIER_REVIEW},
		{"rust/unused-import", "src/lib.rs", "use std::fs;\n\nmod shelf;\n", "cargo check",
			"error: unused import: `std::fs`\n --> src/lib.rs:1:5", TIER_HEAL},
		{"js/unused-names", "a.tsx", "import { h, render } from 'p';\nrender(<b/>);\n", "npx tsc",
			"a.tsx(1,10): error TS6133: 'h' is declared but its value is never read.", TIER_REVIEW},
		{"js/unused-names", "a.tsx", "import { b, render } from 'p';\nrender(<b/>);\n", "npx tsc",
			"a.tsx(1,10): error TS6133: 'b' is declared but its value is never read.", TIER_HEAL},
		{"js/lint-codes", "a.js", "import './b';\nvar n = 1;\nrun();\nfunction run() {\n  n;\n}\n",
			"npx eslint .", NO_VAR("2"), TIER_HEAL},
		{"js/lint-codes", "a.js", "import './b';\nrun();\nvar n = 1;\nfunction run() {\n  n;\n}\n",
			"npx eslint .", NO_VAR("3"), TIER_OFF},
		{"go/unused-import", "a.go", "package a\n\nimport \"os\"\n", "go vet ./...",
			"vet: ./a.go:3:8: \"os\" imported but not used", TIER_HEAL},
	};

	(void)state;
	check_all(doubts, COUNT(doubts));
}

static void functions_that_may_return(void **state)
{
	static const char output[] = "a.py:2: error: Function is missing a return type annotation  [no-untyped-def]\n"
				     "a.py:2: note: Use \"-> None\" if function does not return a value";
	static const struct doubt doubts[] = {
		{"python/mypy-mechanical", "a.py", "class A:\n    def f(self):\n        self.x = 1\n", "mypy .", output,
			TIER_HEAL},
		{"python/mypy-mechanical", "a.py", "class A:\n    def f(self):\n        pass\n", "mypy .", output,
			TIER_OFF},
		{"python/mypy-mechanical", "a.py", "class A:\n    def f(self): ...\n", "mypy .", output, TIER_OFF},
		{"python/mypy-mechanical", "a.py", "class A:\n    def f(self):\n        raise NotImplementedError\n",
			"mypy .", output, TIER_OFF},
		{"python/mypy-mechanical", "a.py", "class A:\n    def f(self):\n        yield 1\n", "mypy .", output,
			TIER_OFF},
		{"python/mypy-mechanical", "a.py",
			"class A:\n    def f(self):\n        g()\n\n\nclass B(A):\n    def f(self) -> int:\n        "
			"return 1\n",
			"mypy .", output, TIER_OFF},
		{"python/mypy-mechanical", "a.py",
			"class A:\n    def f(self):\n        if g():\n            return  # no\n", "mypy .", output,
			TIER_HEAL},
	};

	(void)state;
	check_all(doubts, COUNT(doubts));
}

static void heads_of_files(void **state)
{
	static const char output[] =
		"ERROR: src/a.py: missing licence header, expected as first lines:\n    # Copyright A\n";
	static const struct doubt doubts[] = {
		{"text/license-header", "src/a.py", "y = 1\n", "ci/check", output, TIER_HEAL},
		{"text/license-header", "src/a.py", "# -*- coding: latin-1 -*-\ny = 1\n", "ci/check", output, TIER_OFF},
		{"text/license-header", "src/a.py", "# Licensed to B\ny = 1\n", "ci/check", output, TIER_OFF},
		{"text/license-header", "src/a.py", "# \xc2\xa9 2020 B\ny = 1\n", "ci/check", output, TIER_OFF},
		{"text/license-header", "src/a.py", "# Generated by x\ny = 1\n", "ci/check", output, TIER_OFF},
		{"text/license-header", "src/a.c", "int y;\n", "ci/check",
			"ERROR: src/a.c: missing licence header, expected as first lines:\n    # Copyright A\n",
			TIER_OFF},
	};

	(void)state;
	check_all(doubts, COUNT(doubts));
}

static void diffs_in_another_name(void **state)
{
	static const struct doubt doubts[] = {
		{"diff/printed", "a.py", "x=1\n", "./check.sh",
			"would reformat a.py\n--- a.py\n+++ a.py\n@@ -1 +1 @@\n-x=1\n+x = 1", TIER_HEAL},
		{"diff/printed", "a.py", "x=1\n", "./check.sh",
			"would reformat a.py\n--- a.py\n+++ a.py\n@@ -1 +1 @@\n-x=1\n+x = 2", TIER_OFF},
		{"diff/printed", "a.py", "x=1\n", "./check.sh",
			"would reformat a.py\n--- a.py\n+++ a.py\n@@ -1 +1 @@\n-x=1\n+import os", TIER_OFF},
		{"diff/printed", "a.py", "x=1\n", "black --diff --check .",
			"--- /home/runner/work/other/other/a.py\n+++ /home/runner/work/other/other/a.py\n@@ -1 +1 "
			"@@\n-x=1\n+x = 1",
			TIER_OFF},
		{"diff/printed", "a.txt", "made 2024-01-01T10:00:00\n", "git diff --exit-code",
			"diff --git a/a.txt b/a.txt\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-made 2024-01-01T10:00:00\n"
			"+made 2024-01-02T11:30:05",
			TIER_OFF},
	};

	(void)state;
	check_all(doubts, COUNT(doubts));
}

static void what_a_compiler_guesses(void **state)
{
	static const struct doubt doubts[] = {
		{"c/compiler-errors", "a.c", "struct s { int width; };\nint f(struct s *p) { return p->widht; }\n",
			"make", "a.c:2:32: error: 'struct s' has no member named 'widht'; did you mean 'width'?",
			TIER_HEAL},
		{"c/compiler-errors", "a.c",
			"struct s { int width; int wight; };\nint f(struct s *p) { return p->widht; }\n", "make",
			"a.c:2:32: error: 'struct s' has no member named 'widht'; did you mean 'width'?", TIER_REVIEW},
		{"c/compiler-errors", "a.c", "struct s { int width; };\nint f(struct s *p) { return p->width; }\n",
			"./run_tests", "a.c:2:32: error: 'struct s' has no member named 'width'; did you mean 'widht'?",
			TIER_OFF},
		{"c/compiler-errors", "a.c", "int f(void)\n{\n\tint n = 0;\n#ifdef W\n\tn++;\n#endif\n\treturn 1;\n}\n",
			"make", "a.c:3:6: error: unused variable 'n' [-Werror=unused-variable]", TIER_OFF},
		{"java/semicolon", "A.java", "class A {\n    void f()\n}\n", "javac A.java",
			"A.java:2: error: ';' expected\n    void f()\n            ^", TIER_OFF},
		{"java/semicolon", "A.java", "class A {\n    int f() {\n        return 1\n    }\n}\n", "mvn -B compile",
			"[ERROR] /home/runner/work/repo/repo/A.java:[3,17] ';' expected", TIER_HEAL},
		{"json/trailing-comma", "tests/fixtures/bad.json", "{\"a\": 1,}\n", "node x.js",
			"SyntaxError: tests/fixtures/bad.json: Unexpected token } in JSON at position 8", TIER_OFF},
		{"yaml/yamllint", "a.yaml", "a: {{ .x }}\nb: 1 \n", "yamllint -f parsable .",
			"a.yaml:2:5: [error] trailing spaces (trailing-spaces)", TIER_OFF},
		{"js/unused-names", "a.ts", "import { b, c } from './b';\n", "tsc",
			"a.ts(1,13): error TS6133: 'c' is declared but its value is never read.", TIER_HEAL},
		{"js/unused-names", "a.ts", "import { c } from './b';\n", "tsc",
			"a.ts(1,10): error TS6133: 'c' is declared but its value is never read.", TIER_OFF},
		{"js/unused-names", "a.ts", "const c = 1;\n", "tsc",
			"a.ts(1,7): error TS6133: 'c' is declared but its value is never read.", TIER_OFF},
	};

	(void)state;
	check_all(doubts, COUNT(doubts));
}

/* Which requirements file may be written. */
static void requirements_that_a_program_writes(void **state)
{
	static const char output[] =
		"  File \"app.py\", line 1, in <module>\nModuleNotFoundError: No module named 'yaml'";
	static const struct {
		const char *import, *requirements, *beside, *command, *output;
		enum tier tier;
	} rows[] = {
		{"import yaml\n", "click\n", "x", "pip install -r requirements.txt\npython app.py", output, TIER_HEAL},
		{"import yaml\n", "click\n", "requirements.in", "pip install -r requirements.txt\npython app.py",
			output, TIER_OFF},
		{"import yaml\n", "click\n", "poetry.lock", "pip install -r requirements.txt\npython app.py", output,
			TIER_OFF},
		{"import yaml\n", "--require-hashes\nclick\n", "x", "pip install -r requirements.txt\npython app.py",
			output, TIER_OFF},
		{"import yaml\n", "click\n", "x", "pip install --require-hashes -r requirements.txt\npython app.py",
			output, TIER_OFF},
		{"import yaml\n", "-i https://pypi.example/simple\nclick\n", "x",
			"pip install -r requirements.txt\npython app.py", output, TIER_REVIEW},
		{"try:\n    import yaml\nexcept ImportError:\n    yaml = None\n", "click\n", "x",
			"pip install -r requirements.txt\npython app.py", output, TIER_REVIEW},
		{"import click\n", "click\n", "x", "pip install -r requirements.txt\npython app.py", output,
			TIER_REVIEW},
		{"import yaml\n", "click\n", "requirements-full.txt", "pip install -r requirements.txt\npython app.py",
			output, TIER_REVIEW},
		{"import yaml\n", "click\n", "tools/requirements.in", "pip install -r requirements.txt\npython app.py",
			output, TIER_REVIEW},
		{"import yaml\n", "click\n", "x", "pip install -r requirements.txt\npytest",
			"E   AssertionError: assert 'x' == \"No module named 'yaml'\"", TIER_OFF},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct world_file files[] = {{"app.py", rows[i].import, TREE_FILE},
			{"requirements.txt", rows[i].requirements, TREE_FILE}, {rows[i].beside, "PyYAML\n", TREE_FILE},
			{0}};
		const struct doubt d = {
			.fixer = "python/requirement", .command = rows[i].command, .output = rows[i].output};

		assert_int_equal(tier_of(files, &d, CATEGORY_IMPORT), rows[i].tier);
	}
}

#define SHELLCHECK(old, new)                                                                                           \
	"shellcheck ci.sh", "\nIn ci.sh line 3:\n" old "\n  ^--^ SC2086 (info): Double quote to prevent globbing.\n\n" \
			    "Did you mean:\n" new "\n\n"

static void variables_that_are_several_words_or_none(void **state)
{
	static const struct doubt doubts[] = {
		{"sh/shellcheck", "ci.sh", "#!/bin/sh\nd=$1\nrm $d/x\n", SHELLCHECK("rm $d/x", "rm \"$d\"/x"),
			TIER_HEAL},
		{"sh/shellcheck", "ci.sh", "#!/bin/sh\nn=${2:-7}\nrm $n\n", SHELLCHECK("rm $n", "rm \"$n\""),
			TIER_HEAL},
		{"sh/shellcheck", "ci.sh", "#!/bin/sh\nforce=\nrm $force x\n",
			SHELLCHECK("rm $force x", "rm \"$force\" x"), TIER_REVIEW},
		{"sh/shellcheck", "ci.sh", "#!/bin/sh\n[ -t 1 ] && force=-f\nrm $force x\n",
			SHELLCHECK("rm $force x", "rm \"$force\" x"), TIER_REVIEW},
		{"sh/shellcheck", "ci.sh", "#!/bin/sh\nhost=${host:-a b}\nping $host\n",
			SHELLCHECK("ping $host", "ping \"$host\""), TIER_REVIEW},
		{"sh/shellcheck", "ci.sh", "#!/bin/sh\n\ncc -c $objects\n",
			SHELLCHECK("cc -c $objects", "cc -c \"$objects\""), TIER_REVIEW},
		{"sh/shellcheck", "ci.sh", "#!/bin/sh\n\nexec $1 now\n", SHELLCHECK("exec $1 now", "exec \"$1\" now"),
			TIER_REVIEW},
		{"sh/shellcheck", "ci.sh", "#!/bin/sh\n\nmake $VERBOSE\n",
			SHELLCHECK("make $VERBOSE", "make \"$VERBOSE\""), TIER_REVIEW},
		{"sh/shellcheck", "ci.sh", "#!/bin/sh\n\nls $GITHUB_WORKSPACE\n",
			SHELLCHECK("ls $GITHUB_WORKSPACE", "ls \"$GITHUB_WORKSPACE\""), TIER_HEAL},
	};

	(void)state;
	check_all(doubts, COUNT(doubts));
}

#define ESLINT(place, name)                                                                                            \
	"npx eslint .", "\n/home/runner/work/repo/repo/a.js\n  " place "  error  '" name                               \
			"' is defined but never used  no-unused-vars\n"

static void names_whose_place_carries_meaning(void **state)
{
	static const struct doubt doubts[] = {
		{"js/lint-codes", "a.js", "import {\n  b,\n  c,\n} from './d';\nc();\n", ESLINT("2:3", "b"),
			TIER_REVIEW},
		{"js/lint-codes", "a.js", "const { b, c } = require('./d');\nc();\n", ESLINT("1:9", "b"), TIER_REVIEW},
		{"js/lint-codes", "a.js", "function f(\n  b,\n  c,\n) {\n  return c;\n}\n", ESLINT("2:3", "b"),
			TIER_OFF},
		{"js/lint-codes", "a.js", "const {\n  b,\n  ...c\n} = require('./d');\nc();\n", ESLINT("2:3", "b"),
			TIER_OFF},
		{"js/lint-codes", "a.js", "const { b, ...c } = require('./d');\nc();\n", ESLINT("1:9", "b"), TIER_OFF},
		{"js/lint-codes", "a.js", "const [\n  b,\n  c,\n] = f();\nc();\n", ESLINT("2:3", "b"), TIER_OFF},
	};

	(void)state;
	check_all(doubts, COUNT(doubts));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(white_space_that_is_a_value),
		cmocka_unit_test(words_that_are_names),
		cmocka_unit_test(imports_that_are_meant),
		cmocka_unit_test(functions_that_may_return),
		cmocka_unit_test(heads_of_files),
		cmocka_unit_test(diffs_in_another_name),
		cmocka_unit_test(what_a_compiler_guesses),
		cmocka_unit_test(requirements_that_a_program_writes),
		cmocka_unit_test(variables_that_are_several_words_or_none),
		cmocka_unit_test(names_whose_place_carries_meaning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
