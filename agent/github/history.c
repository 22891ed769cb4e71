/* Branches and commits as they are. */
#include "github/refs.h"

#include "github/internal.h"

#define PARENTS_MAX 64u

/* ---- branches ------------------------------------------------------------------------------------------------ */

/* Rules that a commit on top, signed by GitHub, keeps. */
static bool is_harmless(const char *type)
{
	static const char *const harmless[] = {"creation", "deletion", "non_fast_forward", "required_linear_history",
		"required_signatures", "branch_name_pattern", "tag_name_pattern", "copilot_code_review"};
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
		if (!strcmp(type, harmless[i]))
			return true;
	return false;
}

static bool on_rule(void *context, const cJSON *item)
{
	const char *type = json_text(item, "type");
	bool *hinders = context;
	*hinders = type && !is_harmless(type);
	return !*hinders;
}

/* Servers without rulesets and tokens that may not read them are no error: what is left is the branch's own word. */
static int look_at_rules(struct github *g, const char *name, bool *ret_hinders, struct err *e)
{
	struct err trouble = {0};
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_add_text(&path, "/repos/{repo}/rules/branches/");
	path_add_name(&path, name);
	*ret_hinders = false;
	if (github_each(g, buf_text(&path), NULL, on_rule, ret_hinders, NULL, &trouble) == 0)
		return 0;
	if (trouble.code == ERR_NOT_FOUND || trouble.code == ERR_AUTH)
		return 0;
	if (e)
		*e = trouble;
	return -1;
}

int github_branch_get(struct github *g, const char *name, struct arena *a, struct github_branch *ret, struct err *e)
{
	struct github_answer answer;
	bool hinders = false;
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_add_text(&path, "/repos/{repo}/branches/");
	path_add_name(&path, name);
	int rc = github_call(g, "GET", buf_text(&path), NULL, &answer, e);
	const char *sha = json_text(json_get(answer.json, "commit"), "sha");
	if (rc == 0 && !sha)
		rc = err_set(e, ERR_NETWORK, "GitHub's answer is no branch");
	if (rc == 0)
		*ret = (struct github_branch){.name = arena_text(a, name),
			.sha = arena_text(a, sha),
			.is_protected = json_bool(answer.json, "protected", false)};
	github_answer_done(&answer);
	if (rc == 0 && !ret->is_protected && (rc = look_at_rules(g, name, &hinders, e)) == 0)
		ret->is_protected = hinders;
	return rc;
}

/* ---- commits ------------------------------------------------------------------------------------------------- */

static int64_t time_of(const cJSON *j)
{
	int64_t t;
	return clock_parse(view_of(json_text(j, "date")), &t) ? t : CLOCK_UNKNOWN;
}

static const char *const *parents_of(const cJSON *j, struct arena *a)
{
	const cJSON *all = json_get(j, "parents"), *one;
	int n = cJSON_GetArraySize(all);
	size_t room = n > 0 ? (size_t)n : 0, count = 0;
	if (room > PARENTS_MAX)
		room = PARENTS_MAX;
	const char **list = arena_array(a, room + 1, sizeof *list);
	cJSON_ArrayForEach (one, all) {
		const char *sha = json_keep(a, one, "sha");
		if (sha && count < room)
			list[count++] = sha;
	}
	return list;
}

static void read_commit(const cJSON *j, struct arena *a, struct github_commit *ret)
{
	const cJSON *inner = json_get(j, "commit"), *committer = json_get(inner, "committer");
	*ret = (struct github_commit){
		.sha = json_keep(a, j, "sha"),
		.tree = json_keep(a, json_get(inner, "tree"), "sha"),
		.message = json_keep(a, inner, "message"),
		.author_login = json_keep(a, json_get(j, "author"), "login"),
		.author_email = json_keep(a, json_get(inner, "author"), "email"),
		.committer_login = json_keep(a, json_get(j, "committer"), "login"),
		.parents = parents_of(j, a),
		.at = time_of(committer),
		.verified = json_bool(json_get(inner, "verification"), "verified", false),
	};
}

bool github_commit_is_untouched(const struct github_commit *c)
{
	if (c->committer_login && !strcmp(c->committer_login, "web-flow"))
		return true;
	if (!c->author_login || !c->committer_login)
		return !c->author_login && !c->committer_login;
	return !strcmp(c->author_login, c->committer_login);
}

int github_commit_get(struct github *g, const char *sha, struct arena *a, struct github_commit *ret, struct err *e)
{
	struct github_answer answer;
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_add_text(&path, "/repos/{repo}/commits/");
	path_add_escaped(&path, sha);
	buf_add_text(&path, "?per_page=1"); /* of its files, which are not wanted */
	int rc = github_call(g, "GET", buf_text(&path), NULL, &answer, e);
	if (rc < 0 && answer.status == 422 && e)
		e->code = ERR_NOT_FOUND;
	if (rc == 0 && (!json_text(answer.json, "sha") || !json_get(answer.json, "commit")))
		rc = err_set(e, ERR_NETWORK, "GitHub's answer is no commit");
	if (rc == 0)
		read_commit(answer.json, a, ret);
	github_answer_done(&answer);
	return rc;
}

struct commits {
	bool (*each)(void *context, const struct github_commit *c);
	void *context;
	unsigned left;
};

static bool on_commit(void *context, const cJSON *item)
{
	struct commits *l = context;
	struct github_commit c;
	ARENA_AUTO a = {0};
	read_commit(item, &a, &c);
	if (!c.sha)
		return true;
	return l->each(l->context, &c) && --l->left;
}

int github_commits(struct github *g, const char *sha_or_branch, unsigned limit,
	bool (*each)(void *context, const struct github_commit *c), void *context, struct err *e)
{
	struct commits l = {each, context, limit ? limit : UINT32_MAX};
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_add_text(&path, "/repos/{repo}/commits?sha=");
	path_add_escaped(&path, sha_or_branch);
	return github_each(g, buf_text(&path), NULL, on_commit, &l, NULL, e);
}

int github_pull_commits(struct github *g, int number, bool (*each)(void *context, const struct github_commit *c),
	void *context, struct err *e)
{
	struct commits l = {each, context, UINT32_MAX};
	BUF_AUTO path = buf_new(GITHUB_URL_MAX);
	buf_addf(&path, "/repos/{repo}/pulls/%d/commits", number);
	return github_each(g, buf_text(&path), NULL, on_commit, &l, NULL, e);
}
