#include "fixers/diff/unified.h"
#include "world.h"

static size_t split(const char *text, struct view lines[], size_t max)
{
	struct view rest = view_of(text);
	size_t n = 0;

	while (n < max && view_next(&rest, '\n', &lines[n]))
		n++;
	return n;
}

/* Applies the only file of a diff; NULL when something refuses, with its words in *e. The result is malloc'ed. */
static char *apply(const char *diff_text, const char *old, struct err *e)
{
	ARENA_AUTO a = {0};
	BUF_AUTO out = buf_new(BUF_PAGE);
	struct view lines[200];
	struct diff d;

	if (diff_read(&d, lines, split(diff_text, lines, 200), &a, e) != 1 || d.count != 1)
		return NULL;
	if (diff_apply(&d.files[0], view_of(old), &out, e) != 0)
		return NULL;
	return out.n ? buf_take(&out) : mem_text("");
}

#define HEAD "--- a/x\n+++ b/x\n"

static void check(const char *diff, const char *old, const char *want)
{
	struct err e = {0};
	MEM_AUTO char *got = apply(diff, old, &e);

	if (!got)
		print_error("%s\n", e.text);
	assert_non_null(got);
	assert_string_equal(got, want);
}

static void refuses(const char *diff, const char *old, const char *why)
{
	struct err e = {0};
	MEM_AUTO char *got = apply(diff, old, &e);

	assert_null(got);
	if (!strstr(e.text, why))
		print_error("'%s' does not say '%s'\n", e.text, why);
	assert_non_null(strstr(e.text, why));
}

static void changes_lines_at_their_place(void **state)
{
	(void)state;
	check(HEAD "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c", "a\nb\nc\nd\n", "a\nB\nc\nd\n");
	check(HEAD "@@ -2 +2 @@ func\n-b\n+B", "a\nb\n", "a\nB\n");
	check(HEAD "@@ -1,0 +2,2 @@\n+x\n+y", "a\nb\n", "a\nx\ny\nb\n");
	check(HEAD "@@ -0,0 +1 @@\n+x", "", "x\n");
	check(HEAD "@@ -1,2 +0,0 @@\n-a\n-b", "a\nb\n", "");
}

static void several_hunks_in_order(void **state)
{
	(void)state;
	check(HEAD "@@ -1 +1,2 @@\n-a\n+A\n+AA\n@@ -3 +4 @@\n-c\n+C", "a\nb\nc\n", "A\nAA\nb\nC\n");
	refuses(HEAD "@@ -3 +3 @@\n-c\n+C\n@@ -1 +1 @@\n-a\n+A", "a\nb\nc\n", "overlap");
}

static void context_must_be_exact(void **state)
{
	(void)state;
	refuses(HEAD "@@ -1,2 +1,2 @@\n a\n-b\n+B", "a\nx\n", "line 2 is not as the diff has it");
	refuses(HEAD "@@ -2,2 +2,2 @@\n a\n-b\n+B", "a\nb\n", "line 2 is not");
	refuses(HEAD "@@ -9 +9 @@\n-b\n+B", "a\nb\n", "behind the end");
}

static void blank_context_may_lack_its_blank(void **state)
{
	(void)state;
	check(HEAD "@@ -1,3 +1,3 @@\n a\n\n-b\n+B", "a\n\nb\n", "a\n\nB\n");
}

static void ends_without_newline(void **state)
{
	(void)state;
	check(HEAD "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n", "a", "a\n");
	check(HEAD "@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n", "a\n", "b");
	refuses(HEAD "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n", "a\n", "ends with a newline");
	refuses(HEAD "@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n", "a\nc\n", "before its end");
}

static void crlf_files_keep_their_line_ends(void **state)
{
	(void)state;
	check(HEAD "@@ -1,2 +1,2 @@\n a\n-b\n+B", "a\r\nb\r\n", "a\r\nB\r\n");
	refuses(HEAD "@@ -1,2 +1,2 @@\n a\n-b\n+B", "a\r\nb\n", "mixes line ends");
	refuses(HEAD "@@ -1 +1 @@\n-a\n+a", "a\r\n", "does not show");
}

