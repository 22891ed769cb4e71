/* Fixes on a branch: on the one that was red, or on a branch of their own with a pull request. */
#include "cmd/deliver_steps.h"

#include "heal/remote.h"

#include <string.h>

static const char *ref_of(struct deliver_work *w, const char *branch)
{
	return arena_format(w->d->arena, "refs/heads/%s", branch);
}

static void finish(struct deliver_work *w, enum delivery_way way)
{
	for (size_t i = 0; i < w->count; i++)
		w->items[i].done = w->items[i].done || w->items[i].way == way;
}

static void forget_commits(struct deliver_work *w, enum delivery_way way)
{
	for (size_t i = 0; i < w->count; i++)
		if (!w->items[i].done && w->items[i].way == way)
			w->items[i].commit = NULL;
}

/* ---- on the branch itself ------------------------------------------------------------------------------- */

static int move_branch(struct deliver_work *w, struct err *e)
{
	const struct publish_run *r = w->d->run;
	char sha[GITHUB_SHA_MAX];
	if (deliver_commits(w, DELIVERY_BRANCH, r->head_sha, NULL, sha, e) < 0)
		return -1;
	if (github_ref_move(w->g, ref_of(w, r->branch), r->head_sha, sha, e) == 0) {
		w->d->run->delivery.commit = arena_text(w->d->arena, sha);
		w->d->run->delivery.branch = r->branch;
		return 0;
	}
	if (e->code == ERR_BUSY)
		w->facts.head_moved = true;
	return e->code == ERR_BUSY ? err_set(e, ERR_BUSY, "somebody pushed to the branch in the meantime") : -1;
}

int deliver_to_branch(struct deliver_work *w, struct err *e)
{
	int rc = move_branch(w, e);
	if (rc == 0)
		finish(w, DELIVERY_BRANCH);
	else
		forget_commits(w, DELIVERY_BRANCH);
	return rc;
}

/* ---- commits of a laptop -------------------------------------------------------------------------------- */

/* The commits stand on each other: with one that may not be delivered none is. */
static int check_local(const struct deliver_work *w, struct err *e)
{
	const struct delivering *d = w->d;
	for (size_t i = 0; i < w->count; i++)
		if (w->items[i].way != DELIVERY_PULL)
			return err_set(e, ERR_REFUSED, "the commit of %s is among them: %s", w->items[i].fix->fixer->id,
				w->items[i].reason ? w->items[i].reason : "it may not be delivered");
	return w->count == d->count ? 0 : err_set(e, ERR_REFUSED, "the commit of a refused fix is among them");
}

/* As they were made and signed there: GitHub's API cannot take them over. */
static int push_local(struct deliver_work *w, const struct fix_branch *b, struct err *e)
{
	struct delivering *d = w->d;
	struct git_ref_push push = {.ref = ref_of(w, b->name), .sha = d->commit, .expected = b->there ? b->tip : NULL};
	const struct git_remote_options o = {
		.url = arena_format(d->arena, "%s/%s.git", d->remote->server, d->remote->repository),
		.token = github_token_text(d->remote->github),
		.ca_file = github_ca_file(),
		.stop = d->remote->stop};
	if (check_local(w, e) < 0)
		return -1;
	for (size_t i = 0; i < w->count; i++)
		w->items[i].commit = w->items[i].fix->words->commit;
	if (b->there && !strcmp(b->tip, d->commit))
		return 0;
	if (git_refs_push(d->repository, &o, &push, 1, d->arena, e) < 0)
		return -1;
	return push.done ? 0 : err_set(e, ERR_REFUSED, "%s", push.why ? push.why : "GitHub did not take the branch");
}

/* ---- a pull request of its own -------------------------------------------------------------------------- */

static const struct deliver_item *first_of(const struct deliver_work *w, enum delivery_way way)
{
	for (size_t i = 0; i < w->count; i++)
		if (!w->items[i].done && w->items[i].way == way)
			return &w->items[i];
	return NULL;
}

