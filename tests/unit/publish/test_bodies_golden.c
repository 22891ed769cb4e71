/* Whole bodies of real logs, as they stand below golden/. BLESS=1 writes them anew.
 *
 * With arguments it is no test but prints the bodies of the logs as one run, in JSON, for tests/publish/run.py. */
#include "real_testing.h"

static cJSON *check_json(const struct publish_run *r)
{
	struct publish_check c;
	cJSON *j = json_object();
	publish_check(&c, r, NULL, NULL);
	json_add_text(j, "name", c.name);
	json_add_text(j, "head_sha", c.head_sha);
	json_add_text(j, "external_id", c.external_id);
	json_add_text(j, "details_url", c.details_url);
	json_add_text(j, "conclusion", c.conclusion);
	json_add(j, "outputs", c.outputs);
	c.outputs = NULL;
	publish_check_done(&c);
	return j;
}

static void add_page(cJSON *j, const char *name, struct buf *page)
{
	json_add_view(j, name, buf_view(page));
	buf_clear(page);
}

static cJSON *bodies_json(const struct publish_run *r)
{
	cJSON *j = json_object(), *status = json_object();
	struct publish_status s;
	BUF_AUTO page = buf_new(BUF_FILE);
	publish_comment(&page, r);
	add_page(j, "comment", &page);
	json_add(j, "check", check_json(r));
	publish_summary(&page, r, PUBLISH_SUMMARY_MAX);
	add_page(j, "summary", &page);
	publish_commands(&page, r, NULL, NULL);
	add_page(j, "commands", &page);
	publish_status(&s, r);
	json_add_text(status, "context", s.context);
	json_add_text(status, "state", s.state);
	json_add_text(status, "description", s.description);
	json_add_text(status, "target_url", s.target_url);
	json_add(j, "status", status);
	publish_status_done(&s);
	return j;
}

/* The pages as they are, the rest as JSON that a person can read. */
static void compare(const char *name, const struct publish_run *r)
{
	char file[128];
	BUF_AUTO text = buf_new(BUF_FILE);
	JSON_AUTO *j = bodies_json(r);
	const char *const pages[] = {"comment", "summary", "commands"};
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		snprintf(file, sizeof file, "%s.%s.%s", name, pages[i], i < 2 ? "md" : "txt");
		same_as(file, view_of(json_text(j, pages[i])));
		cJSON_DeleteItemFromObject(j, pages[i]);
	}
	char *printed = cJSON_Print(j);
	buf_addf(&text, "%s\n", printed);
	cJSON_free(printed);
	snprintf(file, sizeof file, "%s.json", name);
	same_as(file, buf_view(&text));
}

static void test_a_matrix_that_one_fix_heals(void **state)
{
	struct real *x = real_new();
	(void)state;
	read_log(x, "tests/cases/py-black-diff-printed/log.txt", "lint (3.11)");
	read_log(x, "tests/cases/py-black-diff-printed/log.txt", "lint (3.12)");
	read_log(x, "tests/cases/py-pytest-real-bug/log.txt", "test");
	x->fix = (struct publish_fix){.fixer = "text/printed-diff",
		.summary = "apply the diff that black printed",
		.reason = "black prints exactly what it wants",
		.diff = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x = 'a'\n+x = \"a\"\n",
		.proof_says = "black is content with the new text",
		.tier = TIER_HEAL,
		.status = FIX_APPLIED,
		.confidence = 0.98};
	x->heal = (struct publish_heal){.decision = DECISION_HEAL, .fixes = &x->fix, .fix_count = 1};
	x->jobs[0].heal = x->jobs[1].heal = &x->heal;
	x->jobs[2].known =
		(struct publish_known){.seen = 3, .issue = 9, .flaky = true, .flaky_passed = 2, .flaky_runs = 5};
	x->r.delivery = (struct publish_delivery){.decision = DECISION_HEAL,
		.reason = "a printed diff that was proved",
		.pull = 12,
		.pull_url = "https://github.com/acme/app/pull/12",
		.pull_waits = true,
		.artifact = "runmedic-patch",
		.patch_file = "runmedic.patch"};
	compare("matrix", &x->r);
	real_free(x);
}

static void test_red_on_main_too_and_run_again(void **state)
{
	struct real *x = real_new();
	(void)state;
	read_log(x, "tests/cases/infra-apt-502/log.txt", "build");
	x->jobs[0].known = (struct publish_known){.seen = 5,
		.last_seen = INT64_C(1763424000) * CLOCK_SECOND,
		.red_branch = "main",
		.red_since_sha = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
		.red_since = INT64_C(1763337600) * CLOCK_SECOND};
	x->r.delivery = (struct publish_delivery){.decision = DECISION_RERUN,
		.reason = "the mirror answered 502",
		.rerun = true,
		.rerun_count = 1,
		.rerun_max = 2};
	x->r.notes = (const char *const[]){"logs of 1 job could not be read: expired"};
	x->r.note_count = 1;
	compare("rerun", &x->r);
	real_free(x);
}

static void test_green_again(void **state)
{
	struct real *x = real_new();
	(void)state;
	x->r.green = true;
	x->r.green_at = INT64_C(1763424000) * CLOCK_SECOND;
	x->r.was = "Python module `yaml` is not installed";
	compare("green", &x->r);
	real_free(x);
}

static int print_bodies(int argc, char **argv)
{
	struct real *x = real_new();
	BUF_AUTO out = buf_new(BUF_LARGE), text = {0};
	for (int i = 1; i < argc && i <= LOGS_MAX; i++)
		read_log(x, argv[i], argv[i]);
	if (file_read(argv[1], BUF_FILE, &text, NULL) == 0)
		say_all(x, buf_text(&text));
	JSON_AUTO *j = bodies_json(&x->r);
	json_print(&out, j);
	puts(buf_text(&out));
	real_free(x);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_matrix_that_one_fix_heals),
		cmocka_unit_test(test_red_on_main_too_and_run_again),
		cmocka_unit_test(test_green_again),
	};

	return argc > 1 ? print_bodies(argc, argv) : cmocka_run_group_tests(tests, NULL, NULL);
}
