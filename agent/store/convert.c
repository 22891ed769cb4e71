/* Steps between schemas that SQL alone cannot walk. */
#include "store/convert.h"

#include "base/mem.h"
#include "store/pack.h"

#include <stdlib.h>
#include <string.h>

struct moving {
	struct db *db;
	struct suites suites;
	struct suite *suite; /* of the job at hand */
	int64_t job;
	uint16_t *codes;
	size_t cap, count;
};

static void make_room(struct moving *m, uint32_t position)
{
	size_t cap = 2 * (size_t)position + 1024;

	if (position < m->cap)
		return;
	m->codes = mem_grow(m->codes, cap, sizeof(*m->codes));
	memset(m->codes + m->cap, 0, (cap - m->cap) * sizeof(*m->codes));
	m->cap = cap;
}

static int finish_job(struct moving *m, struct err *e)
{
	int rc = m->suite && m->count ? pack_write(m->db, m->job, m->suite->id, m->codes, m->count, e) : 0;

	for (size_t i = 0; i < m->count; i++)
		m->codes[i] = PACK_ABSENT;
	m->count = 0;
	return rc;
}

static int start_job(struct moving *m, const struct db_rows *rows, struct err *e)
{
	if (finish_job(m, e) != 0)
		return -1;
	m->job = db_integer(rows, 0);
	return suites_find(&m->suites, m->db, db_text(rows, 3), SUITE_OF_ALL, SUITE_OF_ALL, &m->suite, e);
}

static int move_result(struct moving *m, const struct db_rows *rows, struct err *e)
{
	uint32_t position;

	if (db_integer(rows, 0) != m->job && start_job(m, rows, e) != 0)
		return -1;
	if (suite_position(m->suite, m->db, db_integer(rows, 1), &position, e) != 0)
		return -1;
	make_room(m, position);
	m->codes[position] = (uint16_t)pack_code(db_integer_or(rows, 2, -1));
	if (m->count <= position)
		m->count = position + 1;
	return 0;
}

int convert_passed(struct db *db, struct err *e)
{
	struct moving m = {.db = db};
	struct db_rows rows;
	int rc;

	if (db_query(&rows, db,
		    "SELECT p.job, p.test, p.ms, r.repository "
		    "FROM test_passed p JOIN job j ON j.id = p.job JOIN run r ON r.id = j.run ORDER BY p.job, p.test",
		    NOTHING, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1)
		if (move_result(&m, &rows, e) != 0) {
			db_rows_done(&rows);
			rc = -1;
			break;
		}
	if (rc == 0)
		rc = finish_job(&m, e);
	suites_clear(&m.suites);
	free(m.codes);
	return rc != 0 ? -1 : db_script(db, "DROP TABLE test_passed", e);
}
