/* actions.h - the run that this program is a part of, as GitHub Actions' environment tells it. */
#ifndef RM_CMD_ACTIONS_H
#define RM_CMD_ACTIONS_H

#include "base/arena.h"
#include "base/json.h"
#include "store/store.h"

/* Fills what is known of repository, run, attempt, job, workflow, branch, commit, event, url and fork; texts live in
 * the arena. False outside of Actions, and in events that are about another run than the one they run in. */
bool actions_execution(struct store_execution *x, struct arena *a);
/* The payload in GITHUB_EVENT_PATH; NULL where it is not set or cannot be read. */
cJSON *actions_event(struct err *e);

#endif
