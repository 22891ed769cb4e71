#include "store/convert.h"
#include "store/internal.h"

#include <stdio.h>
#include <string.h>

static const struct schema_step steps[] = {
	{2,
		"CREATE TABLE passing (repository TEXT NOT NULL, workflow TEXT NOT NULL, job TEXT NOT NULL, "
		"runs INTEGER NOT NULL, updated INTEGER NOT NULL, shapes BLOB NOT NULL, "
		"PRIMARY KEY (repository, workflow, job)) STRICT",
		NULL},
	{3,
		"CREATE TABLE path (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT; "
		"CREATE TABLE coverage_report (id INTEGER PRIMARY KEY, job INTEGER NOT NULL REFERENCES "
		"job (id) ON DELETE CASCADE, format TEXT NOT NULL, lines INTEGER, lines_covered INTEGER, "
		"branches INTEGER, branches_covered INTEGER, functions INTEGER, functions_covered "
		"INTEGER, percent REAL, files INTEGER NOT NULL) STRICT; "
		"CREATE INDEX coverage_report_job ON coverage_report (job); "
		"CREATE TABLE coverage_file (report INTEGER NOT NULL REFERENCES coverage_report (id) ON "
		"DELETE CASCADE, path INTEGER NOT NULL REFERENCES path (id), lines INTEGER, lines_covered "
		"INTEGER, branches INTEGER, branches_covered INTEGER, PRIMARY KEY (report, path)) STRICT, "
		"WITHOUT ROWID; "
		"CREATE TABLE coverage_gate (report INTEGER NOT NULL REFERENCES coverage_report (id) ON "
		"DELETE CASCADE, position INTEGER NOT NULL, metric TEXT NOT NULL, path INTEGER REFERENCES "
		"path (id), required REAL NOT NULL, actual REAL, PRIMARY KEY (report, position)) STRICT, "
		"WITHOUT ROWID; "
		"CREATE TABLE lint_report (job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE, "
		"tool TEXT NOT NULL, errors INTEGER NOT NULL, warnings INTEGER NOT NULL, infos INTEGER "
		"NOT NULL, PRIMARY KEY (job, tool)) STRICT, WITHOUT ROWID; "
		"CREATE TABLE lint_rule (id INTEGER PRIMARY KEY, tool TEXT NOT NULL, code TEXT NOT NULL, "
		"severity TEXT NOT NULL, UNIQUE (tool, code, severity)) STRICT; "
		"CREATE TABLE lint_count (job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE, "
		"rule INTEGER NOT NULL REFERENCES lint_rule (id), path INTEGER NOT NULL REFERENCES path "
		"(id), count INTEGER NOT NULL, line INTEGER, PRIMARY KEY (job, rule, path)) STRICT, "
		"WITHOUT ROWID; ",
		NULL},
	{4,
		"ALTER TABLE job ADD COLUMN image TEXT; "
		"ALTER TABLE job ADD COLUMN retired INTEGER NOT NULL DEFAULT 0; "
		"ALTER TABLE job ADD COLUMN fact TEXT; "
		"CREATE INDEX job_fresh ON job (ended) WHERE retired = 0; "
		"CREATE INDEX run_line ON run (branch, workflow, repository, space, ended, id, conclusion) WHERE fork "
		"= 0; "
		"ALTER TABLE audit ADD COLUMN us INTEGER; "
		"CREATE TABLE suite (id INTEGER PRIMARY KEY, repository TEXT NOT NULL, job TEXT NOT NULL, space TEXT "
		"NOT NULL) STRICT; "
		"CREATE UNIQUE INDEX suite_job ON suite (repository, job, space); "
		"CREATE TABLE suite_test (suite INTEGER NOT NULL REFERENCES suite (id), position INTEGER NOT NULL, "
		"test INTEGER NOT NULL REFERENCES test (id), PRIMARY KEY (suite, position)) STRICT, WITHOUT ROWID; "
		"CREATE UNIQUE INDEX suite_test_test ON suite_test (test, suite); "
		"CREATE TABLE pack (job INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE, chunk INTEGER NOT "
		"NULL, suite INTEGER NOT NULL REFERENCES suite (id), passed INTEGER NOT NULL, is_sparse INTEGER NOT "
		"NULL, cells BLOB NOT NULL, "
		"PRIMARY KEY (job, chunk)) STRICT; "
		"CREATE INDEX pack_suite ON pack (suite, chunk); "
		"CREATE TABLE cell (n INTEGER PRIMARY KEY) STRICT; "
		"INSERT INTO cell WITH RECURSIVE c (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM c WHERE n < 999) "
		"SELECT n FROM c; "
		"CREATE TABLE test_week (week INTEGER NOT NULL, suite INTEGER NOT NULL REFERENCES suite (id), test "
		"INTEGER NOT NULL REFERENCES test (id), passed INTEGER NOT NULL, failed INTEGER NOT NULL, skipped "
		"INTEGER NOT NULL, errors INTEGER NOT NULL, flips INTEGER NOT NULL, ms INTEGER NOT NULL, timed INTEGER "
		"NOT NULL, PRIMARY KEY (week, suite, test)) STRICT, WITHOUT ROWID; "
		"CREATE INDEX test_week_test ON test_week (test); "
		"CREATE TABLE delivery (id INTEGER PRIMARY KEY, repository TEXT NOT NULL, fixer TEXT NOT NULL, rule "
		"TEXT, signature INTEGER REFERENCES signature (id), way TEXT NOT NULL, workflow TEXT, branch TEXT, "
		"base_sha TEXT NOT NULL, sha TEXT, fix_branch TEXT, pull INTEGER, run INTEGER, at INTEGER NOT NULL, "
		"outcome TEXT, settled INTEGER, reason TEXT) STRICT; "
		"CREATE UNIQUE INDEX delivery_identity ON delivery (repository, fixer, coalesce(signature, 0), "
		"base_sha, way); "
		"CREATE INDEX delivery_signature ON delivery (signature); "
		"CREATE INDEX delivery_at ON delivery (at); "
		"CREATE TABLE rerun (id INTEGER PRIMARY KEY, repository TEXT NOT NULL, run INTEGER NOT NULL, attempt "
		"INTEGER NOT NULL, branch TEXT, sha TEXT, workflow TEXT, signature INTEGER REFERENCES signature (id), "
		"reason TEXT, at INTEGER NOT NULL, result TEXT, UNIQUE (repository, run, attempt)) STRICT; "
		"CREATE INDEX rerun_signature ON rerun (signature); "
		"CREATE INDEX rerun_at ON rerun (at); "
		"CREATE TABLE ignored (signature INTEGER PRIMARY KEY REFERENCES signature (id), reason TEXT NOT NULL, "
		"author TEXT, at INTEGER NOT NULL, until INTEGER) STRICT; "
		"CREATE TABLE issue (repository TEXT NOT NULL, signature INTEGER NOT NULL REFERENCES signature (id), "
		"number INTEGER NOT NULL, is_open INTEGER NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (repository, "
		"signature)) STRICT, WITHOUT ROWID; ",
		convert_passed},
	{0, NULL, NULL},
};
const struct schema store_schema = {STORE_SCHEMA_VERSION, schema_sql, steps};

