/* internal.h - what the files of this folder share. From low to high: heard.c reads headers, retry.c decides,
 * transfer.c does one exchange on a handle of libcurl, refusal.c words a "no", call.c asks until there is an answer,
 * app.c gets the token of an App through it; page.c, graphql.c, fetch.c and the topics (actions, checks, pulls, repos)
 * stand above. */
#ifndef RM_GITHUB_INTERNAL_H
#define RM_GITHUB_INTERNAL_H

#include "base/arena.h"
#include "base/clock.h"
#include "github/actions.h"
#include "github/github.h"
#include "github/pulls.h"
#include "github/refs.h"

#include <curl/curl.h>

#include <signal.h>

#define GITHUB_REDIRECTS_MAX 5
#define GITHUB_URL_MAX ((size_t)16 << 10)
#define GITHUB_HEADERS_MAX ((size_t)128 << 10) /* bytes of the headers of one answer */
#define GITHUB_HEADER_LINES_MAX 200u
#define GITHUB_REFUSAL_MAX ((size_t)64 << 10) /* of the body of a refused download, which says why */
#define GITHUB_CONNECT_S 15
#define GITHUB_STALL_S 30      /* without a single byte */
#define GITHUB_DOWNLOAD_S 3600 /* of one body in all */
#define GITHUB_BACKOFF_MAX_MS 30000
#define GITHUB_RENEW_EARLY_S 300

/* ---- heard.c: what the headers of one answer said ------------------------------------------------------------ */

struct heard {
	struct buf next, scopes, accepted, etag, sso;   /* empty: not told */
	bool scopes_told;                               /* a token may have none at all */
	bool other_budget;                              /* the limit is GraphQL's or the search's, not that of REST */
	int64_t rate_limit, rate_remaining, rate_reset; /* -1 unknown */
	int64_t retry_after;                            /* seconds, -1 */
	int64_t retry_at;                               /* seconds since the epoch, -1: the date form of Retry-After */
	int64_t date;                                   /* seconds since the epoch, -1 */
	unsigned lines;
	size_t bytes;
};
void heard_init(struct heard *h);
void heard_clear(struct heard *h);
void heard_done(struct heard *h);
/* One header line as it came. False when an answer has more of them than allowed. */
bool heard_line(struct heard *h, struct view line);
/* What Retry-After asks for, seconds from now on GitHub's own clock; -1 nothing. */
int64_t heard_wait_s(const struct heard *h);

/* ---- retry.c: pure ------------------------------------------------------------------------------------------- */

enum retry_limit { RETRY_NO_LIMIT, RETRY_PRIMARY, RETRY_SECONDARY };
struct retry_facts {
	bool read;                     /* asking twice does no harm */
	int status;                    /* 0: no answer */
	bool sent;                     /* something may have reached GitHub */
	bool retryable;                /* of no answer: another try may help (a wrong certificate stays wrong) */
	enum retry_limit told;         /* what the body speaks of */
	int64_t wait_s;                /* Retry-After, -1 */
	int64_t remaining, reset_in_s; /* -1 unknown; reset_in_s from now on GitHub's clock */
	unsigned tries;                /* this one included */
	int64_t waited_ms, patience_ms;
	uint32_t random;
};
struct retry {
	enum {
		RETRY_DONE,
		RETRY_WAIT,
		RETRY_GIVE_UP
	} what; /* the answer stands; ask again; asking again would help, but not soon */
	int64_t ms;
	enum retry_limit limit;
	const char *why;
};
struct retry retry_decide(const struct retry_facts *f);
enum retry_limit retry_limit_of(const struct retry_facts *f);

/* ---- cache.c: answers with their ETag ------------------------------------------------------------------------ */

struct cache_entry {
	char *url, *etag, *next;
	char *body;
	size_t n;
	uint64_t used;
};
struct cache {
	struct cache_entry *entries;
	size_t n, cap, bytes;
	uint64_t clock;
};
const struct cache_entry *cache_find(struct cache *c, const char *url);
void cache_put(struct cache *c, const char *url, struct view etag, struct view next, struct view body);
void cache_done(struct cache *c);

/* ---- client.c ------------------------------------------------------------------------------------------------ */

struct app;
struct github {
	CURLM *multi; /* of every transfer: its connections are used again */
	CURL *curl;   /* of single calls */
	char *api_url, *graphql_url, *repository, *ca_file;
	char *token; /* NULL: anonymous, or the App has none yet */
	struct app *app;
	char *app_id, *login; /* login: who the token belongs to, once asked */
	int64_t patience_ms, waited_ms, write_gap_ms, min_remaining;
	int64_t wrote_at;      /* clock_monotonic() of the last write */
	int64_t blocked_until; /* clock_monotonic(), of a rate limit that was met; 0 */
	enum retry_limit blocked_by;
	int64_t rate_remaining, rate_reset_at; /* of the last answer; reset by clock_monotonic() */
	int64_t clock_offset;                  /* GitHub's clock less clock_monotonic(), microseconds; CLOCK_UNKNOWN */
	bool lost;       /* the last call was a write that GitHub may or may not have carried out */
	unsigned losses; /* in a row */
	int stall_s;
	github_wait *wait;
	void *wait_context;
	const volatile sig_atomic_t *stop;
	uint64_t random;
	uint64_t requests; /* that went to GitHub itself, not to where a redirect led */
	struct cache cache;
};
static inline bool github_stopped(const struct github *g)
{
	return g->stop && *g->stop;
}
uint32_t github_random(struct github *g);
/* GitHub's idea of now, seconds since the epoch; the machine's where GitHub has said nothing yet. */
int64_t github_now(const struct github *g);
bool github_is_ours(const struct github *g, const char *url);
/* Over the loopback a token may go in clear text. */
bool github_is_this_machine(struct view url);
/* Fills {repo}; a path that is a whole address (Link) stays as it is. */
int github_url(const struct github *g, const char *path, struct buf *ret, struct err *e);
/* Takes over a fresh token and zeroes the old one. NULL: none. */
void github_set_token(struct github *g, char *owned);
/* The token is in no text that leaves this folder. */
void github_hide(const struct github *g, struct err *e);

