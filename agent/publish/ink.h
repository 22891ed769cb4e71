/* ink.h - colours for terminals, and text from outside made safe on its way there. */
#ifndef RM_PUBLISH_INK_H
#define RM_PUBLISH_INK_H

#include "publish/publish.h"

enum ink_kind { INK_END, INK_STRONG, INK_FAINT, INK_GOOD, INK_BAD, INK_WARN, INK_ADDED, INK_REMOVED };

void ink(struct buf *out, const struct publish_style *s, enum ink_kind kind); /* nothing without s->colour */
/* Redacted, neutralised, on one line; NULL is nothing. */
void ink_text(struct buf *out, const char *text);
void ink_view(struct buf *out, struct view text);

#endif
