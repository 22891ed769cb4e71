/* What the tests of the test readers share: a log, and what they must read out of it. */
#ifndef RM_TESTS_READER_TESTING_H
#define RM_TESTS_READER_TESTING_H

#include "base/buf.h"
#include "diagnose/tests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LOGS "tests/fixtures/logs/"
/* Begins a new step. */
#define STEP "##[group]Run make test\n\x1b[36;1mmake test\x1b[0m\nshell: /usr/bin/bash -e {0}\n##[endgroup]\n"

static inline void read_tests(struct log *l, test_sink *sink, void *context, struct buf *ret)
{
	struct test_scan *s = test_scan_new(sink, context);
	struct log_block block;
	struct test_summary sum;
	struct err e = {0};

	while (log_next(l, &block, &e) > 0)
		test_scan_block(s, &block);
	test_scan_end(s);
	test_scan_summary(s, &sum);
	if (sum.any)
		buf_addf(ret, "%ld %ld %ld %ld\n", (long)sum.counts.passed, (long)sum.counts.failed,
			(long)sum.counts.skipped, (long)sum.counts.errors);
	for (size_t i = 0; i < sum.failure_count; i++)
		buf_addf(ret, "%s\n", sum.failures[i].id);
	test_scan_free(s);
}

/* `expected`: "passed failed skipped errors" where some framework was recognised, then the failed ids, one per line. */
static inline void check_log(struct log *l, const char *expected)
{
	BUF_AUTO found = buf_new(BUF_PAGE);

	read_tests(l, NULL, NULL, &found);
	log_close(l);
	assert_string_equal(buf_text(&found), expected);
}

static inline void check(const char *text, const char *expected)
{
	struct log *l = NULL;
	struct err e = {0};

	assert_int_equal(log_open_memory(&l, view_of(text), &e), 0);
	check_log(l, expected);
}

static inline void check_file(const char *path, const char *expected)
{
	struct log *l = NULL;
	struct err e = {0};

	if (log_open(&l, path, &e))
		fail_msg("%s", e.text);
	check_log(l, expected);
}

#endif
