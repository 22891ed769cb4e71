#include "base/config.h"

#include "base/config_keys.h"
#include "base/file.h"

#include <assert.h>
#include <string.h>

#define NODES_MAX 10000
#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define ITEMS_MAX 200   /* entries of checks, select, alerts, fixers */
#define SIBLINGS_MAX 32 /* keys of one mapping */

/* Keys whose path is `prefix` and one more name: with their defaults, those of items included when prefix says so. */
static void fill_defaults(struct arena *a, struct view prefix, void *base)
{
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];
		const char *below = config_key_below(k, prefix);
		struct config_reader r = {.source = {.name = k->path, .first_line = 1}, .arena = a};
		const struct yaml *v;
		int rc;

		if (!k->fallback || !below || strchr(below, '['))
			continue;
		rc = yaml_parse(&v, &r.source, view_of(k->fallback), NODES_MAX, a);
		rc = rc || config_read_value(&r, k, v, base);
		assert(rc == 0);
		(void)rc;
	}
}

void config_defaults(struct config *c)
{
	*c = (struct config){.local = {.coverage = -1, .pass_rate = -1}};
	fill_defaults(&c->arena, VIEW(""), c);
}

/* For suggestions: the names that may stand in the mapping at `prefix`. */
static size_t list_siblings(struct arena *a, struct view prefix, const char *names[SIBLINGS_MAX + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < config_key_count; i++) {
		const char *below = config_key_below(&config_keys[i], prefix);
		struct view name = view_of(below);

		if (!below)
			continue;
		name = view_sub(name, 0, strcspn(below, ".["));
		if (n == 0 || !view_is(name, names[n - 1])) {
			assert(n < SIBLINGS_MAX);
			names[n++] = arena_view(a, name).p;
		}
	}
	names[n] = NULL;
	return n;
}

/* A key at the wrong place is a likelier mistake than a typo. */
static const char *elsewhere(struct view name)
{
	for (size_t i = 0; i < config_key_count; i++) {
		const char *dot = strrchr(config_keys[i].path, '.');

		if (dot && view_is(name, dot + 1))
			return config_keys[i].path;
	}
	return NULL;
}

static int refuse_key(struct config_reader *r, struct view prefix, const struct yaml *key)
{
	const char *names[SIBLINGS_MAX + 1], *path;
	char suggestion[YAML_SUGGESTION_MAX];

	list_siblings(r->arena, prefix, names);
	yaml_suggest(key->text, names, suggestion);
	path = *suggestion ? NULL : elsewhere(key->text);
	if (path)
		return yaml_error(&r->source, key, "unknown key `%.60s`; did you mean `%s`?", key->text.p, path);
	return yaml_error(&r->source, key, "unknown key `%.60s`%s", key->text.p, suggestion);
}

static int read_map(struct config_reader *r, struct view prefix, const struct yaml *map, void *base);

static int check_required(struct config_reader *r, struct view prefix, const struct yaml *item)
{
	for (size_t i = 0; i < config_key_count; i++) {
		const char *name = config_key_below(&config_keys[i], prefix);

		if (name && config_keys[i].required && yaml_is_null(yaml_get(item, name)))
			return yaml_error(&r->source, item, "`%s` is missing", name);
	}
	return 0;
}

/* The first key of an item is its name: two of the same name would hide one another. */
static int check_name(struct config_reader *r, struct view prefix, const struct yaml *list, const struct yaml *item)
{
	const char *name = NULL;
	const struct yaml *mine;

	for (size_t i = 0; !name && i < config_key_count; i++)
		name = config_key_below(&config_keys[i], prefix);
	mine = yaml_get(item, name);
	for (const struct yaml *before = list->first; before != item; before = before->next)
		if (view_eq(yaml_get(before, name)->text, mine->text))
			return yaml_error(&r->source, mine, "`%.60s` stands here twice, first in line %u", mine->text.p,
				before->line);
	return 0;
}

static int read_items(struct config_reader *r, const struct config_key *k, const struct yaml *v, void *base)
{
	struct view prefix = view_of(arena_format(r->arena, "%s[]", k->path));
	char *items;
	size_t n = 0;

	if (yaml_expect(&r->source, v, YAML_LIST) != 0)
		return -1;
	if (v->count > ITEMS_MAX)
		return yaml_error(&r->source, v, "`%s` has more than %d entries", v->key->text.p, ITEMS_MAX);
	items = arena_array(r->arena, v->count, k->size);
	for (const struct yaml *item = v->first; item; item = item->next) {
		void *at = items + k->size * n++;

		fill_defaults(r->arena, prefix, at);
		if (read_map(r, prefix, item, at) != 0 || check_required(r, prefix, item) != 0 ||
			check_name(r, prefix, v, item) != 0)
			return -1;
	}
	memcpy((char *)base + k->offset, &items, sizeof(items));
	memcpy((char *)base + k->other, &n, sizeof(n));
	return 0;
}

/* The key itself, or one below it when it is a section. */
static const struct config_key *find_key(struct view path, bool *ret_section)
{
	*ret_section = false;
	for (size_t i = 0; i < config_key_count; i++) {
		if (view_is(path, config_keys[i].path))
			return &config_keys[i];
		if (path.n && config_key_below(&config_keys[i], path)) {
			*ret_section = true;
			return &config_keys[i];
		}
	}
	return NULL;
}

static int read_member(struct config_reader *r, struct view prefix, const struct yaml *v, void *base)
{
	const struct config_key *k;
	struct view path;
	bool section;

	/* Dots and brackets are ours: `heal.tier: off` as one key is a mistake. */
	if (strpbrk(v->key->text.p, ".[") || v->key->text.n == 0)
		return refuse_key(r, prefix, v->key);
	path = view_of(arena_format(r->arena, "%.*s%s%s", VIEW_ARG(prefix), prefix.n ? "." : "", v->key->text.p));
	k = find_key(path, &section);
	if (!k)
		return refuse_key(r, prefix, v->key);
	if (yaml_is_null(v))
		return 0;
	if (section)
		return read_map(r, path, v, base);
	return k->kind == CONFIG_ITEMS ? read_items(r, k, v, base) : config_read_value(r, k, v, base);
}

static int read_map(struct config_reader *r, struct view prefix, const struct yaml *map, void *base)
{
	if (!map || yaml_expect(&r->source, map, YAML_MAP) != 0)
		return -1;
	for (const struct yaml *v = map->first; v; v = v->next)
		if (read_member(r, prefix, v, base) != 0)
			return -1;
	return 0;
}

int config_parse(struct config *ret, struct view text, const char *name, struct err *e)
{
	struct config c;
	struct config_reader r = {.source = {.name = name, .first_line = 1, .e = e}};

	r.text = view_from(text, view_starts(text, BYTE_ORDER_MARK) ? strlen(BYTE_ORDER_MARK) : 0);
	config_defaults(&c);
	c.path = arena_text(&c.arena, name);
	r.arena = &c.arena;
	if (yaml_parse(&r.root, &r.source, r.text, NODES_MAX, &c.arena) != 0 ||
		(!yaml_is_null(r.root) && read_map(&r, VIEW(""), r.root, &c) != 0)) {
		config_done(&c);
		return -1;
	}
	*ret = c;
	return 0;
}

int config_load(struct config *ret, const char *path, struct err *e)
{
	BUF_AUTO text = buf_new(0);

	if (file_read(path, YAML_BYTES_MAX, &text, e) != 0)
		return -1;
	return config_parse(ret, buf_view(&text), path, e);
}

void config_done(struct config *c)
{
	if (!c)
		return;
	arena_done(&c->arena);
	*c = (struct config){0};
}
