/* excerpt.h - the lines of a finding's excerpt, on their way out. */
#ifndef RM_PUBLISH_EXCERPT_H
#define RM_PUBLISH_EXCERPT_H

#include "publish/publish.h"

/* All lines, each with its '\n', redacted as one text: a private key has many lines. */
void excerpt_text(struct buf *out, const struct finding *f);

#endif
