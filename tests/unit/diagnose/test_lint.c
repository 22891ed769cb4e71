#include "diagnose/lint.h"
#include "report_testing.h"

static void note(void *context, const struct lint_issue *one)
{
	buf_addf(context, "%.*s %.*s %s %.*s:%u:%u %.*s\n", VIEW_ARG(one->tool), VIEW_ARG(one->code),
		severity_name(one->severity), VIEW_ARG(one->path), one->line, one->column, VIEW_ARG(one->message));
}

static void tell(struct buf *out, const char *name, struct view bytes)
{
	struct lint_counts c = {0};
	struct err e = {0};
	char tool[64];

	/* Those that could be anything say in their name whose they are. */
	snprintf(tool, sizeof tool, "%s", name);
	tool[strcspn(tool, ".")] = '\0';
	char *told = strstr(tool, "@") ? tool : NULL;
	if (told)
		tool[strcspn(tool, "@")] = '\0';
	if (lint_read(bytes, told, view_of("/home/runner/work/shelf/shelf"), note, out, &c, &e))
		buf_addf(out, "refused: %s\n", e.text);
	buf_addf(out, "%u errors, %u warnings, %u infos, %u outside\n", (unsigned)c.errors, (unsigned)c.warnings,
		(unsigned)c.infos, (unsigned)c.outside);
}

static void fixtures(void **state)
{
	(void)state;
	report_fixtures("tests/fixtures/lint", tell);
}

static void check(const char *text, const char *tool, const char *expected)
{
	BUF_AUTO told = buf_new(BUF_PAGE);
	struct lint_counts c;
	struct err e = {0};

	if (lint_read(view_of(text), tool, view_of("/src/shelf"), note, &told, &c, &e))
		buf_addf(&told, "refused: %s\n", e.text);
	assert_string_equal(buf_text(&told), expected);
}

static void hostile_paths_are_not_told(void **state)
{
	(void)state;
	check("../../etc/passwd:1:1: F401 x\n/etc/passwd:2:1: F401 x\n.git/config:3:1: F401 x\na/../b.py:4:1: F401 x\n",
		"flake8",
		"flake8 F401 error :1:1 x\nflake8 F401 error :2:1 x\nflake8 F401 error :3:1 x\n"
		"flake8 F401 error b.py:4:1 x\n");
	check("::error file=a%2C%2e%2e/b.c,line=3::x\n::error file=%2e%2e/b.c::x\n", NULL,
		"github  error a,../b.c:3:0 x\ngithub  error :0:0 x\n");
}

static void unknown_tools_may_print_the_usual(void **state)
{
	(void)state;
	check("a.zig:3:7: error: no\nnothing\n", "zig", "zig  error a.zig:3:7 no\n");
	check("all is well\n", "zig", "");
}

static void what_is_none(void **state)
{
	(void)state;
	check("", NULL, "refused: nothing in it is known as a linter's; name the tool: TOOL:FILE\n");
	check("<html/>", NULL, "refused: no lint report: XML of an unknown form\n");
	check("<!DOCTYPE checkstyle [<!ENTITY a \"b\">]><checkstyle/>", NULL,
		"refused: no lint report: line 1: a document type with declarations is not allowed\n");
	check("{\"a\":1}", NULL, "refused: no lint report: JSON of an unknown form\n");
	check("[]", NULL, "");
	check("<checkstyle>", NULL, "refused: no lint report: line 1: no element found\n");
}

/* A form beyond what lint_text.c looks at would never fit. */
static void forms_are_few_enough(void **state)
{
	size_t n = 0;

	(void)state;
	while (lint_forms[n].form)
		n++;
	assert_true(n < 256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(fixtures), cmocka_unit_test(hostile_paths_are_not_told),
		cmocka_unit_test(unknown_tools_may_print_the_usual), cmocka_unit_test(what_is_none),
		cmocka_unit_test(forms_are_few_enough)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
