/* buf.h - growing text with a ceiling.
 *
 * A buffer gets its maximum size at birth: text from outside cannot eat the machine. An append that
 * would pass the ceiling adds nothing, marks the buffer as `full` and later appends do nothing, so
 * that a chain of appends needs one check at the end. Content is always NUL-terminated (p is never
 * NULL after the first append; buf_text() is never NULL), binary safe, and owned by the buffer. */
#ifndef RM_BASE_BUF_H
#define RM_BASE_BUF_H

#include "base/view.h"

#include <stdarg.h>

struct buf {
	char *p;
	size_t n, cap, max;
	bool full; /* something did not fit */
};

#define BUF_LINE ((size_t)64 << 10)   /* a line of something */
#define BUF_PAGE ((size_t)1 << 20)    /* a message, a page, one file's diff */
#define BUF_FILE ((size_t)16 << 20)   /* a whole source file, a report */
#define BUF_LARGE ((size_t)256 << 20) /* a document made of many */

struct buf buf_new(size_t max);
void buf_done(struct buf *b);  /* frees the content; b may be all zero */
void buf_clear(struct buf *b); /* empty again, keeps the memory and the ceiling */
#define BUF_AUTO __attribute__((cleanup(buf_done))) struct buf

bool buf_add(struct buf *b, const void *p, size_t n); /* false when full */
bool buf_add_view(struct buf *b, struct view v);
bool buf_add_text(struct buf *b, const char *text);
bool buf_add_char(struct buf *b, char c);
bool buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool buf_addv(struct buf *b, const char *format, va_list ap) __attribute__((format(printf, 2, 0)));
void buf_cut(struct buf *b, size_t n); /* shortens to n bytes */

struct view buf_view(const struct buf *b);
const char *buf_text(const struct buf *b);
char *buf_take(struct buf *b); /* hands the content over (free() it); the buffer is empty again */

#endif
