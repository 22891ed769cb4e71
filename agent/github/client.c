#include "github/github.h"

#include "base/mem.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#define REDIRECTS_MAX 5
#define HEADER_MAX ((size_t)16 << 10)
#define REFUSAL_MAX ((size_t)64 << 10) /* of the body of a refused download, which says why */

struct github {
	CURL *curl;
	char *api_url, *token, *repository, *ca_file;
};

/* Where the body of one answer goes, and what its headers said. */
struct transfer {
	CURL *curl;
	struct buf body;
	bool (*sink)(void *context, const void *p, size_t n); /* of a body that was asked for; else it goes to `body` */
	void *context;
	uint64_t left;
	bool too_large, stopped;
	struct buf next, scopes;
	int64_t rate_limit, rate_remaining, rate_reset;
};

static size_t on_body(char *p, size_t size, size_t n, void *context)
{
	struct transfer *t = context;
	n *= size;
	if (n > t->left) {
		t->too_large = true;
		return 0;
	}
	t->left -= n;
	long status = 0;
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	if (t->sink && status / 100 == 2)
		t->stopped = !t->sink(t->context, p, n);
	else
		buf_add(&t->body, p, n);
	return t->stopped ? 0 : n;
}

static bool header_is(struct view line, const char *name, struct view *ret_value)
{
	size_t colon = view_find_char(line, ':');
	if (colon == VIEW_NONE || !view_eq_nocase(view_sub(line, 0, colon), view_of(name)))
		return false;
	*ret_value = view_trim(view_from(line, colon + 1));
	return true;
}

/* Link: <https://...?page=2>; rel="next", <...>; rel="last" */
static void take_link(struct transfer *t, struct view value)
{
	struct view one;
	while (view_next(&value, ',', &one)) {
		size_t open = view_find_char(one, '<'), shut = view_find_char(one, '>');
		if (open == VIEW_NONE || shut == VIEW_NONE || shut < open || !view_has(one, "rel=\"next\""))
			continue;
		buf_clear(&t->next);
		buf_add_view(&t->next, view_sub(one, open + 1, shut - open - 1));
	}
}

static void take_number(struct view value, int64_t *ret)
{
	uint64_t n;
	if (view_number(value, INT64_MAX, &n))
		*ret = (int64_t)n;
}

static size_t on_header(char *p, size_t size, size_t n, void *context)
{
	struct transfer *t = context;
	struct view line = view_make(p, n * size), value;
	if (header_is(line, "link", &value)) {
		take_link(t, value);
	} else if (header_is(line, "x-oauth-scopes", &value)) {
		buf_clear(&t->scopes);
		buf_add_view(&t->scopes, value);
	} else if (header_is(line, "x-ratelimit-limit", &value)) {
		take_number(value, &t->rate_limit);
	} else if (header_is(line, "x-ratelimit-remaining", &value)) {
		take_number(value, &t->rate_remaining);
	} else if (header_is(line, "x-ratelimit-reset", &value)) {
		take_number(value, &t->rate_reset);
	}
	return n * size;
}

/* A line break in it would add headers of its own. */
static bool usable_token(const char *token)
{
	for (; token && *token; token++)
		if (*token <= ' ' || *token == 0x7f)
			return false;
	return true;
}

int github_open(struct github **ret, const struct github_options *o, struct err *e)
{
	if (!usable_token(o->token))
		return err_set(e, ERR_USAGE, "the token holds blanks or control characters");
	struct github *g = mem_new(sizeof *g);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	g->curl = curl_easy_init();
	g->api_url = mem_text(o->api_url && *o->api_url ? o->api_url : "https://api.github.com");
	g->token = mem_text(o->token);
	g->repository = mem_text(o->repository);
	g->ca_file = mem_text(o->ca_file ? o->ca_file : github_ca_file());
	if (!g->curl) {
		github_close(g);
		return err_set(e, ERR_UNAVAILABLE, "libcurl cannot start");
	}
	*ret = g;
	return 0;
}

void github_close(struct github *g)
{
	if (!g)
		return;
	curl_easy_cleanup(g->curl);
	free(g->api_url);
	if (g->token)
		explicit_bzero(g->token, strlen(g->token));
	free(g->token);
	free(g->repository);
	free(g->ca_file);
	free(g);
}

