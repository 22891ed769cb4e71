#include "rules/prefilter.h"

#include "base/buf.h"
#include "base/mem.h"
#include "rules/literals.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define COMPARISON 4.0 /* what comparing a literal costs, as hits of the bitmap */

struct use {
	const char *text;
	bool nocase;
	uint32_t rule;
};

struct hashed {
	uint32_t hash;
	struct prefilter_entry entry;
};

struct builder {
	struct arena *arena;
	struct use *uses; /* sorted by literal */
	size_t use_count;
	struct prefilter_literal *literals;
	size_t literal_count;
	struct hashed *entries;
	size_t entry_count, entry_cap;
};

static int by_literal(const void *a, const void *b)
{
	const struct use *x = a, *y = b;
	int order = strcmp(x->text, y->text);

	if (order == 0)
		order = (int)x->nocase - (int)y->nocase;
	return order ? order : (x->rule > y->rule) - (x->rule < y->rule);
}

static size_t count_uses(const struct rule *rules, size_t count, const struct prefilter_tags *tags)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += rules[i].literal_count;
	for (size_t i = 0; i < tags->count; i++)
		for (size_t j = 0; tags->lists[i][j]; j++)
			n++;
	return n;
}

static void collect_uses(struct builder *b, const struct rule *rules, size_t count, const struct prefilter_tags *tags)
{
	b->uses = mem_array(count_uses(rules, count, tags), sizeof(*b->uses));
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < rules[i].literal_count; j++)
			b->uses[b->use_count++] = (struct use){rules[i].literals[j], rules[i].nocase, (uint32_t)i};
	for (size_t i = 0; i < tags->count; i++)
		for (size_t j = 0; tags->lists[i][j]; j++)
			b->uses[b->use_count++] = (struct use){tags->lists[i][j], false, PREFILTER_TAG + (uint32_t)i};
	qsort(b->uses, b->use_count, sizeof(*b->uses), by_literal);
}

/* ---- windows --------------------------------------------------------------------------------- */

/* Four bytes, of which those from `first` on, `known` of them, are the literal's. */
struct window {
	unsigned char bytes[4];
	int first, known;
	bool nocase;
	struct prefilter_entry entry;
};

/* The bytes that a byte of a literal may stand for. */
static int spellings_of(unsigned char c, bool nocase, unsigned char ret[256])
{
	int n = 0;

	if (c == LITERAL_DIGIT) {
		for (; n < 10; n++)
			ret[n] = (unsigned char)('0' + n);
	} else {
		ret[n++] = c;
		if (nocase && c >= 'a' && c <= 'z')
			ret[n++] = (unsigned char)(c & ~0x20);
	}
	return n;
}

/* A byte of any value, as far as the hash sees it. */
static int any_byte(unsigned char ret[256])
{
	for (int i = 0; i < 32; i++)
		ret[i] = (unsigned char)i;
	return 32;
}

