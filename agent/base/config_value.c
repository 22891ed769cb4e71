/* config_value.c - one value of the configuration: is it what its key wants, and where does it go? */
#include "base/config_keys.h"
#include "base/file.h"

#include <string.h>

#define TEXT_MAX 4096  /* bytes of one text */
#define LIST_MAX 1000  /* entries of a list of texts */
#define NUMBER_MAX 1e9 /* of whatever kind, before its own range is looked at */

static int read_rate(struct config_reader *r, const struct yaml *v, bool percent, double *ret)
{
	const struct yaml_source *s = &r->source;

	if (yaml_read_number(s, v, -NUMBER_MAX, NUMBER_MAX, ret) != 0)
		return -1;
	if (!percent && *ret > 1 && *ret <= 100)
		return yaml_error(s, v, "`%s` is a rate from 0 to 1; did you mean %g?", v->key->text.p, *ret / 100);
	if (percent && *ret > 0 && *ret <= 1)
		return yaml_error(
			s, v, "`%s` is in per cent, from 0 to 100; did you mean %g?", v->key->text.p, *ret * 100);
	return yaml_read_number(s, v, 0, percent ? 100 : 1, ret);
}

/* The place of a text in `words`, or -1. */
static int find_word(struct config_reader *r, const struct config_key *k, const struct yaml *v)
{
	char suggestion[YAML_SUGGESTION_MAX];
	BUF_AUTO all = buf_new(BUF_LINE);

	if (yaml_expect(&r->source, v, YAML_TEXT) != 0)
		return -1;
	for (int i = 0; k->words[i]; i++) {
		if (view_is(v->text, k->words[i]))
			return i;
		buf_addf(&all, "%s`%s`", i == 0 ? "" : k->words[i + 1] ? ", " : " or ", k->words[i]);
	}
	return yaml_error(&r->source, v, "`%.60s` is not %s%s", v->text.p, buf_text(&all),
		yaml_suggest(v->text, k->words, suggestion));
}

static bool is_id_part(struct view v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!((v.p[i] >= 'a' && v.p[i] <= 'z') || (v.p[i] >= '0' && v.p[i] <= '9') ||
			    (i && strchr("-_.", v.p[i]))))
			return false;
	return v.n > 0;
}

static int check_id(struct config_reader *r, const struct yaml *at, struct view id)
{
	size_t slash = view_find_char(id, '/');

	if (slash != VIEW_NONE && is_id_part(view_sub(id, 0, slash)) && is_id_part(view_from(id, slash + 1)))
		return 0;
	return yaml_error(&r->source, at, "`%.60s` must look like `family/name`, in lower case", id.p);
}

static int check_item(struct config_reader *r, const struct config_key *k, const struct yaml *v)
{
	struct err why;

	if (k->kind == CONFIG_WORDS)
		return find_word(r, k, v) < 0 ? -1 : 0;
	if (k->kind == CONFIG_IDS)
		return check_id(r, v, v->text);
	if (k->kind == CONFIG_GLOBS && file_glob_check(v->text.p, &why) != 0)
		return yaml_error(&r->source, v, "%s", why.text);
	return 0;
}

static int read_list(struct config_reader *r, const struct config_key *k, const struct yaml *v, struct config_list *ret)
{
	const char *const *items;
	size_t n, i = 0;

	if (yaml_read_texts(&r->source, v, LIST_MAX, TEXT_MAX, r->arena, &items, &n) != 0)
		return -1;
	if (k->required && n == 0)
		return yaml_error(&r->source, v, "`%s` is empty", v->key->text.p);
	for (const struct yaml *item = v->first; item; item = item->next)
		if (check_item(r, k, item) != 0)
			return -1;
	ret->items = arena_array(r->arena, n, sizeof(*ret->items));
	for (; i < n; i++)
		ret->items[i] = items[i];
	ret->n = n;
	return 0;
}

static int read_tiers(struct config_reader *r, const struct config_key *k, const struct yaml *v,
	struct config_fixer_tier **ret, size_t *ret_n)
{
	struct config_fixer_tier *tiers;
	size_t n = 0;

	if (yaml_expect(&r->source, v, YAML_MAP) != 0)
		return -1;
	tiers = arena_array(r->arena, v->count, sizeof(*tiers));
	for (const struct yaml *item = v->first; item; item = item->next) {
		int tier = find_word(r, k, item);

		if (tier < 0 || check_id(r, item->key, item->key->text) != 0)
			return -1;
		tiers[n++] = (struct config_fixer_tier){item->key->text.p, (enum tier)tier};
	}
	*ret = tiers;
	*ret_n = n;
	return 0;
}

