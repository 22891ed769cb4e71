/* Frameworks of scripting languages, and those whose tests are written for people to read. */
#include "diagnose/reader_form.h"

/* "1) Shelf total adds prices" with a message below, in the list of failures */
static const struct form jasmine_forms[] = {{FORM_OPEN, RESULT_PASSED, "^Failures:"},
	{FORM_PROOF, RESULT_FAILED, "^ Message:"}, {FORM_HEAD, RESULT_PASSED, "^<n>) <id>"},
	{FORM_CLOSE, RESULT_PASSED, "Finished in <*>"}, {0}};
static const struct form_totals jasmine_totals[] = {
	{"<n> specs, <n> failure<*>", NULL, " failure", " pending", NULL, " specs", false, false},
	{"<n> spec, <n> failure<*>", NULL, " failure", " pending", NULL, " spec", false, false}, {0}};
static const char *const jasmine_literals[] = {"\nFailures:", " specs, ", " spec, ", "\nFinished in ", NULL};
FORM_READER(jasmine, jasmine_totals, NULL)

/* The list of results has messages behind the titles: the title that counts stands above its place. */
static const struct form ava_forms[] = {{FORM_OPEN, RESULT_PASSED, "✘ [fail]: <*>"},
	{FORM_OPEN, RESULT_PASSED, "✖ <*> Rejected promise returned by test"},
	{FORM_PROOF, RESULT_FAILED, "^ <name>:<n>"}, {FORM_PROOF, RESULT_FAILED, "^ Error thrown in test:"},
	{FORM_PROOF, RESULT_FAILED, "^ Rejected promise returned by test<*>"},
	{FORM_PROOF, RESULT_FAILED, "^ Test finished without running any assertions<*>"},
	{FORM_PROOF, RESULT_FAILED, "^ Promise returned by test never resolved<*>"},
	{FORM_CLOSE, RESULT_PASSED, "<n> test failed"}, {FORM_CLOSE, RESULT_PASSED, "<n> tests failed"},
	{FORM_HEAD, RESULT_PASSED, "^ <id>"}, {0}};
static const struct form_totals ava_totals[] = {
	{"^  <n> test failed", NULL, " test failed", NULL, NULL, NULL, false, false},
	{"^  <n> tests failed", NULL, " tests failed", NULL, NULL, NULL, false, false},
	{"^  <n> test passed", " test passed", NULL, NULL, NULL, NULL, false, false},
	{"^  <n> tests passed", " tests passed", NULL, NULL, NULL, NULL, false, false}, {0}};
static const char *const ava_literals[] = {
	"✘ [fail]: ", "✖ ", " test failed", " tests failed", " test passed", " tests passed", NULL};
FORM_READER(ava, ava_totals, NULL)

/* Web Test Runner: " ❌ my-card > shows the title", and a bar that is printed again as it grows; and the list at the end
 * of what tap-spec makes of TAP, without its headings. */
static const struct form webrunner_forms[] = {{FORM_OPEN, RESULT_PASSED, "^Running <n> test file<*>"},
	{FORM_OPEN, RESULT_PASSED, "Failed Tests: There w<*> <n> failure<*>"}, {FORM_ITEM, RESULT_FAILED, "❌ <id>"},
	{FORM_ITEM, RESULT_FAILED, "𐄂 <id>"}, {FORM_ITEM, RESULT_FAILED, "✖ <id>"},
	{FORM_CLOSE, RESULT_PASSED, "^Finished running tests<*>"}, {FORM_CLOSE, RESULT_PASSED, "total: <n>"}, {0}};
static const struct form_totals webrunner_totals[] = {{"<*>| <n>/<n> test files | <n> passed, <n> failed<*>", " passed",
							      " failed", " skipped", NULL, NULL, false, true},
	{"<*>| <n>/<n> test files | <n> passed<*>", " passed", NULL, " skipped", NULL, NULL, false, true}, {0}};
static const char *const webrunner_literals[] = {" test files...", " test file...", "\nFinished running tests",
	" test files | ", "Failed Tests: There w", "\n  total: ", NULL};
FORM_READER(webrunner, webrunner_totals, NULL)

/* "Chrome Headless 120.0.0.0 (Linux x86_64) Shelf adds prices FAILED" */
static const struct form karma_forms[] = {{FORM_RESULT, RESULT_FAILED, "^Chrome<*> (<*>) <id> FAILED"},
	{FORM_RESULT, RESULT_FAILED, "^HeadlessChrome<*> (<*>) <id> FAILED"},
	{FORM_RESULT, RESULT_FAILED, "^Firefox<*> (<*>) <id> FAILED"},
	{FORM_RESULT, RESULT_FAILED, "^Safari<*> (<*>) <id> FAILED"},
	{FORM_RESULT, RESULT_FAILED, "^Edge<*> (<*>) <id> FAILED"},
	{FORM_RESULT, RESULT_FAILED, "^Electron<*> (<*>) <id> FAILED"},
	{FORM_RESULT, RESULT_FAILED, "^PhantomJS<*> (<*>) <id> FAILED"},
	{FORM_RESULT, RESULT_FAILED, "^jsdom<*> (<*>) <id> FAILED"}, {0}};
static const char *const karma_literals[] = {" FAILED", NULL};
FORM_READER(karma, NULL, NULL)

