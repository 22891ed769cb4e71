/* prefilter.h - all literals of all rules in one pass over a block of text.
 *
 * Each literal is represented by two of its 4-byte windows, its rarest one at an even and at an odd offset, so that one
 * of them lies at an even position wherever the literal stands. A bitmap of hashed windows (64 KB: it stays in the
 * nearest caches) is probed at every second byte, for a piece of the text at a time and without a branch; then the
 * two bytes on either side of each hit are looked up in a set of bits, and those around what is left compared with the
 * entries of its bucket, then the literal. The hash looks at the five
 * low bits of a window's outer bytes: literals of 3 and 4 bytes have windows with any value there. The catalogue's
 * tables are made at build time, those of user rules at run time; both are searched in the same pass.
 *
 * The readers of test results (diagnose/tests.h) have their literals in the catalogue's tables, too: as rules whose
 * numbers begin at PREFILTER_TAG. */
#ifndef RM_RULES_PREFILTER_H
#define RM_RULES_PREFILTER_H

#include "base/arena.h"
#include "rules/rule.h"

#define PREFILTER_BITS 19
#define PREFILTER_WORDS ((size_t)1 << (PREFILTER_BITS - 6))
#define PREFILTER_SEEN UINT32_C(0x1fffff1f) /* bits of a window that its hash sees */
#define PREFILTER_FACTOR UINT32_C(0x9e3779b1)
#define PREFILTER_BUCKET_BITS 15 /* at most 16 */
#define PREFILTER_BUCKETS ((size_t)1 << PREFILTER_BUCKET_BITS)
#define PREFILTER_BEFORE 2u    /* of the eight bytes, those before the window */
#define PREFILTER_TAG 0x10000u /* what is no rule is numbered from here on */
#define PREFILTER_TAGS_MAX 64u

struct prefilter_entry {
	uint64_t value, mask; /* of the eight bytes, the first one lowest: what is known of them */
	uint32_t literal;
	int8_t offset;      /* of the window in the literal; -1: it begins one byte before */
	uint8_t length;     /* of the literal */
	unsigned char last; /* byte of the literal; 0: it may be one of several */
	bool whole;         /* nothing of the literal is left to compare */
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
	const uint64_t *sides;  /* of each bucket: for prefilter_sides() */
	const uint32_t *starts; /* of each bucket, and of the end: its first entry */
	const struct prefilter_entry *entries;
	const struct prefilter_literal *literals;
	const uint32_t *rules; /* indices of rules, by literal */
	const char *text;
	size_t entry_count, literal_count, rule_count /* of `rules` */, text_size;
};

static inline uint32_t prefilter_hash(uint32_t window)
{
	return ((window & PREFILTER_SEEN) * PREFILTER_FACTOR) >> (32 - PREFILTER_BITS);
}

static inline uint32_t prefilter_bucket(uint32_t hash)
{
	return hash >> (PREFILTER_BITS - PREFILTER_BUCKET_BITS);
}

/* Of a window's two bytes before and two behind, the low four bits: bit (16 * i + these) of each is set where an entry
 * of the bucket allows them. */
static inline bool prefilter_sides(uint64_t sides, uint64_t eight)
{
	return sides >> (eight & 15) & sides >> (16 + (eight >> 8 & 15)) & sides >> (32 + (eight >> 48 & 15)) &
	       sides >> (48 + (eight >> 56 & 15)) & 1;
}

/* Literals that are no rule's: list i has the tag PREFILTER_TAG + i. */
struct prefilter_tags {
	const char *const *const *lists; /* each ends with NULL */
	size_t count;
};
struct prefilter prefilter_build(
	const struct rule *rules, size_t count, const struct prefilter_tags *tags_or_null, struct arena *a);

/* Of the embedded catalogue and of the readers of test results. */
extern const struct prefilter rule_prefilter;

/* Called for each literal found, in the order of lines. `position` is that of its first byte behind a '\n'. */
typedef void prefilter_found(void *context, const struct prefilter *p, uint32_t literal, size_t position);
struct prefilter_scan {
	const uint64_t *bitmap, *sides; /* the bits of all tables */
	const struct prefilter *const *tables;
	size_t table_count;
	bool portable; /* without what only this machine can: for tests */
	prefilter_found *found;
	void *context;
};
/* `text` is whole lines, each with its '\n'. */
void prefilter_scan(const struct prefilter_scan *s, struct view text);

#endif
