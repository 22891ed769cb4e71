/* Fixes into the work tree: what is compared, what is written, what is left when it fails. */
#include "base/hash.h"
#include "scratch.h"

#include <errno.h>
#include <sys/mount.h>

static void begin(struct scratch *s)
{
	scratch_begin(s);
	put(s, "a.txt", "a\n");
	put(s, "b.txt", "b\n");
	put(s, "sub/c.txt", "c\n");
	put(s, "sub/only/d.txt", "d\n");
	put(s, "na\xc3\xafve \"q\" 'x'.txt", "n\n");
	put(s, "run.sh", "#!/bin/sh\n");
	put(s, ".gitignore", "ignored\n");
	SH(s->repo, "chmod +x run.sh");
	commit_all(s);
	scratch_open(s);
}

static void test_everything_at_once(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit edits[] = {
		edit_content("a.txt", "A\n"),
		edit_content("na\xc3\xafve \"q\" 'x'.txt", "N\n"),
		{.path = "run.sh", .mode_changes = true, .executable = false},
		{.path = "b.txt",
			.content_changes = true,
			.content = VIEW("#!B\n"),
			.mode_changes = true,
			.executable = true},
		{.path = "sub/only/d.txt", .deletes = true},
		{.path = "new/deep/er/e.txt", .creates = true, .content = VIEW("e\n")},
		{.path = "new/deep/f.sh", .creates = true, .content = VIEW("f\n"), .executable = true},
		{.path = "new empty", .creates = true},
	};
	struct planned_fix fixes[] = {plan_edits(edits, 8)};

	(void)state;
	begin(&s);
	put(&s, "untracked", "mine\n");
	put(&s, "ignored", "mine\n");
	put(&s, "sub/c.txt", "dirty\n");
	SH(s.repo, "echo staged >>sub/c.txt; git add sub/c.txt; chmod 640 a.txt; git update-index --refresh || :");
	MEM_AUTO char *before =
		sh(s.repo, "cat .git/HEAD .git/refs/heads/main; sha256sum .git/index; git rev-parse HEAD; "
			   "find .git -printf '%%p\\n' | sort");
	heal(&h, &s, fixes, 1, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_APPLIED, "the log says so");
	MEM_AUTO char *after =
		sh(s.repo, "cat .git/HEAD .git/refs/heads/main; sha256sum .git/index; git rev-parse HEAD; "
			   "find .git -printf '%%p\\n' | sort");
	assert_string_equal(after, before);
	assert_file(&s, "a.txt", "A\n");
	assert_file(&s, "b.txt", "#!B\n");
	assert_file(&s, "na\xc3\xafve \"q\" 'x'.txt", "N\n");
	assert_file(&s, "new/deep/er/e.txt", "e\n");
	assert_file(&s, "sub/c.txt", "dirty\nstaged\n");
	assert_file(&s, "ignored", "mine\n");
	assert_sh(s.repo, "stat -c '%a %n' a.txt b.txt run.sh new/deep/f.sh 'new empty'",
		"640 a.txt\n755 b.txt\n644 run.sh\n755 new/deep/f.sh\n644 new empty");
	assert_status(&s, " M a.txt\n M b.txt\n M \"na\\303\\257ve \\\"q\\\" 'x'.txt\"\n M run.sh\nM  sub/c.txt\n"
			  " D sub/only/d.txt\n?? \"new empty\"\n?? new/deep/er/e.txt\n?? new/deep/f.sh\n?? untracked\n"
			  "!! ignored");
	assert_sh(s.repo, "test ! -e sub/only; find . -name '.runmedic*'; ls -A ..", "repo");
}

static void expect_refused(struct scratch *s, struct fix_edit *edits, size_t n, const char *why)
{
	HEAL_AUTO h;
	struct planned_fix fixes[] = {plan_edits(edits, n)};
	MEM_AUTO char *before = snapshot(s->repo), *after = NULL;

	heal(&h, s, fixes, 1, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_REFUSED, why);
	after = snapshot(s->repo);
	/* The clock of the git folder itself may have moved: the journal came and went. */
	assert_string_equal(strchr(after, '\n'), strchr(before, '\n'));
}

