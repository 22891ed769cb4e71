#include "github/internal.h"

#include "base/mem.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <time.h>

#define MS (CLOCK_SECOND / 1000)

/* ---- waiting ------------------------------------------------------------------------------------------------- */

/* A signal ends it: somebody wants us to stop. */
static bool sleep_ms(int64_t ms)
{
	struct timespec t = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
	return nanosleep(&t, NULL) == 0 || errno != EINTR;
}

static int rest(struct github *g, int64_t ms, const char *why, struct err *e)
{
	if (ms <= 0)
		return 0;
	if (g->wait ? g->wait(g->wait_context, ms, why) : sleep_ms(ms))
		return 0;
	return err_set(e, ERR_INTERRUPTED, "interrupted while waiting: %s", why);
}

int call_wait(struct github *g, int64_t ms, const char *why, struct err *e)
{
	g->waited_ms += ms;
	g->blocked_until = 0;
	return rest(g, ms, why, e);
}

static int64_t patience(const struct github *g)
{
	return g->patience_ms > 0 ? g->patience_ms : 0;
}

static int say_when(struct github *g, enum err_code code, const char *what, int64_t ms, struct err *e)
{
	char length[CLOCK_TEXT_MAX], at[CLOCK_TEXT_MAX];
	return err_set(e, code, "%s; it is worth trying again in %s (at %s)", what, clock_duration(ms * MS, length),
		clock_iso((github_now(g) + (ms + 999) / 1000) * CLOCK_SECOND, at));
}

static const char *limit_words(enum retry_limit limit)
{
	return limit == RETRY_PRIMARY ? "GitHub's rate limit for this token is used up"
				      : "GitHub asks to slow down (secondary rate limit)";
}

int call_gave_up(struct github *g, const struct retry *r, struct err *e)
{
	g->blocked_until = clock_monotonic() + r->ms * MS;
	g->blocked_by = r->limit;
	return say_when(g, ERR_NETWORK, limit_words(r->limit), r->ms, e);
}

/* ---- before a request ---------------------------------------------------------------------------------------- */

/* Asking on while a limit holds makes it longer. */
static int wait_for_limit(struct github *g, struct err *e)
{
	int64_t ms = (g->blocked_until - clock_monotonic() + MS - 1) / MS;
	if (!g->blocked_until || ms <= 0)
		return 0;
	if (g->waited_ms + ms > patience(g))
		return say_when(g, ERR_NETWORK, limit_words(g->blocked_by), ms, e);
	return call_wait(g, ms, limit_words(g->blocked_by), e);
}

static int keep_some(struct github *g, const struct request *r, struct err *e)
{
	int64_t left_us = g->rate_reset_at - clock_monotonic();
	char what[160];
	if (g->min_remaining <= 0 || g->rate_remaining < 0 || g->rate_remaining > g->min_remaining || left_us <= 0 ||
		!strcmp(r->path, "/rate_limit"))
		return 0;
	snprintf(what, sizeof what,
		"%" PRId64 " requests are left of the rate limit, and %" PRId64 " are kept for other workflows",
		g->rate_remaining, g->min_remaining);
	return say_when(g, ERR_BUSY, what, left_us / MS, e);
}

static int pace_write(struct github *g, struct err *e)
{
	int64_t ms = g->wrote_at ? g->write_gap_ms - (clock_monotonic() - g->wrote_at) / MS : 0;
	/* the one before may have been carried out or not: GitHub has trouble, give it time */
	if (g->losses) {
		int64_t top = (int64_t)GITHUB_BACKOFF_MS << (g->losses < 5 ? g->losses : 5);
		int64_t pause = top / 2 + github_random(g) % (top / 2);
		if (g->waited_ms + pause > patience(g))
			return say_when(g, ERR_NETWORK, "GitHub has trouble", pause, e);
		if (call_wait(g, pause, "GitHub has trouble", e) < 0)
			return -1;
	}
	return rest(g, ms, "writes keep their distance", e);
}

