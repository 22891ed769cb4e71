/* runmedic compare: local runs beside CI, one run beside another, one branch beside another. */
#include "cmd/learning.h"
#include "cmd/listing.h"
#include "cmd/window.h"

#include "base/redact.h"
#include "learn/compare.h"
#include "publish/publish.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct option options[] = {
	LEARNING_OPTIONS,
	{"run", 0, "ID[/ATTEMPT]", "a run; given twice, the two are compared", true},
	{"with", 0, "BRANCH", "compare --branch with this one", false},
	{"type", 0, "failures|duration|all", "only these differences (default: all)", false},
	{"threshold", 0, "SHARE", "only durations that differ by at least this share (default: 0.5)", false},
	{"limit", 0, "N", "at most so many rows (default: 50)", false},
	LISTING_FORMAT_OPTION,
	{0},
};

static const struct listing_column columns[] = {
	{"type", "TYPE", LISTING_TEXT, false},
	{"name", "NAME", LISTING_TEXT, false},
	{"difference", "DIFFERENCE", LISTING_TEXT, true},
	{"says", "IT", LISTING_TEXT, false},
	{"a_failed", "FAILED A", LISTING_COUNT, false},
	{"a_runs", "OF", LISTING_COUNT, false},
	{"b_failed", "FAILED B", LISTING_COUNT, false},
	{"b_runs", "OF", LISTING_COUNT, false},
	{"a_ms", "MS A", LISTING_COUNT, false},
	{"b_ms", "MS B", LISTING_COUNT, false},
	{"same_commit", "SAME COMMIT", LISTING_COUNT, false},
	{"chance", "CHANCE", LISTING_SHARE, false},
	{"last_failed", "LAST FAILED", LISTING_TIME, false},
	{0},
};

#define ATTEMPT_MAX 100000
#define LIMIT_DEFAULT 50
#define LIMIT_MAX 1000000

enum by { BY_SPACE, BY_RUN, BY_BRANCH };
struct question {
	enum by by;
	const char *name[2]; /* as asked */
	int64_t run[2];
	int attempt[2]; /* 0: the newest */
	struct learning learning;
	struct store_wanted wanted;
	struct compare *compare;
	uint64_t jobs[2];
};

/* ---- what is compared ---------------------------------------------------------------------------- */

static bool read_run(const char *text, int64_t *ret, int *ret_attempt)
{
	struct view rest = view_of(text), run, attempt = {0};
	uint64_t number, nth = 0;

	if (!view_next(&rest, '/', &run))
		return false;
	if (rest.n)
		attempt = rest;
	if (!view_number(run, INT64_MAX, &number) || !number ||
		(attempt.n && (!view_number(attempt, ATTEMPT_MAX, &nth) || !nth)))
		return false;
	*ret = (int64_t)number;
	*ret_attempt = (int)nth;
	return true;
}

static int read_sides(struct question *q, const struct session *s, struct err *e)
{
	const struct args *a = s->args;
	const char *runs[3];
	size_t n = args_all(a, "run", runs, 3);
	const char *branch = args_text(a, "branch", NULL), *with = args_text(a, "with", NULL);

	if (a->rest_count != 0 && (n || with || a->rest_count != 2))
		return err_set(e, ERR_USAGE, "two runs or two branches can be compared: `runmedic compare 101 102`");
	if (n && (n != 2 || with))
		return err_set(e, ERR_USAGE, "--run is needed twice: `runmedic compare --run 101 --run 102`");
	if (with && !branch)
		return err_set(e, ERR_USAGE, "--with needs --branch: `runmedic compare --branch main --with feature`");
	for (size_t i = 0; i < 2; i++)
		q->name[i] = n ? runs[i] : a->rest_count ? a->rest[i] : with ? (i ? with : branch) : i ? "ci" : "local";
	if (!n && !a->rest_count && !with)
		return 0;
	bool are_runs =
		read_run(q->name[0], &q->run[0], &q->attempt[0]) && read_run(q->name[1], &q->run[1], &q->attempt[1]);
	if (n && !are_runs)
		return err_set(e, ERR_USAGE, "--run takes the number of a run, with its attempt if need be: 101/2");
	q->by = are_runs && !with ? BY_RUN : BY_BRANCH;
	return 0;
}

