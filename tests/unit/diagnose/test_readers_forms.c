/* Readers that are tables. The texts are what the tools printed, but for those marked as written after their sources.
 */
#include "reader_testing.h"

static void fixtures(void **state)
{
	(void)state;
	check_file(LOGS "c/catch2.log", "0 1 0 0\ntwo shelves are counted\n");
	check_file(LOGS "c/doctest.log", "0 1 0 0\ntwo shelves are counted\n");
	check_file(LOGS "c/boost-test.log", "0 1 0 0\ncounts_two\n");
	check_file(LOGS "c/check.log", "0 1 0 0\ntest_total\n");
	check_file(LOGS "c/cmocka.log", "1 1 0 0\ntest_total\n");
	check_file(LOGS "c/meson-test.log", "1 1 0 0\ntotal\n");
	check_file(LOGS "c/unity-transcript.log", "1 1 0 0\ntest_total\n");
	check_file(LOGS "c/bazel-transcript.log", "0 1 0 0\n//src:shelf_test\n");
	check_file(LOGS "swift/swift-transcript.log", "1 1 0 0\nShelfTests.testTotal\n");
	check_file(LOGS "languages/dart-transcript.log", "1 1 0 0\ntest/shelf_test.dart: adds two shelves\n");
	check_file(LOGS "languages/testthat.log", "0 1 0 0\nadds two shelves\n");
	check_file(LOGS "languages/julia-transcript.log", "1 1 0 0\nshelf\n");
	check_file(LOGS "languages/busted.log", "1 1 0 0\nshelf adds up\n");
	check_file(LOGS "languages/hspec-transcript.log", "1 1 0 0\nShelf adds two shelves\n");
	check_file(LOGS "languages/zig-transcript.log", "1 1 0 0\nshelf.test.total\n");
	check_file(LOGS "languages/perl-test.log", "0 1 0 0\nadds two shelves\n");
	check_file(LOGS "java/sbt-transcript.log", "0 1 0 0\nOrderSpec > adds two shelves\n");
	check_file(LOGS "javascript/ava.log", "0 1 0 0\nadds prices\n");
	check_file(LOGS "python/behave.log", "0 1 0 0\nfeatures/shelf.feature:2 adding\n");
}

static void jasmine(void **state)
{
	(void)state;
	check("Randomized with seed 21835\nStarted\n.FF\n\nFailures:\n1) Shelf total adds prices\n  Message:\n"
	      "    Expected 1 to be 2.\n  Stack:\n        at <Jasmine>\n\n2) Shelf total throws, at once\n  Message:\n"
	      "    Error: 3) x\n  Stack:\n        at <Jasmine>\n\n3 specs, 2 failures\nFinished in 0.018 seconds\n"
	      "1) no more\n  Message:\n",
		"1 2 0 0\nShelf total adds prices\nShelf total throws, at once\n");
}

static void web_test_runner_and_tap_spec(void **state)
{
	(void)state;
	check("Running 2 test files...\n\ntest/card.test.js:\n\n 🚧 Browser logs:\n"
	      "\n ❌ my-card > shows the title\n      AssertionError: expected 'A' to equal 'a'\n\n"
	      "Chrome: |####| 1/2 test files | 3 passed, 1 failed\nChrome: |####| 2/2 test files | 7 passed, 1 failed\n"
	      "\nFinished running tests in 2.1s with 1 failed tests.\n ❌ no more\n",
		"7 1 0 0\nmy-card > shows the title\n");
	check("    ✖ keeps the order\n\n\n  Failed Tests: There was 1 failure\n\n    shelf\n\n"
	      "      ✖ keeps the order\n\n\n  total:     2\n  ✖ no more\n",
		"0 1 0 0\nkeeps the order\n");
}

