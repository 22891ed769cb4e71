/* repository.c - the repository, shut off from the machine's git configuration, and its tree at HEAD. */
#include "base/file.h"
#include "base/mem.h"
#include "heal/internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLUG_PART_MAX 100u

int repository_error(struct err *e, const char *format, ...)
{
	const git_error *last = git_error_last();
	char what[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof(what), format, ap);
	va_end(ap);
	return err_set(e, ERR_IO, "%s: %s", what, last && last->message ? last->message : "no reason given");
}

/* Configuration of the machine and the user may name programs, and would make results differ from place to place. */
void repository_begin(void)
{
	static const int levels[] = {
		GIT_CONFIG_LEVEL_PROGRAMDATA, GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL};
	/* Both only concern how objects and settings are stored; sparse and partial clones have them. */
	static const char *extensions[] = {"partialclone", "worktreeconfig"};

	git_libgit2_init();
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++)
		git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
	git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, sizeof(extensions) / sizeof(*extensions));
#if LIBGIT2_VER_MAJOR > 1 || LIBGIT2_VER_MINOR >= 5
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
#endif
}

static char *without_slash(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return mem_bytes(path, n);
}

static bool is_slug_part(struct view v)
{
	if (v.n == 0 || v.n > SLUG_PART_MAX || view_is(v, ".") || view_is(v, ".."))
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", v.p[i]))
			return false;
	return true;
}

/* What follows the host: of "https://host/a/b.git", "ssh://git@host:22/a/b", "git@host:a/b.git" the part "a/b.git". */
static struct view path_of_url(struct view url)
{
	size_t scheme = view_find(url, "://"), colon = view_find_char(url, ':'), slash;

	if (scheme == VIEW_NONE) {
		slash = view_find_char(url, '/');
		return colon == VIEW_NONE || colon == 0 || slash < colon ? view_of(NULL) : view_from(url, colon + 1);
	}
	if (!view_starts(url, "https://") && !view_starts(url, "http://") && !view_starts(url, "ssh://") &&
		!view_starts(url, "git://"))
		return view_of(NULL);
	url = view_from(url, scheme + 3);
	slash = view_find_char(url, '/');
	return slash == VIEW_NONE || slash == 0 ? view_of(NULL) : view_from(url, slash + 1);
}

static char *slug_of_url(const char *text)
{
	struct view path = path_of_url(view_trim(view_of(text))), owner, name;
	size_t slash;

	while (view_starts(path, "/"))
		path = view_from(path, 1);
	while (view_ends(path, "/"))
		path.n--;
	if (view_ends(path, ".git"))
		path.n -= 4;
	slash = view_find_char(path, '/');
	if (slash == VIEW_NONE)
		return NULL;
	owner = view_sub(path, 0, slash);
	name = view_from(path, slash + 1);
	return is_slug_part(owner) && is_slug_part(name) ? mem_bytes(path.p, path.n) : NULL;
}

static char *find_slug(git_repository *git)
{
	GIT_AUTO(git_config) config = NULL;
	const char *url;

	if (git_repository_config_snapshot(&config, git) != 0 ||
		git_config_get_string(&url, config, "remote.origin.url") != 0)
		return NULL;
	return slug_of_url(url);
}

static char *find_branch(git_repository *git)
{
	GIT_AUTO(git_reference) head = NULL;
	const char *target;

	if (git_reference_lookup(&head, git, "HEAD") != 0)
		return NULL;
	target = git_reference_symbolic_target(head);
	return target && view_starts(view_of(target), "refs/heads/") ? mem_text(target + strlen("refs/heads/")) : NULL;
}

static int find_head(struct repository *r, struct err *e)
{
	GIT_AUTO(git_reference) head = NULL;
	GIT_AUTO(git_commit) commit = NULL;
	int code = git_repository_head(&head, r->git);

	if (code == GIT_EUNBORNBRANCH || code == GIT_ENOTFOUND)
		return 0;
	if (code != 0 || git_reference_peel((git_object **)&commit, head, GIT_OBJECT_COMMIT) != 0 ||
		git_commit_tree(&r->head_tree, commit) != 0)
		return repository_error(e, "cannot read the commit at HEAD");
	git_oid_cpy(&r->head, git_commit_id(commit));
	git_oid_tostr(r->head_text, sizeof(r->head_text), &r->head);
	return 0;
}

static enum tree_kind kind_of(git_filemode_t mode)
{
	switch (mode) {
	case GIT_FILEMODE_LINK:
		return TREE_LINK;
	case GIT_FILEMODE_COMMIT:
		return TREE_SUBMODULE;
	case GIT_FILEMODE_BLOB_EXECUTABLE:
		return TREE_EXECUTABLE;
	default:
		return TREE_FILE;
	}
}

static git_tree_entry *find_entry(const struct repository *r, const char *path)
{
	git_tree_entry *entry;

	if (!r->head_tree || !*path || git_tree_entry_bypath(&entry, r->head_tree, path) != 0)
		return NULL;
	return entry;
}

