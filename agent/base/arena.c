#include "base/arena.h"

#include "base/mem.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_MIN ((size_t)4 << 10)
#define CHUNK_MAX ((size_t)256 << 10)

struct arena_chunk {
	struct arena_chunk *next;
	size_t used, size;
	alignas(max_align_t) char bytes[];
};

void arena_done(struct arena *a)
{
	if (!a)
		return;
	for (struct arena_chunk *c = a->head, *next; c; c = next) {
		next = c->next;
		free(c);
	}
	*a = (struct arena){0};
}

static struct arena_chunk *chunk_new(size_t size)
{
	struct arena_chunk *c;

	assert(size <= SIZE_MAX / 2);
	c = mem_new(sizeof(*c) + size);
	c->size = size;
	return c;
}

/* Chunks double, so that a large arena has few. What is larger than a chunk gets its own, behind the head: the
 * head's free bytes stay in use. */
static struct arena_chunk *chunk_for(struct arena *a, size_t size)
{
	struct arena_chunk *head = a->head, *c;
	size_t usual = head ? head->size * 2 : CHUNK_MIN;

	usual = usual > CHUNK_MAX ? CHUNK_MAX : usual;
	if (head && size > usual / 4) {
		c = chunk_new(size);
		c->next = head->next;
		head->next = c;
	} else {
		c = chunk_new(size > usual ? size : usual);
		c->next = head;
		a->head = c;
	}
	return c;
}

/* `align` is a power of two. */
static void *take(struct arena *a, size_t size, size_t align)
{
	struct arena_chunk *c = a->head;
	size_t start = c ? (c->used + align - 1) & ~(align - 1) : 0;

	if (!c || start > c->size || size > c->size - start) {
		c = chunk_for(a, size);
		start = 0;
	}
	c->used = start + size;
	a->used += size;
	return c->bytes + start;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return take(a, size ? size : 1, alignof(max_align_t));
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t bytes;
	bool overflow = __builtin_mul_overflow(count, size, &bytes);

	return arena_alloc(a, overflow ? SIZE_MAX / 2 : bytes);
}

char *arena_text(struct arena *a, const char *text)
{
	return text ? (char *)arena_view(a, view_of(text)).p : NULL;
}

struct view arena_view(struct arena *a, struct view v)
{
	char *copy = take(a, v.n + 1, 1);

	if (v.n)
		memcpy(copy, v.p, v.n);
	return view_make(copy, v.n);
}

char *arena_format(struct arena *a, const char *format, ...)
{
	va_list ap;
	char *text = NULL, *copy;
	int n;

	va_start(ap, format);
	n = vasprintf(&text, format, ap);
	va_end(ap);
	mem_must(n < 0 ? NULL : text);
	copy = arena_text(a, text);
	free(text);
	return copy;
}
