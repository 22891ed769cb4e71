/* scan.h - 64 bytes at a time: where the lines end, and which bytes need a closer look.
 *
 * Most bytes of a log are plain text. Two bit masks per 64 bytes let the reader hop from newline to newline and
 * copy a line whole when no bit of `special` is set within it. */
#ifndef RM_LOG_SCAN_H
#define RM_LOG_SCAN_H

#include <endian.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

struct scan {
	uint64_t newline;
	/* Controls but LF, TAB and a CR right before LF; 0x9b (eight-bit CSI, or a part of UTF-8); and `extra`. */
	uint64_t special;
};

#define SCAN_BYTES 64
#define SCAN_CSI 0x9b

/* Bit 7 of each byte of x that is zero. */
static inline uint64_t scan_zeros(uint64_t x)
{
	const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);

	return ~(((x & low) + low) | x | low);
}

/* Bit 7 of the eight bytes, gathered into the low byte: the first byte gives bit 0. */
static inline uint64_t scan_gather(uint64_t x)
{
	return ((x >> 7) * UINT64_C(0x0102040810204080)) >> 56;
}

static inline struct scan scan_64_portable(const char *p, char extra)
{
	const uint64_t each = UINT64_C(0x0101010101010101);
	struct scan s = {0};
	uint64_t carriage = 0;

	for (unsigned i = 0; i < SCAN_BYTES; i += 8) {
		uint64_t x, lf, cr, odd;

		memcpy(&x, p + i, sizeof(x));
		x = le64toh(x);
		lf = scan_zeros(x ^ each * '\n');
		cr = scan_zeros(x ^ each * '\r');
		odd = (scan_zeros(x & each * 0xe0) & ~lf & ~scan_zeros(x ^ each * '\t')) |
		      scan_zeros(x ^ each * SCAN_CSI) | scan_zeros(x ^ each * (unsigned char)extra);
		s.newline |= scan_gather(lf) << i;
		s.special |= scan_gather(odd) << i;
		carriage |= scan_gather(cr) << i;
	}
	s.special &= ~(carriage & (s.newline >> 1));
	return s;
}

#ifdef __SSE2__
struct scan_masks {
	uint64_t newline, carriage, odd;
};

static inline void scan_16(const char *p, unsigned at, char extra, struct scan_masks *m)
{
	__m128i x = _mm_loadu_si128((const __m128i *)(const void *)(p + at));
	__m128i lf = _mm_cmpeq_epi8(x, _mm_set1_epi8('\n')), cr = _mm_cmpeq_epi8(x, _mm_set1_epi8('\r'));
	__m128i tab = _mm_cmpeq_epi8(x, _mm_set1_epi8('\t')), csi = _mm_cmpeq_epi8(x, _mm_set1_epi8((char)SCAN_CSI));
	__m128i control = _mm_cmpeq_epi8(_mm_min_epu8(x, _mm_set1_epi8(0x1f)), x);
	__m128i odd = _mm_or_si128(_mm_andnot_si128(_mm_or_si128(lf, tab), control),
		_mm_or_si128(csi, _mm_cmpeq_epi8(x, _mm_set1_epi8(extra))));

	m->newline |= (uint64_t)(unsigned)_mm_movemask_epi8(lf) << at;
	m->carriage |= (uint64_t)(unsigned)_mm_movemask_epi8(cr) << at;
	m->odd |= (uint64_t)(unsigned)_mm_movemask_epi8(odd) << at;
}

static inline struct scan scan_64(const char *p, char extra)
{
	struct scan_masks m = {0};

	scan_16(p, 0, extra, &m);
	scan_16(p, 16, extra, &m);
	scan_16(p, 32, extra, &m);
	scan_16(p, 48, extra, &m);
	return (struct scan){m.newline, m.odd & ~(m.carriage & (m.newline >> 1))};
}
#else
#define scan_64 scan_64_portable
#endif

#endif
