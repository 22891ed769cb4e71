/* Results and statements of anybody: any bytes are refused, or give figures within their ranges that say the same when
 * they are written and read again. */
#include "attest/statement.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static size_t length(const char *const *list)
{
	size_t n = 0;

	while (list && list[n])
		n++;
	return n;
}

static void check_parts(const struct claim *r)
{
	bool passed = (!r->tests.ran || r->tests.passed) && (!r->coverage.ran || r->coverage.passed) &&
		      (!r->linting.ran || r->linting.passed);

	for (size_t i = 0; i < r->check_count; i++)
		passed = passed && r->checks[i].passed && r->checks[i].name;
	assert(passed || !r->passed);
	assert(!r->tests.ran || (!r->tests.passed || r->tests.failed == 0));
	assert(!r->coverage.ran || !r->coverage.passed || r->coverage.percentage >= r->coverage.threshold);
}

static void check(const struct claim *r)
{
	assert(r->tests.failed >= 0 && r->tests.skipped >= 0 && r->tests.total <= CLAIM_COUNT_MAX);
	assert(r->tests.failed + r->tests.skipped <= r->tests.total);
	assert(r->coverage.percentage >= 0 && r->coverage.percentage <= 100 && r->coverage.threshold <= 100);
	assert(r->linting.issues >= 0 && r->linting.issues <= CLAIM_COUNT_MAX);
	assert(length(r->tests.failed_ids) <= CLAIM_FAILED_MAX && r->check_count <= CLAIM_CHECKS_MAX);
	assert(r->tool_count <= CLAIM_TOOLS_MAX && r->coverage.module_count <= CLAIM_MODULES_MAX);
	assert(r->commit_sha && (strlen(r->commit_sha) == 40 || strlen(r->commit_sha) == 64));
	assert(!r->branch || !strpbrk(r->branch, "\r\n\t"));
	assert(r->expires == CLOCK_UNKNOWN || r->expires > r->timestamp);
	check_parts(r);
}

static void check_again(const struct claim *r)
{
	BUF_AUTO first = buf_new(BUF_FILE);
	BUF_AUTO second = buf_new(BUF_FILE);
	JSON_AUTO *j = claim_json(r);
	struct claim again;
	struct err e;

	json_print(&first, j);
	if (claim_read(&again, buf_view(&first), &e) < 0)
		return; /* times and percentages are written shorter than they may be read */
	JSON_AUTO *k = claim_json(&again);
	json_print(&second, k);
	assert(view_eq(buf_view(&first), buf_view(&second)));
	claim_done(&again);
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct view text = view_make((const char *)data, size);
	struct statement s;
	struct claim r;
	struct err e;

	if (claim_read(&r, text, &e) == 0) {
		check(&r);
		check_again(&r);
		claim_done(&r);
	}
	if (statement_read(&s, text, &e) == 0) {
		check(&s.claim);
		assert(claim_complete(&s.claim, NULL));
		assert(strcmp(s.subject_commit, s.claim.commit_sha) == 0 && strcmp(s.subject_tree, s.claim.tree) == 0);
		assert(strcmp(s.subject_repository, s.claim.repository) == 0);
		statement_done(&s);
	}
	return 0;
}
