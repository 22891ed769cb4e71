/* local.h - signed local CI: `local run | post | verify | keys`. local.c looks which; each has its file. */
#ifndef RM_CMD_LOCAL_H
#define RM_CMD_LOCAL_H

#include "attest/claim.h"
#include "attest/trust.h"
#include "cmd/action.h"
#include "cmd/remote.h"

#define LOCAL_RESULT_PATH ".runmedic/result.json"     /* below the root; its folder ignores itself */
#define LOCAL_ENVELOPE_PATH ".runmedic/envelope.json" /* what could not be posted yet */
#define LOCAL_REF "refs/runmedic/attestations/"       /* + commit */
#define LOCAL_EVENT "runmedic-local"                  /* of repository_dispatch */
#define LOCAL_CHECK "runmedic / local CI"             /* name of the check run and context of the status */
#define LOCAL_REVOKED_FILE "revoked_keys"             /* beside the allowed signers */

/* Each returns an exit status, or -1 with *e. */
typedef int local_action(struct session *s, struct err *e);
local_action local_run, local_post, local_verify, local_keys;

/* Signs and posts a claim that was just made (`local run --post`). */
int local_post_claim(struct session *s, const struct claim *c, struct err *e);

/* ERRAND_VERIFY and mode verify: a->out.trusted is "true" only where a verdict says so. */
int action_verify(struct action *a, struct err *e);
/* Does a signed result stand beside the commit of the run, that is worth comparing with it? */
bool action_is_attested(struct action *a);
/* Such a run was recorded: is what was signed true? A lie flags the signer. */
int action_audit(struct action *a, struct err *e);

#endif
