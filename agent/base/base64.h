/* base64.h - bytes as text of RFC 4648: strict in what is read, so that one sequence of bytes has one text. */
#ifndef RM_BASE_BASE64_H
#define RM_BASE_BASE64_H

#include "base/buf.h"

void base64_add(struct buf *out, struct view v);          /* padded */
void base64_add_unpadded(struct buf *out, struct view v); /* as OpenSSH writes fingerprints */
void base64_add_url(struct buf *out, struct view v);      /* '-' and '_', without padding */

/* Only the standard alphabet, padded, no blanks or line breaks, unused bits zero; else nothing is appended, false.
 * Also false when it does not fit. */
bool base64_read(struct buf *ret, struct view text);
/* The same into memory of at least text.n / 4 * 3 bytes, for what must not be left behind in a grown buffer; how many
 * bytes it gave, or VIEW_NONE. `ret` may then hold some of them. */
size_t base64_decode(void *ret, struct view text);

#endif
