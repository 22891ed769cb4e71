/* Frameworks of the JVM's other languages, of functional languages and of some younger ones. */
#include "diagnose/reader_form.h"

/* ScalaTest and munit, under sbt or alone; what else sbt runs shows in its list of suites that failed. */
static const struct form scalatest_forms[] = {{FORM_RESULT, RESULT_FAILED, "[info] - <id> *** FAILED ***<*>"},
	{FORM_RESULT, RESULT_FAILED, "- <id> *** FAILED ***<*>"},
	{FORM_RESULT, RESULT_ERROR, "[info] <name> *** ABORTED ***<*>"},
	{FORM_RESULT, RESULT_ERROR, "<name> *** ABORTED ***<*>"},
	{FORM_RESULT, RESULT_FAILED, "<*>==> X <id> <n>.<n>s <text>"},
	{FORM_RESULT, RESULT_FAILED, "[error] Test <name> failed: <text>"},
	{FORM_CONTEXT, RESULT_PASSED, "[info] <name>:"}, {FORM_LIST, RESULT_PASSED, "[error] Failed tests:"},
	{FORM_LAST, RESULT_FAILED, "[error] <name>"}, {0}};
static const struct form_totals scalatest_totals[] = {
	{"<*>Failed: Total <n>, Failed <n>, Errors <n>, Passed <n><*>", "Passed ", "Failed ", "Ignored ", "Errors ",
		NULL, true, false},
	{"<*>Passed: Total <n>, Failed <n>, Errors <n>, Passed <n><*>", ", Passed ", ", Failed ", "Ignored ", "Errors ",
		NULL, true, false},
	{0}};
static const char *const scalatest_literals[] = {" *** FAILED ***", " *** ABORTED ***", "==> X ", "[error] Test ",
	"Spec:", "Suite:", "Test:", "[error] Failed tests:", ": Total ", NULL};
FORM_READER(scalatest, scalatest_totals, " > ")

static const struct form hspec_forms[] = {{FORM_OPEN, RESULT_PASSED, "^Failures:"},
	{FORM_PROOF, RESULT_FAILED, "To rerun use: --match <*>"}, {FORM_HEAD, RESULT_PASSED, "^ <n>) <id>"},
	{FORM_CLOSE, RESULT_PASSED, "^Finished in <*>"}, {0}};
static const char *const hspec_literals[] = {
	"\nFailures:", "To rerun use: --match ", "\nFinished in ", " examples, ", " example, ", NULL};
/* RSpec's reader adds up its totals, which look the same. */
static const struct form_totals hspec_totals[] = {
	{"<n> example<*>, <n> failure<*>", NULL, NULL, NULL, NULL, NULL, false, false}, {0}};
FORM_READER(hspec, hspec_totals, NULL)

/* The id is the title alone: titles of groups stand above it. */
static const struct form tasty_forms[] = {
	{FORM_RESULT, RESULT_FAILED, "^ <id>: FAIL"}, {FORM_RESULT, RESULT_FAILED, "^ <id>: FAIL (<*>s)"}, {0}};
static const struct form_totals tasty_totals[] = {
	{"<n> out of <n> tests failed (<*>", NULL, " out of ", NULL, NULL, " tests failed", false, false}, {0}};
static const char *const tasty_literals[] = {": FAIL", ":  FAIL", " tests failed (", "     FAIL", NULL};
FORM_READER(tasty, tasty_totals, NULL)

/* eunit alone and under rebar3, Common Test under rebar3 */
static const struct form eunit_forms[] = {{FORM_RESULT, RESULT_FAILED, "{<name>:<*> <name>}...*failed*"},
	{FORM_OPEN, RESULT_PASSED, "^Failures:"}, {FORM_RESULT, RESULT_FAILED, "%%% {<name> ==> <name>}: FAILED"},
	{FORM_HEAD, RESULT_PASSED, "<n>) {<name>:<name>/<n><*>}"}, {FORM_PROOF, RESULT_FAILED, "Failure/Error: <text>"},
	{FORM_CLOSE, RESULT_PASSED, "^Finished in <*>"}, {0}};
static const struct form_totals eunit_totals[] = {
	{"Failed: <n>. Skipped: <n>. Passed: <n>.", "Passed:", "Failed:", "Skipped:", NULL, NULL, true, false}, {0}};
static const char *const eunit_literals[] = {
	"...*failed*", "\nFailures:", ": FAILED", "\nFinished in ", "  Failed: ", NULL};
FORM_READER(eunit, eunit_totals, NULL)

static const struct form alcotest_forms[] = {{FORM_RESULT, RESULT_FAILED, "> [FAIL] {<*> <n> <id>}."},
	{FORM_RESULT, RESULT_FAILED, "[FAIL] {<*> <n> <id>}."}, {FORM_RESULT, RESULT_PASSED, "[OK] {<*> <n> <id>}."},
	{0}};
static const char *const alcotest_literals[] = {"[FAIL]   ", "[OK]     ", NULL};
FORM_READER(alcotest, NULL, NULL)

