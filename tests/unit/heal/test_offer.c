/* Fixes that others made: every trick in a diff has its row and its reason; good ones stand on top of each other. */
#include "scratch.h"

#include "heal/offer.h"
#include "plan/user_fixer.h"

#define OFFERS_AUTO __attribute__((cleanup(offers_done))) struct offers

static const struct fixer review_fixer = {
	.id = "workflow/test",
	.ecosystem = "workflow",
	.tier = TIER_REVIEW,
	.paths = (const char *const[]){".github/workflows/*", NULL},
	.max_files = 3,
	.max_lines = 10,
};
static const struct fixer python_fixer = {
	.id = "test/python",
	.tier = TIER_HEAL,
	.paths = (const char *const[]){"*.py", NULL},
	.max_files = 3,
	.max_lines = 10,
};
static const struct finding workflow_finding = {.rule_id = "workflow/x", .category = CATEGORY_WORKFLOW};

static void begin(struct scratch *s)
{
	scratch_begin(s);
	put(s, "a.txt", "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n");
	put(s, "b.txt", "b\n");
	put(s, "run.sh", "#!/bin/sh\n");
	put(s, "code.py", "import os\nx = 1\n");
	put(s, "test_code.py", "def test_x():\n    assert x == 1\n");
	put(s, "bytes.bin", "a\n");
	put(s, "dir/deep.txt", "d\n");
	put(s, ".github/workflows/ci.yml", "on: push\n");
	put(s, ".github/CODEOWNERS", "* @ada\n");
	SH(s->repo, "ln -s a.txt link; ln -s dir folder; printf 'a\\0b\\n' >bytes.bin");
	commit_all(s);
	scratch_open(s);
}

static struct offer_wish wish(const char *diff)
{
	return (struct offer_wish){.fixer = &edit_fixer, .finding = &some_finding, .diff = diff};
}

static void offer(struct offers *ret, struct scratch *s, const struct offer_wish *wishes, size_t n)
{
	struct err e = {0};

	if (offers_make(ret, s->r, wishes, n, &s->config, &e) != 0)
		fail_msg("%s", e.text);
	assert_int_equal(ret->count, n);
}

#define GIT(path) "diff --git a/" path " b/" path "\n"
#define NAMES(path) "--- a/" path "\n+++ b/" path "\n"
#define NEW(path, mode) GIT(path) "new file mode " mode "\n--- /dev/null\n+++ b/" path "\n"
#define B_TO_C "@@ -1 +1 @@\n-b\n+c\n"

/* ---- refused ----------------------------------------------------------------------------------------------------- */

struct row {
	const char *what, *diff, *reason;
	const char *file; /* the only one that was claimed */
};

