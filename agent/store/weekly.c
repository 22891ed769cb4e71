#include "store/weekly.h"

#include "learn/matrix.h"
#include "store/internal.h"
#include "store/weekly_tests.h"

#include <string.h>

/* ?1..?3: begin of the window before, from, to; ?4..?6: branch, workflow, space, NULL is all. */
/* clang-format off */
#define NOW(time)  time " > ?2 AND " time " <= ?3"
#define BOTH(time) time " > ?1 AND " time " <= ?3"
#define FILTERS "(?4 IS NULL OR r.branch = ?4) AND (?5 IS NULL OR r.workflow = ?5) AND (?6 IS NULL OR r.space = ?6)"
#define RED     "conclusion IN ('failure', 'timed_out')"
#define MINUTES "(j.ended - j.started) / 60e6"

static const char span_sql[] = "SELECT min(ended), max(ended) FROM run";

static const char minutes_sql[] =
	"SELECT j.ended > ?2, coalesce(sum(" MINUTES "), 0),"
	"  coalesce(sum(" MINUTES ") FILTER (WHERE r.workflow IN (SELECT detail FROM audit WHERE action = 'own workflow')), 0),"
	"  count(*) FILTER (WHERE j." RED " AND NOT EXISTS (SELECT 1 FROM finding f WHERE f.job = j.id))"
	" FROM job j JOIN run r ON r.id = j.run WHERE " BOTH("j.ended") " AND " FILTERS " GROUP BY 1";

static const char own_sql[] = "SELECT count(*) FROM audit WHERE action = 'own workflow'";

static const char days_sql[] =
	"SELECT j.ended, coalesce(" MINUTES ", 0) FROM job j JOIN run r ON r.id = j.run"
	" WHERE " NOW("j.ended") " AND " FILTERS;

static const char outcomes_sql[] =
	"SELECT d.outcome, count(*) FROM delivery d WHERE " NOW("d.settled")
	"  AND (?4 IS NULL OR d.branch = ?4) AND (?5 IS NULL OR d.workflow = ?5) AND ?6 IS NOT 'local' GROUP BY 1";

static const char reruns_sql[] =
	"SELECT count(*), count(*) FILTER (WHERE r.result = 'success') FROM rerun r WHERE r.result IS NOT NULL"
	"  AND " NOW("r.at") " AND (?4 IS NULL OR r.branch = ?4) AND (?5 IS NULL OR r.workflow = ?5) AND ?6 IS NOT 'local'";

/* A red time that ended while a fix of ours that turned out good was on its way, or a rerun of ours that went green. */
static const char episodes_sql[] =
	"SELECT count(*), count(*) FILTER (WHERE"
	"  EXISTS (SELECT 1 FROM delivery d WHERE d.repository = r.repository AND d.branch = r.branch"
	"   AND d.outcome IN ('green', 'merged') AND d.at > r.green_us - r.us AND d.at <= r.green_us)"
	"  OR EXISTS (SELECT 1 FROM rerun x WHERE x.repository = r.repository AND x.branch = r.branch"
	"   AND x.result = 'success' AND x.at > r.green_us - r.us AND x.at <= r.green_us))"
	" FROM recoveries r WHERE " NOW("r.green_us") " AND " FILTERS;

static const char fixes_sql[] =
	"SELECT coalesce(d.settled, d.at), d.fixer, s.text, d.branch, d.outcome, coalesce(d.pull, 0),"
	"  (SELECT f.title FROM finding f WHERE f.signature = d.signature ORDER BY f.id DESC LIMIT 1)"
	" FROM delivery d LEFT JOIN signature s ON s.id = d.signature"
	" WHERE (" NOW("d.at") " OR " NOW("d.settled") ")"
	"  AND (?4 IS NULL OR d.branch = ?4) AND (?5 IS NULL OR d.workflow = ?5) AND ?6 IS NOT 'local'"
	" ORDER BY 1 DESC, d.id DESC LIMIT 20";

static const char weeks_sql[] =
	"SELECT r.ended, r." RED " FROM run r WHERE r.ended > ?1 AND r.ended <= ?3 AND " FILTERS;
static const char week_mttr_sql[] =
	"SELECT r.green_us, r.us FROM recoveries r WHERE r.green_us > ?1 AND r.green_us <= ?3 AND " FILTERS;

static const char cells_sql[] =
	"SELECT coalesce(j.name, ''), j.os, count(*), count(*) FILTER (WHERE j." RED ")"
	" FROM job j JOIN run r ON r.id = j.run"
	" WHERE " NOW("j.ended") " AND r.space = 'ci' AND j.conclusion IN ('success', 'failure', 'timed_out') AND " FILTERS
	" GROUP BY 1, 2 ORDER BY 1, 2";

