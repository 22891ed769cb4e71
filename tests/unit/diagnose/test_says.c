#include "../log/log_testing.h"
#include "diagnose/says.h"

typedef bool says(struct view line);

static void check(says *what, const char *const *hits, const char *const *misses)
{
	for (; *hits; hits++)
		if (!what(view_of(*hits)))
			fail_msg("\"%s\" is not known", *hits);
	for (; *misses; misses++)
		if (what(view_of(*misses)))
			fail_msg("\"%s\" is taken for it", *misses);
}

#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_results_of_tests(void **state)
{
	(void)state;
	check(says_pass,
		LINES("  ✓ adds (2 ms)", "ok 3 - adds", "--- PASS: TestAdd (0.00s)", "test rows::adds ... ok",
			"tests/test_a.py::test_adds PASSED  [ 50%]"),
		LINES("not ok 3 - adds", "okay", "1 passed, 1 failed"));
	check(says_fail,
		LINES("(fail) rows > adds [1.2ms]", "not ok 2 - adds", "--- FAIL: TestAdd (0.00s)",
			"[  FAILED  ] Rows.Adds (0 ms)", "test rows::adds ... FAILED"),
		LINES("ok 2 - adds", "FAILED (errors=1)", "BUILD FAILED: see above"));
}

static void test_attempts(void **state)
{
	(void)state;
	check(says_retry,
		LINES("Retrying in 10 seconds", "Attempt 2 of 3", "attempt #3", "waiting 10s before retry...",
			"the request will be retried", "Waiting 13 seconds before trying again"),
		LINES("Attempt 1 of 3", "Please try again later.", "All attempts failed", "retries: 3"));
	check(says_success, LINES("✅ Version bumped", "Image was built successfully.", "Done in 2.3s."),
		LINES("unsuccessfully", "❌ Version not bumped", "Done with errors"));
}

static void test_echoes(void **state)
{
	(void)state;
	check(says_count, LINES(" › 5 snapshots failed.", "Found 3 errors in 2 files", "✖ 12 problems (12 errors)"),
		LINES("a.c:3:1: error: 2 failed", "expected 3 items", "12 files changed"));
	check(says_command,
		LINES("subprocess.CalledProcessError: Command '['make']' returned non-zero exit status 2.",
			"Error: Command failed: git push", "npm script exited with code 1"),
		LINES("error: no rule to make target", "make: *** [all] Error 2"));
	check(says_property, LINES("  message: 'Not Found',", "    \"error\": \"denied\",", "  code: 'ENOENT'"),
		LINES("message: 'Not Found',", "  error: no such file", "  at run (a.js:3:1),"));
	check(says_source,
		LINES("    throw new Error(`no shelf`);", "\traise ValueError(\"no shelf\")", "  echo \"no shelf\""),
		LINES("throw new Error(`no shelf`);", "  Error: no shelf", "  throws when there is no shelf"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results_of_tests),
		cmocka_unit_test(test_attempts),
		cmocka_unit_test(test_echoes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
