/* Fixes as commits on a new branch. */
#include "scratch.h"

#define SIGNATURE "1:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void begin(struct scratch *s)
{
	scratch_begin(s);
	put(s, "a.txt", "a\n");
	put(s, "b.txt", "b\n");
	put(s, "dir/only", "o\n");
	put(s, "run.sh", "#!/bin/sh\n");
	commit_all(s);
	scratch_open(s);
}

static char *state_of(const struct scratch *s)
{
	return sh(s->repo,
		"git rev-parse HEAD main; git symbolic-ref HEAD; sha256sum .git/index; git status --porcelain; "
		"find . -path ./.git -prune -o -printf '%%p %%T@ %%m %%s\\n' | sort");
}

static void test_one_commit_for_each_fix(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit first[] = {edit_content("a.txt", "A\n"),
		{.path = "run.sh", .mode_changes = true, .executable = true},
		{.path = "new/\xc3\xa4 b", .creates = true, .content = VIEW("n\n")},
		{.path = "dir/only", .deletes = true}};
	struct fix_edit second[] = {edit_content("b.txt", "B\n")};
	struct planned_fix fixes[] = {plan_edits(first, 4), plan_edits(second, 1), plan_edits(second, 1)};

	(void)state;
	begin(&s);
	put(&s, "untracked", "u\n");
	MEM_AUTO char *before = state_of(&s);
	fixes[1].confidence = 0.914;
	heal(&h, &s, fixes, 3, HEAL_COMMIT);
	MEM_AUTO char *after = state_of(&s);
	assert_string_equal(after, before);
	assert_fix(&h.fixes[0], FIX_APPLIED, "");
	assert_fix(&h.fixes[1], FIX_APPLIED, "");
	assert_fix(&h.fixes[2], FIX_REFUSED, "already makes");
	/* sha256 of "main" */
	assert_string_equal(h.branch, "runmedic/0123456789ab-0d6e40");
	assert_sh(s.repo, "git fsck --strict --no-dangling; git rev-list --count main..runmedic/0123456789ab-0d6e40",
		"2");
	assert_sh(s.repo, "git diff --name-status main runmedic/0123456789ab-0d6e40~1",
		"M\ta.txt\nD\tdir/only\nA\t\"new/\\303\\244 b\"\nM\trun.sh");
	assert_sh(s.repo,
		"git ls-tree runmedic/0123456789ab-0d6e40 run.sh b.txt | cut -c1-11; "
		"git show runmedic/0123456789ab-0d6e40:b.txt",
		"100644 blob\n100755 blob\nB");
	MEM_AUTO char *tips = sh(s.repo, "git rev-parse runmedic/0123456789ab-0d6e40~1 runmedic/0123456789ab-0d6e40");
	MEM_AUTO char *said = sh("/", "printf '%%s\\n%%s\\n' %s %s", h.fixes[0].commit, h.fixes[1].commit);
	assert_string_equal(said, tips);
	assert_sh(s.repo, "git log -1 --format='%an <%ae> %cn%n%B' runmedic/0123456789ab-0d6e40",
		"runmedic <runmedic@users.noreply.github.com> runmedic\nmend it\n\nthe log says so\nProof: it is "
		"mended\n\n"
		"Runmedic-Signature: " SIGNATURE
		"\nRunmedic-Rule: test/rule\nRunmedic-Fixer: test/edit\nRunmedic-Confidence: 0.91\n");
	assert_sh(s.repo, "git log -1 --format='%(trailers:key=Runmedic-Fixer,valueonly)' runmedic/0123456789ab-0d6e40",
		"test/edit\n");
}

static void commit_with(
	struct heal_result *h, struct scratch *s, struct planned_fix *fix, const char *branch, const char *url)
{
	const struct heal_options o = {
		.level = HEAL_COMMIT, .config = &s->config, .branch_or_null = branch, .run_url_or_null = url};

	heal_with(h, s, fix, 1, &o);
}

static void test_author_sign_off_and_run(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit edits[] = {edit_content("a.txt", "A\n")};
	struct planned_fix fix = plan_edits(edits, 1);

	(void)state;
	begin(&s);
	SH(s.repo, "git config user.name 'Grace H'; git config user.email grace@example.org");
	scratch_open(&s);
	s.config.heal.sign_off = true;
	fix.proposal.proof.argv = (const char *const[]){"grep", "-q", "A", "a.txt", NULL};
	setenv("RUNMEDIC_NOW", "2026-11-18T09:14:03Z", 1);
	commit_with(&h, &s, &fix, "fix/it", "https://github.com/o/r/actions/runs/1");
	unsetenv("RUNMEDIC_NOW");
	assert_string_equal(h.branch, "fix/it");
	assert_sh(s.repo, "git log -1 --format='%an <%ae> %at%n%B' fix/it",
		"Grace H <grace@example.org> 1794993243\nmend it\n\nthe log says so\nProof: it is mended\n"
		"Proof: exit status 0 of grep -q A a.txt\n\nRunmedic-Signature: " SIGNATURE
		"\nRunmedic-Rule: test/rule\nRunmedic-Fixer: test/edit\n"
		"Runmedic-Confidence: 0.97\nRunmedic-Run: https://github.com/o/r/actions/runs/1\n"
		"Signed-off-by: Grace H <grace@example.org>\n");
}