static int check_branch(const struct fix_branch *b, struct err *e)
{
	if (!b)
		return err_set(e, ERR_LIMIT, "too many branches of fixes");
	if (b->there && !b->ours)
		return err_set(e, ERR_REFUSED, "%s has commits that are not ours: it is left alone", b->name);
	return 0;
}

/* Made, or taken forward by compare-and-swap. For a newer commit of the red branch the new fix takes the place of the
 * old one: it has both as parents, so that nothing is ever forced. */
static int put_branch(struct deliver_work *w, const struct fix_branch *b, char sha[GITHUB_SHA_MAX], struct err *e)
{
	const char *head = w->d->run->head_sha;
	if (w->d->commit) {
		memcpy(sha, w->d->commit, GITHUB_SHA_MAX);
		return push_local(w, b, e);
	}
	if (deliver_commits(w, DELIVERY_PULL, head, b->there ? b->tip : NULL, sha, e) < 0)
		return -1;
	return b->there ? github_ref_move(w->g, ref_of(w, b->name), b->tip, sha, e)
			: github_ref_make(w->g, ref_of(w, b->name), sha, e);
}

static const char *const *names(struct arena *a, const struct config_list *list)
{
	const char **ret = arena_array(a, list->n + 1, sizeof *ret);
	for (size_t i = 0; i < list->n; i++)
		ret[i] = list->items[i];
	return ret;
}

static int open_pull(struct deliver_work *w, const struct fix_branch *b, struct err *e)
{
	struct delivering *d = w->d;
	struct publish_deliver words;
	struct github_pull pull = {0};
	const char *note = NULL;
	BUF_AUTO title = buf_new(BUF_LINE);
	BUF_AUTO body = buf_new(PUBLISH_TEXT_MAX);
	deliver_words(&words, w, DELIVERY_PULL);
	publish_pull_title(&title, &words, d->config->heal.title);
	publish_pull_body(&body, &words);
	const struct github_pull_wish wish = {.head_branch = b->name,
		.base_branch = d->run->branch,
		.title = buf_text(&title),
		.body = buf_text(&body),
		.draft = w->plan.draft,
		.labels = names(d->arena, &d->config->heal.labels),
		.reviewers = names(d->arena, &d->config->heal.reviewers)};
	if (github_pull_put(w->g, &wish, d->arena, &pull, &note, e) < 0)
		return -1;
	if (note)
		deliver_note(w, "%s", note);
	d->run->delivery.pull = pull.number;
	d->run->delivery.pull_url = pull.url;
	d->run->delivery.pull_waits = words.waits;
	return 0;
}

/* A branch that no pull request could be made of is nobody's. */
static void take_back(struct deliver_work *w, const struct fix_branch *b, const char *sha)
{
	struct err why;
	if (!b->there && github_ref_delete(w->g, ref_of(w, b->name), sha, &why) < 0)
		deliver_note(w, "The branch %s stays behind: %s", b->name, why.text);
}

int deliver_as_pull(struct deliver_work *w, struct err *e)
{
	const struct deliver_item *first = first_of(w, DELIVERY_PULL);
	char sha[GITHUB_SHA_MAX];
	const struct fix_branch *b = deliver_fix_branch(w, w->d->branch ? w->d->branch : deliver_branch_of(w, first));
	if (check_branch(b, e) < 0)
		return -1;
	int rc = put_branch(w, b, sha, e);
	if (rc == 0 && (rc = open_pull(w, b, e)) < 0)
		take_back(w, b, sha);
	if (rc < 0) {
		forget_commits(w, DELIVERY_PULL);
		return -1;
	}
	w->d->run->delivery.branch = b->name;
	w->d->run->delivery.commit = arena_text(w->d->arena, sha);
	finish(w, DELIVERY_PULL);
	return 0;
}