static void test_targets_with_changes_of_their_own_are_refused(void **state)
{
	SCRATCH_AUTO s;
	struct fix_edit edits[] = {edit_content("a.txt", "A\n"), edit_content("sub/c.txt", "C\n")};
	struct fix_edit run[] = {edit_content("run.sh", "#!/bin/bash\n")};
	struct fix_edit new[] = {{.path = "new/n", .creates = true, .content = VIEW("n\n")}};
	struct fix_edit gone[] = {{.path = "sub/c.txt", .deletes = true}};

	(void)state;
	begin(&s);
	put(&s, "sub/c.txt", "mine\n");
	expect_refused(&s, edits, 2, "sub/c.txt has uncommitted changes");
	expect_refused(&s, gone, 1, "sub/c.txt has uncommitted changes");
	SH(s.repo, "git add sub/c.txt");
	expect_refused(&s, edits, 2, "sub/c.txt has uncommitted changes");
	SH(s.repo, "git reset -q --hard; chmod -x run.sh");
	expect_refused(&s, run, 1, "uncommitted changes: its mode");
	SH(s.repo, "git reset -q --hard; rm sub/c.txt");
	expect_refused(&s, edits, 2, "uncommitted changes: it is gone");
	SH(s.repo, "rm -r sub");
	expect_refused(&s, edits, 2, "uncommitted changes: it is gone");
	SH(s.repo, "git reset -q --hard; mkdir new; echo mine >new/n");
	expect_refused(&s, new, 1, "uncommitted changes");
	SH(s.repo, "rm new/n; mkdir new/n");
	expect_refused(&s, new, 1, "uncommitted changes");
	SH(s.repo, "rm -r new; echo x >new");
	expect_refused(&s, new, 1, "not a folder");
}

/* Nothing is written through a link that is not in the commit either. */
static void test_links_on_the_way_are_refused(void **state)
{
	SCRATCH_AUTO s;
	struct fix_edit edits[] = {edit_content("sub/c.txt", "C\n")};
	struct fix_edit new[] = {{.path = "sub/new", .creates = true, .content = VIEW("n\n")}};
	struct fix_edit a[] = {edit_content("a.txt", "A\n")};

	(void)state;
	begin(&s);
	SH(s.repo, "mv sub ../outside; ln -s ../outside sub");
	expect_refused(&s, edits, 1, "symbolic link");
	expect_refused(&s, new, 1, "symbolic link");
	SH(s.repo, "mv a.txt ../a.txt; ln -s ../a.txt a.txt");
	expect_refused(&s, a, 1, "symbolic link");
	SH(s.repo, "rm a.txt; mkfifo a.txt");
	expect_refused(&s, a, 1, "not a regular file");
	assert_sh(s.top, "cat a.txt outside/c.txt; ls -A outside", "a\nc\nc.txt\nonly");
}

static void test_line_ends_of_the_work_tree_are_kept(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit edits[] = {
		edit_content("attr.txt", "1\n2\n"),
		edit_content("lf.txt", "1\n2\n"),
		edit_content("raw.bat", "1\r\n2\r\n"),
		{.path = "new.txt", .creates = true, .content = VIEW("n\n")},
	};
	struct planned_fix fixes[] = {plan_edits(edits, 4)};

	(void)state;
	scratch_begin(&s);
	put(&s, ".gitattributes", "*.txt text eol=crlf\n*.bat -text\n");
	put(&s, "attr.txt", "1\n");
	put(&s, "lf.txt", "1\n");
	put(&s, "raw.bat", "1\r\n");
	commit_all(&s);
	SH(s.repo, "rm *.txt *.bat; git checkout -q .; printf '1\\n' >lf.txt; git update-index --refresh || :");
	assert_file(&s, "attr.txt", "1\r\n");
	scratch_open(&s);
	heal(&h, &s, fixes, 1, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_APPLIED, "");
	assert_file(&s, "attr.txt", "1\r\n2\r\n");
	assert_file(&s, "lf.txt", "1\n2\n"); /* somebody wanted it so */
	assert_file(&s, "raw.bat", "1\r\n2\r\n");
	assert_file(&s, "new.txt", "n\r\n");
	assert_sh(s.repo, "git -c core.safecrlf=false diff --numstat", "1\t0\tattr.txt\n1\t0\tlf.txt\n1\t0\traw.bat");
}

