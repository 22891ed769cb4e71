#include "store/db.h"

#include "base/mem.h"
#include "base/redact.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct db_cached {
	const char *sql;
	sqlite3_stmt *statement;
};

int db_result(const struct db *db)
{
	return db->handle ? sqlite3_extended_errcode(db->handle) : SQLITE_NOMEM;
}

int db_damaged(const struct db *db, const char *reason, struct err *e)
{
	BUF_AUTO shown = buf_new(BUF_LINE);
	struct view rest = view_of(reason), line = {0};

	view_next(&rest, '\n', &line);
	neutral_terminal(&shown, line); /* it may quote the file */
	return err_set(e, ERR_DAMAGED,
		"%s: the database is damaged (%s); put a copy back, or save what can be read: "
		"sqlite3 DAMAGED .recover | sqlite3 NEW",
		db->path, buf_text(&shown));
}

static int fail_disk_full(const struct db *db, struct err *e)
{
	return err_set(e, ERR_IO, "%s: the disk is full; nothing of this was recorded, what was there before is intact",
		db->path);
}

static int fail_readonly(const struct db *db, int rc, struct err *e)
{
	if (rc == SQLITE_READONLY_DBMOVED)
		return err_set(e, ERR_IO, "%s: the file was moved or replaced while it was open; try again", db->path);
	return err_set(
		e, ERR_IO, "%s: may not be written (read-only file or folder); name another one with --db", db->path);
}

static int fail_io(const struct db *db, int rc, struct err *e)
{
	int number = sqlite3_system_errno(db->handle);

	if (number == ENOSPC || number == EDQUOT)
		return fail_disk_full(db, e);
	if (rc == SQLITE_IOERR_SHMMAP || rc == SQLITE_IOERR_SHMOPEN || rc == SQLITE_IOERR_SHMLOCK)
		return err_set(e, ERR_IO,
			"%s: this file system has no shared memory (a network folder?); name another place with --db",
			db->path);
	if (rc == SQLITE_IOERR_CORRUPTFS || rc == SQLITE_IOERR_SHORT_READ || rc == SQLITE_IOERR_DATA)
		return db_damaged(db, sqlite3_errmsg(db->handle), e);
	errno = number ? number : EIO;
	return err_errno(e, "%s: the disk failed", db->path);
}

/* ENOENT is about SQLite's second try, to open for reading what it could not make. */
static int fail_open(const struct db *db, struct err *e)
{
	int number = sqlite3_system_errno(db->handle);

	if (number == 0 || number == ENOENT)
		return err_set(e, ERR_IO, "%s: cannot be opened or made; may its folder be written?", db->path);
	errno = number;
	return err_errno(e, "%s: cannot be opened", db->path);
}

int db_fail(struct db *db, struct err *e)
{
	int rc = db_result(db);

	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return err_set(e, ERR_BUSY,
			"%s: another process is writing to it (waited %d ms); try again when it has finished", db->path,
			db->busy_ms);
	case SQLITE_FULL:
		return fail_disk_full(db, e);
	case SQLITE_READONLY:
	case SQLITE_PERM:
		return fail_readonly(db, rc, e);
	case SQLITE_NOTADB:
		return err_set(e, ERR_DAMAGED,
			"%s: not a SQLite database, or its first page is damaged; name another file with --db",
			db->path);
	case SQLITE_CORRUPT:
		return db_damaged(db, sqlite3_errmsg(db->handle), e);
	case SQLITE_CANTOPEN:
	case SQLITE_AUTH:
		return fail_open(db, e);
	case SQLITE_IOERR:
		return fail_io(db, rc, e);
	case SQLITE_NOMEM:
	case SQLITE_TOOBIG:
		return err_set(e, ERR_LIMIT, "%s: too large for the memory there is", db->path);
	default: /* a table that is not there, a row that does not fit: not as we made it */
		return db_damaged(db, sqlite3_errmsg(db->handle), e);
	}
}

int db_open(struct db *ret, const char *location, const char *path, int flags, struct err *e)
{
	*ret = (struct db){.path = mem_text(path)};
	if (sqlite3_open_v2(location, &ret->handle, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL) !=
		SQLITE_OK)
		return db_fail(ret, e);
	return 0;
}

void db_close(struct db *db)
{
	for (size_t i = 0; i < db->cached_count; i++)
		sqlite3_finalize(db->cached[i].statement);
	free(db->cached);
	sqlite3_close(db->handle);
	free(db->path);
	*db = (struct db){0};
}

