/* success.h - how well fixes do: per fixer, per rule of it, per signature. Pure and deterministic.
 *
 * A fixer has a probability of success, which may have changed once (a tool's new release, other code): every place in
 * its sequence of attempts where it could have is weighed against no change (SUCCESS_CHANGE is what is believed
 * beforehand), and what is told is the mixture, for now. Beta priors are shrunken: a fixer's towards that of all
 * fixers, a rule's towards its fixer, a signature's towards its rule, so that few attempts say little.
 *
 * `low` is the one-sided 95 % lower bound: the true probability is above it in 19 of 20 cases. Policy uses it: a fixer
 * that has failed and whose `low` is below SUCCESS_FLOOR needs a person. */
#ifndef RM_LEARN_SUCCESS_H
#define RM_LEARN_SUCCESS_H

#include "base/clock.h"
#include "learn/names.h"

#define SUCCESS_ATTEMPTS_MAX ((size_t)1 << 20)
#define SUCCESS_RECENT_MAX 2000u /* of one fixer; older attempts count as one lump before them */
#define SUCCESS_CHANGE 0.25
#define SUCCESS_PRIOR_MEAN 0.7   /* of a fixer, with no other fixer known */
#define SUCCESS_PRIOR_WEIGHT 1.5 /* the prior counts like so many attempts */
#define SUCCESS_CHILD_WEIGHT 4.0 /* a parent's mean likewise */
#define SUCCESS_FLOOR 0.5

struct success {
	unsigned good, bad;         /* all that was seen */
	unsigned now_good, now_bad; /* since the likeliest change; all where none is likely */
	double mean, low;           /* of the probability now */
	double change;              /* probability that it changed */
	int64_t changed;            /* when, most likely; CLOCK_UNKNOWN where it probably did not */
	bool demoted;               /* see above */
};

struct successes *successes_new(void);
void successes_free(struct successes *s); /* NULL is fine */
/* An attempt whose outcome is known. Any order; rule and signature may be empty. */
void successes_add(
	struct successes *s, struct view fixer, struct view rule, struct view signature, int64_t at, bool good);
void successes_seal(struct successes *s); /* before asking */

/* Empty rule, signature: of the fixer as a whole, of the rule as a whole. What was never tried gets its parent's. */
void success_of(
	const struct successes *s, struct view fixer, struct view rule, struct view signature, struct success *ret);
size_t successes_count(const struct successes *s);                /* fixers */
const char *successes_fixer(const struct successes *s, size_t i); /* i < count */
/* In one line: "31 of 33 worked; 0.86 or more with 95 % certainty; worse since 2026-04-01 (2 of 6)". */
const char *success_why(const struct success *x, char *text, size_t n);

#endif