/* Subject and reason may hold text of the log. */
static void test_text_of_the_log_cannot_forge_trailers(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit edits[] = {edit_content("a.txt", "A\n")};
	struct planned_fix fix = plan_edits(edits, 1);

	(void)state;
	begin(&s);
	fix.proposal.summary = "mend \x1b[31mit\n\nSigned-off-by: Eve <eve@example.org>";
	fix.proposal.reason = "token gh"
			      "p_0123456789abcdefghijklmnopqrstuvwxyzAB\n\nCo-authored-by: Eve <eve@example.org>\n";
	commit_with(&h, &s, &fix, NULL, "https://x\nRunmedic-Fixer: evil");
	MEM_AUTO char *trailers = sh(s.repo, "git log -1 --format='%%(trailers:only,unfold)' %s", h.branch);
	assert_string_equal(trailers,
		"Runmedic-Signature: " SIGNATURE "\nRunmedic-Rule: test/rule\nRunmedic-Fixer: test/edit\n"
		"Runmedic-Confidence: 0.97\nRunmedic-Run: https://x Runmedic-Fixer: evil\n");
	MEM_AUTO char *body = sh(s.repo, "git log -1 --format=%%B %s", h.branch);
	assert_null(strstr(body, "ghp_"));
	assert_null(strchr(body, 0x1b));
	assert_null(strstr(body, "\nSigned-off-by"));
	assert_null(strstr(body, "\nCo-authored-by"));
}

static void test_the_configuration_says_who_and_how(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h, wrong;
	struct fix_edit edits[] = {edit_content("a.txt", "A\n")};
	struct planned_fix fix = plan_edits(edits, 1);

	(void)state;
	begin(&s);
	s.config.heal.author = "CI Medic <medic@example.org>";
	s.config.heal.subject = "fix(ci): {summary} [{fixer}] {unknown";
	fix.good = 7;
	fix.bad = 1;
	commit_with(&h, &s, &fix, "one", NULL);
	assert_sh(s.repo, "git log -1 --format='%an <%ae>%n%s%n%(trailers:key=Runmedic-Record,valueonly)' one",
		"CI Medic <medic@example.org>\nfix(ci): mend it [test/edit] {unknown\n"
		"7 of 8 earlier fixes of this kind turned out good\n");
	s.config.heal.author = "nobody";
	commit_with(&wrong, &s, &fix, "two", NULL);
	assert_fix(&wrong.fixes[0], FIX_FAILED, "heal.author must be");
}

static void test_commits_are_signed_with_a_key_of_ssh(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h, missing;
	struct fix_edit edits[] = {edit_content("a.txt", "A\n")};
	struct planned_fix fix = plan_edits(edits, 1);
	MEM_AUTO char *key = NULL, *program = process_find("ssh-keygen");

	(void)state;
	if (!program) {
		puts("ssh-keygen is not installed");
		skip();
	}
	begin(&s);
	key = file_join(s.top, "key");
	SH(s.top, "ssh-keygen -q -t ed25519 -N '' -f key && echo \"medic@example.org $(cat key.pub)\" >signers");
	s.config.heal.author = "CI Medic <medic@example.org>";
	s.config.heal.signing_key = key;
	commit_with(&h, &s, &fix, "signed", NULL);
	assert_fix(&h.fixes[0], FIX_APPLIED, "");
	SH(s.repo, "git -c gpg.ssh.allowedSignersFile=%s/signers verify-commit signed", s.top);
	s.config.heal.signing_key = "~/no-such-key";
	commit_with(&missing, &s, &fix, "unsigned", NULL);
	assert_fix(&missing.fixes[0], FIX_FAILED, "the commit cannot be signed: ssh-keygen ended with");
}

