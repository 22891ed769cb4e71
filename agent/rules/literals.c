#include "rules/literals.h"

#include "rules/literal_parser.h"

/* ---- quantifiers ----------------------------------------------------------------------------- */

/* "{2}", "{2,}", "{2,3}", "{,3}": its length, or 0. */
static size_t count_length(const struct parser *p, bool *ret_optional)
{
	size_t i = 1;
	bool digits = false;

	*ret_optional = true;
	while (is_digit(peek(p, i)) || peek(p, i) == ' ' || peek(p, i) == ',') {
		if (peek(p, i) == ',')
			break;
		digits = digits || is_digit(peek(p, i));
		*ret_optional = *ret_optional && (peek(p, i) == '0' || peek(p, i) == ' ');
		i++;
	}
	for (; is_digit(peek(p, i)) || peek(p, i) == ' ' || peek(p, i) == ','; i++)
		digits = digits || is_digit(peek(p, i));
	return peek(p, i) == '}' && digits ? i + 1 : 0;
}

static struct quantifier read_quantifier(struct parser *p)
{
	struct quantifier q = {.none = true};

	for (;;) {
		int c = peek(p, 0);
		bool optional = c == '*' || c == '?';
		size_t n = c == '*' || c == '?' || c == '+' ? 1 : c == '{' ? count_length(p, &optional) : 0;

		if (n == 0)
			return q;
		q.none = false;
		q.optional = q.optional || optional;
		q.repeated = q.repeated || c != '?';
		skip(p, n);
		if (!take(p, '?'))
			take(p, '+');
	}
}

/* ---- groups ---------------------------------------------------------------------------------- */

static void read_alternatives(struct parser *p, unsigned depth, struct part *ret);

/* At the '(' of a group whose content says nothing. */
static void skip_group(struct parser *p)
{
	unsigned open = 0;
	struct part ignored;

	do {
		int c = peek(p, 0);

		p->failed = p->failed || view_starts(p->rest, "\\Q") || view_starts(p->rest, "(?#");
		if (c == '\\')
			literal_read_escape(p, &ignored);
		else if (c == '[')
			literal_read_class(p, &ignored);
		else
			skip(p, 1);
		open += c == '(';
		open -= c == ')';
	} while (open && p->rest.n && !p->failed);
	p->failed = p->failed || open;
}

/* "(?i)", "(?i-m:": true when a group's content follows. */
static bool read_options(struct parser *p)
{
	bool off = false;

	for (; p->rest.n && peek(p, 0) != ')' && peek(p, 0) != ':'; skip(p, 1)) {
		int c = peek(p, 0);

		off = off || c == '-';
		p->no_letters = p->no_letters || (c == 'i' && !off);
		p->failed = p->failed || (c == 'x' && !off) || (!is_letter(c) && c != '-' && c != '^');
	}
	skip(p, 1);
	return p->rest.n && p->rest.p[-1] == ':';
}

static bool has_prefix(const struct parser *p, const char *const *prefixes)
{
	for (; *prefixes; prefixes++)
		if (view_starts(p->rest, *prefixes))
			return true;
	return false;
}

static void read_content(struct parser *p, unsigned depth, struct part *t)
{
	read_alternatives(p, depth + 1, t);
	if (!take(p, ')'))
		p->failed = true;
}

/* "(?<name>", "(?P<name>", "(?'name'" */
static void read_named(struct parser *p, unsigned depth, struct part *t)
{
	skip(p, peek(p, 2) == 'P' ? 3 : 2);
	literal_skip_braces(p);
	read_content(p, depth, t);
}

/* At a '('. */
static void read_group(struct parser *p, unsigned depth, struct part *t)
{
	static const char *const refused[] = {"(*", "(?C", "(?#", NULL};
	static const char *const no_width[] = {"(?=", "(?!", "(?<=", "(?<!", "(?*", "(?<*", NULL};
	static const char *const named[] = {"(?<", "(?P<", "(?'", NULL};
	static const char *const plain[] = {"(?:", "(?|", "(?>", NULL};
	static const char *const skipped[] = {"(?(", "(?R", "(?&", "(?P", "(?0", "(?1", "(?2", "(?3", "(?4", "(?5",
		"(?6", "(?7", "(?8", "(?9", "(?+", "(?-1", "(?-2", "(?-3", NULL};

	part_unknown(t);
	/* Verbs can end a match early; a quantifier behind a comment belongs to what stands before it. */
	if (has_prefix(p, refused)) {
		p->failed = true;
	} else if (has_prefix(p, no_width)) {
		skip_group(p);
		part_exact(t, "", 0);
	} else if (has_prefix(p, named)) {
		read_named(p, depth, t);
	} else if (has_prefix(p, skipped)) {
		skip_group(p);
	} else if (has_prefix(p, plain)) {
		skip(p, 3);
		read_content(p, depth, t);
	} else if (view_starts(p->rest, "(?")) {
		skip(p, 2);
		if (read_options(p))
			read_content(p, depth, t);
		else
			part_exact(t, "", 0);
	} else {
		skip(p, 1);
		read_content(p, depth, t);
	}
}

