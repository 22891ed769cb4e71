#include "../log/log_testing.h"
#include "diagnose/signature.h"

static void check_relative(
	const char *printed, const char *workspace, const char *directory, bool inside, const char *expected)
{
	BUF_AUTO out = buf_new(BUF_LINE);
	bool is = path_relative(&out, view_of(printed), view_of(workspace), view_of(directory));

	if (is != inside)
		print_error("%s\n", printed);
	assert_int_equal(is, inside);
	assert_string_equal(buf_text(&out), expected);
}

static void test_relative_paths(void **state)
{
	(void)state;
	check_relative("src/a.c", NULL, NULL, true, "src/a.c");
	check_relative("./src//b/../a.c", NULL, NULL, true, "src/a.c");
	check_relative(" src\\lib\\a.cs ", NULL, NULL, true, "src/lib/a.cs");
	check_relative("a.go", NULL, "core/api", true, "core/api/a.go");
	check_relative("../web/a.ts", NULL, "core/api", true, "core/web/a.ts");
}

static void test_a_path_that_leaves_the_repository_stays_as_printed(void **state)
{
	(void)state;
	check_relative("../a.c", NULL, NULL, false, "../a.c");
	check_relative("src/../../etc/passwd", NULL, NULL, false, "src/../../etc/passwd");
	check_relative("../../x", NULL, "core", false, "../../x");
	check_relative("/home/runner/work/app/app/../../_temp/x", NULL, NULL, false,
		"/home/runner/work/app/app/../../_temp/x");
	check_relative("/usr/include/stdio.h", NULL, NULL, false, "/usr/include/stdio.h");
	check_relative("C:\\Windows\\x.dll", NULL, NULL, false, "C:\\Windows\\x.dll");
	check_relative("", NULL, NULL, false, "");
	check_relative(".", NULL, NULL, false, ".");
}

static void test_workspaces(void **state)
{
	static const char *const roots[] = {"/home/runner/work/app/app/", "/Users/runner/work/app/app/",
		"D:\\a\\app\\app\\", "D:/a/app/app/", "C:\\a\\app\\app\\", "/d/a/app/app/", "/__w/app/app/",
		"/github/workspace/", "/mnt/d/a/app/app/", "/srv/agent-3/_work/app/app/",
		"C:\\actions-runner\\_work\\app\\app\\", "file:///home/runner/work/app/app/", "file:///D:/a/app/app/",
		"D:\\\\a\\\\app\\\\app\\\\"};

	(void)state;
	for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
		BUF_AUTO printed = buf_new(BUF_LINE);

		buf_addf(&printed, "%ssrc/a.c", roots[i]);
		check_relative(buf_text(&printed), NULL, NULL, true, "src/a.c");
	}
}

static void test_the_workspace_that_the_log_names(void **state)
{
	(void)state;
	check_relative("/builds/acme/app/src/a.c", "/builds/acme/app", NULL, true, "src/a.c");
	check_relative("/builds/acme/app/src/a.c", "/builds/acme/app/", "ignored", true, "src/a.c");
	check_relative("E:\\ci\\app\\src\\a.c", "E:/ci/app", NULL, true, "src/a.c");
	check_relative("/builds/acme/apple/a.c", "/builds/acme/app", NULL, false, "/builds/acme/apple/a.c");
	check_relative("/builds/acme/app", "/builds/acme/app", NULL, false, "/builds/acme/app");
}

static void test_the_runners_own_folders_are_no_repository(void **state)
{
	static const char *const own[] = {"/home/runner/work/_temp/a/b/x.sh", "/home/runner/work/_actions/o/r/v4/i.js",
		"/srv/agent/_work/_tool/Python/3.12.1/x64/lib/a.py", "D:\\a\\_temp\\a\\b\\x.ps1", "/__w/_temp/a/b/c"};

	(void)state;
	for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
		assert_null(path_below_workspace(view_of(own[i])).p);
		check_relative(own[i], NULL, NULL, false, own[i]);
	}
}

