/* facts_marks.h - which objects of facts (heal/facts_refs.h) this history has pushed or merged, by their git ids, so
 * that nobody asks for them again. Marks are no facts: losing them costs time, not results. */
#ifndef RM_STORE_FACTS_MARKS_H
#define RM_STORE_FACTS_MARKS_H

#include "store/store.h"

int store_facts_is_marked(struct store *s, const char *id, bool *ret, struct err *e);
/* In one transaction; not while facts are being taken. */
int store_facts_mark(struct store *s, const char *const *ids, size_t n, struct err *e);
/* All of them: what was dropped here on purpose can be pulled again. */
int store_facts_unmark(struct store *s, struct err *e);

#endif
