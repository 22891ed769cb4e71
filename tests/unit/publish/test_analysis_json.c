#include "publish_testing.h"

static enum tier heal_tier(const char *fixer)
{
	return !strcmp(fixer, "python/black") ? TIER_HEAL : TIER_REVIEW;
}

static void test_the_contract(void **state)
{
	struct sample s;
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	sample_fill(&s, "src/a.c");
	s.d.job.started = 0;
	JSON_AUTO *j = publish_analysis_json(&s.d, heal_tier);
	print_checked(&out, j);
	assert_string_equal(json_text(j, "schema"), "runmedic.analysis/1");
	assert_string_equal(json_text(json_get(j, "source"), "path"), "src/a.c");
	assert_int_equal(json_int(json_get(j, "source"), "bytes", -1), 100);
	assert_int_equal(json_int(json_get(j, "source"), "lines", -1), 20);
	assert_string_equal(json_text(json_get(j, "job"), "started_at"), "1970-01-01T00:00:00Z");
	assert_null(json_get(json_get(j, "job"), "ended_at"));
	assert_string_equal(json_text(json_get(j, "failed_step"), "command"), "src/a.c");
	assert_int_equal(json_int(json_get(j, "failed_step"), "exit_code", -1), 2);
	assert_int_equal(json_int(j, "primary", -1), 0);
	const cJSON *f = at(json_get(j, "findings"), 0);
	assert_string_equal(json_text(f, "rule"), "own/one");
	assert_string_equal(json_text(f, "category"), "build");
	assert_string_equal(json_text(f, "severity"), "error");
	assert_int_equal(json_int(f, "line", -1), 12);
	assert_int_equal(json_int(json_get(f, "excerpt"), "first", -1), 11);
	assert_int_equal(json_int(json_get(f, "excerpt"), "last", -1), 13);
	assert_string_equal(json_text(json_get(f, "location"), "path"), "src/a.c");
	assert_int_equal(json_int(json_get(f, "location"), "line", -1), 7);
	assert_string_equal(json_text(f, "signature"), "1:0011");
	assert_false(json_bool(f, "transient", true));
	assert_string_equal(json_text(at(json_get(f, "remedies"), 0), "fixer"), "python/black");
	assert_string_equal(json_text(at(json_get(f, "remedies"), 0), "tier"), "heal");
	assert_string_equal(json_text(at(json_get(f, "remedies"), 1), "tier"), "review");
	assert_int_equal(json_int(json_get(j, "tests"), "failed", -1), 12);
	assert_int_equal(cJSON_GetArraySize(json_get(json_get(j, "tests"), "failed_ids")), 12);
	assert_true(view_has(buf_view(&out), "\"confidence\":0.9,"));
}

/* Present, and null. */
static void assert_null_member(const cJSON *object, const char *name)
{
	const cJSON *member = cJSON_GetObjectItemCaseSensitive(object, name);

	assert_non_null(member);
	assert_true(cJSON_IsNull(member));
}

static void test_what_is_unknown_is_null(void **state)
{
	struct sample s;
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	sample_fill(&s, "x");
	s.d.job.name = s.d.job.os = NULL;
	s.d.failed_step.exit_code = -1;
	s.d.tests_known = false;
	s.d.failed_test_count = 0;
	JSON_AUTO *j = publish_analysis_json(&s.d, NULL);
	print_checked(&out, j);
	assert_null_member(json_get(j, "job"), "name");
	assert_null_member(json_get(j, "job"), "os");
	assert_null_member(json_get(j, "failed_step"), "exit_code");
	assert_null_member(json_get(j, "tests"), "passed");
	assert_null_member(json_get(j, "tests"), "errors");
	assert_int_equal(cJSON_GetArraySize(json_get(json_get(j, "tests"), "failed_ids")), 0);
	assert_null_member(at(json_get(j, "findings"), 1), "location");
	assert_null_member(at(json_get(j, "findings"), 1), "signature");
}

static void test_a_log_without_a_failure(void **state)
{
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	JSON_AUTO *j = publish_analysis_json(&(struct diagnosis){.source = {"a", 1, 1},
						     .job = {.started = CLOCK_UNKNOWN, .ended = CLOCK_UNKNOWN},
						     .conclusion = CONCLUSION_SUCCESS},
		NULL);
	print_checked(&out, j);
	assert_null_member(j, "primary");
	assert_null_member(j, "failed_step");
	assert_int_equal(cJSON_GetArraySize(json_get(j, "findings")), 0);
	assert_string_equal(json_text(j, "conclusion"), "success");
}

static void test_hostile_text_gives_valid_json(void **state)
{
	struct sample s;
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	sample_fill(&s, HOSTILE "\"\\\n\t\x01");
	JSON_AUTO *j = publish_analysis_json(&s.d, NULL);
	print_checked(&out, j);
	assert_false(view_has(buf_view(&out), "\x1b"));
	assert_false(view_has(buf_view(&out), "\n"));
}

static void test_secrets_do_not_leave(void **state)
{
	struct sample s;
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	sample_fill(&s, secret());
	JSON_AUTO *j = publish_analysis_json(&s.d, NULL);
	print_checked(&out, j);
	assert_no_secret(buf_view(&out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_contract),
		cmocka_unit_test(test_what_is_unknown_is_null),
		cmocka_unit_test(test_a_log_without_a_failure),
		cmocka_unit_test(test_hostile_text_gives_valid_json),
		cmocka_unit_test(test_secrets_do_not_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
