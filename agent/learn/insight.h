/* insight.h - what a window of facts means: grade, targets, learnings, priorities, advice. Pure: the same facts give
 * the same words, and every sentence carries the numbers that it rests on.
 *
 * The grade is the mean of the scores of those KPIs that are known, each with its weight (report.formula says how);
 * fewer than INSIGHT_RUNS_MIN runs give none. A KPI scores 1 at its target or better and falls linearly to 0 at the
 * value that `insight.c` calls poor. */
#ifndef RM_LEARN_INSIGHT_H
#define RM_LEARN_INSIGHT_H

#include "learn/report.h"

#define INSIGHT_RUNS_MIN 5

/* Fills grade, points, formula, kpis, learnings, recommendations, gaps, priorities from the rest of the report. */
void insight_make(struct report *r);
/* 1 (a fixer does it) to 5. */
unsigned insight_effort(enum category c, bool fixable);

#endif
