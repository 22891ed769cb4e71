#include "rules/pattern_cache.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 256u

struct slot {
	const char *text; /* NULL: free */
	bool nocase;
	struct pattern *pattern;
};

struct pattern_cache {
	struct slot *slots;
	size_t slot_count, used; /* slot_count is a power of two */
};

struct pattern_cache *pattern_cache_new(void)
{
	struct pattern_cache *c = mem_new(sizeof(*c));

	c->slots = mem_array(FIRST_SLOTS, sizeof(*c->slots));
	c->slot_count = FIRST_SLOTS;
	return c;
}

void pattern_cache_free(struct pattern_cache *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->slot_count; i++)
		pattern_free(c->slots[i].pattern);
	free(c->slots);
	free(c);
}

/* FNV-1a */
static uint64_t hash(const char *text, bool nocase)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325) ^ nocase;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return h;
}

/* The slot of that pattern, or the free one where it belongs. */
static struct slot *find(struct pattern_cache *c, const char *text, bool nocase)
{
	size_t i = (size_t)hash(text, nocase);

	for (;; i++) {
		struct slot *s = &c->slots[i & (c->slot_count - 1)];

		if (!s->text || (s->nocase == nocase && strcmp(s->text, text) == 0))
			return s;
	}
}

static void grow(struct pattern_cache *c)
{
	struct slot *old = c->slots;
	size_t count = c->slot_count;

	c->slot_count *= 2;
	c->slots = mem_array(c->slot_count, sizeof(*c->slots));
	for (size_t i = 0; i < count; i++)
		if (old[i].text)
			*find(c, old[i].text, old[i].nocase) = old[i];
	free(old);
}

struct pattern *pattern_cache_get(struct pattern_cache *c, const char *text, bool nocase)
{
	struct slot *s = find(c, text, nocase);

	if (s->text)
		return s->pattern;
	if (c->used >= c->slot_count / 2) {
		grow(c);
		s = find(c, text, nocase);
	}
	*s = (struct slot){text, nocase, pattern_new(text, nocase, NULL)};
	c->used++;
	return s->pattern;
}
