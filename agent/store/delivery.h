/* delivery.h - what left the machine, what was rerun, what is ignored: facts that guards and follow-up need.
 *
 * All of it is redacted before it is stored. Recording the same twice changes nothing. */
#ifndef RM_STORE_DELIVERY_H
#define RM_STORE_DELIVERY_H

#include "store/store.h"

/* A fix that was delivered. Identity: (repository, fixer, signature, base_sha, way). */
struct store_delivery {
	int64_t id;                                        /* out */
	const char *repository, *fixer, *rule, *signature; /* signature NULL: none */
	const char *way;                                   /* delivery_way_name() */
	const char *workflow, *branch;                     /* that was red */
	const char *base_sha;                              /* the commit that it was made for */
	const char *commit, *fix_branch;                   /* NULL: nothing was pushed */
	int pull;                                          /* of the fix (pr), or the one that it was suggested on */
	int64_t run, at;
	const char *outcome; /* the newest settled one; NULL: open */
	int64_t settled_at;  /* CLOCK_UNKNOWN */
};
#define STORE_DELIVERIES_MAX 10000u /* that are looked at together */
int store_deliver(struct store *s, const struct store_delivery *d, struct err *e);
/* Settles it and records the outcome (store_record_outcome) in one transaction. Final ones (merged, closed, reverted,
 * withdrawn) are not looked at again; green, red and unverified may become another. */
int store_settle(
	struct store *s, int64_t delivery, enum outcome outcome, int64_t at, const char *reason, struct err *e);
/* Those that are not final, oldest first; texts are valid during the call, which may settle them. `pull` 0, `branch`
 * NULL: all. Returning false ends it. */
int store_open_deliveries(struct store *s, const char *repository, int pull, const char *branch,
	bool (*each)(void *context, const struct store_delivery *d), void *context, struct err *e);

/* What guards ask. signature NULL: 0 everywhere. */
struct store_tried {
	unsigned attempts;    /* commits of this branch for which this signature was delivered, any fixer */
	unsigned pair_failed; /* this fixer with this signature anywhere: red, reverted, withdrawn */
	unsigned closed;      /* ... closed by a person without a merge */
	bool standing;        /* ... delivered for this base_sha, or open on this branch */
};
int store_tried(struct store *s, const char *repository, const char *branch, const char *fixer, const char *signature,
	const char *base_sha, struct store_tried *ret, struct err *e);

/* A rerun that we asked for; its result is told later. Identity: (repository, run, attempt). */
struct store_rerun {
	const char *repository, *branch, *sha, *workflow, *signature, *reason;
	int64_t run, at;
	int attempt; /* that was red */
};
int store_rerun(struct store *s, const struct store_rerun *r, struct err *e);
int store_rerun_result(
	struct store *s, const char *repository, int64_t run, int attempt, enum conclusion result, struct err *e);
struct store_reruns {
	unsigned of_run, of_branch; /* of_branch: since `since` */
	unsigned helped, did_not;   /* of this signature, over the whole history */
	/* Jobs that failed with this signature: their other executions at the same commit. */
	unsigned same_sha_passed, same_sha_failed;
};
int store_reruns(struct store *s, const char *repository, int64_t run, const char *branch, const char *signature,
	int64_t since, struct store_reruns *ret, struct err *e);

/* `runmedic ignore`. Until: CLOCK_UNKNOWN is for ever. A later one of the same signature replaces it. */
struct store_ignored {
	const char *signature, *reason, *by; /* by: login or user, NULL */
	int64_t at, until;
};
int store_ignore(struct store *s, const struct store_ignored *i, struct err *e);
int store_unignore(struct store *s, const char *signature, bool *ret_was, struct err *e);
/* *ret_reason (arena) is NULL where it is not ignored at `now`; "" where no reason was given. */
int store_is_ignored(
	struct store *s, const char *signature, int64_t now, struct arena *a, const char **ret_reason, struct err *e);
/* All that were not lifted, also those whose time is over; the oldest first. */
int store_ignored_each(
	struct store *s, bool (*each)(void *context, const struct store_ignored *i), void *context, struct err *e);

/* The issue that is kept for a signature; the number is 0 where there is none. */
int store_issue(struct store *s, const char *repository, const char *signature, int number, bool open, struct err *e);
int store_issue_of(
	struct store *s, const char *repository, const char *signature, int *ret_number, bool *ret_open, struct err *e);

#endif