void db_set_busy(struct db *db, int ms)
{
	db->busy_ms = ms;
	sqlite3_busy_timeout(db->handle, ms);
}

int db_script(struct db *db, const char *sql, struct err *e)
{
	return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : db_fail(db, e);
}

static sqlite3_stmt *find_cached(const struct db *db, const char *sql)
{
	for (size_t i = 0; i < db->cached_count; i++)
		if (db->cached[i].sql == sql)
			return db->cached[i].statement;
	return NULL;
}

static sqlite3_stmt *statement_of(struct db *db, const char *sql, struct err *e)
{
	sqlite3_stmt *statement = find_cached(db, sql);

	if (statement)
		return statement;
	if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
		db_fail(db, e);
		return NULL;
	}
	MEM_PUSH(db->cached, db->cached_count, db->cached_cap);
	db->cached[db->cached_count++] = (struct db_cached){sql, statement};
	return statement;
}

static void bind(sqlite3_stmt *statement, int position, const struct db_value *v)
{
	int rc = SQLITE_OK;

	switch (v->kind) {
	case DB_INTEGER:
		rc = sqlite3_bind_int64(statement, position, v->integer);
		break;
	case DB_REAL:
		rc = sqlite3_bind_double(statement, position, v->real);
		break;
	case DB_TEXT:
		rc = sqlite3_bind_text(statement, position, v->text, -1, SQLITE_STATIC);
		break;
	case DB_BLOB:
		rc = sqlite3_bind_blob64(statement, position, v->blob.p, v->blob.n, SQLITE_STATIC);
		break;
	case DB_NULL:
	case DB_END:
		rc = sqlite3_bind_null(statement, position);
		break;
	}
	assert(rc == SQLITE_OK);
	(void)rc;
}

int db_query(struct db_rows *ret, struct db *db, const char *sql, const struct db_value *values, struct err *e)
{
	sqlite3_stmt *statement = statement_of(db, sql, e);
	int count = 0;

	*ret = (struct db_rows){.db = db, .statement = statement};
	if (!statement)
		return -1;
	assert(!sqlite3_stmt_busy(statement));
	for (; values && values[count].kind != DB_END; count++)
		bind(statement, count + 1, &values[count]);
	assert(count == sqlite3_bind_parameter_count(statement));
	return 0;
}

void db_rows_done(struct db_rows *rows)
{
	if (rows->statement)
		sqlite3_reset(rows->statement);
	rows->statement = NULL;
}

int db_next(struct db_rows *rows, struct err *e)
{
	int rc = sqlite3_step(rows->statement);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		db_fail(rows->db, e);
	db_rows_done(rows);
	return rc == SQLITE_DONE ? 0 : -1;
}

int db_run(struct db *db, const char *sql, const struct db_value *values, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, db, sql, values, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1)
		;
	return rc;
}

int db_find(struct db *db, int64_t *ret, const char *sql, const struct db_value *values, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, db, sql, values, e) != 0)
		return -1;
	rc = db_next(&rows, e);
	if (rc == 1) {
		*ret = db_integer(&rows, 0);
		db_rows_done(&rows);
	}
	return rc;
}

int64_t db_new_id(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

int64_t db_integer(const struct db_rows *rows, int column)
{
	return sqlite3_column_int64(rows->statement, column);
}

int64_t db_integer_or(const struct db_rows *rows, int column, int64_t unknown)
{
	return sqlite3_column_type(rows->statement, column) == SQLITE_NULL ? unknown : db_integer(rows, column);
}

double db_real(const struct db_rows *rows, int column)
{
	return sqlite3_column_double(rows->statement, column);
}

const char *db_text(const struct db_rows *rows, int column)
{
	return (const char *)sqlite3_column_text(rows->statement, column);
}

struct view db_blob(const struct db_rows *rows, int column)
{
	const char *p = sqlite3_column_blob(rows->statement, column);

	return view_make(p, p ? (size_t)sqlite3_column_bytes(rows->statement, column) : 0);
}

int db_begin(struct db *db, struct err *e)
{
	return db_run(db, "BEGIN IMMEDIATE", NOTHING, e);
}

int db_commit(struct db *db, struct err *e)
{
	if (db_run(db, "COMMIT", NOTHING, e) == 0)
		return 0;
	db_rollback(db);
	return -1;
}

void db_rollback(struct db *db)
{
	if (!sqlite3_get_autocommit(db->handle))
		db_run(db, "ROLLBACK", NOTHING, NULL);
}
