#include "rules/prefilter.h"

#include "base/buf.h"
#include "base/mem.h"
#include "rules/literals.h"

#include <stdlib.h>
#include <string.h>

struct use {
	const char *text;
	bool nocase;
	uint32_t rule;
};

struct builder {
	struct arena *arena;
	struct use *uses; /* sorted by literal */
	size_t use_count;
	struct prefilter_literal *literals;
	size_t literal_count;
	struct prefilter_entry *entries;
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

static void collect_uses(struct builder *b, const struct rule *rules, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += rules[i].literal_count;
	b->uses = mem_array(n, sizeof(*b->uses));
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < rules[i].literal_count; j++)
			b->uses[b->use_count++] = (struct use){rules[i].literals[j], rules[i].nocase, (uint32_t)i};
	qsort(b->uses, n, sizeof(*b->uses), by_literal);
}

/* ---- windows --------------------------------------------------------------------------------- */

static uint32_t two_of(const void *two_bytes)
{
	const unsigned char *p = two_bytes;

	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static uint32_t window_of(const void *four_bytes)
{
	return two_of(four_bytes) | two_of((const char *)four_bytes + 2) << 16;
}

/* Four bytes, of which those from `first` on, `known` of them, are the literal's. */
struct window {
	unsigned char bytes[4];
	int first, known;
	bool nocase;
	struct prefilter_entry entry; /* but for the window itself */
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

static int any_byte(unsigned char ret[256])
{
	for (int i = 0; i < 256; i++)
		ret[i] = (unsigned char)i;
	return 256;
}

static void add_spellings(struct builder *b, const struct window *w, unsigned char bytes[4], int i)
{
	unsigned char spellings[256];
	int n;

	if (i == 4) {
		MEM_PUSH(b->entries, b->entry_count, b->entry_cap);
		b->entries[b->entry_count] = w->entry;
		b->entries[b->entry_count++].window = window_of(bytes);
		return;
	}
	n = i < w->first || i >= w->first + w->known ? any_byte(spellings)
						     : spellings_of(w->bytes[i], w->nocase, spellings);
	for (int j = 0; j < n; j++) {
		bytes[i] = spellings[j];
		add_spellings(b, w, bytes, i + 1);
	}
}

/* The window that begins at `offset` of the literal: at most one byte before it or behind it. */
static void add_window(struct builder *b, const struct prefilter_literal *l, const char *literal, int16_t offset)
{
	struct window w = {.first = offset < 0, .nocase = l->nocase};
	size_t from = offset < 0 ? 0 : (size_t)offset, room = (size_t)(4 - w.first), n = l->length;
	unsigned char bytes[4];

	w.entry.literal = (uint32_t)b->literal_count;
	w.entry.offset = offset;
	if (l->plain && n > 4) {
		w.entry.sample_from = (int16_t)(offset > 0 ? -offset : (int16_t)n - 4);
		w.entry.sample = window_of(literal + offset + w.entry.sample_from);
	}
	w.known = (int)(n - from < room ? n - from : room);
	memcpy(w.bytes + w.first, literal + from, (size_t)w.known);
	add_spellings(b, &w, bytes, 0);
}

/* The offset of the given parity whose window is rarest. */
static int16_t best_offset(const char *literal, size_t n, int parity)
{
	int16_t best = (int16_t)(parity ? -1 : 0);
	unsigned rarity = parity && n <= 4 ? literal_rarity(literal, 3) : 0;

	for (size_t offset = (size_t)parity; offset + 3 <= n; offset += 2) {
		size_t known = n - offset < 4 ? 3 : 4;
		unsigned r = literal_rarity(literal + offset, known);

		/* A window with a free byte fills 256 bits. */
		if (known < 4 && n > 4)
			break;
		if (r > rarity) {
			rarity = r;
			best = (int16_t)offset;
		}
	}
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

static int by_hash(const void *a, const void *b)
{
	const struct prefilter_entry *x = a, *y = b;
	uint32_t i = prefilter_hash(x->window), j = prefilter_hash(y->window);

	if (i != j)
		return i < j ? -1 : 1;
	if (x->literal != y->literal)
		return x->literal < y->literal ? -1 : 1;
	return x->window < y->window ? -1 : x->window > y->window;
}

static void set_bit(uint64_t *bitmap, uint32_t hash)
{
	bitmap[hash >> 6] |= UINT64_C(1) << (hash & 63);
}

typedef uint32_t check_hash(uint32_t window, uint32_t two);

/* Sets the bits of a window with each spelling of two more bytes of its literal. */
static void set_checks(
	uint64_t *checks, const struct prefilter_literal *l, uint32_t window, const char *two, check_hash *check)
{
	unsigned char first[256], second[256];
	int firsts = spellings_of((unsigned char)two[0], l->nocase, first);
	int seconds = spellings_of((unsigned char)two[1], l->nocase, second);

	for (int i = 0; i < firsts; i++)
		for (int j = 0; j < seconds; j++)
			set_bit(checks, check(window, (uint32_t)first[i] | (uint32_t)second[j] << 8));
}

static void add_checks(const struct builder *b, const struct prefilter_entry *e, uint64_t *checks)
{
	const struct prefilter_literal *l = &b->literals[e->literal];
	const char *p = b->uses[l->first_rule].text + e->offset;

	if (e->offset >= 0 && e->offset + 6 <= l->length)
		set_checks(checks, l, e->window, p + 4, prefilter_check_behind);
	else if (e->offset >= 2)
		set_checks(checks, l, e->window, p - 2, prefilter_check_before);
	else
		set_bit(checks, prefilter_check_alone(e->window));
}

static void add_index(struct builder *b, struct prefilter *ret)
{
	uint64_t *bitmap = arena_array(b->arena, PREFILTER_WORDS, sizeof(*bitmap));
	uint64_t *checks = arena_array(b->arena, PREFILTER_WORDS, sizeof(*checks));
	uint32_t *ranks = arena_array(b->arena, PREFILTER_WORDS, sizeof(*ranks));
	uint32_t *starts = arena_array(b->arena, b->entry_count + 1, sizeof(*starts));
	uint32_t bits = 0;

	if (b->entry_count)
		qsort(b->entries, b->entry_count, sizeof(*b->entries), by_hash);
	for (size_t i = 0; i < b->entry_count; i++) {
		uint32_t window = b->entries[i].window;

		if (i == 0 || prefilter_hash(b->entries[i - 1].window) != prefilter_hash(window))
			starts[bits++] = (uint32_t)i;
		set_bit(bitmap, prefilter_hash(window));
		add_checks(b, &b->entries[i], checks);
	}
	starts[bits] = (uint32_t)b->entry_count;
	for (size_t i = 1; i < PREFILTER_WORDS; i++)
		ranks[i] = ranks[i - 1] + (uint32_t)__builtin_popcountll(bitmap[i - 1]);
	ret->bitmap = bitmap;
	ret->checks = checks;
	ret->ranks = ranks;
	ret->starts = starts;
	ret->bit_count = bits;
}

static void add_entries(struct builder *b, struct prefilter *ret)
{
	struct prefilter_entry *entries = arena_array(b->arena, b->entry_count, sizeof(*entries));

	for (size_t i = 0; i < b->entry_count; i++)
		entries[i] = b->entries[i];
	ret->entries = entries;
	ret->entry_count = b->entry_count;
}

struct prefilter prefilter_build(const struct rule *rules, size_t count, struct arena *a)
{
	struct builder b = {.arena = a};
	struct prefilter ret = {0};

	collect_uses(&b, rules, count);
	add_literals(&b, &ret);
	add_index(&b, &ret);
	add_entries(&b, &ret);
	free(b.uses);
	free(b.entries);
	return ret;
}
