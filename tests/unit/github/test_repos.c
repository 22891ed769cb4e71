/* A repository, its settings and its files: what is told, what is not, and what the token may not see. */
#include "routes.h"

#include "github/repos.h"

#define REPO "/repos/acme/app"
#define FILE_OF(size, content)                                                                                         \
	"{\"type\":\"file\",\"sha\":\"b10b\",\"size\":" size ",\"encoding\":\"base64\",\"content\":\"" content "\"}"

static void test_a_repository(void **state)
{
	static const struct route rows[] = {
		{REPO, 200,
			"{\"full_name\":\"acme/app\",\"default_branch\":\"trunk\",\"private\":false,\"archived\":true,"
			"\"permissions\":{\"push\":true,\"admin\":false}}",
			NULL},
		{0}};
	static const struct route bare[] = {{REPO, 200, "{\"full_name\":\"acme/app\"}", NULL}, {0}};
	static const struct route wrong[] = {{REPO, 200, "{\"private\":true}", NULL}, {0}};
	struct github_repo repo;
	struct err e = {0};
	ARENA_AUTO a = {0};

	(void)state;
	struct github *g = open_at(rows);
	assert_int_equal(github_repo_get(g, &a, &repo, &e), 0);
	assert_string_equal(repo.default_branch, "trunk");
	assert_true(repo.archived && !repo.is_private);
	assert_int_equal(repo.push, GITHUB_YES);
	assert_int_equal(repo.admin, GITHUB_NO);
	github_close(g);
	g = open_at(bare);
	assert_int_equal(github_repo_get(g, &a, &repo, &e), 0);
	assert_true(repo.is_private); /* until the contrary is told */
	assert_null(repo.default_branch);
	assert_int_equal(repo.push, GITHUB_UNKNOWN);
	github_close(g);
	g = open_at(wrong);
	assert_int_equal(github_repo_get(g, &a, &repo, &e), -1);
	assert_int_equal(e.code, ERR_NETWORK);
	github_close(g);
}

static void test_settings(void **state)
{
	static const struct {
		struct route rows[3];
		int rc;
		enum github_known writes, pulls, is_protected;
	} cases[] = {
		{{{REPO "/actions/permissions/workflow", 200,
			  "{\"default_workflow_permissions\":\"write\",\"can_approve_pull_request_reviews\":false}",
			  NULL},
			 {REPO "/branches/a%2Fb", 200, "{\"protected\":true}", NULL}},
			0, GITHUB_YES, GITHUB_NO, GITHUB_YES},
		{{{REPO "/actions/permissions/workflow", 403, MESSAGE("Resource not accessible by integration"), NULL},
			 {REPO "/branches/a%2Fb", 200, "{\"protected\":false}", NULL}},
			0, GITHUB_UNKNOWN, GITHUB_UNKNOWN, GITHUB_NO},
		{{{REPO "/actions/permissions/workflow", 200, "{\"default_workflow_permissions\":\"read\"}", NULL}}, 0,
			GITHUB_NO, GITHUB_UNKNOWN, GITHUB_UNKNOWN},
		{{{REPO "/actions/permissions/workflow", 502, "<html>", NULL}}, -1, GITHUB_UNKNOWN, GITHUB_UNKNOWN,
			GITHUB_UNKNOWN},
		{{{REPO "/actions/permissions/workflow", 429, MESSAGE("You have exceeded a secondary rate limit"),
			 NULL}},
			-1, GITHUB_UNKNOWN, GITHUB_UNKNOWN, GITHUB_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct github *g = open_at(cases[i].rows);
		struct github_settings s;
		struct err e = {0};
		assert_int_equal(github_settings_get(g, "a/b", &s, &e), cases[i].rc);
		assert_int_equal(e.code, cases[i].rc ? ERR_NETWORK : ERR_NONE);
		assert_int_equal(s.default_token_writes, cases[i].writes);
		assert_int_equal(s.may_create_pulls, cases[i].pulls);
		assert_int_equal(s.default_branch_protected, cases[i].is_protected);
		github_close(g);
	}
}

static void test_files(void **state)
{
	static const struct route rows[] = {
		{REPO "/contents/.github/runmedic.yml", 200, FILE_OF("5", "aGVs\\nbG8=\\n"), NULL},
		{REPO "/contents/a%20b/%C3%A4?ref=x%2Fy", 200, FILE_OF("1", "eA=="), NULL},
		{REPO "/contents/empty", 200, FILE_OF("0", ""), NULL},
		{REPO "/contents/zero", 200, FILE_OF("3", "AAEC"), NULL},
		{REPO "/contents/large", 200, "{\"type\":\"file\",\"sha\":\"b1/0b\",\"size\":6,\"encoding\":\"none\"}",
			NULL},
		{REPO "/git/blobs/b1%2F0b", 200, "{\"encoding\":\"base64\",\"content\":\"bGFyZ2Uh\"}", NULL}, {0}};
	static const struct {
		const char *path, *ref, *content;
		size_t n;
	} cases[] = {{".github/runmedic.yml", NULL, "hello", 5}, {"a b/\xc3\xa4", "x/y", "x", 1},
		{"empty", NULL, "", 0}, {"zero", NULL, "\0\1\2", 3}, {"large", NULL, "large!", 6}};
	struct github *g = open_at(rows);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf got;
		struct err e = {0};
		if (github_file_get(g, cases[i].path, cases[i].ref, 100, &got, &e) < 0)
			fail_msg("%s", e.text);
		assert_int_equal(got.n, cases[i].n);
		assert_memory_equal(buf_text(&got), cases[i].content, cases[i].n);
		buf_done(&got);
	}
	github_close(g);
}

