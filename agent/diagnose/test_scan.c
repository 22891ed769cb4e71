/* All readers side by side over one log. */
#include "diagnose/reader.h"

#include "base/mem.h"
#include "rules/matcher.h"
#include "rules/prefilter.h"

#include <stdlib.h>

#define MESSAGE_KEPT 512u

struct running {
	const struct test_reader *reader;
	void *state;
	struct test_counts counted; /* results handed over */
	bool any;
};

struct failure {
	struct test_failure told;
	uint32_t reader; /* index */
	bool error, flaky;
};

struct test_scan {
	struct running readers[TEST_READERS_MAX];
	size_t count;
	size_t current;       /* whose results come in */
	uint64_t active;      /* bits of readers that want every line */
	struct log_line last; /* seen by any of them */
	test_sink *every;
	void *context;
	struct arena arena;
	struct failure *failures;
	size_t failure_count, failure_cap;
	uint32_t *slots; /* hash of id -> index + 1 */
	size_t slot_count;
	struct test_failure *told; /* those that stand at the end */
	size_t told_count;
};

struct test_scan *test_scan_new(test_sink *every_or_null, void *context)
{
	struct test_scan *s = mem_new(sizeof *s);
	s->every = every_or_null;
	s->context = context;
	for (; test_readers[s->count] && s->count < TEST_READERS_MAX; s->count++) {
		s->readers[s->count].reader = test_readers[s->count];
		s->readers[s->count].state = mem_new(test_readers[s->count]->state_size);
	}
	return s;
}

/* ---- failures, each once ----------------------------------------------------------------------- */

static uint64_t hash_id(struct view id)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	for (size_t i = 0; i < id.n; i++)
		h = (h ^ (unsigned char)id.p[i]) * UINT64_C(0x100000001b3);
	return h;
}

static uint32_t *slot_of(struct test_scan *s, struct view id)
{
	size_t i = hash_id(id) & (s->slot_count - 1);
	while (s->slots[i] && !view_eq(view_of(s->failures[s->slots[i] - 1].told.id), id))
		i = (i + 1) & (s->slot_count - 1);
	return &s->slots[i];
}

static void rehash(struct test_scan *s)
{
	free(s->slots);
	s->slot_count = s->slot_count ? s->slot_count * 2 : 256;
	s->slots = mem_array(s->slot_count, sizeof *s->slots);
	for (size_t i = 0; i < s->failure_count; i++)
		*slot_of(s, view_of(s->failures[i].told.id)) = (uint32_t)i + 1;
}

/* True when the failure was not known yet. */
static bool add_failure(struct test_scan *s, const struct test_case *one)
{
	if ((s->failure_count + 1) * 2 > s->slot_count)
		rehash(s);
	uint32_t *slot = slot_of(s, one->id);
	struct view message = view_cut_utf8(one->message, MESSAGE_KEPT);
	if (*slot) {
		struct test_failure *known = &s->failures[*slot - 1].told;
		if (!*known->message && message.n)
			known->message = arena_view(&s->arena, message).p;
		return false;
	}
	if (s->failure_count >= TESTS_FAILED_IDS_MAX)
		return true;
	MEM_PUSH(s->failures, s->failure_count, s->failure_cap);
	s->failures[s->failure_count++] =
		(struct failure){.told = {.id = arena_view(&s->arena, one->id).p,
					 .path = one->path.n ? arena_view(&s->arena, one->path).p : NULL,
					 .message = arena_view(&s->arena, message).p,
					 .line = one->line,
					 .reader = s->readers[s->current].reader->name},
			.reader = (uint32_t)s->current,
			.error = one->result == RESULT_ERROR};
	*slot = (uint32_t)s->failure_count;
	return true;
}

static void take_back(struct test_scan *s, struct view id)
{
	uint32_t known = s->slot_count ? *slot_of(s, id) : 0;
	struct failure *f = known ? &s->failures[known - 1] : NULL;
	if (!f || f->flaky)
		return;
	struct test_counts *counted = &s->readers[f->reader].counted;
	f->flaky = true;
	*(f->error ? &counted->errors : &counted->failed) -= 1;
}

static void on_result(void *context, const struct test_case *one)
{
	struct test_scan *s = context;
	struct running *r = &s->readers[s->current];
	bool bad = one->result == RESULT_FAILED || one->result == RESULT_ERROR;
	r->any = true;
	if (bad && !add_failure(s, one))
		return; /* said again, in a summary */
	if (one->flaky)
		take_back(s, one->id);
	test_counts_add(&r->counted, one->result);
	if (s->every)
		s->every(s->context, one);
}

/* ---- lines ------------------------------------------------------------------------------------- */

