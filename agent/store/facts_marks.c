#include "store/facts_marks.h"

#include "store/internal.h"

static const char *key_of(struct arena *a, const char *id)
{
	return arena_format(a, "facts %.64s", id);
}

int store_facts_is_marked(struct store *s, const char *id, bool *ret, struct err *e)
{
	ARENA_AUTO a = {0};
	int64_t one;
	int rc = db_find(&s->db, &one, "SELECT 1 FROM meta WHERE key = ?1", WITH(TEXT(key_of(&a, id))), e);

	*ret = rc == 1;
	return rc < 0 ? -1 : 0;
}

static int mark_all(struct db *db, const char *const *ids, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		ARENA_AUTO a = {0};

		if (db_run(db, "INSERT INTO meta (key, value) VALUES (?1, '1') ON CONFLICT DO NOTHING",
			    WITH(TEXT(key_of(&a, ids[i]))), e) != 0)
			return -1;
	}
	return 0;
}

int store_facts_mark(struct store *s, const char *const *ids, size_t n, struct err *e)
{
	if (n == 0)
		return 0;
	if (db_begin(&s->db, e) != 0)
		return -1;
	if (mark_all(&s->db, ids, n, e) == 0)
		return db_commit(&s->db, e);
	db_rollback(&s->db);
	return -1;
}

int store_facts_unmark(struct store *s, struct err *e)
{
	return db_run(&s->db, "DELETE FROM meta WHERE key LIKE 'facts %'", NOTHING, e);
}
