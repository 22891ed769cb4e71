/* checkout_git.c - a checkout as a git repository of its own: one commit of what stands there, nothing staged, nothing
 * changed. The user's objects are borrowed, not copied; nothing is ever written to them. */
#include "base/file.h"
#include "base/mem.h"
#include "heal/internal.h"

#include <string.h>

AUTO_FREE(git_repository, git_repository_free)

#define ALTERNATES "/.git/objects/info/alternates"

static int borrow_objects(const struct checkout *c, struct err *e)
{
	BUF_AUTO text = buf_new(BUF_PAGE);
	BUF_AUTO path = buf_new(BUF_PAGE);

	buf_addf(&text, "%sobjects\n", git_repository_commondir(c->git));
	buf_addf(&path, "%s" ALTERNATES, c->files);
	return file_write_atomic(buf_text(&path), buf_view(&text), 0644, e);
}

static int open_or_make(git_repository **ret, struct checkout *c, struct err *e)
{
	GIT_AUTO(git_repository) made = NULL;

	if (!c->has_git) {
		if (git_repository_init(&made, c->files, 0) != 0)
			return repository_error(e, "cannot make a repository of the copy");
		if (borrow_objects(c, e) != 0)
			return -1;
		c->has_git = true;
	}
	return git_repository_open(ret, c->files) == 0 ? 0 : repository_error(e, "%s", c->files);
}

/* The index of everything that is there and not ignored; what the user's commit tracks although it is ignored too. */
static int index_all(git_oid *ret_tree, git_repository *g, const git_tree *head, struct err *e)
{
	GIT_AUTO(git_index) index = NULL;

	if (git_repository_index(&index, g) != 0 || (head && git_index_read_tree(index, head) != 0) ||
		git_index_update_all(index, NULL, NULL, NULL) != 0 ||
		git_index_add_all(index, NULL, GIT_INDEX_ADD_DEFAULT, NULL, NULL) != 0 || git_index_write(index) != 0 ||
		git_index_write_tree(ret_tree, index) != 0)
		return repository_error(e, "cannot stage the copy");
	return 0;
}

static int user_tree(git_tree **ret, const struct checkout *c, git_repository *g)
{
	git_oid id;
	git_commit *commit = NULL;
	int result = -1;

	if (git_reference_name_to_id(&id, c->git, "HEAD") == 0 && git_commit_lookup(&commit, g, &id) == 0)
		result = git_commit_tree(ret, commit);
	git_commit_free(commit);
	return result;
}

int checkout_make_git(struct checkout *c, struct err *e)
{
	GIT_AUTO(git_repository) g = NULL;
	GIT_AUTO(git_tree) head = NULL;
	GIT_AUTO(git_tree) tree = NULL;
	GIT_AUTO(git_signature) author = NULL;
	git_oid tree_id, id;

	if (open_or_make(&g, c, e) != 0)
		return -1;
	if (user_tree(&head, c, g) != 0)
		head = NULL;
	if (index_all(&tree_id, g, head, e) != 0)
		return -1;
	if (git_tree_lookup(&tree, g, &tree_id) != 0 || git_signature_new(&author, "runmedic", "-", 0, 0) != 0 ||
		git_commit_create(&id, g, NULL, author, author, NULL, "copy", tree, 0, NULL) != 0 ||
		git_repository_set_head(g, "refs/heads/copy") != 0)
		return repository_error(e, "cannot commit the copy");
	git_reference *ref = NULL;
	if (git_reference_create(&ref, g, "refs/heads/copy", &id, 1, NULL) != 0)
		return repository_error(e, "cannot commit the copy");
	git_reference_free(ref);
	return 0;
}
