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
/* ret: at least SIGNATURE_MAX bytes; "" when the message says nothing. `subject` is the test id or path, "" when none.
 */
void signature_make(char *ret, enum category category, const char *tool, struct view message, struct view subject);

/* A path as a log prints it -> relative to the repository: strips the workspace (also Windows and copied roots),
 * file://,
 * "./", makes '/' of '\'. False when it is outside or cannot be told; *out then holds it as printed. */
bool path_relative(struct buf *out, struct view printed, struct view workspace, struct view directory);

/* What of an absolute path lies below one of the usual work folders of runners; empty when none. */
struct view path_below_workspace(struct view path);

#endif
