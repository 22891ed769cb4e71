/* proof.h - how a fix was proved, for every answer that tells it: null, or {command, exit_code, says}. */
#ifndef RM_PUBLISH_PROOF_H
#define RM_PUBLISH_PROOF_H

#include "publish/publish.h"

cJSON *publish_proof_json(const struct publish_fix *f);

#endif
