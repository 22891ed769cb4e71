#include "world.h"

#define W "/home/runner/work/repo/repo/"

static void c(const char *source, const char *output, const char *want)
{
	world_check("c/compiler-errors", CATEGORY_BUILD, "src/a.c", source, "make", output, want);
}

static void does_what_compilers_suggest(void **state)
{
	(void)state;
	c("int f(void) { return c->widht; }\n",
		"src/a.c:1:25: error: \xe2\x80\x98struct s\xe2\x80\x99 has no member named "
		"\xe2\x80\x98widht\xe2\x80\x99; did you mean "
		"\xe2\x80\x98width\xe2\x80\x99?\nmake: *** [Makefile:2: a.o] Error 1",
		"int f(void) { return c->width; }\n");
	c("x = s.lenght;\n", "src/a.c:1:7: error: no member named 'lenght' in 'struct s'; did you mean 'length'?",
		"x = s.length;\n");
	c("int a = 1\nreturn a;\n",
		"src/a.c:1:10: error: expected \xe2\x80\x98;\xe2\x80\x99 before \xe2\x80\x98return\xe2\x80\x99",
		"int a = 1;\nreturn a;\n");
	c("    unsigned spare;\n    f();\n",
		"src/a.c:1:14: error: unused variable \xe2\x80\x98spare\xe2\x80\x99 [-Werror=unused-variable]",
		"    f();\n");
	c("    int n = 0;\n    f();\n", "src/a.c:1:9: error: unused variable 'n' [-Werror,-Wunused-variable]",
		"    f();\n");
	c("#include \"a.h\"\n\nint f(void) { return strlen(x); }\n",
		"src/a.c:3:22: error: implicit declaration of function \xe2\x80\x98strlen\xe2\x80\x99 [-Werror]\n"
		"src/a.c:2:1: note: include \xe2\x80\x98<string.h>\xe2\x80\x99 or provide a declaration of "
		"\xe2\x80\x98strlen\xe2\x80\x99",
		"#include \"a.h\"\n#include <string.h>\n\nint f(void) { return strlen(x); }\n");
}

static void adds_headers_of_the_cpp_library(void **state)
{
	static const char said[] =
		"src/a.c:3:6: error: \xe2\x80\x98vector\xe2\x80\x99 is not a member of \xe2\x80\x98std\xe2\x80\x99\n"
		"src/a.c:2:1: note: \xe2\x80\x98std::vector\xe2\x80\x99 is defined in header "
		"\xe2\x80\x98<vector>\xe2\x80\x99; did you "
		"forget to \xe2\x80\x98#include <vector>\xe2\x80\x99?\n"
		"src/a.c:3:13: error: expected primary-expression before \xe2\x80\x98int\xe2\x80\x99";

	(void)state;
	c("#include <map>\n\nstd::vector<int> v;\n", said,
		"#include <map>\n#include <vector>\n\nstd::vector<int> v;\n");
	c("#include <vector>\n\nstd::vector<int> v;\n", said, NULL);
}

static void doubtful_suggestions_are_refused(void **state)
{
	(void)state;
	c("x = s.one;\n", "src/a.c:1:7: error: no member named 'one' in 'struct s'; did you mean 'two'?", NULL);
	c("x = s.item1;\n", "src/a.c:1:7: error: no member named 'item1' in 'struct s'; did you mean 'items'?", NULL);
	c("    int n = f();\n", "src/a.c:1:9: error: unused variable 'n' [-Werror=unused-variable]", NULL);
	c("    int n, m;\n", "src/a.c:1:9: error: unused variable 'n' [-Werror=unused-variable]", NULL);
	c("x = s.widht;\ny = 1;\n",
		"src/a.c:1:7: error: no member named 'widht' in 'struct s'; did you mean 'width'?\nsrc/a.c:2:1: error: "
		"'y' undeclared",
		NULL);
	c("x = s.width;\n", "src/a.c:1:7: error: no member named 'widht' in 'struct s'; did you mean 'width'?", NULL);
	c("#include \"a.h\"\n", "src/a.c:1:10: fatal error: a.h: No such file or directory", NULL);
	c("f(strlen(x));\n",
		"src/a.c:1:3: error: implicit declaration of function 'acme'\n"
		"src/a.c:1:1: note: include '<acme.h>' or provide a declaration of 'acme'",
		NULL);
}

