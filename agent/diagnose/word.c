#include "diagnose/word.h"

#include <string.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
	unsigned char low = (unsigned char)c | 0x20;
	return (low >= 'a' && low <= 'z') || is_digit(c) || c == '_' || (unsigned char)c >= 0x80;
}

static char small(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* "src/error.c", "--error", "errors.New", "a-error"; a full stop or dash at the end of a word is none of them. */
static bool named(struct view line, size_t start, size_t end)
{
	char before = start ? line.p[start - 1] : ' ', after = end < line.n ? line.p[end] : ' ';
	bool joined = end + 1 < line.n && is_word(line.p[end + 1]);
	return before == '/' || before == '\\' || before == '-' || before == '@' || before == '.' || after == '/' ||
	       after == '\\' || ((after == '.' || after == '-' || after == '=') && joined);
}

bool word_next(struct view line, size_t *at, struct word *ret)
{
	size_t start = *at;
	while (start < line.n && !is_word(line.p[start]))
		start++;
	size_t end = start;
	while (end < line.n && (is_word(line.p[end]) || (line.p[end] == '\'' && end > start && end + 1 < line.n &&
								is_word(line.p[end + 1]))))
		end++;
	*at = end;
	if (start == end)
		return false;
	ret->raw = view_sub(line, start, end - start);
	ret->in_name = named(line, start, end);
	size_t n = ret->raw.n < WORD_MAX - 1 ? ret->raw.n : WORD_MAX - 1;
	for (size_t i = 0; i < n; i++)
		ret->lower[i] = small(ret->raw.p[i]);
	ret->lower[n] = '\0';
	return true;
}

unsigned word_meaning(const struct word_entry *table, size_t n, const char *lower)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = strcmp(table[mid].word, lower);
		if (!order)
			return table[mid].meaning;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return 0;
}
