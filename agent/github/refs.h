/* refs.h - branches and own refs of a repository, and commits that are made without a clone (Git Data API).
 *
 * Moving a ref is compare-and-swap: it never throws away a commit that somebody else put there. Names are full
 * ("refs/heads/x"); texts live in the arena. ERR_NOT_FOUND: no such ref; ERR_BUSY: it is there already, or is no longer
 * where the caller thought; ERR_AUTH: this token may not.
 *
 * Facts: GitHub's "Git database" and "Branches" REST pages; a tree entry keeps its mode, a commit made by an App's or
 * job's token without author and committer is signed by GitHub ("verified"), one with them is not. */
#ifndef RM_GITHUB_REFS_H
#define RM_GITHUB_REFS_H

#include "base/arena.h"
#include "base/clock.h"
#include "github/github.h"

/* *ret_sha: 40 hex and NUL. */
#define GITHUB_SHA_MAX 41u
int github_ref_get(struct github *g, const char *name, char ret_sha[GITHUB_SHA_MAX], struct err *e);
/* Atomic: of two that make the same ref one gets ERR_BUSY. A lost answer is looked up: there with this sha is success;
 * so a ref that serves as a lock takes a sha that nobody else has. */
int github_ref_make(struct github *g, const char *name, const char *sha, struct err *e);
/* From `old` to `sha`, which must descend from it (never forced). ERR_BUSY: it is elsewhere now. */
int github_ref_move(struct github *g, const char *name, const char *old, const char *sha, struct err *e);
/* Only while it is at `old` (looked at just before: GitHub has no conditional delete). Gone already is success. */
int github_ref_delete(struct github *g, const char *name, const char *old, struct err *e);
/* Names below a prefix ("refs/heads/runmedic/"), with where they are. */
struct github_ref {
	const char *name, *sha;
};
int github_refs_list(
	struct github *g, const char *prefix, struct arena *a, struct github_ref **ret, size_t *ret_n, struct err *e);

/* What is known of a branch. */
struct github_branch {
	const char *name, *sha;
	bool is_protected; /* branch protection or a ruleset that hinders a push, as far as this token is told */
};
int github_branch_get(struct github *g, const char *name, struct arena *a, struct github_branch *ret, struct err *e);

struct github_commit {
	const char *sha, *tree, *message, *author_login, *author_email, *committer_login;
	const char *const *parents; /* NULL-terminated */
	int64_t at;
	bool verified;
};
/* Somebody who amends or rebases a commit keeps its author and trailers, but is its committer; a mail address that
 * GitHub does not know is nobody's login. */
bool github_commit_is_untouched(const struct github_commit *c);
int github_commit_get(struct github *g, const char *sha, struct arena *a, struct github_commit *ret, struct err *e);
/* Newest first from `sha_or_branch`, at most `limit`; `each` borrows; false stops. */
int github_commits(struct github *g, const char *sha_or_branch, unsigned limit,
	bool (*each)(void *context, const struct github_commit *c), void *context, struct err *e);
/* Commits of a pull request, oldest first (GitHub shows 250). */
int github_pull_commits(struct github *g, int number, bool (*each)(void *context, const struct github_commit *c),
	void *context, struct err *e);

/* One file of a commit to make. */
struct github_change {
	const char *path;
	bool exists;   /* false: it goes */
	unsigned mode; /* 0100644, 0100755 */
	struct view content;
};
struct github_commit_wish {
	const char *parent; /* sha; NULL: none, and the changes are all that is in it */
	const char *also;   /* a second parent: the commit takes its place, without its content; NULL */
	const char *message;
	const struct github_change *changes;
	size_t count;
	/* "Name <mail>" of the configuration, or NULL: GitHub's own for this token, which it signs for Apps and jobs.
	 */
	const char *author;
};
/* Blobs, tree, commit; no ref is touched. Content of at most 40 MiB a file; no links, no submodules (ERR_USAGE).
 * ERR_AUTH also where this token may not change workflow files. */
int github_commit_make(
	struct github *g, const struct github_commit_wish *w, char ret_sha[GITHUB_SHA_MAX], struct err *e);

#endif
