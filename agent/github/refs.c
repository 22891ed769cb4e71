#include "github/refs.h"

#include "github/internal.h"

#include "base/mem.h"

#include <stdlib.h>

#define REFS_MAX 20000u

static struct view without_refs(const char *name)
{
	struct view v = view_of(name);
	return view_starts(v, "refs/") ? view_from(v, strlen("refs/")) : v;
}

static int path_of(struct buf *b, const char *what, const char *name, struct err *e)
{
	struct view rest = without_refs(name);
	if (rest.p == name)
		return err_set(e, ERR_USAGE, "'%.100s' is not the full name of a ref", name);
	buf_addf(b, "/repos/{repo}/git/%s/", what);
	path_add_name(b, rest.p);
	return 0;
}

bool sha_take(char ret[GITHUB_SHA_MAX], const char *sha)
{
	struct view v = view_of(sha);
	if (v.n != GITHUB_SHA_MAX - 1)
		return false;
	memcpy(ret, v.p, v.n);
	ret[v.n] = 0;
	return true;
}

/* What GitHub says in its 422 tells apart what the status does not. */
static bool says(const struct github_answer *a, const char *part)
{
	const char *message = json_text(a->json, "message");
	return a->status == 422 && message && strstr(message, part);
}

int github_ref_get(struct github *g, const char *name, char ret_sha[GITHUB_SHA_MAX], struct err *e)
{
	struct github_answer a;
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	if (path_of(&path, "ref", name, e) < 0)
		return -1;
	int rc = github_call(g, "GET", buf_text(&path), NULL, &a, e);
	const char *at = json_text(a.json, "ref");
	if (rc == 0 && (!at || strcmp(at, name) != 0))
		rc = err_set(e, ERR_NOT_FOUND, "there is no such ref"); /* old servers list what begins alike */
	if (rc == 0 && !sha_take(ret_sha, json_text(json_get(a.json, "object"), "sha")))
		rc = err_set(e, ERR_NETWORK, "GitHub's answer names no commit");
	github_answer_done(&a);
	return rc;
}

/* 1 at `sha`, 0 elsewhere or not there, -1 */
static int is_at(struct github *g, const char *name, const char *sha, bool *ret_there, struct err *e)
{
	char now[GITHUB_SHA_MAX];
	struct err trouble = {0};
	*ret_there = github_ref_get(g, name, now, &trouble) == 0;
	if (*ret_there)
		return strcmp(now, sha) == 0;
	if (trouble.code == ERR_NOT_FOUND)
		return 0;
	if (e)
		*e = trouble;
	return -1;
}

static int busy(struct err *e, const char *name)
{
	return err_set(e, ERR_BUSY, "%.200s is no longer where it was: somebody else moved it", name);
}

static int make_once(struct github *g, const char *name, const char *sha, struct err *e)
{
	struct github_answer a;
	JSON_AUTO *body = json_object();
	json_add_text(body, "ref", name);
	json_add_text(body, "sha", sha);
	int rc = github_call(g, "POST", "/repos/{repo}/git/refs", body, &a, e);
	if (rc < 0 && says(&a, "already exists"))
		err_set(e, ERR_BUSY, "%.200s is there already", name);
	github_answer_done(&a);
	return rc;
}

int github_ref_make(struct github *g, const char *name, const char *sha, struct err *e)
{
	int rc = -1;
	struct err trouble = {0};
	bool there, lost = false;
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		if (lost) {
			int at = is_at(g, name, sha, &there, e);
			if (at < 0 || there)
				return at < 0 ? -1 : at ? 0 : busy(e, name);
		}
		rc = make_once(g, name, sha, &trouble);
		if (rc == 0 || !g->lost)
			break;
		lost = true;
	}
	if (rc < 0 && e)
		*e = trouble;
	return rc;
}

static int move_once(struct github *g, const char *name, const char *sha, struct err *e)
{
	struct github_answer a;
	JSON_AUTO *body = json_object();
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	if (path_of(&path, "refs", name, e) < 0)
		return -1;
	json_add_text(body, "sha", sha);
	json_add_bool(body, "force", false);
	int rc = github_call(g, "PATCH", buf_text(&path), body, &a, e);
	if (rc < 0 && says(&a, "fast forward"))
		busy(e, name);
	else if (rc < 0 && says(&a, "Reference does not exist"))
		err_set(e, ERR_NOT_FOUND, "%.200s is not there (any more)", name);
	github_answer_done(&a);
	return rc;
}

int github_ref_move(struct github *g, const char *name, const char *old, const char *sha, struct err *e)
{
	int rc = -1;
	struct err trouble = {0};
	char now[GITHUB_SHA_MAX];
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		rc = github_ref_get(g, name, now, &trouble);
		if (rc == 0 && !strcmp(now, sha))
			return 0;
		if (rc == 0 && strcmp(now, old) != 0)
			return busy(e, name);
		if (rc == 0)
			rc = move_once(g, name, sha, &trouble);
		if (rc == 0 || !g->lost)
			break;
	}
	if (rc < 0 && e)
		*e = trouble;
	return rc;
}

static int delete_once(struct github *g, const char *name, struct err *e)
{
	struct github_answer a;
	struct err trouble = {0};
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	if (path_of(&path, "refs", name, e) < 0)
		return -1;
	int rc = github_call(g, "DELETE", buf_text(&path), NULL, &a, &trouble);
	if (rc < 0 && (says(&a, "Reference does not exist") || a.status == 404))
		rc = 0;
	if (rc < 0 && e)
		*e = trouble;
	github_answer_done(&a);
	return rc;
}

int github_ref_delete(struct github *g, const char *name, const char *old, struct err *e)
{
	int rc = -1;
	struct err trouble = {0};
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		bool there;
		int at = is_at(g, name, old, &there, e);
		if (at < 0 || !there)
			return at;
		if (!at)
			return busy(e, name);
		rc = delete_once(g, name, &trouble);
		if (rc == 0 || !g->lost)
			break;
	}
	if (rc < 0 && e)
		*e = trouble;
	return rc;
}

/* ---- lists --------------------------------------------------------------------------------------------------- */

struct refs {
	struct arena *arena;
	const char *prefix;
	struct github_ref *list;
	size_t n, cap;
};

static bool on_ref(void *context, const cJSON *item)
{
	struct refs *r = context;
	const char *name = json_text(item, "ref"), *sha = json_text(json_get(item, "object"), "sha");
	if (!name || !sha || !view_starts(view_of(name), r->prefix))
		return true;
	MEM_PUSH(r->list, r->n, r->cap);
	r->list[r->n++] = (struct github_ref){arena_text(r->arena, name), arena_text(r->arena, sha)};
	return r->n < REFS_MAX;
}

int github_refs_list(
	struct github *g, const char *prefix, struct arena *a, struct github_ref **ret, size_t *ret_n, struct err *e)
{
	struct refs r = {.arena = a, .prefix = prefix};
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	if (path_of(&path, "matching-refs", prefix, e) < 0)
		return -1;
	int rc = page_each(g, buf_text(&path), NULL, on_ref, &r, NULL, e);
	if (rc == 0) {
		*ret = arena_array(a, r.n + 1, sizeof **ret);
		if (r.n)
			memcpy(*ret, r.list, r.n * sizeof **ret);
		*ret_n = r.n;
	}
	free(r.list);
	return rc;
}
