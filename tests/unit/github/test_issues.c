/* Issues that are kept: one per marker, found again, opened again, never taken from others. */
#include "script.h"

#include "github/issues.h"

#define ME                                                                                                             \
	{                                                                                                              \
		"GET", ":/user", 200, "{\"login\":\"me\"}", 0, false, NULL                                             \
	}
#define INTEGRATION MESSAGE("Resource not accessible by integration")
#define OFF MESSAGE("Issues are disabled for this repo")
#define LIST "/issues?state=all&sort=created&direction=desc&labels=run%20medic&per_page=100"
#define OPEN "/issues?state=open&sort=created&direction=desc&labels=run%20medic&per_page=100"
#define LABEL                                                                                                          \
	{                                                                                                              \
		"GET", "/labels/run%20medic", 200, "{\"name\":\"run medic\"}", 0, false, NULL                          \
	}
#define ISSUE_OF(number, who, state, title, body, more)                                                                \
	"{\"number\":" #number ",\"state\":\"" state "\",\"title\":\"" title "\",\"body\":\"" body                     \
	"\",\"html_url\":\"u" #number "\",\"created_at\":\"2026-11-20T10:00:00Z\",\"user\":{\"login\":\"" who          \
	"\"}" more "}"
#define ISSUE(number, state, body) ISSUE_OF(number, "me", state, "t", body, "")
#define MARK "<!--m:1-->"
#define TEXT MARK "\\ntext"

/* ---- finding ----------------------------------------------------------------------------------- */

