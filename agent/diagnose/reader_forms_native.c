/* Frameworks of C and C++, and the programs that run whole test programs. */
#include "diagnose/reader_form.h"

/* Ids as it prints them: "suite/case". */
static const struct form boost_forms[] = {{FORM_RESULT, RESULT_FAILED, "<*>fatal error: in \"<id>\": <text>"},
	{FORM_RESULT, RESULT_FAILED, "<*>error: in \"<id>\": <text>"}, {0}};
static const char *const boost_literals[] = {"error: in \"", NULL};
FORM_READER(boost, NULL, NULL)

static const struct form doctest_forms[] = {{FORM_TITLE, RESULT_PASSED, "^TEST CASE: <id>"},
	{FORM_PROOF, RESULT_FAILED, "<*>: ERROR: <text>"}, {FORM_PROOF, RESULT_FAILED, "<*>: FATAL ERROR: <text>"},
	{0}};
static const struct form_totals doctest_totals[] = {
	{"[doctest] test cases: <*>", " passed", " failed", " skipped", NULL, NULL, false, false}, {0}};
static const char *const doctest_literals[] = {
	"\nTEST CASE: ", ": ERROR: ", ": FATAL ERROR: ", "[doctest] test cases:", NULL};
FORM_READER(doctest, doctest_totals, NULL)

/* libcheck: "shelf.c:9:F:Core:test_total:0: Assertion ..." below its totals */
static const struct form check_forms[] = {{FORM_LIST, RESULT_PASSED, "<n>%: Checks: <n>, Failures: <n>, Errors: <n>"},
	{FORM_ITEM, RESULT_FAILED, "<*>:<n>:F:<*>:<name>:<n>: <text>"},
	{FORM_ITEM, RESULT_ERROR, "<*>:<n>:E:<*>:<name>:<n>: <text>"},
	{FORM_ITEM, RESULT_PASSED, "<*>:<n>:P:<*>:<name>:<n>: <text>"}, {0}};
static const struct form_totals check_totals[] = {
	{"<n>%: Checks: <n>, Failures: <n>, Errors: <n>", NULL, "Failures:", NULL, "Errors:", "Checks:", true, false},
	{0}};
static const char *const check_literals[] = {"%: Checks: ", NULL};
FORM_READER(check, check_totals, NULL)

static const struct form cpputest_forms[] = {{FORM_RESULT, RESULT_FAILED, "<*>: error: Failure in {TEST(<*>)}<*>"},
	{FORM_RESULT, RESULT_FAILED, "<*>: error: Failure in {IGNORE_TEST(<*>)}<*>"}, {0}};
static const struct form_totals cpputest_totals[] = {
	{"Errors (<*> failures, <n> tests, <*>)", NULL, " failures", " ignored", NULL, " tests", false, false},
	{"OK (<n> tests, <n> ran, <*>)", NULL, NULL, " ignored", NULL, " tests", false, false}, {0}};
static const char *const cpputest_literals[] = {": error: Failure in ", "Errors (", " checks, ", NULL};
FORM_READER(cpputest, cpputest_totals, NULL)

static const struct form cppunit_forms[] = {{FORM_RESULT, RESULT_FAILED, "<n>) test: <id> (F) <text>"},
	{FORM_RESULT, RESULT_ERROR, "<n>) test: <id> (E) <text>"}, {0}};
static const char *const cppunit_literals[] = {") test: ", NULL};
FORM_READER(cppunit, NULL, NULL)

static const struct form qtest_forms[] = {{FORM_RESULT, RESULT_FAILED, "FAIL! : {<name>(<*>)} <text>"},
	{FORM_RESULT, RESULT_FAILED, "XPASS : {<name>(<*>)} <text>"},
	{FORM_RESULT, RESULT_FAILED, "FAIL! : {<name>(<*>)}"}, {FORM_RESULT, RESULT_PASSED, "PASS : {<name>(<*>)}"},
	{0}};
static const struct form_totals qtest_totals[] = {
	{"Totals: <n> passed, <n> failed, <n> skipped<*>", " passed", " failed", " skipped", NULL, NULL, false, false},
	{0}};
static const char *const qtest_literals[] = {"FAIL!  : ", "XPASS  : ", "PASS   : ", "Totals: ", NULL};
FORM_READER(qtest, qtest_totals, NULL)

static const struct form unity_forms[] = {{FORM_RESULT, RESULT_FAILED, "<*>:<n>:<name>:FAIL: <text>"},
	{FORM_RESULT, RESULT_FAILED, "<*>:<n>:<name>:FAIL"}, {0}};
static const struct form_totals unity_totals[] = {
	{"<n> Tests <n> Failures <n> Ignored", NULL, " Failures", " Ignored", NULL, " Tests", false, false}, {0}};
static const char *const unity_literals[] = {":FAIL", " Failures ", NULL};
FORM_READER(unity, unity_totals, NULL)

