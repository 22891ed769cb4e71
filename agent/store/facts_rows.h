/* facts_rows.h - what the two ways of facts share. Private to store/. */
#ifndef RM_STORE_FACTS_ROWS_H
#define RM_STORE_FACTS_ROWS_H

#include "base/json.h"
#include "store/facts.h"
#include "store/internal.h"

/* The content id of an execution that is here. Within a transaction. */
int facts_id(struct store *s, int64_t job, char ret[HASH_HEX_MAX], struct err *e);
/* Facts that are one row: outcome, delivery, rerun, ignored, issue. */
int facts_take_row(struct store *s, const char *kind, const cJSON *j, enum store_taken *ret, struct err *e);
/* rc of a statement that was run; *ret is NEW where it changed something. */
int facts_changed(struct store *s, int rc, enum store_taken *ret);

#endif
