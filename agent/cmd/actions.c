#include "cmd/actions.h"

#include "base/file.h"
#include "cmd/command.h"
#include "plan/event.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static uint64_t number(const char *name, uint64_t max, uint64_t fallback)
{
	uint64_t n;
	const char *value = session_variable(name);
	return value && view_number(view_of(value), max, &n) ? n : fallback;
}

/* Whose logs are read in these is not this run. */
static bool about_another_run(const char *event)
{
	static const char *const events[] = {
		"workflow_run", "schedule", "workflow_dispatch", "issue_comment", "repository_dispatch"};
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (event && !strcmp(event, events[i]))
			return true;
	return false;
}

cJSON *actions_event(struct err *e)
{
	BUF_AUTO text = {0};
	const char *path = session_variable("GITHUB_EVENT_PATH");
	if (!path) {
		err_set(e, ERR_UNAVAILABLE, "GITHUB_EVENT_PATH is not set");
		return NULL;
	}
	return file_read(path, EVENT_BYTES_MAX, &text, e) < 0 ? NULL : json_parse(buf_view(&text), EVENT_BYTES_MAX, e);
}

/* A pull request whose head lies in another repository. One that cannot be told is taken for a fork's: it only teaches
 * less. */
static bool from_fork(const char *event, const char *repository)
{
	struct err e;
	if (!event || strncmp(event, "pull_request", 12) != 0)
		return false;
	JSON_AUTO *j = actions_event(&e);
	const cJSON *head = json_get(json_get(json_get(j, "pull_request"), "head"), "repo");
	const char *name = json_text(head, "full_name");
	return !name || !repository || strcmp(name, repository) != 0;
}

static const char *branch(void)
{
	const char *head = session_variable("GITHUB_HEAD_REF"), *type = session_variable("GITHUB_REF_TYPE");
	if (head)
		return head;
	return type && !strcmp(type, "branch") ? session_variable("GITHUB_REF_NAME") : NULL;
}

bool actions_execution(struct store_execution *x, struct arena *a)
{
	const char *on = session_variable("GITHUB_ACTIONS"), *event = session_variable("GITHUB_EVENT_NAME");
	if (!on || strcmp(on, "true") != 0 || about_another_run(event))
		return false;
	const char *server = session_variable("GITHUB_SERVER_URL"), *run = session_variable("GITHUB_RUN_ID");
	const char *repository = session_variable("GITHUB_REPOSITORY");
	if (x->repository && (!repository || strcmp(x->repository, repository) != 0))
		return false;
	x->repository = repository;
	x->run = (int64_t)number("GITHUB_RUN_ID", INT64_MAX, 0);
	x->attempt = (int)number("GITHUB_RUN_ATTEMPT", INT_MAX, 1);
	if (!x->workflow)
		x->workflow = session_variable("GITHUB_WORKFLOW");
	x->branch = branch();
	x->commit = session_variable("GITHUB_SHA");
	x->event = event;
	x->fork = from_fork(event, x->repository);
	if (!x->job)
		x->job = session_variable("GITHUB_JOB");
	if (server && x->repository && x->run)
		x->url = arena_format(a, "%s/%s/actions/runs/%s", server, x->repository, run);
	return true;
}
