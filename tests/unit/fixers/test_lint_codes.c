#include "world.h"

static void lint(const char *source, const char *output, const char *want)
{
	world_check("python/lint-codes", CATEGORY_LINT, "src/a.py", source, "flake8 src", output, want);
}

static void takes_out_unused_imports(void **state)
{
	(void)state;
	lint("import os\nimport sys\n\nsys.exit()\n", "src/a.py:1:1: F401 'os' imported but unused",
		"import sys\n\nsys.exit()\n");
	lint("from typing import Any, List\n\nx: List = []\n", "src/a.py:1:1: F401 'typing.Any' imported but unused",
		"from typing import List\n\nx: List = []\n");
	lint("from typing import Any, List\n\nx: Any = []\n", "src/a.py:1:1: F401 'typing.List' imported but unused",
		"from typing import Any\n\nx: Any = []\n");
	lint("from typing import (\n    Any,\n    List,\n)\n\nx: List = []\n",
		"src/a.py:1:1: F401 'typing.Any' imported but unused",
		"from typing import (\n    List,\n)\n\nx: List = []\n");
	lint("import numpy as np\nimport re\n\nre.X\n", "src/a.py:1:1: F401 'numpy as np' imported but unused",
		"import re\n\nre.X\n");
	lint("from .models import User as U, Group\n\nGroup()\n",
		"src/a.py:1:1: F401 '.models.User as U' imported but unused", "from .models import Group\n\nGroup()\n");
	lint("import os, sys\n\nsys.exit()\n", "src/a.py:1:1: F401 'os' imported but unused",
		"import sys\n\nsys.exit()\n");
	lint("def f():\n    import os\n    return 1\n", "src/a.py:2:5: F401 'os' imported but unused",
		"def f():\n    return 1\n");
}

static void reads_every_linter(void **state)
{
	static const char before[] = "import os\nx = 1\n", after[] = "x = 1\n";

	(void)state;
	lint(before, "./src/a.py:1:1: F401 'os' imported but unused\n1", after);
	lint(before, "src/a.py:1: [F401] 'os' imported but unused", after);
	world_check("python/lint-codes", CATEGORY_LINT, "src/a.py", before, "ruff check .",
		"src/a.py:1:8: F401 [*] `os` imported but unused\nFound 1 error.\n[*] 1 fixable with the `--fix` "
		"option.",
		after);
	world_check("python/lint-codes", CATEGORY_LINT, "src/a.py", before, "ruff check .",
		"F401 [*] `os` imported but unused\n --> src/a.py:1:8\n  |\n1 | import os\n  |        ^^\n\nFound 1 "
		"error.",
		after);
	world_check("python/lint-codes", CATEGORY_LINT, "src/a.py", before, "pylint src",
		"************* Module a\nsrc/a.py:1:0: W0611: Unused import os (unused-import)", after);
	world_check("python/lint-codes", CATEGORY_LINT, "src/a.py", before, "pyflakes src",
		"src/a.py:1:1: 'os' imported but unused", after);
	world_check("python/lint-codes", CATEGORY_LINT, "src/a.py", "from a import b as c\nx = 1\n", "pylint src",
		"src/a.py:1:0: W0611: Unused b imported from a as c (unused-import)", after);
}

static void keeps_imports_that_may_matter(void **state)
{
	static const char f401[] = "src/a.py:1:1: F401 'os' imported but unused";

	(void)state;
	lint("import os\n\nprint(os.sep)\n", f401, NULL);
	lint("import os\n\n__all__ = ['os']\n", f401, NULL);
	lint("import os  # noqa\nx = 1\n", f401, NULL);
	lint("import os  # for its effects\nx = 1\n", f401, NULL);
	lint("import sys\nx = 1\n", f401, NULL);
	lint("x = 1\n", f401, NULL);
	lint("try:\n    import os\nexcept ImportError:\n    pass\n", "src/a.py:2:5: F401 'os' imported but unused",
		NULL);
	lint("def f():\n    import os\n\n\nx = 1\n", "src/a.py:2:5: F401 'os' imported but unused", NULL);
	lint("import os; x = 1\n", f401, NULL);
	lint("\"\"\"\n>>> os.sep\n\"\"\"\nimport os\n", "src/a.py:4:1: F401 'os' imported but unused", NULL);
	lint("from os import *\n", "src/a.py:1:1: F401 'os.*' imported but unused", NULL);
	world_check("python/lint-codes", CATEGORY_LINT, "src/__init__.py", "import os\n", "flake8",
		"src/__init__.py:1:1: F401 'os' imported but unused", NULL);
	world_check("python/lint-codes", CATEGORY_LINT, "tests/conftest.py", "from plug import fix\nx = 1\n", "flake8",
		"tests/conftest.py:1:1: F401 'plug.fix' imported but unused", NULL);
}