static const struct form ounit_forms[] = {{FORM_RESULT, RESULT_FAILED, "^Error: {<name>:<n>:<name>}."}, {0}};
static const struct form_totals ounit_totals[] = {
	{"FAILED: Cases: <n> Tried: <n> Errors: <n> Failures: <n> Skip: <n><*>", NULL,
		"Failures:", "Skip:", "Errors:", "Cases:", true, false},
	{0}};
static const char *const ounit_literals[] = {"\nError: ", "FAILED: Cases: ", NULL};
FORM_READER(ounit, ounit_totals, NULL)

static const struct form elmtest_forms[] = {
	{FORM_OPEN, RESULT_PASSED, "^Running <n> test<*>. To reproduce these results<*>"},
	{FORM_CONTEXT, RESULT_PASSED, "^↓ <id>"}, {FORM_ITEM, RESULT_FAILED, "^✗ <id>"}, {0}};
static const char *const elmtest_literals[] = {". To reproduce these results", "\n↓ ", "\n✗ ", NULL};
FORM_READER(elmtest, NULL, " > ")

static const struct form julia_forms[] = {{FORM_RESULT, RESULT_FAILED, "^<id>: Test Failed at <*>"},
	{FORM_RESULT, RESULT_ERROR, "^<id>: Error During Test at <*>"}, {0}};
static const struct form_totals julia_totals[] = {
	{"<*>Some tests did not pass: <n> passed, <*>", " passed", " failed", " broken", " errored", NULL, false, true},
	{0}};
static const char *const julia_literals[] = {
	": Test Failed at ", ": Error During Test at ", "Some tests did not pass: ", NULL};
FORM_READER(julia, julia_totals, NULL)

static const struct form zig_forms[] = {{FORM_RESULT, RESULT_FAILED, "<n>/<n> <id>...FAIL (<text>)"},
	{FORM_RESULT, RESULT_FAILED, "error: '<id>' failed: <text>"}, {0}};
static const struct form_totals zig_totals[] = {
	{"^<n> passed; <n> skipped; <n> failed.", " passed", " failed", " skipped", NULL, NULL, false, false}, {0}};
static const char *const zig_literals[] = {"...FAIL (", "' failed: ", " passed; ", NULL};
FORM_READER(zig, zig_totals, NULL)

static const struct form nim_forms[] = {{FORM_OPEN, RESULT_PASSED, "^[Suite] <*>"},
	{FORM_ITEM, RESULT_FAILED, "^ [FAILED] <id>"}, {FORM_ITEM, RESULT_PASSED, "^ [OK] <id>"}, {0}};
static const char *const nim_literals[] = {"\n[Suite] ", "  [FAILED] ", "  [OK] ", NULL};
FORM_READER(nim, NULL, NULL)

/* clojure.test under lein and clj, kaocha */
static const struct form clojure_forms[] = {{FORM_RESULT, RESULT_FAILED, "^FAIL in (<name>) (<*>)"},
	{FORM_RESULT, RESULT_ERROR, "^ERROR in (<name>) (<*>)"}, {FORM_RESULT, RESULT_FAILED, "^FAIL in <name> (<*>)"},
	{FORM_RESULT, RESULT_ERROR, "^ERROR in <name> (<*>)"}, {0}};
static const char *const clojure_literals[] = {"\nFAIL in ", "\nERROR in ", NULL};
FORM_READER(clojure, NULL, NULL)

/* Foundry's forge */
static const struct form forge_forms[] = {{FORM_RESULT, RESULT_FAILED, "[FAIL: <text>] {<name>(<*>)} (<*>)"},
	{FORM_RESULT, RESULT_FAILED, "[FAIL. Reason: <text>] {<name>(<*>)} (<*>)"},
	{FORM_RESULT, RESULT_FAILED, "[FAIL] {<name>(<*>)} (<*>)"}, {0}};
static const struct form_totals forge_totals[] = {{"Suite result: <*>. <n> passed; <n> failed; <n> skipped; <*>",
							  " passed", " failed", " skipped", NULL, NULL, false, false},
	{0}};
static const char *const forge_literals[] = {"[FAIL: ", "[FAIL. ", "[FAIL] ", "Suite result: ", NULL};
FORM_READER(forge, forge_totals, NULL)

/* dart test and flutter test; the last two as GitHub shows them */
static const struct form dart_forms[] = {{FORM_RESULT, RESULT_FAILED, "<n>:<n> +<*>: <id> [E]"},
	{FORM_RESULT, RESULT_FAILED, "❌ <id> (failed)"}, {FORM_RESULT, RESULT_FAILED, "##[group]❌ <id> (failed)"}, {0}};
static const struct form_totals dart_totals[] = {
	{"<n>:<n> +<*>: Some tests failed.", " +", " -", " ~", NULL, NULL, true, false},
	{"<n>:<n> +<*>: All tests passed!", " +", NULL, " ~", NULL, NULL, true, false},
	{"<*><n> tests passed, <n> failed<*>", " tests passed", " failed", " skipped", NULL, NULL, false, false}, {0}};
static const char *const dart_literals[] = {
	" [E]", "❌ ", ": Some tests failed.", ": All tests passed!", " tests passed, ", NULL};
FORM_READER(dart, dart_totals, NULL)
