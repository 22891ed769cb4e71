#include "store/facts.h"
#include "store/internal.h"

#include <string.h>

/* Of what a purge names. ?1 repository, ?2 branch, ?3 run, ?4 until: NULL or 0 is any. */
static const char *const named[] = {
	"DELETE FROM run WHERE (?1 IS NULL OR repository = ?1) AND (?2 IS NULL OR branch = ?2) AND (?3 = 0 OR number = "
	"?3) "
	"AND (?4 IS NULL OR ended <= ?4)",
	"DELETE FROM delivery WHERE (?1 IS NULL OR repository = ?1) AND (?2 IS NULL OR branch = ?2) "
	"AND (?3 = 0 OR run = ?3) AND (?4 IS NULL OR at <= ?4)",
	"DELETE FROM rerun WHERE (?1 IS NULL OR repository = ?1) AND (?2 IS NULL OR branch = ?2) "
	"AND (?3 = 0 OR run = ?3) AND (?4 IS NULL OR at <= ?4)",
	/* sums know no branch and no run */
	"DELETE FROM test_week WHERE ?2 IS NULL AND ?3 = 0 AND (?4 IS NULL OR (week + 7) * 86400000000 <= ?4) "
	"AND suite IN (SELECT id FROM suite WHERE ?1 IS NULL OR repository = ?1)",
	"DELETE FROM issue WHERE (?1 IS NULL OR repository = ?1) AND ?2 IS NULL AND ?3 = 0 AND (?4 IS NULL OR at <= "
	"?4)",
	"DELETE FROM passing WHERE (?1 IS NULL OR repository = ?1) AND ?2 IS NULL AND ?3 = 0 "
	"AND (?4 IS NULL OR updated <= ?4)",
	/* these belong to no repository */
	"DELETE FROM outcome WHERE ?1 IS NULL AND ?2 IS NULL AND ?3 = 0 AND (?4 IS NULL OR at <= ?4)",
	"DELETE FROM ignored WHERE ?1 IS NULL AND ?2 IS NULL AND ?3 = 0 AND (?4 IS NULL OR at <= ?4)",
	"DELETE FROM audit WHERE ?1 IS NULL AND ?2 IS NULL AND ?3 = 0 AND (?4 IS NULL OR at <= ?4)",
};

/* Texts that nothing names any more. */
static const char orphans[] =
	"DELETE FROM suite_test WHERE suite NOT IN (SELECT suite FROM pack UNION SELECT suite FROM test_week);"
	"DELETE FROM suite WHERE id NOT IN (SELECT suite FROM pack UNION SELECT suite FROM test_week);"
	"DELETE FROM test WHERE id NOT IN (SELECT test FROM suite_test UNION SELECT test FROM test_unpassed "
	"UNION SELECT test FROM test_week);"
	"DELETE FROM path WHERE id NOT IN (SELECT path FROM coverage_file UNION SELECT path FROM coverage_gate "
	"WHERE path IS NOT NULL UNION SELECT path FROM lint_count);"
	"DELETE FROM lint_rule WHERE id NOT IN (SELECT rule FROM lint_count);"
	"DELETE FROM signature WHERE id NOT IN (SELECT signature FROM finding WHERE signature IS NOT NULL "
	"UNION SELECT signature FROM fix WHERE signature IS NOT NULL "
	"UNION SELECT signature FROM outcome WHERE signature IS NOT NULL "
	"UNION SELECT signature FROM delivery WHERE signature IS NOT NULL "
	"UNION SELECT signature FROM rerun WHERE signature IS NOT NULL UNION SELECT signature FROM ignored "
	"UNION SELECT signature FROM issue);"
	/* whoever is connected must not go by the ids that it remembers */
	"INSERT INTO meta (key, value) VALUES ('generation', '1') "
	"ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT);";

static int forget(struct db *db, const struct store_purge *p, int64_t *ret, struct err *e)
{
	if (db_find(db, ret,
		    "SELECT count(*) FROM job j JOIN run r ON r.id = j.run WHERE (?1 IS NULL OR r.repository = ?1) "
		    "AND (?2 IS NULL OR r.branch = ?2) AND (?3 = 0 OR r.number = ?3) AND (?4 IS NULL OR r.ended <= ?4)",
		    WITH(TEXT(p->repository), TEXT(p->branch), INTEGER(p->run), UNLESS(CLOCK_UNKNOWN, p->until)),
		    e) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++)
		if (db_run(db, named[i],
			    WITH(TEXT(p->repository), TEXT(p->branch), INTEGER(p->run),
				    UNLESS(CLOCK_UNKNOWN, p->until)),
			    e) != 0)
			return -1;
	return db_script(db, orphans, e);
}

int store_purge(struct store *s, const struct store_purge *p, int64_t *ret, struct err *e)
{
	struct db *db = &s->db;

	*ret = 0;
	if (!p->everything && !p->repository && !p->branch && !p->run && p->until == CLOCK_UNKNOWN)
		return err_set(e, ERR_INPUT, "purging names nothing; say what shall go, or everything");
	/* What goes is overwritten, not only no longer named. */
	if (db_script(db, "PRAGMA secure_delete = ON", e) != 0 || db_begin(db, e) != 0)
		return -1;
	if (forget(db, p, ret, e) != 0) {
		db_rollback(db);
		return -1;
	}
	store_forget_ids(s);
	return db_commit(db, e) != 0 ? -1
				     : db_script(db, "PRAGMA wal_checkpoint(TRUNCATE); PRAGMA secure_delete = OFF", e);
}

/* A copy of the file is made on the way, which belongs on the disk. Changing where such things stand drops our views.
 */
int store_compact(struct store *s, struct err *e)
{
	struct db *db = &s->db;
	int rc = db_script(db, "PRAGMA temp_store = FILE; VACUUM; PRAGMA wal_checkpoint(TRUNCATE)", e);
	struct err late = {0};

	if (db_script(db, "PRAGMA temp_store = MEMORY", &late) != 0 ||
		views_ensure(db, views_sql, STORE_WRITE, &late) != 0)
		return rc != 0 ? -1 : err_set(e, late.code, "%s", late.text);
	return rc;
}
