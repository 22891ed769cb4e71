/* All readers of test results. Adding one: a file reader_NAME.c and a line here. */
#include "diagnose/tests.h"

#define READERS(X)                                                                                                     \
	X(pytest)                                                                                                      \
	X(unittest)                                                                                                    \
	X(jest)                                                                                                        \
	X(vitest)                                                                                                      \
	X(mocha)                                                                                                       \
	X(playwright)                                                                                                  \
	X(bun)                                                                                                         \
	X(node)                                                                                                        \
	X(tap)                                                                                                         \
	X(bats)                                                                                                        \
	X(deno)                                                                                                        \
	X(go)                                                                                                          \
	X(ginkgo)                                                                                                      \
	X(cargo)                                                                                                       \
	X(nextest)                                                                                                     \
	X(gtest)                                                                                                       \
	X(ctest)                                                                                                       \
	X(surefire)                                                                                                    \
	X(ant)                                                                                                         \
	X(gradle)                                                                                                      \
	X(rspec)                                                                                                       \
	X(minitest)                                                                                                    \
	X(phpunit)                                                                                                     \
	X(pest)                                                                                                        \
	X(dotnet)                                                                                                      \
	X(exunit)

#define DECLARED(name) extern const struct test_reader test_reader_##name;
#define LISTED(name) &test_reader_##name,

READERS(DECLARED)

const struct test_reader *const test_readers[] = {READERS(LISTED) NULL};
