/* state.h - what exactly stands in a work tree: is it the commit, and nothing but the commit? */
#ifndef RM_HEAL_STATE_H
#define RM_HEAL_STATE_H

#include "base/arena.h"
#include "heal/heal.h"

#define STATE_NAMED_MAX 5u /* files that differ which are named; the others are counted */
#define STATE_SUBMODULES_MAX 500u

struct repository_state {
	struct arena arena;
	const char *commit, *tree; /* hex, of HEAD */
	unsigned changed;   /* tracked files that differ from the commit in work tree or index; submodules, too */
	unsigned untracked; /* files that are neither tracked nor ignored */
	const char *names[STATE_NAMED_MAX + 1]; /* of those that differ; ends with NULL */
	const char **submodules; /* "path id" of what is checked out, else of what the commit wants; ends with NULL */
	unsigned submodules_absent; /* of them: not checked out */
};
/* ERR_NOT_FOUND: there is no commit yet; ERR_USAGE: a bare repository. */
int repository_state(struct repository_state *ret, struct repository *r, struct err *e);
void repository_state_done(struct repository_state *s);

#endif
