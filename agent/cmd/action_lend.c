/* action_lend.c - the failed commit's files, read from GitHub one by one: beside a token nothing is checked out. */
#include "cmd/action.h"

#include "github/trees.h"
#include "heal/heal.h"

static int read_blob(void *context, const char *id, struct buf *ret, struct err *e)
{
	return github_blob_get(context, id, ret, e);
}

int action_lend(struct action *a, struct github *g, const char *commit, struct repository **ret, struct err *e)
{
	struct github_tree tree;
	if (github_tree_get(g, commit, &a->arena, &tree, e) < 0)
		return -1;
	struct lent_file *files = arena_array(&a->arena, tree.count + 1, sizeof *files);
	for (size_t i = 0; i < tree.count; i++) {
		const struct github_entry *f = &tree.entries[i];
		files[i] = (struct lent_file){.path = f->path, .id = f->id, .mode = f->mode, .size = f->size};
	}
	struct lent_commit *lent = arena_array(&a->arena, 1, sizeof *lent);
	*lent = (struct lent_commit){.commit = commit,
		.tree = tree.id,
		.files = files,
		.count = tree.count,
		.read = read_blob,
		.context = g};
	return repository_lend(ret, lent, e);
}
