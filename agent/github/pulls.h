/* pulls.h - pull requests, their comments and labels.
 *
 * A pull request is found by the head commit and, for forks, "owner:branch" of the head repository; a number from an
 * artifact is never trusted. */
#ifndef RM_GITHUB_PULLS_H
#define RM_GITHUB_PULLS_H

#include "base/arena.h"
#include "github/github.h"

struct github_pull {
	int number;
	const char *head_sha, *head_branch, *head_repository; /* head_repository NULL: deleted */
	const char *base_branch, *base_sha, *author, *url, *state;
	bool fork, draft, author_is_bot;
	const char *const *labels; /* NULL-terminated */
};
int github_pull_get(struct github *g, int number, struct arena *a, struct github_pull *ret, struct err *e);
/* The open pull request whose head is this commit now: ret->number 0 when there is none. `head_repository` "owner/name"
 * and `branch` may be NULL. Several: the one against the default branch, else the newest. */
int github_pull_of(struct github *g, const char *head_sha, const char *head_repository, const char *branch,
	struct arena *a, struct github_pull *ret, struct err *e);

/* The one comment whose text begins with `marker` and that the holder of this token wrote: made, or changed when its
 * text differs. *ret_url (malloc'ed, may be NULL). `only_update`: nothing is made where there is none. */
int github_comment_put(struct github *g, int number, const char *marker, const char *text, bool only_update,
	char **ret_url, struct err *e);
/* Its text now (malloc'ed), NULL when there is none. */
int github_comment_find(struct github *g, int number, const char *marker, char **ret_text, struct err *e);

#endif
