/* The words of a delivery, of two real logs and the fixes that were made for them, as they stand below golden/.
 * BLESS=1 writes them anew.
 *
 * With arguments it is no test but a filter for tests/publish/run.py: "suggest" and "patch" read cases as JSON from a
 * file, "say" prints every body where all that others may choose is the text of a log. */
#include "real_testing.h"

#include "publish/deliver.h"

#define SIGNED "1:989cf23f13135c31aa2c3b5d4e6f708192a3b4c5d6e7f8091a2b3c4d5e6f7081"
#define UNITS                                                                                                          \
	"diff --git a/src/telemetry/units.py b/src/telemetry/units.py\nindex 97c67952fe7a..24ab713e5d58 100644\n"      \
	"--- a/src/telemetry/units.py\n+++ b/src/telemetry/units.py\n@@ -2,12 +2,10 @@\n \n"                           \
	" from __future__ import annotations\n \n-FACTORS = {'C': 1.0,\n-           'mC': 0.001,\n"                    \
	"-           'F': 5 / 9}\n+FACTORS = {\"C\": 1.0, \"mC\": 0.001, \"F\": 5 / 9}\n \n \n"                        \
	" def to_celsius(value: float, unit: str) -> float:\n-    if unit == 'F':\n"                                   \
	"-        return (value-32) * FACTORS['F']\n-    return value * FACTORS[ unit ]\n+    if unit == \"F\":\n"     \
	"+        return (value - 32) * FACTORS[\"F\"]\n+    return value * FACTORS[unit]\n"
#define REQUIREMENTS                                                                                                   \
	"diff --git a/requirements.txt b/requirements.txt\nindex adf24f5901e0..5cfa3f0ae2ce 100644\n"                  \
	"--- a/requirements.txt\n+++ b/requirements.txt\n@@ -1 +1,2 @@\n click==8.1.3\n+PyYAML\n"
#define UNITS_IN_PULL                                                                                                  \
	"@@ -0,0 +1,13 @@\n+\"\"\"Units of the sensors.\"\"\"\n+\n+from __future__ import annotations\n+\n"            \
	"+FACTORS = {'C': 1.0,\n+           'mC': 0.001,\n+           'F': 5 / 9}\n+\n+\n"                             \
	"+def to_celsius(value: float, unit: str) -> float:\n+    if unit == 'F':\n"                                   \
	"+        return (value-32) * FACTORS['F']\n+    return value * FACTORS[ unit ]"

struct tale {
	struct real *x;
	struct publish_fix fixes[2];
	struct publish_heal heals[2];
	struct publish_offer offers[2];
	struct publish_deliver d;
};

static void tale_start(struct tale *t)
{
	static const char *const units[] = {"src/telemetry/units.py"}, *const needs[] = {"requirements.txt"};
	*t = (struct tale){.x = real_new()};
	struct publish_run *r = &t->x->r;
	read_log(t->x, "tests/cases/py-black-diff-printed/log.txt", "lint");
	read_log(t->x, "tests/cases/py-import-yaml/log.txt", "test (3.12)");
	t->fixes[0] = (struct publish_fix){.fixer = "diff/printed",
		.rule = "python/black",
		.signature = SIGNED,
		.summary = "apply the diff printed by black",
		.reason = "the failing step printed it (black), and every line of its context stands in the tree",
		.diff = UNITS,
		.proof_says = "context of every hunk matches HEAD",
		.tier = TIER_HEAL,
		.status = FIX_PLANNED,
		.confidence = 0.97,
		.priority = 0.92,
		.success = 0.95,
		.severity = 1,
		.good = 11,
		.bad = 1,
		.files = units,
		.file_count = 1};
	t->fixes[1] = (struct publish_fix){.fixer = "python/requirement",
		.rule = "python/module-not-found",
		.summary = "add PyYAML to requirements.txt",
		.reason = "PyYAML provides the missing module yaml, and the job installs requirements.txt",
		.diff = REQUIREMENTS,
		.proof_says = "only requirements were added",
		.tier = TIER_HEAL,
		.status = FIX_PLANNED,
		.confidence = 0.93,
		.priority = 0.88,
		.success = 0.95,
		.severity = 1,
		.files = needs,
		.file_count = 1};
	for (size_t i = 0; i < 2; i++) {
		t->heals[i] = (struct publish_heal){.decision = DECISION_HEAL, .fixes = &t->fixes[i], .fix_count = 1};
		t->x->jobs[i].heal = &t->heals[i];
		t->offers[i] = (struct publish_offer){.fix = &t->fixes[i],
			.finding = diagnosis_primary(&t->x->diagnoses[i]),
			.diff = t->fixes[i].diff};
	}
	r->delivery = (struct publish_delivery){.decision = DECISION_HEAL, .reason = "both fixes are proved"};
	t->d = (struct publish_deliver){
		.run = r, .offers = t->offers, .count = 2, .reason = "heal.deliver is pr", .patch = UNITS REQUIREMENTS};
}