/* cucumber-js, cucumber for Ruby and Java, behave, Behat */
static const struct form cucumber_forms[] = {{FORM_RESULT, RESULT_FAILED, "^<n>) Scenario: {<id> # <name>}"},
	{FORM_RESULT, RESULT_FAILED, "^<n>) Scenario Outline: {<id> # <name>}"},
	{FORM_LIST, RESULT_PASSED, "Failing scenarios:"}, {FORM_LIST, RESULT_PASSED, "Failing Scenarios:"},
	{FORM_LIST, RESULT_PASSED, "Failed scenarios:"}, {FORM_LIST, RESULT_PASSED, "--- Failed scenarios:"},
	{FORM_ITEM, RESULT_FAILED, "cucumber <*>{<name>.feature:<n> # <*>}"},
	{FORM_ITEM, RESULT_FAILED, "{<name>.feature:<n><*>}"}, {0}};
static const struct form_totals cucumber_totals[] = {
	{"<n> scenarios (<*>)", " passed", " failed", " skipped", " undefined", NULL, false, false},
	{"<n> scenario (<*>)", " passed", " failed", " skipped", " undefined", NULL, false, false},
	{"<n> scenarios passed, <n> failed, <n> skipped<*>", " scenarios passed", " failed", " skipped", NULL, NULL,
		false, false},
	{"<n> scenario passed, <n> failed, <n> skipped<*>", " scenario passed", " failed", " skipped", NULL, NULL,
		false, false},
	{0}};
static const char *const cucumber_literals[] = {") Scenario: ", ") Scenario Outline: ", "Failing scenarios:",
	"Failing Scenarios:", "Failed scenarios:", " scenarios (", " scenario (", " scenarios passed, ",
	" scenario passed, ", NULL};
FORM_READER(cucumber, cucumber_totals, NULL)

/* Robot Framework: a suite's line looks like a test's, but a double ruler ends it. */
static const struct form robot_forms[] = {{FORM_TITLE, RESULT_PASSED, "^<id> :: <*> | FAIL |"},
	{FORM_TITLE, RESULT_PASSED, "^<id> | FAIL |"},
	{FORM_PROOF, RESULT_FAILED, "^------------------------------------------------------------------------------"},
	{0}};
static const struct form_totals robot_totals[] = {
	{"^<n> test<*>, <n> passed, <n> failed<*>", " passed", " failed", " skipped", NULL, NULL, false, true}, {0}};
static const char *const robot_literals[] = {"| FAIL |",
	"\n------------------------------------------------------------------------------", " passed, ", NULL};
FORM_READER(robot, robot_totals, NULL)

/* busted, and plenary for Neovim */
static const struct form busted_forms[] = {{FORM_NEXT, RESULT_FAILED, "^Failure -> <*> @ <n>"},
	{FORM_NEXT, RESULT_FAILED, "^Failure → <*> @ <n>"}, {FORM_NEXT, RESULT_ERROR, "^Error -> <*> @ <n>"},
	{FORM_NEXT, RESULT_ERROR, "^Error → <*> @ <n>"}, {FORM_RESULT, RESULT_FAILED, "^Fail || <id>"}, {0}};
static const struct form_totals busted_totals[] = {
	{"<n> success<*> / <n> failure<*> / <n> error<*> / <n> pending<*>", " success", " failure", " pending",
		" error", NULL, false, false},
	{0}};
static const char *const busted_literals[] = {"\nFailure -> ", "\nFailure → ", "\nError -> ", "\nError → ",
	"\nFail\t||\t", " success / ", " successes / ", NULL};
FORM_READER(busted, busted_totals, NULL)

static const struct form luaunit_forms[] = {{FORM_OPEN, RESULT_PASSED, "^Failed tests:"},
	{FORM_ITEM, RESULT_FAILED, "^<n>) {<name>.<name>}"}, {FORM_CLOSE, RESULT_PASSED, "^Ran <n> tests in <*>"}, {0}};
static const char *const luaunit_literals[] = {"\nFailed tests:", "\nRan ", NULL};
FORM_READER(luaunit, NULL, NULL)

/* testthat; of R CMD check the lines stand further right */
static const struct form testthat_forms[] = {{FORM_RESULT, RESULT_FAILED, "── Failure (<*>): <id>"},
	{FORM_RESULT, RESULT_ERROR, "── Error (<*>): <id>"},
	{FORM_RESULT, RESULT_FAILED, "── <n>. Failure: <id> (@<*>)<*>"},
	{FORM_RESULT, RESULT_ERROR, "── <n>. Error: <id> (@<*>)<*>"}, {0}};
static const struct form_totals testthat_totals[] = {
	{"[ FAIL <n> | WARN <n> | SKIP <n> | PASS <n> ]", "PASS", "FAIL", "SKIP", NULL, NULL, true, true}, {0}};
static const char *const testthat_literals[] = {
	"── Failure (", "── Error (", ". Failure: ", ". Error: ", "[ FAIL ", NULL};
FORM_READER(testthat, testthat_totals, NULL)

static const struct form tcltest_forms[] = {{FORM_RESULT, RESULT_FAILED, "^==== <name> <*> FAILED"}, {0}};
static const struct form_totals tcltest_totals[] = {
	{"<*>: Total <n> Passed <n> Skipped <n> Failed <n>", "Passed", "Failed", "Skipped", NULL, NULL, true, true},
	{0}};
static const char *const tcltest_literals[] = {" FAILED", "\tTotal\t", NULL};
FORM_READER(tcltest, tcltest_totals, NULL)

/* stestr and testr, as OpenStack's projects use them */
static const struct form stestr_forms[] = {{FORM_RESULT, RESULT_FAILED, "{<n>} <name> [<*>] ... FAILED"}, {0}};
static const char *const stestr_literals[] = {" ... FAILED", NULL};
FORM_READER(stestr, NULL, NULL)
