#include "attest/claim.h"

#include "attest/claim_internal.h"
#include "attest/trust.h"
#include "sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What another script writes: nothing but the words of the three checks. */
static const char plain[] =
	"{\"version\":\"1.0\",\"timestamp\":\"2026-11-18T09:14:03+01:00\",\"commit_sha\":\"" SAMPLE_COMMIT
	"\",\"branch\":\"main\",\"runner\":\"local\",\"checks\":{"
	"\"coverage\":{\"passed\":true,\"percentage\":87.5,\"threshold\":85},"
	"\"tests\":{\"passed\":true,\"total\":12,\"failed\":0,\"skipped\":2},"
	"\"linting\":{\"passed\":true,\"issues\":4}}}";

static void print(struct buf *out, const struct claim *r)
{
	JSON_AUTO *j = claim_json(r);

	json_print(out, j);
}

static void assert_read(struct claim *r, const char *text)
{
	struct err e = {0};

	if (claim_read(r, view_of(text), &e) != 0)
		fail_msg("refused: %s\n%s", e.text, text);
}

static void assert_refused(const char *text, const char *reason)
{
	struct claim r;
	struct err e = {0};

	memset(&r, 0x5a, sizeof(r));
	if (claim_read(&r, view_of(text), &e) == 0)
		fail_msg("accepted: %s", text);
	assert_int_equal(*(unsigned char *)&r, 0x5a); /* written only on success */
	if (!strstr(e.text, reason))
		fail_msg("%s\n  says: %s\n  not:  %s", text, e.text, reason);
}

/* The plain document with the first `from` made `to`. */
static void assert_change_refused(const char *from, const char *to, const char *reason)
{
	BUF_AUTO b = buf_new(BUF_PAGE);
	const char *at = strstr(plain, from);

	assert_non_null(at);
	buf_add(&b, plain, (size_t)(at - plain));
	buf_add_text(&b, to);
	buf_add_text(&b, at + strlen(from));
	assert_refused(buf_text(&b), reason);
}

static void test_what_is_written_is_read_as_it_was(void **state)
{
	struct claim good = sample_claim(), again;
	BUF_AUTO first = buf_new(BUF_PAGE);
	BUF_AUTO second = buf_new(BUF_PAGE);

	(void)state;
	print(&first, &good);
	assert_read(&again, buf_text(&first));
	print(&second, &again);
	assert_string_equal(buf_text(&first), buf_text(&second));
	assert_int_equal(again.timestamp, good.timestamp);
	assert_string_equal(again.coverage.modules[1].name, "cli");
	assert_true(again.passed && claim_complete(&again, NULL));
	claim_done(&again);
}

static void test_failures_are_carried(void **state)
{
	static const char *const ids[] = {"test_a::b", "test \"c\"", NULL};
	static struct claim_check checks[] = {{"tests", false, -1, true, 300, NULL}};
	struct claim bad = sample_claim(), again;
	BUF_AUTO text = buf_new(BUF_PAGE);

	(void)state;
	bad.tests.failed = 2;
	bad.tests.passed = bad.passed = false;
	bad.tests.failed_ids = ids;
	bad.checks = checks;
	bad.check_count = 1;
	bad.coverage.ran = false;
	print(&text, &bad);
	assert_read(&again, buf_text(&text));
	assert_false(again.passed || again.coverage.ran);
	assert_string_equal(again.tests.failed_ids[1], "test \"c\"");
	assert_null(again.tests.failed_ids[2]);
	assert_int_equal(again.checks[0].exit_code, -1);
	assert_true(again.checks[0].timed_out);
	claim_done(&again);
}

static void test_the_result_of_another_script_is_taken(void **state)
{
	struct claim r;
	BUF_AUTO missing = buf_new(BUF_LINE);

	(void)state;
	assert_read(&r, plain);
	assert_true(r.passed && r.tests.ran && r.coverage.ran && r.linting.ran);
	assert_int_equal(r.tests.total, 12);
	assert_int_equal(r.linting.issues, 4);
	assert_null(r.tree);
	assert_int_equal(r.expires, CLOCK_UNKNOWN);
	assert_false(claim_complete(&r, &missing));
	assert_string_equal(buf_text(&missing), "expires, tree, repository, nonce, config_digest");
	claim_done(&r);
}

