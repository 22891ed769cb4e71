#include "reader_testing.h"

/* ---- Ruby ------------------------------------------------------------------------------------ */

static void rspec(void **state)
{
	(void)state;
	check("Failures:\n"
	      "\n"
	      "  1) Cart adds prices\n"
	      "     Failure/Error: it(\"adds prices\") { expect(1 + 1).to eq(3) }\n"
	      "Finished in 0.01204 seconds (files took 0.07856 seconds to load)\n"
	      "4 examples, 2 failures, 1 pending\n"
	      "\n"
	      "Failed examples:\n"
	      "\n"
	      "rspec ./spec/cart_spec.rb:2 # Cart adds prices\n"
	      "rspec './spec/cart_spec.rb[1:3:1]' # Cart when empty costs nothing\n"
	      "rspec is a tool\n",
		"1 2 1 0\n./spec/cart_spec.rb:2 # Cart adds prices\n"
		"./spec/cart_spec.rb[1:3:1] # Cart when empty costs nothing\n");
}

static void minitest(void **state)
{
	(void)state;
	check("Finished in 0.001461s, 2737.0265 runs/s, 1368.5132 assertions/s.\n"
	      "\n"
	      "  1) Error:\n"
	      "CartTest#test_raises:\n"
	      "RuntimeError: boom\n"
	      "    test/cart_test.rb:4:in `test_raises'\n"
	      "\n"
	      "  2) Failure:\n"
	      "CartTest#test_adds [test/cart_test.rb:3]:\n"
	      "Expected: 3\n"
	      "  Actual: 2\n"
	      "\n"
	      "  3) Skipped:\n"
	      "CartTest#test_skipped [test/cart_test.rb:6]:\n"
	      "\n"
	      "4 runs, 2 assertions, 1 failures, 1 errors, 1 skips\n",
		"1 1 1 1\nCartTest#test_raises\nCartTest#test_adds\n");
}

static void minitest_of_rails_and_reporters(void **state)
{
	(void)state;
	check("Failure:\n"
	      "Shop::CartTest#test_adds [test/models/cart_test.rb:5]:\n"
	      "Expected: 3\n"
	      "bin/rails test test/models/cart_test.rb:4\n"
	      "Error:\n"
	      "not a name\n"
	      " FAIL ShelfTest#test_total (0.01s)\n"
	      "ERROR ShelfTest#test_first (0.01s)\n",
		"0 2 0 1\nShop::CartTest#test_adds\nShelfTest#test_total\nShelfTest#test_first\n");
}

static void test_unit(void **state)
{
	(void)state;
	check("===============================================================================\n"
	      "Failure: test_adds(ShelfTest)\n"
	      "test/unit_test.rb:3:in `test_adds'\n"
	      "===============================================================================\n"
	      "Error: test_raises(ShelfTest): RuntimeError: boom\n"
	      "Finished in 0.003572097 seconds.\n"
	      "3 tests, 2 assertions, 1 failures, 1 errors, 0 pendings, 0 omissions, 0 notifications\n",
		"1 1 0 1\nShelfTest#test_adds\nShelfTest#test_raises\n");
}

/* ---- PHP ------------------------------------------------------------------------------------- */

static void phpunit(void **state)
{
	(void)state;
	check("There was 1 error:\n"
	      "\n"
	      "1) Tests\\CartTest::testThrows\n"
	      "RuntimeException: boom\n"
	      "--\n"
	      "There were 2 failures:\n"
	      "\n"
	      "1) Tests\\CartTest::testAdds\n"
	      "Failed asserting that 2 is identical to 3.\n"
	      "2) Tests\\CartTest::testPrices with data set \"named\" (2, 3)\n"
	      "--\n"
	      "There was 1 risky test:\n"
	      "\n"
	      "1) Tests\\CartTest::testRisky\n"
	      "This test did not perform any assertions\n"
	      "ERRORS!\n"
	      "Tests: 8, Assertions: 5, Errors: 1, Failures: 2, Skipped: 1, Risky: 1.\n"
	      "1) Tests\\CartTest::testNotInAList\n",
		"4 2 1 1\nTests\\CartTest::testThrows\nTests\\CartTest::testAdds\n"
		"Tests\\CartTest::testPrices with data set \"named\"\n");
	check("OK (3 tests, 5 assertions)\n", "3 0 0 0\n");
}

static void pest(void **state)
{
	(void)state;
	check("   PASS  Tests\\Unit\\ExampleTest\n"
	      "  ✓ that true is true\n"
	      "   FAIL  Tests\\Feature\\ExampleTest\n"
	      "  ⨯ the application returns a successful response                        0.37s  \n"
	      "  ───────────────────────────────────────────────\n"
	      "   FAILED  Tests\\Feature\\ExampleTest > the application returns a successful…\n"
	      "  Tests:    1 failed, 1 skipped, 1 passed (2 assertions)\n",
		"1 1 1 0\nTests\\Feature\\ExampleTest > the application returns a successful response\n");
}

/* ---- .NET ------------------------------------------------------------------------------------ */

static void dotnet(void **state)
{
	(void)state;
	check("[xUnit.net 00:00:02.87]     Acme.Tests.CartTests.Adds(a: 1) [FAIL]\n"
	      "  Failed Acme.Tests.CartTests.Adds(a: 1) [68 ms]\n"
	      "  Passed Acme.Tests.CartTests.Ok [< 1 ms]\n"
	      "  Failed to extract font properties\n"
	      "  Failed Acme.Tests.CartTests.Waits [1 m 2 s]\n"
	      "Failed!  - Failed:     2, Passed:   141, Skipped:     1, Total:   144, Duration: 230 ms - "
	      "Acme.Tests.dll\n"
	      "Test summary: total: 144, failed: 2, succeeded: 141, skipped: 1, duration: 3.2s\n",
		"141 2 1 0\nAcme.Tests.CartTests.Adds(a: 1)\nAcme.Tests.CartTests.Waits\n");
}

static void dotnet_totals_over_lines(void **state)
{
	(void)state;
	check("  X Acme.CartTests.Adds [1ms]\n"
	      "Total tests: 3\n"
	      "     Passed: 1\n"
	      "     Failed: 1\n"
	      "    Skipped: 1\n"
	      " Total time: 1.2 Seconds\n"
	      "     Failed: 7\n",
		"1 1 1 0\nAcme.CartTests.Adds\n");
}

/* ---- Elixir ---------------------------------------------------------------------------------- */

static void exunit(void **state)
{
	(void)state;
	check("  1) test empty costs nothing (CartTest)\n"
	      "     test/cart_test.exs:8\n"
	      "     ** (RuntimeError) boom\n"
	      "     stacktrace:\n"
	      "       test/cart_test.exs:9: (test)\n"
	      "  2) test of something (else)\n"
	      "     no place\n"
	      "Finished in 0.02 seconds (0.00s async, 0.02s sync)\n"
	      "1 doctest, 3 tests, 1 failure, 1 skipped\n",
		"2 1 1 0\ntest empty costs nothing (CartTest)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rspec),
		cmocka_unit_test(minitest),
		cmocka_unit_test(minitest_of_rails_and_reporters),
		cmocka_unit_test(test_unit),
		cmocka_unit_test(phpunit),
		cmocka_unit_test(pest),
		cmocka_unit_test(dotnet),
		cmocka_unit_test(dotnet_totals_over_lines),
		cmocka_unit_test(exunit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
