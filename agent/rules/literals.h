/* literals.h - what a line must hold for a pattern to match: the key to looking at few lines.
 *
 * From a PCRE2 pattern comes a set of literals of which every matching line holds at least one, chosen to be long and
 * rare; or nothing, when the pattern has no such set (`.*`, `a|\d`). Never a literal that is not required. A literal is
 * looked for in '\n' + line + '\n': one that begins or ends with '\n' stands at the start or end of the line.
 * LITERAL_DIGIT in it stands for any digit, so that `\.go:\d` is more than ".go:". */
#ifndef RM_RULES_LITERALS_H
#define RM_RULES_LITERALS_H

#include "base/arena.h"

#define LITERALS_MAX 32u /* of one rule */
#define LITERAL_DIGIT '\x03'
#define LITERAL_MIN 3u     /* without digits; shorter ones are not worth a lookup */
#define LITERAL_MAX 64u    /* longer ones are cut: a part of what is required is required */
#define LITERALS_DEPTH 16u /* nested groups */

struct literals {
	const char *const *items; /* in the arena */
	size_t count;             /* 0: none can be derived */
};
/* nocase: the literals are in lower case, and compare without regard to (ASCII) case. */
struct literals literals_of(const char *pattern, bool nocase, struct arena *a);
/* How seldom a line holds one of them; the larger, the better. */
int literals_score(const char *const *items, size_t count);
/* Do the n bytes at `text` spell the literal? */
bool literal_stands_at(const char *text, const char *literal, size_t n, bool nocase);
/* Does the line hold one of them? */
bool literals_in(const char *const *items, size_t count, bool nocase, struct view line);
/* How rare the bytes are in logs, in eighths of a bit; the larger, the rarer. */
unsigned literal_rarity(const char *p, size_t n);
/* The same of up to four bytes, whatever their case: as a window of the prefilter sees them. */
unsigned literal_window_rarity(const char *p, size_t n);

#endif