static void test_passed_may_be_the_number_of_tests(void **state)
{
	struct claim r;
	BUF_AUTO b = buf_new(BUF_PAGE);

	(void)state;
	buf_add_text(&b, "{\"version\":\"1.0\",\"timestamp\":\"2026-11-18T09:14:03Z\",\"commit_sha\":\"" SAMPLE_COMMIT
			 "\",\"unknown\":[1,2,{}],\"checks\":{\"tests\":{\"passed\":9,\"total\":12,\"failed\":1,"
			 "\"skipped\":2},\"coverage\":null}}");
	assert_read(&r, buf_text(&b));
	assert_false(r.tests.passed || r.passed || r.coverage.ran);
	claim_done(&r);
	assert_change_refused("\"passed\":true,\"total\"", "\"passed\":11,\"total\"", "which is 10");
}

static void test_a_whole_that_contradicts_its_parts_is_refused(void **state)
{
	(void)state;
	assert_change_refused("\"failed\":0", "\"failed\":1", "`checks.tests.passed` is true, but 1 failed");
	assert_change_refused("\"skipped\":2", "\"skipped\":13", "`checks.tests.total` is less than");
	assert_change_refused("87.5", "84.9", "cannot have passed with 84.9 of 85 %");
}

static void test_passed_of_all_must_agree(void **state)
{
	struct claim r;
	BUF_AUTO b = buf_new(BUF_PAGE);

	(void)state;
	assert_change_refused("\"version\"", "\"passed\":true,\"runs\":[{\"name\":\"x\",\"passed\":false}],\"version\"",
		"`passed` is true, but a part");
	buf_addf(&b, "{\"passed\":false,%s", plain + 1); /* interrupted: allowed */
	assert_read(&r, buf_text(&b));
	assert_false(r.passed);
	claim_done(&r);
}

static void test_figures_out_of_range_are_refused(void **state)
{
	static const char *const counts[] = {
		"-1", "1.5", "\"3\"", "1e300", "1000000001", "true", "[0]", "{}", "-0.5", "1e999"};
	static const char *const percents[] = {"-1", "100.0001", "1e999", "\"87\"", "true", "[]", "-1e-9"};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		snprintf(text, sizeof(text), "\"total\":%s", counts[i]);
		assert_change_refused("\"total\":12", text, "checks.tests.total");
		snprintf(text, sizeof(text), "\"issues\":%s", counts[i]);
		assert_change_refused("\"issues\":4", text, "checks.linting.issues");
	}
	for (size_t i = 0; i < sizeof(percents) / sizeof(*percents); i++) {
		snprintf(text, sizeof(text), "\"percentage\":%s", percents[i]);
		assert_change_refused("\"percentage\":87.5", text, "checks.coverage.percentage");
		snprintf(text, sizeof(text), "\"threshold\":%s", percents[i]);
		assert_change_refused("\"threshold\":85", text, "checks.coverage.threshold");
	}
}

