#include "rules/rule_read.h"

#include "rules/literals.h"

#include <string.h>

struct checked {
	const struct rule_reader *r;
	const struct yaml *v; /* the rule's mapping */
	struct rule *rule;
	struct pattern *match;
	struct pattern *near;
	struct pattern *not_if[RULE_LIST_MAX];
};

static void checked_done(struct checked *c)
{
	pattern_free(c->match);
	pattern_free(c->near);
	for (size_t i = 0; i < RULE_LIST_MAX; i++)
		pattern_free(c->not_if[i]);
}

static bool has_inline_nocase(const struct rule *rule)
{
	return strncmp(rule->pattern, "(?i)", 4) == 0;
}

static struct pattern *compile(struct checked *c, const struct yaml *at, bool nocase)
{
	struct err reason;
	struct pattern *p = pattern_new(at->text.p, nocase, &reason);

	if (!p)
		yaml_error(&c->r->source, at, "pattern: %s", reason.text);
	return p;
}

/* Compiles and forgets; absent is fine. */
static int try_compile(struct checked *c, const struct yaml *at)
{
	struct pattern *p = at ? compile(c, at, false) : NULL;

	pattern_free(p);
	return at && !p ? -1 : 0;
}

static int compile_all(struct checked *c)
{
	const struct yaml *near = yaml_get(c->v, "near"), *excerpt = yaml_get(c->v, "excerpt");
	const struct yaml *not_if = yaml_get(c->v, "not_if");
	size_t n = 0;

	if (!(c->match = compile(c, yaml_get(c->v, "match"), c->rule->nocase)))
		return -1;
	if (near && !(c->near = compile(c, yaml_get(near, "match"), false)))
		return -1;
	for (const struct yaml *item = not_if ? not_if->first : NULL; item; item = item->next)
		if (!(c->not_if[n++] = compile(c, item, c->rule->nocase)))
			return -1;
	if (try_compile(c, yaml_get(c->v, "forgiven")))
		return -1;
	return try_compile(c, yaml_get(excerpt, "from")) || try_compile(c, yaml_get(excerpt, "to")) ? -1 : 0;
}

/* ---- literals -------------------------------------------------------------------------------- */

static const char *lower(struct arena *a, const char *text)
{
	char *copy = arena_text(a, text);

	for (char *p = copy; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p | 0x20);
	return copy;
}

static bool has_control(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if ((unsigned char)v.p[i] < ' ' && v.p[i] != '\t')
			return true;
	return false;
}

static int check_given_literals(struct checked *c, const struct yaml *list)
{
	const char **items;
	size_t n = 0;

	if (list->count == 0 || list->count > LITERALS_MAX)
		return yaml_error(&c->r->source, list, "`literals` must hold 1 to %u texts", LITERALS_MAX);
	items = arena_array(c->r->arena, list->count, sizeof(*items));
	for (const struct yaml *item = list->first; item; item = item->next) {
		if (item->text.n < LITERAL_MIN || item->text.n > LITERAL_MAX)
			return yaml_error(
				&c->r->source, item, "a literal must have %u to %u bytes", LITERAL_MIN, LITERAL_MAX);
		if (has_control(item->text))
			return yaml_error(&c->r->source, item, "a literal cannot hold control characters");
		items[n++] = c->rule->nocase ? lower(c->r->arena, item->text.p) : item->text.p;
	}
	c->rule->literals = items;
	return 0;
}

/* Derived ones are surely right: given ones count only where they are better. */
static int set_literals(struct checked *c)
{
	const struct yaml *given = yaml_get(c->v, "literals");
	struct rule *r = c->rule;
	const char *pattern = r->pattern + (has_inline_nocase(r) ? strlen("(?i)") : 0);
	struct literals derived = literals_of(pattern, r->nocase, c->r->arena);

	r->first = pattern_first(pattern, r->nocase);
	if (given && check_given_literals(c, given))
		return -1;
	if (!given && derived.count == 0)
		return yaml_error(&c->r->source, yaml_get(c->v, "match"),
			"no text of %u or more bytes stands in every line that matches; write a longer pattern or name "
			"`literals`, of which each such line holds one",
			LITERAL_MIN);
	if (given && (derived.count == 0 || literals_score(r->literals, r->literal_count) >
						    literals_score(derived.items, derived.count)))
		return 0;
	r->literals = derived.items;
	r->literal_count = derived.count;
	return 0;
}

