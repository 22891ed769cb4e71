/* rule_test.h - every hit, miss and fixture of every rule. */
#ifndef RM_CMD_RULE_TEST_H
#define RM_CMD_RULE_TEST_H

#include "base/buf.h"
#include "rules/matcher.h"

struct rule_test_result {
	size_t rules, hits, misses, fixtures, passing, wrong;
};
/* What is wrong is appended to `out`, a line each. fixtures NULL: only hits and misses. */
int rule_test(struct rule_test_result *ret, struct matcher *m, const char *fixtures, struct buf *out, struct err *e);
/* `path`, a log or a folder or ZIP of logs, is of jobs that passed: a rule that names the failure of one is refused.
 * Adds to *ret. */
int rule_test_passing(
	struct rule_test_result *ret, struct matcher *m, const char *path, struct buf *out, struct err *e);

#endif
