#include "../fixers/world.h"
#include "plan/policy.h"

static const struct world_file tree_files[] = {
	{"src/a.py", "x\n", TREE_FILE},
	{"link", "src", TREE_LINK},
	{"deps/sub", "", TREE_SUBMODULE},
	{".github/workflows/ci.yml", "on: push\n", TREE_FILE},
	{0},
};

static const struct fixer plain_fixer = {
	.id = "test/plain",
	.tier = TIER_HEAL,
	.paths = (const char *const[]){"**", NULL},
	.max_files = 3,
	.max_lines = 10,
};
static const struct fixer workflow_fixer = {
	.id = "test/workflow",
	.tier = TIER_REVIEW,
	.paths = (const char *const[]){".github/workflows/*", NULL},
	.max_files = 3,
	.max_lines = 10,
};

static const struct fixer python_fixer = {
	.id = "test/python",
	.paths = (const char *const[]){"*.py", NULL},
	.max_files = 1,
	.max_lines = 10,
};

struct judge {
	struct world world;
	struct config config;
	struct finding finding;
	const struct fixer *fixer;
	struct err e;
};

static int set_up(void **state)
{
	struct judge *j = mem_new(sizeof(*j));

	j->world.files = tree_files;
	j->world.tree = (struct tree){&j->world, world_read, world_stat, world_is_directory, world_list};
	config_defaults(&j->config);
	j->finding.category = CATEGORY_FORMAT;
	j->fixer = &plain_fixer;
	*state = j;
	return 0;
}

static int tear_down(void **state)
{
	struct judge *j = *state;

	config_done(&j->config);
	mem_free(state);
	return 0;
}

static int judge_change(struct judge *j, struct change c)
{
	struct change_set set = {.items = &c, .count = 1, .lines_added = 1, .lines_removed = 1};

	err_clear(&j->e);
	return policy_check(&set, j->fixer, &j->finding, &j->config, &j->world.tree, &j->e);
}

static int judge_text(struct judge *j, const char *path, const char *old, const char *new)
{
	return judge_change(j, (struct change){.path = path,
				       .existed = old != NULL,
				       .exists = new != NULL,
				       .old_content = view_of(old),
				       .new_content = view_of(new)});
}

static void refused(struct judge *j, int status, const char *why)
{
	if (status == 0 || !strstr(j->e.text, why))
		print_error("got %d '%s', wanted '%s'\n", status, j->e.text, why);
	assert_int_equal(status, -1);
	assert_int_equal(j->e.code, ERR_REFUSED);
	assert_non_null(strstr(j->e.text, why));
}

static void plain_changes_pass(void **state)
{
	struct judge *j = *state;

	assert_int_equal(judge_text(j, "src/a.py", "x\n", "y\n"), 0);
	assert_int_equal(judge_text(j, "src/new.py", NULL, "y\n"), 0);
	assert_int_equal(judge_text(j, "src/a.py", "x\n", NULL), 0);
	assert_int_equal(
		judge_change(j,
			(struct change){
				.path = "src/a.py", .existed = true, .exists = true, .new_kind = TREE_EXECUTABLE}),
		0);
}

static void paths_stay_inside(void **state)
{
	static const char *const paths[] = {"../a", "a/../../b", "/etc/passwd", "", "./a", "a//b", "a\\b",
		".git/config", ".GIT/hooks/x", "a/.git/x", "a\nb"};
	struct judge *j = *state;

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		assert_int_equal(judge_text(j, paths[i], "x\n", "y\n"), -1);
		assert_int_equal(policy_check_path(paths[i], &j->config, &j->world.tree, &j->e), -1);
	}
}

static void protected_files_are_left_alone(void **state)
{
	static const char *const paths[] = {"CODEOWNERS", "docs/CODEOWNERS", ".gitmodules", ".gitattributes",
		"deploy/server.pem", "a/b.key", "id_rsa", "id_ed25519.pub", ".env", ".env.production", ".npmrc",
		"x/.pypirc", ".netrc", "pip.conf", ".husky/pre-commit", ".circleci/config.yml", ".gitlab-ci.yml",
		"Jenkinsfile", "keys/x.p12", "x.jks", "allowed_signers"};
	struct judge *j = *state;

	for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
		int status = judge_text(j, paths[i], "x\n", "y\n");

		if (status == 0)
			print_error("%s passed\n", paths[i]);
		assert_int_equal(status, -1);
	}
}

static void nothing_below_github(void **state)
{
	struct judge *j = *state;

	refused(j, judge_text(j, ".github/workflows/ci.yml", "a\n", "b\n"), "below .github");
	refused(j, judge_text(j, ".GitHub/dependabot.yml", NULL, "b\n"), "below .github");
	assert_int_equal(judge_text(j, "x/.github/a", NULL, "b\n"), 0);
}