static void test_which_issue_is_ours(void **state)
{
	static const struct {
		const char *what, *list;
		int number;
		bool open;
	} cases[] = {
		{"none", "[]", 0, false},
		{"ours", "[" ISSUE(4, "open", TEXT) "]", 4, true},
		{"another's", "[" ISSUE_OF(4, "you", "open", "t", TEXT, "") "]", 0, false},
		{"another's App of our name", "[" ISSUE_OF(4, "me[bot]", "open", "t", TEXT, "") "]", 0, false},
		{"a pull request", "[" ISSUE_OF(4, "me", "open", "t", TEXT, ",\"pull_request\":{\"url\":\"u\"}") "]", 0,
			false},
		{"quotes the marker", "[" ISSUE(4, "open", "> " TEXT) "]", 0, false},
		{"another marker", "[" ISSUE(4, "open", "<!--m:2-->") "]", 0, false},
		{"the open one of several", "[" ISSUE(9, "closed", TEXT) "," ISSUE(4, "open", TEXT) "]", 4, true},
		{"the newest closed one", "[" ISSUE(9, "closed", TEXT) "," ISSUE(4, "closed", TEXT) "]", 9, false},
		{"nonsense", "[7,null,{},{\"number\":-1,\"body\":\"" MARK "\",\"user\":{\"login\":\"me\"}}]", 0, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct github *g =
			play((const struct row[]){ME, {"GET", LIST, 200, cases[i].list, 0, false, NULL}, {0}});
		struct github_issue found = {.number = 99};
		struct err e = {0};
		ARENA_AUTO a = {0};
		assert_int_equal(github_issue_find(g, "run medic", MARK, &a, &found, &e), 0);
		if (found.number != cases[i].number || (found.number && found.open != cases[i].open))
			fail_msg("%s: %d", cases[i].what, found.number);
		github_close(g);
	}
}

static void test_the_second_page_is_looked_at(void **state)
{
	static const struct row rows[] = {ME,
		{"GET", LIST, 200, "[" ISSUE(9, "closed", TEXT) "]", 0, false, "/issues?page=2"},
		{"GET", "/issues?page=2", 200, "[" ISSUE(3, "open", TEXT) "]", 0, false, NULL}, {0}};
	struct github *g = play(rows);
	struct github_issue found;
	struct err e = {0};
	ARENA_AUTO a = {0};

	(void)state;
	assert_int_equal(github_issue_find(g, "run medic", MARK, &a, &found, &e), 0);
	assert_int_equal(found.number, 3);
	assert_true(found.created != CLOCK_UNKNOWN && found.closed == CLOCK_UNKNOWN);
	github_close(g);
}

static bool keep_two(void *context, const struct github_issue *i)
{
	int *seen = context;

	seen[seen[0] ? 1 : 0] = i->number;
	return !seen[1];
}

static void test_all_of_ours(void **state)
{
	static const struct row rows[] = {ME,
		{"GET", OPEN, 200,
			"[" ISSUE(9, "open", "<!--m:2-->") "," ISSUE_OF(8, "you", "open", "t", TEXT, "") "," ISSUE(
				7, "open", TEXT) "," ISSUE(6, "open", TEXT) "]",
			0, false, NULL},
		{0}};
	struct github *g = play(rows);
	int seen[2] = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(github_issues_list(g, "run medic", "<!--m:", true, keep_two, seen, &e), 0);
	assert_int_equal(seen[0], 9);
	assert_int_equal(seen[1], 7);
	assert_int_equal(github_issues_list(g, "other", "<!--m:", true, keep_two, seen, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	github_close(g);
}

/* ---- keeping ----------------------------------------------------------------------------------- */

struct put_case {
	const char *what;
	struct row rows[9];
	bool reopen;
	enum err_code code;
	int number;
	size_t made, changed, labels;
	const char *part;
};

#define MADE                                                                                                           \
	{                                                                                                              \
		"POST", "/issues", 201, ISSUE(4, "open", TEXT), 0, false, NULL                                         \
	}
#define CHANGED                                                                                                        \
	{                                                                                                              \
		"PATCH", "/issues/4", 200, ISSUE(4, "open", TEXT), 0, false, NULL                                      \
	}
#define NONE                                                                                                           \
	{                                                                                                              \
		"GET", LIST, 200, "[]", 0, false, NULL                                                                 \
	}
#define NEW_LABEL                                                                                                      \
	{                                                                                                              \
		"POST", "/labels", 201, "{\"name\":\"run medic\"}", 0, false, NULL                                     \
	}
#define LABEL_EXISTS                                                                                                   \
	"{\"message\":\"Validation Failed\",\"errors\":[{\"resource\":\"Label\",\"code\":\"already_exists\"}]}"

static void test_one_issue_per_marker(void **state)
{
	static const struct put_case cases[] = {
		{"made", {ME, NONE, LABEL, MADE}, false, ERR_NONE, 4, 1, 0, 0, NULL},
		{"made with its label", {ME, NONE, NEW_LABEL, MADE}, false, ERR_NONE, 4, 1, 0, 1, NULL},
		{"somebody made the label", {ME, NONE, {"POST", "/labels", 422, LABEL_EXISTS, 0, false, NULL}, MADE},
			false, ERR_NONE, 4, 1, 0, 1, NULL},
		{"the label's answer got lost",
			{ME, NONE, {"GET", "/labels/run%20medic", 404, MESSAGE("Not Found"), 1, false, NULL},
				{"POST", "/labels", 0, NULL, 1, true, NULL}, LABEL, MADE},
			false, ERR_NONE, 4, 1, 0, 1, NULL},
		{"there, the same", {ME, {"GET", LIST, 200, "[" ISSUE(4, "open", TEXT "\\n") "]", 0, false, NULL}},
			true, ERR_NONE, 4, 0, 0, 0, NULL},
		{"there, another text",
			{ME, {"GET", LIST, 200, "[" ISSUE(4, "open", MARK " old") "]", 0, false, NULL}, CHANGED}, false,
			ERR_NONE, 4, 0, 1, 0, NULL},
		{"opened again", {ME, {"GET", LIST, 200, "[" ISSUE(4, "closed", TEXT) "]", 0, false, NULL}, CHANGED},
			true, ERR_NONE, 4, 0, 1, 0, NULL},
		{"a new one instead",
			{ME, {"GET", LIST, 200, "[" ISSUE(3, "closed", TEXT) "]", 0, false, NULL}, LABEL, MADE}, false,
			ERR_NONE, 4, 1, 0, 0, NULL},
		{"another's is left alone",
			{ME, {"GET", LIST, 200, "[" ISSUE_OF(3, "you", "open", "t", MARK, "") "]", 0, false, NULL},
				LABEL, MADE},
			true, ERR_NONE, 4, 1, 0, 0, NULL},
		{"lost, and made",
			{ME, {"GET", LIST, 200, "[]", 1, false, NULL}, LABEL,
				{"POST", "/issues", 0, NULL, 1, true, NULL},
				{"GET", LIST, 200, "[" ISSUE(4, "open", TEXT) "]", 0, false, NULL}},
			false, ERR_NONE, 4, 1, 0, 0, NULL},
		{"lost, and not made", {ME, NONE, LABEL, {"POST", "/issues", 502, "", 1, false, NULL}, MADE}, false,
			ERR_NONE, 4, 2, 0, 0, NULL},
		{"lost beside a closed one",
			{ME, {"GET", LIST, 200, "[" ISSUE(3, "closed", TEXT) "]", 1, false, NULL}, LABEL,
				{"POST", "/issues", 0, NULL, 1, true, NULL},
				{"GET", LIST, 200, "[" ISSUE(4, "open", TEXT) "," ISSUE(3, "closed", TEXT) "]", 0,
					false, NULL}},
			false, ERR_NONE, 4, 1, 0, 0, NULL},
		{"a lost change",
			{ME, {"GET", LIST, 200, "[" ISSUE(4, "open", MARK) "]", 1, false, NULL},
				{"PATCH", "/issues/4", 0, NULL, 1, true, NULL},
				{"GET", LIST, 200, "[" ISSUE(4, "open", TEXT) "]", 0, false, NULL}},
			false, ERR_NONE, 4, 0, 1, 0, NULL},
		{"switched off", {ME, NONE, LABEL, {"POST", "/issues", 410, OFF, 0, false, NULL}}, false,
			ERR_UNAVAILABLE, 0, 1, 0, 0, "Settings > General"},
		{"no permission", {ME, NONE, LABEL, {"POST", "/issues", 403, INTEGRATION, 0, false, NULL}}, false,
			ERR_AUTH, 0, 1, 0, 0, "issues: write"},
		{"no permission for the label", {ME, NONE, {"POST", "/labels", 403, INTEGRATION, 0, false, NULL}},
			false, ERR_AUTH, 0, 0, 0, 1, "issues: write"},
		{"the list is not told", {ME, {"GET", LIST, 403, INTEGRATION, 0, false, NULL}}, false, ERR_AUTH, 0, 0,
			0, 0, "issues: read"},
		{"nonsense for an answer", {ME, NONE, LABEL, {"POST", "/issues", 201, "{}", 0, false, NULL}}, false,
			ERR_NETWORK, 0, 1, 0, 0, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct put_case *c = &cases[i];
		const struct github_issue_wish w = {
			.label = "run medic", .marker = MARK, .title = "t", .body = MARK "\ntext", .reopen = c->reopen};
		struct github *g = play(c->rows);
		struct github_issue issue = {0};
		const char *note = "";
		struct err e = {0};
		ARENA_AUTO a = {0};
		int rc = github_issue_put(g, &w, &a, &issue, &note, &e);
		if (rc != (c->code ? -1 : 0) || e.code != c->code || asked("POST /issues ") != c->made ||
			asked("PATCH /issues/") != c->changed || asked("POST /labels ") != c->labels)
			fail_msg("%s: %d %d %s, %zu %zu %zu", c->what, rc, (int)e.code, e.text, asked("POST /issues "),
				asked("PATCH /issues/"), asked("POST /labels "));
		if (!rc && (issue.number != c->number || !issue.open || note))
			fail_msg("%s: %d %s", c->what, issue.number, note);
		if (c->part && !strstr(e.text, c->part))
			fail_msg("%s: %s", c->what, e.text);
		github_close(g);
	}
}

static void test_opening_again_says_so(void **state)
{
	const struct github_issue_wish w = {
		.label = "run medic", .marker = MARK, .title = "t", .body = MARK "\ntext", .reopen = true};
	struct github *g = play((const struct row[]){
		ME, {"GET", LIST, 200, "[" ISSUE(4, "closed", TEXT) "]", 0, false, NULL}, CHANGED, {0}});
	struct github_issue issue;
	struct err e = {0};
	ARENA_AUTO a = {0};

	(void)state;
	assert_int_equal(github_issue_put(g, &w, &a, &issue, NULL, &e), 0);
	JSON_AUTO *body = sent("PATCH /issues/4", 1);
	assert_string_equal(json_text(body, "state"), "open");
	assert_int_equal(cJSON_GetArraySize(body), 1);
	assert_true(issue.open);
	github_close(g);
}

static const char *const more_labels[] = {"ci", "flaky", NULL}, *const assignees[] = {"alice", "bob", NULL};

static void test_labels_and_assignees(void **state)
{
	static const char wrong[] =
		"{\"message\":\"Validation Failed\",\"errors\":[{\"value\":\"bob\",\"resource\":\"Issue\","
		"\"field\":\"assignees\",\"code\":\"invalid\"}]}";
	static const struct {
		const char *what;
		struct row rows[8];
		enum err_code code;
		size_t made;
		const char *note;
	} cases[] = {
		{"all of them",
			{ME, NONE, LABEL,
				{"POST", "/issues", 201,
					ISSUE_OF(4, "me", "open", "t", TEXT,
						",\"labels\":[{\"name\":\"CI\"},{\"name\":\"flaky\"}],\"assignees\":[{"
						"\"login\":"
						"\"Alice\"},{\"login\":\"bob\"}]"),
					0, false, NULL}},
			ERR_NONE, 1, NULL},
		/* without push access GitHub leaves them out silently */
		{"left out", {ME, NONE, LABEL, MADE}, ERR_NONE, 1, "label ci could not be set"},
		{"refused", {ME, NONE, LABEL, {"POST", "/issues", 422, wrong, 1, false, NULL}, MADE}, ERR_NONE, 2,
			"assignee alice could not be set; assignee bob could not be set"},
		{"another fault",
			{ME, NONE, LABEL, {"POST", "/issues", 422, MESSAGE("Validation Failed"), 0, false, NULL}},
			ERR_INPUT, 1, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct github_issue_wish w = {.label = "run medic",
			.marker = MARK,
			.title = "t",
			.body = MARK "\ntext",
			.labels = more_labels,
			.assignees = assignees};
		struct github *g = play(cases[i].rows);
		struct github_issue issue;
		const char *note = NULL;
		struct err e = {0};
		ARENA_AUTO a = {0};
		int rc = github_issue_put(g, &w, &a, &issue, &note, &e);
		if (rc != (cases[i].code ? -1 : 0) || e.code != cases[i].code ||
			asked("POST /issues ") != cases[i].made)
			fail_msg("%s: %d %s", cases[i].what, rc, e.text);
		if (cases[i].note ? !note || !strstr(note, cases[i].note) : note != NULL)
			fail_msg("%s: %s", cases[i].what, note);
		JSON_AUTO *body = sent("POST /issues", 1);
		assert_int_equal(cJSON_GetArraySize(json_get(body, "labels")), 3);
		assert_int_equal(cJSON_GetArraySize(json_get(body, "assignees")), 2);
		JSON_AUTO *again = sent("POST /issues", 2);
		const cJSON *left = json_get(again, "assignees");
		if (cases[i].made == 2)
			assert_string_equal(cJSON_GetArrayItem(left, 0)->valuestring, "alice");
		github_close(g);
	}
}

static void test_a_text_without_its_marker(void **state)
{
	const struct github_issue_wish w = {.label = "l", .marker = MARK, .title = "t", .body = "text " MARK};
	struct github *g = play(NULL);
	struct github_issue issue;
	struct err e = {0};
	ARENA_AUTO a = {0};

	(void)state;
	assert_int_equal(github_issue_put(g, &w, &a, &issue, NULL, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_int_equal(api.asked_count, 0);
	github_close(g);
}

/* ---- closing ----------------------------------------------------------------------------------- */

#define COMMENTS "/issues/4/comments?per_page=100"
#define IT                                                                                                             \
	{                                                                                                              \
		"GET", "/issues/4", 200, ISSUE(4, "open", TEXT), 0, false, NULL                                        \
	}
#define SAID                                                                                                           \
	{                                                                                                              \
		"POST", "/issues/4/comments", 201, "{\"id\":1}", 0, false, NULL                                        \
	}
#define SILENT                                                                                                         \
	{                                                                                                              \
		"GET", COMMENTS, 200, "[]", 0, false, NULL                                                             \
	}

static void test_closing(void **state)
{
	static const struct {
		const char *what;
		struct row rows[7];
		enum err_code code;
		size_t comments, closed;
	} cases[] = {
		{"with a word", {ME, IT, SILENT, SAID, CHANGED}, ERR_NONE, 1, 1},
		{"closed already", {ME, {"GET", "/issues/4", 200, ISSUE(4, "closed", TEXT), 0, false, NULL}}, ERR_NONE,
			0, 0},
		{"a lost word",
			{ME, IT, {"GET", COMMENTS, 200, "[]", 1, false, NULL},
				{"POST", "/issues/4/comments", 0, NULL, 1, true, NULL},
				{"GET", COMMENTS, 200, "[{\"id\":1,\"body\":\"gone\",\"user\":{\"login\":\"me\"}}]", 0,
					false, NULL},
				CHANGED},
			ERR_NONE, 1, 1},
		{"a lost closing", {ME, IT, SILENT, SAID, {"PATCH", "/issues/4", 502, "", 1, false, NULL}, CHANGED},
			ERR_NONE, 1, 2},
		{"refused", {ME, IT, SILENT, {"POST", "/issues/4/comments", 403, INTEGRATION, 0, false, NULL}},
			ERR_AUTH, 1, 0},
		{"switched off", {ME, {"GET", "/issues/4", 410, OFF, 0, false, NULL}}, ERR_UNAVAILABLE, 0, 0},
		{"not there", {ME}, ERR_NOT_FOUND, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct github *g = play(cases[i].rows);
		struct err e = {0};
		int rc = github_issue_close(g, 4, "gone", &e);
		if (rc != (cases[i].code ? -1 : 0) || e.code != cases[i].code ||
			asked("POST /issues/4/comments") != cases[i].comments ||
			asked("PATCH /issues/4") != cases[i].closed)
			fail_msg("%s: %d %d %s", cases[i].what, rc, (int)e.code, e.text);
		github_close(g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_which_issue_is_ours),
		cmocka_unit_test(test_the_second_page_is_looked_at),
		cmocka_unit_test(test_all_of_ours),
		cmocka_unit_test(test_one_issue_per_marker),
		cmocka_unit_test(test_opening_again_says_so),
		cmocka_unit_test(test_labels_and_assignees),
		cmocka_unit_test(test_a_text_without_its_marker),
		cmocka_unit_test(test_closing),
	};

	return cmocka_run_group_tests(tests, client_begin, client_end);
}
