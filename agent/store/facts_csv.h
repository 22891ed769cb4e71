/* facts_csv.h - the public views for spreadsheets and other programs. */
#ifndef RM_STORE_FACTS_CSV_H
#define RM_STORE_FACTS_CSV_H

#include "store/store.h"

extern const char *const store_csv_views[]; /* names; NULL ends them */

/* A header line and the rows of a view of that list, quoted as RFC 4180 says. Text that a spreadsheet would take for a
 * formula gets a ' in front: it may come from a log. From and to: of the view's time, both included; CLOCK_UNKNOWN:
 * open. ERR_NOT_FOUND: no such view; ERR_LIMIT: `out` is full. */
int store_csv(struct store *s, const char *view, int64_t from, int64_t to, struct buf *out, struct err *e);

#endif
