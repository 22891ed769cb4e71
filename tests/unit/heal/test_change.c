/* Changes from edits and diffs, what they print, and what git thinks of it. */
#include "scratch.h"

static void begin(struct scratch *s)
{
	scratch_begin(s);
	put(s, "lines", "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n");
	put(s, "no newline", "a\nb\nc");
	put(s, "crlf", "x\r\ny\r\nz\r\n");
	put(s, "sub/\xc3\xa4 \"q\".txt", "q\n");
	put(s, "gone", "g\n");
	put(s, "run", "#!/bin/sh\n");
	put(s, "empty", "");
	SH(s->repo, "ln -s lines link; chmod +x run");
	commit_all(s);
	scratch_open(s);
}

static int make(struct change_set *set, struct scratch *s, const char *diff, struct err *e)
{
	struct planned_fix f = plan_diff(diff);

	change_set_begin(set);
	return diff_make(set, &f.proposal, repository_tree(s->r), e);
}

static void refuse(struct scratch *s, const char *diff, const char *why)
{
	struct change_set set;
	struct err e = {0};

	assert_int_equal(make(&set, s, diff, &e), -1);
	if (!strstr(e.text, why))
		fail_msg("\"%s\" lacks \"%s\"", e.text, why);
	change_set_done(&set);
}

