#include "cmd/examination.h"

#include "base/clock.h"
#include "base/file.h"
#include "cmd/remote.h"

#include <stdlib.h>
#include <string.h>

#define SKEW_NOTED_S 30
#define RATE_LOW 100
#define BUNDLE_MAX ((size_t)16 << 20)

static void say_setting(struct examination *x, const char *what, enum github_known k, const char *yes, const char *no)
{
	static const char unknown[] = "the token may not see this setting";
	examination_say(x,
		k == GITHUB_UNKNOWN ? UNKNOWN
		: k == GITHUB_YES   ? GOOD
				    : NOTE,
		what, "%s",
		k == GITHUB_UNKNOWN ? unknown
		: k == GITHUB_YES   ? yes
				    : no);
}

static void examine_settings(struct examination *x, struct github *g, const struct github_repo *repo)
{
	struct err e;
	struct github_settings s;
	if (github_settings_get(g, repo->default_branch, &s, &e) < 0) {
		examination_say(x, UNKNOWN, "settings", "%s", e.text);
		return;
	}
	say_setting(x, "default token", s.default_token_writes,
		"jobs may write where the workflow does not say otherwise",
		"read-only unless the workflow's `permissions:` grant more");
	say_setting(x, "pull requests", s.may_create_pulls, "Actions may open them",
		"Actions may not open them: Settings, Actions, General, \"Allow GitHub Actions to create and approve "
		"pull requests\"");
	say_setting(x, "protection", s.default_branch_protected, "the default branch is protected",
		"the default branch is not protected");
}

/* False: nothing is left, and nothing else is worth asking. */
static bool examine_rate(struct examination *x, struct github *g)
{
	struct err e;
	struct github_rate rate;
	if (github_rate_get(g, &rate, &e) < 0) {
		examination_say(x, UNKNOWN, "rate limit", "%s", e.text);
		return true;
	}
	if (rate.limit < 0) {
		examination_say(x, UNKNOWN, "rate limit", "GitHub does not say; a server of one's own may have none");
		return true;
	}
	char reset[CLOCK_TEXT_MAX] = "an unknown time";
	if (rate.reset > 0)
		clock_iso(rate.reset * CLOCK_SECOND, reset);
	if (rate.remaining == 0)
		examination_say(
			x, BAD, "rate limit", "all %lld requests are used up until %s", (long long)rate.limit, reset);
	else
		examination_say(x, rate.remaining > 0 && rate.remaining < RATE_LOW ? NOTE : GOOD, "rate limit",
			"%lld of %lld requests left until %s", (long long)rate.remaining, (long long)rate.limit, reset);
	return rate.remaining != 0;
}

/* The claim of an App is made by GitHub's clock once that is known (app.c), so a wrong one is no hindrance. */
static void examine_clock(struct examination *x, int64_t date)
{
	if (date == CLOCK_UNKNOWN) {
		examination_say(x, UNKNOWN, "clock", "GitHub's answer tells no time");
		return;
	}
	int64_t skew = (clock_now() - date) / CLOCK_SECOND, off = skew < 0 ? -skew : skew;
	examination_say(x, off >= SKEW_NOTED_S ? NOTE : GOOD, "clock", "%lld s %s GitHub's%s", (long long)off,
		skew < 0 ? "behind" : "ahead of", off >= SKEW_NOTED_S ? "; times in the history are off by that" : "");
}

static void examine_remote(struct examination *x, struct github *g, const char *slug, const char *scopes)
{
	struct err e;
	ARENA_AUTO a = {0};
	struct github_repo repo;
	if (github_repo_get(g, &a, &repo, &e) < 0) {
		examination_say(x, e.code == ERR_NETWORK ? UNKNOWN : BAD, "github", "%s", e.text);
		if (e.code == ERR_NETWORK)
			x->trouble = e;
		return;
	}
	examination_say(x, repo.archived ? NOTE : GOOD, "github", "%s can be read%s", slug,
		repo.archived ? "; it is archived: nothing can be written" : "");
	examine_permissions(x, g, &repo, scopes);
	examine_settings(x, g, &repo);
}

