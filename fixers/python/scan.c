#include "fixers/python/scan.h"

#include <string.h>

struct scan {
	struct py *py;
	size_t at;
	uint32_t depth, line;
	bool broken;
};

bool py_is_name(char c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (unsigned char)c >= 0x80;
}

static char at(const struct scan *s, size_t i)
{
	return i < s->py->text.n ? s->py->text.p[i] : 0;
}

static void mark(struct scan *s, size_t to, enum py_kind kind)
{
	for (; s->at < to && s->at < s->py->text.n; s->at++) {
		s->py->kind[s->at] = (char)kind;
		if (at(s, s->at) == '\n') {
			s->py->depth[++s->line] = s->depth;
			s->py->joined[s->line] = s->depth > 0 || (kind == PY_STRING && s->at + 1 < to);
		}
	}
}

/* Length of a string prefix such as rb in front of a quote; VIEW_NONE when no string begins here. */
static size_t prefix_length(const struct scan *s)
{
	size_t n = 0;

	if (s->at > 0 && py_is_name(at(s, s->at - 1)))
		return VIEW_NONE;
	while (n < 3 && at(s, s->at + n) && strchr("rRbBuUfFtT", at(s, s->at + n)))
		n++;
	return at(s, s->at + n) == '"' || at(s, s->at + n) == '\'' ? n : VIEW_NONE;
}

static void string(struct scan *s, size_t prefix)
{
	size_t i = s->at + prefix;
	char quote = at(s, i);
	bool triple = at(s, i + 1) == quote && at(s, i + 2) == quote;

	for (i += triple ? 3 : 1; i < s->py->text.n; i++) {
		char c = at(s, i);

		if (c == '\\') {
			i++;
		} else if (c == quote && (!triple || (at(s, i + 1) == quote && at(s, i + 2) == quote))) {
			mark(s, i + (triple ? 3 : 1), PY_STRING);
			return;
		} else if (c == '\n' && !triple) {
			break;
		}
	}
	s->broken = true;
	mark(s, i, PY_STRING);
}

static void code(struct scan *s)
{
	char c = at(s, s->at);

	if (strchr("([{", c))
		s->depth++;
	else if (strchr(")]}", c) && s->depth-- == 0)
		s->broken = true, s->depth = 0;
	mark(s, s->at + 1, PY_CODE);
	if (c == '\n' && s->at >= 2 && s->depth == 0)
		s->py->joined[s->line] = at(s, s->at - 2) == '\\' ||
					 (s->at >= 3 && at(s, s->at - 2) == '\r' && at(s, s->at - 3) == '\\');
}

void py_scan(struct py *ret, struct view text, struct arena *a)
{
	struct scan s = {.py = ret};
	uint32_t lines = 1;

	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	*ret = (struct py){.text = text, .line_count = lines};
	ret->kind = arena_array(a, text.n + 1, 1);
	ret->depth = arena_array(a, lines + 1, sizeof(*ret->depth));
	ret->joined = arena_array(a, lines + 1, sizeof(*ret->joined));
	while (s.at < text.n && !s.broken) {
		size_t prefix = prefix_length(&s);
		size_t end = s.at;

		if (prefix != VIEW_NONE) {
			string(&s, prefix);
		} else if (at(&s, s.at) == '#') {
			while (end < text.n && text.p[end] != '\n')
				end++;
			mark(&s, end, PY_COMMENT);
		} else {
			code(&s);
		}
	}
	ret->valid = !s.broken && s.depth == 0;
}

/* ---- uses of a name ----------------------------------------------------------------------------- */

static bool name_at(const struct py *p, size_t i, struct view name)
{
	if (i + name.n > p->text.n || memcmp(p->text.p + i, name.p, name.n) != 0)
		return false;
	if (i > 0 && py_is_name(p->text.p[i - 1]))
		return false;
	return i + name.n == p->text.n || !py_is_name(p->text.p[i + name.n]);
}

static bool is_attribute(const struct py *p, size_t i)
{
	while (i > 0 && (p->text.p[i - 1] == ' ' || p->text.p[i - 1] == '\t'))
		i--;
	return i > 0 && p->text.p[i - 1] == '.';
}

static struct view line_around(const struct py *p, size_t i)
{
	size_t start = i, end = i;

	while (start > 0 && p->text.p[start - 1] != '\n')
		start--;
	while (end < p->text.n && p->text.p[end] != '\n')
		end++;
	return view_sub(p->text, start, end - start);
}

/* Within an import statement: its first line begins with import or from, as far as joined lines tell. */
static bool in_import(const struct py *p, size_t i)
{
	uint32_t line = 0;
	size_t start = 0;
	struct view first;

	for (size_t k = 0; k < i; k++)
		if (p->text.p[k] == '\n' && !p->joined[++line])
			start = k + 1;
	first = view_trim(line_around(p, start));
	return view_starts(first, "import ") || view_starts(first, "from ");
}

bool py_uses(const struct py *p, struct view name, size_t from, size_t to)
{
	for (size_t i = 0; i + name.n <= p->text.n; i++) {
		if (i >= from && i < to)
			continue;
		if (p->kind[i] == PY_CODE && name_at(p, i, name) && !is_attribute(p, i) && !in_import(p, i))
			return true;
	}
	return false;
}

static bool counts(const struct py *p, size_t i, struct view name)
{
	struct view line = view_trim(line_around(p, i));
	char before = i > 0 ? p->text.p[i - 1] : 0, behind = i + name.n < p->text.n ? p->text.p[i + name.n] : 0;

	if (p->kind[i] == PY_COMMENT)
		return view_has(line, "type:");
	if (view_starts(line, ">>>") || view_starts(line, "..."))
		return true;
	return (before == '\'' || before == '"') && behind == before;
}

bool py_mentions(const struct py *p, struct view name)
{
	for (size_t i = 0; i + name.n <= p->text.n; i++)
		if (p->kind[i] != PY_CODE && name_at(p, i, name) && counts(p, i, name))
			return true;
	return false;
}
