/* trees.h - the files of a commit without a clone: their list in one question, the content of each on demand. */
#ifndef RM_GITHUB_TREES_H
#define RM_GITHUB_TREES_H

#include "base/arena.h"
#include "github/github.h"

#define GITHUB_TREE_MAX 100000u /* entries; GitHub cuts longer lists itself */

struct github_entry {
	const char *path, *id; /* as GitHub gave them */
	unsigned mode;         /* as git writes it: 0100644, 0100755, 0120000 a link, 0160000 a submodule */
	int64_t size;          /* of a file; -1 unknown */
};
struct github_tree {
	const char *id; /* of the tree itself */
	struct github_entry *entries;
	size_t count; /* files, links and submodules; no folders */
};
/* Texts live in the arena. A list that GitHub had to cut is ERR_LIMIT. */
int github_tree_get(struct github *g, const char *commit, struct arena *a, struct github_tree *ret, struct err *e);
/* Appends the content to *ret, which has the ceiling. */
int github_blob_get(struct github *g, const char *id, struct buf *ret, struct err *e);

#endif
