/* worktree.c - may this file of the user be replaced, and by which bytes? */
#include "heal/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

/* The content as git would write it to the work tree, or read it from there: line ends and $Id$ by attributes and
 * configuration. Only libgit2's own filters run; it starts no programs. */
static int convert(struct view *ret, struct arena *arena, struct repository *r, const char *path,
	git_filter_mode_t mode, struct view content, struct err *e)
{
	GIT_AUTO(git_filter_list) filters = NULL;
	git_buf out = GIT_BUF_INIT;

	if (git_filter_list_load(&filters, r->git, NULL, path, mode, GIT_FILTER_ALLOW_UNSAFE) != 0)
		return repository_error(e, "cannot read the attributes of %s", path);
	if (!filters || content.n == 0) {
		*ret = content;
		return 0;
	}
	if (git_filter_list_apply_to_buffer(&out, filters, content.p, content.n) != 0)
		return repository_error(e, "cannot convert the line ends of %s", path);
	*ret = arena_view(arena, view_make(out.ptr, out.size));
	git_buf_dispose(&out);
	return 0;
}

static bool trusts_modes(struct repository *r)
{
	GIT_AUTO(git_config) config = NULL;
	int yes;

	return git_repository_config_snapshot(&config, r->git) != 0 ||
	       git_config_get_bool(&yes, config, "core.filemode") != 0 || yes;
}

static unsigned new_mode(const struct change *c, bool exists, unsigned mode)
{
	if (!exists) {
		mode_t mask = umask(022);

		umask(mask);
		return (c->new_kind == TREE_EXECUTABLE ? 0777u : 0666u) & ~(unsigned)mask;
	}
	if (c->old_kind == c->new_kind)
		return mode;
	return c->new_kind == TREE_EXECUTABLE ? mode | (mode & 0444) >> 2 : mode & ~0111u;
}

/* The nearest folder on the way that exists. Its owner shall own what comes into it. */
static void find_folder(struct worktree_file *f, int root, const char *path)
{
	char part[FOLDER_PATH_MAX];
	struct stat st;

	if (fstat(root, &st) != 0)
		return;
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		size_t n = (size_t)(slash - path);

		if (n >= sizeof(part))
			break;
		memcpy(part, path, n);
		part[n] = '\0';
		if (fstatat(root, part, &st, AT_SYMLINK_NOFOLLOW) != 0)
			break;
		f->folder_length = n;
	}
	f->owner = st.st_uid;
	f->group = st.st_gid;
}

static int check_new(struct worktree_file *f, struct arena *arena, struct repository *r, int root,
	const struct change *c, struct err *e)
{
	struct err why = {0};
	const char *name;
	FD_AUTO folder = folder_open_parent(root, c->path, false, &name, &why);

	if (folder < 0 && why.code != ERR_NOT_FOUND)
		return err_set(e, why.code, "%s", why.text);
	if (folder >= 0 && folder_has(folder, name))
		return err_set(
			e, ERR_REFUSED, "%s has uncommitted changes: it is not in the commit, but there", c->path);
	find_folder(f, root, c->path);
	f->new_mode = new_mode(c, false, 0);
	return convert(&f->then, arena, r, c->path, GIT_FILTER_TO_WORKTREE, c->new_content, e);
}

/* Bytes as in the commit, or such as git made of them when it checked the file out. New content takes the same way. */
static int compare(
	struct worktree_file *f, struct arena *arena, struct repository *r, const struct change *c, struct err *e)
{
	struct view clean = {0};

	f->then = c->new_content;
	if (view_eq(f->now, c->old_content))
		return 0;
	if (convert(&clean, arena, r, c->path, GIT_FILTER_TO_ODB, f->now, e) != 0)
		return -1;
	if (!view_eq(clean, c->old_content))
		return err_set(e, ERR_REFUSED, "%s has uncommitted changes", c->path);
	return convert(&f->then, arena, r, c->path, GIT_FILTER_TO_WORKTREE, c->new_content, e);
}

static int check_old(struct worktree_file *f, struct arena *arena, struct repository *r, int root,
	const struct change *c, struct err *e)
{
	BUF_AUTO now = buf_new(0);
	struct stat st = {0};
	const char *name;
	FD_AUTO folder = folder_open_parent(root, c->path, false, &name, e);

	if (folder < 0 || folder_read(folder, name, FOLDER_READ_MAX, &now, &st, e) != 0)
		return e && e->code == ERR_NOT_FOUND
			       ? err_set(e, ERR_REFUSED, "%s has uncommitted changes: it is gone", c->path)
			       : -1;
	f->exists = true;
	f->folder_length = name > c->path ? (size_t)(name - c->path) - 1 : 0;
	f->now = arena_view(arena, buf_view(&now));
	f->mode = st.st_mode & 0777;
	f->owner = st.st_uid;
	f->group = st.st_gid;
	f->new_mode = new_mode(c, true, f->mode);
	if (trusts_modes(r) && ((f->mode & 0100) != 0) != (c->old_kind == TREE_EXECUTABLE))
		return err_set(e, ERR_REFUSED, "%s has uncommitted changes: its mode", c->path);
	return compare(f, arena, r, c, e);
}

int worktree_check(
	struct worktree_file *ret, struct arena *arena, struct repository *r, const struct change *c, struct err *e)
{
	struct err own = {0};
	FD_AUTO root = open(r->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int result;

	*ret = (struct worktree_file){0};
	if (root < 0)
		return err_errno(e, "%s", r->root);
	result = c->existed ? check_old(ret, arena, r, root, c, &own) : check_new(ret, arena, r, root, c, &own);
	return result == 0 ? 0 : err_set(e, own.code, "%s", own.text);
}

int worktree_check_all(struct repository *r, const struct change_set *changes, struct err *e)
{
	for (size_t i = 0; i < changes->count; i++) {
		ARENA_AUTO scratch = {0};
		struct worktree_file f;

		if (worktree_check(&f, &scratch, r, &changes->items[i], e) != 0)
			return -1;
	}
	return 0;
}
