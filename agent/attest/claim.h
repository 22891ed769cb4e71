/* claim.h - what a local run of CI found, as a document: made by `local run`, taken from other scripts too.
 *
 * runmedic.result version 1.0 (docs/schema/result.json). Strict where it decides (counts, thresholds, commit, times),
 * lenient where it only tells (unknown members are kept out, not refused). Read as an attacker's data: ceilings,
 * duplicate keys refused. Rates that are thresholds are percentages. Facts: DESIGN §8. */
#ifndef RM_ATTEST_CLAIM_H
#define RM_ATTEST_CLAIM_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/json.h"

#define CLAIM_VERSION "1.0"
#define CLAIM_BYTES_MAX ((size_t)1 << 20)
#define CLAIM_FAILED_MAX 200u /* ids of failed tests that are carried */
#define CLAIM_CHECKS_MAX 64u
#define CLAIM_TOOLS_MAX 64u
#define CLAIM_MODULES_MAX 500u
#define CLAIM_SUBMODULES_MAX 500u
#define CLAIM_COUNT_MAX INT64_C(1000000000)
#define CLAIM_TEXT_MAX 1000u           /* bytes of any one text */
#define CLAIM_LIFE_MAX (7 * CLOCK_DAY) /* between timestamp and expiry */
#define CLAIM_LIFE_DEFAULT (24 * 3600 * CLOCK_SECOND)

struct claim_tool {
	const char *name, *version, *digest; /* digest "sha256:<64 hex>" of the program file; NULL unknown */
};
struct claim_module {
	const char *name;
	double percentage;
};
/* One check of the configuration, or one of the three that every result has a word for. */
struct claim_check {
	const char *name;
	bool passed;
	int exit_code; /* -1: did not end by itself */
	bool timed_out;
	double seconds;
	const char *command_digest; /* "sha256:..." of what was executed; NULL unknown */
};
struct claim {
	struct arena arena;
	int64_t timestamp, expires;
	const char *commit_sha, *tree, *branch, *repository; /* 40 (or 64) hex; branch, repository NULL unknown */
	const char *runner;                                  /* "local" */
	const char *host;                                    /* "sha256:..." fingerprint without personal data */
	const char *os;
	const char *nonce;             /* 32 hex of randomness */
	const char *config_digest;     /* "sha256:..." of the configuration's local part, as claim_config_digest() */
	const char *selection;         /* of `--select`; NULL: everything ran */
	bool dirty;                    /* tracked files differ from the commit */
	unsigned untracked;            /* files that are neither tracked nor ignored */
	const char *const *submodules; /* "path sha"; NULL-terminated */
	struct {
		bool ran, passed;
		double percentage, threshold; /* threshold negative: none */
		struct claim_module *modules;
		size_t module_count;
	} coverage;
	struct {
		bool ran, passed;
		int64_t total, failed, skipped; /* errors are failed */
		const char *const *failed_ids;  /* NULL-terminated, at most CLAIM_FAILED_MAX */
	} tests;
	struct {
		bool ran, passed;
		int64_t issues;
	} linting;
	struct claim_check *checks;
	size_t check_count;
	struct claim_tool *tools;
	size_t tool_count;
	double seconds;
	bool passed; /* all of it; may be false though every part passed (interrupted), never the other way round */
};
void claim_done(struct claim *r);
cJSON *claim_json(const struct claim *r);
/* ERR_INPUT: what is wrong with it and where. `passed` must agree with its parts, counts with each other. */
int claim_read(struct claim *ret, struct view text, struct err *e);
int claim_from_json(struct claim *ret, const cJSON *j, struct err *e);

/* Is all there that is needed to sign it? Results of other scripts lack some of it: whoever posts fills that in. The
 * names of what is missing are appended to *ret_missing ("tree, nonce, expires"); it may be NULL. */
bool claim_complete(const struct claim *r, struct buf *ret_missing);

#endif
