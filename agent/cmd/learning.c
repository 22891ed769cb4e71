#include "cmd/learning.h"

#include "base/mem.h"
#include "learn/matrix.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define BRANCH_DEFAULT VIEW("main") /* where there is none of this name, the busiest one */
#define IMAGE_MAX 256u

/* ---- what is wanted ------------------------------------------------------------------------------ */

static int read_time(const struct session *s, const char *name, int64_t fallback, int64_t *ret, struct err *e)
{
	const char *text = args_text(s->args, name, NULL);

	*ret = fallback;
	if (text && !clock_parse(view_of(text), ret))
		return err_set(
			e, ERR_USAGE, "--%s %s is no date; write it as 2026-11-18 or 2026-11-18T09:14:03Z", name, text);
	return 0;
}

static int read_wanted(struct store_wanted *w, const struct session *s, struct err *e)
{
	const char *space = args_text(s->args, "space", NULL);
	int64_t now = clock_now();
	enum space parsed;
	uint64_t last;

	*w = (struct store_wanted){.no_forks = true};
	w->filter.space = space && space_parse(view_of(space), &parsed) ? (int)parsed : -1;
	w->filter.branch = args_text(s->args, "branch", NULL);
	w->filter.workflow = args_text(s->args, "workflow", NULL);
	w->name = args_text(s->args, "job", NULL);
	w->os = args_text(s->args, "os", NULL);
	w->repository = args_text(s->args, "repository", NULL);
	if (args_number(s->args, "last", LEARNING_LAST_MAX, 0, &last, e) < 0 ||
		read_time(s, "until", now + 1, &w->filter.to, e) < 0 ||
		read_time(s, "since", w->filter.to - 1 - (int64_t)LEARNING_DAYS * CLOCK_DAY, &w->filter.from, e) < 0)
		return -1;
	w->last = (unsigned)last;
	if (w->filter.from >= w->filter.to)
		return err_set(e, ERR_USAGE, "--since must be before --until");
	return 0;
}

int learning_threshold(const struct session *s, double fallback, double *ret, struct err *e)
{
	const char *text = args_text(s->args, "threshold", NULL);
	char *end = NULL;

	*ret = fallback;
	if (!text)
		return 0;
	errno = 0;
	*ret = strtod(text, &end);
	if (errno || end == text || *end || !(*ret >= 0))
		return err_set(e, ERR_USAGE, "--threshold %s is no number", text);
	if (*ret > 1)
		return err_set(
			e, ERR_USAGE, "--threshold is a share from 0 to 1; for %s %% write %g", text, *ret / 100);
	return 0;
}

/* ---- reading ------------------------------------------------------------------------------------ */

struct reader {
	struct learning *l;
	uint32_t *numbers;   /* numbers[the store's number] is the history's, 0: not met yet */
	uint32_t *durations; /* likewise the series */
	const char **names;
	uint32_t max;
	struct arena arena;
};

static void on_name(void *context, uint32_t test, const char *name)
{
	struct reader *r = context;

	while (test > r->max || !r->names) {
		uint32_t want = r->names ? 2 * r->max + 2 : 1024;

		want = want > test ? want : test;
		r->names = mem_grow((void *)r->names, (size_t)want + 1, sizeof(*r->names));
		for (size_t i = r->max + (r->max > 0); i <= want; i++)
			r->names[i] = NULL;
		r->max = want;
	}
	r->names[test] = arena_text(&r->arena, name);
}

static uint32_t number_of(struct reader *r, uint32_t test)
{
	struct learning *l = r->l;

	if (test > r->max || !r->names[test])
		return 0;
	if (!r->numbers[test]) {
		uint32_t n = history_test(l->history, view_of(r->names[test]));

		if (n > l->test_cap) {
			size_t want = 2 * (size_t)n + 64;

			l->tests = mem_grow(l->tests, want, sizeof(*l->tests));
			for (size_t i = l->test_cap; i < want; i++)
				l->tests[i] =
					(struct learned_test){.last = CLOCK_UNKNOWN, .last_failed = CLOCK_UNKNOWN};
			l->test_cap = want;
		}
		r->numbers[test] = n;
		if (n && l->trends)
			r->durations[test] = trends_series(l->trends, l->family[TREND_TEST_DURATION],
				view_of(arena_format(&r->arena, "duration of %s", r->names[test])));
	}
	return r->numbers[test];
}