/* ---- groups ---------------------------------------------------------------------------------- */

static bool has_group(const struct checked *c, enum rule_group group)
{
	return pattern_has_group(c->match, group) || (c->near && pattern_has_group(c->near, group));
}

/* "{symbol}" in a title must be a group that something captures; other braces are text. */
static int check_title(const struct checked *c, const struct yaml *title)
{
	char suggestion[YAML_SUGGESTION_MAX];
	struct view rest = title ? title->text : view_of("");
	size_t open, close;

	while ((open = view_find_char(rest, '{')) != VIEW_NONE) {
		struct view name;
		int group = 0;

		rest = view_from(rest, open + 1);
		close = view_find_char(rest, '}');
		name = view_sub(rest, 0, close == VIEW_NONE ? 0 : close);
		if (name.n == 0 || strspn(name.p, "abcdefghijklmnopqrstuvwxyz") != name.n)
			continue;
		while (group < GROUP_COUNT && !view_is(name, rule_group_names[group]))
			group++;
		if (group == GROUP_COUNT)
			return yaml_error(&c->r->source, title, "unknown group {%.*s} in `title`%s", VIEW_ARG(name),
				yaml_suggest(name, rule_group_names, suggestion));
		if (group != GROUP_MESSAGE && !has_group(c, (enum rule_group)group))
			return yaml_error(&c->r->source, title, "`title` names {%.*s}, but no pattern captures it",
				VIEW_ARG(name));
	}
	return 0;
}

static int check_groups(const struct checked *c)
{
	if (c->rule->test_failure && !has_group(c, GROUP_TEST))
		return yaml_error(
			&c->r->source, yaml_get(c->v, "test_failure"), "`test_failure` needs a group (?<test>...)");
	return check_title(c, yaml_get(c->v, "title"));
}

/* ---- examples -------------------------------------------------------------------------------- */

static bool matches(const struct checked *c, struct view line)
{
	struct pattern_machine *m = c->r->machine;

	if (!pattern_match(m, c->match, line, NULL))
		return false;
	for (size_t i = 0; i < c->rule->not_if_count; i++)
		if (pattern_match(m, c->not_if[i], line, NULL))
			return false;
	return true;
}

static bool has_literal(const struct checked *c, struct view line)
{
	return literals_in(c->rule->literals, c->rule->literal_count, c->rule->nocase, line);
}

static int refuse_hit(const struct checked *c, const struct yaml *at)
{
	struct view line = at->text;

	if (!pattern_match(c->r->machine, c->match, line, NULL))
		return yaml_error(&c->r->source, at, "this line is in `hits`, but `match` does not match it");
	if (!has_literal(c, line))
		return yaml_error(&c->r->source, at, "this line is in `hits`, but holds none of `literals`");
	return yaml_error(&c->r->source, at, "this line is in `hits`, but `not_if` excludes it");
}

static int check_example(const struct checked *c, const struct yaml *at, bool must_match)
{
	if (view_find_char(at->text, '\n') != VIEW_NONE)
		return yaml_error(&c->r->source, at, "an example is one line");
	if (view_starts(at->text, "##["))
		return yaml_error(&c->r->source, at, "an example is a decoded line, without the runner's ##[...]");
	if (must_match ? matches(c, at->text) && has_literal(c, at->text) : !matches(c, at->text))
		return 0;
	return must_match ? refuse_hit(c, at) : yaml_error(&c->r->source, at, "this line is in `misses`, but matches");
}

static int check_examples(const struct checked *c, const char *key, bool must_match)
{
	const struct yaml *list = yaml_get(c->v, key);

	if (!list)
		return 0;
	if (list->count == 0 && !c->r->user)
		return yaml_error(&c->r->source, list, "`%s` is empty", key);
	for (const struct yaml *item = list->first; item; item = item->next)
		if (check_example(c, item, must_match))
			return -1;
	return 0;
}

int rule_check(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	__attribute__((cleanup(checked_done))) struct checked c = {.r = r, .v = v, .rule = rule};

	rule->nocase = rule->nocase || has_inline_nocase(rule);
	return compile_all(&c) || set_literals(&c) || check_groups(&c) || check_examples(&c, "hits", true) ||
			       check_examples(&c, "misses", false)
		       ? -1
		       : 0;
}
