#include "store/delivery.h"

#include "store/internal.h"

#include <limits.h>

#define OPEN_ONLY "coalesce(d.outcome, '') NOT IN ('merged', 'closed', 'reverted', 'withdrawn')"
#define NEEDED(text) TEXT((text) ? (text) : "")

static struct db_value number(int64_t n)
{
	return UNLESS(0, n);
}

int store_deliver(struct store *s, const struct store_delivery *d, struct err *e)
{
	ARENA_AUTO a = {0};
	struct db *db = &s->db;
	int64_t signature;

	if (db_begin(db, e) != 0)
		return -1;
	if (store_signature(db, store_clean_hash(&a, d->signature), &signature, e) != 0 ||
		db_run(db,
			"INSERT INTO delivery (repository, fixer, rule, signature, way, workflow, branch, base_sha, "
			"sha, fix_branch, pull, run, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, "
			"?13) ON CONFLICT DO NOTHING",
			WITH(NEEDED(store_clean(&a, d->repository, STORE_NAME_MAX)),
				NEEDED(store_clean(&a, d->fixer, STORE_NAME_MAX)),
				TEXT(store_clean(&a, d->rule, STORE_NAME_MAX)), number(signature),
				NEEDED(store_clean(&a, d->way, STORE_NAME_MAX)),
				TEXT(store_clean(&a, d->workflow, STORE_NAME_MAX)),
				TEXT(store_clean(&a, d->branch, STORE_NAME_MAX)),
				NEEDED(store_clean_hash(&a, d->base_sha)), TEXT(store_clean_hash(&a, d->commit)),
				TEXT(store_clean(&a, d->fix_branch, STORE_NAME_MAX)), number(d->pull), number(d->run),
				INTEGER(d->at)),
			e) != 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, e);
}

/* The same outcome that the fix gets: once, however often it is told. */
static int settle(struct db *db, int64_t delivery, const char *outcome, int64_t at, const char *reason, struct err *e)
{
	int64_t one;
	int rc = db_find(db, &one, "SELECT 1 FROM delivery WHERE id = ?1", WITH(INTEGER(delivery)), e);

	if (rc <= 0)
		return rc < 0 ? -1 : err_set(e, ERR_NOT_FOUND, "no delivery has the number %lld", (long long)delivery);
	if (db_run(db,
		    "INSERT INTO outcome (at, fixer, signature, sha, outcome) "
		    "SELECT ?3, d.fixer, d.signature, d.sha, ?2 FROM delivery d "
		    "WHERE d.id = ?1 AND d.outcome IS NOT ?2 AND " OPEN_ONLY " ON CONFLICT DO NOTHING",
		    WITH(INTEGER(delivery), TEXT(outcome), INTEGER(at)), e) != 0)
		return -1;
	return db_run(db,
		"UPDATE delivery AS d SET outcome = ?2, settled = ?3, reason = ?4 "
		"WHERE d.id = ?1 AND d.outcome IS NOT ?2 AND " OPEN_ONLY,
		WITH(INTEGER(delivery), TEXT(outcome), INTEGER(at), TEXT(reason)), e);
}

int store_settle(struct store *s, int64_t delivery, enum outcome outcome, int64_t at, const char *reason, struct err *e)
{
	ARENA_AUTO a = {0};
	struct db *db = &s->db;

	if (db_begin(db, e) != 0)
		return -1;
	if (settle(db, delivery, outcome_name(outcome), at, store_clean(&a, reason, STORE_TEXT_MAX), e) != 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, e);
}

