/* change.c - a change as data: built, checked for sense, counted, printed as git would print it. */
#include "base/file.h"
#include "base/hash.h"
#include "heal/internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Enough digits to be unique where git's usual seven are not. */
#define ID_DIGITS 12

void change_set_begin(struct change_set *set)
{
	*set = (struct change_set){0};
	set->items = arena_array(&set->arena, FIXER_FILES_MAX, sizeof(*set->items));
}

static int read_old(struct change *c, struct arena *arena, const struct tree *base, struct err *e)
{
	BUF_AUTO content = buf_new(FIXER_FILE_BYTES_MAX);

	c->existed = base->stat(base->context, c->path, &c->old_kind);
	if (!c->existed)
		return 0;
	if (!change_is_file(c->old_kind))
		return err_set(e, ERR_REFUSED, "%s is a %s", c->path,
			c->old_kind == TREE_LINK ? "symbolic link" : "submodule");
	if (base->read(base->context, c->path, FIXER_FILE_BYTES_MAX, &content, e) != 0)
		return -1;
	c->old_content = arena_view(arena, buf_view(&content));
	return 0;
}

struct change *change_add(struct change_set *set, const struct tree *base, const char *path, struct err *e)
{
	struct change *c = &set->items[set->count];

	if (file_check_relative(view_of(path), e) != 0)
		return NULL;
	if (set->count == FIXER_FILES_MAX) {
		err_set(e, ERR_LIMIT, "more than %u files would change", FIXER_FILES_MAX);
		return NULL;
	}
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(set->items[i].path, path) == 0) {
			err_set(e, ERR_REFUSED, "%s is changed twice", path);
			return NULL;
		}
	*c = (struct change){.path = arena_text(&set->arena, path)};
	if (read_old(c, &set->arena, base, e) != 0)
		return NULL;
	c->exists = c->existed;
	c->new_kind = c->old_kind;
	c->new_content = c->old_content;
	set->count++;
	return c;
}

bool change_is_nothing(const struct change *c)
{
	if (!c->exists || !c->existed)
		return c->exists == c->existed;
	return c->old_kind == c->new_kind && view_eq(c->old_content, c->new_content);
}

static bool goes_away(const struct change_set *set, const char *path)
{
	for (size_t i = 0; i < set->count; i++)
		if (!set->items[i].exists && strcmp(set->items[i].path, path) == 0)
			return true;
	return false;
}

/* A new file needs its place: no folder of its name, no file where its folders would be. */
static int check_place(const struct change_set *set, const struct change *c, const struct tree *base, struct err *e)
{
	BUF_AUTO part = buf_new(BUF_LINE);
	enum tree_kind kind;

	if (base->is_directory(base->context, c->path))
		return err_set(e, ERR_REFUSED, "%s is a folder", c->path);
	for (const char *slash = strchr(c->path, '/'); slash; slash = strchr(slash + 1, '/')) {
		buf_clear(&part);
		buf_add(&part, c->path, (size_t)(slash - c->path));
		if (base->stat(base->context, buf_text(&part), &kind) &&
			(!change_is_file(kind) || !goes_away(set, buf_text(&part))))
			return err_set(e, ERR_REFUSED, "%s is not a folder, so that %s cannot be created",
				buf_text(&part), c->path);
	}
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct change *)a)->path, ((const struct change *)b)->path);
}

static int make_patch(git_patch **ret, const struct change *c, struct err *e)
{
	/* Git tells a file that is not there from an empty one by NULL. */
	const char *old = !c->existed ? NULL : c->old_content.n ? c->old_content.p : "";
	const char *new = !c->exists ? NULL : c->new_content.n ? c->new_content.p : "";

	if (git_patch_from_buffers(ret, old, c->old_content.n, c->path, new, c->new_content.n, c->path, NULL) != 0)
		return repository_error(e, "cannot compare %s", c->path);
	return 0;
}

static int count_lines(struct change_set *set, const struct change *c, struct err *e)
{
	GIT_AUTO(git_patch) patch = NULL;
	size_t added = 0, removed = 0;

	if (make_patch(&patch, c, e) != 0)
		return -1;
	if (patch && git_patch_line_stats(NULL, &added, &removed, patch) != 0)
		return repository_error(e, "cannot count the lines of %s", c->path);
	set->lines_added += (unsigned)added;
	set->lines_removed += (unsigned)removed;
	return 0;
}

