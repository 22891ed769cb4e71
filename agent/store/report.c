/* report.c - the facts of a window for learn/report.h: one statement per question. */
#include "store/internal.h"

#include <string.h>

/* ?1..?3: begin of the window before, from, to; ?4..?6: filters, NULL is all; ?7: a test. */
/* clang-format off */
#define RUNS_BOTH "r.ended > ?1 AND r.ended <= ?3"
#define RUNS_NOW  "r.ended > ?2 AND r.ended <= ?3"
#define JOBS_BOTH "j.ended > ?1 AND j.ended <= ?3"
#define JOBS_NOW  "j.ended > ?2 AND j.ended <= ?3"
#define FILTERS   "(?4 IS NULL OR r.branch = ?4) AND (?5 IS NULL OR r.workflow = ?5) AND (?6 IS NULL OR r.space = ?6)"
#define SETTLED  "o.settled_us > ?2 AND o.settled_us <= ?3 AND (?4 IS NULL OR o.branch = ?4) AND (?5 IS NULL OR o.workflow = ?5)"
#define RED       "conclusion IN ('failure', 'timed_out')"

static const char runs_sql[] =
	"SELECT r.ended > ?2, count(*), count(*) FILTER (WHERE r." RED ")"
	" FROM run r"
	" WHERE " RUNS_BOTH " AND " FILTERS
	" GROUP BY 1";

static const char jobs_sql[] =
	"SELECT count(*), count(*) FILTER (WHERE j." RED "),"
	"  sum(j.passed + j.failed + j.skipped + j.errors), sum(j.failed + j.errors)"
	" FROM job j JOIN run r ON r.id = j.run"
	" WHERE " JOBS_NOW " AND " FILTERS;

static const char mttr_sql[] =
	"SELECT count(*), avg(r.us)"
	" FROM recoveries r"
	" WHERE r.green_us > ?2 AND r.green_us <= ?3 AND " FILTERS;

/* One failure a job, its primary finding: ten lint lines of one run are one broken job. */
static const char failures_sql[] =
	"SELECT f.signature, count(*) FILTER (WHERE j.ended > ?2) AS now,"
	"  count(DISTINCT j.id) FILTER (WHERE j.ended > ?2), count(*) FILTER (WHERE j.ended <= ?2)"
	" FROM failures f JOIN job j ON j.id = f.job_id JOIN run r ON r.id = j.run"
	" WHERE " JOBS_BOTH " AND f.is_primary AND f.signature IS NOT NULL AND " FILTERS
	" GROUP BY f.signature_id, f.signature"
	" HAVING count(*) FILTER (WHERE j.ended > ?2) > 0"
	" ORDER BY now DESC, f.signature LIMIT 20";

/* What a signature is called lately, whenever that was. */
static const char name_sql[] =
	"SELECT f.rule, f.category, f.title, f.path, f.transient, s.first_seen, s.last_seen"
	" FROM signature s JOIN finding f ON f.signature = s.id JOIN job j ON j.id = f.job"
	" WHERE s.text = ?1"
	" ORDER BY j.ended DESC, f.id DESC LIMIT 1";

static const char categories_sql[] =
	"SELECT f.category, count(*) FILTER (WHERE j.ended > ?2) AS now, count(*) FILTER (WHERE j.ended <= ?2),"
	"  count(*) FILTER (WHERE j.ended > ?2 AND f.rule LIKE 'generic/%')"
	" FROM failures f JOIN job j ON j.id = f.job_id JOIN run r ON r.id = j.run"
	" WHERE " JOBS_BOTH " AND f.is_primary AND " FILTERS
	" GROUP BY f.category"
	" ORDER BY now DESC, f.category";

/* A fix of fourteen legs of a matrix is one. What was tried before the window and settled in it counts, too: it was our
 * mistake of this time. */
