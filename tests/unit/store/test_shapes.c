#include "store/internal.h"

#include "tests/unit/store/history.h"

static const struct store_job job = {"acme/anvil", "ci", "test (3.12)"};

static void learn(struct store *s, const struct store_job *of, uint64_t first, uint64_t n)
{
	struct shape_set seen = {0};
	struct err e = {0};

	for (uint64_t i = first; i < first + n; i++)
		shape_set_add(&seen, i);
	if (store_shapes_learn(s, of, &seen, &e) != 0)
		fail_msg("%s", e.text);
	shape_set_done(&seen);
}

static size_t known(struct store *s, const struct store_job *of, struct shape_set *ret, unsigned runs)
{
	struct err e = {0};
	unsigned got = 99;

	*ret = (struct shape_set){0};
	if (store_shapes_load(s, of, ret, &got, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(got, runs);
	return ret->n;
}

static void test_what_was_learned_is_known(void **state)
{
	struct store *s = open_store(in("h.db"), STORE_WRITE);
	struct shape_set set;

	(void)state;
	assert_int_equal(known(s, &job, &set, 0), 0);
	learn(s, &job, 1, 1000);
	learn(s, &job, 501, 1000);
	store_close(s);
	s = open_store(in("h.db"), STORE_READ);
	assert_int_equal(known(s, &job, &set, 2), 1500);
	for (uint64_t i = 1; i <= 1500; i++)
		assert_true(shape_set_has(&set, i));
	assert_false(shape_set_has(&set, 1501));
	shape_set_done(&set);
	store_close(s);
}

static void test_each_job_knows_its_own(void **state)
{
	struct store *s = open_store(in("h.db"), STORE_WRITE);
	const struct store_job others[] = {{"acme/anvil", "ci", "test (3.13)"},
		{"acme/anvil", "nightly", "test (3.12)"}, {NULL, NULL, "test (3.12)"}};
	const struct store_job nameless = {"acme/anvil", "ci", NULL};
	struct shape_set set;

	(void)state;
	learn(s, &job, 1, 10);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		assert_int_equal(known(s, &others[i], &set, 0), 0);
	learn(s, &nameless, 1, 10);
	assert_int_equal(known(s, &nameless, &set, 0), 0);
	assert_sql(in("h.db"), "SELECT count(*) FROM passing", "1");
	store_close(s);
}

static void test_what_is_not_seen_again_is_forgotten(void **state)
{
	struct store *s = open_store(in("h.db"), STORE_WRITE);
	struct shape_set set;

	(void)state;
	learn(s, &job, 1, 2);
	for (unsigned i = 1; i < STORE_SHAPE_RUNS; i++)
		learn(s, &job, 2, 1);
	assert_int_equal(known(s, &job, &set, STORE_SHAPE_RUNS), 2);
	shape_set_done(&set);
	learn(s, &job, 2, 1);
	assert_int_equal(known(s, &job, &set, STORE_SHAPE_RUNS + 1), 1);
	assert_true(shape_set_has(&set, 2));
	shape_set_done(&set);
	store_close(s);
}

static void test_the_newest_stay_below_the_ceiling(void **state)
{
	struct store *s = open_store(in("h.db"), STORE_WRITE);
	struct shape_set set;

	(void)state;
	learn(s, &job, 1, STORE_SHAPES_MAX / 2);
	learn(s, &job, 1000000, STORE_SHAPES_MAX - 5);
	assert_int_equal(known(s, &job, &set, 2), STORE_SHAPES_MAX);
	for (uint64_t i = 1000000; i < 1000000 + STORE_SHAPES_MAX - 5; i++)
		assert_true(shape_set_has(&set, i));
	shape_set_done(&set);
	store_close(s);
}

/* With the row, the pages and the index of its key. */
static void test_a_shape_costs_less_than_sixteen_bytes(void **state)
{
	struct store *s = open_store(in("h.db"), STORE_WRITE);
	MEM_AUTO char *before =
		mem_text(sql(in("h.db"), "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"));
	long grown;

	(void)state;
	learn(s, &job, 1, 5000);
	grown = atol(sql(in("h.db"), "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")) -
		atol(before);
	assert_true(grown > 0 && grown <= 5000 * 10);
	store_close(s);
}

static void test_the_same_runs_give_the_same_bytes(void **state)
{
	MEM_AUTO char *first = NULL;

	(void)state;
	for (int i = 0; i < 2; i++) {
		const char *path = in(i ? "b.db" : "a.db");
		struct store *s = open_store(path, STORE_WRITE);
		learn(s, &job, 1, 300);
		learn(s, &job, 200, 300);
		store_close(s);
		if (i)
			assert_sql(path, "SELECT hex(shapes) FROM passing", first);
		else
			first = mem_text(sql(path, "SELECT hex(shapes) FROM passing"));
	}
}

static void test_a_damaged_row_gives_what_can_be_read(void **state)
{
	struct store *s = open_store(in("h.db"), STORE_WRITE);
	struct shape_set set;

	(void)state;
	learn(s, &job, 1, 3);
	sql_run(in("h.db"), "UPDATE passing SET shapes = x'0000000000000100000000000000000000000000000007ffaabb'");
	assert_int_equal(known(s, &job, &set, 1), 1);
	assert_true(shape_set_has(&set, 1));
	shape_set_done(&set);
	store_close(s);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_what_was_learned_is_known),
		IN_FOLDER(test_each_job_knows_its_own),
		IN_FOLDER(test_what_is_not_seen_again_is_forgotten),
		IN_FOLDER(test_the_newest_stay_below_the_ceiling),
		IN_FOLDER(test_a_shape_costs_less_than_sixteen_bytes),
		IN_FOLDER(test_the_same_runs_give_the_same_bytes),
		IN_FOLDER(test_a_damaged_row_gives_what_can_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
