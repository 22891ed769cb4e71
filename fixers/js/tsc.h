/* tsc.h - what the TypeScript compiler prints. */
#ifndef RM_FIXERS_JS_TSC_H
#define RM_FIXERS_JS_TSC_H

#include "fixers/mend.h"

/* A line of tsc, plain or pretty, for a mender that answers only some of its codes: MEND_COMPLAINT for any error, with
 * the code ("TS6133") and the text behind it. "Found 2 errors." is harmless where just so many were read. */
enum mend_verdict tsc_read(struct mend *m, size_t i, struct complaint *ret);

#endif
