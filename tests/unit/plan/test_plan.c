#include "../fixers/world.h"
#include "plan/plan.h"

#include <math.h>

#define SHELL_DIFF "--- a.sh.orig\n+++ a.sh\n@@ -1 +1 @@\n-x ;y\n+x; y\n"

static const struct world_file files[] = {
	{"a.sh", "x ;y\n", TREE_FILE},
	{"b.py", "import os\n\nx = 1\n", TREE_FILE},
	{"c.py", "x=1\n", TREE_FILE},
	{"d.py", "# teh cat\n", TREE_FILE},
	{".github/workflows/ci.yml", "x ;y\n", TREE_FILE},
	{0},
};

struct bench {
	struct world world;
	struct config config;
	struct plan_options options;
	struct plan plan;
};

static void begin(struct bench *b, const char *command, const char *output, enum category category, const char *rule)
{
	*b = (struct bench){0};
	world_open(&b->world, files, command, output, 1);
	b->world.finding.category = category;
	b->world.finding.rule_id = rule;
	config_defaults(&b->config);
	b->options = (struct plan_options){.config = &b->config, .tier = TIER_HEAL};
}

static void make(struct bench *b)
{
	struct err e = {0};

	plan_done(&b->plan);
	assert_int_equal(plan_make(&b->plan, &b->world.diagnosis, b->world.log, &b->world.tree, &b->options, &e), 0);
}

static void end(struct bench *b)
{
	plan_done(&b->plan);
	config_done(&b->config);
	world_close(&b->world);
}

static void a_safe_fix_is_healed(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "shfmt -d .", SHELL_DIFF, CATEGORY_FORMAT, "sh/shfmt");
	make(&b);
	assert_int_equal(b.plan.decision, DECISION_HEAL);
	assert_int_equal(b.plan.fix_count, 1);
	assert_string_equal(b.plan.fixes[0].fixer->id, "diff/printed");
	assert_true(b.plan.fixes[0].within);
	assert_int_equal(b.plan.fixes[0].status, FIX_PLANNED);
	assert_non_null(strstr(b.plan.reason, "shfmt"));
	end(&b);
}

static void the_configuration_lowers_tiers(void **state)
{
	static struct config_fixer_tier review[] = {{"diff/printed", TIER_REVIEW}},
					off[] = {{"diff/printed", TIER_OFF}};
	struct bench b;

	(void)state;
	begin(&b, "shfmt -d .", SHELL_DIFF, CATEGORY_FORMAT, "sh/shfmt");
	b.config.heal.fixers = review;
	b.config.heal.fixer_count = 1;
	make(&b);
	assert_int_equal(b.plan.decision, DECISION_REVIEW);
	assert_false(b.plan.fixes[0].within);
	b.options.tier = TIER_REVIEW;
	make(&b);
	assert_true(b.plan.fixes[0].within);
	b.config.heal.fixers = off;
	make(&b);
	assert_int_equal(b.plan.decision, DECISION_NONE);
	assert_int_equal(b.plan.fixes[0].status, FIX_REFUSED);
	b.config.heal.fixer_count = 0;
	b.config.heal.tier = TIER_REVIEW;
	make(&b);
	assert_int_equal(b.plan.fixes[0].tier, TIER_REVIEW);
	end(&b);
}

static bool record_of(void *context, const char *fixer, const char *rule, unsigned *good, unsigned *bad)
{
	const unsigned *known = (const unsigned *)context;

	(void)fixer, (void)rule;
	*good = known[0];
	*bad = known[1];
	return true;
}

static void a_bad_record_makes_it_a_review(void **state)
{
	static unsigned known[] = {1, 9};
	struct bench b;

	(void)state;
	begin(&b, "shfmt -d .", SHELL_DIFF, CATEGORY_FORMAT, "sh/shfmt");
	b.options.record = record_of;
	b.options.context = known;
	make(&b);
	assert_true(b.plan.fixes[0].confidence < 0.6);
	assert_int_equal(b.plan.fixes[0].tier, TIER_REVIEW);
	assert_int_equal(b.plan.decision, DECISION_REVIEW);
	end(&b);
}

static void a_good_record_survives_one_failure(void **state)
{
	static unsigned known[] = {12, 1};
	struct bench b;

	(void)state;
	begin(&b, "shfmt -d .", SHELL_DIFF, CATEGORY_FORMAT, "sh/shfmt");
	b.options.record = record_of;
	b.options.context = known;
	make(&b);
	assert_int_equal(b.plan.fixes[0].tier, TIER_HEAL);
	assert_int_equal(b.plan.fixes[0].good, 12);
	assert_true(fabs(b.plan.fixes[0].success - 16.5 / 18) < 1e-9);
	assert_true(fabs(b.plan.fixes[0].priority -
			    b.plan.fixes[0].confidence * b.plan.fixes[0].success * b.plan.fixes[0].severity) < 1e-9);
	end(&b);
}