static void malformed_diffs_are_refused_whole(void **state)
{
	(void)state;
	refuses(HEAD "@@ -1,3 +1,3 @@\n a\n-b\n+B", "a\nb\nc\n", "cut or mixed");
	refuses(HEAD "@@ -1,2 +1,2 @@\n a\nwould reformat x\n-b\n+B", "a\nb\n", "cut or mixed");
	refuses(HEAD "@@ -1,1 +1,1 @@\n-a\n-b\n+B", "a\nb\n", "do not add up");
	refuses("diff --git a/x b/y\nsimilarity index 90%\nrename from x\nrename to y\n", "", "renames");
	refuses("diff --git a/x b/x\nindex 1234567..89abcde 120000\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b", "a\n",
		"mode 120000");
	refuses("diff --git a/x b/x\nnew file mode 160000\n", "", "mode 160000");
	refuses("diff --git a/x b/x\nindex 1234567..89abcde 100644\nBinary files a/x and b/x differ\n", "", "binary");
	refuses("diff --cc x\nindex 1,2..3\n", "", "combined");
	refuses("diff --git a/x b/x\nindex 1234567..89abcde 100644\nnothing more", "", "without a change");
	refuses("text\n@@ -1 +1 @@\n-a\n+b", "a\n", "belongs to no file");
	refuses(HEAD "text", "a\n", "without hunks");
	refuses("some text\n--- not a diff\nmore", "", "no diff");
}

static void reads_headers(void **state)
{
	ARENA_AUTO a = {0};
	struct view lines[60];
	struct diff d;
	struct err e = {0};
	size_t n = split(
		"noise\n"
		"diff --git \"a/d\\303\\266c/x y\" \"b/d\\303\\266c/x y\"\n"
		"index 0123456..89abcde 100755\n"
		"--- \"a/d\\303\\266c/x y\"\n"
		"+++ \"b/d\\303\\266c/x y\"\n"
		"@@ -1 +1 @@\n-a\n+b\n"
		"diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n"
		"--- old.py\t2026-01-01 00:00:00 +0000\n+++ old.py\t2026-01-01 00:00:01 +0000\n@@ -1 +1 @@\n-a\n+b\n"
		"diff --git a/new b/new\nnew file mode 100644\nindex 0000000..89abcde\n--- /dev/null\n+++ b/new\n@@ "
		"-0,0 +1 @@\n+a\n",
		lines, 60);

	(void)state;
	assert_int_equal(diff_read(&d, lines, n, &a, &e), 1);
	assert_int_equal(d.count, 4);
	assert_true(view_is(d.files[0].new_name, "b/d\xc3\xb6"
						 "c/x y"));
	assert_true(view_is(d.files[0].old_id, "0123456"));
	assert_true(view_is(d.files[0].new_id, "89abcde"));
	assert_true(d.files[1].mode_changes && d.files[1].executable && d.files[1].hunk_count == 0);
	assert_true(view_is(d.files[1].new_name, "b/run.sh"));
	assert_true(view_is(d.files[2].old_name, "old.py") && !d.files[2].git);
	assert_true(d.files[3].creates && !d.files[3].deletes);
}

static void has_ceilings(void **state)
{
	struct err e = {0};
	char *got;

	(void)state;
	got = apply(HEAD "@@ -1,2000000000 +1,2000000000 @@\n a", "a\n", &e);
	assert_null(got);
	assert_non_null(strstr(e.text, "too large"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_lines_at_their_place),
		cmocka_unit_test(several_hunks_in_order),
		cmocka_unit_test(context_must_be_exact),
		cmocka_unit_test(blank_context_may_lack_its_blank),
		cmocka_unit_test(ends_without_newline),
		cmocka_unit_test(crlf_files_keep_their_line_ends),
		cmocka_unit_test(malformed_diffs_are_refused_whole),
		cmocka_unit_test(reads_headers),
		cmocka_unit_test(has_ceilings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
