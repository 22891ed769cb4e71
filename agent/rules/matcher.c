#include "rules/matcher.h"

#include "base/mem.h"
#include "rules/pattern_cache.h"
#include "rules/prefilter.h"

#include <stdlib.h>
#include <string.h>

#define REPLACED UINT32_MAX /* a rule of the catalogue whose id a user rule took */

/* The rules of one prefilter, as indices of matcher.rules. */
struct table {
	const struct prefilter *prefilter;
	uint32_t *index;
};

struct entry {
	const struct rule *rule;
	struct pattern *pattern, **not_if; /* NULL: not needed yet */
	int mark;
	uint64_t seen; /* the last line on which it was a candidate */
};

struct matcher {
	struct arena arena;
	struct entry *rules; /* sorted by id */
	size_t rule_count;
	struct prefilter user;
	struct table tables[2];
	const struct prefilter *prefilters[2];
	size_t table_count;
	const uint64_t *bitmap, *sides;
	struct pattern_machine *machine;
	struct pattern_cache *patterns;
	uint32_t *candidates;     /* of one line */
	uint64_t lines;           /* with candidates, so far */
	struct matcher_tag *tags; /* of the block */
	size_t tag_count, tag_cap;
	struct matcher_counts counts;
};

/* ---- rules ----------------------------------------------------------------------------------- */

static void add_rule(struct matcher *m, const struct rule *rule, uint32_t *ret_index)
{
	*ret_index = (uint32_t)m->rule_count;
	m->rules[m->rule_count++] = (struct entry){.rule = rule, .mark = rule_mark(rule)};
}

/* Both lists are sorted by id. */
static void merge_rules(struct matcher *m, const struct rule_list *user)
{
	size_t i = 0, j = 0;

	while (i < rule_catalogue_count || j < user->count) {
		int order = i == rule_catalogue_count ? 1
			    : j == user->count        ? -1
						      : strcmp(rule_catalogue[i].id, user->rules[j].id);

		if (order == 0)
			m->tables[0].index[i++] = REPLACED;
		else if (order < 0)
			add_rule(m, &rule_catalogue[i], &m->tables[0].index[i]), i++;
		else
			add_rule(m, &user->rules[j], &m->tables[1].index[j]), j++;
	}
}

static void add_table(struct matcher *m, const struct prefilter *p, size_t rule_count)
{
	m->tables[m->table_count] = (struct table){p, arena_array(&m->arena, rule_count, sizeof(uint32_t))};
	m->prefilters[m->table_count++] = p;
}

static const uint64_t *join_bits(struct matcher *m, const uint64_t *a, const uint64_t *b, size_t n)
{
	uint64_t *bits = arena_array(&m->arena, n, sizeof(*bits));

	for (size_t i = 0; i < n; i++)
		bits[i] = a[i] | b[i];
	return bits;
}

/* The bits of both tables together: one pass. */
static void add_user_table(struct matcher *m, const struct rule_list *user)
{
	m->user = prefilter_build(user->rules, user->count, NULL, &m->arena);
	m->bitmap = join_bits(m, rule_prefilter.bitmap, m->user.bitmap, PREFILTER_WORDS);
	m->sides = join_bits(m, rule_prefilter.sides, m->user.sides, PREFILTER_BUCKETS);
	add_table(m, &m->user, user->count);
}

struct matcher *matcher_new(const struct rule_list *user_or_null)
{
	static const struct rule_list none = {NULL, 0};
	const struct rule_list *user = user_or_null ? user_or_null : &none;
	struct matcher *m = mem_new(sizeof(*m));

	m->bitmap = rule_prefilter.bitmap;
	m->sides = rule_prefilter.sides;
	add_table(m, &rule_prefilter, rule_catalogue_count);
	if (user->count)
		add_user_table(m, user);
	m->rules = arena_array(&m->arena, rule_catalogue_count + user->count, sizeof(*m->rules));
	m->candidates = arena_array(&m->arena, rule_catalogue_count + user->count, sizeof(*m->candidates));
	merge_rules(m, user);
	m->machine = pattern_machine_new();
	m->patterns = pattern_cache_new();
	return m;
}

