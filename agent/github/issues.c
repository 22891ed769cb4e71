#include "github/issues.h"

#include "github/internal.h"

#include "base/mem.h"
#include "github/reviews.h"

#define LABEL_COLOUR "d4c5f9"
#define LABEL_ABOUT "Kept by runmedic"

static int64_t time_of(const cJSON *j, const char *name)
{
	int64_t t;
	return clock_parse(view_of(json_text(j, name)), &t) ? t : CLOCK_UNKNOWN;
}

static void read_issue(const cJSON *j, struct arena *a, struct github_issue *ret)
{
	const char *state = json_text(j, "state");
	int64_t number = json_int(j, "number", 0);
	*ret = (struct github_issue){
		.number = number > 0 && number <= INT32_MAX ? (int)number : 0,
		.open = state && !strcmp(state, "open"),
		.title = json_keep(a, j, "title"),
		.body = json_keep(a, j, "body"),
		.url = json_keep(a, j, "html_url"),
		.created = time_of(j, "created_at"),
		.updated = time_of(j, "updated_at"),
		.closed = time_of(j, "closed_at"),
	};
}

/* ---- finding ------------------------------------------------------------------------------------------------- */

struct search {
	const struct github *g;
	const char *marker;
	struct arena *arena;
	struct github_issue best;
	bool (*each)(void *context, const struct github_issue *i); /* NULL: the best one */
	void *context;
};

static bool is_ours(const struct search *s, const cJSON *item)
{
	/* the list holds pull requests as well */
	return !json_get(item, "pull_request") && view_starts(view_of(json_text(item, "body")), s->marker) &&
	       self_wrote(s->g, item);
}

static bool on_best(void *context, const cJSON *item)
{
	struct search *s = context;
	struct github_issue i;
	if (!is_ours(s, item))
		return true;
	read_issue(item, s->arena, &i);
	bool better = !s->best.number || i.open > s->best.open || (i.open == s->best.open && i.number > s->best.number);
	if (i.number && better)
		s->best = i;
	return true;
}

static bool on_each(void *context, const cJSON *item)
{
	struct search *s = context;
	struct github_issue i;
	ARENA_AUTO a = {0};
	if (!is_ours(s, item))
		return true;
	read_issue(item, &a, &i);
	return !i.number || s->each(s->context, &i);
}

static int search(struct github *g, const char *label, bool open_only, bool (*on)(void *context, const cJSON *item),
	struct search *s, struct err *e)
{
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	if (self_find(g, e) < 0)
		return -1;
	buf_addf(
		&path, "/repos/{repo}/issues?state=%s&sort=created&direction=desc&labels=", open_only ? "open" : "all");
	path_add_escaped(&path, label);
	return github_each(g, buf_text(&path), NULL, on, s, NULL, e);
}

int github_issue_find(struct github *g, const char *label, const char *marker, struct arena *a,
	struct github_issue *ret, struct err *e)
{
	struct search s = {.g = g, .marker = marker, .arena = a};
	if (search(g, label, false, on_best, &s, e) < 0)
		return -1;
	*ret = s.best;
	return 0;
}

int github_issues_list(struct github *g, const char *label, const char *marker_prefix, bool open_only,
	bool (*each)(void *context, const struct github_issue *i), void *context, struct err *e)
{
	struct search s = {.g = g, .marker = marker_prefix, .each = each, .context = context};
	return search(g, label, open_only, on_each, &s, e);
}

/* ---- labels -------------------------------------------------------------------------------------------------- */

static int make_label(struct github *g, const char *name, struct err *e)
{
	struct github_answer a;
	struct err trouble = {0};
	JSON_AUTO *body = json_object();
	json_add_text(body, "name", name);
	json_add_text(body, "color", LABEL_COLOUR);
	json_add_text(body, "description", LABEL_ABOUT);
	int rc = github_call(g, "POST", "/repos/{repo}/labels", body, &a, &trouble);
	const char *code = json_text(cJSON_GetArrayItem(json_get(a.json, "errors"), 0), "code");
	if (rc < 0 && code && !strcmp(code, "already_exists"))
		rc = 0;
	if (rc < 0 && e)
		*e = trouble;
	github_answer_done(&a);
	return rc;
}

