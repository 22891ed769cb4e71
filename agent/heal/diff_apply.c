/* diff_apply.c - FIX_DIFF: a diff printed in a log, applied to contents in memory.
 *
 * No fuzz: every line of context and every removed line must stand there byte for byte. A hunk belongs where it says it
 * does; when the file has shifted since, it may stand elsewhere only where exactly one place fits. */
#include "base/hash.h"
#include "fixers/diff/unified.h"
#include "heal/internal.h"

#include <string.h>

#define DIFF_BYTES_MAX ((size_t)4 << 20)

/* Fewer old lines than this prove too little about a place that the diff does not name. */
#define SHIFTED_LINES_MIN 3

/* Of a file: with their newlines. Of the diff: without. */
struct lines {
	struct view *items;
	size_t count;
};

static struct lines split(struct arena *arena, struct view content, bool newlines)
{
	struct lines l = {0};
	struct view rest = content;
	size_t count = 0;

	for (size_t i = 0; i < content.n; i++)
		count += content.p[i] == '\n';
	l.items = arena_array(arena, count + 1, sizeof(*l.items));
	while (rest.n) {
		size_t end = view_find_char(rest, '\n');
		size_t n = end == VIEW_NONE ? rest.n : end + 1;

		l.items[l.count++] = view_sub(rest, 0, newlines || end == VIEW_NONE ? n : end);
		rest = view_from(rest, n);
	}
	return l;
}

/* Lines of context at the beginning and the end of a hunk. */
static size_t context_at(const struct diff_hunk *h, bool end)
{
	size_t n = 0;

	while (n < h->line_count && h->lines[end ? h->line_count - 1 - n : n].kind == ' ')
		n++;
	return n;
}

static bool is_line(const struct diff_line *l, struct view line)
{
	bool newline = view_ends(line, "\n");

	return newline != l->no_newline && view_eq(view_sub(line, 0, line.n - newline), l->text);
}

static bool matches(const struct lines *l, const struct diff_hunk *h, size_t at)
{
	if (h->old_count > l->count || at > l->count - h->old_count)
		return false;
	for (size_t i = 0; i < h->line_count; i++)
		if (h->lines[i].kind != '+' && !is_line(&h->lines[i], l->items[at++]))
			return false;
	/* No context behind (but some before) means that the file ended there. */
	return context_at(h, true) > 0 || context_at(h, false) == 0 || at == l->count;
}

static int find_place(const struct lines *l, const struct diff_hunk *h, size_t from, size_t *ret, struct err *e)
{
	size_t stated = h->old_count && h->old_start ? h->old_start - 1u : h->old_start, found = 0;

	if (stated >= from && matches(l, h, stated)) {
		*ret = stated;
		return 0;
	}
	if (h->old_count < SHIFTED_LINES_MIN)
		return err_set(e, ERR_REFUSED, "the hunk at line %u does not match", h->old_start);
	for (size_t at = 0; at < l->count && found < 2; at++)
		if (matches(l, h, at)) {
			found++;
			*ret = at;
		}
	if (found == 1 && *ret >= from)
		return 0;
	return err_set(e, ERR_REFUSED, "the hunk at line %u %s", h->old_start,
		found ? "matches at another place, and not only there" : "does not match");
}

static int apply_hunk(struct buf *out, const struct lines *l, const struct diff_hunk *h, size_t *at, struct err *e)
{
	size_t place = 0;

	/* Added lines with nothing around them could stand anywhere. */
	if (h->old_count == 0 && l->count > 0)
		return err_set(e, ERR_REFUSED, "the hunk at line %u has no context", h->old_start);
	if (find_place(l, h, *at, &place, e) != 0)
		return -1;
	while (*at < place)
		buf_add_view(out, l->items[(*at)++]);
	for (size_t i = 0; i < h->line_count; i++)
		if (h->lines[i].kind != '-') {
			buf_add_view(out, h->lines[i].text);
			buf_add_text(out, h->lines[i].no_newline ? "" : "\n");
		}
	*at += h->old_count;
	return 0;
}

