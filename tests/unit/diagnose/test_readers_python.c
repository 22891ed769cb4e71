#include "reader_testing.h"

/* ---- pytest ---------------------------------------------------------------------------------- */

static void pytest_fixtures(void **state)
{
	(void)state;
	check_file(LOGS "python/passing.log", "5 0 0 0\n");
	check_file(LOGS "python/pytest-assert.log", "1 1 0 0\ntests/test_shelf.py::test_total\n");
	check_file(LOGS "python/pytest-collect-error.log", "0 0 0 1\ntests/test_shelf.py\n");
	check_file(LOGS "python/pytest-exception.log",
		"0 2 0 0\ntests/test_shelf.py::test_first\ntests/test_shelf.py::TestEmpty::test_empty\n");
	check_file(LOGS "python/pytest-fixture.log", "0 0 0 2\ntests/test_a.py::test_a\ntests/test_a.py::test_b\n");
	check_file(LOGS "python/pytest-worker-crash.log", "0 1 0 0\ntests/test_a.py::test_exit\n");
}

static void pytest_verbose(void **state)
{
	(void)state;
	check("tests/test_a.py::test_ok PASSED                                          [ 20%]\n"
	      "tests/test_a.py::test_skip SKIPPED (not now)                             [ 40%]\n"
	      "tests/test_a.py::test_prints hello FAILED                                [ 60%]\n"
	      "tests/test_a.py::TestX::test_y[a b-c] FAILED                             [ 80%]\n"
	      "tests/test_a.py::test_known XFAIL (bug)                                  [100%]\n",
		"1 2 2 0\ntests/test_a.py::test_prints\ntests/test_a.py::TestX::test_y[a b-c]\n");
}

static void pytest_xdist(void **state)
{
	(void)state;
	check("[gw0] [ 33%] PASSED tests/test_a.py::test_ok \n"
	      "[gw1] [ 66%] FAILED tests/test_a.py::test_p[1 - 2] \n"
	      "[gw0] ERROR tests/test_a.py::test_e\n"
	      "=========================== short test summary info ============================\n"
	      "FAILED tests/test_a.py::test_p[1 - 2] - assert 1 == 2\n"
	      "ERROR tests/test_a.py::test_e - RuntimeError: no\n"
	      "==================== 1 failed, 1 passed, 1 error in 0.26s ====================\n",
		"1 1 0 1\ntests/test_a.py::test_p[1 - 2]\ntests/test_a.py::test_e\n");
}

static void pytest_parameters_may_hold_anything(void **state)
{
	(void)state;
	check("FAILED t/test_a.py::test_m[timestamp[ns]-None] - TypeError: a [b] - c\n"
	      "FAILED t/test_a.py::test_m[x - y]\n"
	      "FAILED t\\test_w.py::test_w - assert 'a' == 'b'\n",
		"0 3 0 0\nt/test_a.py::test_m[timestamp[ns]-None]\nt/test_a.py::test_m[x - y]\nt\\test_w.py::test_w\n");
}

static void pytest_subtests(void **state)
{
	(void)state;
	check("=========================== short test summary info ============================\n"
	      "SUBFAILED[custom message] (i=1) test_sub.py::test - assert 1 == 0\n"
	      "SUBFAIL test_sub.py::T::test_old - AssertionError: 1 != 0\n"
	      "========================= 2 failed, 2 passed, 3 subtests passed in 0.07s ========================\n",
		"2 2 0 0\ntest_sub.py::test\ntest_sub.py::T::test_old\n");
}

static void pytest_summary_names_what_has_no_file(void **state)
{
	(void)state;
	check("=========================== short test summary info ============================\n"
	      "ERROR tests/unit/nodes - KeyError: 'shelf'\n"
	      "!!!!!!!!!!!!!!!!!!!! Interrupted: 1 error during collection !!!!!!!!!!!!!!!!!!!!\n"
	      "=============================== 1 error in 3.18s ===============================\n"
	      "ERROR tests/unit/other - not in a summary\n",
		"0 0 0 1\ntests/unit/nodes\n");
}

static void pytest_dies(void **state)
{
	(void)state;
	check("app/tests/test_main.py::test_rename Fatal Python error: Segmentation fault\n",
		"0 0 0 1\napp/tests/test_main.py::test_rename\n");
}

static void pytest_look_alikes(void **state)
{
	(void)state;
	check("ERROR    root:test_a.py:10 a logged line\n"
	      "ERROR test.py is not formatted\n"
	      "test workspace::lock ... FAILED\n"
	      "FAILED (failures=1)\n"
	      "BUILD FAILED in 2s\n"
	      "Found 3 errors in 2 files (checked 4 source files)\n"
	      "5 modules transformed in 0.12s\n",
		"0 1 0 0\nworkspace::lock\n");
}

static void pytest_quiet(void **state)
{
	(void)state;
	check("1 failed, 2 passed, 1 skipped, 1 xfailed, 1 xpassed, 3 warnings in 61.20s (0:01:01)\n", "3 1 2 0\n");
}

