/* manual.h - the man page and the shell completion, made of the command table: they cannot say what is not there. */
#ifndef RM_CMD_MANUAL_H
#define RM_CMD_MANUAL_H

#include "base/buf.h"

void manual_page(struct buf *out); /* roff, runmedic(1) */
void manual_bash(struct buf *out); /* for bash-completion */

#endif