static int side_of(const struct question *q, const struct store_job_row *job)
{
	for (int i = 0; i < 2; i++) {
		if (q->by == BY_SPACE && (job->space == SPACE_CI) == (i == 1))
			return i;
		if (q->by == BY_BRANCH && job->branch && !strcmp(job->branch, q->name[i]))
			return i;
		if (q->by == BY_RUN && job->run == q->run[i] && job->attempt == q->attempt[i])
			return i;
	}
	return -1;
}

/* ---- reading ------------------------------------------------------------------------------------- */

static bool on_attempt(void *context, const struct store_job_row *job, const struct store_result *results, size_t count)
{
	struct question *q = context;

	(void)results;
	(void)count;
	for (int i = 0; i < 2; i++)
		if (job->run == q->run[i] && job->attempt > q->attempt[i])
			q->attempt[i] = job->attempt;
	return true;
}

static bool on_job(void *context, const struct store_job_row *job, const struct store_result *results, size_t count)
{
	struct question *q = context;
	int side = side_of(q, job);

	if (side < 0)
		return true;
	q->jobs[side]++;
	compare_add(q->compare, side,
		&(struct compare_job){.name = view_of(job->name ? job->name : job->key),
			.commit = view_of(job->sha),
			.conclusion = job->conclusion,
			.seconds = job->started == CLOCK_UNKNOWN
					   ? -1
					   : (double)(job->ended - job->started) / (double)CLOCK_SECOND,
			.at = job->ended});
	for (size_t i = 0; i < count; i++)
		compare_result(q->compare, results[i].test, results[i].outcome, results[i].ms);
	return true;
}

static int read_all(struct question *q, const struct session *s, struct store *store, struct err *e)
{
	struct store_wanted *w = &q->wanted;
	double slower;

	if (learning_threshold(s, COMPARE_SLOWER, &slower, e) < 0 || learning_choose(&q->learning, w, s, store, e) < 0)
		return -1;
	if (q->by == BY_BRANCH)
		w->filter.branch = NULL;
	if (q->by == BY_BRANCH && w->filter.space < 0) /* what people have at hand is another question */
		w->filter.space = SPACE_CI;
	if (q->by == BY_RUN && !args_text(s->args, "since", NULL)) /* a run is named: its age does not matter */
		w->filter.from = CLOCK_UNKNOWN;
	if (q->by == BY_RUN && (!q->attempt[0] || !q->attempt[1])) {
		struct question given = *q;

		if (store_each_job(store, w, on_attempt, &given, e) < 0)
			return -1;
		for (int i = 0; i < 2; i++)
			q->attempt[i] = q->attempt[i] ? q->attempt[i] : given.attempt[i];
	}
	w->parts = STORE_RESULTS;
	q->compare = compare_new(q->learning.from, q->learning.to, slower);
	if (store_each_job(store, w, on_job, q, e) < 0)
		return -1;
	for (int i = 0; q->by != BY_SPACE && i < 2; i++)
		if (!q->jobs[i])
			return err_set(e, ERR_NOT_FOUND, "the history holds no job of %s %s in this time",
				q->by == BY_RUN ? "run" : "branch", q->name[i]);
	return 0;
}

/* ---- telling ------------------------------------------------------------------------------------- */

static const char *says(struct arena *a, const struct question *q, enum compare_kind kind)
{
	const char *const *of = q->name;

	switch (kind) {
	case COMPARE_ONLY_A_FAILS:
		return arena_format(a, "fails only in %s", of[0]);
	case COMPARE_ONLY_B_FAILS:
		return arena_format(a, "fails only in %s", of[1]);
	case COMPARE_MORE_IN_A:
		return arena_format(a, "fails more often in %s", of[0]);
	case COMPARE_MORE_IN_B:
		return arena_format(a, "fails more often in %s", of[1]);
	case COMPARE_BOTH_FAIL:
		return "always fails";
	case COMPARE_SLOWER_IN_B:
		return arena_format(a, "is slower in %s", of[1]);
	case COMPARE_FASTER_IN_B:
		return arena_format(a, "is faster in %s", of[1]);
	case COMPARE_ONLY_A_RUNS:
		return arena_format(a, "ran only in %s", of[0]);
	case COMPARE_ONLY_B_RUNS:
		return arena_format(a, "ran only in %s", of[1]);
	default:
		return "is alike";
	}
}

