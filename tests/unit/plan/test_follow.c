/* What became of a fix, as a table: how it was delivered, what people did, what CI says; then the outcome that is
 * recorded (or none), what is done, and the sentence that people read. */
#include "plan/follow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static struct arena arena;

/* ---- the words of the table ------------------------------------------------------------------------------------ */

static const struct {
	const char *word;
	struct follow_run run;
} runs[] = {
	{"green", {.status = "completed", .conclusion = "success"}},
	{"green-by-hand", {.status = "completed", .conclusion = "success", .by_dispatch = true}},
	{"red-as-before", {.status = "completed", .conclusion = "failure", .same_signature = true}},
	{"red-by-hand", {.status = "completed", .conclusion = "failure", .same_signature = true, .by_dispatch = true}},
	{"red-otherwise", {.status = "completed", .conclusion = "failure", .understood = true}},
	{"timed-out", {.status = "completed", .conclusion = "timed_out", .understood = true}},
	{"not-started", {.status = "completed", .conclusion = "startup_failure", .understood = true}},
	{"accident", {.status = "completed", .conclusion = "failure", .understood = true, .transient = true}},
	{"further", {.status = "completed", .conclusion = "failure", .understood = true, .beyond = true}},
	{"red-of-old", {.status = "completed",
			       .conclusion = "failure",
			       .understood = true,
			       .beyond = true,
			       .was_there = true}},
	{"unread", {.status = "completed", .conclusion = "failure", .understood = false}},
	{"cancelled", {.status = "completed", .conclusion = "cancelled"}},
	{"skipped", {.status = "completed", .conclusion = "skipped"}},
	{"neutral", {.status = "completed", .conclusion = "neutral"}},
	{"approval", {.status = "completed", .conclusion = "action_required"}},
	{"gate", {.status = "waiting"}},
	{"running", {.status = "in_progress"}},
	{"queued", {.status = "queued"}},
	{"docs-green", {.workflow = "docs", .status = "completed", .conclusion = "success"}},
	{"docs-red", {.workflow = "docs", .status = "completed", .conclusion = "failure", .same_signature = true}},
	{"docs-running", {.workflow = "docs", .status = "in_progress"}},
};

static const struct {
	const char *word;
	size_t offset; /* of a bool that is set */
} flags[] = {
#define FLAG(word, member)                                                                                             \
	{                                                                                                              \
		word, offsetof(struct follow_facts, member)                                                            \
	}
	FLAG("open", pull_open),
	FLAG("merged", pull_merged),
	FLAG("by-us", pull_closed_by_us),
	FLAG("reverted", reverted),
	FLAG("base-red", base_red),
	FLAG("waits", waits),
	FLAG("pushed", has_commit),
	FLAG("person-on-top", person_committed),
	FLAG("off", labelled_off),
};

static struct follow_run run_of(struct view word)
{
	for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++)
		if (view_is(word, runs[i].word)) {
			struct follow_run run = runs[i].run;

			run.workflow = run.workflow ? run.workflow : "CI tests";
			return run;
		}
	fail_msg("no run is called %.*s", VIEW_ARG(word));
	return runs[0].run;
}

static void fact_word(struct follow_facts *f, struct view word)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (view_is(word, flags[i].word)) {
			*(bool *)((char *)f + flags[i].offset) = true;
			return;
		}
	if (view_is(word, "month"))
		f->age = 31 * CLOCK_DAY;
	else if (view_is(word, "days"))
		f->age = 2 * CLOCK_DAY;
	else if (view_is(word, "ageless"))
		f->age = CLOCK_UNKNOWN;
	else
		fail_msg("no fact is called %.*s", VIEW_ARG(word));
}

static enum delivery_way way_of(const char *text)
{
	static const enum delivery_way ways[] = {DELIVERY_PATCH, DELIVERY_SUGGEST, DELIVERY_PULL, DELIVERY_BRANCH};

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (strcmp(delivery_way_name(ways[i]), text) == 0)
			return ways[i];
	fail_msg("no way is called %s", text);
	return DELIVERY_NOWHERE;
}