static const char slow_sql[] =
	"SELECT j.name, r.workflow, avg((j.ended - j.started) / 1e6) FILTER (WHERE j.ended > ?2) AS now,"
	"  avg((j.ended - j.started) / 1e6) FILTER (WHERE j.ended <= ?2), count(*) FILTER (WHERE j.ended > ?2)"
	" FROM job j JOIN run r ON r.id = j.run"
	" WHERE " BOTH("j.ended") " AND j.name IS NOT NULL AND j.started IS NOT NULL"
	"  AND j.conclusion IN ('success', 'failure') AND " FILTERS
	" GROUP BY 1, 2 HAVING now IS NOT NULL ORDER BY now DESC, 1 LIMIT 10";

static const char spaces_sql[] =
	"SELECT r.space, count(DISTINCT r.id), count(DISTINCT r.id) FILTER (WHERE r." RED "),"
	"  coalesce(sum(j.passed + j.failed + j.skipped + j.errors), 0), coalesce(sum(j.failed + j.errors), 0),"
	"  coalesce(sum(" MINUTES "), 0)"
	" FROM run r JOIN job j ON j.run = r.id WHERE " NOW("r.ended") " AND " FILTERS " GROUP BY 1 ORDER BY 1";

static const char lost_sql[] =
	"SELECT f.category, sum(" MINUTES "),"
	"  count(*) FILTER (WHERE EXISTS (SELECT 1 FROM fix x WHERE x.job = j.id AND x.status IN ('planned', 'applied')))"
	" FROM finding f JOIN job j ON j.id = f.job JOIN run r ON r.id = j.run"
	" WHERE f.position = 0 AND " NOW("j.ended") " AND " FILTERS " GROUP BY 1";

/* ?7: a signature. */
static const char failure_sql[] =
	"SELECT sum(" MINUTES "), count(DISTINCT r.branch),"
	"  count(*) FILTER (WHERE EXISTS (SELECT 1 FROM fix x WHERE x.job = j.id AND x.signature = s.id"
	"   AND x.status IN ('planned', 'applied')))"
	" FROM signature s JOIN finding f ON f.signature = s.id JOIN job j ON j.id = f.job JOIN run r ON r.id = j.run"
	" WHERE s.text = ?7 AND f.position = 0 AND " NOW("j.ended") " AND " FILTERS;
static const char delivered_sql[] =
	"SELECT count(*) FROM delivery d JOIN signature s ON s.id = d.signature WHERE s.text = ?7 AND " NOW("d.at")
	"  AND (?4 IS NULL OR d.branch = ?4) AND (?5 IS NULL OR d.workflow = ?5) AND ?6 IS NOT 'local'";
static const char excerpt_sql[] =
	"SELECT f.excerpt FROM signature s JOIN finding f ON f.signature = s.id JOIN job j ON j.id = f.job"
	" WHERE s.text = ?1 AND f.excerpt IS NOT NULL ORDER BY j.ended DESC, f.id DESC LIMIT 1";
/* clang-format on */

struct question {
	struct db *db;
	struct report *report;
	int64_t before;
};

#define OF(q, begin)                                                                                                   \
	INTEGER(begin), INTEGER((q)->report->from), INTEGER((q)->report->to), TEXT((q)->report->branch),               \
		TEXT((q)->report->workflow), TEXT((q)->report->space)

static int ask(const struct question *q, struct db_rows *ret, const char *sql, struct err *e)
{
	return db_query(ret, q->db, sql, WITH(OF(q, q->before)), e);
}

