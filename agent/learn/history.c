#include "learn/history.h"

#include "base/mem.h"
#include "diagnose/shape.h"
#include "learn/history_rename.h"

#include <stdlib.h>

struct history *history_new(void)
{
	struct history *h = mem_new(sizeof(*h));
	struct names *all[] = {
		&h->commits, &h->branches, &h->legs, &h->systems, &h->versions, &h->images, &h->workflows};

	names_init(&h->tests, HISTORY_TESTS_MAX);
	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		names_init(all[i], HISTORY_NAMES_MAX);
	return h;
}

void history_free(struct history *h)
{
	if (!h)
		return;
	for (size_t i = 0; i < h->test_count; i++) {
		free(h->of[i].ran);
		free(h->of[i].failures);
	}
	free(h->of);
	free(h->executions);
	names_done(&h->tests);
	names_done(&h->commits);
	names_done(&h->branches);
	names_done(&h->legs);
	names_done(&h->systems);
	names_done(&h->versions);
	names_done(&h->images);
	names_done(&h->workflows);
	arena_done(&h->arena);
	free(h);
}

/* ---- taking in ---------------------------------------------------------------------------------- */

uint32_t history_execution(struct history *h, const struct history_job *job)
{
	if (h->execution_count >= HISTORY_EXECUTIONS_MAX) {
		h->dropped++;
		return HISTORY_NONE;
	}
	MEM_PUSH(h->executions, h->execution_count, h->execution_cap);
	h->executions[h->execution_count] = (struct execution){
		.run = job->run,
		.attempt = job->attempt,
		.at = job->started,
		.workflow = names_add(&h->workflows, job->workflow),
		.branch = names_add(&h->branches, job->branch),
		.commit = names_add(&h->commits, job->commit),
		.leg = names_add(&h->legs, job->job),
		.os = names_add(&h->systems, job->os),
		.version = names_add(&h->versions, job->version),
		.image = names_add(&h->images, job->image),
		.space = job->space,
		.lost = job->lost,
		.before = HISTORY_NONE,
		.after = HISTORY_NONE,
		.commit_before = HISTORY_NONE,
		.commit_after = HISTORY_NONE,
	};
	return (uint32_t)h->execution_count++;
}

uint32_t history_test(struct history *h, struct view id)
{
	uint32_t name = names_add(&h->tests, id);

	while (h->test_count < h->tests.n) {
		MEM_PUSH(h->of, h->test_count, h->test_cap);
		h->of[h->test_count] = (struct history_test){.now = (uint32_t)h->test_count + 1};
		h->test_count++;
	}
	return name;
}

static bool widen(struct history *h, struct history_test *t, size_t words)
{
	size_t want = words + words / 2 + 4;

	if (h->ran_bytes + (want - t->words) * sizeof(*t->ran) > HISTORY_RAN_BYTES_MAX)
		return false;
	t->ran = mem_grow(t->ran, want, sizeof(*t->ran));
	memset(t->ran + t->words, 0, (want - t->words) * sizeof(*t->ran));
	h->ran_bytes += (want - t->words) * sizeof(*t->ran);
	t->words = want;
	return true;
}

void history_passed(struct history *h, uint32_t test, uint32_t execution)
{
	struct history_test *t;

	if (!test || execution == HISTORY_NONE) {
		h->dropped++;
		return;
	}
	t = &h->of[test - 1];
	if (execution / 64 >= t->words && !widen(h, t, execution / 64 + 1)) {
		h->dropped++;
		return;
	}
	t->ran[execution / 64] |= UINT64_C(1) << execution % 64;
}

static const char *keep_message(struct history *h, const struct history_test *t, uint64_t shape, struct view message)
{
	for (size_t i = t->failure_count; i > 0; i--)
		if (t->failures[i - 1].shape == shape)
			return t->failures[i - 1].message;
	return message.n ? arena_view(&h->arena, message).p : NULL;
}

void history_failed(struct history *h, uint32_t test, uint32_t execution, struct view message)
{
	uint64_t shape = message.n ? shape_of(message) : 0, before = h->dropped;
	struct history_test *t;

	if (h->failure_count >= HISTORY_FAILURES_MAX) {
		h->dropped++;
		return;
	}
	history_passed(h, test, execution);
	if (h->dropped != before)
		return;
	t = &h->of[test - 1];
	MEM_PUSH(t->failures, t->failure_count, t->failure_cap);
	t->failures[t->failure_count] = (struct failure){execution, shape, keep_message(h, t, shape, message)};
	t->failure_count++;
	h->failure_count++;
}

/* ---- sealing ------------------------------------------------------------------------------------ */

struct place {
	uint64_t key;
	uint32_t at;
};