static void compare_comment(struct tale *t, const char *name)
{
	BUF_AUTO out = buf_new(PUBLISH_TEXT_MAX);
	publish_comment(&out, &t->x->r);
	assert_false(out.full);
	assert_balanced(buf_view(&out));
	same_as(name, buf_view(&out));
}

static void test_a_pull_request(void **state)
{
	struct tale t;
	BUF_AUTO title = buf_new(PUBLISH_TITLE_MAX), body = buf_new(PUBLISH_TEXT_MAX), end = buf_new(BUF_PAGE);
	(void)state;
	tale_start(&t);
	t.d.waits = true;
	publish_pull_title(&title, &t.d, NULL);
	publish_pull_body(&body, &t.d);
	same_as("deliver.title.txt", buf_view(&title));
	assert_balanced(buf_view(&body));
	same_as("deliver.pull.md", buf_view(&body));
	assert_true(publish_pull_withdrawn(&end, buf_view(&body),
		"CI is still red with the same failure: black would reformat src/telemetry/units.py"));
	same_as("deliver.withdrawn.md", buf_view(&end));
	buf_clear(&end);
	publish_withdrawal(&end, "CI is still red with the same failure", &t.x->r);
	same_as("deliver.withdrawal.md", buf_view(&end));
	t.x->r.delivery = (struct publish_delivery){.decision = DECISION_HEAL,
		.reason = "heal.deliver is pr",
		.way = DELIVERY_PULL,
		.pull = 12,
		.pull_url = "https://github.com/acme/app/pull/12",
		.pull_waits = true};
	compare_comment(&t, "deliver.pull.comment.md");
	t.x->r.delivery.withdrawn = "it was red again with the same failure";
	compare_comment(&t, "deliver.withdrawn.comment.md");
	real_free(t.x);
}

static const char *patch_of(void *context, const char *path)
{
	(void)context;
	if (!strcmp(path, "requirements.txt"))
		return "@@ -1,2 +1 @@\n click==8.1.3\n-PyYAML==6.0";
	return !strcmp(path, "src/telemetry/units.py") ? UNITS_IN_PULL : NULL;
}

static void test_suggestions(void **state)
{
	struct tale t;
	struct publish_suggestion *list;
	bool left[2];
	ARENA_AUTO a = {0};
	BUF_AUTO out = buf_new(BUF_PAGE);
	(void)state;
	tale_start(&t);
	size_t n = publish_suggestions(&t.d, patch_of, NULL, &a, &list, left);
	assert_false(left[0] || left[1]);
	for (size_t i = 0; i < n; i++)
		buf_addf(&out, "%s:%u-%u\n%s\n", list[i].path, list[i].first, list[i].last, list[i].body);
	same_as("deliver.suggestions.txt", buf_view(&out));
	buf_clear(&out);
	publish_review_body(&out, &t.d, n);
	assert_balanced(buf_view(&out));
	same_as("deliver.review.md", buf_view(&out));
	t.x->r.pull = 5;
	t.x->r.delivery = (struct publish_delivery){.decision = DECISION_HEAL,
		.reason = "heal.deliver is suggest",
		.way = DELIVERY_SUGGEST,
		.suggestions = (unsigned)n};
	compare_comment(&t, "deliver.suggest.comment.md");
	real_free(t.x);
}

static void test_a_patch(void **state)
{
	struct tale t;
	BUF_AUTO out = buf_new(BUF_PAGE);
	(void)state;
	tale_start(&t);
	publish_patch_section(&out, &t.d);
	assert_balanced(buf_view(&out));
	same_as("deliver.patch.md", buf_view(&out));
	t.x->r.fork = true;
	t.x->r.delivery = (struct publish_delivery){.decision = DECISION_HEAL,
		.reason = "the branch lies in a fork: nothing is written there",
		.way = DELIVERY_PATCH,
		.patch = t.d.patch};
	compare_comment(&t, "deliver.patch.comment.md");
	real_free(t.x);
}

static void test_a_commit_on_the_branch(void **state)
{
	struct tale t;
	(void)state;
	tale_start(&t);
	t.x->r.delivery = (struct publish_delivery){.decision = DECISION_HEAL,
		.reason = "heal.deliver is branch",
		.way = DELIVERY_BRANCH,
		.commit = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
		.branch = "topic"};
	compare_comment(&t, "deliver.branch.comment.md");
	real_free(t.x);
}

