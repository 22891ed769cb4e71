/* The way of a fix: made, judged, proved; dry run, commands, several fixes on one file. */
#include "heal/sandbox.h"
#include "scratch.h"

static void begin(struct scratch *s)
{
	scratch_begin(s);
	put(s, "a.txt", "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n");
	put(s, "b.txt", "b\n");
	put(s, "sub/c.txt", "c\n");
	put(s, "run.sh", "#!/bin/sh\n");
	put(s, ".gitignore", "*.log\nout/\n");
	SH(s->repo, "chmod +x run.sh; ln -s a.txt good-link; ln -s /etc/passwd bad-link; ln -s sub/../../x worse-link");
	commit_all(s);
	scratch_open(s);
}

static void test_dry_run_shows_all_and_touches_nothing(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit edits[] = {edit_content("b.txt", "B\n"),
		{.path = "new/x y", .creates = true, .content = VIEW("n\n")}, {.path = "run.sh", .mode_changes = true}};
	struct planned_fix fixes[] = {plan_edits(edits, 3)};

	(void)state;
	begin(&s);
	MEM_AUTO char *before = snapshot(s.repo);
	heal(&h, &s, fixes, 1, HEAL_DRY_RUN);
	MEM_AUTO char *after = snapshot(s.repo);
	assert_string_equal(after, before);
	assert_fix(&h.fixes[0], FIX_PLANNED, "the log says so");
	assert_int_equal(h.fixes[0].file_count, 3);
	assert_string_equal(h.fixes[0].files[1], "new/x y");
	assert_string_equal(h.fixes[0].proof.says, "it is mended");
	assert_null(h.fixes[0].proof.argv);
	assert_int_equal(h.fixes[0].proof.exit_code, 0);
	assert_null(h.fixes[0].commit);
	assert_non_null(strstr(h.fixes[0].diff, "--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-b\n+B\n"));
	assert_non_null(strstr(h.fixes[0].diff, "old mode 100755\nnew mode 100644\n"));
	assert_non_null(strstr(h.fixes[0].diff, "+++ b/new/x y\t\n"));
	assert_non_null(strstr(h.sandbox, "landlock"));
}