/* The size is asked for first: a blob of gigabytes must not be unpacked to learn that it is too large. */
static int head_read(void *context, const char *path, size_t max, struct buf *ret, struct err *e)
{
	struct repository *r = context;
	GIT_AUTO(git_tree_entry) entry = find_entry(r, path);
	GIT_AUTO(git_odb) odb = NULL;
	git_blob *blob;
	git_object_t type;
	size_t size;

	*ret = buf_new(max);
	if (!entry || git_tree_entry_type(entry) != GIT_OBJECT_BLOB)
		return err_set(e, ERR_NOT_FOUND, "%s is not in the commit", path);
	if (git_repository_odb(&odb, r->git) != 0 ||
		git_odb_read_header(&size, &type, odb, git_tree_entry_id(entry)) != 0)
		return repository_error(e, "cannot read %s", path);
	if (size > max)
		return err_set(e, ERR_LIMIT, "%s has %zu bytes, more than %zu", path, size, max);
	if (git_blob_lookup(&blob, r->git, git_tree_entry_id(entry)) != 0)
		return repository_error(e, "cannot read %s", path);
	buf_add(ret, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
	git_blob_free(blob);
	return 0;
}

static bool head_stat(void *context, const char *path, enum tree_kind *ret)
{
	GIT_AUTO(git_tree_entry) entry = find_entry(context, path);

	if (!entry || git_tree_entry_type(entry) == GIT_OBJECT_TREE)
		return false;
	*ret = kind_of(git_tree_entry_filemode(entry));
	return true;
}

static bool head_is_directory(void *context, const char *path)
{
	const struct repository *r = context;
	GIT_AUTO(git_tree_entry) entry = find_entry(r, path);

	return (!*path && r->head_tree) || (entry && git_tree_entry_type(entry) == GIT_OBJECT_TREE);
}

struct walk {
	bool (*each)(void *context, const char *path, enum tree_kind kind);
	void *context;
	struct buf path;
};

static int walk_entry(const char *root, const git_tree_entry *entry, void *payload)
{
	struct walk *w = payload;

	if (git_tree_entry_type(entry) == GIT_OBJECT_TREE)
		return 0;
	buf_clear(&w->path);
	buf_add_text(&w->path, root);
	buf_add_text(&w->path, git_tree_entry_name(entry));
	if (w->path.full)
		return 0;
	return w->each(w->context, buf_text(&w->path), kind_of(git_tree_entry_filemode(entry))) ? 0 : GIT_EUSER;
}

/* Git's own order of entries gives whole paths in byte order. */
static int head_list(void *context, bool (*each)(void *each_context, const char *path, enum tree_kind kind),
	void *each_context, struct err *e)
{
	struct repository *r = context;
	struct walk w = {each, each_context, buf_new(BUF_LINE)};
	int code = r->head_tree ? git_tree_walk(r->head_tree, GIT_TREEWALK_PRE, walk_entry, &w) : 0;

	buf_done(&w.path);
	return code == 0 || code == GIT_EUSER ? 0 : repository_error(e, "cannot read the tree at HEAD");
}

int repository_fill(struct repository *r, struct err *e)
{
	r->bare = git_repository_is_bare(r->git) != 0;
	r->folder = without_slash(git_repository_path(r->git));
	r->root = r->bare ? mem_text(r->folder) : without_slash(git_repository_workdir(r->git));
	r->branch = find_branch(r->git);
	r->slug = find_slug(r->git);
	r->tree = (struct tree){r, head_read, head_stat, head_is_directory, head_list};
	return find_head(r, e);
}

int repository_open(struct repository **ret, const char *folder, struct err *e)
{
	struct repository *r = mem_new(sizeof(*r));
	int code;

	repository_begin();
	code = git_repository_open_ext(&r->git, folder, 0, NULL);
	if (code == GIT_ENOTFOUND)
		err_set(e, ERR_NOT_FOUND, "%s is not in a git repository", folder);
	else if (code != 0)
		repository_error(e, "cannot open the repository at %s", folder);
	if (code != 0 || repository_fill(r, e) != 0) {
		repository_free(r);
		return -1;
	}
	*ret = r;
	return 0;
}

void repository_free(struct repository *r)
{
	if (!r)
		return;
	git_tree_free(r->head_tree);
	git_repository_free(r->git);
	git_libgit2_shutdown();
	if (r->lent)
		file_remove_tree(r->lent, &(struct err){0});
	free(r->lent);
	free(r->root);
	free(r->folder);
	free(r->branch);
	free(r->slug);
	free(r);
}

const char *repository_root(const struct repository *r)
{
	return r->root;
}

bool repository_is_bare(const struct repository *r)
{
	return r->bare;
}

const char *repository_head(const struct repository *r)
{
	return r->head_tree ? r->head_text : NULL;
}

const char *repository_branch(const struct repository *r)
{
	return r->branch;
}

const char *repository_slug(const struct repository *r)
{
	return r->slug;
}

const struct tree *repository_tree(struct repository *r)
{
	return &r->tree;
}

static int find_blob(git_blob **ret, struct repository *r, const char *ref, const char *path, struct err *e)
{
	GIT_AUTO(git_reference) reference = NULL;
	GIT_AUTO(git_tree) tree = NULL;
	GIT_AUTO(git_tree_entry) entry = NULL;

	if (git_reference_lookup(&reference, r->git, ref) != 0 ||
		git_reference_peel((git_object **)&tree, reference, GIT_OBJECT_TREE) != 0)
		return err_set(e, ERR_UNAVAILABLE, "this clone has no %s", ref);
	if (git_tree_entry_bypath(&entry, tree, path) != 0 || git_tree_entry_type(entry) != GIT_OBJECT_BLOB ||
		git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK)
		return err_set(e, ERR_NOT_FOUND, "%s has no file %s", ref, path);
	if (git_blob_lookup(ret, r->git, git_tree_entry_id(entry)) != 0)
		return repository_error(e, "cannot read a file of that branch");
	return 0;
}

int repository_read_at(
	struct repository *r, const char *ref, const char *path, size_t max, struct buf *ret, struct err *e)
{
	GIT_AUTO(git_blob) blob = NULL;

	if (find_blob(&blob, r, ref, path, e) < 0)
		return -1;
	if ((uint64_t)git_blob_rawsize(blob) > max)
		return err_set(e, ERR_LIMIT, "%s is larger than %zu bytes", path, max);
	*ret = buf_new(max);
	buf_add(ret, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
	return 0;
}
