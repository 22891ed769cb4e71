#include "heal/pages.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "heal/internal.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NAME "runmedic"
#define EMAIL "runmedic@users.noreply.github.com"

struct work {
	const struct git_remote_options *options;
	const struct pages *pages;
	struct repository *repository;
	struct arena arena;
	const char *ref;
	char tip[GIT_OID_HEXSZ + 1]; /* "" where the branch is not there */
};

static int make_repository(struct repository **ret, struct err *e)
{
	char *folder = file_temp_directory("runmedic-pages.", e);
	if (!folder)
		return -1;
	struct repository *r = mem_new(sizeof *r);
	r->lent = folder;
	repository_begin();
	if (git_repository_init(&r->git, folder, true) != 0)
		repository_error(e, "cannot make a repository at %s", folder);
	else if (repository_fill(r, e) == 0) {
		*ret = r;
		return 0;
	}
	repository_free(r);
	return -1;
}

static bool on_ref(void *context, const char *name, const char *sha)
{
	struct work *w = context;
	if (strcmp(name, w->ref))
		return true;
	snprintf(w->tip, sizeof w->tip, "%s", sha);
	return false;
}

static int fetch_tip(struct work *w, git_commit **ret, struct err *e)
{
	git_oid id;
	*ret = NULL;
	w->tip[0] = 0;
	if (git_refs_list(w->options, w->ref, on_ref, w, e) < 0)
		return -1;
	if (!w->tip[0])
		return 0;
	if (git_refs_fetch(w->repository, w->options, &w->ref, 1, e) < 0)
		return -1;
	if (git_oid_fromstr(&id, w->tip) != 0 || git_commit_lookup(ret, w->repository->git, &id) != 0)
		return err_set(e, ERR_BUSY, "%s moved while it was fetched", w->ref);
	return 0;
}

static int add_blob(struct work *w, git_index *index, const char *path, struct view content, struct err *e)
{
	git_index_entry entry = {.path = path, .mode = GIT_FILEMODE_BLOB};
	if (git_blob_create_from_buffer(&entry.id, w->repository->git, content.n ? content.p : "", content.n) != 0 ||
		git_index_add(index, &entry) != 0)
		return repository_error(e, "cannot store %s", path);
	return 0;
}

static int add_index(struct work *w, git_index *index, struct err *e)
{
	size_t n = git_index_entrycount(index), count = 0;
	const char **paths = arena_array(&w->arena, n + 1, sizeof *paths);
	BUF_AUTO text = buf_new(BUF_FILE);
	for (size_t i = 0; i < n && count < PAGES_LISTED_MAX; i++)
		paths[count++] = git_index_get_byindex(index, i)->path;
	w->pages->index(&text, paths, count);
	return add_blob(w, index, w->pages->index_path, buf_view(&text), e);
}

static int make_tree(struct work *w, const git_commit *parent, git_oid *ret, struct err *e)
{
	GIT_AUTO(git_index) index = NULL;
	GIT_AUTO(git_tree) old = NULL;
	if (git_index_new(&index) != 0)
		return repository_error(e, "cannot make a tree");
	if (parent && (git_commit_tree(&old, parent) != 0 || git_index_read_tree(index, old) != 0))
		return repository_error(e, "cannot read the tree of %s", w->ref);
	for (size_t i = 0; i < w->pages->count; i++)
		if (add_blob(w, index, w->pages->files[i].path, w->pages->files[i].content, e) < 0)
			return -1;
	if (w->pages->index_path && add_index(w, index, e) < 0)
		return -1;
	return git_index_write_tree_to(ret, index, w->repository->git) == 0
		       ? 0
		       : repository_error(e, "cannot write a tree");
}

static int make_commit(struct work *w, const git_commit *parent, const git_oid *tree_id, git_oid *ret, struct err *e)
{
	GIT_AUTO(git_tree) tree = NULL;
	GIT_AUTO(git_signature) who = NULL;
	const git_commit *parents[] = {parent};
	if (git_tree_lookup(&tree, w->repository->git, tree_id) != 0 ||
		git_signature_new(&who, NAME, EMAIL, clock_now() / CLOCK_SECOND, 0) != 0 ||
		git_commit_create(ret, w->repository->git, NULL, who, who, NULL, w->pages->message, tree,
			parent ? 1 : 0, (void *)parents) != 0)
		return repository_error(e, "cannot make a commit for %s", w->ref);
	return 0;
}

/* 1: pushed; 0: nothing differs; -1, ERR_BUSY: somebody else was quicker. */
static int push_once(struct work *w, char ret_commit[41], struct err *e)
{
	GIT_AUTO(git_commit) parent = NULL;
	git_oid tree, commit;
	if (fetch_tip(w, &parent, e) < 0 || make_tree(w, parent, &tree, e) < 0)
		return -1;
	if (parent && git_oid_equal(git_commit_tree_id(parent), &tree)) {
		git_oid_tostr(ret_commit, 41, git_commit_id(parent));
		return 0;
	}
	if (make_commit(w, parent, &tree, &commit, e) < 0)
		return -1;
	git_oid_tostr(ret_commit, 41, &commit);
	struct git_ref_push push = {.ref = w->ref, .sha = ret_commit, .expected = w->tip[0] ? w->tip : NULL};
	if (git_refs_push(w->repository, w->options, &push, 1, &w->arena, e) < 0)
		return -1;
	return push.done ? 1 : err_set(e, ERR_BUSY, "%s was not moved: %s", w->ref, push.why ? push.why : "refused");
}

/* Whoever was too late at the same moment comes back at another one. */
static void wait_for_others(unsigned tries)
{
	uint64_t noise = (uint64_t)clock_monotonic() * 2654435761u + (uint64_t)getpid() * 40503u;
	long ms = (long)((noise >> 7) % ((uint64_t)tries * PAGES_WAIT_MS));
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

int pages_push(
	const struct git_remote_options *o, const struct pages *p, char ret_commit[41], bool *ret_new, struct err *e)
{
	struct work w = {.options = o, .pages = p};
	int valid = 0, rc = -1;
	w.ref = arena_format(&w.arena, "refs/heads/%s", p->branch);
	if (make_repository(&w.repository, e) < 0)
		return -1;
	if (git_reference_name_is_valid(&valid, w.ref) != 0 || !valid || *p->branch == '-')
		err_set(e, ERR_USAGE, "%s is no name for a branch", p->branch);
	else
		for (unsigned i = 0; i < PAGES_TRIES && (i == 0 || e->code == ERR_BUSY) && rc < 0; i++) {
			if (i)
				wait_for_others(i);
			rc = push_once(&w, ret_commit, e);
		}
	*ret_new = rc == 1;
	repository_free(w.repository);
	arena_done(&w.arena);
	return rc < 0 ? -1 : 0;
}
