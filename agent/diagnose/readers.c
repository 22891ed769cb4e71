/* All readers of test results. Adding one: a file reader_NAME.c, or a table in reader_forms_*.c, and a line here. */
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
	X(exunit)                                                                                                      \
	X(boost)                                                                                                       \
	X(doctest)                                                                                                     \
	X(check)                                                                                                       \
	X(cpputest)                                                                                                    \
	X(cppunit)                                                                                                     \
	X(qtest)                                                                                                       \
	X(unity)                                                                                                       \
	X(criterion)                                                                                                   \
	X(meson)                                                                                                       \
	X(bazel)                                                                                                       \
	X(automake)                                                                                                    \
	X(jasmine)                                                                                                     \
	X(webrunner)                                                                                                   \
	X(ava)                                                                                                         \
	X(karma)                                                                                                       \
	X(cucumber)                                                                                                    \
	X(robot)                                                                                                       \
	X(busted)                                                                                                      \
	X(luaunit)                                                                                                     \
	X(testthat)                                                                                                    \
	X(tcltest)                                                                                                     \
	X(stestr)                                                                                                      \
	X(scalatest)                                                                                                   \
	X(hspec)                                                                                                       \
	X(tasty)                                                                                                       \
	X(eunit)                                                                                                       \
	X(alcotest)                                                                                                    \
	X(ounit)                                                                                                       \
	X(elmtest)                                                                                                     \
	X(julia)                                                                                                       \
	X(zig)                                                                                                         \
	X(nim)                                                                                                         \
	X(clojure)                                                                                                     \
	X(forge)                                                                                                       \
	X(dart)                                                                                                        \
	X(catch2)                                                                                                      \
	X(xctest)

#define DECLARED(name) extern const struct test_reader test_reader_##name;
#define LISTED(name) &test_reader_##name,

READERS(DECLARED)

const struct test_reader *const test_readers[] = {READERS(LISTED) NULL};

_Static_assert(sizeof test_readers / sizeof *test_readers - 1 <= TEST_READERS_MAX, "a bit for each reader");
