/* db.h - SQLite in one readable line per statement. Private to store/.
 *
 *     db_run(db, "INSERT INTO audit (at, action) VALUES (?1, ?2)", WITH(INTEGER(now), TEXT(action)), e)
 *
 * A statement is a literal and compiled once per connection (looked up by its address). Text that is bound is borrowed
 * until the statement has run. Failures become an err with the database's path, the reason, and what to do next. */
#ifndef RM_STORE_DB_H
#define RM_STORE_DB_H

#include "base/err.h"
#include "base/view.h"

#include <sqlite3.h>

struct db_cached;
struct db {
	sqlite3 *handle;
	char *path;
	int busy_ms;
	struct db_cached *cached;
	size_t cached_count, cached_cap;
};

/* Flags of sqlite3_open_v2(); `location` is a path, or a URI with SQLITE_OPEN_URI; `path` stands in messages. */
int db_open(struct db *ret, const char *location, const char *path, int flags, struct err *e);
void db_close(struct db *db); /* db may be all zero */
void db_set_busy(struct db *db, int ms);
/* What the last call on this connection failed with. Returns -1. */
int db_fail(struct db *db, struct err *e);
int db_damaged(const struct db *db, const char *reason, struct err *e);
int db_result(const struct db *db); /* extended result code of the last call */

enum db_kind { DB_END, DB_NULL, DB_INTEGER, DB_REAL, DB_TEXT, DB_BLOB };
struct db_value {
	enum db_kind kind;
	union {
		int64_t integer;
		double real;
		const char *text;
		struct view blob;
	};
};
static inline struct db_value db_value_integer(int64_t i)
{
	return (struct db_value){.kind = DB_INTEGER, .integer = i};
}
static inline struct db_value db_value_real(double d)
{
	return (struct db_value){.kind = DB_REAL, .real = d};
}
static inline struct db_value db_value_text(const char *text)
{
	return (struct db_value){.kind = text ? DB_TEXT : DB_NULL, .text = text};
}
static inline struct db_value db_value_blob(struct view blob)
{
	return (struct db_value){.kind = DB_BLOB, .blob = blob};
}
/* NULL where the number is `unknown`. */
static inline struct db_value db_value_known(int64_t i, int64_t unknown)
{
	return (struct db_value){.kind = i == unknown ? DB_NULL : DB_INTEGER, .integer = i};
}
#define INTEGER(i) db_value_integer(i)
#define REAL(d) db_value_real(d)
#define TEXT(text) db_value_text(text)
#define BLOB(view) db_value_blob(view)
#define UNLESS(unknown, i) db_value_known(i, unknown)
#define WITH(...) ((const struct db_value[]){__VA_ARGS__, {.kind = DB_END}})
#define NOTHING ((const struct db_value *)NULL)

int db_script(struct db *db, const char *sql, struct err *e); /* several statements, not cached, no values */
int db_run(struct db *db, const char *sql, const struct db_value *values, struct err *e); /* rows are not looked at */
/* The first column of the first row: 1 found, 0 no row, -1 trouble. */
int db_find(struct db *db, int64_t *ret, const char *sql, const struct db_value *values, struct err *e);
int64_t db_new_id(const struct db *db); /* of the row that was just inserted */

struct db_rows {
	struct db *db;
	sqlite3_stmt *statement;
};
int db_query(struct db_rows *ret, struct db *db, const char *sql, const struct db_value *values, struct err *e);
/* 1: a row; 0: the end; -1: trouble. Ends the query when it is not 1. */
int db_next(struct db_rows *rows, struct err *e);
void db_rows_done(struct db_rows *rows); /* only needed before the end */
int64_t db_integer(const struct db_rows *rows, int column);
int64_t db_integer_or(const struct db_rows *rows, int column, int64_t unknown); /* for NULL */
double db_real(const struct db_rows *rows, int column);
const char *db_text(const struct db_rows *rows, int column); /* NULL for NULL; valid until the next row */
struct view db_blob(const struct db_rows *rows, int column); /* likewise */

/* One writer at a time: waits for others up to busy_ms. */
int db_begin(struct db *db, struct err *e);
int db_commit(struct db *db, struct err *e); /* what fails is rolled back */
void db_rollback(struct db *db);             /* nothing outside a transaction */

#endif
