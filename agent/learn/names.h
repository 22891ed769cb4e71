/* names.h - text as small numbers: each different text once, numbered from 1 in the order of its first coming. 0 is
 * the text that is not known (NULL, empty, or one too many). */
#ifndef RM_LEARN_NAMES_H
#define RM_LEARN_NAMES_H

#include "base/arena.h"

struct names {
	struct arena arena;
	uint32_t *slots; /* open addressing; 0 is empty */
	size_t slot_count;
	const char **text; /* text[i - 1] is the name of i */
	size_t n, cap, max;
};

void names_init(struct names *s, size_t max); /* at most so many; further ones are 0 */
void names_done(struct names *s);             /* s may be all zero */

uint32_t names_add(struct names *s, struct view text);        /* its number, a new one if need be */
uint32_t names_find(const struct names *s, struct view text); /* 0: unknown */
const char *names_text(const struct names *s, uint32_t name); /* "" for 0 */

#endif
