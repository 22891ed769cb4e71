/* step_files.h - what a step of GitHub Actions hands to the runner: summary, outputs, and the words it listens to.
 *
 * The files are named by GITHUB_STEP_SUMMARY and GITHUB_OUTPUT, and appended to. Outside of Actions there are none:
 * nothing is written, which is no error.
 * Facts: GitHub's "Workflow commands"; a summary over 1 MiB is dropped whole. */
#ifndef RM_CMD_STEP_FILES_H
#define RM_CMD_STEP_FILES_H

#include "base/buf.h"
#include "base/err.h"

#define STEP_TOKEN_MAX 33 /* 32 hex digits: 128 bits that nobody can guess */
void step_token(char token[STEP_TOKEN_MAX]);

bool step_in_actions(void);
/* Does this step hold a token? The job boundary is the security boundary (docs/security.md): beside a token nothing of
 * the repository runs, for a child of the same user could read the token from this process. */
bool step_holds_token(void);
/* Bytes that the summary can still take; 0: it is full, or there is none. */
size_t step_summary_room(void);
int step_summary_add(struct view text, struct err *e);
int step_outputs_add(struct view lines, struct err *e); /* "name=value\n", none in a value */

/* Text for a log: secrets and control characters as redact_for_terminal() leaves them, all on one line, and in Actions
 * nothing in it that the runner would take for a command: it listens to "::name::" at the beginning of a line and to
 * "##[name]" anywhere, on standard error, too. */
void step_line(struct buf *out, struct view text);
/* An answer for standard output in a step, text or JSON: the same to who reads it, no command to the runner, which
 * looks for "::" at the start of a line and for "##[" anywhere. JSON stays what it was, with an escape more. False:
 * there is nothing to change. */
bool step_defuse(struct buf *out, struct view text);

/* "::notice::text" on standard output, "::warning::", "::error::"; escaped and safe whatever the text is. Outside of
 * Actions the text goes to standard error as a plain line. */
void step_say(const char *level, const char *text);

#endif