static void java(const char *source, const char *output, const char *want)
{
	world_check("java/semicolon", CATEGORY_SYNTAX, "src/A.java", source, "make", output, want);
}

static void adds_semicolons_to_java(void **state)
{
	(void)state;
	java("  f(x)\n  g();\n", "src/A.java:1: error: ';' expected\n  f(x)\n      ^\n1 error", "  f(x);\n  g();\n");
	java("  f(x) // y\n", "src/A.java:1: error: ';' expected\n  f(x) // y\n      ^\n1 error", "  f(x); // y\n");
	java("  f(x)\n", "[ERROR] /home/runner/work/repo/repo/src/A.java:[1,7] ';' expected", "  f(x);\n");
	java("  f x y\n", "src/A.java:1: error: ';' expected\n  f x y\n     ^\n1 error", NULL);
	java("  f(x)\n",
		"src/A.java:1: error: ';' expected\n  f(x)\n      ^\nsrc/A.java:1: error: cannot find symbol\n", NULL);
	java("  f(x);\n", "src/A.java:1: error: ';' expected\n  f(x);\n      ^\n1 error", NULL);
}

static void makefile(const char *source, const char *output, const char *want)
{
	world_check("make/recipe-tab", CATEGORY_SYNTAX, "Makefile", source, "make all", output, want);
}

static void indents_recipes(void **state)
{
	static const char said[] = "Makefile:2: *** missing separator (did you mean TAB instead of 8 spaces?).  Stop.";

	(void)state;
	makefile("all:\n        echo a\n        echo b\n\nx = 1\n", said, "all:\n\techo a\n\techo b\n\nx = 1\n");
	makefile("all:\n    echo a\n", "Makefile:2: *** missing separator.  Stop.", "all:\n\techo a\n");
	makefile("x := 1\n        echo a\n", said, NULL);
	makefile("all:\n\techo a\n", said, NULL);
	makefile("all:\necho a\n", "Makefile:2: *** missing separator.  Stop.", NULL);
}

static void go(const char *source, const char *output, const char *want)
{
	world_check("go/unused-import", CATEGORY_BUILD, "a.go", source, "go build ./...", output, want);
}

static void removes_go_imports(void **state)
{
	static const char old_form[] = "# example.com/a\n./a.go:4:2: imported and not used: \"fmt\"";

	(void)state;
	go("package a\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n", old_form, "package a\n\nimport (\n\t\"os\"\n)\n");
	go("package a\n\nimport (\n\t\"fmt\"\n\n\t\"x/y\"\n)\n", old_form, "package a\n\nimport (\n\t\"x/y\"\n)\n");
	go("package a\n\nimport (\n\t\"fmt\"\n)\n\nvar x int\n", "./a.go:4:2: \"fmt\" imported and not used",
		"package a\n\nvar x int\n");
	go("package a\n\nimport \"fmt\"\n\nvar x int\n", "./a.go:3:8: \"fmt\" imported and not used",
		"package a\n\nvar x int\n");
	go("package a\n\nimport (\n\tf \"fmt\"\n\t\"os\"\n)\n", "vet: ./a.go:4:2: \"fmt\" imported as f and not used",
		"package a\n\nimport (\n\t\"os\"\n)\n");
	go("package a\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n",
		"./a.go:4:2: \"fmt\" imported and not used\n./a.go:9:2: declared and not used: x", NULL);
	go("package a\n\nimport (\n\t\"os\"\n)\n", old_form, NULL);
}

static void ts(const char *source, const char *output, const char *want)
{
	world_check("js/unused-expect-error", CATEGORY_TYPE, "src/a.ts", source, "tsc -p .", output, want);
}

