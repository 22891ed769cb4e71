#include "learn/history_rename.h"

#include "base/mem.h"

#include <stdlib.h>

struct span {
	uint32_t test, first, last; /* executions on the main branch; HISTORY_NONE: none */
};

/* Main's executions of one leg are compared, so that a leg that was lost does not look like a change. */
static struct span span_of(const struct history *h, uint32_t test)
{
	const struct history_test *t = &h->of[test - 1];
	struct span s = {test, HISTORY_NONE, HISTORY_NONE};

	for (size_t w = 0; w < t->words; w++)
		for (uint64_t bits = t->ran[w]; bits; bits &= bits - 1) {
			uint32_t x = (uint32_t)(w * 64) + (uint32_t)__builtin_ctzll(bits);

			if (h->executions[x].branch != h->main || h->executions[x].space != SPACE_CI)
				continue;
			s.first = s.first == HISTORY_NONE ? x : s.first;
			s.last = x;
		}
	return s;
}

/* The commit tested before this one on main, 0 unknown. */
static uint32_t commit_before(const struct history *h, uint32_t execution)
{
	uint32_t commit = h->executions[execution].commit;

	for (uint32_t x = execution; x-- > 0;)
		if (h->executions[x].branch == h->main && h->executions[x].commit != commit)
			return h->executions[x].commit;
	return 0;
}

static size_t same_start(struct view a, struct view b)
{
	size_t n = 0;

	while (n < a.n && n < b.n && a.p[n] == b.p[n])
		n++;
	return n;
}

/* Same file or suite (what stands before the first separator), and what follows differs in few letters. */
static bool is_like(const char *a, const char *b)
{
	struct view x = view_of(a), y = view_of(b);
	size_t n = same_start(x, y), suite = strcspn(a, ":>#") + 1;

	if (n < suite || x.n < suite)
		return false;
	x = view_from(x, n);
	y = view_from(y, n);
	return view_distance(x, y, HISTORY_RENAME_DISTANCE) <= HISTORY_RENAME_DISTANCE;
}

static uint32_t heir_of(const struct history *h, const struct span *gone, const struct span *came, size_t n)
{
	uint32_t heir = 0;

	for (size_t i = 0; i < n; i++) {
		const struct span *c = &came[i];

		if (c->first == HISTORY_NONE || c->first <= gone->last ||
			!is_like(names_text(&h->tests, gone->test), names_text(&h->tests, c->test)) ||
			commit_before(h, c->first) != h->executions[gone->last].commit)
			continue;
		if (heir)
			return 0;
		heir = c->test;
	}
	return heir;
}

static int by_last(const void *a, const void *b)
{
	const struct span *x = a, *y = b;

	return (x->last > y->last) - (x->last < y->last);
}

static void hand_over(struct history *h, struct history_test *from, struct history_test *to)
{
	size_t n = from->failure_count + to->failure_count;
	struct failure *all = mem_array(n + 1, sizeof(*all));
	size_t i = 0, k = 0, out = 0;

	while (i < from->failure_count || k < to->failure_count)
		all[out++] = k == to->failure_count || (i < from->failure_count &&
							       from->failures[i].execution <= to->failures[k].execution)
				     ? from->failures[i++]
				     : to->failures[k++];
	free(to->failures);
	to->failures = all;
	to->failure_count = out;
	to->failure_cap = n + 1;
	if (to->words < from->words) {
		to->ran = mem_grow(to->ran, from->words, sizeof(*to->ran));
		memset(to->ran + to->words, 0, (from->words - to->words) * sizeof(*to->ran));
		to->words = from->words;
	}
	for (size_t w = 0; w < from->words; w++)
		to->ran[w] |= from->ran[w];
	from->now = (uint32_t)(to - h->of) + 1;
}

void history_join_renamed(struct history *h)
{
	MEM_AUTO struct span *came = mem_array(h->test_count, sizeof(*came)),
			     *gone = mem_array(h->test_count, sizeof(*gone));
	uint32_t first = HISTORY_NONE;
	uint32_t last_commit = 0;
	size_t came_count = 0, gone_count = 0;

	for (uint32_t x = 0; x < h->execution_count; x++)
		if (h->executions[x].branch == h->main) {
			first = first == HISTORY_NONE ? x : first;
			last_commit = h->executions[x].commit;
		}
	if (first == HISTORY_NONE)
		return;
	for (uint32_t i = 1; i <= h->test_count; i++) {
		struct span s = span_of(h, i);

		if (s.first == HISTORY_NONE)
			continue;
		if (h->executions[s.first].commit != h->executions[first].commit)
			came[came_count++] = s;
		if (h->executions[s.last].commit != last_commit)
			gone[gone_count++] = s;
	}
	qsort(gone, gone_count, sizeof(*gone), by_last);
	for (size_t i = 0; i < gone_count; i++) {
		uint32_t heir = heir_of(h, &gone[i], came, came_count);

		if (heir)
			hand_over(h, &h->of[gone[i].test - 1], &h->of[heir - 1]);
	}
}