static const struct row refused[] = {
	{"no diff", "", "no diff", NULL},
	{"words", "please apply\n", "no diff", NULL},
	{"a hunk that is cut", GIT("b.txt") NAMES("b.txt") "@@ -1,3 +1,3 @@\n-b\n+c\n", "cut or mixed", NULL},
	{"no git form", "--- b.txt\n+++ b.txt\n" B_TO_C, "paths without a/ and b/", NULL},
	{"two names", GIT("b.txt") "--- a/b.txt\n+++ b/a.txt\n" B_TO_C, "renames a file", NULL},
	{"a rename", "diff --git a/b.txt b/c.txt\nsimilarity index 100%\nrename from b.txt\nrename to c.txt\n",
		"renames, copies or is binary", NULL},

	/* another base */
	{"other context", GIT("b.txt") NAMES("b.txt") "@@ -1 +1 @@\n-B\n+c\n",
		"b.txt: the hunk at line 1 does not match", NULL},
	{"another version of the file", GIT("b.txt") "index 0123456789ab..f2ad6c76f011 100644\n" NAMES("b.txt") B_TO_C,
		"b.txt: the diff was made for another version of it", NULL},
	{"another result than it says", GIT("b.txt") "index 61780798228d..0123456789ab 100644\n" NAMES("b.txt") B_TO_C,
		"b.txt: the diff is not whole: its result has another hash", NULL},
	{"a file that is not there", GIT("none.txt") NAMES("none.txt") B_TO_C, "none.txt: it is not in the commit",
		NULL},
	{"a new file that is there", NEW("b.txt", "100644") "@@ -0,0 +1 @@\n+c\n",
		"b.txt: it would be created, but is there", NULL},
	{"nothing", GIT("b.txt") NAMES("b.txt") "@@ -1 +1 @@\n-b\n+b\n", "nothing would change", NULL},

	/* more than was said */
	{"an extra file", GIT("b.txt") NAMES("b.txt") B_TO_C NEW("extra.txt", "100644") "@@ -0,0 +1 @@\n+x\n",
		"the diff also changes extra.txt", "b.txt"},
	{"a file twice", GIT("b.txt") NAMES("b.txt") B_TO_C GIT("b.txt") NAMES("b.txt") B_TO_C,
		"b.txt is changed twice", NULL},
	/* what nobody changes for others */
	{"a workflow",
		GIT(".github/workflows/ci.yml")
			NAMES(".github/workflows/ci.yml") "@@ -1 +1 @@\n-on: push\n+on: [push]\n",
		".github/workflows/ci.yml: nothing below .github is changed", NULL},
	{"a new workflow", NEW(".github/workflows/x.yml", "100644") "@@ -0,0 +1 @@\n+on: push\n",
		".github/workflows/x.yml: nothing below .github is changed", NULL},
	{"a workflow by another case", NEW(".GitHub/workflows/x.yml", "100644") "@@ -0,0 +1 @@\n+on: push\n",
		"nothing below .github is changed", NULL},
	{"owners", GIT(".github/CODEOWNERS") NAMES(".github/CODEOWNERS") "@@ -1 +1 @@\n-* @ada\n+* @eve\n",
		"nothing below .github is changed", NULL},
	{"hooks", NEW(".husky/pre-commit", "100755") "@@ -0,0 +1 @@\n+x\n", ".husky/pre-commit: it holds git hooks",
		NULL},
	{"git's own folder", NEW(".git/config", "100644") "@@ -0,0 +1 @@\n+x\n", ".git", NULL},
	{"a way out", NEW("../x", "100644") "@@ -0,0 +1 @@\n+x\n", "..", NULL},
	{"from the root", NEW("/etc/x", "100644") "@@ -0,0 +1 @@\n+x\n", "/etc/x", NULL},
	{"a file of registries", NEW(".npmrc", "100644") "@@ -0,0 +1 @@\n+x\n", ".npmrc: it may hold secrets", NULL},

	/* links and modes */
	{"a new link", NEW("l", "120000") "@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n", "mode 120000",
		NULL},
	{"a link's target", GIT("link") "index 0123456..789abcd 120000\n" NAMES("link") "@@ -1 +1 @@\n-a.txt\n+b.txt\n",
		"mode 120000", NULL},
	{"a link as a file",
		GIT("link") NAMES("link") "@@ -1 +1 @@\n-a.txt\n\\ No newline at end of file\n+b.txt\n\\ No newline at "
					  "end of file\n",
		"link is a symbolic link", NULL},
	{"through a link", NEW("folder/x.txt", "100644") "@@ -0,0 +1 @@\n+x\n", "folder is not a folder", NULL},
	{"a submodule", NEW("sub", "160000") "@@ -0,0 +1 @@\n+Subproject commit 0123\n", "mode 160000", NULL},
	{"set-uid", GIT("run.sh") "old mode 100644\nnew mode 104755\n", "mode 104755", NULL},
	{"a world-writable file", NEW("x.txt", "100666") "@@ -0,0 +1 @@\n+x\n", "mode 100666", NULL},
	{"a file over a folder", NEW("dir", "100644") "@@ -0,0 +1 @@\n+x\n", "dir is a folder", NULL},
	{"a folder over a file", NEW("b.txt/x", "100644") "@@ -0,0 +1 @@\n+x\n", "b.txt", NULL},

	/* contents */
	{"bytes", GIT("bytes.bin") "Binary files a/bytes.bin and b/bytes.bin differ\n", "binary", NULL},
	{"a secret",
		GIT("b.txt") NAMES("b.txt") "@@ -1 +1,2 @@\n b\n+token = gh"
					    "p_0123456789abcdefghijklmnopqrstuvwxyzAB\n",
		"secret", NULL},
	{"a weakened test",
		GIT("test_code.py")
			NAMES("test_code.py") "@@ -1,2 +1,2 @@\n def test_x():\n-    assert x == 1\n+    pass\n",
		"test_code.py", NULL},
	{"a silenced check",
		GIT("code.py") NAMES("code.py") "@@ -1,2 +1,2 @@\n-import os\n+import os  # noqa\n x = 1\n", "code.py",
		NULL},
	{"a conflict marker", GIT("b.txt") NAMES("b.txt") "@@ -1 +1,2 @@\n b\n+<<<<<<< ours\n", "b.txt", NULL},
};

