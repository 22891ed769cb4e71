#include "world.h"

/* Proposes in a world of several files; 1 with the content of `path` in *ret (malloc'ed), else 0. */
static int propose(const struct world_file *files, const char *fixer, const char *job, enum category category,
	const char *command, const char *output, const char *path, char **ret, enum tier *tier)
{
	struct world w;
	int status;

	*ret = NULL;
	world_open(&w, files, command, output, 1);
	w.finding.category = category;
	w.diagnosis.job.name = job;
	status = world_propose(&w, fixer);
	if (status == 1) {
		const struct fix_edit *edit = world_edit(&w, path);

		assert_non_null(edit);
		*ret = mem_bytes(edit->content.p, edit->content.n);
		*tier = w.proposal.tier;
	}
	world_close(&w);
	return status;
}

static void check(const struct world_file *files, const char *fixer, const char *command, const char *output,
	const char *path, const char *want)
{
	MEM_AUTO char *got = NULL;
	enum tier tier = TIER_OFF;
	int status = propose(files, fixer, NULL, CATEGORY_BUILD, command, output, path, &got, &tier);

	assert_int_equal(status, want != NULL);
	if (want) {
		assert_string_equal(got, want);
		assert_int_equal(tier, TIER_HEAL);
	}
}

#define W "/home/runner/work/repo/repo/"

static void corrects_the_case_of_paths(void **state)
{
	const struct world_file files[] = {{"src/index.js", "const c = require(\"./currency\")\n", TREE_FILE},
		{"src/Currency.js", "", TREE_FILE},
		{"src/label.ts", "import { d } from './format/degrees.js';\n", TREE_FILE},
		{"src/format/Degrees.ts", "", TREE_FILE}, {"src/format/index.ts", "", TREE_FILE},
		{"test/a.test.js", "import x from '../src/Format'\n", TREE_FILE}, {0}};
	const struct world_file two[] = {
		{"a.js", "require('./b')\n", TREE_FILE}, {"B.js", "", TREE_FILE}, {"B.ts", "", TREE_FILE}, {0}};
	const struct world_file exact[] = {
		{"a.js", "require('./b')\n", TREE_FILE}, {"B.js", "", TREE_FILE}, {"b.ts", "", TREE_FILE}, {0}};

	(void)state;
	check(files, "js/path-case", "npm test",
		"Error: Cannot find module './currency'\nRequire stack:\n- " W "src/index.js\n- " W "t.js",
		"src/index.js", "const c = require(\"./Currency\")\n");
	check(files, "js/path-case", "tsc",
		"src/label.ts(1,25): error TS2307: Cannot find module './format/degrees.js' or its types.",
		"src/label.ts", "import { d } from './format/Degrees.js';\n");
	check(files, "js/path-case", "jest", "Cannot find module '../src/Format' from 'test/a.test.js'",
		"test/a.test.js", "import x from '../src/format'\n");
	check(files, "js/path-case", "npm test",
		"Error: Cannot find module 'currency'\nRequire stack:\n- " W "src/index.js", "", NULL);
	check(files, "js/path-case", "npm test",
		"Error: Cannot find module './money'\nRequire stack:\n- " W "src/index.js", "", NULL);
	check(exact, "js/path-case", "npm test", "Error: Cannot find module './b'\nRequire stack:\n- " W "a.js", "",
		NULL);
	check(two, "js/path-case", "npm test", "Error: Cannot find module './b'\nRequire stack:\n- " W "a.js", "a.js",
		"require('./B')\n");
}

static void keeps_folders_that_the_repository_keeps(void **state)
{
	const struct world_file files[] = {
		{".gitignore", "out/*\n!out/.gitkeep\n/tmp/x/**\n", TREE_FILE}, {"a.sh", "", TREE_FILE}, {0}};
	const struct world_file general[] = {
		{"sub/.gitignore", "logs/*\n!.gitkeep\n", TREE_FILE}, {"sub/a", "", TREE_FILE}, {0}};
	const struct world_file there[] = {
		{".gitignore", "out/*\n!out/.gitkeep\n", TREE_FILE}, {"out/b", "", TREE_FILE}, {0}};

	(void)state;
	check(files, "fs/gitkeep", "./a.sh", "./a.sh: line 4: out/sum.txt: No such file or directory", "out/.gitkeep",
		"");
	check(files, "fs/gitkeep", "pytest",
		"E  FileNotFoundError: [Errno 2] No such file or directory: '" W "out/sum.txt'", "out/.gitkeep", "");
	check(files, "fs/gitkeep", "node a", "Error: ENOENT: no such file or directory, open 'out/sum.txt'",
		"out/.gitkeep", "");
	check(general, "fs/gitkeep", "node a", "Error: ENOENT: no such file or directory, open 'sub/logs/x'",
		"sub/logs/.gitkeep", "");
	check(files, "fs/gitkeep", "./a.sh", "./a.sh: line 4: data/in.csv: No such file or directory", "", NULL);
	check(files, "fs/gitkeep", "./a.sh", "./a.sh: line 4: ../out/x: No such file or directory", "", NULL);
	check(there, "fs/gitkeep", "./a.sh", "./a.sh: line 4: out/sum.txt: No such file or directory", "", NULL);
}

