/* remote_link.h - one conversation with a git server: who is asked, what it may cost, why it ended. Private to heal/.
 *
 * libgit2 opens its connections through a socket of ours (remote_socket.c): older versions of it wait for ever, and
 * none can be stopped. TLS is libgit2's own on top of it. */
#ifndef RM_HEAL_REMOTE_LINK_H
#define RM_HEAL_REMOTE_LINK_H

#include "heal/internal.h"
#include "heal/remote.h"

#define GIT_REMOTE_LIST_BYTES_MAX ((size_t)32 << 20) /* what a list of refs may take */
#define REMOTE_HOST_MAX 254u

/* What a socket must not pass. */
struct remote_guard {
	const volatile sig_atomic_t *stop;
	int64_t stall_us, deadline; /* of clock_monotonic() */
	size_t bytes, bytes_max;    /* received so far */
	const char *host;           /* the only one that is connected to; NULL: a proxy may be in between */
	struct err why;             /* set where the guard ended it */
};
/* From here to remote_guard_end() libgit2 connects under this guard; one at a time in a thread. */
void remote_guard_begin(struct remote_guard *g);
void remote_guard_end(void);

struct remote_link {
	const struct git_remote_options *options;
	struct remote_guard guard;
	char host[REMOTE_HOST_MAX + 1];
	git_repository *git; /* NULL: only a list is wanted */
	char *scratch;       /* folder of `git` where it is only for this push; NULL */
	git_remote *remote;
	git_remote_callbacks callbacks;
	unsigned asked; /* for credentials */
	const git_remote_head *const *heads;
	size_t head_count;
};
/* Connects and lists. On failure nothing is left open. `r` NULL: no objects will be moved. */
int remote_link_open(struct remote_link *l, struct repository *r, const struct git_remote_options *o,
	git_direction direction, struct err *e);
/* A push or fetch has its own budget of bytes. */
void remote_link_allow(struct remote_link *l, size_t bytes);
void remote_link_close(struct remote_link *l);
/* What the last call of libgit2 failed with, as an error of ours; returns -1. */
int remote_link_fail(struct remote_link *l, int code, const char *what, struct err *e);
git_proxy_t remote_link_proxy(const struct remote_link *l); /* of the environment; this machine is asked without */
const git_remote_head *remote_link_find(const struct remote_link *l, const char *ref); /* NULL: not there */

#endif
