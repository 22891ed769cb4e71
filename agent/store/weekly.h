/* weekly.h - what only the weekly report asks of the history, beyond store_report(). */
#ifndef RM_STORE_WEEKLY_H
#define RM_STORE_WEEKLY_H

#include "store/store.h"

#define WEEKLY_TEST_JOBS 200u /* the newest so many jobs tell which tests are slow */

/* Audit action of a workflow that runmedic itself is a step of; the detail is its name. */
#define WEEKLY_OWN_WORKFLOW "own workflow"

/* Fills the second half of a report whose window and filters store_report() has set, but for flaky tests (learn/) and
 * insight.h's part. */
int store_weekly(struct store *s, struct report *r, struct err *e);

#endif