static void test_what_decides_is_read_strictly(void **state)
{
	(void)state;
	assert_change_refused("\"1.0\"", "\"1.1\"", "`version` is 1.1; only 1.0 is known");
	assert_change_refused("\"1.0\"", "1.0", "`version` is not text");
	assert_change_refused("2026-11-18T09:14:03+01:00", "2026-11-18", "`timestamp` is not a time");
	assert_change_refused("2026-11-18T09:14:03+01:00", "1763450043", "`timestamp` is not a time");
	assert_change_refused("2026-11-18T09:14:03+01:00", "2026-13-18T09:14:03Z", "`timestamp` is not a time");
	assert_change_refused(SAMPLE_COMMIT, "1111", "`commit_sha` is not the id");
	assert_change_refused(SAMPLE_COMMIT, "111111111111111111111111111111111111111G", "`commit_sha` is not the id");
	assert_change_refused(SAMPLE_COMMIT, "A111111111111111111111111111111111111111", "`commit_sha` is not the id");
	assert_change_refused("\"checks\":{", "\"checkz\":{", "`checks` is missing");
	assert_change_refused("\"version\"", "\"version\":\"1.0\",\"version\"", "twice");
	assert_change_refused("\"main\"", "\"ma\\u0000in\"", "NUL");
	assert_change_refused("\"main\"", "\"ma\\u202ein\"", "cannot be seen");
	assert_change_refused("\"main\"", "\"m\\u0430in\"", "look like others");
	assert_change_refused("\"main\"", "\"\"", "0 bytes");
	assert_change_refused("\"main\"", "\"main\",\"repository\":\"acme\"", "OWNER/NAME");
	assert_change_refused("\"main\"", "\"main\",\"nonce\":\"abc\"", "32 hexadecimal digits");
	assert_change_refused("\"main\"", "\"main\",\"expires\":\"2026-11-18T08:14:03Z\"", "`expires` is not behind");
	assert_change_refused("\"main\"", "\"main\",\"dirty\":1", "`dirty` is neither");
	assert_change_refused("\"main\"", "\"main\",\"submodules\":[\"a b\"]", "`submodules`");
	assert_refused("[]", "not a JSON object");
	assert_refused("", "not valid JSON");
	assert_refused("{\"version\":\"1.0\"", "not valid JSON");
}

static void test_lists_have_ceilings_and_no_name_twice(void **state)
{
	BUF_AUTO b = buf_new(BUF_PAGE);

	(void)state;
	buf_add_text(&b, "\"runs\":[");
	for (unsigned i = 0; i <= CLAIM_CHECKS_MAX; i++)
		buf_addf(&b, "%s{\"name\":\"c%u\",\"passed\":true}", i ? "," : "", i);
	buf_add_text(&b, "],\"version\"");
	assert_change_refused("\"version\"", buf_text(&b), "65 entries; at most 64");
	assert_change_refused("\"version\"",
		"\"runs\":[{\"name\":\"a\",\"passed\":true},{\"name\":\"a\",\"passed\":true}],\"version\"",
		"names the check a twice");
	assert_change_refused("\"threshold\":85",
		"\"modules\":[{\"name\":\"a\",\"percentage\":1},{\"name\":\"a\",\"percentage\":2}]", "names a twice");
	assert_change_refused("\"version\"", "\"runs\":[7],\"version\"", "an entry of `runs` is not an object");
	assert_change_refused("\"version\"", "\"runs\":{},\"version\"", "`runs` is not a list");
	assert_change_refused("\"version\"", "\"runs\":[{\"name\":\"a\",\"passed\":true,\"exit_code\":1}],\"version\"",
		"cannot have passed");
	assert_change_refused("\"failed\":0", "\"failed\":0,\"failed_ids\":[\"x\"]", "names 1 tests, but 0 failed");
}

static void test_ids_of_tests_are_tidied_and_limited(void **state)
{
	struct claim r;
	BUF_AUTO b = buf_new(BUF_PAGE);
	size_t n = 0;

	(void)state;
	buf_add_text(&b,
		"{\"version\":\"1.0\",\"timestamp\":\"2026-11-18T09:14:03Z\",\"commit_sha\":\"" SAMPLE_COMMIT
		"\",\"checks\":{\"tests\":{\"passed\":false,\"total\":300,\"failed\":300,\"failed_ids\":[\"a\\nb\"");
	for (int i = 0; i < 299; i++)
		buf_addf(&b, ",\"t%d\"", i);
	buf_add_text(&b, "]}}}");
	assert_read(&r, buf_text(&b));
	assert_string_equal(r.tests.failed_ids[0], "a b");
	while (r.tests.failed_ids[n])
		n++;
	assert_int_equal(n, CLAIM_FAILED_MAX);
	claim_done(&r);
}

