/* What kill -9, half-written files and bad disks leave: everything that was committed, or a clear line. */
#include "tests/unit/store/history.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS 200

static void record(struct store *s, int64_t run)
{
	struct finding f = finding("python/assert", CATEGORY_TEST, "abcdef"[run % 6]);
	struct diagnosis d = {.failed = true, .findings = &f, .finding_count = 1};
	struct store_execution x = execution(run, CONCLUSION_FAILURE, DAY0 + run * HOUR);
	struct store_record *r = begin(s);
	struct store_fix one = fix("python/black", f.signature, FIX_PLANNED);

	for (int t = 0; t < 50; t++) {
		char name[32];

		snprintf(name, sizeof(name), "test %d of %d", t, (int)(run % 10));
		add_test(r, name, t ? RESULT_PASSED : RESULT_FAILED);
	}
	commit(r, &x, &d, &one, 1);
}

static void assert_intact(const char *path)
{
	struct store *s = open_store(path, STORE_WRITE);
	struct err e = {0};

	if (store_check(s, &e) != 0)
		fail_msg("%s", e.text);
	store_close(s);
	/* all or nothing of each */
	assert_sql(path,
		"SELECT count(*) FROM job j WHERE (SELECT count(*) FROM test_results t WHERE t.job_id = j.id) <> 50 "
		"OR (SELECT count(*) FROM finding f WHERE f.job = j.id) <> 1 "
		"OR (SELECT count(*) FROM fix x WHERE x.job = j.id) <> 1",
		"0");
}

/* Records for ever, and says each number once it is committed. */
static void record_until_killed(const char *path, int64_t run, int said)
{
	struct store *s = open_store(path, STORE_WRITE);

	for (;; run++) {
		record(s, run);
		if (write(said, &run, sizeof(run)) != sizeof(run))
			_exit(1);
		if (run % 7 == 0) { /* opening and closing can be hit as well */
			store_close(s);
			s = open_store(path, STORE_WRITE);
		}
	}
}

static void test_kill_9_loses_nothing_committed(void **state)
{
	int64_t last = 0, run;

	(void)state;
	srandom(7);
	for (int round = 0; round < ROUNDS; round++) {
		int said[2];
		pid_t child;
		char expected[64];

		assert_int_equal(pipe(said), 0);
		child = fork();
		if (child == 0)
			record_until_killed(in("h.db"), last + 1, said[1]);
		close(said[1]);
		usleep((useconds_t)(random() % 40000));
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		while (read(said[0], &run, sizeof(run)) == sizeof(run))
			last = run;
		close(said[0]);
		/* at most the one that was committed but not said any more is there beside */
		snprintf(expected, sizeof(expected), "SELECT count(*) - %lld IN (0, 1) FROM job", (long long)last);
		if (last) {
			assert_sql(in("h.db"), expected, "1");
			last = atoll(sql(in("h.db"), "SELECT count(*) FROM job"));
		}
		if (round % 20 == 19)
			assert_intact(in("h.db"));
	}
	assert_true(last > ROUNDS / 4);
	assert_intact(in("h.db"));
}

static struct buf read_file(const char *path)
{
	struct buf b;
	struct err e = {0};

	if (file_read(path, 64 << 20, &b, &e) != 0)
		fail_msg("%s", e.text);
	return b;
}

static void write_file(const char *path, struct view content)
{
	struct err e = {0};

	if (file_write_atomic(path, content, 0644, &e) != 0)
		fail_msg("%s", e.text);
}

/* The state of the files of a writer that is killed with twelve executions, none of them merged. */
static void snapshot(struct buf *db, struct buf *wal)
{
	struct store *s = open_store(in("h.db"), STORE_WRITE);

	for (int64_t run = 1; run <= 12; run++)
		record(s, run);
	*db = read_file(in("h.db"));
	*wal = read_file(in("h.db-wal"));
	store_close(s);
}

