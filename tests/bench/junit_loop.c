/* The reader of JUnit XML alone, without storing what it tells. */
#include "base/buf.h"
#include "base/file.h"
#include "diagnose/tests.h"

#include <stdio.h>

static void on_case(void *count, const struct test_case *one)
{
	(void)one;
	++*(unsigned long *)count;
}

int main(int argc, char **argv)
{
	BUF_AUTO text = buf_new(JUNIT_BYTES_MAX);
	struct test_counts counts;
	unsigned long count = 0;
	struct err e;

	if (argc != 2 || file_read(argv[1], JUNIT_BYTES_MAX, &text, &e) != 0)
		return 2;
	if (junit_read(buf_view(&text), on_case, &count, &counts, &e) != 0)
		return 1;
	return printf("%lu\n", count) < 0;
}
