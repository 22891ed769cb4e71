/* claims.h - what is remembered of signed local results: nonces, audits, signers who were caught; and what CI itself
 * found for a commit, to hold a claim against.
 *
 * Kept in the audit log, and as long as that (history.keep_days): a flag is not for life. */
#ifndef RM_STORE_CLAIMS_H
#define RM_STORE_CLAIMS_H

#include "base/arena.h"
#include "store/store.h"

#define STORE_CLAIM_FAILED_MAX 200u /* ids of failed tests that are told */

/* The nonce of a result that was trusted, with its commit. Twice is once. */
int store_claim_trusted(struct store *s, const char *nonce, const char *commit, struct err *e);
/* Was this nonce trusted for another commit? */
int store_claim_seen(struct store *s, const char *nonce, const char *commit, bool *ret, struct err *e);

/* What an audit found for a commit: `lie` NULL says that the claim held. Twice is once. */
int store_claim_audited(struct store *s, const char *principal, const char *fingerprint, const char *commit,
	const char *lie, struct err *e);
/* Was this signer, by name or by key, caught? */
int store_claim_flagged(struct store *s, const char *principal, const char *fingerprint, bool *ret, struct err *e);

/* What the jobs of CI found for a commit, all of them together. Tests that failed here and passed there, at the same
 * commit, did not fail: a flaky test makes no liar. Negative figures were not measured. */
struct store_ci_found {
	unsigned jobs;       /* that measured something */
	int64_t least, most; /* tests: of the smallest job, and of all jobs added up */
	int64_t failed;
	const char *const *failed_ids;      /* NULL-terminated; in the arena */
	double coverage_low, coverage_high; /* per cent */
	int64_t lint_low, lint_high;
};
int store_ci_found(struct store *s, const char *repository, const char *commit, struct arena *a,
	struct store_ci_found *ret, struct err *e);

#endif
