#include "store/internal.h"

#include "tests/unit/store/history.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static struct db open_db(const char *path)
{
	struct db db;
	struct err e = {0};

	if (db_open(&db, path, path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &e) != 0)
		fail_msg("%s", e.text);
	db_set_busy(&db, 20000);
	return db;
}

static int ensure(const char *path, const struct schema *schema, struct err *e)
{
	struct db db = open_db(path);
	int rc = schema_ensure(&db, schema, STORE_WRITE, e);

	db_close(&db);
	return rc;
}

/* Three generations of a small schema, as they would follow each other here. */
static const struct schema_step steps[] = {
	{2, "ALTER TABLE thing ADD COLUMN weight INTEGER; UPDATE thing SET weight = length(name)", NULL},
	{3, "CREATE TABLE heavy AS SELECT * FROM thing WHERE weight > 3; CREATE INDEX heavy_name ON heavy (name)",
		NULL},
	{0, NULL, NULL},
};
static const struct schema first = {1, "CREATE TABLE thing (name TEXT)", steps};
static const struct schema third = {3,
	"CREATE TABLE thing (name TEXT, weight INTEGER); CREATE TABLE heavy(name TEXT,weight INT);"
	"CREATE INDEX heavy_name ON heavy (name)",
	steps};

static void test_from_nothing_to_this_version(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(ensure(in("h.db"), &store_schema, &e), 0);
	assert_sql(in("h.db"), "PRAGMA user_version", "4");
	assert_int_equal(ensure(in("h.db"), &store_schema, &e), 0);
	assert_sql(in("h.db"), "SELECT count(*) FROM run", "0");
}

static void test_rows_walk_along(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(ensure(in("h.db"), &first, &e), 0);
	sql_run(in("h.db"), "INSERT INTO thing VALUES ('pea'), ('anvil')");
	assert_int_equal(ensure(in("h.db"), &third, &e), 0);
	assert_sql(in("h.db"), "PRAGMA user_version", "3");
	assert_sql(in("h.db"), "SELECT * FROM thing ORDER BY name", "anvil|5\npea|3");
	assert_sql(in("h.db"), "SELECT * FROM heavy", "anvil|5");
}

static void test_from_the_middle_only_the_rest_is_walked(void **state)
{
	struct schema second = {2, "CREATE TABLE thing (name TEXT, weight INTEGER)", steps};
	struct err e;

	(void)state;
	assert_int_equal(ensure(in("h.db"), &second, &e), 0);
	sql_run(in("h.db"), "INSERT INTO thing VALUES ('anvil', 99)");
	assert_int_equal(ensure(in("h.db"), &third, &e), 0);
	assert_sql(in("h.db"), "SELECT * FROM heavy", "anvil|99");
}

/* Columns rather than text: ALTER TABLE writes its own. */
static const char *shape(const char *path)
{
	return sql(path, "SELECT m.name, c.name, c.type FROM sqlite_schema m, pragma_table_info(m.name) c "
			 "ORDER BY m.name, c.cid");
}

static void test_both_ways_lead_to_the_same_tables(void **state)
{
	struct err e;
	MEM_AUTO char *walked = NULL;

	(void)state;
	assert_int_equal(ensure(in("walked.db"), &first, &e), 0);
	assert_int_equal(ensure(in("walked.db"), &third, &e), 0);
	assert_int_equal(ensure(in("fresh.db"), &third, &e), 0);
	walked = mem_text(shape(in("walked.db")));
	assert_string_equal(walked, shape(in("fresh.db")));
	assert_non_null(strstr(walked, "heavy|weight|INT"));
}

static void test_a_step_that_fails_leaves_all_as_it_was(void **state)
{
	static const struct schema_step bad_steps[] = {
		{2, "ALTER TABLE thing ADD COLUMN weight INTEGER; DELETE FROM thing", NULL},
		{3, "CREATE TABLE thing (again)", NULL},
		{0, NULL, NULL},
	};
	const struct schema bad = {3, "", bad_steps};
	struct err e = {0};

	(void)state;
	assert_int_equal(ensure(in("h.db"), &first, &e), 0);
	sql_run(in("h.db"), "INSERT INTO thing VALUES ('anvil')");
	assert_int_equal(ensure(in("h.db"), &bad, &e), -1);
	assert_non_null(strstr(e.text, "from schema 2 to 3"));
	assert_sql(in("h.db"), "PRAGMA user_version", "1");
	assert_sql(in("h.db"), "SELECT * FROM thing", "anvil");
}

static void test_readers_do_not_migrate(void **state)
{
	struct err e = {0};
	struct db db;

	(void)state;
	assert_int_equal(ensure(in("h.db"), &first, &e), 0);
	db = open_db(in("h.db"));
	assert_int_equal(schema_ensure(&db, &third, STORE_READ, &e), -1);
	assert_int_equal(e.code, ERR_UNAVAILABLE);
	assert_non_null(strstr(e.text, "older runmedic (schema 1)"));
	db_close(&db);
}

