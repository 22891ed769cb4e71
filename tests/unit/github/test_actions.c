/* Runs, jobs and artifacts as GitHub tells them, and as it tells them when fields are missing or of another kind. */
#include "routes.h"

#include "github/internal.h"

#define REPO "/repos/acme/app"
#define RUN                                                                                                            \
	"{\"id\":30,\"workflow_id\":4,\"run_attempt\":3,\"name\":\"CI\","                                              \
	"\"path\":\".github/workflows/ci.yml@refs/heads/main\",\"display_title\":\"a change\",\"event\":\"push\","     \
	"\"head_branch\":\"main\",\"head_sha\":\"abc\",\"html_url\":\"https://x/30\",\"actor\":{\"login\":\"octo\"},"  \
	"\"head_repository\":{\"full_name\":\"Acme/App\"},\"repository\":{\"full_name\":\"acme/app\"},"                \
	"\"status\":\"completed\",\"conclusion\":\"failure\",\"created_at\":\"2026-11-21T06:00:00Z\","                 \
	"\"run_started_at\":\"2026-11-21T06:00:01Z\",\"updated_at\":\"2026-11-21T06:10:00Z\","                         \
	"\"pull_requests\":[{\"number\":7}]}"

static void test_a_run(void **state)
{
	static const struct route rows[] = {{REPO "/actions/runs/30", 200, RUN, NULL},
		{REPO "/actions/runs/30/attempts/2", 200, "{\"id\":30,\"run_attempt\":2}", NULL}, {0}};
	struct github *g = open_at(rows);
	struct github_run run;
	struct err e = {0};
	ARENA_AUTO a = {0};

	(void)state;
	assert_int_equal(github_run_get(g, 30, 0, &a, &run, &e), 0);
	assert_int_equal(run.id, 30);
	assert_int_equal(run.workflow_id, 4);
	assert_int_equal(run.attempt, 3);
	assert_string_equal(run.workflow, "CI");
	assert_string_equal(run.workflow_path, ".github/workflows/ci.yml");
	assert_string_equal(run.actor, "octo");
	assert_string_equal(run.conclusion, "failure");
	assert_int_equal(run.started - run.created, CLOCK_SECOND);
	assert_int_equal(run.pull, 7);
	assert_false(run.fork);
	assert_int_equal(github_run_get(g, 30, 2, &a, &run, &e), 0);
	assert_int_equal(run.attempt, 2);
	assert_null(run.conclusion);
	assert_null(run.head_repository);
	assert_true(run.created == CLOCK_UNKNOWN);
	assert_true(run.fork); /* whose branch it is, is not known */
	assert_int_equal(run.pull, 0);
	github_close(g);
}

static void test_what_is_no_run(void **state)
{
	static const struct route rows[] = {{REPO "/actions/runs/1", 200, "[]", NULL},
		{REPO "/actions/runs/2", 200, "{\"id\":\"2\"}", NULL}, {REPO "/actions/runs/3", 200, "{}", NULL},
		{REPO "/actions/runs/4", 200, "not JSON", NULL}, {REPO "/actions/runs/5", 200, "{\"id\":-5}", NULL},
		{0}};
	struct github *g = open_at(rows);
	struct github_run run;
	ARENA_AUTO a = {0};

	(void)state;
	for (int i = 1; i <= 6; i++) {
		struct err e = {0};
		assert_int_equal(github_run_get(g, i, 0, &a, &run, &e), -1);
		assert_int_equal(e.code, i == 6 ? ERR_NOT_FOUND : ERR_NETWORK);
		assert_non_null(strstr(e.text, i == 6 ? "404" : "no workflow run"));
	}
	github_close(g);
}

static void read_run(const char *text, struct arena *a, struct github_run *ret)
{
	struct err e = {0};
	JSON_AUTO *j = json_parse(view_of(text), 10000, &e);

	actions_run(j, a, ret);
}

static void test_odd_fields_of_a_run(void **state)
{
	struct github_run run;
	ARENA_AUTO a = {0};

	(void)state;
	read_run("{\"id\":1,\"run_attempt\":-3,\"pull_requests\":[{\"number\":1},{\"number\":2}],\"name\":7,\"path\":"
		 "\"@x\",\"created_at\":\"yesterday\",\"head_repository\":{\"full_name\":\"octo/app\"},\"repository\":"
		 "{\"full_name\":\"acme/app\"}}",
		&a, &run);
	assert_int_equal(run.attempt, 1);
	assert_int_equal(run.pull, 0);
	assert_null(run.workflow);
	assert_true(run.created == CLOCK_UNKNOWN);
	assert_true(run.fork);
	read_run("{\"id\":1e30,\"pull_requests\":[{\"number\":99999999999}],\"run_attempt\":1e12}", &a, &run);
	assert_true(run.id >= 0);
	assert_int_equal(run.pull, 0);
	assert_int_equal(run.attempt, 1);
}

