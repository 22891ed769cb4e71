/* offer.c - each wish alone against HEAD, then on top of those that were accepted before it: as heal.c does it, but
 * without anything that runs. A wish is refused by itself; the next one is judged as if it had not been. */
#include "heal/offer.h"

#include "base/hash.h"
#include "fixers/diff/unified.h"
#include "heal/internal.h"

#include <stdlib.h>
#include <string.h>

#define ID_LEAST 7 /* digits of an id in a diff that are worth comparing */

/* An accepted wish; later ones stand on it. */
struct layer {
	struct change_set own;   /* against HEAD */
	struct change_set delta; /* on top of the layers before */
	struct overlay tip;
};

struct offering {
	struct offers *offers;
	struct repository *repository;
	const struct config *config;
	struct layer *layers;
	size_t layer_count;
	const struct tree *tip;
	const char *paths[FIXER_FILES_MAX]; /* of all accepted ones together */
	size_t path_count;
};

/* ---- the diff as it was given ----------------------------------------------------------------------------------- */

static size_t split_lines(struct view text, struct arena *arena, struct view **ret)
{
	struct view rest = text, line;
	size_t n = 1, count = 0;

	for (size_t i = 0; i < text.n; i++)
		n += text.p[i] == '\n';
	*ret = arena_array(arena, n, sizeof(**ret));
	while (count < n && view_next(&rest, '\n', &line))
		(*ret)[count++] = line;
	return count;
}

/* What a diff of git says that it starts from must be what stands there; "0000000" is nothing. */
static int check_start(const struct diff_file *f, const struct change *c, struct err *e)
{
	char hex[HASH_BLOB_HEX_MAX];
	struct view id = f->old_id;

	if (id.n < ID_LEAST || id.n >= HASH_BLOB_HEX_MAX || !c->existed || f->creates)
		return 0;
	hash_git_blob(c->old_content, hex);
	if (view_eq(view_sub(view_of(hex), 0, id.n), id))
		return 0;
	return err_set(e, ERR_REFUSED, "%s: the diff was made for another version of it", c->path);
}

static const struct change *find_change(const struct change_set *set, struct view path)
{
	for (size_t i = 0; i < set->count; i++)
		if (view_is(path, set->items[i].path))
			return &set->items[i];
	return NULL;
}

static int check_starts(const struct change_set *set, struct view diff, struct err *e)
{
	ARENA_AUTO scratch = {0};
	struct view *lines;
	size_t count = split_lines(diff, &scratch, &lines);
	struct diff d;

	if (diff_read(&d, lines, count, &scratch, e) != 1)
		return -1;
	for (size_t i = 0; i < d.count; i++) {
		const struct change *c = find_change(set, view_from(d.files[i].old_name, 2));

		if (c && check_start(&d.files[i], c, e) != 0)
			return -1;
	}
	return 0;
}

/* The diff may touch what was claimed, and nothing else. */
static int take_claim(struct fix_proposal *p, const char **files, const struct offer_wish *w, struct err *e)
{
	for (const char *const *f = w->claimed_files; f && *f; f++) {
		if (p->file_count == FIXER_FILES_MAX)
			return err_set(e, ERR_LIMIT, "it names more than %u files", FIXER_FILES_MAX);
		files[p->file_count++] = *f;
	}
	p->files = files;
	if (w->claimed_files && p->file_count == 0)
		return err_set(e, ERR_REFUSED, "it names no file");
	return 0;
}

static int make_own(struct change_set *ret, const struct offer_wish *w, const struct tree *head, struct err *e)
{
	const char *files[FIXER_FILES_MAX];
	struct fix_proposal p = {.kind = FIX_DIFF, .diff = view_of(w->diff)};

	if (take_claim(&p, files, w, e) != 0)
		return -1;
	change_set_begin(ret);
	return diff_make(ret, &p, head, e) != 0 || check_starts(ret, p.diff, e) != 0 ? -1 : 0;
}

/* ---- on top of the others ------------------------------------------------------------------------------------------
 */

/* All together must stay a change that can be shown and written at once. */
static int check_room(const struct offering *o, const struct change_set *own, struct err *e)
{
	size_t fresh = 0;

	for (size_t i = 0; i < own->count; i++) {
		bool known = false;

		for (size_t k = 0; k < o->path_count && !known; k++)
			known = strcmp(o->paths[k], own->items[i].path) == 0;
		fresh += !known;
	}
	if (o->path_count + fresh <= FIXER_FILES_MAX)
		return 0;
	return err_set(e, ERR_LIMIT, "with it more than %u files would change in all", FIXER_FILES_MAX);
}

static int make_layer(struct offering *o, struct layer *l, const struct offer_wish *w, struct err *e)
{
	if (!w->fixer || !w->finding || !w->diff)
		return err_set(e, ERR_REFUSED, "no fixer and finding of ours stand behind it");
	if (make_own(&l->own, w, &o->repository->tree, e) != 0)
		return -1;
	change_set_begin(&l->delta);
	if (merge_onto(&l->delta, &l->own, o->tip, e) != 0 || check_room(o, &l->own, e) != 0)
		return -1;
	return policy_check(&l->delta, w->fixer, w->finding, o->config, o->tip, e);
}

static void layer_done(struct layer *l)
{
	change_set_done(&l->own);
	change_set_done(&l->delta);
}

static void note_paths(struct offering *o, const struct change_set *own)
{
	for (size_t i = 0; i < own->count; i++) {
		bool known = false;

		for (size_t k = 0; k < o->path_count && !known; k++)
			known = strcmp(o->paths[k], own->items[i].path) == 0;
		if (!known)
			o->paths[o->path_count++] = own->items[i].path;
	}
}

