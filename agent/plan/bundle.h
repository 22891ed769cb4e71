/* bundle.h - the patch bundle of an untrusted job (runmedic.patch/1), read as what it is: data of an attacker.
 *
 * Pure. Of a bundle only the diffs are used; fixer, tier, confidence, texts are claims that whoever delivers compares
 * with the fixer table, the configuration and an analysis of its own. */
#ifndef RM_PLAN_BUNDLE_H
#define RM_PLAN_BUNDLE_H

#include "base/arena.h"
#include "base/config.h"
#include "base/json.h"
#include "base/vocabulary.h"
#include "diagnose/diagnosis.h"
#include "fixers/fixer.h"

#define BUNDLE_BYTES_MAX ((size_t)8 << 20)
#define BUNDLE_FIXES_MAX 64u
#define BUNDLE_DIFF_MAX ((size_t)2 << 20)
#define BUNDLE_TEXT_MAX ((size_t)16 << 10) /* of each other text */

struct bundle_fix {
	const char *fixer, *rule, *signature; /* signature NULL */
	enum tier tier;                       /* claimed */
	double confidence;                    /* claimed */
	const char *summary, *reason;
	const char *const *files; /* claimed, NULL-terminated */
	const char *diff;
};
struct bundle {
	struct arena arena;
	const char *base, *repository; /* 40 hex; repository may be NULL */
	struct bundle_fix *fixes;
	size_t count;
};
/* ERR_INPUT says what is wrong with it: not JSON, another schema, too large, a field of the wrong kind, a key twice. */
int bundle_read(struct bundle *ret, struct view text, struct err *e);
void bundle_done(struct bundle *b);

/* What a claimed fix is worth beside an analysis of our own: the fixer of the table (or of the configuration), the
 * finding that it answers (same rule and, where both have one, the same signature), the tier at most the fixer's and
 * the configuration's. Without a finding: ERR_REFUSED "nothing that we found is answered by it". A fixer of the
 * configuration is made in the arena. */
int bundle_trust(const struct bundle_fix *f, const struct diagnosis *const *diagnoses, size_t n, const struct config *c,
	struct arena *a, const struct fixer **ret_fixer, const struct finding **ret_finding, enum tier *ret_tier,
	struct err *e);

#endif
