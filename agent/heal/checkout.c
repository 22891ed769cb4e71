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
#define CHECKOUT_TIMEOUT_S 300u
#define GIT_FOLDER ".git"
#define CLOCK_TICK_NS 30000000 /* the kernel's file times are as coarse as its tick: 10 ms at most */
#define CACHE_TAG "CACHEDIR.TAG"
#define CACHE_SIGNATURE "Signature: 8a477f597d28d172789f06886806bc55"

/* Links come last, so that nothing is ever written through one. */
struct writer {
	struct checkout *checkout;
	struct folder_walk walk;
	bool links;
	size_t files, bytes, at; /* at: the place in the tree */
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

/* Beside a named file, or in a folder above one. */
static bool is_near(const struct checkout *c, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) + 1 : 0;

	if (!c->near || n == 0)
		return true;
	for (size_t i = 0; i < c->near_count; i++)
		if (strncmp(c->near[i], path, n) == 0)
			return true;
	return false;
}

static struct checkout_mark mark_of(const struct stat *st)
{
	return (struct checkout_mark){
		.changed_ns = (int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec,
		.inode = st->st_ino,
		.size = (uint64_t)st->st_size,
		.mode = st->st_mode,
	};
}

static int write_file(struct writer *w, int folder, const char *name, struct view content, enum tree_kind kind)
{
	struct stat st;

	if (folder_write(folder, name, content, kind == TREE_EXECUTABLE ? 0755 : 0644, false, w->e) != 0)
		return -1;
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return err_errno(w->e, "%s", name);
	w->checkout->marks[w->at] = mark_of(&st);
	if (w->checkout->newest_ns < w->checkout->marks[w->at].changed_ns)
		w->checkout->newest_ns = w->checkout->marks[w->at].changed_ns;
	return 0;
}

static int write_entry(struct writer *w, const char *path, enum tree_kind kind)
{
	const struct tree *tree = w->checkout->tree;
	BUF_AUTO content = buf_new(0);
	const char *name;
	int folder;

	if (!is_safe_name(view_of(path)))
		return err_set(w->e, ERR_REFUSED, "the commit has a file that git would not check out: %s", path);
	if (tree->read(tree->context, path, CHECKOUT_FILE_MAX, &content, w->e) != 0)
		return -1;
	w->bytes += content.n;
	if (++w->files > CHECKOUT_FILES_MAX || w->bytes > CHECKOUT_BYTES_MAX)
		return err_set(w->e, ERR_LIMIT, "the tree is too large to run a program on a copy of it");
	folder = folder_walk_parent(&w->walk, path, &name, w->e);
	if (folder < 0)
		return -1;
	if (kind == TREE_LINK)
		return write_link(folder, name, path, buf_view(&content), w->e);
	return write_file(w, folder, name, buf_view(&content), kind);
}

static void make_room(struct checkout *c, size_t at)
{
	if (at < c->mark_count)
		return;
	c->marks = mem_grow(c->marks, 2 * at + 64, sizeof(*c->marks));
	memset(c->marks + c->mark_count, 0, (2 * at + 64 - c->mark_count) * sizeof(*c->marks));
	c->mark_count = 2 * at + 64;
}

static bool write_each(void *context, const char *path, enum tree_kind kind)
{
	struct writer *w = context;

	make_room(w->checkout, w->at);
	if (kind != TREE_SUBMODULE && (kind == TREE_LINK) == w->links && is_near(w->checkout, path))
		w->result = write_entry(w, path, kind);
	w->at++;
	return w->result == 0;
}

static int write_files(struct checkout *c, struct err *e)
{
	FD_AUTO root = open(c->files, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct writer w = {.checkout = c, .e = e};

	if (root < 0)
		return err_errno(e, "%s", c->files);
	folder_walk_begin(&w.walk, root, true);
	for (int links = 0; links < 2 && w.result == 0; links++) {
		w.links = links != 0;
		w.at = 0;
		if (c->tree->list(c->tree->context, write_each, &w, e) != 0)
			w.result = -1;
	}
	folder_walk_end(&w.walk);
	return w.result;
}

int checkout_make(struct checkout *ret, struct repository *r, const struct tree *tree, struct err *e)
{
	return checkout_make_near(ret, r, tree, NULL, 0, e);
}

int checkout_make_near(struct checkout *ret, struct repository *r, const struct tree *tree, const char *const *files,
	size_t count, struct err *e)
{
	struct checkout c = {
		.tree = tree, .git = r->git, .timeout_s = CHECKOUT_TIMEOUT_S, .near = files, .near_count = count};

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
	free(c->marks);
	free(c->tools);
	*c = (struct checkout){0};
}

struct comparison {
	const struct checkout *checkout;
	const char *const *files; /* may differ */
	size_t count;
	const char *const *globs; /* or NULL */
	struct arena *arena;
	const char **changed;
	size_t changed_count, at;
	struct folder_walk walk;
	struct err *e;
	int result;
};

static bool matches_globs(const struct comparison *c, const char *path)
{
	for (const char *const *glob = c->globs; glob && *glob; glob++)
		if (file_glob(*glob, view_of(path)))
			return true;
	return false;
}

static int add_changed(struct comparison *c, const char *path)
{
	if (c->changed_count == FIXER_FILES_MAX)
		return err_set(c->e, ERR_LIMIT, "the program changed more than %u files", FIXER_FILES_MAX);
	c->changed[c->changed_count++] = arena_text(c->arena, path);
	return 0;
}

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

/* Nobody touched it since: its time is another than that of the last moments, in which a clock tick could hide a
 * change.
 */
static bool is_untouched(const struct comparison *c, int folder, const char *name)
{
	const struct checkout_mark *then = &c->checkout->marks[c->at];
	struct checkout_mark now;
	struct stat st;

	if (then->inode == 0 || then->changed_ns > c->checkout->newest_ns - CLOCK_TICK_NS ||
		fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	now = mark_of(&st);
	return now.changed_ns == then->changed_ns && now.inode == then->inode && now.size == then->size &&
	       now.mode == then->mode;
}

static int compare_entry(struct comparison *c, const char *path, enum tree_kind kind)
{
	const struct tree *tree = c->checkout->tree;
	BUF_AUTO content = buf_new(0);
	const char *name;
	int folder = folder_walk_parent(&c->walk, path, &name, NULL);

	if (folder >= 0 && is_untouched(c, folder, name))
		return 0;
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

	if (kind != TREE_SUBMODULE && !may_differ(c, path) && is_near(c->checkout, path))
		c->result = compare_entry(c, path, kind);
	c->at++;
	if (c->result != 0 && c->e->code == ERR_REFUSED && matches_globs(c, path))
		c->result = add_changed(c, path);
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
	if (S_ISLNK(st.st_mode) && c->checkout->has_modules && strcmp(name, MODULES_FOLDER) == 0)
		return 0;
	if (tree->stat(tree->context, buf_text(path), &kind) || may_differ(c, buf_text(path)) ||
		is_ignored(c, buf_text(path), false))
		return 0;
	return matches_globs(c, buf_text(path)) ? add_changed(c, buf_text(path)) : differs(c, buf_text(path), "made");
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
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0 ||
			(n == 0 && c->checkout->has_git && strcmp(d->d_name, GIT_FOLDER) == 0))
			continue;
		buf_addf(path, "%s%s", n ? "/" : "", d->d_name);
		result = path->full ? err_set(c->e, ERR_LIMIT, "path too long: %s", buf_text(path))
				    : look_at(c, dirfd(folder), d->d_name, path, depth);
		buf_cut(path, n);
	}
	closedir(folder);
	return result;
}

static int compare(struct comparison *c, struct err *e)
{
	const struct checkout *checkout = c->checkout;
	FD_AUTO root = open(checkout->files, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	BUF_AUTO path = buf_new(FOLDER_PATH_MAX);
	int again = root < 0 ? -1 : fcntl(root, F_DUPFD_CLOEXEC, 0);
	struct err why = {0};

	if (again < 0)
		return err_errno(e, "%s", checkout->files);
	folder_walk_begin(&c->walk, root, false);
	c->e = &why;
	if (checkout->tree->list(checkout->tree->context, compare_each, c, &why) != 0)
		c->result = -1;
	folder_walk_end(&c->walk);
	if (c->result != 0) {
		close(again);
		return err_set(e, why.code, "%s", why.text);
	}
	return look_for_new(c, again, &path, 0) == 0 ? 0 : err_set(e, why.code, "%s", why.text);
}

int checkout_compare(const struct checkout *checkout, const char *const *files, size_t count, struct err *e)
{
	struct comparison c = {.checkout = checkout, .files = files, .count = count};

	return compare(&c, e);
}

int checkout_changed(const struct checkout *checkout, const char *const *globs, struct arena *arena,
	const char ***ret_files, size_t *ret_count, struct err *e)
{
	struct comparison c = {.checkout = checkout, .globs = globs, .arena = arena};

	c.changed = arena_array(arena, FIXER_FILES_MAX, sizeof(*c.changed));
	if (compare(&c, e) != 0)
		return -1;
	*ret_files = c.changed;
	*ret_count = c.changed_count;
	return 0;
}

int checkout_run(
	struct process_result *ret, const struct checkout *c, const char *const *argv, bool network, struct err *e)
{
	const struct process_options o = {
		.directory = c->files,
		.writable = c->top,
		.home = c->home,
		.network = network,
		.timeout_s = c->timeout_s,
		.tools = c->tools,
	};

	return process_run(ret, argv, &o, e);
}
