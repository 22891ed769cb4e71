#include "github/actions.h"

#include "github/internal.h"

#include <inttypes.h>

static int64_t time_of(const cJSON *j, const char *name)
{
	int64_t t;
	return clock_parse(view_of(json_text(j, name)), &t) ? t : CLOCK_UNKNOWN;
}

static int small(const cJSON *j, const char *name, int fallback)
{
	int64_t n = json_int(j, name, fallback);
	return n >= 0 && n <= INT32_MAX ? (int)n : fallback;
}

/* GitHub ids are positive. */
static int64_t id_of(const cJSON *j, const char *name)
{
	int64_t id = json_int(j, name, 0);
	return id > 0 ? id : 0;
}

/* The path may carry the branch that the workflow came from: ".github/workflows/ci.yml@refs/heads/main". */
static const char *workflow_path(struct arena *a, const cJSON *j)
{
	struct view path = view_of(json_text(j, "path"));
	if (!path.n)
		return NULL;
	return arena_view(a, view_sub(path, 0, view_find_char(path, '@'))).p;
}

static bool is_fork(const char *head, const char *base)
{
	return !head || !base || !view_eq_nocase(view_of(head), view_of(base));
}

static int only_pull(const cJSON *j)
{
	const cJSON *pulls = json_get(j, "pull_requests");
	return cJSON_GetArraySize(pulls) == 1 ? small(cJSON_GetArrayItem(pulls, 0), "number", 0) : 0;
}

void actions_run(const cJSON *j, struct arena *a, struct github_run *ret)
{
	*ret = (struct github_run){
		.id = id_of(j, "id"),
		.workflow_id = id_of(j, "workflow_id"),
		.attempt = small(j, "run_attempt", 1),
		.workflow = json_keep(a, j, "name"),
		.workflow_path = workflow_path(a, j),
		.title = json_keep(a, j, "display_title"),
		.event = json_keep(a, j, "event"),
		.branch = json_keep(a, j, "head_branch"),
		.head_sha = json_keep(a, j, "head_sha"),
		.url = json_keep(a, j, "html_url"),
		.actor = json_keep(a, json_get(j, "actor"), "login"),
		.head_repository = json_keep(a, json_get(j, "head_repository"), "full_name"),
		.status = json_keep(a, j, "status"),
		.conclusion = json_keep(a, j, "conclusion"),
		.created = time_of(j, "created_at"),
		.started = time_of(j, "run_started_at"),
		.updated = time_of(j, "updated_at"),
		.pull = only_pull(j),
	};
	ret->fork = is_fork(ret->head_repository, json_text(json_get(j, "repository"), "full_name"));
}

#define STEPS_MAX 1000

static void take_steps(const cJSON *j, struct arena *a, struct github_job *ret)
{
	const cJSON *steps = json_get(j, "steps"), *one;
	int n = cJSON_GetArraySize(steps);
	if (!cJSON_IsArray(steps) || n <= 0)
		return;
	size_t count = n < STEPS_MAX ? (size_t)n : STEPS_MAX;
	struct github_step *list = arena_array(a, count, sizeof *list);
	cJSON_ArrayForEach (one, steps) {
		if (ret->step_count == count)
			break;
		list[ret->step_count++] = (struct github_step){
			.name = json_keep(a, one, "name"),
			.conclusion = json_keep(a, one, "conclusion"),
			.number = small(one, "number", 0),
			.started = time_of(one, "started_at"),
			.ended = time_of(one, "completed_at"),
		};
	}
	ret->steps = list;
}

void actions_job(const cJSON *j, struct arena *a, struct github_job *ret)
{
	*ret = (struct github_job){
		.id = id_of(j, "id"),
		.run = id_of(j, "run_id"),
		.attempt = small(j, "run_attempt", 1),
		.name = json_keep(a, j, "name"),
		.status = json_keep(a, j, "status"),
		.conclusion = json_keep(a, j, "conclusion"),
		.url = json_keep(a, j, "html_url"),
		.head_sha = json_keep(a, j, "head_sha"),
		.runner = json_keep(a, j, "runner_name"),
		.started = time_of(j, "started_at"),
		.ended = time_of(j, "completed_at"),
	};
	take_steps(j, a, ret);
}