static void say_token(struct examination *x, const struct remote *r, const char *scopes)
{
	enum github_token kind = github_token_kind(r->github);
	examination_say(x, kind == GITHUB_OTHER_TOKEN ? NOTE : GOOD, "token", "%s, from %s%s%.200s",
		github_token_words(kind), r->token_name, scopes ? "; scopes: " : "",
		!scopes   ? ""
		: *scopes ? scopes
			  : "none");
}

/* The limits cost nothing to ask for, and the answer tells whether there is one, whether the token is good, and the
 * time. A server without limits says 404. */
static void examine_api(struct examination *x, const struct remote *r)
{
	struct err e;
	struct github_answer a;
	struct github *g = r->github;
	int rc = github_call(g, "GET", "/rate_limit", NULL, &a, &e);
	if (rc < 0 && e.code != ERR_NOT_FOUND) {
		bool no = e.code != ERR_NETWORK;
		examination_say(x, no ? BAD : UNKNOWN, no ? "token" : "github", "%s%s%s",
			no ? github_token_words(github_token_kind(g)) : "", no ? ": " : "", e.text);
		if (!no)
			x->trouble = e;
	} else {
		say_token(x, r, a.scopes);
		examine_clock(x, a.date);
		if (examine_rate(x, g))
			examine_remote(x, g, r->repository, a.scopes);
		else
			examination_say(x, UNKNOWN, "github", "not asked: the rate limit is used up");
	}
	github_answer_done(&a);
}

static void examine_certificates(struct examination *x)
{
	struct err e;
	struct buf bundle;
	const char *path = github_ca_file();
	if (!path)
		examination_say(x, BAD, "certificates", "no CA bundle found; set SSL_CERT_FILE");
	else if (file_read(path, BUNDLE_MAX, &bundle, &e) < 0)
		examination_say(x, BAD, "certificates", "%s%s", e.text,
			session_variable("SSL_CERT_FILE") ? "; SSL_CERT_FILE names it" : "");
	else {
		bool good = view_has(buf_view(&bundle), "CERTIFICATE-----");
		examination_say(x, good ? GOOD : BAD, "certificates", "%s%s", path,
			good ? "" : " holds no certificate; SSL_CERT_FILE names a bundle in PEM");
		buf_done(&bundle);
	}
}

static void examine_app(struct examination *x)
{
	const char *id = session_variable("RUNMEDIC_APP_ID"), *key = session_variable("RUNMEDIC_PRIVATE_KEY");
	if (!id == !key)
		return;
	examination_say(x, BAD, "app", "%s is set, %s is not: a GitHub App takes both",
		id ? "RUNMEDIC_APP_ID" : "RUNMEDIC_PRIVATE_KEY", id ? "RUNMEDIC_PRIVATE_KEY" : "RUNMEDIC_APP_ID");
}

void examine_github(struct examination *x, const char *slug)
{
	struct err e;
	struct remote *r = NULL;
	const struct remote_options o = {.repository = slug, .any_repository = true, .patience_ms = -1};
	examine_certificates(x);
	if (args_flag(x->session->args, "offline")) {
		examination_say(x, UNKNOWN, "github", "not asked: --offline");
		return;
	}
	examine_app(x);
	if (remote_open(&r, x->session, &o, &e) < 0) {
		examination_say(x, BAD, "github", "%s", e.text);
		return;
	}
	if (r->token_from == REMOTE_ANONYMOUS)
		examination_say(x, NOTE, "token",
			"none (GITHUB_TOKEN, GH_TOKEN, an App or `gh auth token`); local logs need none");
	if (r->token_from == REMOTE_ANONYMOUS || !r->repository)
		examination_say(x, UNKNOWN, "github", "not asked: %s",
			r->token_from == REMOTE_ANONYMOUS ? "no token" : "the repository is not known");
	else
		examine_api(x, r);
	remote_close(r);
}