static void test_a_short_or_torn_wal_keeps_what_is_whole(void **state)
{
	struct buf db, wal;
	int64_t most = 0, least = 99;

	(void)state;
	snapshot(&db, &wal);
	srandom(11);
	for (int round = 0; round < 60; round++) {
		char name[32], wal_name[48];
		size_t cut = (size_t)random() % wal.n;
		int64_t kept;

		snprintf(name, sizeof(name), "torn%d.db", round);
		snprintf(wal_name, sizeof(wal_name), "%s-wal", name);
		write_file(in(name), buf_view(&db));
		if (round % 2) { /* shorter; or as long, with rubbish where a sector was not written */
			write_file(in(wal_name), view_sub(buf_view(&wal), 0, cut));
		} else {
			struct buf torn = buf_new(BUF_LARGE);

			buf_add_view(&torn, buf_view(&wal));
			memset(torn.p + cut, 0x5a, torn.n - cut < 512 ? torn.n - cut : 512);
			write_file(in(wal_name), buf_view(&torn));
			buf_done(&torn);
		}
		assert_intact(in(name));
		/* a prefix, in order */
		kept = atoll(sql(in(name), "SELECT count(*) FROM job"));
		assert_int_equal(atoll(sql(in(name), "SELECT coalesce(max(run), 0) FROM jobs")), kept);
		most = kept > most ? kept : most;
		least = kept < least ? kept : least;
	}
	assert_true(most >= 9 && least <= 3); /* the cuts were everywhere */
	buf_done(&db);
	buf_done(&wal);
}

/* Asks everything there is; one of it must find the damage. */
static int ask_everything(struct store *s, struct err *e)
{
	struct store_filter all = {CLOCK_UNKNOWN, CLOCK_UNKNOWN, NULL, NULL, -1};
	struct store_totals totals;
	struct report r;

	if (store_report(s, &all, &r, e) != 0)
		return -1;
	report_done(&r);
	return store_totals(s, &totals, e) != 0 ? -1 : store_check(s, e);
}

static void test_a_corrupted_page_is_found_and_said(void **state)
{
	struct buf db, wal, good;
	int found = 0;

	(void)state;
	snapshot(&db, &wal);
	good = read_file(in("h.db"));
	assert_true(good.n >= 20 * 4096);
	for (size_t page = 0; page < good.n / 4096; page++) {
		struct buf bad = buf_new(BUF_LARGE);
		struct store *s = NULL;
		struct err e = {0};
		int rc;

		buf_add_view(&bad, buf_view(&good));
		memset(bad.p + page * 4096, 0xa5, 4096);
		write_file(in("bad.db"), buf_view(&bad));
		rc = store_open(&s, in("bad.db"), STORE_READ, false, &e);
		if (rc == 0)
			rc = ask_everything(s, &e);
		store_close(s);
		if (rc != 0) {
			found++;
			assert_int_equal(e.code, ERR_DAMAGED);
			assert_non_null(strstr(e.text, "bad.db: "));
			assert_null(strchr(e.text, '\n'));
		}
		buf_done(&bad);
	}
	assert_int_equal(found, (int)(good.n / 4096));
	buf_done(&db);
	buf_done(&wal);
	buf_done(&good);
}

static void test_a_file_cut_short_is_found(void **state)
{
	struct buf db, wal, good;
	struct err e = {0};
	struct store *s = NULL;

	(void)state;
	snapshot(&db, &wal);
	good = read_file(in("h.db"));
	write_file(in("short.db"), view_sub(buf_view(&good), 0, good.n / 2));
	if (store_open(&s, in("short.db"), STORE_READ, false, &e) == 0)
		assert_int_equal(ask_everything(s, &e), -1);
	store_close(s);
	assert_int_equal(e.code, ERR_DAMAGED);
	buf_done(&db);
	buf_done(&wal);
	buf_done(&good);
}

static void test_a_reference_to_nothing_is_found(void **state)
{
	struct store *s = open_store(in("h.db"), STORE_WRITE);
	struct err e = {0};

	(void)state;
	record(s, 1);
	assert_int_equal(store_check(s, &e), 0);
	sql_run(in("h.db"), "PRAGMA foreign_keys = OFF; DELETE FROM signature");
	assert_int_equal(store_check(s, &e), -1);
	assert_int_equal(e.code, ERR_DAMAGED);
	assert_non_null(strstr(e.text, "names a signature that is not there"));
	store_close(s);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_kill_9_loses_nothing_committed),
		IN_FOLDER(test_a_short_or_torn_wal_keeps_what_is_whole),
		IN_FOLDER(test_a_corrupted_page_is_found_and_said),
		IN_FOLDER(test_a_file_cut_short_is_found),
		IN_FOLDER(test_a_reference_to_nothing_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
