/* safe.h - text from outside as members of a JSON document: redacted; made valid UTF-8 by base/json.h. */
#ifndef RM_PUBLISH_SAFE_H
#define RM_PUBLISH_SAFE_H

#include "base/json.h"

void safe_add(cJSON *object, const char *name, const char *text_or_null);
void safe_append(cJSON *array, const char *text);

#endif
