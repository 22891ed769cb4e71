#include "cmd/report_flaky.h"

#include "base/mem.h"
#include "cmd/learning.h"

#include <stdlib.h>

/* Minutes by number of the test in the learned history. */
struct cost {
	const struct learning *learning;
	struct store *store;
	const struct flaky_verdict **verdicts; /* by number, NULL: not flaky */
	double *minutes;
	double total;
	struct arena arena;
	struct err trouble;
};

static uint32_t flaky_number(struct cost *c, uint32_t store_number)
{
	const struct history *h = c->learning->history;
	const char *name;
	if (store_test_name(c->store, store_number, &c->arena, &name, &c->trouble) < 0 || !name)
		return 0;
	uint32_t n = names_find(&h->tests, view_of(name));
	n = n && h->of[n - 1].now ? h->of[n - 1].now : n;
	return n && c->verdicts[n] ? n : 0;
}

static bool is_bad(const struct store_result *x)
{
	return x->outcome == RESULT_FAILED || x->outcome == RESULT_ERROR;
}

#define SHARED_MAX 64u

static bool on_job(void *context, const struct store_job_row *job, const struct store_result *results, size_t count)
{
	struct cost *c = context;
	uint32_t numbers[SHARED_MAX];
	size_t n = 0;
	if (job->conclusion != CONCLUSION_FAILURE || job->started == CLOCK_UNKNOWN)
		return true;
	for (size_t i = 0; i < count; i++) {
		if (!is_bad(&results[i]))
			continue;
		uint32_t number = n < SHARED_MAX ? flaky_number(c, results[i].test) : 0;
		if (!number)
			return true;
		numbers[n++] = number;
	}
	double minutes = (double)(job->ended - job->started) / (double)CLOCK_SECOND / 60;
	for (size_t i = 0; i < n; i++)
		c->minutes[numbers[i]] += minutes / (double)n;
	c->total += n ? minutes : 0;
	return true;
}

static void insert(struct report *r, struct report_flaky f)
{
	size_t at = r->flaky_count;
	while (at > 0 && (r->flaky[at - 1].minutes < f.minutes ||
				 (r->flaky[at - 1].minutes <= f.minutes && r->flaky[at - 1].score < f.score)))
		at--;
	if (at == REPORT_ROWS_MAX)
		return;
	size_t last = r->flaky_count < REPORT_ROWS_MAX ? r->flaky_count++ : REPORT_ROWS_MAX - 1;
	for (size_t i = last; i > at; i--)
		r->flaky[i] = r->flaky[i - 1];
	r->flaky[at] = f;
}

static void tell(struct report *r, const struct cost *c)
{
	const struct learning *l = c->learning;
	for (size_t i = 0; i < l->flaky.n; i++) {
		const struct flaky_verdict *v = &l->flaky.list[i];
		if (v->kind != FLAKY_FLAKY || v->last <= r->from)
			continue;
		r->flaky_total++;
		insert(r, (struct report_flaky){.test = arena_text(&r->arena, names_text(&l->history->tests, v->test)),
				  .why = arena_text(&r->arena, v->why),
				  .score = v->score,
				  .failures = v->flakes,
				  .runs = v->runs,
				  .minutes = c->minutes[v->test],
				  .last_failed = v->last});
	}
	r->flaky_minutes = c->total;
}

static int read_cost(struct cost *c, const struct report *r, const struct session *s, struct err *e)
{
	struct store_wanted w = {.filter = {.from = r->from,
					 .to = r->to,
					 .branch = args_text(s->args, "branch", NULL),
					 .workflow = args_text(s->args, "workflow", NULL),
					 .space = SPACE_CI},
		.repository = c->learning->repository,
		.no_forks = true,
		.parts = STORE_UNPASSED};
	return store_each_job(c->store, &w, on_job, c, e);
}

int report_fill_flaky(struct report *r, const struct session *s, struct store *store, struct err *e)
{
	struct learning l;
	int rc = learning_read_failing(&l, s, store, e);
	if (rc == 0) {
		size_t n = l.history->tests.n + 1;
		struct cost c = {.learning = &l,
			.store = store,
			.verdicts = mem_array(n, sizeof *c.verdicts),
			.minutes = mem_array(n, sizeof *c.minutes)};
		for (size_t i = 0; i < l.flaky.n; i++)
			if (l.flaky.list[i].kind == FLAKY_FLAKY)
				c.verdicts[l.flaky.list[i].test] = &l.flaky.list[i];
		rc = read_cost(&c, r, s, e);
		tell(r, &c);
		free(c.verdicts);
		free(c.minutes);
		arena_done(&c.arena);
	}
	learning_done(&l);
	return rc;
}
