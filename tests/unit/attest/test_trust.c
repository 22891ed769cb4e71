/* Every way to be believed and not, from one good result. The table of tampering is test_trust_tampering.c. */
#include "scene.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

static void assert_verdict(const struct scene *s, struct view envelope, const char *reason, const char *says)
{
	ARENA_AUTO a = {0};
	struct trust_verdict v;

	trust_judge(&v, envelope, &s->facts, &a);
	if (strcmp(trust_reason_name(v.reason), reason) != 0 || !strstr(v.says, says))
		fail_msg("%s: %s\n   not: %s: %s", trust_reason_name(v.reason), v.says, reason, says);
	assert_int_equal(v.trusted, v.reason == TRUST_ACCEPTED);
	statement_done(&v.statement);
}

/* By ann, of the claim as it stands in the scene. */
static void assert_claim(const struct scene *s, const char *reason, const char *says)
{
	BUF_AUTO payload = buf_new(BUF_PAGE);
	BUF_AUTO envelope = buf_new(BUF_FILE);

	scene_statement(&payload, &s->claim);
	scene_sign(&envelope, buf_view(&payload), STATEMENT_PAYLOAD_TYPE, s->ann);
	assert_verdict(s, buf_view(&envelope), reason, says);
}

static void assert_signer(const struct scene *s, const struct signing_key *k, const char *reason, const char *says)
{
	const struct scene_ssh ssh = {k, SSHSIG_NAMESPACE, "sha512", NULL, NULL, 1};
	BUF_AUTO payload = buf_new(BUF_PAGE);
	BUF_AUTO plain = buf_new(BUF_FILE);
	BUF_AUTO armoured = buf_new(BUF_FILE);

	scene_statement(&payload, &s->claim);
	scene_sign(&plain, buf_view(&payload), STATEMENT_PAYLOAD_TYPE, k);
	assert_verdict(s, buf_view(&plain), reason, says);
	scene_sign_ssh(&armoured, buf_view(&payload), &ssh);
	assert_verdict(s, buf_view(&armoured), reason, says);
}

static void test_a_good_result_is_believed_in_both_forms(void **state)
{
	struct scene s;

	(void)state;
	scene_new(&s);
	assert_signer(&s, s.ann, "accepted",
		"signed by ann@example.org: 120 tests with 0 failed, coverage 87.25 %, 0 lint issues, 2 checks");
	scene_free(&s);
}

static void test_who_signed_is_told_also_where_it_is_refused(void **state)
{
	ARENA_AUTO a = {0};
	BUF_AUTO payload = buf_new(BUF_PAGE);
	BUF_AUTO envelope = buf_new(BUF_FILE);
	struct trust_verdict v;
	struct scene s;

	(void)state;
	scene_new(&s);
	s.facts.commit = SAMPLE_TREE;
	scene_statement(&payload, &s.claim);
	scene_sign(&envelope, buf_view(&payload), STATEMENT_PAYLOAD_TYPE, s.ann);
	trust_judge(&v, buf_view(&envelope), &s.facts, &a);
	assert_int_equal(v.reason, TRUST_COMMIT);
	assert_string_equal(v.principal, "ann@example.org");
	assert_true(strncmp(v.fingerprint, "SHA256:", 7) == 0 && v.has_statement);
	assert_int_equal(v.statement.claim.tests.total, 120);
	statement_done(&v.statement);
	scene_free(&s);
}

static void test_who_may_sign(void **state)
{
	struct scene s;

	(void)state;
	scene_new(&s);
	assert_signer(&s, s.stranger, "unknown-key", "");
	assert_signer(&s, s.git, "namespace", "not for the namespace runmedic");
	assert_signer(&s, s.gone, "revoked-key", "is revoked");
	assert_signer(&s, s.old, "key-not-valid-now", "only until 2026-11-01");
	assert_signer(&s, s.later, "key-not-valid-now", "only from 2026-12-01");
	assert_signer(&s, s.bob, "signer-not-for-branch", "not for the branch main");
	s.facts.branch = "release-2";
	assert_signer(&s, s.bob, "accepted", "bob@example.org");
	s.facts.branch = NULL;
	assert_signer(&s, s.bob, "signer-not-for-branch", "");
	assert_signer(&s, s.ann, "accepted", "");
	s.facts.signers = &s.nobody;
	assert_signer(&s, s.ann, "no-allowed-signers", "is empty");
	s.facts.signers = NULL;
	assert_signer(&s, s.ann, "no-allowed-signers", "is missing");
	scene_free(&s);
}

