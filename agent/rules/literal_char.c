#include "rules/literal_parser.h"

#include <string.h>

#define CLASS_MAX 4 /* characters, besides digits */

/* ---- characters ------------------------------------------------------------------------------ */

/* One character of literal text, as UTF-8. */
static void part_character(const struct parser *p, struct part *t, const char *c, size_t n)
{
	unsigned char first = (unsigned char)*c;
	bool folds = p->utf_nocase && (n > 1 || strchr("kKsS", first));
	char lower = p->nocase && first >= 'A' && first <= 'Z' ? (char)(first | 0x20) : *c;

	if (first < ' ' && first != '\t')
		part_unknown(t);
	else if (folds || (p->no_letters && (n > 1 || is_letter(first))))
		part_unknown(t);
	else
		part_exact(t, n == 1 ? &lower : c, n);
}

void literal_read_character(struct parser *p, struct part *t)
{
	uint32_t code;
	size_t n = view_utf8(p->rest, &code);

	part_unknown(t);
	if (n == 0) {
		p->failed = true;
		return;
	}
	part_character(p, t, p->rest.p, n);
	skip(p, n);
}

static int hex_digit(int c)
{
	return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

void literal_skip_braces(struct parser *p)
{
	static const char pairs[][2] = {{'{', '}'}, {'<', '>'}, {'\'', '\''}};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		size_t end;

		if (peek(p, 0) != pairs[i][0])
			continue;
		end = view_find_char(view_from(p->rest, 1), pairs[i][1]);
		skip(p, end == VIEW_NONE ? p->rest.n : end + 2);
		return;
	}
}

/* Behind "\x". */
static void read_hex(struct parser *p, struct part *t)
{
	unsigned code = 0;
	char c;

	if (peek(p, 0) == '{') {
		literal_skip_braces(p);
		part_unknown(t);
		return;
	}
	for (int i = 0; i < 2 && hex_digit(peek(p, 0)) >= 0; i++) {
		code = code * 16 + (unsigned)hex_digit(peek(p, 0));
		skip(p, 1);
	}
	c = (char)code;
	if (code < 0x80)
		part_character(p, t, &c, 1);
	else
		part_unknown(t);
}

/* Behind a backslash, at a letter or digit. */
static void read_escape_letter(struct parser *p, struct part *t)
{
	int c = peek(p, 0);

	skip(p, 1);
	part_unknown(t);
	if (c == 'E' || c == 'Q') {
		p->failed = true; /* invisible to a quantifier that follows */
		return;
	}
	if (is_digit(c)) {
		while (is_digit(peek(p, 0)))
			skip(p, 1);
		return;
	}
	switch (c) {
	case 'A':
		part_exact(t, &(char){LITERAL_START}, 1);
		break;
	case 'b':
	case 'B':
	case 'G':
	case 'K':
	case 'Z':
	case 'z':
		part_exact(t, "", 0);
		break;
	case 'd':
		part_exact(t, &(char){LITERAL_DIGIT}, 1);
		break;
	case 't':
		part_exact(t, "\t", 1);
		break;
	case 'x':
		read_hex(p, t);
		break;
	case 'c':
		skip(p, 1);
		break;
	case 'p':
	case 'P':
	case 'g':
		/* "\pL", "\g1", "\g-1", "\g{name}" */
		if (peek(p, 0) != '{' && peek(p, 0) != '<' && peek(p, 0) != '\'')
			skip(p, peek(p, 0) == '-' || peek(p, 0) == '+' || peek(p, 0) == '^' ? 2 : 1);
		while (c == 'g' && is_digit(peek(p, 0)))
			skip(p, 1);
		literal_skip_braces(p);
		break;
	case 'k':
	case 'o':
	case 'N':
		literal_skip_braces(p);
		break;
	}
}

/* At a backslash. */
void literal_read_escape(struct parser *p, struct part *t)
{
	skip(p, 1);
	if (is_letter(peek(p, 0)) || is_digit(peek(p, 0)))
		read_escape_letter(p, t);
	else
		literal_read_character(p, t);
}

/* ---- classes --------------------------------------------------------------------------------- */

/* "[:alpha:]" and the like, at its '['. */
static bool skip_posix(struct parser *p)
{
	size_t i = 2;

	if (peek(p, 1) != ':')
		return false;
	while (is_letter(peek(p, i)) || peek(p, i) == '^')
		i++;
	if (peek(p, i) != ':' || peek(p, i + 1) != ']')
		return false;
	skip(p, i + 2);
	return true;
}

/* One member; *t is unknown when it stands for more than one character. */
static void read_member(struct parser *p, struct part *t)
{
	if (peek(p, 0) == '[' && skip_posix(p)) {
		part_unknown(t);
	} else if (peek(p, 0) == '\\') {
		/* Quoting inside a class: nobody writes it. */
		p->failed = p->failed || peek(p, 1) == 'Q' || peek(p, 1) == 'E';
		literal_read_escape(p, t);
		/* \b is a backspace here, the others of no width are errors. */
		if (t->exact && (t->all.items[0].n == 0 || t->all.items[0].p[0] == LITERAL_START))
			part_unknown(t);
	} else {
		literal_read_character(p, t);
	}
}

static bool is_one_digit(const struct part *t)
{
	return t->exact && t->all.items[0].n == 1 && is_digit(t->all.items[0].p[0]);
}

/* Behind a member and "-": what matters is only whether all are digits. */
static void read_range(struct parser *p, struct part *t)
{
	struct part last;

	read_member(p, &last);
	if (!p->failed && is_one_digit(t) && is_one_digit(&last))
		part_exact(t, &(char){LITERAL_DIGIT}, 1);
	else
		part_unknown(t);
}

/* "[Ee]", "[.]" and "[1-9]" are text; a class with many members or a negation is not. */
void literal_read_class(struct parser *p, struct part *t)
{
	bool known, first = true;
	struct part member;

	skip(p, 1);
	known = !take(p, '^');
	part_exact(t, "", 0);
	t->all.count = 0;
	while (p->rest.n && (first || peek(p, 0) != ']') && !p->failed) {
		read_member(p, &member);
		if (!p->failed && peek(p, 0) == '-' && peek(p, 1) != ']') {
			skip(p, 1);
			read_range(p, &member);
		}
		known = known && !p->failed && member.exact && t->all.count < CLASS_MAX &&
			literal_set_merge(&t->all, &member.all);
		first = false;
	}
	skip(p, 1);
	if (!known || t->all.count == 0)
		part_unknown(t);
}
