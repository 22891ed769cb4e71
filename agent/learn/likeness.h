/* likeness.h - how alike two messages are, whatever differs from run to run. Pure.
 *
 * A message is normalised as for its signature and becomes the set of its words and pairs of neighbouring words, as
 * hashes. Likeness is what two sets share of all they have (Jaccard): 1 the same words, 0 none. */
#ifndef RM_LEARN_LIKENESS_H
#define RM_LEARN_LIKENESS_H

#include "base/view.h"

#define LIKENESS_WORDS_MAX 64u    /* of a message; further ones do not count */
#define LIKENESS_BYTES_MAX 2048u  /* likewise */
#define LIKENESS_WORTH_SAYING 0.5 /* less is chance */

struct likeness_set {
	uint32_t items[2 * LIKENESS_WORDS_MAX]; /* sorted, each once */
	size_t n;
};
void likeness_of(struct likeness_set *ret, struct view message);
double likeness(const struct likeness_set *a, const struct likeness_set *b);

#endif
