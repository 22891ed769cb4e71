#include "attest/statement.h"

#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void print(struct buf *out, const struct claim *r)
{
	JSON_AUTO *j = statement_json(r, SAMPLE_REPOSITORY, SAMPLE_SERVER);

	json_print(out, j);
}

static void assert_change_refused(const char *from, const char *to, const char *reason)
{
	struct claim r = sample_claim();
	struct statement s;
	struct err e = {0};
	BUF_AUTO text = buf_new(BUF_PAGE);
	BUF_AUTO changed = buf_new(BUF_PAGE);
	const char *at;

	print(&text, &r);
	at = strstr(buf_text(&text), from);
	if (!at)
		fail_msg("%s is not in %s", from, buf_text(&text));
	buf_add(&changed, text.p, (size_t)(at - text.p));
	buf_add_text(&changed, to);
	buf_add_text(&changed, at + strlen(from));
	memset(&s, 0x5a, sizeof(s));
	if (statement_read(&s, buf_view(&changed), &e) == 0)
		fail_msg("accepted: %s", buf_text(&changed));
	assert_int_equal(*(unsigned char *)&s, 0x5a);
	if (!strstr(e.text, reason))
		fail_msg("%s -> %s\n  says: %s\n  not:  %s", from, to, e.text, reason);
}

static void test_a_statement_is_what_the_specification_wants(void **state)
{
	struct claim r = sample_claim();
	JSON_AUTO *j = statement_json(&r, SAMPLE_REPOSITORY, SAMPLE_SERVER);
	const cJSON *subject = json_get(j, "subject"), *predicate = json_get(j, "predicate");

	(void)state;
	assert_string_equal(json_text(j, "_type"), "https://in-toto.io/Statement/v1");
	assert_string_equal(json_text(j, "predicateType"), "https://in-toto.io/attestation/test-result/v0.1");
	assert_int_equal(cJSON_GetArraySize(subject), 1);
	assert_string_equal(json_text(subject->child, "name"), "git+https://github.com/acme/widgets");
	assert_string_equal(json_text(json_get(subject->child, "digest"), "gitCommit"), SAMPLE_COMMIT);
	assert_string_equal(json_text(json_get(subject->child, "digest"), "gitTree"), SAMPLE_TREE);
	assert_string_equal(json_text(predicate, "result"), "PASSED");
	assert_string_equal(json_text(json_get(json_get(predicate, "configuration")->child, "digest"), "sha256"),
		&SAMPLE_DIGEST[7]);
}

static void test_what_is_written_is_read(void **state)
{
	struct claim r = sample_claim();
	struct statement s;
	struct err e = {0};
	BUF_AUTO text = buf_new(BUF_PAGE);

	(void)state;
	print(&text, &r);
	assert_int_equal(statement_read(&s, buf_view(&text), &e), 0);
	assert_string_equal(s.subject_repository, SAMPLE_REPOSITORY);
	assert_string_equal(s.subject_commit, SAMPLE_COMMIT);
	assert_string_equal(s.subject_tree, SAMPLE_TREE);
	assert_int_equal(s.claim.tests.total, 120);
	statement_done(&s);
	statement_done(&s);
}

