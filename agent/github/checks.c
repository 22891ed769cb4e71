#include "github/checks.h"

#include "github/internal.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

struct known {
	const struct github_check *check;
	struct github *g;
	int64_t id, refused_id; /* refused_id: made by another App, found out by trying */
	char *url;
};

/* 1 ours, 0 not, -1 cannot be known: another App's is refused when we change it. */
static int is_our_app(const struct github *g, const cJSON *run)
{
	const cJSON *app = json_get(run, "app");
	char id[32];
	const char *slug = json_text(app, "slug"), *client = json_text(app, "client_id");
	if (g->app_id) {
		snprintf(id, sizeof id, "%" PRId64, json_int(app, "id", 0));
		return !strcmp(id, g->app_id) || (client && !strcmp(client, g->app_id)) ? 1 : client ? 0 : -1;
	}
	if (slug && !strcmp(slug, "github-actions"))
		return github_token_kind(g) == GITHUB_ACTIONS_TOKEN ? 1 : -1;
	return -1;
}

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

static bool on_run(void *context, const cJSON *item)
{
	struct known *k = context;
	int64_t id = json_int(item, "id", 0);
	if (id <= 0 || id == k->refused_id || !same(json_text(item, "name"), k->check->name) ||
		!same(json_text(item, "external_id"), k->check->external_id) || !is_our_app(k->g, item))
		return true;
	/* the newest of several, which an earlier mistake may have left */
	if (id > k->id) {
		free(k->url);
		k->id = id;
		k->url = mem_text(json_text(item, "html_url"));
	}
	return true;
}

static int find_run(struct known *k, struct err *e)
{
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	k->id = 0;
	buf_add_text(&path, "/repos/{repo}/commits/");
	path_add_escaped(&path, k->check->head_sha);
	buf_add_text(&path, "/check-runs?filter=all&check_name=");
	path_add_escaped(&path, k->check->name);
	return github_each(k->g, buf_text(&path), "check_runs", on_run, k, NULL, e);
}

/* ---- annotations --------------------------------------------------------------------------------------------- */

static bool same_member(const cJSON *a, const cJSON *b, const char *name)
{
	const char *x = json_text(a, name), *y = json_text(b, name);
	if (x || y)
		return view_eq(view_trim(view_of(x)), view_trim(view_of(y)));
	return json_int(a, name, -1) == json_int(b, name, -1);
}

static bool same_annotation(const cJSON *a, const cJSON *b)
{
	static const char *const members[] = {"path", "start_line", "end_line", "annotation_level", "title", "message"};
	for (size_t i = 0; i < sizeof members / sizeof *members; i++)
		if (!same_member(a, b, members[i]))
			return false;
	return true;
}

static bool on_annotation(void *context, const cJSON *item)
{
	json_append(context, mem_must(cJSON_Duplicate(item, true)));
	return true;
}

static int find_annotations(struct github *g, int64_t id, cJSON *ret, struct err *e)
{
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_addf(&path, "/repos/{repo}/check-runs/%" PRId64 "/annotations", id);
	return github_each(g, buf_text(&path), NULL, on_annotation, ret, NULL, e);
}

/* Each of those that are there accounts for one of ours only: two alike may be wanted. */
static cJSON *without_known(const cJSON *output, cJSON *there)
{
	cJSON *copy = mem_must(cJSON_Duplicate(output, true)), *one, *next;
	cJSON *all = cJSON_GetObjectItemCaseSensitive(copy, "annotations");
	for (one = all ? all->child : NULL; one; one = next) {
		cJSON *known;
		next = one->next;
		cJSON_ArrayForEach (known, there) {
			if (same_annotation(one, known)) {
				cJSON_Delete(cJSON_DetachItemViaPointer(there, known));
				cJSON_Delete(cJSON_DetachItemViaPointer(all, one));
				break;
			}
		}
	}
	return copy;
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

static cJSON *body_of(const struct github_check *c, cJSON *owned_output)
{
	cJSON *body = json_object();
	json_add_text(body, "name", c->name);
	if (c->details_url)
		json_add_text(body, "details_url", c->details_url);
	if (c->external_id)
		json_add_text(body, "external_id", c->external_id);
	json_add_text(body, "status", "completed");
	json_add_text(body, "conclusion", c->conclusion);
	if (owned_output)
		json_add(body, "output", owned_output);
	return body;
}

static int create(struct known *k, struct err *e)
{
	struct github_answer a;
	const cJSON *output = cJSON_GetArrayItem(k->check->outputs, 0);
	JSON_AUTO *body = body_of(k->check, output ? mem_must(cJSON_Duplicate(output, true)) : NULL);
	json_add_text(body, "head_sha", k->check->head_sha);
	int rc = github_call(k->g, "POST", "/repos/{repo}/check-runs", body, &a, e);
	if (rc == 0) {
		free(k->url);
		k->id = json_int(a.json, "id", 0);
		k->url = mem_text(json_text(a.json, "html_url"));
	}
	github_answer_done(&a);
	return rc;
}

static int change(struct known *k, cJSON *owned_output, struct err *e)
{
	struct github_answer a;
	JSON_AUTO *body = body_of(k->check, owned_output);
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_addf(&path, "/repos/{repo}/check-runs/%" PRId64, k->id);
	int rc = github_call(k->g, "PATCH", buf_text(&path), body, &a, e);
	const char *message = json_text(a.json, "message");
	if (rc < 0 && message && strstr(message, "Invalid app_id"))
		k->refused_id = k->id;
	github_answer_done(&a);
	return rc;
}

/* Output `i` of a check run that is there. The annotations of an update are added to those before: what GitHub has is
 * left out, and after a lost answer it is asked again what it has. */
static int send_output(struct known *k, int i, bool fresh, struct err *e)
{
	const cJSON *output = cJSON_GetArrayItem(k->check->outputs, i);
	int rc = -1;
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		JSON_AUTO *there = json_array();
		if ((!fresh || round) && find_annotations(k->g, k->id, there, e) < 0)
			return -1;
		cJSON *rest = without_known(output, there);
		if (i > 0 && (!fresh || round) && !cJSON_GetArraySize(json_get(rest, "annotations"))) {
			cJSON_Delete(rest);
			return 0;
		}
		rc = change(k, rest, e);
		if (rc == 0 || !k->g->lost)
			return rc;
	}
	return rc;
}

