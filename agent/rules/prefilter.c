#include "rules/prefilter.h"

#include "rules/literals.h"

#include <endian.h>
#include <string.h>

/* Windows are numbers whose first byte is the lowest, as the loads of a little-endian machine give them. */
static uint32_t load(const char *p)
{
	uint32_t window;

	memcpy(&window, p, sizeof(window));
	return le32toh(window);
}

static bool stands_at(const struct prefilter_literal *l, const char *literal, const char *text)
{
	return l->plain ? memcmp(text, literal, l->length) == 0
			: literal_stands_at(text, literal, l->length, l->nocase);
}

static void verify(
	const struct prefilter_scan *s, const struct prefilter *p, struct view text, size_t at, uint32_t window)
{
	size_t word = prefilter_hash(window) >> 6;

	for (uint32_t i = p->starts[word]; i < p->starts[word + 1]; i++) {
		const struct prefilter_entry *e = &p->entries[i];
		const struct prefilter_literal *l = &p->literals[e->literal];
		const char *literal = p->text + l->text;
		size_t start = at - (size_t)e->offset;

		if (e->window != window || (e->offset > 0 && (size_t)e->offset > at) || start > text.n ||
			l->length > text.n - start || !stands_at(l, literal, text.p + start))
			continue;
		s->found(s->context, p, e->literal, start + (*literal == '\n'));
	}
}

static inline uint64_t is_known(const uint64_t *bitmap, uint32_t window)
{
	uint32_t h = prefilter_hash(window);

	return bitmap[h >> 6] >> (h & 63) & 1;
}

static void probe(const struct prefilter_scan *s, struct view text, size_t at, uint32_t window)
{
	if (!is_known(s->bitmap, window))
		return;
	for (size_t i = 0; i < s->table_count; i++)
		verify(s, s->tables[i], text, at, window);
}

/* No '\n' stands before the first line. */
static void find_at_start(const struct prefilter_scan *s, struct view text)
{
	for (size_t t = 0; t < s->table_count; t++) {
		const struct prefilter *p = s->tables[t];

		for (uint32_t i = 0; i < p->literal_count; i++) {
			struct prefilter_literal l = p->literals[i];
			const char *literal = p->text + l.text;

			if (*literal != '\n' || --l.length > text.n || !stands_at(&l, literal + 1, text.p))
				continue;
			s->found(s->context, p, i, 0);
		}
	}
}

/* Four windows at a time with one branch: nearly always none is known. Returns where it stopped, near the end. */
static size_t probe_by_four(const struct prefilter_scan *s, struct view text)
{
	const uint64_t *bitmap = s->bitmap;
	size_t at = 0;

	for (; at + 10 <= text.n; at += 8) {
		uint32_t w[] = {load(text.p + at), load(text.p + at + 2), load(text.p + at + 4), load(text.p + at + 6)};

		if (is_known(bitmap, w[0]) | is_known(bitmap, w[1]) | is_known(bitmap, w[2]) | is_known(bitmap, w[3]))
			for (size_t i = 0; i < 4; i++)
				probe(s, text, at + 2 * i, w[i]);
	}
	return at;
}

void prefilter_scan(const struct prefilter_scan *s, struct view text)
{
	char tail[16] = {0}; /* a window's byte of any value may lie behind the end */
	size_t at;

	find_at_start(s, text);
	at = probe_by_four(s, text);
	if (text.n > at)
		memcpy(tail, text.p + at, text.n - at);
	for (size_t i = 0; at + i < text.n; i += 2)
		probe(s, text, at + i, load(tail + i));
}
