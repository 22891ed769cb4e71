#include "store/pack.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define BASE 127u
#define EXACT 2048u
#define STEPS 1024u /* of each doubling above */
#define FIRST 2u    /* code of 0 ms */

unsigned pack_code(int64_t ms)
{
	uint64_t m = ms < 0 ? 0 : (uint64_t)ms;
	unsigned shift = 0, code;

	if (ms < 0)
		return PACK_UNTIMED;
	if (m < EXACT)
		return FIRST + (unsigned)m;
	while ((m >> shift) >= EXACT && shift < 40)
		shift++;
	m = ((m >> (shift - 1)) + 1) >> 1; /* to the nearest; may be EXACT, which is the first of the next doubling */
	code = FIRST + (shift + 1) * STEPS + (unsigned)(m > EXACT ? EXACT : m) - STEPS;
	return code > PACK_CODE_MAX ? PACK_CODE_MAX : code;
}

int32_t pack_ms(unsigned code)
{
	unsigned v = code - FIRST;

	if (code < FIRST)
		return -1;
	return (int32_t)(v < EXACT ? v : (STEPS + v % STEPS) << (v / STEPS - 1));
}

static void put(char *at, unsigned n)
{
	at[0] = (char)(n / BASE + 1);
	at[1] = (char)(n % BASE + 1);
}

static unsigned get(const char *at)
{
	unsigned high = (unsigned char)at[0], low = (unsigned char)at[1];

	return high && low && high <= BASE && low <= BASE ? (high - 1) * BASE + low - 1 : PACK_ABSENT;
}

/* Either way of writing them; returns the bytes. */
static size_t write_dense(char *cells, const uint16_t *codes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		put(cells + 2 * i, codes[i]);
	return 2 * count;
}

static size_t write_sparse(char *cells, const uint16_t *codes, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		if (codes[i] != PACK_ABSENT) {
			put(cells + n, (unsigned)i);
			put(cells + n + 2, codes[i]);
			n += 4;
		}
	return n;
}

static int write_chunk(
	struct db *db, int64_t job, int64_t suite, uint32_t chunk, const uint16_t *codes, size_t count, struct err *e)
{
	char cells[2 * PACK_POSITIONS];
	size_t n, passed = 0;
	bool is_sparse;

	while (count && codes[count - 1] == PACK_ABSENT)
		count--;
	for (size_t i = 0; i < count; i++)
		passed += codes[i] != PACK_ABSENT;
	if (passed == 0)
		return 0;
	is_sparse = 2 * passed < count;
	n = is_sparse ? write_sparse(cells, codes, count) : write_dense(cells, codes, count);
	return db_run(db,
		"INSERT INTO pack (job, chunk, suite, passed, is_sparse, cells) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
		WITH(INTEGER(job), INTEGER(chunk), INTEGER(suite), INTEGER((int64_t)passed), INTEGER(is_sparse),
			BLOB(view_make(cells, n))),
		e);
}

int pack_write(struct db *db, int64_t job, int64_t suite, const uint16_t *codes, size_t count, struct err *e)
{
	for (size_t i = 0; i < count; i += PACK_POSITIONS) {
		size_t n = count - i < PACK_POSITIONS ? count - i : PACK_POSITIONS;

		if (write_chunk(db, job, suite, (uint32_t)(i / PACK_POSITIONS), codes + i, n, e) != 0)
			return -1;
	}
	return 0;
}

unsigned pack_find(struct view cells, uint32_t offset, bool is_sparse)
{
	if (!is_sparse)
		return 2 * (size_t)offset + 2 <= cells.n ? get(cells.p + 2 * offset) : PACK_ABSENT;
	for (size_t i = 0; i + 4 <= cells.n; i += 4)
		if (get(cells.p + i) == offset)
			return get(cells.p + i + 2);
	return PACK_ABSENT;
}

void pack_read(struct view cells, uint32_t chunk, bool is_sparse, pack_sink *each, void *context)
{
	size_t width = is_sparse ? 4 : 2;
	uint32_t at = chunk * PACK_POSITIONS;

	for (size_t i = 0; i + width <= cells.n; i += width, at++) {
		const char *p = cells.p + i;
		unsigned code = get(p + width - 2);

		if (code != PACK_ABSENT)
			each(context, is_sparse ? chunk * PACK_POSITIONS + get(p) : at, code);
	}
}
