/* What holds for all readers: who sees which line, what task runners put in front, and how results add up. */
#include "reader_testing.h"

#include "base/mem.h"
#include "diagnose/reader.h"

#include <stdio.h>
#include <stdlib.h>

static void table_is_sound(void **state)
{
	size_t n = 0;

	(void)state;
	for (; test_readers[n]; n++) {
		const struct test_reader *r = test_readers[n];

		assert_true(r->state_size > 0);
		assert_non_null(r->literals[0]);
		for (const char *const *l = r->literals; *l; l++)
			assert_true(view_of(*l).n >= 4);
		for (size_t i = 0; i < n; i++)
			assert_string_not_equal(test_readers[i]->name, r->name);
	}
	assert_true(n <= TEST_READERS_MAX);
}

static void frameworks_add_up(void **state)
{
	(void)state;
	check(STEP "FAILED a.py::test_x - assert 1 == 2\n"
		   "============ 1 failed, 2 passed in 0.12s ============\n" STEP "--- FAIL: TestX (0.00s)\n"
		   "--- PASS: TestY (0.00s)\n" STEP "test a::b ... ok\n"
		   "test result: ok. 1 passed; 0 failed; 3 ignored; 0 measured; 0 filtered out; finished in 0.00s\n",
		"4 2 3 0\na.py::test_x\nTestX\n");
}

static void prefixes_of_task_runners(void **state)
{
	static const char *const same[] = {"web:test: ", "@acme/web:test:unit: ", "@acme/web#test: ",
		"packages/web test: ", "@acme/web: ", "[@acme/web]: ", "[0] ", "web-1  | "};
	static const char *const others[] = {
		"", "ERROR: ", "web:build: ", "web | ", "[gw0] ", "[ERROR] ", "a b: ", " ", "Total tests: "};
	char line[64];

	(void)state;
	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		snprintf(line, sizeof(line), "%s  1 failing", same[i]);
		assert_true(view_is(reader_body(view_of(line)), "  1 failing"));
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		snprintf(line, sizeof(line), "%s1 failing", others[i]);
		assert_true(view_is(reader_body(view_of(line)), line));
	}
	check("@acme/web:test: FAIL src/a.test.ts\n@acme/web:test:   ● cart › adds\n"
	      "@acme/web:test: Tests:       1 failed, 1 total\n",
		"0 1 0 0\ncart › adds\n");
}

static void lists_end_with_their_step(void **state)
{
	(void)state;
	check(STEP "There was 1 failure:\n" STEP "1) A::b\n", "");
	check(STEP "  2 failing\n" STEP "  1) Cart adds:\n", "0 2 0 0\n");
}

/* A list that goes on over the edge of a block of lines. */
static void lists_go_on_over_blocks(void **state)
{
	BUF_AUTO text = buf_new(BUF_LARGE);

	(void)state;
	for (int i = 0; i < 20000; i++)
		buf_addf(&text, "line %d\n", i);
	buf_add_text(&text, "There were 20000 failures:\n");
	for (int i = 0; i < 20000; i++)
		buf_addf(&text, "%d) CartTest::test%d\n", i + 1, i);
	struct log *l = NULL;
	struct err e = {0};
	BUF_AUTO found = buf_new(BUF_PAGE);

	assert_int_equal(log_open_memory(&l, buf_view(&text), &e), 0);
	struct test_scan *s = test_scan_new(NULL, NULL);
	struct log_block block;
	struct test_summary sum;

	while (log_next(l, &block, &e) > 0)
		test_scan_block(s, &block);
	test_scan_end(s);
	test_scan_summary(s, &sum);
	assert_int_equal(sum.failure_count, TESTS_FAILED_IDS_MAX);
	assert_int_equal(sum.failures[9999].line, 20001 + 10000);
	assert_string_equal(sum.failures[9999].id, "CartTest::test9999");
	assert_int_equal(sum.counts.failed, 20000);
	test_scan_free(s);
	log_close(l);
}

static void note(void *context, const struct test_case *one)
{
	buf_addf(context, "%u %s %.*s|%.*s\n", one->line, result_name(one->result), VIEW_ARG(one->id),
		VIEW_ARG(one->path));
}

static void each_result_is_told(void **state)
{
	BUF_AUTO told = buf_new(BUF_PAGE), ignored = buf_new(BUF_PAGE);
	struct log *l = NULL;
	struct err e = {0};

	(void)state;
	assert_int_equal(
		log_open_memory(
			&l, view_of("t/a.py::test_x PASSED\nt/a.py::test_y FAILED\nFAILED t/a.py::test_y - no\n"), &e),
		0);
	read_tests(l, note, &told, &ignored);
	log_close(l);
	assert_string_equal(buf_text(&told), "1 passed t/a.py::test_x|t/a.py\n2 failed t/a.py::test_y|t/a.py\n");
}

static void echo_of_the_command_is_no_output(void **state)
{
	(void)state;
	check("2026-11-18T09:14:03.1234567Z ##[group]Run grep x\n"
	      "2026-11-18T09:14:03.1234567Z \x1b[36;1mgrep '--- FAIL: TestX (0.00s)' log\x1b[0m\n"
	      "2026-11-18T09:14:03.1234567Z \x1b[36;1m--- FAIL: TestX (0.00s)\x1b[0m\n"
	      "2026-11-18T09:14:03.1234567Z shell: /usr/bin/bash -e {0}\n"
	      "2026-11-18T09:14:03.1234567Z ##[endgroup]\n",
		"");
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} cases[] = {{"0.12s", 120000}, {"12 ms", 12000}, {"< 1 ms", 1000}, {"1.5 sec", 1500000}, {"1 m 2 s", 60000000},
		{"3µs", 3}, {"", -1}, {"12", -1}, {"ms", -1}, {"1 potato", -1}, {"a1s", -1}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(reader_duration(view_of(cases[i].text)), cases[i].us);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_sound),
		cmocka_unit_test(frameworks_add_up),
		cmocka_unit_test(prefixes_of_task_runners),
		cmocka_unit_test(lists_end_with_their_step),
		cmocka_unit_test(lists_go_on_over_blocks),
		cmocka_unit_test(each_result_is_told),
		cmocka_unit_test(echo_of_the_command_is_no_output),
		cmocka_unit_test(durations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
