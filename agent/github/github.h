/* github.h - GitHub's REST and GraphQL API. The only user of curl.h.
 *
 * Base addresses from GITHUB_API_URL and GITHUB_GRAPHQL_URL (GHES), token handed in by the caller and kept in memory
 * only: never in argv, URL, log, config or a child's environment. TLS is verified with the CA bundle of the machine
 * ($SSL_CERT_FILE, then the usual places). Redirects are followed by hand, without Authorization for another origin.
 * Every answer has ceilings on bytes and time. An error says status, GitHub's own message and, where it is a missing
 * permission, the line of YAML that grants it. "No" (ERR_AUTH, ERR_NOT_FOUND) and "no answer" (ERR_NETWORK) are
 * different things. A token leaves over https only, or to this very machine. */
#ifndef RM_GITHUB_GITHUB_H
#define RM_GITHUB_GITHUB_H

#include "base/json.h"

#define GITHUB_ANSWER_MAX ((size_t)64 << 20)
#define GITHUB_TIMEOUT_S 60
#define GITHUB_API_VERSION "2022-11-28"

struct github;
struct github_options {
	const char *api_url;     /* NULL: https://api.github.com */
	const char *graphql_url; /* NULL: api_url + /graphql, or GHES form */
	const char *token;       /* NULL: anonymous */
	const char *repository;  /* "owner/name"; fills {repo} in paths */
	const char *ca_file;     /* NULL: found by github_ca_file() */
};
int github_open(struct github **ret, const struct github_options *o, struct err *e);
void github_close(struct github *g);

struct github_answer {
	int status;
	cJSON *json;                                    /* NULL when the body was not JSON */
	struct buf body;                                /* raw, when json is NULL */
	char *next;                                     /* Link rel="next", NULL at the end */
	int64_t rate_limit, rate_remaining, rate_reset; /* -1 unknown; reset: seconds since the epoch */
	char *scopes;                                   /* x-oauth-scopes, NULL */
};
void github_answer_done(struct github_answer *a);

/* method "GET", "POST", ...; path begins with '/' ("/repos/{repo}/actions/runs/1"); body NULL or an object (borrowed).
 * A status of 400 and more is an error (answer still filled). */
int github_call(struct github *g, const char *method, const char *path, const cJSON *body, struct github_answer *ret,
	struct err *e);
/* Streams a body (job log, artifact) to `sink` after the redirect; sink returns false to stop, which is no error. What
 * a refusal or redirect has for a body never gets there. */
int github_download(struct github *g, const char *path, uint64_t max_bytes,
	bool (*sink)(void *context, const void *p, size_t n), void *context, struct err *e);

/* The machine's CA bundle, or NULL. */
const char *github_ca_file(void);
const char *github_curl_version(void);

#endif