static int fill_span(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	struct db_rows rows;
	int rc;

	r->first_fact = r->last_fact = CLOCK_UNKNOWN;
	if (db_query(&rows, q->db, span_sql, NOTHING, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		r->first_fact = db_integer_or(&rows, 0, CLOCK_UNKNOWN);
		r->last_fact = db_integer_or(&rows, 1, CLOCK_UNKNOWN);
	}
	return rc;
}

static int fill_minutes(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	struct db_rows rows;
	int64_t own = 0;
	int rc;

	if (db_find(q->db, &own, own_sql, NOTHING, e) < 0 || ask(q, &rows, minutes_sql, e) != 0)
		return -1;
	r->own_minutes = own ? 0 : -1;
	while ((rc = db_next(&rows, e)) == 1) {
		bool now = db_integer(&rows, 0);

		*(now ? &r->minutes : &r->minutes_before) = db_real(&rows, 1);
		if (now && own)
			r->own_minutes = db_real(&rows, 2);
		if (now)
			r->jobs_without_log = db_integer(&rows, 3);
	}
	return rc;
}

/* The days are laid out by store_report(). */
static int fill_days(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	struct db_rows rows;
	int rc;

	if (ask(q, &rows, days_sql, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		int64_t t = db_integer(&rows, 0), i;

		if (!r->day_count || t < r->days[0].day) /* of a long window only the last days are told */
			continue;
		i = (t - r->days[0].day) / CLOCK_DAY;
		if (i >= (int64_t)r->day_count)
			continue;
		r->days[i].jobs++;
		r->days[i].minutes += db_real(&rows, 1);
	}
	r->silent_days = 0;
	for (size_t i = 0; i < r->day_count; i++)
		r->silent_days += !r->days[i].runs && r->days[i].day > r->first_fact;
	return rc;
}

static int fill_outcomes(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	struct db_rows rows;
	enum outcome o;
	int rc;

	if (ask(q, &rows, outcomes_sql, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		int64_t n = db_integer(&rows, 1);

		if (!outcome_parse(view_of(db_text(&rows, 0)), &o))
			continue;
		r->repaired += o == OUTCOME_GREEN || o == OUTCOME_MERGED ? n : 0;
		r->withdrawn += o == OUTCOME_WITHDRAWN ? n : 0;
		r->reverted += o == OUTCOME_REVERTED ? n : 0;
		r->closed += o == OUTCOME_CLOSED ? n : 0;
	}
	return rc;
}

static int fill_pair(const struct question *q, const char *sql, int64_t *ret_first, int64_t *ret_second, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (ask(q, &rows, sql, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		*ret_first = db_integer(&rows, 0);
		*ret_second = db_integer(&rows, 1);
	}
	return rc;
}

static int fill_reruns(const struct question *q, struct err *e)
{
	return fill_pair(q, reruns_sql, &q->report->reruns, &q->report->reruns_helped, e);
}

static int fill_episodes(const struct question *q, struct err *e)
{
	return fill_pair(q, episodes_sql, &q->report->red_episodes, &q->report->self_healed, e);
}

static int fill_fixes(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	struct arena *a = &r->arena;
	struct db_rows rows;
	int rc;

	if (ask(q, &rows, fixes_sql, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1 && r->fix_count < REPORT_ROWS_MAX)
		r->fixes[r->fix_count++] = (struct report_fix){.at = db_integer(&rows, 0),
			.fixer = arena_text(a, db_text(&rows, 1)),
			.signature = arena_text(a, db_text(&rows, 2)),
			.branch = arena_text(a, db_text(&rows, 3)),
			.outcome = arena_text(a, db_text(&rows, 4)),
			.pull = (int)db_integer(&rows, 5),
			.title = arena_text(a, db_text(&rows, 6))};
	return rc;
}

/* ---- weeks --------------------------------------------------------------------------------------------- */

#define WEEK (7 * CLOCK_DAY)

/* They end with the window, so that the last one is a whole one. */
static void lay_out_weeks(struct report *r)
{
	r->week_count = r->first_fact == CLOCK_UNKNOWN ? 0 : REPORT_WEEKS_MAX;
	for (size_t i = 0; i < REPORT_WEEKS_MAX; i++)
		r->weeks[i] =
			(struct report_week){.begin = r->to - (int64_t)(REPORT_WEEKS_MAX - i) * WEEK, .mttr_us = -1};
	while (r->week_count && r->weeks[0].begin + WEEK <= r->first_fact)
		memmove(r->weeks, r->weeks + 1, --r->week_count * sizeof *r->weeks);
}

static struct report_week *week_of(struct report *r, int64_t t)
{
	int64_t i = r->week_count ? (t - r->weeks[0].begin - 1) / WEEK : -1;

	return i >= 0 && i < (int64_t)r->week_count ? &r->weeks[i] : NULL;
}

static int count_runs(const struct question *q, int64_t from, struct err *e)
{
	struct db_rows rows;
	struct report_week *w;
	int rc;

	if (db_query(&rows, q->db, weeks_sql, WITH(OF(q, from)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		w = week_of(q->report, db_integer(&rows, 0));
		if (w) {
			w->runs++;
			w->failed += db_integer(&rows, 1);
		}
	}
	return rc;
}

static int fill_weeks(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	int64_t from = r->to - (int64_t)REPORT_WEEKS_MAX * WEEK, sums[REPORT_WEEKS_MAX] = {0};
	struct db_rows rows;
	struct report_week *w;
	int rc;

	lay_out_weeks(r);
	if (count_runs(q, from, e) != 0 || db_query(&rows, q->db, week_mttr_sql, WITH(OF(q, from)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		w = week_of(r, db_integer(&rows, 0));
		if (w) {
			sums[w - r->weeks] += db_integer(&rows, 1);
			w->mttr_us = sums[w - r->weeks] / ++w->episodes;
		}
	}
	return rc;
}

/* ---- jobs ------------------------------------------------------------------------------------------------ */

static struct report_cell *cell_of(struct report *r, struct view os, struct view version)
{
	for (size_t i = 0; i < r->cell_count; i++)
		if (view_is(os, r->cells[i].os) && view_is(version, r->cells[i].version))
			return &r->cells[i];
	if (r->cell_count == REPORT_CELLS_MAX)
		return NULL;
	r->cells[r->cell_count] =
		(struct report_cell){.os = arena_view(&r->arena, os).p, .version = arena_view(&r->arena, version).p};
	return &r->cells[r->cell_count++];
}

/* The matrix of the name says more than the image: "ubuntu-latest" is one thing, whatever stands behind it. */
static int fill_cells(const struct question *q, struct err *e)
{
	struct db_rows rows;
	struct report_cell *c;
	struct matrix m;
	int rc;

	if (ask(q, &rows, cells_sql, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		matrix_of(&m, view_of(db_text(&rows, 0)));
		c = cell_of(q->report, m.os.n ? m.os : view_of(db_text(&rows, 1)), m.version);
		if (c) {
			c->jobs += db_integer(&rows, 2);
			c->failed += db_integer(&rows, 3);
		}
	}
	return rc;
}

static int fill_slow_jobs(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	struct db_rows rows;
	int rc;

	if (ask(q, &rows, slow_sql, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1 && r->slow_job_count < REPORT_ROWS_MAX)
		r->slow_jobs[r->slow_job_count++] =
			(struct report_slow){.name = arena_text(&r->arena, db_text(&rows, 0)),
				.workflow = arena_text(&r->arena, db_text(&rows, 1)),
				.seconds = db_real(&rows, 2),
				.seconds_before = db_text(&rows, 3) ? db_real(&rows, 3) : -1,
				.runs = db_integer(&rows, 4)};
	return rc;
}

static int fill_spaces(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	struct db_rows rows;
	int rc;

	if (ask(q, &rows, spaces_sql, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1 && r->space_count < 2) {
		struct report_space *p = &r->spaces[r->space_count];
		if (!space_parse(view_of(db_text(&rows, 0)), &p->space))
			continue;
		p->runs = db_integer(&rows, 1);
		p->failed = db_integer(&rows, 2);
		p->tests = db_integer(&rows, 3);
		p->failed_tests = db_integer(&rows, 4);
		p->minutes = db_real(&rows, 5);
		r->space_count++;
	}
	return rc;
}

/* ---- failures -------------------------------------------------------------------------------------------- */

static int fill_lost(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	struct db_rows rows;
	enum category c;
	int rc;

	if (ask(q, &rows, lost_sql, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1)
		for (size_t i = 0; category_parse(view_of(db_text(&rows, 0)), &c) && i < r->category_count; i++)
			if (r->categories[i].category == c) {
				r->categories[i].lost_minutes = db_real(&rows, 1);
				r->categories[i].fixable = db_integer(&rows, 2);
			}
	return rc;
}

static int look_into_failure(const struct question *q, struct report_failure *f, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, q->db, failure_sql, WITH(OF(q, q->before), TEXT(f->signature)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		f->lost_minutes = db_real(&rows, 0);
		f->branches = db_integer(&rows, 1);
		f->offered = db_integer(&rows, 2);
	}
	if (rc != 0 || db_query(&rows, q->db, excerpt_sql, WITH(TEXT(f->signature)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1)
		f->excerpt = arena_text(&q->report->arena, db_text(&rows, 0));
	if (rc == 0 && db_find(q->db, &f->delivered, delivered_sql, WITH(OF(q, q->before), TEXT(f->signature)), e) < 0)
		rc = -1;
	return rc;
}

static int fill_failures(const struct question *q, struct err *e)
{
	struct report *r = q->report;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->failure_count; i++)
		rc = look_into_failure(q, &r->failures[i], e);
	return rc;
}

int store_weekly(struct store *s, struct report *r, struct err *e)
{
	static int (*const parts[])(const struct question *, struct err *) = {fill_span, fill_minutes, fill_days,
		fill_outcomes, fill_reruns, fill_episodes, fill_fixes, fill_weeks, fill_cells, fill_slow_jobs,
		fill_spaces, fill_lost, fill_failures};
	const struct question q = {.db = &s->db, .report = r, .before = r->from - (r->to - r->from)};
	int rc = db_run(&s->db, "BEGIN", NOTHING, e);

	for (size_t i = 0; rc == 0 && i < sizeof parts / sizeof *parts; i++)
		rc = parts[i](&q, e);
	db_rollback(&s->db);
	if (rc == 0)
		rc = weekly_slow_tests(s, r, e);
	return rc == 0 ? weekly_only_ci(s, r, e) : rc;
}
