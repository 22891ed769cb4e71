#include "tests/unit/store/history.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static void record_one(const char *path)
{
	struct store *s = open_store(path, STORE_WRITE);
	struct store_execution x = execution(1, CONCLUSION_SUCCESS, DAY0);

	commit(begin(s), &x, NULL, NULL, 0);
	store_close(s);
}

static int64_t count_executions(const char *path)
{
	struct store *s = open_store(path, STORE_READ);
	struct store_totals totals = {0};
	struct err e;

	assert_int_equal(store_totals(s, &totals, &e), 0);
	store_close(s);
	return totals.executions;
}

static void write_file(const char *path, const char *text)
{
	struct err e;

	assert_int_equal(file_write_atomic(path, view_of(text), 0644, &e), 0);
}

static void assert_content(const char *path, const char *text)
{
	struct buf b;
	struct err e = {0};

	if (file_read(path, 1 << 20, &b, &e) != 0)
		fail_msg("%s", e.text);
	assert_string_equal(buf_text(&b), text);
	buf_done(&b);
}

static void test_makes_folder_and_ignore_file(void **state)
{
	struct store *s;
	struct err e;

	(void)state;
	assert_int_equal(store_open(&s, in("a/b/history.db"), STORE_WRITE, true, &e), 0);
	store_close(s);
	assert_content(in("a/b/.gitignore"), "*\n");
	assert_false(file_exists(in("a/.gitignore")));
	assert_sql(in("a/b/history.db"), "PRAGMA journal_mode", "wal");
	assert_sql(in("a/b/history.db"), "PRAGMA user_version", "4");
}

static void test_keeps_an_ignore_file_and_makes_none_unasked(void **state)
{
	struct store *s;
	struct err e;

	(void)state;
	mkdir(in("a"), 0777);
	write_file(in("a/.gitignore"), "mine\n");
	assert_int_equal(store_open(&s, in("a/history.db"), STORE_WRITE, true, &e), 0);
	store_close(s);
	assert_content(in("a/.gitignore"), "mine\n");
	record_one(in("b/history.db"));
	assert_false(file_exists(in("b/.gitignore")));
}

static void test_leaves_one_file_behind(void **state)
{
	(void)state;
	record_one(in("h.db"));
	assert_int_equal(count_executions(in("h.db")), 1);
	assert_false(file_exists(in("h.db-wal")));
	assert_false(file_exists(in("h.db-shm")));
}

static void test_readers_do_not_make_files(void **state)
{
	(void)state;
	refuse_open(in("none.db"), STORE_READ, ERR_NOT_FOUND, "none.db");
	assert_false(file_exists(in("none.db")));
	write_file(in("empty.db"), "");
	refuse_open(in("empty.db"), STORE_READ, ERR_NOT_FOUND, "no history yet");
}

static void test_an_empty_file_becomes_a_history(void **state)
{
	(void)state;
	write_file(in("empty.db"), "");
	record_one(in("empty.db"));
	assert_int_equal(count_executions(in("empty.db")), 1);
}

static void test_what_is_no_file_is_refused(void **state)
{
	(void)state;
	refuse_open(folder, STORE_WRITE, ERR_INPUT, "a folder");
	refuse_open(folder, STORE_READ, ERR_INPUT, "a folder");
	assert_int_equal(mkfifo(in("fifo"), 0666), 0);
	refuse_open(in("fifo"), STORE_READ, ERR_INPUT, "not a regular file");
	refuse_open(in("fifo"), STORE_WRITE, ERR_INPUT, "not a regular file");
	write_file(in("file"), "text");
	refuse_open(in("file/history.db"), STORE_WRITE, ERR_IO, "File exists");
}

