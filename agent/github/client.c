#include "github/internal.h"

#include "base/mem.h"

#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#define API_DEFAULT "https://api.github.com"
#define GHES_REST "/api/v3"

/* ---- options ------------------------------------------------------------------------------------------------- */

/* A line break in it would add headers of its own. */
static bool is_one_word(const char *text)
{
	for (; text && *text; text++)
		if (*text <= ' ' || *text == 0x7f)
			return false;
	return true;
}

static bool is_base(const char *url)
{
	struct view v = view_of(url);
	if (!is_one_word(url) || (!view_starts(v, "https://") && !view_starts(v, "http://")))
		return false;
	/* "https://name:password@host" would send them to whoever we are redirected to, and show them in errors */
	return !view_has(v, "@") && !view_has(v, "?") && !view_has(v, "#");
}

static bool is_slug_part(struct view part)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	for (size_t i = 0; i < part.n; i++)
		if (!part.p[i] || !strchr(allowed, part.p[i]))
			return false;
	return part.n && !view_is(part, ".") && !view_is(part, "..");
}

static bool is_slug(const char *text)
{
	struct view v = view_of(text);
	size_t slash = view_find_char(v, '/');
	return slash != VIEW_NONE && is_slug_part(view_sub(v, 0, slash)) && is_slug_part(view_from(v, slash + 1));
}

static const char *given(const char *text)
{
	return text && *text ? text : NULL;
}

static char *base_of(const char *url)
{
	struct view v = view_of(url);
	while (v.n && v.p[v.n - 1] == '/')
		v.n--;
	return mem_bytes(v.p, v.n);
}

/* https://HOST/api/v3 has its GraphQL at https://HOST/api/graphql. */
static char *graphql_of(const char *api_url)
{
	struct view v = view_of(api_url);
	BUF_AUTO b = buf_new(GITHUB_URL_MAX);
	if (view_ends(v, GHES_REST))
		v.n -= strlen("/v3");
	buf_add_view(&b, v);
	buf_add_text(&b, "/graphql");
	return buf_take(&b);
}

bool github_is_this_machine(struct view url)
{
	static const char *const local[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};
	for (size_t i = 0; i < sizeof local / sizeof *local; i++) {
		size_t n = strlen(local[i]);
		if (view_starts(url, local[i]) && (url.n == n || url.p[n] == ':' || url.p[n] == '/'))
			return true;
	}
	return false;
}

static bool is_clear_text(const char *url)
{
	return given(url) && !view_starts(view_of(url), "https://") && !github_is_this_machine(view_of(url));
}

static int check(const struct github_options *o, struct err *e)
{
	if (!is_one_word(o->token))
		return err_set(e, ERR_USAGE, "the token holds blanks or control characters");
	if (given(o->api_url) && !is_base(o->api_url))
		return err_set(e, ERR_USAGE,
			"GitHub's API address must be https://HOST[/api/v3], without user, query and fragment");
	if (given(o->graphql_url) && !is_base(o->graphql_url))
		return err_set(e, ERR_USAGE,
			"GitHub's GraphQL address must be https://HOST/..., without user, query and fragment");
	if ((given(o->token) || given(o->app_id)) && (is_clear_text(o->api_url) || is_clear_text(o->graphql_url)))
		return err_set(e, ERR_USAGE, "GitHub's address is not https: a token is not sent there in clear text");
	if (given(o->repository) && !is_slug(o->repository))
		return err_set(e, ERR_USAGE, "'%.80s' is no repository: OWNER/NAME is", o->repository);
	if (given(o->app_id) && !given(o->private_key))
		return err_set(e, ERR_USAGE, "the App %.40s has no private key; give its PEM", o->app_id);
	return 0;
}

static void take_numbers(struct github *g, const struct github_options *o)
{
	g->patience_ms = o->patience_ms ? o->patience_ms : GITHUB_PATIENCE_MS;
	g->write_gap_ms = o->write_gap_ms ? o->write_gap_ms : GITHUB_WRITE_GAP_MS;
	g->min_remaining = o->min_remaining;
	g->stall_s = o->stall_s > 0 ? o->stall_s : GITHUB_STALL_S;
	g->wait = o->wait;
	g->wait_context = o->wait_context;
	g->stop = o->stop;
	g->rate_remaining = -1;
	g->clock_offset = CLOCK_UNKNOWN;
	if (getrandom(&g->random, sizeof g->random, 0) != sizeof g->random)
		g->random = (uint64_t)clock_monotonic();
	g->random |= 1;
}

