#include "github/pulls.h"

#include "github/internal.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdlib.h>

#define LABELS_MAX 100
#define PULLS_SEEN_MAX 300u /* of one commit or branch */

static bool is_bot(const cJSON *user)
{
	const char *type = json_text(user, "type"), *login = json_text(user, "login");
	return (type && !strcmp(type, "Bot")) || (login && view_ends(view_of(login), "[bot]"));
}

static const char *const *labels_of(const cJSON *j, struct arena *a)
{
	const cJSON *all = json_get(j, "labels"), *one;
	size_t n = 0;
	const char **list = arena_array(a, LABELS_MAX + 1, sizeof *list);
	cJSON_ArrayForEach (one, all) {
		const char *name = json_keep(a, one, "name");
		if (name && n < LABELS_MAX)
			list[n++] = name;
	}
	return list;
}

static void read_pull(const cJSON *j, struct arena *a, struct github_pull *ret)
{
	const cJSON *head = json_get(j, "head"), *base = json_get(j, "base"), *user = json_get(j, "user");
	const char *base_repository = json_text(json_get(base, "repo"), "full_name");
	int64_t number = json_int(j, "number", 0);
	*ret = (struct github_pull){
		.number = number > 0 && number <= INT32_MAX ? (int)number : 0,
		.head_sha = json_keep(a, head, "sha"),
		.head_branch = json_keep(a, head, "ref"),
		.head_repository = json_keep(a, json_get(head, "repo"), "full_name"),
		.base_branch = json_keep(a, base, "ref"),
		.base_sha = json_keep(a, base, "sha"),
		.author = json_keep(a, user, "login"),
		.url = json_keep(a, j, "html_url"),
		.state = json_keep(a, j, "state"),
		.draft = json_bool(j, "draft", false),
		.author_is_bot = is_bot(user),
		.labels = labels_of(j, a),
	};
	ret->fork = !ret->head_repository || !base_repository ||
		    !view_eq_nocase(view_of(ret->head_repository), view_of(base_repository));
}

int github_pull_get(struct github *g, int number, struct arena *a, struct github_pull *ret, struct err *e)
{
	struct github_answer answer;
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_addf(&path, "/repos/{repo}/pulls/%d", number);
	int rc = github_call(g, "GET", buf_text(&path), NULL, &answer, e);
	if (rc == 0)
		read_pull(answer.json, a, ret);
	if (rc == 0 && !ret->number)
		rc = err_set(e, ERR_NETWORK, "GitHub's answer is no pull request");
	github_answer_done(&answer);
	return rc;
}

/* ---- the pull request of a commit ---------------------------------------------------------------------------- */

struct search {
	const char *head_sha, *head_repository, *branch;
	struct arena *arena;
	struct github_pull best;
	bool best_is_default;
	unsigned left;
};

static bool is_wanted(const struct search *s, const struct github_pull *p)
{
	if (!p->number || !p->head_sha || strcmp(p->head_sha, s->head_sha) != 0)
		return false;
	if (!p->state || strcmp(p->state, "open") != 0)
		return false;
	if (s->head_repository &&
		(!p->head_repository || !view_eq_nocase(view_of(p->head_repository), view_of(s->head_repository))))
		return false;
	return !s->branch || (p->head_branch && !strcmp(p->head_branch, s->branch));
}

static bool on_pull(void *context, const cJSON *item)
{
	struct search *s = context;
	struct github_pull p;
	read_pull(item, s->arena, &p);
	if (is_wanted(s, &p)) {
		const char *usual = json_text(json_get(json_get(item, "base"), "repo"), "default_branch");
		bool is_default = usual && p.base_branch && !strcmp(usual, p.base_branch);
		if (!s->best.number || is_default > s->best_is_default ||
			(is_default == s->best_is_default && p.number > s->best.number)) {
			s->best = p;
			s->best_is_default = is_default;
		}
	}
	return --s->left > 0;
}

static int search(struct github *g, const char *path, struct search *s, struct err *e)
{
	s->left = PULLS_SEEN_MAX;
	return github_each(g, path, NULL, on_pull, s, NULL, e);
}

/* Commits that only a fork has may be unknown to the first question: then by the branch. */
int github_pull_of(struct github *g, const char *head_sha, const char *head_repository, const char *branch,
	struct arena *a, struct github_pull *ret, struct err *e)
{
	struct search s = {.head_sha = head_sha, .head_repository = head_repository, .branch = branch, .arena = a};
	struct err trouble = {0};
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_add_text(&path, "/repos/{repo}/commits/");
	path_add_escaped(&path, head_sha);
	buf_add_text(&path, "/pulls");
	int rc = search(g, buf_text(&path), &s, &trouble);
	bool unknown = rc < 0 && trouble.code != ERR_NETWORK && trouble.code != ERR_BUSY && trouble.code != ERR_AUTH;
	const char *slash = head_repository ? strchr(head_repository, '/') : NULL;
	if ((rc == 0 || unknown) && !s.best.number && branch && slash) {
		BUF_AUTO head = buf_new(GITHUB_URL_MAX);
		buf_add(&head, head_repository, (size_t)(slash - head_repository));
		buf_addf(&head, ":%s", branch);
		buf_clear(&path);
		buf_add_text(&path, "/repos/{repo}/pulls?state=open&head=");
		path_add_escaped(&path, buf_text(&head));
		rc = search(g, buf_text(&path), &s, &trouble);
		unknown = false;
	}
	if (rc < 0 && !unknown) {
		if (e)
			*e = trouble;
		return -1;
	}
	*ret = s.best;
	return 0;
}