static void test_the_table_of_steps_ends_at_this_version(void **state)
{
	int last = 1;

	(void)state;
	for (const struct schema_step *s = store_schema.steps; s->to; last = s->to, s++)
		assert_int_equal(s->to, last + 1);
	assert_int_equal(last, STORE_SCHEMA_VERSION);
	assert_int_equal(store_schema.version, STORE_SCHEMA_VERSION);
}

/* Histories as earlier versions wrote them: tests/unit/store/old. */
static void make_old(const char *path, int version)
{
	for (int v = 1; v <= version; v++) {
		char name[64];
		struct buf text;
		struct err e = {0};

		snprintf(name, sizeof(name), "tests/unit/store/old/v%d.sql", v);
		if (file_read(name, 1 << 20, &text, &e) != 0)
			fail_msg("%s (run this from the root of the source tree)", e.text);
		sql_run(path, buf_text(&text));
		buf_done(&text);
	}
}

static const char *const kept[] = {
	"SELECT repository, run, attempt, space, trust, workflow, branch, sha, event, conclusion, started, ended, "
	"jobs, "
	"failed_jobs FROM runs",
	"SELECT job_id, job, os, conclusion, started, ended, step, command, exit_code, passed, failed FROM jobs",
	"SELECT job_id, signature, rule, category, title, message, excerpt, path, line FROM failures",
	"SELECT job_id, test, outcome, ms IS NULL, message FROM test_results ORDER BY 1, 2, 3",
	"SELECT job_id, test, ms FROM test_results WHERE ms < 2048 ORDER BY 1, 2",
	"SELECT test, sha, failed_job_id, passed_job_id FROM flips",
	"SELECT job_id, fixer, rule, signature, status, reason, files, outcome FROM fix_attempts",
	"SELECT * FROM outcomes",
	"SELECT * FROM recoveries",
	"SELECT at, action, detail FROM audit_log",
	"SELECT value FROM meta WHERE key <> 'views'",
};

static char *all_kept(const char *path)
{
	BUF_AUTO all = buf_new(BUF_PAGE);

	for (size_t i = 0; i < sizeof(kept) / sizeof(*kept); i++)
		buf_addf(&all, "%s\n\n", sql(path, kept[i]));
	return buf_take(&all);
}

static void open_old(int version)
{
	char name[16];
	struct err e = {0};
	struct store *s;
	MEM_AUTO char *before = NULL, *after = NULL;

	snprintf(name, sizeof(name), "v%d.db", version);
	make_old(in(name), version);
	before = all_kept(in(name));
	refuse_open(in(name), STORE_READ, ERR_UNAVAILABLE, "written by an older runmedic");
	s = open_store(in(name), STORE_WRITE);
	if (store_check(s, &e) != 0)
		fail_msg("%s", e.text);
	after = all_kept(in(name));
	assert_string_equal(after, before);
	/* long ones are kept to 0.05 % */
	assert_sql(in(name),
		"SELECT count(*), max(abs(ms - n * n * n * 37.0) / (n * n * n * 37.0)) < 0.0005 FROM "
		"(SELECT ms, CAST(substr(test, -2) AS INTEGER) AS n FROM test_results WHERE job_id = 3 "
		"AND outcome = 'passed' AND ms >= 2048)",
		"25|1");
	assert_sql(in(name), "SELECT count(*) FROM sqlite_schema WHERE name = 'test_passed'", "0");
	/* and it goes on with the tests that it had */
	{
		struct store_execution x = execution(13, CONCLUSION_SUCCESS, DAY0);
		struct store_record *r = begin(s);

		x.job = "test";
		x.job_name = "test (3.12)";
		add_test(r, "tests/a.py::t09", RESULT_PASSED);
		add_test(r, "tests/a.py::new", RESULT_PASSED);
		commit(r, &x, NULL, NULL, 0);
	}
	store_close(s);
	assert_sql(in(name), "SELECT count(*), count(DISTINCT test) FROM test_results WHERE run = 13", "2|2");
	assert_sql(in(name), "SELECT count(*) FROM test_results WHERE test = 'tests/a.py::t09'", "4");
	assert_sql(in(name), "SELECT count(*) FROM test", "31");
}

static void test_histories_of_all_earlier_versions(void **state)
{
	(void)state;
	for (int version = 1; version < STORE_SCHEMA_VERSION; version++)
		open_old(version);
	assert_sql(in("v3.db"),
		"SELECT c.percent, f.path, g.path, g.required FROM coverage c JOIN coverage_files f USING "
		"(coverage_id) "
		"JOIN coverage_gates g USING (coverage_id)",
		"70.0|src/a.py|-|80.0");
	assert_sql(in("v3.db"), "SELECT tool, code, issues, path FROM lint", "flake8|F401|2|src/a.py");
	assert_sql(in("v3.db"), "SELECT runs FROM passing", "4");
}

