#include "rules/rule.h"

#include "rules/rule_read.h"

#include <stdlib.h>
#include <string.h>

#define NODES_MAX 100000u

static int refuse_duplicate(const struct rule_reader *r, const struct yaml *v, const struct rule *rules, size_t count)
{
	const char *id = rules[count].id;

	for (size_t i = 0; i < count; i++)
		if (strcmp(rules[i].id, id) == 0)
			return yaml_error(&r->source, yaml_get(v, "id"),
				"the id %s stands here twice, first in line %u", id, rules[i].file_line);
	return 0;
}

static int by_id(const void *a, const void *b)
{
	const struct rule *x = a, *y = b;

	return strcmp(x->id, y->id);
}

static int read_rules(const struct rule_reader *r, const struct yaml *list, struct rule_list *ret)
{
	struct rule *rules;
	size_t n = 0;

	if (yaml_expect(&r->source, list, YAML_LIST))
		return -1;
	if (list->count > RULES_MAX)
		return yaml_error(&r->source, list, "more than %u rules", RULES_MAX);
	rules = arena_array(r->arena, list->count, sizeof(*rules));
	for (const struct yaml *v = list->first; v; v = v->next, n++)
		if (rule_read(r, v, &rules[n]) || rule_check(r, v, &rules[n]) || refuse_duplicate(r, v, rules, n))
			return -1;
	qsort(rules, n, sizeof(*rules), by_id);
	*ret = (struct rule_list){rules, n};
	return 0;
}

static int read_file(struct rule_reader *r, const struct yaml *root, struct rule_list *ret)
{
	static const char *const known[] = {"tool", "rules", NULL};
	const struct yaml *tool = yaml_get(root, "tool"), *rules = yaml_get(root, "rules");

	if (root->kind == YAML_LIST)
		return read_rules(r, root, ret);
	if (yaml_check_keys(&r->source, root, known))
		return -1;
	if (tool && yaml_read_text(&r->source, tool, RULE_TEXT_MAX, &r->tool))
		return -1;
	if (yaml_is_null(rules))
		return yaml_error(&r->source, root, "no `rules`");
	return read_rules(r, rules, ret);
}

int rule_load(struct rule_list *ret, struct view yaml, const char *name, unsigned first_line, bool user,
	struct arena *a, struct err *e)
{
	struct rule_reader r = {.source = {arena_text(a, name), first_line, e}, .arena = a, .user = user};
	const struct yaml *root;
	int rc = 0;

	if (yaml_parse(&root, &r.source, yaml, NODES_MAX, a))
		return -1;
	if (!root) {
		*ret = (struct rule_list){NULL, 0};
		return 0;
	}
	r.machine = pattern_machine_new();
	rc = read_file(&r, root, ret);
	pattern_machine_free(r.machine);
	return rc;
}
