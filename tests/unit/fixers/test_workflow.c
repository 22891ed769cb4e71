/* Workflow files: what is proposed for review keeps comments and indentation, and what a person must do is refused. */
#include "world.h"

#define CI ".github/workflows/ci.yml"

static void check_workflow(const char *fixer, const char *content, const char *output, const char *want)
{
	world_check(fixer, CATEGORY_WORKFLOW, CI, content, "make check", output, want);
}

#define NO_TAG "fatal: No names found, cannot describe anything.\n"

static void fetch_depth_gives_each_checkout_the_history(void **state)
{
	(void)state;
	check_workflow("workflow/fetch-depth",
		"jobs:\n"
		"  build:\n"
		"    steps:\n"
		"      - uses: actions/checkout@v4 # pinned\n"
		"\n"
		"      # the second\n"
		"      - name: Other\n"
		"        uses: actions/checkout@v4\n"
		"        with:\n"
		"            path: other # here\n"
		"      - run: make\n",
		NO_TAG,
		"jobs:\n"
		"  build:\n"
		"    steps:\n"
		"      - uses: actions/checkout@v4 # pinned\n"
		"        with:\n"
		"          fetch-depth: 0\n"
		"\n"
		"      # the second\n"
		"      - name: Other\n"
		"        uses: actions/checkout@v4\n"
		"        with:\n"
		"            fetch-depth: 0\n"
		"            path: other # here\n"
		"      - run: make\n");
}

static void fetch_depth_refuses(void **state)
{
	static const char *const files[] = {
		/* a depth that somebody chose */
		"jobs:\n  build:\n    steps:\n      - uses: actions/checkout@v4\n        with:\n          fetch-depth: "
		"2\n",
		/* the history is fetched in another way */
		"jobs:\n  build:\n    steps:\n      - uses: actions/checkout@v4\n      - run: git fetch --unshallow\n",
		/* flow style */
		"jobs:\n  build:\n    steps:\n      - uses: actions/checkout@v4\n        with: {path: a}\n",
		"jobs:\n  build:\n    steps: [{uses: actions/checkout@v4}]\n",
		/* no checkout */
		"jobs:\n  build:\n    steps:\n      - run: make\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		check_workflow("workflow/fetch-depth", files[i], NO_TAG, NULL);
	check_workflow("workflow/fetch-depth", "jobs:\n  build:\n    steps:\n      - uses: actions/checkout@v4\n",
		"fatal: refusing to merge unrelated histories\n", NULL);
}

static void checkout_keys_may_stand_in_any_order(void **state)
{
	(void)state;
	check_workflow("workflow/fetch-depth",
		"jobs:\n  build:\n    steps:\n    - with:\n        path: a\n      uses: actions/checkout@v4\n    - "
		"run: b\n",
		NO_TAG,
		"jobs:\n  build:\n    steps:\n    - with:\n        fetch-depth: 0\n        path: a\n"
		"      uses: actions/checkout@v4\n    - run: b\n");
}

static void lfs(const char *attributes, const char *output, bool proposes)
{
	const struct world_file files[] = {
		{".gitattributes", attributes, TREE_FILE},
		{CI, "jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n", TREE_FILE},
		{0},
	};
	struct world w;

	world_open(&w, files, "sh load.sh", output, 1);
	assert_int_equal(world_propose(&w, "workflow/lfs"), proposes);
	if (proposes) {
		assert_int_equal(w.proposal.tier, TIER_REVIEW);
		assert_string_equal(world_edit(&w, CI)->content.p,
			"jobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n   "
			"     with:\n          lfs: true\n");
	}
	world_close(&w);
}

static void lfs_needs_attributes_and_a_pointer(void **state)
{
	(void)state;
	lfs("*.bin filter=lfs\n", "version https://git-lfs.github.com/spec/v1\nno table\n", true);
	lfs("*.bin -text\n", "version https://git-lfs.github.com/spec/v1\n", false);
	lfs("*.bin filter=lfs\n", "rows.bin: no such table\n", false);
}

#define BROWNOUT "This is a scheduled Ubuntu 20.04 brownout. Ubuntu 20.04 LTS runner will be removed on 2025-04-15.\n"

static void labels_change_where_the_runner_reads_them(void **state)
{
	(void)state;
	check_workflow("workflow/runner-label",
		"name: on ubuntu-20.04\n"
		"jobs:\n"
		"  build:\n"
		"    # ubuntu-20.04 was chosen for its compiler\n"
		"    name: ubuntu-20.04\n"
		"    strategy:\n"
		"      matrix:\n"
		"        os: [ubuntu-20.04, macos-12] # both\n"
		"        include:\n"
		"          - os: 'ubuntu-20.04'\n"
		"          - os: ubuntu-20.04-xl\n"
		"    runs-on: ${{ matrix.os }}\n",
		BROWNOUT,
		"name: on ubuntu-20.04\n"
		"jobs:\n"
		"  build:\n"
		"    # ubuntu-20.04 was chosen for its compiler\n"
		"    name: ubuntu-20.04\n"
		"    strategy:\n"
		"      matrix:\n"
		"        os: [ubuntu-22.04, macos-12] # both\n"
		"        include:\n"
		"          - os: 'ubuntu-22.04'\n"
		"          - os: ubuntu-20.04-xl\n"
		"    runs-on: ${{ matrix.os }}\n");
}

static void labels_that_the_log_does_not_name_stay(void **state)
{
	(void)state;
	check_workflow("workflow/runner-label", "jobs:\n  a:\n    runs-on: macos-12\n", BROWNOUT, NULL);
	check_workflow(
		"workflow/runner-label", "jobs:\n  a:\n    runs-on: ubuntu-20.04\n", "Image: ubuntu-20.04\n", NULL);
	check_workflow("workflow/runner-label", "jobs:\n  a:\n    runs-on: windows-2019\n",
		"The job was not started because no runner with the label 'windows-2019' is available\n",
		"jobs:\n  a:\n    runs-on: windows-2022\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fetch_depth_gives_each_checkout_the_history),
		cmocka_unit_test(fetch_depth_refuses),
		cmocka_unit_test(checkout_keys_may_stand_in_any_order),
		cmocka_unit_test(lfs_needs_attributes_and_a_pointer),
		cmocka_unit_test(labels_change_where_the_runner_reads_them),
		cmocka_unit_test(labels_that_the_log_does_not_name_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
