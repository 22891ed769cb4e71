#include "learn/trend.h"

const struct trend_family trend_standard[TREND_COUNT] = {
	[TREND_TEST_DURATION] = {.name = "test duration",
		.ratio = true,
		.fleet = true,
		.effect = 0.15,
		.spread = 2.5,
		.false_rate = 0.05},
	[TREND_JOB_DURATION] = {.name = "job duration", .ratio = true, .effect = 0.06, .false_rate = 0.05},
	[TREND_TEST_FAILURES] = {.name = "test failures", .counts = true, .false_rate = 0.05},
	[TREND_CATEGORY_FAILURES] = {.name = "failures", .counts = true, .false_rate = 0.02},
	[TREND_UNCOVERED] = {.name = "uncovered share", .effect = 0.03, .false_rate = 0.05},
	[TREND_LINT] = {.name = "lint", .ratio = true, .effect = 0.2, .false_rate = 0.05},
};
