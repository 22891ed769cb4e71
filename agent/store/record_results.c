#include "store/record.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *left, const void *right)
{
	const struct record_result *a = left, *b = right;
	int order = strcmp(a->id, b->id);

	if (order)
		return order;
	if (a->outcome != b->outcome)
		return a->outcome < b->outcome ? -1 : 1;
	return a->arrival < b->arrival ? -1 : 1;
}

static void fill(struct record_result *kept, const struct record_result *again)
{
	if (!kept->message)
		kept->message = again->message;
	if (kept->duration_us < 0)
		kept->duration_us = again->duration_us;
}

/* By id, because the index of names then is walked once from left to right. */
void record_sort(struct store_record *r)
{
	size_t kept = 0;

	if (r->count == 0)
		return;
	qsort(r->results, r->count, sizeof(*r->results), compare);
	for (size_t i = 1; i < r->count; i++)
		if (r->results[i].outcome == r->results[kept].outcome &&
			strcmp(r->results[i].id, r->results[kept].id) == 0)
			fill(&r->results[kept], &r->results[i]);
		else
			r->results[++kept] = r->results[i];
	r->count = kept + 1;
}

static int find_test(struct store_record *r, const char *raw, int64_t *ret, struct err *e)
{
	struct db *db = &r->store->db;
	const char *name = store_clean(&r->arena, raw, STORE_NAME_MAX);
	int rc = db_find(db, ret, "SELECT id FROM test WHERE name = ?1", WITH(TEXT(name)), e);

	if (rc < 0)
		return -1;
	if (rc == 0) {
		if (db_run(db, "INSERT INTO test (name) VALUES (?1)", WITH(TEXT(name)), e) != 0)
			return -1;
		*ret = db_new_id(db);
	}
	MEM_PUSH(r->fresh, r->fresh_count, r->fresh_cap);
	r->fresh[r->fresh_count++] = (struct known_test){raw, *ret};
	return 0;
}

/* Two names may have become one by redaction: the first result of both stays. */
static int record_result(struct db *db, int64_t job, int64_t test, const struct record_result *one, struct err *e)
{
	int64_t ms = one->duration_us < 0 ? -1 : (one->duration_us + 500) / 1000;

	if (one->outcome == RESULT_PASSED)
		return db_run(db, "INSERT INTO test_passed (job, test, ms) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
			WITH(INTEGER(job), INTEGER(test), UNLESS(-1, ms)), e);
	return db_run(db,
		"INSERT INTO test_unpassed (job, test, outcome, ms, message) VALUES (?1, ?2, ?3, ?4, ?5) "
		"ON CONFLICT DO NOTHING",
		WITH(INTEGER(job), INTEGER(test), INTEGER(one->outcome), UNLESS(-1, ms), TEXT(one->message)), e);
}

int record_results(struct store_record *r, int64_t job, struct err *e)
{
	const struct known_tests *known = &r->store->known;
	size_t at = 0;
	int64_t test = 0;

	for (size_t i = 0; i < r->count; i++) {
		const struct record_result *one = &r->results[i];
		int order = -1;

		while (at < known->count && (order = strcmp(one->id, known->items[at].name)) > 0)
			at++;
		if (at < known->count && order == 0)
			test = known->items[at].id;
		else if ((i == 0 || strcmp(one->id, one[-1].id) != 0) && find_test(r, one->id, &test, e) != 0)
			return -1;
		if (record_result(&r->store->db, job, test, one, e) != 0)
			return -1;
	}
	return 0;
}

void record_remember(struct store_record *r)
{
	struct known_tests *known = &r->store->known;
	struct known_test *merged;
	size_t n = 0, old = 0;

	if (r->fresh_count == 0 || known->arena.used > STORE_KNOWN_BYTES_MAX)
		return;
	merged = mem_array(known->count + r->fresh_count, sizeof(*merged));
	for (size_t i = 0; i < r->fresh_count; i++) {
		while (old < known->count && strcmp(known->items[old].name, r->fresh[i].name) < 0)
			merged[n++] = known->items[old++];
		merged[n++] = (struct known_test){arena_text(&known->arena, r->fresh[i].name), r->fresh[i].id};
	}
	while (old < known->count)
		merged[n++] = known->items[old++];
	free(known->items);
	known->items = merged;
	known->count = n;
}