static bool is_wanted(const struct session *s, const struct compare_row *x)
{
	const char *type = args_text(s->args, "type", "all");
	bool duration = x->kind == COMPARE_SLOWER_IN_B || x->kind == COMPARE_FASTER_IN_B;
	bool coming = x->kind == COMPARE_ONLY_A_RUNS || x->kind == COMPARE_ONLY_B_RUNS;

	return !strcmp(type, "all") || (!strcmp(type, "duration") ? duration : !duration && !coming);
}

static int list(struct listing *l, const struct question *q, const struct session *s, struct store *store,
	const struct compare_report *r, struct err *e)
{
	ARENA_AUTO a = {0};
	uint64_t limit;

	listing_init(l, columns);
	if (args_number(s->args, "limit", LIMIT_MAX, LIMIT_DEFAULT, &limit, e) < 0)
		return -1;
	for (size_t i = 0; i < r->n && l->row_count < limit; i++) {
		const struct compare_row *x = &r->rows[i];
		const struct compare_side *of = x->of;
		const char *name = x->job;

		if (!is_wanted(s, x))
			continue;
		if (!name && store_test_name(store, x->test, &a, &name, e) < 0)
			return -1;
		listing_text(l, x->job ? "job" : "test");
		listing_text(l, name);
		listing_text(l, compare_kind_name(x->kind));
		listing_text(l, says(&a, q, x->kind));
		listing_number(l, (double)of[0].failed);
		listing_number(l, (double)of[0].runs);
		listing_number(l, (double)of[1].failed);
		listing_number(l, (double)of[1].runs);
		listing_number(l, of[0].ms);
		listing_number(l, of[1].ms);
		listing_number(l, x->same_commit);
		listing_number(l, x->chance);
		listing_time(l, of[0].last > of[1].last ? of[0].last : of[1].last);
	}
	return 0;
}

static cJSON *delta_json(const struct compare_delta *d)
{
	cJSON *j = json_object();

	json_add_time(j, "from", d->from);
	json_add_time(j, "to", d->to);
	json_add_int(j, "a_jobs", (int64_t)d->jobs[0]);
	json_add_int(j, "b_jobs", (int64_t)d->jobs[1]);
	if (isnan(d->value)) {
		json_add_null(j, "difference");
		json_add_null(j, "low");
		json_add_null(j, "high");
	} else {
		json_add_number(j, "difference", d->value);
		json_add_number(j, "low", d->range.low);
		json_add_number(j, "high", d->range.high);
	}
	return j;
}

static cJSON *side_json(const struct question *q, const struct compare_total *t, int i)
{
	cJSON *j = json_object();

	json_add_text(j, "name", q->name[i]);
	json_add_int(j, "jobs", (int64_t)t->jobs);
	json_add_int(j, "green", (int64_t)t->good);
	json_add_int(j, "red", (int64_t)t->bad);
	if (t->rate >= 0)
		json_add_number(j, "success", t->rate);
	else
		json_add_null(j, "success");
	json_add_int(j, "results", (int64_t)t->tests);
	json_add_int(j, "failed_results", (int64_t)t->failed);
	if (t->seconds >= 0)
		json_add_number(j, "seconds", t->seconds);
	else
		json_add_null(j, "seconds");
	return j;
}

static cJSON *head_of(const struct question *q, const struct compare_report *r)
{
	static const char *const by[] = {"space", "run", "branch"};
	cJSON *j = json_object(), *parts = json_array();

	json_add_text(j, "schema", "runmedic.compare/1");
	json_add_text(j, "repository", *q->learning.repository ? q->learning.repository : NULL);
	json_add_text(j, "by", by[q->by]);
	json_add(j, "a", side_json(q, &r->total[0], 0));
	json_add(j, "b", side_json(q, &r->total[1], 1));
	json_add(j, "delta", delta_json(&r->delta));
	for (size_t i = 0; i < COMPARE_PARTS; i++)
		json_append(parts, delta_json(&r->parts[i]));
	json_add(j, "parts", parts);
	json_add_text(j, "trend", compare_trend_name(r->trend));
	json_add_int(j, "alike", (int64_t)r->alike);
	return j;
}

