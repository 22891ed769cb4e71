#include "fixers/source.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct sources sources_new(struct arena *a, const struct tree *tree)
{
	return (struct sources){.arena = a, .tree = tree};
}

void sources_done(struct sources *s)
{
	for (size_t i = 0; i < s->count; i++) {
		free(s->items[i]->starts);
		free(s->items[i]->splices);
		free(s->items[i]);
	}
	free(s->items);
	*s = (struct sources){0};
}

static int index_lines(struct source *s, struct err *e)
{
	size_t count = s->text.n && s->text.p[s->text.n - 1] != '\n', n = 0;

	for (size_t i = 0; i < s->text.n; i++)
		count += s->text.p[i] == '\n';
	if (count > SOURCE_LINES_MAX)
		return err_set(e, ERR_REFUSED, "%s has more than %u lines", s->path, SOURCE_LINES_MAX);
	s->starts = mem_array(count + 2, sizeof(*s->starts));
	for (size_t i = 0; i < s->text.n; i++)
		if (i == 0 || s->text.p[i - 1] == '\n')
			s->starts[n++] = i;
	s->starts[n] = s->text.n;
	s->line_count = (uint32_t)count;
	return 0;
}

static int load(struct sources *set, struct source *s, struct err *e)
{
	BUF_AUTO content = {0};
	enum tree_kind kind;

	if (!set->tree->stat(set->tree->context, s->path, &kind))
		return err_set(e, ERR_REFUSED, "%s is not in the repository", s->path);
	if (kind != TREE_FILE && kind != TREE_EXECUTABLE)
		return err_set(e, ERR_REFUSED, "%s is a link or submodule", s->path);
	if (set->tree->read(set->tree->context, s->path, FIXER_FILE_BYTES_MAX, &content, e) != 0)
		return -1;
	if (content.n && memchr(content.p, 0, content.n))
		return err_set(e, ERR_REFUSED, "%s is binary", s->path);
	s->executable = kind == TREE_EXECUTABLE;
	s->text = arena_view(set->arena, buf_view(&content));
	return index_lines(s, e);
}

struct source *sources_open(struct sources *s, const char *path, struct err *e)
{
	struct source *one;

	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->items[i]->path, path) == 0)
			return s->items[i];
	if (s->count >= FIXER_FILES_MAX) {
		err_set(e, ERR_REFUSED, "more than %u files", FIXER_FILES_MAX);
		return NULL;
	}
	one = mem_new(sizeof(*one));
	one->path = arena_text(s->arena, path);
	if (load(s, one, e) != 0) {
		free(one->starts);
		free(one);
		return NULL;
	}
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): the items are pointers */
	MEM_PUSH(s->items, s->count, s->cap);
	s->items[s->count++] = one;
	return one;
}

size_t source_offset(const struct source *s, uint32_t n)
{
	return n == 0 ? 0 : n > s->line_count ? s->text.n : s->starts[n - 1];
}

struct view source_line(const struct source *s, uint32_t n)
{
	struct view v;

	if (n == 0 || n > s->line_count)
		return (struct view){0};
	v = view_sub(s->text, s->starts[n - 1], s->starts[n] - s->starts[n - 1]);
	if (v.n && v.p[v.n - 1] == '\n')
		v.n--;
	if (v.n && v.p[v.n - 1] == '\r')
		v.n--;
	return v;
}

