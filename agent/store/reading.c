#include "store/reading.h"

#include "base/mem.h"

#include <stdlib.h>

void reading_done(struct reading *r)
{
	for (size_t i = 0; i < r->suite_count; i++) {
		free(r->suites[i].tests);
		free(r->suites[i].few);
	}
	free(r->suites);
	free(r->only);
	free(r->results);
	arena_done(&r->messages);
}

int reading_only_failing(struct reading *r, struct err *e)
{
	struct db_rows rows;
	int64_t max = 0;
	int rc;

	if (db_find(r->db, &max, "SELECT coalesce(max(id), 0) FROM test", NOTHING, e) < 0 ||
		db_query(&rows, r->db, "SELECT DISTINCT test FROM test_unpassed WHERE outcome <> 2", NOTHING, e) != 0)
		return -1;
	r->only_max = (uint32_t)max;
	r->only = mem_array((size_t)r->only_max + 1, sizeof(*r->only));
	while ((rc = db_next(&rows, e)) == 1)
		if (db_integer(&rows, 0) <= max)
			r->only[db_integer(&rows, 0)] = true;
	return rc;
}

static void note_few(struct reading *r, struct positions *p, size_t *cap)
{
	uint32_t test = p->tests[p->count];

	if (!r->only || test > r->only_max || !r->only[test])
		return;
	MEM_PUSH(p->few, p->few_count, *cap);
	p->few[p->few_count++] = (uint32_t)p->count;
}

static int load_suite(struct reading *r, struct positions *p, struct err *e)
{
	struct db_rows rows;
	size_t cap = 0, few_cap = 0;
	int rc;

	if (db_query(&rows, r->db, "SELECT test FROM suite_test WHERE suite = ?1 ORDER BY position",
		    WITH(INTEGER(p->suite)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		MEM_PUSH(p->tests, p->count, cap);
		p->tests[p->count] = (uint32_t)db_integer(&rows, 0);
		if (r->test && p->tests[p->count] == r->test)
			p->wanted = (uint32_t)p->count;
		note_few(r, p, &few_cap);
		p->count++;
	}
	return rc;
}

static int find_suite(struct reading *r, int64_t suite, struct err *e)
{
	for (size_t i = r->suite_count; i > 0; i--)
		if (r->suites[i - 1].suite == suite) {
			r->suite = &r->suites[i - 1];
			return 0;
		}
	MEM_PUSH(r->suites, r->suite_count, r->suite_cap);
	r->suites[r->suite_count++] = (struct positions){.suite = suite, .wanted = UINT32_MAX};
	r->suite = &r->suites[r->suite_count - 1];
	return load_suite(r, &r->suites[r->suite_count - 1], e);
}

static void add(struct reading *r, struct store_result one)
{
	MEM_PUSH(r->results, r->count, r->cap);
	r->results[r->count++] = one;
}

static void add_passed(void *context, uint32_t position, unsigned code)
{
	struct reading *r = context;
	uint32_t test = position < r->suite->count ? r->suite->tests[position] : 0;

	if (test && (!r->only || (test <= r->only_max && r->only[test])))
		add(r, (struct store_result){.test = test, .outcome = RESULT_PASSED, .ms = pack_ms(code)});
}

/* One alone is two bytes of one row. */
static void add_one_passed(struct reading *r, struct view cells, uint32_t chunk, bool is_sparse)
{
	uint32_t at = r->suite->wanted;
	unsigned code;

	if (at == UINT32_MAX || at / PACK_POSITIONS != chunk)
		return;
	code = pack_find(cells, at % PACK_POSITIONS, is_sparse);
	if (code != PACK_ABSENT)
		add(r, (struct store_result){.test = r->test, .outcome = RESULT_PASSED, .ms = pack_ms(code)});
}

/* Of a dense row only the bytes of these are looked at. */
static void add_few_passed(struct reading *r, struct view cells, uint32_t chunk)
{
	const struct positions *p = r->suite;

	for (size_t i = 0; i < p->few_count; i++) {
		uint32_t at = p->few[i];
		unsigned code =
			at / PACK_POSITIONS == chunk ? pack_find(cells, at % PACK_POSITIONS, false) : PACK_ABSENT;

		if (code != PACK_ABSENT)
			add(r, (struct store_result){
				       .test = p->tests[at], .outcome = RESULT_PASSED, .ms = pack_ms(code)});
	}
}

static int read_passed(struct reading *r, int64_t job, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, r->db, "SELECT suite, chunk, is_sparse, cells FROM pack WHERE job = ?1 ORDER BY chunk",
		    WITH(INTEGER(job)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		uint32_t chunk = (uint32_t)db_integer(&rows, 1);
		bool is_sparse = db_integer(&rows, 2) != 0;

		if (find_suite(r, db_integer(&rows, 0), e) != 0) {
			db_rows_done(&rows);
			return -1;
		}
		if (r->test)
			add_one_passed(r, db_blob(&rows, 3), chunk, is_sparse);
		else if (r->only && !is_sparse)
			add_few_passed(r, db_blob(&rows, 3), chunk);
		else
			pack_read(db_blob(&rows, 3), chunk, is_sparse, add_passed, r);
	}
	return rc;
}

static int32_t short_ms(int64_t ms)
{
	return ms > INT32_MAX ? INT32_MAX : (int32_t)ms;
}

static int read_unpassed(struct reading *r, int64_t job, struct err *e)
{
	bool messages = r->parts & STORE_MESSAGES;
	struct db_rows rows;
	int rc;

	if (db_query(&rows, r->db,
		    "SELECT test, outcome, ms, message FROM test_unpassed WHERE job = ?1 AND (?2 = 0 OR test = ?2)",
		    WITH(INTEGER(job), INTEGER(r->test)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		add(r, (struct store_result){
			       .test = (uint32_t)db_integer(&rows, 0),
			       .outcome = (uint8_t)db_integer(&rows, 1),
			       .ms = short_ms(db_integer_or(&rows, 2, -1)),
			       .message = messages ? arena_text(&r->messages, db_text(&rows, 3)) : NULL,
		       });
	}
	return rc;
}

int reading_results(struct reading *r, int64_t job, struct err *e)
{
	r->count = 0;
	arena_done(&r->messages);
	if ((r->parts & STORE_PASSES) && read_passed(r, job, e) != 0)
		return -1;
	return r->parts & STORE_UNPASSED ? read_unpassed(r, job, e) : 0;
}
