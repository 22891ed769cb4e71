#include "base/hash.h"
#include "world.h"

#define W "/home/runner/work/repo/repo/"
#define OLD "x = 1\ny=2\n"
#define NEW "x = 1\ny = 2\n"
#define BODY "@@ -1,2 +1,2 @@\n x = 1\n-y=2\n+y = 2\n"

static void heals(const char *path, const char *command, const char *output)
{
	world_check("diff/printed", CATEGORY_FORMAT, path, OLD, command, output, NEW);
}

static void refuses(const char *path, const char *command, const char *output)
{
	world_check("diff/printed", CATEGORY_FORMAT, path, OLD, command, output, NULL);
}

static void reads_what_formatters_print(void **state)
{
	(void)state;
	heals("a.py", "black --check --diff .",
		"--- " W "a.py\t2026-11-20 20:00:37.822468 +0000\n+++ " W
		"a.py\t2026-11-20 20:00:39.804125 +0000\n" BODY "would reformat " W
		"a.py\n1 file would be reformatted.");
	heals("p/a.py", "isort --check --diff p",
		"ERROR: " W "p/a.py Imports are incorrectly sorted and/or formatted.\n"
		"--- " W "p/a.py:before\t2026-11-20\n+++ " W "p/a.py:after\t2026-11-20\n" BODY);
	heals("a.go", "gofmt -d .", "diff a.go.orig a.go\n--- a.go.orig\n+++ a.go\n" BODY);
	heals("a.sh", "shfmt -d a.sh", "--- a.sh.orig\n+++ a.sh\n" BODY);
	heals("a.sh", "shellcheck -f diff a.sh", "--- a/a.sh\n+++ b/a.sh\n" BODY);
	heals("a.py", "autopep8 --diff a.py", "--- original/a.py\n+++ fixed/a.py\n" BODY);
	heals("a.py", "yapf --diff a.py", "--- a.py\t(original)\n+++ a.py\t(reformatted)\n" BODY);
	heals("m/main.tf", "terraform fmt -check -diff -recursive",
		"m/main.tf\n--- old/m/main.tf\n+++ new/m/main.tf\n" BODY);
	heals("a.c", "run-clang-format.py a.c", "--- a.c\t(original)\n+++ a.c\t(reformatted)\n" BODY);
}

static void finds_files_below_other_folders(void **state)
{
	(void)state;
	heals("api/app/a.py", "poetry run -C api black --check --diff .", "--- app/a.py\t1\n+++ app/a.py\t2\n" BODY);
	heals("a.py", "docker run x black --check --diff .\nblack --diff .",
		"--- /app/a.py\t1\n+++ /app/a.py\t2\n" BODY);
}

static void reads_rustfmt(void **state)
{
	(void)state;
	heals("src/lib.rs", "cargo fmt --all -- --check", "Diff in " W "src/lib.rs:1:\n x = 1\n-y=2\n+y = 2\n ");
	heals("src/lib.rs", "cargo fmt -- --check", "Diff in " W "src/lib.rs at line 1:\n x = 1\n-y=2\n+y = 2\n");
	heals("src/lib.rs", "make fmt-check",
		"Diff in src/lib.rs:2:\n-y=2\n+y = 2\nDiff in src/lib.rs:2:\n-y=2\n+y = 2\n");
	refuses("src/lib.rs", "cargo fmt --check", "Diff in " W "src/lib.rs:1:\n-y=2\n+y = 2\n");
	refuses("src/lib.rs", "cargo fmt --check", "Diff in " W "src/lib.rs:1:\n x = 1\n-y=2\n+y = 2\n+y = 2\n ");
}

static void reads_git_diff(void **state)
{
	char old[HASH_BLOB_HEX_MAX], new[HASH_BLOB_HEX_MAX];
	BUF_AUTO good = buf_new(BUF_PAGE);
	BUF_AUTO bad = buf_new(BUF_PAGE);
	BUF_AUTO made = buf_new(BUF_PAGE);

	(void)state;
	hash_git_blob(view_of(OLD), old);
	hash_git_blob(view_of(NEW), new);
	buf_addf(&good, "diff --git a/gen/t.h b/gen/t.h\nindex %.7s..%.7s 100644\n--- a/gen/t.h\n+++ b/gen/t.h\n" BODY,
		old, new);
	buf_addf(&bad, "diff --git a/gen/t.h b/gen/t.h\nindex %.7s..%.7s 100644\n--- a/gen/t.h\n+++ b/gen/t.h\n" BODY,
		old, old);
	heals("gen/t.h", "make generate\ngit diff --exit-code", buf_text(&good));
	heals("gen/t.h", "make generate\ngit --no-pager diff --exit-code -- gen", buf_text(&good));
	buf_addf(&made, "git diff --exit-code gen\n%s", buf_text(&good));
	heals("gen/t.h", "make check-generated", buf_text(&made));
	refuses("gen/t.h", "git diff --exit-code", buf_text(&bad));
	refuses("gen/t.h", "git diff origin/main", buf_text(&good));
	refuses("gen/t.h", "git diff -R", buf_text(&good));
	refuses("gen/t.h", "git log -p -1\ngit diff --exit-code", buf_text(&good));
	refuses("gen/t.h", "git diff \"$BASE\"", buf_text(&good));
	refuses("gen/t.h", "python tests/run.py", buf_text(&good));
}

