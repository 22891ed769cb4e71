/* checkout.c - a tree in a temporary folder, for programs to work on, and what they made of it. */
#include "base/file.h"
#include "base/mem.h"
#include "heal/internal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#define CHECKOUT_FILES_MAX 200000u
#define CHECKOUT_BYTES_MAX ((size_t)2 << 30)
#define CHECKOUT_FILE_MAX ((size_t)256 << 20)
#define CHECKOUT_DEPTH_MAX 100
#define CHECKOUT_TIMEOUT_S 300
#define CACHE_TAG "CACHEDIR.TAG"
#define CACHE_SIGNATURE "Signature: 8a477f597d28d172789f06886806bc55"

/* Links come last, so that nothing is ever written through one. */
struct writer {
	const struct tree *tree;
	int root;
	bool links;
	size_t files, bytes;
	struct err *e;
	int result;
};

/* Only "../" at the front, and not above the root: then it stays inside, whatever other links there are. */
static bool stays_inside(const char *path, struct view target)
{
	struct view rest = target, part;
	size_t depth = 0;
	bool down = false;

	for (const char *p = path; *p; p++)
		depth += *p == '/';
	if (target.n == 0 || *target.p == '/' || memchr(target.p, '\0', target.n))
		return false;
	while (view_next(&rest, '/', &part)) {
		if (view_is(part, "..") && (down || depth-- == 0))
			return false;
		down = down || !(view_is(part, "..") || view_is(part, ".") || part.n == 0);
	}
	return true;
}

static int write_link(int folder, const char *name, const char *path, struct view target, struct err *e)
{
	MEM_AUTO char *text = mem_bytes(target.p, target.n);

	if (!stays_inside(path, target) || symlinkat(text, folder, name) == 0)
		return 0;
	return err_errno(e, "%s", path);
}

static bool is_safe_name(struct view path)
{
	struct view part;

	while (view_next(&path, '/', &part))
		if (part.n == 0 || view_is(part, ".") || view_is(part, "..") || view_eq_nocase(part, VIEW(".git")))
			return false;
	return true;
}

static int write_entry(struct writer *w, const char *path, enum tree_kind kind)
{
	BUF_AUTO content = buf_new(0);
	const char *name;
	FD_AUTO folder = -1;

	if (!is_safe_name(view_of(path)))
		return err_set(w->e, ERR_REFUSED, "the commit has a file that git would not check out: %s", path);
	if (w->tree->read(w->tree->context, path, CHECKOUT_FILE_MAX, &content, w->e) != 0)
		return -1;
	w->bytes += content.n;
	if (++w->files > CHECKOUT_FILES_MAX || w->bytes > CHECKOUT_BYTES_MAX)
		return err_set(w->e, ERR_LIMIT, "the tree is too large to run a program on a copy of it");
	folder = folder_open_parent(w->root, path, true, &name, w->e);
	if (folder < 0)
		return -1;
	if (kind == TREE_LINK)
		return write_link(folder, name, path, buf_view(&content), w->e);
	return folder_write(folder, name, buf_view(&content), kind == TREE_EXECUTABLE ? 0755 : 0644, false, w->e);
}

static bool write_each(void *context, const char *path, enum tree_kind kind)
{
	struct writer *w = context;

	if (kind != TREE_SUBMODULE && (kind == TREE_LINK) == w->links)
		w->result = write_entry(w, path, kind);
	return w->result == 0;
}

static int write_files(struct checkout *c, struct err *e)
{
	FD_AUTO root = open(c->files, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct writer w = {.tree = c->tree, .root = root, .e = e};

	if (root < 0)
		return err_errno(e, "%s", c->files);
	for (int links = 0; links < 2 && w.result == 0; links++) {
		w.links = links != 0;
		if (c->tree->list(c->tree->context, write_each, &w, e) != 0)
			return -1;
	}
	return w.result;
}

int checkout_make(struct checkout *ret, struct repository *r, const struct tree *tree, struct err *e)
{
	struct checkout c = {.tree = tree, .git = r->git};

	c.top = file_temp_directory("runmedic", e);
	if (!c.top)
		return -1;
	c.files = file_join(c.top, "tree");
	c.home = file_join(c.top, "home");
	if (file_make_directories(c.files, e) != 0 || file_make_directories(c.home, e) != 0 ||
		write_files(&c, e) != 0) {
		checkout_done(&c);
		return -1;
	}
	*ret = c;
	return 0;
}

void checkout_done(struct checkout *c)
{
	if (c->top)
		file_remove_tree(c->top, NULL);
	free(c->top);
	free(c->files);
	free(c->home);
	*c = (struct checkout){0};
}

struct comparison {
	const struct checkout *checkout;
	const char *const *files; /* may differ */
	size_t count;
	int root;
	struct err *e;
	int result;
};

static bool may_differ(const struct comparison *c, const char *path)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->files[i], path) == 0)
			return true;
	return false;
}

static int differs(struct comparison *c, const char *path, const char *how)
{
	return err_set(c->e, ERR_REFUSED, "the program also %s %s", how, path);
}

static bool same_link(int folder, const char *name, const char *path, struct view target)
{
	char now[FOLDER_PATH_MAX];
	ssize_t n = readlinkat(folder, name, now, sizeof(now));

	if (!stays_inside(path, target))
		return n < 0 && errno == ENOENT;
	return n >= 0 && view_eq(view_make(now, (size_t)n), target);
}