static void test_names_that_deceive(void **state)
{
	static const char *const good[] = {
		"main", "feature/ünï-cödé", "исправить", "feature/исправить", "修复-bug", "fix/日本"};
	static const char *const bad[] = {"m\xd0\xb0in", "ma\xe2\x80\x8bin", "\xef\xbd\x8d\xef\xbd\x81in", "ma\nin",
		"a\xc2\xa0"
		"b",
		"\xe2\x80\xaemain",
		"\xf0\x9d\x90\xa6"
		"ain",
		"\xff",
		"ο"
		"wner",
		"\xe2\x84\xaa"
		"elvin"};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(claim_name_ok(view_of(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (claim_name_ok(view_of(bad[i])))
			fail_msg("taken: %s", bad[i]);
}

/* ---- the digest of a configuration ---------------------------------------------------------------------------- */

static void digest_of(const char *yaml, char ret[80])
{
	struct config c;
	struct err e = {0};

	if (config_parse(&c, view_of(yaml), "medic.yml", &e) != 0)
		fail_msg("%s", e.text);
	claim_config_digest(&c, ret);
	config_done(&c);
}

static void assert_digests(const char *a, const char *b, bool same)
{
	char first[80], second[80];

	digest_of(a, first);
	digest_of(b, second);
	assert_true(claim_digest_ok(view_of(first)));
	if ((strcmp(first, second) == 0) != same)
		fail_msg("%s:\n%s\n%s", same ? "differ" : "are the same", a, b);
}

static void test_the_same_meaning_has_the_same_digest(void **state)
{
	static const char base[] = "local:\n  checks: [{name: t, run: make, junit: r.xml}]\n"
				   "  thresholds: {coverage: 85}\n";

	(void)state;
	assert_digests(base,
		"# a comment\nversion: 1\nheal: {tier: review}\nlocal:\n  thresholds:\n    coverage: 85.0\n"
		"  audit_rate: 0.5\n  allowed_signers: keys\n  max_age: 3\n"
		"  checks:\n  - junit: \"r.xml\"\n    run: 'make'\n    name: t\n    timeout: 1800\n",
		true);
	assert_digests(
		base, "local:\n  checks: [{name: t, run: make, junit: r.xml}]\n  thresholds: {coverage: 84}\n", false);
	assert_digests(base, "local:\n  checks: [{name: t, run: [make], junit: r.xml}]\n  thresholds: {coverage: 85}\n",
		false); /* the same word: a shell line there, a program here */
}

static void test_another_meaning_has_another_digest(void **state)
{
	static const char *const others[] = {"{}", "{checks: [{name: t, run: make}]}",
		"{checks: [{name: u, run: make}]}", "{checks: [{name: t, run: make all}]}",
		"{checks: [{name: t, run: [make, all]}]}", "{checks: [{name: t, run: make, timeout: 5}]}",
		"{checks: [{name: t, run: make, junit: x}]}", "{checks: [{name: t, run: make, coverage: x}]}",
		"{checks: [{name: t, run: make},{name: u, run: make}]}",
		"{checks: [{name: u, run: make},{name: t, run: make}]}", "{thresholds: {coverage: 0}}",
		"{thresholds: {pass_rate: 0}}", "{thresholds: {lint: 0}}", "{require: [t]}",
		"{modules: [{path: a, coverage: 9}]}", "{modules: [{path: a, coverage: 8}]}",
		"{thresholds: {coverage: 90, pass_rate: 100}}"};
	char digests[sizeof(others) / sizeof(*others)][80], yaml[200];

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		snprintf(yaml, sizeof(yaml), "local: %s\n", others[i]);
		digest_of(yaml, digests[i]);
		for (size_t k = 0; k < i; k++)
			if (strcmp(digests[i], digests[k]) == 0)
				fail_msg("%s and %s have one digest", others[i], others[k]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_written_is_read_as_it_was),
		cmocka_unit_test(test_failures_are_carried),
		cmocka_unit_test(test_the_result_of_another_script_is_taken),
		cmocka_unit_test(test_passed_may_be_the_number_of_tests),
		cmocka_unit_test(test_a_whole_that_contradicts_its_parts_is_refused),
		cmocka_unit_test(test_passed_of_all_must_agree),
		cmocka_unit_test(test_figures_out_of_range_are_refused),
		cmocka_unit_test(test_what_decides_is_read_strictly),
		cmocka_unit_test(test_lists_have_ceilings_and_no_name_twice),
		cmocka_unit_test(test_ids_of_tests_are_tidied_and_limited),
		cmocka_unit_test(test_names_that_deceive),
		cmocka_unit_test(test_the_same_meaning_has_the_same_digest),
		cmocka_unit_test(test_another_meaning_has_another_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