static void test_a_job(void **state)
{
	static const struct route rows[] = {
		{REPO "/actions/jobs/9", 200,
			"{\"id\":9,\"run_id\":30,\"run_attempt\":2,\"name\":\"test (3.12)\",\"status\":\"completed\","
			"\"conclusion\":\"timed_out\",\"runner_name\":\"r1\",\"started_at\":\"2026-11-21T06:00:00Z\","
			"\"completed_at\":null,\"steps\":[{\"name\":\"Set up\",\"number\":1,\"conclusion\":\"success\","
			"\"started_at\":\"2026-11-21T06:00:00Z\"},{},{\"number\":-1}]}",
			NULL},
		{REPO "/actions/jobs/10", 200, "{\"id\":10,\"steps\":{\"name\":\"no list\"}}", NULL}, {0}};
	struct github *g = open_at(rows);
	struct github_job job;
	struct err e = {0};
	ARENA_AUTO a = {0};

	(void)state;
	assert_int_equal(github_job_get(g, 9, &a, &job, &e), 0);
	assert_int_equal(job.run, 30);
	assert_int_equal(job.attempt, 2);
	assert_string_equal(job.name, "test (3.12)");
	assert_true(job.ended == CLOCK_UNKNOWN && job.started != CLOCK_UNKNOWN);
	assert_int_equal(job.step_count, 3);
	assert_string_equal(job.steps[0].name, "Set up");
	assert_null(job.steps[1].name);
	assert_int_equal(job.steps[2].number, 0);
	assert_true(github_job_is_red(&job));
	assert_int_equal(github_job_get(g, 10, &a, &job, &e), 0);
	assert_int_equal(job.step_count, 0);
	assert_int_equal(job.attempt, 1);
	github_close(g);
}

static void test_which_jobs_are_red(void **state)
{
	static const struct {
		const char *conclusion;
		bool red;
	} rows[] = {{"failure", true}, {"timed_out", true}, {"cancelled", true}, {"startup_failure", true},
		{"success", false}, {"skipped", false}, {"neutral", false}, {"action_required", false}, {"fail", false},
		{NULL, false}};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(
			github_job_is_red(&(struct github_job){.conclusion = rows[i].conclusion}), rows[i].red);
}

struct ids {
	int64_t list[8];
	size_t n, enough;
};

static bool take_id(void *context, const struct github_run *run)
{
	struct ids *ids = context;

	ids->list[ids->n++] = run->id;
	return ids->n < ids->enough;
}

static void test_runs_page_by_page(void **state)
{
	static const struct route rows[] = {
		{REPO "/actions/runs?per_page=100", 200, "{\"workflow_runs\":[{\"id\":5},{\"id\":4},{\"odd\":1}]}",
			"/second"},
		{"/second", 200, "{\"workflow_runs\":[{\"id\":3},{\"id\":2}]}", NULL}, {0}};
	static const struct {
		unsigned limit;
		size_t enough, wanted;
		bool second;
	} cases[] = {{0, 8, 4, true}, {3, 8, 3, true}, {2, 8, 2, false}, {0, 1, 1, false}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct github *g = open_at(rows);
		struct ids ids = {.enough = cases[i].enough};
		struct err e = {0};
		struct github_run_filter all = {.limit = cases[i].limit};
		assert_int_equal(github_runs(g, &all, take_id, &ids, &e), 0);
		assert_int_equal(ids.n, cases[i].wanted);
		assert_int_equal(ids.list[0], 5);
		assert_int_equal(asked_for("/second"), cases[i].second);
		github_close(g);
	}
}

static void test_what_runs_are_asked_for(void **state)
{
	static const struct route rows[] = {
		{REPO "/actions/workflows/ci%20%26%20more.yml/runs?branch=feature%2Fa%26b&event=push&status=failure"
		      "&head_sha=abc&created=2026-11-21T06%3A00%3A00Z..%2A&per_page=100",
			200, "{\"workflow_runs\":[{\"id\":1}]}", NULL},
		{REPO "/actions/runs?created=%2A..2026-11-21T06%3A00%3A00Z&per_page=100", 200,
			"{\"workflow_runs\":[{\"id\":2}]}", NULL},
		{REPO "/actions/runs?status=success&per_page=100", 200, "{\"total_count\":0}", NULL}, {0}};
	struct github *g = open_at(rows);
	struct ids ids = {.enough = 8};
	struct err e = {0};
	int64_t at;

	(void)state;
	assert_true(clock_parse(VIEW("2026-11-21T06:00:00Z"), &at));
	struct github_run_filter f = {.branch = "feature/a&b",
		.event = "push",
		.status = "failure",
		.head_sha = "abc",
		.workflow = "ci & more.yml",
		.created_from = at,
		.created_to = CLOCK_UNKNOWN};
	assert_int_equal(github_runs(g, &f, take_id, &ids, &e), 0);
	f = (struct github_run_filter){.created_to = at};
	assert_int_equal(github_runs(g, &f, take_id, &ids, &e), 0);
	assert_int_equal(ids.n, 2);
	assert_int_equal(ids.list[1], 2);
	f = (struct github_run_filter){.status = "success"};
	assert_int_equal(github_runs(g, &f, take_id, &ids, &e), -1);
	assert_int_equal(e.code, ERR_NETWORK);
	github_close(g);
}

