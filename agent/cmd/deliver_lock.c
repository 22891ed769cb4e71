/* One run at a time pushes for a branch: a ref that GitHub makes for one of two who ask.
 *
 * It points to a commit that was made for it, whose date is GitHub's. A lock that is too old is taken over by a child
 * of that commit: of two who try, the ref moves forward for one. */
#include "cmd/deliver_steps.h"

#include "base/hash.h"

#include <string.h>

static const char *lock_name(const struct deliver_work *w)
{
	char hex[HASH_HEX_MAX];
	hash_view(view_of(w->d->run->branch), hex);
	return arena_format(w->d->arena, "refs/runmedic/lock/%.16s", hex);
}

static int make_commit(struct deliver_work *w, const char *parent, char ret[GITHUB_SHA_MAX], struct err *e)
{
	const struct publish_run *r = w->d->run;
	const struct github_commit_wish wish = {.parent = parent,
		.message = arena_format(w->d->arena, "runmedic: lock\n\nHeld by run %lld.\n", (long long)r->id)};
	return github_commit_make(w->g, &wish, ret, e);
}

static int is_stale(struct deliver_work *w, const char *old, const char *mine, bool *ret, struct err *e)
{
	struct github_commit then, now;
	if (github_commit_get(w->g, old, w->d->arena, &then, e) < 0 ||
		github_commit_get(w->g, mine, w->d->arena, &now, e) < 0)
		return -1;
	*ret = now.at - then.at > DELIVER_LOCK_STALE_S * CLOCK_SECOND;
	return 0;
}

static int take_over(struct deliver_work *w, const char *name, struct err *e)
{
	char old[GITHUB_SHA_MAX];
	bool stale = false;
	if (github_ref_get(w->g, name, old, e) < 0)
		return e->code == ERR_NOT_FOUND ? github_ref_make(w->g, name, w->lock_sha, e) : -1;
	if (make_commit(w, old, w->lock_sha, e) < 0 || is_stale(w, old, w->lock_sha, &stale, e) < 0)
		return -1;
	if (!stale)
		return err_set(e, ERR_BUSY, "another run is at work on this branch");
	return github_ref_move(w->g, name, old, w->lock_sha, e);
}

int deliver_lock(struct deliver_work *w, struct err *e)
{
	const char *name = lock_name(w);
	if (make_commit(w, w->d->run->head_sha, w->lock_sha, e) < 0)
		return -1;
	int rc = github_ref_make(w->g, name, w->lock_sha, e);
	if (rc < 0 && e->code == ERR_BUSY)
		rc = take_over(w, name, e);
	w->lock = rc == 0 ? name : NULL;
	return rc;
}

void deliver_unlock(struct deliver_work *w)
{
	struct err why;
	if (w->lock && github_ref_delete(w->g, w->lock, w->lock_sha, &why) < 0)
		deliver_note(
			w, "The lock of this branch stays for %d minutes: %s", DELIVER_LOCK_STALE_S / 60, why.text);
	w->lock = NULL;
}
