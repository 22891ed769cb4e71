/* pattern_kinds.h - failures by what kind they are of: what those of a test have in common (learn/pattern.h), flaky
 * tests, and jobs by category. */
#ifndef RM_CMD_PATTERN_KINDS_H
#define RM_CMD_PATTERN_KINDS_H

#include "cmd/learning.h"
#include "cmd/listing.h"

#define PATTERN_TYPES "os|version|os+version|image|space|time|timeout|setup|flaky|category|all"

/* The rows of one type, most first, at most `limit`. l is begun here; end it with listing_done(), also after trouble.
 */
int pattern_kinds(struct listing *l, const char *type, unsigned limit, const struct session *s, struct store *store,
	struct err *e);

#endif