static const char *action_name(enum follow_action action)
{
	static const char *const names[] = {"wait", "keep", "close", "revert", "delete", "stale"};

	return names[action];
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

static const struct row {
	const char *way, *facts, *runs, *outcome, *action, *reason;
} rows[] = {
	/* green */
	{"pr", "open pushed", "green", "green", "keep", "CI tests is green with the fix"},
	{"pr", "open pushed", "green docs-green", "green", "keep", "CI tests is green with the fix"},
	{"pr", "open pushed", "green docs-running", "green", "keep", "CI tests is green with the fix"},
	{"pr", "open pushed", "green docs-red", "green", "keep",
		"CI tests is green with the fix; another workflow is red"},
	{"branch", "open pushed", "green", "green", "keep", "CI tests is green with the fix"},
	{"branch", "pushed", "green", "green", "keep", "CI tests is green with the fix"},
	{"suggest", "open pushed", "green", "green", "keep", "CI tests is green with the fix"},
	{"pr", "open pushed", "green-by-hand", "green", "keep",
		"CI tests is green with the fix, in a run by hand that satisfies no required check"},
	{"pr", "open pushed", "green-by-hand green", "green", "keep", "CI tests is green with the fix"},
	{"pr", "open pushed waits", "green-by-hand approval", "green", "keep",
		"CI tests is green with the fix, in a run by hand that satisfies no required check"},

	/* red as before: the fix is withdrawn, where nobody stands on it */
	{"pr", "open pushed", "red-as-before", "red", "close", "CI tests fails with the fix as it did without"},
	{"pr", "open pushed", "red-by-hand approval", "red", "close", "CI tests fails with the fix as it did without"},
	{"pr", "open pushed", "green red-as-before", "unverified", "wait",
		"CI tests is green in one run on the fix and red in another"},
	{"branch", "open pushed", "red-otherwise green", "unverified", "wait",
		"CI tests is green in one run on the fix and red in another"},
	{"pr", "open pushed", "running red-as-before", "red", "close", "CI tests fails with the fix as it did without"},
	{"pr", "open pushed base-red", "red-as-before", "red", "close",
		"CI tests fails with the fix as it did without"},
	{"pr", "open pushed month", "red-as-before", "red", "close", "CI tests fails with the fix as it did without"},
	{"branch", "open pushed", "red-as-before", "red", "revert", "CI tests fails with the fix as it did without"},
	{"branch", "pushed", "red-as-before", "red", "keep", "CI tests fails with the fix as it did without"},
	{"suggest", "open pushed", "red-as-before", "red", "keep", "CI tests fails with the fix as it did without"},
	{"branch", "open pushed person-on-top", "red-as-before", "red", "keep",
		"the fix stayed red; it stays where it is, for a person committed on top of it"},
	{"pr", "open pushed person-on-top", "red-as-before", "red", "keep",
		"the fix stayed red; it stays where it is, for a person committed on top of it"},

	{"branch", "open pushed off", "red-as-before", "red", "keep",
		"the fix stayed red; it stays where it is, as the label `runmedic: off` asks"},
	{"pr", "open pushed off", "red-otherwise", "red", "keep",
		"the fix stayed red; it stays where it is, as the label `runmedic: off` asks"},

	/* red otherwise: only where it must be the fix's doing */
	{"pr", "open pushed", "red-otherwise", "red", "close",
		"CI tests fails with the fix for a reason that the base branch does not have"},
	{"pr", "open pushed", "timed-out", "red", "close",
		"CI tests fails with the fix for a reason that the base branch does not have"},
	{"pr", "open pushed", "not-started", "red", "close",
		"CI tests fails with the fix for a reason that the base branch does not have"},
	{"branch", "open pushed", "red-otherwise", "red", "revert",
		"CI tests fails with the fix for a reason that the base branch does not have"},
	{"branch", "open pushed person-on-top", "red-otherwise", "red", "keep",
		"the fix stayed red; it stays where it is, for a person committed on top of it"},
	{"pr", "open pushed base-red", "red-otherwise", "unverified", "wait",
		"CI tests fails for another reason, which the base branch has, too"},
	{"pr", "open pushed", "further", "unverified", "wait",
		"CI tests gets further with the fix, and fails there for another reason"},
	{"pr", "open pushed", "further red-otherwise", "red", "close",
		"CI tests fails with the fix for a reason that the base branch does not have"},
	{"branch", "open pushed", "red-of-old", "unverified", "wait",
		"CI tests still fails of something else, which it did before the fix, too"},
	{"branch", "open pushed", "red-of-old further", "unverified", "wait",
		"CI tests gets further with the fix, and fails there for another reason"},
	{"branch", "open pushed", "red-of-old red-otherwise", "red", "revert",
		"CI tests fails with the fix for a reason that the base branch does not have"},
	{"pr", "open pushed", "accident", "none", "wait", "CI tests failed by an accident: another run will tell"},
	{"pr", "open pushed", "accident further", "unverified", "wait",
		"CI tests gets further with the fix, and fails there for another reason"},
	{"pr", "open pushed", "unread", "none", "wait", "CI tests is red with the fix, and why could not be found out"},
	{"branch", "open pushed", "unread red-otherwise", "none", "wait",
		"CI tests is red with the fix, and why could not be found out"},
	{"pr", "open pushed", "unread red-as-before", "red", "close", "CI tests fails with the fix as it did without"},
	{"pr", "open pushed", "red-otherwise running", "none", "wait", "CI tests is still running on the fix"},

	/* unverified: never withdrawn for want of green */
	{"pr", "open pushed", "approval", "unverified", "wait",
		"CI tests waits until somebody presses \"Approve workflows to run\""},
	{"pr", "open pushed waits", "", "unverified", "wait",
		"CI tests waits until somebody presses \"Approve workflows to run\""},
	{"pr", "open pushed", "gate", "unverified", "wait",
		"CI tests waits until somebody presses \"Approve workflows to run\""},
	{"pr", "open pushed days", "", "unverified", "wait", "CI tests never ran on the fix"},
	{"pr", "open pushed days", "skipped neutral cancelled", "unverified", "wait", "CI tests never ran on the fix"},
	{"pr", "open pushed days", "docs-green", "unverified", "wait", "CI tests never ran on the fix"},
	{"branch", "open pushed days waits", "", "unverified", "wait",
		"CI tests waits until somebody presses \"Approve workflows to run\""},

	/* too early */
	{"pr", "open pushed", "", "none", "wait", "CI tests has not run on the fix yet"},
	{"pr", "open pushed ageless", "", "none", "wait", "CI tests has not run on the fix yet"},
	{"pr", "open pushed", "running", "none", "wait", "CI tests is still running on the fix"},
	{"pr", "open pushed", "queued green", "none", "wait", "CI tests is still running on the fix"},
	{"suggest", "open", "", "none", "wait", "nobody has applied the fix yet"},
	{"patch", "", "", "none", "wait", "nobody has applied the fix yet"},

	/* people have the last word */
	{"pr", "merged pushed", "", "merged", "delete", "the pull request was merged"},
	{"pr", "merged pushed person-on-top", "red-as-before", "merged", "delete", "the pull request was merged"},
	{"branch", "merged pushed", "red-as-before", "merged", "keep", "the pull request was merged with the fix"},
	{"suggest", "merged pushed", "", "merged", "keep", "the pull request was merged with the fix"},
	{"suggest", "merged", "", "unverified", "keep", "the pull request was merged without the fix"},
	{"suggest", "", "", "unverified", "keep", "the pull request was closed without the fix"},
	{"pr", "pushed", "green", "closed", "delete", "a person closed the pull request"},
	{"pr", "pushed person-on-top", "green", "closed", "keep",
		"a person closed the pull request; the branch stays, for it holds a commit of theirs"},
	{"pr", "pushed by-us", "red-as-before", "withdrawn", "delete", "the fix was withdrawn"},
	{"pr", "pushed by-us person-on-top", "", "withdrawn", "keep", "the fix was withdrawn"},
	{"branch", "open pushed reverted", "green", "reverted", "keep", "the fix was reverted"},
	{"pr", "merged pushed reverted", "green", "reverted", "delete", "the fix was reverted"},
	{"pr", "open pushed reverted", "", "reverted", "keep", "the fix was reverted"},

	/* nobody came */
	{"pr", "open pushed month", "green", "green", "stale",
		"the pull request was open for a month, and nobody took it"},
	{"pr", "open pushed month", "approval", "unverified", "stale",
		"the pull request was open for a month, and nobody took it"},
	{"pr", "open pushed month", "", "unverified", "stale",
		"the pull request was open for a month, and nobody took it"},
	{"pr", "open pushed month base-red", "red-otherwise", "unverified", "stale",
		"the pull request was open for a month, and nobody took it"},
	{"pr", "open pushed month person-on-top", "green", "green", "keep", "CI tests is green with the fix"},
	{"pr", "open pushed month off", "green", "green", "keep", "CI tests is green with the fix"},
	{"branch", "open pushed month", "approval", "unverified", "keep",
		"CI tests waits until somebody presses \"Approve workflows to run\""},
	{"suggest", "open month", "", "unverified", "keep", "nobody applied the fix"},
	{"patch", "month", "", "unverified", "keep", "nobody applied the fix"},
};

static struct follow_verdict judged(const char *way, const char *facts, const char *words)
{
	struct follow_run list[8];
	struct follow_facts f = {.way = way_of(way), .workflow = "CI tests", .runs = list, .age = CLOCK_SECOND};
	struct view rest = view_of(facts), word;
	struct follow_verdict v;

	while (view_word(&rest, &word))
		fact_word(&f, word);
	rest = view_of(words);
	while (view_word(&rest, &word))
		list[f.run_count++] = run_of(word);
	follow_judge(&v, &f, &arena);
	return v;
}

static void test_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *r = &rows[i];
		struct follow_verdict v = judged(r->way, r->facts, r->runs);
		const char *outcome = v.known ? outcome_name(v.outcome) : "none";

		if (strcmp(outcome, r->outcome) != 0 || strcmp(action_name(v.action), r->action) != 0 ||
			strcmp(v.reason, r->reason) != 0)
			fail_msg("%s [%s] [%s]: %s, %s (%s), wanted %s, %s (%s)", r->way, r->facts, r->runs, outcome,
				action_name(v.action), v.reason, r->outcome, r->action, r->reason);
	}
}

