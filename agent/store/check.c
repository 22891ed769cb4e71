#include "store/internal.h"

#include <string.h>

/* A headline may stand above the problem. */
static const char *last_line(const char *text)
{
	const char *newline = strrchr(text, '\n');

	return newline ? newline + 1 : text;
}

static int check_pages(struct db *db, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, db, "PRAGMA quick_check(1)", NOTHING, e) != 0)
		return -1;
	rc = db_next(&rows, e);
	if (rc == 1 && strcmp(db_text(&rows, 0), "ok") != 0)
		rc = db_damaged(db, last_line(db_text(&rows, 0)), e);
	db_rows_done(&rows);
	return rc < 0 ? -1 : 0;
}

static int check_references(struct db *db, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, db,
		    "SELECT \"table\" || ' ' || coalesce(rowid, '') || ' names a ' || parent || "
		    "' that is not there' FROM pragma_foreign_key_check LIMIT 1",
		    NOTHING, e) != 0)
		return -1;
	rc = db_next(&rows, e);
	if (rc == 1)
		rc = db_damaged(db, db_text(&rows, 0), e);
	db_rows_done(&rows);
	return rc;
}

int store_check(struct store *s, struct err *e)
{
	return check_pages(&s->db, e) != 0 || check_references(&s->db, e) != 0 ? -1 : 0;
}