static void removes_unused_directives(void **state)
{
	(void)state;
	ts("// @ts-expect-error old\nf();\n", "src/a.ts(1,1): error TS2578: Unused '@ts-expect-error' directive.",
		"f();\n");
	ts("  {/* @ts-expect-error */}\n<a/>\n",
		"src/a.ts:1:4 - error TS2578: Unused '@ts-expect-error' directive.\n\nFound 1 error in src/a.ts:1",
		"<a/>\n");
	ts("f(); // @ts-expect-error\n", "src/a.ts(1,6): error TS2578: Unused '@ts-expect-error' directive.", NULL);
	ts("// @ts-expect-error\nf();\n",
		"src/a.ts(1,1): error TS2578: Unused '@ts-expect-error' directive.\nsrc/a.ts(2,1): error TS2304: "
		"Cannot find name 'f'.",
		NULL);
}

static void executable(
	const char *content, enum tree_kind kind, const char *command, const char *output, int exit_code, bool want)
{
	const struct world_file files[] = {{"scripts/a.sh", content, kind}, {0}};
	struct world w;

	world_open(&w, files, command, output, exit_code);
	w.finding.category = CATEGORY_PERMISSION;
	assert_int_equal(world_propose(&w, "fs/executable-bit"), want);
	if (want) {
		const struct fix_edit *edit = world_edit(&w, "scripts/a.sh");

		assert_true(edit->mode_changes && edit->executable && !edit->content_changes);
	}
	world_close(&w);
}

static void sets_the_executable_bit(void **state)
{
	static const char script[] = "#!/bin/sh\n";

	(void)state;
	executable(script, TREE_FILE, "./scripts/a.sh",
		"/home/runner/work/_temp/8bb1.sh: line 1: ./scripts/a.sh: Permission denied", 126, true);
	executable(
		script, TREE_FILE, "npm test", "sh: 1: ./scripts/a.sh: Permission denied\nnpm error code 126", 1, true);
	executable(script, TREE_FILE, "make",
		"make: ./scripts/a.sh: Permission denied\nmake: *** [Makefile:2: x] Error 127", 2, true);
	executable(script, TREE_FILE, "go generate", "fork/exec ./scripts/a.sh: permission denied", 1, true);
	executable(script, TREE_FILE, "node x.js", "Error: spawn ./scripts/a.sh EACCES", 1, true);
	executable(script, TREE_FILE, "./b.sh", "./b.sh: line 3: scripts/a.sh: Permission denied", 1, false);
	executable(script, TREE_EXECUTABLE, "./scripts/a.sh", "bash: ./scripts/a.sh: Permission denied", 126, false);
	executable("data\n", TREE_FILE, "./scripts/a.sh", "bash: ./scripts/a.sh: Permission denied", 126, false);
	executable(script, TREE_FILE, "./scripts/b.sh", "bash: ./scripts/b.sh: Permission denied", 126, false);
}

static void line_ends(const char *path, const char *content, const char *command, const char *output, const char *want)
{
	world_check("fs/script-line-ends", CATEGORY_FILE, path, content, command, output, want);
}

static void ends_lines_of_scripts_with_lf(void **state)
{
	static const char env[] = "/usr/bin/env: \xe2\x80\x98"
				  "bash\\r\xe2\x80\x99: No such file or directory";

	(void)state;
	line_ends("scripts/a.sh", "#!/usr/bin/env bash\r\ntrue\r\n", "./scripts/a.sh", env,
		"#!/usr/bin/env bash\ntrue\n");
	line_ends("a.sh", "#!/bin/sh\r\ntrue\r\n", "make", "a.sh: line 2: $'\\r': command not found",
		"#!/bin/sh\ntrue\n");
	line_ends("a.sh", "#!/bin/sh\ntrue\n", "./a.sh", env, NULL);
	line_ends("a.txt", "text\r\n", "cat a.txt", env, NULL);
	line_ends("a.sh", "#!/bin/sh\r\n", "./a.sh", "a.sh: something else", NULL);
}

