/* Branches and own refs: moved only from where they were thought to be, made once, whatever is lost on the way. Commits
 * made without a clone. */
#include "script.h"

#include "github/refs.h"
#include "github/reviews.h"

#define A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C "cccccccccccccccccccccccccccccccccccccccc"
#define REF(name, sha) "{\"ref\":\"" name "\",\"object\":{\"type\":\"commit\",\"sha\":\"" sha "\"}}"
#define NAME "refs/heads/runmedic/x-1"
#define GET_REF "/git/ref/heads/runmedic/x-1"
#define REFS_AT "/git/refs/heads/runmedic/x-1"
#define INTEGRATION MESSAGE("Resource not accessible by integration")
#define EXISTS MESSAGE("Reference already exists")
#define VIOLATION MESSAGE("Repository rule violations found\\n\\nChanges must be made through a pull request.\\n\\n")

/* ---- one ref ----------------------------------------------------------------------------------- */

static void test_where_a_ref_is(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum err_code code;
	} cases[] = {{200, REF(NAME, A), ERR_NONE}, {200, REF("refs/heads/runmedic/x-10", A), ERR_NOT_FOUND},
		{200, "[" REF("refs/heads/runmedic/x-10", A) "]", ERR_NOT_FOUND},
		{404, MESSAGE("Not Found"), ERR_NOT_FOUND}, {403, INTEGRATION, ERR_AUTH},
		{200, REF(NAME, "short"), ERR_NETWORK}, {200, "{\"ref\":\"" NAME "\"}", ERR_NETWORK},
		{409, MESSAGE("Git Repository is empty."), ERR_BUSY}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct github *g = play(
			(const struct row[]){{"GET", GET_REF, cases[i].status, cases[i].body, 0, false, NULL}, {0}});
		struct err e = {0};
		char sha[GITHUB_SHA_MAX] = "";
		assert_int_equal(github_ref_get(g, NAME, sha, &e), cases[i].code ? -1 : 0);
		assert_int_equal(e.code, cases[i].code);
		if (!cases[i].code)
			assert_string_equal(sha, A);
		github_close(g);
	}
}

