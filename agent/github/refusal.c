#include "github/internal.h"

#include "base/redact.h"

#include <stdio.h>

#define ERRORS_SHOWN 5
#define PROTECTED                                                                                                      \
	"the branch is protected: deliver by a pull request (`heal.deliver: pr`), or let the token's App bypass the "  \
	"rule"
#define WORKFLOWS                                                                                                      \
	"no line of `permissions:` grants changes to workflow files: use a GitHub App with \"Workflows: write\""
#define NO_ISSUES "switch them on in Settings > General > Features > Issues"

enum retry_limit refusal_limit(struct view body)
{
	struct err not_json;
	JSON_AUTO *j = json_parse(body, GITHUB_ANSWER_MAX, &not_json);
	const cJSON *first = cJSON_GetArrayItem(json_get(j, "errors"), 0);
	const char *kind = json_text(first, "type"), *said = json_text(j, "message");
	struct view message = view_of(said ? said : json_text(first, "message"));
	if (view_has(message, "secondary rate limit") || view_has(message, "abuse detection"))
		return RETRY_SECONDARY;
	bool primary = view_has(message, "API rate limit exceeded") || (kind && !strcmp(kind, "RATE_LIMITED"));
	return primary ? RETRY_PRIMARY : RETRY_NO_LIMIT;
}

/* ---- which permission an address needs ----------------------------------------------------------------------- */

/* First match wins. `key` is that of `permissions:`; NULL: no `permissions:` grants it, `name` may. */
struct need {
	const char *part, *key, *name, *scope;
};
static const struct need needs[] = {
	{"/check-runs", "checks", "Checks", "repo"},
	{"/check-suites", "checks", "Checks", "repo"},
	{"/statuses", "statuses", "Commit statuses", "repo:status"},
	{"/actions/permissions", NULL, "Administration", "repo"},
	{"/actions/", "actions", "Actions", "repo"},
	{"/pulls", "pull-requests", "Pull requests", "repo"},
	{"/commits", "contents", "Contents", "repo"},
	{"{repo}/comments", "contents", "Contents", "repo"}, /* on commits */
	{"{repo}/labels", "issues", "Issues", "repo"},
	{"/comments", "pull-requests", "Pull requests", "repo"}, /* ours are on pull requests, below /issues/N */
	{"/labels", "pull-requests", "Pull requests", "repo"},
	{"/issues", "issues", "Issues", "repo"},
	{"/attestations", "attestations", "Attestations", "repo"},
	{"/protection", NULL, "Administration", "repo"},
	{"/dispatches", "contents", "Contents", "repo"},
	{"/git/", "contents", "Contents", "repo"},
	{"/contents", "contents", "Contents", "repo"},
	{"/merges", "contents", "Contents", "repo"},
	{"/branches", "contents", "Contents", "repo"},
	{"/rules", NULL, "Metadata", "repo"},
	{"/collaborators", NULL, "Metadata", "repo"},
	{"/compare", "contents", "Contents", "repo"},
	{"/releases", "contents", "Contents", "repo"},
	{"/graphql", "contents", "Contents", "repo"},
};

static const struct need *need_of(const char *path)
{
	for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
		if (strstr(path, needs[i].part))
			return &needs[i];
	return NULL;
}

static bool is_permission(struct view key)
{
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] != '_' && (key.p[i] < 'a' || key.p[i] > 'z'))
			return false;
	return key.n && key.n <= 40;
}

/* "checks=write", "issues=write; pull_requests=write" (one of them), "contents=read,metadata=read" (all of them): the
 * first choice as "checks: write" lines for YAML. */
static bool add_accepted(struct buf *b, const char *accepted)
{
	struct view rest = view_of(accepted), one, choice = view_sub(rest, 0, view_find_char(rest, ';'));
	while (view_next(&choice, ',', &one)) {
		one = view_trim(one);
		size_t equals = view_find_char(one, '=');
		struct view key = view_sub(one, 0, equals),
			    level = view_from(one, equals == VIEW_NONE ? one.n : equals + 1);
		if (!is_permission(key) || !(view_is(level, "read") || view_is(level, "write")))
			return false;
		if (view_is(key, "metadata"))
			continue;
		buf_add_text(b, b->n ? ", " : "");
		for (size_t i = 0; i < key.n; i++)
			buf_add_char(b, key.p[i] == '_' ? '-' : key.p[i]);
		buf_addf(b, ": %.*s", VIEW_ARG(level));
	}
	return b->n > 0;
}

