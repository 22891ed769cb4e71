#include "store/record.h"

#include <stdlib.h>
#include <string.h>

/* A run is as bad as its worst job; a job that nobody knows the end of says nothing. */
static enum conclusion worse(enum conclusion a, enum conclusion b)
{
	static const unsigned char badness[] = {
		[CONCLUSION_UNKNOWN] = 0,
		[CONCLUSION_SUCCESS] = 1,
		[CONCLUSION_CANCELLED] = 2,
		[CONCLUSION_TIMED_OUT] = 3,
		[CONCLUSION_FAILURE] = 4,
	};

	return badness[a] >= badness[b] ? a : b;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

int record_find(struct db *db, const struct record_identity *x, int64_t *ret_job, struct err *e)
{
	if (x->digest)
		return db_find(db, ret_job, "SELECT j.id FROM run r JOIN job j ON j.run = r.id WHERE r.digest = ?1",
			WITH(TEXT(x->digest)), e);
	return db_find(db, ret_job,
		"SELECT j.id FROM run r JOIN job j ON j.run = r.id "
		"WHERE r.repository = ?1 AND r.number = ?2 AND r.attempt = ?3 AND r.number <> 0 AND j.key = ?4",
		WITH(TEXT(or_empty(x->repository)), INTEGER(x->run), INTEGER(x->attempt), TEXT(or_empty(x->key))), e);
}

static int insert_run(struct db *db, const struct record_identity *x, int64_t *ret, struct err *e)
{
	if (db_run(db,
		    "INSERT INTO run (repository, number, attempt, digest, space, fork, workflow, branch, sha, event, "
		    "url, conclusion, started, ended) "
		    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
		    WITH(TEXT(or_empty(x->repository)), INTEGER(x->run), INTEGER(x->attempt), TEXT(x->digest),
			    TEXT(space_name(x->space)), INTEGER(x->fork), TEXT(x->workflow), TEXT(x->branch),
			    TEXT(x->sha), TEXT(x->event), TEXT(x->url), TEXT(conclusion_name(x->conclusion)),
			    UNLESS(CLOCK_UNKNOWN, x->started), INTEGER(x->ended)),
		    e) != 0)
		return -1;
	*ret = db_new_id(db);
	return 0;
}

/* What one job did not know another may; where both know, it is the same, whoever comes first. A fork stays one. */
#define LEAST(column, value)                                                                                           \
	column " = CASE WHEN " column " <= " value " THEN " column " ELSE coalesce(" value ", " column ") END"

static int update_run(
	struct db *db, int64_t run, enum conclusion conclusion, const struct record_identity *x, struct err *e)
{
	return db_run(db,
		"UPDATE run SET fork = CASE WHEN ?2 = 1 THEN 1 ELSE fork END, " LEAST("workflow", "?3") ", " LEAST(
			"branch", "?4") ", " LEAST("sha", "?5") ", " LEAST("event", "?6") ", " LEAST("url",
			"?7") ", conclusion = ?8, "
			      "started = CASE WHEN started <= ?9 THEN started ELSE coalesce(?9, started) END, "
			      "ended = CASE WHEN ended >= ?10 THEN ended ELSE ?10 END WHERE id = ?1",
		WITH(INTEGER(run), INTEGER(x->fork), TEXT(x->workflow), TEXT(x->branch), TEXT(x->sha), TEXT(x->event),
			TEXT(x->url), TEXT(conclusion_name(conclusion)), UNLESS(CLOCK_UNKNOWN, x->started),
			INTEGER(x->ended)),
		e);
}

static int ensure_run(struct db *db, const struct record_identity *x, int64_t *ret, struct err *e)
{
	enum conclusion before = CONCLUSION_UNKNOWN;
	struct db_rows rows;
	int rc;

	if ((x->digest ? db_query(&rows, db, "SELECT id, conclusion FROM run WHERE digest = ?1", WITH(TEXT(x->digest)),
				 e)
		       : db_query(&rows, db,
				 "SELECT id, conclusion FROM run "
				 "WHERE repository = ?1 AND number = ?2 AND attempt = ?3 AND number <> 0",
				 WITH(TEXT(or_empty(x->repository)), INTEGER(x->run), INTEGER(x->attempt)), e)) != 0)
		return -1;
	rc = db_next(&rows, e);
	if (rc <= 0)
		return rc < 0 ? -1 : insert_run(db, x, ret, e);
	*ret = db_integer(&rows, 0);
	conclusion_parse(view_of(db_text(&rows, 1)), &before);
	db_rows_done(&rows);
	return update_run(db, *ret, worse(before, x->conclusion), x, e);
}

/* The framework's own totals are right even where it does not print each test. */
static struct test_counts counts_of(const struct store_record *r, const struct diagnosis *d)
{
	struct test_counts counts = {-1, -1, -1, -1};

