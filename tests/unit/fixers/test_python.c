#include "fixers/python/distributions.h"
#include "fixers/python/stdlib.h"
#include "world.h"

static void mypy(const char *source, const char *output, const char *want)
{
	world_check("python/mypy-mechanical", CATEGORY_TYPE, "a.py", source, "mypy", output, want);
}

static void drops_unused_ignores(void **state)
{
	(void)state;
	mypy("x = f()  # type: ignore\n",
		"a.py:1: error: Unused \"type: ignore\" comment\nFound 1 error in 1 file (checked 2 source files)",
		"x = f()\n");
	mypy("x = f()  # type: ignore[misc]  # keep\n",
		"a.py:1: error: Unused \"type: ignore\" comment  [unused-ignore]", "x = f()  # keep\n");
	mypy("x = f()  # type: ignore[misc, arg-type]\n", "a.py:1: error: Unused \"type: ignore[misc]\" comment",
		"x = f()  # type: ignore[arg-type]\n");
	mypy("# type: ignore\nx = 1\n", "a.py:1: error: Unused \"type: ignore\" comment", "x = 1\n");
}

#define NOTE "\na.py:1: note: Use \"-> None\" if function does not return a value"

static void adds_none(void **state)
{
	static const char missing[] =
		"a.py:1: error: Function is missing a return type annotation  [no-untyped-def]" NOTE;

	(void)state;
	mypy("def f():\n    pass\n", missing, "def f() -> None:\n    pass\n");
	mypy("def f(\n    a=(1, 2),\n):  # x\n    pass\n", missing,
		"def f(\n    a=(1, 2),\n) -> None:  # x\n    pass\n");
	mypy("def f() -> int:\n    pass\n", missing, NULL);
	mypy("x = 1\n", missing, NULL);
}

static void other_type_errors_need_a_person(void **state)
{
	(void)state;
	mypy("def f():\n    return 1\n",
		"a.py:1: error: Function is missing a return type annotation  [no-untyped-def]", NULL);
	mypy("x = f()  # type: ignore\ny = 1\n",
		"a.py:1: error: Unused \"type: ignore\" comment\na.py:2: error: Incompatible types in assignment",
		NULL);
	mypy("x = f()  # type: ignore\n", "a.py:1: error: Unused \"type: ignore\" comment\nFound 2 errors in 1 file",
		NULL);
	mypy("x = f()\n", "a.py:1: error: Unused \"type: ignore\" comment", NULL);
}

static void syntax(const char *source, const char *output, const char *want)
{
	world_check("python/syntax", CATEGORY_SYNTAX, "a.py", source, "python a.py", output, want);
}

static void mends_syntax(void **state)
{
	static const char colon[] =
		"  File \"/home/runner/work/repo/repo/a.py\", line 1\n    if x\n        ^\nSyntaxError: expected ':'";
	static const char print[] = "***   File \"a.py\", line 2\n    print x\n    ^^^^\nSyntaxError: Missing "
				    "parentheses in call to 'print'. Did you mean print(...)?";

	(void)state;
	syntax("if x\n    y()\n", colon, "if x:\n    y()\n");
	syntax("if x  # yes\n    y()\n", colon, "if x:  # yes\n    y()\n");
	syntax("if f(x\n    y()\n", colon, NULL);
	syntax("if x\ny()\n", colon, NULL);
	syntax("iffy x\n    y()\n", colon, NULL);
	syntax("import x\nprint x\nif x:\n    print \"a\", x  # two\n", print,
		"import x\nprint(x)\nif x:\n    print(\"a\", x)  # two\n");
	syntax("import x\nprint >>f, x\n", print, NULL);
	syntax("import x\nprint x,\n", print, NULL);
	syntax("import x\nprint(x)\n", print, NULL);
	syntax("if x\n    y()\n", "  File \"a.py\", line 1\n    if x\n        ^\nSyntaxError: invalid syntax", NULL);
}

/* ---- requirements ------------------------------------------------------------------------------------ */

static int require(const struct world_file *files, const char *module, const char *requirements, char **ret)
{
	BUF_AUTO output = buf_new(BUF_PAGE);
	BUF_AUTO command = buf_new(BUF_PAGE);
	struct world w;
	int status;

	buf_addf(&output, "pkg/a.py:1: in <module>\n    import x\nE   ModuleNotFoundError: No module named '%s'",
		module);
	buf_addf(&command, "pip install -r %s\npytest", requirements);
	world_open(&w, files, buf_text(&command), buf_text(&output), 2);
	w.finding.category = CATEGORY_DEPENDENCY;
	status = world_propose(&w, "python/requirement");
	*ret = status == 1 ? mem_text(w.proposal.edits[0].content.p) : NULL;
	world_close(&w);
	return status;
}

static void requires(const char *before, const char *module, const char *want)
{
	const struct world_file files[] = {{"requirements.txt", before, TREE_FILE}, {"pkg/a.py", "", TREE_FILE},
		{"inventory/__init__.py", "", TREE_FILE}, {0}};
	MEM_AUTO char *got = NULL;
	int status = require(files, module, "requirements.txt", &got);

	assert_int_equal(status, want != NULL);
	if (want)
		assert_string_equal(got, want);
}

