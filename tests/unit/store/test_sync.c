#include "store/sync.h"

#include "tests/unit/store/history.h"

static int marked(struct store *s, enum store_mark what, const char *repository, int64_t run)
{
	struct err e = {0};
	int attempt = 99;

	if (store_marked(s, what, repository, run, &attempt, &e) != 0)
		fail_msg("%s", e.text);
	return attempt;
}

static void mark(struct store *s, enum store_mark what, const char *repository, int64_t run, int attempt)
{
	struct err e = {0};

	if (store_mark(s, what, repository, run, attempt, &e) != 0)
		fail_msg("%s", e.text);
}

static void test_a_mark_stays_and_only_grows(void **state)
{
	struct store *s = open_store(in("h.db"), STORE_WRITE);

	(void)state;
	assert_int_equal(marked(s, STORE_SYNCED, "a/b", 7), 0);
	mark(s, STORE_SYNCED, "a/b", 7, 2);
	mark(s, STORE_SYNCED, "a/b", 7, 10);
	mark(s, STORE_SYNCED, "a/b", 7, 9);
	store_close(s);
	s = open_store(in("h.db"), STORE_READ);
	assert_int_equal(marked(s, STORE_SYNCED, "a/b", 7), 10);
	store_close(s);
}

static void test_a_mark_is_of_one_kind_repository_and_run(void **state)
{
	struct store *s = open_store(in("h.db"), STORE_WRITE);

	(void)state;
	mark(s, STORE_SYNCED, "a/b", 7, 1);
	assert_int_equal(marked(s, STORE_WATCHED, "a/b", 7), 0);
	assert_int_equal(marked(s, STORE_SYNCED, "a/bb", 7), 0);
	assert_int_equal(marked(s, STORE_SYNCED, "a/b", 77), 0);
	mark(s, STORE_WATCHED, "a/b", 7, 3);
	assert_int_equal(marked(s, STORE_SYNCED, "a/b", 7), 1);
	store_close(s);
}

static void test_an_execution_is_known_by_run_attempt_and_job(void **state)
{
	struct store *s = open_store(in("h.db"), STORE_WRITE);
	struct store_execution x = {.repository = "a/b", .run = 7, .attempt = 1, .job = "42", .job_name = "test"};
	struct store_record *r;
	struct err e = {0};
	bool is_new, has = true;

	(void)state;
	assert_int_equal(store_has(s, &x, &has, &e), 0);
	assert_false(has);
	assert_int_equal(store_record_begin(&r, s, &e), 0);
	assert_int_equal(store_record_commit(r, &x, NULL, NULL, 0, &is_new, &e), 0);
	assert_true(is_new);
	assert_int_equal(store_has(s, &x, &has, &e), 0);
	assert_true(has);
	x.attempt = 2;
	assert_int_equal(store_has(s, &x, &has, &e), 0);
	assert_false(has);
	x.attempt = 1;
	x.job = "43";
	assert_int_equal(store_has(s, &x, &has, &e), 0);
	assert_false(has);
	store_close(s);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_a_mark_stays_and_only_grows),
		IN_FOLDER(test_a_mark_is_of_one_kind_repository_and_run),
		IN_FOLDER(test_an_execution_is_known_by_run_attempt_and_job),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