static void test_nobody_s_fault(void **state)
{
	struct tale t;
	(void)state;
	tale_start(&t);
	for (size_t i = 0; i < 2; i++) {
		t.x->jobs[i].heal = NULL;
		t.x->jobs[i].known = (struct publish_known){.seen = 3,
			.red_branch = "main",
			.red_since_sha = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
			.red_since = INT64_C(1763337600) * CLOCK_SECOND,
			.last_seen = INT64_C(1763424000) * CLOCK_SECOND,
			.issue = 9};
	}
	t.x->r.delivery = (struct publish_delivery){.decision = DECISION_NONE, .ignored = "the supplier knows"};
	compare_comment(&t, "deliver.known.comment.md");
	real_free(t.x);
}

static void test_an_issue(void **state)
{
	struct tale t;
	const struct publish_group *groups;
	ARENA_AUTO a = {0};
	BUF_AUTO out = buf_new(BUF_PAGE);
	(void)state;
	tale_start(&t);
	t.x->r.branch = "main";
	publish_groups(&t.x->r, &a, &groups);
	const struct publish_issue i = {.run = &t.x->r,
		.group = &groups[0],
		.seen = 4,
		.runs = 3,
		.first_seen = INT64_C(1763337600) * CLOCK_SECOND,
		.last_seen = INT64_C(1763424000) * CLOCK_SECOND,
		.why_person = "no fixer answers this failure"};
	publish_issue_title(&out, &i);
	buf_add_text(&out, "\n\n");
	publish_issue_body(&out, &i);
	buf_add_text(&out, "\n");
	publish_issue_closing(&out, t.x->r.head_sha, t.x->r.url, i.first_seen);
	assert_balanced(buf_view(&out));
	same_as("deliver.issue.md", buf_view(&out));
	real_free(t.x);
}

static void test_answers(void **state)
{
	struct tale t;
	BUF_AUTO out = buf_new(BUF_PAGE);
	(void)state;
	tale_start(&t);
	t.x->r.pull = 0;
	t.x->r.delivery.rerun_max = 2;
	publish_explanation(&out, &t.x->r);
	assert_balanced(buf_view(&out));
	same_as("deliver.explain.md", buf_view(&out));
	buf_clear(&out);
	publish_commit_comment(&out, &t.x->r);
	assert_balanced(buf_view(&out));
	same_as("deliver.commit.md", buf_view(&out));
	buf_clear(&out);
	publish_answer(&out, "rerun", "the failed jobs run again (1 of 2)");
	publish_revert_message(&out, "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567", "apply the diff printed by black",
		"CI was still red with the same failure.", SIGNED, "diff/printed");
	same_as("deliver.short.txt", buf_view(&out));
	real_free(t.x);
}

/* ---- as a filter ---- */

static const char *patch_from_json(void *context, const char *path)
{
	return json_text(context, path);
}

/* [{"diffs": [...], "patches": {path: hunks}}] gives [[{path, first, last, body, offer}]]. */
static cJSON *suggest_one(const cJSON *one)
{
	struct publish_offer offers[8] = {{0}};
	const struct publish_fix fix = {.fixer = "own/fixer", .summary = "as offered"};
	const struct publish_run run = {0};
	struct publish_deliver d = {.run = &run, .offers = offers};
	struct publish_suggestion *list;
	bool left[8];
	const cJSON *diff;
	ARENA_AUTO a = {0};
	cJSON *ret = json_array();
	cJSON_ArrayForEach (diff, json_get(one, "diffs"))
		offers[d.count++] = (struct publish_offer){.fix = &fix, .diff = diff->valuestring};
	size_t n =
		publish_suggestions(&d, patch_from_json, (void *)(uintptr_t)json_get(one, "patches"), &a, &list, left);
	for (size_t i = 0; i < n; i++) {
		cJSON *s = json_object();
		json_add_text(s, "path", list[i].path);
		json_add_int(s, "first", list[i].first);
		json_add_int(s, "last", list[i].last);
		json_add_text(s, "body", list[i].body);
		json_add_int(s, "offer", (int64_t)list[i].offer);
		json_append(ret, s);
	}
	return ret;
}

/* [patch] gives [section]. */
static cJSON *patch_one(const cJSON *patch)
{
	const struct publish_run run = {.id = 7};
	const struct publish_offer offer = {.diff = patch->valuestring};
	const struct publish_deliver d = {.run = &run, .offers = &offer, .count = 1, .patch = patch->valuestring};
	BUF_AUTO out = buf_new(PUBLISH_TEXT_MAX);
	publish_patch_section(&out, &d);
	return cJSON_CreateString(buf_text(&out));
}

