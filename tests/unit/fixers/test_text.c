#include "fixers/yaml/same.h"
#include "world.h"

static void white(const char *path, const char *source, const char *command, const char *output, const char *want)
{
	world_check("text/whitespace", CATEGORY_FORMAT, path, source, command, output, want);
}

static void strips_what_checks_name(void **state)
{
	(void)state;
	white("docs/a.md", "a  \nb\t\nc \n", "git diff --check",
		"docs/a.md:1: trailing whitespace.\n+a  \ndocs/a.md:2: trailing whitespace.\n+b\t", "a\nb\nc \n");
	white("a.jl", "a \n", "contrib/check.jl", "a.jl:1 -- trailing whitespace", "a\n");
	white("a.txt", "a\n\n\n", "git diff --check", "a.txt:2: new blank line at EOF.", "a\n");
	white("a.txt", "a", "ci/eof.sh", "a.txt: no newline at end of file\n1 file checked", "a\n");
	white("a.txt", "a", "ci/eof.sh", "No newline at end of file: a.txt", "a\n");
	white("a.txt", "a\r\nb", "ci/eof.sh", "a.txt: missing newline at EOF", "a\r\nb\r\n");
	white("a.txt", "a \n", "editorconfig-checker", "a.txt:\n\t1: Trailing whitespace\n\n1 errors found", "a\n");
	white("a.txt", "a", "ec", "a.txt:\n\tWrong line endings or no final newline\n\n1 errors found", "a\n");
}

#define HOOK(id, path)                                                                                                 \
	"hook.........Failed\n- hook id: " id "\n- exit code: 1\n- files were modified by this hook\n\nFixing " path

static void knows_hooks_of_pre_commit(void **state)
{
	(void)state;
	white("a.py", "a \nb  \n", "pre-commit run -a", HOOK("trailing-whitespace", "a.py"), "a\nb\n");
	white("a.py", "a\n\n\n", "pre-commit run -a", HOOK("end-of-file-fixer", "a.py"), "a\n");
	white("a.py", "a \n", "pre-commit run -a", HOOK("trailing-whitespace", "a.py") "\n" HOOK("black", "a.py"),
		NULL);
}

static void white_space_can_be_data(void **state)
{
	(void)state;
	white("fix.patch", " a\n \n", "git diff --check", "fix.patch:2: trailing whitespace.", NULL);
	white("x/__snapshots__/a.snap", "a \n", "git diff --check", "x/__snapshots__/a.snap:1: trailing whitespace.",
		NULL);
	white("a.tsv", "a\t\n", "git diff --check", "a.tsv:1: trailing whitespace.", NULL);
}

static void other_complaints_stop_it(void **state)
{
	(void)state;
	white("a.c", "a \n\tb\n", "git diff --check", "a.c:1: trailing whitespace.\na.c:2: leftover conflict marker",
		NULL);
	white("a.c", "a\n", "git diff --check", "a.c:1: trailing whitespace.", NULL);
	white("a.c", "a\n", "ci/eof.sh", "a.c: no newline at end of file", NULL);
	white("a.c", "a \n", "editorconfig-checker", "a.c:\n\t1: Trailing whitespace\n\t2: Wrong indentation type",
		NULL);
	white("README.md", "# a\n\n", "pre-commit run",
		"trim trailing whitespace....Failed\n- hook id: trailing-whitespace\n- exit code: 1\n\nFixing "
		"README.md",
		NULL);
	world_check("text/whitespace", CATEGORY_TEST, "a.c", "a \n", "make test", "a.c:1: trailing whitespace.", NULL);
}

static void spell(const char *path, const char *source, const char *command, const char *output, const char *want)
{
	world_check("text/spelling", CATEGORY_LINT, path, source, command, output, want);
}

static void corrects_spelling(void **state)
{
	(void)state;
	spell("README.md", "Teh cat, teh dog.\n", "codespell", "./README.md:1: teh ==> the", "Teh cat, the dog.\n");
	spell("a.py", "x = 1  # teh cat\n", "codespell", "a.py:1: teh ==> the", "x = 1  # the cat\n");
	spell("a.c", "/* teh\n * teh cat */\n", "codespell", "a.c:2: teh ==> the", "/* teh\n * the cat */\n");
	spell("a.md", "teh\n", "typos", "error: `teh` should be `the`\n  --> ./a.md:1:1\n  |\n1 | teh\n", "the\n");
	spell("a.md", "teh\n", "typos --format brief", "./a.md:1:1: `teh` -> `the`", "the\n");
	spell("a.md", "teh\n", "misspell -error .", "a.md:1:0: \"teh\" is a misspelling of \"the\"", "the\n");
}

