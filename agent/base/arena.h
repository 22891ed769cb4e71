/* arena.h - many small things with one lifetime.
 *
 * Allocation is bumping a pointer; everything goes at once with arena_done(). Pointers stay valid until
 * then. Memory is zeroed. There is no ceiling here: what is put in must be bounded by its reader. */
#ifndef RM_BASE_ARENA_H
#define RM_BASE_ARENA_H

#include "base/view.h"

struct arena_chunk;
struct arena {
	struct arena_chunk *head;
	size_t used; /* bytes handed out */
};

void arena_done(struct arena *a); /* a may be all zero */
#define ARENA_AUTO __attribute__((cleanup(arena_done))) struct arena

void *arena_alloc(struct arena *a, size_t size);               /* aligned for any type */
void *arena_array(struct arena *a, size_t count, size_t size); /* overflow-checked */
char *arena_text(struct arena *a, const char *text);           /* NULL stays NULL */
struct view arena_view(struct arena *a, struct view v);        /* a copy; NUL-terminated behind n */
char *arena_format(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