/* ---- the sticky comment -------------------------------------------------------------------------------------- */

static int login_of_user(struct github *g, char **ret, struct err *e)
{
	struct github_answer a;
	int rc = github_call(g, "GET", "/user", NULL, &a, e);
	const char *login = rc == 0 ? json_text(a.json, "login") : NULL;
	if (rc == 0 && !login)
		rc = err_set(e, ERR_NETWORK, "GitHub does not say who the token belongs to");
	*ret = mem_text(login);
	github_answer_done(&a);
	return rc;
}

static int login_of_viewer(struct github *g, char **ret, struct err *e)
{
	cJSON *data = NULL;
	if (github_graphql(g, "query { viewer { login } }", NULL, &data, e) < 0)
		return -1;
	const char *login = json_text(json_get(data, "viewer"), "login");
	BUF_AUTO full = buf_new(BUF_LINE);
	/* what is "app[bot]" in REST is "app" in some answers of GraphQL */
	buf_addf(&full, "%s%s", login ? login : "", view_ends(view_of(login), "[bot]") ? "" : "[bot]");
	*ret = login ? buf_take(&full) : NULL;
	cJSON_Delete(data);
	return login ? 0 : err_set(e, ERR_NETWORK, "GitHub does not say who the token belongs to");
}

/* A job's token may not ask /user, and looks like any App's; GraphQL tells both who they are. */
static int find_login(struct github *g, struct err *e)
{
	enum github_token kind = github_token_kind(g);
	struct err first = {0};
	if (g->login)
		return 0;
	if (g->app)
		return app_login(g, &g->login, e);
	if (kind != GITHUB_ACTIONS_TOKEN && kind != GITHUB_APP_TOKEN)
		return login_of_user(g, &g->login, e);
	if (login_of_viewer(g, &g->login, &first) == 0)
		return 0;
	if (first.code == ERR_NETWORK || first.code == ERR_BUSY || kind != GITHUB_ACTIONS_TOKEN) {
		if (e)
			*e = first;
		return -1;
	}
	g->login = mem_text("github-actions[bot]");
	return 0;
}

static struct view without_bot(struct view login)
{
	return view_ends(login, "[bot]") ? view_sub(login, 0, login.n - strlen("[bot]")) : login;
}

/* A person and an App may have the same name, but for "[bot]". */
static bool is_by(const cJSON *user, const char *login)
{
	struct view theirs = view_of(json_text(user, "login")), ours = view_of(login);
	return theirs.n && is_bot(user) == view_ends(ours, "[bot]") &&
	       view_eq_nocase(without_bot(theirs), without_bot(ours));
}

struct comment {
	const char *marker, *login;
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
	if (!body || !view_starts(view_of(body), c->marker) || !is_by(json_get(item, "user"), c->login))
		return true;
	c->id = json_int(item, "id", 0);
	c->text = mem_text(body);
	c->url = mem_text(json_text(item, "html_url"));
	return false;
}

static int find_comment(struct github *g, int number, const char *marker, struct comment *ret, struct err *e)
{
	*ret = (struct comment){.marker = marker};
	if (find_login(g, e) < 0)
		return -1;
	ret->login = g->login;
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_addf(&path, "/repos/{repo}/issues/%d/comments", number);
	return github_each(g, buf_text(&path), NULL, on_comment, ret, NULL, e);
}

int github_comment_find(struct github *g, int number, const char *marker, char **ret_text, struct err *e)
{
	struct comment c;
	int rc = find_comment(g, number, marker, &c, e);
	if (rc == 0) {
		*ret_text = c.text;
		c.text = NULL;
	}
	comment_done(&c);
	return rc;
}

static int write_comment(struct github *g, int number, int64_t id_or_0, const char *text, char **ret_url, struct err *e)
{
	struct github_answer a;
	JSON_AUTO *body = json_object();
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	json_add_text(body, "body", text);
	if (id_or_0)
		buf_addf(&path, "/repos/{repo}/issues/comments/%" PRId64, id_or_0);
	else
		buf_addf(&path, "/repos/{repo}/issues/%d/comments", number);
	int rc = github_call(g, id_or_0 ? "PATCH" : "POST", buf_text(&path), body, &a, e);
	if (rc == 0 && ret_url)
		*ret_url = mem_text(json_text(a.json, "html_url"));
	github_answer_done(&a);
	return rc;
}

/* GitHub stores line ends as they come, and cuts blanks at the end. */
static bool same_text(const char *a, const char *b)
{
	return a && view_eq(view_trim_right(view_of(a)), view_trim_right(view_of(b)));
}

/* After a lost answer the next round looks whether the comment is there by now. */
int github_comment_put(struct github *g, int number, const char *marker, const char *text, bool only_update,
	char **ret_url, struct err *e)
{
	int rc = -1;
	struct err trouble = {0};
	if (ret_url)
		*ret_url = NULL;
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		struct comment c;
		rc = find_comment(g, number, marker, &c, &trouble);
		bool there = rc == 0 && c.id;
		bool done = rc < 0 || same_text(c.text, text) || (!there && only_update);
		if (rc == 0 && done && ret_url) {
			*ret_url = c.url;
			c.url = NULL;
		}
		if (!done)
			rc = write_comment(g, number, c.id, text, ret_url, &trouble);
		comment_done(&c);
		if (done || rc == 0 || !g->lost)
			break;
	}
	if (rc < 0 && e)
		*e = trouble;
	return rc;
}