static void test_keys_are_rotated_in_between(void **state)
{
	int64_t end;
	struct scene s;

	(void)state;
	scene_new(&s);
	clock_parse(VIEW("2026-11-01T00:00:00Z"), &end);
	s.claim.timestamp = end - 3600 * CLOCK_SECOND;
	s.claim.expires = end + 3600 * CLOCK_SECOND;
	s.facts.now = end - CLOCK_SECOND;
	assert_signer(&s, s.old, "accepted", "");
	s.facts.now = end + 2 * CLOCK_SECOND; /* made while it was valid, looked at later */
	assert_signer(&s, s.old, "key-not-valid-now", "");
	scene_free(&s);
}

static void test_nothing_and_nonsense(void **state)
{
	struct scene s;

	(void)state;
	scene_new(&s);
	assert_verdict(&s, VIEW(""), "no-result", "nobody has posted");
	assert_verdict(&s, VIEW(" \n"), "no-result", "");
	assert_verdict(&s, VIEW("{}"), "malformed", "");
	assert_verdict(&s, VIEW("null"), "malformed", "");
	assert_verdict(&s, VIEW("\xff\xfe"), "malformed", "");
	scene_free(&s);
}

static void test_times_and_their_edges(void **state)
{
	struct scene s;

	(void)state;
	scene_new(&s);
	const int64_t made = s.claim.timestamp, end = s.claim.expires;

	s.facts.now = made - TRUST_SKEW;
	assert_claim(&s, "accepted", "");
	s.facts.now = made - TRUST_SKEW - CLOCK_SECOND;
	assert_claim(&s, "from-the-future", "made 5 min 1 s in the future");
	s.facts.now = end - 1;
	assert_claim(&s, "accepted", "");
	s.facts.now = end;
	assert_claim(&s, "expired", "at 2026-11-19T09:00:00Z");
	s.facts.now = CLOCK_UNKNOWN;
	assert_claim(&s, "expired", "not known");
	s.facts.now = made;
	s.claim.expires = made + CLAIM_LIFE_MAX;
	assert_claim(&s, "accepted", "");
	s.claim.expires += CLOCK_SECOND;
	assert_claim(&s, "lives-too-long", "7 d");
	scene_free(&s);
}

static void test_thresholds_of_a_configuration(void **state)
{
	static const char yaml[] = "local:\n  checks: [{name: a, run: x}, {name: b, run: y}]\n"
				   "  thresholds: {coverage: 85, lint: 3}\n  max_age: 2\n  require: [b]\n"
				   "  modules: [{path: core, coverage: 90}]\n";
	struct trust_thresholds need;
	struct config c;
	struct err e = {0};
	ARENA_AUTO a = {0};

	(void)state;
	assert_int_equal(config_parse(&c, view_of(yaml), "medic.yml", &e), 0);
	trust_thresholds_of(&need, &c, &a);
	assert_true(need.coverage == 85 && need.pass_rate < 0 && need.lint == 3);
	assert_int_equal(need.max_age, 2 * 3600 * CLOCK_SECOND);
	assert_true(need.require_count == 1 && strcmp(need.require[0], "b") == 0);
	assert_true(need.module_count == 1 && need.modules[0].coverage == 90);
	config_done(&c);
	config_defaults(&c);
	trust_thresholds_of(&need, &c, &a);
	assert_true(need.coverage < 0 && need.lint < 0 && need.require_count == 0 && need.module_count == 0);
	assert_int_equal(need.max_age, CLOCK_DAY);
	config_done(&c);
}

static void test_the_most_age(void **state)
{
	struct trust_thresholds need;
	struct scene s;
	ARENA_AUTO a = {0};

	(void)state;
	scene_new(&s);
	trust_thresholds_of(&need, &s.config, &a);
	need.max_age = 3600 * CLOCK_SECOND;
	s.facts.thresholds = &need;
	s.facts.now = s.claim.timestamp + need.max_age;
	assert_claim(&s, "accepted", "");
	s.facts.now += CLOCK_SECOND;
	assert_claim(&s, "expired", "1 h 0 min is the most");
	scene_free(&s);
}