static struct store_delivery read_delivery(struct arena *a, const struct db_rows *rows)
{
	return (struct store_delivery){
		.id = db_integer(rows, 0),
		.repository = arena_text(a, db_text(rows, 1)),
		.fixer = arena_text(a, db_text(rows, 2)),
		.rule = arena_text(a, db_text(rows, 3)),
		.signature = arena_text(a, db_text(rows, 4)),
		.way = arena_text(a, db_text(rows, 5)),
		.workflow = arena_text(a, db_text(rows, 6)),
		.branch = arena_text(a, db_text(rows, 7)),
		.base_sha = arena_text(a, db_text(rows, 8)),
		.commit = arena_text(a, db_text(rows, 9)),
		.fix_branch = arena_text(a, db_text(rows, 10)),
		.pull = (int)db_integer(rows, 11),
		.run = db_integer(rows, 12),
		.at = db_integer(rows, 13),
		.outcome = arena_text(a, db_text(rows, 14)),
		.settled_at = db_integer_or(rows, 15, CLOCK_UNKNOWN),
	};
}

/* Read as a whole before anybody is called: who is called may settle what he sees. */
int store_open_deliveries(struct store *s, const char *repository, int pull, const char *branch,
	bool (*each)(void *context, const struct store_delivery *d), void *context, struct err *e)
{
	ARENA_AUTO a = {0};
	struct store_delivery *all;
	struct db_rows rows;
	size_t n = 0;
	int rc;

	if (db_query(&rows, &s->db,
		    "SELECT d.id, d.repository, d.fixer, d.rule, g.text, d.way, d.workflow, d.branch, d.base_sha, "
		    "d.sha, "
		    "d.fix_branch, d.pull, d.run, d.at, d.outcome, d.settled "
		    "FROM delivery d LEFT JOIN signature g ON g.id = d.signature "
		    "WHERE d.repository = ?1 AND (?2 = 0 OR d.pull = ?2) AND (?3 IS NULL OR d.branch = ?3) "
		    "AND " OPEN_ONLY " ORDER BY d.at, d.id LIMIT ?4",
		    WITH(NEEDED(repository), INTEGER(pull), TEXT(branch), INTEGER(STORE_DELIVERIES_MAX)), e) != 0)
		return -1;
	all = arena_array(&a, STORE_DELIVERIES_MAX, sizeof(*all));
	while ((rc = db_next(&rows, e)) == 1)
		all[n++] = read_delivery(&a, &rows);
	for (size_t i = 0; rc == 0 && i < n && each(context, &all[i]); i++)
		;
	return rc;
}

static unsigned count(const struct db_rows *rows, int column)
{
	int64_t n = db_integer(rows, column);

	return n < 0 ? 0 : n > UINT_MAX ? UINT_MAX : (unsigned)n;
}

