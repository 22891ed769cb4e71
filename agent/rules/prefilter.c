#include "rules/prefilter.h"

#include "rules/literals.h"

#include <endian.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#define PIECE 4096u /* bytes probed before their hits are looked at */
#define STEP 8u     /* bytes probed per turn */

/* Windows are numbers whose first byte is the lowest, as the loads of a little-endian machine give them. */
static inline uint32_t load(const char *p)
{
	uint32_t window;

	memcpy(&window, p, sizeof(window));
	return le32toh(window);
}

static inline uint64_t load_eight(const char *p)
{
	uint64_t eight;

	memcpy(&eight, p, sizeof(eight));
	return le64toh(eight);
}

static inline bool is_set(const uint64_t *bitmap, uint32_t hash)
{
	return bitmap[hash >> 6] >> (hash & 63) & 1;
}

/* The eight bytes around the window at `at`. Outside of the text is nothing but the '\n' before the first line. */
static uint64_t load_at_edge(struct view text, ptrdiff_t at)
{
	uint64_t eight = 0;

	for (unsigned i = 0; i < 8; i++) {
		ptrdiff_t from = at - (ptrdiff_t)PREFILTER_BEFORE + (ptrdiff_t)i;

		if (from == -1)
			eight |= (uint64_t)'\n' << (8 * i);
		else if (from >= 0 && (size_t)from < text.n)
			eight |= (uint64_t)(unsigned char)text.p[from] << (8 * i);
	}
	return eight;
}

static bool stands_at(const struct prefilter_literal *l, const char *literal, struct view text, ptrdiff_t start)
{
	size_t n = l->length;

	if (start < 0) {
		if (start < -1 || *literal != '\n')
			return false;
		literal++;
		start++;
		n--;
	}
	if ((size_t)start > text.n || n > text.n - (size_t)start)
		return false;
	return l->plain ? memcmp(text.p + start, literal, n) == 0
			: literal_stands_at(text.p + start, literal, n, l->nocase);
}

static inline bool ends_with(struct view text, ptrdiff_t end, unsigned char last)
{
	return end > 0 && (size_t)end <= text.n && (unsigned char)text.p[end - 1] == last;
}

static void verify(const struct prefilter_scan *s, const struct prefilter *p, struct view text, ptrdiff_t at,
	uint32_t bucket, uint64_t eight)
{
	const struct prefilter_entry *e = &p->entries[p->starts[bucket]], *end = &p->entries[p->starts[bucket + 1]];

	for (; e < end; e++) {
		const struct prefilter_literal *l = &p->literals[e->literal];
		ptrdiff_t start = at - e->offset;
		const char *literal;

		if ((eight ^ e->value) & e->mask || (e->last && !ends_with(text, start + e->length, e->last)))
			continue;
		literal = p->text + l->text;
		if (!e->whole && !stands_at(l, literal, text, start))
			continue;
		s->found(s->context, p, e->literal, (size_t)(start + (*literal == '\n')));
	}
}

static inline void look_at(
	const struct prefilter_scan *s, struct view text, ptrdiff_t at, uint32_t bucket, uint64_t eight)
{
	for (size_t i = 0; i < s->table_count; i++)
		verify(s, s->tables[i], text, at, bucket, eight);
}

static void probe_at_edge(const struct prefilter_scan *s, struct view text, ptrdiff_t at)
{
	uint64_t eight = load_at_edge(text, at);

	uint32_t hash = prefilter_hash((uint32_t)(eight >> (8 * PREFILTER_BEFORE)));

	if (is_set(s->bitmap, hash))
		look_at(s, text, at, prefilter_bucket(hash), eight);
}

/* Where windows stand that may be known, in n bytes (a multiple of STEP) of which two more can be read. */
static size_t gather_each(const uint64_t *bitmap, const char *p, size_t n, uint16_t *ret)
{
	size_t count = 0;

	for (size_t at = 0; at < n; at += STEP) {
		for (unsigned i = 0; i < STEP; i += 2) {
			ret[count] = (uint16_t)(at + i);
			count += is_set(bitmap, prefilter_hash(load(p + at + i)));
		}
	}
	return count;
}

#ifdef __x86_64__
#define WIDE __attribute__((target("avx512f,avx512vl,avx512bw,popcnt")))

