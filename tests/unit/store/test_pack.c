/* Two bytes a passed test: what they hold, and that plain SQL reads the same. */
#include "store/pack.h"
#include "store/results.h"
#include "tests/unit/store/history.h"

static void test_every_code_is_a_time(void **state)
{
	(void)state;
	assert_int_equal(pack_code(-1), PACK_UNTIMED);
	assert_int_equal(pack_ms(PACK_UNTIMED), -1);
	for (unsigned code = 2; code <= PACK_CODE_MAX; code++) {
		assert_int_equal(pack_code(pack_ms(code)), code); /* packing what was packed changes nothing */
		assert_true(pack_ms(code) > pack_ms(code - 1));
	}
	assert_int_equal(pack_code(INT64_MAX), PACK_CODE_MAX);
	assert_true(pack_ms(PACK_CODE_MAX) > 8 * 3600 * 1000);
}

static void test_times_are_kept_well(void **state)
{
	(void)state;
	for (int64_t ms = 0; ms < 2048; ms++)
		assert_int_equal(pack_ms(pack_code(ms)), ms);
	for (int64_t ms = 2048; ms < 8 * 3600 * 1000; ms += 1 + ms / 977) {
		int64_t error = pack_ms(pack_code(ms)) - ms;

		assert_true((error < 0 ? -error : error) * 2000 <= ms);
	}
}

/* Names of the tests that pass in a run: every `step`th of so many, from `first` on. */
static void record(int64_t run, const char *job, int first, int count, int step)
{
	struct store_execution x = execution(run, CONCLUSION_SUCCESS, DAY0 + run * HOUR);
	struct store_record *r = begin(store);

	x.job = job;
	for (int i = first; i < count; i += step) {
		char name[24];

		snprintf(name, sizeof(name), "t%d", i);
		store_record_test(r,
			&(struct test_case){.id = view_of(name), .duration_us = i % 10 ? (int64_t)i * i * 7000 : -1});
	}
	commit(r, &x, NULL, NULL, 0);
}

struct sum {
	int64_t n, ms, tests;
};

static bool add_up(void *context, const struct store_job_row *job, const struct store_result *results, size_t count)
{
	struct sum *s = context;

	(void)job;
	for (size_t i = 0; i < count; i++) {
		s->n++;
		s->ms += results[i].ms > 0 ? results[i].ms : 0;
		s->tests += results[i].test;
	}
	return true;
}

/* C and SQL must agree on what is there. */
static void assert_same(int64_t expected)
{
	struct store_wanted w = {.filter = {CLOCK_UNKNOWN, CLOCK_UNKNOWN, NULL, NULL, -1}, .parts = STORE_RESULTS};
	struct sum s = {0};
	struct err e = {0};
	char text[96];

	if (store_each_job(store, &w, add_up, &s, &e) != 0 || store_check(store, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(s.n, expected);
	snprintf(text, sizeof(text), "%lld|%lld|%lld", (long long)s.n, (long long)s.ms, (long long)s.tests);
	asks("SELECT count(*), sum(ms), sum(test_id) FROM passes", text);
	asks("SELECT count(*), sum(ms), sum(id) FROM test_results JOIN test ON name = test", text);
	snprintf(text, sizeof(text), "%lld", (long long)s.n);
	asks("SELECT sum(passed) FROM pack", text);
}

static void test_dense_rows(void **state)
{
	(void)state;
	record(1, "a", 0, 4500, 1);
	asks("SELECT chunk, passed, is_sparse, length(cells) FROM pack", "0|2000|0|4000\n1|2000|0|4000\n2|500|0|1000");
	assert_same(4500);
	asks("SELECT test, ms FROM test_results WHERE test IN ('t0', 't1', 't2', 't4499') ORDER BY test",
		"t0|-\nt1|7\nt2|28\nt4499|29327360"); /* that one is above eight hours */
}

static void test_few_of_many_are_sparse(void **state)
{
	(void)state;
	record(1, "a", 0, 4500, 1);
	record(2, "a", 1000, 4500, 3);
	record(3, "a", 1999, 2002, 1);
	asks("SELECT chunk, passed, is_sparse, length(cells) FROM pack WHERE job = 2",
		"0|334|1|1336\n1|666|1|2664\n2|167|1|668");
	asks("SELECT chunk, passed, is_sparse, length(cells) FROM pack WHERE job = 3", "0|1|1|4\n1|2|0|4");
	asks("SELECT max(length(cells) * 1.0 / passed) <= 4 FROM pack", "1");
	assert_same(4500 + 1167 + 3);
	asks("SELECT count(*) FROM test_results WHERE test = 't1000'", "2");
	asks("SELECT run, ms FROM test_results WHERE test = 't1999' ORDER BY run",
		"1|27967488\n2|27967488\n3|27967488");
}

static void test_jobs_of_a_repository_share_positions(void **state)
{
	(void)state;
	record(1, "unit", 0, 1000, 1);
	record(2, "integration", 5000, 5100, 1);
	record(3, "unit", 0, 1010, 1);
	asks("SELECT count(*), max(position) FROM suite_test", "1110|1109");
	asks("SELECT count(*) FROM suite", "1");
	assert_same(1000 + 100 + 1010);
}

static void test_one_job_or_test_finds_its_way(void **state)
{
	(void)state;
	record(1, "a", 0, 100, 1);
	/* by indices all the way: no scan of what there is millions of */
	asks("SELECT count(*) FROM (SELECT 1) WHERE EXISTS (SELECT 1 FROM test_results WHERE test = 't7' AND run = 1)",
		"1");
	assert_null(
		strstr(sql(in("h.db"), "EXPLAIN QUERY PLAN SELECT * FROM test_results WHERE test = 't7'"), "SCAN p"));
	assert_null(strstr(
		sql(in("h.db"), "EXPLAIN QUERY PLAN SELECT * FROM test_results WHERE test = 't7'"), "MATERIALIZE"));
	assert_null(
		strstr(sql(in("h.db"), "EXPLAIN QUERY PLAN SELECT * FROM test_results WHERE job_id = 1"), "SCAN p"));
	assert_null(strstr(sql(in("h.db"), "EXPLAIN QUERY PLAN SELECT * FROM flips"), "SCAN p"));
}

static void ignore(void *context, uint32_t position, unsigned code)
{
	(void)context;
	(void)position;
	assert_true(code > 0 && code <= PACK_CODE_MAX);
}

static void test_rubbish_is_not_read_as_a_time(void **state)
{
	char cells[64];

	(void)state;
	srandom(5);
	for (int round = 0; round < 2000; round++) {
		size_t n = (size_t)random() % sizeof(cells);

		for (size_t i = 0; i < n; i++)
			cells[i] = (char)random();
		pack_read(view_make(cells, n), (uint32_t)random() % 1000, round % 2, ignore, NULL);
		assert_true(pack_find(view_make(cells, n), (uint32_t)random() % 64, round % 2) <= PACK_CODE_MAX);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_is_a_time),
		cmocka_unit_test(test_times_are_kept_well),
		WITH_STORE(test_dense_rows),
		WITH_STORE(test_few_of_many_are_sparse),
		WITH_STORE(test_jobs_of_a_repository_share_positions),
		WITH_STORE(test_one_job_or_test_finds_its_way),
		cmocka_unit_test(test_rubbish_is_not_read_as_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