static void test_autocrlf_and_filemode_of_the_repository(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit edits[] = {edit_content("a.txt", "A\n"), edit_content("run.sh", "#!/bin/sh -e\n")};
	struct planned_fix fixes[] = {plan_edits(edits, 2)};

	(void)state;
	begin(&s);
	SH(s.repo, "git config core.autocrlf true; git config core.filemode false; rm a.txt; git checkout -q a.txt; "
		   "chmod -x run.sh");
	assert_file(&s, "a.txt", "a\r\n");
	scratch_open(&s);
	heal(&h, &s, fixes, 1, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_APPLIED, "");
	assert_file(&s, "a.txt", "A\r\n");
	assert_sh(s.repo, "git status --porcelain", " M a.txt\n M run.sh");
}

static void test_read_only_files_keep_their_mode(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit edits[] = {
		edit_content("a.txt", "A\n"), {.path = "b.txt", .mode_changes = true, .executable = true}};
	struct planned_fix fixes[] = {plan_edits(edits, 2)};

	(void)state;
	begin(&s);
	SH(s.repo, "chmod 444 a.txt; chmod 440 b.txt");
	heal(&h, &s, fixes, 1, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_APPLIED, "");
	assert_sh(s.repo, "stat -c %a a.txt b.txt; cat a.txt", "444\n550\nA");
}

static void test_files_stay_with_their_owner(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit edits[] = {
		edit_content("a.txt", "A\n"), {.path = "new/x/n", .creates = true, .content = VIEW("n\n")}};
	struct planned_fix fixes[] = {plan_edits(edits, 2)};

	(void)state;
	if (geteuid() != 0) {
		print_message("needs root\n");
		skip();
	}
	begin(&s);
	SH(s.repo, "chown -R 4242:4343 .");
	heal(&h, &s, fixes, 1, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_APPLIED, "");
	assert_sh(s.repo, "stat -c '%u %g' a.txt new new/x new/x/n", "4242 4343\n4242 4343\n4242 4343\n4242 4343");
}

/* ---- failures --------------------------------------------------------------------------------------- */

static void expect_failed(struct scratch *s, struct fix_edit *edits, size_t n, const char *why)
{
	HEAL_AUTO h;
	struct planned_fix fixes[] = {plan_edits(edits, n)};
	const char *listing = "find . -path ./.git/index -prune -o -printf '%%p %%y %%m %%s\\n' | LC_ALL=C sort; "
			      "find . -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum";
	MEM_AUTO char *before = sh(s->repo, "%s", listing), *after = NULL;

	heal(&h, s, fixes, 1, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_FAILED, why);
	after = sh(s->repo, "%s", listing);
	assert_string_equal(after, before);
}

/* A file with something mounted on it can be read and compared, but not renamed over. */
static void test_a_failing_rename_rolls_back(void **state)
{
	SCRATCH_AUTO s;
	struct fix_edit edits[] = {edit_content("a.txt", "A\n"), {.path = "b.txt", .deletes = true},
		{.path = "new/deep/n", .creates = true, .content = VIEW("n\n")}, edit_content("sub/c.txt", "C\n"),
		{.path = "run.sh", .mode_changes = true}};
	char *target;

	(void)state;
	begin(&s);
	target = file_join(s.repo, "sub/c.txt");
	if (mount(target, target, NULL, MS_BIND, NULL) != 0) {
		print_message("cannot mount: %s\n", strerror(errno));
		free(target);
		scratch_done(&s);
		skip();
	}
	expect_failed(&s, edits, 5, strerror(EBUSY));
	assert_int_equal(umount(target), 0);
	free(target);
	assert_status(&s, "");
}

