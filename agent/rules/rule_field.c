#include "rules/rule_read.h"

#include "base/file.h"
#include "log/log.h"

#include <stddef.h>

#define NAME_MAX_BYTES 80u
#define ARRAY_SIZE(a) (sizeof(a) / sizeof(*(a)))

typedef int field_reader(const struct rule_reader *r, const struct yaml *v, struct rule *rule);

struct field {
	const char *name;
	field_reader *read;
	bool required; /* in the catalogue */
	bool required_of_users;
};

/* ---- texts ----------------------------------------------------------------------------------- */

static int read_text(const struct rule_reader *r, const struct yaml *v, const char **ret)
{
	return yaml_read_text(&r->source, v, RULE_TEXT_MAX, ret);
}

static int read_list(const struct rule_reader *r, const struct yaml *v, const char *const **ret, size_t *ret_count)
{
	return yaml_read_texts(&r->source, v, RULE_LIST_MAX, RULE_TEXT_MAX, r->arena, ret, ret_count);
}

/* "python", "github-runner", "c++": a letter or digit, then letters, digits, '-' and '+'. */
static bool is_name(struct view v)
{
	for (size_t i = 0; i < v.n; i++) {
		char c = v.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (i && (c == '-' || c == '+'))))
			return false;
	}
	return v.n > 0 && v.n <= NAME_MAX_BYTES;
}

/* family/name */
static bool is_id(struct view v)
{
	size_t slash = view_find_char(v, '/');

	return slash != VIEW_NONE && v.n <= NAME_MAX_BYTES && is_name(view_sub(v, 0, slash)) &&
	       is_name(view_from(v, slash + 1));
}

static int read_id(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	if (read_text(r, v, &rule->id))
		return -1;
	if (!is_id(v->text))
		return yaml_error(
			&r->source, v, "`%.100s` is not an id: family/name in small letters, digits and '-'", rule->id);
	return 0;
}

static int read_tool(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	if (read_text(r, v, &rule->tool))
		return -1;
	return is_name(v->text) ? 0 : yaml_error(&r->source, v, "`%.100s` is not a tool name", rule->tool);
}

static int read_match(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	return read_text(r, v, &rule->pattern);
}

static int read_title(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	return read_text(r, v, &rule->title);
}

static int read_hint(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	return read_text(r, v, &rule->hint);
}

static int read_why(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	return read_text(r, v, &rule->why);
}

static int read_forgiven(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	return read_text(r, v, &rule->forgiven);
}

static int read_fixture(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	struct err reason;

	if (read_text(r, v, &rule->fixture))
		return -1;
	if (file_check_relative(v->text, &reason))
		return yaml_error(&r->source, v, "`fixture`: %s", reason.text);
	return 0;
}

static int read_not_if(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	return read_list(r, v, &rule->not_if, &rule->not_if_count);
}

static int read_literals(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	return read_list(r, v, &rule->literals, &rule->literal_count);
}

static int read_hits(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	return read_list(r, v, &rule->hits, &rule->hit_count);
}

static int read_misses(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	return read_list(r, v, &rule->misses, &rule->miss_count);
}

static int read_remedies(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	if (read_list(r, v, &rule->remedies, &rule->remedy_count))
		return -1;
	for (const struct yaml *item = v->first; item; item = item->next)
		if (!is_id(item->text))
			return yaml_error(&r->source, item, "`%.100s` is not the id of a fixer", item->text.p);
	return 0;
}

/* ---- words of the vocabulary ----------------------------------------------------------------- */

static int refuse_word(const struct rule_reader *r, const struct yaml *v, const char *const *known)
{
	char suggestion[YAML_SUGGESTION_MAX];

	return yaml_error(&r->source, v, "unknown %s `%.100s`%s", v->key->text.p, v->text.p,
		yaml_suggest(v->text, known, suggestion));
}

#define WORD_TEXT(id, text) text,

