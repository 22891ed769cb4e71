#include "fixers/words.h"

#include <string.h>

bool words_letter(char c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool words_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_part(char c)
{
	return words_letter(c) || words_digit(c) || (unsigned char)c >= 0x80;
}

bool words_at(struct view text, size_t at, struct view word)
{
	if (word.n == 0 || at > text.n || word.n > text.n - at || memcmp(text.p + at, word.p, word.n) != 0)
		return false;
	return (at == 0 || !is_part(text.p[at - 1])) && (at + word.n == text.n || !is_part(text.p[at + word.n]));
}

size_t words_only(struct view text, struct view word)
{
	size_t found = VIEW_NONE;

	for (size_t i = 0; i + word.n <= text.n; i++) {
		if (!words_at(text, i, word))
			continue;
		if (found != VIEW_NONE)
			return VIEW_NONE;
		found = i;
	}
	return found;
}

bool words_quoted(struct view text, struct view *ret)
{
	static const struct {
		const char *open, *close;
	} quotes[] = {{"\xe2\x80\x98", "\xe2\x80\x99"}, {"'", "'"}, {"`", "`"}, {"\"", "\""}, {"`", "'"}};
	size_t best = VIEW_NONE;

	for (size_t i = 0; i < sizeof(quotes) / sizeof(*quotes); i++) {
		size_t from = view_find(text, quotes[i].open), to;
		struct view inside;

		if (from == VIEW_NONE || from >= best)
			continue;
		inside = view_from(text, from + strlen(quotes[i].open));
		to = view_find(inside, quotes[i].close);
		if (to == VIEW_NONE)
			continue;
		best = from;
		*ret = view_sub(inside, 0, to);
	}
	return best != VIEW_NONE;
}

struct view words_code(struct view line)
{
	char quote = 0;

	for (size_t i = 0; i + 1 < line.n; i++) {
		char c = line.p[i];

		if (quote && c == '\\')
			i++;
		else if (quote ? c == quote : c == '"' || c == '\'')
			quote = quote ? 0 : c;
		else if (!quote && c == '/' && (line.p[i + 1] == '/' || line.p[i + 1] == '*'))
			return view_trim_right(view_sub(line, 0, i));
	}
	return view_trim_right(line);
}

size_t words_indent(struct view line)
{
	size_t n = 0;

	while (n < line.n && (line.p[n] == ' ' || line.p[n] == '\t'))
		n++;
	return n;
}

size_t words_blanks(struct view line)
{
	size_t n = 0;

	while (n < line.n && line.p[n] == ' ')
		n++;
	return n;
}
