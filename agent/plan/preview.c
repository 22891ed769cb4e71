#include "plan/preview.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static int by_text(const void *a, const void *b)
{
	return view_cmp(*(const struct view *)a, *(const struct view *)b);
}

static struct view *sorted_lines(struct view text, size_t *ret_count)
{
	struct view line, *lines;
	size_t n = 1;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	lines = mem_array(n, sizeof(*lines));
	for (n = 0; view_next(&text, '\n', &line); n++)
		lines[n] = line;
	qsort(lines, n, sizeof(*lines), by_text);
	*ret_count = n;
	return lines;
}

static void count_lines(struct change_set *set, const struct change *c)
{
	size_t old_count, new_count, i = 0, k = 0;
	MEM_AUTO struct view *old = sorted_lines(c->old_content, &old_count);
	MEM_AUTO struct view *new = sorted_lines(c->new_content, &new_count);

	while (i < old_count || k < new_count) {
		int order = i == old_count ? 1 : k == new_count ? -1 : view_cmp(old[i], new[k]);

		set->lines_removed += order < 0;
		set->lines_added += order > 0;
		i += order <= 0;
		k += order >= 0;
	}
}

static int add_edit(struct change_set *set, const struct fix_edit *edit, const struct tree *tree, struct err *e)
{
	struct change *c = &set->items[set->count++];
	BUF_AUTO old = {0};

	*c = (struct change){.path = edit->path, .exists = !edit->deletes};
	c->existed = tree->stat(tree->context, edit->path, &c->old_kind);
	c->new_kind = c->old_kind;
	if (c->existed && c->old_kind != TREE_SUBMODULE) {
		if (tree->read(tree->context, edit->path, FIXER_FILE_BYTES_MAX, &old, e) != 0)
			return -1;
		c->old_content = arena_view(&set->arena, buf_view(&old));
	}
	if (!edit->deletes)
		c->new_content = edit->content_changes || edit->creates ? edit->content : c->old_content;
	if (edit->mode_changes || edit->creates)
		c->new_kind = edit->executable ? TREE_EXECUTABLE : TREE_FILE;
	count_lines(set, c);
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct change *)a)->path, ((const struct change *)b)->path);
}

static int check_edits(const struct fix_proposal *p, const struct fixer *fixer, const struct finding *finding,
	const struct config *config, const struct tree *tree, struct err *e)
{
	struct change_set set = {0};
	int status = 0;

	set.items = arena_array(&set.arena, p->edit_count + 1, sizeof(*set.items));
	for (size_t i = 0; status == 0 && i < p->edit_count; i++)
		status = add_edit(&set, &p->edits[i], tree, e);
	if (status == 0) {
		qsort(set.items, set.count, sizeof(*set.items), by_path);
		status = policy_check(&set, fixer, finding, config, tree, e);
	}
	change_set_done(&set);
	return status;
}

int preview_check(const struct fix_proposal *p, const struct fixer *fixer, const struct finding *finding,
	const struct config *config, const struct tree *tree, struct err *e)
{
	if (p->kind == FIX_EDITS)
		return check_edits(p, fixer, finding, config, tree, e);
	if (p->file_count > config->heal.max_files)
		return err_set(e, ERR_REFUSED, "%zu files would change, the limit is %u", p->file_count,
			config->heal.max_files);
	for (size_t i = 0; i < p->file_count; i++)
		if (policy_check_path(p->files[i], config, tree, e) != 0)
			return -1;
	return 0;
}
