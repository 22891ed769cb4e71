#include "reader_testing.h"

static void fixtures(void **state)
{
	(void)state;
	check_file(LOGS "go/test-assert.log", "1 2 0 0\nTestTotal\nTestTotal/two\n");
	check_file(LOGS "go/panic.log", "0 1 0 0\nTestFifth\n");
	check_file(LOGS "go/gotestsum.log", "1 1 0 0\nTestTotal\n");
	check_file(LOGS "go/ginkgo-transcript.log",
		"2 2 0 0\nShelf when two counts are given [It] adds them up\nTestShelf\n");
	check_file(LOGS "rust/test-assert.log", "1 2 0 0\ntests::two\nsrc/lib.rs - total (line 1)\n");
	check_file(LOGS "rust/test-should-panic.log", "0 2 0 0\ntests::refuses\ntests::refuses_too\n");
	check_file(LOGS "rust/nextest-transcript.log", "1 2 0 0\ntally tests::two\ntally::it waits\n");
	check_file(LOGS "c/gtest.log", "1 1 0 0\nShelf.Total\n");
	check_file(LOGS "c/ctest.log", "1 4 0 0\ntotal\ncrash\nwaits\nabsent\n");
	check_file(LOGS "shell/bats.log", "1 1 0 0\nadds prices\n");
}

static void go_json(void **state)
{
	(void)state;
	check("{\"Time\":\"2026-01-01T00:00:00Z\",\"Action\":\"run\",\"Package\":\"p\",\"Test\":\"TestX\"}\n"
	      "{\"Action\":\"output\",\"Package\":\"p\",\"Test\":\"TestX\",\"Output\":\"--- FAIL: TestX (0.00s)\\n\"}\n"
	      "{\"Action\":\"fail\",\"Package\":\"p\",\"Test\":\"TestX/a\",\"Elapsed\":0.01}\n"
	      "{\"Action\":\"pass\",\"Package\":\"p\",\"Test\":\"TestY\",\"Elapsed\":0.01}\n"
	      "{\"Action\":\"skip\",\"Package\":\"p\",\"Test\":\"TestZ\",\"Elapsed\":1e300}\n"
	      "{\"Action\":\"fail\",\"Package\":\"p\",\"Elapsed\":0.01}\n"
	      "{\"Action\":\"fail\", broken\n",
		"1 1 1 0\nTestX/a\n");
}

static void go_timeout(void **state)
{
	(void)state;
	check("panic: test timed out after 1s\n"
	      "running tests:\n"
	      "	TestSlow (1s)\n"
	      "	TestSlow/sub (0s)\n"
	      "\n"
	      "	TestNotAnyMore (1s)\n",
		"0 2 0 0\nTestSlow\nTestSlow/sub\n");
}

static void cargo_list_tells_what_output_hid(void **state)
{
	(void)state;
	check("     Running unittests src/lib.rs (target/debug/deps/tally-1)\n"
	      "running 3 tests\n"
	      "test tests::one ... ok <0.001s>\n"
	      "test tests::two ... printed\n"
	      "FAILED\n"
	      "test tests::off ... ignored, slow\n"
	      "failures:\n"
	      "\n"
	      "---- tests::two stdout ----\n"
	      "    word\n"
	      "\n"
	      "failures:\n"
	      "    tests::two\n"
	      "\n"
	      "    tests::not_listed\n"
	      "test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
		"1 1 1 0\ntests::two\n");
}

static void nextest_quotes_libtest_and_retries(void **state)
{
	(void)state;
	check("    Starting 4 tests across 2 binaries\n"
	      "        PASS [   0.011s] tally tests::one\n"
	      "        FAIL [   1.640s] (2/4) tally::it api::waits\n"
	      "running 1 test\n"
	      "test api::waits ... FAILED\n"
	      "test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 3 filtered out; finished in 1.62s\n"
	      "  TRY 1 FAIL [   0.010s] tally tests::flaky\n"
	      "  TRY 2 PASS [   0.010s] tally tests::flaky\n"
	      "  TRY 2 FAIL [   0.010s] tally tests::hopeless\n"
	      "     SIGSEGV [   0.010s] tally tests::crash\n"
	      "------------\n"
	      "     Summary [   2.000s] 5 tests run: 2 passed (1 flaky), 3 failed, 17 skipped\n"
	      "   FLAKY 2/2 [   0.010s] tally tests::flaky\n"
	      "  TRY 2 FAIL [   0.010s] tally tests::hopeless\n"
	      "   Doc-tests tally\n"
	      "test src/lib.rs - total (line 1) ... FAILED\n",
		"2 4 17 0\ntally::it api::waits\ntally tests::crash\ntally tests::hopeless\nsrc/lib.rs - total (line "
		"1)\n");
}