uint32_t source_line_at(const struct source *s, size_t offset)
{
	uint32_t low = 1, high = s->line_count;

	while (low < high) {
		uint32_t middle = low + (high - low + 1) / 2;

		if (s->starts[middle - 1] <= offset)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

const char *source_eol(const struct source *s)
{
	size_t lf = view_find_char(s->text, '\n');

	return lf != VIEW_NONE && lf > 0 && s->text.p[lf - 1] == '\r' ? "\r\n" : "\n";
}

bool source_blank(const struct source *s, uint32_t n)
{
	return n >= 1 && n <= s->line_count && view_trim(source_line(s, n)).n == 0;
}

size_t source_column(const struct source *s, uint32_t line, uint32_t column)
{
	struct view v = source_line(s, line);
	size_t at = 0;

	if (line == 0 || line > s->line_count || column == 0)
		return VIEW_NONE;
	for (uint32_t i = 1; i < column; i++) {
		uint32_t code;
		size_t n = view_utf8(view_from(v, at), &code);

		if (at >= v.n)
			return VIEW_NONE;
		at += n ? n : 1;
	}
	return s->starts[line - 1] + at;
}

int source_splice(struct source *s, size_t at, size_t cut, struct view insert, struct err *e)
{
	if (at > s->text.n || cut > s->text.n - at)
		return err_set(e, ERR_REFUSED, "%s: a change lies outside the file", s->path);
	if (s->splice_count >= SOURCE_SPLICES_MAX)
		return err_set(e, ERR_REFUSED, "%s: more than %u changes", s->path, SOURCE_SPLICES_MAX);
	for (size_t i = 0; i < s->splice_count; i++)
		if (s->splices[i].at == at && s->splices[i].cut == cut && view_eq(s->splices[i].insert, insert))
			return 0;
	MEM_PUSH(s->splices, s->splice_count, s->splice_cap);
	s->splices[s->splice_count++] = (struct splice){at, cut, insert};
	return 0;
}

int source_cut_lines(struct source *s, uint32_t first, uint32_t last, struct err *e)
{
	size_t from = source_offset(s, first), to = source_offset(s, last + 1);

	if (first == 0 || first > last || last > s->line_count)
		return err_set(e, ERR_REFUSED, "%s has no line %u", s->path, last);
	return source_splice(s, from, to - from, (struct view){0}, e);
}

static int by_place(const void *a, const void *b)
{
	const struct splice *x = a, *y = b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	return (x->cut > y->cut) - (x->cut < y->cut);
}

int source_render(const struct source *s, struct buf *ret, struct err *e)
{
	size_t bytes = s->splice_count * sizeof(*s->splices), done = 0;
	bool last_inserts = false;
	MEM_AUTO struct splice *sorted = mem_array(s->splice_count, sizeof(*sorted));

	if (bytes)
		memcpy(sorted, s->splices, bytes);
	qsort(sorted, s->splice_count, sizeof(*sorted), by_place);
	for (size_t i = 0; i < s->splice_count; i++) {
		const struct splice *one = &sorted[i];

		if (one->at < done && (one->insert.n || last_inserts))
			return err_set(e, ERR_REFUSED, "%s: two changes touch the same place", s->path);
		if (one->at > done)
			buf_add_view(ret, view_sub(s->text, done, one->at - done));
		buf_add_view(ret, one->insert);
		last_inserts = one->insert.n > 0;
		if (one->at + one->cut > done)
			done = one->at + one->cut;
	}
	buf_add_view(ret, view_from(s->text, done));
	return ret->full ? err_set(e, ERR_LIMIT, "%s grows too large", s->path) : 0;
}

static int render_edit(struct arena *a, const struct source *one, struct fix_edit *ret, struct err *e)
{
	BUF_AUTO text = buf_new(FIXER_FILE_BYTES_MAX);

	if (source_render(one, &text, e) != 0)
		return -1;
	*ret = (struct fix_edit){.path = one->path, .content_changes = true, .executable = one->executable};
	ret->content = arena_view(a, buf_view(&text));
	return 0;
}

int sources_propose(struct sources *s, struct fix_proposal *ret, edit_check *check, const char *says, struct err *e)
{
	struct fix_edit *edits = arena_array(s->arena, s->count + 1, sizeof(*edits));
	struct view *before = arena_array(s->arena, s->count + 1, sizeof(*before));
	size_t n = 0;

	for (size_t i = 0; i < s->count; i++) {
		struct source *one = s->items[i];

		if (one->splice_count == 0)
			continue;
		if (render_edit(s->arena, one, &edits[n], e) != 0)
			return fix_outcome(e);
		if (!view_eq(edits[n].content, one->text))
			before[n++] = one->text;
	}
	return edits_propose(ret, edits, before, n, check, says, e);
}
