/* trust_internal.h - the steps of a verdict: trust.c orders them, trust_signer.c asks who signed, trust_subject.c for
 * what and when, trust_thresholds.c whether the figures suffice; trust_json.c tells them. */
#ifndef RM_ATTEST_TRUST_INTERNAL_H
#define RM_ATTEST_TRUST_INTERNAL_H

#include "attest/trust.h"

struct judging {
	struct trust_verdict *v;
	const struct trust_facts *f;
	struct arena *a;
	struct view text;
	struct envelope envelope;
	struct view key; /* of who signed, once that is known: a blob */
	struct trust_thresholds need;
	const struct claim *claim; /* once the signature holds */
};

/* Writes the verdict; false, so that rejecting and returning are one statement. */
bool trust_reject(struct judging *j, enum trust_reason reason, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
#define TRUST_PERCENT_MAX 16
const char *trust_percent(double p, char text[TRUST_PERCENT_MAX]); /* cut, not rounded: 84.999 is not 85 */
const char *trust_span(int64_t us, char text[CLOCK_TEXT_MAX]);     /* as clock_duration(), of either sign */

#define TRUST_EXACT 1e-9                       /* two percentages that differ by less are the same */
double trust_pass_rate(const struct claim *r); /* per cent of the tests that were not skipped; 0 where none ran */
const struct claim_module *trust_module_of(const struct claim *r, const char *name); /* NULL: not measured */

/* Each: true, or false and the verdict is written. */
bool trust_signature(struct judging *j);
bool trust_allowed(struct judging *j);

bool trust_commit(struct judging *j);
bool trust_repository(struct judging *j);
bool trust_time(struct judging *j);
bool trust_replay(struct judging *j);
bool trust_state(struct judging *j);
bool trust_config(struct judging *j);

bool trust_missing(struct judging *j);
bool trust_failed(struct judging *j);
bool trust_tests(struct judging *j);
bool trust_coverage(struct judging *j);
bool trust_modules(struct judging *j);
bool trust_lint(struct judging *j);
bool trust_whole(struct judging *j);

#endif