/* ---- commands ------------------------------------------------------------------------------------------ */

static const struct world_file tool_files[] = {{"a.py", "x=1\n", TREE_FILE}, {"b.js", "x\n", TREE_FILE},
	{"c.c", "x\n", TREE_FILE}, {"requirements-dev.txt", "black==22.1.0\n", TREE_FILE}, {"d.rb", "x\n", TREE_FILE},
	{0}};

static int tool(struct world *w, const char *fixer, const char *command, const char *output)
{
	world_open(w, tool_files, command, output, 1);
	return world_propose(w, fixer);
}

static void runs_tools_on_the_named_files(void **state)
{
	struct world w;

	(void)state;
	assert_int_equal(tool(&w, "python/black", "black --check .",
				 "would reformat /home/runner/work/repo/repo/a.py\n1 file would be reformatted."),
		1);
	assert_int_equal(w.proposal.kind, FIX_COMMAND);
	assert_string_equal(w.proposal.argv[0], "black");
	assert_string_equal(w.proposal.argv[2], "a.py");
	assert_null(w.proposal.argv[3]);
	assert_string_equal(w.proposal.proof.argv[2], "--check");
	assert_string_equal(w.proposal.tool_version_wanted, "22.1.0");
	world_close(&w);
	assert_int_equal(tool(&w, "js/prettier", "prettier --check .",
				 "[warn] b.js\n[warn] Code style issues found in the above file."),
		1);
	assert_int_equal(w.proposal.file_count, 1);
	world_close(&w);
	assert_int_equal(tool(&w, "c/clang-format", "clang-format --dry-run -Werror c.c",
				 "c.c:1:1: error: code should be clang-formatted [-Wclang-format-violations]"),
		1);
	world_close(&w);
	assert_int_equal(tool(&w, "js/eslint", "eslint .",
				 "\n/home/runner/work/repo/repo/b.js\n  1:1  error  x  no-var\n\n1 problem (1 error, 0 "
				 "warnings)\n"
				 "  1 error and 0 warnings potentially fixable with the `--fix` option."),
		1);
	assert_string_equal(w.proposal.files[0], "b.js");
	world_close(&w);
	assert_int_equal(tool(&w, "ruby/rubocop", "rubocop",
				 "d.rb:1:1: C: [Correctable] Layout/X: x\n1 file inspected, 1 offense detected, 1 "
				 "offense autocorrectable"),
		1);
	world_close(&w);
}