/* ---- sequences ------------------------------------------------------------------------------- */

static void read_quoted(struct parser *p, struct sequence *s)
{
	struct part t;

	for (skip(p, 2); p->rest.n && !view_starts(p->rest, "\\E") && !p->failed;) {
		literal_read_character(p, &t);
		/* A quantifier behind \E would belong to the last character. */
		if (view_starts(p->rest, "\\E")) {
			skip(p, 2);
			if (!p->failed)
				sequence_join_quantified(s, &t, read_quantifier(p));
			return;
		}
		if (!p->failed)
			sequence_join(s, &t);
	}
}

static void read_atom(struct parser *p, unsigned depth, struct part *t)
{
	switch (peek(p, 0)) {
	case '(':
		read_group(p, depth, t);
		break;
	case '[':
		literal_read_class(p, t);
		break;
	case '\\':
		literal_read_escape(p, t);
		break;
	case '.':
		skip(p, 1);
		part_unknown(t);
		break;
	case '^':
		skip(p, 1);
		part_exact(t, &(char){LITERAL_START}, 1);
		break;
	case '$':
		skip(p, 1);
		part_exact(t, &(char){LITERAL_END}, 1);
		break;
	default:
		literal_read_character(p, t);
	}
}

/* One branch, up to '|' or ')'. */
static void read_sequence(struct parser *p, unsigned depth, struct part *ret)
{
	struct sequence s;
	struct part t;

	sequence_begin(&s);
	while (p->rest.n && peek(p, 0) != '|' && peek(p, 0) != ')' && !p->failed) {
		if (view_starts(p->rest, "\\Q")) {
			read_quoted(p, &s);
			continue;
		}
		read_atom(p, depth, &t);
		if (!p->failed)
			sequence_join_quantified(&s, &t, read_quantifier(p));
	}
	sequence_end(&s, ret);
}

static void read_alternatives(struct parser *p, unsigned depth, struct part *ret)
{
	struct part branch;

	if (depth > LITERALS_DEPTH)
		p->failed = true;
	if (p->failed)
		return;
	read_sequence(p, depth, ret);
	while (!p->failed && take(p, '|')) {
		read_sequence(p, depth, &branch);
		part_merge(ret, &branch);
	}
}

/* ---- outside --------------------------------------------------------------------------------- */

static bool is_ascii(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] >= 0x80)
			return false;
	return true;
}

struct literals literals_of(const char *pattern, bool nocase, struct arena *a)
{
	struct parser p = {.rest = view_of(pattern), .nocase = nocase};
	struct literals ret = {NULL, 0};
	struct literal_set best;
	struct part whole;
	const char **items;

	p.utf_nocase = nocase && !is_ascii(p.rest);
	read_alternatives(&p, 0, &whole);
	if (p.failed || p.rest.n || !whole.has_best || !literal_set_finish(&best, &whole.best))
		return ret;
	items = arena_array(a, best.count, sizeof(*items));
	for (unsigned i = 0; i < best.count; i++)
		items[i] = arena_view(a, view_make(best.items[i].p, best.items[i].n)).p;
	return (struct literals){items, best.count};
}

int literals_score(const char *const *items, size_t count)
{
	struct literal_set s = {.count = 0};

	for (size_t i = 0; i < count; i++) {
		struct view v = view_of(items[i]);

		literal_set_add(&s, v.p, v.n);
	}
	return literal_set_score(&s);
}

/* ---- looking for them ------------------------------------------------------------------------ */

bool literal_stands_at(const char *text, const char *literal, size_t n, bool nocase)
{
	for (size_t i = 0; i < n; i++) {
		char c = text[i];

		if (nocase && c >= 'A' && c <= 'Z')
			c = (char)(c | 0x20);
		if (c != literal[i] && (literal[i] != LITERAL_DIGIT || c < '0' || c > '9'))
			return false;
	}
	return true;
}

/* Is the literal, which may name the line's ends by '\n', in the line? */
static bool literal_in(struct view literal, bool nocase, struct view line)
{
	bool at_start = view_starts(literal, "\n"), at_end;

	literal = view_from(literal, at_start);
	at_end = view_ends(literal, "\n");
	literal = view_sub(literal, 0, literal.n - at_end);
	if (literal.n > line.n || (at_start && at_end && literal.n != line.n))
		return false;
	if (at_end)
		return literal_stands_at(line.p + line.n - literal.n, literal.p, literal.n, nocase);
	for (size_t i = 0; i <= (at_start ? 0 : line.n - literal.n); i++)
		if (literal_stands_at(line.p + i, literal.p, literal.n, nocase))
			return true;
	return false;
}

bool literals_in(const char *const *items, size_t count, bool nocase, struct view line)
{
	for (size_t i = 0; i < count; i++)
		if (literal_in(view_of(items[i]), nocase, line))
			return true;
	return false;
}
