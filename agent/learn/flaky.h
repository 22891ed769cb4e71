/* flaky.h - is a test flaky, or is something broken? Pure and deterministic; says why in words.
 *
 * A failure rate cannot tell: real flip rates are far below any threshold that one would set, and what fails often is
 * broken. Every failure is judged by the executions around it (witness.h) instead:
 *   - it passed on the same commit, leg and runner image: evidence, strong when it passed after it failed;
 *   - alone among the legs of its commit, although others of the same system and of the same version passed, and the
 *     commits before and after passed there: evidence, since a cause in the code would have had to come and go with
 *     this one commit on this one leg;
 *   - the same message on neighbouring commits, on all legs of a system or version, on all jobs of a runner image:
 *     broken there, and not evidence, however often it went away again;
 *   - in a storm (jobs lost to the network at that time, or several tests with the same message): an incident.
 * The evidence of a message is added up as a logarithm of odds against FLAKY_PRIOR. */
#ifndef RM_LEARN_FLAKY_H
#define RM_LEARN_FLAKY_H

#include "learn/witness.h"

#define FLAKY_PRIOR (-2.2)          /* log odds of a test that failed, before any evidence */
#define FLAKY_MESSAGES_MAX 32u      /* of one test; failures of further ones are put together */
#define FLAKY_QUARANTINE_DAYS 14    /* so long a quarantine is proposed */
#define FLAKY_QUIET_DAYS 14         /* without a failure for so long: no quarantine */
#define FLAKY_QUARANTINE_RATE 0.005 /* flakes an execution, from which on it costs more than it tells */

enum flaky_kind { FLAKY_HEALTHY, FLAKY_BROKEN, FLAKY_INCIDENT, FLAKY_FLAKY };
const char *flaky_kind_name(enum flaky_kind kind);

/* What one failure was, seen alone and with those of the same message. */
enum failure_kind { FAILURE_UNKNOWN, FAILURE_BROKEN, FAILURE_IMAGE, FAILURE_INCIDENT, FAILURE_FLAKY };

struct flaky_verdict {
	uint32_t test; /* its newest name */
	enum flaky_kind kind;
	double score; /* 0..1: probability that it is flaky */
	/* Flakes an execution: mean of the Beta posterior, 95 % interval of Wilson. */
	double rate, rate_low, rate_high;
	unsigned runs, failures;                  /* executions */
	unsigned flakes, broken, incident, image; /* the failures by what they were */
	unsigned reruns;                          /* failures where the same leg failed and then passed */
	unsigned alone;                           /* failures on one leg that nothing else explains */
	unsigned branches;                        /* on which it flaked */
	bool red_now;                             /* the newest execution on the main branch failed */
	int64_t first, last;                      /* flakes; CLOCK_UNKNOWN: none */
	const char *why;                          /* evidence in words and numbers */
	bool quarantine;
	int64_t quarantine_until;
	const char *quarantine_why;
};

struct flaky_report {
	struct arena arena;
	struct flaky_verdict *list; /* tests that failed, by score, then name */
	size_t n;
	/* kinds[test - 1][i]: what failure i of the test was; NULL for tests that never failed. */
	unsigned char **kinds;
	size_t tests;
};
void flaky_learn(struct flaky_report *ret, const struct history *h);
void flaky_done(struct flaky_report *r); /* r may be all zero */

#endif