void matcher_free(struct matcher *m)
{
	if (!m)
		return;
	pattern_cache_free(m->patterns);
	pattern_machine_free(m->machine);
	arena_done(&m->arena);
	free(m->tags);
	free(m);
}

size_t matcher_rule_count(const struct matcher *m)
{
	return m->rule_count;
}

const struct rule *matcher_rule(const struct matcher *m, size_t index)
{
	return index < m->rule_count ? m->rules[index].rule : NULL;
}

static int id_order(const void *id, const void *entry)
{
	return strcmp(id, ((const struct entry *)entry)->rule->id);
}

const struct rule *matcher_find(const struct matcher *m, const char *id)
{
	const struct entry *entry = bsearch(id, m->rules, m->rule_count, sizeof(*m->rules), id_order);

	return entry ? entry->rule : NULL;
}

/* ---- one line -------------------------------------------------------------------------------- */

static struct pattern *get_pattern(struct matcher *m, const struct rule *rule, const char *text)
{
	return pattern_cache_get(m->patterns, text, rule->nocase);
}

bool matcher_match(struct matcher *m, const struct rule *rule, struct view line, struct rule_captures *ret_or_null)
{
	struct pattern *p = get_pattern(m, rule, rule->pattern);
	struct pattern_line prepared = pattern_prepare(m->machine, line);

	if (!p || !pattern_match_line(m->machine, p, &prepared, ret_or_null))
		return false;
	for (size_t i = 0; i < rule->not_if_count; i++) {
		p = get_pattern(m, rule, rule->not_if[i]);
		if (p && pattern_match_line(m->machine, p, &prepared, NULL))
			return false;
	}
	return true;
}

bool matcher_pattern(struct matcher *m, const char *pattern, struct view line, struct rule_captures *ret_or_null)
{
	struct pattern *p = pattern_cache_get(m->patterns, pattern, false);

	return p && pattern_match(m->machine, p, line, ret_or_null);
}

/* ---- blocks ---------------------------------------------------------------------------------- */

struct scan {
	struct matcher *m;
	const struct log_block *block;
	size_t line;         /* of the last literal */
	unsigned char first; /* byte of that line; '\n' of an empty one */
	size_t candidate_count;
	matcher_hit *hit;
	void *context;
};

/* They are few, and nearly in order. */
static void sort_candidates(uint32_t *numbers, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint32_t number = numbers[i];
		size_t at = i;

		for (; at && numbers[at - 1] > number; at--)
			numbers[at] = numbers[at - 1];
		numbers[at] = number;
	}
}

/* As matcher_match(), without looking for the patterns each time. */
static bool is_match(struct matcher *m, struct entry *entry, const struct pattern_line *prepared)
{
	const struct rule *rule = entry->rule;

	if (!entry->pattern)
		entry->pattern = get_pattern(m, rule, rule->pattern);
	if (!entry->pattern || !pattern_match_line(m->machine, entry->pattern, prepared, NULL))
		return false;
	if (!entry->not_if)
		entry->not_if = arena_array(&m->arena, rule->not_if_count, sizeof(*entry->not_if));
	for (size_t i = 0; i < rule->not_if_count; i++) {
		if (!entry->not_if[i])
			entry->not_if[i] = get_pattern(m, rule, rule->not_if[i]);
		if (entry->not_if[i] && pattern_match_line(m->machine, entry->not_if[i], prepared, NULL))
			return false;
	}
	return true;
}

static bool confirm(struct scan *s, uint32_t index, const struct pattern_line *prepared)
{
	const struct log_line *line = &s->block->lines[s->line];
	struct entry *entry = &s->m->rules[index];
	struct rule_hit hit = {entry->rule, index, line->number, line->step, line->mark};

	if (!is_match(s->m, entry, prepared))
		return false;
	s->m->counts.confirmed++;
	s->hit(s->context, &hit, log_block_line(s->block, s->line));
	return true;
}

