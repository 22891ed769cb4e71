/* remote_lend.c - the failed commit's files, read from GitHub one by one: beside a token nothing is checked out. */
#include "cmd/remote_run.h"

#include "github/trees.h"
#include "heal/heal.h"

#include <string.h>

static int read_blob(void *context, const char *id, struct buf *ret, struct err *e)
{
	return github_blob_get(context, id, ret, e);
}

int remote_lend(struct repository **ret, struct github *g, const char *commit, struct arena *a, struct err *e)
{
	struct github_tree tree;
	if (github_tree_get(g, commit, a, &tree, e) < 0)
		return -1;
	struct lent_file *files = arena_array(a, tree.count + 1, sizeof *files);
	for (size_t i = 0; i < tree.count; i++) {
		const struct github_entry *f = &tree.entries[i];
		files[i] = (struct lent_file){.path = f->path, .id = f->id, .mode = f->mode, .size = f->size};
	}
	struct lent_commit *lent = arena_array(a, 1, sizeof *lent);
	*lent = (struct lent_commit){.commit = commit,
		.tree = tree.id,
		.files = files,
		.count = tree.count,
		.read = read_blob,
		.context = g};
	return repository_lend(ret, lent, e);
}

static bool has_head(struct repository *r, const char *commit)
{
	const char *head = repository_head(r);
	return head && !strcmp(head, commit);
}

int remote_repository_at(struct repository **ret, const char *folder, struct github *g, const char *commit,
	struct arena *a, struct err *e)
{
	struct err none;
	if (repository_open(ret, folder, &none) == 0) {
		if (has_head(*ret, commit))
			return 0;
		repository_free(*ret);
		*ret = NULL;
	}
	return remote_lend(ret, g, commit, a, e);
}