static int apply_hunks(struct change *c, struct arena *arena, const struct diff_file *f, struct err *e)
{
	BUF_AUTO out = buf_new(FIXER_FILE_BYTES_MAX);
	ARENA_AUTO scratch = {0};
	struct lines l = split(&scratch, c->old_content, true);
	size_t at = 0;

	for (size_t i = 0; i < f->hunk_count; i++)
		if (apply_hunk(&out, &l, &f->hunks[i], &at, e) != 0)
			return -1;
	while (at < l.count)
		buf_add_view(&out, l.items[at++]);
	if (out.full)
		return err_set(e, ERR_LIMIT, "the new content has more than %zu bytes", FIXER_FILE_BYTES_MAX);
	c->new_content = arena_view(arena, buf_view(&out));
	return 0;
}

static bool has_id(struct view id, struct view content)
{
	char hex[HASH_BLOB_HEX_MAX];

	hash_git_blob(content, hex);
	return view_eq(view_sub(view_of(hex), 0, id.n), id);
}

static bool says_id(struct view id)
{
	return id.n >= 7 && id.n < HASH_BLOB_HEX_MAX && !view_starts(id, "0000000");
}

/* A diff of git names what comes out. Where it started from these very bytes the result must be that: lines that were
 * lost, masked or folded on the way show here. */
static int check_ids(const struct change *c, const struct diff_file *f, struct err *e)
{
	bool same_start = f->creates || (says_id(f->old_id) && has_id(f->old_id, c->old_content));

	if (f->deletes || !same_start || !says_id(f->new_id) || has_id(f->new_id, c->new_content))
		return 0;
	return err_set(e, ERR_REFUSED, "the diff is not whole: its result has another hash");
}

static int check_start(const struct change *c, const struct diff_file *f, struct err *e)
{
	if (f->creates && c->existed)
		return err_set(e, ERR_REFUSED, "it would be created, but is there");
	if (!f->creates && !c->existed)
		return err_set(e, ERR_REFUSED, "it is not in the commit");
	return 0;
}

static int fill(struct change *c, struct arena *arena, const struct diff_file *f, struct err *e)
{
	if (check_start(c, f, e) != 0 || apply_hunks(c, arena, f, e) != 0 || check_ids(c, f, e) != 0)
		return -1;
	if (f->deletes && c->new_content.n)
		return err_set(e, ERR_REFUSED, "it would be deleted, but not all of its lines");
	c->exists = !f->deletes;
	if (f->mode_changes || f->creates)
		c->new_kind = f->executable ? TREE_EXECUTABLE : TREE_FILE;
	return 0;
}

/* The one name of both sides, without "a/" and "b/"; a rename has none. */
static const char *path_of(const struct diff_file *f, struct arena *arena)
{
	struct view old = f->old_name, new = f->new_name;

	if ((!f->creates && !view_starts(old, "a/")) || (!f->deletes && !view_starts(new, "b/")))
		return NULL;
	old = view_from(f->creates && !view_starts(old, "a/") ? new : old, 2);
	new = view_from(f->deletes && !view_starts(new, "b/") ? f->old_name : new, 2);
	return view_eq(old, new) && !memchr(new.p, '\0', new.n) ? arena_view(arena, new).p : NULL;
}

static bool is_named(const struct fix_proposal *p, const char *path)
{
	for (size_t i = 0; i < p->file_count; i++)
		if (strcmp(p->files[i], path) == 0)
			return true;
	return p->file_count == 0;
}

static int add_file(struct change_set *set, const struct diff_file *f, const struct fix_proposal *p,
	const struct tree *base, struct err *e)
{
	const char *path = path_of(f, &set->arena);
	struct change *c;

	if (!path)
		return err_set(e, ERR_REFUSED, "the diff has paths without a/ and b/, or renames a file");
	if (!is_named(p, path))
		return err_set(e, ERR_REFUSED, "the diff also changes %s", path);
	c = change_add(set, base, path, e);
	if (!c)
		return -1;
	return fill(c, &set->arena, f, e) != 0 ? err_wrap(e, "%s", path) : 0;
}

int diff_make(struct change_set *ret, const struct fix_proposal *p, const struct tree *base, struct err *e)
{
	ARENA_AUTO scratch = {0};
	struct lines lines;
	struct diff d;

	if (p->diff.n > DIFF_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "the diff has more than %zu bytes", DIFF_BYTES_MAX);
	lines = split(&scratch, p->diff, false);
	if (diff_read(&d, lines.items, lines.count, &scratch, e) != 1)
		return -1;
	for (size_t i = 0; i < d.count; i++)
		if (add_file(ret, &d.files[i], p, base, e) != 0)
			return -1;
	return change_set_end(ret, base, e);
}