static void confirm_candidates(struct scan *s)
{
	size_t n = s->candidate_count;
	struct matcher *m = s->m;
	struct pattern_line prepared;

	if (n == 0)
		return;
	s->candidate_count = 0;
	m->counts.candidates += n;
	sort_candidates(m->candidates, n);
	prepared = pattern_prepare(m->machine, log_block_line(s->block, s->line));
	for (size_t i = 0; i < n; i++)
		/* The callback may have made other lines ready. */
		if (confirm(s, m->candidates[i], &prepared))
			prepared = pattern_prepare(m->machine, log_block_line(s->block, s->line));
}

/* Literals come in the order of lines, so that the cursor only moves on. */
static void move_to(struct scan *s, size_t position)
{
	const struct log_block *b = s->block;

	if (s->line + 1 >= b->count || position < b->lines[s->line + 1].start)
		return;
	confirm_candidates(s);
	s->m->lines++;
	while (s->line + 1 < b->count && position >= b->lines[s->line + 1].start)
		s->line++;
	s->first = (unsigned char)b->text.p[b->lines[s->line].start];
}

static bool may_begin(const struct rule *rule, unsigned char first)
{
	return rule->first.bits[first >> 6] >> (first & 63) & 1;
}

static void add_candidate(struct scan *s, uint32_t rule)
{
	struct matcher *m = s->m;
	const struct log_line *line = &s->block->lines[s->line];
	struct entry *entry = rule == REPLACED ? NULL : &m->rules[rule];

	if (!entry || entry->seen == m->lines || (entry->mark >= 0 && entry->mark != line->mark) ||
		!may_begin(entry->rule, s->first))
		return;
	entry->seen = m->lines;
	m->candidates[s->candidate_count++] = rule;
}

static void add_tag(struct matcher *m, size_t line, uint32_t tag)
{
	uint64_t bit = UINT64_C(1) << (tag - PREFILTER_TAG);

	if (m->tag_count && m->tags[m->tag_count - 1].line == line) {
		m->tags[m->tag_count - 1].tags |= bit;
		return;
	}
	MEM_PUSH(m->tags, m->tag_count, m->tag_cap);
	m->tags[m->tag_count++] = (struct matcher_tag){(uint32_t)line, bit};
}

static void found(void *context, const struct prefilter *p, uint32_t literal, size_t position)
{
	struct scan *s = context;
	struct matcher *m = s->m;
	const struct prefilter_literal *l = &p->literals[literal];
	const uint32_t *index = m->tables[p == m->prefilters[0] ? 0 : 1].index;
	const struct log_line *line;

	move_to(s, position);
	line = &s->block->lines[s->line];
	for (uint32_t i = 0; i < l->rule_count; i++) {
		uint32_t number = p->rules[l->first_rule + i];

		if (number >= PREFILTER_TAG)
			add_tag(m, s->line, number);
		else if (!(line->flags & LOG_ECHO) && position - line->start < MATCHER_LINE_MAX)
			add_candidate(s, index[number]);
	}
}

void matcher_scan(struct matcher *m, const struct log_block *block, matcher_hit *hit, void *context)
{
	struct scan s = {.m = m, .block = block, .hit = hit, .context = context};
	struct prefilter_scan prefilter = {
		.bitmap = m->bitmap,
		.sides = m->sides,
		.tables = m->prefilters,
		.table_count = m->table_count,
		.found = found,
		.context = &s,
	};

	m->tag_count = 0;
	if (block->count == 0)
		return;
	m->lines++;
	s.first = (unsigned char)*block->text.p;
	prefilter_scan(&prefilter, block->text);
	confirm_candidates(&s);
}

struct matcher_counts matcher_counts(const struct matcher *m)
{
	struct matcher_counts counts = m->counts;

	counts.limits_hit = pattern_limits_hit(m->machine);
	return counts;
}

const struct matcher_tag *matcher_tags(const struct matcher *m, size_t *ret_count)
{
	*ret_count = m->tag_count;
	return m->tags;
}