/* The check run itself, made or found: *ret_made tells that output 0 went with it. */
static int settle(struct known *k, bool *ret_made, struct err *e)
{
	int rc = -1;
	*ret_made = false;
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		if (find_run(k, e) < 0)
			return -1;
		if (k->id && (rc = send_output(k, 0, false, e)) == 0)
			return 0;
		if (k->id && k->id != k->refused_id)
			return rc;
		if (k->id) /* another App's: look for one of ours */
			continue;
		rc = create(k, e);
		*ret_made = rc == 0;
		if (rc == 0 || !k->g->lost)
			return rc;
	}
	return rc;
}

int github_check_put(struct github *g, const struct github_check *c, char **ret_url, struct err *e)
{
	struct known k = {.check = c, .g = g};
	struct err trouble = {0};
	bool made;
	int rc = settle(&k, &made, &trouble);
	for (int i = 1; rc == 0 && i < cJSON_GetArraySize(c->outputs); i++)
		rc = send_output(&k, i, made, &trouble);
	if (rc == 0 && ret_url) {
		*ret_url = k.url;
		k.url = NULL;
	}
	free(k.url);
	if (rc < 0 && e)
		*e = trouble;
	return rc;
}

/* ---- statuses ------------------------------------------------------------------------------------------------ */

struct status_search {
	const char *state, *context, *description, *target_url;
	bool is_there;
};

/* Newest first: the first of our context is the one that counts. */
static bool on_status(void *context, const cJSON *item)
{
	struct status_search *s = context;
	if (!same(json_text(item, "context"), s->context))
		return true;
	const char *description = json_text(item, "description"), *target = json_text(item, "target_url");
	s->is_there = same(json_text(item, "state"), s->state) &&
		      (!s->description || same(description, s->description)) &&
		      (!s->target_url || same(target, s->target_url));
	return false;
}

int github_status_put(struct github *g, const char *sha, const char *state, const char *context,
	const char *description, const char *target_url, struct err *e)
{
	struct status_search s = {state, context, description, target_url, false};
	BUF_AUTO list = buf_new(GITHUB_URL_MAX), at = buf_new(GITHUB_URL_MAX);
	JSON_AUTO *body = json_object();
	int rc = -1;
	buf_add_text(&list, "/repos/{repo}/commits/");
	path_add_escaped(&list, sha);
	buf_add_text(&list, "/statuses");
	buf_add_text(&at, "/repos/{repo}/statuses/");
	path_add_escaped(&at, sha);
	json_add_text(body, "state", state);
	json_add_text(body, "context", context);
	if (description)
		json_add_text(body, "description", description);
	if (target_url)
		json_add_text(body, "target_url", target_url);
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		struct github_answer a;
		struct err trouble = {0};
		rc = github_each(g, buf_text(&list), NULL, on_status, &s, NULL, &trouble);
		if (rc == 0 && s.is_there)
			return 0;
		if (rc == 0) {
			rc = github_call(g, "POST", buf_text(&at), body, &a, &trouble);
			github_answer_done(&a);
		}
		if (rc == 0)
			return 0;
		if (e)
			*e = trouble;
		if (!g->lost)
			return -1;
	}
	return rc;
}