static void test_below_workspace_tells_the_root_from_outside(void **state)
{
	(void)state;
	assert_view(path_below_workspace(VIEW("/home/runner/work/app/app/x/y")), "x/y");
	assert_view(path_below_workspace(VIEW("/home/runner/work/app/app/")), "");
	assert_non_null(path_below_workspace(VIEW("/home/runner/work/app/app")).p);
	assert_null(path_below_workspace(VIEW("/home/runner/work/app")).p);
	assert_null(path_below_workspace(VIEW("/home/runner/work/")).p);
	assert_null(path_below_workspace(VIEW("/home/runner/workshop/app/app/x")).p);
	assert_null(path_below_workspace(VIEW("")).p);
}

static void test_absolute(void **state)
{
	(void)state;
	assert_true(path_absolute(VIEW("/x")));
	assert_true(path_absolute(VIEW("\\x")));
	assert_true(path_absolute(VIEW("C:/x")));
	assert_true(path_absolute(VIEW("c:\\x")));
	assert_false(path_absolute(VIEW("a/b")));
	assert_false(path_absolute(VIEW("C:x")));
	assert_false(path_absolute(VIEW("1:/x")));
	assert_false(path_absolute(VIEW("")));
}

static void check_stable(const char *path, const char *expected)
{
	BUF_AUTO out = buf_new(BUF_LINE);

	buf_add_text(&out, "in ");
	path_stable(&out, view_of(path));
	assert_view(view_from(buf_view(&out), 3), expected);
}

static void test_what_stays_on_another_machine(void **state)
{
	(void)state;
	check_stable("/home/runner/work/app/app/src/a.c", "src/a.c");
	check_stable("D:\\\\a\\\\app\\\\app\\\\src\\\\a.c", "src/a.c");
	check_stable("/home/runner/work/app/app", ".");
	check_stable("/home/runner/work/app/app/node_modules/left-pad/i.js", "node_modules/left-pad/i.js");
	check_stable("/usr/lib/python3.11/pathlib.py", "<lib>/pathlib.py");
	check_stable("/opt/hostedtoolcache/Python/3.11.2/x64/lib/python3.11/pathlib.py", "<lib>/pathlib.py");
	check_stable("C:\\hostedtoolcache\\windows\\Python\\3.11.2\\x64\\Lib\\pathlib.py", "<lib>/pathlib.py");
	check_stable("/usr/lib/python3/dist-packages/yaml/__init__.py", "<lib>/yaml/__init__.py");
	check_stable("/opt/x/lib/python3.12/site-packages/yaml/__init__.py", "<lib>/yaml/__init__.py");
	check_stable("/tmp/build-env-uzjz2amk/inventory/store.py", "<tmp>/inventory/store.py");
	check_stable("/tmp/tmp.Xa81bQ", "<tmp>/tmp.Xa81bQ");
	check_stable("/private/var/folders/zz/zyx1/T/tmpab/x.py", "<tmp>/x.py");
	check_stable("/home/runner/work/_temp/boot.sh", "<tmp>/boot.sh");
	check_stable("/srv/agent-3/_work/_temp/boot.sh", "<tmp>/boot.sh");
	check_stable("C:\\Users\\RUNNER~1\\AppData\\Local\\Temp\\pip-x1\\setup.py", "<tmp>/setup.py");
	check_stable("/home/runner/.cargo/config", "~/.cargo/config");
	check_stable("/root/.cargo/config", "~/.cargo/config");
	check_stable("C:/Users/runneradmin/.cargo/config", "~/.cargo/config");
	check_stable("/usr/include/stdio.h", "/usr/include/stdio.h");
	check_stable("/src/tmp/x", "/src/tmp/x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_relative_paths),
		cmocka_unit_test(test_a_path_that_leaves_the_repository_stays_as_printed),
		cmocka_unit_test(test_workspaces),
		cmocka_unit_test(test_the_workspace_that_the_log_names),
		cmocka_unit_test(test_the_runners_own_folders_are_no_repository),
		cmocka_unit_test(test_below_workspace_tells_the_root_from_outside),
		cmocka_unit_test(test_absolute),
		cmocka_unit_test(test_what_stays_on_another_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
