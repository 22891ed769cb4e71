/* Killed with -9 at any moment: all files of a fix are old, or all are new. */
#include "base/clock.h"
#include "scratch.h"

#include <signal.h>
#include <sys/prctl.h>

#define FILES 12
#define ROUNDS 200

static char names[FILES][32], contents[FILES][32];

static void begin(struct scratch *s)
{
	scratch_begin(s);
	for (int i = 0; i < FILES; i++) {
		snprintf(names[i], sizeof(names[i]), "d%d/f%d", i % 3, i);
		snprintf(contents[i], sizeof(contents[i]), "new %d\n", i);
		if (i < FILES - 2)
			put(s, names[i], "old\n");
	}
	commit_all(s);
	scratch_open(s);
}

/* Ten changed, one of these deleted, two created, one of these in a new folder. */
static void heal_in_child(struct scratch *s)
{
	struct fix_edit edits[FILES];
	struct planned_fix fixes[1];
	struct heal_result h;

	for (int i = 0; i < FILES; i++)
		edits[i] = edit_content(names[i], contents[i]);
	edits[3] = (struct fix_edit){.path = names[3], .deletes = true};
	edits[FILES - 2].creates = edits[FILES - 1].creates = true;
	edits[FILES - 1].path = "new/folder/file";
	fixes[0] = plan_edits(edits, FILES);
	heal(&h, s, fixes, 1, HEAL_APPLY);
	_exit(h.fixes[0].status == FIX_APPLIED ? 0 : 3);
}

enum seen { ALL_OLD, ALL_NEW, MIXED };

static enum seen look(struct scratch *s, char *text, size_t size)
{
	MEM_AUTO char *status =
		sh(s->repo, "git status --porcelain --ignored -uall | cut -c1-2 | sort | uniq -c | tr -s ' \\n' ' '");
	MEM_AUTO char *traces = sh(s->repo, "find . -name '.runmedic*'; ls -d .git/runmedic 2>/dev/null || :");

	snprintf(text, size, "%s|%s", status, traces);
	if (*traces)
		return MIXED;
	return !*status ? ALL_OLD : strcmp(status, " 1 D 9 M 2 ?? ") == 0 ? ALL_NEW : MIXED;
}

/* The helper that outlives its killed parent is our child then. */
static void wait_for_all(void)
{
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static void reset(struct scratch *s)
{
	SH(s->repo, "git checkout -q -f .; git clean -qfdx");
}

static int64_t time_of_one(struct scratch *s)
{
	int64_t start = clock_monotonic();
	int status;
	pid_t pid = fork();

	if (pid == 0)
		heal_in_child(s);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	reset(s);
	return clock_monotonic() - start;
}

static void test_killed_at_any_moment(void **state)
{
	SCRATCH_AUTO s;
	unsigned seen[3] = {0};
	int64_t whole;

	(void)state;
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0)
		skip();
	begin(&s);
	whole = time_of_one(&s);
	for (unsigned round = 0; round < ROUNDS; round++) {
		char text[4096];
		enum seen what;
		pid_t pid = fork();

		if (pid == 0)
			heal_in_child(&s);
		usleep((useconds_t)(whole * round * round / (ROUNDS * ROUNDS))); /* more of them early */
		kill(pid, SIGKILL);
		wait_for_all();
		assert_int_equal(heal_recover(s.r, NULL), 0); /* nothing is left to do */
		what = look(&s, text, sizeof(text));
		if (what == MIXED)
			fail_msg("round %u: %s", round, text);
		seen[what]++;
		reset(&s);
	}
	print_message("killed %u times in %lld us: %u all old, %u all new\n", ROUNDS, (long long)whole, seen[ALL_OLD],
		seen[ALL_NEW]);
	assert_true(seen[ALL_OLD] > 0 && seen[ALL_NEW] > 0);
}

/* Parent and helper at once, as when the machine stops: recovery alone must do. */
static void test_the_helper_killed_too(void **state)
{
	SCRATCH_AUTO s;
	unsigned seen[3] = {0}, recovered = 0;
	int64_t whole;

	(void)state;
	begin(&s);
	whole = time_of_one(&s);
	for (unsigned round = 0; round < ROUNDS; round++) {
		char text[4096];
		enum seen what;
		int64_t end;
		pid_t pid = fork();

		if (pid == 0)
			heal_in_child(&s);
		end = clock_monotonic() + whole * round / ROUNDS;
		while (clock_monotonic() < end)
			;
		kill(pid, SIGKILL);
		/* All that is ours now is the helper. */
		MEM_AUTO char *left = sh("/", "cat /proc/%d/task/%d/children", (int)getpid(), (int)getpid());
		for (char *p = left; *p;) {
			long helper = strtol(p, &p, 10);

			if (helper > 0 && helper != pid)
				kill((pid_t)helper, SIGKILL);
			while (*p == ' ')
				p++;
		}
		wait_for_all();
		recovered += heal_recover(s.r, NULL) == 1;
		what = look(&s, text, sizeof(text));
		if (what == MIXED)
			fail_msg("round %u: %s", round, text);
		seen[what]++;
		reset(&s);
	}
	print_message("both killed %u times: %u all old, %u all new, %u by recovery\n", ROUNDS, seen[ALL_OLD],
		seen[ALL_NEW], recovered);
}

/* Two at once: one after the other, never into each other. */
static void test_two_at_once(void **state)
{
	SCRATCH_AUTO s;

	(void)state;
	begin(&s);
	for (int round = 0; round < 10; round++) {
		int first, second;
		pid_t a = fork(), b;
		char text[4096];

		if (a == 0)
			heal_in_child(&s);
		b = fork();
		if (b == 0)
			heal_in_child(&s);
		assert_int_equal(waitpid(a, &first, 0), a);
		assert_int_equal(waitpid(b, &second, 0), b);
		/* The second finds files that are not as in the commit. */
		assert_true((first == 0) != (second == 0));
		assert_int_equal(look(&s, text, sizeof(text)), ALL_NEW);
		reset(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed_at_any_moment),
		cmocka_unit_test(test_the_helper_killed_too),
		cmocka_unit_test(test_two_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
