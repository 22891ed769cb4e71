/* shape.h - a line without what differs from run to run, as one number.
 *
 * The shape of a decoded line is a hash of its text with digits, hex words, and blanks folded. Two lines
 * of the same shape say the same thing about different numbers. A set of shapes of passing runs of a job tells
 * which lines of a failing run are news. Cheap on purpose: one pass over the bytes, no allocation. */
#ifndef RM_DIAGNOSE_SHAPE_H
#define RM_DIAGNOSE_SHAPE_H

#include "base/err.h"
#include "log/log.h"

#define SHAPES_MAX ((size_t)4 << 20) /* distinct shapes kept; further ones are not remembered */

#define SHAPE_BITS 56 /* few enough for 8 bytes with an age beside it, many enough that no two lines meet */

/* Never 0. */
uint64_t shape_of(struct view line);

struct shape_set {
	uint64_t *slots; /* open addressing, 0 is empty */
	size_t n, cap;
};
void shape_set_add(struct shape_set *s, uint64_t shape);
bool shape_set_has(const struct shape_set *s, uint64_t shape);
void shape_set_done(struct shape_set *s);
/* Adds every output line of a log, which is read to its end. */
int shape_set_add_log(struct shape_set *s, struct log *l, struct err *e);
/* The same for a log that was read to its end already. */
int shape_set_add_read(struct shape_set *s, struct log *l, struct err *e);

#endif
