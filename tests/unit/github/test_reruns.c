/* What makes GitHub run something: never asked twice for what was carried out. */
#include "script.h"

#include "github/reruns.h"

#define INTEGRATION MESSAGE("Resource not accessible by integration")
#define RUN_OF(id, attempt, status, title, event)                                                                      \
	"{\"id\":" #id ",\"run_attempt\":" #attempt ",\"status\":\"" status "\",\"display_title\":\"" title            \
	"\",\"event\":\"" event "\",\"head_sha\":\"abc\"}"
#define RUN(attempt, status) RUN_OF(7, attempt, status, "t", "push")
#define GET_RUN "/actions/runs/7"
#define AGAIN "/actions/runs/7/rerun-failed-jobs"
#define COMPLETED                                                                                                      \
	{                                                                                                              \
		"GET", GET_RUN, 200, RUN(2, "completed"), 0, false, NULL                                               \
	}
#define TAKEN                                                                                                          \
	{                                                                                                              \
		"POST", AGAIN, 201, "{}", 0, false, NULL                                                               \
	}

struct rerun_case {
	const char *what;
	struct row rows[6];
	enum err_code code;
	size_t writes;
	const char *part;
};

static void run_cases(const struct rerun_case *c, size_t n, int (*act)(struct github *g, struct err *e))
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

static int rerun(struct github *g, struct err *e)
{
	return github_rerun_failed(g, 7, 2, e);
}

static void test_failed_jobs_again(void **state)
{
	static const struct rerun_case cases[] = {
		{"asked", {COMPLETED, TAKEN}, ERR_NONE, 1, NULL},
		{"somebody did", {{"GET", GET_RUN, 200, RUN(3, "queued"), 0, false, NULL}}, ERR_BUSY, 0, "attempt 3"},
		{"somebody did, and it is over", {{"GET", GET_RUN, 200, RUN(3, "completed"), 0, false, NULL}}, ERR_BUSY,
			0, NULL},
		{"it still runs", {{"GET", GET_RUN, 200, RUN(2, "in_progress"), 0, false, NULL}}, ERR_BUSY, 0,
			"not completed"},
		{"lost, and carried out",
			{{"GET", GET_RUN, 200, RUN(2, "completed"), 1, false, NULL},
				{"POST", AGAIN, 0, NULL, 1, true, NULL},
				{"GET", GET_RUN, 200, RUN(3, "queued"), 0, false, NULL}},
			ERR_NONE, 1, NULL},
		{"lost, and not carried out", {COMPLETED, {"POST", AGAIN, 502, "", 1, false, NULL}, TAKEN}, ERR_NONE, 2,
			NULL},
		{"lost for ever", {COMPLETED, {"POST", AGAIN, 502, "", 0, false, NULL}}, ERR_NETWORK, 5, NULL},
		{"too old",
			{COMPLETED, {"POST", AGAIN, 403,
					    MESSAGE("Unable to retry this workflow run because it was created over a "
						    "month ago"),
					    0, false, NULL}},
			ERR_UNAVAILABLE, 1, "over a month ago"},
		{"too often",
			{COMPLETED, {"POST", AGAIN, 403,
					    MESSAGE("This workflow run cannot be re-run any more: the limit of 50 "
						    "re-runs is reached"),
					    0, false, NULL}},
			ERR_UNAVAILABLE, 1, "50 re-runs"},
		{"somebody was faster",
			{COMPLETED, {"POST", AGAIN, 403, MESSAGE("This workflow is already running"), 0, false, NULL}},
			ERR_BUSY, 1, NULL},
		{"no permission", {COMPLETED, {"POST", AGAIN, 403, INTEGRATION, 0, false, NULL}}, ERR_AUTH, 1,
			"actions: write"},
		{"the run is gone", {{0}}, ERR_NOT_FOUND, 0, NULL},
		{"the run is not told", {{"GET", GET_RUN, 403, INTEGRATION, 0, false, NULL}}, ERR_AUTH, 0,
			"actions: read"},
	};

	(void)state;
	run_cases(cases, sizeof cases / sizeof *cases, rerun);
}

/* ---- dispatches -------------------------------------------------------------------------------- */

#define STARTED "/actions/runs?event=repository_dispatch&created=*"
#define RUNS(list) "{\"workflow_runs\":[" list "]}"
#define ITS_RUN RUN_OF(8, 1, "queued", "runmedic-local", "repository_dispatch")

static int dispatch(struct github *g, struct err *e)
{
	JSON_AUTO *payload = json_object();

	json_add_text(payload, "sha", "abc");
	return github_repository_dispatch(g, "runmedic-local", payload, e);
}