/* As somebody who may not write there, and does not own it. */
static void test_dry_run_works_on_a_read_only_repository_of_another_user(void **state)
{
	SCRATCH_AUTO s;
	struct fix_edit edits[] = {edit_content("b.txt", "B\n")};
	struct planned_fix fixes[] = {plan_edits(edits, 1), planned(&sh_fixer)};
	const char *files[] = {"a.txt"};
	const char *const argv[] = {"sh", "-c", "sed -i s/one/1/ a.txt", NULL};
	pid_t pid;
	int status;

	(void)state;
	if (geteuid() != 0) {
		print_message("needs root\n");
		skip();
	}
	begin(&s);
	fixes[1].proposal.argv = argv;
	fixes[1].proposal.files = files;
	fixes[1].proposal.file_count = 1;
	SH(s.top, "chmod 755 . ; chmod -R a-w,a+rX repo");
	pid = fork();
	if (pid == 0) {
		struct heal_result h;
		bool good;

		setenv("TMPDIR", "/tmp", 1);
		if (setgid(65534) != 0 || setuid(65534) != 0 || access(s.repo, W_OK) == 0)
			_exit(9);
		scratch_open(&s);
		heal(&h, &s, fixes, 2, HEAL_DRY_RUN);
		good = h.fixes[0].status == FIX_PLANNED && h.fixes[1].status == FIX_PLANNED && h.fixes[1].diff;
		heal_result_done(&h);
		_exit(good ? 0 : 1);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
}

static void test_dry_run_tells_of_uncommitted_changes(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit edits[] = {edit_content("b.txt", "B\n")};
	struct planned_fix fixes[] = {plan_edits(edits, 1)};

	(void)state;
	begin(&s);
	put(&s, "b.txt", "mine\n");
	heal(&h, &s, fixes, 1, HEAL_DRY_RUN);
	assert_fix(&h.fixes[0], FIX_PLANNED, "would be refused: b.txt has uncommitted changes");
	assert_non_null(h.fixes[0].diff);
}

static bool never_holds(const struct tree *changed, const struct finding *f, const void *facts, struct err *e)
{
	(void)changed, (void)f, (void)facts;
	err_set(e, ERR_INPUT, "two is gone");
	return false;
}

static bool holds_when_b_is(const struct tree *changed, const struct finding *f, const void *facts, struct err *e)
{
	BUF_AUTO b = buf_new(0);

	(void)f;
	return changed->read(changed->context, "b.txt", 100, &b, e) == 0 && view_is(buf_view(&b), facts);
}

static void test_a_fix_without_proof_goes_nowhere(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit edits[] = {edit_content("b.txt", "B\n")}, other[] = {edit_content("a.txt", "1\n")};
	struct planned_fix fixes[] = {plan_edits(edits, 1), plan_edits(edits, 1), plan_edits(other, 1),
		plan_edits(edits, 1), plan_edits(edits, 1)};
	const char *const bad[] = {"sh", "-c", "echo no such thing; exit 3", NULL};
	const char *const good[] = {"sh", "-c", "grep -qx B b.txt && test ! -e .git", NULL};

	(void)state;
	begin(&s);
	fixes[0].proposal.proof.holds = NULL;
	fixes[1].proposal.proof.holds = never_holds;
	fixes[2].proposal.proof.argv = bad;
	fixes[3].proposal.proof.holds = holds_when_b_is;
	fixes[3].proposal.proof.facts = "C\n";
	fixes[4].proposal.proof.holds = holds_when_b_is;
	fixes[4].proposal.proof.facts = "B\n";
	fixes[4].proposal.proof.argv = good;
	heal(&h, &s, fixes, 5, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_REFUSED, "no proof");
	assert_fix(&h.fixes[1], FIX_FAILED, "two is gone");
	assert_int_equal(h.fixes[1].proof.exit_code, 1);
	assert_fix(&h.fixes[2], FIX_FAILED, "sh ended with 3: no such thing");
	assert_int_equal(h.fixes[2].proof.exit_code, 3);
	assert_null(h.fixes[2].diff);
	assert_fix(&h.fixes[3], FIX_FAILED, "does not hold");
	assert_fix(&h.fixes[4], FIX_APPLIED, "the log says so");
	assert_string_equal(h.fixes[4].proof.argv[0], "sh");
	assert_file(&s, "b.txt", "B\n");
	assert_status(&s, " M b.txt");
}

static void test_what_the_plan_decided_stays(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit edits[] = {edit_content("b.txt", "B\n")}, after[] = {edit_content("b.txt", "C\n")};
	struct planned_fix fixes[] = {
		plan_edits(edits, 1), plan_edits(edits, 1), plan_edits(edits, 1), plan_edits(after, 1)};

	(void)state;
	begin(&s);
	fixes[0].status = FIX_REFUSED;
	fixes[0].has_proposal = false;
	fixes[0].reason = "not this time";
	fixes[1].tier = TIER_REVIEW;
	fixes[1].within = false;
	fixes[1].reason = "review is above --tier heal";
	fixes[2].tier = TIER_OFF;
	fixes[2].reason = "switched off";
	heal(&h, &s, fixes, 4, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_REFUSED, "not this time");
	assert_fix(&h.fixes[1], FIX_PLANNED, "above --tier heal");
	assert_non_null(h.fixes[1].diff); /* to be looked at, but not on the way */
	assert_fix(&h.fixes[2], FIX_PLANNED, "");
	assert_null(h.fixes[2].diff);
	assert_fix(&h.fixes[3], FIX_APPLIED, "");
	assert_file(&s, "b.txt", "C\n");
}

static void test_the_policy_judges_every_change(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit github[] = {
		{.path = ".github/workflows/x.yml", .creates = true, .content = VIEW("on: push\n")}};
	struct fix_edit owners[] = {{.path = "CODEOWNERS", .creates = true, .content = VIEW("* me\n")}};
	struct planned_fix fixes[] = {plan_edits(github, 1), plan_edits(owners, 1),
		plan_diff("--- a/bad-link\n+++ b/bad-link\n@@ -1 +1 @@\n-/etc/passwd\n\\ No newline at end of "
			  "file\n+x\n")};

	(void)state;
	begin(&s);
	heal(&h, &s, fixes, 3, HEAL_APPLY);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(h.fixes[i].status, FIX_REFUSED);
	assert_status(&s, "");
}

/* Both were worked out against HEAD. */
static void test_fixes_of_one_file_are_merged(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit first[] = {edit_content("a.txt", "ONE\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n")},
			second[] = {edit_content("a.txt", "one\ntwo\nthree\nfour\nfive\nsix\nseven\nEIGHT\n")},
			clash[] = {edit_content("a.txt", "uno\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n")},
			again[] = {edit_content("a.txt", "ONE\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n")},
			mode[] = {{.path = "a.txt", .mode_changes = true, .executable = true}};
	struct planned_fix fixes[] = {plan_edits(first, 1), plan_edits(second, 1), plan_edits(clash, 1),
		plan_edits(again, 1), plan_edits(mode, 1),
		plan_diff("--- a/a.txt\n+++ b/a.txt\n@@ -3,3 +3,3 @@\n three\n-four\n+FOUR\n five\n")};

	(void)state;
	begin(&s);
	heal(&h, &s, fixes, 6, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_APPLIED, "");
	assert_fix(&h.fixes[1], FIX_APPLIED, "");
	assert_non_null(strstr(h.fixes[1].diff, "-eight\n+EIGHT\n"));
	assert_null(strstr(h.fixes[1].diff, "ONE\n+"));
	assert_fix(&h.fixes[2], FIX_REFUSED, "an earlier fix changes the same place");
	assert_fix(&h.fixes[3], FIX_REFUSED, "already makes this change");
	assert_fix(&h.fixes[4], FIX_APPLIED, "");
	assert_fix(&h.fixes[5], FIX_APPLIED, "");
	assert_file(&s, "a.txt", "ONE\ntwo\nthree\nFOUR\nfive\nsix\nseven\nEIGHT\n");
	assert_sh(s.repo, "test -x a.txt; git status --porcelain", " M a.txt");
}

static void test_creating_and_deleting_twice(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit new[] = {{.path = "n", .creates = true, .content = VIEW("1\n")}},
			other[] = {{.path = "n", .creates = true, .content = VIEW("2\n")}},
			gone[] = {{.path = "b.txt", .deletes = true}}, changed[] = {edit_content("b.txt", "B\n")};
	struct planned_fix fixes[] = {plan_edits(new, 1), plan_edits(new, 1), plan_edits(other, 1), plan_edits(gone, 1),
		plan_edits(gone, 1), plan_edits(changed, 1)};

	(void)state;
	begin(&s);
	heal(&h, &s, fixes, 6, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_APPLIED, "");
	assert_fix(&h.fixes[1], FIX_REFUSED, "already makes");
	assert_fix(&h.fixes[2], FIX_REFUSED, "same place");
	assert_fix(&h.fixes[3], FIX_APPLIED, "");
	assert_fix(&h.fixes[4], FIX_REFUSED, "already makes");
	assert_fix(&h.fixes[5], FIX_REFUSED, "same place");
	assert_status(&s, " D b.txt\n?? n");
}

static struct planned_fix plan_command(const char *const *argv, const char **files, size_t count)
{
	struct planned_fix f = planned(&sh_fixer);

	f.proposal.argv = argv;
	f.proposal.files = files;
	f.proposal.file_count = count;
	return f;
}

#define SCRIPT(text) ((const char *const[]){"sh", "-c", text, NULL})

static void test_commands_change_named_files_only(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	const char *b[] = {"b.txt"}, *two[] = {"b.txt", "run.sh"}, *made[] = {"sub/made"}, *dash[] = {"-x"};
	struct planned_fix fixes[] = {
		plan_command(SCRIPT("echo B >b.txt; echo C >>sub/c.txt"), b, 1),
		plan_command(SCRIPT("echo B >b.txt; echo x >extra"), b, 1),
		plan_command(SCRIPT("echo B >b.txt; rm a.txt"), b, 1),
		plan_command(SCRIPT("echo B >b.txt; chmod -x run.sh"), b, 1),
		plan_command(SCRIPT("echo B >b.txt; ln -sf b.txt good-link"), b, 1),
		plan_command(SCRIPT("rm b.txt; ln -s /etc/passwd b.txt"), b, 1),
		plan_command(SCRIPT("true"), b, 1),
		plan_command(SCRIPT("echo trouble; exit 2"), b, 1),
		plan_command(SCRIPT("kill -9 $$"), b, 1),
		plan_command((const char *const[]){"cat", "b.txt", NULL}, b, 1),
		plan_command(SCRIPT("echo B >b.txt"), dash, 1),
		plan_command(SCRIPT("echo B >b.txt"), NULL, 0),
		plan_command(
			SCRIPT("echo B >b.txt; chmod -x run.sh; echo x >x.log; mkdir out; echo y >out/y; mkdir .cache; "
			       "echo 'Signature: 8a477f597d28d172789f06886806bc55' >.cache/CACHEDIR.TAG; echo z "
			       ">.cache/z; "
			       "exit 1"),
			two, 2),
		plan_command(SCRIPT("test \"$(cat b.txt)\" = B && echo made >sub/made && chmod +x sub/made"), made, 1),
	};
	const size_t n = sizeof(fixes) / sizeof(*fixes);

	(void)state;
	begin(&s);
	heal(&h, &s, fixes, n, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_REFUSED, "also changed sub/c.txt");
	assert_fix(&h.fixes[1], FIX_REFUSED, "also made extra");
	assert_fix(&h.fixes[2], FIX_REFUSED, "also removed a.txt");
	assert_fix(&h.fixes[3], FIX_REFUSED, "also changed run.sh");
	assert_fix(&h.fixes[4], FIX_REFUSED, "also changed good-link");
	assert_fix(&h.fixes[5], FIX_REFUSED, "symbolic link");
	assert_fix(&h.fixes[6], FIX_REFUSED, "nothing would change");
	assert_fix(&h.fixes[7], FIX_FAILED, "sh ended with 2: trouble");
	assert_fix(&h.fixes[8], FIX_FAILED, "sh ended with 137");
	assert_fix(&h.fixes[9], FIX_REFUSED, "the command is not sh");
	assert_fix(&h.fixes[10], FIX_REFUSED, "taken for an option");
	assert_fix(&h.fixes[11], FIX_REFUSED, "names no files");
	assert_fix(&h.fixes[12], FIX_APPLIED, "");
	assert_fix(&h.fixes[13], FIX_APPLIED, "");
	assert_file(&s, "b.txt", "B\n");
	assert_sh(s.repo, "test ! -x run.sh; test -x sub/made; git status --porcelain --ignored -uall",
		" M b.txt\n M run.sh\n?? sub/made");
	assert_sh(s.top, "ls -A", "repo");
}

static void test_the_checkout_has_the_bytes_of_git(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	const char *b[] = {"b.txt"};
	struct planned_fix fixes[] = {plan_command(
		SCRIPT("{ od -An -c crlf; od -An -c lf; readlink good-link; readlink bad-link; readlink worse-link; "
		       "test -x run.sh && test ! -x b.txt && echo modes; test -e .git || echo alone; } >b.txt 2>&1"),
		b, 1)};

	(void)state;
	begin(&s);
	put(&s, ".gitattributes", "lf eol=crlf\n*.txt filter=evil ident\n");
	put(&s, "crlf", "c\r\n");
	put(&s, "lf", "l\n");
	commit_all(&s);
	/* A filter would be a program. */
	SH(s.repo, "git config filter.evil.smudge 'touch /tmp/evil; cat'; git config core.autocrlf true; "
		   "mkdir -p .git/hooks; printf '#!/bin/sh\\ntouch ../evil\\n' >.git/hooks/post-checkout; "
		   "chmod +x .git/hooks/post-checkout");
	scratch_open(&s);
	heal(&h, &s, fixes, 1, HEAL_DRY_RUN);
	assert_fix(&h.fixes[0], FIX_PLANNED, "");
	assert_non_null(strstr(h.fixes[0].diff, "+   c  \\r  \\n\n+   l  \\n\n+a.txt\n+modes\n+alone\n"));
	assert_sh(s.top, "ls", "repo");
}

static void test_no_processes_where_none_may_run(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	const char *b[] = {"b.txt"};
	struct fix_edit edits[] = {edit_content("b.txt", "B\n")};
	struct planned_fix fixes[] = {plan_command(SCRIPT("echo B >b.txt; touch /tmp/ran"), b, 1), plan_edits(edits, 1),
		plan_edits(edits, 1)};
	const struct heal_options o = {.level = HEAL_APPLY, .config = &s.config, .no_processes = "none may run here"};

	(void)state;
	begin(&s);
	fixes[1].proposal.proof.argv = SCRIPT("true");
	heal_with(&h, &s, fixes, 3, &o);
	assert_fix(&h.fixes[0], FIX_UNAVAILABLE, "none may run here");
	assert_fix(&h.fixes[1], FIX_UNAVAILABLE, "none may run here");
	assert_fix(&h.fixes[2], FIX_APPLIED, "");
}

static void test_programs_that_are_not_installed(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	const char *b[] = {"b.txt"};
	struct fixer absent = sh_fixer;
	struct planned_fix fixes[] = {planned(&absent), plan_command(SCRIPT("echo B >b.txt"), b, 1)};

	(void)state;
	begin(&s);
	absent.program = "no-such-program-here";
	fixes[0].proposal.argv = (const char *const[]){"no-such-program-here", "b.txt", NULL};
	fixes[0].proposal.files = b;
	fixes[0].proposal.file_count = 1;
	fixes[1].proposal.proof.argv = (const char *const[]){"no-such-checker", NULL};
	heal(&h, &s, fixes, 2, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_UNAVAILABLE, "no-such-program-here is not installed");
	assert_fix(&h.fixes[1], FIX_UNAVAILABLE, "no-such-checker is not installed");
	assert_status(&s, "");
}

static void test_another_version_is_for_review(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h, review;
	const char *b[] = {"b.txt"};
	struct planned_fix fixes[] = {plan_command(SCRIPT("echo B >b.txt"), b, 1)};
	const struct heal_options o = {.level = HEAL_APPLY, .config = &s.config, .tier = TIER_REVIEW};

	(void)state;
	begin(&s);
	fixes[0].proposal.tool_version_wanted = "1.2.4";
	heal(&h, &s, fixes, 1, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_PLANNED, "sh 1.2.3 is installed, but 1.2.4 was used");
	assert_int_equal(h.fixes[0].tier, TIER_REVIEW);
	assert_status(&s, "");
	heal_with(&review, &s, fixes, 1, &o);
	assert_fix(&review.fixes[0], FIX_APPLIED, "1.2.4");
	fixes[0].proposal.tool_version_wanted = "1.2.3";
	heal_result_done(&h);
	SH(s.repo, "git checkout -q .");
	heal(&h, &s, fixes, 1, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_APPLIED, "the log says so");
}

static void test_no_more_fixes_than_configured(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit a[] = {edit_content("a.txt", "A\n")}, b[] = {edit_content("b.txt", "B\n")},
			c[] = {edit_content("sub/c.txt", "C\n")};
	struct planned_fix fixes[] = {plan_edits(a, 1), plan_edits(b, 1), plan_edits(c, 1)};

	(void)state;
	begin(&s);
	s.config.heal.max_per_run = 2;
	fixes[0].proposal.proof.holds = never_holds;
	heal(&h, &s, fixes, 3, HEAL_APPLY);
	assert_fix(&h.fixes[1], FIX_APPLIED, "");
	assert_fix(&h.fixes[2], FIX_APPLIED, "");
	heal_result_done(&h);
	SH(s.repo, "git checkout -q .");
	s.config.heal.max_per_run = 1;
	heal(&h, &s, fixes, 3, HEAL_APPLY);
	assert_fix(&h.fixes[1], FIX_APPLIED, "");
	assert_fix(&h.fixes[2], FIX_PLANNED, "max_per_run allows 1");
	assert_status(&s, " M b.txt");
}

static void test_levels_that_make_no_sense(void **state)
{
	SCRATCH_AUTO s;
	struct heal_result h;
	struct healing_run *run;
	struct fix_edit edits[] = {edit_content("b.txt", "B\n")};
	struct planned_fix fixes[] = {plan_edits(edits, 1)};
	struct heal_options o = {.config = &s.config};
	struct err e = {0};

	(void)state;
	scratch_begin(&s);
	scratch_open(&s);
	assert_int_equal(heal_begin(&run, s.r, &o, &e), -1);
	assert_non_null(strstr(e.text, "no commit yet"));
	put(&s, "b.txt", "b\n");
	commit_all(&s);
	SH(s.top, "git clone -q --bare repo bare");
	free(s.repo);
	s.repo = file_join(s.top, "bare");
	scratch_open(&s);
	o.level = HEAL_APPLY;
	assert_int_equal(heal_begin(&run, s.r, &o, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	heal(&h, &s, fixes, 1, HEAL_DRY_RUN);
	assert_fix(&h.fixes[0], FIX_PLANNED, "the log says so");
	heal_result_done(&h);
}

static void test_jobs_of_one_run_are_healed_together(void **state)
{
	SCRATCH_AUTO s;
	struct heal_result first, second;
	struct fix_edit a[] = {edit_content("a.txt", "A\n")}, b[] = {edit_content("b.txt", "B\n")};
	struct planned_fix one[] = {plan_edits(a, 1)}, two[] = {plan_edits(a, 1), plan_edits(b, 1)};
	const struct plan plans[] = {{.fixes = one, .fix_count = 1}, {.fixes = two, .fix_count = 2}};
	const struct heal_options o = {.level = HEAL_COMMIT, .config = &s.config, .branch_or_null = "mended"};
	struct healing_run *run;
	struct err e = {0};

	(void)state;
	begin(&s);
	assert_int_equal(heal_begin(&run, s.r, &o, &e), 0);
	heal_run(&first, run, &plans[0]);
	heal_run(&second, run, &plans[1]);
	heal_end(run);
	assert_fix(&first.fixes[0], FIX_APPLIED, "");
	assert_fix(&second.fixes[0], FIX_APPLIED, "another job of this run makes this change");
	assert_string_equal(second.fixes[0].commit, first.fixes[0].commit);
	assert_string_equal(second.fixes[0].files[0], "a.txt");
	assert_null(second.fixes[0].diff);
	assert_fix(&second.fixes[1], FIX_APPLIED, "");
	assert_string_equal(first.branch, "mended");
	assert_string_equal(second.branch, "mended");
	assert_sh(s.repo, "git rev-list --count HEAD..mended; git show mended:a.txt mended:b.txt", "2\nA\nB");
	assert_status(&s, "");
	heal_result_done(&first);
	heal_result_done(&second);
}

static void test_a_command_of_the_configuration(void **state)
{
	static const char *const globs[] = {"gen/**", NULL}, *const clean[] = {"git", "diff", "--exit-code", NULL};
	static const char *const wrong[] = {"test", "-e", "gen/other.txt", NULL};
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct planned_fix fixes[] = {plan_command(SCRIPT("git ls-files >gen/list.txt"), NULL, 0),
		plan_command(SCRIPT("echo x >>gen/list.txt"), NULL, 0),
		plan_command(SCRIPT("echo new >gen/new.txt; echo b >>b.txt"), NULL, 0),
		plan_command(SCRIPT("echo new >gen/new.txt"), NULL, 0),
		plan_command(SCRIPT("echo new >gen/new.txt"), NULL, 0)};

	(void)state;
	begin(&s);
	put(&s, "gen/list.txt", "old\n");
	commit_all(&s);
	scratch_open(&s);
	for (size_t i = 0; i < 5; i++) {
		fixes[i].proposal.globs = globs;
		fixes[i].proposal.proof.argv = i == 3 ? wrong : clean;
	}
	heal(&h, &s, fixes, 5, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_APPLIED, "");
	assert_fix(&h.fixes[1], FIX_REFUSED, "a second run of the command changes gen/list.txt again");
	assert_fix(&h.fixes[2], FIX_REFUSED, "the program also changed b.txt");
	assert_fix(&h.fixes[3], FIX_FAILED, "the proof does not hold");
	assert_fix(&h.fixes[4], FIX_APPLIED, "");
	assert_status(&s, " M gen/list.txt\n?? gen/new.txt");
	assert_sh(s.repo, "grep -c . gen/list.txt; grep -x a.txt gen/list.txt; cat gen/new.txt", "7\na.txt\nnew");
}

static void test_installed_node_modules_are_lent(void **state)
{
	static const char *const mine[] = {"mender", NULL};
	SCRATCH_AUTO s;
	HEAL_AUTO h, other;
	const char *b[] = {"sub/c.txt"};
	struct fixer mender = sh_fixer;
	struct planned_fix fixes[] = {planned(&mender)};

	(void)state;
	begin(&s);
	put(&s, ".gitignore", "node_modules\n");
	put(&s, "sub/node_modules/.bin/mender",
		"#!/bin/sh\ncat sub/node_modules/plugin/word >sub/c.txt\n! echo x >sub/node_modules/plugin/word\n");
	put(&s, "sub/node_modules/plugin/word", "mended\n");
	SH(s.repo, "chmod +x sub/node_modules/.bin/mender; git add .gitignore; git commit -qm ignore");
	scratch_open(&s);
	mender.program = "mender";
	mender.runs_repository_code = true;
	fixes[0].proposal.argv = mine;
	fixes[0].proposal.files = b;
	fixes[0].proposal.file_count = 1;
	if (!sandbox_keeps_writes()) {
		puts("this kernel has no Landlock of ABI 3");
		skip();
	}
	heal(&h, &s, fixes, 1, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_APPLIED, "");
	assert_sh(s.repo, "cat sub/c.txt sub/node_modules/plugin/word", "mended\nmended");
	mender.runs_repository_code = false;
	SH(s.repo, "git checkout -q .");
	heal(&other, &s, fixes, 1, HEAL_APPLY);
	assert_fix(&other.fixes[0], FIX_UNAVAILABLE, "mender is not installed");
}

static void test_the_users_own_checks_must_hold(void **state)
{
	static const char *lines[] = {
		"grep -q B b.txt", "! grep -q C sub/c.txt | cat", "git status --porcelain | wc -l | grep -qx 0"};
	SCRATCH_AUTO s;
	HEAL_AUTO h, none;
	struct fix_edit b[] = {edit_content("b.txt", "B\n")}, c[] = {edit_content("sub/c.txt", "C\n")};
	struct planned_fix fixes[] = {plan_edits(b, 1), plan_edits(c, 1)};
	struct heal_options o = {.level = HEAL_APPLY, .config = &s.config, .no_processes = "not here"};

	(void)state;
	begin(&s);
	s.config.heal.verify = (struct config_list){lines, 3};
	heal_with(&none, &s, fixes, 1, &o);
	assert_fix(&none.fixes[0], FIX_PLANNED, "heal.verify cannot run: not here");
	assert_int_equal(none.fixes[0].tier, TIER_REVIEW);
	assert_status(&s, "");
	heal(&h, &s, fixes, 2, HEAL_APPLY);
	assert_fix(&h.fixes[0], FIX_APPLIED, "");
	assert_non_null(strstr(h.fixes[0].proof.says, "`grep -q B b.txt`"));
	assert_fix(&h.fixes[1], FIX_FAILED, "heal.verify: ! grep -q C sub/c.txt | cat ended with 1");
	assert_status(&s, " M b.txt");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dry_run_shows_all_and_touches_nothing),
		cmocka_unit_test(test_dry_run_works_on_a_read_only_repository_of_another_user),
		cmocka_unit_test(test_dry_run_tells_of_uncommitted_changes),
		cmocka_unit_test(test_a_fix_without_proof_goes_nowhere),
		cmocka_unit_test(test_what_the_plan_decided_stays),
		cmocka_unit_test(test_the_policy_judges_every_change),
		cmocka_unit_test(test_fixes_of_one_file_are_merged),
		cmocka_unit_test(test_creating_and_deleting_twice),
		cmocka_unit_test(test_commands_change_named_files_only),
		cmocka_unit_test(test_the_checkout_has_the_bytes_of_git),
		cmocka_unit_test(test_no_processes_where_none_may_run),
		cmocka_unit_test(test_programs_that_are_not_installed),
		cmocka_unit_test(test_another_version_is_for_review),
		cmocka_unit_test(test_no_more_fixes_than_configured),
		cmocka_unit_test(test_levels_that_make_no_sense),
		cmocka_unit_test(test_jobs_of_one_run_are_healed_together),
		cmocka_unit_test(test_a_command_of_the_configuration),
		cmocka_unit_test(test_installed_node_modules_are_lent),
		cmocka_unit_test(test_the_users_own_checks_must_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