static void modules_of_the_project_are_for_review(void **state)
{
	const struct world_file files[] = {
		{"app/signals.py", "", TREE_FILE}, {"app/a.py", "import app.signals\nx = 1\n", TREE_FILE}, {0}};
	struct world w;

	(void)state;
	world_open(&w, files, "flake8", "app/a.py:1:1: F401 'app.signals' imported but unused", 1);
	assert_int_equal(world_propose(&w, "python/lint-codes"), 1);
	assert_int_equal(w.proposal.tier, TIER_REVIEW);
	world_close(&w);
}

static void blank_lines_stay_as_pycodestyle_wants_them(void **state)
{
	(void)state;
	lint("\"\"\"Doc.\"\"\"\n\nimport os\n\n\ndef f():\n    pass\n", "src/a.py:3:1: F401 'os' imported but unused",
		"\"\"\"Doc.\"\"\"\n\n\ndef f():\n    pass\n");
	lint("\"\"\"Doc.\"\"\"\n\nimport os\nimport re\n\n\nx = 1\n",
		"src/a.py:3:1: F401 'os' imported but unused\nsrc/a.py:4:1: F401 're' imported but unused",
		"\"\"\"Doc.\"\"\"\n\n\nx = 1\n");
	lint("import os\n\n\ndef f():\n    pass\n", "src/a.py:1:1: F401 'os' imported but unused",
		"def f():\n    pass\n");
}

static void fixes_white_space(void **state)
{
	(void)state;
	lint("x = 1  \n", "src/a.py:1:6: W291 trailing whitespace", "x = 1\n");
	lint("x = 1\n  \ny = 2\n", "src/a.py:2:1: W293 blank line contains whitespace", "x = 1\n\ny = 2\n");
	lint("x = 1\n\n\n", "src/a.py:2:1: W391 blank line at end of file", "x = 1\n");
	lint("x = 1", "src/a.py:1:6: W292 no newline at end of file", "x = 1\n");
	lint("x=1\n", "src/a.py:1:2: E225 missing whitespace around operator", "x = 1\n");
	lint("x =1\n", "src/a.py:1:4: E225 missing whitespace around operator", "x = 1\n");
	lint("x = -1 if y==2 else 0\n", "src/a.py:1:12: E225 missing whitespace around operator",
		"x = -1 if y == 2 else 0\n");
	lint("x =-1\n", "src/a.py:1:4: E225 missing whitespace around operator", "x = -1\n");
	lint("f(a,b)\n", "src/a.py:1:4: E231 missing whitespace after ','", "f(a, b)\n");
	lint("f( a )\n", "src/a.py:1:3: E201 whitespace after '('\nsrc/a.py:1:5: E202 whitespace before ')'", "f(a)\n");
	lint("x  = 1\n", "src/a.py:1:2: E221 multiple spaces before operator", "x = 1\n");
	lint("f(a = 1)\n",
		"src/a.py:1:4: E251 unexpected spaces around keyword / parameter equals\n"
		"src/a.py:1:6: E251 unexpected spaces around keyword / parameter equals",
		"f(a=1)\n");
	lint("def f(a: int=1):\n    pass\n",
		"src/a.py:1:13: E252 missing whitespace around parameter equals\n"
		"src/a.py:1:14: E252 missing whitespace around parameter equals",
		"def f(a: int = 1):\n    pass\n");
	lint("x = 1 # one\n", "src/a.py:1:6: E261 at least two spaces before inline comment", "x = 1  # one\n");
	lint("x = 1  #one\n", "src/a.py:1:8: E262 inline comment should start with '# '", "x = 1  # one\n");
	lint("#one\nx = 1\n", "src/a.py:1:1: E265 block comment should start with '# '", "# one\nx = 1\n");
	lint("x = 1;\n", "src/a.py:1:6: E703 statement ends with a semicolon", "x = 1\n");
	lint("x = f'a'\n", "src/a.py:1:5: F541 f-string is missing placeholders", "x = 'a'\n");
	lint("x = f'{a}'\n", "src/a.py:1:5: F541 f-string is missing placeholders", NULL);
	lint("if not a in b:\n    pass\n", "src/a.py:1:4: E713 test for membership should be 'not in'",
		"if a not in b:\n    pass\n");
	lint("if not a is b:\n    pass\n", "src/a.py:1:4: E714 test for object identity should be 'is not'",
		"if a is not b:\n    pass\n");
	lint("if x is 'a':\n    pass\n", "src/a.py:1:4: F632 use ==/!= to compare constant literals",
		"if x == 'a':\n    pass\n");
	lint("x = '\\d'\n", "src/a.py:1:6: W605 invalid escape sequence '\\d'", "x = '\\\\d'\n");
}

