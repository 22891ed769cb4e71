/* trust.h - may this printed diff be believed?
 *
 * A diff is believed where the step ran a program that prints such diffs as its own verdict (black --diff, gofmt -d,
 * git diff --exit-code, pre-commit --show-diff-on-failure...) and nothing else could have printed it: in a step that
 * also runs tests the tool's own words around the diff are wanted, too, or git's object ids must fit. */
#ifndef RM_FIXERS_DIFF_TRUST_H
#define RM_FIXERS_DIFF_TRUST_H

#include "fixers/diff/unified.h"
#include "fixers/evidence.h"

struct diff_trust {
	const char *program; /* who printed it, for people */
	bool ids_must_fit;   /* only with object ids of git that fit before and after */
	bool formats;        /* the program only lays text out: a word that the file does not have is not from it */
};

/* False: why stands in *e. */
bool diff_trusted(struct diff_trust *ret, const struct evidence *ev, const struct diff *d, struct err *e);

#endif
