/* action_history.h - the history of a runner that is thrown away after the job: refs of the repository keep it
 * (`history.push`), and it is brought here before anybody asks it. What fails is a note, never a failed job. */
#ifndef RM_CMD_ACTION_HISTORY_H
#define RM_CMD_ACTION_HISTORY_H

#include "cmd/action.h"

/* Also writes down that this workflow is one of runmedic's own, so that the weekly report can say what it costs. */
void action_history_begin(struct action *a);
/* What is known of the run of the event; without one, all that is new. */
void action_history_end(struct action *a);

#endif
