#include "base/mem.h"
#include "reader_testing.h"

#include <stdlib.h>
#include <string.h>

static void note(void *context, const struct test_case *one)
{
	buf_addf(context, "%s %.*s (%.*s) %ld %.*s\n", result_name(one->result), VIEW_ARG(one->id), VIEW_ARG(one->path),
		(long)one->duration_us, VIEW_ARG(one->message));
}

static void check_xml(const char *xml, const char *cases, const char *counts)
{
	BUF_AUTO told = buf_new(BUF_PAGE), sums = buf_new(BUF_PAGE);
	struct test_counts c;
	struct err e = {0};

	if (junit_read(view_of(xml), note, &told, &c, &e))
		fail_msg("%s", e.text);
	buf_addf(&sums, "%ld %ld %ld %ld", (long)c.passed, (long)c.failed, (long)c.skipped, (long)c.errors);
	assert_string_equal(buf_text(&told), cases);
	assert_string_equal(buf_text(&sums), counts);
}

static void check_refused(struct view xml, const char *why)
{
	BUF_AUTO told = buf_new(BUF_PAGE);
	struct test_counts c;
	struct err e = {0};

	assert_int_equal(junit_read(xml, note, &told, &c, &e), -1);
	if (!strstr(e.text, why))
		fail_msg("\"%s\" says nothing of \"%s\"", e.text, why);
}

static void pytest(void **state)
{
	(void)state;
	check_xml("<?xml version=\"1.0\" encoding=\"utf-8\"?><testsuites><testsuite name=\"pytest\" errors=\"0\">"
		  "<testcase classname=\"tests.test_a.TestX\" name=\"test_y[a&lt;b]\" file=\"tests/test_a.py\" "
		  "time=\"0.001\">"
		  "<failure message=\"assert 1 == 2\">tests/test_a.py:3: AssertionError</failure></testcase>"
		  "<testcase classname=\"tests.test_a\" name=\"test_s\" time=\"1,234.5\"><skipped type=\"pytest.skip\" "
		  "message=\"later\"/></testcase>"
		  "<testcase classname=\"tests.test_a\" name=\"test_ok\" time=\"0.5\"><properties><property name=\"a\" "
		  "value=\"b\"/></properties><system-out>FAILED</system-out></testcase>"
		  "</testsuite></testsuites>",
		"failed tests.test_a.TestX.test_y[a<b] (tests/test_a.py) 1000 assert 1 == 2\n"
		"skipped tests.test_a.test_s () 1234500000 later\n"
		"passed tests.test_a.test_ok () 500000 \n",
		"1 1 1 0");
}

static void surefire_reruns(void **state)
{
	(void)state;
	check_xml("<testsuite><testcase name=\"flaky\" classname=\"org.acme.CartTest\" time=\"0.1\">"
		  "<flakyFailure message=\"no\" type=\"x\"><stackTrace>at x</stackTrace></flakyFailure></testcase>"
		  "<testcase name=\"adds\" classname=\"org.acme.CartTest\"><failure type=\"x\">first\nsecond</failure>"
		  "<rerunFailure message=\"again\"><stackTrace>y</stackTrace></rerunFailure>"
		  "<error message=\"of the tear-down\"/></testcase>"
		  "<testcase name=\"\" classname=\"org.acme.Broken\"><error/></testcase></testsuite>",
		"passed org.acme.CartTest.flaky () 100000 \n"
		"failed org.acme.CartTest.adds () -1 first\nsecond\n"
		"error org.acme.Broken () -1 \n",
		"1 1 0 1");
}

static void nested_suites_and_other_dialects(void **state)
{
	(void)state;
	check_xml("<testsuites><testsuite><testsuite><testcase name=\"testAdds\" class=\"Tests\\CartTest\"/>"
		  "</testsuite><testcase name=\"Shelf.Later\" status=\"notrun\" result=\"suppressed\"/>"
		  "<testcase classname=\"same\" name=\"same\" time=\"abc\"/><testcase/></testsuite></testsuites>",
		"passed Tests\\CartTest.testAdds () -1 \n"
		"skipped Shelf.Later () -1 \n"
		"passed same () -1 \n",
		"3 0 1 0");
}

static void long_texts_are_cut(void **state)
{
	BUF_AUTO xml = buf_new(BUF_PAGE), told = buf_new(BUF_PAGE);
	struct test_counts c;
	struct err e = {0};

	(void)state;
	buf_add_text(&xml, "<testsuite><testcase name=\"");
	for (int i = 0; i < 5000; i++)
		buf_add_text(&xml, "ä");
	buf_add_text(&xml, "\"><failure>");
	for (int i = 0; i < 5000; i++)
		buf_add_text(&xml, "ö");
	buf_add_text(&xml, "</failure></testcase></testsuite>");
	assert_int_equal(junit_read(buf_view(&xml), note, &told, &c, &e), 0);
	assert_int_equal(told.n, strlen("failed  () -1 \n") + TEST_ID_MAX + TEST_MESSAGE_MAX);
	assert_int_equal(c.failed, 1);
}

static void attacks_are_refused(void **state)
{
	BUF_AUTO deep = buf_new(BUF_PAGE);
	char *huge = mem_new(1);

	(void)state;
	check_refused(VIEW("<!DOCTYPE x [<!ENTITY a \"b\">]><testsuite>&a;</testsuite>"), "document type");
	check_refused(VIEW("<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><testsuite/>"), "document type");
	for (int i = 0; i < 100; i++)
		buf_add_text(&deep, "<testsuite>");
	check_refused(buf_view(&deep), "nested");
	check_refused(view_make(huge, JUNIT_BYTES_MAX + 1), "larger than 256 MB");
	free(huge);
}

static void what_is_no_junit(void **state)
{
	(void)state;
	check_refused(VIEW(""), "no element found");
	check_refused(VIEW("<testsuite><testcase name=\"a\">"), "no element found");
	check_refused(VIEW("<coverage line-rate=\"1\"/>"), "neither testsuites nor testsuite");
	check_refused(VIEW("\x89PNG\r\n\x1a\n"), "line 1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pytest),
		cmocka_unit_test(surefire_reruns),
		cmocka_unit_test(nested_suites_and_other_dialects),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(attacks_are_refused),
		cmocka_unit_test(what_is_no_junit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
