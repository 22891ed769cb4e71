#include "store/results.h"

#include "store/reading.h"

/* ?1 from, ?2 to, ?3 branch, ?4 workflow, ?5 space, ?6 repository, ?7 job, ?8 os, ?9 sha, ?10 no forks, ?11 a test
 * that must have run (0: any), ?12 how many (-1: all). */
static const char jobs_sql[] =
	"SELECT j.id, r.number, r.attempt, r.repository, j.key, j.name, r.workflow, r.branch, r.sha, r.event, r.url, "
	"j.os, "
	"j.image, j.step, r.space, r.fork, j.conclusion, j.started, j.ended, j.passed, j.failed, j.skipped, j.errors, "
	"f.rule, g.text, f.title, f.message, f.path, f.category, f.transient, r.id, j.command "
	"FROM job j JOIN run r ON r.id = j.run LEFT JOIN finding f ON f.job = j.id AND f.position = 0 "
	"LEFT JOIN signature g ON g.id = f.signature "
	"WHERE j.id IN (SELECT j.id FROM job j JOIN run r ON r.id = j.run "
	"WHERE j.ended > ?1 AND j.ended <= ?2 AND (?3 IS NULL OR r.branch = ?3) AND (?4 IS NULL OR r.workflow = ?4) "
	"AND (?5 IS NULL OR r.space = ?5) AND (?6 IS NULL OR r.repository = ?6) AND (?7 IS NULL OR j.name = ?7) "
	"AND (?8 IS NULL OR j.os = ?8) AND (?9 IS NULL OR r.sha = ?9) AND r.fork <= 1 - ?10 "
	"AND (?11 = 0 OR EXISTS (SELECT 1 FROM passes p WHERE p.job_id = j.id AND p.test_id = ?11) "
	"OR EXISTS (SELECT 1 FROM test_unpassed u WHERE u.job = j.id AND u.test = ?11)) "
	"ORDER BY j.ended DESC, j.id DESC LIMIT ?12) "
	"ORDER BY j.ended, j.id";

static struct store_job_row read_job(const struct db_rows *rows)
{
	struct store_job_row job = {
		.id = db_integer(rows, 0),
		.run = db_integer(rows, 1),
		.attempt = (int)db_integer(rows, 2),
		.repository = db_text(rows, 3),
		.key = db_text(rows, 4),
		.name = db_text(rows, 5),
		.workflow = db_text(rows, 6),
		.branch = db_text(rows, 7),
		.sha = db_text(rows, 8),
		.event = db_text(rows, 9),
		.url = db_text(rows, 10),
		.os = db_text(rows, 11),
		.image = db_text(rows, 12),
		.step = db_text(rows, 13),
		.fork = db_integer(rows, 15) != 0,
		.started = db_integer_or(rows, 17, CLOCK_UNKNOWN),
		.ended = db_integer(rows, 18),
		.passed = db_integer_or(rows, 19, -1),
		.failed = db_integer_or(rows, 20, -1),
		.skipped = db_integer_or(rows, 21, -1),
		.errors = db_integer_or(rows, 22, -1),
		.rule = db_text(rows, 23),
		.signature = db_text(rows, 24),
		.title = db_text(rows, 25),
		.message = db_text(rows, 26),
		.path = db_text(rows, 27),
		.category = CATEGORY_UNKNOWN,
		.transient = db_integer(rows, 29) != 0,
		.run_id = db_integer(rows, 30),
		.command = db_text(rows, 31),
	};

	space_parse(view_of(db_text(rows, 14)), &job.space);
	conclusion_parse(view_of(db_text(rows, 16)), &job.conclusion);
	if (job.rule)
		category_parse(view_of(db_text(rows, 28)), &job.category);
	return job;
}

static int read_jobs(
	struct reading *r, const struct store_wanted *w, store_job_sink *each, void *context, struct err *e)
{
	const struct store_filter *f = &w->filter;
	/* Asking here costs more than reading the results, but the newest must be counted here. */
	bool in_sql = w->last || !(w->parts & STORE_RESULTS);
	struct db_rows rows;
	int rc;

