/* github.h - GitHub's REST and GraphQL API. The only user of curl.h.
 *
 * Base addresses from GITHUB_API_URL and GITHUB_GRAPHQL_URL (GHES), token handed in by the caller and kept in memory
 * only: never in argv, URL, log, config or a child's environment. TLS is verified with the CA bundle of the machine
 * ($SSL_CERT_FILE, then the usual places). Redirects are followed by hand, without Authorization for another origin.
 * Every answer has ceilings on bytes and time. An error says status, GitHub's own message and, where it is a missing
 * permission, the line of YAML that grants it. "No" (ERR_AUTH, ERR_NOT_FOUND) and "no answer" (ERR_NETWORK) are
 * different things. A token leaves over https only, or to this very machine.
 *
 * Patience. A read that met a broken connection, 429, 5xx or a rate limit is asked again; a write only where GitHub
 * certainly did not carry it out (429, 403 with a rate limit, no connection at all), else the caller looks first
 * whether it is there (checks.h, comments.h do). Waiting follows Retry-After, then x-ratelimit-reset, else it doubles
 * from GITHUB_BACKOFF_MS with full jitter; a secondary limit without Retry-After waits GITHUB_SECONDARY_MS. At most
 * GITHUB_TRIES tries and `patience_ms` of waiting for all calls of one github together; then ERR_NETWORK says when it
 * is worth trying again. Writes are serial and at least `write_gap_ms` apart. Answers to GET are remembered with their
 * ETag for the life of the github: 304 costs no budget.
 *
 * Source of facts: GitHub's REST description (version GITHUB_API_VERSION), "Rate limits" and "Best practices" of its
 * documentation. One thread per github. */
#ifndef RM_GITHUB_GITHUB_H
#define RM_GITHUB_GITHUB_H

#include "base/json.h"

#include <signal.h>

#define GITHUB_ANSWER_MAX ((size_t)64 << 20)
#define GITHUB_TIMEOUT_S 60
#define GITHUB_API_VERSION "2022-11-28"
#define GITHUB_TRIES 5u
#define GITHUB_BACKOFF_MS 1000
#define GITHUB_SECONDARY_MS 60000
#define GITHUB_PATIENCE_MS (10 * 60 * 1000)
#define GITHUB_WRITE_GAP_MS 1000
#define GITHUB_PAGES_MAX 100u   /* of 100 items */
#define GITHUB_PARALLEL_MAX 16u /* transfers at once; GitHub allows 100 */
#define GITHUB_CACHE_MAX ((size_t)32 << 20)

struct github;

/* What lies between a try and the next. False: give up (a signal came). NULL in the options: sleep. */
typedef bool github_wait(void *context, int64_t ms, const char *why);

struct github_options {
	const char *api_url;     /* NULL: https://api.github.com */
	const char *graphql_url; /* NULL: api_url + /graphql, or GHES form */
	const char *token;       /* NULL: anonymous, or the App below */
	const char *repository;  /* "owner/name"; fills {repo} in paths */
	const char *ca_file;     /* NULL: found by github_ca_file() */
	/* A GitHub App instead of a token: its id (or client id) and private key in PEM. The installation of the
	 * repository is looked up, its token taken on first use and renewed before it ends. */
	const char *app_id, *private_key;
	int64_t patience_ms;   /* 0: GITHUB_PATIENCE_MS; negative: never wait */
	int64_t write_gap_ms;  /* 0: GITHUB_WRITE_GAP_MS; negative: none (tests) */
	int stall_s;           /* 0: 30; a transfer that moves nothing for so long is broken off */
	int64_t min_remaining; /* stop with ERR_BUSY rather than use the last requests that other workflows share */
	github_wait *wait;
	void *wait_context;
	/* Set by a signal handler: reads on their way are given up within a second. NULL: they are not. */
	const volatile sig_atomic_t *stop;
};
int github_open(struct github **ret, const struct github_options *o, struct err *e);
void github_close(struct github *g);
const char *github_repository(const struct github *g); /* NULL unknown */
uint64_t github_requests(const struct github *g);      /* sent so far, further tries included */

