#include "store/sync.h"

#include "store/record.h"

#include <limits.h>

static const char *key_of(struct arena *a, enum store_mark what, const char *repository, int64_t run)
{
	static const char *const names[] = {[STORE_SYNCED] = "synced", [STORE_WATCHED] = "watched"};

	return arena_format(a, "%s %s %lld", names[what], repository, (long long)run);
}

int store_mark(struct store *s, enum store_mark what, const char *repository, int64_t run, int attempt, struct err *e)
{
	ARENA_AUTO a = {0};

	return db_run(&s->db,
		"INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) "
		"DO UPDATE SET value = excluded.value WHERE CAST(value AS INTEGER) < CAST(excluded.value AS INTEGER)",
		WITH(TEXT(key_of(&a, what, repository, run)), TEXT(arena_format(&a, "%d", attempt))), e);
}

int store_marked(struct store *s, enum store_mark what, const char *repository, int64_t run, int *ret, struct err *e)
{
	ARENA_AUTO a = {0};
	int64_t attempt = 0;
	int rc = db_find(&s->db, &attempt, "SELECT CAST(value AS INTEGER) FROM meta WHERE key = ?1",
		WITH(TEXT(key_of(&a, what, repository, run))), e);

	if (rc < 0)
		return -1;
	*ret = rc && attempt > 0 && attempt <= INT_MAX ? (int)attempt : 0;
	return 0;
}

int store_has(struct store *s, const struct store_execution *x, bool *ret, struct err *e)
{
	ARENA_AUTO a = {0};
	int64_t job;
	const struct record_identity identity = {
		.repository = store_clean(&a, x->repository, STORE_NAME_MAX),
		.key = store_clean(&a, x->job, STORE_NAME_MAX),
		.run = x->run,
		.attempt = x->attempt > 1 ? x->attempt : 1,
	};
	int rc = record_find(&s->db, &identity, &job, e);

	*ret = rc > 0;
	return rc < 0 ? -1 : 0;
}