	if (db_query(&rows, r->db, jobs_sql,
		    WITH(INTEGER(f->from == CLOCK_UNKNOWN ? INT64_MIN : f->from),
			    INTEGER(f->to == CLOCK_UNKNOWN ? INT64_MAX : f->to), TEXT(f->branch), TEXT(f->workflow),
			    TEXT(f->space < 0 ? NULL : space_name((enum space)f->space)), TEXT(w->repository),
			    TEXT(w->name), TEXT(w->os), TEXT(w->sha), INTEGER(w->no_forks),
			    INTEGER(in_sql ? r->test : 0), INTEGER(w->last ? (int64_t)w->last : -1)),
		    e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		struct store_job_row job = read_job(&rows);

		rc = reading_results(r, job.id, e);
		if (rc == 0 && r->test && r->count == 0 && !in_sql)
			continue;
		if (rc != 0 || !each(context, &job, r->results, r->count)) {
			db_rows_done(&rows);
			return rc;
		}
	}
	return rc;
}

int store_each_job(struct store *s, const struct store_wanted *w, store_job_sink *each, void *context, struct err *e)
{
	struct reading r = {.db = &s->db, .parts = w->parts};
	int rc;

	if (w->test && store_test_number(s, w->test, &r.test, e) != 0)
		return -1;
	if (w->test && !r.test)
		return 0;
	if (db_run(&s->db, "BEGIN", NOTHING, e) != 0)
		return -1;
	rc = w->failing ? reading_only_failing(&r, e) : 0;
	if (rc == 0)
		rc = read_jobs(&r, w, each, context, e);
	db_rollback(&s->db);
	reading_done(&r);
	return rc;
}

int store_tests(struct store *s, void (*each)(void *context, uint32_t test, const char *name), void *context,
	uint32_t *ret_max, struct err *e)
{
	struct db_rows rows;
	int rc;

	*ret_max = 0;
	if (db_query(&rows, &s->db, "SELECT id, name FROM test ORDER BY id", NOTHING, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		*ret_max = (uint32_t)db_integer(&rows, 0);
		if (each)
			each(context, *ret_max, db_text(&rows, 1));
	}
	return rc;
}

int store_test_name(struct store *s, uint32_t test, struct arena *a, const char **ret, struct err *e)
{
	struct db_rows rows;
	int rc;

	*ret = NULL;
	if (db_query(&rows, &s->db, "SELECT name FROM test WHERE id = ?1", WITH(INTEGER(test)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1)
		*ret = arena_text(a, db_text(&rows, 0));
	return rc;
}

int store_test_number(struct store *s, const char *name, uint32_t *ret, struct err *e)
{
	int64_t id = 0;
	int rc = db_find(&s->db, &id, "SELECT id FROM test WHERE name = ?1", WITH(TEXT(name)), e);

	*ret = rc > 0 ? (uint32_t)id : 0;
	return rc < 0 ? -1 : 0;
}

int store_each_week(struct store *s, const struct store_filter *f, const char *test_or_null,
	bool (*each)(void *context, const struct store_week_row *row), void *context, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &s->db,
		    "SELECT w.week, u.repository, u.job, u.space, w.test, sum(w.passed), sum(w.failed), "
		    "sum(w.skipped), "
		    "sum(w.errors), sum(w.flips), sum(w.ms), sum(w.timed) "
		    "FROM test_week w JOIN suite u ON u.id = w.suite "
		    "WHERE (w.week + 7) * 86400000000 > ?1 AND w.week * 86400000000 <= ?2 AND (?3 IS NULL OR u.space = "
		    "?3) "
		    "AND (?4 IS NULL OR w.test = (SELECT id FROM test WHERE name = ?4)) "
		    "GROUP BY w.week, u.repository, u.job, u.space, w.test ORDER BY w.week, u.repository, u.job, "
		    "w.test",
		    WITH(INTEGER(f->from == CLOCK_UNKNOWN ? INT64_MIN : f->from),
			    INTEGER(f->to == CLOCK_UNKNOWN ? INT64_MAX : f->to),
			    TEXT(f->space < 0 ? NULL : space_name((enum space)f->space)), TEXT(test_or_null)),
		    e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		struct store_week_row row = {
			.week = db_integer(&rows, 0) * CLOCK_DAY,
			.repository = db_text(&rows, 1),
			.job = db_text(&rows, 2),
			.test = (uint32_t)db_integer(&rows, 4),
			.passed = db_integer(&rows, 5),
			.failed = db_integer(&rows, 6),
			.skipped = db_integer(&rows, 7),
			.errors = db_integer(&rows, 8),
			.flips = db_integer(&rows, 9),
			.ms = db_integer(&rows, 10),
			.timed = db_integer(&rows, 11),
		};

		space_parse(view_of(db_text(&rows, 3)), &row.space);
		if (!each(context, &row)) {
			db_rows_done(&rows);
			return 0;
		}
	}
	return rc;
}
