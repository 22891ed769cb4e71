/* sync.h - what `sync` and `watch` have done with already, so that nobody asks GitHub for it again.
 *
 * A run is marked when all of it was recorded; what was interrupted is not, and is done again: recording the same
 * execution twice changes nothing. Marks are no facts: losing them costs requests, not results. */
#ifndef RM_STORE_SYNC_H
#define RM_STORE_SYNC_H

#include "store/store.h"

enum store_mark { STORE_SYNCED, STORE_WATCHED };

/* Up to and with this attempt all is done. A lower one than before changes nothing. */
int store_mark(struct store *s, enum store_mark what, const char *repository, int64_t run, int attempt, struct err *e);
/* *ret: the highest attempt that is marked, 0 none. */
int store_marked(struct store *s, enum store_mark what, const char *repository, int64_t run, int *ret, struct err *e);
/* Is this execution recorded? x->run must be known. */
int store_has(struct store *s, const struct store_execution *x, bool *ret, struct err *e);

#endif