static void test_names_that_are_none(void **state)
{
	static const char *const names[] = {"heads/x", "main", "", "refs/heads/../../x"};
	struct github *g = play(NULL);
	char sha[GITHUB_SHA_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct err e = {0};
		assert_int_equal(github_ref_get(g, names[i], sha, &e), -1);
		assert_int_equal(e.code, ERR_USAGE);
		assert_int_equal(github_ref_move(g, names[i], A, B, &e), -1);
		assert_int_equal(github_ref_delete(g, names[i], A, &e), -1);
	}
	struct github_branch b;
	enum github_level level;
	struct err e = {0};
	ARENA_AUTO a = {0};
	assert_int_equal(github_branch_get(g, "../../../user", &a, &b, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_int_equal(github_permission_of(g, "..", &level, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_int_equal(api.asked_count, 0);
	github_close(g);
}

struct ref_case {
	const char *what;
	struct row rows[8];
	enum err_code code;
	size_t writes;
	const char *part;
};

static void run_cases(const struct ref_case *c, size_t n, int (*act)(struct github *g, struct err *e))
{
	for (size_t i = 0; i < n; i++) {
		struct github *g = play(c[i].rows);
		struct err e = {0};
		int rc = act(g, &e);
		if (rc != (c[i].code ? -1 : 0) || e.code != c[i].code || writes() != c[i].writes)
			fail_msg("%s: %d %d %s, %zu writes", c[i].what, rc, (int)e.code, e.text, writes());
		if (c[i].part && !strstr(e.text, c[i].part))
			fail_msg("%s: %s", c[i].what, e.text);
		github_close(g);
	}
}

static int make(struct github *g, struct err *e)
{
	return github_ref_make(g, NAME, A, e);
}

static void test_a_ref_is_made_once(void **state)
{
	static const struct ref_case cases[] = {
		{"made", {{"POST", "/git/refs", 201, REF(NAME, A), 1, false, NULL}}, ERR_NONE, 1, NULL},
		{"there already, even with this sha",
			{{"POST", "/git/refs", 422, EXISTS, 0, false, NULL},
				{"GET", GET_REF, 200, REF(NAME, A), 0, false, NULL}},
			ERR_BUSY, 1, "there already"},
		{"lost, and made",
			{{"POST", "/git/refs", 0, NULL, 1, true, NULL},
				{"GET", GET_REF, 200, REF(NAME, A), 0, false, NULL}},
			ERR_NONE, 1, NULL},
		{"lost, and not made",
			{{"POST", "/git/refs", 0, NULL, 1, true, NULL},
				{"POST", "/git/refs", 201, REF(NAME, A), 0, false, NULL}},
			ERR_NONE, 2, NULL},
		{"lost, and somebody else was faster",
			{{"POST", "/git/refs", 0, NULL, 1, true, NULL},
				{"GET", GET_REF, 200, REF(NAME, B), 0, false, NULL}},
			ERR_BUSY, 1, NULL},
		{"502 and made",
			{{"POST", "/git/refs", 502, "<html>", 1, false, NULL},
				{"GET", GET_REF, 200, REF(NAME, A), 0, false, NULL}},
			ERR_NONE, 1, NULL},
		{"no permission", {{"POST", "/git/refs", 403, INTEGRATION, 0, false, NULL}}, ERR_AUTH, 1,
			"contents: write"},
		{"a ruleset", {{"POST", "/git/refs", 422, VIOLATION, 0, false, NULL}}, ERR_AUTH, 1,
			"the branch is protected"},
		{"no such object", {{"POST", "/git/refs", 422, MESSAGE("Object does not exist"), 0, false, NULL}},
			ERR_INPUT, 1, NULL},
		{"an empty repository",
			{{"POST", "/git/refs", 409, MESSAGE("Git Repository is empty."), 0, false, NULL}}, ERR_BUSY, 1,
			NULL},
	};

	(void)state;
	run_cases(cases, sizeof cases / sizeof *cases, make);
}

static int move(struct github *g, struct err *e)
{
	return github_ref_move(g, NAME, A, B, e);
}

static void test_a_ref_moves_only_from_where_it_was(void **state)
{
	static const struct ref_case cases[] = {
		{"moved",
			{{"GET", GET_REF, 200, REF(NAME, A), 0, false, NULL},
				{"PATCH", REFS_AT, 200, REF(NAME, B), 0, false, NULL}},
			ERR_NONE, 1, NULL},
		{"there already", {{"GET", GET_REF, 200, REF(NAME, B), 0, false, NULL}}, ERR_NONE, 0, NULL},
		{"elsewhere", {{"GET", GET_REF, 200, REF(NAME, C), 0, false, NULL}}, ERR_BUSY, 0, "somebody else"},
		{"moved in between",
			{{"GET", GET_REF, 200, REF(NAME, A), 0, false, NULL},
				{"PATCH", REFS_AT, 422, MESSAGE("Update is not a fast forward"), 0, false, NULL}},
			ERR_BUSY, 1, "somebody else"},
		{"gone in between",
			{{"GET", GET_REF, 200, REF(NAME, A), 0, false, NULL},
				{"PATCH", REFS_AT, 422, MESSAGE("Reference does not exist"), 0, false, NULL}},
			ERR_NOT_FOUND, 1, NULL},
		{"gone", {{0}}, ERR_NOT_FOUND, 0, NULL},
		{"lost, and moved",
			{{"GET", GET_REF, 200, REF(NAME, A), 1, false, NULL},
				{"PATCH", REFS_AT, 0, NULL, 1, true, NULL},
				{"GET", GET_REF, 200, REF(NAME, B), 0, false, NULL}},
			ERR_NONE, 1, NULL},
		{"lost, and not moved",
			{{"GET", GET_REF, 200, REF(NAME, A), 0, false, NULL},
				{"PATCH", REFS_AT, 0, NULL, 1, true, NULL},
				{"PATCH", REFS_AT, 200, REF(NAME, B), 0, false, NULL}},
			ERR_NONE, 2, NULL},
		{"lost, and a person pushed on top",
			{{"GET", GET_REF, 200, REF(NAME, A), 1, false, NULL},
				{"PATCH", REFS_AT, 0, NULL, 1, true, NULL},
				{"GET", GET_REF, 200, REF(NAME, C), 0, false, NULL}},
			ERR_BUSY, 1, NULL},
		{"protected",
			{{"GET", GET_REF, 200, REF(NAME, A), 0, false, NULL},
				{"PATCH", REFS_AT, 422, MESSAGE("Cannot update this protected ref."), 0, false, NULL}},
			ERR_AUTH, 1, "heal.deliver: pr"},
	};

	(void)state;
	run_cases(cases, sizeof cases / sizeof *cases, move);
}

static void test_a_move_is_never_forced(void **state)
{
	struct github *g = play((const struct row[]){{"GET", GET_REF, 200, REF(NAME, A), 0, false, NULL},
		{"PATCH", REFS_AT, 200, REF(NAME, B), 0, false, NULL}, {0}});
	struct err e = {0};

	(void)state;
	assert_int_equal(move(g, &e), 0);
	JSON_AUTO *body = sent("PATCH " REFS_AT, 1);
	assert_string_equal(json_text(body, "sha"), B);
	assert_false(json_bool(body, "force", true));
	github_close(g);
}

static int delete_ref(struct github *g, struct err *e)
{
	return github_ref_delete(g, NAME, A, e);
}

static void test_a_ref_goes_only_where_it_was(void **state)
{
	static const struct ref_case cases[] = {
		{"gone now",
			{{"GET", GET_REF, 200, REF(NAME, A), 0, false, NULL},
				{"DELETE", REFS_AT, 204, NULL, 0, false, NULL}},
			ERR_NONE, 1, NULL},
		{"gone before", {{0}}, ERR_NONE, 0, NULL},
		{"elsewhere", {{"GET", GET_REF, 200, REF(NAME, B), 0, false, NULL}}, ERR_BUSY, 0, NULL},
		{"gone in between",
			{{"GET", GET_REF, 200, REF(NAME, A), 0, false, NULL},
				{"DELETE", REFS_AT, 422, MESSAGE("Reference does not exist"), 0, false, NULL}},
			ERR_NONE, 1, NULL},
		{"lost, and gone",
			{{"GET", GET_REF, 200, REF(NAME, A), 1, false, NULL},
				{"DELETE", REFS_AT, 0, NULL, 1, true, NULL}},
			ERR_NONE, 1, NULL},
		{"lost, and there",
			{{"GET", GET_REF, 200, REF(NAME, A), 0, false, NULL},
				{"DELETE", REFS_AT, 0, NULL, 1, true, NULL},
				{"DELETE", REFS_AT, 204, NULL, 0, false, NULL}},
			ERR_NONE, 2, NULL},
		{"no permission",
			{{"GET", GET_REF, 200, REF(NAME, A), 0, false, NULL},
				{"DELETE", REFS_AT, 403, INTEGRATION, 0, false, NULL}},
			ERR_AUTH, 1, "contents: write"},
		{"not told where it is", {{"GET", GET_REF, 403, INTEGRATION, 0, false, NULL}}, ERR_AUTH, 0, NULL},
	};

	(void)state;
	run_cases(cases, sizeof cases / sizeof *cases, delete_ref);
}

static void test_refs_below_a_prefix(void **state)
{
	static const struct row rows[] = {
		{"GET", "/git/matching-refs/heads/runmedic/", 200,
			"[" REF("refs/heads/runmedic/a", A) ",{},7," REF("refs/heads/other", B) "]", 0, false,
			"/git/matching-refs/heads/runmedic/?page=2"},
		{"GET", "/git/matching-refs/heads/runmedic/?page=2", 200, "[" REF("refs/heads/runmedic/b", B) "]", 0,
			false, NULL},
		{"GET", "/git/matching-refs/runmedic/", 200, "[]", 0, false, NULL}, {0}};
	struct github *g = play(rows);
	struct err e = {0};
	ARENA_AUTO a = {0};
	struct github_ref *list = NULL;
	size_t n = 9;

	(void)state;
	assert_int_equal(github_refs_list(g, "refs/heads/runmedic/", &a, &list, &n, &e), 0);
	assert_int_equal(n, 2);
	assert_string_equal(list[0].name, "refs/heads/runmedic/a");
	assert_string_equal(list[1].sha, B);
	assert_int_equal(github_refs_list(g, "refs/runmedic/", &a, &list, &n, &e), 0);
	assert_int_equal(n, 0);
	assert_int_equal(github_refs_list(g, "refs/none/", &a, &list, &n, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	github_close(g);
}

/* ---- branches ---------------------------------------------------------------------------------- */

#define BRANCH(flag) "{\"name\":\"fix/a#1\",\"commit\":{\"sha\":\"" A "\"},\"protected\":" flag "}"

static void test_protected_branches(void **state)
{
	static const struct {
		const char *branch;
		int status;
		const char *rules;
		enum err_code code;
		bool is_protected;
	} cases[] = {
		{BRANCH("true"), 404, NULL, ERR_NONE, true},
		{BRANCH("false"), 200, "[]", ERR_NONE, false},
		{BRANCH("false"), 200, "[{\"type\":\"deletion\"},{\"type\":\"non_fast_forward\"},{}]", ERR_NONE, false},
		{BRANCH("false"), 200, "[{\"type\":\"deletion\"},{\"type\":\"pull_request\"}]", ERR_NONE, true},
		{BRANCH("false"), 200, "[{\"type\":\"a rule of next year\"}]", ERR_NONE, true},
		/* servers without rulesets, tokens that may not look: what the branch itself says stands */
		{BRANCH("false"), 404, MESSAGE("Not Found"), ERR_NONE, false},
		{BRANCH("false"), 403, MESSAGE("Upgrade to GitHub Pro"), ERR_NONE, false},
		{BRANCH("false"), 503, "", ERR_NETWORK, false},
		{"{}", 200, "[]", ERR_NETWORK, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct github *g =
			play((const struct row[]){{"GET", "/branches/fix/a%231", 200, cases[i].branch, 0, false, NULL},
				{"GET", "/rules/branches/fix/a%231?per_page=100", cases[i].status, cases[i].rules, 0,
					false, NULL},
				{0}});
		struct github_branch b = {0};
		struct err e = {0};
		ARENA_AUTO a = {0};
		assert_int_equal(github_branch_get(g, "fix/a#1", &a, &b, &e), cases[i].code ? -1 : 0);
		assert_int_equal(e.code, cases[i].code);
		if (!cases[i].code) {
			assert_int_equal(b.is_protected, cases[i].is_protected);
			assert_string_equal(b.sha, A);
			assert_string_equal(b.name, "fix/a#1");
		}
		github_close(g);
	}
}

static void test_no_such_branch(void **state)
{
	struct github *g = play(
		(const struct row[]){{"GET", "/branches/x", 404, MESSAGE("Branch not found"), 0, false, NULL}, {0}});
	struct github_branch b;
	struct err e = {0};
	ARENA_AUTO a = {0};

	(void)state;
	assert_int_equal(github_branch_get(g, "x", &a, &b, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	github_close(g);
}

/* ---- commits ----------------------------------------------------------------------------------- */

#define COMMIT(sha, parent, login)                                                                                     \
	"{\"sha\":\"" sha "\",\"author\":{\"login\":\"" login "\"},\"committer\":null,\"parents\":[{\"sha\":\"" parent \
	"\"},{}],\"commit\":{\"message\":\"m\",\"tree\":{\"sha\":\"" C "\"},\"author\":{\"email\":\"a@x\"},"           \
	"\"committer\":{\"date\":\"2026-11-20T10:00:00Z\"},\"verification\":{\"verified\":true}}}"

static void test_what_a_commit_tells(void **state)
{
	static const struct row rows[] = {{"GET", "/commits/" A "?per_page=1", 200, COMMIT(A, B, "me"), 0, false, NULL},
		{"GET", "/commits/" B "?per_page=1", 422, MESSAGE("No commit found for SHA: b"), 0, false, NULL},
		{"GET", "/commits/" C "?per_page=1", 200, "{\"sha\":\"" C "\"}", 0, false, NULL}, {0}};
	struct github *g = play(rows);
	struct github_commit c;
	struct err e = {0};
	ARENA_AUTO a = {0};

	(void)state;
	assert_int_equal(github_commit_get(g, A, &a, &c, &e), 0);
	assert_string_equal(c.tree, C);
	assert_string_equal(c.author_login, "me");
	assert_string_equal(c.author_email, "a@x");
	assert_null(c.committer_login);
	assert_string_equal(c.parents[0], B);
	assert_null(c.parents[1]);
	assert_true(c.verified && c.at != CLOCK_UNKNOWN);
	assert_int_equal(github_commit_get(g, B, &a, &c, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_int_equal(github_commit_get(g, C, &a, &c, &e), -1);
	assert_int_equal(e.code, ERR_NETWORK);
	github_close(g);
}

static bool count_commit(void *context, const struct github_commit *c)
{
	unsigned *n = context;

	assert_non_null(c->sha);
	return ++*n < 100;
}

static void test_commits_in_a_row(void **state)
{
	static const struct row rows[] = {
		{"GET", "/commits?sha=fix%2Fa&per_page=100", 200, "[" COMMIT(A, B, "me") ",7," COMMIT(B, C, "you") "]",
			0, false, "/commits?sha=fix%2Fa&per_page=100&page=2"},
		{"GET", "/commits?sha=fix%2Fa&per_page=100&page=2", 200, "[" COMMIT(C, A, "me") "]", 0, false, NULL},
		{"GET", "/pulls/3/commits?per_page=100", 200, "[" COMMIT(A, B, "me") "]", 0, false, NULL}, {0}};
	struct github *g = play(rows);
	struct err e = {0};
	unsigned n = 0;

	(void)state;
	assert_int_equal(github_commits(g, "fix/a", 0, count_commit, &n, &e), 0);
	assert_int_equal(n, 3);
	n = 0;
	assert_int_equal(github_commits(g, "fix/a", 2, count_commit, &n, &e), 0);
	assert_int_equal(n, 2);
	n = 0;
	assert_int_equal(github_pull_commits(g, 3, count_commit, &n, &e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(github_commits(g, "none", 1, count_commit, &n, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	github_close(g);
}

/* ---- making a commit --------------------------------------------------------------------------- */

#define PARENT_ROW                                                                                                     \
	{                                                                                                              \
		"GET", "/git/commits/" A, 200, "{\"sha\":\"" A "\",\"tree\":{\"sha\":\"" B "\"}}", 0, false, NULL      \
	}
#define TREE_ROW                                                                                                       \
	{                                                                                                              \
		"POST", "/git/trees", 201, "{\"sha\":\"" C "\"}", 0, false, NULL                                       \
	}
#define COMMIT_ROW                                                                                                     \
	{                                                                                                              \
		"POST", "/git/commits", 201, "{\"sha\":\"" B "\"}", 0, false, NULL                                     \
	}

static void test_what_a_commit_is_made_of(void **state)
{
	static const struct github_change changes[] = {
		{"a \"b\".py", true, 0100644, {"import os\r\n\xc3\xa9", 13}},
		{"bin/run", true, 0100755, {"#!/bin/sh\n", 10}},
		{"gone.txt", false, 0, {NULL, 0}},
		{"logo.png", true, 0100644, {"\x89PNG\0", 5}},
		{"empty", true, 0100644, {NULL, 0}},
	};
	const struct github_commit_wish w = {.parent = A, .message = "fix\n\nwhy", .changes = changes, .count = 5};
	struct github *g = play((const struct row[]){PARENT_ROW, TREE_ROW, COMMIT_ROW,
		{"POST", "/git/blobs", 201, "{\"sha\":\"" A "\"}", 0, false, NULL}, {0}});
	char sha[GITHUB_SHA_MAX];
	struct err e = {0};

	(void)state;
	assert_int_equal(github_commit_make(g, &w, sha, &e), 0);
	assert_string_equal(sha, B);
	assert_int_equal(asked("POST /git/blobs"), 1);
	JSON_AUTO *blob = sent("POST /git/blobs", 1), *tree = sent("POST /git/trees", 1);
	JSON_AUTO *commit = sent("POST /git/commits", 1);
	assert_string_equal(json_text(blob, "content"), "iVBORwA=");
	assert_string_equal(json_text(tree, "base_tree"), B);
	const cJSON *list = json_get(tree, "tree");
	assert_int_equal(cJSON_GetArraySize(list), 5);
	assert_string_equal(json_text(cJSON_GetArrayItem(list, 0), "content"), "import os\r\n\xc3\xa9");
	assert_string_equal(json_text(cJSON_GetArrayItem(list, 0), "mode"), "100644");
	assert_string_equal(json_text(cJSON_GetArrayItem(list, 1), "mode"), "100755");
	assert_true(cJSON_IsNull(cJSON_GetObjectItem(cJSON_GetArrayItem(list, 2), "sha")));
	assert_string_equal(json_text(cJSON_GetArrayItem(list, 3), "sha"), A);
	assert_null(json_text(cJSON_GetArrayItem(list, 3), "content"));
	assert_string_equal(json_text(cJSON_GetArrayItem(list, 4), "content"), "");
	assert_string_equal(json_text(commit, "tree"), C);
	assert_string_equal(json_text(commit, "message"), "fix\n\nwhy");
	assert_string_equal(cJSON_GetArrayItem(json_get(commit, "parents"), 0)->valuestring, A);
	/* GitHub signs what names nobody */
	assert_null(json_get(commit, "author"));
	assert_null(json_get(commit, "committer"));
	github_close(g);
}

static void test_text_that_is_none_goes_as_bytes(void **state)
{
	static const struct view contents[] = {VIEW("a\xff"), VIEW("a\0b"), VIEW("\xc0\xaf"), VIEW("\xed\xa0\x80")};

	(void)state;
	for (size_t i = 0; i < sizeof contents / sizeof *contents; i++) {
		const struct github_change change = {"f", true, 0100644, contents[i]};
		const struct github_commit_wish w = {.parent = A, .message = "m", .changes = &change, .count = 1};
		struct github *g = play((const struct row[]){PARENT_ROW, TREE_ROW, COMMIT_ROW,
			{"POST", "/git/blobs", 201, "{\"sha\":\"" A "\"}", 0, false, NULL}, {0}});
		char sha[GITHUB_SHA_MAX];
		struct err e = {0};
		assert_int_equal(github_commit_make(g, &w, sha, &e), 0);
		assert_int_equal(asked("POST /git/blobs"), 1);
		github_close(g);
	}
}

static void test_an_author_of_the_configuration(void **state)
{
	static const struct {
		const char *text, *name, *email;
	} cases[] = {{"Medic <medic@acme.example>", "Medic", "medic@acme.example"},
		{"A B  <a+b@x.y>", "A B", "a+b@x.y"}, {"nobody", NULL, NULL}, {"<>", NULL, NULL}, {"x <", NULL, NULL}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct github_commit_wish w = {.parent = A, .message = "m", .author = cases[i].text};
		struct github *g = play((const struct row[]){PARENT_ROW, TREE_ROW, COMMIT_ROW, {0}});
		char sha[GITHUB_SHA_MAX];
		struct err e = {0};
		assert_int_equal(github_commit_make(g, &w, sha, &e), cases[i].name ? 0 : -1);
		assert_int_equal(e.code, cases[i].name ? ERR_NONE : ERR_USAGE);
		if (cases[i].name) {
			JSON_AUTO *commit = sent("POST /git/commits", 1);
			assert_string_equal(json_text(json_get(commit, "author"), "name"), cases[i].name);
			assert_string_equal(json_text(json_get(commit, "author"), "email"), cases[i].email);
		}
		github_close(g);
	}
}

static void test_a_commit_of_two_parents(void **state)
{
	const struct github_commit_wish w = {.parent = A, .also = C, .message = "m"};
	struct github *g = play((const struct row[]){PARENT_ROW, TREE_ROW, COMMIT_ROW, {0}});
	char sha[GITHUB_SHA_MAX];
	struct err e = {0};

	(void)state;
	assert_int_equal(github_commit_make(g, &w, sha, &e), 0);
	JSON_AUTO *commit = sent("POST /git/commits", 1);
	const cJSON *parents = json_get(commit, "parents");
	assert_int_equal(cJSON_GetArraySize(parents), 2);
	assert_string_equal(cJSON_GetArrayItem(parents, 0)->valuestring, A);
	assert_string_equal(cJSON_GetArrayItem(parents, 1)->valuestring, C);
	github_close(g);
}

static const char *workflow_path = ".github/workflows/ci.yml";

static int commit_one(struct github *g, struct err *e)
{
	const struct github_change change = {workflow_path, true, 0100644, VIEW("on: push\n")};
	const struct github_commit_wish w = {.parent = A, .message = "m", .changes = &change, .count = 1};
	char sha[GITHUB_SHA_MAX];

	return github_commit_make(g, &w, sha, e);
}

static void test_refusals_of_a_commit(void **state)
{
	static const struct ref_case cases[] = {
		{"workflow files, an App's or job's token",
			{PARENT_ROW, {"POST", "/git/trees", 403, INTEGRATION, 0, false, NULL}}, ERR_AUTH, 1,
			"may not change workflow files"},
		{"workflow files, a person's token",
			{PARENT_ROW, {"POST", "/git/trees", 404, MESSAGE("Not Found"), 0, false, NULL}}, ERR_AUTH, 1,
			"may not change workflow files"},
		{"the parent is not there", {{0}}, ERR_NOT_FOUND, 0, NULL},
		{"a file that goes is not there",
			{PARENT_ROW, {"POST", "/git/trees", 422, MESSAGE("GitRPC::BadObjectState"), 0, false, NULL}},
			ERR_INPUT, 1, "BadObjectState"},
		{"lost answers are asked for again",
			{PARENT_ROW, {"POST", "/git/trees", 0, NULL, 1, true, NULL}, TREE_ROW,
				{"POST", "/git/commits", 502, "", 2, false, NULL}, COMMIT_ROW},
			ERR_NONE, 5, NULL},
		{"an answer without an object", {PARENT_ROW, {"POST", "/git/trees", 201, "{}", 0, false, NULL}},
			ERR_NETWORK, 1, NULL},
		{"never an answer", {PARENT_ROW, {"POST", "/git/trees", 0, NULL, 0, true, NULL}}, ERR_NETWORK, 5, NULL},
	};

	(void)state;
	run_cases(cases, sizeof cases / sizeof *cases, commit_one);
}

static void test_files_that_are_not_taken(void **state)
{
	static char large[(40 << 20) + 1];
	static const struct github_change changes[] = {{"link", true, 0120000, {"x", 1}},
		{"sub", true, 0160000, {"x", 1}}, {"big", true, 0100644, {large, sizeof large}}};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		const struct github_commit_wish w = {.parent = A, .message = "m", .changes = &changes[i], .count = 1};
		struct github *g = play((const struct row[]){PARENT_ROW, TREE_ROW, COMMIT_ROW, {0}});
		char sha[GITHUB_SHA_MAX];
		struct err e = {0};
		assert_int_equal(github_commit_make(g, &w, sha, &e), -1);
		assert_int_equal(e.code, i < 2 ? ERR_USAGE : ERR_LIMIT);
		assert_int_equal(writes(), 0);
		github_close(g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_where_a_ref_is),
		cmocka_unit_test(test_names_that_are_none),
		cmocka_unit_test(test_a_ref_is_made_once),
		cmocka_unit_test(test_a_ref_moves_only_from_where_it_was),
		cmocka_unit_test(test_a_move_is_never_forced),
		cmocka_unit_test(test_a_ref_goes_only_where_it_was),
		cmocka_unit_test(test_refs_below_a_prefix),
		cmocka_unit_test(test_protected_branches),
		cmocka_unit_test(test_no_such_branch),
		cmocka_unit_test(test_what_a_commit_tells),
		cmocka_unit_test(test_commits_in_a_row),
		cmocka_unit_test(test_what_a_commit_is_made_of),
		cmocka_unit_test(test_text_that_is_none_goes_as_bytes),
		cmocka_unit_test(test_an_author_of_the_configuration),
		cmocka_unit_test(test_a_commit_of_two_parents),
		cmocka_unit_test(test_refusals_of_a_commit),
		cmocka_unit_test(test_files_that_are_not_taken),
	};

	return cmocka_run_group_tests(tests, client_begin, client_end);
}