static void test_a_queue_of_merges_asks_for_the_tree_alone(void **state)
{
	struct scene s;

	(void)state;
	scene_new(&s);
	s.facts.merge_group = true;
	s.facts.commit = "9999999999999999999999999999999999999999";
	assert_claim(&s, "accepted", "");
	s.facts.tree = "9999999999999999999999999999999999999999";
	assert_claim(&s, "other-tree", "which the queue would merge");
	s.facts.tree = NULL;
	assert_claim(&s, "other-tree", "not of unknown");
	scene_free(&s);
}

static bool seen(void *context, const char *nonce, const char *commit)
{
	assert_string_equal(nonce, SAMPLE_NONCE);
	return strcmp(context, commit) != 0;
}

static void test_a_nonce_is_for_one_commit(void **state)
{
	char same[] = SAMPLE_COMMIT, other[] = SAMPLE_TREE;
	struct scene s;

	(void)state;
	scene_new(&s);
	s.facts.seen = seen;
	s.facts.context = same;
	assert_claim(&s, "accepted", "");
	s.facts.context = other;
	assert_claim(&s, "replayed", SAMPLE_NONCE);
	scene_free(&s);
}

static void test_the_configuration_is_that_of_the_base(void **state)
{
	struct scene s;

	(void)state;
	scene_new(&s);
	s.facts.config_digest = SAMPLE_DIGEST;
	assert_claim(&s, "other-configuration", "(sha256:333333333333)");
	s.facts.config_digest = NULL;
	s.claim.config_digest = SAMPLE_DIGEST;
	assert_claim(&s, "other-configuration", "");
	s.facts.config_digest = SAMPLE_DIGEST;
	assert_claim(&s, "accepted", "");
	s.facts.config = NULL;
	assert_claim(&s, "other-configuration", "not known");
	scene_free(&s);
}

static void test_figures_decide_and_are_told(void **state)
{
	static const char *const ids[] = {"test_a", "test_b", NULL};
	struct scene s;

	(void)state;
	scene_new(&s);
	s.claim.coverage.percentage = 84.9999;
	s.claim.coverage.threshold = 80;
	assert_claim(&s, "coverage", "coverage 84.99 % is below 85 %");
	s.claim.coverage.percentage = 85;
	assert_claim(&s, "accepted", "");
	s.claim.coverage.passed = s.claim.passed = false;
	assert_claim(&s, "coverage", "by the result itself");
	s.claim = sample_claim();
	s.claim.config_digest = s.digest;
	s.claim.tests.failed = 2;
	s.claim.tests.passed = s.claim.passed = false;
	s.claim.tests.failed_ids = ids;
	assert_claim(&s, "tests-failed", "2 of 120 tests failed: test_a, test_b");
	s.claim.tests.failed = 0;
	s.claim.tests.failed_ids = NULL;
	assert_claim(&s, "checks-failed", "none of 120 is counted as failed");
	s.claim.tests.passed = true;
	assert_claim(&s, "checks-failed", "the result itself says");
	s.claim.linting.passed = false;
	assert_claim(&s, "lint-issues", "linting did not pass, with 0 issues");
	scene_free(&s);
}

static void test_failed_checks(void **state)
{
	struct claim_check checks[] = {{"tests", false, 2, false, 12, NULL}, {"lint", false, -1, true, 300, NULL}};
	struct scene s;

	(void)state;
	scene_new(&s);
	s.claim.checks = checks;
	s.claim.passed = false;
	assert_claim(&s, "checks-failed", "2 of 2 checks failed: `tests` (exit 2), `lint` (stopped after its time)");
	checks[1] = (struct claim_check){"lint", true, 0, false, 1, NULL};
	s.claim.tests.failed = 1;
	s.claim.tests.passed = false;
	assert_claim(&s, "tests-failed", "1 of 120 tests failed"); /* why it ended with 2 is known */
	checks[0].exit_code = -1;
	assert_claim(&s, "checks-failed", "`tests` (did not end by itself)");
	scene_free(&s);
}