static int get(struct github *g, const char *path, const char *what, struct github_answer *ret, struct err *e)
{
	if (github_call(g, "GET", path, NULL, ret, e) == 0 && json_int(ret->json, "id", 0) > 0)
		return 0;
	if (ret->status / 100 == 2)
		err_set(e, ERR_NETWORK, "GitHub's answer is no %s", what);
	github_answer_done(ret);
	return -1;
}

int github_run_get(
	struct github *g, int64_t run, int attempt_or_0, struct arena *a, struct github_run *ret, struct err *e)
{
	struct github_answer answer;
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_addf(&path, "/repos/{repo}/actions/runs/%" PRId64, run);
	if (attempt_or_0)
		buf_addf(&path, "/attempts/%d", attempt_or_0);
	if (get(g, buf_text(&path), "workflow run", &answer, e) < 0)
		return -1;
	actions_run(answer.json, a, ret);
	github_answer_done(&answer);
	return 0;
}

int github_job_get(struct github *g, int64_t job, struct arena *a, struct github_job *ret, struct err *e)
{
	struct github_answer answer;
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_addf(&path, "/repos/{repo}/actions/jobs/%" PRId64, job);
	if (get(g, buf_text(&path), "job", &answer, e) < 0)
		return -1;
	actions_job(answer.json, a, ret);
	github_answer_done(&answer);
	return 0;
}

static void add_filter(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	buf_addf(b, "%c%s=", strchr(buf_text(b), '?') ? '&' : '?', name);
	path_add_escaped(b, value);
}

static void add_span(struct buf *b, int64_t from, int64_t to)
{
	char text[CLOCK_TEXT_MAX];
	BUF_AUTO span = buf_new(BUF_LINE);
	bool has_from = from && from != CLOCK_UNKNOWN, has_to = to && to != CLOCK_UNKNOWN;
	buf_add_text(&span, has_from ? clock_iso(from, text) : "*");
	buf_add_text(&span, "..");
	buf_add_text(&span, has_to ? clock_iso(to, text) : "*");
	if (has_from || has_to)
		add_filter(b, "created", buf_text(&span));
}

static void runs_path(struct buf *b, const struct github_run_filter *f)
{
	buf_add_text(b, "/repos/{repo}/actions/");
	if (f->workflow) {
		buf_add_text(b, "workflows/");
		path_add_escaped(b, f->workflow);
		buf_add_char(b, '/');
	}
	buf_add_text(b, "runs");
	add_filter(b, "branch", f->branch);
	add_filter(b, "event", f->event);
	add_filter(b, "status", f->status);
	add_filter(b, "head_sha", f->head_sha);
	add_span(b, f->created_from, f->created_to);
}

struct run_list {
	bool (*each)(void *context, const struct github_run *run);
	void *context;
	unsigned left;
};

static bool on_run(void *context, const cJSON *item)
{
	struct run_list *l = context;
	struct github_run run;
	ARENA_AUTO a = {0};
	actions_run(item, &a, &run);
	if (!run.id)
		return true;
	return l->each(l->context, &run) && --l->left;
}

int github_runs(struct github *g, const struct github_run_filter *f,
	bool (*each)(void *context, const struct github_run *run), void *context, struct err *e)
{
	struct run_list l = {each, context, f->limit ? f->limit : UINT32_MAX};
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	runs_path(&path, f);
	return github_each(g, buf_text(&path), "workflow_runs", on_run, &l, NULL, e);
}

struct list {
	struct arena *arena;
	void *items;
	size_t n, max, size;
	void (*read)(const cJSON *item, struct arena *a, void *ret);
};

