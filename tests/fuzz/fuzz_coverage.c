/* Coverage reports: any bytes are refused or give sums that hold together and paths that git could hold. */
#include "base/file.h"
#include "diagnose/coverage.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void check_count(struct coverage_count c)
{
	if (c.covered > c.total || c.total < -1 || (c.covered < 0) != (c.total < 0))
		abort();
}

static void check_sum(const struct coverage_sum *s)
{
	check_count(s->lines);
	check_count(s->branches);
	check_count(s->functions);
	if (!(s->percent >= -1 && s->percent <= 100))
		abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	COVERAGE_AUTO c = {0};

	if (coverage_read(view_make((const char *)data, size), view_of("/src/shelf"), &c, NULL) < 0)
		return 0;
	check_sum(&c.sum);
	for (size_t i = 0; i < c.file_count; i++) {
		check_sum(&c.files[i].sum);
		if (file_check_relative(view_of(c.files[i].path), NULL) < 0)
			abort();
	}
	return 0;
}
