#include "base/base64.h"

#include "base/mem.h"

#include <stdlib.h>

static const char standard[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char for_url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void add(struct buf *out, struct view v, const char *alphabet, bool padded)
{
	for (size_t i = 0; i < v.n; i += 3) {
		size_t have = v.n - i < 3 ? v.n - i : 3;
		uint32_t bits = (uint32_t)(unsigned char)v.p[i] << 16;
		char four[4];

		if (have > 1)
			bits |= (uint32_t)(unsigned char)v.p[i + 1] << 8;
		if (have > 2)
			bits |= (unsigned char)v.p[i + 2];
		for (unsigned k = 0; k < 4; k++)
			four[k] = k <= have ? alphabet[bits >> (18 - 6 * k) & 63] : '=';
		buf_add(out, four, padded ? 4 : have + 1);
	}
}

void base64_add(struct buf *out, struct view v)
{
	add(out, v, standard, true);
}

void base64_add_unpadded(struct buf *out, struct view v)
{
	add(out, v, standard, false);
}

void base64_add_url(struct buf *out, struct view v)
{
	add(out, v, for_url, false);
}

/* All ones where lo <= c <= hi. The text may be a private key: its characters choose no branch and no address. */
static unsigned within(unsigned c, unsigned lo, unsigned hi)
{
	return 0u - ((((lo - 1 - c) & (c - hi - 1)) >> 31) & 1u);
}

/* Six bits, or more than 63. */
static unsigned sextet(char character)
{
	unsigned c = (unsigned char)character;
	unsigned upper = within(c, 'A', 'Z'), lower = within(c, 'a', 'z'), digit = within(c, '0', '9');
	unsigned plus = within(c, '+', '+'), slash = within(c, '/', '/');

	return (upper & (c - 'A')) | (lower & (c - 'a' + 26)) | (digit & (c - '0' + 52)) | (plus & 62u) |
	       (slash & 63u) | (~(upper | lower | digit | plus | slash) & 64u);
}

size_t base64_decode(void *ret, struct view text)
{
	size_t padding = view_ends(text, "==") ? 2 : view_ends(text, "="), n = 0;
	unsigned char *out = ret;
	unsigned bad = 0;

	if (text.n % 4)
		return VIEW_NONE;
	for (size_t i = 0; i < text.n; i += 4) {
		size_t have = i + 4 == text.n ? 4 - padding : 4;
		uint32_t bits = 0;

		for (size_t k = 0; k < have; k++) {
			unsigned six = sextet(text.p[i + k]);

			bad |= six & 64u;
			bits |= (six & 63u) << (18 - 6 * k);
		}
		for (size_t k = 0; k + 1 < have; k++)
			out[n++] = (unsigned char)(bits >> (16 - 8 * k));
		bad |= have < 4 ? bits & (0xffffffu >> (8 * (have - 1))) & 0xffffffu : 0;
	}
	return bad ? VIEW_NONE : n;
}

bool base64_read(struct buf *ret, struct view text)
{
	MEM_AUTO char *bytes = mem_new(text.n / 4 * 3 + 1);
	size_t n = base64_decode(bytes, text);

	return n != VIEW_NONE && buf_add(ret, bytes, n);
}