static void gtest_parameters(void **state)
{
	(void)state;
	check("[       OK ] Shelf.Empty (0 ms)\n"
	      "[  FAILED  ] All/Price.Adds/1, where GetParam() = 3 (12 ms)\n"
	      "12: [  FAILED  ] Shelf.Total (0 ms)\n"
	      "[  PASSED  ] 1 test.\n"
	      "[  SKIPPED ] 1 test, listed below:\n"
	      "[  SKIPPED ] Shelf.Later\n"
	      "[  FAILED  ] 2 tests, listed below:\n"
	      "[  FAILED  ] All/Price.Adds/1, where GetParam() = 3\n"
	      "[  FAILED  ] Shelf.Total\n"
	      " 2 FAILED TESTS\n",
		"1 2 1 0\nAll/Price.Adds/1\nShelf.Total\n");
}

static void ctest_statuses(void **state)
{
	(void)state;
	check("1/5 Test #1: adds .............................   Passed    0.00 sec\n"
	      "2/5 Test #2: crashes ..........................***Exception: SegFault  0.21 sec\n"
	      "3/5 Test  #3: with blanks ......................***Timeout   1.00 sec\n"
	      "4/5 Test #4: later ............................***Skipped   0.00 sec\n"
	      "50% tests passed, 2 tests failed out of 4\n"
	      "The following tests FAILED:\n"
	      "\t  2 - crashes (SEGFAULT)\n"
	      "\t  3 - with blanks (Timeout)\n"
	      "\t 10 - absent (Not Run)                        unit\n"
	      "Errors while running CTest\n",
		"2 2 0 0\ncrashes\nwith blanks\nabsent\n");
}

static void tap_of_perl(void **state)
{
	(void)state;
	check("#   Failed test 'adds prices'\n"
	      "#   at t/cart.t line 2.\n"
	      "    #   Failed test 'costs nothing'\n"
	      "    #   at t/cart.t line 5.\n"
	      "#   Failed test 'empty'\n"
	      "#   at t/cart.t line 5.\n"
	      "t/cart.t .. \n"
	      "1..4\n"
	      "not ok 1 - adds prices\n"
	      "ok 2 - adds nothing\n"
	      "not ok 3 - multiplies # TODO later\n"
	      "#   Failed (TODO) test 'multiplies'\n"
	      "# Subtest: empty\n"
	      "    1..2\n"
	      "    not ok 1 - costs nothing\n"
	      "    ok 2 - is empty\n"
	      "not ok 4 - empty\n",
		"2 2 1 0\nadds prices\ncosts nothing\n");
}

static void bats_tap_and_pretty(void **state)
{
	(void)state;
	check("1..3\nnot ok 1 adds prices in 6ms\n# (in test file bt/cart.bats, line 3)\nok 2 adds nothing in 7ms\n"
	      "ok 3 later in 5ms # skip not now\n",
		"1 1 1 0\nadds prices\n");
	check("cart.bats\n"
	      "   adds prices1/3 ✗ adds prices\n"
	      "   (from function `total' in file bt/cart.bash, line 1,\n"
	      "    in test file bt/cart.bats, line 3)\n"
	      " ✓ adds nothing\n"
	      "3 tests, 1 failure, 1 skipped\n",
		"1 1 1 0\nadds prices\n");
}

static void tap_look_alikes(void **state)
{
	(void)state;
	check("ok  \tgithub.com/acme/shelf\t0.01s\nnot ok at all\n✗ some check\n", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixtures),
		cmocka_unit_test(go_json),
		cmocka_unit_test(go_timeout),
		cmocka_unit_test(cargo_list_tells_what_output_hid),
		cmocka_unit_test(nextest_quotes_libtest_and_retries),
		cmocka_unit_test(gtest_parameters),
		cmocka_unit_test(ctest_statuses),
		cmocka_unit_test(tap_of_perl),
		cmocka_unit_test(bats_tap_and_pretty),
		cmocka_unit_test(tap_look_alikes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