int call_ready(struct github *g, const struct request *r, struct err *e)
{
	if (g->app && !r->bearer && app_refresh(g, e) < 0)
		return -1;
	if (wait_for_limit(g, e) < 0 || keep_some(g, r, e) < 0)
		return -1;
	return r->read ? 0 : pace_write(g, e);
}

/* ---- after an answer ----------------------------------------------------------------------------------------- */

static void remember(struct github *g, const struct heard *h)
{
	int64_t now = clock_monotonic();
	if (h->date >= 0)
		g->clock_offset = h->date * CLOCK_SECOND - now;
	if (h->other_budget || h->rate_remaining < 0)
		return;
	g->rate_remaining = h->rate_remaining;
	g->rate_reset_at = h->rate_reset < 0 ? 0 : now + (h->rate_reset - github_now(g)) * CLOCK_SECOND;
}

struct retry call_judge(struct github *g, const struct transfer *t, unsigned tries)
{
	struct retry_facts f = {.read = t->r->read,
		.status = t->status,
		.sent = transfer_reached(t),
		.retryable = transfer_retryable(t),
		.wait_s = heard_wait_s(&t->heard),
		.remaining = t->heard.rate_remaining,
		.reset_in_s = -1,
		.tries = tries,
		.waited_ms = g->waited_ms,
		.patience_ms = patience(g),
		.random = github_random(g)};
	remember(g, &t->heard);
	if (t->heard.rate_reset >= 0)
		f.reset_in_s = t->heard.rate_reset > github_now(g) ? t->heard.rate_reset - github_now(g) : 0;
	/* GraphQL tells of its limit with 200 */
	if (f.status == 403 || f.status == 429 || (f.status == 200 && t->r->graphql))
		f.told = refusal_limit(buf_view(&t->body));
	if (f.status == 200 && f.told)
		f.status = 403;
	return retry_decide(&f);
}

static void note_write(struct github *g, const struct transfer *t)
{
	if (t->r->read)
		return;
	g->wrote_at = clock_monotonic();
	g->lost = t->status ? t->status >= 500 : transfer_reached(t);
	g->losses = g->lost ? g->losses + 1 : 0;
}

/* 1: ask again, 0: there is an answer, -1 */
static int one_try(struct github *g, const struct request *r, struct transfer *t, unsigned tries, struct err *e)
{
	int rc = transfer_run(t, e);
	note_write(g, t);
	if (rc < 0)
		return -1;
	/* an App's token may be taken back before its time */
	if (t->status == 401 && g->app && !r->bearer && tries == 1) {
		github_set_token(g, NULL);
		return 1;
	}
	struct retry decision = call_judge(g, t, tries);
	if (decision.what == RETRY_WAIT)
		return call_wait(g, decision.ms, decision.why, e) < 0 ? -1 : 1;
	if (decision.what == RETRY_GIVE_UP && decision.limit)
		return call_gave_up(g, &decision, e);
	return t->status ? 0 : transfer_no_answer(t, tries, e);
}

int call_perform(struct github *g, const struct request *r, struct transfer *t, struct err *e)
{
	int rc = 1;
	g->lost = false;
	*t = (struct transfer){0};
	for (unsigned tries = 1; rc == 1; tries++) {
		rc = call_ready(g, r, e);
		transfer_done(t);
		if (transfer_init(t, g, g->curl, r, e) < 0 || rc < 0)
			rc = -1;
		else
			rc = one_try(g, r, t, tries, e);
	}
	if (rc < 0)
		github_hide(g, e);
	return rc;
}

/* ---- calls --------------------------------------------------------------------------------------------------- */

static char *take_or_null(struct buf *b)
{
	return b->n ? buf_take(b) : NULL;
}

