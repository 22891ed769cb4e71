/* What people said of failures: ignore this one; the issue where that one is talked about. */
#include "store/delivery.h"
#include "store/internal.h"

static int replace(struct db *db, struct arena *a, const struct store_ignored *i, struct err *e)
{
	const char *reason = store_clean(a, i->reason, STORE_TEXT_MAX);
	int64_t signature;

	if (store_signature(db, store_clean_hash(a, i->signature), &signature, e) != 0)
		return -1;
	if (!signature)
		return err_set(e, ERR_INPUT, "a failure without a signature cannot be ignored");
	return db_run(db,
		"INSERT INTO ignored (signature, reason, author, at, until) VALUES (?1, ?2, ?3, ?4, ?5) "
		"ON CONFLICT (signature) DO UPDATE SET reason = excluded.reason, author = excluded.author, "
		"at = excluded.at, until = excluded.until WHERE excluded.at >= ignored.at",
		WITH(INTEGER(signature), TEXT(reason ? reason : ""), TEXT(store_clean(a, i->by, STORE_NAME_MAX)),
			INTEGER(i->at), UNLESS(CLOCK_UNKNOWN, i->until)),
		e);
}

int store_ignore(struct store *s, const struct store_ignored *i, struct err *e)
{
	ARENA_AUTO a = {0};

	if (db_begin(&s->db, e) != 0)
		return -1;
	if (replace(&s->db, &a, i, e) != 0) {
		db_rollback(&s->db);
		return -1;
	}
	return db_commit(&s->db, e);
}

#define ACTIVE "(i.until IS NULL OR i.until > ?2)"

int store_unignore(struct store *s, const char *signature, bool *ret_was, struct err *e)
{
	struct db *db = &s->db;
	int64_t id = 0, now = clock_now();
	int rc;

	*ret_was = false;
	if (db_begin(db, e) != 0)
		return -1;
	rc = db_find(db, &id,
		"SELECT i.signature FROM ignored i JOIN signature g ON g.id = i.signature WHERE g.text = ?1 "
		"AND " ACTIVE,
		WITH(TEXT(signature), INTEGER(now)), e);
	if (rc < 0 ||
		(rc == 1 && db_run(db, "UPDATE ignored SET at = max(at, ?2), until = max(at, ?2) WHERE signature = ?1",
				    WITH(INTEGER(id), INTEGER(now)), e) != 0)) {
		db_rollback(db);
		return -1;
	}
	*ret_was = rc == 1;
	return db_commit(db, e);
}

int store_is_ignored(
	struct store *s, const char *signature, int64_t now, struct arena *a, const char **ret_reason, struct err *e)
{
	struct db_rows rows;
	int rc;

	*ret_reason = NULL;
	if (db_query(&rows, &s->db,
		    "SELECT i.reason FROM ignored i JOIN signature g ON g.id = i.signature WHERE g.text = ?1 "
		    "AND " ACTIVE,
		    WITH(TEXT(signature), INTEGER(now)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1)
		*ret_reason = arena_text(a, db_text(&rows, 0));
	return rc;
}

int store_ignored_each(
	struct store *s, bool (*each)(void *context, const struct store_ignored *i), void *context, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &s->db,
		    "SELECT g.text, i.reason, i.author, i.at, i.until FROM ignored i "
		    "JOIN signature g ON g.id = i.signature WHERE i.until IS NULL OR i.until > i.at ORDER BY i.at, "
		    "g.text",
		    NOTHING, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		const struct store_ignored one = {
			.signature = db_text(&rows, 0),
			.reason = db_text(&rows, 1),
			.by = db_text(&rows, 2),
			.at = db_integer(&rows, 3),
			.until = db_integer_or(&rows, 4, CLOCK_UNKNOWN),
		};

		if (!each(context, &one)) {
			db_rows_done(&rows);
			return 0;
		}
	}
	return rc;
}

int store_issue(struct store *s, const char *repository, const char *signature, int number, bool open, struct err *e)
{
	ARENA_AUTO a = {0};
	struct db *db = &s->db;
	const char *name = store_clean(&a, repository, STORE_NAME_MAX);
	int64_t id;

	if (db_begin(db, e) != 0)
		return -1;
	if (store_signature(db, store_clean_hash(&a, signature), &id, e) != 0 ||
		(id && db_run(db,
			       "INSERT INTO issue (repository, signature, number, is_open, at) "
			       "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (repository, signature) "
			       "DO UPDATE SET number = excluded.number, is_open = excluded.is_open, at = excluded.at",
			       WITH(TEXT(name ? name : ""), INTEGER(id), INTEGER(number), INTEGER(open),
				       INTEGER(clock_now())),
			       e) != 0)) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, e);
}

int store_issue_of(
	struct store *s, const char *repository, const char *signature, int *ret_number, bool *ret_open, struct err *e)
{
	struct db_rows rows;
	int rc;

	*ret_number = 0;
	*ret_open = false;
	if (!signature)
		return 0;
	if (db_query(&rows, &s->db,
		    "SELECT i.number, i.is_open FROM issue i JOIN signature g ON g.id = i.signature "
		    "WHERE i.repository = ?1 AND g.text = ?2",
		    WITH(TEXT(repository ? repository : ""), TEXT(signature)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		*ret_number = (int)db_integer(&rows, 0);
		*ret_open = db_integer(&rows, 1) != 0;
	}
	return rc;
}
