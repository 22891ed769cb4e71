#include "cmd/actions.h"

#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

static char *top, *path;

static int begin(void **state)
{
	(void)state;
	static const char *const variables[][2] = {{"GITHUB_ACTIONS", "true"}, {"GITHUB_REPOSITORY", "acme/widgets"},
		{"GITHUB_SERVER_URL", "https://github.com"}, {"GITHUB_RUN_ID", "12"}, {"GITHUB_RUN_ATTEMPT", "2"},
		{"GITHUB_JOB", "test"}, {"GITHUB_HEAD_REF", "patch"}, {"GITHUB_EVENT_NAME", "pull_request"}};
	for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
		setenv(variables[i][0], variables[i][1], 1);
	top = file_temp_directory("runmedic-test", NULL);
	path = top ? file_join(top, "event.json") : NULL;
	return path ? setenv("GITHUB_EVENT_PATH", path, 1) : -1;
}

static int end(void **state)
{
	(void)state;
	file_remove_tree(top, NULL);
	free(top);
	free(path);
	return 0;
}

static void write_event(const char *text)
{
	struct err e = {0};
	if (file_write_atomic(path, view_of(text), 0644, &e) < 0)
		fail_msg("%s", e.text);
}

static struct store_execution execution(struct arena *a)
{
	struct store_execution x = {0};
	assert_true(actions_execution(&x, a));
	return x;
}

static void test_the_run_we_are_in(void **state)
{
	(void)state;
	ARENA_AUTO a = {0};
	write_event("{\"pull_request\":{\"head\":{\"repo\":{\"full_name\":\"acme/widgets\"}}}}");
	struct store_execution x = execution(&a);
	assert_string_equal(x.repository, "acme/widgets");
	assert_int_equal(x.run, 12);
	assert_int_equal(x.attempt, 2);
	assert_string_equal(x.branch, "patch");
	assert_string_equal(x.url, "https://github.com/acme/widgets/actions/runs/12");
	assert_false(x.fork);
}

/* A fork teaches less: what cannot be told is one. */
static void test_forks(void **state)
{
	(void)state;
	static const char *const events[] = {
		"{\"pull_request\":{\"head\":{\"repo\":{\"full_name\":\"octo/widgets\"}}}}",
		"{\"pull_request\":{\"head\":{\"repo\":null}}}", "{}", "no JSON", ""};
	ARENA_AUTO a = {0};
	for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
		write_event(events[i]);
		assert_true(execution(&a).fork);
	}
	unsetenv("GITHUB_EVENT_PATH");
	assert_true(execution(&a).fork);
	setenv("GITHUB_EVENT_NAME", "push", 1);
	assert_false(execution(&a).fork);
}

static void test_runs_that_are_about_another_one(void **state)
{
	(void)state;
	ARENA_AUTO a = {0};
	struct store_execution x = {0};
	setenv("GITHUB_EVENT_NAME", "workflow_run", 1);
	assert_false(actions_execution(&x, &a));
	setenv("GITHUB_EVENT_NAME", "push", 1);
	x.repository = "other/one";
	assert_false(actions_execution(&x, &a));
	setenv("GITHUB_ACTIONS", "", 1);
	x.repository = NULL;
	assert_false(actions_execution(&x, &a));
}

static void test_the_payload(void **state)
{
	(void)state;
	struct err e = {0};
	write_event("{\"action\":\"completed\"}");
	JSON_AUTO *j = actions_event(&e);
	assert_string_equal(json_text(j, "action"), "completed");
	write_event("{");
	assert_null(actions_event(&e));
	unsetenv("GITHUB_EVENT_PATH");
	assert_null(actions_event(&e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_run_we_are_in, begin, end),
		cmocka_unit_test_setup_teardown(test_forks, begin, end),
		cmocka_unit_test_setup_teardown(test_runs_that_are_about_another_one, begin, end),
		cmocka_unit_test_setup_teardown(test_the_payload, begin, end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
