/* Fixes that were merged, and that a person took back since: the default branch tells. */
#include "cmd/followed.h"

#define LOOK_BACK (30 * CLOCK_DAY)

struct reverts {
	struct following *f;
	const char *shas[FOLLOWED_COMMITS_MAX];
	int64_t at[FOLLOWED_COMMITS_MAX];
	size_t count;
	int64_t from;
};

static bool on_commit(void *context, const struct github_commit *c)
{
	struct reverts *r = context;
	struct delivery_trailers t;
	delivery_trailers(&t, view_of(c->message));
	if (t.reverts.n && r->count < FOLLOWED_COMMITS_MAX) {
		r->shas[r->count] = arena_view(r->f->arena, t.reverts).p;
		r->at[r->count++] = c->at;
	}
	return c->at >= r->from;
}

static bool take_back(struct following *f, const struct github_commit *c, int64_t at)
{
	struct delivery_trailers t;
	struct err why;
	delivery_trailers(&t, view_of(c->message));
	if (!t.ours || !t.fixer.n || !t.signature.n)
		return false;
	if (store_record_outcome(f->store, arena_view(f->arena, t.signature).p, arena_view(f->arena, t.fixer).p, c->sha,
		    OUTCOME_REVERTED, at, &why) < 0)
		following_note(f, "That a fix was reverted is not recorded: %s", why.text);
	return true;
}

/* The commit itself, or what it merged. */
static void look_at(struct following *f, const char *sha, int64_t at)
{
	struct github_commit c, merged;
	struct err why;
	struct github *g = f->remote->github;
	if (github_commit_get(g, sha, f->arena, &c, &why) < 0 || take_back(f, &c, at) || !c.parents || !c.parents[0] ||
		!c.parents[1])
		return;
	if (github_commit_get(g, c.parents[1], f->arena, &merged, &why) == 0)
		take_back(f, &merged, at);
}

int followed_reverts(struct following *f, struct err *e)
{
	struct reverts r = {.f = f, .from = clock_now() - LOOK_BACK};
	if (!f->store || f->dry_run || !f->default_branch)
		return 0;
	if (github_commits(f->remote->github, f->default_branch, FOLLOWED_COMMITS_MAX, on_commit, &r, e) < 0)
		return -1;
	for (size_t i = 0; i < r.count; i++)
		look_at(f, r.shas[i], r.at[i]);
	return 0;
}
