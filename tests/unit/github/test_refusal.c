/* A "no" in words: what to do about it depends on the token, the address, and on what GitHub says. */
#include "github/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#define JOB                                                                                                            \
	"ghs"                                                                                                          \
	"_123"
#define FINE                                                                                                           \
	"github"                                                                                                       \
	"_pat_123"
#define CLASSIC                                                                                                        \
	"ghp"                                                                                                          \
	"_123"
#define INTEGRATION "{\"message\":\"Resource not accessible by integration\"}"

static const struct {
	const char *token, *method, *path;
	int status;
	const char *body, *accepted, *sso;
	enum err_code code;
	const char *part;
} rows[] = {
	{JOB, "POST", "/repos/{repo}/check-runs", 403, INTEGRATION, NULL, "", ERR_AUTH,
		"add `checks: write` below `permissions:`"},
	{JOB, "POST", "/repos/{repo}/statuses/abc", 403, INTEGRATION, NULL, "", ERR_AUTH, "`statuses: write`"},
	{JOB, "POST", "/repos/{repo}/issues/3/comments", 403, INTEGRATION, NULL, "", ERR_AUTH,
		"`pull-requests: write`"},
	{JOB, "POST", "/repos/{repo}/actions/runs/1/rerun-failed-jobs", 403, INTEGRATION, NULL, "", ERR_AUTH,
		"`actions: write`"},
	{JOB, "GET", "/repos/{repo}/actions/jobs/1/logs", 403, INTEGRATION, NULL, "", ERR_AUTH, "`actions: read`"},
	{JOB, "POST", "/repos/{repo}/git/refs", 403, INTEGRATION, NULL, "", ERR_AUTH, "`contents: write`"},
	{JOB, "POST", "/repos/{repo}/issues", 403, INTEGRATION, NULL, "", ERR_AUTH, "`issues: write`"},
	{JOB, "POST", "/repos/{repo}/issues", 403, INTEGRATION, "issues=write; pull_requests=write", "", ERR_AUTH,
		"`issues: write`"},
	{JOB, "POST", "/x", 403, INTEGRATION, "contents=read,pull_requests=write,metadata=read", "", ERR_AUTH,
		"`contents: read, pull-requests: write`"},
	{JOB, "POST", "/repos/{repo}/pulls", 403, INTEGRATION, "\x1b[31m=write", "", ERR_AUTH,
		"`pull-requests: write`"},
	{JOB, "POST", "/repos/{repo}/pulls", 403,
		"{\"message\":\"GitHub Actions is not permitted to create or approve pull requests.\"}", NULL, "",
		ERR_AUTH, "Allow GitHub Actions to create and approve pull requests"},
	{FINE, "POST", "/repos/{repo}/check-runs", 403, "{\"message\":\"You must authenticate via a GitHub App.\"}",
		NULL, "", ERR_AUTH, "commit status"},
	{FINE, "POST", "/repos/{repo}/statuses/abc", 403,
		"{\"message\":\"Resource not accessible by personal access token\"}", NULL, "", ERR_AUTH,
		"\"Commit statuses: write\""},
	{CLASSIC, "POST", "/repos/{repo}/statuses/abc", 403, "{\"message\":\"Must have rights\"}", NULL, "", ERR_AUTH,
		"scope `repo:status`"},
	{CLASSIC, "GET", "/repos/{repo}", 403, "{\"message\":\"Resource protected by organization SAML enforcement\"}",
		NULL, "required; url=https://github.com/orgs/acme/sso?x=1", ERR_AUTH,
		"single sign-on of the organisation: https://github.com/orgs/acme/sso"},
	{NULL, "GET", "/repos/{repo}", 401, "{\"message\":\"Requires authentication\"}", NULL, "", ERR_AUTH,
		"set GITHUB_TOKEN"},
	{NULL, "GET", "/repos/{repo}", 404, "{\"message\":\"Not Found\"}", NULL, "", ERR_NOT_FOUND,
		"private repositories take a token"},
	{FINE, "GET", "/repos/{repo}/actions/runs/1", 404, "{\"message\":\"Not Found\"}", NULL, "", ERR_NOT_FOUND,
		"`actions: read`"},
	{JOB, "GET", "/repos/{repo}/actions/jobs/1/logs", 410, "{\"message\":\"Gone\"}", NULL, "", ERR_NOT_FOUND,
		"expired"},
	{JOB, "POST", "/repos/{repo}/pulls", 422,
		"{\"message\":\"Validation Failed\",\"errors\":[{\"resource\":\"PullRequest\",\"code\":\"custom\","
		"\"message\":\"A pull request already exists\"},{\"field\":\"head\",\"code\":\"invalid\"},\"third\"]}",
		NULL, "", ERR_INPUT, "A pull request already exists, head: invalid, third"},
	{JOB, "POST", "/repos/{repo}/merges", 409, "{\"message\":\"Conflict\"}", NULL, "", ERR_BUSY, "409: Conflict"},
	{JOB, "POST", "/repos/{repo}/labels", 403, INTEGRATION, NULL, "", ERR_AUTH, "`issues: write`"},
	{JOB, "POST", "/repos/{repo}/issues/3/labels", 403, INTEGRATION, NULL, "", ERR_AUTH, "`pull-requests: write`"},
	{JOB, "POST", "/repos/{repo}/pulls/3/reviews", 403, INTEGRATION, NULL, "", ERR_AUTH, "`pull-requests: write`"},
	{JOB, "POST", "/repos/{repo}/pulls/3/requested_reviewers", 403, INTEGRATION, NULL, "", ERR_AUTH,
		"`pull-requests: write`"},
	{JOB, "POST", "/repos/{repo}/commits/abc/comments", 403, INTEGRATION, NULL, "", ERR_AUTH, "`contents: write`"},
	{JOB, "PATCH", "/repos/{repo}/comments/1", 403, INTEGRATION, NULL, "", ERR_AUTH, "`contents: write`"},
	{JOB, "POST", "/repos/{repo}/dispatches", 403, INTEGRATION, NULL, "", ERR_AUTH, "`contents: write`"},
	{JOB, "POST", "/repos/{repo}/actions/workflows/ci.yml/dispatches", 403, INTEGRATION, NULL, "", ERR_AUTH,
		"`actions: write`"},
	{JOB, "GET", "/repos/{repo}/collaborators/x/permission", 403, INTEGRATION, NULL, "", ERR_AUTH,
		"no line of `permissions:` grants it"},
	/* never for a job, whatever it says in `permissions:` */
	{JOB, "POST", "/repos/{repo}/git/refs", 403, INTEGRATION, "contents=write,workflows=write", "", ERR_AUTH,
		"use a GitHub App with \"Workflows: write\""},
	{JOB, "POST", "/repos/{repo}/git/refs", 422,
		"{\"message\":\"refusing to allow a GitHub App to create or update workflow `x` without `workflows` "
		"permission\"}",
		NULL, "", ERR_AUTH, "use a GitHub App with \"Workflows: write\""},
	{JOB, "PATCH", "/repos/{repo}/git/refs/heads/main", 422,
		"{\"message\":\"Repository rule violations found\\n\\nChanges must be made through a pull request.\"}",
		NULL, "", ERR_AUTH, "the branch is protected"},
	{JOB, "PUT", "/repos/{repo}/contents/a", 409, "{\"message\":\"Repository rule violations found\"}", NULL, "",
		ERR_AUTH, "the branch is protected"},
	{JOB, "PATCH", "/repos/{repo}/git/refs/heads/main", 422,
		"{\"message\":\"Required status check \\\"test\\\" is expected.\"}", NULL, "", ERR_AUTH,
		"the branch is protected"},
	{JOB, "POST", "/repos/{repo}/git/refs", 403, "{\"message\":\"Cannot create protected ref\"}", NULL, "",
		ERR_AUTH, "the branch is protected"},
	{JOB, "POST", "/repos/{repo}/issues", 410, "{\"message\":\"Issues are disabled for this repo\"}", NULL, "",
		ERR_UNAVAILABLE, "Settings > General"},
	{JOB, "POST", "/repos/{repo}/issues/3/comments", 403,
		"{\"message\":\"Unable to create comment because issue is locked.\"}", NULL, "", ERR_AUTH,
		"locked conversation"},
	{JOB, "POST", "/repos/{repo}/issues", 403, "{\"message\":\"Repository was archived so is read-only.\"}", NULL,
		"", ERR_AUTH, "an archived repository takes no writes"},
	{FINE, "POST", "/repos/{repo}/git/refs", 403,
		"{\"message\":\"Resource not accessible by personal access token\"}", NULL, "", ERR_AUTH,
		"\"Contents: write\""},
	{JOB, "GET", "/x", 500, "[]", NULL, "", ERR_NETWORK, "GitHub answered 500"},
	{JOB, "GET", "/x", 403, NULL, NULL, "", ERR_AUTH, "no line of `permissions:` grants it"},
};

