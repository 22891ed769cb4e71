/* Pull requests of our own: opened, changed, closed. */
#include "github/reviews.h"

#include "github/internal.h"

#define STATES_MAX 300u /* pull requests of one branch */
#define NAMES_MAX 20u   /* labels or reviewers that are asked for one by one */

void pulls_add_head(struct buf *b, const struct github *g, const char *branch)
{
	BUF_AUTO head = buf_new(GITHUB_URL_MAX);
	struct view repository = view_of(g->repository);
	buf_add_view(&head, view_sub(repository, 0, view_find_char(repository, '/')));
	buf_addf(&head, ":%s", branch);
	path_add_escaped(b, buf_text(&head));
}

/* ---- finding ------------------------------------------------------------------------------------------------- */

static bool is_own(const struct github *g, const struct github_pull *p, const char *branch)
{
	return p->number && p->head_branch && !strcmp(p->head_branch, branch) && p->head_repository && g->repository &&
	       view_eq_nocase(view_of(p->head_repository), view_of(g->repository));
}

struct open_pull {
	struct github *g;
	const struct github_pull_wish *wish;
	struct arena *arena;
	struct github_pull pull;
	const char *title, *body;
};

/* GitHub leaves out a filter that it does not understand: each is looked at. */
static bool on_open(void *context, const cJSON *item)
{
	struct open_pull *o = context;
	struct github_pull p;
	pulls_read(item, o->arena, &p);
	if (!is_own(o->g, &p, o->wish->head_branch) || !p.base_branch ||
		strcmp(p.base_branch, o->wish->base_branch) != 0 || !p.state || strcmp(p.state, "open") != 0)
		return true;
	o->pull = p;
	o->title = json_keep(o->arena, item, "title");
	o->body = json_keep(o->arena, item, "body");
	return false;
}

static int find_open(struct open_pull *o, struct err *e)
{
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	o->pull.number = 0;
	buf_add_text(&path, "/repos/{repo}/pulls?state=open&base=");
	path_add_escaped(&path, o->wish->base_branch);
	buf_add_text(&path, "&head=");
	pulls_add_head(&path, o->g, o->wish->head_branch);
	return github_each(o->g, buf_text(&path), NULL, on_open, o, NULL, e);
}

/* ---- opening and changing ------------------------------------------------------------------------------------ */

static bool says(const struct github_answer *a, const char *part)
{
	BUF_AUTO text = buf_new(BUF_PAGE);
	if (a->status != 422 || !a->json)
		return false;
	json_print(&text, a->json);
	return view_has(buf_view(&text), part);
}

static int take(struct open_pull *o, const struct github_answer *a, struct err *e)
{
	pulls_read(a->json, o->arena, &o->pull);
	return o->pull.number ? 0 : err_set(e, ERR_NETWORK, "GitHub's answer is no pull request");
}

/* 1: there is one by now (somebody was faster), 0 opened, -1 */
static int open_one(struct open_pull *o, bool draft, bool *ret_no_drafts, struct err *e)
{
	struct github_answer a;
	JSON_AUTO *body = json_object();
	json_add_text(body, "title", o->wish->title);
	json_add_text(body, "head", o->wish->head_branch);
	json_add_text(body, "base", o->wish->base_branch);
	json_add_text(body, "body", o->wish->body ? o->wish->body : "");
	json_add_bool(body, "draft", draft);
	int rc = github_call(o->g, "POST", "/repos/{repo}/pulls", body, &a, e);
	if (rc == 0)
		rc = take(o, &a, e);
	else if (says(&a, "already exists"))
		rc = 1;
	*ret_no_drafts = rc < 0 && draft && says(&a, "raft pull requests are not supported");
	github_answer_done(&a);
	return rc;
}

static int change(struct open_pull *o, struct err *e)
{
	struct github_answer a;
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	JSON_AUTO *body = json_object();
	const char *text = o->wish->body ? o->wish->body : "";
	if (!self_same_text(o->title, o->wish->title))
		json_add_text(body, "title", o->wish->title);
	if (!self_same_text(o->body ? o->body : "", text))
		json_add_text(body, "body", text);
	if (!body->child)
		return 0;
	buf_addf(&path, "/repos/{repo}/pulls/%d", o->pull.number);
	int rc = github_call(o->g, "PATCH", buf_text(&path), body, &a, e);
	if (rc == 0)
		rc = take(o, &a, e);
	github_answer_done(&a);
	return rc;
}