static void add_side(struct buf *out, const char *letter, const char *name, const struct compare_total *t)
{
	char took[CLOCK_TEXT_MAX];

	buf_addf(out, "%s is ", letter);
	redact_for_terminal(out, view_of(name));
	buf_addf(out, ": %llu of %llu jobs green", (unsigned long long)t->good, (unsigned long long)(t->good + t->bad));
	if (t->rate >= 0)
		buf_addf(out, " (%.0f %%)", 100 * t->rate);
	if (t->seconds >= 0)
		buf_addf(out, ", %s on average", clock_duration((int64_t)(t->seconds * (double)CLOCK_SECOND), took));
	buf_addf(out, "; %llu of %llu results failed.\n", (unsigned long long)t->failed, (unsigned long long)t->tests);
}

static void add_sums(struct buf *out, const struct question *q, const struct compare_report *r)
{
	const struct compare_delta *d = &r->delta;

	add_side(out, "A", q->name[0], &r->total[0]);
	add_side(out, "B", q->name[1], &r->total[1]);
	if (isnan(d->value))
		return;
	buf_addf(out, "B: %+.0f points (95 %%: %+.0f to %+.0f)", 100 * d->value, 100 * d->range.low,
		100 * d->range.high);
	if (q->by != BY_RUN && r->trend != COMPARE_UNKNOWN) {
		buf_addf(out, "; the distance is %s, by quarters of the time:", compare_trend_name(r->trend));
		for (size_t i = 0; i < COMPARE_PARTS; i++)
			if (isnan(r->parts[i].value))
				buf_add_text(out, " ?");
			else
				buf_addf(out, " %+.0f", 100 * r->parts[i].value);
	}
	buf_add_text(out, ".\n");
}

static int answer(struct session *s, const struct question *q, struct store *store, struct err *e)
{
	BUF_AUTO out = buf_new(BUF_LARGE), sums = buf_new(BUF_PAGE);
	const char *format = args_text(s->args, "format", "text");
	struct compare_report r;
	struct listing l;
	int rc;

	compare_learn(&r, q->compare);
	rc = list(&l, q, s, store, &r, e);
	if (rc == 0) {
		add_sums(&sums, q, &r);
		if (!strcmp(format, "markdown"))
			markdown_text(&out, buf_view(&sums));
		else if (!strcmp(format, "text"))
			buf_add_view(&out, buf_view(&sums));
		if (!strcmp(format, "markdown") || !strcmp(format, "text"))
			buf_add_text(&out, !strcmp(format, "markdown") ? "\n\n" : "\n");
		listing_write(&out, &l, s, head_of(q, &r), "rows", NULL,
			q->jobs[0] && q->jobs[1] ? "They do not differ." : "There is nothing to compare with.");
		rc = session_write(s, buf_view(&out), e);
	}
	listing_done(&l);
	compare_done(&r);
	return rc;
}

static int run(struct session *s)
{
	struct err e;
	struct store *store = NULL;
	struct question q = {0};
	int rc = read_sides(&q, s, &e);

	if (rc == 0)
		rc = window_store(&store, s, &e);
	if (rc == 0)
		rc = read_all(&q, s, store, &e);
	if (rc == 0)
		rc = answer(s, &q, store, &e);
	compare_free(q.compare);
	learning_done(&q.learning);
	store_close(store);
	return rc < 0 ? session_trouble(s, &e) : EXIT_ANSWERED;
}

const struct command cmd_compare = {
	.name = "compare",
	.summary = "Compares local runs with CI, two runs, or two branches",
	.usage = "compare [A B] [--branch A --with B] [--run A --run B] [options]",
	.text = "Without A and B: local runs (A) beside CI (B): what fails only in CI, what is slower there, how far "
		"apart "
		"they are\nand whether that grows. Numbers are runs (of several attempts the newest; 101/2 names one), "
		"other names are branches.\nSAME COMMIT: failed on one side and passed on the other at the same "
		"commit. "
		"CHANCE: how likely so lopsided a picture\nwould be if it failed equally often on both sides.",
	.examples =
		"runmedic compare --since 2026-10-01\nrunmedic compare 19501 19502 --type failures\nrunmedic compare "
		"main feature --format markdown\nrunmedic compare --format json | jq .delta",
	.options = options,
	.run = run,
};
