#include "github/reviews.h"

#include "github/internal.h"

#include <stdlib.h>

#define FILES_MAX 3000u  /* GitHub shows no more */
#define REVIEW_WRITES 6u /* tries to save suggestions from bad ones among them */

/* ---- files --------------------------------------------------------------------------------------------------- */

struct files {
	struct arena *arena;
	struct github_pull_file *list;
	size_t n;
};

static bool on_file(void *context, const cJSON *item)
{
	struct files *f = context;
	const char *path = json_keep(f->arena, item, "filename");
	if (!path)
		return true;
	f->list[f->n++] = (struct github_pull_file){
		path, json_keep(f->arena, item, "status"), json_keep(f->arena, item, "patch")};
	return f->n < FILES_MAX;
}

int github_pull_files(
	struct github *g, int number, struct arena *a, struct github_pull_file **ret, size_t *ret_n, struct err *e)
{
	struct files f = {.arena = a};
	struct err trouble = {0};
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	f.list = arena_array(a, FILES_MAX, sizeof *f.list);
	buf_addf(&path, "/repos/{repo}/pulls/%d/files", number);
	int rc = github_each(g, buf_text(&path), NULL, on_file, &f, NULL, &trouble);
	if (rc < 0 && trouble.code == ERR_INPUT) /* 406, 422: too large for GitHub */
		return err_set(e, ERR_LIMIT, "the pull request is too large for GitHub to show its diff: %.300s",
			trouble.text);
	if (rc < 0 && e)
		*e = trouble;
	if (rc == 0 && f.n == FILES_MAX)
		return err_set(e, ERR_LIMIT, "the pull request changes more files than GitHub lists");
	if (rc == 0) {
		*ret = f.list;
		*ret_n = f.n;
	}
	return rc;
}

/* ---- what stands already ------------------------------------------------------------------------------------- */

struct review {
	struct github *g;
	int number;
	const char *head_sha, *body;
	const struct github_suggestion *list;
	size_t n;
	bool there[GITHUB_SUGGESTIONS_MAX], bad[GITHUB_SUGGESTIONS_MAX];
	bool has_body; /* the text of the review went out */
	unsigned writes, posted, before;
	struct err refused; /* why GitHub did not take one */
};

static bool is_on(const cJSON *item, const char *sha)
{
	const char *now = json_text(item, "commit_id"), *first = json_text(item, "original_commit_id");
	return (now && !strcmp(now, sha)) || (first && !strcmp(first, sha));
}

static bool is_same(const struct github_suggestion *s, const cJSON *item)
{
	const char *path = json_text(item, "path");
	int64_t line = json_int(item, "line", json_int(item, "original_line", 0));
	int64_t first = json_int(item, "start_line", json_int(item, "original_start_line", line));
	return path && !strcmp(path, s->path) && line == s->last && first == s->first &&
	       self_same_text(json_text(item, "body"), s->body);
}

static bool on_comment(void *context, const cJSON *item)
{
	struct review *r = context;
	if (!is_on(item, r->head_sha) || !self_wrote(r->g, item))
		return true;
	for (size_t i = 0; i < r->n; i++) {
		if (!r->there[i] && is_same(&r->list[i], item)) {
			r->there[i] = true;
			break;
		}
	}
	return true;
}

static unsigned count_there(const struct review *r)
{
	unsigned n = 0;
	for (size_t i = 0; i < r->n; i++)
		n += r->there[i];
	return n;
}

static int look(struct review *r, struct err *e)
{
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	memset(r->there, 0, sizeof r->there);
	buf_addf(&path, "/repos/{repo}/pulls/%d/comments", r->number);
	return github_each(r->g, buf_text(&path), NULL, on_comment, r, NULL, e);
}

/* ---- posting ------------------------------------------------------------------------------------------------- */

static bool is_wanted(const struct review *r, size_t i)
{
	return !r->there[i] && !r->bad[i];
}

static void add_suggestion(cJSON *comments, const struct github_suggestion *s)
{
	cJSON *one = json_object();
	json_add_text(one, "path", s->path);
	json_add_text(one, "body", s->body);
	json_add_int(one, "line", s->last);
	json_add_text(one, "side", "RIGHT");
	if (s->first < s->last) {
		json_add_int(one, "start_line", s->first);
		json_add_text(one, "start_side", "RIGHT");
	}
	json_append(comments, one);
}

