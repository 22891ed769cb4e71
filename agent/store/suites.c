/* The positions of tests in packs, as this connection knows them. */
#include "store/pack.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static void suite_done(struct suite *s)
{
	free(s->repository);
	free(s->job);
	free(s->space);
	free(s->positions);
	*s = (struct suite){0};
}

void suites_clear(struct suites *s)
{
	for (size_t i = 0; i < s->count; i++)
		suite_done(&s->items[i]);
	s->count = 0;
}

static void set_position(struct suite *s, int64_t test, uint32_t position)
{
	size_t id = (size_t)test;

	if (id >= s->ids) {
		size_t ids = id + 1 + id / 2;

		s->positions = mem_grow(s->positions, ids, sizeof(*s->positions));
		memset(s->positions + s->ids, 0, (ids - s->ids) * sizeof(*s->positions));
		s->ids = ids;
	}
	s->positions[id] = position + 1;
	if (position >= s->count)
		s->count = position + 1;
}

/* What others have appended since. */
static int load(struct suite *s, struct db *db, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, db, "SELECT position, test FROM suite_test WHERE suite = ?1 AND position >= ?2",
		    WITH(INTEGER(s->id), INTEGER(s->count)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		int64_t position = db_integer(&rows, 0), test = db_integer(&rows, 1);

		if (position < 0 || position > INT32_MAX || test <= 0 || test > INT32_MAX) {
			db_rows_done(&rows);
			return db_damaged(db, "a suite names what cannot be", e);
		}
		set_position(s, test, (uint32_t)position);
	}
	return rc;
}

static struct suite *find_known(struct suites *s, const char *repository, const char *job, const char *space)
{
	for (size_t i = 0; i < s->count; i++) {
		struct suite *one = &s->items[i];

		if (!strcmp(one->job, job) && !strcmp(one->repository, repository) && !strcmp(one->space, space))
			return one;
	}
	return NULL;
}

static struct suite *add_known(struct suites *s, const char *repository, const char *job, const char *space)
{
	if (s->count == SUITES_KNOWN_MAX)
		suites_clear(s);
	s->items[s->count] =
		(struct suite){.repository = mem_text(repository), .job = mem_text(job), .space = mem_text(space)};
	return &s->items[s->count++];
}

static int insert(struct suite *s, struct db *db, struct err *e)
{
	if (db_run(db, "INSERT INTO suite (repository, job, space) VALUES (?1, ?2, ?3)",
		    WITH(TEXT(s->repository), TEXT(s->job), TEXT(s->space)), e) != 0)
		return -1;
	s->id = db_new_id(db);
	free(s->positions);
	s->positions = NULL;
	s->ids = 0;
	s->count = 0;
	return 0;
}

int suites_find(struct suites *s, struct db *db, const char *repository, const char *job, const char *space,
	struct suite **ret, struct err *e)
{
	struct suite *one = find_known(s, repository, job, space);
	int64_t id;
	int rc = db_find(db, &id, "SELECT id FROM suite WHERE repository = ?1 AND job = ?2 AND space = ?3",
		WITH(TEXT(repository), TEXT(job), TEXT(space)), e);

	if (rc < 0)
		return -1;
	if (!one)
		one = add_known(s, repository, job, space);
	*ret = one;
	if (rc == 0)
		return insert(one, db, e);
	one->id = id;
	return load(one, db, e);
}

int suite_position(struct suite *s, struct db *db, int64_t test, uint32_t *ret, struct err *e)
{
	if (test > 0 && (size_t)test < s->ids && s->positions[test]) {
		*ret = s->positions[test] - 1;
		return 0;
	}
	if (db_run(db, "INSERT INTO suite_test (suite, position, test) VALUES (?1, ?2, ?3)",
		    WITH(INTEGER(s->id), INTEGER(s->count), INTEGER(test)), e) != 0)
		return -1;
	*ret = s->count;
	set_position(s, test, s->count);
	return 0;
}
