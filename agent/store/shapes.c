/* Shapes of passing runs: one blob a job, sorted, SHAPE_BYTES of each shape and a byte that counts the passing runs
 * since it was seen last. */
#include "store/internal.h"

#include "base/clock.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define SHAPE_BYTES 7u /* SHAPE_BITS */
#define ENTRY_BYTES (SHAPE_BYTES + 1)

_Static_assert(SHAPE_BITS == 8 * SHAPE_BYTES, "a shape fills its bytes");
_Static_assert(STORE_SHAPE_RUNS <= UINT8_MAX, "an age fits its byte");

struct aged {
	uint64_t shape;
	unsigned age;
};
struct learned {
	struct aged *items;
	size_t n, cap;
	unsigned runs;
};

static void learned_done(struct learned *l)
{
	free(l->items);
}
#define LEARNED_AUTO __attribute__((cleanup(learned_done))) struct learned

static void add(struct learned *l, uint64_t shape, unsigned age)
{
	MEM_PUSH(l->items, l->n, l->cap);
	l->items[l->n++] = (struct aged){shape, age};
}

/* Half an entry at the end is nobody's. */
static void unpack(struct learned *l, struct view blob)
{
	for (size_t i = 0; i + ENTRY_BYTES <= blob.n && l->n < STORE_SHAPES_MAX; i += ENTRY_BYTES) {
		const unsigned char *p = (const unsigned char *)blob.p + i;
		uint64_t shape = 0;

		for (size_t b = 0; b < SHAPE_BYTES; b++)
			shape = shape << 8 | p[b];
		if (shape && p[SHAPE_BYTES] < STORE_SHAPE_RUNS)
			add(l, shape, p[SHAPE_BYTES]);
	}
}

static char *pack(const struct learned *l)
{
	char *blob = mem_array(l->n + 1, ENTRY_BYTES);

	for (size_t i = 0; i < l->n; i++) {
		for (size_t b = 0; b < SHAPE_BYTES; b++)
			blob[i * ENTRY_BYTES + b] = (char)(l->items[i].shape >> (8 * (SHAPE_BYTES - 1 - b)));
		blob[i * ENTRY_BYTES + SHAPE_BYTES] = (char)l->items[i].age;
	}
	return blob;
}

struct job_key {
	const char *repository, *workflow, *name;
};

static struct job_key key_of(struct arena *a, const struct store_job *job)
{
	const char *repository = store_clean(a, job->repository, STORE_NAME_MAX);
	const char *workflow = store_clean(a, job->workflow, STORE_NAME_MAX);

	return (struct job_key){
		repository ? repository : "", workflow ? workflow : "", store_clean(a, job->name, STORE_NAME_MAX)};
}

static int load(struct db *db, const struct job_key *key, struct learned *ret, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, db, "SELECT runs, shapes FROM passing WHERE repository = ?1 AND workflow = ?2 AND job = ?3",
		    WITH(TEXT(key->repository), TEXT(key->workflow), TEXT(key->name)), e) != 0)
		return -1;
	rc = db_next(&rows, e);
	if (rc == 1) {
		ret->runs = (unsigned)db_integer(&rows, 0);
		unpack(ret, db_blob(&rows, 1));
		db_rows_done(&rows);
	}
	return rc < 0 ? -1 : 0;
}

static int save(struct db *db, const struct job_key *key, const struct learned *l, struct err *e)
{
	MEM_AUTO char *blob = pack(l);

	return db_run(db,
		"INSERT INTO passing (repository, workflow, job, runs, updated, shapes) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (repository, workflow, job) "
		"DO UPDATE SET runs = excluded.runs, updated = excluded.updated, shapes = excluded.shapes",
		WITH(TEXT(key->repository), TEXT(key->workflow), TEXT(key->name), INTEGER(l->runs),
			INTEGER(clock_now()), BLOB(view_make(blob, l->n * ENTRY_BYTES))),
		e);
}

static int by_shape(const void *pa, const void *pb)
{
	const struct aged *a = pa, *b = pb;

	return a->shape < b->shape ? -1 : a->shape > b->shape;
}

static int by_age(const void *pa, const void *pb)
{
	const struct aged *a = pa, *b = pb;

	return a->age != b->age ? (a->age < b->age ? -1 : 1) : by_shape(pa, pb);
}

/* What this run did not show grows older; what is too old, or too many, goes. */
static void learn(struct learned *l, const struct shape_set *seen)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		if (!shape_set_has(seen, l->items[i].shape) && l->items[i].age + 1 < STORE_SHAPE_RUNS)
			l->items[n++] = (struct aged){l->items[i].shape, l->items[i].age + 1};
	l->n = n;
	for (size_t i = 0; i < seen->cap; i++)
		if (seen->slots[i])
			add(l, seen->slots[i], 0);
	if (l->n > STORE_SHAPES_MAX) {
		qsort(l->items, l->n, sizeof(*l->items), by_age);
		l->n = STORE_SHAPES_MAX;
	}
	if (l->n)
		qsort(l->items, l->n, sizeof(*l->items), by_shape);
	l->runs++;
}

int shapes_learn(struct db *db, const struct store_job *job, const struct shape_set *seen, struct err *e)
{
	ARENA_AUTO a = {0};
	LEARNED_AUTO l = {0};
	struct job_key key = key_of(&a, job);

	if (!key.name || !*key.name)
		return 0;
	if (load(db, &key, &l, e) != 0)
		return -1;
	learn(&l, seen);
	return save(db, &key, &l, e);
}

int store_shapes_learn(struct store *s, const struct store_job *job, const struct shape_set *seen, struct err *e)
{
	if (db_begin(&s->db, e) != 0)
		return -1;
	if (shapes_learn(&s->db, job, seen, e) == 0)
		return db_commit(&s->db, e);
	db_rollback(&s->db);
	return -1;
}

int store_shapes_load(
	struct store *s, const struct store_job *job, struct shape_set *ret, unsigned *ret_runs, struct err *e)
{
	ARENA_AUTO a = {0};
	LEARNED_AUTO l = {0};
	struct job_key key = key_of(&a, job);

	*ret_runs = 0;
	if (!key.name || !*key.name)
		return 0;
	if (load(&s->db, &key, &l, e) != 0)
		return -1;
	for (size_t i = 0; i < l.n; i++)
		shape_set_add(ret, l.items[i].shape);
	*ret_runs = l.runs;
	return 0;
}
