/* known.h - names of tests that a connection has met, as they came (not yet redacted), with their ids. Private to
 * store/.
 *
 * One job after the other has the same tests, and both redacting a name and looking it up cost more than writing its
 * result. Whoever records tells each name's predecessor: as a rule it was followed by the same name before. */
#ifndef RM_STORE_KNOWN_H
#define RM_STORE_KNOWN_H

#include "base/arena.h"

#define KNOWN_BYTES_MAX ((size_t)64 << 20) /* more are forgotten when nobody records */
#define KNOWN_NONE UINT32_MAX

struct known_name {
	const char *text;
	uint32_t length, next; /* next: that came after it last */
	uint64_t hash;
	int64_t id; /* 0: not in the database, as far as is known */
};
struct known {
	struct arena arena;
	struct known_name *items;
	size_t count, cap;
	uint32_t *slots; /* index + 1 */
	size_t slot_count;
	uint64_t seed;
};
void known_clear(struct known *n);
/* The index of a name, which is added where it is new. `before`: the index of the one told before it, or KNOWN_NONE. */
uint32_t known_add(struct known *n, struct view text, uint32_t before);

#endif