static void add_spellings(struct builder *b, const struct window *w, unsigned char bytes[4], int i)
{
	unsigned char spellings[256];
	int n;

	if (i == 4) {
		uint32_t window = (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
				  (uint32_t)bytes[3] << 24;

		MEM_PUSH(b->entries, b->entry_count, b->entry_cap);
		b->entries[b->entry_count++] = (struct hashed){prefilter_hash(window), w->entry};
		return;
	}
	n = i < w->first || i >= w->first + w->known ? any_byte(spellings)
						     : spellings_of(w->bytes[i], w->nocase, spellings);
	for (int j = 0; j < n; j++) {
		bytes[i] = spellings[j];
		add_spellings(b, w, bytes, i + 1);
	}
}

/* What is known of a byte that a literal's byte stands for. */
static unsigned char mask_of(unsigned char c, bool nocase)
{
	if (c == LITERAL_DIGIT)
		return 0xf0;
	return nocase && c >= 'a' && c <= 'z' ? 0xdf : 0xff;
}

static void set_surroundings(struct prefilter_entry *e, const struct prefilter_literal *l, const char *literal)
{
	int first = e->offset - (int)PREFILTER_BEFORE;

	for (int i = 0; i < 8; i++) {
		int at = first + i;
		unsigned char c = at >= 0 && at < l->length ? (unsigned char)literal[at] : 0;
		unsigned char mask = at >= 0 && at < l->length ? mask_of(c, l->nocase) : 0;

		c = c == LITERAL_DIGIT ? '0' : c;
		e->mask |= (uint64_t)mask << (8 * i);
		e->value |= (uint64_t)(c & mask) << (8 * i);
	}
	e->length = (uint8_t)l->length;
	e->last = l->plain ? (unsigned char)literal[l->length - 1] : 0;
	e->whole = first <= 0 && l->length <= first + 8 && !strchr(literal, LITERAL_DIGIT);
}

/* The window that begins at `offset` of the literal: at most one byte before it or behind it. */
static void add_window(struct builder *b, const struct prefilter_literal *l, const char *literal, int offset)
{
	struct window w = {.first = offset < 0, .nocase = l->nocase};
	size_t from = offset < 0 ? 0 : (size_t)offset, room = (size_t)(4 - w.first), n = l->length;
	unsigned char bytes[4];

	w.entry.literal = (uint32_t)b->literal_count;
	w.entry.offset = (int8_t)offset;
	set_surroundings(&w.entry, l, literal);
	w.known = (int)(n - from < room ? n - from : room);
	memcpy(w.bytes + w.first, literal + from, (size_t)w.known);
	add_spellings(b, &w, bytes, 0);
}

/* Of the places of a text, by rarity. */
static double share(unsigned rarity)
{
	return exp2((double)rarity / -8.0);
}

/* What a window at that offset costs: how often the bitmap is hit by text like it or by chance, and how often the eight
 * bytes around it are as the literal says. */
static double cost_of(const char *literal, size_t n, int offset)
{
	size_t from = offset < 0 ? 0 : (size_t)offset, known = offset < 0 ? 3 : n - from < 4 ? n - from : 4;
	size_t first = from < PREFILTER_BEFORE ? 0 : from - PREFILTER_BEFORE;
	size_t end = (size_t)(offset + 8 - (int)PREFILTER_BEFORE);
	double chance = (known < 4 ? 32.0 : 1.0) / (1 << PREFILTER_BITS);

	end = end < n ? end : n;
	return chance + share(literal_window_rarity(literal + from, known)) +
	       COMPARISON * share(literal_rarity(literal + first, end - first));
}

/* The offset of the given parity whose window is best. */
static int best_offset(const char *literal, size_t n, int parity)
{
	int best = parity ? -1 : 0;

	for (int offset = best + 2; offset + 3 <= (int)n; offset += 2)
		if (cost_of(literal, n, offset) < cost_of(literal, n, best))
			best = offset;
	return best;
}

static void add_literal(struct builder *b, const struct use *u, uint32_t text, size_t first_use, size_t use_count)
{
	struct prefilter_literal l = {
		.text = text,
		.length = (uint16_t)strlen(u->text),
		.nocase = u->nocase,
		.plain = !u->nocase && !strchr(u->text, LITERAL_DIGIT),
		.first_rule = (uint32_t)first_use,
		.rule_count = (uint32_t)use_count,
	};

	for (int parity = 0; parity < 2; parity++)
		add_window(b, &l, u->text, best_offset(u->text, l.length, parity));
	b->literals[b->literal_count++] = l;
}

/* ---- tables ---------------------------------------------------------------------------------- */

static bool same_literal(const struct use *a, const struct use *b)
{
	return a->nocase == b->nocase && strcmp(a->text, b->text) == 0;
}

static void add_literals(struct builder *b, struct prefilter *ret)
{
	BUF_AUTO text = buf_new(BUF_FILE);
	uint32_t *rules = arena_array(b->arena, b->use_count, sizeof(*rules));

	b->literals = arena_array(b->arena, b->use_count, sizeof(*b->literals));
	for (size_t i = 0, end; i < b->use_count; i = end) {
		for (end = i; end < b->use_count && same_literal(&b->uses[i], &b->uses[end]); end++)
			rules[end] = b->uses[end].rule;
		add_literal(b, &b->uses[i], (uint32_t)text.n, i, end - i);
		buf_add(&text, b->uses[i].text, strlen(b->uses[i].text) + 1);
	}
	ret->rules = rules;
	ret->rule_count = b->use_count;
	ret->literals = b->literals;
	ret->literal_count = b->literal_count;
	ret->text = arena_view(b->arena, buf_view(&text)).p;
	ret->text_size = text.n;
}

static int by_bucket(const void *a, const void *b)
{
	const struct hashed *x = a, *y = b;
	uint32_t i = prefilter_bucket(x->hash), j = prefilter_bucket(y->hash);

	if (i != j)
		return i < j ? -1 : 1;
	if (x->entry.literal != y->entry.literal)
		return x->entry.literal < y->entry.literal ? -1 : 1;
	return (x->entry.offset > y->entry.offset) - (x->entry.offset < y->entry.offset);
}

/* Some spellings of a window may share a bucket. */
static void drop_copies(struct builder *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->entry_count; i++)
		if (n == 0 || by_bucket(&b->entries[n - 1], &b->entries[i]) != 0)
			b->entries[n++] = b->entries[i];
	b->entry_count = n;
}

