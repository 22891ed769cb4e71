/* literal_parser.h - inside of literals_of(): a recursive descent over the syntax of PCRE2.
 *
 * What it does not know in every detail only ever breaks a run of literal text: a wrong guess may lose a literal, never
 * invent one. What could change the meaning of its surroundings fails the whole pattern. */
#ifndef RM_RULES_LITERAL_PARSER_H
#define RM_RULES_LITERAL_PARSER_H

#include "base/view.h"
#include "rules/literal_part.h"

struct parser {
	struct view rest;
	bool nocase;
	bool utf_nocase; /* letters fold to and from non-ASCII ones */
	bool no_letters; /* an inline (?i) was seen: case is not known from here on */
	bool failed;
};

static inline int peek(const struct parser *p, size_t ahead)
{
	return ahead < p->rest.n ? (unsigned char)p->rest.p[ahead] : -1;
}

static inline void skip(struct parser *p, size_t n)
{
	p->rest = view_from(p->rest, n);
}

static inline bool take(struct parser *p, char c)
{
	if (peek(p, 0) != (unsigned char)c)
		return false;
	skip(p, 1);
	return true;
}

static inline bool is_letter(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

/* literal_char.c: each takes one piece of syntax off the front of p->rest. */
void literal_read_character(struct parser *p, struct part *t);
void literal_read_escape(struct parser *p, struct part *t); /* at a backslash */
void literal_read_class(struct parser *p, struct part *t);  /* at a '[' */
void literal_skip_braces(struct parser *p);                 /* "{...}", "<...>", "'...'", or nothing */

#endif