	if (d && d->tests_known)
		return d->tests;
	if (r->count)
		counts = (struct test_counts){0};
	for (size_t i = 0; i < r->count; i++)
		switch ((enum result)r->results[i].outcome) {
		case RESULT_PASSED:
			counts.passed++;
			break;
		case RESULT_FAILED:
			counts.failed++;
			break;
		case RESULT_SKIPPED:
			counts.skipped++;
			break;
		case RESULT_ERROR:
			counts.errors++;
			break;
		}
	return counts;
}

int record_job(struct store_record *r, const struct record_identity *x, const struct diagnosis *d, int64_t *ret_job,
	struct err *e)
{
	struct db *db = &r->store->db;
	struct test_counts tests = counts_of(r, d);
	bool step = d && d->failed_step.known;
	int64_t run;

	if (ensure_run(db, x, &run, e) != 0 ||
		db_run(db,
			"INSERT INTO job (run, key, name, os, conclusion, started, ended, recorded, step, command, "
			"exit_code, passed, failed, skipped, errors, dropped, image, fact) "
			"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
			WITH(INTEGER(run), TEXT(or_empty(x->key)), TEXT(x->name),
				TEXT(d ? store_clean(&r->arena, d->job.os, STORE_NAME_MAX) : NULL),
				TEXT(conclusion_name(x->conclusion)), UNLESS(CLOCK_UNKNOWN, x->started),
				INTEGER(x->ended), INTEGER(clock_now()),
				TEXT(step ? store_clean(&r->arena, d->failed_step.name, STORE_NAME_MAX) : NULL),
				TEXT(step ? store_clean(&r->arena, d->failed_step.command, STORE_TEXT_MAX) : NULL),
				UNLESS(-1, step ? d->failed_step.exit_code : -1), UNLESS(-1, tests.passed),
				UNLESS(-1, tests.failed), UNLESS(-1, tests.skipped), UNLESS(-1, tests.errors),
				INTEGER((int64_t)r->dropped), TEXT(x->image), TEXT(r->fact)),
			e) != 0)
		return -1;
	*ret_job = db_new_id(db);
	return 0;
}

static const char *excerpt_of(struct arena *a, const struct finding *f)
{
	BUF_AUTO text = buf_new(BUF_LINE);

	for (size_t i = 0; i < f->excerpt.count; i++)
		buf_addf(&text, "%s%s", i ? "\n" : "", f->excerpt.lines[i].text);
	return f->excerpt.count ? store_clean_view(a, buf_view(&text), STORE_EXCERPT_MAX) : NULL;
}

static int record_signature(struct db *db, const char *text, int64_t seen, int64_t *ret, struct err *e)
{
	if (store_signature(db, text, ret, e) != 0)
		return -1;
	return *ret == 0 ? 0
			 : db_run(db,
				   "UPDATE signature SET first_seen = CASE WHEN first_seen <= ?2 THEN first_seen ELSE "
				   "?2 END, "
				   "last_seen = CASE WHEN last_seen >= ?2 THEN last_seen ELSE ?2 END WHERE id = ?1",
				   WITH(INTEGER(*ret), INTEGER(seen)), e);
}

static int record_finding(
	struct store_record *r, int64_t job, size_t position, int64_t seen, const struct finding *f, struct err *e)
{
	struct db *db = &r->store->db;
	struct arena *a = &r->arena;
	const char *title = store_clean(a, f->title ? f->title : f->message, STORE_TEXT_MAX);
	int64_t signature;

	if (record_signature(db, store_clean_hash(a, f->signature), seen, &signature, e) != 0)
		return -1;
	return db_run(db,
		"INSERT INTO finding (job, position, signature, rule, category, severity, rank, confidence, transient, "
		"log_line, path, line, title, message, excerpt) "
		"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
		WITH(INTEGER(job), INTEGER((int64_t)position), UNLESS(0, signature),
			TEXT(store_clean(a, or_empty(f->rule_id), STORE_NAME_MAX)), TEXT(category_name(f->category)),
			TEXT(severity_name(f->severity)), TEXT(rank_name(f->rank)), REAL(f->confidence),
			INTEGER(f->transient), UNLESS(0, f->line),
			TEXT(store_clean(a, f->location.path, STORE_NAME_MAX)), UNLESS(0, f->location.line),
			TEXT(or_empty(title)), TEXT(store_clean(a, f->message, STORE_TEXT_MAX)),
			TEXT(position == 0 ? excerpt_of(a, f) : NULL)),
		e);
}

int record_findings(struct store_record *r, int64_t job, int64_t ended, const struct diagnosis *d, struct err *e)
{
	for (size_t i = 0; i < d->finding_count; i++)
		if (record_finding(r, job, i, ended, &d->findings[i], e) != 0)
			return -1;
	return 0;
}
