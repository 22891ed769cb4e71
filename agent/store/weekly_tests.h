/* weekly_tests.h - parts of store_weekly(). Private to store/. */
#ifndef RM_STORE_WEEKLY_TESTS_H
#define RM_STORE_WEEKLY_TESTS_H

#include "learn/report.h"
#include "store/store.h"

int weekly_slow_tests(struct store *s, struct report *r, struct err *e);
int weekly_only_ci(struct store *s, struct report *r, struct err *e);

#endif