/* The wanted ones of from..to in one review. 1: GitHub finds fault with (one of) them */
static int post(struct review *r, size_t from, size_t to, struct err *e)
{
	struct github_answer a;
	JSON_AUTO *body = json_object();
	cJSON *comments = json_array();
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_addf(&path, "/repos/{repo}/pulls/%d/reviews", r->number);
	json_add_text(body, "commit_id", r->head_sha);
	json_add_text(body, "event", "COMMENT");
	if (r->body && !r->has_body)
		json_add_text(body, "body", r->body);
	for (size_t i = from; i < to; i++)
		if (is_wanted(r, i))
			add_suggestion(comments, &r->list[i]);
	json_add(body, "comments", comments);
	r->writes++;
	int rc = github_call(r->g, "POST", buf_text(&path), body, &a, e);
	if (rc < 0 && a.status == 422)
		rc = 1;
	github_answer_done(&a);
	r->has_body = r->has_body || rc == 0;
	for (size_t i = from; i < to && rc == 0; i++)
		if (is_wanted(r, i))
			r->there[i] = true;
	return rc;
}

static size_t count_wanted(const struct review *r, size_t from, size_t to)
{
	size_t n = 0;
	for (size_t i = from; i < to; i++)
		n += is_wanted(r, i);
	return n;
}

static int post_range(struct review *r, size_t from, size_t to, struct err *e);

/* Until the bad ones are alone, as long as there are tries left. */
static int post_halves(struct review *r, size_t from, size_t to, struct err *e)
{
	size_t middle = from, half = count_wanted(r, from, to) / 2;
	if (!half)
		return 0;
	for (; half; middle++)
		half -= is_wanted(r, middle);
	int rc = post_range(r, from, middle, e);
	return rc < 0 ? rc : post_range(r, middle, to, e);
}

static int post_range(struct review *r, size_t from, size_t to, struct err *e)
{
	struct err trouble = {0};
	if (!count_wanted(r, from, to) || r->writes >= REVIEW_WRITES)
		return 0;
	int rc = post(r, from, to, &trouble);
	if (rc > 0) {
		r->refused = trouble;
		return post_halves(r, from, to, e);
	}
	if (rc < 0 && e)
		*e = trouble;
	return rc;
}

/* ---- lines that the diff does not show ----------------------------------------------------------------------- */

/* "@@ -a,b +c,d @@": the lines of the new side. */
static bool read_hunk(struct view line, unsigned *first, unsigned *count)
{
	uint64_t at = 0, n = 1;
	size_t plus = view_find(line, " +");
	if (!view_starts(line, "@@ -") || plus == VIEW_NONE)
		return false;
	struct view rest = view_from(line, plus + 2);
	rest = view_sub(rest, 0, view_find_char(rest, ' '));
	size_t comma = view_find_char(rest, ',');
	if (!view_number(view_sub(rest, 0, comma), UINT32_MAX, &at))
		return false;
	if (comma != VIEW_NONE && !view_number(view_from(rest, comma + 1), UINT32_MAX, &n))
		return false;
	*first = (unsigned)at;
	*count = (unsigned)n;
	return true;
}

static bool patch_shows(const char *patch, const struct github_suggestion *s)
{
	struct view rest = view_of(patch), line;
	while (view_next(&rest, '\n', &line)) {
		unsigned first, count;
		if (read_hunk(line, &first, &count) && s->first >= first && s->last - first < count)
			return true;
	}
	return false;
}

/* Not being told what the diff shows is no error: then GitHub's own word counts. */
static int mark_bad(struct review *r, struct err *e)
{
	ARENA_AUTO a = {0};
	struct github_pull_file *files = NULL;
	size_t n = 0;
	struct err trouble = {0};
	if (github_pull_files(r->g, r->number, &a, &files, &n, &trouble) < 0) {
		if (trouble.code == ERR_LIMIT || trouble.code == ERR_AUTH)
			return 0;
		if (e)
			*e = trouble;
		return -1;
	}
	for (size_t i = 0; i < r->n; i++) {
		bool shown = false;
		for (size_t k = 0; k < n && !shown; k++)
			shown = !strcmp(files[k].path, r->list[i].path) && files[k].patch &&
				patch_shows(files[k].patch, &r->list[i]);
		r->bad[i] = !shown;
	}
	return 0;
}

/* ---- all of it ----------------------------------------------------------------------------------------------- */

