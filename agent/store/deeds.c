#include "store/internal.h"
#include "store/results.h"

/* ?1 from, ?2 to, ?3 branch, ?4 workflow, ?5 repository. An outcome stands alone; who made the fix, and where, is known
 * from its delivery or from the job that it was made for. */
/* clang-format off */
static const char deeds_sql[] =
	"SELECT 0, o.at, repository, workflow, branch, o.fixer, rule, s.text, o.sha, 0, o.outcome FROM ("
	"  SELECT o.*, coalesce(d.rule, f.rule) AS rule, coalesce(d.repository, r.repository) AS repository,"
	"    coalesce(d.workflow, r.workflow) AS workflow, coalesce(d.branch, r.branch) AS branch, r.fork AS fork"
	"  FROM outcome o"
	"  LEFT JOIN delivery d ON d.id = (SELECT max(n.id) FROM delivery n WHERE n.fixer = o.fixer"
	"    AND coalesce(n.signature, 0) = coalesce(o.signature, 0) AND coalesce(n.sha, '') = coalesce(o.sha, ''))"
	"  LEFT JOIN fix f ON f.id = (SELECT max(n.id) FROM fix n WHERE n.fixer = o.fixer AND n.status = 'applied'"
	"    AND coalesce(n.signature, 0) = coalesce(o.signature, 0) AND coalesce(n.sha, '') = coalesce(o.sha, ''))"
	"  LEFT JOIN job j ON j.id = f.job LEFT JOIN run r ON r.id = j.run"
	"  WHERE o.at > ?1 AND o.at <= ?2"
	"    AND NOT EXISTS (SELECT 1 FROM outcome n WHERE n.fixer = o.fixer AND n.at <= ?2"
	"      AND coalesce(n.signature, 0) = coalesce(o.signature, 0) AND coalesce(n.sha, '') = coalesce(o.sha, '')"
	"      AND (n.at > o.at OR (n.at = o.at AND n.id > o.id)))) o"
	" LEFT JOIN signature s ON s.id = o.signature"
	" WHERE coalesce(fork, 0) = 0 AND (?3 IS NULL OR branch IS NULL OR branch = ?3)"
	"  AND (?4 IS NULL OR workflow IS NULL OR workflow = ?4) AND (?5 IS NULL OR repository IS NULL OR repository = ?5)"
	" UNION ALL"
	" SELECT 1, r.at, r.repository, r.workflow, r.branch, NULL, NULL, s.text, r.sha, r.run, r.result"
	" FROM rerun r LEFT JOIN signature s ON s.id = r.signature"
	" WHERE r.result IS NOT NULL AND r.at > ?1 AND r.at <= ?2 AND (?3 IS NULL OR r.branch IS NULL OR r.branch = ?3)"
	"  AND (?4 IS NULL OR r.workflow IS NULL OR r.workflow = ?4) AND (?5 IS NULL OR r.repository = ?5)"
	" ORDER BY 2, 1, 6, 8";
/* clang-format on */

static struct store_deed read_deed(const struct db_rows *rows)
{
	struct store_deed d = {
		.rerun = db_integer(rows, 0) != 0,
		.at = db_integer(rows, 1),
		.repository = db_text(rows, 2),
		.workflow = db_text(rows, 3),
		.branch = db_text(rows, 4),
		.fixer = db_text(rows, 5),
		.rule = db_text(rows, 6),
		.signature = db_text(rows, 7),
		.sha = db_text(rows, 8),
		.run = db_integer(rows, 9),
		.outcome = OUTCOME_UNVERIFIED,
	};

	if (d.rerun)
		conclusion_parse(view_of(db_text(rows, 10)), &d.result);
	else
		outcome_parse(view_of(db_text(rows, 10)), &d.outcome);
	return d;
}

int store_each_deed(struct store *s, const struct store_filter *f, const char *repository_or_null,
	void (*each)(void *context, const struct store_deed *deed), void *context, struct err *e)
{
	struct db_rows rows;
	int rc;

	if (db_query(&rows, &s->db, deeds_sql,
		    WITH(INTEGER(f->from == CLOCK_UNKNOWN ? INT64_MIN : f->from),
			    INTEGER(f->to == CLOCK_UNKNOWN ? INT64_MAX : f->to), TEXT(f->branch), TEXT(f->workflow),
			    TEXT(repository_or_null)),
		    e) != 0)
		return -1;
	while ((rc = db_next(&rows, e)) == 1) {
		struct store_deed d = read_deed(&rows);

		each(context, &d);
	}
	return rc;
}