static void runs_tools_on_listed_files(void **state)
{
	const struct world_file files[] = {{"bin/a", "#!/bin/sh\n", TREE_FILE}, {"m/main.tf", "", TREE_FILE},
		{"x.go", "", TREE_FILE}, {"docs/a.md", "", TREE_FILE}, {"Cargo.lock", "", TREE_FILE},
		{"package-lock.json", "{}", TREE_FILE}, {0}};
	static const struct {
		const char *fixer, *command, *output, *file;
	} cases[] = {
		{"go/gofmt", "test -z \"$(gofmt -l .)\" || gofmt -l .", "x.go", "x.go"},
		{"sh/shfmt", "shfmt -i 2 -ci -l .", "bin/a", "bin/a"},
		{"tf/fmt", "terraform fmt -check -recursive", "m/main.tf", "m/main.tf"},
		{"js/markdownlint", "markdownlint-cli2", "docs/a.md:3:1 MD018/no-missing-space-atx No space",
			"docs/a.md"},
		{"rust/cargo-lock", "cargo build --locked",
			"error: the lock file " W "Cargo.lock needs to be updated but --locked was passed",
			"Cargo.lock"},
		{"js/npm-lock", "npm ci",
			"npm error `npm ci` can only install packages when your package.json and package-lock.json or",
			"package-lock.json"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct world w;
		int status;

		world_open(&w, files, cases[i].command, cases[i].output, 1);
		status = world_propose(&w, cases[i].fixer);
		if (status != 1)
			print_error("%s: %s\n", cases[i].fixer, w.e.text);
		assert_int_equal(status, 1);
		assert_int_equal(w.proposal.file_count, 1);
		assert_string_equal(w.proposal.files[0], cases[i].file);
		if (i == 1) {
			assert_string_equal(w.proposal.argv[2], "-i");
			assert_string_equal(w.proposal.argv[3], "2");
			assert_string_equal(w.proposal.argv[4], "-ci");
		}
		world_close(&w);
		world_open(&w, files, "true", cases[i].output, 1);
		if (i < 4)
			assert_int_equal(world_propose(&w, cases[i].fixer), 0);
		world_close(&w);
	}
}

static void the_log_beats_the_pins(void **state)
{
	struct world w;

	(void)state;
	assert_int_equal(tool(&w, "python/black", "pip install black\nblack --check .",
				 "Successfully installed black-23.1.0 click-8.1.3\nwould reformat a.py\n1 file would "
				 "be reformatted."),
		1);
	assert_string_equal(w.proposal.tool_version_wanted, "23.1.0");
	world_close(&w);
}

static void tools_that_cannot_mend_all_are_not_run(void **state)
{
	struct world w;

	(void)state;
	assert_int_equal(
		tool(&w, "python/black", "black --check .",
			"error: cannot format x.py: Cannot parse\nwould reformat a.py\n1 file would be reformatted."),
		0);
	world_close(&w);
	assert_int_equal(
		tool(&w, "python/black", "black --check .", "would reformat b.js\n1 file would be reformatted."), 0);
	world_close(&w);
	assert_int_equal(
		tool(&w, "python/black", "black --check .", "would reformat /tmp/a.py\n1 file would be reformatted."),
		0);
	world_close(&w);
	assert_int_equal(tool(&w, "js/eslint", "eslint .",
				 "/home/runner/work/repo/repo/b.js\n  1:1  error  x  no-var\n\n2 problems (2 errors, 0 "
				 "warnings)\n"
				 "  1 error and 0 warnings potentially fixable with the `--fix` option."),
		0);
	world_close(&w);
	assert_int_equal(tool(&w, "js/prettier", "pytest", "[warn] b.js\n"), 0);
	world_close(&w);
}

static void the_table_is_complete(void **state)
{
	size_t n = 0;

	(void)state;
	for (const struct fixer *const *f = fixer_table; *f; f++, n++) {
		const struct fixer *x = *f;

		assert_ptr_equal(fixer_find(x->id), x);
		assert_true(x->title && x->what && x->why_safe && x->heal_case && x->refuse_case && x->propose);
		assert_true(x->answers[0] && x->paths[0] && x->max_files && x->max_lines);
		assert_true(strchr(x->id, '/') != NULL && x->tier != TIER_OFF);
		assert_int_equal(x->kind == FIX_COMMAND, x->program != NULL); /* goimports tells no version */
		assert_int_equal(strncmp(x->id, x->ecosystem, strlen(x->ecosystem)), 0);
		assert_true(strcmp(x->heal_case, x->refuse_case) != 0);
	}
	assert_true(n >= 20);
	assert_null(fixer_find("no/such"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_what_compilers_suggest),
		cmocka_unit_test(adds_headers_of_the_cpp_library),
		cmocka_unit_test(doubtful_suggestions_are_refused),
		cmocka_unit_test(adds_semicolons_to_java),
		cmocka_unit_test(indents_recipes),
		cmocka_unit_test(removes_go_imports),
		cmocka_unit_test(removes_unused_directives),
		cmocka_unit_test(sets_the_executable_bit),
		cmocka_unit_test(ends_lines_of_scripts_with_lf),
		cmocka_unit_test(runs_tools_on_the_named_files),
		cmocka_unit_test(runs_tools_on_listed_files),
		cmocka_unit_test(the_log_beats_the_pins),
		cmocka_unit_test(tools_that_cannot_mend_all_are_not_run),
		cmocka_unit_test(the_table_is_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
