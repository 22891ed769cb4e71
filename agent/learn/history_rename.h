/* history_rename.h - whose results go on under another name. Between history.c and history_rename.c only.
 *
 * A test was renamed when, on the main branch, it ran for the last time at one commit and another, of the same file or
 * suite and a like name, for the first time at the next; and no third one could be meant. */
#ifndef RM_LEARN_HISTORY_RENAME_H
#define RM_LEARN_HISTORY_RENAME_H

#include "learn/history.h"

#define HISTORY_RENAME_DISTANCE 8u /* edits between the parts of the names that differ */

void history_join_renamed(struct history *h);

#endif
