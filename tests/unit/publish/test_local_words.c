/* The words of a verdict: whatever a claim holds, none of it is markup, and the right state stands there. */
#include "base/clock.h"
#include "publish/local_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const failed[] = {"tests/a_test.py::test_<b>x</b>", "../../etc/passwd::x", "Class.method", NULL};
static const struct publish_local_figure figures[] = {
	{"Coverage | of @everyone", "79.9 %", "80 %", FIGURE_BAD}, {"Age", "5 s", NULL, FIGURE_TOLD}};

static struct publish_local rejected(void)
{
	return (struct publish_local){.name = "runmedic / local CI",
		.head_sha = "0123456789012345678901234567890123456789",
		.state = LOCAL_REJECTED,
		.reason = "coverage",
		.says = "coverage is 79.9 % <script> [x](http://evil.example) #12",
		.principal = "ann@example.org",
		.made = 0,
		.expires = CLOCK_UNKNOWN,
		.figures = figures,
		.figure_count = 2,
		.failed_ids = failed};
}

static void nothing_becomes_markup(void **state)
{
	struct publish_local l = rejected();
	BUF_AUTO out = buf_new(PUBLISH_TEXT_MAX);

	(void)state;
	publish_local_summary(&out, &l);
	assert_null(strstr(buf_text(&out), "<script>"));
	assert_null(strstr(buf_text(&out), "<b>"));
	assert_null(strstr(buf_text(&out), "@everyone"));
	assert_null(strstr(buf_text(&out), "[x](http"));
	assert_non_null(strstr(buf_text(&out), "| **no** |"));
	assert_non_null(strstr(buf_text(&out), "A signature proves"));
}

static void a_check_annotates_files_only(void **state)
{
	struct publish_local l = rejected();
	struct publish_check c;

	(void)state;
	publish_local_check(&c, &l);
	assert_string_equal(c.conclusion, "failure");
	assert_int_equal(c.annotations, 1);
	const cJSON *notes = json_get(cJSON_GetArrayItem(c.outputs, 0), "annotations");
	assert_int_equal(cJSON_GetArraySize(notes), 1);
	assert_string_equal(json_text(notes->child, "path"), "tests/a_test.py");
	publish_check_done(&c);
}

static void every_state_has_its_status(void **state)
{
	static const char *const wanted[] = {"success", "failure", "pending", "error"};
	struct publish_local l = rejected();

	(void)state;
	for (int i = LOCAL_TRUSTED; i <= LOCAL_TROUBLE; i++) {
		struct publish_status s;
		struct publish_check c;

		l.state = (enum publish_local_state)i;
		publish_local_status(&s, &l);
		publish_local_check(&c, &l);
		assert_string_equal(s.state, wanted[i]);
		assert_true(strlen(s.description) <= PUBLISH_DESCRIPTION_MAX);
		assert_string_equal(c.conclusion, i == LOCAL_TRUSTED ? "success" : "failure");
		publish_status_done(&s);
		publish_check_done(&c);
	}
}

static void json_says_it_too(void **state)
{
	struct publish_local l = rejected();
	JSON_AUTO *j = publish_local_json(&l);

	(void)state;
	assert_string_equal(json_text(j, "schema"), "runmedic.verify/1");
	assert_false(json_bool(j, "trusted", true));
	assert_string_equal(json_text(j, "reason"), "coverage");
	assert_int_equal(cJSON_GetArraySize(json_get(j, "figures")), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_becomes_markup),
		cmocka_unit_test(a_check_annotates_files_only), cmocka_unit_test(every_state_has_its_status),
		cmocka_unit_test(json_says_it_too)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
