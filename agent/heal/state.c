#include "heal/state.h"

#include "base/file.h"
#include "base/mem.h"
#include "heal/internal.h"

AUTO_FREE(git_status_list, git_status_list_free)
AUTO_FREE(git_repository, git_repository_free)

#define DIFFERS                                                                                                        \
	(GIT_STATUS_INDEX_NEW | GIT_STATUS_INDEX_MODIFIED | GIT_STATUS_INDEX_DELETED | GIT_STATUS_INDEX_RENAMED |      \
		GIT_STATUS_INDEX_TYPECHANGE | GIT_STATUS_WT_MODIFIED | GIT_STATUS_WT_DELETED |                         \
		GIT_STATUS_WT_TYPECHANGE | GIT_STATUS_WT_RENAMED | GIT_STATUS_WT_UNREADABLE | GIT_STATUS_CONFLICTED)

static const char *path_of(const git_status_entry *entry)
{
	const git_diff_delta *d = entry->index_to_workdir ? entry->index_to_workdir : entry->head_to_index;

	return d && d->new_file.path ? d->new_file.path : d ? d->old_file.path : NULL;
}

static void count_entry(struct repository_state *s, const git_status_entry *entry)
{
	const char *path = path_of(entry);

	if (entry->status & GIT_STATUS_WT_NEW)
		s->untracked++;
	if (!(entry->status & DIFFERS))
		return;
	if (path && s->changed < STATE_NAMED_MAX)
		s->names[s->changed] = arena_text(&s->arena, path);
	s->changed++;
}

/* Without submodules, which are looked at one by one. */
static int compare_files(git_status_list **ret, git_repository *git)
{
	git_status_options o;

	git_status_options_init(&o, GIT_STATUS_OPTIONS_VERSION);
	o.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
	o.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS |
		  GIT_STATUS_OPT_INCLUDE_UNREADABLE | GIT_STATUS_OPT_EXCLUDE_SUBMODULES;
	return git_status_list_new(ret, git, &o);
}

static int count_files(struct repository_state *s, struct repository *r, struct err *e)
{
	GIT_AUTO(git_status_list) list = NULL;

	if (compare_files(&list, r->git) != 0)
		return repository_error(e, "cannot compare the files with the commit");
	for (size_t i = 0; i < git_status_list_entrycount(list); i++)
		count_entry(s, git_status_byindex(list, i));
	return 0;
}

static void count_submodule(struct repository_state *s, const char *path)
{
	if (s->changed < STATE_NAMED_MAX)
		s->names[s->changed] = arena_text(&s->arena, path);
	s->changed++;
}

/* Files of its own that differ, or cannot be compared. */
static bool is_changed(git_repository *sub)
{
	GIT_AUTO(git_status_list) list = NULL;

	return compare_files(&list, sub) != 0 || git_status_list_entrycount(list) > 0;
}

/* What is checked out there; the commit's own word where nothing is. */
static void add_submodule(
	struct repository_state *s, const struct repository *r, const git_index_entry *entry, size_t n)
{
	MEM_AUTO char *folder = file_join(r->root, entry->path);
	GIT_AUTO(git_repository) sub = NULL;
	git_oid head;
	char id[GIT_OID_HEXSZ + 1];

	if (git_repository_open_ext(&sub, folder, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) != 0 ||
		git_reference_name_to_id(&head, sub, "HEAD") != 0) {
		git_oid_cpy(&head, &entry->id);
		s->submodules_absent++;
	} else if (!git_oid_equal(&head, &entry->id) || is_changed(sub)) {
		count_submodule(s, entry->path);
	}
	git_oid_tostr(id, sizeof(id), &head);
	s->submodules[n] = arena_format(&s->arena, "%s %s", entry->path, id);
}

static int list_submodules(struct repository_state *s, struct repository *r, struct err *e)
{
	GIT_AUTO(git_index) index = NULL;
	size_t n = 0;

	s->submodules = arena_array(&s->arena, STATE_SUBMODULES_MAX + 1, sizeof(*s->submodules));
	if (git_repository_index(&index, r->git) != 0)
		return repository_error(e, "cannot read the index");
	for (size_t i = 0; i < git_index_entrycount(index); i++) {
		const git_index_entry *entry = git_index_get_byindex(index, i);

		if (entry->mode != GIT_FILEMODE_COMMIT)
			continue;
		if (n == STATE_SUBMODULES_MAX)
			return err_set(
				e, ERR_LIMIT, "the repository has more than %u submodules", STATE_SUBMODULES_MAX);
		add_submodule(s, r, entry, n++);
	}
	return 0;
}

int repository_state(struct repository_state *ret, struct repository *r, struct err *e)
{
	char id[GIT_OID_HEXSZ + 1];

	*ret = (struct repository_state){0};
	if (r->bare)
		return err_set(e, ERR_USAGE, "%s is a bare repository: it has no files to work with", r->root);
	if (!r->head_tree)
		return err_set(e, ERR_NOT_FOUND, "%s has no commit yet", r->root);
	ret->commit = arena_text(&ret->arena, r->head_text);
	git_oid_tostr(id, sizeof(id), git_tree_id(r->head_tree));
	ret->tree = arena_text(&ret->arena, id);
	if (count_files(ret, r, e) == 0 && list_submodules(ret, r, e) == 0)
		return 0;
	repository_state_done(ret);
	return -1;
}

void repository_state_done(struct repository_state *s)
{
	arena_done(&s->arena);
	*s = (struct repository_state){0};
}
