/* What test_policy.c shows by example, here to the end of its lists: protected names, sizes, which limit counts. */
#include "../fixers/world.h"
#include "plan/policy.h"

static const struct fixer fixer = {
	.id = "test/any",
	.tier = TIER_HEAL,
	.paths = (const char *const[]){"**", NULL},
	.max_files = 3,
	.max_lines = 10,
};

static int judge(const struct change_set *set, const struct config *config, struct err *e)
{
	static const struct world_file no_files[] = {{0}};
	struct world world = {.files = no_files};
	struct finding finding = {.category = CATEGORY_FORMAT};

	world.tree = (struct tree){&world, world_read, world_stat, world_is_directory, world_list};
	err_clear(e);
	return policy_check(set, &fixer, &finding, config, &world.tree, e);
}

static int judge_path(const char *path, const struct config *config, struct err *e)
{
	struct change c = {.path = path, .exists = true, .new_content = VIEW("x\n")};
	const struct change_set set = {.items = &c, .count = 1, .lines_added = 1};

	return judge(&set, config, e);
}

static void every_protected_name_is_refused(void **state)
{
	static const char *const names[] = {".gitconfig", ".mailmap", "x.crt", "x.cer", "x.der", "x.pfx", "x.keystore",
		"x.gpg", "x.asc", "x.sig", "id_ecdsa", "authorized_keys", "known_hosts", ".yarnrc", ".yarnrc.yml",
		".htpasswd", ".githooks/pre-push", ".travis.yml", "azure-pipelines.yml", ".buildkite/pipeline.yml",
		".drone.yml"};
	struct config config;
	struct err e;

	(void)state;
	config_defaults(&config);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (judge_path(names[i], &config, &e) == 0)
			fail_msg("%s passed", names[i]);
		assert_int_equal(e.code, ERR_REFUSED);
		assert_non_null(strstr(e.text, names[i]));
	}
	config_done(&config);
}

static void foreign_code_is_denied_by_default(void **state)
{
	struct config config;
	struct err e;

	(void)state;
	config_defaults(&config);
	assert_int_equal(judge_path("vendor/a.py", &config, &e), -1);
	assert_int_equal(judge_path("a/third_party/b.py", &config, &e), -1);
	assert_int_equal(judge_path("web/node_modules/x/y.js", &config, &e), -1);
	assert_non_null(strstr(e.text, "heal.deny"));
	assert_int_equal(judge_path("vendors/a.py", &config, &e), 0);
	config_done(&config);
}

static void large_files_are_refused(void **state)
{
	MEM_AUTO char *text = mem_new(FIXER_FILE_BYTES_MAX + 2);
	struct config config;
	struct err e;

	(void)state;
	config_defaults(&config);
	memset(text, 'x', FIXER_FILE_BYTES_MAX + 1);
	for (size_t n = FIXER_FILE_BYTES_MAX; n <= FIXER_FILE_BYTES_MAX + 1; n++) {
		struct change made = {.path = "a", .exists = true, .new_content = view_make(text, n)};
		struct change gone = {.path = "a", .existed = true, .old_content = view_make(text, n)};
		const struct change_set sets[] = {{.items = &made, .count = 1}, {.items = &gone, .count = 1}};

		for (size_t i = 0; i < 2; i++)
			assert_int_equal(judge(&sets[i], &config, &e), n > FIXER_FILE_BYTES_MAX ? -1 : 0);
	}
	assert_non_null(strstr(e.text, "too large"));
	config_done(&config);
}

static void the_smaller_limit_counts(void **state)
{
	struct change items[] = {{.path = "a", .exists = true}, {.path = "b", .exists = true}};
	const struct change_set set = {.items = items, .count = 2, .lines_added = 4, .lines_removed = 4};
	struct config config;
	struct err e;

	(void)state;
	config_defaults(&config);
	assert_int_equal(judge(&set, &config, &e), 0);
	config.heal.max_files = 1;
	assert_int_equal(judge(&set, &config, &e), -1);
	assert_string_equal(e.text, "2 files would change, the limit is 1");
	config.heal.max_files = 100;
	config.heal.max_changed_lines = 7;
	assert_int_equal(judge(&set, &config, &e), -1);
	assert_string_equal(e.text, "8 lines would change, the limit is 7");
	config.heal.max_changed_lines = 1000;
	assert_int_equal(judge(&set, &config, &e), 0);
	config_done(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_protected_name_is_refused),
		cmocka_unit_test(foreign_code_is_denied_by_default),
		cmocka_unit_test(large_files_are_refused),
		cmocka_unit_test(the_smaller_limit_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