/* ---- transfer.c: one exchange -------------------------------------------------------------------------------- */

struct request {
	const char *method, *path;
	const char *body;   /* NULL or JSON */
	const char *bearer; /* NULL: the token of the github */
	const char *etag;   /* NULL */
	bool read;
	uint64_t ceiling;
	long seconds;
	bool (*sink)(void *context, const void *p, size_t n); /* NULL: `body` of the transfer */
	void *context;
	bool again; /* the sink can begin again */
	bool graphql;
};
struct transfer {
	struct github *g;
	CURL *curl;
	const struct request *r;
	struct curl_slist *headers;
	struct buf url, body;
	struct heard heard;
	uint64_t left, delivered;
	bool ours, too_large, stopped, too_many_headers;
	int hop, status;
	CURLcode rc;
	char reason[CURL_ERROR_SIZE];
};
int transfer_init(struct transfer *t, struct github *g, CURL *curl, const struct request *r, struct err *e);
void transfer_done(struct transfer *t);
void transfer_start(struct transfer *t); /* sets up the handle for t->url; the caller runs it */
/* After the handle ended: 1 it has to go on to t->url (start again), 0 answered or no answer (t->status), -1 error that
 * no other try mends. */
int transfer_end(struct transfer *t, CURLcode rc, struct err *e);
int transfer_run(struct transfer *t, struct err *e); /* all of it, on the multi handle; as transfer_end() */
bool transfer_reached(const struct transfer *t);     /* may GitHub have seen the request? */
bool transfer_retryable(const struct transfer *t);   /* of a transfer without an answer */
int transfer_no_answer(const struct transfer *t, unsigned tries, struct err *e);

/* ---- call.c -------------------------------------------------------------------------------------------------- */

/* Asks until there is an answer, or waiting is over. `t` is the last exchange (transfer_done() it, also after -1). An
 * HTTP refusal is no error here. */
int call_perform(struct github *g, const struct request *r, struct transfer *t, struct err *e);
/* Before a request goes out: token of the App, rate limits known, distance of writes. */
int call_ready(struct github *g, const struct request *r, struct err *e);
/* After an answer or none: remembers limits, and says what to do. */
struct retry call_judge(struct github *g, const struct transfer *t, unsigned tries);
int call_wait(struct github *g, int64_t ms, const char *why, struct err *e);
int call_gave_up(struct github *g, const struct retry *r, struct err *e);

/* ---- app.c ---------------------------------------------------------------------------------------------------- */

int app_new(struct app **ret, const char *id, const char *pem, struct err *e);
void app_free(struct app *a);
int app_refresh(struct github *g, struct err *e); /* takes a token where there is none or it ends soon */
/* "header.payload.signature", malloc'ed. */
char *app_jwt(const struct app *a, int64_t now, struct err *e);
int app_login(struct github *g, char **ret, struct err *e); /* "slug[bot]" */

/* ---- refusal.c ------------------------------------------------------------------------------------------------ */

/* What GitHub said in the body of a refusal, and what to do about it. Always -1. */
int refusal(
	const struct github *g, const struct request *r, const struct github_answer *a, struct view sso, struct err *e);
enum retry_limit refusal_limit(struct view body); /* which limit the message speaks of */

/* ---- for the topics ------------------------------------------------------------------------------------------- */

void path_add_escaped(struct buf *b, const char *text);                   /* a component, also of a query */
void path_add_name(struct buf *b, const char *name);                      /* several of them: slashes stay */
const char *json_keep(struct arena *a, const cJSON *j, const char *name); /* a copy, NULL when not there */
/* github_each() for addresses that do not take per_page. */
int page_each(struct github *g, const char *path, const char *key, bool (*each)(void *context, const cJSON *item),
	void *context, bool *ret_more, struct err *e);
int self_find(struct github *g, struct err *e);             /* fills g->login */
bool self_wrote(const struct github *g, const cJSON *item); /* after self_find(): `user` of the item is us */
bool self_same_text(const char *a, const char *b);          /* as GitHub stores texts */
/* False, and *ret as it was: it is no full name of an object. */
bool sha_take(char ret[GITHUB_SHA_MAX], const char *sha);
bool user_is_bot(const cJSON *user);
void pulls_read(const cJSON *j, struct arena *a, struct github_pull *ret);
/* "owner:branch" as a query wants it. */
void pulls_add_head(struct buf *b, const struct github *g, const char *branch);
void actions_run(const cJSON *j, struct arena *a, struct github_run *ret);
void actions_job(const cJSON *j, struct arena *a, struct github_job *ret);

#endif
