/* pack.h - passed tests in two bytes each (schema.sql says how). Private to store/. */
#ifndef RM_STORE_PACK_H
#define RM_STORE_PACK_H

#include "store/db.h"

#define PACK_POSITIONS 2000u /* of one row: it fits a page */
#define PACK_ABSENT 0u
#define PACK_UNTIMED 1u
#define PACK_CODE_MAX (127u * 127u - 1)
#define SUITES_KNOWN_MAX 64u /* of a connection */
#define SUITE_OF_ALL ""      /* as job and space: the tests of all jobs of the repository */

/* -1 is unknown. Exact below 2048 ms, then within 0.05 %; above 8 hours it is 8 hours. */
unsigned pack_code(int64_t ms);
int32_t pack_ms(unsigned code); /* of a code above 0 */

struct suite {
	int64_t id;
	char *repository, *job, *space;
	uint32_t *positions; /* by test id: position + 1, 0 none */
	size_t ids;          /* room in `positions` */
	uint32_t count;
	bool named; /* the names of its tests were loaded */
};
struct suites {
	struct suite items[SUITES_KNOWN_MAX];
	size_t count;
};
void suites_clear(struct suites *s);
/* The suite of these jobs, made where there is none; brought up to what is in the database. Within a
 * transaction. Valid until the next call. */
int suites_find(struct suites *s, struct db *db, const char *repository, const char *job, const char *space,
	struct suite **ret, struct err *e);
/* Appended where it is new. */
int suite_position(struct suite *s, struct db *db, int64_t test, uint32_t *ret, struct err *e);

/* codes: of the positions 0..count - 1. */
int pack_write(struct db *db, int64_t job, int64_t suite, const uint16_t *codes, size_t count, struct err *e);
/* The code of one position, counted from the first of its row. */
unsigned pack_find(struct view cells, uint32_t offset, bool is_sparse);
/* Calls for each passed test of a row. */
typedef void pack_sink(void *context, uint32_t position, unsigned code);
void pack_read(struct view cells, uint32_t chunk, bool is_sparse, pack_sink *each, void *context);

#endif