static void test_a_full_disk_rolls_back(void **state)
{
	SCRATCH_AUTO s;
	MEM_AUTO char *big = mem_new(200 << 10);
	struct fix_edit edits[] = {
		edit_content("a.txt", "A\n"), {.path = "new/n", .creates = true}, edit_content("sub/c.txt", "C\n")};
	char *place;

	(void)state;
	begin(&s);
	place = file_join(s.top, "small");
	assert_int_equal(mkdir(place, 0777), 0);
	if (mount("none", place, "tmpfs", 0, "size=256k") != 0) {
		print_message("cannot mount: %s\n", strerror(errno));
		free(place);
		scratch_done(&s);
		skip();
	}
	SH(s.top, "cp -a repo small/; cp -a repo/.git . ");
	free(s.repo);
	s.repo = file_join(place, "repo");
	scratch_open(&s);
	memset(big, 'x', (200 << 10) - 1);
	edits[1].content = view_of(big);
	s.config.heal.max_changed_lines = 100000;
	expect_failed(&s, edits, 3, strerror(ENOSPC));
	/* Not even the journal. */
	SH(s.repo, "dd if=/dev/zero of=../fill bs=1k count=1000 2>/dev/null || :");
	expect_failed(&s, edits, 1, strerror(ENOSPC));
	repository_free(s.r);
	s.r = NULL;
	assert_int_equal(umount2(place, MNT_DETACH), 0);
	free(place);
}

