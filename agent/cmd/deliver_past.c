/* What was tried before: by the history where there is one, and by what stands on GitHub, since a history can be lost.
 * Of both the larger number counts. */
#include "cmd/deliver_steps.h"

#include "github/repos.h"

#include <string.h>

/* ---- the history ---------------------------------------------------------------------------------------- */

struct open_rows {
	const struct deliver_work *w;
	struct deliver_item *item;
	unsigned same; /* for this very commit */
};

static bool is(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

static bool on_open(void *context, const struct store_delivery *row)
{
	struct open_rows *o = context;
	struct deliver_item *item = o->item;
	if (!is(row->fixer, item->fix->fixer->id) || !is(row->signature, deliver_signature(item)))
		return true;
	o->same += is(row->base_sha, o->w->d->run->head_sha);
	if (is(row->way, delivery_way_name(DELIVERY_PULL)) && row->fix_branch)
		item->elsewhere = arena_text(o->w->d->arena, row->fix_branch);
	return true;
}

/* What was delivered for this very commit is no earlier attempt: the same event may come twice. */
static void ask_history(struct deliver_work *w, size_t i)
{
	struct deliver_item *item = &w->items[i];
	const struct publish_run *r = w->d->run;
	struct store_tried tried = {0};
	struct open_rows open = {.w = w, .item = item};
	struct err why;
	const char *ignored = NULL, *signature = deliver_signature(item);
	if (!w->d->store || !signature)
		return;
	if (store_tried(w->d->store, r->repository, r->branch, item->fix->fixer->id, signature, r->head_sha, &tried,
		    &why) < 0 ||
		store_open_deliveries(w->d->store, r->repository, 0, r->branch, on_open, &open, &why) < 0 ||
		store_is_ignored(w->d->store, signature, clock_now(), w->d->arena, &ignored, &why) < 0)
		deliver_know_too_little(w, "what was tried before", &why);
	w->fixes[i].attempts = tried.attempts > open.same ? tried.attempts - open.same : 0;
	w->fixes[i].pair_failed = tried.pair_failed;
	w->fixes[i].closed_unmerged = tried.closed;
	w->fixes[i].ignored = ignored;
}

/* ---- commits of the branch ------------------------------------------------------------------------------ */

struct past_commit {
	const char *sha, *parent, *reverts;
	struct delivery_trailers trailers;
};

struct past {
	struct deliver_work *w;
	struct past_commit commits[DELIVER_PAST_COMMITS];
	size_t count;
};

static bool on_commit(void *context, const struct github_commit *c)
{
	struct past *p = context;
	struct arena *a = p->w->d->arena;
	struct past_commit *one = &p->commits[p->count];
	if (p->count == DELIVER_PAST_COMMITS)
		return false;
	*one = (struct past_commit){.sha = arena_text(a, c->sha),
		.parent = arena_text(a, c->parents && c->parents[0] ? c->parents[0] : NULL)};
	delivery_trailers(&one->trailers, view_of(arena_text(a, c->message)));
	one->reverts = one->trailers.reverts.n ? arena_view(a, one->trailers.reverts).p : NULL;
	if (one->trailers.ours || one->reverts)
		p->count++;
	return true;
}

static const struct past_commit *find_commit(const struct past *p, const char *sha)
{
	for (size_t i = 0; i < p->count; i++)
		if (sha && view_starts(view_of(p->commits[i].sha), sha) && strlen(sha) >= 7)
			return &p->commits[i];
	return NULL;
}

static bool is_about(const struct delivery_trailers *t, const struct delivery_fix *f)
{
	return t->ours && f->signature && view_is(t->signature, f->signature);
}

static void count_commits(const struct past *p, struct delivery_fix *f)
{
	unsigned made = 0, failed = 0;
	for (size_t i = 0; i < p->count; i++) {
		const struct past_commit *c = &p->commits[i], *undone = find_commit(p, c->reverts);
		const struct delivery_trailers *t = undone ? &undone->trailers : &c->trailers;
		if (!is_about(t, f))
			continue;
		made += !c->reverts;
		failed += c->reverts && view_is(t->fixer, f->fixer);
	}
	f->attempts = made > f->attempts ? made : f->attempts;
	f->pair_failed = failed > f->pair_failed ? failed : f->pair_failed;
}

static void ask_commits(struct deliver_work *w)
{
	struct past p = {.w = w};
	struct err why;
	if (github_commits(w->g, w->d->run->head_sha, DELIVER_PAST_COMMITS, on_commit, &p, &why) < 0) {
		deliver_know_too_little(w, "the branch's earlier commits", &why);
		return;
	}
	for (size_t i = 0; i < w->count; i++)
		count_commits(&p, &w->fixes[i]);
}

/* The branch has moved: by a commit of ours that answers the very commit that was judged? */
static void ask_newer(struct deliver_work *w)
{
	struct past p = {.w = w};
	struct err why;
	const char *at = w->pushed;
	w->pushed = NULL;
	if (!at || github_commits(w->g, at, w->d->config->heal.max_per_run, on_commit, &p, &why) < 0)
		return;
	for (const struct past_commit *c = find_commit(&p, at); c && c->trailers.ours && !c->reverts;
		c = find_commit(&p, c->parent)) {
		for (size_t i = 0; i < w->count; i++)
			w->fixes[i].standing = w->fixes[i].standing || is_about(&c->trailers, &w->fixes[i]);
		if (is(c->parent, w->d->run->head_sha))
			w->pushed = at;
	}
	for (size_t i = 0; !w->pushed && i < w->count; i++)
		w->fixes[i].standing = false;
}

/* ---- pull requests of ours ------------------------------------------------------------------------------ */

static const struct github_pull_state *newest_of_ours(struct fix_branch *b, struct arena *a)
{
	struct publish_pull_facts facts;
	for (size_t i = 0; i < b->pull_count; i++)
		if (publish_pull_read(&facts, view_of(b->pulls[i].body))) {
			b->base = facts.base.n ? arena_view(a, facts.base).p : NULL;
			return &b->pulls[i];
		}
	return NULL;
}

/* From the tip down the first parents: what is not ours must be the commit that the branch was made for. */
static bool is_all_ours(struct deliver_work *w, const struct fix_branch *b, struct err *e)
{
	const char *at = b->tip;
	for (unsigned i = 0; i < DELIVER_FIX_COMMITS; i++) {
		struct github_commit c;
		struct delivery_trailers t;
		if (github_commit_get(w->g, at, w->d->arena, &c, e) < 0)
			return false;
		delivery_trailers(&t, view_of(c.message));
		if (!t.ours || !github_commit_is_untouched(&c))
			return i && (is(at, b->base) || is(at, w->d->run->head_sha));
		if (!c.parents || !c.parents[0])
			return false;
		at = c.parents[0];
	}
	return false;
}

static int read_branch(struct deliver_work *w, struct fix_branch *b, struct err *e)
{
	const char *ref = arena_format(w->d->arena, "refs/heads/%s", b->name);
	if (github_pulls_from(w->g, b->name, w->d->arena, &b->pulls, &b->pull_count, e) < 0)
		return -1;
	b->pull = newest_of_ours(b, w->d->arena);
	if (github_ref_get(w->g, ref, b->tip, e) < 0)
		return e->code == ERR_NOT_FOUND ? 0 : -1;
	b->there = true;
	b->ours = is_all_ours(w, b, e);
	return 0;
}

const struct fix_branch *deliver_fix_branch(struct deliver_work *w, const char *name)
{
	struct fix_branch *b = NULL;
	struct err why;
	for (size_t i = 0; i < w->branch_count && !b; i++)
		b = !strcmp(w->branches[i].name, name) ? &w->branches[i] : NULL;
	if (b)
		return b;
	if (w->branch_count == DELIVER_BRANCHES_MAX)
		return NULL;
	b = &w->branches[w->branch_count++];
	*b = (struct fix_branch){.name = name};
	if (read_branch(w, b, &why) == 0)
		return b;
	deliver_know_too_little(w, "pull requests of ours", &why);
	*b = (struct fix_branch){.name = name};
	return b;
}

static bool names_fixer(const struct publish_pull_facts *facts, const char *fixer)
{
	for (size_t i = 0; i < facts->fixer_count; i++)
		if (view_is(facts->fixers[i], fixer))
			return true;
	return false;
}

/* A pull request that was closed without a word of ours was closed by a person. */
static void count_pulls(const struct deliver_work *w, const struct fix_branch *b, struct delivery_fix *f)
{
	unsigned made = 0, failed = 0, closed = 0;
	for (size_t i = 0; i < b->pull_count; i++) {
		const struct github_pull_state *p = &b->pulls[i];
		struct publish_pull_facts facts;
		if (!publish_pull_read(&facts, view_of(p->body)) || !names_fixer(&facts, f->fixer))
			continue;
		made += !view_is(facts.base, w->d->run->head_sha);
		failed += facts.withdrawn;
		closed += !p->open && !p->merged && !facts.withdrawn;
	}
	f->attempts = made > f->attempts ? made : f->attempts;
	f->pair_failed = failed > f->pair_failed ? failed : f->pair_failed;
	f->closed_unmerged = closed > f->closed_unmerged ? closed : f->closed_unmerged;
}

static bool has_file(struct deliver_work *w, const char *tip, const struct offer_file *f)
{
	BUF_AUTO now = {0};
	struct err why;
	if (github_file_get(w->g, f->path, tip, DELIVER_FILE_MAX, &now, &why) < 0)
		return !f->exists && why.code == ERR_NOT_FOUND;
	return f->exists && view_eq(buf_view(&now), f->content);
}

static bool is_open(const struct fix_branch *b)
{
	return b && b->pull && b->pull->open && b->there;
}

/* Does the open pull request bring just this? */
static bool brings(struct deliver_work *w, const struct fix_branch *b, const struct offer *o)
{
	if (!is_open(b))
		return false;
	for (size_t i = 0; i < o->file_count; i++)
		if (!has_file(w, b->tip, &o->files[i]))
			return false;
	return true;
}

/* ... be it made for this commit or an earlier one? */
static bool is_standing(struct deliver_work *w, const struct fix_branch *b, const struct offer *o)
{
	return is_open(b) && (is(b->base, w->d->run->head_sha) || brings(w, b, o));
}

static void ask_pulls(struct deliver_work *w, size_t i)
{
	struct deliver_item *item = &w->items[i];
	if (w->facts.fork || !w->d->run->branch)
		return;
	item->branch = deliver_fix_branch(w, deliver_branch_of(w, item));
	if (!item->branch)
		return;
	count_pulls(w, item->branch, &w->fixes[i]);
	w->fixes[i].standing = w->fixes[i].standing || is_standing(w, item->branch, item->offer);
}

/* Fixes of one run share a pull request, whose branch has the name of the first of them. */
static void ask_others(struct deliver_work *w, size_t i)
{
	struct deliver_item *item = &w->items[i];
	const struct fix_branch *found = NULL;
	if (w->facts.fork || !w->d->run->branch || w->fixes[i].standing)
		return;
	if (item->elsewhere)
		found = deliver_fix_branch(w, item->elsewhere);
	found = brings(w, found, item->offer) ? found : NULL;
	for (size_t k = 0; k < w->branch_count && !found; k++)
		if (brings(w, &w->branches[k], item->offer))
			found = &w->branches[k];
	item->branch = found ? found : item->branch;
	w->fixes[i].standing = found != NULL;
}

void deliver_standing(struct deliver_work *w)
{
	w->branch_count = 0;
	for (size_t i = 0; i < w->count; i++)
		w->fixes[i].standing = false;
	ask_newer(w);
	for (size_t i = 0; i < w->count; i++)
		ask_pulls(w, i);
	for (size_t i = 0; i < w->count; i++)
		ask_others(w, i);
}

void deliver_past(struct deliver_work *w)
{
	for (size_t i = 0; i < w->count; i++)
		ask_history(w, i);
	ask_commits(w);
	deliver_standing(w);
}
