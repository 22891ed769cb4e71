#include "log_testing.h"

#include "log/steps.h"

#define CYAN "\x1b[36;1m"
#define OFF "\x1b[0m"
#define BEGIN S "Current runner version: '2.330.0'\n"
/* A step that runs a script, its head included. */
#define SCRIPT(command)                                                                                                \
	S "##[group]Run " command "\n" S CYAN command OFF "\n" S "shell: /usr/bin/bash -e {0}\n" S "##[endgroup]\n"
#define ACTION(name) S "##[group]Run " name "\n" S "with:\n" S "  a: b\n" S "##[endgroup]\n"
#define EXIT(code) S "##[error]Process completed with exit code " code ".\n"
#define POST S "Post job cleanup.\n" S "[command]/usr/bin/git version\n"
#define END S "Cleaning up orphan processes\n"

/* The n-th step, from 0. */
static const struct log_step *step(struct log *l, uint32_t n)
{
	const struct log_step *s = log_step(l, n);

	assert_non_null(s);
	return s;
}

static void assert_names(struct log *l, const char *const *names)
{
	uint32_t n = 0;

	for (; names[n]; n++)
		assert_view(step(l, n)->name, names[n]);
	assert_int_equal(log_step_count(l), n);
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The name of the first step that failed for good, "-" when none did. */
static void check_failed(const char *text, const char *name)
{
	struct log *l = open_text(text);
	struct view found = VIEW("-");

	for (uint32_t i = 0; i < log_step_count(l); i++)
		if (step(l, i)->failed && !step(l, i)->tolerated) {
			found = step(l, i)->name;
			break;
		}
	assert_view(found, name);
	log_close(l);
}

/* ---- where steps begin ------------------------------------------------------------------------- */

static void test_steps_of_a_job(void **state)
{
	struct log *l = open_text(BEGIN S "##[group]Runner Image\n" S "Image: ubuntu-24.04\n" S "##[endgroup]\n" ACTION(
		"actions/checkout@v4") S "Syncing\n" SCRIPT("make test") S "cc -c a.c\n" EXIT("2") POST POST END);

	(void)state;
	assert_names(l, NAMES("", "Run actions/checkout@v4", "Run make test", "Post job cleanup.", "Post job cleanup.",
				"Complete job"));
	assert_int_equal(step(l, 0)->last_line, 4);
	assert_int_equal(step(l, 1)->first_line, 5);
	assert_int_equal(step(l, 1)->output_line, 9);
	assert_int_equal(step(l, 1)->last_line, 9);
	assert_view(step(l, 1)->command, "");
	assert_view(step(l, 2)->command, "make test");
	assert_view(step(l, 2)->shell, "/usr/bin/bash -e {0}");
	assert_int_equal(step(l, 2)->output_line, 14);
	assert_int_equal(step(l, 2)->exit_code, 2);
	assert_int_equal(step(l, 2)->end_error_line, 15);
	assert_true(step(l, 2)->failed);
	assert_false(step(l, 2)->tolerated);
	assert_false(step(l, 2)->post);
	assert_true(step(l, 3)->post);
	assert_true(step(l, 5)->post);
	assert_int_equal(step(l, 5)->last_line, log_info(l)->lines);
	assert_false(log_info(l)->cut_off);
	log_close(l);
}

static void test_echo_is_the_head(void **state)
{
	struct log *l = open_text(BEGIN SCRIPT("make") S "output\n");

	(void)state;
	assert_int_equal(facts_of(l, 1).flags, 0);
	for (uint32_t n = 2; n <= 5; n++)
		assert_int_equal(facts_of(l, n).flags, LOG_ECHO);
	assert_int_equal(facts_of(l, 6).flags, 0);
	assert_int_equal(facts_of(l, 6).step, 1);
	log_close(l);
}

static void test_head_with_several_lines(void **state)
{
	struct log *l =
		open_text(BEGIN S "##[group]Run cd app\n" S CYAN "cd app" OFF "\n" S CYAN OFF "\n" S CYAN
				  "echo ::group::x" OFF "\n" S CYAN "##[endgroup]" OFF "\n" S CYAN "make" OFF "\n" S
				  "shell: C:\\Program Files\\PowerShell\\7\\pwsh.EXE -command \". '{0}'\"\n" S
				  "env:\n" S "  A: 1\nmore of A\n\n" S "##[endgroup]\n" S "built\n");

	(void)state;
	assert_view(step(l, 1)->command, "cd app\n\necho ::group::x\n##[endgroup]\nmake");
	assert_view(step(l, 1)->shell, "C:\\Program Files\\PowerShell\\7\\pwsh.EXE -command \". '{0}'\"");
	assert_int_equal(step(l, 1)->output_line, 14);
	log_close(l);
}

static void test_working_directory(void **state)
{
	struct log *l =
		open_text(BEGIN S "##[group]Run golangci/golangci-lint-action@v6\n" S "with:\n" S "  version: v1.60\n" S
				  "  working-directory: core/api\n" S "##[endgroup]\n" S "  working-directory: no\n");

	(void)state;
	assert_view(step(l, 1)->directory, "core/api");
	log_close(l);
}

static void test_groups_that_are_no_steps(void **state)
{
	struct log *l = open_text(BEGIN S "##[group]Runner Image Provisioner\n" S "##[endgroup]\n" SCRIPT("make") S
		"##[group]Run tests\n" S "collected 3 items\n" S "##[endgroup]\n" S
		"##[group]Post-resolution validation\n" S "##[endgroup]\n" S "##[group]Runs\n" S "##[endgroup]\n" S
		"done\n");

	(void)state;
	assert_names(l, NAMES("", "Run make"));
	log_close(l);
}

/* Copied from somewhere without its colours. */
static void test_head_without_colours(void **state)
{
	struct log *l = open_text("##[group]Run make all\nmake all\nshell: /usr/bin/bash -e {0}\n##[endgroup]\ncc\n");

	(void)state;
	assert_names(l, NAMES("Run make all"));
	assert_view(step(l, 0)->command, "make all");
	log_close(l);
}

static void test_head_without_an_end(void **state)
{
	struct log *l =
		open_text(BEGIN S "##[group]Run make\n" S CYAN "make" OFF "\n" S "shell: sh\n" EXIT("1") S "x\n");

	(void)state;
	assert_int_equal(step(l, 1)->output_line, 5);
	assert_true(step(l, 1)->failed);
	log_close(l);
	l = open_text(BEGIN S "##[group]Run make\n" S CYAN "make" OFF "\n");
	assert_int_equal(step(l, 1)->output_line, 4);
	assert_view(step(l, 1)->command, "make");
	log_close(l);
}

static void test_endless_groups_do_no_harm(void **state)
{
	BUF_AUTO text = buf_new(BUF_FILE);
	struct log *l;

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_add_text(&text, S "##[group]nested\n");
	l = open_bytes(buf_view(&text));
	assert_int_equal(log_step_count(l), 1);
	log_close(l);
	buf_clear(&text);
	buf_add_text(&text, S "##[group]Run x\n" S CYAN "x" OFF "\n");
	for (uint32_t i = 0; i < STEPS_HEAD_MAX + 5; i++)
		buf_add_text(&text, S "head\n");
	l = open_bytes(buf_view(&text));
	assert_true(step(l, 0)->output_line < STEPS_HEAD_MAX + 5);
	assert_true(step(l, 0)->command.n <= LOG_COMMAND_MAX);
	log_close(l);
}

static void test_more_steps_than_there_is_room_for(void **state)
{
	BUF_AUTO text = buf_new(BUF_FILE);
	struct log *l;

	(void)state;
	for (uint32_t i = 0; i < LOG_STEPS_MAX + 50; i++)
		buf_add_text(&text, "##[group]Run x\n##[endgroup]\n");
	buf_add_text(&text, "##[error]Process completed with exit code 3.\nCleaning up orphan processes\n");
	l = open_bytes(buf_view(&text));
	assert_int_equal(log_step_count(l), LOG_STEPS_MAX);
	assert_int_equal(step(l, LOG_STEPS_MAX - 1)->last_line, log_info(l)->lines);
	assert_int_equal(step(l, LOG_STEPS_MAX - 1)->exit_code, 3);
	assert_false(log_info(l)->cut_off);
	log_close(l);
}

static void test_action_markers(void **state)
{
	struct log *l = open_text(BEGIN ACTION("dtolnay/rust-toolchain@stable") S
		"##[start-action display=Run : parse;id=__a.parse]\n" SCRIPT(": parse") S
		"out\n" S "##[end-action id=__a.parse;outcome=success;conclusion=success;duration_ms=23]\n" S
		"##[start-action display=skipped one;id=__a.skip]\n" S
		"##[end-action id=__a.skip;outcome=skipped;conclusion=skipped;duration_ms=0]\n" S
		"##[start-action display=Install;id=__a.install]\n" SCRIPT("rustup x") S
		"boom\n" S "##[end-action id=__a.install;outcome=failure;conclusion=failure;duration_ms=1]\n" POST END);

	(void)state;
	assert_names(l, NAMES("", "Run dtolnay/rust-toolchain@stable", "Run : parse", "skipped one", "Run rustup x",
				"Post job cleanup.", "Complete job"));
	assert_false(step(l, 2)->failed);
	assert_view(step(l, 2)->command, ": parse");
	assert_int_equal(facts_of(l, step(l, 2)->first_line).flags, LOG_ECHO);
	assert_true(step(l, 4)->failed);
	log_close(l);
}

static void test_service_containers(void **state)
{
	struct log *l = open_text(BEGIN SCRIPT("make") S "ok\n" S "Print service container logs: redis_1\n" S
							 "ready\n" S "Stop and remove container: redis_1\n" S
							 "Evaluate and set job outputs\n" S "Set output 'a'\n" END);

	(void)state;
	assert_names(l, NAMES("", "Run make", "Stop containers", "Complete job"));
	assert_int_equal(facts_of(l, 7).step, 2);
	log_close(l);
}

#define GH(step, text) "job\t" step "\t" S text "\n"

static void test_columns_of_gh(void **state)
{
	struct log *l = open_text(GH("Set up job", "Current runner version: '2.3'") GH("Check out",
		"##[group]Run actions/checkout@v4") GH("Check out", "with:") GH("Check out", "##[endgroup]")
			GH("Tests", "##[group]Run make") GH("Tests", "^[[36;1mmake^[[0m") GH("Tests", "##[endgroup]")
				GH("Tests", "##[error]Process completed with exit code 2.")
					GH("Without a group", "text") GH("Post Check out", "Post job cleanup.")
						GH("Complete job", "Cleaning up orphan processes"));

	(void)state;
	assert_names(l,
		NAMES("", "Run actions/checkout@v4", "Run make", "Without a group", "Post Check out", "Complete job"));
	assert_view(step(l, 2)->command, "make");
	assert_true(step(l, 2)->failed);
	assert_true(step(l, 4)->post && step(l, 5)->post);
	assert_false(log_info(l)->cut_off);
	log_close(l);
}

static void test_unknown_steps_of_gh(void **state)
{
	struct log *l = open_text(GH("UNKNOWN STEP", "Current runner version: '2.3'")
			GH("UNKNOWN STEP", "##[group]Run make") GH("UNKNOWN STEP", "with:")
				GH("UNKNOWN STEP", "##[endgroup]") GH("UNKNOWN STEP", "Post job cleanup."));

	(void)state;
	assert_names(l, NAMES("", "Run make", "Post job cleanup."));
	log_close(l);
}

static void test_jobs_of_one_dump_are_judged_apart(void **state)
{
	struct log *l = open_text("a\tTests\t" EXIT("1") "b\tSet up job\t" S "Current runner version: '2'\n"
							 "b\tCheck out\t" S "##[group]Run actions/checkout@v4\n"
							 "b\tCheck out\t" S "##[endgroup]\n");

	(void)state;
	assert_names(l, NAMES("Tests", "", "Run actions/checkout@v4"));
	assert_true(step(l, 0)->failed);
	assert_false(step(l, 0)->tolerated);
	assert_view(log_info(l)->job, "a");
	log_close(l);
}

/* ---- how they end -------------------------------------------------------------------------------- */

static void test_exit_codes(void **state)
{
	static const struct {
		const char *line;
		int code;
		bool failed;
	} cases[] = {
		{EXIT("1"), 1, true},
		{EXIT("127"), 127, true},
		{EXIT("-1073741819"), -1073741819, true},
		{EXIT("3221225477"), -1073741819, true},
		{EXIT("99999999999999"), -1, true},
		{S "Process completed with exit code 1.\n", -1, false},
		{S "##[warning]Process completed with exit code 1.\n", -1, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		MEM_AUTO char *text = NULL;
		struct log *l;

		assert_true(asprintf(&text, BEGIN SCRIPT("make") "%s" POST END, cases[i].line) > 0);
		l = open_text(text);
		assert_int_equal(step(l, 1)->exit_code, cases[i].code);
		assert_int_equal(step(l, 1)->failed, cases[i].failed);
		log_close(l);
	}
}

static void test_cancelled_and_timed_out(void **state)
{
	struct log *l = open_text(BEGIN SCRIPT("sleep 9") S "##[error]The operation was canceled.\n" POST END);

	(void)state;
	assert_true(step(l, 1)->failed && step(l, 1)->cancelled && !step(l, 1)->timed_out);
	assert_int_equal(step(l, 1)->exit_code, -1);
	log_close(l);
	l = open_text(
		BEGIN SCRIPT("sleep 9") S "##[error]The action 'Sleep' has timed out after 5 minutes.\n" POST END);
	assert_true(step(l, 1)->failed && step(l, 1)->timed_out);
	log_close(l);
	l = open_text(BEGIN SCRIPT("sleep 9") S
		"##[error]The job running on runner GitHub Actions 2 has exceeded the maximum "
		"execution time of 360 minutes.\n" S "##[error]The operation was canceled.\n" POST END);
	assert_true(step(l, 1)->failed && step(l, 1)->timed_out && step(l, 1)->cancelled);
	log_close(l);
}

static void test_a_runner_that_was_lost(void **state)
{
	struct log *l = open_text(BEGIN SCRIPT("make") S "cc\n");

	(void)state;
	assert_true(log_info(l)->cut_off);
	log_close(l);
	l = open_text(SCRIPT("make") S "an excerpt is not a lost runner\n");
	assert_false(log_info(l)->cut_off);
	log_close(l);
}

static void test_a_failing_action(void **state)
{
	(void)state;
	check_failed(BEGIN ACTION("a/b@v1") S "##[error]no token\n" POST END, "Run a/b@v1");
	/* what it merely found */
	check_failed(
		BEGIN ACTION("a/b@v1") S "##[error]x.c:1 bad\n" ACTION("actions/setup-go@v5") S "ok\n" POST END, "-");
	/* a matcher's remark in a script that passes */
	check_failed(BEGIN SCRIPT("eslint .") S "##[error]x.js:1 bad\n" POST END, "-");
	/* the annotation of an earlier action is not the end of the job */
	check_failed(BEGIN ACTION("a/b@v1") S "##[error]x\n" SCRIPT("./run") EXIT("1") POST END, "Run ./run");
	check_failed(BEGIN ACTION("a/b@v1") S "##[error]no token\n" ACTION("actions/upload-artifact@v4") S
		"ok\n" POST END,
		"Run a/b@v1");
}

#define DOCKER S "##[command]/usr/bin/docker run --name x --workdir /github/workspace --rm img:1\n"

/* A container goes on printing after its errors, and the runner says nothing when it fails. */
static void test_a_failing_container(void **state)
{
	const char *chat = S "checked a\n" S "checked b\n" S "checked c\n" S "checked d\n" S "checked e\n" S "2 bad\n";
	BUF_AUTO text = buf_new(BUF_PAGE);

	(void)state;
	buf_add_text(&text, BEGIN ACTION("a/links@v1") DOCKER S "##[error]dead link\n");
	buf_add_text(&text, chat);
	buf_add_text(&text, ACTION("a/notify@v1") S "sent\n" POST END);
	check_failed(buf_text(&text), "Run a/links@v1");
	buf_clear(&text);
	buf_add_text(&text, BEGIN ACTION("a/spell@v1") DOCKER S "##[error]a.md: teh\n");
	buf_add_text(&text, chat);
	buf_add_text(&text, ACTION("a/links@v1") DOCKER S "##[error]dead link\n");
	buf_add_text(&text, chat);
	buf_add_text(&text, ACTION("a/notify@v1") S "sent\n" POST END);
	check_failed(buf_text(&text), "Run a/links@v1"); /* what came before was survived */
	buf_clear(&text);
	buf_add_text(&text, BEGIN ACTION("a/links@v1") DOCKER S "##[error]dead link\n");
	buf_add_text(&text, chat);
	buf_add_text(&text, SCRIPT("npm test") S "ok\n" POST END);
	check_failed(buf_text(&text), "-"); /* tests do not run after a failure */
}

static void test_what_the_runner_refuses(void **state)
{
	(void)state;
	check_failed(BEGIN SCRIPT("echo x") S
		"##[error]Unable to process command '::set-env name=A::x' successfully.\n" S
		"##[error]The `set-env` command is disabled. Please upgrade\n" POST END,
		"Run echo x");
	check_failed(BEGIN S "##[error]Unable to resolve action `a/b@v9`, unable to find version `v9`\n", "");
}

static void test_tolerated_failures(void **state)
{
	(void)state;
	/* the job goes on to prepare and work: forgiven */
	check_failed(BEGIN SCRIPT("npm audit") EXIT("1") SCRIPT("npm ci") S "ok\n" SCRIPT("npm test") S "ok\n" POST END,
		"-");
	/* another one ends it */
	check_failed(BEGIN SCRIPT("mypy .") EXIT("1") SCRIPT("pytest") EXIT("1") POST END, "Run pytest");
	/* what runs after a failure, too */
	check_failed(BEGIN SCRIPT("pytest") EXIT("1") ACTION("actions/upload-artifact@v4") S "ok\n" SCRIPT("cat log") S
		"x\n" POST END,
		"Run pytest");
	/* a wrapper of it */
	check_failed(BEGIN SCRIPT("pytest") EXIT("1") SCRIPT("exit 1") EXIT("1") POST END, "Run pytest");
	/* a check that runs in any case does not forgive */
	check_failed(BEGIN SCRIPT("npm run lint") EXIT("1") SCRIPT("npm test") S "ok\n" POST END, "Run npm run lint");
}

static void test_forgiven_by_the_runner_itself(void **state)
{
	struct log *l = open_text(BEGIN S "##[start-action display=Outer;id=o]\n" S
					  "##[start-action display=Inner;id=o.i]\n" SCRIPT("make") EXIT("1") S
		"##[end-action id=o.i;outcome=failure;conclusion=failure]\n" S
		"##[end-action id=o;outcome=failure;conclusion=success]\n" POST END);

	(void)state;
	assert_names(l, NAMES("", "Outer", "Run make", "Post job cleanup.", "Complete job"));
	assert_true(step(l, 2)->failed && step(l, 2)->tolerated);
	log_close(l);
}

/* A program may print what the runner prints. */
static void test_a_printed_exit_code_is_not_the_end(void **state)
{
	BUF_AUTO text = buf_new(BUF_PAGE);

	(void)state;
	buf_add_text(&text, BEGIN SCRIPT("./show-logs") EXIT("1"));
	for (int i = 0; i < 50; i++)
		buf_add_text(&text, S "it goes on\n");
	buf_add_text(&text, POST END);
	check_failed(buf_text(&text), "-");
}

static void test_failure_in_clean_up(void **state)
{
	(void)state;
	check_failed(
		BEGIN SCRIPT("make") S "ok\n" POST S "##[error]The operation was canceled.\n" END, "Post job cleanup.");
	check_failed(BEGIN SCRIPT("make") EXIT("1") POST S "##[error]x\n" END, "Run make");
}

/* ---- times, places -------------------------------------------------------------------------------- */

static void test_times_of_steps(void **state)
{
	struct log *l = open_text("2026-11-18T09:00:00.0000000Z Current runner version: '2'\n"
				  "2026-11-18T09:00:02.0000000Z ##[group]Run make\n"
				  "2026-11-18T09:00:02.0000000Z ##[endgroup]\n"
				  "2026-11-18T09:00:05.0000000Z out\n"
				  "continued\n"
				  "2026-11-18T09:00:09.0000000Z Post job cleanup.\n");

	(void)state;
	assert_int_equal(step(l, 0)->started, log_time(l, 1));
	assert_int_equal(step(l, 0)->ended, log_time(l, 1));
	assert_int_equal(step(l, 1)->started, log_time(l, 2));
	assert_int_equal(step(l, 1)->ended, log_time(l, 4));
	assert_int_equal(step(l, 2)->ended, log_info(l)->ended);
	log_close(l);
	l = open_text("##[group]Run make\nmake\n##[endgroup]\n");
	assert_true(step(l, 0)->started == CLOCK_UNKNOWN && step(l, 0)->ended == CLOCK_UNKNOWN);
	log_close(l);
}

static void check_workspace(const char *line, const char *workspace)
{
	MEM_AUTO char *text = NULL;
	struct log *l;

	assert_true(asprintf(&text, BEGIN ACTION("actions/checkout@v4") S "%s\r\n", line) > 0);
	l = open_text(text);
	assert_view(log_info(l)->workspace, workspace);
	log_close(l);
}

static void test_workspaces(void **state)
{
	(void)state;
	check_workspace("[command]/usr/bin/git config --global --add safe.directory /home/runner/work/x/x",
		"/home/runner/work/x/x");
	check_workspace("[command]\"C:\\Program Files\\Git\\bin\\git.exe\" config --global --add safe.directory "
			"D:\\a\\x.y\\x.y",
		"D:\\a\\x.y\\x.y");
	check_workspace("[command]/usr/bin/git config --global --add safe.directory /__w/x/x/sub", "/__w/x/x");
	check_workspace("Initialized empty Git repository in /opt/agent/_work/x/x/.git/", "/opt/agent/_work/x/x");
	check_workspace("Deleting the contents of '/Users/runner/work/x/x'", "/Users/runner/work/x/x");
	check_workspace("Working directory is '/home/runner/work/x/x/part'", "/home/runner/work/x/x");
	check_workspace("Initialized empty Git repository in /tmp/test/.git/", "");
	check_workspace("[command]/usr/bin/git config --global --add safe.directory *", "");
	check_workspace("  Working directory is '/home/runner/work/x/x'", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps_of_a_job),
		cmocka_unit_test(test_echo_is_the_head),
		cmocka_unit_test(test_head_with_several_lines),
		cmocka_unit_test(test_working_directory),
		cmocka_unit_test(test_groups_that_are_no_steps),
		cmocka_unit_test(test_head_without_colours),
		cmocka_unit_test(test_head_without_an_end),
		cmocka_unit_test(test_endless_groups_do_no_harm),
		cmocka_unit_test(test_more_steps_than_there_is_room_for),
		cmocka_unit_test(test_action_markers),
		cmocka_unit_test(test_service_containers),
		cmocka_unit_test(test_columns_of_gh),
		cmocka_unit_test(test_unknown_steps_of_gh),
		cmocka_unit_test(test_jobs_of_one_dump_are_judged_apart),
		cmocka_unit_test(test_exit_codes),
		cmocka_unit_test(test_cancelled_and_timed_out),
		cmocka_unit_test(test_a_runner_that_was_lost),
		cmocka_unit_test(test_a_failing_action),
		cmocka_unit_test(test_a_failing_container),
		cmocka_unit_test(test_what_the_runner_refuses),
		cmocka_unit_test(test_tolerated_failures),
		cmocka_unit_test(test_forgiven_by_the_runner_itself),
		cmocka_unit_test(test_a_printed_exit_code_is_not_the_end),
		cmocka_unit_test(test_failure_in_clean_up),
		cmocka_unit_test(test_times_of_steps),
		cmocka_unit_test(test_workspaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
