/* weekly_tests.c - what the weekly report says of single tests: one pass over the newest jobs each. */
#include "store/weekly_tests.h"
#include "base/mem.h"
#include "store/internal.h"
#include "store/results.h"
#include "store/weekly.h"

#include <stdlib.h>
#include <string.h>

/* ---- slow tests ------------------------------------------------------------------------------------------ */

struct times {
	double *sum; /* ms, by number of test */
	uint32_t *count;
	uint32_t room;
};

static void make_room(struct times *t, uint32_t test)
{
	if (test < t->room)
		return;
	uint32_t room = test + test / 2 + 64;
	t->sum = mem_grow(t->sum, room, sizeof *t->sum);
	t->count = mem_grow(t->count, room, sizeof *t->count);
	memset(t->sum + t->room, 0, (room - t->room) * sizeof *t->sum);
	memset(t->count + t->room, 0, (room - t->room) * sizeof *t->count);
	t->room = room;
}

static bool add_times(void *context, const struct store_job_row *job, const struct store_result *results, size_t count)
{
	struct times *t = context;
	(void)job;
	for (size_t i = 0; i < count; i++) {
		if (results[i].ms < 0)
			continue;
		make_room(t, results[i].test);
		t->sum[results[i].test] += results[i].ms;
		t->count[results[i].test]++;
	}
	return true;
}

static double mean_of(const struct times *t, uint32_t test)
{
	return test < t->room && t->count[test] ? t->sum[test] / t->count[test] / 1000 : -1;
}

#define SLOW_TESTS 10u

static void insert(
	struct report_slow list[SLOW_TESTS], uint32_t numbers[SLOW_TESTS], size_t *n, double seconds, uint32_t test)
{
	size_t at = *n;
	while (at > 0 && list[at - 1].seconds < seconds)
		at--;
	if (at == SLOW_TESTS)
		return;
	size_t last = *n < SLOW_TESTS ? (*n)++ : SLOW_TESTS - 1;
	memmove(list + at + 1, list + at, (last - at) * sizeof *list);
	memmove(numbers + at + 1, numbers + at, (last - at) * sizeof *numbers);
	list[at] = (struct report_slow){.seconds = seconds};
	numbers[at] = test;
}

static int read_times(
	struct store *s, const struct report *r, int64_t from, int64_t to, struct times *ret, struct err *e)
{
	struct store_wanted w = {
		.filter = {.from = from, .to = to, .branch = r->branch, .workflow = r->workflow, .space = -1},
		.last = WEEKLY_TEST_JOBS,
		.parts = STORE_PASSES};
	enum space space;
	if (r->space && space_parse(view_of(r->space), &space))
		w.filter.space = (int)space;
	return store_each_job(s, &w, add_times, ret, e);
}

static int name_slow(struct store *s, struct report *r, const uint32_t *numbers, const struct times *now,
	const struct times *before, struct err *e)
{
	for (size_t i = 0; i < r->slow_test_count; i++) {
		struct report_slow *t = &r->slow_tests[i];
		t->runs = now->count[numbers[i]];
		t->seconds_before = mean_of(before, numbers[i]);
		if (store_test_name(s, numbers[i], &r->arena, &t->name, e) < 0)
			return -1;
	}
	return 0;
}

int weekly_slow_tests(struct store *s, struct report *r, struct err *e)
{
	struct times now = {0}, before = {0};
	uint32_t numbers[SLOW_TESTS] = {0};
	int rc = read_times(s, r, r->from, r->to, &now, e);
	if (rc == 0)
		rc = read_times(s, r, r->from - (r->to - r->from), r->from, &before, e);
	for (uint32_t test = 0; rc == 0 && test < now.room; test++)
		if (now.count[test])
			insert(r->slow_tests, numbers, &r->slow_test_count, mean_of(&now, test), test);
	if (rc == 0)
		rc = name_slow(s, r, numbers, &now, &before, e);
	free(now.sum);
	free(now.count);
	free(before.sum);
	free(before.count);
	return rc;
}

/* ---- red in CI, green here --------------------------------------------------------------------------------- */

struct local_pass {
	uint32_t sha; /* place in `shas` */
	uint32_t test;
};

struct locally {
	struct arena arena;
	const char **shas;
	size_t sha_count, sha_cap;
	struct local_pass *passes; /* sorted once all are there */
	size_t count, cap;
	uint32_t *found; /* tests that failed in CI, each once */
	size_t found_count, found_cap;
};

static size_t sha_place(const struct locally *l, const char *sha)
{
	size_t i = 0;
	while (i < l->sha_count && strcmp(l->shas[i], sha))
		i++;
	return i;
}

#define LOCAL_PASSES_MAX ((size_t)4 << 20)
#define LOCAL_SHAS_MAX 1000u

static bool add_local(void *context, const struct store_job_row *job, const struct store_result *results, size_t count)
{
	struct locally *l = context;
	if (!job->sha || !*job->sha || l->sha_count == LOCAL_SHAS_MAX)
		return true;
	size_t at = sha_place(l, job->sha);
	if (at == l->sha_count) {
		MEM_PUSH(l->shas, l->sha_count, l->sha_cap);
		l->shas[l->sha_count++] = arena_text(&l->arena, job->sha);
	}
	for (size_t i = 0; i < count && l->count < LOCAL_PASSES_MAX; i++) {
		MEM_PUSH(l->passes, l->count, l->cap);
		l->passes[l->count++] = (struct local_pass){(uint32_t)at, results[i].test};
	}
	return true;
}

static int compare_passes(const void *a, const void *b)
{
	const struct local_pass *x = a, *y = b;
	if (x->sha != y->sha)
		return x->sha < y->sha ? -1 : 1;
	return (x->test > y->test) - (x->test < y->test);
}

static void note_found(struct locally *l, uint32_t test)
{
	for (size_t i = 0; i < l->found_count; i++)
		if (l->found[i] == test)
			return;
	MEM_PUSH(l->found, l->found_count, l->found_cap);
	l->found[l->found_count++] = test;
}

static bool look_for(void *context, const struct store_job_row *job, const struct store_result *results, size_t count)
{
	struct locally *l = context;
	size_t at = job->sha ? sha_place(l, job->sha) : l->sha_count;
	if (at == l->sha_count)
		return true;
	for (size_t i = 0; i < count; i++) {
		const struct local_pass key = {(uint32_t)at, results[i].test};
		bool bad = results[i].outcome == RESULT_FAILED || results[i].outcome == RESULT_ERROR;
		if (bad && bsearch(&key, l->passes, l->count, sizeof key, compare_passes))
			note_found(l, results[i].test);
	}
	return true;
}

int weekly_only_ci(struct store *s, struct report *r, struct err *e)
{
	struct locally l = {0};
	struct store_wanted w = {.filter = {.from = r->from,
					 .to = r->to,
					 .branch = r->branch,
					 .workflow = NULL, /* local runs are of no workflow */
					 .space = SPACE_LOCAL},
		.no_forks = true,
		.parts = STORE_PASSES};
	int rc = store_each_job(s, &w, add_local, &l, e);
	if (rc == 0 && l.count) {
		qsort(l.passes, l.count, sizeof *l.passes, compare_passes);
		w.filter.space = SPACE_CI;
		w.filter.workflow = r->workflow;
		w.parts = STORE_UNPASSED;
		rc = store_each_job(s, &w, look_for, &l, e);
	}
	r->only_ci = (int64_t)l.found_count;
	free(l.shas);
	free(l.passes);
	free(l.found);
	arena_done(&l.arena);
	return rc;
}
