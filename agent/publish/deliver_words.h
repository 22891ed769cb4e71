/* deliver_words.h - what the bodies of a delivery share. */
#ifndef RM_PUBLISH_DELIVER_WORDS_H
#define RM_PUBLISH_DELIVER_WORDS_H

#include "publish/deliver.h"
#include "publish/page.h"

/* The failures that the offers answer, each once: cause and place, jobs, excerpt; all but the first folded. */
void deliver_causes(struct page *p, const struct told *t, const struct publish_deliver *d);
/* The same in one line each, without excerpts. */
void deliver_cause_lines(struct page *p, const struct publish_deliver *d);
/* A row for each offer: what it changes, where, how sure, how it was proved. */
void deliver_table(struct page *p, const struct publish_deliver *d);
/* Why each is right, and its record. */
void deliver_reasons(struct page *p, const struct publish_deliver *d);

/* One harmless line for a text that is no Markdown: a commit's message, a title. */
void deliver_line(struct buf *out, const char *text, size_t most);

/* Words of a marker: only what cannot end it. Others become "-". */
const char *deliver_own_signature(const char *signature);
bool deliver_is_signature(struct view v);

#endif