static int settle(struct open_pull *o, bool *ret_made, struct err *e)
{
	int rc = -1;
	bool draft = o->wish->draft, no_drafts, tried = false;
	*ret_made = false;
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		if (find_open(o, e) < 0)
			return -1;
		if (o->pull.number) {
			*ret_made = tried;
			rc = change(o, e);
		} else if (o->wish->only_update) {
			return err_set(e, ERR_BUSY, "the pull request is no longer open");
		} else {
			rc = open_one(o, draft, &no_drafts, e);
			*ret_made = rc == 0;
			if (no_drafts) {
				draft = false;
				continue;
			}
			tried = tried || o->g->lost;
			if (rc > 0) {
				rc = err_set(e, ERR_BUSY, "GitHub says that the pull request is there, and shows none");
				continue;
			}
		}
		if (rc == 0 || !o->g->lost)
			break;
	}
	return rc;
}

/* ---- labels and reviewers ------------------------------------------------------------------------------------ */

/* Asking twice for what is there does no harm. */
static int post_again(struct github *g, const char *path, const cJSON *body, struct err *e)
{
	int rc = -1;
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		struct github_answer a;
		rc = github_call(g, "POST", path, body, &a, e);
		github_answer_done(&a);
		if (rc == 0 || !g->lost)
			break;
	}
	return rc;
}

static int post_labels(struct github *g, int number, const char *const *names, size_t n, struct err *e)
{
	JSON_AUTO *body = json_object();
	cJSON *list = json_array();
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_addf(&path, "/repos/{repo}/issues/%d/labels", number);
	for (size_t i = 0; i < n; i++)
		json_append_text(list, names[i]);
	json_add(body, "labels", list);
	return post_again(g, buf_text(&path), body, e);
}

/* "name" is a person, "organisation/name" a team. */
static int post_reviewers(struct github *g, int number, const char *const *names, size_t n, struct err *e)
{
	JSON_AUTO *body = json_object();
	cJSON *people = json_array(), *teams = json_array();
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_addf(&path, "/repos/{repo}/pulls/%d/requested_reviewers", number);
	for (size_t i = 0; i < n; i++) {
		const char *slash = strchr(names[i], '/');
		json_append_text(slash ? teams : people, slash ? slash + 1 : names[i]);
	}
	json_add(body, "reviewers", people);
	json_add(body, "team_reviewers", teams);
	return post_again(g, buf_text(&path), body, e);
}

typedef int post_names(struct github *g, int number, const char *const *names, size_t n, struct err *e);

/* One that GitHub does not take spoils the whole request: then one by one. */
static void set_names(
	struct open_pull *o, const char *what, post_names *post, const char *const *names, struct buf *note)
{
	size_t n = 0;
	struct err trouble = {0};
	while (names && names[n] && n < NAMES_MAX)
		n++;
	if (!n || post(o->g, o->pull.number, names, n, &trouble) == 0)
		return;
	bool one_by_one = trouble.code == ERR_INPUT && n > 1;
	for (size_t i = 0; i < n && one_by_one; i++)
		if (post(o->g, o->pull.number, names + i, 1, &trouble) < 0)
			buf_addf(note, "%s%s %.100s: %.300s", note->n ? "; " : "", what, names[i], trouble.text);
	if (!one_by_one)
		buf_addf(note, "%s%s: %.300s", note->n ? "; " : "", what, trouble.text);
}

/* Only on what was made now: whom a person took off is not put on again. */
int github_pull_put(struct github *g, const struct github_pull_wish *w, struct arena *a, struct github_pull *ret,
	const char **ret_note, struct err *e)
{
	bool made;
	struct err trouble = {0};
	struct open_pull o = {.g = g, .wish = w, .arena = a};
	BUF_AUTO note = buf_new(BUF_LINE);
	if (settle(&o, &made, &trouble) < 0) {
		if (e)
			*e = trouble;
		return -1;
	}
	if (made) {
		set_names(&o, "label", post_labels, w->labels, &note);
		set_names(&o, "reviewer", post_reviewers, w->reviewers, &note);
	}
	*ret = o.pull;
	if (ret_note)
		*ret_note = note.n ? arena_text(a, buf_text(&note)) : NULL;
	return 0;
}

/* ---- what became of it --------------------------------------------------------------------------------------- */

static int64_t time_of(const cJSON *j, const char *name)
{
	int64_t t;
	return clock_parse(view_of(json_text(j, name)), &t) ? t : CLOCK_UNKNOWN;
}

