/* locks.h - lock files that no longer fit what they lock: brought up to date without asking a registry. */
#ifndef RM_FIXERS_COMMAND_LOCKS_H
#define RM_FIXERS_COMMAND_LOCKS_H

#include "fixers/edits.h"
#include "fixers/evidence.h"

struct lock {
	const char *program;
	const char *file, *also; /* `also` may differ too (go.sum beside go.mod); NULL: no other */
	const char *const *says; /* one of these stands in the step */
	const char *const *fix, *const *check;
	const char *summary;
	bool review;
};

int lock_propose(const struct lock *lock, const struct fix_request *q, struct fix_proposal *ret, struct err *e);

#endif
