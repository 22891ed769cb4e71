/* All readers side by side over one log. */
#include "diagnose/tests.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define READERS_MAX 32u
#define MESSAGE_KEPT 512u

struct running {
	const struct test_reader *reader;
	void *state;
	struct test_counts counted; /* results handed over */
	bool any;
};

struct test_scan {
	struct running readers[READERS_MAX];
	size_t count;
	size_t current; /* whose results come in */
	test_sink *every;
	void *context;
	struct arena arena;
	struct test_failure *failures;
	size_t failure_count, failure_cap;
	uint32_t *slots; /* hash of id -> index + 1 */
	size_t slot_count;
};

struct test_scan *test_scan_new(test_sink *every_or_null, void *context)
{
	struct test_scan *s = mem_new(sizeof *s);
	s->every = every_or_null;
	s->context = context;
	for (; test_readers[s->count] && s->count < READERS_MAX; s->count++) {
		s->readers[s->count].reader = test_readers[s->count];
		s->readers[s->count].state = mem_new(test_readers[s->count]->state_size);
	}
	return s;
}

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
	while (s->slots[i] && !view_eq(view_of(s->failures[s->slots[i] - 1].id), id))
		i = (i + 1) & (s->slot_count - 1);
	return &s->slots[i];
}

static void rehash(struct test_scan *s)
{
	free(s->slots);
	s->slot_count = s->slot_count ? s->slot_count * 2 : 256;
	s->slots = mem_array(s->slot_count, sizeof *s->slots);
	for (size_t i = 0; i < s->failure_count; i++)
		*slot_of(s, view_of(s->failures[i].id)) = (uint32_t)i + 1;
}

/* True when the failure was not known yet. */
static bool add_failure(struct test_scan *s, const struct test_case *one)
{
	if ((s->failure_count + 1) * 2 > s->slot_count)
		rehash(s);
	struct view id = view_cut_utf8(one->id, TEST_ID_MAX);
	uint32_t *slot = slot_of(s, id);
	if (*slot) {
		struct test_failure *known = &s->failures[*slot - 1];
		if (!*known->message && one->message.n)
			known->message = arena_view(&s->arena, view_cut_utf8(one->message, MESSAGE_KEPT)).p;
		return false;
	}
	if (s->failure_count >= TESTS_FAILED_IDS_MAX)
		return true;
	MEM_PUSH(s->failures, s->failure_count, s->failure_cap);
	s->failures[s->failure_count++] = (struct test_failure){.id = arena_view(&s->arena, id).p,
		.path = one->path.n ? arena_view(&s->arena, one->path).p : NULL,
		.message = arena_view(&s->arena, view_cut_utf8(one->message, MESSAGE_KEPT)).p,
		.line = one->line,
		.reader = s->readers[s->current].reader->name};
	*slot = (uint32_t)s->failure_count;
	return true;
}

static void on_result(void *context, const struct test_case *one)
{
	struct test_scan *s = context;
	struct running *r = &s->readers[s->current];
	bool bad = one->result == RESULT_FAILED || one->result == RESULT_ERROR;
	r->any = true;
	if (bad && !add_failure(s, one))
		return; /* said again, in a summary */
	r->counted.passed += one->result == RESULT_PASSED;
	r->counted.failed += one->result == RESULT_FAILED;
	r->counted.errors += one->result == RESULT_ERROR;
	r->counted.skipped += one->result == RESULT_SKIPPED;
	if (s->every)
		s->every(s->context, one);
}

static bool wanted(const struct running *r, struct view line)
{
	const struct test_reader *t = r->reader;
	if (!t->literals || (t->active && t->active(r->state)))
		return true;
	for (const char *const *l = t->literals; *l; l++)
		if (view_has(line, *l))
			return true;
	return false;
}

void test_scan_block(struct test_scan *s, const struct log_block *block)
{
	for (s->current = 0; s->current < s->count; s->current++) {
		struct running *r = &s->readers[s->current];
		for (size_t i = 0; i < block->count; i++) {
			struct view line = log_block_line(block, i);
			if (!(block->lines[i].flags & LOG_ECHO) && wanted(r, line))
				r->reader->line(r->state, line, &block->lines[i], on_result, s);
		}
	}
}

void test_scan_end(struct test_scan *s)
{
	for (s->current = 0; s->current < s->count; s->current++)
		if (s->readers[s->current].reader->end)
			s->readers[s->current].reader->end(s->readers[s->current].state, on_result, s);
}

void test_scan_free(struct test_scan *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->count; i++)
		free(s->readers[i].state);
	free(s->failures);
	free(s->slots);
	arena_done(&s->arena);
	free(s);
}

static void add(int64_t *sum, int64_t n)
{
	*sum += n > 0 ? n : 0;
}

void test_scan_summary(const struct test_scan *s, struct test_summary *ret)
{
	*ret = (struct test_summary){.failures = s->failures, .failure_count = s->failure_count};
	for (size_t i = 0; i < s->count; i++) {
		const struct running *r = &s->readers[i];
		struct test_counts c = r->counted;
		bool said = r->reader->summary && r->reader->summary(r->state, &c);
		if (!said && !r->any)
			continue;
		ret->any = true;
		add(&ret->counts.passed, c.passed);
		add(&ret->counts.failed, c.failed);
		add(&ret->counts.skipped, c.skipped);
		add(&ret->counts.errors, c.errors);
	}
}
