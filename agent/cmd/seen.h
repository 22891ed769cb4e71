/* seen.h - what the history knows of a failure, in one line. */
#ifndef RM_CMD_SEEN_H
#define RM_CMD_SEEN_H

#include "cmd/inputs.h"
#include "store/store.h"

/* With --db: the history as it was before this call; *ret is NULL where there is none yet. */
int seen_open(struct store **ret, const struct session *s, struct err *e);
/* "seen 5 times, last 3 days ago; last fixed by python/black (green)"; nothing for what is new or has no signature. */
int seen_line(struct buf *out, struct store *store, const struct analysed *one, struct err *e);

#endif
