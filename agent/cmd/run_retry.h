/* run_retry.h - whether `run` tries a command again, and how long it waits before. Pure. */
#ifndef RM_CMD_RUN_RETRY_H
#define RM_CMD_RUN_RETRY_H

#include "diagnose/diagnosis.h"

#define RETRY_MAX 10u         /* --retries */
#define RETRY_BACKOFF_S 5u    /* --backoff, unless given */
#define RETRY_WAIT_MAX_S 300u /* no wait is longer, and --backoff is at most this */
#define RETRY_CONFIDENCE 0.50 /* below it, what the diagnosis calls transient is a guess */

struct retry_policy {
	unsigned retries;
	unsigned backoff_s;
	uint32_t categories; /* a bit for each enum category; 0: every one */
};

enum retry_verdict {
	RETRY_AGAIN,
	RETRY_USED_UP, /* all attempts were made */
	RETRY_UNKNOWN, /* no diagnosis */
	RETRY_LASTING, /* what was found does not pass by itself */
	RETRY_UNSURE,
	RETRY_NOT_ASKED /* of a category that --retry-on does not name */
};

/* "network,infra" */
int retry_categories(uint32_t *ret, const char *text, struct err *e);
/* attempt: of the command, the one that has just failed, from 1; primary may be NULL. */
enum retry_verdict retry_judge(const struct retry_policy *p, unsigned attempt, const struct finding *primary);
/* Why not: "is no passing fault". */
const char *retry_reason(enum retry_verdict v);
/* Full jitter: from 0 to backoff doubled with each attempt, at most RETRY_WAIT_MAX_S; microseconds. `random` is any
 * 64 random bits. */
int64_t retry_wait(const struct retry_policy *p, unsigned attempt, uint64_t random);

#endif
