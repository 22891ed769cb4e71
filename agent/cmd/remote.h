/* remote.h - GitHub as a command sees it: which repository, which token, how long to wait.
 *
 * Repository: the one given, --repository, GITHUB_REPOSITORY, remote origin. Token: the App of RUNMEDIC_APP_ID and
 * RUNMEDIC_PRIVATE_KEY where both are set, GITHUB_TOKEN, GH_TOKEN, and outside of Actions what `gh auth token` prints;
 * none of them: anonymous, which is enough for public repositories but for logs. No program runs once a token is held:
 * gh has ended before, and heal closes the remote before it starts a tool. */
#ifndef RM_CMD_REMOTE_H
#define RM_CMD_REMOTE_H

#include "base/arena.h"
#include "cmd/command.h"
#include "github/actions.h"

#include <signal.h>

#define REMOTE_OPTIONS                                                                                                 \
	{"run", 0, "ID", "the failed jobs of this workflow run", false},                                               \
		{"latest", 0, NULL, "the newest failed run of the current branch", false},                             \
		{"attempt", 0, "N", "of the run (default: the newest)", false},                                        \
	{                                                                                                              \
		"branch", 0, "NAME", "with --latest: of this branch", false                                            \
	}

enum remote_token_from { REMOTE_ANONYMOUS, REMOTE_ENVIRONMENT, REMOTE_GH, REMOTE_APP };

struct remote {
	struct session *session;
	struct github *github;
	char *repository; /* "owner/name"; NULL unknown, where that was allowed */
	char *server;     /* "https://github.com", no slash at the end */
	enum remote_token_from token_from;
	const char *token_name;      /* "GITHUB_TOKEN", "gh auth token"; NULL anonymous. Never the token */
	volatile sig_atomic_t *stop; /* set by a signal handler: waiting ends; NULL: none */
};

struct remote_options {
	const char *repository; /* instead of what is configured; NULL */
	bool any_repository;    /* an unknown repository is no error */
	int64_t patience_ms;    /* as in github_options */
	int64_t min_remaining;
	volatile sig_atomic_t *stop;
};
/* `o` may be NULL. Without a repository ERR_USAGE says how to name one. */
int remote_open(struct remote **ret, struct session *s, const struct remote_options *o, struct err *e);
void remote_close(struct remote *r); /* NULL is fine */
/* Waits and says why on stderr; false when a signal came. Also github_wait. */
bool remote_wait(void *remote, int64_t ms, const char *why);
bool remote_pause(struct remote *r, int64_t ms); /* without a word */

/* What stands in the address of a run or job on GitHub's pages. */
struct remote_address {
	char *repository; /* malloc'ed */
	int64_t run, job; /* 0: not named */
	int attempt;      /* 0: not named */
};
/* Is this an address rather than a file? */
bool remote_is_address(const char *text);
int remote_address_parse(struct remote_address *ret, const char *text, struct err *e);

#endif
