/* source.h - the bytes of a log: read once from the front, and again at any place.
 *
 * A regular file and memory can be read at any offset by themselves. What cannot (a pipe, gzip) is copied to an
 * unlinked temporary file while it is read for the first time. Gzip is told by its first two bytes. */
#ifndef RM_LOG_SOURCE_H
#define RM_LOG_SOURCE_H

#include "base/err.h"
#include "base/view.h"

/* No text compresses better; deflate's own limit is 1032. Small inputs are not judged. */
#define SOURCE_RATIO_MAX 1000u
#define SOURCE_RATIO_FROM ((uint64_t)16 << 20)

struct source;

int source_open(struct source **ret, const char *path, struct err *e); /* "-" is standard input */
/* Takes the descriptor over, also on failure. `name` is for messages. */
int source_from_fd(struct source **ret, int fd, const char *name, struct err *e);
struct source *source_from_memory(struct view bytes); /* borrowed */
void source_close(struct source *s);

/* The next bytes from the front: at most n, 0 only at the end, -1 on trouble. */
ptrdiff_t source_next(struct source *s, char *to, size_t n, struct err *e);
/* Bytes at an offset that source_next() has passed: at most n, 0 behind the end. */
ptrdiff_t source_at(struct source *s, uint64_t offset, char *to, size_t n, struct err *e);

/* All of it, however often the system has to be asked. */
int source_write(int fd, const char *p, size_t n, struct err *e);

#endif
