/* local_envelope.h - where envelopes stand: LOCAL_REF + commit points to a commit that holds nothing but the envelope.
 *
 * A newer result for the same commit becomes a commit on top of the older one: nothing is ever overwritten. */
#ifndef RM_CMD_LOCAL_ENVELOPE_H
#define RM_CMD_LOCAL_ENVELOPE_H

#include "attest/envelope.h"
#include "github/refs.h"

#define LOCAL_ENVELOPE_FILE "envelope.json"

/* *ret is initialised here; ERR_NOT_FOUND: nobody has posted one. ret_at may be NULL. */
int local_envelope_get(
	struct github *g, const char *commit, struct buf *ret, char ret_at[GITHUB_SHA_MAX], struct err *e);
/* *ret_new false: the same is there already (what was signed and by which key; signatures may differ). */
int local_envelope_put(struct github *g, const char *commit, struct view envelope, bool *ret_new, struct err *e);

#endif
