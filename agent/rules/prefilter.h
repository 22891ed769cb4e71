/* prefilter.h - all literals of all rules in one pass over a block of text.
 *
 * Each literal is represented by two of its 4-byte windows, its rarest one at an even and at an odd offset, so that one
 * of them lies at an even position wherever the literal stands. A bitmap of hashed windows (64 KB: it stays near
 * the first-level cache) is probed at every second byte; on a hit a second one, which knows the window's neighbours
 * too, then the entries of that bit are compared, then the literal. Literals of 3 and 4 bytes have windows with one
 * byte of each value. The catalogue's tables are made at build time, those of user rules at run time; both are searched
 * in the same pass. */
#ifndef RM_RULES_PREFILTER_H
#define RM_RULES_PREFILTER_H

#include "base/arena.h"
#include "rules/rule.h"

#define PREFILTER_BITS 19
#define PREFILTER_WORDS ((size_t)1 << (PREFILTER_BITS - 6))

struct prefilter_entry {
	uint32_t window; /* 4 bytes, the first one lowest */
	uint32_t literal;
	uint32_t sample;     /* 4 other bytes of the literal, for a quick look */
	int16_t sample_from; /* where they stand, from the window on; 0: there is no sample */
	int16_t offset;      /* of the window in the literal; -1: it begins one byte before */
};

struct prefilter_literal {
	uint32_t text; /* in prefilter.text */
	uint16_t length;
	bool nocase; /* the text is in lower case */
	bool plain;  /* each byte stands for itself */
	uint32_t first_rule, rule_count;
};

struct prefilter {
	const uint64_t *bitmap; /* PREFILTER_WORDS */
	const uint64_t *checks; /* PREFILTER_WORDS: the second bitmap */
	const uint32_t *ranks;  /* PREFILTER_WORDS: bits that are set in the words before */
	const uint32_t *starts; /* of each set bit in order, and of the end: its first entry */
	const struct prefilter_entry *entries;
	const struct prefilter_literal *literals;
	const uint32_t *rules; /* indices of rules, by literal */
	const char *text;
	size_t bit_count, entry_count, literal_count, rule_count /* of `rules` */, text_size;
};

static inline uint32_t prefilter_hash(uint32_t window)
{
	return (window * UINT32_C(0x9e3779b1)) >> (32 - PREFILTER_BITS);
}

/* Bits of the second bitmap: of a window with the two bytes behind it, with those before it, and alone. Most entries
 * know what stands behind their window. */
static inline uint32_t prefilter_check_behind(uint32_t window, uint32_t behind)
{
	return (window * UINT32_C(0x85ebca6b) ^ behind * UINT32_C(0xc2b2ae35)) >> (32 - PREFILTER_BITS);
}

static inline uint32_t prefilter_check_before(uint32_t window, uint32_t before)
{
	return (window * UINT32_C(0x27d4eb2f) ^ before * UINT32_C(0x165667b1)) >> (32 - PREFILTER_BITS);
}

static inline uint32_t prefilter_check_alone(uint32_t window)
{
	return (window * UINT32_C(0xcc9e2d51)) >> (32 - PREFILTER_BITS);
}

struct prefilter prefilter_build(const struct rule *rules, size_t count, struct arena *a);

/* Of the embedded catalogue. */
extern const struct prefilter rule_prefilter;

/* Called for each literal found, in the order of lines. `position` is that of its first byte behind a '\n'. */
typedef void prefilter_found(void *context, const struct prefilter *p, uint32_t literal, size_t position);
struct prefilter_scan {
	const uint64_t *bitmap, *checks; /* the bits of all tables */
	const struct prefilter *const *tables;
	size_t table_count;
	prefilter_found *found;
	void *context;
};
/* `text` is whole lines, each with its '\n'. */
void prefilter_scan(const struct prefilter_scan *s, struct view text);

#endif