/* ---- unittest -------------------------------------------------------------------------------- */

static void unittest_fixtures(void **state)
{
	(void)state;
	check_file(LOGS "python/unittest.log",
		"1 1 0 1\ntests.test_shelf.ShelfTest.test_first\ntests.test_shelf.ShelfTest.test_total\n");
	check_file(LOGS "python/unittest-import.log", "0 0 0 1\ntests.test_shelf (unittest.loader._FailedTest)\n");
}

static void unittest_old_and_new_names(void **state)
{
	(void)state;
	check("======================================================================\n"
	      "FAIL: test_x (pkg.mod.Case)\n"
	      "----------------------------------------------------------------------\n"
	      "ERROR: test_y (pkg.mod.Case.test_y) (i=1)\n"
	      "ERROR: setUpClass (pkg.mod.Case)\n"
	      "Ran 9 tests in 0.004s\n"
	      "\n"
	      "FAILED (failures=1, errors=2, skipped=3, expected failures=1)\n",
		"2 1 4 2\npkg.mod.Case.test_x\npkg.mod.Case.test_y\npkg.mod.Case.setUpClass\n");
}

static void unittest_verbose_and_several_runs(void **state)
{
	(void)state;
	check("test_x (pkg.mod.Case.test_x) ... ok\n"
	      "test_y (pkg.mod.Case.test_y)\n"
	      "With a docstring ... FAIL\n"
	      "test_z (pkg.mod.Case) ... FAIL\n"
	      "Ran 3 tests in 0.004s\n\nFAILED (failures=2)\n"
	      "Ran 2 tests in 0.001s\n\nOK\n"
	      "Ran 1 test in 0.001s\n\nOK (skipped=1)\n",
		"3 2 1 0\npkg.mod.Case.test_z\n");
}

/* The retries of a step: who crashed once and passed later is none of the failures, the other one is. */
static void pytest_crashes_and_is_run_again(void **state)
{
	(void)state;
	check("tests/test_a.py::test_x Fatal Python error: Segmentation fault\n"
	      "tests/test_a.py::test_x PASSED   [ 50%]\n"
	      "tests/test_a.py::test_y Fatal Python error: Segmentation fault\n",
		"2 0 0 1\ntests/test_a.py::test_y\n");
	check("tests/test_a.py::test_x Fatal Python error: Aborted\n"
	      "tests/test_a.py::test_x PASSED   [ 50%]\n",
		"1 0 0 1\ntests/test_a.py::test_x\n");
}

static void pytest_output_of_tests_is_no_summary(void **state)
{
	(void)state;
	check("=================================== FAILURES ===================================\n"
	      "FAILED tests/test_inner.py::test_x - no\n"
	      "==================================== PASSES ====================================\n"
	      "FAILED tests/test_inner.py::test_y - no\n"
	      "=========================== short test summary info ============================\n"
	      "FAILED tests/test_a.py::test_z - no\n"
	      "========================= 1 failed, 1 passed in 0.02s ==========================\n",
		"1 1 0 0\ntests/test_a.py::test_z\n");
}

static void unittest_output_of_a_test_is_no_result(void **state)
{
	(void)state;
	check("test_x (pkg.mod.Case.test_x) ... ERROR:root:payment failed\n"
	      "ok\n"
	      "test_y (pkg.mod.Case.test_y) ... ERROR\n"
	      "test_z (pkg.mod.Case.test_z) ... skipped 'no network'\n"
	      "Ran 3 tests in 0.004s\n\nFAILED (errors=1, skipped=1)\n",
		"1 0 1 1\npkg.mod.Case.test_y\n");
}
static void unittest_below_a_ruler(void **state)
{
	(void)state;
	check("======================================================================\n"
	      "ERROR: app.tests.test_cart\n"
	      "----------------------------------------------------------------------\n"
	      "ERROR: pip.resolver\n"
	      "ERROR: Could not find a version that satisfies the requirement x (from versions: none)\n",
		"0 0 0 1\napp.tests.test_cart\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pytest_fixtures),
		cmocka_unit_test(pytest_verbose),
		cmocka_unit_test(pytest_xdist),
		cmocka_unit_test(pytest_parameters_may_hold_anything),
		cmocka_unit_test(pytest_subtests),
		cmocka_unit_test(pytest_summary_names_what_has_no_file),
		cmocka_unit_test(pytest_dies),
		cmocka_unit_test(pytest_look_alikes),
		cmocka_unit_test(pytest_quiet),
		cmocka_unit_test(unittest_fixtures),
		cmocka_unit_test(unittest_old_and_new_names),
		cmocka_unit_test(unittest_verbose_and_several_runs),
		cmocka_unit_test(pytest_crashes_and_is_run_again),
		cmocka_unit_test(pytest_output_of_tests_is_no_summary),
		cmocka_unit_test(unittest_output_of_a_test_is_no_result),
		cmocka_unit_test(unittest_below_a_ruler),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
