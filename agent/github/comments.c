#include "github/reviews.h"

#include "github/internal.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdlib.h>

/* Where comments are listed and made, and below which address each of them is changed. */
struct place {
	const char *list, *one;
};

struct comment {
	const struct github *g;
	const char *marker;
	int64_t id;
	char *text, *url;
};

static void comment_done(struct comment *c)
{
	free(c->text);
	free(c->url);
	c->text = c->url = NULL;
}

static bool on_comment(void *context, const cJSON *item)
{
	struct comment *c = context;
	const char *body = json_text(item, "body");
	if (!body || !view_starts(view_of(body), c->marker) || !self_wrote(c->g, item))
		return true;
	c->id = json_int(item, "id", 0);
	c->text = mem_text(body);
	c->url = mem_text(json_text(item, "html_url"));
	return false;
}

static int find(struct github *g, const struct place *p, const char *marker, struct comment *ret, struct err *e)
{
	*ret = (struct comment){.g = g, .marker = marker};
	if (self_find(g, e) < 0)
		return -1;
	return github_each(g, p->list, NULL, on_comment, ret, NULL, e);
}

static int write_one(
	struct github *g, const struct place *p, int64_t id_or_0, const char *text, char **ret_url, struct err *e)
{
	struct github_answer a;
	JSON_AUTO *body = json_object();
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	json_add_text(body, "body", text);
	if (id_or_0)
		buf_addf(&path, "%s/%" PRId64, p->one, id_or_0);
	else
		buf_add_text(&path, p->list);
	int rc = github_call(g, id_or_0 ? "PATCH" : "POST", buf_text(&path), body, &a, e);
	if (rc == 0 && ret_url)
		*ret_url = mem_text(json_text(a.json, "html_url"));
	github_answer_done(&a);
	return rc;
}

/* After a lost answer the next round looks whether the comment is there by now. */
static int put(struct github *g, const struct place *p, const char *marker, const char *text, bool only_update,
	char **ret_url, struct err *e)
{
	int rc = -1;
	struct err trouble = {0};
	if (ret_url)
		*ret_url = NULL;
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		struct comment c;
		rc = find(g, p, marker, &c, &trouble);
		bool there = rc == 0 && c.id;
		bool done = rc < 0 || self_same_text(c.text, text) || (!there && only_update);
		if (rc == 0 && done && ret_url) {
			*ret_url = c.url;
			c.url = NULL;
		}
		if (!done)
			rc = write_one(g, p, c.id, text, ret_url, &trouble);
		comment_done(&c);
		if (done || rc == 0 || !g->lost)
			break;
	}
	if (rc < 0 && e)
		*e = trouble;
	return rc;
}

#define ISSUE_COMMENTS "/repos/{repo}/issues/comments"

int github_comment_find(struct github *g, int number, const char *marker, char **ret_text, struct err *e)
{
	struct comment c;
	BUF_AUTO list = buf_new(GITHUB_URL_MAX);
	buf_addf(&list, "/repos/{repo}/issues/%d/comments", number);
	int rc = find(g, &(struct place){buf_text(&list), ISSUE_COMMENTS}, marker, &c, e);
	if (rc == 0) {
		*ret_text = c.text;
		c.text = NULL;
	}
	comment_done(&c);
	return rc;
}

int github_comment_put(struct github *g, int number, const char *marker, const char *text, bool only_update,
	char **ret_url, struct err *e)
{
	BUF_AUTO list = buf_new(GITHUB_URL_MAX);
	buf_addf(&list, "/repos/{repo}/issues/%d/comments", number);
	return put(g, &(struct place){buf_text(&list), ISSUE_COMMENTS}, marker, text, only_update, ret_url, e);
}

int github_comment_reply(struct github *g, int number, const char *marker, const char *text, struct err *e)
{
	char *there = NULL;
	if (!view_starts(view_of(text), marker))
		return err_set(e, ERR_USAGE, "the comment does not begin with its marker");
	if (github_comment_find(g, number, marker, &there, e) < 0)
		return -1;
	bool is_there = there != NULL;
	free(there);
	return is_there ? 0 : github_comment_put(g, number, marker, text, false, NULL, e);
}

int github_commit_comment_put(
	struct github *g, const char *sha, const char *marker, const char *text, char **ret_url, struct err *e)
{
	BUF_AUTO list = buf_new(GITHUB_URL_MAX);
	buf_add_text(&list, "/repos/{repo}/commits/");
	path_add_escaped(&list, sha);
	buf_add_text(&list, "/comments");
	return put(g, &(struct place){buf_text(&list), "/repos/{repo}/comments"}, marker, text, false, ret_url, e);
}

/* GitHub keeps one of each kind a person: asking again does no harm. */
int github_reaction_put(struct github *g, int64_t comment, const char *content, struct err *e)
{
	int rc = -1;
	struct err trouble = {0};
	JSON_AUTO *body = json_object();
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	json_add_text(body, "content", content);
	buf_addf(&path, ISSUE_COMMENTS "/%" PRId64 "/reactions", comment);
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		struct github_answer a;
		rc = github_call(g, "POST", buf_text(&path), body, &a, &trouble);
		github_answer_done(&a);
		if (rc == 0 || !g->lost)
			break;
	}
	if (rc < 0 && e)
		*e = trouble;
	return rc;
}
