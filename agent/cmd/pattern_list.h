/* pattern_list.h - `patterns --tests`: what the failures of tests have in common. */
#ifndef RM_CMD_PATTERN_LIST_H
#define RM_CMD_PATTERN_LIST_H

#include "cmd/learning.h"

/* Reads the history and writes the answer. */
int pattern_list(struct session *s, struct store *store, struct err *e);

#endif
