/* rulegen - checks the rule catalogue and turns it into const tables.
 *
 *     rulegen OUT.c FILE.yml...      writes the tables: rules sorted by id, and the prefilter
 *     rulegen --check FILE.yml...    only says what is wrong
 *
 * Every file is read to its first problem ("FILE:LINE:COLUMN: ..."); status 1 when there was one, 2 for trouble. */
#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "diagnose/tests.h"
#include "rules/literals.h"
#include "rules/prefilter.h"
#include "rules/rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What this program makes; the library that it is built from refers to it. */
const struct rule rule_catalogue[1] = {0};
const size_t rule_catalogue_count = 0;
const struct prefilter rule_prefilter = {0};

/* A rule is weak when its literals score less (eighths of a bit) and its lines begin with one of more bytes. */
#define WEAK_SCORE 60
#define WEAK_FIRST 64u

struct catalogue {
	struct arena arena;
	struct rule *rules;
	size_t count, cap;
};

static void catalogue_done(struct catalogue *c)
{
	free(c->rules);
	arena_done(&c->arena);
}

/* ---- reading --------------------------------------------------------------------------------- */

static int read_file(struct catalogue *c, const char *path, struct err *e)
{
	BUF_AUTO text = {0};
	struct rule_list list;

	if (file_read(path, BUF_PAGE, &text, e) || rule_load(&list, buf_view(&text), path, 1, false, &c->arena, e))
		return -1;
	for (size_t i = 0; i < list.count; i++) {
		MEM_PUSH(c->rules, c->count, c->cap);
		c->rules[c->count++] = list.rules[i];
	}
	return 0;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct rule *)a)->id, ((const struct rule *)b)->id);
}

static int check_unique(const struct catalogue *c)
{
	int rc = 0;

	for (size_t i = 1; i < c->count; i++) {
		const struct rule *a = &c->rules[i - 1], *b = &c->rules[i];

		if (strcmp(a->id, b->id) != 0)
			continue;
		fprintf(stderr, "%s:%u:1: the id %s stands also in %s:%u\n", b->file, b->file_line, b->id, a->file,
			a->file_line);
		rc = -1;
	}
	return rc;
}

static unsigned count_first(const struct rule *r)
{
	unsigned n = 0;

	for (int i = 0; i < 4; i++)
		n += (unsigned)__builtin_popcountll(r->first.bits[i]);
	return n;
}

/* Such a rule makes every log slower: many lines hold its literals, and their first byte does not rule them out. */
static int check_strength(const struct catalogue *c)
{
	int rc = 0;

	for (size_t i = 0; i < c->count; i++) {
		const struct rule *r = &c->rules[i];

		if (count_first(r) <= WEAK_FIRST || literals_score(r->literals, r->literal_count) >= WEAK_SCORE)
			continue;
		fprintf(stderr,
			"%s:%u:1: %s: its literals are common in logs, and its lines may begin with anything: name "
			"rarer `literals`, or anchor the pattern (docs/adding-a-rule.md)\n",
			r->file, r->file_line, r->id);
		rc = -1;
	}
	return rc;
}

static int read_all(struct catalogue *c, char **paths, int count)
{
	int rc = 0;

	for (int i = 0; i < count; i++) {
		struct err e;

		if (read_file(c, paths[i], &e) == 0)
			continue;
		fprintf(stderr, "%s\n", e.text);
		rc = -1;
	}
	if (c->count)
		qsort(c->rules, c->count, sizeof(*c->rules), by_id);
	if (c->count > RULES_MAX) {
		fprintf(stderr, "rulegen: more than %u rules\n", RULES_MAX);
		rc = -1;
	}
	rc = check_strength(c) ? -1 : rc;
	return check_unique(c) ? -1 : rc;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* Octal escapes have a fixed length, and '?' would make trigraphs. */
static void write_string(struct buf *b, const char *p, size_t n)
{
	buf_add_char(b, '"');
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '?')
			buf_addf(b, "\\%03o", c);
		else
			buf_add_char(b, (char)c);
	}
	buf_add_char(b, '"');
}

static void write_text(struct buf *b, const char *name, const char *text)
{
	if (!text)
		return;
	buf_addf(b, "\t\t.%s = ", name);
	write_string(b, text, strlen(text));
	buf_add_text(b, ",\n");
}

static void write_list(struct buf *b, const char *name, size_t rule, const char *const *items, size_t n)
{
	if (n == 0)
		return;
	buf_addf(b, "static const char *const %s_%zu[] = {", name, rule);
	for (size_t i = 0; i < n; i++) {
		buf_add_text(b, i ? ", " : "");
		write_string(b, items[i], strlen(items[i]));
	}
	buf_add_text(b, "};\n");
}