static const char fixers_sql[] =
	"SELECT x.fixer, count(x.status) AS attempts, count(*) FILTER (WHERE x.status = 'applied') AS applied,"
	"  count(*) FILTER (WHERE x.status = 'refused'), count(*) FILTER (WHERE x.status = 'failed'),"
	"  (SELECT count(*) FROM fix_outcomes o WHERE o.fixer = x.fixer AND o.outcome IN ('green', 'merged') AND " SETTLED "),"
	"  (SELECT count(*) FROM fix_outcomes o WHERE o.fixer = x.fixer AND o.outcome IN ('red', 'reverted', 'withdrawn')"
	"   AND " SETTLED ")"
	" FROM (SELECT DISTINCT f.fixer, f.status, r.id, f.signature"
	"  FROM fix f JOIN job j ON j.id = f.job JOIN run r ON r.id = j.run WHERE f.at > ?2 AND f.at <= ?3 AND " FILTERS
	"  UNION ALL SELECT o.fixer, NULL, NULL, NULL FROM fix_outcomes o WHERE " SETTLED
	"   AND o.outcome IN ('green', 'merged', 'red', 'reverted', 'withdrawn')) x"
	" GROUP BY x.fixer"
	" ORDER BY applied DESC, attempts DESC, x.fixer LIMIT 20";

static const char tests_sql[] =
	"SELECT t.id, t.name, count(DISTINCT j.id) AS failures, max(j.ended)"
	" FROM job j JOIN run r ON r.id = j.run JOIN test_unpassed u ON u.job = j.id JOIN test t ON t.id = u.test"
	" WHERE " JOBS_NOW " AND u.outcome <> 2 AND " FILTERS
	" GROUP BY t.id, t.name"
	" ORDER BY failures DESC, t.name LIMIT 20";

static const char test_runs_sql[] =
	"SELECT count(*)"
	" FROM job j JOIN run r ON r.id = j.run"
	" WHERE " JOBS_NOW " AND " FILTERS
	"  AND (EXISTS (SELECT 1 FROM passes p WHERE p.job_id = j.id AND p.test_id = ?7)"
	"   OR EXISTS (SELECT 1 FROM test_unpassed u WHERE u.job = j.id AND u.test = ?7 AND u.outcome <> 2))";

static const char test_flips_sql[] =
	"SELECT count(*)"
	" FROM flips f JOIN job j ON j.id = f.failed_job_id JOIN run r ON r.id = j.run"
	" WHERE f.test_id = ?7 AND " JOBS_NOW " AND " FILTERS;

static const char days_sql[] =
	"SELECT r.ended, r." RED
	" FROM run r"
	" WHERE " RUNS_NOW " AND " FILTERS;
/* clang-format on */

_Static_assert(REPORT_ROWS_MAX == 20, "the statements say LIMIT 20");

struct question {
	struct db *db;
	struct report *report;
	int64_t before;
	const char *branch, *workflow, *space;
};

#define OF(q)                                                                                                          \
	INTEGER((q)->before), INTEGER((q)->report->from), INTEGER((q)->report->to), TEXT((q)->branch),                 \
		TEXT((q)->workflow), TEXT((q)->space)

static int ask(const struct question *q, struct db_rows *ret, const char *sql, struct err *e)
{
	return db_query(ret, q->db, sql, WITH(OF(q)), e);
}

static double rate(int64_t part, int64_t all)
{
	return all ? (double)part / (double)all : -1;
}

