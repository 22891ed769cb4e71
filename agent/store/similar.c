#include "store/similar.h"

#include "learn/likeness.h"
#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

void store_similar_done(struct store_similar_list *l)
{
	if (!l)
		return;
	arena_done(&l->arena);
	*l = (struct store_similar_list){0};
}

static int add_fix(struct store *s, struct arena *a, struct store_similar *row, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &s->db,
		    "SELECT x.fixer, x.outcome, f.at, coalesce(x.outcome, '') IN ('green', 'merged') AS repaired FROM "
		    "fix_attempts x JOIN fix f ON f.id = x.fix_id "
		    "WHERE x.signature = ?1 AND x.status = 'applied' AND x.trust = 'full' "
		    "ORDER BY repaired DESC, f.at DESC, f.id DESC LIMIT 1",
		    WITH(TEXT(row->signature)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		row->fixer = arena_text(a, db_text(&rows, 0));
		row->outcome = arena_text(a, db_text(&rows, 1));
		row->fixed_at = db_integer(&rows, 2);
		row->repaired = db_integer(&rows, 3) != 0;
	}
	return rc;
}

/* Its message, in an arena: the newest that was recorded. */
static int find_message(struct store *s, struct arena *a, const char *signature, const char **ret, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &s->db,
		    "SELECT f.message FROM finding f JOIN signature g ON g.id = f.signature WHERE g.text = ?1 "
		    "ORDER BY f.id DESC LIMIT 1",
		    WITH(TEXT(signature)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1)
		*ret = arena_text(a, db_text(&rows, 0));
	return rc;
}

static struct store_similar read_row(struct arena *a, const struct db_rows *rows)
{
	return (struct store_similar){
		.signature = arena_text(a, db_text(rows, 0)),
		.rule = arena_text(a, db_text(rows, 1)),
		.category = arena_text(a, db_text(rows, 2)),
		.title = arena_text(a, db_text(rows, 3)),
		.path = arena_text(a, db_text(rows, 4)),
		.message = arena_text(a, db_text(rows, 5)),
		.jobs = db_integer(rows, 6),
		.first_seen = db_integer_or(rows, 7, CLOCK_UNKNOWN),
		.last_seen = db_integer_or(rows, 8, CLOCK_UNKNOWN),
		.fixed_at = CLOCK_UNKNOWN,
	};
}

static int most_alike(const void *pa, const void *pb)
{
	const struct store_similar *a = pa, *b = pb;

	if (a->likeness != b->likeness)
		return a->likeness > b->likeness ? -1 : 1;
	if (a->jobs != b->jobs)
		return a->jobs > b->jobs ? -1 : 1;
	if (a->last_seen != b->last_seen)
		return a->last_seen > b->last_seen ? -1 : 1;
	return strcmp(a->signature, b->signature);
}

struct wanted {
	const char *signature, *message;
	struct likeness_set shape;
};

/* 0: it has nothing to do with it. */
static double alike(const struct wanted *w, const struct db_rows *rows)
{
	struct likeness_set shape;
	const char *signature = db_text(rows, 0), *message = db_text(rows, 5);

	if (!w->signature && !w->message)
		return 1;
	if (w->signature && !strcmp(signature, w->signature))
		return 1;
	likeness_of(&shape, view_of(message ? message : db_text(rows, 3)));
	double share = likeness(&w->shape, &shape);
	return share < LIKENESS_WORTH_SAYING ? 0 : share < 0.99 ? share : 0.99; /* 1 is for the same signature */
}

static int look(struct store *s, const struct wanted *w, struct store_similar_list *l, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &s->db,
		    "SELECT g.text, f.rule, f.category, f.title, f.path, f.message, "
		    "(SELECT count(DISTINCT x.job) FROM finding x WHERE x.signature = g.id), g.first_seen, g.last_seen "
		    "FROM signature g JOIN finding f ON f.id = (SELECT max(n.id) FROM finding n WHERE n.signature = "
		    "g.id) "
		    "WHERE f.position = 0 OR (f.rank = 'cause' AND f.severity = 'error') "
		    "ORDER BY g.last_seen DESC, g.id DESC LIMIT ?1",
		    WITH(INTEGER(SIMILAR_LOOKED_AT_MAX)), e) != 0)
		return -1;
	l->rows = arena_array(&l->arena, SIMILAR_LOOKED_AT_MAX, sizeof *l->rows);
	while ((rc = db_next(&rows, e)) == 1) {
		double share = alike(w, &rows);

		if (share <= 0)
			continue;
		l->rows[l->n] = read_row(&l->arena, &rows);
		l->rows[l->n++].likeness = share;
	}
	return rc;
}

int store_similar(struct store *s, const char *signature_or_null, const char *message_or_null, unsigned limit,
	struct store_similar_list *ret, struct err *e)
{
	struct store_similar_list l = {0};
	struct wanted w = {.signature = signature_or_null, .message = message_or_null};
	int rc = 0;

	if (w.signature && !w.message)
		rc = find_message(s, &l.arena, w.signature, &w.message, e);
	likeness_of(&w.shape, view_of(w.message));
	if (rc == 0)
		rc = look(s, &w, &l, e);
	if (rc == 0 && l.n)
		qsort(l.rows, l.n, sizeof *l.rows, most_alike);
	if (l.n > limit)
		l.n = limit;
	for (size_t i = 0; rc == 0 && i < l.n; i++)
		rc = add_fix(s, &l.arena, &l.rows[i], e);
	if (rc != 0) {
		store_similar_done(&l);
		return -1;
	}
	*ret = l;
	return 0;
}

int store_seen(struct store *s, struct arena *a, const char *signature, const char *but_digest_or_null,
	struct store_similar *ret, struct err *e)
{
	struct db_rows rows;
	int rc;

	*ret = (struct store_similar){.first_seen = CLOCK_UNKNOWN, .last_seen = CLOCK_UNKNOWN};
	if (db_query(&rows, &s->db,
		    "SELECT count(DISTINCT j.id), min(j.ended), max(j.ended) FROM finding f "
		    "JOIN signature g ON g.id = f.signature JOIN job j ON j.id = f.job JOIN run r ON r.id = j.run "
		    "WHERE g.text = ?1 AND (?2 IS NULL OR r.digest IS NULL OR r.digest <> ?2)",
		    WITH(TEXT(signature), TEXT(but_digest_or_null)), e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		ret->jobs = db_integer(&rows, 0);
		ret->first_seen = db_integer_or(&rows, 1, CLOCK_UNKNOWN);
		ret->last_seen = db_integer_or(&rows, 2, CLOCK_UNKNOWN);
	}
	if (rc != 0 || !ret->jobs)
		return rc;
	ret->signature = arena_text(a, signature);
	ret->likeness = 1;
	return add_fix(s, a, ret, e);
}