static void cuts_trailing_commas(void **state)
{
	const struct world_file bad[] = {{"package.json", "{\"a\": [1, 2,],\n \"b\": \"x,}\",\n}\n", TREE_FILE},
		{"tsconfig.json", "{\"a\": 1,}\n", TREE_FILE}, {0}};
	const struct world_file worse[] = {{"package.json", "{\"a\": 1,, }\n", TREE_FILE}, {0}};
	const struct world_file fine[] = {{"package.json", "{\"a\": 1}\n", TREE_FILE}, {0}};
	static const char said[] =
		"npm error code EJSONPARSE\nnpm error path " W "package.json\nnpm error JSON.parse Failed";

	(void)state;
	check(bad, "json/trailing-comma", "npm ci", said, "package.json", "{\"a\": [1, 2],\n \"b\": \"x,}\"\n}\n");
	check(worse, "json/trailing-comma", "npm ci", said, "", NULL);
	check(fine, "json/trailing-comma", "npm ci", said, "", NULL);
	check(bad, "json/trailing-comma", "tsc", "tsconfig.json(1,8): JSON.parse failed", "", NULL);
	check(bad, "json/trailing-comma", "npm ci", "reads package.json", "", NULL);
}

static void corrects_npm_scripts_of_makefiles(void **state)
{
	const struct world_file files[] = {{"Makefile", "ci:\n\tnpm run test:unti\n", TREE_FILE},
		{"package.json", "{\"scripts\": {\"test:unit\": \"x\", \"test:ci\": \"y\"}}", TREE_FILE}, {0}};
	const struct world_file two[] = {{"Makefile", "ci:\n\tnpm run tesst\n", TREE_FILE},
		{"package.json", "{\"scripts\": {\"test\": \"x\", \"tesst1\": \"y\"}}", TREE_FILE}, {0}};

	(void)state;
	check(files, "make/npm-script", "make ci",
		"npm error Missing script: \"test:unti\"\nmake: *** [Makefile:2: ci] Error 1", "Makefile",
		"ci:\n\tnpm run test:unit\n");
	check(files, "make/npm-script", "make ci",
		"npm error Missing script: \"deploy\"\nmake: *** [Makefile:2: ci] Error 1", "", NULL);
	check(two, "make/npm-script", "make ci",
		"npm error Missing script: \"tesst\"\nmake: *** [Makefile:2: ci] Error 1", "", NULL);
}

static void adds_known_declarations(void **state)
{
	static const char package[] = "{\n  \"dependencies\": {\n    \"lodash\": \"4\"\n  },\n  \"devDependencies\": "
				      "{\n    \"typescript\": \"5\"\n  }\n}\n";
	static const char said[] =
		"src/a.ts(1,1): error TS7016: Could not find a declaration file for module 'lodash'.\n"
		"  Try `npm i --save-dev @types/lodash` if it exists or add";
	const struct world_file files[] = {{"package.json", package, TREE_FILE}, {"src/a.ts", "", TREE_FILE}, {0}};
	const struct world_file locked[] = {
		{"package.json", package, TREE_FILE}, {"package-lock.json", "{}", TREE_FILE}, {0}};

	(void)state;
	check(files, "js/types-package", "tsc", said, "package.json",
		"{\n  \"dependencies\": {\n    \"lodash\": \"4\"\n  },\n  \"devDependencies\": {\n    "
		"\"@types/lodash\": \"^4.0.0\",\n    \"typescript\": \"5\"\n  }\n}\n");
	check(locked, "js/types-package", "tsc", said, "", NULL);
	check(files, "js/types-package", "tsc", "  Try `npm i --save-dev @types/evil` if it exists", "", NULL);
	check(files, "js/types-package", "tsc", "  Try `npm i --save-dev @types/express` if it exists", "", NULL);
}