static void test_what_is_no_file(void **state)
{
	static const struct route rows[] = {{REPO "/contents/folder", 200, "[]", NULL},
		{REPO "/contents/link", 200, "{\"type\":\"symlink\",\"size\":1}", NULL},
		{REPO "/contents/large", 200, FILE_OF("11", "aGVsbG8="), NULL},
		{REPO "/contents/liar", 200, FILE_OF("1", "MDEyMzQ1Njc4OTAxMjM="), NULL},
		{REPO "/contents/bad", 200, FILE_OF("3", "a*b"), NULL},
		{REPO "/contents/none", 200, "{\"type\":\"file\",\"size\":0}", NULL},
		{REPO "/contents/blob", 200, "{\"type\":\"file\",\"size\":3,\"sha\":\"ab\"}", NULL}, {0}};
	static const struct {
		const char *path;
		enum err_code code;
	} cases[] = {{"folder", ERR_INPUT}, {"link", ERR_INPUT}, {"large", ERR_LIMIT}, {"liar", ERR_LIMIT},
		{"bad", ERR_NETWORK}, {"none", ERR_NETWORK}, {"blob", ERR_NOT_FOUND}, {"missing", ERR_NOT_FOUND}};
	struct github *g = open_at(rows);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf got;
		struct err e = {0};
		assert_int_equal(github_file_get(g, cases[i].path, NULL, 10, &got, &e), -1);
		assert_int_equal(e.code, cases[i].code);
		assert_int_equal(strncmp(e.text, cases[i].path, strlen(cases[i].path)), 0);
	}
	github_close(g);
}

static void test_limits(void **state)
{
	static const struct route full[] = {
		{"/rate_limit", 200,
			"{\"resources\":{\"core\":{\"limit\":5000,\"remaining\":4,\"reset\":1795"
			"000000},\"graphql\":{\"remaining\":3}}}",
			NULL},
		{0}};
	static const struct route none[] = {{0}}, odd[] = {{"/rate_limit", 200, "{\"resources\":[]}", NULL}, {0}},
				  bad[] = {{"/rate_limit", 401, MESSAGE("Bad credentials"), NULL}, {0}};
	static const struct {
		const struct route *rows;
		int rc;
		int64_t limit, remaining, graphql;
	} cases[] = {{full, 0, 5000, 4, 3}, {none, 0, -1, -1, -1}, {odd, 0, -1, -1, -1}, {bad, -1, -1, -1, -1}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct github *g = open_at(cases[i].rows);
		struct github_rate rate;
		struct err e = {0};
		assert_int_equal(github_rate_get(g, &rate, &e), cases[i].rc);
		assert_int_equal(rate.limit, cases[i].limit);
		assert_int_equal(rate.remaining, cases[i].remaining);
		assert_int_equal(rate.graphql_remaining, cases[i].graphql);
		github_close(g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_repository),
		cmocka_unit_test(test_settings),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_what_is_no_file),
		cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, client_begin, client_end);
}
