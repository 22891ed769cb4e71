/* zip.h - what a ZIP from outside holds, member by member, in memory.
 *
 * Names are shown and compared, never used as paths. Ceilings against bombs: members, bytes of one and of all, and the
 * ratio to the size of the archive. */
#ifndef RM_LOG_ZIP_H
#define RM_LOG_ZIP_H

#include "base/err.h"
#include "base/view.h"

#define ZIP_MEMBERS_MAX 65536u
#define ZIP_NAME_MAX 1024u
#define ZIP_MEMBER_BYTES ((size_t)256 << 20)
#define ZIP_ALL_BYTES ((uint64_t)1 << 30)
#define ZIP_RATIO_MAX 1000u
#define ZIP_RATIO_FROM ((uint64_t)16 << 20) /* less is not judged */

/* `wants` says by its name whether a member is taken out; `each` borrows it and returns false to stop, which is no
 * error. The descriptor stays the caller's and is read from its start. ERR_INPUT: no ZIP, or a damaged one; ERR_LIMIT:
 * a ceiling. */
int zip_each(int fd, bool (*wants)(void *context, const char *name),
	bool (*each)(void *context, const char *name, struct view bytes), void *context, struct err *e);

#endif