static void test_each_trick_is_refused(void **state)
{
	SCRATCH_AUTO s;

	(void)state;
	begin(&s);
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		const struct row *r = &refused[i];
		const char *const claimed[] = {r->file, NULL};
		struct offer_wish w = wish(r->diff);
		OFFERS_AUTO o;

		w.claimed_files = r->file ? claimed : NULL;
		offer(&o, &s, &w, 1);
		if (o.items[0].accepted)
			fail_msg("%s: accepted", r->what);
		if (!o.items[0].reason || !strstr(o.items[0].reason, r->reason))
			fail_msg("%s: %s, wanted %s", r->what, o.items[0].reason, r->reason);
		assert_null(o.diff);
		assert_null(o.items[0].diff);
		assert_int_equal(o.items[0].file_count, 0);
	}
	assert_status(&s, "");
}

/* A fixer stays with its files; one of workflows may not touch all of .github. */
static void test_a_fixer_has_its_files(void **state)
{
	struct offer_wish wishes[] = {wish(GIT("b.txt") NAMES("b.txt") B_TO_C),
		wish(NEW(".github/actions/x/action.yml", "100644") "@@ -0,0 +1 @@\n+name: x\n")};
	SCRATCH_AUTO s;
	OFFERS_AUTO o;

	(void)state;
	begin(&s);
	wishes[0].fixer = &python_fixer;
	wishes[1].fixer = &review_fixer;
	wishes[1].finding = &workflow_finding;
	offer(&o, &s, wishes, 2);
	assert_string_equal(o.items[0].reason, "b.txt: test/python does not touch such files");
	assert_string_equal(o.items[1].reason, ".github/actions/x/action.yml: nothing below .github is changed");
}

static void test_limits(void **state)
{
	SCRATCH_AUTO s;
	BUF_AUTO many = buf_new(BUF_LARGE);
	BUF_AUTO lines = buf_new(BUF_LARGE);
	BUF_AUTO huge = buf_new(BUF_LARGE);
	struct offer_wish wishes[3];
	OFFERS_AUTO o;

	(void)state;
	begin(&s);
	for (int i = 0; i < 21; i++)
		buf_addf(&many,
			"diff --git a/n%d b/n%d\nnew file mode 100644\n--- /dev/null\n+++ b/n%d\n@@ -0,0 +1 @@\n+x\n",
			i, i, i);
	buf_add_text(&lines, NEW("x.txt", "100644") "@@ -0,0 +1,401 @@\n");
	for (int i = 0; i < 401; i++)
		buf_add_text(&lines, "+x\n");
	buf_add_text(&huge, NEW("x.txt", "100644") "@@ -0,0 +1 @@\n+");
	for (size_t i = 0; i < FIXER_FILE_BYTES_MAX + 10; i++)
		buf_add_char(&huge, 'x');
	buf_add_text(&huge, "\n");
	wishes[0] = wish(buf_text(&many));
	wishes[1] = wish(buf_text(&lines));
	wishes[2] = wish(buf_text(&huge));
	offer(&o, &s, wishes, 3);
	assert_string_equal(o.items[0].reason, "21 files would change, the limit is 20");
	assert_string_equal(o.items[1].reason, "401 lines would change, the limit is 400");
	assert_non_null(strstr(o.items[2].reason, "more than"));
	assert_null(o.diff);
}