static void test_a_pass_rate_below_100_allows_failures(void **state)
{
	struct claim_check checks[] = {{"tests", false, 1, false, 12, NULL}, {"lint", true, 0, false, 1, NULL}};
	struct trust_thresholds need;
	struct scene s;
	ARENA_AUTO a = {0};

	(void)state;
	scene_new(&s);
	trust_thresholds_of(&need, &s.config, &a);
	need.pass_rate = 99;
	s.facts.thresholds = &need;
	s.claim.checks = checks;
	s.claim.passed = s.claim.tests.passed = false;
	s.claim.tests.failed = 1; /* of 117 that ran: 99.145 % */
	assert_claim(&s, "accepted", "120 tests with 1 failed");
	s.claim.tests.failed = 2;
	assert_claim(&s, "pass-rate", "pass rate 98.29 % is below 99 %: 2 of 117 tests failed");
	s.claim.tests.failed = 0;
	s.claim.tests.skipped = 120;
	s.claim.tests.passed = true;
	checks[0] = (struct claim_check){"tests", true, 0, false, 1, NULL};
	s.claim.passed = true;
	assert_claim(&s, "pass-rate", "no test ran (120 skipped)");
	scene_free(&s);
}

static void test_what_is_demanded_must_have_run(void **state)
{
	static const char *const names[] = {"tests", "e2e"};
	struct trust_thresholds need;
	struct scene s;
	ARENA_AUTO a = {0};

	(void)state;
	scene_new(&s);
	trust_thresholds_of(&need, &s.config, &a);
	s.claim.coverage.ran = false;
	assert_claim(&s, "checks-missing", "coverage was not measured; 85 % are demanded");
	s.claim.coverage.ran = true;
	s.claim.check_count = 1;
	assert_claim(&s, "checks-missing", "the check `lint` did not run");
	s.claim.check_count = 0;
	s.claim.tests.ran = false;
	assert_claim(&s, "checks-missing", "the check `tests` did not run");
	s.facts.thresholds = &need;
	need.require = names;
	s.claim.tests.ran = true;
	assert_claim(&s, "checks-missing", "`e2e` did not run");
	need.require_count = 1;
	assert_claim(&s, "accepted", ""); /* the word of the three stands for the check */
	need.require_count = 0;
	s.claim.tests.ran = false;
	assert_claim(&s, "checks-missing", "a pass rate of 100 % is demanded");
	need = (struct trust_thresholds){.coverage = -1, .pass_rate = -1, .lint = -1, .max_age = -1};
	assert_claim(&s, "checks-missing", "neither checks nor thresholds");
	scene_free(&s);
}

static void test_modules_and_lint(void **state)
{
	static const struct trust_module modules[] = {{"core", 90}, {"cli", 84.5}, {"net", 10}};
	struct claim_check checks[] = {{"tests", true, 0, false, 12, NULL}, {"lint", false, 1, false, 1, NULL}};
	struct trust_thresholds need;
	struct scene s;
	ARENA_AUTO a = {0};

	(void)state;
	scene_new(&s);
	trust_thresholds_of(&need, &s.config, &a);
	s.facts.thresholds = &need;
	need.modules = modules;
	need.module_count = 1;
	assert_claim(&s, "accepted", "");
	need.module_count = 2;
	assert_claim(&s, "module-coverage", "coverage of cli, 84 %, is below 84.5 %");
	need.modules = modules + 2;
	need.module_count = 1;
	assert_claim(&s, "module-coverage", "no coverage is given for net; 10 % are demanded");
	need.module_count = 0;
	need.lint = 5;
	s.claim.checks = checks;
	s.claim.linting.issues = 5;
	s.claim.linting.passed = s.claim.passed = false;
	assert_claim(&s, "accepted", "5 lint issues");
	s.claim.linting.issues = 6;
	assert_claim(&s, "lint-issues", "6 lint issues; at most 5 are allowed");
	s.claim.linting.ran = false;
	checks[1] = (struct claim_check){"lint", true, 0, false, 1, NULL};
	assert_claim(&s, "checks-missing", "linting did not run");
	scene_free(&s);
}

static void test_spot_audits_and_who_was_caught(void **state)
{
	struct scene s;

	(void)state;
	scene_new(&s);
	s.config.local.audit_rate = 1;
	assert_claim(&s, "accepted", "");
	s.facts.audit_secret = "secret";
	assert_claim(&s, "spot-audit", "as 100 % of all results are");
	s.config.local.audit_rate = 0;
	assert_claim(&s, "accepted", "");
	s.config.local.audit_rate = 0.05;
	s.facts.audit_secret = "";
	assert_claim(&s, "spot-audit", "empty secret");
	s.facts.flagged = true;
	assert_claim(&s, "signer-flagged", "run again in full");
	s.claim.dirty = true; /* what is wrong with it is said first */
	assert_claim(&s, "dirty-tree", "");
	scene_free(&s);
}

