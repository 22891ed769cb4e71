/* word.h - the words of a line, one after the other, and tables that say what a word means.
 *
 * A word is a run of letters, digits, '_', bytes beyond ASCII, and the apostrophe within ("can't"). One pass over the
 * bytes, no allocation; of a long word only the first WORD_MAX - 1 bytes count. */
#ifndef RM_DIAGNOSE_WORD_H
#define RM_DIAGNOSE_WORD_H

#include "base/view.h"

#define WORD_MAX 24u

struct word {
	char lower[WORD_MAX]; /* ASCII letters made small; NUL-terminated */
	struct view raw;
	bool in_name; /* part of a path, an option, a URL or a dotted name: it names something, it says nothing */
};
/* The next word of `line` at or behind *at, which moves on; false when there is none. */
bool word_next(struct view line, size_t *at, struct word *ret);

struct word_entry {
	const char *word;
	unsigned meaning;
};
/* What the table (sorted by word) says; 0 for a word that it lacks. */
unsigned word_meaning(const struct word_entry *table, size_t n, const char *lower);

#endif