static int check(const struct github_suggestion *list, size_t n, struct err *e)
{
	if (n > GITHUB_SUGGESTIONS_MAX)
		return err_set(
			e, ERR_LIMIT, "%zu suggestions are more than the %u of one review", n, GITHUB_SUGGESTIONS_MAX);
	for (size_t i = 0; i < n; i++)
		if (!list[i].first || list[i].last < list[i].first)
			return err_set(e, ERR_USAGE, "lines %u to %u are none", list[i].first, list[i].last);
	return 0;
}

static int still_at(struct github *g, int number, const char *head_sha, struct err *e)
{
	ARENA_AUTO a = {0};
	struct github_pull p;
	if (github_pull_get(g, number, &a, &p, e) < 0)
		return -1;
	if (!p.head_sha || strcmp(p.head_sha, head_sha) != 0)
		return err_set(e, ERR_BUSY, "the pull request has moved on to another commit");
	return 0;
}

static int post_all(struct review *r, struct err *e)
{
	size_t wanted = count_wanted(r, 0, r->n);
	int rc = post(r, 0, r->n, &r->refused);
	if (rc < 0 && e)
		*e = r->refused;
	if (rc <= 0)
		return rc;
	if (mark_bad(r, e) < 0)
		return -1;
	return count_wanted(r, 0, r->n) < wanted ? post_range(r, 0, r->n, e) : post_halves(r, 0, r->n, e);
}

static int settle(struct review *r, struct err *e)
{
	int rc = -1;
	for (unsigned round = 0; round < GITHUB_TRIES; round++) {
		if (look(r, e) < 0)
			return -1;
		if (!round)
			r->before = count_there(r);
		if (!count_wanted(r, 0, r->n))
			return 0;
		if (!round && still_at(r->g, r->number, r->head_sha, e) < 0)
			return -1;
		rc = post_all(r, e);
		if (rc == 0 || !r->g->lost)
			break;
	}
	return rc;
}

int github_review_put(struct github *g, int number, const char *head_sha, const char *body,
	const struct github_suggestion *list, size_t n, unsigned *ret_posted, unsigned *ret_there, struct err *e)
{
	struct review r = {.g = g, .number = number, .head_sha = head_sha, .body = body, .list = list, .n = n};
	struct err trouble = {0};
	*ret_posted = *ret_there = 0;
	if (check(list, n, e) < 0)
		return -1;
	int rc = self_find(g, &trouble);
	if (rc == 0)
		rc = settle(&r, &trouble);
	unsigned now = count_there(&r);
	*ret_there = r.before;
	*ret_posted = now > r.before ? now - r.before : 0;
	if (rc == 0 && n && !now)
		rc = err_set(&trouble, ERR_INPUT, "%s", r.refused.text);
	if (rc < 0 && e)
		*e = trouble;
	return rc;
}

/* ---- people -------------------------------------------------------------------------------------------------- */

static enum github_level level_of(const char *name)
{
	static const struct {
		const char *name;
		enum github_level level;
	} levels[] = {{"admin", GITHUB_LEVEL_WRITE}, {"maintain", GITHUB_LEVEL_WRITE}, {"write", GITHUB_LEVEL_WRITE},
		{"triage", GITHUB_LEVEL_READ}, {"read", GITHUB_LEVEL_READ}, {"none", GITHUB_LEVEL_NONE}};
	for (size_t i = 0; name && i < sizeof levels / sizeof *levels; i++)
		if (!strcmp(name, levels[i].name))
			return levels[i].level;
	return GITHUB_LEVEL_UNKNOWN;
}

/* `permission` is the base of a role of one's own, whose name says nothing. */
int github_permission_of(struct github *g, const char *login, enum github_level *ret, struct err *e)
{
	struct github_answer a;
	struct err trouble = {0};
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_add_text(&path, "/repos/{repo}/collaborators/");
	path_add_escaped(&path, login);
	buf_add_text(&path, "/permission");
	int rc = github_call(g, "GET", buf_text(&path), NULL, &a, &trouble);
	if (rc == 0) {
		enum github_level held = level_of(json_text(a.json, "permission"));
		*ret = held ? held : level_of(json_text(a.json, "role_name"));
	} else if (trouble.code == ERR_NOT_FOUND) {
		*ret = GITHUB_LEVEL_NONE;
		rc = 0;
	} else if (e) {
		*e = trouble;
	}
	github_answer_done(&a);
	return rc;
}