/* What failed may be told by deliveries here, or only by outcomes that came from elsewhere: the larger counts. */
int store_tried(struct store *s, const char *repository, const char *branch, const char *fixer, const char *signature,
	const char *base_sha, struct store_tried *ret, struct err *e)
{
	struct db_rows rows;
	int rc;

	*ret = (struct store_tried){0};
	if (!signature)
		return 0;
	if (db_query(&rows, &s->db,
		    "SELECT count(DISTINCT d.base_sha) FILTER (WHERE d.repository = ?1 AND d.branch IS ?2), "
		    "max(count(*) FILTER (WHERE d.fixer = ?3 AND d.outcome IN ('red', 'reverted', 'withdrawn')), "
		    "(SELECT count(*) FROM (SELECT o.outcome, max(o.at) FROM outcome o JOIN signature x ON x.id = "
		    "o.signature WHERE x.text = ?4 AND o.fixer = ?3 GROUP BY o.sha) WHERE outcome IN ('red', "
		    "'reverted', "
		    "'withdrawn'))), "
		    "count(*) FILTER (WHERE d.fixer = ?3 AND d.outcome = 'closed'), "
		    "count(*) FILTER (WHERE d.repository = ?1 AND d.fixer = ?3 "
		    "AND (d.base_sha = ?5 OR (d.branch IS ?2 AND " OPEN_ONLY "))) "
		    "FROM delivery d JOIN signature g ON g.id = d.signature WHERE g.text = ?4",
		    WITH(NEEDED(repository), TEXT(branch), TEXT(fixer), TEXT(signature), TEXT(base_sha)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1)
		*ret = (struct store_tried){
			count(&rows, 0), count(&rows, 1), count(&rows, 2), db_integer(&rows, 3) != 0};
	return rc;
}

int store_rerun(struct store *s, const struct store_rerun *r, struct err *e)
{
	ARENA_AUTO a = {0};
	struct db *db = &s->db;
	int64_t signature;

	if (db_begin(db, e) != 0)
		return -1;
	if (store_signature(db, store_clean_hash(&a, r->signature), &signature, e) != 0 ||
		db_run(db,
			"INSERT INTO rerun (repository, run, attempt, branch, sha, workflow, signature, reason, at) "
			"VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO NOTHING",
			WITH(NEEDED(store_clean(&a, r->repository, STORE_NAME_MAX)), INTEGER(r->run),
				INTEGER(r->attempt), TEXT(store_clean(&a, r->branch, STORE_NAME_MAX)),
				TEXT(store_clean_hash(&a, r->sha)), TEXT(store_clean(&a, r->workflow, STORE_NAME_MAX)),
				number(signature), TEXT(store_clean(&a, r->reason, STORE_TEXT_MAX)), INTEGER(r->at)),
			e) != 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, e);
}

int store_rerun_result(
	struct store *s, const char *repository, int64_t run, int attempt, enum conclusion result, struct err *e)
{
	return db_run(&s->db, "UPDATE rerun SET result = ?4 WHERE repository = ?1 AND run = ?2 AND attempt = ?3",
		WITH(NEEDED(repository), INTEGER(run), INTEGER(attempt), TEXT(conclusion_name(result))), e);
}

static int count_reruns(struct store *s, const char *repository, int64_t run, const char *branch, const char *signature,
	int64_t since, struct store_reruns *ret, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &s->db,
		    "SELECT (SELECT count(*) FROM rerun WHERE repository = ?1 AND run = ?2), "
		    "(SELECT count(*) FROM rerun WHERE repository = ?1 AND branch IS ?3 AND at >= ?5), "
		    "count(*) FILTER (WHERE r.result = 'success'), "
		    "count(*) FILTER (WHERE r.result IN ('failure', 'timed_out')) "
		    "FROM rerun r JOIN signature g ON g.id = r.signature WHERE g.text = ?4",
		    WITH(NEEDED(repository), INTEGER(run), TEXT(branch), TEXT(signature),
			    INTEGER(since == CLOCK_UNKNOWN ? 0 : since)),
		    e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		ret->of_run = count(&rows, 0);
		ret->of_branch = count(&rows, 1);
		ret->helped = count(&rows, 2);
		ret->did_not = count(&rows, 3);
	}
	return rc;
}

/* The other executions of the same job at the same commit. */
static int count_same_sha(struct store *s, const char *signature, struct store_reruns *ret, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &s->db,
		    "SELECT count(DISTINCT j2.id) FILTER (WHERE j2.conclusion = 'success'), "
		    "count(DISTINCT j2.id) FILTER (WHERE j2.conclusion IN ('failure', 'timed_out')) "
		    "FROM signature g JOIN finding f ON f.signature = g.id AND f.position = 0 JOIN job j ON j.id = "
		    "f.job "
		    "JOIN run r ON r.id = j.run AND r.fork = 0 "
		    "JOIN run r2 ON r2.sha = r.sha AND r2.repository = r.repository AND r2.fork = 0 "
		    "AND r2.workflow IS r.workflow AND r2.space = r.space "
		    "JOIN job j2 ON j2.run = r2.id AND j2.name = j.name AND j2.id <> j.id WHERE g.text = ?1",
		    WITH(TEXT(signature)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		ret->same_sha_passed = count(&rows, 0);
		ret->same_sha_failed = count(&rows, 1);
	}
	return rc;
}

int store_reruns(struct store *s, const char *repository, int64_t run, const char *branch, const char *signature,
	int64_t since, struct store_reruns *ret, struct err *e)
{
	*ret = (struct store_reruns){0};
	if (count_reruns(s, repository, run, branch, signature, since, ret, e) != 0)
		return -1;
	return signature ? count_same_sha(s, signature, ret, e) : 0;
}