static void test_a_folder_that_may_not_be_written(void **state)
{
	SCRATCH_AUTO s;
	struct fix_edit edits[] = {edit_content("a.txt", "A\n"), edit_content("sub/c.txt", "C\n")};
	pid_t pid;
	int status;

	(void)state;
	if (geteuid() != 0) {
		print_message("needs root\n");
		skip();
	}
	begin(&s);
	SH(s.top, "chmod 755 .; chown -R 65534:65534 repo; chmod 555 repo/sub");
	pid = fork();
	if (pid == 0) {
		struct fix_edit *e = edits;
		HEAL_AUTO h;
		struct planned_fix fixes[] = {plan_edits(e, 2)};

		if (setgid(65534) != 0 || setuid(65534) != 0)
			_exit(9);
		heal(&h, &s, fixes, 1, HEAL_APPLY);
		_exit(h.fixes[0].status == FIX_FAILED && strstr(h.fixes[0].reason, strerror(EACCES)) ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	SH(s.top, "chown -R 0:0 repo");
	assert_file(&s, "a.txt", "a\n");
	assert_status(&s, "");
	assert_sh(s.repo, "ls -d .git/runmedic 2>/dev/null || :", "");
}

/* ---- the journal ------------------------------------------------------------------------------------ */

static const char *hash_of(struct arena *arena, const char *text)
{
	char hex[HASH_HEX_MAX];

	hash_view(view_of(text), hex);
	return arena_text(arena, hex);
}

/* A journal as apply.c writes it for: a.txt changed, b.txt deleted, new/n created. */
static void make_journal(struct scratch *s, struct journal *j, bool complete)
{
	const char *a, *b, *n;
	struct err e = {0};

	*j = (struct journal){.complete = complete};
	j->files = arena_array(&j->arena, 3, sizeof(*j->files));
	j->made = arena_array(&j->arena, 1, sizeof(*j->made));
	j->made[j->made_count++] = "new";
	a = hash_of(&j->arena, "a\n");
	b = hash_of(&j->arena, "b\n");
	n = hash_of(&j->arena, "A\n");
	j->files[j->file_count++] = (struct journal_file){"a.txt", ".runmedic-aaaaaa", ".runmedic-bbbbbb", a, n, 0644};
	j->files[j->file_count++] = (struct journal_file){"b.txt", NULL, ".runmedic-cccccc", b, "", 0644};
	j->files[j->file_count++] = (struct journal_file){"new/n", ".runmedic-dddddd", NULL, "", n, 0};
	put(s, ".runmedic-aaaaaa", "A\n");
	put(s, ".runmedic-dddddd", "A\n");
	assert_int_equal(journal_write(s->r->folder, j, &e), 0);
}

static void test_recovery_finishes_what_was_complete(void **state)
{
	static const char *const interrupted[] = {
		":",
		"ln a.txt .runmedic-bbbbbb",
		"mv a.txt .runmedic-bbbbbb",
		"ln a.txt .runmedic-bbbbbb; mv .runmedic-aaaaaa a.txt",
		"ln a.txt .runmedic-bbbbbb; mv .runmedic-aaaaaa a.txt; mv b.txt .runmedic-cccccc",
		"ln a.txt .runmedic-bbbbbb; mv .runmedic-aaaaaa a.txt; mv b.txt .runmedic-cccccc; mkdir new",
		("ln a.txt .runmedic-bbbbbb; mv .runmedic-aaaaaa a.txt; mv b.txt .runmedic-cccccc; mkdir new; "
		 "mv .runmedic-dddddd new/n"),
		"mv .runmedic-aaaaaa a.txt; rm b.txt; mkdir new; mv .runmedic-dddddd new/n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(interrupted) / sizeof(*interrupted); i++) {
		SCRATCH_AUTO s;
		struct journal j;
		struct err e = {0};

		begin(&s);
		make_journal(&s, &j, true);
		SH(s.repo, "%s", interrupted[i]);
		if (heal_recover(s.r, &e) != 1)
			fail_msg("%s: %s", interrupted[i], e.text);
		assert_status(&s, " M a.txt\n D b.txt\n?? new/n");
		assert_file(&s, "a.txt", "A\n");
		assert_sh(s.repo, "ls -d .git/runmedic 2>/dev/null || :", "");
		assert_int_equal(heal_recover(s.r, &e), 0);
		journal_done(&j);
	}
}

static void test_recovery_undoes_what_was_only_begun(void **state)
{
	SCRATCH_AUTO s;
	struct journal j;
	struct err e = {0};

	(void)state;
	begin(&s);
	make_journal(&s, &j, false);
	SH(s.repo, "rm .runmedic-dddddd; touch .git/runmedic/.runmedic-1-1");
	assert_int_equal(heal_recover(s.r, &e), 1);
	assert_status(&s, "");
	assert_sh(s.repo, "ls -d .git/runmedic 2>/dev/null || :", "");
	journal_done(&j);
	/* Killed while the journal itself was written. */
	SH(s.repo, "mkdir .git/runmedic; touch .git/runmedic/.runmedic-1-1");
	assert_int_equal(heal_recover(s.r, &e), 0);
	assert_sh(s.repo, "ls -d .git/runmedic 2>/dev/null || :", "");
}

/* What somebody did between the crash and now is theirs. */
static void test_recovery_leaves_the_work_of_others(void **state)
{
	static const char *const interrupted[] = {
		"echo mine >a.txt",
		"echo mine >b.txt",
		"chmod +x a.txt",
		"rm a.txt",
		"ln a.txt .runmedic-bbbbbb; mv .runmedic-aaaaaa a.txt; echo mine >b.txt",
		("ln a.txt .runmedic-bbbbbb; mv .runmedic-aaaaaa a.txt; mv b.txt .runmedic-cccccc; mkdir new; "
		 "echo mine >new/n"),
		"ln a.txt .runmedic-bbbbbb; mv .runmedic-aaaaaa a.txt; echo mine >a.txt; echo mine >b.txt",
		"echo damaged >.runmedic-aaaaaa",
		"mkdir x; mv a.txt x; ln -s x/a.txt a.txt",
	};
	static const char *const left[] = {" M a.txt", " M b.txt", " M a.txt", " D a.txt", " M b.txt", "?? new/n",
		" M a.txt\n M b.txt", "", " T a.txt\n?? x/a.txt"};

	(void)state;
	for (size_t i = 0; i < sizeof(interrupted) / sizeof(*interrupted); i++) {
		SCRATCH_AUTO s;
		struct journal j;
		struct err e = {0};

		begin(&s);
		make_journal(&s, &j, true);
		SH(s.repo, "%s", interrupted[i]);
		assert_int_equal(heal_recover(s.r, &e), -1);
		assert_status(&s, left[i]);
		assert_sh(s.repo, "ls -d .git/runmedic 2>/dev/null || :", "");
		journal_done(&j);
	}
}

static void test_a_damaged_or_foreign_journal_is_not_obeyed(void **state)
{
	SCRATCH_AUTO s;
	struct journal j;
	struct err e = {0};

	(void)state;
	begin(&s);
	make_journal(&s, &j, true);
	SH(s.repo, "sed -i s/a.txt/x.txt/ .git/runmedic/journal");
	assert_int_equal(heal_recover(s.r, &e), -1);
	assert_int_equal(e.code, ERR_DAMAGED);
	assert_file(&s, "a.txt", "a\n");
	j.files[0].path = ".git/config";
	assert_int_equal(journal_write(s.r->folder, &j, &e), 0);
	assert_int_equal(heal_recover(s.r, &e), -1);
	j.files[0].path = "a.txt";
	j.files[0].temp = "sub/c.txt";
	assert_int_equal(journal_write(s.r->folder, &j, &e), 0);
	assert_int_equal(heal_recover(s.r, &e), -1);
	j.files[0].temp = "../outside/.runmedic-x";
	assert_int_equal(journal_write(s.r->folder, &j, &e), 0);
	assert_int_equal(heal_recover(s.r, &e), -1);
	j.files[0].temp = ".runmedic-aaaaaa";
	assert_int_equal(journal_write(s.r->folder, &j, &e), 0);
	assert_int_equal(heal_recover(s.r, &e), 1);
	journal_done(&j);
}

/* Replaced after it was compared, before the rename. */
static void test_a_file_changed_at_the_last_moment_stops_the_fix(void **state)
{
	SCRATCH_AUTO s;
	struct journal j;
	struct err e = {0};
	int root;

	(void)state;
	begin(&s);
	make_journal(&s, &j, true);
	put(&s, "b.txt", "now\n");
	root = open(s.repo, O_RDONLY | O_DIRECTORY);
	assert_int_equal(journal_forward(root, &j, &e), -1);
	assert_int_equal(e.code, ERR_REFUSED);
	assert_non_null(strstr(e.text, "b.txt was changed by somebody else"));
	assert_status(&s, " M b.txt");
	assert_file(&s, "a.txt", "a\n");
	close(root);
	journal_done(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything_at_once),
		cmocka_unit_test(test_targets_with_changes_of_their_own_are_refused),
		cmocka_unit_test(test_links_on_the_way_are_refused),
		cmocka_unit_test(test_line_ends_of_the_work_tree_are_kept),
		cmocka_unit_test(test_autocrlf_and_filemode_of_the_repository),
		cmocka_unit_test(test_read_only_files_keep_their_mode),
		cmocka_unit_test(test_files_stay_with_their_owner),
		cmocka_unit_test(test_a_failing_rename_rolls_back),
		cmocka_unit_test(test_a_full_disk_rolls_back),
		cmocka_unit_test(test_a_folder_that_may_not_be_written),
		cmocka_unit_test(test_recovery_finishes_what_was_complete),
		cmocka_unit_test(test_recovery_undoes_what_was_only_begun),
		cmocka_unit_test(test_recovery_leaves_the_work_of_others),
		cmocka_unit_test(test_a_damaged_or_foreign_journal_is_not_obeyed),
		cmocka_unit_test(test_a_file_changed_at_the_last_moment_stops_the_fix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
