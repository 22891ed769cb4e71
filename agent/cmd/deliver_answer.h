/* deliver_answer.h - what became of fixes, as `publish` and `heal --pr` say it (runmedic.publish/1). */
#ifndef RM_CMD_DELIVER_ANSWER_H
#define RM_CMD_DELIVER_ANSWER_H

#include "base/json.h"
#include "cmd/deliver_patch.h"

/* `patches` NULL: there are no others than those of `d`. */
void deliver_answer_text(struct buf *out, const struct delivering *d, const struct patches *patches);
cJSON *deliver_answer_json(const struct delivering *d, const struct patches *patches);

#endif
