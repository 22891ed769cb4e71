/* window.h - the part of the history that a question is about: --days, --branch, --workflow, --space. */
#ifndef RM_CMD_WINDOW_H
#define RM_CMD_WINDOW_H

#include "cmd/command.h"
#include "store/store.h"

#define WINDOW_DAYS_MAX 3650u
#define WINDOW_OPTIONS                                                                                                 \
	{"days", 0, "N", "how far back (default: 7)", false}, {"branch", 0, "NAME", "only this branch", false},        \
		{"workflow", 0, "NAME", "only this workflow", false},                                                  \
	{                                                                                                              \
		"space", 0, "ci|local", "only this space", false                                                       \
	}

int window_read(struct store_filter *ret, const struct session *s, struct err *e);
/* Opens the history for reading; a missing one says how to make it. */
int window_store(struct store **ret, struct session *s, struct err *e);

#endif