static void test_a_failed_result_names_its_tests_twice(void **state)
{
	static const char *const ids[] = {"a::b", "c", NULL};
	static const char *const contradictions[][2] = {{"\"failedTests\":[\"a::b\",\"c\"]", "\"failedTests\":[]"},
		{"\"failedTests\":[\"a::b\",\"c\"]", "\"failedTests\":[\"c\",\"a::b\"]"}, {"\"FAILED\"", "\"PASSED\""},
		{"\"failed_ids\":[\"a::b\",\"c\"]", "\"failed_ids\":[\"c\"]"}};
	struct claim r = sample_claim();
	struct statement s;
	struct err e = {0};
	BUF_AUTO text = buf_new(BUF_PAGE);

	(void)state;
	r.tests.failed = 2;
	r.tests.failed_ids = ids;
	r.tests.passed = r.passed = false;
	print(&text, &r);
	assert_int_equal(statement_read(&s, buf_view(&text), &e), 0);
	assert_string_equal(s.claim.tests.failed_ids[1], "c");
	statement_done(&s);
	for (size_t i = 0; i < sizeof(contradictions) / sizeof(*contradictions); i++) {
		BUF_AUTO changed = buf_new(BUF_PAGE);
		const char *at = strstr(buf_text(&text), contradictions[i][0]);

		assert_non_null(at);
		buf_add(&changed, text.p, (size_t)(at - text.p));
		buf_add_text(&changed, contradictions[i][1]);
		buf_add_text(&changed, at + strlen(contradictions[i][0]));
		assert_int_equal(statement_read(&s, buf_view(&changed), &e), -1);
	}
}

static void test_types_and_subjects(void **state)
{
	(void)state;
	assert_change_refused("Statement/v1", "Statement/v0.1", "`_type` is https://in-toto.io/Statement/v0.1");
	assert_change_refused("test-result/v0.1", "test-result/v0.2", "`predicateType` is");
	assert_change_refused("\"_type\"", "\"type\"", "take the key");
	assert_change_refused("\"gitCommit\":\"1", "\"gitCommit\":\"2", "not that of the result");
	assert_change_refused("\"gitTree\":\"2", "\"gitTree\":\"1", "not that of the result");
	assert_change_refused("github.com/acme/widgets", "github.com/acme/other", "another repository");
	assert_change_refused("git+https", "https", "is not git+SERVER");
	assert_change_refused("\"subject\":[", "\"subject\":[{},", "exactly one object");
	assert_change_refused("\"digest\":{", "\"uri\":\"x\",\"digest\":{", "the subject is not a name with");
	assert_change_refused("\"gitCommit\"", "\"sha1\":\"x\",\"gitCommit\"", "the subject is not a name with");
	assert_change_refused("\"sha256\":\"3", "\"sha256\":\"4", "configuration is not that of the result");
	assert_change_refused("\"PASSED\"", "\"WARNED\"", "contradicts");
	assert_change_refused("\"passedTests\":[]", "\"passedTests\":[\"x\"]", "lists passed or warned tests");
}

static void test_keys_that_others_read_otherwise(void **state)
{
	(void)state;
	assert_change_refused("\"subject\"", "\"Subject\":[],\"subject\"", "take the key");
	assert_change_refused("\"subject\"", "\"predicate_type\":\"x\",\"subject\"", "take the key");
	assert_change_refused("\"subject\"", "\"\xc5\xbfubject\":[],\"subject\"", "not plain");
	assert_change_refused("\"dirty\"", "\"Dirty\":true,\"dirty\"", "take the key");
	assert_change_refused("\"dirty\"", "\"dirty\":true,\"dirty\"", "twice");
	assert_change_refused("\"commit_sha\"", "\"commitSha\":\"x\",\"commit_sha\"", "take the key");
}

static void test_all_must_be_said(void **state)
{
	(void)state;
	assert_change_refused("\"dirty\":false,", "", "`dirty` is missing");
	assert_change_refused("\"dirty\":false,", "\"dirty\":null,", "must be said");
	assert_change_refused("\"untracked\":0,", "", "`untracked` is missing");
	assert_change_refused("\"selection\":null,", "", "`selection` is missing");
	assert_change_refused("\"nonce\":\"" SAMPLE_NONCE "\"", "\"nonce\":null", "lacks nonce");
	assert_change_refused("\"runmedic\":{", "\"other\":{", "no result of runmedic");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_statement_is_what_the_specification_wants),
		cmocka_unit_test(test_what_is_written_is_read),
		cmocka_unit_test(test_a_failed_result_names_its_tests_twice),
		cmocka_unit_test(test_types_and_subjects),
		cmocka_unit_test(test_keys_that_others_read_otherwise),
		cmocka_unit_test(test_all_must_be_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
