#include "reader_testing.h"

static void surefire_new_form(void **state)
{
	(void)state;
	check("[ERROR] Tests run: 8, Failures: 3, Errors: 1, Skipped: 1, Time elapsed: 0.1 s <<< FAILURE! -- in "
	      "org.acme.CartTest\n"
	      "[ERROR] org.acme.CartTest.adds -- Time elapsed: 0.012 s <<< FAILURE!\n"
	      "org.opentest4j.AssertionFailedError: expected: <3> but was: <2>\n"
	      "[ERROR] org.acme.CartTest.prices(int)[2] -- Time elapsed: 0.002 s <<< FAILURE!\n"
	      "[ERROR] org.acme.CartTest.raises -- Time elapsed: 0.001 s <<< ERROR!\n"
	      "[INFO] Results:\n"
	      "[ERROR] Failures: \n"
	      "[ERROR]   CartTest.adds:7 expected: <3> but was: <2>\n"
	      "[ERROR] Errors: \n"
	      "[ERROR]   CartTest.raises:9 IllegalState boom\n"
	      "[INFO] \n"
	      "[ERROR] Tests run: 8, Failures: 2, Errors: 1, Skipped: 1\n",
		"4 2 1 1\norg.acme.CartTest.adds\norg.acme.CartTest.prices(int)[2]\norg.acme.CartTest.raises\n");
}

static void surefire_bare_methods_get_their_class(void **state)
{
	(void)state;
	check("[ERROR] Tests run: 2, Failures: 0, Errors: 2, Skipped: 0, Time elapsed: 1.2 s <<< FAILURE! - in "
	      "org.acme.CartTest\n"
	      "[ERROR] getPrice  Time elapsed: 0.748 s  <<< ERROR!\n"
	      "[ERROR] org.acme.CartTest  Time elapsed: 0.026 s  <<< FAILURE!\n"
	      "testOld(org.acme.OldTest)  Time elapsed: 0.1 sec  <<< FAILURE!\n"
	      "[INFO] <<< maven-pmd-plugin:3.12.0:check (validate) < :pmd @ shelf <<<\n",
		"0 2 0 1\norg.acme.CartTest.getPrice\norg.acme.CartTest\norg.acme.OldTest.testOld\n");
}

static void surefire_results_when_nothing_else_tells(void **state)
{
	(void)state;
	check("[ERROR] Failures: \n"
	      "[ERROR]   CartTest.adds:7->check:12 expected: <3> but was: <2>\n"
	      "[ERROR] Errors: \n"
	      "[ERROR]   CartTest.raises » IllegalState boom\n"
	      "[INFO] \n"
	      "[ERROR] Tests run: 5, Failures: 1, Errors: 1, Skipped: 0\n"
	      "[ERROR]   NotTest.any:3 more\n",
		"3 1 0 1\nCartTest.adds\nCartTest.raises\n");
}

static void surefire_flakes_are_taken_back(void **state)
{
	(void)state;
	check("[ERROR] org.acme.CartTest.flaky -- Time elapsed: 0.012 s <<< FAILURE!\n"
	      "[INFO] Results:\n"
	      "[WARNING] Flakes: \n"
	      "[WARNING] org.acme.CartTest.flaky\n"
	      "[ERROR]   Run 1: CartTest.flaky:11 expected: <true> but was: <false>\n"
	      "[INFO]   Run 2: PASS\n"
	      "[INFO] \n"
	      "[WARNING] Tests run: 5, Failures: 0, Errors: 0, Skipped: 1, Flakes: 1\n",
		"4 0 1 0\n");
}

static void ant_plain(void **state)
{
	(void)state;
	check("    [junit] Testsuite: org.acme.CartTest\n"
	      "    [junit] Tests run: 3, Failures: 1, Errors: 1, Skipped: 0, Time elapsed: 1.442 sec\n"
	      "    [junit] Testcase: testOk took 0.1 sec\n"
	      "    [junit] Testcase: testShelf took 0.215 sec\n"
	      "    [junit] \tCaused an ERROR\n"
	      "    [junit] Index: 0, Size: 0\n"
	      "    [junit] Testcase: testLast took 0.215 sec\n"
	      "    [junit] \tFAILED\n",
		"1 1 0 1\norg.acme.CartTest.testShelf\norg.acme.CartTest.testLast\n");
}

