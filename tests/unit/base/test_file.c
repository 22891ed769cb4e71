#include "base/file.h"

#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;

static int set_up(void **state)
{
	struct err e;

	(void)state;
	folder = file_temp_directory("base-test", &e);
	return folder ? 0 : -1;
}

static int tear_down(void **state)
{
	struct err e;
	int rc = file_remove_tree(folder, &e);

	(void)state;
	free(folder);
	return rc;
}

/* The path of something in the folder, until the next call. */
static const char *in(const char *name)
{
	static char path[4096];
	MEM_AUTO char *joined = file_join(folder, name);

	snprintf(path, sizeof(path), "%s", joined);
	return path;
}

static void write_file(const char *name, const char *text)
{
	struct err e;

	assert_int_equal(file_write_atomic(in(name), view_of(text), 0644, &e), 0);
}

static unsigned mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(lstat(in(name), &st), 0);
	return st.st_mode & 07777;
}

static size_t count_entries(const char *path)
{
	DIR *d = opendir(path);
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void test_reads_what_was_written(void **state)
{
	BUF_AUTO b = buf_new(0);
	struct err e;

	(void)state;
	assert_int_equal(file_write_atomic(in("f"), VIEW("a\0b\n"), 0644, &e), 0);
	assert_int_equal(file_read(in("f"), 4, &b, &e), 0);
	assert_int_equal(b.n, 4);
	assert_memory_equal(b.p, "a\0b\n", 5);
}

static void test_reading_an_empty_file(void **state)
{
	BUF_AUTO b = buf_new(0);
	struct err e;

	(void)state;
	write_file("empty", "");
	assert_int_equal(file_read(in("empty"), 0, &b, &e), 0);
	assert_string_equal(buf_text(&b), "");
}

static void test_reading_has_limits(void **state)
{
	struct buf b;
	struct err e;

	(void)state;
	write_file("five", "12345");
	assert_int_equal(file_read(in("five"), 4, &b, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_int_equal(b.n, 0);
	assert_int_equal(file_read(in("none"), 4, &b, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_int_equal(file_read(in("five/x"), 4, &b, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_int_equal(file_read(folder, 4, &b, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	buf_done(&b);
}

static void test_a_pipe_does_not_hang_the_reader(void **state)
{
	struct buf b;
	struct err e;

	(void)state;
	assert_int_equal(mkfifo(in("fifo"), 0600), 0);
	assert_int_equal(file_read(in("fifo"), 4, &b, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	/* an endless file has no end to reach, but it is no regular file either */
	assert_int_equal(file_read("/dev/zero", 4, &b, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	/* a size of 0 that is a lie */
	assert_int_equal(file_read("/proc/self/status", BUF_PAGE, &b, &e), 0);
	assert_true(b.n > 100);
	buf_done(&b);
}

static void test_writing_keeps_the_mode(void **state)
{
	(void)state;
	write_file("script", "old");
	assert_int_equal(chmod(in("script"), 0751), 0);
	write_file("script", "new");
	assert_int_equal(mode_of("script"), 0751);
}

static void test_a_new_file_obeys_the_umask(void **state)
{
	struct err e;
	mode_t before = umask(027);

	(void)state;
	assert_int_equal(file_write_atomic(in("masked"), VIEW("x"), 0666, &e), 0);
	assert_int_equal(mode_of("masked"), 0640);
	assert_int_equal(file_write_atomic(in("secret"), VIEW("x"), 0600, &e), 0);
	assert_int_equal(mode_of("secret"), 0600);
	umask(before);
}

static void test_writing_replaces_a_link_not_its_target(void **state)
{
	BUF_AUTO b = buf_new(0);
	struct err e;
	struct stat st;

	(void)state;
	write_file("target", "untouched");
	assert_int_equal(symlink("target", in("link")), 0);
	write_file("link", "new");
	assert_int_equal(lstat(in("link"), &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(file_read(in("target"), 100, &b, &e), 0);
	assert_string_equal(buf_text(&b), "untouched");
}

static void test_failed_writes_leave_nothing_behind(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(file_make_directories(in("solid/inner"), &e), 0);
	assert_int_equal(file_write_atomic(in("solid"), VIEW("x"), 0644, &e), -1); /* a folder stands there */
	assert_int_equal(file_write_atomic(in("no/such/folder"), VIEW("x"), 0644, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_int_equal(count_entries(folder), 1);
}

/* A full disk, as the kernel plays it: no file may pass the limit. */
static void test_a_full_disk_leaves_the_old_content(void **state)
{
	BUF_AUTO b = buf_new(0);
	struct err e;
	int status;
	pid_t child;

	(void)state;
	write_file("precious", "old");
	child = fork();
	if (child == 0) {
		static char large[64 << 10];
		struct rlimit limit = {4096, 4096};

		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		_exit(file_write_atomic(in("precious"), view_make(large, sizeof(large)), 0644, &e) == -1 ? 0 : 1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(file_read(in("precious"), 100, &b, &e), 0);
	assert_string_equal(buf_text(&b), "old");
	assert_int_equal(count_entries(folder), 1);
}

static void test_what_is_there(void **state)
{
	(void)state;
	write_file("f", "x");
	assert_int_equal(symlink("f", in("good")), 0);
	assert_int_equal(symlink("nowhere", in("dangling")), 0);
	assert_true(file_exists(in("f")));
	assert_true(file_exists(in("good")));
	assert_false(file_exists(in("dangling")));
	assert_true(file_is_directory(folder));
	assert_false(file_is_directory(in("f")));
	assert_false(file_is_directory(in("none")));
}

static void test_making_directories(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(file_make_directories(in("a/b/c"), &e), 0);
	assert_int_equal(file_make_directories(in("a/b/c"), &e), 0);
	assert_int_equal(file_make_directories(in("a/b/c/"), &e), 0);
	assert_true(file_is_directory(in("a/b/c")));
	write_file("a/f", "x");
	assert_int_equal(file_make_directories(in("a/f"), &e), -1);
	assert_int_equal(file_make_directories(in("a/f/g"), &e), -1);
}

static void test_removing_never_follows_links(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(file_make_directories(in("keep"), &e), 0);
	write_file("keep/f", "x");
	assert_int_equal(file_make_directories(in("gone/inner"), &e), 0);
	assert_int_equal(symlink("../../keep", in("gone/inner/link")), 0);
	assert_int_equal(file_remove_tree(in("gone"), &e), 0);
	assert_false(file_exists(in("gone")));
	assert_true(file_exists(in("keep/f")));
	/* a link itself goes, too */
	assert_int_equal(symlink("keep", in("link")), 0);
	assert_int_equal(file_remove_tree(in("link"), &e), 0);
	assert_true(file_exists(in("keep/f")));
	assert_int_equal(file_remove_tree(in("link"), &e), 0); /* nothing there: fine */
}

static void test_removing_takes_wide_and_locked_folders(void **state)
{
	struct err e;
	char name[64];

	(void)state;
	assert_int_equal(file_make_directories(in("wide/locked"), &e), 0);
	for (int i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "wide/%d", i);
		assert_int_equal(mknod(in(name), S_IFREG | 0600, 0), 0);
	}
	write_file("wide/locked/f", "x");
	assert_int_equal(chmod(in("wide/locked"), 0), 0);
	assert_int_equal(chmod(in("wide"), 0500), 0);
	assert_int_equal(file_remove_tree(in("wide"), &e), 0);
	assert_false(file_exists(in("wide")));
}

/* Deeper than descriptors, stack and PATH_MAX go. */
static void test_removing_takes_deep_folders(void **state)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY), next;
	struct err e;

	(void)state;
	assert_int_equal(mkdirat(fd, "deep", 0700), 0);
	for (int i = 0; i < 3000; i++) {
		next = openat(fd, i ? "some-long-name" : "deep", O_RDONLY | O_DIRECTORY);
		assert_true(next >= 0);
		close(fd);
		fd = next;
		assert_int_equal(mkdirat(fd, "some-long-name", 0700), 0);
		close(openat(fd, "file", O_WRONLY | O_CREAT, 0600));
	}
	close(fd);
	assert_int_equal(file_remove_tree(in("deep"), &e), 0);
	assert_false(file_exists(in("deep")));
}

static void test_temporary_places(void **state)
{
	struct err e;
	struct stat st;
	MEM_AUTO char *before = mem_text(getenv("TMPDIR"));
	MEM_AUTO char *path = NULL;
	int fd;

	(void)state;
	setenv("TMPDIR", folder, 1);
	path = file_temp_directory("x", &e);
	assert_non_null(path);
	assert_int_equal(strncmp(path, in("x-"), strlen(in("x-"))), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	fd = file_temp_unlinked(&e);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "x", 1), 1);
	assert_int_equal(count_entries(folder), 1);
	close(fd);
	setenv("TMPDIR", in("none"), 1);
	assert_null(file_temp_directory("x", &e));
	assert_int_equal(file_temp_unlinked(&e), -1);
	if (before)
		setenv("TMPDIR", before, 1);
	else
		unsetenv("TMPDIR");
}

static void test_joining(void **state)
{
	static const char *const cases[][3] = {{"a", "b/c", "a/b/c"}, {"a/", "b", "a/b"}, {"a", "/b", "/b"},
		{"", "b", "b"}, {"/", "b", "/b"}, {".", "b", "./b"}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		MEM_AUTO char *path = file_join(cases[i][0], cases[i][1]);

		assert_string_equal(path, cases[i][2]);
	}
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_reads_what_was_written),
		TEST(test_reading_an_empty_file),
		TEST(test_reading_has_limits),
		TEST(test_a_pipe_does_not_hang_the_reader),
		TEST(test_writing_keeps_the_mode),
		TEST(test_a_new_file_obeys_the_umask),
		TEST(test_writing_replaces_a_link_not_its_target),
		TEST(test_failed_writes_leave_nothing_behind),
		TEST(test_a_full_disk_leaves_the_old_content),
		TEST(test_what_is_there),
		TEST(test_making_directories),
		TEST(test_removing_never_follows_links),
		TEST(test_removing_takes_wide_and_locked_folders),
		TEST(test_removing_takes_deep_folders),
		TEST(test_temporary_places),
		cmocka_unit_test(test_joining),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
