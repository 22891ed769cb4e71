#include "diagnose/coverage.h"
#include "report_testing.h"

static void add_count(struct buf *out, const char *name, struct coverage_count c)
{
	if (c.total >= 0)
		buf_addf(out, " %s %ld/%ld", name, (long)c.covered, (long)c.total);
}

static void add_sum(struct buf *out, const char *name, const struct coverage_sum *s)
{
	buf_addf(out, "%s", name);
	add_count(out, "lines", s->lines);
	add_count(out, "branches", s->branches);
	add_count(out, "functions", s->functions);
	if (s->percent >= 0)
		buf_addf(out, " %.2f%%", s->percent);
	buf_add_char(out, '\n');
}

static void tell_below(struct buf *out, struct view bytes, const char *root)
{
	COVERAGE_AUTO c = {0};
	struct err e = {0};

	if (coverage_read(bytes, view_of(root), &c, &e)) {
		buf_addf(out, "refused: %s\n", e.text);
		return;
	}
	buf_addf(out, "%s, %u files, %u outside\n", c.format, (unsigned)c.file_count, (unsigned)c.outside);
	add_sum(out, "whole", &c.sum);
	for (size_t i = 0; i < c.file_count; i++)
		add_sum(out, c.files[i].path, &c.files[i].sum);
	for (size_t i = 0; i < c.gate_count; i++)
		buf_addf(out, "gate %s %s %.2f < %.2f\n", c.gates[i].metric, c.gates[i].path ? c.gates[i].path : "-",
			c.gates[i].actual, c.gates[i].required);
}

static void tell(struct buf *out, const char *name, struct view bytes)
{
	(void)name;
	tell_below(out, bytes, "/home/runner/work/shelf/shelf");
}

static void fixtures(void **state)
{
	(void)state;
	report_fixtures("tests/fixtures/coverage", tell);
}

static void check(const char *text, const char *expected)
{
	BUF_AUTO told = buf_new(BUF_PAGE);

	tell_below(&told, view_of(text), "/src/shelf");
	assert_string_equal(buf_text(&told), expected);
}

static void lines_told_twice_count_once(void **state)
{
	(void)state;
	check("<coverage><packages><package><classes>"
	      "<class filename=\"a.cs\"><methods><method><lines><line number=\"1\" "
	      "hits=\"1\"/></lines></method></methods>"
	      "<lines><line number=\"1\" hits=\"0\"/><line number=\"2\" hits=\"0\"/></lines></class>"
	      "<class filename=\"a.cs\"><lines><line number=\"1\" hits=\"3\"/></lines></class>"
	      "</classes></package></packages></coverage>",
		"cobertura, 1 files, 0 outside\nwhole lines 1/2 50.00%\na.cs lines 1/2 50.00%\n");
	check("SF:/src/shelf/a.c\nDA:1,0\nDA:2,1\nend_of_record\nSF:/src/shelf/./b/../a.c\nDA:1,2\nend_of_record\n",
		"lcov, 1 files, 0 outside\nwhole lines 2/2 100.00%\na.c lines 2/2 100.00%\n");
}

static void hostile_paths_are_not_listed(void **state)
{
	(void)state;
	check("SF:/etc/passwd\nDA:1,1\nend_of_record\nSF:../../x\nDA:1,1\nend_of_record\nSF:.git/config\nDA:1,0\n"
	      "end_of_record\nSF:a\001b\nDA:1,1\nend_of_record\n",
		"lcov, 0 files, 4 outside\nwhole lines 3/4 75.00%\n");
}

static void entities_are_refused(void **state)
{
	(void)state;
	check("<!DOCTYPE coverage [<!ENTITY a \"b\">]><coverage line-rate=\"1\"><packages/>&a;</coverage>",
		"refused: no coverage report: line 1: a document type with declarations is not allowed\n");
	check("<!DOCTYPE coverage SYSTEM 'http://cobertura.sourceforge.net/xml/coverage-04.dtd'><coverage><packages/>"
	      "</coverage>",
		"cobertura, 0 files, 0 outside\nwhole\n");
}

static void gates(void **state)
{
	(void)state;
	check("FAIL Required test coverage of 85% not reached. Total coverage: 81.20%\n"
	      "Coverage failure: total of 79 is less than fail-under=80\n"
	      "Jest: \"global\" coverage threshold for branches (80%) not met: 66.66%\n"
	      "Jest: \"./src/a.js\" coverage threshold for lines (90%) not met: 50%\n"
	      "ERROR: Coverage for lines (50%) does not meet global threshold (80%)\n"
	      "Line coverage (50.00%) is below the expected minimum coverage (90.00%).\n"
	      "failed minimum line coverage (got 66.7%, minimum 80.0%)\n"
	      "[WARNING] Rule violated for bundle shelf: lines covered ratio is 0.50, but expected minimum is 0.80\n",
		"text, 0 files, 0 outside\nwhole 79.00%\ngate total - 81.20 < 85.00\ngate total - 79.00 < 80.00\n"
		"gate branches - 66.66 < 80.00\ngate lines src/a.js 50.00 < 90.00\ngate lines - 50.00 < 80.00\n"
		"gate lines - 50.00 < 90.00\ngate lines - 66.70 < 80.00\ngate lines - 50.00 < 80.00\n");
}

static void what_is_none(void **state)
{
	(void)state;
	check("", "refused: no coverage report, and no log that shows coverage\n");
	check("<html/>", "refused: no coverage report: XML of an unknown form\n");
	check("{\"a\":1}", "refused: no coverage report: JSON of an unknown form\n");
	check("<coverage line-rate=\"1\"><packages>", "refused: no coverage report: line 1: no element found\n");
	check("mode: set\nrubbish\n", "refused: no coverage report: line 2 is none of a cover profile\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(fixtures), cmocka_unit_test(lines_told_twice_count_once),
		cmocka_unit_test(hostile_paths_are_not_listed), cmocka_unit_test(entities_are_refused),
		cmocka_unit_test(gates), cmocka_unit_test(what_is_none)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