int github_open(struct github **ret, const struct github_options *o, struct err *e)
{
	if (check(o, e) < 0)
		return -1;
	struct github *g = mem_new(sizeof *g);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	g->curl = curl_easy_init();
	g->multi = curl_multi_init();
	g->api_url = base_of(given(o->api_url) ? o->api_url : API_DEFAULT);
	g->graphql_url = given(o->graphql_url) ? base_of(o->graphql_url) : graphql_of(g->api_url);
	g->repository = mem_text(given(o->repository));
	g->ca_file = mem_text(o->ca_file ? o->ca_file : github_ca_file());
	take_numbers(g, o);
	int rc = g->curl && g->multi ? 0 : err_set(e, ERR_UNAVAILABLE, "libcurl cannot start");
	if (rc == 0 && given(o->app_id)) {
		g->app_id = mem_text(o->app_id);
		rc = app_new(&g->app, o->app_id, o->private_key, e);
	} else {
		github_set_token(g, mem_text(given(o->token)));
	}
	if (rc < 0) {
		github_close(g);
		return -1;
	}
	curl_multi_setopt(g->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)GITHUB_PARALLEL_MAX);
	curl_multi_setopt(g->multi, CURLMOPT_MAXCONNECTS, (long)GITHUB_PARALLEL_MAX * 2);
	*ret = g;
	return 0;
}

void github_close(struct github *g)
{
	if (!g)
		return;
	curl_easy_cleanup(g->curl);
	curl_multi_cleanup(g->multi);
	github_set_token(g, NULL);
	app_free(g->app);
	cache_done(&g->cache);
	free(g->api_url);
	free(g->graphql_url);
	free(g->repository);
	free(g->ca_file);
	free(g->app_id);
	free(g->login);
	free(g);
}

uint64_t github_requests(const struct github *g)
{
	return g->requests;
}

const char *github_repository(const struct github *g)
{
	return g->repository;
}

/* ---- tokens -------------------------------------------------------------------------------------------------- */

void github_set_token(struct github *g, char *owned)
{
	if (g->token)
		explicit_bzero(g->token, strlen(g->token));
	free(g->token);
	g->token = owned;
}

void github_hide(const struct github *g, struct err *e)
{
	size_t n = g->token ? strlen(g->token) : 0;
	for (char *at; e && n >= 4 && (at = strstr(e->text, g->token));)
		memset(at, '*', n);
}

/* A job's token is one of the App "GitHub Actions", and looks like every App's. */
enum github_token github_token_kind(const struct github *g)
{
	static const struct {
		const char *prefix;
		enum github_token kind;
	} kinds[] = {{"github_pat_", GITHUB_FINE_PAT}, {"ghp_", GITHUB_CLASSIC_PAT}, {"gho_", GITHUB_OAUTH_TOKEN},
		{"ghu_", GITHUB_OAUTH_TOKEN}};
	const char *actions = getenv("GITHUB_ACTIONS");
	struct view token = view_of(g->token);
	if (g->app)
		return GITHUB_APP_TOKEN;
	if (!token.n)
		return GITHUB_NO_TOKEN;
	if (view_starts(token, "ghs_"))
		return actions && !strcmp(actions, "true") ? GITHUB_ACTIONS_TOKEN : GITHUB_APP_TOKEN;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (view_starts(token, kinds[i].prefix))
			return kinds[i].kind;
	return GITHUB_OTHER_TOKEN;
}

const char *github_token_text(const struct github *g)
{
	return g->token;
}

const char *github_token_words(enum github_token kind)
{
	static const char *const words[] = {"no token", "the token of a job (GITHUB_TOKEN)",
		"the token of a GitHub App", "a classic personal access token", "a fine-grained personal access token",
		"an OAuth token", "a token of an unknown kind"};
	return words[kind];
}

/* ---- addresses ----------------------------------------------------------------------------------------------- */

/* libcurl would resolve it: a branch or file called "../.." leads to another address than was meant. */
static bool climbs(struct view path)
{
	struct view part, rest = view_sub(path, 0, view_find_char(path, '?'));
	while (view_next(&rest, '/', &part))
		if (view_is(part, ".") || view_is(part, ".."))
			return true;
	return false;
}

int github_url(const struct github *g, const char *path, struct buf *ret, struct err *e)
{
	struct view v = view_of(path);
	if (climbs(v))
		return err_set(
			e, ERR_USAGE, "'%.200s' is no address of GitHub's API: no part of it may be '.' or '..'", path);
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

/* "https://host:port" of an address. What differs only in writing is another one: that fails, and leaks nothing. */
static struct view origin(struct view url)
{
	size_t scheme = view_find(url, "://");
	if (scheme == VIEW_NONE)
		return url;
	size_t slash = view_find_char(view_from(url, scheme + 3), '/');
	return slash == VIEW_NONE ? url : view_sub(url, 0, scheme + 3 + slash);
}

bool github_is_ours(const struct github *g, const char *url)
{
	struct view o = origin(view_of(url));
	return view_eq(o, origin(view_of(g->api_url))) || !strcmp(url, g->graphql_url);
}

/* ---- chance and time ----------------------------------------------------------------------------------------- */

uint32_t github_random(struct github *g)
{
	/* xorshift64*: it spreads waits, it protects nothing */
	g->random ^= g->random >> 12;
	g->random ^= g->random << 25;
	g->random ^= g->random >> 27;
	return (uint32_t)(g->random * UINT64_C(2685821657736338717) >> 32);
}

int64_t github_now(const struct github *g)
{
	int64_t now = g->clock_offset == CLOCK_UNKNOWN ? clock_now() : clock_monotonic() + g->clock_offset;
	return now / CLOCK_SECOND;
}

const char *github_curl_version(void)
{
	return curl_version_info(CURLVERSION_NOW)->version;
}
