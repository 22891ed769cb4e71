/* literal_set.h - sets of short strings, for deriving literals from a pattern. Fixed size, by value. */
#ifndef RM_RULES_LITERAL_SET_H
#define RM_RULES_LITERAL_SET_H

#include "rules/literals.h"

/* Stand in a string for the start and the end of the line; become '\n' at the end. */
#define LITERAL_START '\x01'
#define LITERAL_END '\x02'

struct literal_text {
	unsigned char n;
	char p[LITERAL_MAX];
};

struct literal_set {
	unsigned count;
	struct literal_text items[LITERALS_MAX];
};

void literal_set_one(struct literal_set *s, const char *p, size_t n); /* n <= LITERAL_MAX */
bool literal_set_add(struct literal_set *s, const char *p, size_t n); /* false when it does not fit */
bool literal_set_merge(struct literal_set *s, const struct literal_set *other);
/* Every string of s followed by every string of `tail`; s stays as it is when the product does not fit, or would have
 * two digits in a row: their spellings are too many. */
bool literal_set_append(struct literal_set *s, const struct literal_set *tail);
/* A usable copy of s: markers resolved, no string that holds another one of the set. False when one is too short. */
bool literal_set_finish(struct literal_set *ret, const struct literal_set *s);
/* How seldom a line holds one of them; the larger, the better. */
int literal_set_score(const struct literal_set *s);

#endif
