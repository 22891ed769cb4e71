/* edits.h - a proposal made of whole new files, with the proof that goes with it. */
#ifndef RM_FIXERS_EDITS_H
#define RM_FIXERS_EDITS_H

#include "fixers/fixer.h"

/* What a fixer promises of every file whose content it changes; says in *e why not. */
typedef bool edit_check(const char *path, struct view before, struct view after, struct err *e);

/* Makes *ret a FIX_EDITS proposal of these edits (owned by ret->arena, as `before`: the contents at HEAD). Its proof:
 * each file is as it was worked out, and `check` (may be NULL) holds; `says` tells people what that means.
 * 1, or 0 (ERR_REFUSED) when there is no edit or `check` does not hold already. */
int edits_propose(struct fix_proposal *ret, struct fix_edit *edits, const struct view *before, size_t count,
	edit_check *check, const char *says, struct err *e);

/* "Nothing to propose, because ...": sets ERR_REFUSED and returns 0. */
int fix_refuse(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What a failed step of working out means for propose(): -1 where reading itself failed, else 0 as fix_refuse(). */
int fix_outcome(struct err *e);

/* Checks that several fixers use. */
bool edit_only_white(const char *path, struct view before, struct view after, struct err *e);
bool edit_only_adds(const char *path, struct view before, struct view after, struct err *e); /* whole lines */

#endif
