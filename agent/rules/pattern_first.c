#include "rules/pattern.h"

#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define ANY ((struct pattern_first){{UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX}})
#define BAD_BYTE '\x1a' /* as in pattern.c */

static void set(struct pattern_first *f, unsigned byte)
{
	f->bits[byte >> 6] |= UINT64_C(1) << (byte & 63);
}

/* The place behind a class, `text` being at its '['. */
static const char *skip_class(const char *text)
{
	text += text[1] == '^' ? 2 : 1;
	text += *text == ']';
	for (; *text && *text != ']'; text++)
		text += *text == '\\' && text[1];
	return text;
}

/* Does a '|' stand outside of all groups? Also said of what is not understood. */
static bool has_branches(const char *text)
{
	unsigned depth = 0;

	for (; *text; text++) {
		if (*text == '\\' && (text[1] == 'Q' || !text[1]))
			return true;
		if (*text == '\\')
			text++;
		else if (*text == '[')
			text = skip_class(text);
		else if (*text == '|' && depth == 0)
			return true;
		depth += *text == '(';
		depth -= *text == ')' && depth;
		if (!*text)
			return true;
	}
	return false;
}

static struct pattern_first read_first(const pcre2_code *code, bool nocase)
{
	struct pattern_first ret = {{0}};
	const uint8_t *bitmap = NULL;
	uint32_t type = 0, unit = 0, empty = 1;

	pcre2_pattern_info(code, PCRE2_INFO_MATCHEMPTY, &empty);
	pcre2_pattern_info(code, PCRE2_INFO_FIRSTCODETYPE, &type);
	pcre2_pattern_info(code, PCRE2_INFO_FIRSTCODEUNIT, &unit);
	pcre2_pattern_info(code, PCRE2_INFO_FIRSTBITMAP, &bitmap);
	if (empty || (type != 1 && !bitmap) || (type == 1 && nocase && unit >= 0x80))
		return ANY;
	for (unsigned i = 0; i < 256 && type != 1; i++)
		if (bitmap[i / 8] >> (i % 8) & 1)
			set(&ret, i);
	if (type == 1)
		set(&ret, unit);
	/* PCRE2 does not tell whether it means both cases. */
	if (type == 1 && ((unit | 0x20) >= 'a' && (unit | 0x20) <= 'z'))
		set(&ret, unit ^ 0x20);
	/* Any other byte than ASCII may be a bad one, for which BAD_BYTE stands. */
	if (ret.bits[0] >> BAD_BYTE & 1)
		ret.bits[2] = ret.bits[3] = UINT64_MAX;
	return ret;
}

/* PCRE2 does not tell for anchored patterns: it is asked of what stands behind the '^'. */
struct pattern_first pattern_first(const char *text, bool nocase)
{
	struct pattern_first ret = ANY;
	pcre2_code *code;
	PCRE2_SIZE offset;
	bool ascii = true;
	int error;

	for (const char *p = text; *p; p++)
		ascii = ascii && !(*p & 0x80);
	if (*text != '^' || (text[1] && strchr("*+?{", text[1])) || has_branches(text + 1))
		return ret;
	code = pcre2_compile((PCRE2_SPTR)text + 1, PCRE2_ZERO_TERMINATED,
		PCRE2_DUPNAMES | (nocase ? PCRE2_CASELESS : 0) | (nocase && ascii ? 0 : PCRE2_UTF), &error, &offset,
		NULL);
	if (code)
		ret = read_first(code, nocase);
	pcre2_code_free(code);
	return ret;
}