static void ava_messages_are_no_titles(void **state)
{
	(void)state;
	check("  ✘ [fail]: b › other my msg\n  ✘ [fail]: a › adds prices\n"
	      "  ✘ [fail]: a › throws error Error thrown in test\n  ✔ a › ok\n  ─\n\n  b › other\n\n  "
	      "at/b.test.mjs:2\n\n"
	      "   1: import test from 'ava';\n\n  my msg\n\n  Value is not `true`:\n\n  false\n\n"
	      "  › file://at/b.test.mjs:2:24\n\n\n\n  a › adds prices\n\n  at/a.test.mjs:2\n\n"
	      "  Difference (- actual, + expected):\n\n  - 1\n  + 2\n\n\n\n  a › throws error\n\n  Error thrown in "
	      "test:\n\n"
	      "  Error {\n    message: 'boom here',\n  }\n\n  ─\n\n  3 tests failed\n",
		"0 3 0 0\nb › other\na › adds prices\na › throws error\n");
}

static void haskell(void **state)
{
	(void)state;
	check("Failures:\n\n  S.hs:2:92: \n  1) Shelf.total adds prices\n       expected: 2\n        but got: 1\n\n"
	      "  To rerun use: --match \"/Shelf/total/adds prices/\"\n\n  S.hs:2:157: \n  2) Shelf top\n"
	      "       expected: True\n\n  To rerun use: --match \"/Shelf/top/\"\n\nFinished in 0.0003 seconds\n"
	      "3 examples, 2 failures\n",
		"1 2 0 0\nShelf.total adds prices\nShelf top\n");
	check("Shelf\n  total\n    adds prices: FAIL\n      T.hs:3:\n      expected: 2\n    slow:        FAIL (0.31s)\n"
	      "    ok:          OK\n\n2 out of 3 tests failed (0.00s)\n",
		"1 2 0 0\nadds prices\nslow\n");
}

static void ocaml(void **state)
{
	(void)state;
	check("> [FAIL]        shelf          0   adds prices.\n  [OK]          shelf          1   ok.\n"
	      "│ [FAIL]        shelf          0   adds prices.                                │\n"
	      "1 failure! in 0.002s. 2 tests run.\n",
		"1 1 0 0\nshelf 0 adds prices\n");
	check("Error: shelf:0:adds.\n\nError: shelf:0:adds (in the log).\n"
	      "FAILED: Cases: 2 Tried: 2 Errors: 0 Failures: 1 Skip:  0 Todo: 0 Timeouts: 0.\n",
		"1 1 0 0\nshelf:0:adds\n");
}

static void nim_tcl_erlang(void **state)
{
	(void)state;
	check("[Suite] shelf\n    t.nim(4, 12): Check failed: 1 == 2\n  [FAILED] adds prices\n  [OK] ok\n",
		"1 1 0 0\nadds prices\n");
	check("==== shelf-1.1 adds prices FAILED\n==== Contents of test case:\nexpr 1\n==== shelf-1.1 FAILED\n\n"
	      "t.tcl:	Total	2	Passed	1	Skipped	0	Failed	1\n",
		"1 1 0 0\nshelf-1.1\n");
	check("  sh_tests: total_test...*failed*\nin function sh_tests:total_test/0 (sh_tests.erl, line 3)\n"
	      "  sh_tests: ok_test...ok\n  Failed: 1.  Skipped: 0.  Passed: 1.\n",
		"1 1 0 0\nsh_tests: total_test\n");
}

