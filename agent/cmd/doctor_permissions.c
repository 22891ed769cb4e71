#include "cmd/examination.h"

#include <string.h>

/* What each permission is for, and a question that only its reader may ask. Nothing is written to find out more. */
static const struct permission {
	const char *name, *api_name, *title, *probe, *needed_for;
	enum github_level wanted;
} permissions[] = {
	{"actions", "actions", "Actions", "/repos/{repo}/actions/runs?per_page=1", "runs, jobs and logs",
		GITHUB_LEVEL_READ},
	{"checks", "checks", "Checks", "/repos/{repo}/commits/HEAD/check-runs?per_page=1", "the check run",
		GITHUB_LEVEL_WRITE},
	{"pull-requests", "pull_requests", "Pull requests", "/repos/{repo}/pulls?per_page=1", "the sticky comment",
		GITHUB_LEVEL_WRITE},
	{"contents", "contents", "Contents", "/repos/{repo}/commits?per_page=1",
		"the configuration; commits of fixes want `write`", GITHUB_LEVEL_READ},
};

static const char *level_word(enum github_level l)
{
	static const char *const words[] = {"unknown", "none", "read", "write"};
	return words[l];
}

/* The line is that of a workflow; what else may grant it depends on the token. */
static void advise(struct buf *b, enum github_token kind, const struct permission *p)
{
	const char *level = level_word(p->wanted);
	if (kind == GITHUB_APP_TOKEN)
		buf_addf(b, "give the GitHub App \"%s: %s\", and accept that for its installation; for a job's token ",
			p->title, level);
	else if (kind == GITHUB_FINE_PAT)
		buf_addf(b, "give the token \"%s: %s\" for this repository; for a job's token ", p->title, level);
	else if (kind == GITHUB_CLASSIC_PAT || kind == GITHUB_OAUTH_TOKEN)
		buf_add_text(b, "give the token the scope `repo`; for a job's token ");
	buf_addf(b, "add `%s: %s` below `permissions:` of the workflow", p->name, level);
}

static void say_missing(struct examination *x, enum github_token kind, const struct permission *p, const char *state)
{
	BUF_AUTO advice = buf_new(BUF_LINE);
	advise(&advice, kind, p);
	examination_say(x, NOTE, p->name, "%s, wanted for %s: %s", state, p->needed_for, buf_text(&advice));
}

/* An answer to anybody's question says nothing about the token. */
static void examine_by_asking(
	struct examination *x, struct github *g, const struct github_repo *repo, const struct permission *p)
{
	struct github_answer a;
	struct err e;
	int rc = github_call(g, "GET", p->probe, NULL, &a, &e);
	github_answer_done(&a);
	if (rc < 0 && (e.code == ERR_AUTH || e.code == ERR_NOT_FOUND))
		say_missing(x, github_token_kind(g), p, "cannot be read");
	else if (rc < 0)
		examination_say(x, UNKNOWN, p->name, "%s", e.text);
	else if (!repo->is_private && !strcmp(p->name, "actions"))
		examination_say(x, UNKNOWN, p->name,
			"runs can be read by anybody (public repository); logs take `actions: read`, and the API does "
			"not tell whether the token has it");
	else
		examination_say(x, GOOD, p->name, "can be read%s (for %s)",
			repo->is_private ? "" : " by anybody: the repository is public", p->needed_for);
}

static void examine_granted(
	struct examination *x, enum github_token kind, const struct permission *p, enum github_level level)
{
	BUF_AUTO state = buf_new(BUF_LINE);
	buf_addf(&state, "the App has: %s", level_word(level));
	if (level >= p->wanted)
		examination_say(x, GOOD, p->name, "%s (for %s)", buf_text(&state), p->needed_for);
	else
		say_missing(x, kind, p, buf_text(&state));
}

static bool has_scope(const char *scopes, const char *wanted)
{
	struct view rest = view_of(scopes), one;
	while (view_next(&rest, ',', &one))
		if (view_is(view_trim(one), wanted))
			return true;
	return false;
}

/* What the owner may is told of the repository, what a token with scopes may of it by them. */
static void examine_scopes(struct examination *x, const struct github_repo *repo, const char *scopes)
{
	if (!scopes)
		examination_say(x, UNKNOWN, "write access", "the owner may write; GitHub does not tell the scopes");
	else if (has_scope(scopes, "repo") || (!repo->is_private && has_scope(scopes, "public_repo")))
		examination_say(x, GOOD, "write access",
			"yes (scopes: %.200s); check runs are for Apps and jobs only, a commit status takes their "
			"place",
			scopes);
	else
		examination_say(x, NOTE, "write access",
			"no: the token lacks the scope `repo` (it has: %.200s); results stay in the log, summary and "
			"files",
			*scopes ? scopes : "none");
}

static void examine_writing(
	struct examination *x, const struct github *g, const struct github_repo *repo, const char *scopes)
{
	enum github_token kind = github_token_kind(g);
	if (repo->archived)
		examination_say(x, NOTE, "write access", "no: the repository is archived");
	else if (github_app_level(g, "metadata") != GITHUB_LEVEL_UNKNOWN)
		return; /* each permission has told its own */
	else if (kind == GITHUB_ACTIONS_TOKEN || kind == GITHUB_APP_TOKEN)
		examination_say(x, UNKNOWN, "write access",
			"the API does not tell a job's or App's token; the \"GITHUB_TOKEN Permissions\" group of a "
			"job's log does. Where it is missing results stay in the log, summary and files");
	else if (repo->push == GITHUB_NO)
		examination_say(x, NOTE, "write access",
			"no: the token's owner may not write here; results stay in the log, summary and files");
	else if (repo->push == GITHUB_YES && (kind == GITHUB_CLASSIC_PAT || kind == GITHUB_OAUTH_TOKEN))
		examine_scopes(x, repo, scopes);
	else
		examination_say(x, UNKNOWN, "write access", "%s; the API does not tell whether the token may",
			repo->push == GITHUB_YES ? "the token's owner may write" : "GitHub does not say");
}

void examine_permissions(struct examination *x, struct github *g, const struct github_repo *repo, const char *scopes)
{
	for (size_t i = 0; i < sizeof permissions / sizeof *permissions; i++) {
		const struct permission *p = &permissions[i];
		enum github_level level = github_app_level(g, p->api_name);
		if (level == GITHUB_LEVEL_UNKNOWN)
			examine_by_asking(x, g, repo, p);
		else
			examine_granted(x, github_token_kind(g), p, level);
	}
	examine_writing(x, g, repo, scopes);
}