static void hooks_must_all_have_changed_files(void **state)
{
	static const char diff[] =
		"All changes made by hooks:\ndiff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n" BODY;
	BUF_AUTO one = buf_new(BUF_PAGE);
	BUF_AUTO two = buf_new(BUF_PAGE);

	(void)state;
	buf_addf(&one,
		"black..........Failed\n- hook id: black\n- files were modified by this "
		"hook\n\nflake8..........Passed\n%s",
		diff);
	buf_addf(&two,
		"black..........Failed\n- hook id: black\n- files were modified by this hook\n"
		"mypy..........Failed\n- hook id: mypy\n- exit code: 1\n\na.py:1: error: x\n%s",
		diff);
	heals("a.py", "pre-commit run --all-files --show-diff-on-failure", buf_text(&one));
	refuses("a.py", "pre-commit run --all-files --show-diff-on-failure", buf_text(&two));
}

static void tests_may_print_anything(void **state)
{
	(void)state;
	refuses("a.go", "bash tests/run.sh",
		"diff a.go.orig a.go\n--- a.go.orig\n+++ a.go\n" BODY "gofmt found problems");
	refuses("a.go", "go test ./...\ngofmt -d .", "--- a.go.orig\n+++ a.go\n" BODY);
	refuses("a.py", "pytest", "--- a.py\n+++ a.py\n" BODY);
	refuses("a.txt", "echo 'black is great'", "--- a.txt\n+++ a.txt\n" BODY);
	world_check("diff/printed", CATEGORY_TEST, "a.py", OLD, "black --diff .", "--- a.py\n+++ a.py\n" BODY, NULL);
}

static void a_diff_is_applied_whole_or_not_at_all(void **state)
{
	(void)state;
	refuses("a.py", "black --diff --check .",
		"--- a.py\t1\n+++ a.py\t2\n" BODY
		"would reformat a.py\nwould reformat b.py\n2 files would be reformatted");
	refuses("a.py", "black --diff --check .",
		"--- a.py\t1\n+++ a.py\t2\n" BODY "error: cannot format b.py: Cannot parse");
	refuses("a.py", "black --diff .", "--- a.py\t1\n+++ a.py\t2\n" BODY "--- b.py\t1\n+++ b.py\t2\n" BODY);
	refuses("a.py", "black --diff .", "--- a.py\t1\n+++ a.py\t2\n@@ -1,3 +1,3 @@\n x = 1\n-y=2\n+y = 2\n");
	refuses("a.py", "black --diff .", "--- a.py\t1\n+++ a.py\t2\n" BODY "--- a.py\t1\n+++ a.py\t2\n" BODY);
}

static void stays_in_the_repository(void **state)
{
	(void)state;
	refuses("boot.sh", "shfmt -d \"$RUNNER_TEMP/boot.sh\"",
		"--- /home/runner/work/_temp/boot.sh.orig\n+++ /home/runner/work/_temp/boot.sh\n" BODY);
	refuses("boot.sh", "shfmt -d", "--- ../boot.sh.orig\n+++ ../boot.sh\n" BODY);
	refuses("etc/passwd", "shfmt -d", "--- /etc/passwd.orig\n+++ /etc/passwd\n" BODY);
	refuses("x/b/a.sh", "shfmt -d", "--- x/../../a.sh.orig\n+++ x/../../a.sh\n" BODY);
	refuses("a.sh", "shfmt -d", "--- b.sh.orig\n+++ a.sh\n" BODY);
}

static void links_are_refused(void **state)
{
	const struct world_file files[] = {{"a.sh", OLD, TREE_LINK}, {0}};
	struct world w;

	(void)state;
	world_open(&w, files, "shfmt -d .", "--- a.sh.orig\n+++ a.sh\n" BODY, 1);
	assert_int_equal(world_propose(&w, "diff/printed"), 0);
	assert_non_null(strstr(w.e.text, "link"));
	world_close(&w);
}

static void what_a_log_cannot_show_is_refused(void **state)
{
	(void)state;
	refuses("a.sh", "shfmt -d .", "--- a.sh.orig\n+++ a.sh\n@@ -2 +2 @@\n-y=2\n+y=***\n");
	refuses("a.sh", "shfmt -d .", "--- a.sh.orig\n+++ a.sh\n@@ -2 +2 @@\n-y=2\n+y=2\r\n");
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(reads_what_formatters_print),
		cmocka_unit_test(finds_files_below_other_folders),
		cmocka_unit_test(reads_rustfmt),
		cmocka_unit_test(reads_git_diff),
		cmocka_unit_test(hooks_must_all_have_changed_files),
		cmocka_unit_test(tests_may_print_anything),
		cmocka_unit_test(a_diff_is_applied_whole_or_not_at_all),
		cmocka_unit_test(stays_in_the_repository),
		cmocka_unit_test(links_are_refused),
		cmocka_unit_test(what_a_log_cannot_show_is_refused),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
