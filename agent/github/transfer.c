#include "github/internal.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

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
	if (t->r->sink && status / 100 == 2) {
		t->delivered += n;
		t->stopped = !t->r->sink(t->r->context, p, n);
	} else if (!buf_add(&t->body, p, n) && !t->r->sink) {
		t->too_large = true; /* of a refused download the beginning is enough */
		return 0;
	}
	return t->stopped ? 0 : n;
}

static size_t on_header(char *p, size_t size, size_t n, void *context)
{
	struct transfer *t = context;
	if (heard_line(&t->heard, view_make(p, n * size)))
		return n * size;
	t->too_many_headers = true;
	return 0;
}

int transfer_init(struct transfer *t, struct github *g, CURL *curl, const struct request *r, struct err *e)
{
	*t = (struct transfer){.g = g,
		.curl = curl,
		.r = r,
		.url = buf_new(GITHUB_URL_MAX),
		.body = buf_new(r->sink ? GITHUB_REFUSAL_MAX : GITHUB_ANSWER_MAX),
		.ours = true};
	heard_init(&t->heard);
	return github_url(g, r->path, &t->url, e);
}

/* The list holds the token. */
static void free_headers(struct transfer *t)
{
	for (struct curl_slist *one = t->headers; one; one = one->next)
		explicit_bzero(one->data, strlen(one->data));
	curl_slist_free_all(t->headers);
	t->headers = NULL;
}

void transfer_done(struct transfer *t)
{
	free_headers(t);
	buf_done(&t->url);
	buf_done(&t->body);
	heard_done(&t->heard);
}

static void add_header(struct transfer *t, const char *line)
{
	t->headers = mem_must(curl_slist_append(t->headers, line));
}

/* What is GitHub's own goes to GitHub only: libcurl would send our headers along to anybody. */
static void make_headers(struct transfer *t)
{
	const struct request *r = t->r;
	const char *bearer = r->bearer ? r->bearer : t->g->token;
	struct view url = buf_view(&t->url);
	free_headers(t);
	add_header(t, "Expect:");
	if (!t->ours)
		return;
	add_header(t, "Accept: application/vnd.github+json");
	add_header(t, "X-GitHub-Api-Version: " GITHUB_API_VERSION);
	if (r->body)
		add_header(t, "Content-Type: application/json");
	BUF_AUTO line = buf_new(GITHUB_URL_MAX);
	if (r->etag) {
		buf_addf(&line, "If-None-Match: %s", r->etag);
		add_header(t, buf_text(&line));
		buf_clear(&line);
	}
	/* a token in clear text is for machines that are this one */
	if (!bearer || (!view_starts(url, "https://") && !github_is_this_machine(url)))
		return;
	buf_addf(&line, "Authorization: Bearer %s", bearer);
	add_header(t, buf_text(&line));
	explicit_bzero(line.p, line.n);
}

static void set_callbacks(struct transfer *t)
{
	CURL *c = t->curl;
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, t->reason);
	curl_easy_setopt(c, CURLOPT_PRIVATE, t);
	curl_easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

static void set_trust(struct transfer *t)
{
	CURL *c = t->curl;
	/* what began encrypted stays so */
	bool encrypted = view_starts(view_of(t->g->api_url), "https://");
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, encrypted ? "https" : "https,http");
	if (t->g->ca_file) {
		curl_easy_setopt(c, CURLOPT_CAINFO, t->g->ca_file);
		curl_easy_setopt(c, CURLOPT_PROXY_CAINFO, t->g->ca_file);
	}
	/* an http proxy would see the token */
	if (github_is_this_machine(buf_view(&t->url)))
		curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
}

void transfer_start(struct transfer *t)
{
	CURL *c = t->curl;
	curl_easy_reset(c);
	buf_clear(&t->body);
	heard_clear(&t->heard);
	t->left = t->r->ceiling;
	t->status = 0;
	t->reason[0] = '\0';
	t->ours = t->ours && github_is_ours(t->g, buf_text(&t->url));
	t->g->requests += t->ours;
	make_headers(t);
	curl_easy_setopt(c, CURLOPT_URL, buf_text(&t->url));
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, t->headers);
	curl_easy_setopt(c, CURLOPT_USERAGENT, "runmedic/" RUNMEDIC_VERSION);
	curl_easy_setopt(c, CURLOPT_TIMEOUT, t->r->seconds);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)GITHUB_CONNECT_S);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)t->g->stall_s);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(c, CURLOPT_PIPEWAIT, 1L);
	if (t->r->body)
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, t->r->body);
	if (strcmp(t->r->method, "GET") != 0)
		curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, t->r->method);
	/* libcurl asks by itself again where a connection that was used before turns out dead: a write might be doubled
	 */
	curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, t->r->read ? 0L : 1L);
	set_callbacks(t);
	set_trust(t);
}

