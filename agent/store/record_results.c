#include "store/record.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static int find_test(struct store_record *r, struct known_name *name, struct err *e)
{
	struct db *db = &r->store->db;
	const char *clean = store_clean(&r->arena, name->text, STORE_NAME_MAX);
	int rc = db_find(db, &name->id, "SELECT id FROM test WHERE name = ?1", WITH(TEXT(clean)), e);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (db_run(db, "INSERT INTO test (name) VALUES (?1)", WITH(TEXT(clean)), e) != 0)
		return -1;
	name->id = db_new_id(db);
	return 0;
}

/* One walk over the suite costs less than looking up each of its tests. */
static int name_suite(struct store *s, struct suite *suite, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (suite->named)
		return 0;
	suite->named = true;
	if (db_query(&rows, &s->db,
		    "SELECT t.id, t.name FROM suite_test x JOIN test t ON t.id = x.test WHERE x.suite = ?1",
		    WITH(INTEGER(suite->id)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		uint32_t name = known_add(&s->names, view_of(db_text(&rows, 1)), KNOWN_NONE);

		s->names.items[name].id = db_integer(&rows, 0);
	}
	return rc;
}

static int find_tests(struct store_record *r, struct suite *suite, struct err *e)
{
	struct known *names = &r->store->names;

	for (size_t i = 0; i < r->count; i++) {
		uint32_t name = r->results[i].name;

		if (names->items[name].id == 0 && name_suite(r->store, suite, e) != 0)
			return -1;
		if (names->items[name].id == 0 && find_test(r, &names->items[name], e) != 0)
			return -1;
	}
	return 0;
}

static int64_t ms_of(const struct record_result *one)
{
	return one->duration_us < 0 ? -1 : (one->duration_us + 500) / 1000;
}

/* Two names may have become one by redaction: the first result of both stays, here as among the passed ones. */
static int record_unpassed(struct store_record *r, int64_t job, struct err *e)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct record_result *one = &r->results[i];

		if (one->outcome != RESULT_PASSED &&
			db_run(&r->store->db,
				"INSERT INTO test_unpassed (job, test, outcome, ms, message) "
				"VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
				WITH(INTEGER(job), INTEGER(r->store->names.items[one->name].id), INTEGER(one->outcome),
					UNLESS(-1, ms_of(one)), TEXT(one->message)),
				e) != 0)
			return -1;
	}
	return 0;
}

static size_t count_passed(const struct store_record *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->count; i++)
		n += r->results[i].outcome == RESULT_PASSED;
	return n;
}

static int record_passed(struct store_record *r, int64_t job, struct suite *suite, size_t passed, struct err *e)
{
	struct db *db = &r->store->db;
	MEM_AUTO uint16_t *codes = mem_array(suite->count + passed, sizeof(*codes));

	for (size_t i = 0; i < r->count; i++) {
		const struct record_result *one = &r->results[i];
		uint32_t position;

		if (one->outcome != RESULT_PASSED)
			continue;
		if (suite_position(suite, db, r->store->names.items[one->name].id, &position, e) != 0)
			return -1;
		if (codes[position] == PACK_ABSENT)
			codes[position] = (uint16_t)pack_code(ms_of(one));
	}
	return pack_write(db, job, suite->id, codes, suite->count, e);
}

int record_results(struct store_record *r, int64_t job, const struct record_identity *x, struct err *e)
{
	size_t passed = count_passed(r);
	struct suite *suite;

	if (r->count == 0)
		return 0;
	if (suites_find(&r->store->suites, &r->store->db, x->repository ? x->repository : "", SUITE_OF_ALL,
		    SUITE_OF_ALL, &suite, e) != 0 ||
		find_tests(r, suite, e) != 0 || record_unpassed(r, job, e) != 0)
		return -1;
	return passed ? record_passed(r, job, suite, passed, e) : 0;
}
