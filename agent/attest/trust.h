/* trust.h - is this envelope to be believed for this commit? Pure, and closed by default: whatever is not known to be
 * good is a rejection with its name.
 *
 * What a signature proves: the holder of this key claims that these checks had this outcome for this tree. What it does
 * not prove: that they ran at all, or on an honest machine. Hence spot audits (audit_chosen()). */
#ifndef RM_ATTEST_TRUST_H
#define RM_ATTEST_TRUST_H

#include "attest/envelope.h"
#include "attest/signers.h"
#include "attest/sshsig.h"
#include "attest/statement.h"
#include "base/config.h"

#define TRUST_SKEW (5 * 60 * CLOCK_SECOND) /* clocks may differ by so much */

/* Names are part of the JSON answer and of the documentation. */
/* clang-format off */
#define TRUST_REASONS(X) \
	X(ACCEPTED, "accepted") X(MALFORMED, "malformed") X(PAYLOAD_TYPE, "payload-type") \
	X(SIGNATURE, "signature") X(NAMESPACE, "namespace") X(UNKNOWN_KEY, "unknown-key") \
	X(REVOKED, "revoked-key") X(KEY_TIME, "key-not-valid-now") X(SIGNER_BRANCH, "signer-not-for-branch") \
	X(COMMIT, "other-commit") X(TREE, "other-tree") X(REPOSITORY, "other-repository") X(EXPIRED, "expired") \
	X(FUTURE, "from-the-future") X(LIFE, "lives-too-long") X(REPLAY, "replayed") X(DIRTY, "dirty-tree") \
	X(SELECTION, "only-a-selection") X(CONFIG, "other-configuration") X(CHECKS_MISSING, "checks-missing") \
	X(FAILED, "checks-failed") X(TESTS, "tests-failed") X(PASS_RATE, "pass-rate") X(COVERAGE, "coverage") \
	X(MODULE, "module-coverage") X(LINT, "lint-issues") X(AUDIT, "spot-audit") X(FLAGGED, "signer-flagged") \
	X(NO_SIGNERS, "no-allowed-signers") X(ABSENT, "no-result")
/* clang-format on */
#define TRUST_REASON(id, text) TRUST_##id,
enum trust_reason { TRUST_REASONS(TRUST_REASON) };
const char *trust_reason_name(enum trust_reason r);

/* What a result must reach, from the configuration of the base. Negative: not demanded. */
struct trust_module {
	const char *name; /* as local.modules[].path: the result calls its modules so */
	double coverage;
};
struct trust_thresholds {
	double coverage, pass_rate; /* per cent */
	int64_t lint;               /* most issues */
	int64_t max_age;            /* microseconds since its timestamp */
	const struct trust_module *modules;
	size_t module_count;
	/* Checks that must have run; of a result that lists none, the words of its three count. */
	const char *const *require;
	size_t require_count;
};
/* The lists are the arena's. Where the configuration requires nothing by name, every check of it must have run. */
void trust_thresholds_of(struct trust_thresholds *ret, const struct config *c, struct arena *a);

struct trust_facts {
	const char *commit, *tree; /* of the head that is to be trusted */
	const char *repository;    /* "owner/name" */
	const char *server_url;    /* NULL: https://github.com */
	const char *branch;        /* that the signer must be allowed for; NULL: only a signer without limits is */
	int64_t now;
	const struct config *config;               /* of the base: thresholds, checks */
	const char *config_digest;                 /* NULL: that of `config` */
	const struct trust_thresholds *thresholds; /* NULL: those of `config` */
	const struct signers *signers;
	const struct revoked *revoked; /* NULL: none */
	bool merge_group;              /* only the tree counts: the commit is the queue's own */
	/* Was this nonce seen on another commit? NULL: nobody knows (then freshness and subject alone protect). */
	bool (*seen)(void *context, const char *nonce, const char *commit);
	void *context;
	const char *audit_secret; /* NULL: no spot audits; an empty one cannot choose, so that everything is audited */
	bool flagged;             /* this signer was caught: every result is audited */
};
struct trust_verdict {
	bool trusted;
	enum trust_reason reason;
	const char *says;      /* one sentence with the figures; in the arena given */
	const char *principal; /* who signed; NULL unknown */
	char fingerprint[SSH_FINGERPRINT_MAX];
	struct statement statement; /* filled as far as it could be read; statement_done() it */
	bool has_statement;
};
/* The order of the checks is that of TRUST_REASONS (what is absent, or nobody to sign, comes first): nothing of the
 * payload is looked at before the signature holds. */
void trust_judge(struct trust_verdict *ret, struct view envelope, const struct trust_facts *f, struct arena *a);

/* The answer of `local verify` (docs/schema/verify.json): the verdict with every figure beside its threshold, and a
 * line for each failed test. Nothing of a result is in it whose signature does not hold. */
cJSON *trust_json(const struct trust_verdict *v, const struct trust_facts *f);

/* At rate p, from commit and secret: the author cannot foresee it, the maintainer can repeat it. */
bool audit_chosen(const char *commit, const char *secret, double rate);
/* What full CI found for the same tree, beside the claim: *ret_lie is one sentence naming the figures that differ;
 * NULL: it holds. What only one of the two has measured is not compared. */
#define AUDIT_COVERAGE_SLACK 0.5 /* points: the same code, measured elsewhere */
void audit_compare(const struct claim *claim, const struct claim *found, struct arena *a, const char **ret_lie);
/* "sha256:..." of the checks and thresholds of a configuration, in a fixed form: layout, comments, defaults and other
 * parts of the file do not change it. */
void claim_config_digest(const struct config *c, char ret[80]);

#endif
