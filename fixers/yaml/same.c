#include "fixers/yaml/same.h"

#include <string.h>
#include <yaml.h>

#define EVENTS_MAX 200000u

static bool same_text(const yaml_char_t *a, const yaml_char_t *b)
{
	return a && b ? strcmp((const char *)a, (const char *)b) == 0 : a == b;
}

static bool same_event(const yaml_event_t *a, const yaml_event_t *b)
{
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case YAML_ALIAS_EVENT:
		return same_text(a->data.alias.anchor, b->data.alias.anchor);
	case YAML_SCALAR_EVENT:
		return same_text(a->data.scalar.anchor, b->data.scalar.anchor) &&
		       same_text(a->data.scalar.tag, b->data.scalar.tag) &&
		       a->data.scalar.length == b->data.scalar.length &&
		       memcmp(a->data.scalar.value, b->data.scalar.value, a->data.scalar.length) == 0 &&
		       a->data.scalar.plain_implicit == b->data.scalar.plain_implicit;
	case YAML_SEQUENCE_START_EVENT:
		return same_text(a->data.sequence_start.anchor, b->data.sequence_start.anchor) &&
		       same_text(a->data.sequence_start.tag, b->data.sequence_start.tag);
	case YAML_MAPPING_START_EVENT:
		return same_text(a->data.mapping_start.anchor, b->data.mapping_start.anchor) &&
		       same_text(a->data.mapping_start.tag, b->data.mapping_start.tag);
	default:
		return true;
	}
}

/* -1: unreadable, 0: different, 1: same */
static int compare(yaml_parser_t *a, yaml_parser_t *b)
{
	for (unsigned i = 0; i < EVENTS_MAX; i++) {
		yaml_event_t x, y;
		bool same, end;

		if (!yaml_parser_parse(a, &x))
			return -1;
		if (!yaml_parser_parse(b, &y)) {
			yaml_event_delete(&x);
			return -1;
		}
		same = same_event(&x, &y);
		end = x.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&x);
		yaml_event_delete(&y);
		if (!same || end)
			return same;
	}
	return -1;
}

bool yaml_same(const char *path, struct view before, struct view after, struct err *e)
{
	yaml_parser_t a, b;
	int verdict = -1;

	if (!yaml_parser_initialize(&a))
		return fix_refuse(e, "%s: no memory", path);
	if (yaml_parser_initialize(&b)) {
		yaml_parser_set_input_string(&a, (const unsigned char *)(before.p ? before.p : ""), before.n);
		yaml_parser_set_input_string(&b, (const unsigned char *)(after.p ? after.p : ""), after.n);
		verdict = compare(&a, &b);
		yaml_parser_delete(&b);
	}
	yaml_parser_delete(&a);
	if (verdict < 0)
		return fix_refuse(e, "%s cannot be read as YAML", path);
	return verdict ? true : fix_refuse(e, "%s would mean something else", path);
}
