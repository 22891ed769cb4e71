/* Whether failed jobs run again, as a table: the jobs, what stands around them, and the sentence with the evidence. */
#include "plan/rerun.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static struct config config;
static struct arena arena;

/* ---- jobs --------------------------------------------------------------------------------------------------- */

#define FINDING(c, t, s)                                                                                               \
	{                                                                                                              \
		.rule_id = "x/y", .category = CATEGORY_##c, .transient = (t), .signature = (s)                         \
	}
static const struct finding network = FINDING(NETWORK, true, "1:aa"), registry = FINDING(DEPENDENCY, true, "1:ab"),
			    runner = FINDING(INFRA, true, "1:ac"), other_runner = FINDING(INFRA, true, "1:ad"),
			    nameless = FINDING(NETWORK, true, ""), test = FINDING(TEST, false, "1:ba"),
			    timeout = FINDING(TIMEOUT, false, "1:bb"), memory = FINDING(RESOURCE, true, "1:bc"),
			    compiler = FINDING(BUILD, false, "1:ca"), syntax = FINDING(SYNTAX, false, "1:cb"),
			    types = FINDING(TYPE, false, "1:cc"), lint = FINDING(LINT, false, "1:cd"),
			    format = FINDING(FORMAT, false, "1:ce"), package = FINDING(DEPENDENCY, false, "1:cf"),
			    import = FINDING(IMPORT, false, "1:da"), missing = FINDING(FILE, false, "1:db"),
			    workflow = FINDING(WORKFLOW, false, "1:dc"), login = FINDING(AUTH, false, "1:dd");

static const struct {
	const char *word;
	struct rerun_job job;
} kinds[] = {
	{"network", {.name = "net", .primary = &network}},
	{"registry", {.name = "registry", .primary = &registry}},
	{"runner", {.name = "runner", .primary = &runner}},
	{"other-runner", {.name = "runner 2", .primary = &other_runner}},
	{"nameless", {.name = "net", .primary = &nameless}},
	{"test", {.name = "test", .primary = &test}},
	{"flaky", {.name = "test", .primary = &test, .flaky_tests_only = true}},
	{"same-sha", {.name = "test", .primary = &test, .same_sha_passed = 2, .same_sha_failed = 1}},
	{"only-failed", {.name = "test", .primary = &test, .same_sha_failed = 3}},
	{"helped", {.name = "test", .primary = &test, .reruns_helped = 3, .reruns_did_not = 1}},
	{"rarely", {.name = "test", .primary = &test, .reruns_helped = 1, .reruns_did_not = 3}},
	{"too-rarely", {.name = "test", .primary = &test, .reruns_helped = 1, .reruns_did_not = 4}},
	{"never", {.name = "net", .primary = &network, .reruns_did_not = 4}},
	{"not-yet", {.name = "net", .primary = &network, .reruns_did_not = 3}},
	{"flaky-never", {.name = "test", .primary = &test, .flaky_tests_only = true, .reruns_did_not = 5}},
	{"on-base", {.name = "net", .primary = &network, .red_on_base = true}},
	{"timeout", {.name = "slow", .primary = &timeout}},
	{"memory", {.name = "big", .primary = &memory}},
	{"compiler", {.name = "build", .primary = &compiler}},
	{"flaky-compiler", {.name = "build",
				   .primary = &compiler,
				   .same_sha_passed = 1,
				   .same_sha_failed = 1,
				   .reruns_helped = 1}},
	{"syntax", {.name = "job", .primary = &syntax}},
	{"types", {.name = "job", .primary = &types}},
	{"lint", {.name = "job", .primary = &lint}},
	{"format", {.name = "job", .primary = &format}},
	{"package", {.name = "job", .primary = &package}},
	{"import", {.name = "job", .primary = &import}},
	{"missing", {.name = "job", .primary = &missing}},
	{"workflow", {.name = "job", .primary = &workflow}},
	{"login", {.name = "job", .primary = &login}},
	{"unknown", {.name = "mystery", .conclusion = "failure"}},
	{"unnamed", {.conclusion = "failure"}},
	{"cancelled", {.name = "other", .conclusion = "cancelled"}},
	{"skipped", {.name = "other", .conclusion = "skipped"}},
};

static struct rerun_job job_of(struct view word)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (view_is(word, kinds[i].word))
			return kinds[i].job;
	fail_msg("no job is called %.*s", VIEW_ARG(word));
	return kinds[0].job;
}

/* ---- the table ------------------------------------------------------------------------------------------------ */