static void add_lines(struct buf *b, const struct need *n, const struct request *r, const char *accepted)
{
	if (accepted && add_accepted(b, accepted))
		return;
	buf_clear(b);
	if (n && n->key)
		buf_addf(b, "%s: %s", n->key, r->read ? "read" : "write");
}

static void advise_permission(
	struct buf *b, const struct github *g, const struct request *r, const struct github_answer *a)
{
	const struct need *n = need_of(r->path);
	const char *level = r->read ? "read" : "write";
	BUF_AUTO lines = buf_new(BUF_LINE);
	add_lines(&lines, n, r, a->accepted);
	switch (github_token_kind(g)) {
	case GITHUB_ACTIONS_TOKEN:
		if (view_has(buf_view(&lines), "workflows: write"))
			buf_add_text(b, WORKFLOWS);
		else if (lines.n)
			buf_addf(b,
				"add `%s` below `permissions:` of the workflow (a run from a fork gets read only, "
				"whatever "
				"it says)",
				buf_text(&lines));
		else
			buf_add_text(b, "no line of `permissions:` grants it: it takes an App or a personal token");
		break;
	case GITHUB_APP_TOKEN:
		buf_addf(b,
			"the GitHub App needs the permission \"%s: %s\", and its installation has to accept it; of a "
			"job's "
			"own token: add `%s` below `permissions:`",
			n ? n->name : "Contents", level, lines.n ? buf_text(&lines) : "contents: read");
		break;
	case GITHUB_FINE_PAT:
		buf_addf(b, "the token needs the permission \"%s: %s\" for this repository", n ? n->name : "Contents",
			level);
		break;
	case GITHUB_CLASSIC_PAT:
	case GITHUB_OAUTH_TOKEN:
		buf_addf(b, "the token needs the scope `%s`%s%.100s", n ? n->scope : "repo",
			a->scopes ? "; it has: " : "",
			!a->scopes   ? ""
			: *a->scopes ? a->scopes
				     : "none");
		break;
	case GITHUB_NO_TOKEN:
		buf_add_text(b, "it takes a token: set GITHUB_TOKEN");
		break;
	case GITHUB_OTHER_TOKEN:
		buf_addf(b, "the token lacks a permission; in a workflow add `%s` below `permissions:`",
			lines.n ? buf_text(&lines) : "contents: read");
		break;
	}
}

/* ---- what to do ---------------------------------------------------------------------------------------------- */

/* What GitHub says in words tells more than the status. */
static const struct phrase {
	const char *part, *advice;
	enum err_code code; /* 0: by the status */
} phrases[] = {
	{"not permitted to create or approve pull requests",
		"allow it in Settings > Actions > General > \"Allow GitHub Actions to create and approve pull "
		"requests\", or "
		"use the token of a GitHub App",
		ERR_AUTH},
	{"must authenticate via a GitHub App",
		"check runs are for Apps and the token of a job (GITHUB_TOKEN with `checks: write`); a personal token "
		"can "
		"only set a commit status",
		0},
	{"without `workflows` permission", WORKFLOWS, ERR_AUTH},
	{"without `workflow` scope", "the token needs the scope `workflow` to change workflow files", ERR_AUTH},
	{"rule violations found", PROTECTED, ERR_AUTH},
	{"rotected branch", PROTECTED, ERR_AUTH},
	{"protected ref", PROTECTED, ERR_AUTH},
	{"through a pull request", PROTECTED, ERR_AUTH},
	{"Required status check", PROTECTED, ERR_AUTH},
	{"approving review is required", PROTECTED, ERR_AUTH},
	{"ssues are disabled", NO_ISSUES, ERR_UNAVAILABLE},
	{"ssues has been disabled", NO_ISSUES, ERR_UNAVAILABLE},
	{"is locked", "only people with write access comment in a locked conversation", ERR_AUTH},
	{"SAML enforcement", "authorise the token for the single sign-on of the organisation", 0},
	{"not accessible by personal access token", NULL, 0},
	{"not accessible by integration", NULL, 0},
	{"archived", "an archived repository takes no writes", 0},
	{"Actions has been disabled", "GitHub Actions is switched off for this account or repository", 0},
};

static struct phrase phrase_of(const char *message)
{
	for (size_t i = 0; message && i < sizeof phrases / sizeof *phrases; i++)
		if (strstr(message, phrases[i].part))
			return phrases[i];
	return (struct phrase){0};
}

