/* user_fixer.h - fixers of the configuration (`fixers:`): a person's own command, path globs and proof.
 *
 * They are planned, judged and proved like the built-in ones: FIX_COMMAND, never below .github/, only files that their
 * globs allow. The command starts anything of the repository, so it counts as running the repository's code. */
#ifndef RM_PLAN_USER_FIXER_H
#define RM_PLAN_USER_FIXER_H

#include "base/config.h"
#include "fixers/fixer.h"

/* One per config->fixers, in its order, in the arena; they point into the configuration. Their propose() is NULL. */
struct fixer *user_fixers_make(struct arena *arena, const struct config *config);
/* Always 1. */
int user_fixer_propose(const struct config_fixer *own, const struct finding *finding, struct fix_proposal *ret);

#endif
