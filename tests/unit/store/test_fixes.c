#include "tests/unit/store/history.h"

static const struct store_filter everything = {CLOCK_UNKNOWN, CLOCK_UNKNOWN, NULL, NULL, -1};

#define COMMIT "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00"

static void record_fix(int64_t run, const char *fixer, const char *digit, enum fix_status status, bool fork)
{
	struct store_execution x = execution(run, CONCLUSION_FAILURE, DAY0);
	struct store_fix f = fix(fixer, digit, status);

	x.fork = fork;
	if (status == FIX_APPLIED)
		f.commit = COMMIT;
	commit(begin(store), &x, NULL, &f, 1);
}

static void record_outcome(const char *fixer, const char *digit, enum outcome outcome, int64_t hour)
{
	struct err e;

	assert_int_equal(store_record_outcome(store, digit, fixer, COMMIT, outcome, DAY0 + hour * HOUR, &e), 0);
}

/* Twelve applied fixes of black: 8 good, 2 bad, 2 undecided; one more of a fork, and some that never were applied. */
static void record_fixes(void)
{
	static const enum outcome outcomes[] = {OUTCOME_GREEN, OUTCOME_GREEN, OUTCOME_GREEN, OUTCOME_GREEN,
		OUTCOME_MERGED, OUTCOME_MERGED, OUTCOME_MERGED, OUTCOME_GREEN, OUTCOME_RED, OUTCOME_REVERTED,
		OUTCOME_UNVERIFIED, OUTCOME_CLOSED};
	char digit[24];

	for (int i = 0; i < 12; i++) {
		snprintf(digit, sizeof(digit), "1:%02d", i);
		record_fix(i + 1, "python/black", digit, FIX_APPLIED, false);
		record_outcome("python/black", digit, outcomes[i], 1);
	}
	record_outcome("python/black", "1:00", OUTCOME_RED, 0); /* older than what it became */
	record_fix(20, "python/black", "1:20", FIX_APPLIED, true);
	record_outcome("python/black", "1:20", OUTCOME_RED, 1);
	record_fix(21, "python/black", "1:00", FIX_REFUSED, false); /* has no outcome, though an equal one has */
	record_fix(22, "python/isort", "1:00", FIX_FAILED, false);
	record_fix(23, "python/isort", "1:00", FIX_PLANNED, false);
}

static void test_fixers(void **state)
{
	struct report r;
	struct err e;
	double low, high;

	(void)state;
	setenv("RUNMEDIC_NOW", "2026-06-02T00:00:00Z", 1);
	record_fixes();
	assert_int_equal(store_report(store, &everything, &r, &e), 0);
	unsetenv("RUNMEDIC_NOW");
	assert_int_equal(r.fixer_count, 2);
	assert_string_equal(r.fixers[0].fixer, "python/black");
	assert_int_equal(r.fixers[0].attempts, 14);
	assert_int_equal(r.fixers[0].applied, 13);
	assert_int_equal(r.fixers[0].refused, 1);
	assert_int_equal(r.fixers[0].green, 8);
	assert_int_equal(r.fixers[0].red, 2);
	wilson_interval(8, 10, &low, &high);
	assert_true(r.fixers[0].success_low == low);
	assert_string_equal(r.fixers[1].fixer, "python/isort");
	assert_int_equal(r.fixers[1].failed, 1);
	assert_int_equal(r.fixers[1].attempts, 2);
	assert_true(r.fixers[1].success_low < 0);
	report_done(&r);
}

static void test_the_record_of_a_fixer(void **state)
{
	unsigned good = 0, bad = 0;

	(void)state;
	record_fixes();
	assert_true(store_fix_record(store, "python/black", "python/rule", &good, &bad));
	assert_int_equal(good, 8);
	assert_int_equal(bad, 2);
	assert_true(store_fix_record(store, "python/black", NULL, &good, &bad));
	assert_int_equal(good, 8);
	assert_false(store_fix_record(store, "python/black", "another/rule", &good, &bad));
	assert_false(store_fix_record(store, "python/isort", NULL, &good, &bad));
	assert_false(store_fix_record(store, "unknown", NULL, &good, &bad));
}

struct seen {
	int count;
	int64_t last;
	char text[256];
};

static void see(void *context, const struct store_fix_row *row)
{
	struct seen *seen = context;

	assert_true(seen->count == 0 || row->at <= seen->last);
	seen->last = row->at;
	if (seen->count++ == 0)
		snprintf(seen->text, sizeof(seen->text), "%s %s %s %s %s %s %s %s %.2f", row->fixer, row->rule,
			row->signature, row->status, row->tier, row->outcome ? row->outcome : "-", row->reason,
			row->files, row->confidence);
}

static int count_fixes(struct store_filter f, const char *fixer, unsigned limit)
{
	struct seen seen = {0};
	struct err e;

	assert_int_equal(store_fixes(store, &f, fixer, limit, see, &seen, &e), 0);
	return seen.count;
}

static void test_the_list_of_fixes(void **state)
{
	struct seen seen = {0};
	struct store_filter f = everything;
	struct err e;

	(void)state;
	setenv("RUNMEDIC_NOW", "2026-06-01T01:00:00Z", 1);
	record_fix(1, "python/black", "1:aa", FIX_APPLIED, false);
	record_outcome("python/black", "1:aa", OUTCOME_GREEN, 1);
	setenv("RUNMEDIC_NOW", "2026-06-01T02:00:00Z", 1);
	record_fix(2, "python/isort", "1:bb", FIX_PLANNED, false);
	unsetenv("RUNMEDIC_NOW");
	assert_int_equal(store_fixes(store, &f, NULL, 10, see, &seen, &e), 0);
	assert_int_equal(seen.count, 2);
	assert_string_equal(seen.text, "python/isort python/rule 1:bb planned heal - because a.py\nb.py 0.95");
	seen = (struct seen){0};
	assert_int_equal(store_fixes(store, &f, "python/black", 10, see, &seen, &e), 0);
	assert_string_equal(seen.text, "python/black python/rule 1:aa applied heal green because a.py\nb.py 0.95");
	assert_int_equal(count_fixes(f, NULL, 1), 1);
	assert_int_equal(count_fixes(f, "none", 9), 0);
	f.from = DAY0 + HOUR;
	assert_int_equal(count_fixes(f, NULL, 9), 1);
	f.from = CLOCK_UNKNOWN;
	f.to = DAY0 + HOUR;
	assert_int_equal(count_fixes(f, NULL, 9), 1);
	f = everything;
	f.branch = "topic";
	assert_int_equal(count_fixes(f, NULL, 9), 0);
	f.branch = "main";
	f.workflow = "ci";
	f.space = SPACE_CI;
	assert_int_equal(count_fixes(f, NULL, 9), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_fixers),
		WITH_STORE(test_the_record_of_a_fixer),
		WITH_STORE(test_the_list_of_fixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
