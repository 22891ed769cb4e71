/* runmedic tests: how each test does. */
#include "cmd/learning.h"
#include "cmd/listing.h"
#include "cmd/window.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define TESTS_DEFAULT 50
#define TESTS_MAX 1000000

static const struct option options[] = {
	LEARNING_OPTIONS,
	{"type", 0, "failed|flaky|broken|slow|all", "only these, slow ones by their time (default: failed)", false},
	{"threshold", 0, "SHARE", "only tests that fail at least so often", false},
	{"limit", 0, "N", "at most so many (default: 50)", false},
	LISTING_FORMAT_OPTION,
	{0},
};

static const struct listing_column columns[] = {
	{"test", "TEST", LISTING_TEXT, false},
	{"verdict", "VERDICT", LISTING_TEXT, false},
	{"runs", "RUNS", LISTING_COUNT, false},
	{"failed", "FAILED", LISTING_COUNT, false},
	{"failure_rate", "RATE", LISTING_SHARE, false},
	{"skipped", "SKIPPED", LISTING_COUNT, true},
	{"mean_ms", "MEAN MS", LISTING_NUMBER, false},
	{"total_s", "TOTAL S", LISTING_NUMBER, true},
	{"last_run", "LAST RUN", LISTING_TIME, true},
	{"last_failed", "LAST FAILED", LISTING_TIME, false},
	{"why", "WHY", LISTING_TEXT, true},
	{0},
};

struct row {
	uint32_t test;
	const struct learned_test *t;
	const struct flaky_verdict *v; /* NULL: it never failed */
	double rate, mean;
};

static int by_failures(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->t->failed != y->t->failed)
		return x->t->failed > y->t->failed ? -1 : 1;
	return (x->test > y->test) - (x->test < y->test);
}

static int by_time(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->mean > y->mean || x->mean < y->mean)
		return x->mean > y->mean ? -1 : 1;
	return (x->test > y->test) - (x->test < y->test);
}

static bool is_wanted(const struct row *r, const char *type, double threshold)
{
	if (r->rate < threshold)
		return false;
	if (!strcmp(type, "failed"))
		return r->t->failed > 0;
	if (!strcmp(type, "flaky") || !strcmp(type, "broken"))
		return r->v && !strcmp(flaky_kind_name(r->v->kind), type);
	return strcmp(type, "slow") != 0 || r->t->timed > 0;
}

static size_t fill(struct row *rows, const struct learning *x, const char *type, double threshold)
{
	const struct flaky_verdict **verdicts = mem_array(x->history->test_count + 1, sizeof(*verdicts));
	size_t n = 0;

	for (size_t i = 0; i < x->flaky.n; i++)
		verdicts[x->flaky.list[i].test] = &x->flaky.list[i];
	for (uint32_t i = 1; i <= x->history->test_count; i++) {
		const struct learned_test *t = &x->tests[i - 1];
		struct row r = {.test = i, .t = t, .v = verdicts[i]};

		r.rate = t->passed + t->failed ? (double)t->failed / ((double)t->passed + t->failed) : 0;
		r.mean = t->timed ? (double)t->ms / (double)t->timed : -1;
		if (is_wanted(&r, type, threshold))
			rows[n++] = r;
	}
	free((void *)verdicts);
	if (n)
		qsort(rows, n, sizeof(*rows), strcmp(type, "slow") ? by_failures : by_time);
	return n;
}

static void add_row(struct listing *l, const struct learning *x, const struct row *r)
{
	listing_text(l, names_text(&x->history->tests, r->test));
	listing_text(l, flaky_kind_name(r->v ? r->v->kind : FLAKY_HEALTHY));
	listing_number(l, (double)r->t->passed + r->t->failed);
	listing_number(l, r->t->failed);
	listing_number(l, r->rate);
	listing_number(l, r->t->skipped);
	listing_number(l, r->mean);
	listing_number(l, (double)r->t->ms / 1000);
	listing_time(l, r->t->last);
	listing_time(l, r->t->last_failed);
	listing_text(l, r->v ? r->v->why : NULL);
}

static int answer(struct session *s, const struct learning *x, double threshold, uint64_t limit, struct err *e)
{
	const char *type = args_text(s->args, "type", "failed");
	BUF_AUTO out = buf_new(BUF_LARGE);
	MEM_AUTO struct row *rows = mem_array(x->history->test_count + 1, sizeof(*rows));
	size_t n = fill(rows, x, type, threshold);
	struct listing l;
	int rc;

	listing_init(&l, columns);
	for (size_t i = 0; i < n && i < limit; i++)
		add_row(&l, x, &rows[i]);
	listing_write(&out, &l, s, learning_head(x, "runmedic.tests/1"), "tests", NULL,
		x->jobs ? "No such test in this time." : "The history holds no job of this kind in this time.");
	listing_done(&l);
	rc = session_write(s, buf_view(&out), e);
	if (rc == 0 && n > limit && strcmp(args_text(s->args, "format", "text"), "text") == 0)
		session_note(s, "%zu more; --limit shows them", n - (size_t)limit);
	return rc;
}

static int run(struct session *s)
{
	struct err e;
	struct store *store = NULL;
	struct learning x = {0};
	uint64_t limit;
	double threshold;
	int rc = learning_threshold(s, 0, &threshold, &e);

	if (rc == 0)
		rc = args_number(s->args, "limit", TESTS_MAX, TESTS_DEFAULT, &limit, &e);
	if (rc == 0)
		rc = window_store(&store, s, &e);
	if (rc == 0)
		rc = learning_read(&x, s, store, false, &e);
	if (rc == 0)
		rc = answer(s, &x, threshold, limit, &e);
	learning_done(&x);
	store_close(store);
	return rc < 0 ? session_trouble(s, &e) : EXIT_ANSWERED;
}

const struct command cmd_tests = {
	.name = "tests",
	.summary = "Lists tests with their verdict, failures and durations",
	.usage = "tests [--type failed|flaky|broken|slow|all] [options]",
	.examples = "runmedic tests\nrunmedic tests --type slow --limit 20\nrunmedic tests --os windows-latest --last "
		    "200 --format json",
	.options = options,
	.run = run,
};
