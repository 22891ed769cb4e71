/* preview.h - a proposal seen as a change, before anything is made: so that a plan does not promise what the policy
 * would refuse. heal/ judges again what really came out. */
#ifndef RM_PLAN_PREVIEW_H
#define RM_PLAN_PREVIEW_H

#include "plan/policy.h"

/* Of edits: the whole policy (changed lines are counted as a multiset). Of commands: the rules on paths and the number
 * of files. */
int preview_check(const struct fix_proposal *p, const struct fixer *fixer, const struct finding *finding,
	const struct config *config, const struct tree *tree, struct err *e);

#endif