static void fixes_blank_lines(void **state)
{
	(void)state;
	lint("x = 1\ndef f():\n    pass\n", "src/a.py:2:1: E302 expected 2 blank lines, found 0",
		"x = 1\n\n\ndef f():\n    pass\n");
	lint("x = 1\n\n# about f\ndef f():\n    pass\n", "src/a.py:4:1: E302 expected 2 blank lines, found 1",
		"x = 1\n\n\n# about f\ndef f():\n    pass\n");
	lint("x = 1\n\n\n\ny = 2\n", "src/a.py:5:1: E303 too many blank lines (3)", "x = 1\n\n\ny = 2\n");
	lint("def f():\n    x = 1\n\n\n    return x\n", "src/a.py:5:5: E303 too many blank lines (2)",
		"def f():\n    x = 1\n\n    return x\n");
	lint("def f():\n    pass\nx = 1\n",
		"src/a.py:3:1: E305 expected 2 blank lines after class or function definition, found 0",
		"def f():\n    pass\n\n\nx = 1\n");
}

static void what_is_not_there_is_refused(void **state)
{
	(void)state;
	lint("x = 1\n", "src/a.py:1:6: W291 trailing whitespace", NULL);
	lint("x = 1\n", "src/a.py:9:6: W291 trailing whitespace", NULL);
	lint("x = 1\n", "src/a.py:1:2: E225 missing whitespace around operator", NULL);
	lint("x = 'a  '\n", "src/a.py:1:7: E222 multiple spaces after operator", NULL);
	lint("x = 1\n\n\ndef f():\n    pass\n", "src/a.py:4:1: E302 expected 2 blank lines, found 1", NULL);
	lint("x = \"\"\"a  \nb\"\"\"\n", "src/a.py:1:9: W291 trailing whitespace", NULL);
	lint("def f(:\n", "src/a.py:1:8: W291 trailing whitespace", NULL);
}

static void one_finding_that_needs_a_person_stops_all(void **state)
{
	static const char mixed[] =
		"src/a.py:1:1: F401 'os' imported but unused\nsrc/a.py:2:1: F821 undefined name 'y'";

	(void)state;
	lint("import os\ny\n", mixed, NULL);
	lint("import os\ny\n",
		"src/a.py:1:1: F401 'os' imported but unused\nsrc/a.py:2: error: Name \"y\" is not defined", NULL);
	world_check("python/lint-codes", CATEGORY_LINT, "src/a.py", "import os\n", "ruff check",
		"src/a.py:1:8: F401 [*] `os` imported but unused\nFound 2 errors.", NULL);
	world_check("python/lint-codes", CATEGORY_TEST, "src/a.py", "import os\nx = 1\n", "flake8",
		"src/a.py:1:1: F401 'os' imported but unused", NULL);
	world_check("python/lint-codes", CATEGORY_LINT, "src/a.py", "import os\nx = 1\n", "python run.py",
		"src/a.py:1:1: F401 'os' imported but unused", NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_out_unused_imports),
		cmocka_unit_test(reads_every_linter),
		cmocka_unit_test(keeps_imports_that_may_matter),
		cmocka_unit_test(modules_of_the_project_are_for_review),
		cmocka_unit_test(blank_lines_stay_as_pycodestyle_wants_them),
		cmocka_unit_test(fixes_white_space),
		cmocka_unit_test(fixes_blank_lines),
		cmocka_unit_test(what_is_not_there_is_refused),
		cmocka_unit_test(one_finding_that_needs_a_person_stops_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
