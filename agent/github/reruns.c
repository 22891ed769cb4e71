#include "github/reruns.h"

#include "github/internal.h"

#include <inttypes.h>

#define LOOK_AFTER_MS 5000 /* a run that was asked for shows after seconds */
#define SLACK_S 5          /* GitHub's clock against what it writes at a run */

/* ---- failed jobs --------------------------------------------------------------------------------------------- */

static int look_at_run(struct github *g, int64_t run, int attempt, bool asked, struct err *e)
{
	struct github_run now;
	ARENA_AUTO a = {0};
	if (github_run_get(g, run, 0, &a, &now, e) < 0)
		return -1;
	if (now.attempt > attempt)
		return asked ? 0 : err_set(e, ERR_BUSY, "the run is at attempt %d already", now.attempt);
	if (!now.status || strcmp(now.status, "completed") != 0)
		return err_set(e, ERR_BUSY, "the run is not completed: %.40s", now.status ? now.status : "unknown");
	return 1;
}

/* What GitHub's 403 says, which the status does not. */
static const struct {
	const char *part;
	enum err_code code;
} refusals[] = {
	{"already running", ERR_BUSY},
	{"month ago", ERR_UNAVAILABLE},
	{"30 days", ERR_UNAVAILABLE},
	{"re-runs", ERR_UNAVAILABLE},
	{"rerun limit", ERR_UNAVAILABLE},
	{"re-run limit", ERR_UNAVAILABLE},
	{"cannot be retried", ERR_UNAVAILABLE},
	{"cannot be re-run", ERR_UNAVAILABLE},
	{"no failed jobs", ERR_UNAVAILABLE},
	{"disabled workflow", ERR_UNAVAILABLE},
	{"'workflow_dispatch' trigger", ERR_UNAVAILABLE},
	{"No ref found", ERR_NOT_FOUND},
};

static void sort_refusal(const struct github_answer *a, struct err *e)
{
	const char *message = json_text(a->json, "message");
	if (a->status != 403 && a->status != 422 && a->status != 409)
		return;
	for (size_t i = 0; message && i < sizeof refusals / sizeof *refusals; i++) {
		if (strstr(message, refusals[i].part)) {
			err_set(e, refusals[i].code, "GitHub says: %.200s", message);
			return;
		}
	}
}

static int ask(struct github *g, const char *path, const cJSON *body, struct err *e)
{
	struct github_answer a;
	int rc = github_call(g, "POST", path, body, &a, e);
	if (rc < 0)
		sort_refusal(&a, e);
	github_answer_done(&a);
	return rc;
}

int github_rerun_failed(struct github *g, int64_t run, int attempt, struct err *e)
{
	bool asked = false;
	struct err trouble = {0};
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_addf(&path, "/repos/{repo}/actions/runs/%" PRId64 "/rerun-failed-jobs", run);
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		int go = look_at_run(g, run, attempt, asked, e);
		if (go <= 0)
			return go;
		if (ask(g, buf_text(&path), NULL, &trouble) == 0)
			return 0;
		if (!g->lost)
			break;
		asked = true;
	}
	if (e)
		*e = trouble;
	return -1;
}

/* ---- dispatches ---------------------------------------------------------------------------------------------- */

struct dispatch {
	const char *path, *event;
	const char *workflow, *branch, *title; /* of the runs that it starts; NULL: any */
	const cJSON *body;
	int64_t since;
	bool found;
};

static bool on_run(void *context, const struct github_run *run)
{
	struct dispatch *d = context;
	d->found = !d->title || (run->title && !strcmp(run->title, d->title));
	return !d->found;
}

/* 1: its run is there, 0 not, -1 nobody knows */
static int look_for_run(struct github *g, struct dispatch *d)
{
	struct err unknown = {0};
	const struct github_run_filter f = {.event = d->event,
		.workflow = d->workflow,
		.branch = d->branch,
		.created_from = d->since,
		.limit = 100};
	if (call_wait(g, LOOK_AFTER_MS, "the answer got lost: looking whether the run has started", &unknown) < 0)
		return -1;
	return github_runs(g, &f, on_run, d, &unknown) < 0 ? -1 : d->found;
}

/* Where nobody knows whether it was carried out it is not asked again: once too little is mended by hand. */
static int dispatch(struct github *g, struct dispatch *d, struct err *e)
{
	struct err trouble = {0};
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		if (ask(g, d->path, d->body, &trouble) == 0)
			return 0;
		if (!g->lost)
			break;
		int there = look_for_run(g, d);
		if (there > 0)
			return 0;
		if (there < 0)
			break;
	}
	if (e)
		*e = trouble;
	return -1;
}

static int64_t now_on_github(const struct github *g)
{
	return (github_now(g) - SLACK_S) * CLOCK_SECOND;
}

#define BY_HAND "; a person with write access can start it: Actions, the workflow, \"Run workflow\""

int github_repository_dispatch(struct github *g, const char *event_type, const cJSON *payload, struct err *e)
{
	struct err trouble = {0};
	JSON_AUTO *body = json_object();
	struct dispatch d = {.path = "/repos/{repo}/dispatches",
		.event = "repository_dispatch",
		.title = event_type,
		.body = body,
		.since = now_on_github(g)};
	json_add_text(body, "event_type", event_type);
	if (payload)
		json_add(body, "client_payload", cJSON_Duplicate(payload, true));
	if (dispatch(g, &d, &trouble) == 0)
		return 0;
	if (trouble.code == ERR_AUTH)
		return err_set(e, ERR_AUTH, "%.700s" BY_HAND, trouble.text);
	if (e)
		*e = trouble;
	return -1;
}

int github_workflow_dispatch(struct github *g, const char *workflow_file, const char *branch, struct err *e)
{
	JSON_AUTO *body = json_object();
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_add_text(&path, "/repos/{repo}/actions/workflows/");
	path_add_escaped(&path, workflow_file);
	buf_add_text(&path, "/dispatches");
	json_add_text(body, "ref", branch);
	struct dispatch d = {.path = buf_text(&path),
		.event = "workflow_dispatch",
		.workflow = workflow_file,
		.branch = branch,
		.body = body,
		.since = now_on_github(g)};
	return dispatch(g, &d, e);
}

int github_runs_of(struct github *g, const char *head_sha, bool (*each)(void *context, const struct github_run *run),
	void *context, struct err *e)
{
	return github_runs(g, &(struct github_run_filter){.head_sha = head_sha}, each, context, e);
}
