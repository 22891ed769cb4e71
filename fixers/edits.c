#include "fixers/edits.h"

#include <stdarg.h>
#include <stdio.h>

int fix_refuse(struct err *e, const char *format, ...)
{
	char text[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	err_set(e, ERR_REFUSED, "%s", text);
	return 0;
}

int fix_outcome(struct err *e)
{
	if (e->code == ERR_IO || e->code == ERR_DAMAGED)
		return -1;
	e->code = ERR_REFUSED;
	return 0;
}

struct facts {
	const struct fix_edit *edits;
	const struct view *before;
	size_t count;
	edit_check *check;
};

static bool is_as_meant(
	const struct tree *changed, const struct fix_edit *edit, struct view before, edit_check *check, struct err *e)
{
	BUF_AUTO now = {0};
	enum tree_kind kind;
	bool there = changed->stat(changed->context, edit->path, &kind);

	if (there == edit->deletes)
		return fix_refuse(e, "%s is %s", edit->path, there ? "still there" : "gone");
	if (edit->deletes)
		return true;
	if ((edit->mode_changes || edit->creates) && (kind == TREE_EXECUTABLE) != edit->executable)
		return fix_refuse(e, "%s has another mode", edit->path);
	if (!edit->content_changes)
		return true;
	if (changed->read(changed->context, edit->path, FIXER_FILE_BYTES_MAX, &now, e) != 0)
		return false;
	if (!view_eq(buf_view(&now), edit->content))
		return fix_refuse(e, "%s is not as it was worked out", edit->path);
	return !check || check(edit->path, before, buf_view(&now), e);
}

static bool all_as_meant(const struct tree *changed, const struct finding *f, const void *facts, struct err *e)
{
	const struct facts *known = facts;

	(void)f;
	for (size_t i = 0; i < known->count; i++)
		if (!is_as_meant(changed, &known->edits[i], known->before[i], known->check, e))
			return false;
	return true;
}

int edits_propose(struct fix_proposal *ret, struct fix_edit *edits, const struct view *before, size_t count,
	edit_check *check, const char *says, struct err *e)
{
	struct facts *facts = arena_alloc(&ret->arena, sizeof(*facts));

	if (count == 0)
		return fix_refuse(e, "nothing would change");
	for (size_t i = 0; check && i < count; i++)
		if (edits[i].content_changes && !check(edits[i].path, before[i], edits[i].content, e))
			return 0;
	*facts = (struct facts){edits, before, count, check};
	ret->kind = FIX_EDITS;
	ret->edits = edits;
	ret->edit_count = count;
	ret->proof = (struct fix_proof){.holds = all_as_meant, .facts = facts, .says = says};
	return 1;
}

static bool is_white(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

bool edit_only_white(const char *path, struct view before, struct view after, struct err *e)
{
	size_t i = 0, k = 0;

	for (;;) {
		while (i < before.n && is_white(before.p[i]))
			i++;
		while (k < after.n && is_white(after.p[k]))
			k++;
		if (i == before.n || k == after.n)
			break;
		if (before.p[i++] != after.p[k++])
			goto differs;
	}
	if (i == before.n && k == after.n)
		return true;
differs:
	return fix_refuse(e, "%s: more than white space would change", path);
}

bool edit_only_adds(const char *path, struct view before, struct view after, struct err *e)
{
	struct view old, new;

	while (view_next(&before, '\n', &old)) {
		do {
			if (!view_next(&after, '\n', &new))
				return fix_refuse(e, "%s: more than added lines would change", path);
		} while (!view_eq(view_trim_right(old), view_trim_right(new)));
	}
	return true;
}
