/* signature.h - one stable name for one failure.
 *
 * "1:" + SHA-256 of (category, tool family, normalised message, test id or repository path without line).
 * Normalising drops what changes between runs of the same failure (dates, durations, ids, addresses, temporary names,
 * workspaces, line numbers, numbers in assertions) and keeps what names it (tests, files, symbols, packages, hosts,
 * error codes). The rule's id takes no part. Text that says nothing has none. The prefix is the normaliser's version.
 */
#ifndef RM_DIAGNOSE_SIGNATURE_H
#define RM_DIAGNOSE_SIGNATURE_H

#include "base/buf.h"
#include "base/vocabulary.h"

#define SIGNATURE_VERSION 1

void signature_normalise(struct buf *out, struct view message);

struct signature_parts {
	enum category category;
	const char *tool; /* family; NULL none */
	struct view message;
	struct view subject;  /* the test or path that failed, as it is; "" none */
	struct view code;     /* as it is: its digits carry meaning */
	struct view names[3]; /* symbol, package, host: what the message may lack because it stands in another line */
};
/* ret: at least SIGNATURE_MAX bytes; "" when message, subject and names say nothing. */
void signature_make(char *ret, const struct signature_parts *parts);

/* A path as a log prints it -> relative to the repository: strips the workspace (also Windows and copied roots),
 * file://,
 * "./", makes '/' of '\'. False when it is outside or cannot be told; *out then holds it as printed. */
bool path_relative(struct buf *out, struct view printed, struct view workspace, struct view directory);

/* What of an absolute path lies below one of the usual work folders of runners; p is NULL when none, n is 0 for the
 * root of the repository itself. */
struct view path_below_workspace(struct view path);
bool path_absolute(struct view path); /* "/x", "\\x", "C:/x", "C:\\x" */

/* What of an absolute path is the same on every machine and day: relative to the repository where it lies in it;
 * "<lib>/" of installed libraries, "<tmp>/" of temporary folders (without the folder's own name), "~/" of a home. */
void path_stable(struct buf *out, struct view path);

#endif