struct pass {
	struct test_scan *s;
	const struct log_block *block;
	size_t line;     /* of the hits so far */
	uint64_t wanted; /* bits of the readers whose literals it holds */
	size_t done;     /* lines before it were handed over */
};

static void hand_over(struct test_scan *s, const struct log_block *block, size_t i, uint64_t readers)
{
	const struct log_line *at = &block->lines[i];
	if (at->flags & LOG_ECHO)
		return;
	struct view text = reader_body(log_block_line(block, i));
	struct test_out out = {on_result, s, at};
	s->last = *at;
	for (; readers; readers &= readers - 1) {
		s->current = (size_t)__builtin_ctzll(readers);
		const struct running *r = &s->readers[s->current];
		uint64_t bit = UINT64_C(1) << s->current;
		r->reader->line(r->state, text, &out);
		s->active &= ~bit;
		if (r->reader->active && r->reader->active(r->state))
			s->active |= bit;
	}
}

/* Up to and without line `end`. */
static void catch_up(struct pass *p, size_t end)
{
	while (p->done < end && p->s->active)
		hand_over(p->s, p->block, p->done++, p->s->active);
	if (p->done < end)
		p->done = end;
}

static void flush(struct pass *p)
{
	catch_up(p, p->line);
	if (p->wanted)
		hand_over(p->s, p->block, p->done++, p->wanted | p->s->active);
	p->wanted = 0;
}

static void take_tags(struct pass *p, size_t line, uint64_t tags)
{
	if (line != p->line)
		flush(p);
	p->line = line;
	p->wanted |= tags;
}

static void finish(struct pass *p)
{
	flush(p);
	catch_up(p, p->block->count);
}

void test_scan_lines(struct test_scan *s, const struct log_block *block, const struct matcher_tag *tags, size_t count)
{
	struct pass p = {.s = s, .block = block};
	for (size_t i = 0; i < count; i++)
		take_tags(&p, tags[i].line, tags[i].tags);
	finish(&p);
}

static void found(void *context, const struct prefilter *f, uint32_t literal, size_t position)
{
	struct pass *p = context;
	const struct log_line *lines = p->block->lines;
	const struct prefilter_literal *l = &f->literals[literal];
	size_t line = p->line;
	uint64_t tags = 0;
	for (uint32_t i = 0; i < l->rule_count; i++)
		if (f->rules[l->first_rule + i] >= PREFILTER_TAG)
			tags |= UINT64_C(1) << (f->rules[l->first_rule + i] - PREFILTER_TAG);
	if (!tags)
		return;
	while (line + 1 < p->block->count && lines[line + 1].start <= position)
		line++;
	take_tags(p, line, tags);
}

void test_scan_block(struct test_scan *s, const struct log_block *block)
{
	struct pass p = {.s = s, .block = block};
	const struct prefilter *table = &rule_prefilter;
	struct prefilter_scan scan = {.bitmap = table->bitmap,
		.sides = table->sides,
		.tables = &table,
		.table_count = 1,
		.found = found,
		.context = &p};
	if (!block->count)
		return;
	prefilter_scan(&scan, block->text);
	finish(&p);
}

/* ---- the end ----------------------------------------------------------------------------------- */

void test_scan_end(struct test_scan *s)
{
	struct test_out out = {on_result, s, &s->last};
	for (s->current = 0; s->current < s->count; s->current++)
		if (s->readers[s->current].reader->end)
			s->readers[s->current].reader->end(s->readers[s->current].state, &out);
	s->told = mem_array(s->failure_count, sizeof *s->told);
	for (size_t i = 0; i < s->failure_count; i++)
		if (!s->failures[i].flaky)
			s->told[s->told_count++] = s->failures[i].told;
}

void test_scan_free(struct test_scan *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->count; i++)
		free(s->readers[i].state);
	free(s->failures);
	free(s->told);
	free(s->slots);
	arena_done(&s->arena);
	free(s);
}

static void add(int64_t *sum, int64_t said, int64_t counted)
{
	*sum += said >= 0 ? said : counted;
}

void test_scan_summary(const struct test_scan *s, struct test_summary *ret)
{
	*ret = (struct test_summary){.failures = s->told, .failure_count = s->told_count};
	for (size_t i = 0; i < s->count; i++) {
		const struct running *r = &s->readers[i];
		struct test_counts c = {-1, -1, -1, -1};
		bool said = r->reader->summary && r->reader->summary(r->state, &c);
		if (!said && !r->any)
			continue;
		ret->any = true;
		add(&ret->counts.passed, c.passed, r->counted.passed);
		add(&ret->counts.failed, c.failed, r->counted.failed);
		add(&ret->counts.skipped, c.skipped, r->counted.skipped);
		add(&ret->counts.errors, c.errors, r->counted.errors);
	}
}
