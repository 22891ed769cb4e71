#include "learn/names.h"

#include "base/mem.h"

#include <stdlib.h>

#define FIRST_SLOTS 64u

void names_init(struct names *s, size_t max)
{
	*s = (struct names){.max = max};
}

void names_done(struct names *s)
{
	arena_done(&s->arena);
	free(s->slots);
	free((void *)s->text);
	*s = (struct names){0};
}

/* FNV-1a with a last stir: the low bits choose the slot. */
static size_t hash(struct view v)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < v.n; i++)
		h = (h ^ (unsigned char)v.p[i]) * UINT64_C(1099511628211);
	return (size_t)(h ^ h >> 32);
}

/* The slot that holds the text, or the empty one where it belongs. */
static size_t place(const struct names *s, struct view text)
{
	size_t i = hash(text) & (s->slot_count - 1);

	while (s->slots[i] && !view_is(text, s->text[s->slots[i] - 1]))
		i = (i + 1) & (s->slot_count - 1);
	return i;
}

static void widen(struct names *s)
{
	free(s->slots);
	s->slot_count = s->slot_count ? 2 * s->slot_count : FIRST_SLOTS;
	s->slots = mem_array(s->slot_count, sizeof(*s->slots));
	for (size_t i = 0; i < s->n; i++)
		s->slots[place(s, view_of(s->text[i]))] = (uint32_t)i + 1;
}

uint32_t names_find(const struct names *s, struct view text)
{
	return s->slot_count && text.n ? s->slots[place(s, text)] : 0;
}

uint32_t names_add(struct names *s, struct view text)
{
	uint32_t known = names_find(s, text);

	if (known || !text.n || s->n >= s->max)
		return known;
	if (2 * (s->n + 1) > s->slot_count)
		widen(s);
	MEM_PUSH(s->text, s->n, s->cap);
	s->text[s->n] = arena_view(&s->arena, text).p;
	s->slots[place(s, text)] = (uint32_t)s->n + 1;
	return (uint32_t)++s->n;
}

const char *names_text(const struct names *s, uint32_t name)
{
	return name ? s->text[name - 1] : "";
}