static void print_verdict(struct buf *out, const struct scene *s, const struct signing_key *k)
{
	ARENA_AUTO a = {0};
	BUF_AUTO payload = buf_new(BUF_PAGE);
	BUF_AUTO envelope = buf_new(BUF_FILE);
	struct trust_verdict v;

	scene_statement(&payload, &s->claim);
	scene_sign(&envelope, buf_view(&payload), STATEMENT_PAYLOAD_TYPE, k);
	trust_judge(&v, buf_view(&envelope), &s->facts, &a);
	JSON_AUTO *j = trust_json(&v, &s->facts);
	json_print(out, j);
	statement_done(&v.statement);
}

static void assert_has(const struct buf *b, const char *text)
{
	if (!strstr(buf_text(b), text))
		fail_msg("%s is not in %s", text, buf_text(b));
}

static void test_the_answer_holds_every_figure(void **state)
{
	static const char *const ids[] = {"test_a", NULL};
	BUF_AUTO out = buf_new(BUF_PAGE);
	struct scene s;

	(void)state;
	scene_new(&s);
	s.claim.tests.failed = 1;
	s.claim.tests.failed_ids = ids;
	s.claim.tests.passed = s.claim.passed = false;
	print_verdict(&out, &s, s.ann);
	assert_has(&out, "{\"schema\":\"runmedic.verify/1\",\"trusted\":false,\"reason\":\"tests-failed\"");
	assert_has(&out, "{\"name\":\"tests\",\"passed\":false,\"figure\":99.145299,\"threshold\":100,"
			 "\"says\":\"116 passed, 1 failed, 3 skipped of 120\"}");
	assert_has(&out, "{\"name\":\"coverage\",\"passed\":true,\"figure\":87.25,\"threshold\":85,");
	assert_has(&out, "\"name\":\"linting\",\"passed\":true,\"figure\":0,\"threshold\":null");
	assert_has(&out, "\"annotations\":[{\"title\":\"test_a\",");
	buf_clear(&out);
	print_verdict(&out, &s, s.stranger); /* whose words are not shown */
	assert_has(&out, "\"signer\":null,\"fingerprint\":null");
	assert_has(&out, "\"checks\":[],\"annotations\":[]");
	scene_free(&s);
}

static void test_every_reason_has_a_name(void **state)
{
	(void)state;
	assert_string_equal(trust_reason_name(TRUST_ACCEPTED), "accepted");
	for (int r = TRUST_ACCEPTED; r <= TRUST_ABSENT; r++)
		for (int k = 0; k < r; k++)
			assert_string_not_equal(
				trust_reason_name((enum trust_reason)r), trust_reason_name((enum trust_reason)k));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_good_result_is_believed_in_both_forms),
		cmocka_unit_test(test_who_signed_is_told_also_where_it_is_refused),
		cmocka_unit_test(test_who_may_sign),
		cmocka_unit_test(test_keys_are_rotated_in_between),
		cmocka_unit_test(test_nothing_and_nonsense),
		cmocka_unit_test(test_times_and_their_edges),
		cmocka_unit_test(test_thresholds_of_a_configuration),
		cmocka_unit_test(test_the_most_age),
		cmocka_unit_test(test_a_queue_of_merges_asks_for_the_tree_alone),
		cmocka_unit_test(test_a_nonce_is_for_one_commit),
		cmocka_unit_test(test_the_configuration_is_that_of_the_base),
		cmocka_unit_test(test_figures_decide_and_are_told),
		cmocka_unit_test(test_failed_checks),
		cmocka_unit_test(test_a_pass_rate_below_100_allows_failures),
		cmocka_unit_test(test_what_is_demanded_must_have_run),
		cmocka_unit_test(test_modules_and_lint),
		cmocka_unit_test(test_spot_audits_and_who_was_caught),
		cmocka_unit_test(test_the_answer_holds_every_figure),
		cmocka_unit_test(test_every_reason_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
