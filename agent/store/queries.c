#include "store/internal.h"

#include <limits.h>

int store_record_outcome(struct store *s, const char *signature, const char *fixer, const char *commit,
	enum outcome outcome, int64_t at, struct err *e)
{
	ARENA_AUTO a = {0};
	struct db *db = &s->db;
	int64_t id;

	if (db_begin(db, e) != 0)
		return -1;
	if (store_signature(db, store_clean_hash(&a, signature), &id, e) != 0 ||
		db_run(db,
			"INSERT INTO outcome (at, fixer, signature, sha, outcome) VALUES (?1, ?2, ?3, ?4, ?5) "
			"ON CONFLICT DO NOTHING",
			WITH(INTEGER(at), TEXT(store_clean(&a, fixer, STORE_NAME_MAX)), UNLESS(0, id),
				TEXT(store_clean_hash(&a, commit)), TEXT(outcome_name(outcome))),
			e) != 0) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db, e);
}

int store_audit(struct store *s, const char *action, const char *detail, struct err *e)
{
	ARENA_AUTO a = {0};

	return db_run(&s->db, "INSERT INTO audit (at, action, detail) VALUES (?1, ?2, ?3)",
		WITH(INTEGER(clock_now()), TEXT(store_clean(&a, action, STORE_NAME_MAX)),
			TEXT(store_clean(&a, detail, STORE_TEXT_MAX))),
		e);
}

int store_audit_once(struct store *s, const char *action, const char *detail, struct err *e)
{
	ARENA_AUTO a = {0};

	return db_run(&s->db,
		"INSERT INTO audit (at, action, detail) SELECT ?1, ?2, ?3 "
		"WHERE NOT EXISTS (SELECT 1 FROM audit WHERE action = ?2 AND detail = ?3)",
		WITH(INTEGER(clock_now()), TEXT(store_clean(&a, action, STORE_NAME_MAX)),
			TEXT(store_clean(&a, detail, STORE_TEXT_MAX))),
		e);
}

static unsigned as_unsigned(int64_t n)
{
	return n < 0 ? 0 : n > UINT_MAX ? UINT_MAX : (unsigned)n;
}

bool store_fix_record(struct store *s, const char *fixer, const char *rule, unsigned *ret_good, unsigned *ret_bad)
{
	struct db_rows rows;
	bool any = false;

	if (db_query(&rows, &s->db,
		    "SELECT count(*) FILTER (WHERE outcome IN ('green', 'merged')), "
		    "count(*) FILTER (WHERE outcome IN ('red', 'reverted', 'withdrawn')) "
		    "FROM fix_outcomes WHERE fixer = ?1 AND (?2 IS NULL OR rule = ?2)",
		    WITH(TEXT(fixer), TEXT(rule)), NULL) != 0)
		return false;
	while (db_next(&rows, NULL) == 1) {
		*ret_good = as_unsigned(db_integer(&rows, 0));
		*ret_bad = as_unsigned(db_integer(&rows, 1));
		any = *ret_good || *ret_bad;
	}
	return any;
}

int store_fix_outcomes(struct store *s, const struct store_filter *f, const char *fixer_or_null,
	void (*each)(void *context, const struct store_fix_outcome *o), void *context, struct err *e)
{
	struct store_fix_outcome o;
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &s->db,
		    "SELECT at_us, fixer, rule, signature, outcome FROM fix_outcomes "
		    "WHERE (?1 IS NULL OR at_us > ?1) AND (?2 IS NULL OR at_us <= ?2) AND (?3 IS NULL OR branch = ?3) "
		    "AND (?4 IS NULL OR workflow = ?4) AND (?5 IS NULL OR fixer = ?5) ORDER BY at_us, fixer, signature",
		    WITH(UNLESS(CLOCK_UNKNOWN, f->from), UNLESS(CLOCK_UNKNOWN, f->to), TEXT(f->branch),
			    TEXT(f->workflow), TEXT(fixer_or_null)),
		    e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		o = (struct store_fix_outcome){.at = db_integer(&rows, 0),
			.fixer = db_text(&rows, 1),
			.rule = db_text(&rows, 2),
			.signature = db_text(&rows, 3)};
		if (outcome_parse(view_of(db_text(&rows, 4)), &o.outcome))
			each(context, &o);
	}
	return rc;
}

