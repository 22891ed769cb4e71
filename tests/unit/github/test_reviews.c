/* Pull requests of our own, reviews with suggestions, comments on commits: made once, never at the cost of others. */
#include "script.h"

#include "github/reviews.h"

#define SHA "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define ME                                                                                                             \
	{                                                                                                              \
		"GET", ":/user", 200, "{\"login\":\"me\"}", 0, false, NULL                                             \
	}
#define INTEGRATION MESSAGE("Resource not accessible by integration")
#define LIST "/pulls?state=open&base=main&head=acme%3Arunmedic%2Fx&per_page=100"
#define ALL "/pulls?state=all&sort=created&direction=desc&head=acme%3Arunmedic%2Fx&per_page=100"
#define PULL_OF(number, state, repository, branch, title, body, more)                                                  \
	"{\"number\":" #number ",\"state\":\"" state "\",\"title\":\"" title "\",\"body\":\"" body                     \
	"\",\"html_url\":\"https://x/" #number "\",\"head\":{\"sha\":\"" SHA "\",\"ref\":\"" branch                    \
	"\",\"repo\":{\"full_name\":\"" repository "\"}},\"base\":{\"ref\":\"main\",\"repo\":{\"full_name\":\""        \
	"acme/app\"}}" more "}"
#define PULL(title, body) PULL_OF(7, "open", "acme/app", "runmedic/x", title, body, "")
#define EXISTS                                                                                                         \
	"{\"message\":\"Validation Failed\",\"errors\":[{\"message\":\"A pull request already exists for acme:x.\"}]}"
#define NO_DRAFTS MESSAGE("Draft pull requests are not supported in this repository.")
#define NOT_PERMITTED MESSAGE("GitHub Actions is not permitted to create or approve pull requests.")

/* ---- opening ----------------------------------------------------------------------------------- */

struct put_case {
	const char *what;
	struct row rows[8];
	bool draft;
	enum err_code code;
	size_t posts, patches;
	const char *part;
};