static void read_state(const cJSON *j, struct arena *a, struct github_pull_state *ret)
{
	struct github_pull p;
	pulls_read(j, a, &p);
	bool merged = json_text(j, "merged_at") || json_bool(j, "merged", false);
	*ret = (struct github_pull_state){
		.number = p.number,
		.open = p.state && !strcmp(p.state, "open"),
		.merged = merged,
		.title = json_keep(a, j, "title"),
		.body = json_keep(a, j, "body"),
		.head_sha = p.head_sha,
		/* of an open one it is the trial merge, which nobody made */
		.merge_sha = merged ? json_keep(a, j, "merge_commit_sha") : NULL,
		.base_branch = p.base_branch,
		.url = p.url,
		.author = p.author,
		.closed_by = json_keep(a, json_get(j, "merged_by"), "login"),
		.labels = p.labels,
		.created = time_of(j, "created_at"),
		.closed = time_of(j, "closed_at"),
	};
}

struct states {
	const struct github *g;
	const char *branch;
	struct arena *arena;
	struct github_pull_state *list;
	size_t n;
};

static bool on_state(void *context, const cJSON *item)
{
	struct states *s = context;
	struct github_pull p;
	pulls_read(item, s->arena, &p);
	if (is_own(s->g, &p, s->branch))
		read_state(item, s->arena, &s->list[s->n++]);
	return s->n < STATES_MAX;
}

int github_pulls_from(struct github *g, const char *head_branch, struct arena *a, struct github_pull_state **ret,
	size_t *ret_n, struct err *e)
{
	struct states s = {.g = g, .branch = head_branch, .arena = a};
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	s.list = arena_array(a, STATES_MAX, sizeof *s.list);
	buf_add_text(&path, "/repos/{repo}/pulls?state=all&sort=created&direction=desc&head=");
	pulls_add_head(&path, g, head_branch);
	if (github_each(g, buf_text(&path), NULL, on_state, &s, NULL, e) < 0)
		return -1;
	*ret = s.list;
	*ret_n = s.n;
	return 0;
}

/* Who closed one without merging it, only the issue behind it tells; not being told is no error. */
static void ask_closed_by(struct github *g, struct arena *a, struct github_pull_state *s)
{
	struct github_answer answer;
	struct err unknown = {0};
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_addf(&path, "/repos/{repo}/issues/%d", s->number);
	if (github_call(g, "GET", buf_text(&path), NULL, &answer, &unknown) == 0)
		s->closed_by = json_keep(a, json_get(answer.json, "closed_by"), "login");
	github_answer_done(&answer);
}

int github_pull_state(struct github *g, int number, struct arena *a, struct github_pull_state *ret, struct err *e)
{
	struct github_answer answer;
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_addf(&path, "/repos/{repo}/pulls/%d", number);
	int rc = github_call(g, "GET", buf_text(&path), NULL, &answer, e);
	if (rc == 0)
		read_state(answer.json, a, ret);
	if (rc == 0 && !ret->number)
		rc = err_set(e, ERR_NETWORK, "GitHub's answer is no pull request");
	github_answer_done(&answer);
	if (rc == 0 && !ret->open && !ret->closed_by)
		ask_closed_by(g, a, ret);
	return rc;
}

static int is_open(struct github *g, int number, struct err *e)
{
	ARENA_AUTO a = {0};
	struct github_pull p;
	if (github_pull_get(g, number, &a, &p, e) < 0)
		return -1;
	return p.state && !strcmp(p.state, "open");
}

static int close_once(struct github *g, int number, struct err *e)
{
	struct github_answer a;
	JSON_AUTO *body = json_object();
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_addf(&path, "/repos/{repo}/pulls/%d", number);
	json_add_text(body, "state", "closed");
	int rc = github_call(g, "PATCH", buf_text(&path), body, &a, e);
	github_answer_done(&a);
	return rc;
}

/* The reason comes first: a pull request that is closed without a word annoys. Where only commenting is refused it is
 * closed all the same. */
int github_pull_close(struct github *g, int number, const char *comment_or_null, struct err *e)
{
	struct err trouble = {0};
	int rc = is_open(g, number, e);
	if (rc <= 0)
		return rc;
	if (comment_or_null &&
		github_comment_put(g, number, comment_or_null, comment_or_null, false, NULL, &trouble) < 0 &&
		trouble.code != ERR_AUTH && trouble.code != ERR_NOT_FOUND) {
		if (e)
			*e = trouble;
		return -1;
	}
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		rc = close_once(g, number, &trouble);
		if (rc == 0 || !g->lost)
			break;
	}
	if (rc < 0 && e)
		*e = trouble;
	return rc;
}
