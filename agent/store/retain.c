#include "store/reading.h"

#include "base/mem.h"
#include "store/weekly.h"

#include <stdlib.h>
#include <string.h>

#define BATCH 200u /* executions of one transaction */

struct old_job {
	int64_t id, week; /* week: its Monday, in days since 1970 */
	int64_t suite;
};

/* What is from before these times. */
struct ages {
	int64_t ended, recorded;
};

struct sums {
	int64_t passed, failed, skipped, errors, flips, ms, timed;
};

/* One batch. The sums are those of one suite and week at a time. */
struct retiring {
	struct store *store;
	struct reading reading;
	struct old_job jobs[BATCH];
	size_t count;
	struct sums *sums; /* by test */
	size_t room;
	uint32_t *touched;
	size_t touched_count, touched_cap;
	int64_t results;
};

static int64_t monday(int64_t t)
{
	int64_t day = t / CLOCK_DAY - (t % CLOCK_DAY < 0);
	int64_t weekday = (day + 3) % 7; /* 1970 began on a Thursday */

	return day - (weekday < 0 ? weekday + 7 : weekday);
}

static int find_jobs(struct retiring *r, const struct ages *old, struct err *e)
{
	struct db_rows rows;
	int rc;

	r->count = 0;
	if (db_query(&rows, &r->store->db,
		    "SELECT j.id, j.ended, r.repository, coalesce(j.name, ''), r.space FROM job j JOIN run r ON r.id = "
		    "j.run "
		    "WHERE j.retired = 0 AND j.ended < ?1 AND j.recorded < ?2 ORDER BY j.ended LIMIT ?3",
		    WITH(INTEGER(old->ended), INTEGER(old->recorded), INTEGER(BATCH)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		struct suite *suite;

		if (suites_find(&r->store->suites, &r->store->db, db_text(&rows, 2), db_text(&rows, 3),
			    db_text(&rows, 4), &suite, e) != 0) {
			db_rows_done(&rows);
			return -1;
		}
		r->jobs[r->count++] = (struct old_job){db_integer(&rows, 0), monday(db_integer(&rows, 1)), suite->id};
	}
	return rc;
}

static int compare(const void *left, const void *right)
{
	const struct old_job *a = left, *b = right;

	if (a->suite != b->suite)
		return a->suite < b->suite ? -1 : 1;
	if (a->week != b->week)
		return a->week < b->week ? -1 : 1;
	return a->id < b->id ? -1 : a->id > b->id;
}

static struct sums *sums_of(struct retiring *r, uint32_t test)
{
	struct sums *s;

	if (test >= r->room) {
		size_t room = (size_t)test + 1 + test / 2;

		r->sums = mem_grow(r->sums, room, sizeof(*r->sums));
		memset(r->sums + r->room, 0, (room - r->room) * sizeof(*r->sums));
		r->room = room;
	}
	s = &r->sums[test];
	if (!s->passed && !s->failed && !s->skipped && !s->errors) {
		MEM_PUSH(r->touched, r->touched_count, r->touched_cap);
		r->touched[r->touched_count++] = test;
	}
	return s;
}

static void add(struct sums *s, const struct store_result *one)
{
	switch ((enum result)one->outcome) {
	case RESULT_PASSED:
		s->passed++;
		s->timed += one->ms >= 0;
		s->ms += one->ms >= 0 ? one->ms : 0;
		break;
	case RESULT_FAILED:
		s->failed++;
		break;
	case RESULT_SKIPPED:
		s->skipped++;
		break;
	case RESULT_ERROR:
		s->errors++;
		break;
	}
}

/* Results first: who flipped has a result. */
static int add_job(struct retiring *r, int64_t job, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (reading_results(&r->reading, job, e) != 0)
		return -1;
	for (size_t i = 0; i < r->reading.count; i++)
		add(sums_of(r, r->reading.results[i].test), &r->reading.results[i]);
	r->results += (int64_t)r->reading.count;
	if (db_query(&rows, &r->store->db, "SELECT DISTINCT test_id FROM flips WHERE failed_job_id = ?1",
		    WITH(INTEGER(job)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1)
		sums_of(r, (uint32_t)db_integer(&rows, 0))->flips++;
	return rc;
}

static int write_sums(struct retiring *r, const struct old_job *of, struct err *e)
{
	for (size_t i = 0; i < r->touched_count; i++) {
		uint32_t test = r->touched[i];
		struct sums *s = &r->sums[test];

		if (db_run(&r->store->db,
			    "INSERT INTO test_week (week, suite, test, passed, failed, skipped, errors, flips, ms, "
			    "timed) "
			    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO UPDATE SET "
			    "passed = passed + excluded.passed, failed = failed + excluded.failed, "
			    "skipped = skipped + excluded.skipped, errors = errors + excluded.errors, "
			    "flips = flips + excluded.flips, ms = ms + excluded.ms, timed = timed + excluded.timed",
			    WITH(INTEGER(of->week), INTEGER(of->suite), INTEGER(test), INTEGER(s->passed),
				    INTEGER(s->failed), INTEGER(s->skipped), INTEGER(s->errors), INTEGER(s->flips),
				    INTEGER(s->ms), INTEGER(s->timed)),
			    e) != 0)
			return -1;
		*s = (struct sums){0};
	}
	r->touched_count = 0;
	return 0;
}

static int drop_raw(struct db *db, int64_t job, struct err *e)
{
	static const char *const statements[] = {
		"DELETE FROM pack WHERE job = ?1",
		"DELETE FROM test_unpassed WHERE job = ?1",
		"DELETE FROM lint_count WHERE job = ?1",
		"DELETE FROM coverage_file WHERE report IN (SELECT id FROM coverage_report WHERE job = ?1)",
		"DELETE FROM coverage_gate WHERE report IN (SELECT id FROM coverage_report WHERE job = ?1)",
		"DELETE FROM finding WHERE job = ?1 AND position > 0 AND (rank <> 'cause' OR severity <> 'error')",
		"UPDATE finding SET message = NULL, excerpt = NULL WHERE job = ?1",
		"UPDATE job SET retired = 1, command = NULL WHERE id = ?1",
	};

	for (size_t i = 0; i < sizeof(statements) / sizeof(*statements); i++)
		if (db_run(db, statements[i], WITH(INTEGER(job)), e) != 0)
			return -1;
	return 0;
}

/* What flipped is asked of jobs as they were: nothing is dropped before all are summed up. */
static int retire_jobs(struct retiring *r, struct err *e)
{
	qsort(r->jobs, r->count, sizeof(*r->jobs), compare);
	for (size_t i = 0; i < r->count; i++) {
		const struct old_job *job = &r->jobs[i], *next = i + 1 < r->count ? job + 1 : NULL;

		if (add_job(r, job->id, e) != 0)
			return -1;
		if ((!next || next->suite != job->suite || next->week != job->week) && write_sums(r, job, e) != 0)
			return -1;
	}
	for (size_t i = 0; i < r->count; i++)
		if (drop_raw(&r->store->db, r->jobs[i].id, e) != 0)
			return -1;
	return 0;
}

static int retire_batch(struct retiring *r, const struct ages *old, struct err *e)
{
	struct db *db = &r->store->db;

	if (db_begin(db, e) != 0)
		return -1;
	if (store_keep_up(r->store, e) != 0 || find_jobs(r, old, e) != 0 || (r->count && retire_jobs(r, e) != 0) ||
		db_commit(db, e) != 0) {
		db_rollback(db);
		store_forget_ids(r->store);
		return -1;
	}
	return 0;
}

static void retiring_done(struct retiring *r)
{
	reading_done(&r->reading);
	free(r->sums);
	free(r->touched);
	free(r);
}

/* 0 where nobody must be asked to wait for a writer's lock. */
static int anything_old(struct db *db, const struct ages *old, struct err *e)
{
	int64_t one;

	return db_find(db, &one,
		"SELECT 1 WHERE EXISTS (SELECT 1 FROM job WHERE retired = 0 AND ended < ?1 AND recorded < ?2) "
		"OR EXISTS (SELECT 1 FROM audit WHERE at < ?1 AND action <> '" WEEKLY_OWN_WORKFLOW
		"') OR EXISTS (SELECT 1 FROM passing WHERE updated < ?1)",
		WITH(INTEGER(old->ended), INTEGER(old->recorded)), e);
}

static int drop_others(struct db *db, int64_t before, struct err *e)
{
	return db_run(db, "DELETE FROM audit WHERE at < ?1 AND action <> '" WEEKLY_OWN_WORKFLOW "'",
		       WITH(INTEGER(before)), e) != 0
		       ? -1
		       : db_run(db, "DELETE FROM passing WHERE updated < ?1", WITH(INTEGER(before)), e);
}

int store_retain(struct store *s, unsigned keep_days, int64_t now, struct store_retained *ret, struct err *e)
{
	const struct ages old = {now - (int64_t)keep_days * CLOCK_DAY, now - STORE_GRACE_DAYS * CLOCK_DAY};
	struct retiring *r;
	int rc = anything_old(&s->db, &old, e);

	*ret = (struct store_retained){0};
	if (rc <= 0)
		return rc;
	r = mem_new(sizeof(*r));
	r->store = s;
	r->reading = (struct reading){.db = &s->db, .parts = STORE_RESULTS};
	do {
		rc = retire_batch(r, &old, e);
		if (rc == 0)
			*ret = (struct store_retained){ret->executions + (int64_t)r->count, r->results};
	} while (rc == 0 && r->count == BATCH);
	retiring_done(r);
	return rc != 0 ? -1 : drop_others(&s->db, old.ended, e);
}
