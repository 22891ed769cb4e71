#include "base/view.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

bool view_eq_nocase(struct view a, struct view b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

int view_cmp(struct view a, struct view b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

/* ---- looking for bytes ----------------------------------------------------------------------- */

/* Lines are short, and the C library of a static program is slow at this: 16 bytes at a time, by hand. */
#define LANES 16u

#ifdef __SSE2__
typedef __m128i lanes;

static inline lanes lanes_of(char c)
{
	return _mm_set1_epi8(c);
}

/* Bit i is set where byte i at p is the lanes' character. */
static inline unsigned same(const char *p, lanes c)
{
	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128((const void *)p), c));
}
#else
typedef char lanes;

static inline lanes lanes_of(char c)
{
	return c;
}

static inline unsigned same(const char *p, lanes c)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < LANES; i++)
		bits |= (unsigned)(p[i] == c) << i;
	return bits;
}
#endif

size_t view_find_char(struct view v, char c)
{
	const lanes want = lanes_of(c);
	size_t i = 0;

	for (; i + LANES <= v.n; i += LANES) {
		unsigned bits = same(v.p + i, want);

		if (bits)
			return i + (unsigned)__builtin_ctz(bits);
	}
	if (i < v.n && v.n >= LANES) { /* the last 16 once more */
		unsigned bits = same(v.p + v.n - LANES, want);

		return bits ? v.n - LANES + (unsigned)__builtin_ctz(bits) : VIEW_NONE;
	}
	for (; i < v.n; i++)
		if (v.p[i] == c)
			return i;
	return VIEW_NONE;
}

/* Places where both the first and the last byte of the needle stand are few. */
size_t view_find(struct view v, const char *needle)
{
	size_t n = strlen(needle), i = 0, places;
	lanes first, last;

	if (n < 2)
		return n ? view_find_char(v, *needle) : 0;
	if (v.n < n)
		return VIEW_NONE;
	places = v.n - n + 1;
	first = lanes_of(*needle);
	last = lanes_of(needle[n - 1]);
	for (; i + LANES <= places; i += LANES) {
		unsigned bits = same(v.p + i, first) & same(v.p + i + n - 1, last);

		for (; bits; bits &= bits - 1) {
			size_t at = i + (unsigned)__builtin_ctz(bits);

			if (memcmp(v.p + at, needle, n) == 0)
				return at;
		}
	}
	for (; i < places; i++)
		if (v.p[i] == *needle && v.p[i + n - 1] == needle[n - 1] && memcmp(v.p + i, needle, n) == 0)
			return i;
	return VIEW_NONE;
}

size_t view_find_last_char(struct view v, char c)
{
	const char *hit = v.n ? memrchr(v.p, c, v.n) : NULL;

	return hit ? (size_t)(hit - v.p) : VIEW_NONE;
}

bool view_has(struct view v, const char *needle)
{
	return view_find(v, needle) != VIEW_NONE;
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct view view_trim(struct view v)
{
	while (v.n && is_space(*v.p))
		v.p++, v.n--;
	return view_trim_right(v);
}

struct view view_trim_right(struct view v)
{
	while (v.n && is_space(v.p[v.n - 1]))
		v.n--;
	return v;
}

bool view_next(struct view *rest, char sep, struct view *ret_piece)
{
	size_t end;

	if (rest->n == 0)
		return false;
	end = view_find_char(*rest, sep);
	if (end == VIEW_NONE) {
		*ret_piece = *rest;
		*rest = view_from(*rest, rest->n);
	} else {
		*ret_piece = view_sub(*rest, 0, end);
		*rest = view_from(*rest, end + 1);
	}
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool view_word(struct view *rest, struct view *ret_word)
{
	struct view v = *rest;
	size_t end = 0;

	while (v.n && is_blank(*v.p))
		v.p++, v.n--;
	while (end < v.n && !is_blank(v.p[end]))
		end++;
	*rest = view_from(v, end);
	if (end == 0)
		return false;
	*ret_word = view_sub(v, 0, end);
	return true;
}

bool view_number(struct view v, uint64_t max, uint64_t *ret)
{
	uint64_t number = 0;

	if (v.n == 0)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		uint64_t digit = (uint64_t)(unsigned char)v.p[i] - '0';

		if (digit > 9 || number > max / 10 || number * 10 > max - digit || digit > max)
			return false;
		number = number * 10 + digit;
	}
	*ret = number;
	return true;
}

size_t view_utf8(struct view v, uint32_t *ret)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	unsigned char first = v.n ? (unsigned char)*v.p : 0xff;
	size_t n = first < 0x80 ? 1 : first >= 0xf8 ? 0 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0;
	uint32_t code = n == 1 ? first : first & (0x7fu >> n);

	if (n == 0 || n > v.n)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if (((unsigned char)v.p[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | ((unsigned char)v.p[i] & 0x3f);
	}
	if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret = code;
	return n;
}

struct view view_cut_utf8(struct view v, size_t n)
{
	size_t start = n;

	if (v.n <= n)
		return v;
	/* A character has at most three continuation bytes; more of them are garbage, cut anywhere. */
	while (start > 0 && n - start < 3 && ((unsigned char)v.p[start] & 0xc0) == 0x80)
		start--;
	return view_sub(v, 0, ((unsigned char)v.p[start] & 0xc0) == 0x80 ? n : start);
}

static unsigned least_of(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: insert, delete, replace, swap two neighbours. Three rows of the matrix suffice. */
unsigned view_distance(struct view a, struct view b, unsigned limit)
{
	unsigned rows[3][VIEW_DISTANCE_MAX + 1];
	unsigned *before = rows[0], *last = rows[1], *row = rows[2];

	if (a.n > VIEW_DISTANCE_MAX || b.n > VIEW_DISTANCE_MAX || (a.n > b.n ? a.n - b.n : b.n - a.n) > limit)
		return limit + 1;
	for (unsigned j = 0; j <= b.n; j++)
		last[j] = before[j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned *oldest = before, best = row[0] = i;

		for (unsigned j = 1; j <= b.n; j++) {
			unsigned cost = last[j - 1] + (a.p[i - 1] != b.p[j - 1]);

			cost = least_of(cost, least_of(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
				cost = least_of(cost, before[j - 2] + 1);
			row[j] = cost;
			best = least_of(best, cost);
		}
		/* A swap reaches two rows back, so one hopeless row is not yet the end. */
		if (best > limit + 1)
			return limit + 1;
		before = last;
		last = row;
		row = oldest;
	}
	return last[b.n] <= limit ? last[b.n] : limit + 1;
}
