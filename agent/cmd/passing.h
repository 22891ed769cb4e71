/* passing.h - what the history knows of passing runs of the job whose log is analysed.
 *
 * Asked where a history was named (--db) or is written to (--record) and the job is known. A history that is not there,
 * or that cannot be read, only means that nothing is known: recording says what is wrong with it. */
#ifndef RM_CMD_PASSING_H
#define RM_CMD_PASSING_H

#include "cmd/inputs.h"

struct passing;

/* After recording_start(), which may bring the history up to date. */
void passing_start(struct passing **ret, struct analyser *x);
void passing_end(struct passing *p);

#endif
