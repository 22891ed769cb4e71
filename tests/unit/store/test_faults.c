/* The disk refuses, at every write there is: one clear line, and what was there before is intact. */
#include "tests/unit/store/history.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int writes_left, refuse_with;

static ssize_t write_or_refuse(int fd, const void *p, size_t n, off_t at)
{
	if (writes_left-- > 0)
		return pwrite(fd, p, n, at);
	errno = refuse_with;
	return -1;
}

static void refuse_writes_after(int count, int with)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	sqlite3_syscall_ptr call = count < 0 ? NULL : (sqlite3_syscall_ptr)write_or_refuse;

	writes_left = count;
	refuse_with = with;
	assert_int_equal(vfs->xSetSystemCall(vfs, "pwrite", call), SQLITE_OK);
	assert_int_equal(vfs->xSetSystemCall(vfs, "pwrite64", call), SQLITE_OK);
}

static int record(struct store *s, int64_t run, int tests, struct err *e)
{
	struct finding f = finding("python/assert", CATEGORY_TEST, 'a');
	struct diagnosis d = {.failed = true, .findings = &f, .finding_count = 1};
	struct store_execution x = execution(run, CONCLUSION_FAILURE, DAY0);
	struct store_record *r = begin(s);
	bool is_new;

	for (int t = 0; t < tests; t++) {
		char name[64];

		snprintf(name, sizeof(name), "tests/test_of_run_%d.py::test_number_%d", (int)run, t);
		add_test(r, name, RESULT_PASSED);
	}
	return store_record_commit(r, &x, &d, NULL, 0, &is_new, e);
}

static int open_and_record(const char *path, int64_t run, struct err *e)
{
	struct store *s;
	int rc;

	if (store_open(&s, path, STORE_WRITE, false, e) != 0)
		return -1;
	rc = record(s, run, 200, e);
	store_close(s);
	return rc;
}

static void assert_executions(const char *path, const char *count)
{
	struct store *s = open_store(path, STORE_WRITE);
	struct err e = {0};

	if (store_check(s, &e) != 0)
		fail_msg("%s", e.text);
	store_close(s);
	assert_sql(path, "SELECT count(*) FROM job", count);
	assert_sql(path,
		"SELECT count(*) FROM job j WHERE (SELECT count(*) FROM passes t WHERE t.job_id = j.id) <> 200 "
		"OR (SELECT count(*) FROM finding f WHERE f.job = j.id) <> 1",
		"0");
}

/* From the first write refused to none. Merging the WAL at close may fail without harm. */
static void refuse_each_write(int with, const char *says)
{
	struct err e = {0};
	int refused = 0;
	bool done = false;

	assert_int_equal(open_and_record(in("h.db"), 1, &e), 0);
	for (int64_t n = 0, run = 2; !done; n++) {
		char expected[32];
		int rc;

		assert_true(n < 1000);
		refuse_writes_after((int)n, with);
		rc = open_and_record(in("h.db"), run, &e);
		done = writes_left > 0;
		refuse_writes_after(-1, 0);
		if (rc != 0) {
			refused++;
			if (e.code != ERR_IO || !strstr(e.text, says) || strchr(e.text, '\n'))
				fail_msg("after %d writes: code %d, %s", (int)n, (int)e.code, e.text);
		} else {
			run++;
		}
		snprintf(expected, sizeof(expected), "%d", (int)run - 1);
		assert_executions(in("h.db"), expected);
	}
	assert_true(refused > 10);
}

static void test_a_full_disk_at_each_write(void **state)
{
	(void)state;
	refuse_each_write(ENOSPC, "the disk is full; nothing of this was recorded, what was there before is intact");
}

static void test_a_failing_disk_at_each_write(void **state)
{
	(void)state;
	refuse_each_write(EIO, "the disk failed: Input/output error");
}

static void test_a_full_disk_while_it_is_made(void **state)
{
	struct err e = {0};
	bool done = false;

	(void)state;
	for (int n = 0; !done; n++) {
		char name[32];
		int rc;

		assert_true(n < 1000);
		snprintf(name, sizeof(name), "%d.db", n);
		refuse_writes_after(n, ENOSPC);
		rc = open_and_record(in(name), 1, &e);
		done = writes_left > 0;
		refuse_writes_after(-1, 0);
		if (rc != 0) {
			assert_non_null(strstr(e.text, "the disk is full"));
			assert_int_equal(open_and_record(in(name), 1, &e), 0); /* now there is room */
		}
		assert_executions(in(name), "1");
	}
}

static void test_a_store_that_met_a_full_disk_goes_on(void **state)
{
	struct store *s = open_store(in("h.db"), STORE_WRITE);
	struct err e = {0};

	(void)state;
	assert_int_equal(record(s, 1, 200, &e), 0);
	refuse_writes_after(1, ENOSPC);
	assert_int_equal(record(s, 2, 200, &e), -1);
	refuse_writes_after(-1, 0);
	assert_int_equal(record(s, 2, 200, &e), 0);
	store_close(s);
	assert_executions(in("h.db"), "2");
}

/* The same with a real one. Exit status 77: a mount is not allowed here. */
static int fill_tmpfs(const char *path)
{
	struct err e = {0};
	struct store *s;
	int64_t run = 0;

	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
		mount("none", path, "tmpfs", 0, "size=1m") != 0)
		return 77;
	s = open_store(in("small/h.db"), STORE_WRITE);
	while (record(s, run + 1, 200, &e) == 0)
		run++;
	store_close(s);
	if (run < 3 || e.code != ERR_IO || !strstr(e.text, "the disk is full")) {
		fprintf(stderr, "after %d: code %d, %s\n", (int)run, (int)e.code, e.text);
		return 1;
	}
	s = open_store(in("small/h.db"), STORE_READ);
	if (store_check(s, &e) != 0 || atoll(sql(in("small/h.db"), "SELECT count(*) FROM job")) != run) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	store_close(s);
	return 0;
}

static void test_a_full_tmpfs(void **state)
{
	int status;
	pid_t child;

	(void)state;
	mkdir(in("small"), 0755);
	child = fork();
	if (child == 0)
		_exit(fill_tmpfs(in("small")));
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		print_message("skipped: this user may not mount\n");
		skip();
	}
	assert_int_equal(status, 0);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_a_full_disk_at_each_write),
		IN_FOLDER(test_a_failing_disk_at_each_write),
		IN_FOLDER(test_a_full_disk_while_it_is_made),
		IN_FOLDER(test_a_store_that_met_a_full_disk_goes_on),
		IN_FOLDER(test_a_full_tmpfs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
