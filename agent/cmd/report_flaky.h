/* report_flaky.h - what the learners know of flaky tests, in the weekly report. */
#ifndef RM_CMD_REPORT_FLAKY_H
#define RM_CMD_REPORT_FLAKY_H

#include "cmd/command.h"
#include "learn/report.h"
#include "store/store.h"

/* Verdicts rest on the last LEARNING_DAYS days; what they cost is of the report's window: the minutes of jobs in which
 * nothing failed but flaky tests. */
int report_fill_flaky(struct report *r, const struct session *s, struct store *store, struct err *e);

#endif
