/* Which deliveries are open: the history's, and what only branches, pull requests and trailers still tell. */
#include "cmd/followed.h"

#include "base/mem.h"
#include "publish/deliver.h"

#include <stdlib.h>

struct listing {
	struct following *f;
	struct followed *items;
	size_t count, cap;
	int pull;
	const char *branch; /* NULL: all */
	struct err *e;
	bool failed;
};

static struct followed *push(struct listing *l, const struct store_delivery *d, enum delivery_way way)
{
	MEM_PUSH(l->items, l->count, l->cap);
	struct followed *one = &l->items[l->count++];
	*one = (struct followed){.d = *d, .way = way};
	return one;
}

static bool is(const char *text, const char *word)
{
	return text && word && !strcmp(text, word);
}

/* ---- the history ---------------------------------------------------------------------------------------- */

static enum delivery_way way_of(const char *name)
{
	for (enum delivery_way w = DELIVERY_NOWHERE; w <= DELIVERY_BRANCH; w++)
		if (is(name, delivery_way_name(w)))
			return w;
	return DELIVERY_NOWHERE;
}

static bool on_delivery(void *context, const struct store_delivery *d)
{
	struct listing *l = context;
	struct arena *a = l->f->arena;
	if (l->branch && !is(d->branch, l->branch) && !is(d->fix_branch, l->branch))
		return true;
	if (!l->pull && d->at < clock_now() - FOLLOWED_AGE)
		return true;
	struct store_delivery copy = *d;
	copy.repository = arena_text(a, d->repository);
	copy.fixer = arena_text(a, d->fixer);
	copy.rule = arena_text(a, d->rule);
	copy.signature = arena_text(a, d->signature);
	copy.way = arena_text(a, d->way);
	copy.workflow = arena_text(a, d->workflow);
	copy.branch = arena_text(a, d->branch);
	copy.base_sha = arena_text(a, d->base_sha);
	copy.commit = arena_text(a, d->commit);
	copy.fix_branch = arena_text(a, d->fix_branch);
	copy.outcome = arena_text(a, d->outcome);
	push(l, &copy, way_of(copy.way));
	return l->count < FOLLOWED_MAX;
}

static bool is_listed(const struct listing *l, const char *fix_branch, const char *commit)
{
	for (size_t i = 0; i < l->count; i++)
		if (is(l->items[i].d.fix_branch, fix_branch) || is(l->items[i].d.commit, commit))
			return true;
	return false;
}

/* ---- GitHub ---------------------------------------------------------------------------------------------- */

static const char *text_of(struct arena *a, struct view v)
{
	return v.n ? arena_view(a, v).p : NULL;
}

/* The run that was red tells workflow and branch; without it any workflow counts. */
static void recall_run(struct following *f, struct store_delivery *d, struct view url)
{
	struct remote_address address;
	struct github_run run;
	struct err why;
	const char *text = text_of(f->arena, url);
	if (!text || !remote_is_address(text) || remote_address_parse(&address, text, &why) < 0)
		return;
	bool ours = is(address.repository, d->repository);
	free(address.repository);
	if (!ours || !address.run || github_run_get(f->remote->github, address.run, 0, f->arena, &run, &why) < 0)
		return;
	d->run = run.id;
	d->workflow = run.workflow;
	d->branch = run.branch;
}

/* Back into the history, which gives it its number. */
static void recall(struct listing *l, struct store_delivery *d, enum delivery_way way)
{
	struct following *f = l->f;
	struct err why;
	d->way = delivery_way_name(way);
	d->settled_at = CLOCK_UNKNOWN;
	if (f->store && !f->dry_run && store_deliver(f->store, d, &why) < 0)
		following_note(f, "The fix of %s could not be recorded: %s", d->fixer, why.text);
	push(l, d, way);
}

static int add_commit(struct listing *l, const struct github_commit *c, struct store_delivery *d, enum delivery_way way)
{
	struct following *f = l->f;
	struct delivery_trailers t;
	delivery_trailers(&t, view_of(c->message));
	d->repository = f->remote->repository;
	d->fixer = text_of(f->arena, t.fixer);
	d->rule = text_of(f->arena, t.rule);
	d->signature = text_of(f->arena, t.signature);
	d->base_sha = c->parents && c->parents[0] ? arena_text(f->arena, c->parents[0]) : NULL;
	d->commit = arena_text(f->arena, c->sha);
	d->at = c->at;
	if (!d->fixer || !d->base_sha)
		return 0;
	recall_run(f, d, t.run);
	recall(l, d, way);
	return 0;
}

/* A branch of ours: its name, its commit, and the pull request that we opened for it. One without a pull request may
 * be on its way. */