/* Fills {repo}; a path that is a whole address (Link, redirect) stays as it is. */
static int make_url(struct github *g, const char *path, struct buf *ret, struct err *e)
{
	struct view v = view_of(path);
	if (v.n && v.p[0] == '/')
		buf_add_text(ret, g->api_url);
	size_t at = view_find(v, "{repo}");
	if (at != VIEW_NONE && !g->repository)
		return err_set(e, ERR_USAGE,
			"the repository is not known; give --repository OWNER/NAME or set GITHUB_REPOSITORY");
	if (at != VIEW_NONE) {
		buf_add_view(ret, view_sub(v, 0, at));
		buf_add_text(ret, g->repository);
		v = view_from(v, at + strlen("{repo}"));
	}
	buf_add_view(ret, v);
	return ret->full ? err_set(e, ERR_LIMIT, "the address is too long") : 0;
}

/* "https://host:port" of an address: the token goes to the API's own origin only. */
static struct view origin(struct view url)
{
	size_t scheme = view_find(url, "://");
	if (scheme == VIEW_NONE)
		return url;
	size_t slash = view_find_char(view_from(url, scheme + 3), '/');
	return slash == VIEW_NONE ? url : view_sub(url, 0, scheme + 3 + slash);
}

static bool is_our_origin(const struct github *g, const char *url)
{
	return view_eq(origin(view_of(url)), origin(view_of(g->api_url)));
}

/* A token in clear text is for machines that are this one. */
static bool may_carry_token(struct view url)
{
	static const char *const local[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};
	if (view_starts(url, "https://"))
		return true;
	for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
		size_t n = strlen(local[i]);
		if (view_starts(url, local[i]) && (url.n == n || url.p[n] == ':' || url.p[n] == '/'))
			return true;
	}
	return false;
}

static struct curl_slist *headers(struct github *g, bool with_token, bool body)
{
	struct curl_slist *list = curl_slist_append(NULL, "Accept: application/vnd.github+json");
	list = curl_slist_append(list, "X-GitHub-Api-Version: " GITHUB_API_VERSION);
	if (body)
		list = curl_slist_append(list, "Content-Type: application/json");
	if (g->token && with_token) {
		BUF_AUTO line = buf_new(HEADER_MAX);
		buf_addf(&line, "Authorization: Bearer %s", g->token);
		list = curl_slist_append(list, buf_text(&line));
		explicit_bzero(line.p, line.n);
	}
	return list;
}

static void set_options(struct github *g, struct transfer *t, const char *url, const char *method, const char *body,
	struct curl_slist *list)
{
	CURL *c = g->curl;
	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, url);
	/* what began encrypted stays so */
	bool encrypted = view_starts(view_of(g->api_url), "https://");
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, encrypted ? "https" : "https,http");
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, method);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "runmedic/" RUNMEDIC_VERSION);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)GITHUB_TIMEOUT_S);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, 15L);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	if (g->ca_file)
		curl_easy_setopt(c, CURLOPT_CAINFO, g->ca_file);
	if (body)
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, body);
}

/* One request without following anything. The HTTP status, or -1. */
static int perform(struct github *g, struct transfer *t, const char *url, bool with_token, const char *method,
	const char *body, struct err *e)
{
	struct curl_slist *list = headers(g, with_token && may_carry_token(view_of(url)), body != NULL);
	set_options(g, t, url, method, body, list);
	CURLcode rc = curl_easy_perform(g->curl);
	curl_slist_free_all(list);
	if (t->too_large)
		return err_set(e, ERR_LIMIT, "the answer is larger than allowed");
	if (rc != CURLE_OK && !t->stopped)
		return err_set(e, ERR_NETWORK, "no answer from %.*s: %s", VIEW_ARG(origin(view_of(url))),
			curl_easy_strerror(rc));
	long status = 0;
	curl_easy_getinfo(g->curl, CURLINFO_RESPONSE_CODE, &status);
	return (int)status;
}

