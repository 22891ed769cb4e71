/* facts.h - facts out of one history and into another: a set union by content id, idempotent and free of order.
 *
 * A fact is one line of JSON with its members in a fixed order; its id is the SHA-256 of these bytes. Nothing in it is
 * a number of this database, so the same thing seen twice, on whatever machine, has the same id. Kinds:
 *
 *     {"fact":"tests","names":[...]}                  the names that executions have in common; sorted
 *     {"fact":"execution", ..., "tests":"<id>", ...}  one job of one run and all that is known of it: findings,
 * results, coverage, lint. Needs the `tests` fact that it names first
 *     {"fact":"fix", ...}                             a fix that was made for an execution
 *     {"fact":"outcome"|"delivery"|"rerun"|"ignored"|"issue", ...}
 *
 * Two different records of one execution (a log cut off here, whole there) become one by a rule that looks only at
 * them: the one with more results, then with more findings, then with the greater id stays. The same holds for what
 * can change: of two states of one delivery the later settled one stays. So any order of any subset, told any number
 * of times, ends in the same views. What retention dropped is not taken again. */
#ifndef RM_STORE_FACTS_H
#define RM_STORE_FACTS_H

#include "base/hash.h"
#include "store/store.h"

#define STORE_FACT_MAX ((size_t)64 << 20) /* bytes of one line */

struct store_fact {
	const char *kind;  /* "execution" */
	const char *id;    /* 64 hex digits: of `line` */
	const char *needs; /* id of the `tests` fact that must come before; NULL none */
	struct view line;  /* without newline */
	const char *repository;
	int64_t run; /* 0: belongs to none */
	int attempt;
	int64_t at; /* of what happened: end of the job, time of the outcome */
	bool fork;
	bool local;
};
typedef int store_fact_sink(void *context, const struct store_fact *fact, struct err *e);

struct store_facts_wanted {
	const char *repository; /* NULL: all */
	int64_t run;            /* 0: all */
	int attempt;            /* 0: all of the run */
	int64_t since;          /* what was recorded here after this; CLOCK_UNKNOWN: all */
	bool no_tests;          /* leaves `tests` facts out: the other side has them */
	bool no_executions;     /* leaves executions, their tests and fixes out */
};
/* In an order that satisfies `needs`; each `tests` fact once, just before the first that needs it. A sink that returns
 * -1 ends it. One read transaction. */
int store_facts_each(
	struct store *s, const struct store_facts_wanted *w, store_fact_sink *each, void *context, struct err *e);

enum store_taken { STORE_TAKEN_NEW, STORE_TAKEN_BETTER, STORE_TAKEN_KNOWN, STORE_TAKEN_WAITS };
/* Takes facts in one transaction: begin, each line, commit. *WAITS*: its `tests` fact is not there; bring that and tell
 * it again. A line that is no fact, or one of a newer kind, is ERR_INPUT and changes nothing; everything is redacted
 * and cut again: a fact from elsewhere is no more trusted than a log. `fork`: the facts come from where forks may
 * write: they are taken as a fork's whatever they say. */
struct store_take;
int store_take_begin(struct store_take **ret, struct store *s, bool fork, struct err *e);
int store_take_line(struct store_take *t, struct view line, enum store_taken *ret, struct err *e);
int store_take_commit(struct store_take *t, struct err *e); /* frees t in any case */
void store_take_abort(struct store_take *t);

/* Forgets: all of a repository, a branch, a run, or what ended up to a time; findings, results, fixes and the roll-ups
 * of what is named go, and texts that nothing names any more. *ret: executions that went. */
struct store_purge {
	const char *repository, *branch; /* NULL: any */
	int64_t run;                     /* 0: any */
	int64_t until;                   /* CLOCK_UNKNOWN: any time */
	bool everything;                 /* must be said where nothing else is */
};
int store_purge(struct store *s, const struct store_purge *p, int64_t *ret, struct err *e);
/* What is free becomes the disk's again; waits for others. */
int store_compact(struct store *s, struct err *e);

#endif