struct around { /* zero: the first attempt, nothing used */
	int attempt;
	unsigned of_run, of_branch;
	bool forced, heals;
	int days;
};

static const struct row {
	const char *jobs;
	struct around around;
	bool rerun;
	const char *reason;
} rows[] = {
	/* evidence */
	{"network", {0}, true, "net: the log shows a passing fault; rerun 1 of 2 of this run"},
	{"registry", {0}, true, "registry: the log shows a passing fault; rerun 1 of 2 of this run"},
	{"flaky", {0}, true, "test: every test that failed is known to be flaky; rerun 1 of 2 of this run"},
	{"same-sha", {0}, true, "test: passed 2 and failed 1 times at one commit; rerun 1 of 2 of this run"},
	{"helped", {0}, true, "test: passed on 3 of 4 reruns; rerun 1 of 2 of this run"},
	{"rarely", {0}, true, "test: passed on 1 of 4 reruns; rerun 1 of 2 of this run"},
	{"not-yet", {0}, true, "net: the log shows a passing fault; rerun 1 of 2 of this run"},
	{"network flaky", {0}, true,
		"net: the log shows a passing fault (1 more job likewise); rerun 1 of 2 of this run"},
	{"network cancelled flaky helped skipped", {0}, true,
		"net: the log shows a passing fault (2 more jobs likewise); rerun 1 of 2 of this run"},

	/* no evidence */
	{"test", {0}, false, "nothing says that test failed by accident"},
	{"only-failed", {0}, false, "nothing says that test failed by accident"},
	{"timeout", {0}, false, "nothing says that slow failed by accident"},
	{"login", {0}, false, "nothing says that job failed by accident"},
	{"unknown", {0}, false, "it is not known why mystery failed"},
	{"unnamed", {0}, false, "it is not known why a job failed"},
	{"network test", {0}, false, "nothing says that test failed by accident"},
	{"too-rarely", {0}, false, "test passed on 1 of 5 reruns of this failure: another is not worth it"},
	{"never", {0}, false, "net passed on 0 of 4 reruns of this failure: another is not worth it"},
	{"flaky-never", {0}, false, "test passed on 0 of 5 reruns of this failure: another is not worth it"},

	/* the same input gives the same answer */
	{"compiler", {0}, false, "build failed with an error of kind `build`, which is no accident"},
	{"flaky-compiler", {0}, false, "build failed with an error of kind `build`, which is no accident"},
	{"syntax", {0}, false, "job failed with an error of kind `syntax`, which is no accident"},
	{"types", {0}, false, "job failed with an error of kind `type`, which is no accident"},
	{"lint", {0}, false, "job failed with an error of kind `lint`, which is no accident"},
	{"format", {0}, false, "job failed with an error of kind `format`, which is no accident"},
	{"package", {0}, false, "job failed with an error of kind `dependency`, which is no accident"},
	{"import", {0}, false, "job failed with an error of kind `import`, which is no accident"},
	{"missing", {0}, false, "job failed with an error of kind `file`, which is no accident"},
	{"workflow", {0}, false, "job failed with an error of kind `workflow`, which is no accident"},
	{"network compiler", {0}, false, "build failed with an error of kind `build`, which is no accident"},
	{"memory", {0}, false, "big ran out of memory or disk: a rerun meets the same limit"},
	{"on-base", {0}, false, "net is red with the same failure on the base branch: a rerun meets it again"},

	/* many at once */
	{"network flaky flaky flaky flaky", {0}, true,
		"net: the log shows a passing fault (4 more jobs likewise); rerun 1 of 2 of this run"},
	{"network flaky flaky flaky flaky flaky", {0}, false,
		"6 jobs failed together, more than 5: that is no accident"},
	{"network network network network network network", {0}, true,
		"net: the log shows a passing fault (5 more jobs likewise); rerun 1 of 2 of this run"},
	{"network network network network network registry", {0}, false,
		"6 jobs failed together, more than 5: that is no accident"},
	{"nameless nameless nameless nameless nameless nameless", {0}, false,
		"6 jobs failed together, more than 5: that is no accident"},
	{"runner other-runner runner other-runner runner runner cancelled", {0}, true,
		"runner: the log shows a passing fault (5 more jobs likewise); rerun 1 of 2 of this run"},
	{"unknown network network network network network", {0}, false,
		"6 jobs failed together, more than 5: that is no accident"},

	/* nothing to run */
	{"", {0}, false, "no job failed that could run again"},
	{"cancelled skipped", {0}, false, "the run was stopped, not broken"},

	/* a fix is better */
	{"network", {.heals = true}, false, "a fix is on offer, which is better than another try"},

	/* the budget */
	{"network", {.attempt = 2, .of_run = 1}, true, "net: the log shows a passing fault; rerun 2 of 2 of this run"},
	{"network", {.attempt = 3, .of_run = 2}, false, "2 of 2 reruns of this run used"},
	{"network", {.of_branch = 4}, true, "net: the log shows a passing fault; rerun 1 of 2 of this run"},
	{"network", {.of_branch = 5}, false, "5 of 5 reruns on this branch within 24 hours used"},

	/* a person's wish needs no evidence, but GitHub has its limits */
	{"compiler", {.forced = true, .attempt = 9, .of_run = 8, .of_branch = 9, .heals = true}, true,
		"a person asked for it"},
	{"unknown", {.forced = true}, true, "a person asked for it"},
	{"network", {.forced = true, .attempt = 40}, false, "the run is at attempt 40, and GitHub stops at 50"},
	{"network", {.attempt = 40}, false, "the run is at attempt 40, and GitHub stops at 50"},
	{"network", {.forced = true, .days = 31}, false, "the run is older than 30 days: GitHub does not run it again"},
	{"network", {.days = 29}, true, "net: the log shows a passing fault; rerun 1 of 2 of this run"},
	{"", {.forced = true}, false, "no job failed that could run again"},
};