/* ---- what comes out -------------------------------------------------------------------------------------------------
 */

static unsigned mode_of(enum tree_kind kind)
{
	return kind == TREE_EXECUTABLE ? 0100755 : 0100644;
}

static int describe_file(
	struct offer_file *ret, struct arena *arena, const struct change *own, const struct tree *tip, struct err *e)
{
	BUF_AUTO content = buf_new(FIXER_FILE_BYTES_MAX);
	enum tree_kind kind = TREE_FILE;

	*ret = (struct offer_file){
		.path = arena_text(arena, own->path),
		.existed = own->existed,
		.exists = tip->stat(tip->context, own->path, &kind),
		.old_mode = own->existed ? mode_of(own->old_kind) : 0,
		.old_content = arena_view(arena, own->old_content),
	};
	if (!ret->exists)
		return 0;
	ret->mode = mode_of(kind);
	if (tip->read(tip->context, own->path, FIXER_FILE_BYTES_MAX, &content, e) != 0)
		return -1;
	ret->content = arena_view(arena, buf_view(&content));
	return 0;
}

static int print_set(const char **ret, struct arena *arena, const struct change_set *set, struct err *e)
{
	BUF_AUTO diff = buf_new(BUF_LARGE);

	if (change_set_print(&diff, set, e) != 0)
		return -1;
	*ret = arena_view(arena, buf_view(&diff)).p;
	return 0;
}

static int describe(struct offer *ret, struct arena *arena, const struct layer *l, struct err *e)
{
	ret->lines_added = l->own.lines_added;
	ret->lines_removed = l->own.lines_removed;
	ret->files = arena_array(arena, l->own.count, sizeof(*ret->files));
	for (size_t i = 0; i < l->own.count; i++)
		if (describe_file(&ret->files[ret->file_count++], arena, &l->own.items[i], &l->tip.tree, e) != 0)
			return -1;
	return print_set(&ret->diff, arena, &l->own, e);
}

/* Every file as the last layer leaves it, against HEAD. */
static int fill_all(struct change_set *set, const struct offering *o, struct err *e)
{
	const struct tree *tip = o->tip;

	for (size_t i = 0; i < o->path_count; i++) {
		BUF_AUTO content = buf_new(FIXER_FILE_BYTES_MAX);
		struct change *c = change_add(set, &o->repository->tree, o->paths[i], e);

		if (!c)
			return -1;
		c->exists = tip->stat(tip->context, c->path, &c->new_kind);
		if (!c->exists)
			continue;
		if (tip->read(tip->context, c->path, FIXER_FILE_BYTES_MAX, &content, e) != 0)
			return -1;
		c->new_content = arena_view(&set->arena, buf_view(&content));
	}
	return change_set_end(set, &o->repository->tree, e);
}

static int print_all(struct offering *o, struct err *e)
{
	struct change_set set;
	struct err why = {0};
	int result;

	if (o->layer_count == 0)
		return 0;
	change_set_begin(&set);
	result = fill_all(&set, o, &why);
	if (result == 0)
		result = print_set(&o->offers->diff, &o->offers->arena, &set, &why);
	change_set_done(&set);
	/* Two fixes that undo each other leave nothing to show. */
	return result == 0 || why.code == ERR_NOTHING ? 0 : err_set(e, why.code, "%s", why.text);
}

/* ---- one after the other
 * --------------------------------------------------------------------------------------------- */

/* The wish is to blame, not the machine or the network. */
static bool is_refusal(enum err_code code)
{
	switch (code) {
	case ERR_REFUSED:
	case ERR_NOTHING:
	case ERR_LIMIT:
	case ERR_INPUT:
	case ERR_NOT_FOUND:
		return true;
	default:
		return false;
	}
}

static int offer_make(struct offering *o, struct offer *ret, const struct offer_wish *w, struct err *e)
{
	struct layer *l = &o->layers[o->layer_count];
	struct err why = {0};

	if (make_layer(o, l, w, &why) == 0) {
		overlay_init(&l->tip, o->tip, &l->delta);
		if (describe(ret, &o->offers->arena, l, e) != 0)
			return -1;
		ret->accepted = true;
		note_paths(o, &l->own);
		o->tip = &l->tip.tree;
		o->layer_count++;
		return 0;
	}
	layer_done(l);
	*l = (struct layer){0};
	if (!is_refusal(why.code))
		return err_set(e, why.code, "%s", why.text);
	ret->reason = arena_text(&o->offers->arena, why.text);
	return 0;
}

int offers_make(struct offers *ret, struct repository *r, const struct offer_wish *wishes, size_t n,
	const struct config *c, struct err *e)
{
	struct offers offers = {.count = n};
	struct offering o = {.offers = &offers, .repository = r, .config = c, .tip = &r->tree};
	ARENA_AUTO scratch = {0};
	int result = 0;

	if (!r->head_tree)
		return err_set(e, ERR_INPUT, "%s has no commit yet", r->root ? r->root : "the repository");
	offers.items = arena_array(&offers.arena, n, sizeof(*offers.items));
	o.layers = arena_array(&scratch, n, sizeof(*o.layers));
	for (size_t i = 0; i < n && result == 0; i++)
		result = offer_make(&o, &offers.items[i], &wishes[i], e);
	if (result == 0)
		result = print_all(&o, e);
	for (size_t i = 0; i < n; i++)
		layer_done(&o.layers[i]);
	if (result == 0)
		*ret = offers;
	else
		offers_done(&offers);
	return result;
}

void offers_done(struct offers *o)
{
	if (!o)
		return;
	arena_done(&o->arena);
	*o = (struct offers){0};
}