static void test_a_dispatch_of_the_repository(void **state)
{
	static const struct rerun_case cases[] = {
		{"asked", {{"POST", "/dispatches", 204, NULL, 0, false, NULL}}, ERR_NONE, 1, NULL},
		{"no permission", {{"POST", "/dispatches", 403, INTEGRATION, 0, false, NULL}}, ERR_AUTH, 1,
			"a person with write access"},
		{"lost, and its run is there",
			{{"POST", "/dispatches", 0, NULL, 1, true, NULL},
				{"GET", STARTED, 200, RUNS(ITS_RUN), 0, false, NULL}},
			ERR_NONE, 1, NULL},
		{"lost, and only another's run is there",
			{{"POST", "/dispatches", 502, "", 1, false, NULL},
				{"GET", STARTED, 200, RUNS(RUN_OF(8, 1, "queued", "deploy", "repository_dispatch")), 0,
					false, NULL},
				{"POST", "/dispatches", 204, NULL, 0, false, NULL}},
			ERR_NONE, 2, NULL},
		{"lost, and this token may not look",
			{{"POST", "/dispatches", 0, NULL, 0, true, NULL},
				{"GET", STARTED, 403, INTEGRATION, 0, false, NULL}},
			ERR_NETWORK, 1, NULL},
		{"lost, and nobody knows", {{"POST", "/dispatches", 0, NULL, 0, true, NULL}}, ERR_NETWORK, 1, NULL},
		{"too large", {{"POST", "/dispatches", 422, MESSAGE("client_payload is too large"), 0, false, NULL}},
			ERR_INPUT, 1, "too large"},
	};

	(void)state;
	run_cases(cases, sizeof cases / sizeof *cases, dispatch);
}

static void test_what_a_dispatch_says(void **state)
{
	struct github *g = play((const struct row[]){{"POST", "/dispatches", 204, NULL, 0, false, NULL}, {0}});
	struct err e = {0};

	(void)state;
	assert_int_equal(dispatch(g, &e), 0);
	JSON_AUTO *body = sent("POST /dispatches", 1);
	assert_string_equal(json_text(body, "event_type"), "runmedic-local");
	assert_string_equal(json_text(json_get(body, "client_payload"), "sha"), "abc");
	github_close(g);
}

#define WORKFLOW "/actions/workflows/ci.yml/dispatches"
#define ITS_RUNS "/actions/workflows/ci.yml/runs?branch=fix%2Fa&event=workflow_dispatch&created=*"

static int start(struct github *g, struct err *e)
{
	return github_workflow_dispatch(g, "ci.yml", "fix/a", e);
}

static void test_a_dispatch_of_a_workflow(void **state)
{
	static const struct rerun_case cases[] = {
		{"asked", {{"POST", WORKFLOW, 204, NULL, 0, false, NULL}}, ERR_NONE, 1, NULL},
		{"without the trigger",
			{{"POST", WORKFLOW, 422, MESSAGE("Workflow does not have 'workflow_dispatch' trigger"), 0,
				false, NULL}},
			ERR_UNAVAILABLE, 1, "workflow_dispatch"},
		{"switched off",
			{{"POST", WORKFLOW, 422, MESSAGE("Cannot trigger a 'workflow_dispatch' on a disabled workflow"),
				0, false, NULL}},
			ERR_UNAVAILABLE, 1, NULL},
		{"no such branch", {{"POST", WORKFLOW, 422, MESSAGE("No ref found for: fix/a"), 0, false, NULL}},
			ERR_NOT_FOUND, 1, NULL},
		{"no such workflow", {{0}}, ERR_NOT_FOUND, 1, NULL},
		{"no permission", {{"POST", WORKFLOW, 403, INTEGRATION, 0, false, NULL}}, ERR_AUTH, 1,
			"actions: write"},
		{"lost, and its run is there",
			{{"POST", WORKFLOW, 0, NULL, 1, true, NULL},
				{"GET", ITS_RUNS, 200, RUNS(RUN_OF(8, 1, "queued", "t", "workflow_dispatch")), 0, false,
					NULL}},
			ERR_NONE, 1, NULL},
		{"lost, and no run",
			{{"POST", WORKFLOW, 0, NULL, 1, true, NULL}, {"GET", ITS_RUNS, 200, RUNS(""), 0, false, NULL},
				{"POST", WORKFLOW, 204, NULL, 0, false, NULL}},
			ERR_NONE, 2, NULL},
	};

	(void)state;
	run_cases(cases, sizeof cases / sizeof *cases, start);
}

static bool sum_runs(void *context, const struct github_run *run)
{
	int64_t *sum = context;

	*sum += run->id;
	return *sum < 20;
}

static void test_runs_of_a_commit(void **state)
{
	static const struct row rows[] = {
		{"GET", "/actions/runs?head_sha=abc&per_page=100", 200,
			RUNS(RUN_OF(12, 1, "queued", "t", "push") "," RUN_OF(
				11, 1, "queued", "t", "pull_request") "," RUN_OF(10, 1, "queued", "t", "push")),
			0, false, NULL},
		{0}};
	struct github *g = play(rows);
	int64_t sum = 0;
	struct err e = {0};

	(void)state;
	assert_int_equal(github_runs_of(g, "abc", sum_runs, &sum, &e), 0);
	assert_int_equal(sum, 23);
	assert_int_equal(github_runs_of(g, "abd", sum_runs, &sum, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	github_close(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_failed_jobs_again),
		cmocka_unit_test(test_a_dispatch_of_the_repository),
		cmocka_unit_test(test_what_a_dispatch_says),
		cmocka_unit_test(test_a_dispatch_of_a_workflow),
		cmocka_unit_test(test_runs_of_a_commit),
	};

	return cmocka_run_group_tests(tests, client_begin, client_end);
}