static void fixers_of_the_configuration_are_planned(void **state)
{
	static const char *answers[] = {"sh/*"}, *command[] = {"make", "gen"}, *paths[] = {"gen/**"},
			  *proof[] = {"git", "diff", "--exit-code"};
	static struct config_fixer own[] = {{"acme/gen", {answers, 1}, {command, 2}, {paths, 1}, {proof, 3}}};
	struct bench b;

	(void)state;
	begin(&b, "make check", "no diff here\n", CATEGORY_FORMAT, "sh/shfmt");
	b.config.fixers = own;
	b.config.fixer_count = 1;
	make(&b);
	assert_int_equal(b.plan.decision, DECISION_HEAL);
	assert_int_equal(b.plan.fix_count, 1);
	assert_string_equal(b.plan.fixes[0].fixer->id, "acme/gen");
	assert_string_equal(b.plan.fixes[0].proposal.argv[1], "gen");
	assert_null(b.plan.fixes[0].proposal.argv[2]);
	assert_string_equal(b.plan.fixes[0].proposal.globs[0], "gen/**");
	b.world.finding.rule_id = "python/black";
	make(&b);
	assert_int_equal(b.plan.decision, DECISION_NONE);
	end(&b);
}

static void the_policy_is_asked_before_promising(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "shfmt -d .",
		"--- .github/workflows/ci.yml.orig\n+++ .github/workflows/ci.yml\n@@ -1 +1 @@\n-x ;y\n+x; y\n",
		CATEGORY_FORMAT, "sh/shfmt");
	make(&b);
	assert_int_equal(b.plan.decision, DECISION_NONE);
	assert_int_equal(b.plan.fixes[0].status, FIX_REFUSED);
	assert_non_null(strstr(b.plan.fixes[0].reason, ".github"));
	end(&b);
}

static void limits_of_the_configuration_count(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "shfmt -d .", SHELL_DIFF, CATEGORY_FORMAT, "sh/shfmt");
	b.config.heal.max_changed_lines = 1;
	make(&b);
	assert_int_equal(b.plan.decision, DECISION_NONE);
	assert_non_null(strstr(b.plan.fixes[0].reason, "the limit is 1"));
	b.config.heal.max_changed_lines = 400;
	b.config.heal.max_per_run = 0;
	make(&b);
	assert_int_equal(b.plan.fixes[0].status, FIX_REFUSED);
	end(&b);
}

#define TWO_CHECKS "b.py:1:1: F401 'os' imported but unused\nd.py:1: teh ==> the"

/* What one leaves, another must answer, or neither is made. */
static void fixes_of_several_checks_stand_or_fall_together(void **state)
{
	static const char *const remedies[] = {"text/spelling", "python/lint-codes"};
	struct bench b;

	(void)state;
	begin(&b, "flake8; codespell", TWO_CHECKS, CATEGORY_LINT, "python/codespell");
	b.options.tier = TIER_REVIEW;
	b.world.finding.remedies = remedies;
	b.world.finding.remedy_count = 2;
	make(&b);
	assert_int_equal(b.plan.fix_count, 2);
	assert_int_equal(b.plan.fixes[0].status, FIX_PLANNED);
	assert_int_equal(b.plan.fixes[1].status, FIX_PLANNED);
	assert_int_equal(b.plan.fixes[0].proposal.left_count, 1);
	end(&b);
	begin(&b, "flake8; codespell", TWO_CHECKS "\nd.py:1: something else", CATEGORY_LINT, "python/codespell");
	b.options.tier = TIER_REVIEW;
	b.world.finding.remedies = remedies;
	b.world.finding.remedy_count = 2;
	make(&b);
	assert_int_equal(b.plan.decision, DECISION_NONE);
	assert_non_null(strstr(b.plan.reason, "the check also says"));
	end(&b);
}

static void passing_faults_are_rerun(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "shfmt -d .", SHELL_DIFF, CATEGORY_NETWORK, "generic/network");
	b.world.finding.transient = true;
	make(&b);
	assert_int_equal(b.plan.decision, DECISION_RERUN);
	assert_int_equal(b.plan.fix_count, 0);
	b.world.finding.category = CATEGORY_RESOURCE;
	make(&b);
	assert_int_equal(b.plan.decision, DECISION_NONE);
	end(&b);
}