static int read_category(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	static const char *const known[] = {CATEGORIES(WORD_TEXT) NULL};

	if (yaml_expect(&r->source, v, YAML_TEXT))
		return -1;
	return category_parse(v->text, &rule->category) ? 0 : refuse_word(r, v, known);
}

static int read_rank(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	static const char *const known[] = {RANKS(WORD_TEXT) NULL};

	if (yaml_expect(&r->source, v, YAML_TEXT))
		return -1;
	return rank_parse(v->text, &rule->rank) ? 0 : refuse_word(r, v, known);
}

static int read_severity(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	static const char *const known[] = {SEVERITIES(WORD_TEXT) NULL};

	if (yaml_expect(&r->source, v, YAML_TEXT))
		return -1;
	return severity_parse(v->text, &rule->severity) ? 0 : refuse_word(r, v, known);
}

static const struct {
	const char *name;
	enum log_mark mark;
} marks[] = {{"error", LOG_ERROR}, {"warning", LOG_WARNING}, {"notice", LOG_NOTICE}, {"debug", LOG_DEBUG},
	{"group", LOG_GROUP}, {"command", LOG_COMMAND}, {"section", LOG_SECTION}};

int rule_mark(const struct rule *rule)
{
	for (size_t i = 0; rule->mark && i < ARRAY_SIZE(marks); i++)
		if (view_is(view_of(rule->mark), marks[i].name))
			return (int)marks[i].mark;
	return -1;
}

static int read_mark(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	const char *known[ARRAY_SIZE(marks) + 1] = {NULL};

	if (read_text(r, v, &rule->mark))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		known[i] = marks[i].name;
	return rule_mark(rule) >= 0 ? 0 : refuse_word(r, v, known);
}

/* ---- numbers and truth values ---------------------------------------------------------------- */

static int read_bool(const struct rule_reader *r, const struct yaml *v, bool *ret)
{
	return yaml_read_bool(&r->source, v, ret);
}

static int read_transient(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	return read_bool(r, v, &rule->transient);
}

static int read_cut_off(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	return read_bool(r, v, &rule->cut_off);
}

static int read_nocase(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	return read_bool(r, v, &rule->nocase);
}

static int read_test_failure(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	return read_bool(r, v, &rule->test_failure);
}

static int read_exit_code(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	int64_t code;

	if (yaml_read_int(&r->source, v, INT32_MIN, INT32_MAX, &code))
		return -1;
	rule->exit_code = (int)code;
	return 0;
}

static int read_lasted_minutes(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	int64_t minutes;

	if (yaml_read_int(&r->source, v, 1, RULE_LASTED_MAX, &minutes))
		return -1;
	rule->lasted_minutes = (uint16_t)minutes;
	return 0;
}

static int read_weight(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	return yaml_read_number(&r->source, v, 0, 1, &rule->weight);
}

/* A member of `near` or `excerpt`; absent leaves *ret alone. */
static int read_lines(const struct rule_reader *r, const struct yaml *map, const char *key, int64_t max, uint16_t *ret)
{
	const struct yaml *v = yaml_get(map, key);
	int64_t lines = *ret;

	if (v && yaml_read_int(&r->source, v, 0, max, &lines))
		return -1;
	*ret = (uint16_t)lines;
	return 0;
}

static int read_near_flag(const struct rule_reader *r, const struct yaml *map, const char *key, bool *ret)
{
	const struct yaml *v = yaml_get(map, key);

	return v ? read_bool(r, v, ret) : 0;
}

/* ---- near and excerpt ------------------------------------------------------------------------ */

static int read_near(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	static const char *const known[] = {"match", "before", "after", "required", "last", NULL};
	struct rule_near *near = &rule->near;

	if (yaml_check_keys(&r->source, v, known))
		return -1;
	if (!yaml_get(v, "match"))
		return yaml_error(&r->source, v, "`near` needs `match`");
	if (read_text(r, yaml_get(v, "match"), &near->pattern) ||
		read_lines(r, v, "before", RULE_NEAR_MAX, &near->before) ||
		read_lines(r, v, "after", RULE_NEAR_MAX, &near->after) ||
		read_near_flag(r, v, "required", &near->required) || read_near_flag(r, v, "last", &near->last))
		return -1;
	if (near->before == 0 && near->after == 0)
		return yaml_error(&r->source, v, "`near` needs `before` or `after`: a number of lines");
	return 0;
}

