/* overlay.c - a tree as it would be with a change on top. */
#include "heal/internal.h"

#include <string.h>

static const struct change *find(const struct overlay *o, const char *path)
{
	size_t low = 0, high = o->changes->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(o->changes->items[middle].path, path);

		if (order == 0)
			return &o->changes->items[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

static int overlay_read(void *context, const char *path, size_t max, struct buf *ret, struct err *e)
{
	const struct overlay *o = context;
	const struct change *c = find(o, path);

	if (!c)
		return o->base->read(o->base->context, path, max, ret, e);
	*ret = buf_new(max);
	if (!c->exists)
		return err_set(e, ERR_NOT_FOUND, "%s is not there", path);
	if (!buf_add_view(ret, c->new_content))
		return err_set(e, ERR_LIMIT, "%s has %zu bytes, more than %zu", path, c->new_content.n, max);
	return 0;
}

static bool overlay_stat(void *context, const char *path, enum tree_kind *ret)
{
	const struct overlay *o = context;
	const struct change *c = find(o, path);

	if (!c)
		return o->base->stat(o->base->context, path, ret);
	if (c->exists)
		*ret = c->new_kind;
	return c->exists;
}

static bool is_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return n == 0 || (strncmp(path, folder, n) == 0 && path[n] == '/');
}

struct search {
	const char *folder;
	bool found;
};

static bool search_each(void *context, const char *path, enum tree_kind kind)
{
	struct search *s = context;

	(void)kind;
	s->found = is_below(path, s->folder);
	return !s->found;
}

/* A folder is there while a file is below it. The whole list is read only where files below it went. */
static bool overlay_is_directory(void *context, const char *path)
{
	const struct overlay *o = context;
	struct search s = {.folder = path};
	bool gone = false;

	for (size_t i = 0; i < o->changes->count; i++) {
		const struct change *c = &o->changes->items[i];

		if (!is_below(c->path, path))
			continue;
		if (c->exists)
			return true;
		gone = true;
	}
	if (!gone || !o->base->is_directory(o->base->context, path))
		return o->base->is_directory(o->base->context, path);
	return o->tree.list(context, search_each, &s, NULL) == 0 && s.found;
}

struct listing {
	const struct overlay *o;
	size_t next;
	bool (*each)(void *context, const char *path, enum tree_kind kind);
	void *context;
	bool stopped;
};

/* Hands out the changed files that come before `path`, all of the rest for NULL; skips `path` itself. */
static bool emit_until(struct listing *l, const char *path, bool *ret_replaced)
{
	const struct change_set *set = l->o->changes;

	*ret_replaced = false;
	for (; l->next < set->count && !*ret_replaced; l->next++) {
		const struct change *c = &set->items[l->next];
		int order = path ? strcmp(c->path, path) : -1;

		if (order > 0)
			break;
		*ret_replaced = order == 0;
		if (c->exists && !l->each(l->context, c->path, c->new_kind))
			return false;
	}
	return true;
}

static bool listing_each(void *context, const char *path, enum tree_kind kind)
{
	struct listing *l = context;
	bool replaced;

	l->stopped = !emit_until(l, path, &replaced) || (!replaced && !l->each(l->context, path, kind));
	return !l->stopped;
}

static int overlay_list(void *context, bool (*each)(void *each_context, const char *path, enum tree_kind kind),
	void *each_context, struct err *e)
{
	struct overlay *o = context;
	struct listing l = {.o = o, .each = each, .context = each_context};
	bool replaced;

	if (o->base->list(o->base->context, listing_each, &l, e) != 0)
		return -1;
	if (!l.stopped)
		emit_until(&l, NULL, &replaced);
	return 0;
}

void overlay_init(struct overlay *o, const struct tree *base, const struct change_set *changes)
{
	*o = (struct overlay){{o, overlay_read, overlay_stat, overlay_is_directory, overlay_list}, base, changes};
}
