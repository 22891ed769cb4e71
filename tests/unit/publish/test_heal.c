#include "publish_testing.h"

static const char *const files[] = {"a.py", "b.py"};
static const char *const argv_of_proof[] = {"black", "--check", "a.py", NULL};

static struct publish_fix applied(void)
{
	return (struct publish_fix){.fixer = "python/black",
		.reason = "the log asks for it",
		.diff = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x=1\n+x = 1\n",
		.summary = "reformats a.py",
		.tier = TIER_HEAL,
		.status = FIX_APPLIED,
		.confidence = 0.99,
		.files = files,
		.file_count = 2,
		.proof_argv = argv_of_proof,
		.proof_exit = 0};
}

static void render(struct buf *out, const struct publish_heal *h, bool colour)
{
	*out = buf_new(BUF_PAGE);
	publish_heal_text(out, h, &(struct publish_style){.colour = colour});
}

#define assert_has(out, text) assert_true(view_has(buf_view(out), text))
#define assert_has_not(out, text) assert_false(view_has(buf_view(out), text))

static void test_json_contract(void **state)
{
	struct sample s;
	struct publish_fix fix = applied();
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	sample_fill(&s, "x");
	JSON_AUTO *j = publish_heal_json(&(struct publish_heal){.diagnosis = &s.d,
						 .decision = DECISION_HEAL,
						 .reason = "one fix",
						 .fixes = &fix,
						 .fix_count = 1},
		NULL);
	print_checked(&out, j);
	assert_string_equal(json_text(j, "schema"), "runmedic.heal/1");
	assert_string_equal(json_text(json_get(j, "analysis"), "schema"), "runmedic.analysis/1");
	assert_string_equal(json_text(j, "decision"), "heal");
	assert_string_equal(json_text(j, "reason"), "one fix");
	const cJSON *f = at(json_get(j, "fixes"), 0);
	assert_string_equal(json_text(f, "fixer"), "python/black");
	assert_string_equal(json_text(f, "tier"), "heal");
	assert_string_equal(json_text(f, "status"), "applied");
	assert_string_equal(at(json_get(f, "files"), 1)->valuestring, "b.py");
	assert_string_equal(json_text(f, "diff"), fix.diff);
	const cJSON *proof = json_get(f, "proof");
	assert_string_equal(at(json_get(proof, "command"), 1)->valuestring, "--check");
	assert_int_equal(json_int(proof, "exit_code", -1), 0);
}

static void test_json_without_fixes_diff_and_proof(void **state)
{
	struct sample s;
	struct publish_fix fix = {.fixer = "a/b", .status = FIX_REFUSED, .tier = TIER_REVIEW, .reason = "no"};
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	sample_fill(&s, "x");
	JSON_AUTO *none = publish_heal_json(&(struct publish_heal){.diagnosis = &s.d, .decision = DECISION_NONE}, NULL);
	assert_string_equal(json_text(none, "decision"), "none");
	assert_string_equal(json_text(none, "reason"), "");
	assert_int_equal(cJSON_GetArraySize(json_get(none, "fixes")), 0);
	JSON_AUTO *j =
		publish_heal_json(&(struct publish_heal){.diagnosis = &s.d, .fixes = &fix, .fix_count = 1}, NULL);
	print_checked(&out, j);
	assert_null(json_get(at(json_get(j, "fixes"), 0), "diff"));
	assert_null(json_get(at(json_get(j, "fixes"), 0), "proof"));
	assert_string_equal(json_text(at(json_get(j, "fixes"), 0), "status"), "refused");
}

static void test_text_of_a_fix(void **state)
{
	struct sample s;
	struct publish_fix fix = applied();
	BUF_AUTO out = {0};

	(void)state;
	sample_fill(&s, "x");
	render(&out,
		&(struct publish_heal){.diagnosis = &s.d, .decision = DECISION_HEAL, .fixes = &fix, .fix_count = 1},
		false);
	assert_has(&out, "decision: heal\n");
	assert_has(&out, "✓ applied python/black: reformats a.py (tier heal, 99 % sure)\n");
	assert_has(&out, "  because: the log asks for it\n");
	assert_has(&out, "    -x=1\n    +x = 1\n");
	assert_has(&out, "  proof: `black --check a.py` ended with exit code 0\n");
	assert_has_not(&out, "dry run");
	assert_has_not(&out, "(null)");
}

static void test_text_of_a_dry_run(void **state)
{
	struct sample s;
	struct publish_fix fix = applied();
	BUF_AUTO out = {0};

	(void)state;
	sample_fill(&s, "x");
	fix.status = FIX_PLANNED;
	fix.proof_argv = NULL;
	fix.proof_says = "the file parses";
	render(&out,
		&(struct publish_heal){.diagnosis = &s.d,
			.decision = DECISION_HEAL,
			.fixes = &fix,
			.fix_count = 1,
			.dry_run = true,
			.explain = true,
			.sandbox = "no network"},
		false);
	assert_has(&out, "→ planned python/black");
	assert_has(&out, "proof: the file parses");
	assert_has(&out, "child processes: no network");
	assert_has(&out, "This was a dry run");
}

static void test_text_of_each_decision(void **state)
{
	struct sample s;

	(void)state;
	sample_fill(&s, "x");
	for (int i = DECISION_NONE; i <= DECISION_HEAL; i++) {
		BUF_AUTO out = {0};

		render(&out,
			&(struct publish_heal){.diagnosis = &s.d, .decision = (enum decision)i, .reason = "because"},
			false);
		assert_has(&out, "decision: ");
		assert_has(&out, " - because\n");
		assert_has_not(&out, "(null)");
	}
}

static void test_hostile_text_and_secrets(void **state)
{
	const char *texts[] = {HOSTILE, secret()};
	struct sample s;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		const char *many[] = {texts[i], texts[i], NULL};
		struct publish_fix fix = {.fixer = "a/b",
			.reason = texts[i],
			.diff = texts[i],
			.summary = texts[i],
			.proof_says = texts[i],
			.files = many,
			.file_count = 2,
			.proof_argv = many,
			.status = FIX_APPLIED,
			.tier = TIER_HEAL};
		struct publish_heal h = {.diagnosis = &s.d,
			.decision = DECISION_HEAL,
			.reason = texts[i],
			.fixes = &fix,
			.fix_count = 1};
		BUF_AUTO out = {0};
		BUF_AUTO text = buf_new(BUF_PAGE);

		sample_fill(&s, texts[i]);
		render(&out, &h, false);
		assert_printable(buf_view(&out));
		assert_no_secret(buf_view(&out));
		JSON_AUTO *j = publish_heal_json(&h, NULL);
		print_checked(&text, j);
		assert_no_secret(buf_view(&text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_contract),
		cmocka_unit_test(test_json_without_fixes_diff_and_proof),
		cmocka_unit_test(test_text_of_a_fix),
		cmocka_unit_test(test_text_of_a_dry_run),
		cmocka_unit_test(test_text_of_each_decision),
		cmocka_unit_test(test_hostile_text_and_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
