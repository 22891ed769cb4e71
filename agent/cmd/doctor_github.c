#include "cmd/examination.h"

#include "base/clock.h"
#include "github/repos.h"

#include <stdlib.h>
#include <string.h>

#define SKEW_NOTED_S 30
#define SKEW_BAD_S 60 /* GitHub refuses an App's claim that was made in its future */
#define RATE_LOW 100

static const char *known(const char *name)
{
	const char *value = getenv(name);
	return value && *value ? value : NULL;
}

static const char *token(void)
{
	return known("GITHUB_TOKEN") ? known("GITHUB_TOKEN") : known("GH_TOKEN");
}

static bool is_app(void)
{
	return known("RUNMEDIC_APP_ID") && known("RUNMEDIC_PRIVATE_KEY");
}

/* What each permission is for, and a question that only its reader may ask. Nothing is written to find out more. */
static const struct permission {
	const char *name, *probe, *needed_for, *line;
} permissions[] = {
	{"actions", "/repos/{repo}/actions/runs?per_page=1", "runs, jobs and logs", "actions: read"},
	{"checks", "/repos/{repo}/commits/HEAD/check-runs?per_page=1", "the check run", "checks: write"},
	{"pull-requests", "/repos/{repo}/pulls?per_page=1", "the sticky comment", "pull-requests: write"},
	{"contents", "/repos/{repo}/commits?per_page=1", "the configuration; commits of fixes want `write`",
		"contents: read"},
};

static void examine_permission(struct examination *x, struct github *g, const struct permission *p)
{
	struct github_answer a;
	struct err e;
	int rc = github_call(g, "GET", p->probe, NULL, &a, &e);
	if (rc == 0)
		examination_say(x, GOOD, p->name, "can be read (for %s)", p->needed_for);
	else if (e.code == ERR_NETWORK)
		examination_say(x, UNKNOWN, p->name, "%s", e.text);
	else
		examination_say(x, NOTE, p->name, "cannot be read, wanted for %s: add `%s` below `permissions:`",
			p->needed_for, p->line);
	github_answer_done(&a);
}

static void examine_writing(struct examination *x, const struct github *g, const struct github_repo *repo)
{
	enum github_token kind = github_token_kind(g);
	if (kind == GITHUB_ACTIONS_TOKEN || kind == GITHUB_APP_TOKEN)
		examination_say(x, UNKNOWN, "write access",
			"the API does not tell a job's or App's token; the \"GITHUB_TOKEN Permissions\" group of a "
			"job's log does. Where it is missing results stay in the log, summary and files");
	else
		examination_say(x, repo->push == GITHUB_YES ? GOOD : NOTE, "write access", "%s",
			repo->push == GITHUB_YES
				? "yes; check runs are for Apps and jobs only, a commit status takes their place"
				: "no: results stay in the log, summary and files");
}

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

static void examine_rate(struct examination *x, struct github *g)
{
	struct err e;
	struct github_rate rate;
	if (github_rate_get(g, &rate, &e) < 0) {
		examination_say(x, UNKNOWN, "rate limit", "%s", e.text);
		return;
	}
	if (rate.limit < 0) {
		examination_say(x, UNKNOWN, "rate limit", "GitHub does not say");
		return;
	}
	char reset[CLOCK_TEXT_MAX] = "an unknown time";
	if (rate.reset > 0)
		clock_iso(rate.reset * CLOCK_SECOND, reset);
	examination_say(x, rate.remaining < RATE_LOW ? NOTE : GOOD, "rate limit", "%lld of %lld requests left until %s",
		(long long)rate.remaining, (long long)rate.limit, reset);
}

static void examine_clock(struct examination *x, struct github *g)
{
	struct err e;
	struct github_answer a;
	if (github_call(g, "GET", "/rate_limit", NULL, &a, &e) < 0 || a.date == CLOCK_UNKNOWN) {
		github_answer_done(&a);
		return;
	}
	int64_t skew = (clock_now() - a.date) / CLOCK_SECOND, off = skew < 0 ? -skew : skew;
	github_answer_done(&a);
	if (off >= SKEW_BAD_S && is_app())
		examination_say(x, BAD, "clock", "%lld s %s GitHub's: an App's claim is refused; set the clock",
			(long long)off, skew > 0 ? "ahead of" : "behind");
	else
		examination_say(x, off >= SKEW_NOTED_S ? NOTE : GOOD, "clock", "%lld s %s GitHub's", (long long)off,
			skew < 0 ? "behind" : "ahead of");
}

static void examine_api(struct examination *x, struct github *g, const char *slug)
{
	struct err e;
	ARENA_AUTO a = {0};
	struct github_repo repo;
	examination_say(x, GOOD, "token", "%s", github_token_words(github_token_kind(g)));
	if (github_repo_get(g, &a, &repo, &e) < 0) {
		examination_say(x, e.code == ERR_NETWORK ? UNKNOWN : BAD, "github", "%s", e.text);
		return;
	}
	examination_say(x, repo.archived ? NOTE : GOOD, "github", "%s can be read%s", slug,
		repo.archived ? "; it is archived: nothing can be written" : "");
	for (size_t i = 0; i < sizeof permissions / sizeof *permissions; i++)
		examine_permission(x, g, &permissions[i]);
	examine_writing(x, g, &repo);
	examine_settings(x, g, &repo);
	examine_rate(x, g);
	examine_clock(x, g);
}

static const char *why_not_asked(const struct examination *x, const char *slug)
{
	if (args_flag(x->session->args, "offline"))
		return "--offline";
	if (!token() && !is_app())
		return "no token";
	return slug ? NULL : "the repository is not known";
}

void examine_github(struct examination *x, const char *slug)
{
	struct err e;
	struct github *g;
	const char *why = why_not_asked(x, slug);
	if (!github_ca_file())
		examination_say(x, BAD, "certificates", "no CA bundle found; set SSL_CERT_FILE");
	else
		examination_say(x, GOOD, "certificates", "%s", github_ca_file());
	if (why) {
		if (!token() && !is_app())
			examination_say(x, NOTE, "token", "none (GITHUB_TOKEN or GH_TOKEN); local logs need none");
		examination_say(x, UNKNOWN, "github", "not asked: %s", why);
		return;
	}
	const struct github_options o = {.api_url = known("GITHUB_API_URL"),
		.graphql_url = known("GITHUB_GRAPHQL_URL"),
		.token = token(),
		.app_id = token() ? NULL : known("RUNMEDIC_APP_ID"),
		.private_key = token() ? NULL : known("RUNMEDIC_PRIVATE_KEY"),
		.patience_ms = -1,
		.repository = slug};
	if (github_open(&g, &o, &e) < 0) {
		examination_say(x, BAD, "github", "%s", e.text);
		return;
	}
	examine_api(x, g, slug);
	github_close(g);
}
