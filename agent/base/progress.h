/* progress.h - one line of progress on a terminal for work that takes long.
 *
 * Silent unless stderr is a terminal and `enabled`; first drawn after 300 ms, then at most ten times a second, and
 * wiped at the end, so that short work shows nothing. Not for library code: commands hand it down as a callback. */
#ifndef RM_BASE_PROGRESS_H
#define RM_BASE_PROGRESS_H

#include "base/view.h"

struct progress;
struct progress *progress_start(const char *label, bool enabled); /* never NULL */
void progress_update(
	struct progress *p, uint64_t done, uint64_t total /* 0: unknown */, const char *unit /* "MB", "jobs" */);
void progress_end(struct progress *p); /* wipes the line, frees p; NULL is fine */

#endif