/* The same, sixteen windows at a time: what is left of 32 bytes. */
WIDE static size_t gather_wide(const uint64_t *bitmap, const char *p, size_t n, uint16_t *ret)
{
	const __m512i even = _mm512_set_epi32(30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
	size_t count = 0, at = 0;

	for (; at + 32 <= n; at += 32) {
		__m256i a = _mm256_loadu_si256((const void *)(p + at));
		__m256i b = _mm256_loadu_si256((const void *)(p + at + 2));
		__m256i low = _mm256_unpacklo_epi32(a, b), high = _mm256_unpackhi_epi32(a, b);
		__m512i window = _mm512_inserti64x4(_mm512_castsi256_si512(_mm256_permute2x128_si256(low, high, 0x20)),
			_mm256_permute2x128_si256(low, high, 0x31), 1);
		__m512i hash = _mm512_srli_epi32(
			_mm512_mullo_epi32(_mm512_and_si512(window, _mm512_set1_epi32(PREFILTER_SEEN)),
				_mm512_set1_epi32((int)PREFILTER_FACTOR)),
			32 - PREFILTER_BITS);
		__m512i word = _mm512_i32gather_epi32(_mm512_srli_epi32(hash, 5), bitmap, 4);
		__m512i bit = _mm512_sllv_epi32(_mm512_set1_epi32(1), _mm512_and_si512(hash, _mm512_set1_epi32(31)));
		__mmask16 hits = _mm512_test_epi32_mask(word, bit);
		__m512i places = _mm512_add_epi32(_mm512_set1_epi32((int)at), even);

		_mm256_storeu_si256(
			(void *)(ret + count), _mm512_cvtepi32_epi16(_mm512_maskz_compress_epi32(hits, places)));
		count += (unsigned)__builtin_popcount(hits);
	}
	n = gather_each(bitmap, p + at, n - at, ret + count);
	for (size_t i = 0; i < n; i++)
		ret[count + i] = (uint16_t)(ret[count + i] + at);
	return count + n;
}

static bool has_wide(void)
{
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
	       __builtin_cpu_supports("avx512bw");
}

static size_t gather(const struct prefilter_scan *s, const char *p, size_t n, uint16_t *ret)
{
	return !s->portable && has_wide() ? gather_wide(s->bitmap, p, n, ret) : gather_each(s->bitmap, p, n, ret);
}
#else
static size_t gather(const struct prefilter_scan *s, const char *p, size_t n, uint16_t *ret)
{
	return gather_each(s->bitmap, p, n, ret);
}
#endif

/* Leaves those of the hits around which stands what may stand there, and notes their buckets. */
static size_t sift(const uint64_t *sides, const char *p, uint16_t *hits, uint16_t *buckets, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t eight = load_eight(p + hits[i] - PREFILTER_BEFORE);
		uint32_t bucket = prefilter_bucket(prefilter_hash((uint32_t)(eight >> (8 * PREFILTER_BEFORE))));

		hits[count] = hits[i];
		buckets[count] = (uint16_t)bucket;
		count += prefilter_sides(sides[bucket], eight);
	}
	return count;
}

void prefilter_scan(const struct prefilter_scan *s, struct view text)
{
	uint16_t hits[PIECE / 2 + 16], buckets[PIECE / 2 + 16];
	size_t at = 0, behind = 8 - PREFILTER_BEFORE;

	for (probe_at_edge(s, text, -2); at < PREFILTER_BEFORE && at < text.n; at += 2)
		probe_at_edge(s, text, (ptrdiff_t)at);
	while (at + STEP + behind <= text.n) {
		size_t n = (text.n - at - behind) / STEP * STEP, count;

		n = n < PIECE ? n : PIECE;
		count = gather(s, text.p + at, n, hits);
		count = sift(s->sides, text.p + at, hits, buckets, count);
		for (size_t i = 0; i < count; i++) {
			size_t hit = at + hits[i];

			look_at(s, text, (ptrdiff_t)hit, buckets[i], load_eight(text.p + hit - PREFILTER_BEFORE));
		}
		at += n;
	}
	for (; at < text.n; at += 2)
		probe_at_edge(s, text, (ptrdiff_t)at);
}