static int add_branch(struct listing *l, const struct github_ref *ref, struct err *e)
{
	struct following *f = l->f;
	struct github *g = f->remote->github;
	const char *name = ref->name + strlen("refs/heads/"), *login;
	struct github_pull_state *pulls;
	struct publish_pull_facts facts;
	struct github_commit c;
	size_t n;
	if (is_listed(l, name, NULL) || (l->branch && strcmp(l->branch, name) != 0))
		return 0;
	if (github_commit_get(g, ref->sha, f->arena, &c, e) < 0 ||
		github_pulls_from(g, name, f->arena, &pulls, &n, e) < 0 || github_login(g, &login, e) < 0)
		return -1;
	if (!followed_wrote(f, &c, false) || (l->pull && (!n || pulls[0].number != l->pull)))
		return 0;
	if (!n && clock_now() - c.at < FOLLOW_STALE_DAYS * CLOCK_DAY)
		return 0;
	if (n && (!pulls[0].author || !view_eq_nocase(view_of(pulls[0].author), view_of(login)) ||
			 !publish_pull_read(&facts, view_of(pulls[0].body))))
		return 0;
	struct store_delivery d = {.fix_branch = name, .pull = n ? pulls[0].number : 0};
	if (n)
		d.branch = pulls[0].base_branch;
	return add_commit(l, &c, &d, DELIVERY_PULL);
}

static int add_branches(struct listing *l, struct err *e)
{
	struct github_ref *refs;
	size_t n;
	if (l->branch ? !view_starts(view_of(l->branch), DELIVERY_BRANCH_PREFIX) : l->pull != 0)
		return 0;
	if (github_refs_list(l->f->remote->github, "refs/heads/" DELIVERY_BRANCH_PREFIX, l->f->arena, &refs, &n, e) < 0)
		return -1;
	for (size_t i = 0; i < n && i < FOLLOWED_BRANCHES_MAX; i++)
		if (add_branch(l, &refs[i], e) < 0 && e->code != ERR_NOT_FOUND)
			return -1;
	return 0;
}

static bool on_commit(void *context, const struct github_commit *c)
{
	struct listing *l = context;
	struct store_delivery d = {.branch = l->branch};
	if (!followed_wrote(l->f, c, false))
		return true;
	if (!is_listed(l, NULL, c->sha))
		l->failed = add_commit(l, c, &d, DELIVERY_BRANCH) < 0;
	return !l->failed;
}

/* Fixes that stand on the branch itself. */
static int add_commits(struct listing *l, struct err *e)
{
	if (!l->branch || view_starts(view_of(l->branch), DELIVERY_BRANCH_PREFIX) ||
		(l->f->default_branch && !strcmp(l->branch, l->f->default_branch)))
		return 0;
	if (github_commits(l->f->remote->github, l->branch, FOLLOWED_COMMITS_MAX, on_commit, l, e) == 0)
		return l->failed ? -1 : 0;
	return e->code == ERR_NOT_FOUND ? 0 : -1; /* the branch of a fork, or gone */
}

bool followed_wrote(struct following *f, const struct github_commit *c, bool known)
{
	struct delivery_trailers t;
	struct err why;
	const char *login;
	delivery_trailers(&t, view_of(c->message));
	if (!t.ours || t.reverts.n)
		return false;
	if (known)
		return true;
	return github_commit_is_untouched(c) && github_login(f->remote->github, &login, &why) == 0 && c->author_login &&
	       view_eq_nocase(view_of(c->author_login), view_of(login));
}

static bool on_recalled(void *context, const struct store_delivery *d)
{
	struct listing *l = context;
	for (size_t i = 0; i < l->count; i++) {
		struct store_delivery *mine = &l->items[i].d;
		if (!mine->id && is(mine->way, d->way) && is(mine->fixer, d->fixer) &&
			is(mine->base_sha, d->base_sha) &&
			(is(mine->signature, d->signature) || (!mine->signature && !d->signature)))
			mine->id = d->id;
	}
	return true;
}

static int read_back(struct listing *l, struct err *e)
{
	struct following *f = l->f;
	size_t before = l->count;
	if (add_branches(l, e) < 0 || (!l->pull && add_commits(l, e) < 0))
		return -1;
	if (l->count == before || !f->store || f->dry_run)
		return 0;
	return store_open_deliveries(f->store, f->remote->repository, 0, NULL, on_recalled, l, e);
}

int followed_list(struct following *f, int pull_or_0, const char *branch_or_null, struct followed **ret, size_t *ret_n,
	struct err *e)
{
	struct listing l = {.f = f, .pull = pull_or_0, .branch = branch_or_null, .e = e};
	int rc = 0;
	if (f->store)
		rc = store_open_deliveries(f->store, f->remote->repository, pull_or_0, NULL, on_delivery, &l, e);
	struct err why;
	if (rc == 0 && read_back(&l, &why) < 0) {
		if (why.code == ERR_INTERRUPTED)
			rc = err_set(e, why.code, "%s", why.text);
		else
			following_note(f, "Earlier fixes could not be read back from GitHub: %s", why.text);
	}
	*ret = arena_array(f->arena, l.count + 1, sizeof **ret);
	if (l.count)
		memcpy(*ret, l.items, l.count * sizeof **ret);
	*ret_n = l.count;
	free(l.items);
	return rc;
}
