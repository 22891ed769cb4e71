/* merge.c - a fix that was worked out against HEAD, put on top of the fixes before it. */
#include "heal/internal.h"

#include <string.h>

static int conflict(struct err *e, const char *path)
{
	return err_set(e, ERR_REFUSED, "%s: an earlier fix changes the same place", path);
}

static git_merge_file_input input_of(struct view content)
{
	git_merge_file_input input;

	git_merge_file_input_init(&input, GIT_MERGE_FILE_INPUT_VERSION);
	input.ptr = content.p;
	input.size = content.n;
	return input;
}

static int merge_content(struct change *onto, struct arena *arena, const struct change *own, struct err *e)
{
	git_merge_file_input old = input_of(own->old_content), ours = input_of(onto->old_content),
			     theirs = input_of(own->new_content);
	git_merge_file_result merged = {0};
	int result = 0;

	if (git_merge_file(&merged, &old, &ours, &theirs, NULL) != 0)
		return repository_error(e, "cannot merge %s", own->path);
	if (merged.automergeable)
		onto->new_content = arena_view(arena, view_make(merged.ptr, merged.len));
	else
		result = conflict(e, own->path);
	git_merge_file_result_free(&merged);
	return result;
}

/* A file that the fixes before changed too. */
static int merge_changed(struct change *onto, struct arena *arena, const struct change *own, struct err *e)
{
	if (own->exists == onto->existed && !own->exists)
		return 0;
	if (!own->existed || !own->exists || !onto->existed) {
		bool same = own->exists && onto->existed && view_eq(own->new_content, onto->old_content) &&
			    own->new_kind == onto->old_kind;

		return same ? 0 : conflict(e, own->path);
	}
	if (own->new_kind != own->old_kind)
		onto->new_kind = own->new_kind;
	if (view_eq(own->old_content, onto->old_content)) {
		onto->new_content = arena_view(arena, own->new_content);
		return 0;
	}
	return merge_content(onto, arena, own, e);
}

static int add_merged(struct change_set *set, const struct change *own, const struct tree *tip, struct err *e)
{
	struct change *onto = change_add(set, tip, own->path, e);
	bool same_start;

	if (!onto)
		return -1;
	same_start =
		onto->existed == own->existed &&
		(!own->existed || (onto->old_kind == own->old_kind && view_eq(onto->old_content, own->old_content)));
	if (!same_start)
		return merge_changed(onto, &set->arena, own, e);
	onto->exists = own->exists;
	onto->new_kind = own->new_kind;
	onto->new_content = arena_view(&set->arena, own->new_content);
	return 0;
}

int merge_onto(struct change_set *ret, const struct change_set *own, const struct tree *tip, struct err *e)
{
	bool nothing = true;

	for (size_t i = 0; i < own->count; i++)
		if (add_merged(ret, &own->items[i], tip, e) != 0)
			return -1;
	for (size_t i = 0; i < ret->count; i++)
		nothing = nothing && change_is_nothing(&ret->items[i]);
	if (nothing)
		return err_set(e, ERR_NOTHING, "an earlier fix already makes this change");
	return change_set_end(ret, tip, e);
}
