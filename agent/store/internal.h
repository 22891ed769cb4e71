/* internal.h - what the files of store/ share. */
#ifndef RM_STORE_INTERNAL_H
#define RM_STORE_INTERNAL_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/db.h"
#include "store/known.h"
#include "store/pack.h"
#include "store/store.h"

#define STORE_APPLICATION_ID 1380797764 /* "RMED" in the file's header */

struct store {
	struct db db;
	struct known names;
	struct suites suites;
	unsigned recording; /* executions that refer to names by their index */
	int64_t generation; /* of the ids in names and suites: a purge begins another */
};
/* The names that were met, and with them all ids: only when nobody records. */
void store_forget(struct store *s);
/* Ids that may not be in the database: after a rollback, a purge. */
void store_forget_ids(struct store *s);
/* Within a transaction: forgets ids where somebody purged since. */
int store_keep_up(struct store *s, struct err *e);

/* From schema.sql and views.sql, by tools/embed.c. */
extern const char schema_sql[];
extern const char views_sql[];

/* A new database gets `sql` at once; an older one walks the steps that it lacks. A test proves that both ways lead to
 * the same tables. */
struct schema_step {
	int to; /* 0 ends the list */
	const char *sql;
	int (*convert)(struct db *db, struct err *e); /* after sql; NULL: nothing is left to do */
};
struct schema {
	int version;
	const char *sql;
	const struct schema_step *steps;
};
extern const struct schema store_schema;

/* Makes sure that the database has this schema: in one transaction, so that it has the old or the new one. Refuses
 * other programs' databases and newer schemas; a reader also empty and older ones. */
int schema_ensure(struct db *db, const struct schema *schema, enum store_mode mode, struct err *e);
/* The TEMP views of this connection; a writer also brings those in the file up to date. */
int views_ensure(struct db *db, const char *sql, enum store_mode mode, struct err *e);

/* Redacted, then cut to `max` bytes of whole characters. NULL stays NULL. */
const char *store_clean(struct arena *a, const char *text, size_t max);
const char *store_clean_view(struct arena *a, struct view text, size_t max);
/* Hashes and signatures, which redaction need not look at; anything else is cleaned. NULL and "" are NULL. */
const char *store_clean_hash(struct arena *a, const char *text);

/* store_shapes_learn() within a transaction. */
int shapes_learn(struct db *db, const struct store_job *job, const struct shape_set *seen, struct err *e);

/* The id of a signature, which is added where it is new; *ret is 0 for NULL. */
int store_signature(struct db *db, const char *text, int64_t *ret, struct err *e);

#endif
