#include "github/pulls.h"

#include "github/internal.h"

#define LABELS_MAX 100
#define PULLS_SEEN_MAX 300u /* of one commit or branch */

bool user_is_bot(const cJSON *user)
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

void pulls_read(const cJSON *j, struct arena *a, struct github_pull *ret)
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
		.author_is_bot = user_is_bot(user),
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
		pulls_read(answer.json, a, ret);
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
	pulls_read(item, s->arena, &p);
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