static void test_the_table(void **state)
{
	(void)state;
	setenv("GITHUB_ACTIONS", "true", 1);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct github *g = NULL;
		struct err e = {0};
		const struct request r = {
			.method = rows[i].method, .path = rows[i].path, .read = !strcmp(rows[i].method, "GET")};
		char *accepted = rows[i].accepted ? strdup(rows[i].accepted) : NULL;
		struct github_answer a = {.status = rows[i].status, .accepted = accepted};

		assert_int_equal(
			github_open(&g, &(struct github_options){.token = rows[i].token, .repository = "a/b"}, &e), 0);
		a.json = rows[i].body ? json_parse(view_of(rows[i].body), BUF_PAGE, &e) : NULL;
		assert_int_equal(refusal(g, &r, &a, view_of(rows[i].sso), &e), -1);
		if (e.code != rows[i].code || !strstr(e.text, rows[i].part) || strchr(e.text, 0x1b))
			fail_msg("row %zu: %d %s", i, (int)e.code, e.text);
		github_answer_done(&a);
		github_close(g);
	}
	unsetenv("GITHUB_ACTIONS");
}

static void test_limits_by_their_words(void **state)
{
	(void)state;
	assert_int_equal(refusal_limit(VIEW("{\"message\":\"API rate limit exceeded for 1.2.3.4\"}")), RETRY_PRIMARY);
	assert_int_equal(
		refusal_limit(VIEW("{\"message\":\"You have exceeded a secondary rate limit.\"}")), RETRY_SECONDARY);
	assert_int_equal(refusal_limit(VIEW("{\"errors\":[{\"type\":\"RATE_LIMITED\"}]}")), RETRY_PRIMARY);
	assert_int_equal(refusal_limit(VIEW("{\"message\":\"Not Found\"}")), RETRY_NO_LIMIT);
	assert_int_equal(refusal_limit(VIEW("rate limit")), RETRY_NO_LIMIT);
}