static int read_excerpt(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	static const char *const known[] = {"before", "after", "from", "to", NULL};
	struct rule_excerpt *excerpt = &rule->excerpt;

	if (yaml_check_keys(&r->source, v, known) || read_lines(r, v, "before", RULE_EXCERPT_MAX, &excerpt->before) ||
		read_lines(r, v, "after", RULE_EXCERPT_MAX, &excerpt->after))
		return -1;
	if (yaml_get(v, "from") && read_text(r, yaml_get(v, "from"), &excerpt->from))
		return -1;
	return yaml_get(v, "to") ? read_text(r, yaml_get(v, "to"), &excerpt->to) : 0;
}

/* ---- the whole rule -------------------------------------------------------------------------- */

static const struct field fields[] = {
	{"id", read_id, true, true},
	{"tool", read_tool, false, false},
	{"category", read_category, true, true},
	{"rank", read_rank, true, false},
	{"severity", read_severity, false, false},
	{"transient", read_transient, false, false},
	{"match", read_match, true, true},
	{"literals", read_literals, false, false},
	{"nocase", read_nocase, false, false},
	{"not_if", read_not_if, false, false},
	{"forgiven", read_forgiven, false, false},
	{"exit_code", read_exit_code, false, false},
	{"lasted_minutes", read_lasted_minutes, false, false},
	{"mark", read_mark, false, false},
	{"cut_off", read_cut_off, false, false},
	{"near", read_near, false, false},
	{"excerpt", read_excerpt, false, false},
	{"weight", read_weight, false, false},
	{"test_failure", read_test_failure, false, false},
	{"title", read_title, true, false},
	{"hint", read_hint, true, false},
	{"why", read_why, true, false},
	{"remedies", read_remedies, false, false},
	{"hits", read_hits, true, false},
	{"misses", read_misses, true, false},
	{"fixture", read_fixture, true, false},
};

static int check_keys(const struct rule_reader *r, const struct yaml *v)
{
	const char *known[ARRAY_SIZE(fields) + 1] = {NULL};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		known[i] = fields[i].name;
	return yaml_check_keys(&r->source, v, known);
}

static const char *family_of(const struct rule_reader *r, const char *id)
{
	struct view v = view_of(id);

	return arena_view(r->arena, view_sub(v, 0, view_find_char(v, '/'))).p;
}

static int set_tool(const struct rule_reader *r, const struct yaml *v, struct rule *rule)
{
	if (!rule->tool)
		rule->tool = r->tool ? r->tool : r->user ? family_of(r, rule->id) : NULL;
	return rule->tool ? 0 : yaml_error(&r->source, v, "`%s` has no `tool`, nor has the file", rule->id);
}

int rule_read(const struct rule_reader *r, const struct yaml *v, struct rule *ret)
{
	struct rule rule = {.rank = RANK_CAUSE,
		.severity = SEVERITY_ERROR,
		.exit_code = -1,
		.weight = 0.7,
		.excerpt = {.before = 3, .after = 3},
		.title = "{message}"};

	if (check_keys(r, v))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		const struct field *f = &fields[i];
		const struct yaml *value = yaml_get(v, f->name);

		if (!value && (r->user ? f->required_of_users : f->required))
			return yaml_error(&r->source, v, "the rule%s%s has no `%s`", rule.id ? " " : "",
				rule.id ? rule.id : "", f->name);
		if (value && f->read(r, value, &rule))
			return -1;
	}
	rule.file = r->source.name;
	rule.file_line = v->line;
	if (set_tool(r, v, &rule))
		return -1;
	*ret = rule;
	return 0;
}
