#include "plan/event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define RUN(action, conclusion)                                                                                        \
	"{\"action\":\"" action "\",\"repository\":{\"full_name\":\"acme/x\",\"default_branch\":\"main\"},"            \
	"\"workflow_run\":{\"id\":71,\"run_attempt\":2,\"name\":\"CI\",\"conclusion\":\"" conclusion "\","             \
	"\"head_branch\":\"feature/main\",\"head_sha\":\"abc\",\"head_repository\":{\"full_name\":\"acme/x\"},"        \
	"\"actor\":{\"login\":\"dependabot[bot]\"}}}"

struct asked {
	cJSON *payload;
	struct event event;
	struct config config;
	enum errand errand;
	const char *why;
};

static void ask(struct asked *a, const char *name, const char *payload, const char *config)
{
	struct err e;
	if (!config)
		config_defaults(&a->config);
	else
		assert_int_equal(config_parse(&a->config, view_of(config), "t", &e), 0);
	a->payload = json_parse(view_of(payload), EVENT_BYTES_MAX, &e);
	event_read(&a->event, name, a->payload);
	a->errand = event_errand(&a->event, &a->config, "medic", &a->why);
}

static void done(struct asked *a)
{
	cJSON_Delete(a->payload);
	config_done(&a->config);
}

static enum errand errand_of(const char *name, const char *payload, const char *config)
{
	struct asked a;
	ask(&a, name, payload, config);
	assert_true(a.why && *a.why);
	done(&a);
	return a.errand;
}

static void every_row_of_the_table(void **state)
{
	static const struct {
		const char *name, *payload;
		enum errand errand;
	} rows[] = {
		{"workflow_run", RUN("completed", "failure"), ERRAND_DIAGNOSE},
		{"workflow_run", RUN("completed", "timed_out"), ERRAND_DIAGNOSE},
		{"workflow_run", RUN("completed", "success"), ERRAND_GREEN},
		{"workflow_run", RUN("completed", "cancelled"), ERRAND_RECORD},
		{"workflow_run", RUN("completed", "skipped"), ERRAND_RECORD},
		{"workflow_run", RUN("completed", "neutral"), ERRAND_RECORD},
		{"workflow_run", RUN("completed", "stale"), ERRAND_RECORD},
		{"workflow_run", RUN("completed", "action_required"), ERRAND_RECORD},
		{"workflow_run", RUN("completed", "startup_failure"), ERRAND_WORKFLOW_FILE},
		{"workflow_run", RUN("completed", "new_word"), ERRAND_NOTHING},
		{"workflow_run", RUN("requested", "failure"), ERRAND_NOTHING},
		{"workflow_run", "{}", ERRAND_NOTHING},
		{"schedule", "{}", ERRAND_SCHEDULE},
		{"workflow_dispatch", "{}", ERRAND_SCHEDULE},
		{"pull_request", "{\"action\":\"closed\",\"pull_request\":{\"number\":3}}", ERRAND_PULL_CLOSED},
		{"pull_request", "{\"action\":\"opened\",\"pull_request\":{\"number\":3}}", ERRAND_NOTHING},
		{"pull_request_target", "{\"pull_request\":{\"number\":3}}", ERRAND_VERIFY},
		{"merge_group", "{}", ERRAND_VERIFY},
		{"repository_dispatch", "{\"action\":\"runmedic-local\"}", ERRAND_VERIFY},
		{"repository_dispatch", "{\"action\":\"deploy\"}", ERRAND_NOTHING},
		{"push", "{}", ERRAND_NOTHING},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(
			errand_name(errand_of(rows[i].name, rows[i].payload, NULL)), errand_name(rows[i].errand));
}

static void a_payload_that_is_no_object_is_nothing(void **state)
{
	static const char *const payloads[] = {"[]", "7", "\"x\"", "{\"workflow_run\":[1]}", "{\"workflow_run\":null}"};
	(void)state;
	for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++)
		assert_int_equal(errand_of("workflow_run", payloads[i], NULL), ERRAND_NOTHING);
}

static void the_run_is_read(void **state)
{
	struct asked a;
	(void)state;
	ask(&a, "workflow_run", RUN("completed", "failure"), NULL);
	assert_int_equal(a.event.run, 71);
	assert_int_equal(a.event.attempt, 2);
	assert_string_equal(a.event.head_sha, "abc");
	assert_false(a.event.fork);
	assert_int_equal(a.event.pull, 0);
	done(&a);
}

static void a_run_without_a_proper_number_is_none(void **state)
{
	(void)state;
	static const char *const numbers[] = {"-7", "0", "\"7\"", "1.5", "null"};
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
		struct asked a;
		BUF_AUTO payload = buf_new(BUF_LINE);
		buf_addf(&payload, "{\"action\":\"completed\",\"workflow_run\":{\"id\":%s,\"conclusion\":\"failure\"}}",
			numbers[i]);
		ask(&a, "workflow_run", buf_text(&payload), NULL);
		assert_int_equal(a.event.run, 0);
		assert_int_equal(a.errand, ERRAND_NOTHING);
		done(&a);
	}
}