static void test_a_pull_request_is_opened_once(void **state)
{
	static const struct put_case cases[] = {
		{"opened",
			{{"GET", LIST, 200, "[]", 0, false, NULL},
				{"POST", "/pulls", 201, PULL("t", "b"), 0, false, NULL}},
			false, ERR_NONE, 1, 0, NULL},
		{"there, the same", {{"GET", LIST, 200, "[" PULL("t", "b\\n") "]", 0, false, NULL}}, false, ERR_NONE, 0,
			0, NULL},
		{"there, another text",
			{{"GET", LIST, 200, "[" PULL("old", "b") "]", 0, false, NULL},
				{"PATCH", "/pulls/7", 200, PULL("t", "b"), 0, false, NULL}},
			false, ERR_NONE, 0, 1, NULL},
		/* filters that GitHub does not understand it leaves out */
		{"those of others are not ours",
			{{"GET", LIST, 200,
				 "[" PULL_OF(3, "open", "evil/app", "runmedic/x", "t", "b", "") "," PULL_OF(
					 4, "open", "acme/app", "other", "t", "b", "") "," PULL_OF(5, "closed",
					 "acme/app", "runmedic/x", "t", "b", "") ",{},{\"number\":6,\"head\":null}]",
				 0, false, NULL},
				{"POST", "/pulls", 201, PULL("t", "b"), 0, false, NULL}},
			false, ERR_NONE, 1, 0, NULL},
		{"lost, and opened",
			{{"GET", LIST, 200, "[]", 1, false, NULL}, {"POST", "/pulls", 0, NULL, 1, true, NULL},
				{"GET", LIST, 200, "[" PULL("t", "b") "]", 0, false, NULL}},
			false, ERR_NONE, 1, 0, NULL},
		{"lost, and not opened",
			{{"GET", LIST, 200, "[]", 0, false, NULL}, {"POST", "/pulls", 502, "", 1, false, NULL},
				{"POST", "/pulls", 201, PULL("t", "b"), 0, false, NULL}},
			false, ERR_NONE, 2, 0, NULL},
		{"somebody was faster",
			{{"GET", LIST, 200, "[]", 1, false, NULL}, {"POST", "/pulls", 422, EXISTS, 1, false, NULL},
				{"GET", LIST, 200, "[" PULL("t", "old") "]", 0, false, NULL},
				{"PATCH", "/pulls/7", 200, PULL("t", "b"), 0, false, NULL}},
			false, ERR_NONE, 1, 1, NULL},
		{"a plan without drafts",
			{{"GET", LIST, 200, "[]", 0, false, NULL}, {"POST", "/pulls", 422, NO_DRAFTS, 1, false, NULL},
				{"POST", "/pulls", 201, PULL("t", "b"), 0, false, NULL}},
			true, ERR_NONE, 2, 0, NULL},
		{"the setting of the repository",
			{{"GET", LIST, 200, "[]", 0, false, NULL},
				{"POST", "/pulls", 403, NOT_PERMITTED, 0, false, NULL}},
			false, ERR_AUTH, 1, 0, "Allow GitHub Actions to create and approve pull requests"},
		{"no permission",
			{{"GET", LIST, 200, "[]", 0, false, NULL},
				{"POST", "/pulls", 403, INTEGRATION, 0, false, NULL}},
			false, ERR_AUTH, 1, 0, "pull-requests: write"},
		{"nothing between the branches",
			{{"GET", LIST, 200, "[]", 0, false, NULL},
				{"POST", "/pulls", 422,
					"{\"message\":\"Validation Failed\",\"errors\":[{\"message\":\"No commits "
					"between "
					"main and x\"}]}",
					0, false, NULL}},
			false, ERR_INPUT, 1, 0, "No commits between"},
		{"the list is not told", {{"GET", LIST, 403, INTEGRATION, 0, false, NULL}}, false, ERR_AUTH, 0, 0,
			NULL},
		{"said to be there, never shown",
			{{"GET", LIST, 200, "[]", 0, false, NULL}, {"POST", "/pulls", 422, EXISTS, 0, false, NULL}},
			false, ERR_BUSY, 5, 0, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct put_case *c = &cases[i];
		const struct github_pull_wish w = {.head_branch = "runmedic/x",
			.base_branch = "main",
			.title = "t",
			.body = "b",
			.draft = c->draft};
		struct github *g = play(c->rows);
		struct github_pull p = {0};
		const char *note = "";
		struct err e = {0};
		ARENA_AUTO a = {0};
		int rc = github_pull_put(g, &w, &a, &p, &note, &e);
		if (rc != (c->code ? -1 : 0) || e.code != c->code || asked("POST /pulls") != c->posts ||
			asked("PATCH /pulls") != c->patches)
			fail_msg("%s: %d %d %s, %zu %zu", c->what, rc, (int)e.code, e.text, asked("POST /pulls"),
				asked("PATCH /pulls"));
		if (!rc)
			assert_int_equal(p.number, 7);
		if (!rc)
			assert_null(note);
		if (c->part && !strstr(e.text, c->part))
			fail_msg("%s: %s", c->what, e.text);
		github_close(g);
	}
}

static void test_only_what_differs_is_changed(void **state)
{
	const struct github_pull_wish w = {
		.head_branch = "runmedic/x", .base_branch = "main", .title = "new", .body = "b", .draft = true};
	struct github *g = play((const struct row[]){{"GET", LIST, 200, "[" PULL("old", "b") "]", 0, false, NULL},
		{"PATCH", "/pulls/7", 200, PULL("new", "b"), 0, false, NULL}, {0}});
	struct github_pull p;
	struct err e = {0};
	ARENA_AUTO a = {0};

	(void)state;
	assert_int_equal(github_pull_put(g, &w, &a, &p, NULL, &e), 0);
	JSON_AUTO *body = sent("PATCH /pulls/7", 1);
	assert_string_equal(json_text(body, "title"), "new");
	assert_int_equal(cJSON_GetArraySize(body), 1);
	github_close(g);
}

static const char *const labels[] = {"runmedic", "deps", NULL}, *const reviewers[] = {
									"alice", "acme/devs", "bob", NULL};

static void test_labels_and_reviewers(void **state)
{
	const struct github_pull_wish w = {.head_branch = "runmedic/x",
		.base_branch = "main",
		.title = "t",
		.body = "b",
		.labels = labels,
		.reviewers = reviewers};
	static const char not_one[] = MESSAGE("Reviews may only be requested from collaborators.");
	static const struct row rows[] = {{"GET", LIST, 200, "[]", 1, false, NULL},
		{"POST", "/pulls", 201, PULL("t", "b"), 0, false, NULL},
		{"POST", "/issues/7/labels", 403, INTEGRATION, 0, false, NULL},
		{"POST", "/pulls/7/requested_reviewers", 422, not_one, 2, false, NULL},
		{"POST", "/pulls/7/requested_reviewers", 201, PULL("t", "b"), 0, false, NULL},
		{"GET", LIST, 200, "[" PULL("t", "b") "]", 0, false, NULL}, {0}};
	struct github *g = play(rows);
	struct github_pull p;
	const char *note = NULL;
	struct err e = {0};
	ARENA_AUTO a = {0};

	(void)state;
	assert_int_equal(github_pull_put(g, &w, &a, &p, &note, &e), 0);
	assert_int_equal(p.number, 7);
	assert_non_null(strstr(note, "label: GitHub answered 403"));
	assert_non_null(strstr(note, "reviewer alice: GitHub answered 422"));
	assert_null(strstr(note, "bob"));
	assert_int_equal(asked("POST /pulls/7/requested_reviewers"), 4);
	JSON_AUTO *all = sent("POST /pulls/7/requested_reviewers", 1),
		  *team = sent("POST /pulls/7/requested_reviewers", 3);
	assert_int_equal(cJSON_GetArraySize(json_get(all, "reviewers")), 2);
	assert_string_equal(cJSON_GetArrayItem(json_get(team, "team_reviewers"), 0)->valuestring, "devs");
	/* once it is there, nobody is asked again */
	assert_int_equal(github_pull_put(g, &w, &a, &p, &note, &e), 0);
	assert_null(note);
	assert_int_equal(asked("POST /pulls/7/requested_reviewers"), 4);
	github_close(g);
}

/* ---- what became of it ------------------------------------------------------------------------- */

static void test_pull_requests_of_a_branch(void **state)
{
#define MERGED                                                                                                         \
	",\"merged_at\":\"2026-11-20T10:00:00Z\",\"merge_commit_sha\":\"m\",\"closed_at\":\"2026-11-20T10:00:00Z\""
	static const struct row rows[] = {
		{"GET", ALL, 200,
			"[" PULL("t", "b") "," PULL_OF(6, "closed", "evil/app", "runmedic/x", "t", "b", "") "]", 0,
			false, "/pulls?page=2"},
		{"GET", "/pulls?page=2", 200,
			"[" PULL_OF(5, "closed", "ACME/app", "runmedic/x", "t", "b", MERGED) "," PULL_OF(
				4, "closed", "acme/app", "runmedic/x", "t", "b", ",\"merge_commit_sha\":\"trial\"") "]",
			0, false, NULL},
		{0}};
	struct github *g = play(rows);
	struct github_pull_state *list = NULL;
	size_t n = 0;
	struct err e = {0};
	ARENA_AUTO a = {0};

	(void)state;
	assert_int_equal(github_pulls_from(g, "runmedic/x", &a, &list, &n, &e), 0);
	assert_int_equal(n, 3);
	assert_true(list[0].open && !list[0].merged);
	assert_int_equal(list[1].number, 5);
	assert_true(!list[1].open && list[1].merged && list[1].closed != CLOCK_UNKNOWN);
	assert_string_equal(list[1].merge_sha, "m");
	assert_true(!list[2].merged && !list[2].merge_sha);
	github_close(g);
}

static void test_who_closed_it(void **state)
{
	static const struct row rows[] = {
		{"GET", "/pulls/7", 200,
			PULL_OF(7, "closed", "acme/app", "x", "t", "b", MERGED ",\"merged_by\":{\"login\":\"al\"}"), 0,
			false, NULL},
		{"GET", "/pulls/8", 200, PULL_OF(8, "closed", "acme/app", "x", "t", "b", ""), 0, false, NULL},
		{"GET", "/issues/8", 200, "{\"number\":8,\"closed_by\":{\"login\":\"bo\"}}", 0, false, NULL},
		{"GET", "/pulls/9", 200, PULL_OF(9, "closed", "acme/app", "x", "t", "b", ""), 0, false, NULL},
		{"GET", "/issues/9", 403, INTEGRATION, 0, false, NULL},
		{"GET", "/pulls/10", 200, PULL_OF(10, "open", "acme/app", "x", "t", "b", ""), 0, false, NULL},
		{"GET", "/pulls/11", 200, "[]", 0, false, NULL}, {0}};
	static const struct {
		int number;
		const char *by;
		enum err_code code;
	} cases[] = {{7, "al", ERR_NONE}, {8, "bo", ERR_NONE}, {9, NULL, ERR_NONE}, {10, NULL, ERR_NONE},
		{11, NULL, ERR_NETWORK}, {12, NULL, ERR_NOT_FOUND}};
	struct github *g = play(rows);

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct github_pull_state s = {0};
		struct err e = {0};
		ARENA_AUTO a = {0};
		assert_int_equal(github_pull_state(g, cases[i].number, &a, &s, &e), cases[i].code ? -1 : 0);
		assert_int_equal(e.code, cases[i].code);
		if (cases[i].by)
			assert_string_equal(s.closed_by, cases[i].by);
		else
			assert_null(s.closed_by);
	}
	assert_int_equal(asked("GET /issues/10"), 0);
	github_close(g);
}

