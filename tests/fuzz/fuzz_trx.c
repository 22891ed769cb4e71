/* TRX reports: any bytes are refused or give results whose counts are those of the cases told. */
#include "base/buf.h"
#include "diagnose/tests.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void count(void *context, const struct test_case *one)
{
	int64_t *told = context;

	if (!one->id.n || one->id.n > TEST_ID_MAX || one->message.n > TEST_MESSAGE_MAX || one->duration_us < -1)
		abort();
	told[one->result]++;
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	int64_t told[RESULT_ERROR + 1] = {0};
	struct test_counts c;
	struct err e;

	if (trx_read(view_make((const char *)data, size), count, told, &c, &e) < 0)
		return 0;
	/* A result without any name is counted, but cannot be told. */
	if (c.passed < told[RESULT_PASSED] || c.failed < told[RESULT_FAILED] || c.skipped < told[RESULT_SKIPPED] ||
		c.errors < told[RESULT_ERROR])
		abort();
	return 0;
}
