/* counted.h - what every reader of test reports promises: any bytes are refused, or give results within the ceilings,
 * whose counts are those of the cases told. */
#ifndef RM_TESTS_FUZZ_COUNTED_H
#define RM_TESTS_FUZZ_COUNTED_H

#include "base/buf.h"
#include "diagnose/tests.h"

#include <stdlib.h>

static inline void counted_case(void *context, const struct test_case *one)
{
	int64_t *told = context;

	if (!one->id.n || one->id.n > TEST_ID_MAX || one->message.n > TEST_MESSAGE_MAX || one->duration_us < -1)
		abort();
	told[one->result]++;
}

static inline void counted_read(int (*read)(struct view, test_sink *, void *, struct test_counts *, struct err *),
	const unsigned char *data, size_t size)
{
	int64_t told[RESULT_ERROR + 1] = {0};
	struct test_counts c;
	struct err e;

	if (read(view_make((const char *)data, size), counted_case, told, &c, &e) < 0)
		return;
	/* A result without any name is counted, but cannot be told. */
	if (c.passed < told[RESULT_PASSED] || c.failed < told[RESULT_FAILED] || c.skipped < told[RESULT_SKIPPED] ||
		c.errors < told[RESULT_ERROR])
		abort();
}

#endif
