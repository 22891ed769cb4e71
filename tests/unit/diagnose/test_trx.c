#include "base/mem.h"
#include "reader_testing.h"

#include <stdlib.h>

#define HEAD                                                                                                           \
	"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"                                                     \
	"<TestRun id=\"1\" xmlns=\"http://microsoft.com/schemas/VisualStudio/TeamTest/2010\"><Results>"

static void note(void *context, const struct test_case *one)
{
	static const char *const words[] = {"passed", "failed", "skipped", "error"};
	buf_addf(context, "%s %.*s %ld %.*s\n", words[one->result], (int)one->id.n, one->id.p, (long)one->duration_us,
		(int)one->message.n, one->message.p);
}

static void check_trx(const char *xml, const char *expected, const char *expected_counts)
{
	BUF_AUTO told = buf_new(BUF_PAGE), counts = buf_new(BUF_PAGE);
	struct test_counts c;
	struct err e = {0};

	if (test_report_read(view_of(xml), note, &told, &c, &e) < 0)
		fail_msg("%s", e.text);
	buf_addf(&counts, "%ld %ld %ld %ld", (long)c.passed, (long)c.failed, (long)c.skipped, (long)c.errors);
	assert_string_equal(buf_text(&told), expected);
	assert_string_equal(buf_text(&counts), expected_counts);
}

static void check_refused(struct view xml, const char *why)
{
	BUF_AUTO told = buf_new(BUF_PAGE);
	struct test_counts c;
	struct err e = {0};

	assert_int_equal(trx_read(xml, note, &told, &c, &e), -1);
	if (!strstr(e.text, why))
		fail_msg("'%s' does not say '%s'", e.text, why);
}

static void xunit(void **state)
{
	(void)state;
	check_trx(HEAD
		"<UnitTestResult testId=\"a\" testName=\"Acme.ShelfTests.Empty\" duration=\"00:00:00.0120000\" "
		"outcome=\"Passed\"/>"
		"<UnitTestResult testId=\"b\" testName=\"Acme.ShelfTests.Total(count: 1.5)\" duration=\"01:02:03.5\" "
		"outcome=\"Failed\"><Output><StdOut>noise</StdOut><ErrorInfo><Message>Assert.Equal() Failure &lt;2&gt;"
		"</Message><StackTrace>at x</StackTrace></ErrorInfo></Output></UnitTestResult>"
		"<UnitTestResult testName=\"Acme.ShelfTests.Later\" outcome=\"NotExecuted\"/>"
		"<UnitTestResult testName=\"Acme.ShelfTests.Lost\" outcome=\"Aborted\" duration=\"soon\"/>"
		"</Results></TestRun>",
		"passed Acme.ShelfTests.Empty 12000 \n"
		"failed Acme.ShelfTests.Total(count: 1.5) 3723500000 Assert.Equal() Failure <2>\n"
		"skipped Acme.ShelfTests.Later -1 \n"
		"error Acme.ShelfTests.Lost -1 \n",
		"1 1 1 1");
}

static void mstest_has_its_classes_behind(void **state)
{
	(void)state;
	check_trx(HEAD
		"<UnitTestResult testId=\"a\" testName=\"Total\" outcome=\"Failed\"/>"
		"<UnitTestResult testId=\"b\" testName=\"Rows\" outcome=\"Failed\"><InnerResults>"
		"<UnitTestResult testId=\"b\" testName=\"Rows (1)\" outcome=\"Passed\"/>"
		"<UnitTestResult testId=\"b\" testName=\"Rows (2.5)\" outcome=\"Timeout\"/>"
		"</InnerResults></UnitTestResult>"
		"<UnitTestResult testId=\"unknown\" testName=\"Alone\" outcome=\"Passed\"/></Results><TestDefinitions>"
		"<UnitTest name=\"Total\" id=\"a\"><TestMethod className=\"Acme.ShelfTests, Shelf.Tests\" "
		"name=\"Total\"/>"
		"</UnitTest><UnitTest name=\"Rows\" id=\"b\"><TestMethod className=\"Acme.RowTests\"/></UnitTest>"
		"</TestDefinitions></TestRun>",
		"failed Acme.ShelfTests.Total -1 \n"
		"passed Acme.RowTests.Rows (1) -1 \n"
		"failed Acme.RowTests.Rows (2.5) -1 \n"
		"passed Alone -1 \n",
		"2 2 0 0");
}

static void many_definitions(void **state)
{
	BUF_AUTO xml = buf_new((size_t)4 << 20), told = buf_new((size_t)4 << 20);
	struct test_counts c;
	struct err e = {0};

	(void)state;
	buf_add_text(&xml, "<TestRun><Results>");
	for (int i = 0; i < 3000; i++)
		buf_addf(&xml, "<UnitTestResult testId=\"%d\" testName=\"T%d\" outcome=\"Passed\"/>", i, i);
	buf_add_text(&xml, "</Results>");
	for (int i = 0; i < 3000; i++)
		buf_addf(&xml, "<UnitTest id=\"%d\"><TestMethod className=\"C%d\"/></UnitTest>", i, i / 10);
	buf_add_text(&xml, "</TestRun>");
	assert_int_equal(trx_read(buf_view(&xml), note, &told, &c, &e), 0);
	assert_int_equal(c.passed, 3000);
	assert_non_null(strstr(buf_text(&told), "passed C0.T0 -1 \n"));
	assert_non_null(strstr(buf_text(&told), "passed C299.T2999 -1 \n"));
}

static void the_outermost_element_decides(void **state)
{
	(void)state;
	check_trx("<testsuite><testcase classname=\"a.B\" name=\"c\"/></testsuite>", "passed a.B.c -1 \n", "1 0 0 0");
	check_refused(view_of("<testsuite/>"), "not TestRun");
}

static void what_is_no_trx(void **state)
{
	char *huge = mem_new(1);

	(void)state;
	check_refused(view_of("<TestRun><Results>"), "no TRX report");
	check_refused(view_of("<!DOCTYPE x [<!ENTITY a \"b\">]><TestRun>&a;</TestRun>"), "no TRX report");
	check_refused(view_make(huge, JUNIT_BYTES_MAX + 1), "larger than 256 MB");
	free(huge);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(xunit),
		cmocka_unit_test(mstest_has_its_classes_behind),
		cmocka_unit_test(many_definitions),
		cmocka_unit_test(the_outermost_element_decides),
		cmocka_unit_test(what_is_no_trx),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