static void asks_for_well_known_packages(void **state)
{
	(void)state;
	requires("click==8.1.3\n", "yaml", "click==8.1.3\nPyYAML\n");
	requires("attrs\nrequests\n", "click", "attrs\nclick\nrequests\n");
	requires("zope\nattrs\n", "yaml", "zope\nattrs\nPyYAML\n");
	requires("click", "bs4", "beautifulsoup4\nclick");
	requires("click", "yaml", "click\nPyYAML\n");
	requires("click\r\n", "yaml", "click\r\nPyYAML\r\n");
}

static void never_asks_for_names_it_does_not_know(void **state)
{
	(void)state;
	requires("click\n", "acme_internal_sso", NULL);
	requires("click\n", "inventroy", NULL);
	requires("click\n", "inventory.config", NULL);
	requires("click\n", "distutils", NULL);
	requires("click\n", "yaml.cyaml", NULL);
	requires("PyYAML\n", "yaml", NULL);
	requires("pyyaml>=6\n", "yaml", NULL);
	requires("# autogenerated by pip-compile\nclick\n", "yaml", NULL);
	requires("click --hash=sha256:0\n", "yaml", NULL);
}

static void modules_of_the_project_are_no_packages(void **state)
{
	const struct world_file own[] = {
		{"requirements.txt", "click\n", TREE_FILE}, {"src/yaml/__init__.py", "", TREE_FILE}, {0}};
	const struct world_file near[] = {
		{"requirements.txt", "click\n", TREE_FILE}, {"request.py", "", TREE_FILE}, {0}};
	const struct world_file none[] = {{"setup.py", "", TREE_FILE}, {0}};
	MEM_AUTO char *a = NULL, *b = NULL, *c = NULL;

	(void)state;
	assert_int_equal(require(own, "yaml", "requirements.txt", &a), 0);
	assert_int_equal(require(near, "requests", "requirements.txt", &b), 0);
	assert_int_equal(require(none, "yaml", "requirements.txt", &c), 0);
}

static void stubs_go_beside_mypy(void **state)
{
	const struct world_file files[] = {
		{"requirements-dev.txt", "-r requirements.txt\nmypy==1.0.1\npytest\n", TREE_FILE},
		{"requirements.txt", "PyYAML\n", TREE_FILE}, {"a.py", "import yaml\n", TREE_FILE}, {0}};
	static const char hint[] =
		"a.py:1: error: Library stubs not installed for \"yaml\"  [import]\n"
		"a.py:1: note: Hint: \"python3 -m pip install types-PyYAML\"\nFound 1 error in 1 file";
	struct world w;

	(void)state;
	world_open(&w, files, "pip install -r requirements-dev.txt\nmypy .", hint, 1);
	assert_int_equal(world_propose(&w, "python/type-stubs"), 1);
	assert_string_equal(w.proposal.edits[0].path, "requirements-dev.txt");
	assert_string_equal(w.proposal.edits[0].content.p, "-r requirements.txt\nmypy==1.0.1\npytest\ntypes-PyYAML\n");
	world_close(&w);
	world_open(&w, files, "pip install -r requirements-dev.txt\nmypy .",
		"a.py:1: error: Library stubs not installed for \"yaml\"\na.py:1: note: Hint: \"python3 -m pip install "
		"evil-stubs\"",
		1);
	assert_int_equal(world_propose(&w, "python/type-stubs"), 0);
	world_close(&w);
	world_open(&w, files, "pip install -r requirements.txt\nmypy .", hint, 1);
	assert_int_equal(world_propose(&w, "python/type-stubs"), 0);
	world_close(&w);
}

static void tables_are_sorted(void **state)
{
	(void)state;
	assert_string_equal(distribution_of(VIEW("yaml")), "PyYAML");
	assert_string_equal(distribution_of(VIEW("IPython")), "ipython");
	assert_string_equal(distribution_of(VIEW("zstandard")), "zstandard");
	assert_string_equal(distribution_of(VIEW("google.protobuf")), "protobuf");
	assert_null(distribution_of(VIEW("acme")));
	assert_true(python_stdlib(VIEW("os.path")));
	assert_true(python_stdlib(VIEW("__future__")));
	assert_true(python_stdlib(VIEW("zoneinfo")));
	assert_true(python_stdlib(VIEW("distutils")));
	assert_false(python_stdlib(VIEW("yaml")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drops_unused_ignores),
		cmocka_unit_test(adds_none),
		cmocka_unit_test(other_type_errors_need_a_person),
		cmocka_unit_test(mends_syntax),
		cmocka_unit_test(asks_for_well_known_packages),
		cmocka_unit_test(never_asks_for_names_it_does_not_know),
		cmocka_unit_test(modules_of_the_project_are_no_packages),
		cmocka_unit_test(stubs_go_beside_mypy),
		cmocka_unit_test(tables_are_sorted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