static int by_key(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* Orders by time: place[i].at is the old index of what comes i-th. False when that was its place already. */
static bool sort_times(const struct history *h, struct place *order)
{
	bool moved = false;

	for (size_t i = 0; i < h->execution_count; i++)
		order[i] = (struct place){(uint64_t)h->executions[i].at + (UINT64_C(1) << 63), (uint32_t)i};
	qsort(order, h->execution_count, sizeof(*order), by_key);
	for (size_t i = 0; i < h->execution_count; i++)
		moved |= order[i].at != i;
	return moved;
}

static void move_bits(const struct history *h, struct history_test *t, const uint32_t *moved_to, uint64_t *room)
{
	size_t words = (h->execution_count + 63) / 64;

	if (!t->ran)
		return;
	memset(room, 0, words * sizeof(*room));
	for (size_t w = 0; w < t->words; w++)
		for (uint64_t bits = t->ran[w]; bits; bits &= bits - 1) {
			uint32_t to = moved_to[w * 64 + (size_t)__builtin_ctzll(bits)];

			room[to / 64] |= UINT64_C(1) << to % 64;
		}
	t->ran = mem_grow(t->ran, words, sizeof(*room));
	memcpy(t->ran, room, words * sizeof(*room));
	t->words = words;
}

static void reorder(struct history *h, const struct place *order)
{
	MEM_AUTO uint32_t *moved_to = mem_array(h->execution_count, sizeof(*moved_to));
	MEM_AUTO uint64_t *room = mem_array(h->execution_count / 64 + 1, sizeof(*room));
	struct execution *sorted = mem_array(h->execution_count, sizeof(*sorted));

	for (size_t i = 0; i < h->execution_count; i++) {
		sorted[i] = h->executions[order[i].at];
		moved_to[order[i].at] = (uint32_t)i;
	}
	free(h->executions);
	h->executions = sorted;
	h->execution_cap = h->execution_count;
	for (size_t i = 0; i < h->test_count; i++) {
		move_bits(h, &h->of[i], moved_to, room);
		for (size_t k = 0; k < h->of[i].failure_count; k++)
			h->of[i].failures[k].execution = moved_to[h->of[i].failures[k].execution];
	}
}

static int by_execution(const void *a, const void *b)
{
	const struct failure *x = a, *y = b;

	return (x->execution > y->execution) - (x->execution < y->execution);
}

static void sort_failures(struct history_test *t)
{
	size_t n = 0;

	if (t->failure_count)
		qsort(t->failures, t->failure_count, sizeof(*t->failures), by_execution);
	for (size_t i = 0; i < t->failure_count; i++)
		if (!n || t->failures[n - 1].execution != t->failures[i].execution)
			t->failures[n++] = t->failures[i];
	t->failure_count = n;
}

static void link_executions(struct history *h, struct place *room)
{
	struct execution *x = h->executions;

	for (size_t i = 0; i < h->execution_count; i++)
		room[i] = (struct place){
			(uint64_t)x[i].branch << 40 | (uint64_t)x[i].leg << 8 | (uint64_t)x[i].space, (uint32_t)i};
	qsort(room, h->execution_count, sizeof(*room), by_key);
	for (size_t i = 1; i < h->execution_count; i++)
		if (room[i - 1].key == room[i].key) {
			x[room[i].at].before = room[i - 1].at;
			x[room[i - 1].at].after = room[i].at;
		}
	for (size_t i = 0; i < h->execution_count; i++)
		room[i] = (struct place){x[i].commit, (uint32_t)i};
	qsort(room, h->execution_count, sizeof(*room), by_key);
	for (size_t i = 1; i < h->execution_count; i++)
		if (room[i - 1].key == room[i].key && room[i].key) {
			x[room[i].at].commit_before = room[i - 1].at;
			x[room[i - 1].at].commit_after = room[i].at;
		}
}

static uint32_t busiest_branch(const struct history *h)
{
	MEM_AUTO size_t *count = mem_array(h->branches.n + 1, sizeof(*count));
	uint32_t best = 0;

	for (size_t i = 0; i < h->execution_count; i++)
		count[h->executions[i].branch]++;
	for (uint32_t i = 1; i <= h->branches.n; i++)
		if (!best || count[i] > count[best])
			best = i;
	return best;
}

void history_seal(struct history *h, struct view main_branch)
{
	MEM_AUTO struct place *order = mem_array(h->execution_count, sizeof(*order));

	if (!h->execution_count)
		return;
	if (sort_times(h, order))
		reorder(h, order);
	for (size_t i = 0; i < h->test_count; i++)
		sort_failures(&h->of[i]);
	link_executions(h, order);
	h->main = names_find(&h->branches, main_branch);
	if (!h->main)
		h->main = busiest_branch(h);
	h->from = h->executions[0].at;
	h->to = h->executions[h->execution_count - 1].at;
	history_join_renamed(h);
}

/* ---- asking ------------------------------------------------------------------------------------- */

const struct failure *history_failure(const struct history_test *t, uint32_t execution)
{
	const struct failure key = {.execution = execution};

	return t->failure_count ? bsearch(&key, t->failures, t->failure_count, sizeof(*t->failures), by_execution)
				: NULL;
}

void history_spread(const struct history *h, const struct history_test *t, unsigned char *ret)
{
	memset(ret, HISTORY_ABSENT, h->execution_count);
	for (size_t w = 0; w < t->words; w++)
		for (uint64_t bits = t->ran[w]; bits; bits &= bits - 1)
			ret[w * 64 + (size_t)__builtin_ctzll(bits)] = HISTORY_PASSED;
	for (size_t i = 0; i < t->failure_count; i++)
		ret[t->failures[i].execution] = HISTORY_FAILED;
}
