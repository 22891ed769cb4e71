/* offer.h - fixes that others made, as data against a commit: applied in memory, judged by the policy, put on top of
 * each other. Runs nothing, writes nothing. What comes out is what is delivered. */
#ifndef RM_HEAL_OFFER_H
#define RM_HEAL_OFFER_H

#include "heal/heal.h"

struct offer_wish {
	const struct fixer *fixer;
	const struct finding *finding;
	const char *diff;                 /* unified, git form, against the head of the repository */
	const char *const *claimed_files; /* NULL-terminated, or NULL: the diff's files need not be these */
};
struct offer_file {
	const char *path;
	bool existed, exists;
	unsigned old_mode, mode; /* 0100644, 0100755 */
	struct view old_content; /* at the base */
	struct view content;     /* with this fix and all accepted ones before it */
};
struct offer {
	bool accepted;
	const char *reason; /* of a refusal */
	const char *diff;   /* this fix alone against the base, as we print it */
	struct offer_file *files;
	size_t file_count;
	unsigned lines_added, lines_removed;
};
struct offers {
	struct arena arena;
	struct offer *items; /* as many and in the order of the wishes */
	size_t count;
	const char *diff; /* all accepted ones together against the base; NULL: none */
};
/* Each refusal has its reason: a context that does not fit, a file that was not named, a link, a mode, a workflow, a
 * limit, a secret, a weakened test (plan/policy.h). -1 only for trouble that stops everything. */
int offers_make(struct offers *ret, struct repository *r, const struct offer_wish *wishes, size_t n,
	const struct config *c, struct err *e);
void offers_done(struct offers *o);

#endif