static bool same_file(int folder, const char *name, enum tree_kind kind, struct view content)
{
	BUF_AUTO now = buf_new(0);
	struct stat st;

	return folder_read(folder, name, content.n, &now, &st, NULL) == 0 && view_eq(buf_view(&now), content) &&
	       ((st.st_mode & 0100) != 0) == (kind == TREE_EXECUTABLE);
}

static int compare_entry(struct comparison *c, const char *path, enum tree_kind kind)
{
	const struct tree *tree = c->checkout->tree;
	BUF_AUTO content = buf_new(0);
	const char *name;
	FD_AUTO folder = folder_open_parent(c->root, path, false, &name, NULL);

	if (tree->read(tree->context, path, CHECKOUT_FILE_MAX, &content, c->e) != 0)
		return -1;
	if (kind == TREE_LINK && (folder < 0 ? stays_inside(path, buf_view(&content))
					     : !same_link(folder, name, path, buf_view(&content))))
		return differs(c, path, "changed");
	if (kind != TREE_LINK && (folder < 0 || !same_file(folder, name, kind, buf_view(&content))))
		return differs(c, path, folder < 0 || !folder_has(folder, name) ? "removed" : "changed");
	return 0;
}

static bool compare_each(void *context, const char *path, enum tree_kind kind)
{
	struct comparison *c = context;

	if (kind != TREE_SUBMODULE && !may_differ(c, path))
		c->result = compare_entry(c, path, kind);
	return c->result == 0;
}

static bool is_cache(int folder)
{
	BUF_AUTO tag = buf_new(0);

	return folder_read(folder, CACHE_TAG, BUF_LINE, &tag, NULL, NULL) == 0 &&
	       view_starts(buf_view(&tag), CACHE_SIGNATURE);
}

static bool is_ignored(const struct comparison *c, const char *path, bool folder)
{
	MEM_AUTO char *text = folder ? file_join(path, "") : mem_text(path);
	int ignored = 0;

	return git_ignore_path_is_ignored(&ignored, c->checkout->git, text) == 0 && ignored;
}

static int look_for_new(struct comparison *c, int fd, struct buf *path, int depth);

static int look_at_folder(struct comparison *c, int parent, const char *name, struct buf *path, int depth)
{
	const struct tree *tree = c->checkout->tree;
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return err_errno(c->e, "%s", buf_text(path));
	if (!tree->is_directory(tree->context, buf_text(path)) &&
		(is_cache(fd) || is_ignored(c, buf_text(path), true))) {
		close(fd);
		return 0;
	}
	if (depth >= CHECKOUT_DEPTH_MAX) {
		close(fd);
		return err_set(c->e, ERR_LIMIT, "folders are nested too deeply: %s", buf_text(path));
	}
	return look_for_new(c, fd, path, depth + 1);
}

static int look_at(struct comparison *c, int folder, const char *name, struct buf *path, int depth)
{
	const struct tree *tree = c->checkout->tree;
	enum tree_kind kind;
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return err_errno(c->e, "%s", buf_text(path));
	if (S_ISDIR(st.st_mode))
		return look_at_folder(c, folder, name, path, depth);
	if (tree->stat(tree->context, buf_text(path), &kind) || may_differ(c, buf_text(path)) ||
		is_ignored(c, buf_text(path), false))
		return 0;
	return differs(c, buf_text(path), "made");
}

/* Takes fd. */
static int look_for_new(struct comparison *c, int fd, struct buf *path, int depth)
{
	DIR *folder = fdopendir(fd);
	size_t n = path->n;
	int result = 0;

	if (!folder) {
		close(fd);
		return err_errno(c->e, "%s", buf_text(path));
	}
	for (struct dirent *d; result == 0 && (d = readdir(folder));) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		buf_addf(path, "%s%s", n ? "/" : "", d->d_name);
		result = path->full ? err_set(c->e, ERR_LIMIT, "path too long: %s", buf_text(path))
				    : look_at(c, dirfd(folder), d->d_name, path, depth);
		buf_cut(path, n);
	}
	closedir(folder);
	return result;
}

int checkout_compare(const struct checkout *checkout, const char *const *files, size_t count, struct err *e)
{
	FD_AUTO root = open(checkout->files, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct comparison c = {checkout, files, count, root, e, 0};
	BUF_AUTO path = buf_new(FOLDER_PATH_MAX);
	int again = root < 0 ? -1 : fcntl(root, F_DUPFD_CLOEXEC, 0);

	if (again < 0)
		return err_errno(e, "%s", checkout->files);
	if (checkout->tree->list(checkout->tree->context, compare_each, &c, e) != 0 || c.result != 0) {
		close(again);
		return -1;
	}
	return look_for_new(&c, again, &path, 0);
}

int checkout_run(
	struct process_result *ret, const struct checkout *c, const char *const *argv, bool network, struct err *e)
{
	const struct process_options o = {
		.directory = c->files,
		.writable = c->top,
		.home = c->home,
		.network = network,
		.timeout_s = CHECKOUT_TIMEOUT_S,
	};

	return process_run(ret, argv, &o, e);
}