static void test_walked_and_fresh_have_the_same_tables(void **state)
{
	static const char tables[] =
		"SELECT m.name, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk FROM sqlite_schema m, "
		"pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid";
	static const char indices[] =
		"SELECT name, tbl_name, sql FROM sqlite_schema WHERE type = 'index' ORDER BY name";
	MEM_AUTO char *fresh_tables = NULL, *fresh_indices = NULL;

	(void)state;
	store_close(open_store(in("fresh.db"), STORE_WRITE));
	fresh_tables = mem_text(sql(in("fresh.db"), tables));
	fresh_indices = mem_text(sql(in("fresh.db"), indices));
	for (int version = 1; version < STORE_SCHEMA_VERSION; version++) {
		char name[16];

		snprintf(name, sizeof(name), "w%d.db", version);
		make_old(in(name), version);
		store_close(open_store(in(name), STORE_WRITE));
		assert_string_equal(sql(in(name), tables), fresh_tables);
		assert_string_equal(sql(in(name), indices), fresh_indices);
		assert_sql(in(name), "SELECT count(*), max(n) FROM cell", "1000|999");
	}
}

/* Killed in the middle, it is of one version or the other, with all rows. */
static void test_killed_on_the_way(void **state)
{
	MEM_AUTO char *before = NULL;
	int old = 0, new = 0;

	(void)state;
	make_old(in("h.db"), 3);
	sql_run(in("h.db"),
		"INSERT INTO test SELECT value + 100, 'x' || value FROM (WITH RECURSIVE c (value) AS (SELECT 1 "
		"UNION ALL SELECT value + 1 FROM c WHERE value < 20000) SELECT value FROM c);"
		"INSERT INTO test_passed SELECT 2, id, id FROM test WHERE id > 100");
	for (int round = 0; round < 20; round++) {
		char name[16];
		struct buf file;
		struct err e = {0};
		pid_t child;

		snprintf(name, sizeof(name), "k%d.db", round);
		assert_int_equal(file_read(in("h.db"), 64 << 20, &file, &e), 0);
		assert_int_equal(file_write_atomic(in(name), buf_view(&file), 0644, &e), 0);
		buf_done(&file);
		child = fork();
		if (child == 0) {
			struct store *s;

			_exit(store_open(&s, in(name), STORE_WRITE, false, &e) != 0);
		}
		usleep((useconds_t)(round * 4000));
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		if (!strcmp(sql(in(name), "PRAGMA user_version"), "3")) {
			old++;
			assert_sql(in(name), "SELECT count(*) FROM test_passed WHERE job = 2", "20000");
		} else {
			new ++;
			assert_sql(in(name), "SELECT sum(passed) FROM pack WHERE job = 2", "20000");
		}
		store_close(open_store(in(name), STORE_WRITE));
		assert_sql(in(name), "SELECT sum(passed) FROM pack WHERE job = 2", "20000");
	}
	assert_true(old > 0);
}

/* All at once on a file that is not there yet: one makes it, the others wait for him. */
static void test_eight_make_it_at_once(void **state)
{
	(void)state;
	for (int round = 0; round < 10; round++) {
		char name[32];
		pid_t children[8];

		snprintf(name, sizeof(name), "%d/h.db", round);
		for (int i = 0; i < 8; i++)
			if ((children[i] = fork()) == 0) {
				struct store *s;
				struct err e;
				int rc = store_open(&s, in(name), STORE_WRITE, true, &e);

				if (rc != 0)
					fprintf(stderr, "%s\n", e.text);
				else
					store_close(s);
				_exit(rc != 0);
			}
		for (int i = 0; i < 8; i++) {
			int status;

			assert_int_equal(waitpid(children[i], &status, 0), children[i]);
			assert_int_equal(status, 0);
		}
		assert_sql(in(name), "PRAGMA journal_mode", "wal");
		assert_sql(in(name), "SELECT count(*) FROM runs", "0");
	}
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(test_from_nothing_to_this_version),
		IN_FOLDER(test_rows_walk_along),
		IN_FOLDER(test_from_the_middle_only_the_rest_is_walked),
		IN_FOLDER(test_both_ways_lead_to_the_same_tables),
		IN_FOLDER(test_a_step_that_fails_leaves_all_as_it_was),
		IN_FOLDER(test_readers_do_not_migrate),
		cmocka_unit_test(test_the_table_of_steps_ends_at_this_version),
		IN_FOLDER(test_histories_of_all_earlier_versions),
		IN_FOLDER(test_walked_and_fresh_have_the_same_tables),
		IN_FOLDER(test_killed_on_the_way),
		IN_FOLDER(test_eight_make_it_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