static struct view origin(struct view url)
{
	size_t scheme = view_find(url, "://");
	size_t slash = scheme == VIEW_NONE ? VIEW_NONE : view_find_char(view_from(url, scheme + 3), '/');
	struct view all = slash == VIEW_NONE ? url : view_sub(url, 0, scheme + 3 + slash);
	return view_sub(all, 0, 200);
}

static bool redirects(int status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static int go_on(struct transfer *t, const char *location, struct err *e)
{
	if (!t->r->read || t->r->body)
		return err_set(e, ERR_NETWORK, "GitHub redirects this %s; is the repository renamed?", t->r->method);
	if (++t->hop > GITHUB_REDIRECTS_MAX)
		return err_set(e, ERR_NETWORK, "more than %d redirects", GITHUB_REDIRECTS_MAX);
	BUF_AUTO next = buf_new(GITHUB_URL_MAX);
	if (!buf_add_text(&next, location))
		return err_set(e, ERR_LIMIT, "the address is too long");
	struct buf old = t->url;
	t->url = next;
	next = old;
	return 1;
}

int transfer_end(struct transfer *t, CURLcode rc, struct err *e)
{
	long status = 0;
	const char *location = NULL;
	t->rc = rc;
	free_headers(t);
	if (t->too_large)
		return err_set(e, ERR_LIMIT, "the answer is larger than allowed");
	if (t->too_many_headers)
		return err_set(e, ERR_LIMIT, "the answer has more headers than allowed");
	if (rc != CURLE_OK && !t->stopped)
		return 0;
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	t->status = (int)status;
	if (redirects(t->status))
		curl_easy_getinfo(t->curl, CURLINFO_REDIRECT_URL, &location);
	return location ? go_on(t, location, e) : 0;
}

/* All transfers share one multi handle, and so its connections. */
static CURLcode perform(struct transfer *t)
{
	CURLM *m = t->g->multi;
	CURLcode rc = CURLE_FAILED_INIT;
	int running = 1, left;
	if (curl_multi_add_handle(m, t->curl) != CURLM_OK)
		return rc;
	while (curl_multi_perform(m, &running) == CURLM_OK && running && !(t->r->read && github_stopped(t->g)))
		curl_multi_poll(m, NULL, 0, 1000, NULL);
	if (running)
		rc = CURLE_ABORTED_BY_CALLBACK;
	for (CURLMsg *message; (message = curl_multi_info_read(m, &left));)
		if (message->msg == CURLMSG_DONE && message->easy_handle == t->curl)
			rc = message->data.result;
	curl_multi_remove_handle(m, t->curl);
	return rc;
}

int transfer_run(struct transfer *t, struct err *e)
{
	int rc = 1;
	while (rc == 1) {
		transfer_start(t);
		rc = transfer_end(t, perform(t), e);
	}
	return rc;
}

bool transfer_reached(const struct transfer *t)
{
	switch (t->rc) {
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
	case CURLE_FAILED_INIT:
		return false;
	default:
		return true;
	}
}

bool transfer_retryable(const struct transfer *t)
{
	switch (t->rc) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
	case CURLE_FAILED_INIT:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_BAD_CONTENT_ENCODING:
	case CURLE_ABORTED_BY_CALLBACK: /* ours: github_stopped() */
		return false;
	default:
		return !t->r->sink || !t->delivered || t->r->again;
	}
}

int transfer_no_answer(const struct transfer *t, unsigned tries, struct err *e)
{
	const char *reason = *t->reason ? t->reason : curl_easy_strerror(t->rc);
	const char *advice = t->rc == CURLE_PEER_FAILED_VERIFICATION || t->rc == CURLE_SSL_CACERT_BADFILE
				     ? "; the CA bundle of your network is named with SSL_CERT_FILE"
				     : "";
	char counted[32] = "";
	if (tries > 1)
		snprintf(counted, sizeof counted, " (%u tries)", tries);
	return err_set(e, ERR_NETWORK, "no answer from %.*s: %.200s%s%s", VIEW_ARG(origin(buf_view(&t->url))), reason,
		counted, advice);
}