static void workflow_causes_may_be_proposed_for_review(void **state)
{
	static const enum category allowed[] = {CATEGORY_WORKFLOW, CATEGORY_AUTH, CATEGORY_VCS};
	struct judge *j = *state;

	j->fixer = &workflow_fixer;
	for (size_t i = 0; i < 3; i++) {
		j->finding.category = allowed[i];
		assert_int_equal(judge_text(j, ".github/workflows/ci.yml", "a\n", "b\n"), 0);
	}
	refused(j, judge_text(j, ".github/CODEOWNERS", "a\n", "b\n"), "below .github");
	refused(j, judge_text(j, ".github/dependabot.yml", "a\n", "b\n"), "below .github");
	j->finding.category = CATEGORY_FORMAT;
	refused(j, judge_text(j, ".github/workflows/ci.yml", "a\n", "b\n"), "below .github");
	j->finding.category = CATEGORY_WORKFLOW;
	j->fixer = &plain_fixer;
	refused(j, judge_text(j, ".github/workflows/ci.yml", "a\n", "b\n"), "below .github");
	j->fixer = NULL;
	refused(j, judge_text(j, ".github/workflows/ci.yml", "a\n", "b\n"), "below .github");
}

static void links_and_submodules_are_refused(void **state)
{
	struct judge *j = *state;

	refused(j, judge_text(j, "link", "src", "x"), "symbolic link");
	refused(j, judge_text(j, "link/a.py", "x\n", "y\n"), "symbolic link");
	refused(j, judge_text(j, "deps/sub/a", NULL, "y\n"), "submodule");
	refused(j, judge_text(j, "src/a.py/b", NULL, "y\n"), "a file is in the way");
	refused(j, judge_change(j, (struct change){.path = "n", .exists = true, .new_kind = TREE_LINK}),
		"never changed");
	refused(j,
		judge_change(
			j, (struct change){.path = "n", .existed = true, .exists = true, .old_kind = TREE_SUBMODULE}),
		"never changed");
}

static void globs_of_fixer_and_configuration_count(void **state)
{
	static const char *deny[] = {"legacy/**"};
	struct judge *j = *state;

	j->fixer = &python_fixer;
	assert_int_equal(judge_text(j, "src/a.py", "x\n", "y\n"), 0);
	refused(j, judge_text(j, "src/a.rb", "x\n", "y\n"), "does not touch such files");
	j->config.heal.deny.items = deny;
	j->config.heal.deny.n = 1;
	refused(j, judge_text(j, "legacy/a.py", "x\n", "y\n"), "heal.deny");
}

static void limits_hold(void **state)
{
	struct change items[4] = {{.path = "a", .exists = true}, {.path = "b", .exists = true},
		{.path = "c", .exists = true}, {.path = "d", .exists = true}};
	struct change_set set = {.items = items, .count = 4};
	struct judge *j = *state;

	refused(j, policy_check(&set, j->fixer, &j->finding, &j->config, &j->world.tree, &j->e),
		"4 files would change, the limit is 3");
	set.count = 1;
	set.lines_added = 6;
	set.lines_removed = 5;
	refused(j, policy_check(&set, j->fixer, &j->finding, &j->config, &j->world.tree, &j->e),
		"11 lines would change, the limit is 10");
	j->config.heal.max_changed_lines = 5;
	set.lines_removed = 0;
	refused(j, policy_check(&set, j->fixer, &j->finding, &j->config, &j->world.tree, &j->e), "the limit is 5");
	set.count = 0;
	refused(j, policy_check(&set, j->fixer, &j->finding, &j->config, &j->world.tree, &j->e),
		"nothing would change");
}

static void binary_content_is_refused(void **state)
{
	struct judge *j = *state;

	refused(j, judge_change(j, (struct change){.path = "a", .exists = true, .new_content = view_make("a\0b", 3)}),
		"binary");
	refused(j,
		judge_change(j,
			(struct change){
				.path = "a", .existed = true, .exists = true, .old_content = view_make("a\0b", 3)}),
		"binary");
}

static void conflict_markers_are_refused(void **state)
{
	struct judge *j = *state;

	refused(j, judge_text(j, "a.c", "x\n", "<<<<<<< HEAD\nx\n"), "conflict marker");
	refused(j, judge_text(j, "a.c", "x\n", "x\n>>>>>>> other\n"), "conflict marker");
	assert_int_equal(judge_text(j, "a.c", "<<<<<<< HEAD\nx \n", "<<<<<<< HEAD\nx\n"), 0);
}

static void secrets_must_not_appear(void **state)
{
	static const char secret[] = "token = \"ghp_"
				     "0123456789abcdefghijABCDEFGHIJ012345\"\n";
	static const char moved[] = "token =   \"ghp_"
				    "0123456789abcdefghijABCDEFGHIJ012345\"\n";
	struct judge *j = *state;

	refused(j, judge_text(j, "a.py", "x\n", secret), "secret");
	assert_int_equal(judge_text(j, "a.py", moved, secret), 0);
}