static int ensure_label(struct github *g, const char *name, struct err *e)
{
	int rc = -1;
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_add_text(&path, "/repos/{repo}/labels/");
	path_add_escaped(&path, name);
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		struct github_answer a;
		struct err trouble = {0};
		rc = github_call(g, "GET", buf_text(&path), NULL, &a, &trouble);
		github_answer_done(&a);
		if (rc < 0 && trouble.code == ERR_NOT_FOUND)
			rc = make_label(g, name, &trouble);
		if (rc == 0)
			return 0;
		if (e)
			*e = trouble;
		if (!g->lost)
			break;
	}
	return rc;
}

/* ---- writing ------------------------------------------------------------------------------------------------- */

static void add_names(cJSON *list, const char *const *names)
{
	for (; names && *names; names++)
		json_append_text(list, *names);
}

static int issue_call(struct github *g, const char *method, const char *path, const cJSON *body,
	struct github_answer *ret, struct err *e)
{
	int rc = github_call(g, method, path, body, ret, e);
	if (rc == 0 && json_int(ret->json, "number", 0) <= 0)
		rc = err_set(e, ERR_NETWORK, "GitHub's answer is no issue");
	return rc;
}

static bool has_name(const cJSON *list, const char *key, const char *name)
{
	const cJSON *one;
	cJSON_ArrayForEach (one, list) {
		const char *known = json_text(one, key);
		if (known && view_eq_nocase(view_of(known), view_of(name)))
			return true;
	}
	return false;
}

/* GitHub leaves out silently what this token may not set. */
static void note_missing(struct buf *b, const cJSON *issue, const char *what, const char *list, const char *key,
	const char *const *names)
{
	for (; names && *names; names++)
		if (!has_name(json_get(issue, list), key, *names))
			buf_addf(b, "%s%s %.100s could not be set", b->n ? "; " : "", what, *names);
}

/* Takes off those that GitHub names in its refusal; where it names none, all. False: it is about something else. */
static bool drop_assignees(cJSON *assignees, const struct github_answer *a)
{
	const cJSON *one;
	bool refused = false;
	int n = cJSON_GetArraySize(assignees);
	cJSON_ArrayForEach (one, json_get(a->json, "errors")) {
		const char *field = json_text(one, "field"), *value = json_text(one, "value");
		if (a->status != 422 || !field || !view_starts(view_of(field), "assignee"))
			continue;
		refused = true;
		for (int i = cJSON_GetArraySize(assignees); value && i-- > 0;)
			if (view_eq_nocase(view_of(cJSON_GetArrayItem(assignees, i)->valuestring), view_of(value)))
				cJSON_DeleteItemFromArray(assignees, i);
	}
	if (refused && cJSON_GetArraySize(assignees) == n)
		while (n-- > 0)
			cJSON_DeleteItemFromArray(assignees, n);
	return refused;
}

static cJSON *body_of(const struct github_issue_wish *w, const cJSON *assignees)
{
	cJSON *body = json_object(), *labels = json_array();
	json_add_text(body, "title", w->title);
	json_add_text(body, "body", w->body);
	json_append_text(labels, w->label);
	add_names(labels, w->labels);
	json_add(body, "labels", labels);
	json_add(body, "assignees", mem_must(cJSON_Duplicate(assignees, true)));
	return body;
}