static void doubtful_spellings_need_a_person(void **state)
{
	(void)state;
	spell("a.md", "wil\n", "codespell", "a.md:1: wil ==> will, well", NULL);
	spell("a.md", "clas\n", "codespell", "a.md:1: clas ==> class, disabled because of name clash in c++", NULL);
	spell("a.md", "the\n", "codespell", "a.md:1: teh ==> the", NULL);
	spell("a.md", "see https://x.org/teh/a\n", "codespell", "a.md:1: teh ==> the", NULL);
	spell("a.md", "tehx\n", "codespell", "a.md:1: teh ==> the", NULL);
	spell("a.md", "teh\n", "./run-tests.sh", "a.md:1: teh ==> the", NULL);
}

static void words_in_code_are_for_review(void **state)
{
	const struct world_file files[] = {{"a.py", "teh = 1\n", TREE_FILE}, {0}};
	struct world w;

	(void)state;
	world_open(&w, files, "codespell", "a.py:1: teh ==> the", 65);
	assert_int_equal(world_propose(&w, "text/spelling"), 1);
	assert_int_equal(w.proposal.tier, TIER_REVIEW);
	world_close(&w);
}

static void yaml(const char *source, const char *command, const char *output, const char *want)
{
	world_check("yaml/yamllint", CATEGORY_LINT, "a.yaml", source, command, output, want);
}

static void mends_yaml(void **state)
{
	(void)state;
	yaml("a: 1  \n", "yamllint -f parsable .", "a.yaml:1:5: [error] trailing spaces (trailing-spaces)", "a: 1\n");
	yaml("a: 1", "yamllint .",
		"a.yaml\n  1:5      error    no new line character at the end of file  (new-line-at-end-of-file)\n",
		"a: 1\n");
	yaml("a: 1\n\n\n\nb: 2\n", "yamllint .",
		"a.yaml\n  4:1      error    too many blank lines (3 > 2)  (empty-lines)\n", "a: 1\n\n\nb: 2\n");
	yaml("-  a\n", "yamllint -f parsable .", "a.yaml:1:3: [error] too many spaces after hyphen (hyphens)", "- a\n");
	yaml("a:   1\n", "yamllint -f parsable .", "a.yaml:1:5: [error] too many spaces after colon (colons)",
		"a: 1\n");
	yaml("a : 1\n", "yamllint -f parsable .", "a.yaml:1:2: [error] too many spaces before colon (colons)",
		"a: 1\n");
	yaml("a: [1,2]\n", "yamllint -f parsable .", "a.yaml:1:7: [error] too few spaces after comma (commas)",
		"a: [1, 2]\n");
	yaml("a: 1 #x\n", "yamllint -f parsable .",
		"a.yaml:1:6: [error] too few spaces before comment (comments)\na.yaml:1:7: [error] missing starting "
		"space in comment (comments)",
		"a: 1  # x\n");
	yaml("a: 1\n", "yamllint -f parsable .", "a.yaml:1:1: [error] missing document start \"---\" (document-start)",
		"---\na: 1\n");
	yaml("a: 1\r\nb: 2\r\n", "yamllint -f parsable .",
		"a.yaml:1:5: [error] wrong new line character: expected \\n (new-lines)", "a: 1\nb: 2\n");
	yaml("a: 1  \n", "yamllint -f parsable .",
		"a.yaml:1:5: [error] trailing spaces (trailing-spaces)\na.yaml:1:1: [warning] truthy value (truthy)",
		"a: 1\n");
}

static void keeps_what_yaml_says(void **state)
{
	(void)state;
	yaml("-  a: 1\n   b: 2\n", "yamllint -f parsable .",
		"a.yaml:1:3: [error] too many spaces after hyphen (hyphens)", NULL);
	yaml("a: |\n  x  \n", "yamllint -f parsable .", "a.yaml:2:4: [error] trailing spaces (trailing-spaces)", NULL);
	yaml("a: 1  \n", "yamllint --strict -f parsable .",
		"a.yaml:1:5: [error] trailing spaces (trailing-spaces)\na.yaml:1:1: [warning] truthy value (truthy)",
		NULL);
	yaml("a: 1  \n a: 2\n", "yamllint -f parsable .",
		"a.yaml:1:5: [error] trailing spaces (trailing-spaces)\na.yaml:2:2: [error] wrong indentation "
		"(indentation)",
		NULL);
	assert_true(yaml_same("x", VIEW("a: [1, 2]\n"), VIEW("a:   [1,2]  # c\n"), NULL));
	assert_false(yaml_same("x", VIEW("a: 1\n"), VIEW("a: \"1\"\n"), NULL));
	assert_false(yaml_same("x", VIEW("a: 1\n"), VIEW("a: 1\nb: 2\n"), NULL));
	assert_false(yaml_same("x", VIEW("a: [\n"), VIEW("a: [\n"), NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strips_what_checks_name),
		cmocka_unit_test(knows_hooks_of_pre_commit),
		cmocka_unit_test(white_space_can_be_data),
		cmocka_unit_test(other_complaints_stop_it),
		cmocka_unit_test(corrects_spelling),
		cmocka_unit_test(doubtful_spellings_need_a_person),
		cmocka_unit_test(words_in_code_are_for_review),
		cmocka_unit_test(mends_yaml),
		cmocka_unit_test(keeps_what_yaml_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