struct state {
	int64_t version, application, tables;
};

/* In one statement, so that all three are of one moment: somebody may just be making the tables. */
static int read_state(struct db *db, struct state *ret, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, db,
		    "SELECT user_version, application_id, (SELECT count(*) FROM sqlite_schema) "
		    "FROM pragma_user_version, pragma_application_id",
		    NOTHING, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1)
		*ret = (struct state){db_integer(&rows, 0), db_integer(&rows, 1), db_integer(&rows, 2)};
	return rc;
}

static int set_version(struct db *db, int version, struct err *e)
{
	char sql[96];

	snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %d", STORE_APPLICATION_ID,
		version);
	return db_script(db, sql, e);
}

static int walk(struct db *db, const struct schema *schema, int64_t version, struct err *e)
{
	if (version == 0)
		return db_script(db, schema->sql, e);
	for (const struct schema_step *step = schema->steps; step->to; step++)
		if (step->to > version &&
			(db_script(db, step->sql, e) != 0 || (step->convert && step->convert(db, e) != 0)))
			return err_wrap(e, "bringing the history from schema %d to %d", step->to - 1, step->to);
	return 0;
}

/* Somebody else may have done it while we waited. */
static int migrate(struct db *db, const struct schema *schema, struct err *e)
{
	struct state now = {0};

	if (db_begin(db, e) != 0)
		return -1;
	if (read_state(db, &now, e) != 0 ||
		(now.version < schema->version &&
			(walk(db, schema, now.version, e) != 0 || set_version(db, schema->version, e) != 0))) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, e);
}

