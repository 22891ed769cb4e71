#include "github/internal.h"

#include "base/mem.h"

#include <stdlib.h>

#define ENTRIES_MAX 512u

static size_t cost(const struct cache_entry *c)
{
	return c->n + strlen(c->url) + strlen(c->etag) + sizeof *c;
}

static void drop(struct cache *c, size_t i)
{
	struct cache_entry *one = &c->entries[i];
	c->bytes -= cost(one);
	free(one->url);
	free(one->etag);
	free(one->next);
	free(one->body);
	*one = c->entries[--c->n];
}

static size_t index_of(const struct cache *c, const char *url)
{
	size_t i = 0;
	while (i < c->n && strcmp(c->entries[i].url, url) != 0)
		i++;
	return i;
}

static size_t oldest(const struct cache *c)
{
	size_t best = 0;
	for (size_t i = 1; i < c->n; i++)
		if (c->entries[i].used < c->entries[best].used)
			best = i;
	return best;
}

const struct cache_entry *cache_find(struct cache *c, const char *url)
{
	size_t i = index_of(c, url);
	if (i == c->n)
		return NULL;
	c->entries[i].used = ++c->clock;
	return &c->entries[i];
}

void cache_put(struct cache *c, const char *url, struct view etag, struct view next, struct view body)
{
	size_t i = index_of(c, url);
	if (i < c->n)
		drop(c, i);
	if (!etag.n || body.n > GITHUB_CACHE_MAX / 4)
		return;
	MEM_PUSH(c->entries, c->n, c->cap);
	struct cache_entry *one = &c->entries[c->n++];
	*one = (struct cache_entry){.url = mem_text(url),
		.etag = mem_bytes(etag.p, etag.n),
		.next = next.n ? mem_bytes(next.p, next.n) : NULL,
		.body = mem_bytes(body.p, body.n),
		.n = body.n,
		.used = ++c->clock};
	c->bytes += cost(one);
	while (c->n > 1 && (c->n > ENTRIES_MAX || c->bytes > GITHUB_CACHE_MAX))
		drop(c, oldest(c));
}

void cache_done(struct cache *c)
{
	while (c->n)
		drop(c, c->n - 1);
	free(c->entries);
	*c = (struct cache){0};
}
