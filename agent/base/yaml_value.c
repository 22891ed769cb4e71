#include "base/yaml.h"

#include <stdio.h>
#include <stdlib.h>

int yaml_error(const struct yaml_source *s, const struct yaml *at, const char *format, ...)
{
	char text[ERR_TEXT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	return err_set(s->e, ERR_INPUT, "%s:%u:%u: %s", s->name, at->line, at->column, text);
}

const struct yaml *yaml_get(const struct yaml *map, const char *key)
{
	if (!map || map->kind != YAML_MAP)
		return NULL;
	for (const struct yaml *v = map->first; v; v = v->next)
		if (view_is(v->key->text, key))
			return v;
	return NULL;
}

bool yaml_is_null(const struct yaml *v)
{
	return !v || (v->kind == YAML_TEXT && v->plain &&
			     (v->text.n == 0 || view_is(v->text, "~") || view_is(v->text, "null")));
}

int yaml_expect(const struct yaml_source *s, const struct yaml *v, enum yaml_kind kind)
{
	static const char *const names[] = {"a text", "a list", "a mapping"};

	if (v->kind == kind)
		return 0;
	if (v->key)
		return yaml_error(s, v, "`%s` must be %s, not %s", v->key->text.p, names[kind], names[v->kind]);
	return yaml_error(s, v, "%s is expected here, not %s", names[kind], names[v->kind]);
}

const char *yaml_suggest(struct view word, const char *const *known, char text[YAML_SUGGESTION_MAX])
{
	unsigned best = word.n >= 6 ? 2 : word.n >= 3 ? 1 : 0;
	const char *name = NULL;

	for (; *known; known++) {
		unsigned distance = view_distance(word, view_of(*known), best);

		if (distance <= best && (!name || distance < best)) {
			best = distance;
			name = *known;
		}
	}
	text[0] = '\0';
	if (name)
		snprintf(text, YAML_SUGGESTION_MAX, "; did you mean `%s`?", name);
	return text;
}

static bool is_known(struct view word, const char *const *known)
{
	for (; *known; known++)
		if (view_is(word, *known))
			return true;
	return false;
}

int yaml_check_keys(const struct yaml_source *s, const struct yaml *v, const char *const *known)
{
	char suggestion[YAML_SUGGESTION_MAX];

	if (yaml_expect(s, v, YAML_MAP))
		return -1;
	for (const struct yaml *member = v->first; member; member = member->next)
		if (!is_known(member->key->text, known))
			return yaml_error(s, member->key, "unknown key `%s`%s", member->key->text.p,
				yaml_suggest(member->key->text, known, suggestion));
	return 0;
}

/* For messages: "`weight`" of a mapping's value, else "this". */
static const char *label(const struct yaml *v, char text[64])
{
	snprintf(text, 64, v->key ? "`%.60s`" : "this", v->key ? v->key->text.p : "");
	return text;
}

int yaml_read_text(const struct yaml_source *s, const struct yaml *v, size_t max, const char **ret)
{
	char name[64];

	if (yaml_expect(s, v, YAML_TEXT))
		return -1;
	if (v->text.n == 0)
		return yaml_error(s, v, "%s is empty", label(v, name));
	if (v->text.n > max)
		return yaml_error(s, v, "%s is longer than %zu bytes", label(v, name), max);
	*ret = v->text.p;
	return 0;
}

int yaml_read_bool(const struct yaml_source *s, const struct yaml *v, bool *ret)
{
	char name[64];
	bool yes;

	if (yaml_expect(s, v, YAML_TEXT))
		return -1;
	yes = view_is(v->text, "true");
	if (!v->plain || (!yes && !view_is(v->text, "false")))
		return yaml_error(s, v, "%s must be true or false, not `%.40s`", label(v, name), v->text.p);
	*ret = yes;
	return 0;
}

int yaml_read_int(const struct yaml_source *s, const struct yaml *v, int64_t min, int64_t max, int64_t *ret)
{
	bool negative = v->kind == YAML_TEXT && view_starts(v->text, "-");
	uint64_t number;
	char name[64];

	if (yaml_expect(s, v, YAML_TEXT))
		return -1;
	if (!v->plain || !view_number(view_from(v->text, negative), INT64_MAX, &number))
		return yaml_error(s, v, "%s must be a whole number, not `%.40s`", label(v, name), v->text.p);
	*ret = negative ? -(int64_t)number : (int64_t)number;
	if (*ret < min || *ret > max)
		return yaml_error(s, v, "%s must be %lld to %lld, not %s", label(v, name), (long long)min,
			(long long)max, v->text.p);
	return 0;
}

/* Digits with at most one point: no exponent, no infinity, no hexadecimal, whatever the locale. */
static bool parse_number(struct view v, double *ret)
{
	bool negative = view_starts(v, "-"), point = false;
	double number = 0, unit = 1;
	size_t digits = 0;

	v = view_from(v, negative);
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == '.' && !point) {
			point = true;
		} else if (v.p[i] >= '0' && v.p[i] <= '9' && digits++ < 15) {
			number = number * 10 + (v.p[i] - '0');
			unit *= point ? 10 : 1;
		} else {
			return false;
		}
	}
	*ret = negative ? -number / unit : number / unit;
	return digits > 0;
}

int yaml_read_number(const struct yaml_source *s, const struct yaml *v, double min, double max, double *ret)
{
	char name[64];

	if (yaml_expect(s, v, YAML_TEXT))
		return -1;
	if (!v->plain || !parse_number(v->text, ret))
		return yaml_error(s, v, "%s must be a number, not `%.40s`", label(v, name), v->text.p);
	if (*ret < min || *ret > max)
		return yaml_error(s, v, "%s must be %g to %g, not %s", label(v, name), min, max, v->text.p);
	return 0;
}

int yaml_read_texts(const struct yaml_source *s, const struct yaml *v, size_t count_max, size_t text_max,
	struct arena *a, const char *const **ret, size_t *ret_count)
{
	const char **items;
	char name[64];
	size_t n = 0;

	if (yaml_expect(s, v, YAML_LIST))
		return -1;
	if (v->count > count_max)
		return yaml_error(s, v, "%s has more than %zu entries", label(v, name), count_max);
	items = arena_array(a, v->count, sizeof(*items));
	for (const struct yaml *item = v->first; item; item = item->next)
		if (yaml_read_text(s, item, text_max, &items[n++]))
			return -1;
	*ret = items;
	*ret_count = n;
	return 0;
}
