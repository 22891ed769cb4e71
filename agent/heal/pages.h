/* pages.h - a branch that holds pages and no code (reports): files are put on it without a clone of anything else.
 *
 * The branch is made where it is not there; what else it holds stays. A push by somebody else in between is seen and
 * the files are put on top of theirs, PAGES_TRIES times at most. Nothing differs: nothing is pushed. */
#ifndef RM_HEAL_PAGES_H
#define RM_HEAL_PAGES_H

#include "heal/remote.h"

#define PAGES_TRIES 6u
#define PAGES_WAIT_MS 200u /* before the next one, at most so much more each time */
#define PAGES_LISTED_MAX 5000u

struct page_file {
	const char *path;
	struct view content;
};
struct pages {
	const char *branch; /* "ci-reports" */
	const struct page_file *files;
	size_t count;
	/* One more file, made of the names of all files that will be there, in byte order; NULL: none. */
	const char *index_path;
	void (*index)(struct buf *out, const char *const *paths, size_t n);
	const char *message;
};
/* *ret_commit: 40 hex; *ret_new is false where all of it was there already. */
int pages_push(
	const struct git_remote_options *o, const struct pages *p, char ret_commit[41], bool *ret_new, struct err *e);

#endif
