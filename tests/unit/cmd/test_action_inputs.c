#include "cmd/action.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

static const char *const names[] = {"MODE", "FAIL_ON", "DRY_RUN", "HISTORY", "TIER", "DELIVER", "CONFIG", "DB"};

static void put(const char *name, const char *value)
{
	char variable[64];
	snprintf(variable, sizeof variable, "RUNMEDIC_INPUT_%s", name);
	setenv(variable, value, 1);
}

/* As action.yml hands over what nobody gave: set, and empty. */
static int begin(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		put(names[i], "");
	return 0;
}

static struct action_inputs taken(void)
{
	struct action_inputs in;
	struct err e = {0};
	if (action_inputs_read(&in, &e) < 0)
		fail_msg("%s", e.text);
	return in;
}

static void refuse(const char *name, const char *value)
{
	struct action_inputs in;
	struct err e = {0};
	put(name, value);
	if (action_inputs_read(&in, &e) == 0)
		fail_msg("%s=%s was taken", name, value);
	assert_int_equal(e.code, ERR_USAGE);
	put(name, "");
}

static void test_the_defaults(void **state)
{
	(void)state;
	struct action_inputs in = taken();
	assert_int_equal(in.mode, MODE_AUTO);
	assert_int_equal(in.fail_on, FAIL_NEVER);
	assert_false(in.dry_run);
	assert_true(in.record);
	assert_null(in.config);
	assert_null(in.tier);
	assert_null(in.deliver);
	assert_string_equal(in.db, ACTION_DB_DEFAULT);
}

static void test_every_word_is_its_own_value(void **state)
{
	(void)state;
	static const char *const modes[] = {[MODE_AUTO] = "auto",
		[MODE_ANALYZE] = "analyze",
		[MODE_HEAL] = "heal",
		[MODE_PUBLISH] = "publish",
		[MODE_RERUN] = "rerun",
		[MODE_SYNC] = "sync",
		[MODE_REPORT] = "report",
		[MODE_VERIFY] = "verify"};
	static const char *const fails[] = {[FAIL_NEVER] = "never",
		[FAIL_FAILURE] = "failure",
		[FAIL_UNHEALED] = "unhealed",
		[FAIL_TROUBLE] = "trouble"};
	for (int i = 0; i < (int)(sizeof modes / sizeof *modes); i++) {
		put("MODE", modes[i]);
		assert_int_equal(taken().mode, i);
	}
	for (int i = 0; i < (int)(sizeof fails / sizeof *fails); i++) {
		put("FAIL_ON", fails[i]);
		assert_int_equal(taken().fail_on, i);
	}
	put("TIER", "review");
	assert_string_equal(taken().tier, "review");
	put("DELIVER", "branch");
	assert_string_equal(taken().deliver, "branch");
}

static void test_a_dry_run_records_nothing(void **state)
{
	(void)state;
	static const char *const yes[] = {"true", "True", "TRUE"}, *const no[] = {"false", "False", "FALSE"};
	for (size_t i = 0; i < 3; i++) {
		put("DRY_RUN", yes[i]);
		assert_true(taken().dry_run);
		assert_false(taken().record);
		put("DRY_RUN", no[i]);
		assert_false(taken().dry_run);
		assert_true(taken().record);
	}
	put("HISTORY", "none");
	assert_false(taken().record);
	put("HISTORY", "file");
	assert_true(taken().record);
}

/* Half understood would be the wrong thing done. */
static void test_other_words_are_refused(void **state)
{
	(void)state;
	refuse("MODE", "Heal");
	refuse("MODE", " heal");
	refuse("MODE", "setup"); /* action.yml's own: the binary is not started */
	refuse("FAIL_ON", "always");
	refuse("DRY_RUN", "yes");
	refuse("DRY_RUN", "1");
	refuse("HISTORY", "true");
	refuse("TIER", "all");
	refuse("DELIVER", "push");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_the_defaults, begin),
		cmocka_unit_test_setup(test_every_word_is_its_own_value, begin),
		cmocka_unit_test_setup(test_a_dry_run_records_nothing, begin),
		cmocka_unit_test_setup(test_other_words_are_refused, begin),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