static void ant_launchers(void **state)
{
	(void)state;
	check("[junitlauncher] Tests run: 2, Failures: 1, Aborted: 0, Skipped: 0, Time elapsed: 14.207 sec\n"
	      "Testcase: org.acme.CartTest\n"
	      "Test: fetches() took 15 sec(s) FAILED: java.net.SocketTimeoutException: connect timed out\n"
	      "Test: fetchesNull() took 708 milli sec(s)\n"
	      "Tests run: 2, Failures: 1, Skipped: 0, Aborted: 0, Time elapsed: 16 sec(s)\n",
		"1 1 0 0\norg.acme.CartTest.fetches()\n");
	check("    [junit] Failures (1):\n"
	      "    [junit]   JUnit Jupiter:CartTest:adds()\n"
	      "    [junit] [         3 tests skipped         ]\n"
	      "    [junit] [      1207 tests successful      ]\n"
	      "    [junit] [         1 tests failed          ]\n",
		"1207 1 3 0\nCartTest:adds()\n");
}

static void gradle(void **state)
{
	(void)state;
	check("> Task :app:test FAILED\n"
	      "\n"
	      "org.acme.CartTest > adds() FAILED\n"
	      "    org.opentest4j.AssertionFailedError at CartTest.java:7\n"
	      "Gradle Test Run :app:test > Gradle Test Executor 1 > ShelfTest > when empty > costs nothing FAILED\n"
	      "a > b\n"
	      "> a > b FAILED\n"
	      "375 tests completed, 2 failed, 28 skipped\n"
	      "BUILD FAILED in 2m 27s\n",
		"345 2 28 0\norg.acme.CartTest > adds()\nShelfTest > when empty > costs nothing\n");
}

static void gradle_test_logger(void **state)
{
	(void)state;
	check("> Task :test\n"
	      "org.acme.CartTest\n"
	      "\n"
	      "  Test ok() PASSED\n"
	      "  Test adds() FAILED (1.2s)\n"
	      "\n"
	      "CartTest > adds() FAILED\n"
	      "2 tests completed, 1 failed\n"
	      "> Task :report\n"
	      "  Test plan FAILED\n",
		"1 1 0 0\norg.acme.CartTest > adds()\n");
}

static void surefire_2_lists_with_and_without_a_line_break(void **state)
{
	(void)state;
	check("Results :\n\nFailed tests:   adds(acme.CartTest): expected:<1> but was:<2>\n"
	      "  named(acme.CartTest): no\n\nTests in error: \n  broken(acme.OrderTest): boom\n\n"
	      "Tests run: 4, Failures: 2, Errors: 1, Skipped: 0\n",
		"1 2 0 1\nacme.CartTest.adds\nacme.CartTest.named\nacme.OrderTest.broken\n");
	check("[ERROR] Failures: \n[ERROR]   CartTest.adds(int)[2]:12 expected: <1> but was: <2>\n[INFO] \n"
	      "[ERROR] Tests run: 4, Failures: 1, Errors: 0, Skipped: 0\n",
		"3 1 0 0\nCartTest.adds(int)[2]\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(surefire_new_form),
		cmocka_unit_test(surefire_bare_methods_get_their_class),
		cmocka_unit_test(surefire_results_when_nothing_else_tells),
		cmocka_unit_test(surefire_flakes_are_taken_back),
		cmocka_unit_test(ant_plain),
		cmocka_unit_test(ant_launchers),
		cmocka_unit_test(gradle),
		cmocka_unit_test(gradle_test_logger),
		cmocka_unit_test(surefire_2_lists_with_and_without_a_line_break),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