static int make(struct github *g, const struct github_issue_wish *w, cJSON *assignees, struct arena *a,
	struct github_issue *ret, struct buf *note, struct err *e)
{
	int rc = -1;
	for (bool again = true; again;) {
		struct github_answer answer;
		JSON_AUTO *body = body_of(w, assignees);
		rc = issue_call(g, "POST", "/repos/{repo}/issues", body, &answer, e);
		again = rc < 0 && cJSON_GetArraySize(assignees) && drop_assignees(assignees, &answer);
		if (rc == 0) {
			read_issue(answer.json, a, ret);
			note_missing(note, answer.json, "label", "labels", "name", w->labels);
			note_missing(note, answer.json, "assignee", "assignees", "login", w->assignees);
		}
		github_answer_done(&answer);
	}
	return rc;
}

static int change(
	struct github *g, const struct github_issue_wish *w, struct arena *a, struct github_issue *ret, struct err *e)
{
	struct github_answer answer;
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	JSON_AUTO *body = json_object();
	buf_addf(&path, "/repos/{repo}/issues/%d", ret->number);
	if (!ret->open)
		json_add_text(body, "state", "open");
	if (!self_same_text(ret->title, w->title))
		json_add_text(body, "title", w->title);
	if (!self_same_text(ret->body, w->body))
		json_add_text(body, "body", w->body);
	if (!body->child)
		return 0;
	int rc = issue_call(g, "PATCH", buf_text(&path), body, &answer, e);
	if (rc == 0)
		read_issue(answer.json, a, ret);
	github_answer_done(&answer);
	return rc;
}

static int put(struct github *g, const struct github_issue_wish *w, struct arena *a, struct github_issue *ret,
	struct buf *note, struct err *e)
{
	int rc = -1;
	bool has_label = false;
	JSON_AUTO *assignees = json_array();
	add_names(assignees, w->assignees);
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		if (github_issue_find(g, w->label, w->marker, a, ret, e) < 0)
			return -1;
		if (ret->number && (ret->open || w->reopen)) {
			rc = change(g, w, a, ret, e);
		} else {
			if (!has_label && ensure_label(g, w->label, e) < 0)
				return -1;
			has_label = true;
			rc = make(g, w, assignees, a, ret, note, e);
		}
		if (rc == 0 || !g->lost)
			break;
	}
	return rc;
}

int github_issue_put(struct github *g, const struct github_issue_wish *w, struct arena *a, struct github_issue *ret,
	const char **ret_note, struct err *e)
{
	struct err trouble = {0};
	BUF_AUTO note = buf_new(BUF_LINE);
	if (!view_starts(view_of(w->body), w->marker))
		return err_set(e, ERR_USAGE, "the text of the issue does not begin with its marker");
	if (put(g, w, a, ret, &note, &trouble) < 0) {
		if (e)
			*e = trouble;
		return -1;
	}
	if (ret_note)
		*ret_note = note.n ? arena_text(a, buf_text(&note)) : NULL;
	return 0;
}

/* ---- closing ------------------------------------------------------------------------------------------------- */

static int is_open(struct github *g, const char *path, struct err *e)
{
	struct github_answer a;
	int rc = issue_call(g, "GET", path, NULL, &a, e);
	const char *state = json_text(a.json, "state");
	bool open = state && !strcmp(state, "open");
	github_answer_done(&a);
	return rc < 0 ? -1 : open;
}

static int close_once(struct github *g, const char *path, struct err *e)
{
	struct github_answer a;
	JSON_AUTO *body = json_object();
	json_add_text(body, "state", "closed");
	json_add_text(body, "state_reason", "completed");
	int rc = issue_call(g, "PATCH", path, body, &a, e);
	github_answer_done(&a);
	return rc;
}

int github_issue_close(struct github *g, int number, const char *comment_or_null, struct err *e)
{
	struct err trouble = {0};
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_addf(&path, "/repos/{repo}/issues/%d", number);
	int rc = is_open(g, buf_text(&path), e);
	if (rc <= 0)
		return rc;
	if (comment_or_null && github_comment_put(g, number, comment_or_null, comment_or_null, false, NULL, e) < 0)
		return -1;
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		rc = close_once(g, buf_text(&path), &trouble);
		if (rc == 0 || !g->lost)
			break;
	}
	if (rc < 0 && e)
		*e = trouble;
	return rc;
}