static const struct form criterion_forms[] = {{FORM_RESULT, RESULT_FAILED, "[FAIL] {<name>::<name>}: (<*>"},
	{FORM_RESULT, RESULT_ERROR, "[<*>] {<name>::<name>}: CRASH!"}, {0}};
static const struct form_totals criterion_totals[] = {
	{"[====] Synthesis: Tested: <*>", "Passing:", "Failing:", NULL, "Crashing:", NULL, true, false}, {0}};
static const char *const criterion_literals[] = {"[FAIL] ", ": CRASH!", "[====] Synthesis: ", NULL};
FORM_READER(criterion, criterion_totals, NULL)

static const struct form meson_forms[] = {{FORM_RESULT, RESULT_FAILED, "<n>/<n> <id> FAIL <*>s<*>"},
	{FORM_RESULT, RESULT_FAILED, "<n>/<n> <id> TIMEOUT <*>s<*>"},
	{FORM_RESULT, RESULT_FAILED, "<n>/<n> <id> UNEXPECTEDPASS <*>s<*>"},
	{FORM_RESULT, RESULT_ERROR, "<n>/<n> <id> ERROR <*>s<*>"}, {0}};
static const struct form_totals meson_totals[] = {{"^Ok: <n>", "Ok:", NULL, NULL, NULL, NULL, true, false},
	{"^Expected Fail: <n>", NULL, NULL, "Fail:", NULL, NULL, true, false},
	{"^Fail: <n>", NULL, "Fail:", NULL, NULL, NULL, true, false},
	{"^Unexpected Pass: <n>", NULL, "Pass:", NULL, NULL, NULL, true, false},
	{"^Skipped: <n>", NULL, NULL, "Skipped:", NULL, NULL, true, false},
	{"^Timeout: <n>", NULL, "Timeout:", NULL, NULL, NULL, true, false}, {0}};
static const char *const meson_literals[] = {" FAIL ", " TIMEOUT ", " UNEXPECTEDPASS ", " ERROR ", "\nOk:    ",
	"\nExpected Fail:   ", "\nFail:    ", "\nUnexpected Pass:    ", "\nSkipped:     ", "\nTimeout:     ", NULL};
FORM_READER(meson, meson_totals, NULL)

static const struct form bazel_forms[] = {{FORM_RESULT, RESULT_FAILED, "^{//<name>} FAILED in <*>"},
	{FORM_RESULT, RESULT_FAILED, "^{//<name>} TIMEOUT in <*>"},
	{FORM_RESULT, RESULT_PASSED, "^{//<name>} PASSED in <*>"},
	{FORM_RESULT, RESULT_PASSED, "^{//<name>} (cached) PASSED in <*>"},
	{FORM_RESULT, RESULT_PASSED, "^{//<name>} FLAKY, <*>"}, {0}};
static const char *const bazel_literals[] = {" FAILED in ", " TIMEOUT in ", " PASSED in ", " FLAKY, ", NULL};
FORM_READER(bazel, NULL, NULL)

/* automake's, DejaGnu's and LLVM's lit; gocheck's */
static const struct form automake_forms[] = {{FORM_RESULT, RESULT_FAILED, "^FAIL: <*>.go:<n>: <name>"},
	{FORM_RESULT, RESULT_ERROR, "^PANIC: <*>.go:<n>: <name>"},
	{FORM_RESULT, RESULT_FAILED, "^FAIL: {<name> :: <name>} (<n> of <n>)"},
	{FORM_RESULT, RESULT_FAILED, "^TIMEOUT: {<name> :: <name>} (<n> of <n>)"},
	{FORM_RESULT, RESULT_PASSED, "^PASS: {<name> :: <name>} (<n> of <n>)"},
	{FORM_RESULT, RESULT_FAILED, "^FAIL: {<name>.exp: <*>}"},
	{FORM_RESULT, RESULT_FAILED, "^FAIL: {<name>.test <n> <*>}"},
	{FORM_RESULT, RESULT_FAILED, "^FAIL: {<name>.test <n>}"}, {FORM_RESULT, RESULT_FAILED, "^FAIL: <name>"},
	{FORM_RESULT, RESULT_ERROR, "^ERROR: {<name>.test}"}, {0}};
static const struct form_totals automake_totals[] = {{"^# PASS: <n>", "PASS:", NULL, NULL, NULL, NULL, true, false},
	{"^# FAIL: <n>", NULL, "FAIL:", NULL, NULL, NULL, true, false},
	{"^# SKIP: <n>", NULL, NULL, "SKIP:", NULL, NULL, true, false},
	{"^# ERROR: <n>", NULL, NULL, NULL, "ERROR:", NULL, true, false}, {0}};
static const char *const automake_literals[] = {"\nFAIL: ", "\nPANIC: ", "\nTIMEOUT: ", "\nPASS: ", "\nERROR: ",
	"\n# PASS:", "\n# FAIL:", "\n# SKIP:", "\n# ERROR:", NULL};
FORM_READER(automake, automake_totals, NULL)