static void failed_tests_are_not_papered_over(void **state)
{
	struct finding both[2];
	struct bench b;

	(void)state;
	begin(&b, "make all", "pytest\nflake8\nb.py:1:1: F401 'os' imported but unused", CATEGORY_TEST,
		"python/pytest");
	both[0] = both[1] = b.world.finding;
	both[1].category = CATEGORY_LINT;
	both[1].rule_id = "python/flake8";
	b.world.diagnosis.findings = both;
	b.world.diagnosis.finding_count = 2;
	make(&b);
	assert_int_equal(b.plan.decision, DECISION_NONE);
	both[0].category = CATEGORY_UNKNOWN;
	make(&b);
	assert_int_equal(b.plan.decision, DECISION_HEAL);
	end(&b);
}

static void tools_can_be_forbidden(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "black --check .", "would reformat c.py\n1 file would be reformatted.", CATEGORY_FORMAT,
		"python/black");
	make(&b);
	assert_int_equal(b.plan.fixes[0].status, FIX_PLANNED);
	assert_true(b.plan.fixes[0].within);
	b.options.no_tools = "programs are not run here";
	make(&b);
	assert_int_equal(b.plan.decision, DECISION_HEAL);
	assert_int_equal(b.plan.fixes[0].status, FIX_UNAVAILABLE);
	assert_false(b.plan.fixes[0].within);
	end(&b);
}

static void only_some_fixers_can_be_wanted(void **state)
{
	const char *const other[] = {"python/*", NULL}, *const this[] = {"diff/*", NULL};
	struct bench b;

	(void)state;
	begin(&b, "shfmt -d .", SHELL_DIFF, CATEGORY_FORMAT, "sh/shfmt");
	b.options.only = other;
	make(&b);
	assert_int_equal(b.plan.fix_count, 0);
	b.options.only = this;
	make(&b);
	assert_int_equal(b.plan.fix_count, 1);
	end(&b);
}

static void of_two_fixes_of_a_file_one_is_made(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "black --check --diff .",
		"--- c.py\t1\n+++ c.py\t2\n@@ -1 +1 @@\n-x=1\n+x = 1\nwould reformat c.py\n1 file would be "
		"reformatted.",
		CATEGORY_FORMAT, "python/black");
	make(&b);
	assert_int_equal(b.plan.fix_count, 2);
	assert_string_equal(b.plan.fixes[0].fixer->id, "diff/printed");
	assert_int_equal(b.plan.fixes[1].status, FIX_REFUSED);
	assert_non_null(strstr(b.plan.fixes[1].reason, "diff/printed"));
	end(&b);
}

static void refusals_of_remedies_are_told(void **state)
{
	static const char *const remedies[] = {"diff/printed"};
	struct bench b;

	(void)state;
	begin(&b, "shfmt -l .", "nothing to see", CATEGORY_FORMAT, "sh/shfmt");
	make(&b);
	assert_int_equal(b.plan.fix_count, 0);
	b.world.finding.remedies = remedies;
	b.world.finding.remedy_count = 1;
	make(&b);
	assert_int_equal(b.plan.fix_count, 1);
	assert_int_equal(b.plan.fixes[0].status, FIX_REFUSED);
	assert_string_equal(b.plan.reason, "no diff was printed");
	end(&b);
}

static void a_passing_job_has_no_plan(void **state)
{
	struct bench b;

	(void)state;
	begin(&b, "shfmt -d .", SHELL_DIFF, CATEGORY_FORMAT, "sh/shfmt");
	b.world.diagnosis.failed = false;
	b.world.diagnosis.finding_count = 0;
	make(&b);
	assert_int_equal(b.plan.decision, DECISION_NONE);
	assert_int_equal(b.plan.fix_count, 0);
	end(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_safe_fix_is_healed),
		cmocka_unit_test(the_configuration_lowers_tiers),
		cmocka_unit_test(a_bad_record_makes_it_a_review),
		cmocka_unit_test(a_good_record_survives_one_failure),
		cmocka_unit_test(fixers_of_the_configuration_are_planned),
		cmocka_unit_test(the_policy_is_asked_before_promising),
		cmocka_unit_test(limits_of_the_configuration_count),
		cmocka_unit_test(fixes_of_several_checks_stand_or_fall_together),
		cmocka_unit_test(passing_faults_are_rerun),
		cmocka_unit_test(failed_tests_are_not_papered_over),
		cmocka_unit_test(tools_can_be_forbidden),
		cmocka_unit_test(only_some_fixers_can_be_wanted),
		cmocka_unit_test(of_two_fixes_of_a_file_one_is_made),
		cmocka_unit_test(refusals_of_remedies_are_told),
		cmocka_unit_test(a_passing_job_has_no_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