static int read_path(struct config_reader *r, const struct yaml *v, const char **ret)
{
	struct err why;

	if (yaml_read_text(&r->source, v, TEXT_MAX, ret) != 0)
		return -1;
	if (file_check_relative(v->text, &why) != 0)
		return yaml_error(&r->source, v, "%s", why.text);
	return 0;
}

/* Bytes of the line break that v begins with, 0 for none: those that YAML 1.1 knows. */
static size_t break_length(struct view v)
{
	if (view_starts(v, "\r\n") || view_starts(v, "\xc2\x85"))
		return 2;
	if (view_starts(v, "\xe2\x80\xa8") || view_starts(v, "\xe2\x80\xa9"))
		return 3;
	return view_starts(v, "\n") || view_starts(v, "\r");
}

static size_t offset_of_line(struct view text, unsigned line)
{
	size_t at = 0;

	while (line > 1 && at < text.n) {
		size_t n = break_length(view_sub(text, at, 3));

		line -= n > 0;
		at += n ? n : 1;
	}
	return at;
}

/* The lines of the sequence, with blanks for what stands in front of it, so that lines and columns stay. */
static int read_rules(struct config_reader *r, const struct yaml *v, const char **ret_text, unsigned *ret_line)
{
	size_t start, end = r->text.n, indent = v->column - 1;
	BUF_AUTO b = buf_new(YAML_BYTES_MAX);

	if (yaml_expect(&r->source, v, YAML_LIST) != 0)
		return -1;
	for (const struct yaml *item = v->first; item; item = item->next)
		if (yaml_expect(&r->source, item, YAML_MAP) != 0)
			return -1;
	start = offset_of_line(r->text, v->line);
	if (view_starts(view_from(r->text, offset_of_line(r->text, r->root->line) + r->root->column - 1), "{"))
		return yaml_error(&r->source, v->key, "`rules` must not stand inside {}: give it lines of its own");
	if (v->next)
		end = offset_of_line(r->text, v->next->key->line);
	buf_addf(&b, "%*s", (int)indent, "");
	buf_add_view(&b, view_sub(r->text, start + indent, end - start - indent));
	*ret_text = arena_text(r->arena, buf_text(&b));
	*ret_line = v->line;
	return 0;
}

static int read_count(struct config_reader *r, const struct config_key *k, const struct yaml *v, unsigned *ret)
{
	int64_t number;

	if (yaml_read_int(&r->source, v, k->min, k->max, &number) != 0)
		return -1;
	*ret = (unsigned)number;
	return 0;
}

static int read_enum(struct config_reader *r, const struct config_key *k, const struct yaml *v, void *ret)
{
	int word = find_word(r, k, v);

	if (word < 0)
		return -1;
	_Static_assert(sizeof(enum tier) == sizeof(word) && sizeof(enum config_deliver) == sizeof(word), "int enums");
	memcpy(ret, &word, sizeof(word));
	return 0;
}

static int read_word(struct config_reader *r, const struct config_key *k, const struct yaml *v, const char **ret)
{
	int word = find_word(r, k, v);

	if (word < 0)
		return -1;
	*ret = k->words[word];
	return 0;
}

int config_read_value(struct config_reader *r, const struct config_key *k, const struct yaml *v, void *base)
{
	void *at = (char *)base + k->offset, *other = (char *)base + k->other;
	int64_t version;

	switch (k->kind) {
	case CONFIG_VERSION:
		return yaml_read_int(&r->source, v, 1, 1, &version);
	case CONFIG_BOOL:
		return yaml_read_bool(&r->source, v, at);
	case CONFIG_COUNT:
		return read_count(r, k, v, at);
	case CONFIG_RATE:
	case CONFIG_PERCENT:
		return read_rate(r, v, k->kind == CONFIG_PERCENT, at);
	case CONFIG_PATH:
		return read_path(r, v, at);
	case CONFIG_TEXT:
		return yaml_read_text(&r->source, v, TEXT_MAX, at);
	case CONFIG_ID:
		return yaml_read_text(&r->source, v, TEXT_MAX, at) || check_id(r, v, v->text) ? -1 : 0;
	case CONFIG_WORD:
		return read_word(r, k, v, at);
	case CONFIG_ENUM:
		return read_enum(r, k, v, at);
	case CONFIG_TEXTS:
	case CONFIG_GLOBS:
	case CONFIG_WORDS:
	case CONFIG_IDS:
		return read_list(r, k, v, at);
	case CONFIG_COMMAND:
		return v->kind == YAML_LIST ? read_list(r, k, v, other) : yaml_read_text(&r->source, v, TEXT_MAX, at);
	case CONFIG_TIERS:
		return read_tiers(r, k, v, at, other);
	case CONFIG_RULES:
		return read_rules(r, v, at, other);
	case CONFIG_ITEMS:
		break;
	}
	return yaml_error(&r->source, v, "not a value");
}