static struct store_fix_row fix_row(const struct db_rows *rows)
{
	return (struct store_fix_row){
		.at = db_integer(rows, 0),
		.fixer = db_text(rows, 1),
		.rule = db_text(rows, 2),
		.signature = db_text(rows, 3),
		.status = db_text(rows, 4),
		.tier = db_text(rows, 5),
		.outcome = db_text(rows, 6),
		.reason = db_text(rows, 7),
		.files = db_text(rows, 8),
		.confidence = db_real(rows, 9),
	};
}

int store_fixes(struct store *s, const struct store_filter *f, const char *fixer_or_null, unsigned limit,
	void (*each)(void *context, const struct store_fix_row *row), void *context, struct err *e)
{
	const char *space = f->space < 0 ? NULL : space_name((enum space)f->space);
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &s->db,
		    "SELECT f.at, x.fixer, x.rule, x.signature, x.status, x.tier, x.outcome, x.reason, x.files, "
		    "x.confidence FROM fix_attempts x JOIN fix f ON f.id = x.fix_id "
		    "WHERE (?1 IS NULL OR f.at > ?1) AND (?2 IS NULL OR f.at <= ?2) AND (?3 IS NULL OR x.branch = ?3) "
		    "AND (?4 IS NULL OR x.workflow = ?4) AND (?5 IS NULL OR x.space = ?5) "
		    "AND (?6 IS NULL OR x.fixer = ?6) ORDER BY f.at DESC, f.id DESC LIMIT ?7",
		    WITH(UNLESS(CLOCK_UNKNOWN, f->from), UNLESS(CLOCK_UNKNOWN, f->to), TEXT(f->branch),
			    TEXT(f->workflow), TEXT(space), TEXT(fixer_or_null), INTEGER(limit)),
		    e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		struct store_fix_row row = fix_row(&rows);

		each(context, &row);
	}
	return rc;
}

static int file_size(struct db *db, int64_t *ret, struct err *e)
{
	int64_t pages, size;

	if (db_find(db, &pages, "PRAGMA page_count", NOTHING, e) < 0 ||
		db_find(db, &size, "PRAGMA page_size", NOTHING, e) < 0)
		return -1;
	*ret = pages * size;
	return 0;
}

int store_totals(struct store *s, struct store_totals *ret, struct err *e)
{
	struct store_totals t = {.first = CLOCK_UNKNOWN, .last = CLOCK_UNKNOWN};
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &s->db,
		    "SELECT (SELECT count(*) FROM job), "
		    "(SELECT count(*) FROM job WHERE conclusion IN ('failure', 'timed_out')), "
		    "(SELECT count(*) FROM finding), (SELECT count(*) FROM signature), (SELECT count(*) FROM test), "
		    "(SELECT coalesce(sum(passed), 0) FROM pack) + (SELECT count(*) FROM test_unpassed), "
		    "(SELECT count(*) FROM fix), (SELECT min(ended) FROM job), (SELECT max(ended) FROM job)",
		    NOTHING, e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		int64_t *const counts[] = {
			&t.executions, &t.failed, &t.findings, &t.signatures, &t.tests, &t.results, &t.fixes};

		for (int i = 0; i < 7; i++)
			*counts[i] = db_integer(&rows, i);
		t.first = db_integer_or(&rows, 7, CLOCK_UNKNOWN);
		t.last = db_integer_or(&rows, 8, CLOCK_UNKNOWN);
	}
	if (rc != 0 || file_size(&s->db, &t.bytes, e) != 0)
		return -1;
	*ret = t;
	return 0;
}