/* Which kind of token it is, by its documented prefix; never the token itself. */
enum github_token {
	GITHUB_NO_TOKEN,
	GITHUB_ACTIONS_TOKEN,
	GITHUB_APP_TOKEN,
	GITHUB_CLASSIC_PAT,
	GITHUB_FINE_PAT,
	GITHUB_OAUTH_TOKEN,
	GITHUB_OTHER_TOKEN
};
enum github_token github_token_kind(const struct github *g);
/* The token itself, for git over https (heal/remote.h) and nothing else; NULL: anonymous. Gone with the next call. */
const char *github_token_text(const struct github *g);
const char *github_token_words(enum github_token kind); /* "a fine-grained personal access token" */

/* What the App of the options was granted, named as the API does ("pull_requests"). Known once its token was taken,
 * and of no other kind of token. */
enum github_level { GITHUB_LEVEL_UNKNOWN, GITHUB_LEVEL_NONE, GITHUB_LEVEL_READ, GITHUB_LEVEL_WRITE };
enum github_level github_app_level(const struct github *g, const char *permission);

struct github_answer {
	int status;
	cJSON *json;                                    /* NULL when the body was not JSON */
	struct buf body;                                /* raw, when json is NULL */
	char *next;                                     /* Link rel="next", NULL at the end */
	int64_t rate_limit, rate_remaining, rate_reset; /* -1 unknown; reset: seconds since the epoch */
	int64_t date;                                   /* GitHub's clock, CLOCK_UNKNOWN */
	char *scopes;                                   /* x-oauth-scopes, NULL; "": none */
	char *accepted;                                 /* x-accepted-github-permissions, NULL */
	bool cached;                                    /* a 304: json is what was remembered */
};
void github_answer_done(struct github_answer *a);

/* method "GET", "POST", ...; path begins with '/' ("/repos/{repo}/actions/runs/1"); body NULL or an object (borrowed).
 * A status of 400 and more is an error (answer still filled): ERR_AUTH, ERR_NOT_FOUND (404, 410), ERR_BUSY (409),
 * ERR_INPUT (422 and its like: GitHub finds fault with what was sent), ERR_NETWORK (5xx, limits). */
int github_call(struct github *g, const char *method, const char *path, const cJSON *body, struct github_answer *ret,
	struct err *e);
/* Every item of a list, following Link: of the array `key` of each page, or of the page itself when key is NULL.
 * `each` borrows the item and returns false to stop, which is no error. per_page=100 is added. More than
 * GITHUB_PAGES_MAX pages: *ret_more (may be NULL) is set, no error. */
int github_each(struct github *g, const char *path, const char *key, bool (*each)(void *context, const cJSON *item),
	void *context, bool *ret_more, struct err *e);
/* POST to the GraphQL address; *ret is `data` (the caller deletes it). `errors` of the answer are an error. A query
 * (no mutation) is asked again as a read is. */
int github_graphql(struct github *g, const char *query, const cJSON *variables, cJSON **ret, struct err *e);

/* Streams a body (job log, artifact) to `sink` after the redirect; sink returns false to stop, which is no error. What
 * a refusal or redirect has for a body never gets there. Asked again only as long as nothing reached the sink. */
int github_download(struct github *g, const char *path, uint64_t max_bytes,
	bool (*sink)(void *context, const void *p, size_t n), void *context, struct err *e);

/* Several bodies at once into unlinked temporary files, over at most GITHUB_PARALLEL_MAX connections that are used
 * again. A body that broke off is asked for again from its start (the link lives a minute), so a file is whole or there
 * is an error. */
struct github_file {
	const char *path; /* of the API, borrowed */
	uint64_t max_bytes;
	int fd;        /* out: at its start, the caller closes it; -1: see `error` */
	uint64_t size; /* out */
	int status;    /* out: the HTTP status, 0 without an answer; 404 not ready or not there, 410 expired */
	struct err error;
};
/* -1 only where nothing can go on; trouble with one file is its own. `progress` may be NULL. */
int github_fetch(struct github *g, struct github_file *files, size_t n,
	void (*progress)(void *context, size_t done, uint64_t bytes), void *context, struct err *e);

/* The machine's CA bundle, or NULL. */
const char *github_ca_file(void);
const char *github_curl_version(void);

#endif