static void fill(struct github_answer *ret, struct transfer *t)
{
	ret->status = t->status;
	ret->next = take_or_null(&t->heard.next);
	ret->scopes = t->heard.scopes_told ? buf_take(&t->heard.scopes) : NULL;
	ret->accepted = take_or_null(&t->heard.accepted);
	ret->rate_limit = t->heard.rate_limit;
	ret->rate_remaining = t->heard.rate_remaining;
	ret->rate_reset = t->heard.rate_reset;
	ret->date = t->heard.date < 0 ? CLOCK_UNKNOWN : t->heard.date * CLOCK_SECOND;
	struct err not_json;
	if (t->status)
		ret->json = json_parse(buf_view(&t->body), GITHUB_ANSWER_MAX, &not_json);
}

/* 304: what was remembered, with the limits that were told now. */
static void fill_cached(struct github_answer *ret, const struct cache_entry *c)
{
	struct err not_json;
	ret->status = 200;
	ret->cached = true;
	cJSON_Delete(ret->json);
	free(ret->next);
	ret->json = json_parse(view_make(c->body, c->n), GITHUB_ANSWER_MAX, &not_json);
	ret->next = mem_text(c->next);
}

static int call(struct github *g, struct request *r, const char *url, struct github_answer *ret, struct err *e)
{
	struct transfer t;
	const struct cache_entry *known = !strcmp(r->method, "GET") ? cache_find(&g->cache, url) : NULL;
	char *etag = known ? mem_text(known->etag) : NULL;
	r->etag = etag;
	int rc = call_perform(g, r, &t, e);
	struct view next = buf_view(&t.heard.next);
	if (rc == 0 && t.status == 200 && !strcmp(r->method, "GET") && t.heard.etag.n)
		cache_put(&g->cache, url, buf_view(&t.heard.etag), next, buf_view(&t.body));
	fill(ret, &t);
	if (ret->status == 304 && known)
		fill_cached(ret, known);
	if (rc == 0 && ret->status >= 400)
		rc = refusal(g, r, ret, buf_view(&t.heard.sso), e);
	if (!ret->json) {
		ret->body = t.body;
		t.body = buf_new(0);
	}
	transfer_done(&t);
	free(etag);
	return rc;
}

int github_call(struct github *g, const char *method, const char *path, const cJSON *body, struct github_answer *ret,
	struct err *e)
{
	BUF_AUTO text = buf_new(GITHUB_ANSWER_MAX), url = buf_new(GITHUB_URL_MAX);
	*ret = (struct github_answer){.rate_limit = -1, .rate_remaining = -1, .rate_reset = -1, .date = CLOCK_UNKNOWN};
	if (github_url(g, path, &url, e) < 0)
		return -1;
	if (body)
		json_print(&text, body);
	struct request r = {.method = method,
		.path = path,
		.body = body ? buf_text(&text) : NULL,
		.read = !strcmp(method, "GET") || !strcmp(method, "HEAD"),
		.ceiling = GITHUB_ANSWER_MAX,
		.seconds = GITHUB_TIMEOUT_S};
	return call(g, &r, buf_text(&url), ret, e);
}

int github_download(struct github *g, const char *path, uint64_t max_bytes,
	bool (*sink)(void *context, const void *p, size_t n), void *context, struct err *e)
{
	struct transfer t;
	struct github_answer a = {0};
	struct request r = {.method = "GET",
		.path = path,
		.read = true,
		.ceiling = max_bytes,
		.seconds = GITHUB_DOWNLOAD_S,
		.sink = sink,
		.context = context};
	int rc = call_perform(g, &r, &t, e);
	if (rc == 0 && t.status >= 400) {
		fill(&a, &t);
		rc = refusal(g, &r, &a, buf_view(&t.heard.sso), e);
	}
	transfer_done(&t);
	github_answer_done(&a);
	return rc;
}

void github_answer_done(struct github_answer *a)
{
	cJSON_Delete(a->json);
	buf_done(&a->body);
	free(a->next);
	free(a->scopes);
	free(a->accepted);
	*a = (struct github_answer){0};
}
