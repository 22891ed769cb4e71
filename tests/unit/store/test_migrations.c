#include "store/internal.h"

#include "tests/unit/store/history.h"

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
	{2, "ALTER TABLE thing ADD COLUMN weight INTEGER; UPDATE thing SET weight = length(name)"},
	{3, "CREATE TABLE heavy AS SELECT * FROM thing WHERE weight > 3; CREATE INDEX heavy_name ON heavy (name)"},
	{0, NULL},
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
	assert_sql(in("h.db"), "PRAGMA user_version", "3");
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
		{2, "ALTER TABLE thing ADD COLUMN weight INTEGER; DELETE FROM thing"},
		{3, "CREATE TABLE thing (again)"},
		{0, NULL},
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
		IN_FOLDER(test_eight_make_it_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
