/* checks.h - what stands beside a commit: check runs (Apps and GITHUB_TOKEN), commit statuses (everybody).
 *
 * Updated, never doubled: a check run of ours is found by name, head commit and external id among those that our own
 * App made, also after a write whose answer was lost. */
#ifndef RM_GITHUB_CHECKS_H
#define RM_GITHUB_CHECKS_H

#include "github/github.h"

#define GITHUB_ANNOTATIONS_MAX 50u /* a request */

struct github_check {
	const char *name, *head_sha, *external_id, *details_url; /* details_url NULL */
	const char *conclusion;                                  /* "neutral", "success", ... */
	const cJSON *outputs; /* array of `output` objects: the first for the check itself, more for its updates, each
				 with at most GITHUB_ANNOTATIONS_MAX annotations */
};
/* *ret_url (malloc'ed) is its page. ERR_AUTH: this token cannot write checks; what was written before is left. A check
 * run that is there and had annotations gets none twice: those that GitHub already has are not sent again. */
int github_check_put(struct github *g, const struct github_check *c, char **ret_url, struct err *e);

/* state: error, failure, pending, success. Set again only when it differs. */
int github_status_put(struct github *g, const char *sha, const char *state, const char *context,
	const char *description, const char *target_url, struct err *e);

#endif
