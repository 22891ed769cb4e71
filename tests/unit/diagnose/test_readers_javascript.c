#include "reader_testing.h"

static void fixtures(void **state)
{
	(void)state;
	check_file(LOGS "javascript/passing.log", "2 0 0 0\n");
	check_file(LOGS "javascript/jest.log", "1 2 0 0\ncart › adds prices\ncart › names the first\n");
	check_file(LOGS "javascript/jest-esm.log", "0 0 0 1\nsrc/cart.test.js\n");
	check_file(LOGS "javascript/mocha.log", "1 3 0 0\ncart adds prices:\ncart waits:\ncart throws:\n");
	check_file(LOGS "javascript/vitest.log", "1 1 0 1\nsrc/price.test.js\nsrc/cart.test.js › cart › adds prices\n");
	check_file(LOGS "javascript/playwright.log",
		"0 2 0 0\ntests/cart.spec.js:3:1 › adds prices\ntests/cart.spec.js:7:1 › opens the cart\n");
	check_file(LOGS "javascript/bun-test.log", "0 1 0 0\nadds prices\n");
	check_file(LOGS "javascript/node-test.log", "1 1 0 0\nadds prices\n");
	check_file(LOGS "javascript/node-test-tap.log", "0 1 0 0\nadds prices\n");
}

static void jest_own_titles_and_others(void **state)
{
	(void)state;
	check("  ● a › before any file\n"
	      "FAIL web src/a.test.tsx (5.2 s)\n"
	      "  ● Console\n"
	      "  ● cart › empty › costs nothing\n"
	      "FAIL src/b.test.mjs\n"
	      "  ● Test suite failed to run\n"
	      "●  (SSG)     automatically generated as static HTML\n"
	      "└ ● /examples/[example] (1425 ms)\n"
	      "Tests:       1 failed, 2 skipped, 1 todo, 5 passed, 9 total\n",
		"5 1 3 1\ncart › empty › costs nothing\nsrc/b.test.mjs\n");
}

static void vitest_projects(void **state)
{
	(void)state;
	check(" FAIL  |web (chromium)| src/a.test.ts > cart > adds prices\n"
	      " FAIL  |unit| src/b.test.ts [ src/b.test.ts ]\n"
	      " Test Files  2 failed (2)\n"
	      "      Tests  1 failed | 2 passed | 1 skipped (4)\n",
		"2 1 1 1\nsrc/a.test.ts › cart › adds prices\nsrc/b.test.ts\n");
}

static void mocha_titles_over_lines(void **state)
{
	(void)state;
	check("      1) no failure yet\n"
	      "  12 passing (3s)\n"
	      "  1 pending\n"
	      "  3 failing\n"
	      "\n"
	      "  1) model: findOne:\n"
	      "       middleware\n"
	      "         works with exec() (gh-439):\n"
	      "     Error: Timeout of 2000ms exceeded.\n"
	      "      at listOnTimeout (node:internal/timers:569:17)\n"
	      "\n"
	      "  2) \"before each\" hook for \"adds\":\n"
	      "     TypeError: no\n"
	      "  3) Cart\n"
	      "       \"after all\" hook in \"Cart\":\n"
	      "     Error: x\n"
	      "  4) an unrelated list\n"
	      "     6 failing as expected\n",
		"12 3 1 0\nmodel: findOne: middleware works with exec() (gh-439):\n"
		"\"before each\" hook for \"adds\":\nCart \"after all\" hook in \"Cart\":\n");
}

static void playwright_retries_and_annotations(void **state)
{
	(void)state;
	check("Running 5 tests using 2 workers\n"
	      "  1) [chromium] › a.spec.ts:3:1 › cart › adds prices ─────────────\n"
	      "    Retry #1 ──────────────\n"
	      "  2) [chromium] › a.spec.ts:9:1 › cart › waits ─────────────\n"
	      "  1 failed\n"
	      "    [chromium] › a.spec.ts:3:1 › cart › adds prices ────────\n"
	      "  1 flaky\n"
	      "    [chromium] › a.spec.ts:9:1 › cart › waits ──────\n"
	      "  1 skipped\n"
	      "  2 passed (12.2m)\n"
	      "##[error]  1) [chromium] › a.spec.ts:3:1 › cart › adds prices ───\n"
	      "##[notice]  1 failed\n"
	      "    [chromium] › a.spec.ts:3:1 › cart › adds prices ────────\n"
	      "  1 skipped\n"
	      "  2 passed (12.2m)\n",
		"3 1 1 0\n[chromium] › a.spec.ts:3:1 › cart › adds prices\n");
}