static void a_head_repository_that_is_gone_is_a_fork(void **state)
{
	struct asked a;
	(void)state;
	ask(&a, "workflow_run",
		"{\"action\":\"completed\",\"repository\":{\"full_name\":\"acme/x\"},\"workflow_run\":{\"id\":1,"
		"\"conclusion\":\"failure\",\"head_repository\":null,\"pull_requests\":[{\"number\":9}]}}",
		NULL);
	assert_true(a.event.fork);
	assert_int_equal(a.event.pull, 0);
	assert_int_equal(a.errand, ERRAND_DIAGNOSE);
	done(&a);
}

static void scope_names_whole_branches(void **state)
{
	static const struct {
		const char *config;
		enum errand errand;
	} rows[] = {
		{"scope: {branches: [main]}", ERRAND_NOTHING},
		{"scope: {branches: [feature/main]}", ERRAND_DIAGNOSE},
		{"scope: {branches: [\"feature/*\"]}", ERRAND_DIAGNOSE},
		{"scope: {branches: [\"*\"]}", ERRAND_DIAGNOSE},
		{"scope: {workflows: [CI]}", ERRAND_DIAGNOSE},
		{"scope: {workflows: [Docs]}", ERRAND_NOTHING},
		{"scope: {ignore_authors: [\"dependabot[bot]\"]}", ERRAND_NOTHING},
		{"scope: {ignore_authors: [dependabotb]}", ERRAND_DIAGNOSE},
		{"scope: {ignore_authors: [someone]}", ERRAND_DIAGNOSE},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(
			errand_of("workflow_run", RUN("completed", "failure"), rows[i].config), rows[i].errand);
}

static void our_own_workflow_is_never_looked_at(void **state)
{
	(void)state;
	assert_int_equal(errand_of("workflow_run",
				 "{\"action\":\"completed\",\"workflow_run\":{\"id\":1,\"name\":\"medic\","
				 "\"conclusion\":\"failure\"}}",
				 NULL),
		ERRAND_NOTHING);
}

static void commands_stand_alone_in_the_first_line(void **state)
{
	static const struct {
		const char *text;
		enum event_command command;
	} rows[] = {
		{"/runmedic apply", EVENT_APPLY},
		{"  /runmedic   rerun  \r\nplease", EVENT_RERUN},
		{"/runmedic ignore until 2027-01-01", EVENT_IGNORE},
		{"/runmedic explain", EVENT_EXPLAIN},
		{"/runmedic", EVENT_NO_COMMAND},
		{"/runmedic merge", EVENT_NO_COMMAND},
		{"/runmedicapply", EVENT_NO_COMMAND},
		{"> /runmedic apply", EVENT_NO_COMMAND},
		{"try `/runmedic apply`", EVENT_NO_COMMAND},
		{"", EVENT_NO_COMMAND},
	};
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(event_command_of(view_of(rows[i].text)), rows[i].command);
}

#define COMMENT_BY(action, pull, user)                                                                                 \
	"{\"action\":\"" action "\",\"issue\":{\"number\":5" pull                                                      \
	"},\"comment\":{\"id\":8,\"body\":\"/runmedic rerun\",\"user\":" user "}}"
#define COMMENT(action, pull) COMMENT_BY(action, pull, "{\"login\":\"ann\",\"type\":\"User\"}")
#define ON_PULL ",\"pull_request\":{}"

static void only_new_comments_on_pull_requests_command(void **state)
{
	(void)state;
	assert_int_equal(errand_of("issue_comment", COMMENT("created", ",\"pull_request\":{}"), NULL), ERRAND_COMMAND);
	assert_int_equal(errand_of("issue_comment", COMMENT("edited", ",\"pull_request\":{}"), NULL), ERRAND_NOTHING);
	assert_int_equal(errand_of("issue_comment", COMMENT("created", ""), NULL), ERRAND_NOTHING);
}

static void bots_command_nothing(void **state)
{
	static const char *const users[] = {
		COMMENT_BY("created", ON_PULL, "{\"login\":\"helper\",\"type\":\"Bot\"}"),
		COMMENT_BY("created", ON_PULL, "{\"login\":\"helper[bot]\"}"),
	};
	(void)state;
	for (size_t i = 0; i < sizeof users / sizeof *users; i++)
		assert_int_equal(errand_of("issue_comment", users[i], NULL), ERRAND_NOTHING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_of_the_table),
		cmocka_unit_test(a_payload_that_is_no_object_is_nothing),
		cmocka_unit_test(the_run_is_read),
		cmocka_unit_test(a_run_without_a_proper_number_is_none),
		cmocka_unit_test(a_head_repository_that_is_gone_is_a_fork),
		cmocka_unit_test(scope_names_whole_branches),
		cmocka_unit_test(our_own_workflow_is_never_looked_at),
		cmocka_unit_test(commands_stand_alone_in_the_first_line),
		cmocka_unit_test(only_new_comments_on_pull_requests_command),
		cmocka_unit_test(bots_command_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
