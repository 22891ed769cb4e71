/* same.h - do two YAML texts say the same? */
#ifndef RM_FIXERS_YAML_SAME_H
#define RM_FIXERS_YAML_SAME_H

#include "fixers/edits.h"

/* Both can be read, and give the same documents: scalars, keys, tags, anchors and their order. An edit_check. */
bool yaml_same(const char *path, struct view before, struct view after, struct err *e);

#endif