static void test_text_is_no_database(void **state)
{
	char text[5000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	write_file(in("text"), text);
	refuse_open(in("text"), STORE_READ, ERR_DAMAGED, "not a SQLite database");
	refuse_open(in("text"), STORE_WRITE, ERR_DAMAGED, "not a SQLite database");
	assert_content(in("text"), text);
}

static void test_other_programs_databases_are_left_alone(void **state)
{
	(void)state;
	sql_run(in("other.db"), "CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)");
	refuse_open(in("other.db"), STORE_WRITE, ERR_INPUT, "another program");
	refuse_open(in("other.db"), STORE_READ, ERR_INPUT, "another program");
	assert_sql(in("other.db"), "SELECT group_concat(name) FROM sqlite_schema", "theirs");
}

static void test_a_newer_schema_is_refused(void **state)
{
	(void)state;
	record_one(in("h.db"));
	sql_run(in("h.db"), "PRAGMA user_version = 7");
	refuse_open(in("h.db"), STORE_READ, ERR_UNAVAILABLE, "schema 7, this one knows 4); update runmedic");
	refuse_open(in("h.db"), STORE_WRITE, ERR_UNAVAILABLE, "schema 7, this one knows 4); update runmedic");
	assert_sql(in("h.db"), "PRAGMA user_version", "7");
}

static void refuse_default_place(const char *path)
{
	struct store *s = NULL;
	struct err e = {0};

	assert_int_equal(store_open(&s, path, STORE_WRITE, true, &e), -1);
	assert_int_equal(e.code, ERR_REFUSED);
	assert_non_null(strstr(e.text, "symbolic link"));
}

static void test_links_in_a_repository_are_refused(void **state)
{
	(void)state;
	mkdir(in("elsewhere"), 0777);
	mkdir(in("real"), 0777);
	assert_int_equal(symlink("elsewhere", in("linked")), 0);
	assert_int_equal(symlink("../elsewhere/target", in("real/history.db")), 0);
	refuse_default_place(in("linked/history.db"));
	refuse_default_place(in("real/history.db"));
	assert_false(file_exists(in("elsewhere/history.db")));
	assert_false(file_exists(in("elsewhere/target")));
	/* whoever names the file knows what he does */
	record_one(in("linked/history.db"));
	assert_int_equal(count_executions(in("elsewhere/history.db")), 1);
}

/* root may write anything: become somebody who may not. */
static void become(uid_t user)
{
	if (getuid() == 0)
		assert_int_equal(seteuid(user), 0);
}

static void test_reads_in_a_read_only_folder(void **state)
{
	static const char *const names[] = {"h.db", "100% of #1?.db"};

	(void)state;
	for (size_t i = 0; i < 2; i++)
		record_one(in(names[i]));
	chmod(folder, 0555);
	become(NOBODY);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(count_executions(in(names[i])), 1);
	refuse_open(in("h.db"), STORE_WRITE, ERR_IO, "h.db: ");
	refuse_open(in("new.db"), STORE_WRITE, ERR_IO, "new.db: cannot be opened");
	refuse_open(in("sub/new.db"), STORE_WRITE, ERR_IO, "Permission denied");
	become(0);
	chmod(folder, 0755);
}

static void test_reads_but_never_writes_a_read_only_file(void **state)
{
	(void)state;
	record_one(in("h.db"));
	chmod(in("h.db"), 0444);
	chmod(folder, 0777);
	become(NOBODY);
	assert_int_equal(count_executions(in("h.db")), 1);
	refuse_open(in("h.db"), STORE_WRITE, ERR_IO, "read-only");
	become(0);
	assert_int_equal(count_executions(in("h.db")), 1);
}

static void test_an_unreadable_file_is_said_so(void **state)
{
	(void)state;
	record_one(in("h.db"));
	chmod(in("h.db"), 0000);
	chmod(folder, 0755);
	become(NOBODY);
	refuse_open(in("h.db"), STORE_READ, ERR_IO, "Permission denied");
	become(0);
}

static void copy(const char *from, const char *to)
{
	struct buf b;
	struct err e = {0};

	assert_int_equal(file_read(from, 64 << 20, &b, &e), 0);
	assert_int_equal(file_write_atomic(to, buf_view(&b), 0644, &e), 0);
	buf_done(&b);
}

/* What a killed writer left cannot be merged in a folder that may not be written: old facts must not pass for new. */
static void test_unmerged_changes_in_a_read_only_folder(void **state)
{
	struct store *s = open_store(in("h.db"), STORE_WRITE);
	struct store_execution x = execution(1, CONCLUSION_SUCCESS, DAY0);

	(void)state;
	commit(begin(s), &x, NULL, NULL, 0);
	mkdir(in("frozen"), 0777);
	copy(in("h.db"), in("frozen/h.db"));
	copy(in("h.db-wal"), in("frozen/h.db-wal"));
	store_close(s);
	chmod(folder, 0755);
	chmod(in("frozen"), 0555);
	become(NOBODY);
	refuse_open(in("frozen/h.db"), STORE_READ, ERR_IO, "copy all of");
	become(0);
	chmod(in("frozen"), 0755);
	assert_int_equal(count_executions(in("frozen/h.db")), 1);
}

/* A file system without shared memory, as some network folders are: SQLite's dotfile locking knows none. */
static void test_works_without_shared_memory(void **state)
{
	sqlite3_vfs *usual = sqlite3_vfs_find(NULL);

	(void)state;
	record_one(in("wal.db"));
	sqlite3_vfs_register(sqlite3_vfs_find("unix-dotfile"), 1);
	record_one(in("new.db"));
	assert_int_equal(count_executions(in("new.db")), 1);
	record_one(in("wal.db")); /* the same again */
	assert_int_equal(count_executions(in("wal.db")), 1);
	sqlite3_vfs_register(usual, 1);
	assert_int_equal(count_executions(in("wal.db")), 1);
	assert_int_equal(count_executions(in("new.db")), 1);
}

static void test_views_follow_this_version_and_spare_those_of_users(void **state)
{
	(void)state;
	record_one(in("h.db"));
	sql_run(in("h.db"),
		"DROP VIEW jobs; CREATE VIEW jobs AS SELECT 'old' AS x; CREATE VIEW mine AS SELECT 'mine' AS x;"
		"UPDATE meta SET value = 'old' WHERE key = 'views'");
	assert_int_equal(count_executions(in("h.db")), 1);
	assert_sql(in("h.db"), "SELECT x FROM jobs", "old"); /* a reader changes nothing */
	store_close(open_store(in("h.db"), STORE_WRITE));
	assert_sql(in("h.db"), "SELECT conclusion FROM jobs", "success");
	assert_sql(in("h.db"), "SELECT x FROM mine", "mine");
}

static void test_a_missing_table_is_damage(void **state)
{
	struct store *s;
	struct err e = {0};
	struct store_totals totals;

	(void)state;
	record_one(in("h.db"));
	sql_run(in("h.db"), "DROP TABLE audit; DROP TABLE outcome");
	s = open_store(in("h.db"), STORE_READ);
	assert_int_equal(store_totals(s, &totals, &e), 0);
	store_close(s);
	s = open_store(in("h.db"), STORE_WRITE);
	assert_int_equal(store_audit(s, "apply", NULL, &e), -1);
	assert_int_equal(e.code, ERR_DAMAGED);
	assert_non_null(strstr(e.text, "no such table"));
	store_close(s);
}

static void test_close_of_nothing(void **state)
{
	(void)state;
	store_close(NULL);
	store_record_abort(NULL);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_makes_folder_and_ignore_file),
		IN_FOLDER(test_keeps_an_ignore_file_and_makes_none_unasked),
		IN_FOLDER(test_leaves_one_file_behind),
		IN_FOLDER(test_readers_do_not_make_files),
		IN_FOLDER(test_an_empty_file_becomes_a_history),
		IN_FOLDER(test_what_is_no_file_is_refused),
		IN_FOLDER(test_text_is_no_database),
		IN_FOLDER(test_other_programs_databases_are_left_alone),
		IN_FOLDER(test_a_newer_schema_is_refused),
		IN_FOLDER(test_links_in_a_repository_are_refused),
		IN_FOLDER(test_reads_in_a_read_only_folder),
		IN_FOLDER(test_reads_but_never_writes_a_read_only_file),
		IN_FOLDER(test_an_unreadable_file_is_said_so),
		IN_FOLDER(test_unmerged_changes_in_a_read_only_folder),
		IN_FOLDER(test_works_without_shared_memory),
		IN_FOLDER(test_views_follow_this_version_and_spare_those_of_users),
		IN_FOLDER(test_a_missing_table_is_damage),
		cmocka_unit_test(test_close_of_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
