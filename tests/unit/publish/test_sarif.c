#include "publish_testing.h"

static cJSON *document(const struct diagnosis *d, struct buf *out)
{
	cJSON *results = json_array();

	publish_sarif_add(results, d);
	cJSON *j = publish_sarif_document(results, "1.2.3");
	*out = buf_new(BUF_PAGE);
	print_checked(out, j);
	return j;
}

static const cJSON *run_of(const cJSON *j)
{
	return at(json_get(j, "runs"), 0);
}

static const cJSON *result_of(const cJSON *j, int i)
{
	return at(json_get(run_of(j), "results"), i);
}

static void test_the_shape_of_2_1_0(void **state)
{
	struct sample s;
	BUF_AUTO out = {0};

	(void)state;
	sample_fill(&s, "src/a.c");
	JSON_AUTO *j = document(&s.d, &out);
	assert_string_equal(json_text(j, "version"), "2.1.0");
	assert_non_null(json_text(j, "$schema"));
	assert_int_equal(cJSON_GetArraySize(json_get(j, "runs")), 1);
	const cJSON *driver = json_get(json_get(run_of(j), "tool"), "driver");
	assert_string_equal(json_text(driver, "name"), "runmedic");
	assert_string_equal(json_text(driver, "version"), "1.2.3");
	const cJSON *r = result_of(j, 0);
	assert_string_equal(json_text(r, "ruleId"), "own/one");
	assert_string_equal(json_text(r, "level"), "error");
	assert_string_equal(json_text(json_get(r, "message"), "text"), "src/a.c");
	const cJSON *place = json_get(at(json_get(r, "locations"), 0), "physicalLocation");
	assert_string_equal(json_text(json_get(place, "artifactLocation"), "uri"), "src/a.c");
	assert_int_equal(json_int(json_get(place, "region"), "startLine", -1), 7);
	assert_int_equal(json_int(json_get(place, "region"), "startColumn", -1), 3);
	assert_string_equal(json_text(json_get(r, "partialFingerprints"), "runmedicSignature/v1"), "1:0011");
}

static void test_what_is_unknown_is_absent(void **state)
{
	struct sample s;
	BUF_AUTO out = {0};

	(void)state;
	sample_fill(&s, "src/a.c");
	s.findings[0].location.line = 0;
	JSON_AUTO *j = document(&s.d, &out);
	assert_null(json_get(json_get(at(json_get(result_of(j, 0), "locations"), 0), "physicalLocation"), "region"));
	assert_int_equal(cJSON_GetArraySize(json_get(result_of(j, 1), "locations")), 0);
	assert_null(json_get(result_of(j, 1), "partialFingerprints"));
	assert_string_equal(json_text(result_of(j, 1), "level"), "warning");
}

static void test_each_rule_once(void **state)
{
	struct sample s;

	(void)state;
	sample_fill(&s, "x");
	cJSON *results = json_array();
	publish_sarif_add(results, &s.d);
	publish_sarif_add(results, &s.d);
	JSON_AUTO *j = publish_sarif_document(results, "1");
	const cJSON *rules = json_get(json_get(json_get(run_of(j), "tool"), "driver"), "rules");
	assert_int_equal(cJSON_GetArraySize(json_get(run_of(j), "results")), 4);
	assert_int_equal(cJSON_GetArraySize(rules), 2);
	assert_string_equal(json_text(at(rules, 0), "id"), "own/one");
}

static void test_levels(void **state)
{
	struct sample s;
	BUF_AUTO out = {0};

	(void)state;
	sample_fill(&s, "x");
	s.findings[0].severity = SEVERITY_INFO;
	JSON_AUTO *j = document(&s.d, &out);
	assert_string_equal(json_text(result_of(j, 0), "level"), "note");
}

static void check_uri(const char *path, const char *expected)
{
	struct sample s;
	BUF_AUTO out = {0};

	sample_fill(&s, "x");
	s.findings[0].location.path = path;
	JSON_AUTO *j = document(&s.d, &out);
	const cJSON *locations = json_get(result_of(j, 0), "locations");
	if (!expected) {
		assert_int_equal(cJSON_GetArraySize(locations), 0);
		return;
	}
	const cJSON *place = json_get(at(locations, 0), "physicalLocation");
	assert_string_equal(json_text(json_get(place, "artifactLocation"), "uri"), expected);
}

static void test_paths_become_relative_uris(void **state)
{
	(void)state;
	check_uri("src/My File.cs", "src/My%20File.cs");
	check_uri("app/[id]/100%#?.tsx", "app/%5Bid%5D/100%25%23%3F.tsx");
	check_uri("\xc3\xa4.c", "%C3%A4.c");
}

static void test_places_outside_the_repository_are_left_out(void **state)
{
	(void)state;
	check_uri("/usr/include/stdio.h", NULL);
	check_uri("../other/a.c", NULL);
	check_uri("C:\\x\\a.c", NULL);
	check_uri("https://x.example/a.js", NULL);
	check_uri("a/../../b", NULL);
	check_uri("", NULL);
}

static void test_no_results(void **state)
{
	BUF_AUTO out = {0};

	(void)state;
	JSON_AUTO *j = document(&(struct diagnosis){0}, &out);
	assert_int_equal(cJSON_GetArraySize(json_get(run_of(j), "results")), 0);
}

static void test_hostile_text_and_secrets(void **state)
{
	struct sample s;
	BUF_AUTO out = {0};
	BUF_AUTO kept = {0};

	(void)state;
	sample_fill(&s, HOSTILE);
	JSON_AUTO *j = document(&s.d, &out);
	assert_printable(view_of(json_text(json_get(result_of(j, 0), "message"), "text")));
	sample_fill(&s, secret());
	JSON_AUTO *k = document(&s.d, &kept);
	assert_no_secret(buf_view(&kept));
	assert_non_null(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_shape_of_2_1_0),
		cmocka_unit_test(test_what_is_unknown_is_absent),
		cmocka_unit_test(test_each_rule_once),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_paths_become_relative_uris),
		cmocka_unit_test(test_places_outside_the_repository_are_left_out),
		cmocka_unit_test(test_no_results),
		cmocka_unit_test(test_hostile_text_and_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