static void expect(struct scratch *s, const char *diff, const char *content)
{
	struct change_set set;
	struct err e = {0};

	if (make(&set, s, diff, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(set.count, 1);
	assert_true(view_is(set.items[0].new_content, content));
	change_set_done(&set);
}

#define HEAD_LINES "--- a/lines\n+++ b/lines\n"

static void test_applies_where_it_says(void **state)
{
	SCRATCH_AUTO s;

	(void)state;
	begin(&s);
	expect(&s, HEAD_LINES "@@ -1,4 +1,4 @@\n-one\n+ONE\n two\n three\n four\n",
		"ONE\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n");
	expect(&s,
		HEAD_LINES
		"@@ -3,3 +3,2 @@ two\n three\n-four\n five\n@@ -8,3 +7,5 @@\n eight\n nine\n+9a\n+9b\n ten\n",
		"one\ntwo\nthree\nfive\nsix\nseven\neight\nnine\n9a\n9b\nten\n");
	/* The text ends without a newline: that says nothing about the file. */
	expect(&s, HEAD_LINES "@@ -9,2 +9,3 @@\n nine\n ten\n+eleven",
		"one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\neleven\n");
	expect(&s, "diff --git a/empty b/empty\n--- a/empty\n+++ b/empty\n@@ -0,0 +1 @@\n+first\n", "first\n");
}

static void test_finds_a_shifted_place_only_when_it_is_the_only_one(void **state)
{
	SCRATCH_AUTO s;

	(void)state;
	begin(&s);
	expect(&s, HEAD_LINES "@@ -14,3 +14,3 @@\n four\n-five\n+FIVE\n six\n",
		"one\ntwo\nthree\nfour\nFIVE\nsix\nseven\neight\nnine\nten\n");
	refuse(&s, HEAD_LINES "@@ -14,2 +14,2 @@\n four\n-five\n+FIVE\n", "does not match");
	put(&s, "lines", "a\nb\nc\na\nb\nc\nz\n");
	commit_all(&s);
	scratch_open(&s);
	refuse(&s, HEAD_LINES "@@ -2,3 +2,3 @@\n a\n-b\n+B\n c\n", "not only there");
	/* Stated is stated, whatever else fits. */
	expect(&s, HEAD_LINES "@@ -4,3 +4,3 @@\n a\n-b\n+B\n c\n", "a\nb\nc\na\nB\nc\nz\n");
}

static void test_context_must_fit_byte_for_byte(void **state)
{
	SCRATCH_AUTO s;

	(void)state;
	begin(&s);
	refuse(&s, HEAD_LINES "@@ -1,3 +1,3 @@\n one\n-two \n+TWO\n three\n", "does not match");
	refuse(&s, HEAD_LINES "@@ -1,3 +1,3 @@\n one \n-two\n+TWO\n three\n", "does not match");
	refuse(&s, HEAD_LINES "@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n thre\n", "does not match");
	refuse(&s, HEAD_LINES "@@ -9,2 +9,2 @@\n nine\n-ten\n\\ No newline at end of file\n+TEN\n", "does not match");
	/* Without context behind it the hunk claims the end of the file. */
	refuse(&s, HEAD_LINES "@@ -1,3 +1,4 @@\n one\n two\n three\n+more\n", "does not match");
	refuse(&s, HEAD_LINES "@@ -3,0 +4 @@\n+blind\n", "no context");
	refuse(&s, HEAD_LINES "@@ -8,2 +8,2 @@\n eight\n-nine\n+9\n", "does not match");
	refuse(&s, HEAD_LINES "@@ -5,3 +5,3 @@\n five\n-six\n+6\n seven\n@@ -2,3 +2,3 @@\n two\n-three\n+3\n four\n",
		"match");
}

static void test_line_ends(void **state)
{
	SCRATCH_AUTO s;

	(void)state;
	begin(&s);
	expect(&s, "--- a/crlf\n+++ b/crlf\n@@ -1,3 +1,3 @@\n x\r\n-y\r\n+Y\r\n z\r\n", "x\r\nY\r\nz\r\n");
	refuse(&s, "--- a/crlf\n+++ b/crlf\n@@ -1,3 +1,3 @@\n x\n-y\n+Y\n z\n", "does not match");
	expect(&s,
		"--- a/no newline\n+++ b/no newline\n@@ -1,3 +1,3 @@\n a\n b\n-c\n\\ No newline at end of file\n+c\n",
		"a\nb\nc\n");
	expect(&s, HEAD_LINES "@@ -9,2 +9,2 @@\n nine\n-ten\n+ten\n\\ No newline at end of file\n",
		"one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten");
}

static void test_what_is_no_plain_change_is_refused(void **state)
{
	SCRATCH_AUTO s;

	(void)state;
	begin(&s);
	refuse(&s, "no diff\n", "no diff");
	refuse(&s, "", "no diff");
	refuse(&s, "--- lines\n+++ lines\n@@ -1 +1 @@\n-one\n+1\n", "without a/ and b/");
	refuse(&s, "--- a/lines\n+++ b/other\n@@ -1 +1 @@\n-one\n+1\n", "renames");
	refuse(&s, "diff --git a/lines b/other\nsimilarity index 100%\nrename from lines\nrename to other\n", "rename");
	refuse(&s,
		"diff --git a/lines b/lines\nindex 1111111..2222222 100644\nBinary files a/lines and b/lines differ\n",
		"binary");
	refuse(&s, "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n",
		"mode");
	refuse(&s, "--- a/link\n+++ b/link\n@@ -1 +1 @@\n-lines\n\\ No newline at end of file\n+/etc\n",
		"symbolic link");
	refuse(&s, "--- a/../out\n+++ b/../out\n@@ -1 +1 @@\n-a\n+b\n", "path refused");
	refuse(&s, "--- /dev/null\n+++ b/.git/hooks/x\n@@ -0,0 +1 @@\n+b\n", "path refused");
	refuse(&s, "--- /dev/null\n+++ b//etc/x\n@@ -0,0 +1 @@\n+b\n", "path refused");
	refuse(&s, "--- /dev/null\n+++ b/lines\n@@ -0,0 +1 @@\n+b\n", "is there");
	refuse(&s, "--- /dev/null\n+++ b/lines/x\n@@ -0,0 +1 @@\n+b\n", "not a folder");
	refuse(&s, "--- /dev/null\n+++ b/sub\n@@ -0,0 +1 @@\n+b\n", "is a folder");
	refuse(&s, "--- a/none\n+++ b/none\n@@ -1 +1 @@\n-a\n+b\n", "not in the commit");
	refuse(&s, HEAD_LINES "@@ -1,2 +1,2 @@\n-one\n+1\n", "cut");
	refuse(&s, HEAD_LINES "@@ -1 +1 @@\n-one\n+1\n" HEAD_LINES "@@ -2 +2 @@\n-two\n+2\n", "twice");
	refuse(&s, "diff --git a/gone b/gone\ndeleted file mode 100644\n--- a/gone\n+++ /dev/null\n",
		"not all of its lines");
	refuse(&s, HEAD_LINES "@@ -1,3 +1,3 @@\n one\n two\n three\n", "");
}

/* Git's index line names the result: what the log lost or masked cannot pass. */
static void test_a_diff_with_ids_must_give_what_it_names(void **state)
{
	SCRATCH_AUTO s;
	MEM_AUTO char *diff = NULL;
	char *at;

	(void)state;
	begin(&s);
	put(&s, "lines", "one\ntwo\nthree\nfour\nsecret-5\nsix\nseven\neight\nnine\nten\n");
	diff = sh(s.repo, "git diff");
	expect(&s, diff, "one\ntwo\nthree\nfour\nsecret-5\nsix\nseven\neight\nnine\nten\n");
	at = strstr(diff, "secret");
	memcpy(at, "***   ", 6);
	refuse(&s, diff, "not whole");
}

static void test_only_named_files(void **state)
{
	SCRATCH_AUTO s;
	struct planned_fix f = plan_diff(HEAD_LINES "@@ -1 +1 @@\n-one\n+1\n");
	const char *files[] = {"gone"};
	struct change_set set;
	struct err e = {0};

	(void)state;
	begin(&s);
	f.proposal.files = files;
	f.proposal.file_count = 1;
	change_set_begin(&set);
	assert_int_equal(diff_make(&set, &f.proposal, repository_tree(s.r), &e), -1);
	assert_non_null(strstr(e.text, "also changes lines"));
	change_set_done(&set);
}

static void change_everything(struct scratch *s)
{
	put(s, "lines", "zero\none\ntwo\nthree\nfour\nFIVE\nsix\nseven\neight\nnine\nten");
	put(s, "no newline", "a\nb\nc\n");
	put(s, "crlf", "x\r\nY\r\nz\n");
	put(s, "sub/\xc3\xa4 \"q\".txt", "q\nr\n");
	put(s, "new/deep/er", "n\n");
	put(s, "new empty", "");
	put(s, "new run", "#!/bin/sh\nexit\n");
	SH(s->repo, "rm gone empty; chmod -x run; chmod +x lines 'new run'");
}

static char *print(const struct change_set *set)
{
	struct buf b = buf_new(BUF_PAGE);
	struct err e = {0};

	if (change_set_print(&b, set, &e) != 0)
		fail_msg("%s", e.text);
	return buf_take(&b);
}

/* git's diff in, ours out, through git again: the same tree. */
static void test_round_trip_with_git(void **state)
{
	SCRATCH_AUTO s;
	MEM_AUTO char *diff = NULL;
	MEM_AUTO char *ours = NULL;
	MEM_AUTO char *wanted = NULL;
	MEM_AUTO char *file = NULL;
	struct change_set set;
	struct err e = {0};

	(void)state;
	begin(&s);
	change_everything(&s);
	SH(s.repo, "git add -A");
	diff = sh(s.repo, "git diff --cached --no-renames --full-index");
	wanted = sh(s.repo, "git write-tree");
	if (make(&set, &s, diff, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(set.count, 10);
	ours = print(&set);
	file = file_join(s.top, "our.diff");
	assert_int_equal(file_write_atomic(file, view_of(ours), 0644, &e), 0);
	SH(s.repo, "git reset -q --hard; git clean -qfd; git apply --check --index ../our.diff; git apply --index "
		   "../our.diff");
	MEM_AUTO char *got = sh(s.repo, "git write-tree");
	assert_string_equal(got, wanted);
	MEM_AUTO char *lines =
		sh(s.repo, "git diff --cached --no-renames --numstat | awk '{a+=$1; r+=$2} END {print a, r}'");
	MEM_AUTO char *counted = sh(s.repo, "echo %u %u", set.lines_added, set.lines_removed);
	assert_string_equal(counted, lines);
	change_set_done(&set);
}

static int make_edits(struct change_set *set, struct scratch *s, struct fix_edit *edits, size_t n, struct err *e)
{
	struct planned_fix f = plan_edits(edits, n);

	change_set_begin(set);
	return edits_make(set, &f.proposal, repository_tree(s->r), e);
}

static void refuse_edits(struct scratch *s, struct fix_edit *edits, size_t n, const char *why)
{
	struct change_set set;
	struct err e = {0};

	assert_int_equal(make_edits(&set, s, edits, n, &e), -1);
	if (!strstr(e.text, why))
		fail_msg("\"%s\" lacks \"%s\"", e.text, why);
	change_set_done(&set);
}

static void test_edits(void **state)
{
	SCRATCH_AUTO s;
	struct err e = {0};
	struct change_set set;
	struct fix_edit edits[] = {
		{.path = "run", .mode_changes = true, .executable = false}, edit_content("lines", "1\n"),
		{.path = "made/x", .creates = true, .content = VIEW("x\n"), .executable = true},
		{.path = "gone", .deletes = true}, edit_content("empty", ""), /* nothing */
	};

	(void)state;
	begin(&s);
	if (make_edits(&set, &s, edits, 5, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(set.count, 4);
	assert_string_equal(set.items[0].path, "gone");
	assert_false(set.items[0].exists);
	assert_true(view_is(set.items[0].old_content, "g\n"));
	assert_string_equal(set.items[1].path, "lines");
	assert_string_equal(set.items[2].path, "made/x");
	assert_false(set.items[2].existed);
	assert_int_equal(set.items[2].new_kind, TREE_EXECUTABLE);
	assert_string_equal(set.items[3].path, "run");
	assert_int_equal(set.items[3].old_kind, TREE_EXECUTABLE);
	assert_int_equal(set.items[3].new_kind, TREE_FILE);
	assert_int_equal(set.lines_added, 2);
	assert_int_equal(set.lines_removed, 11);
	MEM_AUTO char *diff = print(&set);
	assert_non_null(strstr(diff, "diff --git a/run b/run\nold mode 100755\nnew mode 100644\n"));
	change_set_done(&set);
}

static void test_senseless_edits_are_refused(void **state)
{
	SCRATCH_AUTO s;
	struct fix_edit twice[] = {edit_content("lines", "1\n"), edit_content("lines", "2\n")};
	struct fix_edit there[] = {{.path = "lines", .creates = true}};
	struct fix_edit both[] = {{.path = "nu", .creates = true, .deletes = true}};
	struct fix_edit none[] = {edit_content("none", "1\n")};
	struct fix_edit link[] = {edit_content("link", "1\n")};
	struct fix_edit out[] = {{.path = "../x", .creates = true}};
	struct fix_edit same[] = {edit_content("gone", "g\n")};
	MEM_AUTO char *large = mem_new(FIXER_FILE_BYTES_MAX + 2);
	struct fix_edit huge[1];

	(void)state;
	begin(&s);
	refuse_edits(&s, twice, 2, "twice");
	refuse_edits(&s, there, 1, "is there");
	refuse_edits(&s, both, 1, "created and deleted");
	refuse_edits(&s, none, 1, "not in the commit");
	refuse_edits(&s, link, 1, "symbolic link");
	refuse_edits(&s, out, 1, "path refused");
	refuse_edits(&s, same, 1, "nothing would change");
	refuse_edits(&s, NULL, 0, "nothing would change");
	memset(large, 'x', FIXER_FILE_BYTES_MAX + 1);
	huge[0] = edit_content("lines", large);
	refuse_edits(&s, huge, 1, "more than");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_applies_where_it_says),
		cmocka_unit_test(test_finds_a_shifted_place_only_when_it_is_the_only_one),
		cmocka_unit_test(test_context_must_fit_byte_for_byte),
		cmocka_unit_test(test_line_ends),
		cmocka_unit_test(test_what_is_no_plain_change_is_refused),
		cmocka_unit_test(test_a_diff_with_ids_must_give_what_it_names),
		cmocka_unit_test(test_only_named_files),
		cmocka_unit_test(test_round_trip_with_git),
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_senseless_edits_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