static void takes_names_out_of_use_items(void **state)
{
	const struct world_file files[] = {{"src/lib.rs",
						   "use std::collections::{BTreeMap, HashMap};\nuse std::fmt;\nuse "
						   "std::io::{self, Read};\npub use a::B;\n",
						   TREE_FILE},
		{0}};
	static const char tail[] = "\nerror: could not compile `x` (lib) due to 1 previous error";
	BUF_AUTO text = buf_new(BUF_PAGE);

	(void)state;
	buf_addf(&text, "error: unused import: `HashMap`\n --> src/lib.rs:1:34\n  |\n1 | use\n%s", tail);
	check(files, "rust/unused-import", "cargo build", buf_text(&text), "src/lib.rs",
		"use std::collections::BTreeMap;\nuse std::fmt;\nuse std::io::{self, Read};\npub use a::B;\n");
	buf_clear(&text);
	buf_addf(&text,
		"error: unused import: `std::fmt`\n --> src/lib.rs:2:5\n\nerror: unused import: `Read`\n --> "
		"src/lib.rs:3:21%s",
		tail);
	check(files, "rust/unused-import", "cargo build", buf_text(&text), "src/lib.rs",
		"use std::collections::{BTreeMap, HashMap};\nuse std::io;\npub use a::B;\n");
	buf_clear(&text);
	buf_addf(&text, "error: unused imports: `BTreeMap` and `HashMap`\n --> src/lib.rs:1:24%s", tail);
	check(files, "rust/unused-import", "cargo build", buf_text(&text), "src/lib.rs",
		"use std::fmt;\nuse std::io::{self, Read};\npub use a::B;\n");
	check(files, "rust/unused-import", "cargo build", "error: unused import: `a::B`\n --> src/lib.rs:4:9", "",
		NULL);
	check(files, "rust/unused-import", "cargo build", "error: unused import: `Set`\n --> src/lib.rs:1:34", "",
		NULL);
	check(files, "rust/unused-import", "cargo build",
		"error: unused import: `HashMap`\n --> src/lib.rs:1:34\n\nerror[E0425]: cannot find value `x`\n --> "
		"src/lib.rs:9:1",
		"", NULL);
}

static void applies_replacements_of_clang_tidy(void **state)
{
	const struct world_file files[] = {{"a.cpp", "    return NULL;\n", TREE_FILE}, {0}};

	(void)state;
	check(files, "c/clang-tidy", "clang-tidy a.cpp",
		W "a.cpp:1:12: error: use nullptr [modernize-use-nullptr,-warnings-as-errors]\n    return NULL;\n      "
		  "     ^~~~\n           nullptr",
		"a.cpp", "    return nullptr;\n");
	check(files, "c/clang-tidy", "clang-tidy a.cpp",
		W "a.cpp:1:12: error: use nullptr [modernize-use-nullptr,-warnings-as-errors]\n    1 |     return "
		  "NULL;\n      |            ^~~~\n"
		  "      |            nullptr",
		"a.cpp", "    return nullptr;\n");
	check(files, "c/clang-tidy", "clang-tidy a.cpp",
		W "a.cpp:1:12: error: use nullptr [modernize-use-nullptr]\n    return 0;\n           ^\n           "
		  "nullptr",
		"", NULL);
	check(files, "c/clang-tidy", "clang-tidy a.cpp",
		W "a.cpp:1:12: error: narrowing [bugprone-narrowing-conversions]\n    return NULL;\n           ^~~~\n  "
		  "         nullptr",
		"", NULL);
}

static void adds_headers_that_others_have(void **state)
{
	const struct world_file files[] = {{"src/a.c", "/* SPDX: MIT */\nint a;\n", TREE_FILE},
		{"src/b.c", "int b;\n", TREE_FILE}, {"run.sh", "#!/bin/sh\n# SPDX: MIT\n", TREE_FILE},
		{"go.sh", "#!/bin/sh\ntrue\n", TREE_FILE}, {0}};

	(void)state;
	check(files, "text/license-header", "./check.sh",
		"ERROR: src/b.c: missing licence header, expected:\n    /* SPDX: MIT */\n1 file", "src/b.c",
		"/* SPDX: MIT */\nint b;\n");
	check(files, "text/license-header", "./check.sh", "go.sh lacks the SPDX header:\n  # SPDX: MIT\n", "go.sh",
		"#!/bin/sh\n# SPDX: MIT\ntrue\n");
	check(files, "text/license-header", "./check.sh", "src/b.c: missing licence header:\n    /* Other */\n", "",
		NULL);
	check(files, "text/license-header", "./check.sh", "src/b.c: missing licence header:\n    rm -rf\n", "", NULL);
}

/* ---- for review ------------------------------------------------------------------------------------- */

static void review(const struct world_file *files, const char *fixer, const char *job, const char *output,
	const char *path, const char *want)
{
	MEM_AUTO char *got = NULL;
	enum tier tier = TIER_OFF;
	int status = propose(files, fixer, job, CATEGORY_WORKFLOW, "go vet ./...", output, path, &got, &tier);

	assert_int_equal(status, want != NULL);
	if (want) {
		assert_string_equal(got, want);
		assert_int_equal(tier, TIER_REVIEW);
	}
}

#define CI ".github/workflows/ci.yml"