int schema_ensure(struct db *db, const struct schema *schema, enum store_mode mode, struct err *e)
{
	struct state now = {0};

	if (read_state(db, &now, e) != 0)
		return -1;
	if (now.application != STORE_APPLICATION_ID && now.tables)
		return err_set(
			e, ERR_INPUT, "%s: the database of another program; name another file with --db", db->path);
	if (now.version > schema->version)
		return err_set(e, ERR_UNAVAILABLE,
			"%s: written by a newer runmedic (schema %d, this one knows %d); update runmedic", db->path,
			(int)now.version, schema->version);
	if (now.version == schema->version)
		return 0;
	if (mode == STORE_WRITE)
		return migrate(db, schema, e);
	if (now.version == 0)
		return err_set(e, ERR_NOT_FOUND, "%s: holds no history yet; record something first", db->path);
	return err_set(e, ERR_UNAVAILABLE,
		"%s: written by an older runmedic (schema %d); whatever records next brings it up to date", db->path,
		(int)now.version);
}

static int make_temporary(struct db *db, const char *sql, struct err *e)
{
	static const char create[] = "CREATE VIEW ";
	BUF_AUTO script = buf_new(BUF_PAGE);
	struct view rest = view_of(sql);

	for (size_t at; (at = view_find(rest, create)) != VIEW_NONE;) {
		buf_add_view(&script, view_sub(rest, 0, at));
		buf_add_text(&script, "CREATE TEMP VIEW ");
		rest = view_from(rest, at + strlen(create));
	}
	buf_add_view(&script, rest);
	return db_script(db, buf_text(&script), e);
}

/* Views of the same names only: users may have made their own. */
static int replace_views(struct db *db, const char *sql, struct err *e)
{
	BUF_AUTO script = buf_new(BUF_PAGE);
	struct db_rows rows;
	int rc;

	if (db_query(&rows, db, "SELECT name FROM sqlite_temp_schema WHERE type = 'view'", NOTHING, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1)
		buf_addf(&script, "DROP VIEW IF EXISTS main.%s;\n", db_text(&rows, 0));
	buf_add_text(&script, sql);
	return rc == 0 ? db_script(db, buf_text(&script), e) : -1;
}

/* Their text is kept in the file: comparing is cheaper than a hash, and tells more. */
static int is_current(struct db *db, const char *sql, struct err *e)
{
	int64_t one;

	return db_find(db, &one, "SELECT 1 FROM meta WHERE key = 'views' AND value = ?1", WITH(TEXT(sql)), e);
}

static int refresh(struct db *db, const char *sql, struct err *e)
{
	int rc;

	if (db_begin(db, e) != 0)
		return -1;
	rc = is_current(db, sql, e);
	if (rc == 0 &&
		(replace_views(db, sql, e) != 0 || db_run(db,
							   "INSERT INTO meta (key, value) VALUES ('views', ?1) "
							   "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
							   WITH(TEXT(sql)), e) != 0))
		rc = -1;
	if (rc >= 0)
		return db_commit(db, e);
	db_rollback(db);
	return -1;
}

int views_ensure(struct db *db, const char *sql, enum store_mode mode, struct err *e)
{
	int rc;

	if (make_temporary(db, sql, e) != 0)
		return -1;
	if (mode == STORE_READ)
		return 0;
	rc = is_current(db, sql, e);
	return rc == 0 ? refresh(db, sql, e) : rc < 0 ? -1 : 0;
}
