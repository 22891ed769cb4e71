#include "base/yaml.h"

#include <yaml.h>

struct reader {
	const struct yaml_source *source;
	struct arena *arena;
	yaml_parser_t parser;
	yaml_event_t event; /* the current one; deleted by advance() */
	size_t nodes_left;
};

static int refuse(const struct yaml_source *s, yaml_mark_t at, const char *what)
{
	return err_set(s->e, ERR_INPUT, "%s:%u:%u: %s", s->name, s->first_line + (unsigned)at.line,
		(unsigned)at.column + 1, what);
}

static int advance(struct reader *r)
{
	const yaml_parser_t *p = &r->parser;

	yaml_event_delete(&r->event);
	if (yaml_parser_parse(&r->parser, &r->event))
		return 0;
	/* Encoding errors have no place. */
	return refuse(r->source, p->problem_mark.line || p->problem_mark.column ? p->problem_mark : p->mark,
		p->problem ? p->problem : "not YAML");
}

static struct yaml *node_new(struct reader *r, enum yaml_kind kind)
{
	struct yaml *v = arena_alloc(r->arena, sizeof(*v));

	v->kind = kind;
	v->line = r->source->first_line + (unsigned)r->event.start_mark.line;
	v->column = (unsigned)r->event.start_mark.column + 1;
	return v;
}

static bool is_end(const struct reader *r)
{
	return r->event.type == YAML_SEQUENCE_END_EVENT || r->event.type == YAML_MAPPING_END_EVENT;
}

static int check_new_key(const struct reader *r, const struct yaml *map, const struct yaml *key)
{
	if (key->kind != YAML_TEXT)
		return yaml_error(r->source, key, "a key must be a text");
	if (map->count >= YAML_KEYS_MAX)
		return yaml_error(r->source, key, "more than %u keys", YAML_KEYS_MAX);
	for (const struct yaml *v = map->first; v; v = v->next)
		if (view_eq(v->key->text, key->text))
			return yaml_error(
				r->source, key, "`%s` stands here twice, first in line %u", key->text.p, v->key->line);
	return 0;
}

static struct yaml *read_node(struct reader *r, unsigned depth);

/* The event is the first behind the start of a list or mapping. */
static int read_members(struct reader *r, unsigned depth, struct yaml *parent)
{
	const struct yaml **link = &parent->first;

	while (!is_end(r)) {
		struct yaml *key = NULL, *value;

		if (parent->kind == YAML_MAP && (!(key = read_node(r, depth)) || check_new_key(r, parent, key)))
			return -1;
		if (!(value = read_node(r, depth)))
			return -1;
		value->key = key;
		*link = value;
		link = &value->next;
		parent->count++;
	}
	return 0;
}

static int read_text(struct reader *r, struct yaml *v)
{
	struct view text = {(const char *)r->event.data.scalar.value, r->event.data.scalar.length};

	if (view_find_char(text, '\0') != VIEW_NONE)
		return yaml_error(r->source, v, "a text cannot hold a NUL");
	v->plain = r->event.data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	v->text = arena_view(r->arena, text);
	return 0;
}

static bool has_anchor_or_tag(const yaml_event_t *e)
{
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		return e->data.scalar.anchor || e->data.scalar.tag;
	case YAML_SEQUENCE_START_EVENT:
		return e->data.sequence_start.anchor || e->data.sequence_start.tag;
	case YAML_MAPPING_START_EVENT:
		return e->data.mapping_start.anchor || e->data.mapping_start.tag;
	default:
		return e->type == YAML_ALIAS_EVENT;
	}
}

static int check_node(const struct reader *r, unsigned depth)
{
	const char *what = NULL;

	if (has_anchor_or_tag(&r->event))
		what = "anchors, aliases and tags are not supported";
	else if (depth > YAML_DEPTH_MAX)
		what = "nested too deeply";
	else if (r->nodes_left == 0)
		what = "too many values in one file";
	return what ? refuse(r->source, r->event.start_mark, what) : 0;
}

/* Leaves the event behind the node as the current one. NULL when something is wrong. */
static struct yaml *read_node(struct reader *r, unsigned depth)
{
	enum yaml_kind kind = YAML_TEXT;
	struct yaml *v;

	if (check_node(r, depth))
		return NULL;
	if (r->event.type != YAML_SCALAR_EVENT)
		kind = r->event.type == YAML_MAPPING_START_EVENT ? YAML_MAP : YAML_LIST;
	r->nodes_left--;
	v = node_new(r, kind);
	if (kind == YAML_TEXT ? read_text(r, v) : advance(r) || read_members(r, depth + 1, v))
		return NULL;
	return advance(r) ? NULL : v;
}

/* The event is the start of the stream. */
static int read_stream(struct reader *r, struct yaml **ret)
{
	if (advance(r))
		return -1;
	if (r->event.type == YAML_STREAM_END_EVENT)
		return 0;
	if (advance(r) || !(*ret = read_node(r, 0)) || advance(r))
		return -1;
	if (r->event.type != YAML_STREAM_END_EVENT)
		return refuse(r->source, r->event.start_mark, "a second document");
	return 0;
}

int yaml_parse(
	const struct yaml **ret, const struct yaml_source *s, struct view text, size_t nodes_max, struct arena *a)
{
	struct reader r = {.source = s, .arena = a, .nodes_left = nodes_max};
	struct yaml *root = NULL;
	int rc;

	if (text.n > YAML_BYTES_MAX)
		return err_set(s->e, ERR_LIMIT, "%s: larger than %zu bytes", s->name, YAML_BYTES_MAX);
	if (!yaml_parser_initialize(&r.parser))
		return err_set(s->e, ERR_LIMIT, "%s: no memory for the YAML parser", s->name);
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)(text.p ? text.p : ""), text.n);
	rc = advance(&r) || read_stream(&r, &root) ? -1 : 0;
	yaml_event_delete(&r.event);
	yaml_parser_delete(&r.parser);
	if (rc == 0)
		*ret = root;
	return rc;
}