/* After the sources of the tools. */
static void written_after_sources(void **state)
{
	(void)state;
	check("Chrome Headless 120.0.0.0 (Linux x86_64) Shelf total adds prices FAILED\n	Expected 1 to be 2.\n"
	      "Chrome Headless 120.0.0.0 (Linux x86_64): Executed 3 of 3 (1 FAILED) (0.01 secs / 0.005 secs)\n",
		"0 1 0 0\nShelf total adds prices\n");
	check("Test Case '-[TallyTests.ShelfTests testTotal]' failed (0.003 seconds).\n"
	      "✘ Test adds() failed after 0.001 seconds with 1 issue.\n"
	      "✘ Test run with 2 tests failed after 0.002 seconds with 1 issue.\n",
		"0 2 0 0\nTallyTests.ShelfTests.testTotal\nadds()\n");
	check("[error] ==> X acme.OrderSuite.adds prices  0.01s munit.ComparisonFailException: no\n"
	      "[error] Test acme.OrderTest.named failed: expected:<1> but was:<2>, took 0.01 sec\n"
	      "[error] Failed: Total 3, Failed 2, Errors 0, Passed 1\n[error] Failed tests:\n[error] 	"
	      "acme.OrderSuite\n"
	      "[error] (Test / test) sbt.TestsFailedException: Tests unsuccessful\n",
		"1 2 0 0\nacme.OrderSuite.adds prices\nacme.OrderTest.named\n");
	check("[error] Failed tests:\n[error] 	acme.OrderSpecification\n[error] (Test / test) x\n",
		"0 1 0 0\nacme.OrderSpecification\n");
	check("[FAIL: assertion failed: 2 != 4] testTotal() (gas: 1234)\n"
	      "Suite result: FAILED. 1 passed; 1 failed; 0 skipped; finished in 1.2ms (300µs CPU time)\n",
		"1 1 0 0\ntestTotal()\n");
	check("FAIL in (adds-prices) (shelf_test.clj:5)\n", "0 1 0 0\nadds-prices\n");
	check("Adds Prices                                                           | FAIL |\n1 != 2\n"
	      "------------------------------------------------------------------------------\n"
	      "Shelf                                                                 | FAIL |\n"
	      "1 test, 0 passed, 1 failed\n"
	      "==============================================================================\n",
		"0 1 0 0\nAdds Prices\n");
	check("test.cpp:12: error: Failure in TEST(Shelf, Total)\n"
	      "Errors (1 failures, 2 tests, 2 ran, 3 checks, 0 ignored, 0 filtered out, 1 ms)\n",
		"1 1 0 0\nTEST(Shelf, Total)\n");
	check("1) test: ShelfTest::testTotal (F) line: 12 shelf.cpp\n", "0 1 0 0\nShelfTest::testTotal\n");
	check("FAIL!  : ShelfTest::total() Compared values are not the same\n"
	      "Totals: 3 passed, 1 failed, 0 skipped, 0 blacklisted, 5ms\n",
		"3 1 0 0\nShelfTest::total()\n");
	check("[FAIL] shelf::total: (0.00s)\n[====] Synthesis: Tested: 2 | Passing: 1 | Failing: 1 | Crashing: 0\n",
		"1 1 0 0\nshelf::total\n");
	check("FAIL: tests/shelf.sh\nFAIL: LLVM :: CodeGen/X86/add.ll (1 of 300)\n"
	      "FAIL: shelf_test.go:12: ShelfSuite.TestTotal\nFAIL: not a name\n",
		"0 3 0 0\ntests/shelf.sh\nLLVM :: CodeGen/X86/add.ll\nShelfSuite.TestTotal\n");
	check("1) Scenario: adds prices # features/shelf.feature:2\n   ✖ Given one\n1 scenario (1 failed)\n",
		"0 1 0 0\nadds prices # features/shelf.feature:2\n");
}

/* Rows of a table that name a place as a task runner names a task. */
static void places_are_no_tasks(void **state)
{
	(void)state;
	check("0%: Checks: 1, Failures: 1, Errors: 0\nshelf_test.c:8:F:Core:test_total:0: Assertion failed\n",
		"0 1 0 0\ntest_total\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixtures),
		cmocka_unit_test(jasmine),
		cmocka_unit_test(web_test_runner_and_tap_spec),
		cmocka_unit_test(ava_messages_are_no_titles),
		cmocka_unit_test(haskell),
		cmocka_unit_test(ocaml),
		cmocka_unit_test(nim_tcl_erlang),
		cmocka_unit_test(written_after_sources),
		cmocka_unit_test(places_are_no_tasks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