static void take_result(struct reader *r, const struct store_result *x, uint32_t execution, int64_t at)
{
	uint32_t n = number_of(r, x->test);
	struct learned_test *t = n ? &r->l->tests[n - 1] : NULL;

	if (!t)
		return;
	t->last = x->outcome == RESULT_SKIPPED ? t->last : at;
	if (x->outcome == RESULT_PASSED) {
		t->passed++;
		history_passed(r->l->history, n, execution);
		if (x->ms < 0)
			return;
		t->timed++;
		t->ms += (uint64_t)x->ms;
		if (r->l->trends && r->l->history->executions[execution].space == SPACE_CI)
			trends_level(r->l->trends, r->durations[x->test], at, x->ms > 0 ? x->ms : 1);
	} else if (x->outcome == RESULT_SKIPPED) {
		t->skipped++;
	} else {
		t->failed++;
		t->last_failed = at;
		history_failed(r->l->history, n, execution, view_of(x->message));
	}
}

static uint32_t take_job(struct learning *l, const struct store_job_row *job, int64_t at)
{
	struct view name = view_of(job->name ? job->name : job->key);
	struct matrix m;

	char image[IMAGE_MAX] = "";

	matrix_of(&m, name);
	if (job->image) /* its version says nothing without the system */
		snprintf(image, sizeof(image), "%s@%s", job->os ? job->os : "", job->image);
	return history_execution(l->history,
		&(struct history_job){.run = job->run_id,
			.attempt = job->attempt,
			.workflow = view_of(job->workflow),
			.branch = view_of(job->branch),
			.commit = view_of(job->sha),
			.job = name,
			.os = m.os.n ? m.os : view_of(job->os),
			.version = m.version,
			.image = view_of(image),
			.space = job->space,
			.started = at,
			.lost = job->rule && (job->category == CATEGORY_NETWORK || job->category == CATEGORY_INFRA)});
}

static void follow_job(struct learning *l, const struct store_job_row *job, int64_t at)
{
	const char *name = job->name ? job->name : job->key;
	struct arena *a = &l->arena;

	if (job->space != SPACE_CI)
		return;
	trends_chances(l->trends, l->family[TREND_CATEGORY_FAILURES], 0, at, 1);
	trends_chances(l->trends, l->signatures, 0, at, 1);
	if (job->conclusion == CONCLUSION_SUCCESS && job->started != CLOCK_UNKNOWN && *name)
		trends_level(l->trends,
			trends_series(l->trends, l->family[TREND_JOB_DURATION],
				view_of(arena_format(a, "duration of job %s", name))),
			at, (double)(job->ended - job->started) / (double)CLOCK_SECOND);
	if (!job->rule)
		return;
	trends_event(l->trends,
		trends_series(l->trends, l->family[TREND_CATEGORY_FAILURES],
			view_of(arena_format(a, "failures of category %s", category_name(job->category)))),
		at);
	if (job->signature)
		trends_event(l->trends,
			trends_series(l->trends, l->signatures,
				view_of(arena_format(
					a, "%s: %s", job->signature, job->title ? job->title : job->rule))),
			at);
}

static bool on_job(void *context, const struct store_job_row *job, const struct store_result *results, size_t count)
{
	struct reader *r = context;
	int64_t at = job->started != CLOCK_UNKNOWN ? job->started : job->ended;
	uint32_t execution = take_job(r->l, job, at);

	r->l->jobs++;
	if (r->l->trends)
		follow_job(r->l, job, at);
	for (size_t i = 0; execution != HISTORY_NONE && i < count; i++)
		take_result(r, &results[i], execution, at);
	return true;
}

/* ---- the whole ----------------------------------------------------------------------------------- */

struct found {
	struct arena *arena;
	const char *repository;
	int64_t first;
};

static bool on_newest(void *context, const struct store_job_row *job, const struct store_result *results, size_t count)
{
	struct found *f = context;

	(void)results;
	(void)count;
	f->repository = arena_text(f->arena, job->repository);
	return true;
}

static bool on_first(void *context, const struct store_job_row *job, const struct store_result *results, size_t count)
{
	struct found *f = context;

	(void)results;
	(void)count;
	f->first = job->started != CLOCK_UNKNOWN ? job->started : job->ended;
	return false;
}