static int filter(const char *path, cJSON *(*answer)(const cJSON *one))
{
	BUF_AUTO text = {0}, out = buf_new(BUF_LARGE);
	struct err e = {0};
	const cJSON *one;
	if (file_read(path, BUF_FILE, &text, &e) < 0)
		return 2;
	JSON_AUTO *cases = json_parse(buf_view(&text), BUF_FILE, &e), *answers = json_array();
	cJSON_ArrayForEach (one, cases)
		json_append(answers, answer(one));
	json_print(&out, answers);
	puts(buf_text(&out));
	return 0;
}

static void add_body(cJSON *j, const char *name, struct buf *out)
{
	assert_false(out->full);
	json_add_view(j, name, buf_view(out));
	buf_clear(out);
}

static void say_pull(cJSON *j, struct publish_deliver *d, const char *text)
{
	BUF_AUTO out = buf_new(PUBLISH_TEXT_MAX), end = buf_new(2 * PUBLISH_TEXT_MAX);
	publish_pull_title(&out, d, text);
	add_body(j, "title", &out);
	publish_pull_body(&out, d);
	assert_true(publish_pull_withdrawn(&end, buf_view(&out), text));
	add_body(j, "pull", &out);
	add_body(j, "withdrawn", &end);
	publish_review_body(&out, d, 2);
	add_body(j, "review", &out);
	publish_patch_section(&out, d);
	add_body(j, "patch", &out);
	publish_withdrawal(&out, text, d->run);
	add_body(j, "withdrawal", &out);
	publish_revert_message(&out, text, text, text, text, text);
	add_body(j, "revert", &out);
}

static void say_rest(cJSON *j, struct real *x, const char *text)
{
	const struct publish_group *groups;
	ARENA_AUTO a = {0};
	BUF_AUTO out = buf_new(PUBLISH_TEXT_MAX);
	if (publish_groups(&x->r, &a, &groups)) {
		const struct publish_issue i = {.run = &x->r, .group = &groups[0], .seen = 2, .why_person = text};
		publish_issue_title(&out, &i);
		add_body(j, "issue title", &out);
		publish_issue_body(&out, &i);
		add_body(j, "issue", &out);
	}
	publish_issue_closing(&out, text, text, 1);
	add_body(j, "closing", &out);
	publish_commit_comment(&out, &x->r);
	add_body(j, "commit", &out);
	publish_explanation(&out, &x->r);
	add_body(j, "explain", &out);
	publish_answer(&out, text, text);
	add_body(j, "answer", &out);
	publish_comment(&out, &x->r);
	add_body(j, "comment", &out);
}

static int say(int argc, char **argv)
{
	struct real *x = real_new();
	BUF_AUTO out = buf_new(BUF_LARGE), text = {0};
	JSON_AUTO *j = json_object();
	for (int i = 0; i < argc && i < LOGS_MAX; i++)
		read_log(x, argv[i], argv[i]);
	if (file_read(argv[0], BUF_FILE, &text, NULL) == 0)
		say_all(x, buf_text(&text));
	const char *files[] = {buf_text(&text)}, *argv_of[] = {buf_text(&text), NULL};
	x->fix.files = files;
	x->fix.file_count = 1;
	x->fix.proof_argv = argv_of;
	x->r.delivery.withdrawn = buf_text(&text);
	x->r.delivery.patch = buf_text(&text);
	const struct publish_offer offers[] = {
		{.fix = &x->fix, .finding = diagnosis_primary(&x->diagnoses[0]), .diff = buf_text(&text)},
		{.fix = &x->fix, .finding = diagnosis_primary(&x->diagnoses[1]), .diff = buf_text(&text)}};
	struct publish_deliver d = {.run = &x->r,
		.offers = offers,
		.count = 2,
		.waits = true,
		.draft = true,
		.reason = buf_text(&text),
		.patch = buf_text(&text)};
	say_pull(j, &d, buf_text(&text));
	say_rest(j, x, buf_text(&text));
	json_print(&out, j);
	puts(buf_text(&out));
	real_free(x);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_pull_request),
		cmocka_unit_test(test_suggestions),
		cmocka_unit_test(test_a_patch),
		cmocka_unit_test(test_a_commit_on_the_branch),
		cmocka_unit_test(test_nobody_s_fault),
		cmocka_unit_test(test_an_issue),
		cmocka_unit_test(test_answers),
	};

	if (argc > 2 && !strcmp(argv[1], "suggest"))
		return filter(argv[2], suggest_one);
	if (argc > 2 && !strcmp(argv[1], "patch"))
		return filter(argv[2], patch_one);
	if (argc > 2)
		return say(argc - 2, argv + 2);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