/* The vector is made of arena chunks, doubled: what is left behind is less than what is kept. */
static bool on_item(void *context, const cJSON *item)
{
	struct list *l = context;
	if (json_int(item, "id", 0) <= 0)
		return true;
	if ((l->n & (l->n - 1)) == 0) {
		char *larger = arena_array(l->arena, l->n ? l->n * 2 : 1, l->size);
		if (l->n)
			memcpy(larger, l->items, l->n * l->size);
		l->items = larger;
	}
	l->read(item, l->arena, (char *)l->items + l->n * l->size);
	return ++l->n < l->max;
}

static void read_job(const cJSON *item, struct arena *a, void *ret)
{
	actions_job(item, a, ret);
}

static void read_artifact(const cJSON *item, struct arena *a, void *ret)
{
	int64_t size = json_int(item, "size_in_bytes", 0);
	*(struct github_artifact *)ret = (struct github_artifact){
		.id = id_of(item, "id"),
		.name = json_keep(a, item, "name"),
		.size = size > 0 ? (uint64_t)size : 0,
		.expired = json_bool(item, "expired", false),
	};
}

int github_jobs(struct github *g, int64_t run, int attempt_or_0, struct arena *a, struct github_job **ret,
	size_t *ret_n, struct err *e)
{
	struct list l = {.arena = a, .max = GITHUB_JOBS_MAX, .size = sizeof **ret, .read = read_job};
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	if (attempt_or_0)
		buf_addf(&path, "/repos/{repo}/actions/runs/%" PRId64 "/attempts/%d/jobs", run, attempt_or_0);
	else
		buf_addf(&path, "/repos/{repo}/actions/runs/%" PRId64 "/jobs?filter=latest", run);
	if (github_each(g, buf_text(&path), "jobs", on_item, &l, NULL, e) < 0)
		return -1;
	*ret = l.items;
	*ret_n = l.n;
	return 0;
}

#define ARTIFACTS_MAX 1000u

int github_artifacts(
	struct github *g, int64_t run, struct arena *a, struct github_artifact **ret, size_t *ret_n, struct err *e)
{
	struct list l = {.arena = a, .max = ARTIFACTS_MAX, .size = sizeof **ret, .read = read_artifact};
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_addf(&path, "/repos/{repo}/actions/runs/%" PRId64 "/artifacts", run);
	if (github_each(g, buf_text(&path), "artifacts", on_item, &l, NULL, e) < 0)
		return -1;
	*ret = l.items;
	*ret_n = l.n;
	return 0;
}

bool github_job_is_red(const struct github_job *j)
{
	static const char *const red[] = {"failure", "timed_out", "cancelled", "startup_failure"};
	for (size_t i = 0; j->conclusion && i < sizeof red / sizeof *red; i++)
		if (!strcmp(j->conclusion, red[i]))
			return true;
	return false;
}

const char *github_log_path(struct arena *a, int64_t job)
{
	return arena_format(a, "/repos/{repo}/actions/jobs/%" PRId64 "/logs", job);
}

const char *github_artifact_path(struct arena *a, int64_t artifact)
{
	return arena_format(a, "/repos/{repo}/actions/artifacts/%" PRId64 "/zip", artifact);
}

void github_log_trouble(const struct github_file *f, const struct github_job *j, struct err *e)
{
	bool ended = j->status && !strcmp(j->status, "completed");
	if (f->status == 410)
		err_set(e, ERR_NOT_FOUND,
			"the log has expired: GitHub keeps logs for 90 days, or as long as the "
			"repository's settings say");
	else if (f->status == 404 && !ended)
		err_set(e, ERR_BUSY, "the log is not ready yet; GitHub shows it once the job has ended");
	else if (f->status == 404 && !j->step_count)
		err_set(e, ERR_NOT_FOUND, "there is no log: the job ran no step");
	else if (f->status == 404)
		err_set(e, ERR_NOT_FOUND,
			"there is no log (yet), or it was deleted; it may take a minute after the job "
			"has ended");
	else if (f->error.code == ERR_LIMIT)
		err_set(e, ERR_LIMIT, "the log is larger than %" PRIu64 " MB", f->max_bytes >> 20);
	else
		*e = f->error;
}