/* One repository at a time: names of branches and jobs mean different things in each. */
static int choose(struct learning *l, struct store_wanted *w, struct store *store, struct err *e)
{
	struct found f = {&l->arena, w->repository ? w->repository : "", CLOCK_UNKNOWN};
	struct store_wanted newest = *w, first = *w;

	newest.parts = first.parts = 0;
	newest.last = 1;
	if (!w->repository && store_each_job(store, &newest, on_newest, &f, e) < 0)
		return -1;
	l->repository = f.repository;
	w->repository = first.repository = f.repository;
	if (store_each_job(store, &first, on_first, &f, e) < 0)
		return -1;
	l->from = f.first != CLOCK_UNKNOWN && f.first > w->filter.from ? f.first : w->filter.from;
	l->to = w->filter.to;
	return 0;
}

static void begin_trends(struct learning *l)
{
	static const struct trend_family by_signature = {.name = "signature", .counts = true, .false_rate = 0.05};

	l->trends = trends_new(l->from, l->to);
	for (size_t i = 0; i < TREND_COUNT; i++)
		l->family[i] = trends_family(l->trends, &trend_standard[i]);
	l->signatures = trends_family(l->trends, &by_signature);
}

/* The flakes of what is flaky, per execution of the test: what is broken is no trend. */
static void follow_flakes(struct learning *l)
{
	const struct history *h = l->history;

	for (size_t i = 0; i < l->flaky.n; i++) {
		const struct flaky_verdict *v = &l->flaky.list[i];
		const struct history_test *t = &h->of[v->test - 1];
		uint32_t s;

		if (v->kind != FLAKY_FLAKY)
			continue;
		s = trends_series(l->trends, l->family[TREND_TEST_FAILURES],
			view_of(arena_format(&l->arena, "flakes of %s", names_text(&h->tests, v->test))));
		if (!s)
			continue;
		for (uint32_t x = 0; x < h->execution_count; x++)
			if (history_ran(t, x) && h->executions[x].space == SPACE_CI)
				trends_chances(l->trends, 0, s, h->executions[x].at, 1);
		for (size_t k = 0; k < t->failure_count; k++)
			if (l->flaky.kinds[v->test - 1][k] == FAILURE_FLAKY)
				trends_event(l->trends, s, h->executions[t->failures[k].execution].at);
	}
}

static int read_all(struct learning *l, struct store *store, const struct store_wanted *w, struct err *e)
{
	struct reader r = {.l = l};
	int rc = store_tests(store, on_name, &r, &(uint32_t){0}, e);

	r.numbers = mem_array((size_t)r.max + 1, sizeof(*r.numbers));
	r.durations = mem_array((size_t)r.max + 1, sizeof(*r.durations));
	if (rc == 0)
		rc = store_each_job(store, w, on_job, &r, e);
	free((void *)r.names);
	free(r.numbers);
	free(r.durations);
	arena_done(&r.arena);
	return rc;
}

int learning_choose(
	struct learning *l, struct store_wanted *w, const struct session *s, struct store *store, struct err *e)
{
	*l = (struct learning){0};
	return read_wanted(w, s, e) < 0 || choose(l, w, store, e) < 0 ? -1 : 0;
}

static int read_chosen(struct learning *l, struct store_wanted *w, struct store *store, bool trends, struct err *e)
{
	l->history = history_new();
	w->parts = STORE_RESULTS | STORE_MESSAGES;
	if (trends)
		begin_trends(l);
	if (read_all(l, store, w, e) < 0)
		return -1;
	history_seal(l->history, BRANCH_DEFAULT);
	flaky_learn(&l->flaky, l->history);
	if (trends)
		follow_flakes(l);
	return 0;
}

int learning_read(struct learning *ret, const struct session *s, struct store *store, bool trends, struct err *e)
{
	struct store_wanted w;

	return learning_choose(ret, &w, s, store, e) < 0 ? -1 : read_chosen(ret, &w, store, trends, e);
}

int learning_read_failing(struct learning *ret, const struct session *s, struct store *store, struct err *e)
{
	struct store_wanted w;

	if (learning_choose(ret, &w, s, store, e) < 0)
		return -1;
	w.failing = true;
	return read_chosen(ret, &w, store, false, e);
}

void learning_done(struct learning *l)
{
	if (!l)
		return;
	flaky_done(&l->flaky);
	history_free(l->history);
	trends_free(l->trends);
	free(l->tests);
	arena_done(&l->arena);
	*l = (struct learning){0};
}

cJSON *learning_head(const struct learning *l, const char *schema)
{
	cJSON *j = json_object();

	json_add_text(j, "schema", schema);
	json_add_text(j, "repository", l->repository && *l->repository ? l->repository : NULL);
	json_add_time(j, "from", l->from);
	json_add_time(j, "to", l->to);
	json_add_int(j, "jobs", (int64_t)l->jobs);
	return j;
}
