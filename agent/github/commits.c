/* Commits made without a clone: blobs, a tree on top of the parent's, the commit. All of it is found by its content, so
 * that asking again after a lost answer does no harm; a commit that nothing points to is swept away by GitHub. */
#include "github/refs.h"

#include "github/internal.h"

#include "base/base64.h"
#include "base/mem.h"

#include <stdlib.h>

#define BLOB_MAX ((size_t)40 << 20)   /* GitHub's own */
#define INLINE_MAX ((size_t)1 << 20)  /* of one text that goes along with the tree */
#define INLINES_MAX ((size_t)8 << 20) /* of all of them */
#define WORKFLOWS ".github/workflows/"

/* Asked again where the answer got lost. */
static int post(struct github *g, const char *path, const cJSON *body, struct github_answer *ret, struct err *e)
{
	int rc = -1;
	struct err trouble = {0};
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		if (round)
			github_answer_done(ret);
		rc = github_call(g, "POST", path, body, ret, &trouble);
		if (rc == 0 || !g->lost)
			break;
	}
	if (rc < 0 && e)
		*e = trouble;
	return rc;
}

static int post_for_sha(
	struct github *g, const char *path, const cJSON *body, char ret[GITHUB_SHA_MAX], int *ret_status, struct err *e)
{
	struct github_answer a;
	int rc = post(g, path, body, &a, e);
	if (rc == 0 && !sha_take(ret, json_text(a.json, "sha")))
		rc = err_set(e, ERR_NETWORK, "GitHub's answer names no object");
	*ret_status = a.status;
	github_answer_done(&a);
	return rc;
}

/* ---- files --------------------------------------------------------------------------------------------------- */

static bool is_plain_text(struct view v)
{
	while (v.n) {
		uint32_t c;
		size_t n = view_utf8(v, &c);
		if (!n || !c)
			return false;
		v = view_from(v, n);
	}
	return true;
}

static void add_base64(cJSON *body, struct view v)
{
	BUF_AUTO text = buf_new(v.n / 3 * 4 + 5);
	base64_add(&text, v);
	json_add_view(body, "content", buf_view(&text));
}

static int make_blob(struct github *g, struct view content, char ret[GITHUB_SHA_MAX], struct err *e)
{
	int status;
	JSON_AUTO *body = json_object();
	add_base64(body, content);
	json_add_text(body, "encoding", "base64");
	return post_for_sha(g, "/repos/{repo}/git/blobs", body, ret, &status, e);
}

static int check_change(const struct github_change *c, struct err *e)
{
	if (!c->exists)
		return 0;
	if (c->mode != 0100644 && c->mode != 0100755)
		return err_set(e, ERR_USAGE, "%.200s: mode %o is neither 100644 nor 100755", c->path, c->mode);
	if (c->content.n > BLOB_MAX)
		return err_set(e, ERR_LIMIT, "%.200s is larger than the 40 MiB that GitHub takes", c->path);
	return 0;
}

/* A text goes along with the tree, which saves a write. */
static int add_entry(struct github *g, cJSON *list, const struct github_change *c, size_t *inlined, struct err *e)
{
	char sha[GITHUB_SHA_MAX];
	if (check_change(c, e) < 0)
		return -1;
	bool fits = c->content.n <= INLINE_MAX && *inlined + c->content.n <= INLINES_MAX && is_plain_text(c->content);
	if (c->exists && !fits && make_blob(g, c->content, sha, e) < 0)
		return err_wrap(e, "%.200s", c->path);
	cJSON *entry = json_object();
	json_add_text(entry, "path", c->path);
	json_add_text(entry, "mode", c->exists && c->mode == 0100755 ? "100755" : "100644");
	json_add_text(entry, "type", "blob");
	if (!c->exists) {
		json_add_null(entry, "sha");
	} else if (fits) {
		json_add_view(entry, "content", c->content);
		*inlined += c->content.n;
	} else {
		json_add_text(entry, "sha", sha);
	}
	json_append(list, entry);
	return 0;
}

/* ---- the tree ------------------------------------------------------------------------------------------------ */