static bool redirects(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Forgets what an answer said that only sent us on. */
static void begin_again(struct transfer *t, uint64_t ceiling)
{
	buf_clear(&t->body);
	buf_clear(&t->next);
	buf_clear(&t->scopes);
	t->rate_limit = t->rate_remaining = t->rate_reset = -1;
	t->left = ceiling;
}

static int follow(
	struct github *g, struct transfer *t, const char *path, const char *method, const char *body, struct err *e)
{
	BUF_AUTO url = buf_new(HEADER_MAX);
	if (make_url(g, path, &url, e) < 0)
		return -1;
	uint64_t ceiling = t->left;
	bool ours = true; /* who sent us away does not choose what the token asks for */
	t->curl = g->curl;
	for (int hop = 0; hop <= REDIRECTS_MAX; hop++) {
		begin_again(t, ceiling);
		ours = ours && is_our_origin(g, buf_text(&url));
		int status = perform(g, t, buf_text(&url), ours, method, body, e);
		const char *location = NULL;
		if (status >= 0 && redirects(status))
			curl_easy_getinfo(g->curl, CURLINFO_REDIRECT_URL, &location);
		if (!location)
			return status;
		if (strcmp(method, "GET") != 0)
			return err_set(e, ERR_NETWORK, "GitHub redirects this %s; is the repository renamed?", method);
		buf_clear(&url);
		if (!buf_add_text(&url, location))
			return err_set(e, ERR_LIMIT, "the address is too long");
	}
	return err_set(e, ERR_NETWORK, "more than %d redirects", REDIRECTS_MAX);
}

/* What GitHub said in the body of a refusal, and what to do about the usual ones. */
static int refused(struct github_answer *a, struct err *e)
{
	const char *message = a->json ? json_text(a->json, "message") : NULL;
	const char *advice = "";
	if (a->status == 401)
		advice = "; the token is not valid (any more)";
	else if (a->status == 403 && a->rate_remaining == 0)
		advice = "; the rate limit is used up";
	else if (a->status == 403)
		advice = "; the token lacks a permission: see `permissions:` of the workflow";
	else if (a->status == 404)
		advice = "; it does not exist or the token may not see it";
	enum err_code code = a->status == 404 ? ERR_NOT_FOUND : a->status < 500 ? ERR_AUTH : ERR_NETWORK;
	return err_set(e, code, "GitHub answered %d%s%.200s%s", a->status, message ? ": " : "", message ? message : "",
		advice);
}

static char *take_or_null(struct buf *b)
{
	char *text = b->n ? buf_take(b) : NULL;
	buf_done(b);
	return text;
}

int github_call(struct github *g, const char *method, const char *path, const cJSON *body, struct github_answer *ret,
	struct err *e)
{
	struct transfer t = {.body = buf_new(GITHUB_ANSWER_MAX),
		.left = GITHUB_ANSWER_MAX,
		.next = buf_new(HEADER_MAX),
		.scopes = buf_new(HEADER_MAX),
		.rate_limit = -1,
		.rate_remaining = -1,
		.rate_reset = -1};
	BUF_AUTO text = buf_new(GITHUB_ANSWER_MAX);
	if (body)
		json_print(&text, body);
	*ret = (struct github_answer){.status = follow(g, &t, path, method, body ? buf_text(&text) : NULL, e)};
	ret->next = take_or_null(&t.next);
	ret->scopes = take_or_null(&t.scopes);
	ret->rate_limit = t.rate_limit;
	ret->rate_remaining = t.rate_remaining;
	ret->rate_reset = t.rate_reset;
	struct err not_json;
	if (ret->status >= 0)
		ret->json = json_parse(buf_view(&t.body), GITHUB_ANSWER_MAX, &not_json);
	ret->body = t.body;
	if (ret->status < 0)
		return -1;
	return ret->status >= 400 ? refused(ret, e) : 0;
}

int github_download(struct github *g, const char *path, uint64_t max_bytes,
	bool (*sink)(void *context, const void *p, size_t n), void *context, struct err *e)
{
	struct transfer t = {.body = buf_new(REFUSAL_MAX),
		.sink = sink,
		.context = context,
		.left = max_bytes,
		.next = buf_new(HEADER_MAX),
		.scopes = buf_new(HEADER_MAX)};
	int status = follow(g, &t, path, "GET", NULL, e);
	buf_done(&t.next);
	buf_done(&t.scopes);
	struct err not_json;
	struct github_answer a = {.status = status, .rate_remaining = t.rate_remaining, .body = t.body};
	if (status >= 400)
		a.json = json_parse(buf_view(&a.body), REFUSAL_MAX, &not_json);
	int rc = status < 0 ? -1 : status >= 400 ? refused(&a, e) : 0;
	github_answer_done(&a);
	return rc;
}

void github_answer_done(struct github_answer *a)
{
	cJSON_Delete(a->json);
	buf_done(&a->body);
	free(a->next);
	free(a->scopes);
	*a = (struct github_answer){0};
}

const char *github_curl_version(void)
{
	return curl_version_info(CURLVERSION_NOW)->version;
}
