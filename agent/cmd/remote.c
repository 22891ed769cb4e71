#include "cmd/remote.h"

#include "base/file.h"
#include "base/mem.h"
#include "cmd/remote_token.h"
#include "heal/heal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SERVER_DEFAULT "https://github.com"
#define WAIT_SLICE_MS 500
#define WAIT_WORTH_SAYING_MS 3000

static char *server_of_environment(void)
{
	char *server = mem_text(
		session_variable("GITHUB_SERVER_URL") ? session_variable("GITHUB_SERVER_URL") : SERVER_DEFAULT);
	for (size_t n = strlen(server); n && server[n - 1] == '/'; n--)
		server[n - 1] = '\0';
	return server;
}

/* A server of one's own has its API below /api/v3. */
static char *api_of(const char *server)
{
	if (session_variable("GITHUB_API_URL"))
		return mem_text(session_variable("GITHUB_API_URL"));
	if (!strcmp(server, SERVER_DEFAULT))
		return NULL;
	return file_join(server, "api/v3");
}

/* ---- repository ------------------------------------------------------------------------------- */

static bool is_slug(const char *text)
{
	struct view v = view_of(text);
	size_t slash = view_find_char(v, '/');
	if (slash == VIEW_NONE || !slash || slash + 1 >= v.n || v.n > 200)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		char c = text[i];
		bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
			    c == '_' || c == '.' || i == slash;
		if (!good)
			return false;
	}
	return !view_has(v, "..");
}

static char *slug_of_checkout(const struct session *s)
{
	struct repository *repository = NULL;
	struct err why;
	char *slug = NULL;
	if (repository_open(&repository, s->repo, &why) == 0)
		slug = mem_text(repository_slug(repository));
	repository_free(repository);
	return slug;
}

static int find_repository(struct remote *r, const struct remote_options *o, struct err *e)
{
	const char *given = o->repository ? o->repository : args_text(r->session->args, "repository", NULL);
	r->repository = mem_text(given ? given : session_variable("GITHUB_REPOSITORY"));
	if (!r->repository)
		r->repository = slug_of_checkout(r->session);
	if (!r->repository && !o->any_repository)
		return err_set(e, ERR_USAGE,
			"which repository? name it with --repository OWNER/NAME, or call this in a clone of it");
	if (r->repository && !is_slug(r->repository))
		return err_set(e, ERR_USAGE, "'%.80s' is no repository; --repository takes OWNER/NAME", r->repository);
	return 0;
}

/* ---- waiting ---------------------------------------------------------------------------------- */

bool remote_pause(struct remote *r, int64_t ms)
{
	while (ms > 0 && !(r->stop && *r->stop)) {
		int64_t slice = ms < WAIT_SLICE_MS ? ms : WAIT_SLICE_MS;
		nanosleep(&(struct timespec){.tv_sec = slice / 1000, .tv_nsec = slice % 1000 * 1000000}, NULL);
		ms -= slice;
	}
	return !(r->stop && *r->stop);
}

bool remote_wait(void *remote, int64_t ms, const char *why)
{
	struct remote *r = remote;
	if (ms >= WAIT_WORTH_SAYING_MS)
		session_note(r->session, "waiting %lld s: %s", (long long)((ms + 999) / 1000), why);
	return remote_pause(r, ms);
}

/* ---- opening ---------------------------------------------------------------------------------- */

static int open_github(struct remote *r, const struct remote_options *o, struct err *e)
{
	struct remote_token token;
	MEM_AUTO char *api = api_of(r->server);
	remote_token_find(&token, r->server);
	r->token_from = token.from;
	r->token_name = token.name;
	struct github_options options = {.api_url = api,
		.graphql_url = session_variable("GITHUB_GRAPHQL_URL"),
		.token = token.token,
		.repository = r->repository,
		.app_id = token.app_id,
		.private_key = token.private_key,
		.patience_ms = o->patience_ms,
		.min_remaining = o->min_remaining,
		.wait = remote_wait,
		.wait_context = r,
		.stop = o->stop};
	int rc = github_open(&r->github, &options, e);
	remote_token_forget(&token);
	return rc;
}

int remote_open(struct remote **ret, struct session *s, const struct remote_options *o, struct err *e)
{
	static const struct remote_options none = {0};
	struct remote *r = mem_new(sizeof *r);
	o = o ? o : &none;
	*r = (struct remote){.session = s, .server = server_of_environment(), .stop = o->stop};
	if (find_repository(r, o, e) < 0 || open_github(r, o, e) < 0) {
		remote_close(r);
		return -1;
	}
	*ret = r;
	return 0;
}

void remote_close(struct remote *r)
{
	if (!r)
		return;
	github_close(r->github);
	free(r->repository);
	free(r->server);
	free(r);
}

/* ---- addresses -------------------------------------------------------------------------------- */

bool remote_is_address(const char *text)
{
	return view_starts(view_of(text), "https://") || view_starts(view_of(text), "http://");
}

static bool take_number(struct view *rest, const char *before, int64_t *ret)
{
	struct view copy = *rest, word, digits;
	uint64_t n;
	if (!view_next(&copy, '/', &word) || !view_is(word, before) || !view_next(&copy, '/', &digits) ||
		!view_number(digits, INT64_MAX, &n))
		return false;
	*ret = (int64_t)n;
	*rest = copy;
	return true;
}

/* Behind the server: OWNER/NAME/actions/runs/ID[/attempts/N][/job/ID] */
static bool parse_path(struct remote_address *ret, struct view path)
{
	struct view owner, name, word;
	int64_t attempt = 0;
	size_t end = path.n;
	for (size_t i = path.n; i-- > 0;)
		if (path.p[i] == '?' || path.p[i] == '#')
			end = i;
	path = view_sub(path, 0, end);
	struct view rest = path;
	if (!view_next(&rest, '/', &owner) || !view_next(&rest, '/', &name) || !view_next(&rest, '/', &word) ||
		!view_is(word, "actions") || !take_number(&rest, "runs", &ret->run))
		return false;
	if (take_number(&rest, "attempts", &attempt))
		ret->attempt = attempt <= INT32_MAX ? (int)attempt : 0;
	if (!take_number(&rest, "job", &ret->job))
		(void)take_number(&rest, "jobs", &ret->job);
	ret->repository = mem_bytes(path.p, owner.n + 1 + name.n);
	if (is_slug(ret->repository))
		return true;
	free(ret->repository);
	ret->repository = NULL;
	return false;
}

int remote_address_parse(struct remote_address *ret, const char *text, struct err *e)
{
	MEM_AUTO char *server = server_of_environment();
	struct view v = view_of(text);
	size_t n = strlen(server);
	*ret = (struct remote_address){0};
	if (!view_starts(v, server) || v.n <= n || v.p[n] != '/')
		return err_set(e, ERR_USAGE, "%.200s is not on %s; another server is named with GITHUB_SERVER_URL",
			text, server);
	if (!parse_path(ret, view_from(v, n + 1)))
		return err_set(e, ERR_USAGE,
			"%.200s is no address of a run or job; it looks like %s/OWNER/NAME/actions/runs/1/job/2", text,
			server);
	return 0;
}