static int tree_of(struct github *g, const char *commit, char ret[GITHUB_SHA_MAX], struct err *e)
{
	struct github_answer a;
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_add_text(&path, "/repos/{repo}/git/commits/");
	path_add_escaped(&path, commit);
	int rc = github_call(g, "GET", buf_text(&path), NULL, &a, e);
	if (rc == 0 && !sha_take(ret, json_text(json_get(a.json, "tree"), "sha")))
		rc = err_set(e, ERR_NETWORK, "GitHub's answer names no tree");
	github_answer_done(&a);
	return rc;
}

static bool touches_workflows(const struct github_commit_wish *w)
{
	for (size_t i = 0; i < w->count; i++)
		if (view_starts(view_of(w->changes[i].path), WORKFLOWS))
			return true;
	return false;
}

/* GitHub says no more than 403, or 404 to personal tokens. */
static int explain_workflows(const struct github *g, struct err *e)
{
	enum github_token kind = github_token_kind(g);
	bool person = kind == GITHUB_CLASSIC_PAT || kind == GITHUB_OAUTH_TOKEN;
	return err_set(e, ERR_AUTH, "this token may not change workflow files; %s",
		person                     ? "it needs the scope `workflow`"
		: kind == GITHUB_FINE_PAT  ? "it needs the permission \"Workflows: write\""
		: kind == GITHUB_APP_TOKEN ? "the GitHub App needs the permission \"Workflows: write\""
					   : "no line of `permissions:` grants that to a job: use the token of a "
					     "GitHub App with \"Workflows: write\"");
}

static int make_tree(struct github *g, const struct github_commit_wish *w, char ret[GITHUB_SHA_MAX], struct err *e)
{
	int status = 0;
	size_t inlined = 0;
	char base[GITHUB_SHA_MAX];
	JSON_AUTO *body = json_object();
	cJSON *list = json_array();
	if (w->parent && tree_of(g, w->parent, base, e) < 0) {
		cJSON_Delete(list);
		return -1;
	}
	if (w->parent && !w->count) {
		cJSON_Delete(list);
		memcpy(ret, base, GITHUB_SHA_MAX);
		return 0;
	}
	if (w->parent)
		json_add_text(body, "base_tree", base);
	json_add(body, "tree", list);
	for (size_t i = 0; i < w->count; i++)
		if (add_entry(g, list, &w->changes[i], &inlined, e) < 0)
			return -1;
	int rc = post_for_sha(g, "/repos/{repo}/git/trees", body, ret, &status, e);
	if (rc < 0 && (status == 403 || status == 404) && touches_workflows(w))
		return explain_workflows(g, e);
	return rc;
}

/* ---- the commit ---------------------------------------------------------------------------------------------- */

static int add_author(cJSON *body, const char *text, struct err *e)
{
	struct view v = view_of(text);
	size_t open = view_find_char(v, '<');
	if (open == VIEW_NONE || !view_ends(v, ">") || open + 2 >= v.n)
		return err_set(e, ERR_USAGE, "'%.200s' is no author: \"Name <mail>\" is", text);
	cJSON *author = json_object();
	json_add_view(author, "name", view_trim(view_sub(v, 0, open)));
	json_add_view(author, "email", view_sub(v, open + 1, v.n - open - 2));
	json_add(body, "author", author);
	return 0;
}

int github_commit_make(
	struct github *g, const struct github_commit_wish *w, char ret_sha[GITHUB_SHA_MAX], struct err *e)
{
	int status;
	char tree[GITHUB_SHA_MAX];
	JSON_AUTO *body = json_object();
	cJSON *parents = json_array();
	json_add_text(body, "message", w->message);
	if (w->parent)
		json_append_text(parents, w->parent);
	if (w->also)
		json_append_text(parents, w->also);
	json_add(body, "parents", parents);
	if (w->author && add_author(body, w->author, e) < 0)
		return -1;
	if (make_tree(g, w, tree, e) < 0)
		return -1;
	json_add_text(body, "tree", tree);
	return post_for_sha(g, "/repos/{repo}/git/commits", body, ret_sha, &status, e);
}
