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

static inline uint64_t is_set(const uint64_t *bitmap, uint32_t hash)
{
	return bitmap[hash >> 6] >> (hash & 63) & 1;
}

static void verify(
	const struct prefilter_scan *s, const struct prefilter *p, struct view text, size_t at, uint32_t window)
{
	uint32_t h = prefilter_hash(window), rank;
	uint64_t word = p->bitmap[h >> 6];

	if (!is_set(p->bitmap, h))
		return;
	rank = p->ranks[h >> 6] + (uint32_t)__builtin_popcountll(word & ((UINT64_C(1) << (h & 63)) - 1));
	for (uint32_t i = p->starts[rank]; i < p->starts[rank + 1]; i++) {
		const struct prefilter_entry *e = &p->entries[i];
		const struct prefilter_literal *l = &p->literals[e->literal];
		size_t start = at - (size_t)(ptrdiff_t)e->offset;

		if (e->window != window || (e->offset > 0 && (size_t)e->offset > at) || start > text.n ||
			l->length > text.n - start ||
			(e->sample_from && load(text.p + at + e->sample_from) != e->sample))
			continue;
		if (stands_at(l, p->text + l->text, text.p + start))
			s->found(s->context, p, e->literal, start + (p->text[l->text] == '\n'));
	}
}

static uint32_t load_two(const char *p)
{
	uint16_t two;

	memcpy(&two, p, sizeof(two));
	return le16toh(two);
}

/* The window's bit is set in the bitmap: it is known, or another one has the same hash. */
static void probe(const struct prefilter_scan *s, struct view text, size_t at, uint32_t window)
{
	const char *p = text.p + at;

	if (at >= 2 && text.n - at >= 6 && !is_set(s->checks, prefilter_check_behind(window, load_two(p + 4))) &&
		!is_set(s->checks, prefilter_check_before(window, load_two(p - 2))) &&
		!is_set(s->checks, prefilter_check_alone(window)))
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

/* Four windows at a time with one branch: mostly none is known. Returns where it stopped, near the end. */
static size_t probe_by_four(const struct prefilter_scan *s, struct view text)
{
	const uint64_t *bitmap = s->bitmap;
	size_t at = 0;

	for (; at + 10 <= text.n; at += 8) {
		uint64_t hits = 0;

		for (unsigned i = 0; i < 4; i++)
			hits |= is_set(bitmap, prefilter_hash(load(text.p + at + (size_t)2 * i))) << i;
		for (; hits; hits &= hits - 1) {
			size_t hit = at + (size_t)2 * (unsigned)__builtin_ctzll(hits);

			probe(s, text, hit, load(text.p + hit));
		}
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
		if (is_set(s->bitmap, prefilter_hash(load(tail + i))))
			probe(s, text, at + i, load(tail + i));
}
