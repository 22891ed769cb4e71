/* remote.h - git over https for what GitHub's API cannot do: pushing a branch or own refs, fetching own refs.
 *
 * The token stays in memory: it is handed to libgit2's credential callback, never to a URL, config or child. TLS is
 * verified with the CA file given; http only to loopback. A server that asks again and again for credentials is left
 * after GIT_REMOTE_TRIES. No checkout, no hook, no configuration of machine or user. */
#ifndef RM_HEAL_REMOTE_H
#define RM_HEAL_REMOTE_H

#include "heal/heal.h"

#include <signal.h>

#define GIT_REMOTE_TRIES 2u
#define GIT_REMOTE_REFS_MAX 65536u
#define GIT_REMOTE_BYTES_MAX ((size_t)256 << 20) /* of one fetch */
#define GIT_REMOTE_CONNECT_S 20                  /* for one address */
#define GIT_REMOTE_STALL_S 60                    /* without a byte */
#define GIT_REMOTE_CALL_S 900                    /* one call of a function below */

struct git_remote_options {
	const char *url;                                                /* "https://github.com/owner/name.git" */
	const char *token;                                              /* NULL: anonymous */
	const char *ca_file;                                            /* NULL: libgit2's own */
	const volatile sig_atomic_t *stop;                              /* NULL */
	int stall_s;                                                    /* 0: GIT_REMOTE_STALL_S */
	size_t bytes_max;                                               /* of one fetch; 0: GIT_REMOTE_BYTES_MAX */
	void (*progress)(void *context, uint64_t done, uint64_t total); /* objects of a fetch; NULL */
	void *progress_context;
};
/* What stands there below a prefix; `each` borrows, and returns false to stop. ERR_AUTH, ERR_NETWORK, ERR_NOT_FOUND,
 * ERR_LIMIT, ERR_INTERRUPTED. */
int git_refs_list(const struct git_remote_options *o, const char *prefix,
	bool (*each)(void *context, const char *name, const char *sha), void *context, struct err *e);

struct git_ref_push {
	const char *ref; /* full name there */
	const char *sha; /* object of the repository; NULL: the ref goes */
	const char
		*expected; /* what must be there now: sha, or NULL: nothing may be there. Never forced over another */
	bool done;         /* out */
	const char *why;   /* out: in the arena given */
};
/* All in one push; each ref succeeds or fails by itself. -1: nothing was pushed, or nobody knows what was: a push that
 * is done again is done at once where it had worked, because what is already there counts as done. What the server
 * compares is what was compared here: a ref that moves in between is refused by it. */
int git_refs_push(struct repository *r, const struct git_remote_options *o, struct git_ref_push *list, size_t n,
	struct arena *a, struct err *e);
/* Fetches refs (full names there) into the repository's object database under the same names; those that are not there
 * any more are passed over, and absent here too. */
int git_refs_fetch(
	struct repository *r, const struct git_remote_options *o, const char *const *refs, size_t n, struct err *e);

#endif
