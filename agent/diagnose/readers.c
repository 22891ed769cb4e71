/* All readers of test results. Adding one: a file reader_NAME.c and a line here. */
#include "diagnose/tests.h"

extern const struct test_reader test_reader_pytest, test_reader_go, test_reader_cargo, test_reader_jest;

const struct test_reader *const test_readers[] = {
	&test_reader_pytest, &test_reader_go, &test_reader_cargo, &test_reader_jest, NULL};
