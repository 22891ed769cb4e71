#include "tests/unit/store/history.h"

#include <sys/wait.h>
#include <unistd.h>

#define WRITERS 8
#define EACH 25

static int write_many(int writer)
{
	struct store *s;
	struct err e;
	bool is_new;

	if (store_open(&s, in("h.db"), STORE_WRITE, false, &e) != 0)
		return 1;
	for (int i = 0; i < EACH; i++) {
		struct store_execution x = execution(writer * EACH + i + 1, CONCLUSION_SUCCESS, DAY0 + i);
		struct store_record *r = begin(s);

		for (int t = 0; t < 20; t++) {
			char name[32];

			snprintf(name, sizeof(name), "test %d", (t * 7 + writer + i) % 60);
			add_test(r, name, RESULT_PASSED);
		}
		if (store_record_commit(r, &x, NULL, NULL, 0, &is_new, &e) != 0 || !is_new) {
			fprintf(stderr, "%s\n", e.text);
			return 1;
		}
	}
	store_close(s);
	return 0;
}

static void wait_for_success(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void test_eight_writers_lose_nothing(void **state)
{
	pid_t children[WRITERS];
	struct store *s;
	struct err e = {0};

	(void)state;
	for (int i = 0; i < WRITERS; i++)
		if ((children[i] = fork()) == 0)
			_exit(write_many(i));
	for (int i = 0; i < WRITERS; i++)
		wait_for_success(children[i]);
	assert_sql(in("h.db"),
		"SELECT count(*), count(DISTINCT run), (SELECT count(*) FROM test_results), "
		"(SELECT count(*) FROM test) FROM jobs",
		"200|200|4000|60");
	s = open_store(in("h.db"), STORE_READ);
	if (store_check(s, &e) != 0)
		fail_msg("%s", e.text);
	store_close(s);
}

/* All record the same executions: each is there once, and once only somebody is told that it is new. */
static void test_the_same_executions_by_all(void **state)
{
	pid_t children[WRITERS];
	int told[2];
	char c;
	int count = 0;

	(void)state;
	assert_int_equal(pipe(told), 0);
	for (int i = 0; i < WRITERS; i++)
		if ((children[i] = fork()) == 0) {
			struct store *s = open_store(in("h.db"), STORE_WRITE);

			for (int run = 1; run <= EACH; run++) {
				struct store_execution x = execution(run, CONCLUSION_SUCCESS, DAY0);

				if (commit(begin(s), &x, NULL, NULL, 0))
					assert_int_equal(write(told[1], "n", 1), 1);
			}
			_exit(0);
		}
	close(told[1]);
	while (read(told[0], &c, 1) == 1)
		count++;
	close(told[0]);
	for (int i = 0; i < WRITERS; i++)
		wait_for_success(children[i]);
	assert_int_equal(count, EACH);
	assert_sql(in("h.db"), "SELECT count(*) FROM jobs", "25");
}

/* Holds the write lock until told otherwise. */
static sqlite3 *lock(void)
{
	sqlite3 *db = sql_open(in("h.db"));

	assert_int_equal(sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
	return db;
}

static int record_with(struct store *s, int64_t run, struct err *e)
{
	struct store_execution x = execution(run, CONCLUSION_SUCCESS, DAY0);
	bool is_new;

	return store_record_commit(begin(s), &x, NULL, NULL, 0, &is_new, e);
}

static void test_the_second_writer_waits_and_wins(void **state)
{
	struct store *s = open_store(in("h.db"), STORE_WRITE);
	struct err e = {0};
	int locked[2];
	pid_t child;
	char c;
	int64_t start;

	(void)state;
	assert_int_equal(pipe(locked), 0);
	child = fork();
	if (child == 0) {
		sqlite3 *db = lock();

		assert_int_equal(write(locked[1], "l", 1), 1);
		usleep(200000);
		sqlite3_exec(db, "INSERT INTO audit (at, action) VALUES (1, 'first'); COMMIT", NULL, NULL, NULL);
		sqlite3_close(db);
		_exit(0);
	}
	assert_int_equal(read(locked[0], &c, 1), 1);
	start = clock_monotonic();
	if (record_with(s, 1, &e) != 0)
		fail_msg("%s", e.text);
	assert_in_range(clock_monotonic() - start, 100000, 15000000);
	wait_for_success(child);
	store_close(s);
	assert_sql(in("h.db"), "SELECT (SELECT count(*) FROM audit), (SELECT count(*) FROM job)", "1|1");
}

static void test_busy_is_said_when_the_wait_is_over(void **state)
{
	struct store *s = open_store(in("h.db"), STORE_WRITE);
	sqlite3 *db = lock();
	struct err e = {0};

	(void)state;
	store_set_busy_ms(s, 30);
	assert_int_equal(record_with(s, 1, &e), -1);
	assert_int_equal(e.code, ERR_BUSY);
	assert_non_null(strstr(e.text, "h.db: another process is writing to it (waited 30 ms); try again"));
	assert_int_equal(store_audit(s, "apply", NULL, &e), -1);
	assert_int_equal(store_record_outcome(s, NULL, "f", NULL, OUTCOME_GREEN, DAY0, &e), -1);
	sqlite3_close(db);
	assert_int_equal(record_with(s, 1, &e), 0); /* the store is as good as before */
	store_close(s);
}

static void test_readers_do_not_stop_a_writer(void **state)
{
	struct store *s = open_store(in("h.db"), STORE_WRITE);
	struct err e = {0};
	sqlite3 *reader = sql_open(in("h.db"));

	(void)state;
	assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM run", NULL, NULL, NULL), SQLITE_OK);
	store_set_busy_ms(s, 30);
	assert_int_equal(record_with(s, 1, &e), 0);
	sqlite3_close(reader);
	store_close(s);
}

static void test_a_writer_does_not_stop_readers(void **state)
{
	struct store *s = open_store(in("h.db"), STORE_WRITE), *reader;
	struct store_filter all = {CLOCK_UNKNOWN, CLOCK_UNKNOWN, NULL, NULL, -1};
	struct report r;
	struct err e = {0};
	sqlite3 *db;

	(void)state;
	assert_int_equal(record_with(s, 1, &e), 0);
	db = lock();
	reader = open_store(in("h.db"), STORE_READ);
	store_set_busy_ms(reader, 30);
	if (store_report(reader, &all, &r, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(r.runs, 1);
	report_done(&r);
	store_close(reader);
	sqlite3_close(db);
	store_close(s);
}

static void test_a_reader_does_not_write(void **state)
{
	struct err e = {0};
	struct store *s;

	(void)state;
	store_close(open_store(in("h.db"), STORE_WRITE));
	s = open_store(in("h.db"), STORE_READ);
	assert_int_equal(record_with(s, 1, &e), -1);
	assert_int_equal(store_audit(s, "apply", NULL, &e), -1);
	store_close(s);
	assert_sql(in("h.db"), "SELECT count(*) FROM job", "0");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_eight_writers_lose_nothing),
		IN_FOLDER(test_the_same_executions_by_all),
		IN_FOLDER(test_the_second_writer_waits_and_wins),
		IN_FOLDER(test_busy_is_said_when_the_wait_is_over),
		IN_FOLDER(test_readers_do_not_stop_a_writer),
		IN_FOLDER(test_a_writer_does_not_stop_readers),
		IN_FOLDER(test_a_reader_does_not_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