static void suppressions_may_not_be_added(void **state)
{
	static const char *const added[] = {"x = 1  # noqa\n", "x = 1  # type: ignore\n",
		"// eslint-disable-next-line\n", "x() //nolint:errcheck\n", "int x; // NOLINT\n",
		"#[allow(dead_code)]\n", "@SuppressWarnings(\"all\")\n", "# rubocop:disable Style/X\n",
		"# shellcheck disable=SC2086\n", "x  # pragma: no cover\n", "// @ts-ignore\n", "// @ts-expect-error\n",
		"/* istanbul ignore next */\n", "# pylint: disable=all\n", "# fmt: off\n", "# yamllint disable\n",
		"<!-- markdownlint-disable -->\n", "// prettier-ignore\n", "# nosec\n",
		"#pragma GCC diagnostic ignored \"-Wall\"\n"};
	struct judge *j = *state;

	for (size_t i = 0; i < sizeof(added) / sizeof(*added); i++) {
		refused(j, judge_text(j, "src/a", "x\n", added[i]), "silenced");
		assert_int_equal(judge_text(j, "src/a", added[i], "x\n"), 0);
	}
}

static void skips_may_not_be_added(void **state)
{
	static const char *const added[] = {"@pytest.mark.skip\n", "@pytest.mark.xfail\n", "    pytest.skip('x')\n",
		"it.skip('a', f)\n", "describe.skip('a', f)\n", "xit('a', f)\n", "test.only('a', f)\n", "\tt.Skip()\n",
		"#[ignore]\n", "@Ignore\n", "@Disabled\n", "@unittest.skip('x')\n", "    GTEST_SKIP();\n",
		"TEST(A, DISABLED_b) {}\n", "[Fact(Skip = \"x\")]\n"};
	struct judge *j = *state;

	for (size_t i = 0; i < sizeof(added) / sizeof(*added); i++)
		refused(j, judge_text(j, "src/a", "x\n", added[i]), "skipped");
}

static void tests_and_assertions_may_not_go(void **state)
{
	struct judge *j = *state;

	refused(j,
		judge_text(j, "tests/test_a.py", "def test_a():\n    assert f() == 1\n    assert g()\n",
			"def test_a():\n    assert g()\n"),
		"assertion");
	refused(j, judge_text(j, "tests/test_a.py", "def test_a():\n    pass\n", "def helper():\n    pass\n"),
		"a test would be removed");
	refused(j, judge_text(j, "pkg/a_test.go", "func TestA(t *testing.T) {}\n", "\n"), "a test would be removed");
	refused(j, judge_text(j, "src/a.spec.ts", "it('a', () => { expect(1).toBe(1) })\n", "it('a', () => {})\n"),
		"assertion");
	refused(j, judge_text(j, "tests/test_a.py", "def test_a():\n    assert 1\n", NULL), "deleted");
	assert_int_equal(judge_text(j, "tests/test_a.py", "def test_a( ):\n    assert f()==1\n",
				 "def test_a():\n    assert f() == 1\n"),
		0);
	assert_int_equal(judge_text(j, "src/a.py", "assert x\n", "\n"), 0);
}

static void thresholds_may_not_move(void **state)
{
	struct judge *j = *state;

	refused(j, judge_text(j, "pyproject.toml", "fail_under = 85\n", "fail_under = 80\n"), "lowered");
	refused(j, judge_text(j, "setup.cfg", "addopts = --cov-fail-under=85.5\n", "addopts = --cov-fail-under=85.4\n"),
		"lowered");
	refused(j, judge_text(j, "pyproject.toml", "fail_under = 85\n", "\n"), "lowered");
	refused(j, judge_text(j, "package.json", "{\"branches\": 90}\n", "{\"branches\": 9}\n"), "lowered");
	refused(j, judge_text(j, "package.json", "eslint --max-warnings 0\n", "eslint --max-warnings 5\n"), "raised");
	refused(j, judge_text(j, "setup.cfg", "[flake8]\n", "[flake8]\nextend-ignore = E501\n"), "look away");
	assert_int_equal(judge_text(j, "pyproject.toml", "fail_under = 85\n", "fail_under=85\n"), 0);
	assert_int_equal(judge_text(j, "src/a.py", "lines = 9\n", "lines = 3\n"), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(plain_changes_pass),
		TEST(paths_stay_inside),
		TEST(protected_files_are_left_alone),
		TEST(nothing_below_github),
		TEST(workflow_causes_may_be_proposed_for_review),
		TEST(links_and_submodules_are_refused),
		TEST(globs_of_fixer_and_configuration_count),
		TEST(limits_hold),
		TEST(binary_content_is_refused),
		TEST(conflict_markers_are_refused),
		TEST(secrets_must_not_appear),
		TEST(suppressions_may_not_be_added),
		TEST(skips_may_not_be_added),
		TEST(tests_and_assertions_may_not_go),
		TEST(thresholds_may_not_move),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
