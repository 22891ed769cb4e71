#include "store/known.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

void known_clear(struct known *n)
{
	arena_done(&n->arena);
	free(n->items);
	free(n->slots);
	*n = (struct known){0};
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Seeded: who writes a log must not know which names collide. */
static uint64_t hash_of(const struct known *n, struct view text)
{
	uint64_t h = n->seed ^ text.n, word = 0;

	for (; text.n >= 8; text = view_from(text, 8)) {
		memcpy(&word, text.p, 8);
		h = mix(h ^ word, UINT64_C(0x9e3779b97f4a7c15));
	}
	word = 0;
	if (text.n)
		memcpy(&word, text.p, text.n);
	return mix(h ^ word, n->seed | 1);
}

static void seed(struct known *n)
{
	if (getrandom(&n->seed, sizeof(n->seed), GRND_NONBLOCK) != sizeof(n->seed))
		n->seed = (uint64_t)(uintptr_t)n;
	n->seed |= 1;
}

static void put(struct known *n, uint32_t index)
{
	size_t at = n->items[index].hash & (n->slot_count - 1);

	while (n->slots[at])
		at = (at + 1) & (n->slot_count - 1);
	n->slots[at] = index + 1;
}

static void grow(struct known *n)
{
	if (n->count * 2 < n->slot_count)
		return;
	free(n->slots);
	n->slot_count = n->slot_count ? n->slot_count * 2 : 1024;
	n->slots = mem_array(n->slot_count, sizeof(*n->slots));
	for (size_t i = 0; i < n->count; i++)
		put(n, (uint32_t)i);
}

static bool is(const struct known_name *name, struct view text)
{
	return name->length == text.n && memcmp(name->text, text.p, text.n) == 0;
}

static uint32_t find_or_add(struct known *n, struct view text)
{
	uint64_t hash;

	if (!n->seed)
		seed(n);
	grow(n);
	hash = hash_of(n, text);
	for (size_t at = hash & (n->slot_count - 1); n->slots[at]; at = (at + 1) & (n->slot_count - 1)) {
		const struct known_name *one = &n->items[n->slots[at] - 1];

		if (one->hash == hash && is(one, text))
			return n->slots[at] - 1;
	}
	MEM_PUSH(n->items, n->count, n->cap);
	n->items[n->count] = (struct known_name){arena_view(&n->arena, text).p, (uint32_t)text.n, KNOWN_NONE, hash, 0};
	put(n, (uint32_t)n->count);
	return (uint32_t)n->count++;
}

uint32_t known_add(struct known *n, struct view text, uint32_t before)
{
	uint32_t index;

	if (before != KNOWN_NONE) {
		uint32_t next = n->items[before].next;

		if (next != KNOWN_NONE && is(&n->items[next], text))
			return next;
	}
	index = find_or_add(n, text);
	if (before != KNOWN_NONE)
		n->items[before].next = index;
	return index;
}