static void test_a_branch_that_exists_is_left_alone(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit edits[] = {edit_content("a.txt", "A\n")};
	struct planned_fix fixes[] = {plan_edits(edits, 1)};
	HEAL_AUTO wrong;
	HEAL_AUTO prefix;

	(void)state;
	begin(&s);
	SH(s.repo, "git branch runmedic/0123456789ab-0d6e40");
	MEM_AUTO char *objects = sh(s.repo, "find .git | sort");
	heal(&h, &s, fixes, 1, HEAL_COMMIT);
	assert_fix(&h.fixes[0], FIX_REFUSED, "branch runmedic/0123456789ab-0d6e40 exists already");
	assert_null(h.branch);
	assert_null(h.fixes[0].commit);
	MEM_AUTO char *now = sh(s.repo, "find .git | sort");
	assert_string_equal(now, objects);
	commit_with(&wrong, &s, fixes, "no..name", NULL);
	assert_fix(&wrong.fixes[0], FIX_FAILED, "no name for a branch");
	/* "main/x" cannot be beside "main". */
	commit_with(&prefix, &s, fixes, "main/x", NULL);
	assert_int_equal(prefix.fixes[0].status, FIX_FAILED);
	assert_null(prefix.branch);
	assert_null(prefix.fixes[0].commit);
}

static void test_no_commit_no_branch(void **state)
{
	SCRATCH_AUTO s;
	HEAL_AUTO h;
	struct fix_edit edits[] = {edit_content("none", "A\n")}, dirty[] = {edit_content("b.txt", "B\n")};
	struct planned_fix fixes[] = {plan_edits(edits, 1), plan_edits(dirty, 1)};

	(void)state;
	begin(&s);
	put(&s, "b.txt", "mine\n");
	heal(&h, &s, fixes, 2, HEAL_COMMIT);
	assert_fix(&h.fixes[0], FIX_REFUSED, "not in the commit");
	assert_fix(&h.fixes[1], FIX_REFUSED, "uncommitted changes");
	assert_null(h.branch);
	assert_sh(s.repo, "git for-each-ref --format='%(refname)'", "refs/heads/main");
}

static void commit_in(const char *folder, struct scratch *s, const char *branch)
{
	HEAL_AUTO h;
	struct fix_edit edits[] = {edit_content("a.txt", "A\n")};
	struct planned_fix fixes[] = {plan_edits(edits, 1)};

	free(s->repo);
	s->repo = mem_text(folder);
	scratch_open(s);
	heal(&h, s, fixes, 1, HEAL_COMMIT);
	assert_fix(&h.fixes[0], FIX_APPLIED, "");
	if (branch)
		assert_string_equal(h.branch, branch);
	MEM_AUTO char *content = sh(s->repo, "git show %s:a.txt; git rev-list --count HEAD..%s", h.branch, h.branch);
	assert_string_equal(content, "A\n1");
}

static void test_bare_detached_shallow_worktree(void **state)
{
	SCRATCH_AUTO s;

	(void)state;
	begin(&s);
	put(&s, "b.txt", "b2\n");
	commit_all(&s);
	SH(s.top,
		"git clone -q --bare repo bare; git clone -q --depth 1 file://'%s' shallow; git clone -q repo "
		"detached; "
		"git -C detached checkout -q --detach; git -C repo worktree add -q ../tree -b side",
		s.repo);
	MEM_AUTO char *bare = file_join(s.top, "bare");
	MEM_AUTO char *shallow = file_join(s.top, "shallow");
	MEM_AUTO char *detached = file_join(s.top, "detached");
	MEM_AUTO char *tree = file_join(s.top, "tree");
	commit_in(bare, &s, "runmedic/0123456789ab-0d6e40");
	commit_in(shallow, &s, "runmedic/0123456789ab-0d6e40");
	commit_in(detached, &s, NULL);
	commit_in(tree, &s, NULL);
}

static void test_apply_in_detached_shallow_worktree(void **state)
{
	static const char *const places[] = {"shallow", "detached", "tree"};
	struct fix_edit edits[] = {edit_content("a.txt", "A\n")};
	struct planned_fix fixes[] = {plan_edits(edits, 1)};
	SCRATCH_AUTO s;

	(void)state;
	begin(&s);
	SH(s.top,
		"git clone -q --depth 1 file://'%s' shallow; git clone -q repo detached; "
		"git -C detached checkout -q --detach; git -C repo worktree add -q ../tree -b side",
		s.repo);
	for (size_t i = 0; i < 3; i++) {
		HEAL_AUTO h;

		free(s.repo);
		s.repo = file_join(s.top, places[i]);
		scratch_open(&s);
		heal(&h, &s, fixes, 1, HEAL_APPLY);
		assert_fix(&h.fixes[0], FIX_APPLIED, "");
		assert_status(&s, " M a.txt");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_commit_for_each_fix),
		cmocka_unit_test(test_author_sign_off_and_run),
		cmocka_unit_test(test_the_configuration_says_who_and_how),
		cmocka_unit_test(test_commits_are_signed_with_a_key_of_ssh),
		cmocka_unit_test(test_text_of_the_log_cannot_forge_trailers),
		cmocka_unit_test(test_a_branch_that_exists_is_left_alone),
		cmocka_unit_test(test_no_commit_no_branch),
		cmocka_unit_test(test_bare_detached_shallow_worktree),
		cmocka_unit_test(test_apply_in_detached_shallow_worktree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
