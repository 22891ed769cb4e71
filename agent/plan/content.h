/* content.h - what the content of a change may not do: weaken tests, silence checks, lower thresholds, show secrets,
 * leave conflict markers. Part of the policy. */
#ifndef RM_PLAN_CONTENT_H
#define RM_PLAN_CONTENT_H

#include "plan/policy.h"

int content_check(const struct change *c, struct err *e);
/* Does a file hold tests, by its path? */
bool content_is_test(const char *path);

#endif
