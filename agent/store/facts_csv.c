#include "store/facts_csv.h"

#include "base/clock.h"
#include "store/internal.h"

#include <string.h>

/* Name and column of time. */
#define VIEWS(X)                                                                                                       \
	X(runs, ended)                                                                                                 \
	X(jobs, ended)                                                                                                 \
	X(failures, ended)                                                                                             \
	X(signatures, last_seen)                                                                                       \
	X(test_results, ended)                                                                                         \
	X(flips, failed)                                                                                               \
	X(flaky_tests, last_failed)                                                                                    \
	X(recoveries, green)                                                                                           \
	X(fix_attempts, at)                                                                                            \
	X(outcomes, at)                                                                                                \
	X(deliveries, at)                                                                                              \
	X(reruns, at)                                                                                                  \
	X(coverage, ended)                                                                                             \
	X(lint, ended)                                                                                                 \
	X(lint_runs, ended)                                                                                            \
	X(audit_log, at)

#define NAME(view, time) #view,
const char *const store_csv_views[] = {VIEWS(NAME) NULL};

#define SELECT(view, time) "SELECT * FROM " #view " WHERE coalesce(" #time ", '') BETWEEN ?1 AND ?2",
static const char *const selects[] = {VIEWS(SELECT)};

static bool needs_quotes(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] == '"' || v.p[i] == ',' || v.p[i] == '\n' || v.p[i] == '\r')
			return true;
	return false;
}

static void add_text(struct buf *out, struct view v)
{
	bool formula = v.n && strchr("=+-@\t\r", v.p[0]), quotes = needs_quotes(v);

	if (quotes)
		buf_add_char(out, '"');
	if (formula)
		buf_add_char(out, '\'');
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, v.p[i]);
	}
	if (quotes)
		buf_add_char(out, '"');
}

static void add_row(struct buf *out, const struct db_rows *rows)
{
	int n = sqlite3_column_count(rows->statement);

	for (int i = 0; i < n; i++) {
		int type = sqlite3_column_type(rows->statement, i);

		buf_add_text(out, i ? "," : "");
		if (type == SQLITE_INTEGER)
			buf_addf(out, "%lld", (long long)db_integer(rows, i));
		else if (type == SQLITE_FLOAT)
			buf_addf(out, "%.6g", db_real(rows, i));
		else if (type == SQLITE_TEXT)
			add_text(out, view_of(db_text(rows, i)));
	}
	buf_add_text(out, "\r\n");
}

static void add_names(struct buf *out, const struct db_rows *rows)
{
	int n = sqlite3_column_count(rows->statement);

	for (int i = 0; i < n; i++) {
		buf_add_text(out, i ? "," : "");
		add_text(out, view_of(sqlite3_column_name(rows->statement, i)));
	}
	buf_add_text(out, "\r\n");
}

static int add_all(struct db *db, const char *sql, int64_t from, int64_t to, struct buf *out, struct err *e)
{
	char first[CLOCK_TEXT_MAX] = "", last[CLOCK_TEXT_MAX] = "~";
	struct db_rows rows;
	int rc;

	if (from != CLOCK_UNKNOWN)
		clock_iso(from, first);
	if (to != CLOCK_UNKNOWN)
		clock_iso(to, last);
	if (db_query(&rows, db, sql, WITH(TEXT(first), TEXT(last)), e) != 0)
		return -1;
	add_names(out, &rows);
	while ((rc = db_next(&rows, e)) == 1 && !out->full)
		add_row(out, &rows);
	db_rows_done(&rows);
	if (rc < 0)
		return -1;
	return out->full ? err_set(e, ERR_LIMIT, "more than %zu MB; ask for fewer days", out->max >> 20) : 0;
}

int store_csv(struct store *s, const char *view, int64_t from, int64_t to, struct buf *out, struct err *e)
{
	for (size_t i = 0; store_csv_views[i]; i++)
		if (!strcmp(store_csv_views[i], view))
			return add_all(&s->db, selects[i], from, to, out, e);
	return err_set(e, ERR_NOT_FOUND, "there is no view '%.60s'", view);
}
