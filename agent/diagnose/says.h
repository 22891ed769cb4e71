/* says.h - what one line says of what happened, in the words that programs of many kinds use. */
#ifndef RM_DIAGNOSE_SAYS_H
#define RM_DIAGNOSE_SAYS_H

#include "base/view.h"

/* Holds one of the texts; NULL ends the list. */
bool says_any(struct view text, const char *const *list);
/* The result line of a test that passed or did not run: what stands on the other side is not about the same test. */
bool says_pass(struct view line);
/* The result line of a test that failed, of frameworks that print it behind what the test printed. */
bool says_fail(struct view line);
/* Another attempt follows, or has just begun. */
bool says_retry(struct view line);
/* "✅ Version bumped", "Build completed successfully." */
bool says_success(struct view line);
/* "5 snapshots failed", "Found 3 errors in 2 files", "✖ 12 problems": a sum of what other lines say one by one. */
bool says_count(struct view line);
/* What a program says of a command that it ran: the command itself said why. */
bool says_command(struct view line);
/* "  message: 'Not Found',": a property of an object that was printed; the error itself was said before. */
bool says_property(struct view line);
/* "    throw new Error(`no shelf`)": a line of source code that a runtime shows below or above what it reports. */
bool says_source(struct view line);

#endif
