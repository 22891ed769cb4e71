/* trait.h - what can be said of a line without knowing the program that printed it.
 *
 * Each trait is one bit; a line's weight as the cause of a failure is the sum of the weights of its traits. The
 * weights were fitted on labelled logs (a softmax over the lines of the failing step) and checked by
 * cross-validation by project. The words are those of programs in general, never of one of them. */
#ifndef RM_DIAGNOSE_TRAIT_H
#define RM_DIAGNOSE_TRAIT_H

#include "base/view.h"

#define TRAIT_LINE_MAX 600u /* only the first bytes of a line are looked at */

/* clang-format off */
#define TRAITS(X) \
	/* words */ \
	X(STARTS_ERROR, 2.1) X(LABELLED_ERROR, 0.2) X(SAYS_ERROR, 0.7) X(STARTS_FAILED, 0.6) \
	X(SAYS_FAILED, -0.5) X(EXCEPTION, 3.1) X(COMPLAINS, 1.7) X(NEGATES, 1.1) X(ASSERTS, 1.1) \
	X(WARNS, -0.7) X(CALM, -0.9) X(WRAPS, -0.8) X(COUNTS, 1.7) X(ADVISES, -1.1) X(PROGRESS, -1.1) \
	X(ENDS_FAILED, -0.4) \
	/* form */ \
	X(PLACE, 0.1) X(PLACED_ERROR, -0.1) X(NAMED_ERROR, 0.5) X(CODE, 1.5) X(QUOTES, 0.5) X(CROSS, 0.8) \
	X(TICK, -1.1) X(FRAME, 0.8) X(INDENTED, -0.1) X(DEEP, -1.6) X(RULER, -0.9) X(SHORT, -1.3) \
	X(LONG, 0.9) X(ECHO, -1.2) X(DIFF, -0.7) X(LINK, -0.7) X(COLON_END, 0.3) X(MARK_ERROR, 1.6) \
	X(MARK_OTHER, -0.3) \
	/* place in the log */ \
	X(END_3, 2.7) X(END_10, 1.6) X(END_30, 2.0) X(END_100, 0.5) X(END_400, 0.3) X(ONCE, -0.6) \
	X(OFTEN, -0.7) X(FIRST, 0.1) X(BURST, 0.8) X(TAIL, 1.3) X(TAIL_HEAD, 0.4) X(OPENS, 0.3) \
	X(HEADS, 1.0) X(DETAIL, 1.2) X(REPEATS, -0.5) \
	/* what else is known */ \
	X(RULE_CAUSE, 4.3) X(RULE_SYMPTOM, -0.6) X(RULE_WRAPPER, -0.4) X(NEWS, 1.8) X(STALE, -5.0)
/* clang-format on */

#define TRAIT_ENUM(name, weight) TRAIT_##name,
enum trait { TRAITS(TRAIT_ENUM) TRAIT_COUNT };
#define TRAIT_BIT(name) (UINT64_C(1) << TRAIT_##name)

/* Those that the line itself shows, without its place in the log; `mark` is enum log_mark. */
uint64_t traits_of(struct view line, uint8_t mark);
/* Does it speak of trouble at all? */
bool traits_trouble(uint64_t traits);
double traits_weight(uint64_t traits);

#endif