static void write_lists(struct buf *b, size_t i, const struct rule *r)
{
	write_list(b, "literals", i, r->literals, r->literal_count);
	write_list(b, "not_if", i, r->not_if, r->not_if_count);
	write_list(b, "remedies", i, r->remedies, r->remedy_count);
	write_list(b, "hits", i, r->hits, r->hit_count);
	write_list(b, "misses", i, r->misses, r->miss_count);
}

static void write_list_member(struct buf *b, const char *name, const char *count, size_t rule, size_t n)
{
	if (n)
		buf_addf(b, "\t\t.%s = %s_%zu,\n\t\t.%s = %zu,\n", name, name, rule, count, n);
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static const char *truth(bool value)
{
	return value ? "true" : "false";
}

static void write_near(struct buf *b, const struct rule_near *n)
{
	if (!n->pattern)
		return;
	buf_add_text(b, "\t\t.near = {");
	write_string(b, n->pattern, strlen(n->pattern));
	buf_addf(b, ", %u, %u, %s, %s},\n", n->before, n->after, truth(n->required), truth(n->last));
}

static void write_excerpt(struct buf *b, const struct rule_excerpt *x)
{
	const char *const patterns[] = {x->from, x->to};

	buf_addf(b, "\t\t.excerpt = {%u, %u", x->before, x->after);
	for (int i = 0; i < 2; i++) {
		buf_add_text(b, ", ");
		if (patterns[i])
			write_string(b, patterns[i], strlen(patterns[i]));
		else
			buf_add_text(b, "NULL");
	}
	buf_add_text(b, "},\n");
}

static void write_rule(struct buf *b, size_t i, const struct rule *r)
{
	buf_add_text(b, "\t{\n");
	write_text(b, "id", r->id);
	write_text(b, "tool", r->tool);
	buf_addf(b, "\t\t.category = %d, /* %s */\n", (int)r->category, category_name(r->category));
	buf_addf(b, "\t\t.rank = %d, /* %s */\n", (int)r->rank, rank_name(r->rank));
	buf_addf(b, "\t\t.severity = %d, /* %s */\n", (int)r->severity, severity_name(r->severity));
	buf_addf(b, "\t\t.transient = %s,\n\t\t.cut_off = %s,\n\t\t.nocase = %s,\n\t\t.test_failure = %s,\n",
		truth(r->transient), truth(r->cut_off), truth(r->nocase), truth(r->test_failure));
	buf_addf(b, "\t\t.exit_code = %d,\n\t\t.lasted_minutes = %u,\n\t\t.weight = %.17g,\n", r->exit_code,
		r->lasted_minutes, r->weight);
	buf_addf(b, "\t\t.first = {{0x%llx, 0x%llx, 0x%llx, 0x%llx}},\n", (unsigned long long)r->first.bits[0],
		(unsigned long long)r->first.bits[1], (unsigned long long)r->first.bits[2],
		(unsigned long long)r->first.bits[3]);
	write_text(b, "mark", r->mark);
	write_text(b, "pattern", r->pattern);
	write_list_member(b, "literals", "literal_count", i, r->literal_count);
	write_list_member(b, "not_if", "not_if_count", i, r->not_if_count);
	write_text(b, "forgiven", r->forgiven);
	write_near(b, &r->near);
	write_excerpt(b, &r->excerpt);
	write_text(b, "title", r->title);
	write_text(b, "hint", r->hint);
	write_text(b, "why", r->why);
	write_list_member(b, "remedies", "remedy_count", i, r->remedy_count);
	write_list_member(b, "hits", "hit_count", i, r->hit_count);
	write_list_member(b, "misses", "miss_count", i, r->miss_count);
	write_text(b, "fixture", r->fixture);
	write_text(b, "file", base_name(r->file));
	buf_addf(b, "\t\t.file_line = %u,\n\t},\n", r->file_line);
}

/* An array needs a member in C, even where the count is 0. */
static void write_rules(struct buf *b, const struct catalogue *c)
{
	for (size_t i = 0; i < c->count; i++)
		write_lists(b, i, &c->rules[i]);
	buf_addf(b, "\nconst struct rule rule_catalogue[%zu] = {\n", c->count ? c->count : 1);
	for (size_t i = 0; i < c->count; i++)
		write_rule(b, i, &c->rules[i]);
	buf_addf(b, "%s};\nconst size_t rule_catalogue_count = %zu;\n\n", c->count ? "" : "\t{0}\n", c->count);
}

static void write_separator(struct buf *b, size_t i, size_t per_line)
{
	buf_add_text(b, i % per_line == 0 ? "\n\t" : " ");
}

static void write_numbers(struct buf *b, const char *name, const uint32_t *numbers, size_t n)
{
	buf_addf(b, "static const uint32_t %s[%zu] = {", name, n ? n : 1);
	for (size_t i = 0; i < n; i++) {
		write_separator(b, i, 16);
		buf_addf(b, "%u,", numbers[i]);
	}
	buf_addf(b, "%s\n};\n", n ? "" : "0");
}

static void write_bits(struct buf *b, const char *name, const uint64_t *words, size_t n)
{
	buf_addf(b, "static const uint64_t %s[%zu] = {", name, n);
	for (size_t i = 0; i < n; i++) {
		write_separator(b, i, 8);
		buf_addf(b, "0x%llx,", (unsigned long long)words[i]);
	}
	buf_add_text(b, "\n};\n");
}

static void write_entries(struct buf *b, const struct prefilter *p)
{
	buf_addf(b, "static const struct prefilter_entry entries[%zu] = {", p->entry_count ? p->entry_count : 1);
	for (size_t i = 0; i < p->entry_count; i++) {
		const struct prefilter_entry *x = &p->entries[i];

		write_separator(b, i, 4);
		buf_addf(b, "{0x%llx, 0x%llx, %u, %d, %u, %u, %s},", (unsigned long long)x->value,
			(unsigned long long)x->mask, x->literal, x->offset, x->length, x->last, truth(x->whole));
	}
	buf_addf(b, "%s\n};\n", p->entry_count ? "" : "{0}");
}

static void write_literals(struct buf *b, const struct prefilter *p)
{
	buf_addf(b, "static const struct prefilter_literal all_literals[%zu] = {",
		p->literal_count ? p->literal_count : 1);
	for (size_t i = 0; i < p->literal_count; i++) {
		const struct prefilter_literal *l = &p->literals[i];

		write_separator(b, i, 4);
		buf_addf(b, "{%u, %u, %s, %s, %u, %u},", l->text, l->length, truth(l->nocase), truth(l->plain),
			l->first_rule, l->rule_count);
	}
	buf_addf(b, "%s\n};\n", p->literal_count ? "" : "{0}");
}

static void write_prefilter(struct buf *b, const struct catalogue *c)
{
	ARENA_AUTO arena = {0};
	const char *const *lists[PREFILTER_TAGS_MAX];
	struct prefilter_tags tags = {lists, 0};
	struct prefilter p;

	for (; tags.count < PREFILTER_TAGS_MAX && test_readers[tags.count]; tags.count++)
		lists[tags.count] = test_readers[tags.count]->literals;
	p = prefilter_build(c->rules, c->count, &tags, &arena);

	write_bits(b, "bitmap", p.bitmap, PREFILTER_WORDS);
	write_bits(b, "sides", p.sides, PREFILTER_BUCKETS);
	write_numbers(b, "starts", p.starts, PREFILTER_BUCKETS + 1);
	write_entries(b, &p);
	write_literals(b, &p);
	write_numbers(b, "rules_of_literals", p.rules, p.rule_count);
	buf_add_text(b, "static const char text[] =");
	for (size_t i = 0; i < p.literal_count; i++) {
		buf_add_text(b, "\n\t");
		write_string(b, p.text + p.literals[i].text, (size_t)p.literals[i].length + 1);
	}
	buf_addf(b,
		"%s;\n\nconst struct prefilter rule_prefilter = {bitmap, sides, starts, entries, all_literals, "
		"rules_of_literals, text,\n"
		"\t%zu, %zu, %zu, %zu};\n",
		p.literal_count ? "" : " \"\"", p.entry_count, p.literal_count, p.rule_count, p.text_size);
}

static int write_catalogue(const struct catalogue *c, const char *path, struct err *e)
{
	BUF_AUTO out = buf_new(BUF_LARGE);

	buf_add_text(&out, "/* Made by tools/rulegen.c from agent/rules/catalogue: do not edit. */\n"
			   "#include \"rules/prefilter.h\"\n#include \"rules/rule.h\"\n\n");
	write_rules(&out, c);
	write_prefilter(&out, c);
	if (out.full)
		return err_set(e, ERR_LIMIT, "%s: larger than %zu bytes", path, out.max);
	return file_write_atomic(path, buf_view(&out), 0644, e);
}

int main(int argc, char **argv)
{
	__attribute__((cleanup(catalogue_done))) struct catalogue c = {0};
	struct err e;

	if (argc < 2) {
		fprintf(stderr, "usage: rulegen OUT.c FILE.yml... | rulegen --check FILE.yml...\n");
		return 2;
	}
	if (read_all(&c, argv + 2, argc - 2))
		return 1;
	if (strcmp(argv[1], "--check") == 0 || write_catalogue(&c, argv[1], &e) == 0)
		return 0;
	fprintf(stderr, "rulegen: %s\n", e.text);
	return 2;
}