/* Every combination of what is known: what must never happen, does not. */
static void test_never(void **state)
{
	static const char *const ways[] = {"patch", "suggest", "pr", "branch"};
	size_t run_kinds = sizeof(runs) / sizeof(*runs), flag_count = sizeof(flags) / sizeof(*flags);

	(void)state;
	for (unsigned bits = 0; bits < 1u << flag_count; bits++)
		for (size_t k = 0; k < run_kinds * 4; k++) {
			ARENA_AUTO a = {0};
			struct follow_run run = run_of(view_of(runs[k % run_kinds].word));
			struct follow_facts f = {.way = way_of(ways[k / run_kinds]),
				.workflow = "CI tests",
				.runs = &run,
				.run_count = 1,
				.age = k % 2 ? CLOCK_SECOND : 40 * CLOCK_DAY};
			struct follow_verdict v;

			for (size_t i = 0; i < flag_count; i++)
				*(bool *)((char *)&f + flags[i].offset) = bits >> i & 1;
			follow_judge(&v, &f, &a);
			assert_true(v.reason && *v.reason);
			if (v.action == FOLLOW_REVERT)
				assert_true(f.way == DELIVERY_BRANCH && f.pull_open && f.has_commit &&
					    !f.person_committed && v.outcome == OUTCOME_RED);
			if (v.action == FOLLOW_CLOSE_PULL || v.action == FOLLOW_STALE)
				assert_true(f.way == DELIVERY_PULL && f.pull_open && !f.person_committed);
			if (v.action == FOLLOW_DELETE_BRANCH)
				assert_true(f.way == DELIVERY_PULL && !f.pull_open &&
					    (f.pull_merged || f.reverted || !f.person_committed));
			if (v.action == FOLLOW_CLOSE_PULL || v.action == FOLLOW_REVERT)
				assert_true(strcmp(run.status, "completed") == 0 && !run.transient &&
					    (run.understood || run.same_signature));
			if (v.known && v.outcome == OUTCOME_GREEN)
				assert_string_equal(run.conclusion, "success");
		}
}

static void test_no_workflow_named(void **state)
{
	const struct follow_run run = {.workflow = "any", .status = "completed", .conclusion = "success"};
	const struct follow_facts f = {
		.way = DELIVERY_PULL, .runs = &run, .run_count = 1, .pull_open = true, .has_commit = true};
	struct follow_verdict v;

	(void)state;
	follow_judge(&v, &f, &arena);
	assert_int_equal(v.outcome, OUTCOME_GREEN);
	assert_string_equal(v.reason, "CI is green with the fix");
}

static int tear_down(void **state)
{
	(void)state;
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_table),
		cmocka_unit_test(test_never),
		cmocka_unit_test(test_no_workflow_named),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