int change_set_end(struct change_set *set, const struct tree *base, struct err *e)
{
	size_t kept = 0;

	for (size_t i = 0; i < set->count; i++) {
		if (change_is_nothing(&set->items[i]))
			continue;
		if (!set->items[i].exists)
			set->items[i].new_content = view_of(NULL);
		set->items[kept++] = set->items[i];
	}
	set->count = kept;
	if (kept == 0)
		return err_set(e, ERR_NOTHING, "nothing would change");
	qsort(set->items, kept, sizeof(*set->items), by_path);
	for (size_t i = 0; i < kept; i++) {
		const struct change *c = &set->items[i];

		if (c->new_content.n > FIXER_FILE_BYTES_MAX)
			return err_set(
				e, ERR_LIMIT, "%s would have more than %zu bytes", c->path, FIXER_FILE_BYTES_MAX);
		if ((c->exists && !c->existed && check_place(set, c, base, e) != 0) || count_lines(set, c, e) != 0)
			return -1;
	}
	return 0;
}

static bool needs_quotes(const char *path)
{
	for (const unsigned char *p = (const unsigned char *)path; *p; p++)
		if (*p < 0x20 || *p >= 0x7f || *p == '"' || *p == '\\')
			return true;
	return false;
}

/* As git quotes with core.quotePath on; `side` is "a/" or "b/". */
static void print_path(struct buf *out, const char *side, const char *path)
{
	if (!needs_quotes(path)) {
		buf_addf(out, "%s%s", side, path);
		return;
	}
	buf_addf(out, "\"%s", side);
	for (const unsigned char *p = (const unsigned char *)path; *p; p++) {
		if (*p == '"' || *p == '\\')
			buf_addf(out, "\\%c", *p);
		else if (*p < 0x20 || *p >= 0x7f)
			buf_addf(out, "\\%03o", *p);
		else
			buf_add_char(out, (char)*p);
	}
	buf_add_char(out, '"');
}

static const char *mode_text(enum tree_kind kind)
{
	return kind == TREE_EXECUTABLE ? "100755" : "100644";
}

static void print_id(struct buf *out, bool there, struct view content)
{
	char hex[HASH_BLOB_HEX_MAX] = "000000000000";

	if (there)
		hash_git_blob(content, hex);
	buf_add(out, hex, ID_DIGITS);
}

/* git and patch(1) want a tab behind a name with blanks, or cannot tell where it ends. */
static void print_side(struct buf *out, const char *marker, bool there, const char *side, const char *path)
{
	buf_addf(out, "%s ", marker);
	if (there)
		print_path(out, side, path);
	else
		buf_add_text(out, "/dev/null");
	buf_add_text(out, there && strchr(path, ' ') && !needs_quotes(path) ? "\t\n" : "\n");
}

static void print_header(struct buf *out, const struct change *c)
{
	bool same_mode = c->existed && c->exists && c->old_kind == c->new_kind;

	buf_add_text(out, "diff --git ");
	print_path(out, "a/", c->path);
	buf_add_char(out, ' ');
	print_path(out, "b/", c->path);
	buf_add_char(out, '\n');
	if (!c->existed)
		buf_addf(out, "new file mode %s\n", mode_text(c->new_kind));
	else if (!c->exists)
		buf_addf(out, "deleted file mode %s\n", mode_text(c->old_kind));
	else if (!same_mode)
		buf_addf(out, "old mode %s\nnew mode %s\n", mode_text(c->old_kind), mode_text(c->new_kind));
	if (c->existed && c->exists && view_eq(c->old_content, c->new_content))
		return;
	buf_add_text(out, "index ");
	print_id(out, c->existed, c->old_content);
	buf_add_text(out, "..");
	print_id(out, c->exists, c->new_content);
	if (same_mode)
		buf_addf(out, " %s", mode_text(c->old_kind));
	buf_add_char(out, '\n');
}

static int print_line(const git_diff_delta *delta, const git_diff_hunk *hunk, const git_diff_line *line, void *payload)
{
	struct buf *out = payload;

	(void)delta, (void)hunk;
	if (line->origin == GIT_DIFF_LINE_FILE_HDR)
		return 0;
	if (line->origin == GIT_DIFF_LINE_CONTEXT || line->origin == GIT_DIFF_LINE_ADDITION ||
		line->origin == GIT_DIFF_LINE_DELETION)
		buf_add_char(out, line->origin);
	buf_add(out, line->content, line->content_len);
	return 0;
}

static int print_change(struct buf *out, const struct change *c, struct err *e)
{
	GIT_AUTO(git_patch) patch = NULL;

	if (make_patch(&patch, c, e) != 0)
		return -1;
	print_header(out, c);
	if (!patch || git_patch_num_hunks(patch) == 0)
		return 0;
	print_side(out, "---", c->existed, "a/", c->path);
	print_side(out, "+++", c->exists, "b/", c->path);
	return git_patch_print(patch, print_line, out) == 0 ? 0 : repository_error(e, "cannot print %s", c->path);
}

int change_set_print(struct buf *out, const struct change_set *set, struct err *e)
{
	for (size_t i = 0; i < set->count; i++)
		if (print_change(out, &set->items[i], e) != 0)
			return -1;
	return out->full ? err_set(e, ERR_LIMIT, "the diff has more than %zu bytes", out->max) : 0;
}