static void proposes_changes_of_workflows(void **state)
{
	const struct world_file old[] = {{CI,
						 "jobs:\n  build:\n    steps:\n      - uses: "
						 "actions/upload-artifact@v3 # x\n      - uses: acme/x@v3\n",
						 TREE_FILE},
		{0}};
	const struct world_file env[] = {
		{CI, "run: |\n  echo \"::set-env name=A::$b\"\n  echo '::add-path::/x'\n", TREE_FILE}, {0}};
	const struct world_file odd[] = {{CI, "run: printf '::set-env name=A::%s' $b\n", TREE_FILE}, {0}};
	const struct world_file may[] = {
		{CI, "on: [pull_request]\npermissions:\n  contents: read\njobs: {}\n", TREE_FILE}, {0}};
	const struct world_file has[] = {{CI, "on: [push]\npermissions:\n  issues: read\njobs: {}\n", TREE_FILE}, {0}};
	const struct world_file sub[] = {
		{CI, "jobs:\n  b:\n    steps:\n      - uses: actions/checkout@v4\n      - run: make\n", TREE_FILE},
		{".gitmodules", "[submodule \"x\"]\n\tpath = third/x\n", TREE_FILE}, {0}};
	static const char disabled[] =
		"The `set-env` command is disabled. Please upgrade to using Environment Files or";
	static const char refused[] = "Resource not accessible by integration\n 'x-accepted-github-permissions': "
				      "'issues=write; pull_requests=write',";

	(void)state;
	review(old, "workflow/deprecated-action", "build",
		"it uses a deprecated version of `actions/upload-artifact: v3`. Learn", CI,
		"jobs:\n  build:\n    steps:\n      - uses: actions/upload-artifact@v4 # x\n      - uses: acme/x@v3\n");
	review(old, "workflow/deprecated-action", "build", "nothing of that kind", CI, NULL);
	review(env, "workflow/environment-file", NULL, disabled, CI,
		"run: |\n  echo \"A=$b\" >> \"$GITHUB_ENV\"\n  echo '/x' >> \"$GITHUB_PATH\"\n");
	review(odd, "workflow/environment-file", NULL, disabled, CI, NULL);
	review(may, "workflow/permissions", NULL, refused, CI,
		"on: [pull_request]\npermissions:\n  contents: read\n  pull-requests: write\njobs: {}\n");
	review(has, "workflow/permissions", NULL, refused, CI, "on: [push]\npermissions:\n  issues: write\njobs: {}\n");
	review(may, "workflow/permissions", NULL, "x-accepted-github-permissions: issues=write", CI, NULL);
	review(sub, "workflow/submodules", "b",
		"gcc -Ithird/x/include a.c\na.c:1:1: fatal error: x.h: No such file or directory", CI,
		"jobs:\n  b:\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          submodules: "
		"recursive\n      - run: make\n");
	review(sub, "workflow/submodules", "b", "a.c:1:1: fatal error: x.h: No such file or directory", CI, NULL);
}

static void proposes_verbs_and_blanks(void **state)
{
	const struct world_file verb[] = {
		{"a.go", "fmt.Printf(\"%d %d\", n, s)\nfmt.Printf(\"%d\", s)\n", TREE_FILE}, {0}};
	const struct world_file tab[] = {{"a.py", "for x in y:\n\ta = 1\n        b = 2\n", TREE_FILE}, {0}};

	(void)state;
	review(verb, "go/vet-printf", NULL, "a.go:2:1: fmt.Printf format %d has arg s of wrong type string", "a.go",
		"fmt.Printf(\"%d %d\", n, s)\nfmt.Printf(\"%s\", s)\n");
	review(verb, "go/vet-printf", NULL, "a.go:1:1: fmt.Printf format %d has arg s of wrong type string", "a.go",
		NULL);
	review(verb, "go/vet-printf", NULL, "a.go:2:1: fmt.Printf format %d has arg s of wrong type acme.T", "a.go",
		NULL);
	review(tab, "python/tab-error", NULL,
		"  File \"a.py\", line 2\n    a = 1\nTabError: inconsistent use of tabs and spaces in indentation",
		"a.py", "for x in y:\n        a = 1\n        b = 2\n");
	review(tab, "python/tab-error", NULL,
		"  File \"a.py\", line 3\n    a = 1\nTabError: inconsistent use of tabs and spaces in indentation",
		"a.py", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(corrects_the_case_of_paths),
		cmocka_unit_test(keeps_folders_that_the_repository_keeps),
		cmocka_unit_test(cuts_trailing_commas),
		cmocka_unit_test(corrects_npm_scripts_of_makefiles),
		cmocka_unit_test(adds_known_declarations),
		cmocka_unit_test(takes_names_out_of_use_items),
		cmocka_unit_test(applies_replacements_of_clang_tidy),
		cmocka_unit_test(adds_headers_that_others_have),
		cmocka_unit_test(proposes_changes_of_workflows),
		cmocka_unit_test(proposes_verbs_and_blanks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
