#include "attest/claim_internal.h"

bool claim_hex_ok(struct view v, size_t digits)
{
	for (size_t i = 0; i < v.n; i++)
		if (!strchr("0123456789abcdef", v.p[i]) || !v.p[i])
			return false;
	return v.n == digits;
}

bool claim_object_ok(struct view v)
{
	return claim_hex_ok(v, 40) || claim_hex_ok(v, 64);
}

bool claim_digest_ok(struct view v)
{
	return view_starts(v, CLAIM_DIGEST_PREFIX) && claim_hex_ok(view_from(v, strlen(CLAIM_DIGEST_PREFIX)), 64);
}

static bool is_ascii_letter(uint32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool repository_part_ok(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!is_ascii_letter((unsigned char)v.p[i]) && !(v.p[i] >= '0' && v.p[i] <= '9') && v.p[i] != '-' &&
			v.p[i] != '_' && v.p[i] != '.')
			return false;
	return v.n > 0 && v.n <= 100 && !view_is(v, ".") && !view_is(v, "..");
}

bool claim_repository_ok(struct view v)
{
	size_t slash = view_find_char(v, '/');

	return slash != VIEW_NONE && repository_part_ok(view_sub(v, 0, slash)) &&
	       repository_part_ok(view_from(v, slash + 1));
}

/* Characters that show nothing, turn the text around, or are another form of an ASCII one. */
static bool is_deceptive(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0, 0x1f}, {0x7f, 0xa0}, {0xad, 0xad}, {0x34f, 0x34f}, {0x61c, 0x61c}, {0x115f, 0x1160},
		{0x17b4, 0x17b5}, {0x180b, 0x180f}, {0x2000, 0x200f},
		{0x2024, 0x202f},                   /* one dot leader, separators, embeddings */
		{0x2044, 0x2044},                   /* fraction slash */
		{0x205f, 0x206f}, {0x2100, 0x214f}, /* letterlike: the Kelvin sign */
		{0x2215, 0x2215}, {0x2400, 0x24ff}, /* control pictures, enclosed */
		{0x3000, 0x3000}, {0x3164, 0x3164}, {0xfe00, 0xfe0f}, {0xfe50, 0xfe6f}, {0xfeff, 0xfeff},
		{0xff00, 0xffef},                        /* full width */
		{0x1d400, 0x1d7ff}, {0xe0000, 0x10ffff}, /* tags, private use */
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return true;
	return false;
}

enum script { SCRIPT_NONE = 0, SCRIPT_LATIN = 1, SCRIPT_LOOKALIKE = 2 };

/* The alphabets that have letters which look like Latin ones: Greek, Cyrillic, Armenian, Cherokee, Lisu, Coptic. */
static enum script script_of(uint32_t c)
{
	if (is_ascii_letter(c) || (c >= 0xc0 && c <= 0x24f))
		return SCRIPT_LATIN;
	if ((c >= 0x250 && c <= 0x2af) || (c >= 0x370 && c <= 0x58f) || (c >= 0x13a0 && c <= 0x13ff) ||
		(c >= 0x1c80 && c <= 0x1c8f) || (c >= 0x1f00 && c <= 0x1fff) || (c >= 0x2c80 && c <= 0x2cff) ||
		(c >= 0x2de0 && c <= 0x2dff) || (c >= 0xa4d0 && c <= 0xa4ff) || (c >= 0xa640 && c <= 0xa69f))
		return SCRIPT_LOOKALIKE;
	return SCRIPT_NONE;
}

bool claim_name_ok(struct view v)
{
	unsigned scripts = 0;
	uint32_t c;

	for (size_t n; v.n; v = view_from(v, n)) {
		n = view_utf8(v, &c);
		if (n == 0 || is_deceptive(c))
			return false;
		if (c < 0x80 && !is_ascii_letter(c))
			scripts = 0; /* another word */
		scripts |= script_of(c);
		if (scripts == (SCRIPT_LATIN | SCRIPT_LOOKALIKE))
			return false;
	}
	return true;
}