static void test_a_wish_must_be_whole(void **state)
{
	static const char *const none[] = {NULL};
	struct offer_wish wishes[4] = {wish(GIT("b.txt") NAMES("b.txt") B_TO_C), wish(NULL), wish("x"), wish("x")};
	SCRATCH_AUTO s;
	OFFERS_AUTO o;

	(void)state;
	begin(&s);
	wishes[0].claimed_files = none;
	wishes[2].fixer = NULL;
	wishes[3].finding = NULL;
	offer(&o, &s, wishes, 4);
	assert_string_equal(o.items[0].reason, "it names no file");
	for (size_t i = 1; i < 4; i++)
		assert_string_equal(o.items[i].reason, "no fixer and finding of ours stand behind it");
}

static void test_a_repository_without_a_commit(void **state)
{
	struct offer_wish w = wish(GIT("b.txt") NAMES("b.txt") B_TO_C);
	struct offers o;
	SCRATCH_AUTO s;
	struct err e = {0};

	(void)state;
	scratch_begin(&s);
	scratch_open(&s);
	assert_int_equal(offers_make(&o, s.r, &w, 1, &s.config, &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	assert_non_null(strstr(e.text, "no commit yet"));
}

/* ---- accepted ---------------------------------------------------------------------------------------------------- */

static const struct offer_file *file_of(const struct offer *o, const char *path)
{
	for (size_t i = 0; i < o->file_count; i++)
		if (strcmp(o->files[i].path, path) == 0)
			return &o->files[i];
	fail_msg("%s is not in the offer", path);
	return NULL;
}

static void assert_view(struct view v, const char *text)
{
	if (!view_is(v, text))
		fail_msg("%.*s is not %s", VIEW_ARG(v), text);
}

static void test_what_an_offer_holds(void **state)
{
	static const char diff[] = GIT("b.txt") NAMES("b.txt") B_TO_C GIT(
		"dir/deep.txt") "deleted file mode 100644\n--- a/dir/deep.txt\n"
				"+++ /dev/null\n@@ -1 +0,0 @@\n-d\n" NEW("new.sh",
					"100755") "@@ -0,0 +1,2 @@\n+#!/bin/sh\n+true\n" GIT("run.sh") "old mode "
												       "100644\nnew "
												       "mode 100755\n";
	static const char *const claimed[] = {"b.txt", "dir/deep.txt", "new.sh", "run.sh", "not/changed", NULL};
	struct offer_wish w = wish(diff);
	const struct offer_file *f;
	SCRATCH_AUTO s;
	OFFERS_AUTO o;

	(void)state;
	begin(&s);
	w.claimed_files = claimed;
	offer(&o, &s, &w, 1);
	if (!o.items[0].accepted)
		fail_msg("%s", o.items[0].reason);
	assert_null(o.items[0].reason);
	assert_int_equal(o.items[0].file_count, 4);
	assert_int_equal(o.items[0].lines_added, 3);
	assert_int_equal(o.items[0].lines_removed, 2);
	f = file_of(&o.items[0], "b.txt");
	assert_true(f->existed && f->exists && f->old_mode == 0100644 && f->mode == 0100644);
	assert_view(f->old_content, "b\n");
	assert_view(f->content, "c\n");
	f = file_of(&o.items[0], "dir/deep.txt");
	assert_true(f->existed && !f->exists && f->mode == 0);
	assert_view(f->old_content, "d\n");
	f = file_of(&o.items[0], "new.sh");
	assert_true(!f->existed && f->exists && f->old_mode == 0 && f->mode == 0100755);
	assert_view(f->content, "#!/bin/sh\ntrue\n");
	f = file_of(&o.items[0], "run.sh");
	assert_true(f->old_mode == 0100644 && f->mode == 0100755);
	assert_view(f->content, "#!/bin/sh\n");
	/* as git itself would apply it */
	assert_string_equal(o.diff, o.items[0].diff);
	put(&s, "../patch", o.diff);
	SH(s.repo, "git apply --index ../patch");
	assert_status(&s, "M  b.txt\nD  dir/deep.txt\nA  new.sh\nM  run.sh");
}

#define LINE_2 GIT("a.txt") NAMES("a.txt") "@@ -1,4 +1,4 @@\n one\n-two\n+2\n three\n four\n"
#define LINE_9 GIT("a.txt") NAMES("a.txt") "@@ -6,4 +6,4 @@\n six\n seven\n eight\n-nine\n+9\n"
#define LINE_3 GIT("a.txt") NAMES("a.txt") "@@ -1,4 +1,4 @@\n one\n two\n-three\n+3\n four\n"

static void test_they_stand_on_top_of_each_other(void **state)
{
	struct offer_wish wishes[] = {wish(LINE_2), wish("rubbish"), wish(LINE_9), wish(LINE_2), wish(LINE_3),
		wish(GIT("b.txt") NAMES("b.txt") B_TO_C)};
	static const char *const end = "three\nfour\nfive\nsix\nseven\neight\n";
	SCRATCH_AUTO s;
	OFFERS_AUTO o;

	(void)state;
	begin(&s);
	offer(&o, &s, wishes, 6);
	MEM_AUTO char *first = sh("/", "printf 'one\\n2\\n%snine\\n'", end);
	MEM_AUTO char *both = sh("/", "printf 'one\\n2\\n%s9\\n'", end);
	assert_true(o.items[0].accepted && !o.items[1].accepted && o.items[2].accepted && !o.items[3].accepted &&
		    !o.items[4].accepted && o.items[5].accepted);
	assert_int_equal(o.items[0].files[0].content.n, strlen(first) + 1);
	assert_memory_equal(o.items[0].files[0].content.p, first, strlen(first));
	assert_memory_equal(o.items[2].files[0].content.p, both, strlen(both));
	assert_string_equal(o.items[3].reason, "an earlier fix already makes this change");
	assert_string_equal(o.items[4].reason, "a.txt: an earlier fix changes the same place");
	assert_int_equal(o.items[2].files[0].old_content.n, strlen(first) + 3);
	/* each alone against the base, and all together */
	put(&s, "../alone", o.items[2].diff);
	put(&s, "../all", o.diff);
	SH(s.repo, "git apply --check ../alone; git apply ../all");
	assert_status(&s, " M a.txt\n M b.txt");
	MEM_AUTO char *now = sh(s.repo, "cat a.txt");
	assert_string_equal(now, both);
}

static void test_a_workflow_by_a_fixer_of_workflows(void **state)
{
	struct offer_wish w = wish(GIT(".github/workflows/ci.yml")
			NAMES(".github/workflows/ci.yml") "@@ -1 +1 @@\n-on: push\n+on: [push]\n");
	SCRATCH_AUTO s;
	OFFERS_AUTO o;

	(void)state;
	begin(&s);
	w.fixer = &review_fixer;
	w.finding = &workflow_finding;
	offer(&o, &s, &w, 1);
	assert_true(o.items[0].accepted);
}

/* A fixer of the configuration stays within its globs, and out of .github whatever they say. */
static void test_a_fixer_of_the_configuration(void **state)
{
	static const char *answers[] = {"test/*"}, *command[] = {"make", "gen"}, *paths[] = {"gen/**", ".github/**"};
	struct config_fixer own = {.id = "acme/gen",
		.answers = {answers, 1},
		.command = {command, 2},
		.paths = {paths, 2},
		.proof = {command, 2}};
	struct offer_wish wishes[] = {wish(NEW("gen/x.c", "100644") "@@ -0,0 +1 @@\n+int x;\n"),
		wish(GIT("b.txt") NAMES("b.txt") B_TO_C),
		wish(NEW(".github/workflows/x.yml", "100644") "@@ -0,0 +1 @@\n+on: push\n")};
	ARENA_AUTO a = {0};
	SCRATCH_AUTO s;
	OFFERS_AUTO o;

	(void)state;
	begin(&s);
	s.config.fixers = &own;
	s.config.fixer_count = 1;
	for (size_t i = 0; i < 3; i++)
		wishes[i].fixer = user_fixers_make(&a, &s.config);
	offer(&o, &s, wishes, 3);
	assert_true(o.items[0].accepted);
	assert_string_equal(o.items[1].reason, "b.txt: acme/gen does not touch such files");
	assert_string_equal(o.items[2].reason, ".github/workflows/x.yml: nothing below .github is changed");
}

/* A bare clone of GitHub's has no files to look at. */
static void test_a_bare_repository(void **state)
{
	struct offer_wish w = wish(GIT("b.txt") NAMES("b.txt") B_TO_C);
	SCRATCH_AUTO s;
	OFFERS_AUTO o;

	(void)state;
	begin(&s);
	SH(s.top, "git clone -q --bare repo bare");
	free(s.repo);
	s.repo = file_join(s.top, "bare");
	scratch_open(&s);
	offer(&o, &s, &w, 1);
	assert_true(o.items[0].accepted);
	assert_view(o.items[0].files[0].content, "c\n");
}

/* More than one change can hold: the last ones are refused, the first ones stay. */
static void test_all_together_have_a_limit(void **state)
{
	struct offer_wish wishes[FIXER_FILES_MAX / 20 + 2];
	struct buf diffs[FIXER_FILES_MAX / 20 + 2];
	size_t n = sizeof(wishes) / sizeof(*wishes);
	SCRATCH_AUTO s;
	OFFERS_AUTO o;

	(void)state;
	begin(&s);
	for (size_t i = 0; i < n; i++) {
		diffs[i] = buf_new(BUF_PAGE);
		for (int k = 0; k < 20; k++)
			buf_addf(&diffs[i],
				"diff --git a/n%zu.%d b/n%zu.%d\nnew file mode 100644\n--- /dev/null\n+++ b/n%zu.%d\n"
				"@@ -0,0 +1 @@\n+x\n",
				i, k, i, k, i, k);
		wishes[i] = wish(buf_text(&diffs[i]));
	}
	offer(&o, &s, wishes, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(o.items[i].accepted, i < FIXER_FILES_MAX / 20);
		buf_done(&diffs[i]);
	}
	assert_string_equal(o.items[n - 1].reason, "with it more than 64 files would change in all");
	put(&s, "../all", o.diff);
	SH(s.repo, "git apply --index ../all");
	assert_sh(s.repo, "git diff --cached --name-only | wc -l", "60");
}

static void test_none(void **state)
{
	SCRATCH_AUTO s;
	OFFERS_AUTO o;

	(void)state;
	begin(&s);
	offer(&o, &s, NULL, 0);
	assert_null(o.diff);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_trick_is_refused),
		cmocka_unit_test(test_a_fixer_has_its_files),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_a_wish_must_be_whole),
		cmocka_unit_test(test_a_repository_without_a_commit),
		cmocka_unit_test(test_what_an_offer_holds),
		cmocka_unit_test(test_they_stand_on_top_of_each_other),
		cmocka_unit_test(test_a_workflow_by_a_fixer_of_workflows),
		cmocka_unit_test(test_a_fixer_of_the_configuration),
		cmocka_unit_test(test_a_bare_repository),
		cmocka_unit_test(test_all_together_have_a_limit),
		cmocka_unit_test(test_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
