/* facts_refs.h - the facts of runs as refs of the repository that they belong to, where no runner can lose them.
 *
 * An object is text that nobody here looks into: a first line that says FACTS_SCHEMA and when it was, then facts, one
 * a line (store/facts.h writes and reads them). It is a blob in the tree of an orphan commit; the same facts give the
 * same blob, tree and commit, wherever they are packed. A commit is pushed to a ref that nobody else pushes to, so that
 * no two runs contend: refs/runmedic/facts/<run>-<attempt>. A second, different object of one run stands beside it.
 * Forks' facts have a prefix of their own. Nothing is checked out or cloned, no branch is touched, no workflow starts.
 *
 * Compaction folds many refs into one: first the new ref is made, then those that it holds are removed, each only at
 * the commit that was folded. So whatever is pushed meanwhile stays, and after a kill at any moment nothing is lost. A
 * lease keeps two compactions from doing the same work; without it they would do no harm. */
#ifndef RM_HEAL_FACTS_REFS_H
#define RM_HEAL_FACTS_REFS_H

#include "heal/remote.h"

#define FACTS_REFS "refs/runmedic/facts/"
#define FACTS_REFS_FORK "refs/runmedic/facts-fork/"
#define FACTS_REF_LEASE "refs/runmedic/lease"
#define FACTS_SCHEMA "runmedic.facts/1"
#define FACTS_TESTS "tests-" /* begins the names of objects that others need: they are read first */

#define FACTS_OBJECT_MAX ((size_t)16 << 20) /* bytes of one object */
#define FACTS_OBJECTS_MAX 20000u            /* of one commit */
#define FACTS_NAME_MAX 120u
#define FACTS_LOOSE_MAX 200u /* refs of single runs before they are folded */
#define FACTS_PACKED_MAX 20u /* refs of many before they are folded, too */
#define FACTS_SINGLE_MAX 20u /* more runs than this in one push share a commit */
#define FACTS_LEASE_S 900    /* a lease that is older belongs to nobody */

/* A bare repository in a temporary folder, and where it pushes to. The options must outlive it. */
struct facts_refs;
int facts_refs_open(struct facts_refs **ret, const struct git_remote_options *o, struct err *e);
void facts_refs_close(struct facts_refs *f); /* NULL is fine */

/* Begins the text of an object. */
void facts_object_begin(struct buf *b, int64_t at);

struct facts_part {
	const char *name; /* "1234-1", "tests-0123456789ab" */
	struct view text;
};
/* What goes into one ref. */
struct facts_push {
	const char *name; /* "1234-1" */
	const struct facts_part *parts;
	size_t part_count;
	int64_t at; /* of what happened, not of now: it is part of the commit */
	bool fork;
	bool done, known;      /* out; known: it was there already */
	const char *ref, *why; /* out: in the arena given */
};
/* More than FACTS_SINGLE_MAX share a commit for each trust. Each fails for itself; -1: nothing was pushed. */
int facts_refs_push(struct facts_refs *f, struct facts_push *list, size_t n, struct arena *a, struct err *e);

struct facts_blob {
	const char *ref, *name;
	const char *id; /* 40 hex, of the text */
	struct view text;
	bool fork;
};
struct facts_reader {
	/* Is this commit or blob merged already? Then it is not asked for (but FACTS_TESTS..., which others need). */
	bool (*known)(void *context, const char *id);
	/* Objects named FACTS_TESTS... of all refs come before all others. 1: not all of it could be taken; -1 ends it.
	 * Views are valid during the call. */
	int (*each)(void *context, const struct facts_blob *b, struct err *e);
	/* All objects of this commit were handed over. */
	void (*merged)(void *context, const char *ref, const char *commit);
	/* What stands there is not ours: it is passed over. */
	void (*strange)(void *context, const char *ref, const char *why);
	void *context;
	/* NULL, or called before the server is asked again: no lock is to be held meanwhile. -1 ends it. */
	int (*pause)(void *context, struct err *e);
};
struct facts_pulled {
	size_t refs, fetched, objects, strange;
};
int facts_refs_pull(struct facts_refs *f, const struct facts_reader *r, struct facts_pulled *ret, struct err *e);

struct facts_count {
	size_t loose, packed, fork; /* fork: of both kinds */
};
int facts_refs_count(const struct git_remote_options *o, struct facts_count *ret, struct err *e);

struct facts_compaction {
	bool force;     /* also where there is little to fold, and although somebody holds the lease */
	int64_t before; /* drops objects of before this; CLOCK_UNKNOWN: none */
	void (*strange)(void *context, const char *ref, const char *why); /* NULL */
	void *context;
};
struct facts_compacted {
	size_t before, after; /* refs */
	size_t objects, dropped;
	size_t moved; /* refs that were changed meanwhile and stay as they are */
};
/* ERR_NOTHING: there is little to fold. ERR_BUSY: somebody else is at it. */
int facts_refs_compact(
	struct facts_refs *f, const struct facts_compaction *c, struct facts_compacted *ret, struct err *e);
/* Removes every ref of ours; *ret: how many went. */
int facts_refs_remove(struct facts_refs *f, size_t *ret, struct err *e);

#endif