static struct rerun_verdict judged(const char *words, const struct around *x)
{
	struct rerun_job jobs[16];
	struct rerun_facts f = {.config = &config,
		.jobs = jobs,
		.attempt = x->attempt ? x->attempt : 1,
		.run_reruns = x->of_run,
		.branch_reruns = x->of_branch,
		.age = x->days ? x->days * CLOCK_DAY : CLOCK_UNKNOWN,
		.forced = x->forced,
		.heals = x->heals};
	struct view rest = view_of(words), word;
	struct rerun_verdict v;

	while (view_word(&rest, &word))
		jobs[f.count++] = job_of(word);
	rerun_judge(&v, &f, &arena);
	return v;
}

static void test_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct rerun_verdict v = judged(rows[i].jobs, &rows[i].around);

		if (v.rerun != rows[i].rerun || strcmp(v.reason, rows[i].reason) != 0)
			fail_msg("[%s]: %d %s, wanted %s", rows[i].jobs, v.rerun, v.reason, rows[i].reason);
	}
}

static void test_each_rerun_waits_longer(void **state)
{
	static const int seconds[] = {0, 60, 120, 240, 480, 900, 900, 900};

	(void)state;
	config.rerun.per_run = 10;
	for (unsigned i = 0; i < sizeof(seconds) / sizeof(*seconds); i++) {
		const struct around x = {.attempt = 1 + (int)i, .of_run = i}, wish = {.forced = true, .of_run = i};

		assert_int_equal(judged("network", &x).wait_us, seconds[i] * CLOCK_SECOND);
		assert_int_equal(judged("network", &wish).wait_us, 0);
	}
	config.rerun.per_run = 2;
}

static void test_the_configuration_switches_it_off(void **state)
{
	const struct around plain = {0}, wish = {.forced = true};

	(void)state;
	config.rerun.per_run = 0;
	assert_string_equal(judged("network", &plain).reason, "reruns are switched off (rerun.per_run: 0)");
	assert_true(judged("network", &wish).rerun);
	config.rerun.per_run = 2;
	config.rerun.per_branch_per_day = 0;
	assert_string_equal(judged("network", &plain).reason, "reruns are switched off (rerun.per_branch_per_day: 0)");
	config.rerun.per_branch_per_day = 5;
}

/* A matrix can make names of any length. */
static void test_long_names_are_cut(void **state)
{
	char name[2000];
	struct rerun_job job = {.name = name, .primary = &network};
	struct rerun_facts f = {.config = &config, .jobs = &job, .count = 1, .attempt = 1, .age = CLOCK_UNKNOWN};
	struct rerun_verdict v;

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	rerun_judge(&v, &f, &arena);
	assert_true(v.rerun);
	assert_true(strlen(v.reason) < 200);
}

static int set_up(void **state)
{
	(void)state;
	config_defaults(&config);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	config_done(&config);
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_table),
		cmocka_unit_test(test_each_rerun_waits_longer),
		cmocka_unit_test(test_the_configuration_switches_it_off),
		cmocka_unit_test(test_long_names_are_cut),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