static void test_addresses_of_servers(void **state)
{
	static const struct {
		const char *api, *graphql, *want_api, *want_graphql;
	} forms[] = {
		{NULL, NULL, "https://api.github.com", "https://api.github.com/graphql"},
		{"", "", "https://api.github.com", "https://api.github.com/graphql"},
		{"https://ghe.example/api/v3", NULL, "https://ghe.example/api/v3", "https://ghe.example/api/graphql"},
		{"https://ghe.example/api/v3/", "https://ghe.example/api/graphql", "https://ghe.example/api/v3",
			"https://ghe.example/api/graphql"},
		{"https://api.acme.ghe.com", NULL, "https://api.acme.ghe.com", "https://api.acme.ghe.com/graphql"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct github *g = NULL;
		struct err e = {0};
		const struct github_options o = {.api_url = forms[i].api, .graphql_url = forms[i].graphql};

		assert_int_equal(github_open(&g, &o, &e), 0);
		assert_string_equal(g->api_url, forms[i].want_api);
		assert_string_equal(g->graphql_url, forms[i].want_graphql);
		github_close(g);
	}
}

static void test_kinds_of_tokens(void **state)
{
	struct github *g = NULL;
	struct err e = {0};

	(void)state;
	assert_int_equal(github_open(&g, &(struct github_options){.token = JOB}, &e), 0);
	assert_int_equal(github_token_kind(g), GITHUB_APP_TOKEN);
	setenv("GITHUB_ACTIONS", "true", 1);
	assert_int_equal(github_token_kind(g), GITHUB_ACTIONS_TOKEN);
	unsetenv("GITHUB_ACTIONS");
	github_close(g);
	for (int kind = GITHUB_NO_TOKEN; kind <= GITHUB_OTHER_TOKEN; kind++)
		assert_non_null(github_token_words((enum github_token)kind));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_table),
		cmocka_unit_test(test_limits_by_their_words),
		cmocka_unit_test(test_addresses_of_servers),
		cmocka_unit_test(test_kinds_of_tokens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