static int fill_runs(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	struct db_rows rows;
	int rc;

	if (ask(q, &rows, runs_sql, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		bool now = db_integer(&rows, 0);

		*(now ? &r->runs : &r->runs_before) = db_integer(&rows, 1);
		*(now ? &r->failed_runs : &r->failed_runs_before) = db_integer(&rows, 2);
	}
	r->failure_rate = rate(r->failed_runs, r->runs);
	r->failure_rate_before = rate(r->failed_runs_before, r->runs_before);
	return rc;
}

static int fill_jobs(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	struct db_rows rows;
	int rc;

	if (ask(q, &rows, jobs_sql, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		r->jobs = db_integer(&rows, 0);
		r->failed_jobs = db_integer(&rows, 1);
		r->tests = db_integer(&rows, 2);
		r->failed_tests = db_integer(&rows, 3);
	}
	return rc;
}

static int fill_mttr(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	struct db_rows rows;
	int rc;

	if (ask(q, &rows, mttr_sql, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		r->mttr_episodes = db_integer(&rows, 0);
		r->mttr_us = db_integer_or(&rows, 1, -1);
	}
	return rc;
}

static int name_failure(const struct question *q, struct report_failure *f, struct err *e)
{
	struct arena *a = &q->report->arena;
	struct db_rows rows;
	int rc;

	if (db_query(&rows, q->db, name_sql, WITH(TEXT(f->signature)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		f->rule = arena_text(a, db_text(&rows, 0));
		if (!category_parse(view_of(db_text(&rows, 1)), &f->category))
			f->category = CATEGORY_UNKNOWN;
		f->title = arena_text(a, db_text(&rows, 2));
		f->path = arena_text(a, db_text(&rows, 3));
		f->transient = db_integer(&rows, 4);
		f->first_seen = db_integer_or(&rows, 5, CLOCK_UNKNOWN);
		f->last_seen = db_integer_or(&rows, 6, CLOCK_UNKNOWN);
	}
	return rc;
}

static int fill_failures(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	struct db_rows rows;
	int rc;

	if (ask(q, &rows, failures_sql, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1 && r->failure_count < REPORT_ROWS_MAX)
		r->failures[r->failure_count++] = (struct report_failure){
			.signature = arena_text(&r->arena, db_text(&rows, 0)),
			.count = db_integer(&rows, 1),
			.jobs = db_integer(&rows, 2),
			.count_before = db_integer(&rows, 3),
		};
	for (size_t i = 0; rc == 0 && i < r->failure_count; i++)
		rc = name_failure(q, &r->failures[i], e);
	return rc;
}

static int fill_categories(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	struct db_rows rows;
	int rc;

	if (ask(q, &rows, categories_sql, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		struct report_category c = {.category = CATEGORY_UNKNOWN,
			.count = db_integer(&rows, 1),
			.count_before = db_integer(&rows, 2)};

		r->findings += c.count;
		r->unknown_findings += db_integer(&rows, 3);
		if (category_parse(view_of(db_text(&rows, 0)), &c.category) && r->category_count < CATEGORY_COUNT)
			r->categories[r->category_count++] = c;
	}
	return rc;
}

static int fill_fixers(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	struct db_rows rows;
	double high;
	int rc;

	if (ask(q, &rows, fixers_sql, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1 && r->fixer_count < REPORT_ROWS_MAX) {
		struct report_fixer *f = &r->fixers[r->fixer_count++];

		*f = (struct report_fixer){
			.fixer = arena_text(&r->arena, db_text(&rows, 0)),
			.attempts = db_integer(&rows, 1),
			.applied = db_integer(&rows, 2),
			.refused = db_integer(&rows, 3),
			.failed = db_integer(&rows, 4),
			.green = db_integer(&rows, 5),
			.red = db_integer(&rows, 6),
			.success_low = -1,
		};
		if (f->green + f->red)
			wilson_interval((uint64_t)f->green, (uint64_t)(f->green + f->red), &f->success_low, &high);
	}
	return rc;
}

/* Executions of one test in the window, and whether one of its failures there was a flip. */
static int look_into_test(const struct question *q, struct report_test *t, int64_t id, struct err *e)
{
	int64_t flips = 0;

	if (db_find(q->db, &t->runs, test_runs_sql, WITH(OF(q), INTEGER(id)), e) < 0 ||
		db_find(q->db, &flips, test_flips_sql, WITH(OF(q), INTEGER(id)), e) < 0)
		return -1;
	t->same_commit_both = flips > 0;
	return 0;
}

static int fill_tests(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	int64_t ids[REPORT_ROWS_MAX] = {0};
	struct db_rows rows;
	int rc;

	if (ask(q, &rows, tests_sql, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1 && r->tests_failing_count < REPORT_ROWS_MAX) {
		ids[r->tests_failing_count] = db_integer(&rows, 0);
		r->tests_failing[r->tests_failing_count++] = (struct report_test){
			.id = arena_text(&r->arena, db_text(&rows, 1)),
			.failures = db_integer(&rows, 2),
			.last_failed = db_integer(&rows, 3),
		};
	}
	for (size_t i = 0; rc == 0 && i < r->tests_failing_count; i++)
		rc = look_into_test(q, &r->tests_failing[i], ids[i], e);
	return rc;
}

static int64_t day_of(int64_t t)
{
	return t - ((t % CLOCK_DAY) + CLOCK_DAY) % CLOCK_DAY;
}

static void lay_out_days(struct report *r)
{
	int64_t last = day_of(r->to), first = day_of(r->from);

	if (last - first >= REPORT_DAYS_MAX * CLOCK_DAY)
		first = last - (REPORT_DAYS_MAX - 1) * CLOCK_DAY;
	for (; first <= last; first += CLOCK_DAY)
		r->days[r->day_count++].day = first;
}

static int fill_days(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	struct db_rows rows;
	int rc;

	lay_out_days(r);
	if (ask(q, &rows, days_sql, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		int64_t i = (day_of(db_integer(&rows, 0)) - r->days[0].day) / CLOCK_DAY;

		if (i < 0)
			continue;
		r->days[i].runs++;
		r->days[i].failed += db_integer(&rows, 1);
	}
	return rc;
}

/* An open begin is the first thing known; then nothing was before. */
static int set_window(struct db *db, struct report *r, const struct store_filter *f, struct err *e)
{
	struct db_rows rows;
	int rc;

	r->generated = clock_now();
	r->from = f->from;
	r->to = f->to;
	if (db_query(&rows, db, "SELECT min(ended), max(ended) FROM run", NOTHING, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		if (f->from == CLOCK_UNKNOWN)
			r->from = db_integer_or(&rows, 0, r->generated) - 1;
		if (f->to == CLOCK_UNKNOWN)
			r->to = db_integer_or(&rows, 1, r->generated);
	}
	if (f->to == CLOCK_UNKNOWN && r->to < r->generated)
		r->to = r->generated;
	if (r->to < r->from)
		r->to = r->from;
	return rc;
}

static int answer(const struct question *q, struct err *e)
{
	static int (*const parts[])(const struct question *, struct err *) = {
		fill_runs, fill_jobs, fill_mttr, fill_failures, fill_categories, fill_fixers, fill_tests, fill_days};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (parts[i](q, e) != 0)
			return -1;
	return 0;
}

/* One read transaction: all answers are about the same moment, whoever writes meanwhile. */
int store_report(struct store *s, const struct store_filter *f, struct report *ret, struct err *e)
{
	struct db *db = &s->db;
	struct report r = {.mttr_us = -1};
	struct question q = {.db = db, .report = &r};
	int rc;

	q.branch = r.branch = arena_text(&r.arena, f->branch);
	q.workflow = r.workflow = arena_text(&r.arena, f->workflow);
	q.space = r.space = f->space < 0 ? NULL : space_name((enum space)f->space);
	if (db_run(db, "BEGIN", NOTHING, e) != 0)
		return -1;
	rc = set_window(db, &r, f, e);
	q.before = f->from == CLOCK_UNKNOWN ? r.from : r.from - (r.to - r.from);
	if (rc == 0)
		rc = answer(&q, e);
	db_rollback(db);
	if (rc != 0)
		report_done(&r);
	else
		*ret = r;
	return rc;
}