/* As prefilter_sides() asks. */
static uint64_t sides_of(const struct prefilter_entry *e)
{
	static const unsigned at[] = {0, 1, 6, 7};
	uint64_t sides = 0;

	for (unsigned i = 0; i < 4; i++) {
		bool known = (e->mask >> (8 * at[i]) & 15) == 15;
		uint64_t low = e->value >> (8 * at[i]) & 15;

		sides |= (known ? UINT64_C(1) << low : UINT64_C(0xffff)) << (16 * i);
	}
	return sides;
}

static void add_index(struct builder *b, struct prefilter *ret)
{
	uint64_t *bitmap = arena_array(b->arena, PREFILTER_WORDS, sizeof(*bitmap));
	uint64_t *sides = arena_array(b->arena, PREFILTER_BUCKETS, sizeof(*sides));
	uint32_t *starts = arena_array(b->arena, PREFILTER_BUCKETS + 1, sizeof(*starts));
	struct prefilter_entry *entries;

	for (size_t i = 0; i < b->entry_count; i++)
		bitmap[b->entries[i].hash >> 6] |= UINT64_C(1) << (b->entries[i].hash & 63);
	if (b->entry_count)
		qsort(b->entries, b->entry_count, sizeof(*b->entries), by_bucket);
	drop_copies(b);
	entries = arena_array(b->arena, b->entry_count, sizeof(*entries));
	for (size_t i = 0; i < b->entry_count; i++) {
		entries[i] = b->entries[i].entry;
		starts[prefilter_bucket(b->entries[i].hash) + 1]++;
		sides[prefilter_bucket(b->entries[i].hash)] |= sides_of(&entries[i]);
	}
	for (size_t i = 0; i < PREFILTER_BUCKETS; i++)
		starts[i + 1] += starts[i];
	ret->bitmap = bitmap;
	ret->sides = sides;
	ret->starts = starts;
	ret->entries = entries;
	ret->entry_count = b->entry_count;
}

struct prefilter prefilter_build(
	const struct rule *rules, size_t count, const struct prefilter_tags *tags_or_null, struct arena *a)
{
	static const struct prefilter_tags none = {NULL, 0};
	struct builder b = {.arena = a};
	struct prefilter ret = {0};

	collect_uses(&b, rules, count, tags_or_null ? tags_or_null : &none);
	add_literals(&b, &ret);
	add_index(&b, &ret);
	free(b.uses);
	free(b.entries);
	return ret;
}
