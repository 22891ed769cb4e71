/* edits.c - FIX_EDITS: whole new contents, modes, creations, deletions. */
#include "heal/internal.h"

static int check_sense(const struct fix_edit *edit, const struct change *c, struct err *e)
{
	if (edit->creates && edit->deletes)
		return err_set(e, ERR_REFUSED, "%s would be created and deleted", edit->path);
	if (edit->creates && c->existed)
		return err_set(e, ERR_REFUSED, "%s would be created, but is there", edit->path);
	if (!edit->creates && !c->existed)
		return err_set(e, ERR_REFUSED, "%s is not in the commit", edit->path);
	return 0;
}

static int add_edit(struct change_set *set, const struct fix_edit *edit, const struct tree *base, struct err *e)
{
	struct change *c = change_add(set, base, edit->path, e);

	if (!c || check_sense(edit, c, e) != 0)
		return -1;
	c->exists = !edit->deletes;
	if (edit->content_changes || edit->creates)
		c->new_content = arena_view(&set->arena, edit->content);
	if (edit->mode_changes || edit->creates)
		c->new_kind = edit->executable ? TREE_EXECUTABLE : TREE_FILE;
	return 0;
}

int edits_make(struct change_set *ret, const struct fix_proposal *p, const struct tree *base, struct err *e)
{
	for (size_t i = 0; i < p->edit_count; i++)
		if (add_edit(ret, &p->edits[i], base, e) != 0)
			return -1;
	return change_set_end(ret, base, e);
}
