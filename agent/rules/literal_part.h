/* literal_part.h - what is known of the texts that a part of a pattern matches, and how parts make up larger ones. */
#ifndef RM_RULES_LITERAL_PART_H
#define RM_RULES_LITERAL_PART_H

#include "rules/literal_set.h"

/* Of every text that the part matches: */
struct part {
	bool exact; /* it is one of `all`, whole; else: */
	bool has_best;
	struct literal_set all;
	struct literal_set head; /* it begins with one of these; an empty one says nothing */
	struct literal_set tail; /* it ends with one of these */
	struct literal_set best; /* it holds one of these (also of an exact part); finished */
	int score;
};

struct quantifier {
	bool none, optional, repeated;
};

void part_exact(struct part *t, const char *p, size_t n);
void part_unknown(struct part *t);

/* Parts one after the other. */
struct sequence {
	struct part part; /* of what was read; `all` is its last run of literal text, the whole text while exact */
	/* The run as if no optional part since some place had been there, and what may stand in its stead where one is:
	 * `ab(?:x\d)?cd` holds "abcd" or "abx". */
	bool bridged;
	struct literal_set bridge, detours;
};

void sequence_begin(struct sequence *s);
void sequence_join(struct sequence *s, const struct part *t);
void sequence_join_quantified(struct sequence *s, struct part *t, struct quantifier q);
void sequence_end(struct sequence *s, struct part *ret);

/* Makes *ret "this or that". */
void part_merge(struct part *ret, const struct part *branch);

#endif
