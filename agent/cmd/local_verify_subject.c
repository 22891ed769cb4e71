/* What is to be trusted: which commit, which tree, for which branches; and where its results may stand. */
#include "cmd/local_verify.h"

#include "github/pulls.h"
#include "github/repos.h"

#include <string.h>

static void add_base(struct verifying *v, const char *branch)
{
	for (size_t i = 0; i < v->base_count; i++)
		if (!branch || strcmp(v->bases[i], branch) == 0)
			return;
	if (branch && v->base_count < LOCAL_BASES_MAX)
		v->bases[v->base_count++] = branch;
}

static void add_candidate(struct verifying *v, const char *commit, const char *repository)
{
	for (size_t i = 0; i < v->candidate_count; i++) {
		const struct verify_candidate *c = &v->candidates[i];

		if (strcmp(c->commit, commit) == 0 &&
			strcmp(c->repository ? c->repository : "", repository ? repository : "") == 0)
			return;
	}
	if (v->candidate_count < LOCAL_CANDIDATES_MAX)
		v->candidates[v->candidate_count++] = (struct verify_candidate){commit, repository};
}

static const char *if_fork(const struct verifying *v, const struct github_pull *pull)
{
	const char *head = pull->head_repository;

	return head && !view_eq_nocase(view_of(head), view_of(v->remote->repository)) ? head : NULL;
}

/* ---- a commit, a pull request ----------------------------------------------------------------------------------- */

struct open_pulls {
	struct verifying *v;
	bool more;
};

/* A check run belongs to the commit, so every pull request with this head sees it: all their bases must agree. */
static bool on_pull(void *context, const cJSON *item)
{
	struct open_pulls *o = context;
	struct verifying *v = o->v;
	const cJSON *head = json_get(item, "head"), *base = json_get(item, "base");
	const char *sha = json_text(head, "sha"), *ref = json_text(base, "ref"), *state = json_text(item, "state");
	const char *home = json_text(json_get(base, "repo"), "full_name");

	if (!sha || !ref || strcmp(sha, v->sha) != 0 || (state && strcmp(state, "open") != 0) ||
		(home && !view_eq_nocase(view_of(home), view_of(v->remote->repository))))
		return true;
	o->more = v->base_count == LOCAL_BASES_MAX;
	add_base(v, arena_text(&v->arena, ref));
	return !o->more;
}

static int add_all_bases(struct verifying *v, struct err *e)
{
	struct open_pulls o = {v, false};
	const char *path = arena_format(&v->arena, "/repos/{repo}/commits/%s/pulls", v->sha);

	if (github_each(v->remote->github, path, NULL, on_pull, &o, NULL, e) < 0)
		return -1;
	return o.more ? err_set(e, ERR_LIMIT, "more than %u pull requests have this head", LOCAL_BASES_MAX) : 0;
}

/* Without a pull request: the branch that is at this commit. */
static void add_branch_at(struct verifying *v, const char *branch)
{
	struct github_branch there;
	struct err e;

	if (branch && github_branch_get(v->remote->github, branch, &v->arena, &there, &e) == 0 && there.sha &&
		strcmp(there.sha, v->sha) == 0)
		add_base(v, there.name);
}

static int find_pull(struct verifying *v, struct github_pull *ret, struct err *e)
{
	const struct verify_wish *w = v->wish;
	struct github *g = v->remote->github;

	*ret = (struct github_pull){0};
	if (w->pull)
		return github_pull_get(g, w->pull, &v->arena, ret, e);
	return github_pull_of(g, w->sha, NULL, NULL, &v->arena, ret, e);
}

static int of_commit(struct verifying *v, struct err *e)
{
	struct github_pull pull;

	if (find_pull(v, &pull, e) < 0)
		return -1;
	v->sha = v->wish->sha ? v->wish->sha : pull.head_sha;
	if (!v->sha)
		return err_set(e, ERR_NETWORK, "GitHub does not say which commit is the head");
	v->pull = pull.number;
	if (pull.number) {
		v->head_repository = if_fork(v, &pull);
		add_base(v, pull.base_branch);
	}
	add_candidate(v, v->sha, NULL);
	if (v->head_repository)
		add_candidate(v, v->sha, v->head_repository);
	if (add_all_bases(v, e) < 0)
		return -1;
	if (!v->base_count)
		add_branch_at(v, v->wish->ref ? v->wish->ref : v->default_branch);
	return 0;
}

/* ---- a merge group ------------------------------------------------------------------------------------------------
 */

/* "gh-readonly-queue/main/pr-7-<sha>": 7; 0: none. */
static int pull_of_queue(const char *ref)
{
	struct view v = view_of(ref), word;
	size_t slash = view_find_last_char(v, '/');
	struct view last = slash == VIEW_NONE ? v : view_from(v, slash + 1);
	uint64_t n;

	if (!view_starts(last, "pr-"))
		return 0;
	last = view_from(last, strlen("pr-"));
	return view_next(&last, '-', &word) && view_number(word, INT32_MAX, &n) ? (int)n : 0;
}

static bool on_commit(void *context, const struct github_commit *c)
{
	struct verifying *v = context;

	if (v->wish->queue_base && strcmp(c->sha, v->wish->queue_base) == 0)
		return false;
	for (const char *const *parent = c->parents && c->parents[0] ? c->parents + 1 : NULL; parent && *parent;
		parent++)
		add_candidate(v, arena_text(&v->arena, *parent), NULL);
	return v->candidate_count < LOCAL_CANDIDATES_MAX;
}

/* The pull request that the group ends with, and the heads that were merged into it: if one of them has the very tree
 * that the queue would merge, its result is about it. */
static int of_queue(struct verifying *v, struct err *e)
{
	struct github_pull pull;
	int number = pull_of_queue(v->wish->queue_ref);

	v->sha = v->wish->sha;
	add_base(v, v->wish->ref);
	if (number) {
		if (github_pull_get(v->remote->github, number, &v->arena, &pull, e) < 0)
			return -1;
		v->pull = number;
		v->head_repository = if_fork(v, &pull);
		if (pull.head_sha)
			add_candidate(v, pull.head_sha, NULL);
		if (pull.head_sha && v->head_repository)
			add_candidate(v, pull.head_sha, v->head_repository);
	}
	return github_commits(v->remote->github, v->sha, LOCAL_CANDIDATES_MAX, on_commit, v, e);
}

int verify_subject(struct verifying *v, struct err *e)
{
	struct github_commit commit;

	if ((v->wish->queue ? of_queue(v, e) : of_commit(v, e)) < 0)
		return -1;
	if (github_commit_get(v->remote->github, v->sha, &v->arena, &commit, e) < 0)
		return err_wrap(e, "commit %.12s", v->sha);
	if (!commit.sha || strcmp(commit.sha, v->sha) != 0 || !commit.tree)
		return err_set(e, ERR_NETWORK, "GitHub's answer is not about commit %.12s", v->sha);
	v->tree = commit.tree;
	return 0;
}
