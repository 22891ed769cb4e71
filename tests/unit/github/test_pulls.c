/* The pull request of a commit: found by its head, of the right repository and branch, and by nothing else. */
#include "routes.h"

#include "github/pulls.h"

#define BY_COMMIT "/repos/acme/app/commits/abc/pulls?per_page=100"
#define BY_BRANCH "/repos/acme/app/pulls?state=open&head=octo%3Apatch%2F1&per_page=100"
#define PULL(number, state, sha, branch, repo, base)                                                                   \
	"{\"number\":" #number ",\"state\":\"" state "\",\"head\":{\"sha\":\"" sha "\",\"ref\":\"" branch              \
	"\",\"repo\":{\"full_name\":\"" repo "\"}},\"base\":{\"ref\":\"" base                                          \
	"\",\"repo\":{\"full_name\":\"acme/app\",\"default_branch\":\"main\"}}}"
#define DELETED                                                                                                        \
	"{\"number\":4,\"state\":\"open\",\"head\":{\"sha\":\"abc\",\"ref\":\"patch/1\",\"repo\":null},"               \
	"\"base\":{\"ref\":\"main\",\"repo\":{\"full_name\":\"acme/app\"}}}"

static void test_which_one(void **state)
{
	static const struct {
		const char *answer, *repository, *branch;
		int number;
	} cases[] = {
		{"[" PULL(3, "open", "abc", "patch/1", "octo/app", "main") "]", "octo/app", "patch/1", 3},
		{"[" PULL(3, "open", "abc", "patch/1", "Octo/App", "main") "]", "octo/app", "patch/1", 3},
		{"[" PULL(3, "closed", "abc", "patch/1", "octo/app", "main") "]", "octo/app", "patch/1", 0},
		/* the commit is below another head: what was pushed since is not what failed */
		{"[" PULL(3, "open", "abd", "patch/1", "octo/app", "main") "]", "octo/app", "patch/1", 0},
		{"[" PULL(3, "open", "abc", "patch/1", "evil/app", "main") "]", "octo/app", "patch/1", 0},
		{"[" PULL(3, "open", "abc", "patch/2", "octo/app", "main") "]", "octo/app", "patch/1", 0},
		{"[" PULL(3, "open", "abc", "patch/2", "evil/app", "main") "]", NULL, NULL, 3},
		/* against the default branch, else the newest */
		{"[" PULL(9, "open", "abc", "p", "o/app", "old") "," PULL(3, "open", "abc", "p", "o/app", "main") "]",
			NULL, NULL, 3},
		{"[" PULL(9, "open", "abc", "p", "o/app", "old") "," PULL(8, "open", "abc", "p", "o/app", "old") "]",
			NULL, NULL, 9},
		{"[" DELETED "]", "octo/app", "patch/1", 0},
		{"[" DELETED "]", NULL, "patch/1", 4},
		{"[]", "octo/app", "patch/1", 0},
		{"[7,null,{},{\"number\":-1},{\"number\":99999999999,\"state\":\"open\"}]", NULL, NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct route rows[] = {
			{BY_COMMIT, 200, cases[i].answer, NULL}, {BY_BRANCH, 200, "[]", NULL}, {0}};
		struct github *g = open_at(rows);
		struct github_pull p;
		struct err e = {0};
		ARENA_AUTO a = {0};
		if (github_pull_of(g, "abc", cases[i].repository, cases[i].branch, &a, &p, &e) < 0)
			fail_msg("%zu: %s", i, e.text);
		assert_int_equal(p.number, cases[i].number);
		github_close(g);
	}
}

static void test_a_commit_that_only_the_fork_has(void **state)
{
	static const char found[] = "[" PULL(3, "open", "abc", "patch/1", "octo/app", "main") "]";
	static const struct {
		int status, rc;
		const char *answer;
		int number;
	} cases[] = {{404, 0, MESSAGE("Not Found"), 3}, {422, 0, MESSAGE("No commit found for SHA: abc"), 3},
		{200, 0, "[]", 3}, {502, -1, "<html>", 0},
		{403, -1, MESSAGE("Resource not accessible by integration"), 0}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct route rows[] = {
			{BY_COMMIT, cases[i].status, cases[i].answer, NULL}, {BY_BRANCH, 200, found, NULL}, {0}};
		struct github *g = open_at(rows);
		struct github_pull p = {0};
		struct err e = {0};
		ARENA_AUTO a = {0};
		assert_int_equal(github_pull_of(g, "abc", "octo/app", "patch/1", &a, &p, &e), cases[i].rc);
		if (cases[i].rc == 0)
			assert_int_equal(p.number, cases[i].number);
		else
			assert_true(e.code == (cases[i].status == 403 ? ERR_AUTH : ERR_NETWORK));
		assert_int_equal(asked_for(BY_BRANCH), cases[i].rc == 0);
		github_close(g);
	}
}

static void test_an_unknown_commit_is_no_error(void **state)
{
	const struct route rows[] = {{0}};
	struct github *g = open_at(rows);
	struct github_pull p;
	struct err e = {0};
	ARENA_AUTO a = {0};

	(void)state;
	assert_int_equal(github_pull_of(g, "abc", NULL, NULL, &a, &p, &e), 0);
	assert_int_equal(p.number, 0);
	assert_int_equal(count_asked(&api, "GET "), 1);
	github_close(g);
}

static void test_what_a_pull_request_tells(void **state)
{
	static const struct route rows[] = {{"/repos/acme/app/pulls/5", 200,
						    "{\"number\":5,\"state\":\"open\",\"draft\":true,\"html_url\":"
						    "\"https://x/5\",\"user\":{\"login\":"
						    "\"dependabot[bot]\"},\"labels\":[{\"name\":\"a\"},{},7,{\"name\":"
						    "\"runmedic: off\"}],\"head\":{\"sha\":"
						    "\"abc\",\"ref\":\"p\",\"repo\":{\"full_name\":\"ACME/"
						    "app\"}},\"base\":{\"ref\":\"main\",\"sha\":\"def\","
						    "\"repo\":{\"full_name\":\"acme/app\"}}}",
						    NULL},
		{"/repos/acme/app/pulls/6", 200,
			"{\"number\":6,\"user\":{\"login\":\"x\",\"type\":\"Bot\"},\"head\":null}", NULL},
		{"/repos/acme/app/pulls/7", 200, "[]", NULL}, {0}};
	struct github *g = open_at(rows);
	struct github_pull p;
	struct err e = {0};
	ARENA_AUTO a = {0};

	(void)state;
	assert_int_equal(github_pull_get(g, 5, &a, &p, &e), 0);
	assert_true(p.draft && p.author_is_bot && !p.fork);
	assert_string_equal(p.base_sha, "def");
	assert_string_equal(p.labels[0], "a");
	assert_string_equal(p.labels[1], "runmedic: off");
	assert_null(p.labels[2]);
	assert_int_equal(github_pull_get(g, 6, &a, &p, &e), 0);
	assert_true(p.fork && p.author_is_bot); /* whose branch it is, is not known */
	assert_null(p.head_sha);
	assert_null(p.labels[0]);
	assert_int_equal(github_pull_get(g, 7, &a, &p, &e), -1);
	assert_int_equal(e.code, ERR_NETWORK);
	assert_int_equal(github_pull_get(g, 8, &a, &p, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	github_close(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which_one),
		cmocka_unit_test(test_a_commit_that_only_the_fork_has),
		cmocka_unit_test(test_an_unknown_commit_is_no_error),
		cmocka_unit_test(test_what_a_pull_request_tells),
	};

	return cmocka_run_group_tests(tests, client_begin, client_end);
}