#define COMMENTS "/issues/7/comments?per_page=100"
#define OPEN_ROW                                                                                                       \
	{                                                                                                              \
		"GET", "/pulls/7", 200, PULL("t", "b"), 0, false, NULL                                                 \
	}
#define CLOSED_ROW                                                                                                     \
	{                                                                                                              \
		"PATCH", "/pulls/7", 200, PULL("t", "b"), 0, false, NULL                                               \
	}
#define COMMENT_ROW                                                                                                    \
	{                                                                                                              \
		"POST", "/issues/7/comments", 201, "{\"id\":1}", 0, false, NULL                                        \
	}

static void test_closing(void **state)
{
	static const struct put_case cases[] = {
		{"with its reason",
			{ME, OPEN_ROW, {"GET", COMMENTS, 200, "[]", 0, false, NULL}, COMMENT_ROW, CLOSED_ROW}, false,
			ERR_NONE, 1, 1, NULL},
		{"closed already",
			{ME, {"GET", "/pulls/7", 200, PULL_OF(7, "closed", "acme/app", "x", "t", "b", ""), 0, false,
				     NULL}},
			false, ERR_NONE, 0, 0, NULL},
		{"the reason stands already",
			{ME, OPEN_ROW,
				{"GET", COMMENTS, 200, "[{\"id\":3,\"body\":\"why\\n\",\"user\":{\"login\":\"me\"}}]",
					0, false, NULL},
				CLOSED_ROW},
			false, ERR_NONE, 0, 1, NULL},
		{"somebody else's word is not ours",
			{ME, OPEN_ROW,
				{"GET", COMMENTS, 200, "[{\"id\":3,\"body\":\"why\",\"user\":{\"login\":\"you\"}}]", 0,
					false, NULL},
				COMMENT_ROW, CLOSED_ROW},
			false, ERR_NONE, 1, 1, NULL},
		{"commenting is refused",
			{ME, OPEN_ROW, {"GET", COMMENTS, 200, "[]", 0, false, NULL},
				{"POST", "/issues/7/comments", 403, INTEGRATION, 0, false, NULL}, CLOSED_ROW},
			false, ERR_NONE, 1, 1, NULL},
		{"closing is refused",
			{ME, OPEN_ROW, {"GET", COMMENTS, 200, "[]", 0, false, NULL}, COMMENT_ROW,
				{"PATCH", "/pulls/7", 403, INTEGRATION, 0, false, NULL}},
			false, ERR_AUTH, 1, 1, "pull-requests: write"},
		{"a lost closing",
			{ME, OPEN_ROW, {"GET", COMMENTS, 200, "[]", 0, false, NULL}, COMMENT_ROW,
				{"PATCH", "/pulls/7", 0, NULL, 1, true, NULL}, CLOSED_ROW},
			false, ERR_NONE, 1, 2, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct put_case *c = &cases[i];
		struct github *g = play(c->rows);
		struct err e = {0};
		int rc = github_pull_close(g, 7, "why", &e);
		if (rc != (c->code ? -1 : 0) || e.code != c->code || asked("POST /issues/7/comments") != c->posts ||
			asked("PATCH /pulls/7") != c->patches)
			fail_msg("%s: %d %s", c->what, rc, e.text);
		github_close(g);
	}
}

/* ---- files ------------------------------------------------------------------------------------- */

#define FILES "/pulls/7/files?per_page=100"

static void test_files_of_a_pull_request(void **state)
{
	static const struct row rows[] = {
		{"GET", FILES, 200, "[{\"filename\":\"a.c\",\"status\":\"modified\",\"patch\":\"@@ -1 +1 @@\"},{}]", 0,
			false, "/pulls/7/files?page=2"},
		{"GET", "/pulls/7/files?page=2", 200, "[{\"filename\":\"logo.png\",\"status\":\"added\"}]", 0, false,
			NULL},
		{"GET", "/pulls/8/files?per_page=100", 406,
			MESSAGE("Sorry, the diff exceeded the maximum number of lines"), 0, false, NULL},
		{"GET", "/pulls/9/files?per_page=100", 422, MESSAGE("Sorry, the diff is taking too long"), 0, false,
			NULL},
		{0}};
	struct github *g = play(rows);
	struct github_pull_file *list = NULL;
	size_t n = 0;
	struct err e = {0};
	ARENA_AUTO a = {0};

	(void)state;
	assert_int_equal(github_pull_files(g, 7, &a, &list, &n, &e), 0);
	assert_int_equal(n, 2);
	assert_string_equal(list[0].patch, "@@ -1 +1 @@");
	assert_null(list[1].patch);
	assert_int_equal(github_pull_files(g, 8, &a, &list, &n, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_int_equal(github_pull_files(g, 9, &a, &list, &n, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_int_equal(github_pull_files(g, 10, &a, &list, &n, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	github_close(g);
}

/* ---- suggestions ------------------------------------------------------------------------------- */

#define STAND "/pulls/7/comments?per_page=100"
#define REVIEWS "/pulls/7/reviews"
#define BAD_LINE "{\"message\":\"Unprocessable Entity\",\"errors\":[\"Line could not be resolved\"]}"
#define DIFF "[{\"filename\":\"a.c\",\"patch\":\"@@ -1,3 +1,3 @@\\n a\\n-b\\n+B\\n c\\n@@ -20,2 +20 @@ f()\\n x\"}]"
#define NOTE(who, path, line, body, commit)                                                                            \
	"{\"path\":\"" path "\",\"line\":" #line ",\"start_line\":null,\"body\":\"" body "\",\"commit_id\":\"" commit  \
	"\",\"user\":{\"login\":\"" who "\"}}"
#define NONE_STAND                                                                                                     \
	{                                                                                                              \
		"GET", STAND, 200, "[]", 0, false, NULL                                                                \
	}
#define HEAD_ROW                                                                                                       \
	{                                                                                                              \
		"GET", "/pulls/7", 200, PULL("t", "b"), 0, false, NULL                                                 \
	}
#define TAKEN                                                                                                          \
	{                                                                                                              \
		"POST", REVIEWS, 200, "{\"id\":1}", 0, false, NULL                                                     \
	}
#define DIFF_ROW                                                                                                       \
	{                                                                                                              \
		"GET", FILES, 200, DIFF, 0, false, NULL                                                                \
	}

static const struct github_suggestion list[] = {{"a.c", 2, 2, "s2"}, {"a.c", 1, 3, "s13"}, {"a.c", 20, 20, "s20"},
	{"a.c", 3, 20, "across"}, {"b.c", 1, 1, "elsewhere"}};

struct review_case {
	const char *what;
	struct row rows[8];
	size_t n;
	enum err_code code;
	unsigned posted, there;
	size_t posts;
};

static void test_suggestions(void **state)
{
	static const struct review_case cases[] = {
		{"posted", {ME, NONE_STAND, HEAD_ROW, TAKEN}, 3, ERR_NONE, 3, 0, 1},
		{"none at all", {ME, NONE_STAND, HEAD_ROW, TAKEN}, 0, ERR_NONE, 0, 0, 0},
		{"all stand already",
			{ME, {"GET", STAND, 200, "[" NOTE("me", "a.c", 2, "s2\\n", SHA) "]", 0, false, NULL}, HEAD_ROW},
			1, ERR_NONE, 0, 1, 0},
		{"one stands already",
			{ME, {"GET", STAND, 200, "[" NOTE("me", "a.c", 2, "s2", SHA) "]", 0, false, NULL}, HEAD_ROW,
				TAKEN},
			3, ERR_NONE, 2, 1, 1},
		{"what stands is another's, of another commit, line, file, text",
			{ME,
				{"GET", STAND, 200,
					"[" NOTE("you", "a.c", 2, "s2", SHA) "," NOTE("me", "a.c", 2, "s2",
						"old") "," NOTE("me", "a.c", 3, "s2", SHA) "," NOTE("me", "b.c", 2,
						"s2", SHA) "," NOTE("me", "a.c", 2, "s", SHA) ",{},7]",
					0, false, NULL},
				HEAD_ROW, TAKEN},
			1, ERR_NONE, 1, 0, 1},
		{"the head has moved",
			{ME, NONE_STAND,
				{"GET", "/pulls/7", 200, "{\"number\":7,\"head\":{\"sha\":\"b\"}}", 0, false, NULL}},
			3, ERR_BUSY, 0, 0, 0},
		{"bad lines do not spoil the others",
			{ME, NONE_STAND, HEAD_ROW, {"POST", REVIEWS, 422, BAD_LINE, 1, false, NULL}, DIFF_ROW, TAKEN},
			5, ERR_NONE, 3, 0, 2},
		{"GitHub takes none",
			{ME, NONE_STAND, HEAD_ROW, {"POST", REVIEWS, 422, BAD_LINE, 0, false, NULL}, DIFF_ROW}, 3,
			ERR_INPUT, 0, 0, 5},
		{"the diff is not told: halves",
			{ME, NONE_STAND, HEAD_ROW, {"POST", REVIEWS, 422, BAD_LINE, 1, false, NULL},
				{"GET", FILES, 406, MESSAGE("too large"), 0, false, NULL}, TAKEN},
			3, ERR_NONE, 3, 0, 3},
		{"lost, and posted",
			{ME, {"GET", STAND, 200, "[]", 1, false, NULL}, HEAD_ROW,
				{"POST", REVIEWS, 0, NULL, 1, true, NULL},
				{"GET", STAND, 200, "[" NOTE("me", "a.c", 2, "s2", SHA) "]", 0, false, NULL}},
			1, ERR_NONE, 1, 0, 1},
		{"lost, and not posted", {ME, NONE_STAND, HEAD_ROW, {"POST", REVIEWS, 502, "", 1, false, NULL}, TAKEN},
			2, ERR_NONE, 2, 0, 2},
		{"no permission", {ME, NONE_STAND, HEAD_ROW, {"POST", REVIEWS, 403, INTEGRATION, 0, false, NULL}}, 1,
			ERR_AUTH, 0, 0, 1},
		{"what stands is not told", {ME, {"GET", STAND, 403, INTEGRATION, 0, false, NULL}}, 1, ERR_AUTH, 0, 0,
			0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct review_case *c = &cases[i];
		struct github *g = play(c->rows);
		unsigned posted = 99, there = 99;
		struct err e = {0};
		int rc = github_review_put(g, 7, SHA, "text", list, c->n, &posted, &there, &e);
		if (rc != (c->code ? -1 : 0) || e.code != c->code || posted != c->posted || there != c->there ||
			asked("POST " REVIEWS) != c->posts)
			fail_msg("%s: %d %d %s, posted %u there %u by %zu", c->what, rc, (int)e.code, e.text, posted,
				there, asked("POST " REVIEWS));
		github_close(g);
	}
}

static void test_what_a_review_says(void **state)
{
	struct github *g = play((const struct row[]){
		ME, NONE_STAND, HEAD_ROW, {"POST", REVIEWS, 422, BAD_LINE, 1, false, NULL}, DIFF_ROW, TAKEN, {0}});
	unsigned posted, there;
	struct err e = {0};

	(void)state;
	assert_int_equal(github_review_put(g, 7, SHA, "text", list, 5, &posted, &there, &e), 0);
	JSON_AUTO *body = sent("POST " REVIEWS, 2);
	assert_string_equal(json_text(body, "event"), "COMMENT");
	assert_string_equal(json_text(body, "commit_id"), SHA);
	assert_string_equal(json_text(body, "body"), "text");
	const cJSON *sent_list = json_get(body, "comments"), *first = cJSON_GetArrayItem(sent_list, 0),
		    *second = cJSON_GetArrayItem(sent_list, 1);
	assert_int_equal(cJSON_GetArraySize(sent_list), 3);
	assert_string_equal(json_text(first, "side"), "RIGHT");
	assert_int_equal(json_int(first, "line", 0), 2);
	assert_null(json_get(first, "start_line"));
	assert_int_equal(json_int(second, "start_line", 0), 1);
	assert_int_equal(json_int(second, "line", 0), 3);
	assert_string_equal(json_text(second, "start_side"), "RIGHT");
	github_close(g);
}

static void test_lines_that_are_none(void **state)
{
	static const struct github_suggestion wrong[] = {{"a.c", 0, 2, "s"}, {"a.c", 3, 2, "s"}};
	static struct github_suggestion many[GITHUB_SUGGESTIONS_MAX + 1];
	struct github *g = play(NULL);
	unsigned posted, there;
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(github_review_put(g, 7, SHA, "b", &wrong[i], 1, &posted, &there, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_int_equal(github_review_put(g, 7, SHA, "b", many, GITHUB_SUGGESTIONS_MAX + 1, &posted, &there, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_int_equal(api.asked_count, 0);
	github_close(g);
}

/* ---- comments ---------------------------------------------------------------------------------- */

#define NOTES "/commits/" SHA "/comments?per_page=100"
#define MINE(text) "{\"id\":5,\"body\":\"" text "\",\"html_url\":\"u5\",\"user\":{\"login\":\"me\"}}"
#define YOURS(text) "{\"id\":6,\"body\":\"" text "\",\"user\":{\"login\":\"you\"}}"

static void test_a_comment_on_a_commit(void **state)
{
	static const struct {
		const char *what;
		struct row rows[6];
		enum err_code code;
		size_t posts, patches;
	} cases[] = {
		{"new",
			{ME, {"GET", NOTES, 200, "[" YOURS("<!--m--> x") "]", 0, false, NULL},
				{"POST", "/commits/" SHA "/comments", 201, MINE(""), 0, false, NULL}},
			ERR_NONE, 1, 0},
		{"the same", {ME, {"GET", NOTES, 200, "[" MINE("<!--m--> text") "]", 0, false, NULL}}, ERR_NONE, 0, 0},
		{"changed",
			{ME, {"GET", NOTES, 200, "[" MINE("<!--m--> old") "]", 0, false, NULL},
				{"PATCH", "/comments/5", 200, MINE(""), 0, false, NULL}},
			ERR_NONE, 0, 1},
		{"lost, and there",
			{ME, {"GET", NOTES, 200, "[]", 1, false, NULL},
				{"POST", "/commits/" SHA "/comments", 0, NULL, 1, true, NULL},
				{"GET", NOTES, 200, "[" MINE("<!--m--> text") "]", 0, false, NULL}},
			ERR_NONE, 1, 0},
		{"no permission",
			{ME, {"GET", NOTES, 200, "[]", 0, false, NULL},
				{"POST", "/commits/" SHA "/comments", 403, INTEGRATION, 0, false, NULL}},
			ERR_AUTH, 1, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct github *g = play(cases[i].rows);
		char *url = NULL;
		struct err e = {0};
		int rc = github_commit_comment_put(g, SHA, "<!--m-->", "<!--m--> text", &url, &e);
		if (rc != (cases[i].code ? -1 : 0) || e.code != cases[i].code ||
			asked("POST /commits/") != cases[i].posts || asked("PATCH /comments/5") != cases[i].patches)
			fail_msg("%s: %d %s", cases[i].what, rc, e.text);
		if (cases[i].code)
			assert_non_null(strstr(e.text, "contents: write"));
		else
			assert_string_equal(url, "u5");
		free(url);
		github_close(g);
	}
}

static void test_a_reply_is_said_once(void **state)
{
	static const struct row rows[] = {ME,
		{"GET", COMMENTS, 200, "[" YOURS("<!--1--> a") "," MINE("<!--2--> something else") "]", 0, false, NULL},
		COMMENT_ROW, {0}};
	struct github *g = play(rows);
	struct err e = {0};

	(void)state;
	assert_int_equal(github_comment_reply(g, 7, "<!--2-->", "<!--2--> b", &e), 0);
	assert_int_equal(writes(), 0);
	assert_int_equal(github_comment_reply(g, 7, "<!--1-->", "<!--1--> b", &e), 0);
	assert_int_equal(asked("POST /issues/7/comments"), 1);
	assert_int_equal(github_comment_reply(g, 7, "<!--3-->", "without", &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	github_close(g);
}

static void test_reactions(void **state)
{
	static const struct row rows[] = {{"POST", "/issues/comments/5/reactions", 0, NULL, 1, true, NULL},
		{"POST", "/issues/comments/5/reactions", 200, "{\"id\":1}", 0, false, NULL},
		{"POST", "/issues/comments/6/reactions", 403, INTEGRATION, 0, false, NULL}, {0}};
	struct github *g = play(rows);
	struct err e = {0};

	(void)state;
	assert_int_equal(github_reaction_put(g, 5, "eyes", &e), 0);
	JSON_AUTO *body = sent("POST /issues/comments/5/reactions", 1);
	assert_string_equal(json_text(body, "content"), "eyes");
	assert_int_equal(github_reaction_put(g, 6, "eyes", &e), -1);
	assert_int_equal(e.code, ERR_AUTH);
	assert_int_equal(github_reaction_put(g, 7, "eyes", &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	github_close(g);
}

/* ---- people ------------------------------------------------------------------------------------ */

static void test_what_somebody_may(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum err_code code;
		enum github_level level;
	} cases[] = {
		{200, "{\"permission\":\"admin\",\"role_name\":\"admin\"}", ERR_NONE, GITHUB_LEVEL_WRITE},
		{200, "{\"permission\":\"write\",\"role_name\":\"maintain\"}", ERR_NONE, GITHUB_LEVEL_WRITE},
		{200, "{\"permission\":\"write\",\"role_name\":\"release manager\"}", ERR_NONE, GITHUB_LEVEL_WRITE},
		{200, "{\"permission\":\"read\",\"role_name\":\"triage\"}", ERR_NONE, GITHUB_LEVEL_READ},
		{200, "{\"permission\":\"none\",\"role_name\":\"none\"}", ERR_NONE, GITHUB_LEVEL_NONE},
		{200, "{\"role_name\":\"maintain\"}", ERR_NONE, GITHUB_LEVEL_WRITE},
		{200, "{\"permission\":\"wizard\"}", ERR_NONE, GITHUB_LEVEL_UNKNOWN},
		{200, "{}", ERR_NONE, GITHUB_LEVEL_UNKNOWN},
		{404, MESSAGE("Not Found"), ERR_NONE, GITHUB_LEVEL_NONE},
		{403, MESSAGE("Must have push access to view collaborator permission."), ERR_AUTH,
			GITHUB_LEVEL_UNKNOWN},
		{500, "", ERR_NETWORK, GITHUB_LEVEL_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct github *g = play((const struct row[]){
			{"GET", "/collaborators/a%5Bbot%5D/permission", cases[i].status, cases[i].body, 0, false, NULL},
			{0}});
		enum github_level level = GITHUB_LEVEL_UNKNOWN;
		struct err e = {0};
		assert_int_equal(github_permission_of(g, "a[bot]", &level, &e), cases[i].code ? -1 : 0);
		assert_int_equal(e.code, cases[i].code);
		assert_int_equal(level, cases[i].level);
		github_close(g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_pull_request_is_opened_once),
		cmocka_unit_test(test_only_what_differs_is_changed),
		cmocka_unit_test(test_labels_and_reviewers),
		cmocka_unit_test(test_pull_requests_of_a_branch),
		cmocka_unit_test(test_who_closed_it),
		cmocka_unit_test(test_closing),
		cmocka_unit_test(test_files_of_a_pull_request),
		cmocka_unit_test(test_suggestions),
		cmocka_unit_test(test_what_a_review_says),
		cmocka_unit_test(test_lines_that_are_none),
		cmocka_unit_test(test_a_comment_on_a_commit),
		cmocka_unit_test(test_a_reply_is_said_once),
		cmocka_unit_test(test_reactions),
		cmocka_unit_test(test_what_somebody_may),
	};

	return cmocka_run_group_tests(tests, client_begin, client_end);
}