static void bun_plain_and_coloured(void **state)
{
	(void)state;
	check("bun test v1.1.0 (5903a614)\n"
	      "(pass) Cart > adds nothing [0.20ms]\n"
	      "(fail) Cart > adds prices [63.04ms]\n"
	      "✗ Cart > throws [1.00ms]\n"
	      "✗\n"
	      "(skip) Cart > later\n"
	      "2 tests skipped:\n"
	      "(fail) Cart > adds prices [63.04ms]\n"
	      "\n"
	      " 1 pass\n"
	      " 1 skip\n"
	      " 2 fail\n"
	      "Ran 4 tests across 1 file. [1.00s]\n"
	      " 7 fail\n",
		"1 2 1 0\nCart > adds prices\nCart > throws\n");
}

static void node_leaves_only(void **state)
{
	(void)state;
	check("▶ cart\n"
	      "  ✖ adds prices (1.190876ms)\n"
	      "    AssertionError [ERR_ASSERTION]: 2 == 3\n"
	      "  ✔ adds nothing (0.157485ms)\n"
	      "  ✖ todo (7.584132ms) # TODO\n"
	      "  ﹣ skip (0.114782ms) # SKIP\n"
	      "✖ cart (9.910482ms)\n"
	      "ℹ tests 4\n"
	      "ℹ pass 1\n"
	      "ℹ fail 1\n"
	      "ℹ cancelled 0\n"
	      "ℹ skipped 1\n"
	      "ℹ todo 1\n"
	      "✖ failing tests:\n"
	      "\n"
	      "test at a.test.mjs:2:26\n"
	      "✖ adds prices (1.190876ms)\n"
	      "✖ 77 problems (0 errors, 77 warnings)\n",
		"1 1 2 0\nadds prices\n");
}

static void node_tap(void **state)
{
	(void)state;
	check("TAP version 13\n"
	      "# Subtest: cart\n"
	      "    # Subtest: adds prices\n"
	      "    not ok 1 - adds prices\n"
	      "      ---\n"
	      "      failureType: 'testCodeFailure'\n"
	      "      ...\n"
	      "    ok 2 - adds nothing\n"
	      "    not ok 3 - todo # TODO\n"
	      "    1..3\n"
	      "not ok 1 - cart\n"
	      "  ---\n"
	      "  failureType: 'subtestsFailed'\n"
	      "  ...\n"
	      "not ok 2 - alone\n"
	      "1..2\n"
	      "# tests 4\n"
	      "# pass 1\n"
	      "# fail 2\n"
	      "# cancelled 0\n"
	      "# skipped 0\n"
	      "# todo 1\n",
		"1 2 1 0\nadds prices\nalone\n");
}

static void deno(void **state)
{
	(void)state;
	check("adds nothing ... ok (1ms)\n"
	      "adds prices ... FAILED (3ms)\n"
	      "\n"
	      " ERRORS \n"
	      "\n"
	      "adds prices => ./cart_test.ts:3:6\n"
	      "error: AssertionError: Values are not equal.\n"
	      "\n"
	      " FAILURES \n"
	      "\n"
	      "adds prices => ./cart_test.ts:3:6\n"
	      "\n"
	      "FAILED | 1 passed | 1 failed | 1 ignored (9ms)\n",
		"1 1 1 0\nadds prices\n");
}

/* A project stands before the file as a badge where there is colour. */
static void vitest_badges(void **state)
{
	(void)state;
	check(" FAIL   unit  a/x.test.mjs > Shelf > adds prices\n"
	      " FAIL   web (x)  b/y.test.mjs [ b/y.test.mjs ]\n"
	      " FAIL  |unit| a/x.test.mjs > Shelf > row 2\n"
	      "      Tests  2 failed | 3 passed (5)\n",
		"3 2 0 1\na/x.test.mjs › Shelf › adds prices\nb/y.test.mjs\na/x.test.mjs › Shelf › row 2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fixtures),
		cmocka_unit_test(jest_own_titles_and_others),
		cmocka_unit_test(vitest_projects),
		cmocka_unit_test(mocha_titles_over_lines),
		cmocka_unit_test(playwright_retries_and_annotations),
		cmocka_unit_test(bun_plain_and_coloured),
		cmocka_unit_test(node_leaves_only),
		cmocka_unit_test(node_tap),
		cmocka_unit_test(deno),
		cmocka_unit_test(vitest_badges),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