static void advise_403(struct buf *b, const struct github *g, const struct request *r, const struct github_answer *a,
	const char *message, struct view sso)
{
	const char *advice = phrase_of(message).advice;
	size_t url = view_find(sso, "url=https://");
	if (view_starts(sso, "required") && url != VIEW_NONE)
		buf_addf(b, "authorise the token for the single sign-on of the organisation: %.*s",
			VIEW_ARG(view_sub(sso, url + 4, 200)));
	else if (advice)
		buf_add_text(b, advice);
	else
		advise_permission(b, g, r, a);
}

static void advise_404(struct buf *b, const struct github *g, const struct request *r, const struct github_answer *a)
{
	BUF_AUTO lines = buf_new(BUF_LINE);
	buf_add_text(b, "it does not exist or the token may not see it");
	if (github_token_kind(g) == GITHUB_NO_TOKEN) {
		buf_add_text(b, "; private repositories take a token: set GITHUB_TOKEN");
		return;
	}
	add_lines(&lines, need_of(r->path), r, a->accepted);
	if (lines.n)
		buf_addf(b, " (that takes `%s`)", buf_text(&lines));
}

/* "pulls.head: invalid", or the message of the error itself. */
static void list_errors(struct buf *b, const cJSON *errors)
{
	const cJSON *one;
	int shown = 0;
	cJSON_ArrayForEach (one, errors) {
		const char *message = cJSON_IsString(one) ? one->valuestring : json_text(one, "message");
		const char *field = json_text(one, "field"), *code = json_text(one, "code");
		if (shown == ERRORS_SHOWN)
			break;
		if (message)
			buf_addf(b, "%s%.150s", shown++ ? ", " : "", message);
		else if (field || code)
			buf_addf(
				b, "%s%.60s: %.60s", shown++ ? ", " : "", field ? field : "?", code ? code : "invalid");
	}
	if (cJSON_IsString(errors))
		buf_addf(b, "%.150s", errors->valuestring);
}

static enum err_code code_of(int status)
{
	switch (status) {
	case 404:
	case 410:
		return ERR_NOT_FOUND;
	case 409:
		return ERR_BUSY;
	case 400:
	case 405:
	case 406:
	case 413:
	case 422:
		return ERR_INPUT;
	case 408:
	case 429:
		return ERR_NETWORK;
	default:
		return status < 500 ? ERR_AUTH : ERR_NETWORK;
	}
}

/* GitHub's messages may have several; an error has one. */
static void one_line(struct buf *b, struct view text)
{
	struct view line;
	BUF_AUTO plain = buf_new(BUF_LINE);
	while (view_next(&text, '\n', &line)) {
		line = view_trim(line);
		if (line.n && plain.n)
			buf_add_char(&plain, ' ');
		buf_add_view(&plain, line);
	}
	neutral_terminal(b, buf_view(&plain));
}

int refusal(
	const struct github *g, const struct request *r, const struct github_answer *a, struct view sso, struct err *e)
{
	const char *message = a->json ? json_text(a->json, "message") : NULL;
	BUF_AUTO shown = buf_new(BUF_LINE), advice = buf_new(BUF_LINE);
	const struct phrase known = phrase_of(message);
	one_line(&shown, view_cut_utf8(view_of(message), 300));
	switch (a->status) {
	case 401:
		buf_add_text(&advice, github_token_kind(g) == GITHUB_NO_TOKEN ? "it takes a token: set GITHUB_TOKEN"
									      : "the token is not valid (any more)");
		break;
	case 403:
		advise_403(&advice, g, r, a, message, sso);
		break;
	case 404:
		advise_404(&advice, g, r, a);
		break;
	case 410:
		buf_add_text(&advice, known.advice ? known.advice : "it has expired or was deleted");
		break;
	case 409:
	case 422:
		list_errors(&advice, json_get(a->json, "errors"));
		if (known.advice)
			buf_addf(&advice, "%s%s", advice.n ? "; " : "", known.advice);
		break;
	default:
		break;
	}
	BUF_AUTO safe = buf_new(BUF_LINE);
	one_line(&safe, buf_view(&advice));
	err_set(e, known.code ? known.code : code_of(a->status), "GitHub answered %d%s%s%s%.600s", a->status,
		shown.n ? ": " : "", buf_text(&shown), safe.n ? "; " : "", buf_text(&safe));
	github_hide(g, e);
	return -1;
}
