/* A commit that puts files back as they were: without a clone, on top of what stands there now. */
#include "cmd/followed.h"

#include "base/mem.h"
#include "github/trees.h"

#include <stdlib.h>

struct reverting {
	struct following *f;
	struct github_tree now, was;
	struct github_change *changes;
	size_t count;
	struct buf contents[FOLLOWED_FILES_MAX];
};

static int by_path(const void *a, const void *b)
{
	const struct github_entry *x = a, *y = b;
	return strcmp(x->path, y->path);
}

static int add_change(struct reverting *r, const char *path, const struct github_entry *was, struct err *e)
{
	if (r->count >= FOLLOWED_FILES_MAX)
		return err_set(e, ERR_LIMIT, "more than %u files would have to be put back", FOLLOWED_FILES_MAX);
	if (was && was->mode != 0100644 && was->mode != 0100755)
		return err_set(e, ERR_REFUSED, "%s is no ordinary file", path);
	struct github_change *c = &r->changes[r->count];
	*c = (struct github_change){.path = path, .exists = was != NULL, .mode = was ? was->mode : 0};
	if (was) {
		struct buf *content = &r->contents[r->count];
		*content = buf_new(BUF_FILE);
		if (github_blob_get(r->f->remote->github, was->id, content, e) < 0)
			return -1;
		c->content = buf_view(content);
	}
	r->count++;
	return 0;
}

/* Both lists are sorted: what differs is put back. */
static int compare(struct reverting *r, struct err *e)
{
	size_t i = 0, k = 0;
	qsort(r->now.entries, r->now.count, sizeof *r->now.entries, by_path);
	qsort(r->was.entries, r->was.count, sizeof *r->was.entries, by_path);
	while (i < r->now.count || k < r->was.count) {
		const struct github_entry *now = i < r->now.count ? &r->now.entries[i] : NULL;
		const struct github_entry *was = k < r->was.count ? &r->was.entries[k] : NULL;
		int order = !now ? 1 : !was ? -1 : strcmp(now->path, was->path);
		bool same = order == 0 && !strcmp(now->id, was->id) && now->mode == was->mode;
		const struct github_entry *first = order < 0 ? now : was;
		if (first && !same && add_change(r, first->path, order < 0 ? NULL : was, e) < 0)
			return -1;
		i += order <= 0;
		k += order >= 0;
	}
	return r->count ? 0 : err_set(e, ERR_NOTHING, "the files are as they were");
}

static int commit(struct reverting *r, const char *branch, const char *head, const char *message, struct err *e)
{
	char sha[GITHUB_SHA_MAX];
	struct github *g = r->f->remote->github;
	const char *ref = arena_format(r->f->arena, "refs/heads/%s", branch);
	const struct github_commit_wish wish = {.parent = head,
		.message = message,
		.changes = r->changes,
		.count = r->count,
		.author = r->f->config->heal.author};
	return github_commit_make(g, &wish, sha, e) < 0 ? -1 : github_ref_move(g, ref, head, sha, e);
}

int followed_revert(
	struct following *f, const char *branch, const char *head, const char *base, const char *message, struct err *e)
{
	struct reverting r = {.f = f, .changes = arena_array(f->arena, FOLLOWED_FILES_MAX, sizeof *r.changes)};
	struct github_branch b;
	struct github *g = f->remote->github;
	if (github_branch_get(g, branch, f->arena, &b, e) < 0)
		return -1;
	if (b.is_protected || (f->default_branch && !strcmp(branch, f->default_branch)))
		return err_set(e, ERR_REFUSED, "the branch is protected or the default one");
	int rc = github_tree_get(g, head, f->arena, &r.now, e);
	if (rc == 0)
		rc = github_tree_get(g, base, f->arena, &r.was, e);
	if (rc == 0)
		rc = compare(&r, e);
	if (rc == 0)
		rc = commit(&r, branch, head, message, e);
	for (size_t i = 0; i < FOLLOWED_FILES_MAX; i++)
		buf_done(&r.contents[i]);
	return rc;
}