static void test_jobs_of_attempts(void **state)
{
	static const struct route rows[] = {
		{REPO "/actions/runs/30/jobs?filter=latest&per_page=100", 200,
			"{\"jobs\":[{\"id\":1,\"name\":\"a\"},{\"id\":0},{\"id\":2,\"name\":\"b\"}]}", "/more"},
		{"/more", 200, "{\"jobs\":[{\"id\":3,\"name\":\"c\"},7,null]}", NULL},
		{REPO "/actions/runs/30/attempts/1/jobs?per_page=100", 200, "{\"jobs\":[]}", NULL}, {0}};
	struct github *g = open_at(rows);
	struct github_job *jobs;
	struct err e = {0};
	ARENA_AUTO a = {0};
	size_t n;

	(void)state;
	assert_int_equal(github_jobs(g, 30, 0, &a, &jobs, &n, &e), 0);
	assert_int_equal(n, 3);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(jobs[i].id, i + 1);
	assert_string_equal(jobs[2].name, "c");
	assert_int_equal(github_jobs(g, 30, 1, &a, &jobs, &n, &e), 0);
	assert_int_equal(n, 0);
	github_close(g);
}

/* More jobs than a run can have: the rest is not asked for. */
static void test_a_list_without_end(void **state)
{
	BUF_AUTO body = buf_new(BUF_FILE);
	struct route rows[] = {{REPO "/actions/runs/30/jobs?filter=latest&per_page=100", 200, NULL, "/again"},
		{"/again", 200, NULL, "/again"}, {0}};
	struct github_job *jobs;
	struct err e = {0};
	ARENA_AUTO a = {0};
	size_t n;

	(void)state;
	buf_add_text(&body, "{\"jobs\":[{\"id\":1}");
	for (int i = 2; i <= 100; i++)
		buf_addf(&body, ",{\"id\":%d}", i);
	buf_add_text(&body, "]}");
	rows[0].body = rows[1].body = buf_text(&body);
	struct github *g = open_at(rows);
	assert_int_equal(github_jobs(g, 30, 0, &a, &jobs, &n, &e), 0);
	assert_int_equal(n, GITHUB_JOBS_MAX);
	assert_int_equal(jobs[1023].id, 24);
	assert_int_equal(count_asked(&api, "GET "), 11);
	github_close(g);
}

static void test_artifacts(void **state)
{
	static const struct route rows[] = {{REPO "/actions/runs/30/artifacts?per_page=100", 200,
						    "{\"artifacts\":[{\"id\":1,\"name\":\"junit\",\"size_in_bytes\":77,"
						    "\"expired\":false},{\"id\":2,\"size_in_bytes\":-1,\"expired\":"
						    "true},{\"name\":\"no id\"}]}",
						    NULL},
		{0}};
	struct github *g = open_at(rows);
	struct github_artifact *list;
	struct err e = {0};
	ARENA_AUTO a = {0};
	size_t n;

	(void)state;
	assert_int_equal(github_artifacts(g, 30, &a, &list, &n, &e), 0);
	assert_int_equal(n, 2);
	assert_string_equal(list[0].name, "junit");
	assert_int_equal(list[0].size, 77);
	assert_false(list[0].expired);
	assert_null(list[1].name);
	assert_int_equal(list[1].size, 0);
	assert_true(list[1].expired);
	assert_string_equal(github_log_path(&a, 12), "/repos/{repo}/actions/jobs/12/logs");
	assert_string_equal(github_artifact_path(&a, 12), "/repos/{repo}/actions/artifacts/12/zip");
	assert_int_equal(github_artifacts(g, 31, &a, &list, &n, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	github_close(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_run),
		cmocka_unit_test(test_what_is_no_run),
		cmocka_unit_test(test_odd_fields_of_a_run),
		cmocka_unit_test(test_a_job),
		cmocka_unit_test(test_which_jobs_are_red),
		cmocka_unit_test(test_runs_page_by_page),
		cmocka_unit_test(test_what_runs_are_asked_for),
		cmocka_unit_test(test_jobs_of_attempts),
		cmocka_unit_test(test_a_list_without_end),
		cmocka_unit_test(test_artifacts),
	};

	return cmocka_run_group_tests(tests, client_begin, client_end);
}
