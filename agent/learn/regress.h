/* regress.h - what got worse, and with which commit: tests that broke, files whose coverage fell, lint that came. Pure.
 */
#ifndef RM_LEARN_REGRESS_H
#define RM_LEARN_REGRESS_H

#include "learn/flaky.h"

/* A test that passed, broke at a commit, and stayed broken for more than one leg or commit. What began without a commit
 * (a dependency's release, a runner image, an incident), was flaky, or was broken from the first run on, is none. */
struct regression {
	uint32_t test;
	const char *commit, *branch; /* where it was seen first */
	int64_t at, last;            /* first and last failure with this message */
	unsigned failures, branches;
	bool open;           /* the newest execution on the main branch still fails */
	const char *message; /* NULL unknown */
};
struct regression_report {
	struct arena arena;
	struct regression *list; /* newest first, then by test */
	size_t n, cap;
};
void regress_learn(struct regression_report *ret, const struct history *h, const struct flaky_report *flaky);
void regress_done(struct regression_report *r); /* r may be all zero */

/* A measure that is reported again and again (covered share of a file, complaints of a code in a file) and jumps: told
 * value by value, it says when one is worse than what it was used to (the median of the last STEP_MEMORY) by `least` or
 * more. What it jumps to is what it is used to from then on; what creeps is no jump. Zeroed is fresh. */
#define STEP_MEMORY 3u
struct step_watch {
	double recent[STEP_MEMORY];
	unsigned n;
};
/* Higher is worse. *ret_from: what it was used to. */
bool step_worse(struct step_watch *w, double value, double least, double *ret_from);

#endif
