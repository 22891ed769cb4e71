#include "base/config.h"

#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define assert_near(a, b) assert_true((a) - (b) < 1e-9 && (b) - (a) < 1e-9)

static struct config parse(const char *text)
{
	struct config c;
	struct err e = {0};

	if (config_parse(&c, view_of(text), "medic.yml", &e) != 0)
		fail_msg("refused: %s", e.text);
	return c;
}

static void assert_refused(const char *text, const char *reason)
{
	struct config c;
	struct err e = {0};

	memset(&c, 0x5a, sizeof(c));
	if (config_parse(&c, view_of(text), "medic.yml", &e) == 0)
		fail_msg("accepted: %s", text);
	assert_int_equal(e.code, ERR_INPUT);
	assert_int_equal(*(unsigned char *)&c, 0x5a); /* written only on success */
	if (strcmp(e.text, reason) != 0)
		fail_msg("%s\n  says: %s\n  not:  %s", text, e.text, reason);
}

static void test_defaults(void **state)
{
	struct config c, empty = parse(""), comment = parse("# nothing\n"), null = parse("heal:\nlocal: {checks: }\n");

	(void)state;
	config_defaults(&c);
	assert_null(c.path);
	assert_int_equal(c.scope.workflows.n, 0);
	assert_int_equal(c.scope.branches.n, 1);
	assert_string_equal(c.scope.branches.items[0], "*");
	assert_int_equal(c.heal.tier, TIER_HEAL);
	assert_int_equal(c.heal.deliver, DELIVER_SUGGEST);
	assert_near(c.heal.confidence, 0.9);
	assert_int_equal(c.heal.max_files, 20);
	assert_int_equal(c.heal.max_changed_lines, 400);
	assert_int_equal(c.heal.max_per_run, 10);
	assert_true(c.heal.deny.n > 0);
	assert_true(file_glob(c.heal.deny.items[0], VIEW("vendor/a.c")));
	assert_false(c.heal.sign_off);
	assert_int_equal(c.rerun.per_run, 2);
	assert_int_equal(c.rerun.per_branch_per_day, 5);
	assert_false(c.report.issue);
	assert_null(c.report.branch);
	assert_true(c.local.coverage < 0 && c.local.pass_rate < 0);
	assert_string_equal(c.local.allowed_signers, ".github/runmedic/allowed_signers");
	assert_null(c.rules_yaml);
	assert_int_equal(empty.heal.max_files, 20);
	assert_int_equal(comment.heal.tier, TIER_HEAL);
	assert_int_equal(null.local.check_count, 0);
	config_done(&c);
	config_done(&c);
	config_done(NULL);
	config_done(&empty);
	config_done(&comment);
	config_done(&null);
}

static const char everything[] =
	"version: 1\n"
	"scope:  {workflows: [CI], branches: [main, \"release/*\"], ignore_authors: [\"dependabot[bot]\"]}\n"
	"heal:   {tier: review, deliver: pr, confidence: 0.95, max_files: 5, max_changed_lines: 40, max_per_run: 3,\n"
	"         deny: [\"gen/**\"], fixers: {python/black: heal, rust/clippy: review, js/eslint: off},\n"
	"         verify: [\"make check\"], sign_off: true}\n"
	"rerun:  {per_run: 0, per_branch_per_day: 9}\n"
	"report: {issue: true, branch: ci-reports, slack: true, mail: [ci@example.org]}\n"
	"local:\n"
	"  checks:\n"
	"  - {name: tests, run: \"pytest --junitxml=r.xml\", junit: r.xml, timeout: 300}\n"
	"  - {name: lint, run: [ruff, check, .], lint: \"ruff:out.json\", coverage: c.xml}\n"
	"  thresholds: {coverage: 85, pass_rate: 99.5}\n"
	"  allowed_signers: keys/allowed\n"
	"  audit_rate: 0.25\n"
	"select: [{name: quick, criteria: failure-rate, threshold: 0.15, window: 20, enabled: false, description: d},\n"
	"         {name: whole, criteria: all}]\n"
	"alerts: [{name: coverage-drop, when: \"coverage.decrease > 2.0\", severity: high, do: [issue, slack]}]\n"
	"rules:\n"
	"- {id: acme/licence, match: \"x\"}\n"
	"\n"
	"- id: acme/other # a comment\n"
	"fixers: [{id: acme/gen, answers: [vcs/stale-generated], command: [make, gen], paths: [\"gen/**\"],\n"
	"          proof: [git, diff, --exit-code]}]\n";

static void test_policy_keys(void **state)
{
	struct config c = parse(everything);

	(void)state;
	assert_string_equal(c.path, "medic.yml");
	assert_string_equal(c.scope.workflows.items[0], "CI");
	assert_string_equal(c.scope.branches.items[1], "release/*");
	assert_string_equal(c.scope.ignore_authors.items[0], "dependabot[bot]");
	assert_int_equal(c.heal.tier, TIER_REVIEW);
	assert_int_equal(c.heal.deliver, DELIVER_PR);
	assert_near(c.heal.confidence, 0.95);
	assert_int_equal(c.heal.max_files, 5);
	assert_int_equal(c.heal.max_changed_lines, 40);
	assert_int_equal(c.heal.max_per_run, 3);
	assert_int_equal(c.heal.deny.n, 1);
	assert_int_equal(c.heal.fixer_count, 3);
	assert_string_equal(c.heal.fixers[1].fixer, "rust/clippy");
	assert_int_equal(c.heal.fixers[1].tier, TIER_REVIEW);
	assert_int_equal(c.heal.fixers[2].tier, TIER_OFF);
	assert_string_equal(c.heal.verify.items[0], "make check");
	assert_true(c.heal.sign_off);
	assert_int_equal(c.rerun.per_run, 0);
	assert_int_equal(c.rerun.per_branch_per_day, 9);
	assert_true(c.report.issue && c.report.slack);
	assert_string_equal(c.report.branch, "ci-reports");
	assert_string_equal(c.report.mail.items[0], "ci@example.org");
	config_done(&c);
}

static void test_local_keys(void **state)
{
	struct config c = parse(everything);

	(void)state;
	assert_int_equal(c.local.check_count, 2);
	assert_string_equal(c.local.checks[0].name, "tests");
	assert_string_equal(c.local.checks[0].run, "pytest --junitxml=r.xml");
	assert_string_equal(c.local.checks[0].junit, "r.xml");
	assert_int_equal(c.local.checks[0].timeout_s, 300);
	assert_null(c.local.checks[1].run);
	assert_int_equal(c.local.checks[1].argv.n, 3);
	assert_string_equal(c.local.checks[1].argv.items[2], ".");
	assert_string_equal(c.local.checks[1].lint, "ruff:out.json");
	assert_int_equal(c.local.checks[1].timeout_s, 1800);
	assert_near(c.local.coverage, 85);
	assert_near(c.local.pass_rate, 99.5);
	assert_string_equal(c.local.allowed_signers, "keys/allowed");
	assert_near(c.local.audit_rate, 0.25);
	config_done(&c);
}

static void test_lists_of_things(void **state)
{
	struct config c = parse(everything);

	(void)state;
	assert_int_equal(c.select_count, 2);
	assert_string_equal(c.selects[0].criteria, "failure-rate");
	assert_near(c.selects[0].threshold, 0.15);
	assert_int_equal(c.selects[0].window, 20);
	assert_false(c.selects[0].enabled);
	assert_true(c.selects[1].enabled);
	assert_int_equal(c.selects[1].window, 10);
	assert_int_equal(c.alert_count, 1);
	assert_string_equal(c.alerts[0].when, "coverage.decrease > 2.0");
	assert_string_equal(c.alerts[0].severity, "high");
	assert_string_equal(c.alerts[0].actions.items[1], "slack");
	assert_int_equal(c.fixer_count, 1);
	assert_string_equal(c.fixers[0].id, "acme/gen");
	assert_string_equal(c.fixers[0].answers.items[0], "vcs/stale-generated");
	assert_string_equal(c.fixers[0].command.items[1], "gen");
	assert_string_equal(c.fixers[0].paths.items[0], "gen/**");
	assert_int_equal(c.fixers[0].proof.n, 3);
	config_done(&c);
}

static void test_rules_keep_their_lines(void **state)
{
	struct config c = parse(everything);
	struct config flow = parse("\xef\xbb\xbfrules: [{id: a/b},\n  {id: a/c}]\nversion: 1\n");
	struct config odd = parse("# \xe2\x80\xa8# a line of its own, to YAML\r\n# x\r\nrules:\r\n- id: a/b\r\n");

	(void)state;
	assert_int_equal(c.rules_line, 19);
	assert_string_equal(c.rules_yaml, "- {id: acme/licence, match: \"x\"}\n\n- id: acme/other # a comment\n");
	assert_int_equal(flow.rules_line, 1);
	assert_string_equal(flow.rules_yaml, "       [{id: a/b},\n  {id: a/c}]\n");
	assert_int_equal(odd.rules_line, 5);
	assert_string_equal(odd.rules_yaml, "- id: a/b\r\n");
	config_done(&c);
	config_done(&flow);
	config_done(&odd);
}

static void test_wrong_keys(void **state)
{
	(void)state;
	assert_refused("heal:\n  teir: heal\n", "medic.yml:2:3: unknown key `teir`; did you mean `tier`?");
	assert_refused("hael: {}\n", "medic.yml:1:1: unknown key `hael`; did you mean `heal`?");
	assert_refused("confidence: 0.9\n", "medic.yml:1:1: unknown key `confidence`; did you mean `heal.confidence`?");
	assert_refused("xyzzy: 1\n", "medic.yml:1:1: unknown key `xyzzy`");
	assert_refused("heal.tier: off\n", "medic.yml:1:1: unknown key `heal.tier`");
	assert_refused("\"\": 1\n", "medic.yml:1:1: unknown key ``");
	assert_refused(
		"local: {checks: [{nmae: x, run: y}]}\n", "medic.yml:1:19: unknown key `nmae`; did you mean `name`?");
	assert_refused(
		"local: {\"checks[]\": {name: x}}\n", "medic.yml:1:9: unknown key `checks[]`; did you mean `checks`?");
	assert_refused("heal: {tier: off, tier: heal}\n", "medic.yml:1:19: `tier` stands here twice, first in line 1");
	assert_refused(
		"heal: &a {tier: off}\nrerun: *a\n", "medic.yml:1:7: anchors, aliases and tags are not supported");
	assert_refused("- a\n", "medic.yml:1:1: a mapping is expected here, not a list");
	assert_refused("version: 1\n---\nversion: 1\n", "medic.yml:2:1: a second document");
}

static void test_wrong_values(void **state)
{
	(void)state;
	assert_refused("version: 2\n", "medic.yml:1:10: `version` must be 1 to 1, not 2");
	assert_refused("heal: {tier: hael}\n",
		"medic.yml:1:14: `hael` is not `off`, `review` or `heal`; did you mean `heal`?");
	assert_refused(
		"heal: {deliver: merge}\n", "medic.yml:1:17: `merge` is not `none`, `suggest`, `pr` or `branch`");
	assert_refused("heal: {max_files: 0}\n", "medic.yml:1:19: `max_files` must be 1 to 1000, not 0");
	assert_refused("heal: {max_files: many}\n", "medic.yml:1:19: `max_files` must be a whole number, not `many`");
	assert_refused("heal: {sign_off: maybe}\n", "medic.yml:1:18: `sign_off` must be true or false, not `maybe`");
	assert_refused("heal: {fixers: {black: heal}}\n",
		"medic.yml:1:17: `black` must look like `family/name`, in lower case");
	assert_refused("heal: {fixers: {python/black: on}}\n", "medic.yml:1:31: `on` is not `off`, `review` or `heal`");
	assert_refused("heal: {deny: [\"[a\"]}\n", "medic.yml:1:15: malformed pattern: [a");
	assert_refused("heal: [a]\n", "medic.yml:1:7: `heal` must be a mapping, not a list");
	assert_refused("heal: off\n", "medic.yml:1:7: `heal` must be a mapping, not a text");
	assert_refused("report: {mail: ci@example.org}\n", "medic.yml:1:16: `mail` must be a list, not a text");
	assert_refused(
		"local: {allowed_signers: ../keys}\n", "medic.yml:1:26: path refused, component of dots: ../keys");
}

static void test_rates_and_percentages(void **state)
{
	struct config c = parse("heal: {confidence: 1}\nlocal: {thresholds: {coverage: 0, pass_rate: 100}}\n");

	(void)state;
	assert_near(c.heal.confidence, 1);
	assert_near(c.local.coverage, 0);
	config_done(&c);
	assert_refused(
		"heal: {confidence: 90}\n", "medic.yml:1:20: `confidence` is a rate from 0 to 1; did you mean 0.9?");
	assert_refused("local: {thresholds: {coverage: 0.85}}\n",
		"medic.yml:1:32: `coverage` is in per cent, from 0 to 100; did you mean 85?");
	assert_refused("local: {thresholds: {pass_rate: 1}}\n",
		"medic.yml:1:33: `pass_rate` is in per cent, from 0 to 100; did you mean 100?");
	assert_refused(
		"local: {thresholds: {pass_rate: 101}}\n", "medic.yml:1:33: `pass_rate` must be 0 to 100, not 101");
	assert_refused("local: {audit_rate: -0.1}\n", "medic.yml:1:21: `audit_rate` must be 0 to 1, not -0.1");
	assert_refused("select: [{name: a, criteria: all, threshold: 15}]\n",
		"medic.yml:1:46: `threshold` is a rate from 0 to 1; did you mean 0.15?");
}

static void test_wrong_items(void **state)
{
	(void)state;
	assert_refused("local: {checks: [{name: x}]}\n", "medic.yml:1:18: `run` is missing");
	assert_refused("local: {checks: [{name: x, run: []}]}\n", "medic.yml:1:33: `run` is empty");
	assert_refused("local: {checks: [{name: x, run: a}, {name: x, run: b}]}\n",
		"medic.yml:1:44: `x` stands here twice, first in line 1");
	assert_refused(
		"local: {checks: {name: x, run: a}}\n", "medic.yml:1:17: `checks` must be a list, not a mapping");
	assert_refused("select: [quick]\n", "medic.yml:1:10: a mapping is expected here, not a text");
	assert_refused("select: [{name: a, criteria: some}]\n",
		"medic.yml:1:30: `some` is not `all`, `group`, `failed-in-last`, `failure-rate` or `changed`");
	assert_refused("alerts: [{name: a, when: b, do: [pray]}]\n",
		"medic.yml:1:34: `pray` is not `issue`, `slack` or `mail`");
	assert_refused("fixers: [{id: a/b, answers: [x/y], command: [z], paths: [], proof: [t]}]\n",
		"medic.yml:1:57: `paths` is empty");
	assert_refused("rules: {id: a/b}\n", "medic.yml:1:8: `rules` must be a list, not a mapping");
	assert_refused("rules: [a]\n", "medic.yml:1:9: a mapping is expected here, not a text");
	assert_refused("{version: 1, rules: [{id: a/b}]}\n",
		"medic.yml:1:14: `rules` must not stand inside {}: give it lines of its own");
}

static void test_ceilings(void **state)
{
	BUF_AUTO b = buf_new(BUF_FILE);
	struct config c;
	struct err e;

	(void)state;
	for (int i = 0; i < 20; i++)
		buf_add_text(&b, "[");
	assert_refused(buf_text(&b), "medic.yml:1:18: nested too deeply");
	buf_clear(&b);
	buf_add_text(&b, "report: {mail: [");
	for (int i = 0; i < 12000; i++)
		buf_add_text(&b, "a,");
	buf_add_text(&b, "]}");
	assert_int_equal(config_parse(&c, buf_view(&b), "x", &e), -1);
	buf_clear(&b);
	buf_add_text(&b, "select:\n");
	for (int i = 0; i < 201; i++)
		buf_addf(&b, "- {name: s%d, criteria: all}\n", i);
	assert_refused(buf_text(&b), "medic.yml:2:1: `select` has more than 200 entries");
	buf_clear(&b);
	while (b.n <= (1 << 20))
		buf_add_text(&b, "# comment\n");
	assert_int_equal(config_parse(&c, buf_view(&b), "x", &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_int_equal(config_parse(&c, VIEW("a: \0"), "x", &e), -1);
	assert_int_equal(config_parse(&c, VIEW("\xff\xfe"), "x", &e), -1);
}

static void test_loading(void **state)
{
	char path[] = "/tmp/base-config-XXXXXX";
	struct config c;
	struct err e;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "heal: {tier: off}\n", 18), 18);
	close(fd);
	assert_int_equal(config_load(&c, path, &e), 0);
	assert_int_equal(c.heal.tier, TIER_OFF);
	assert_string_equal(c.path, path);
	config_done(&c);
	unlink(path);
	assert_int_equal(config_load(&c, path, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
}

static void test_describes_itself(void **state)
{
	BUF_AUTO b = buf_new(BUF_PAGE);

	(void)state;
	config_describe(&b);
	assert_false(b.full);
	assert_non_null(strstr(b.p, "| `heal.tier` | `off`, `review` or `heal` | `heal` | "));
	assert_non_null(strstr(b.p, "| `heal.confidence` | rate, 0 to 1 | `0.90` | "));
	assert_non_null(strstr(b.p, "| `heal.max_files` | whole number, 1 to 1000 | `20` | "));
	assert_non_null(strstr(b.p, "| `local.checks[].name` | text; required | | "));
	assert_non_null(strstr(b.p, "| `heal.fixers` | mapping to `off`, `review` or `heal` | | "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_policy_keys),
		cmocka_unit_test(test_local_keys),
		cmocka_unit_test(test_lists_of_things),
		cmocka_unit_test(test_rules_keep_their_lines),
		cmocka_unit_test(test_wrong_keys),
		cmocka_unit_test(test_wrong_values),
		cmocka_unit_test(test_rates_and_percentages),
		cmocka_unit_test(test_wrong_items),
		cmocka_unit_test(test_ceilings),
		cmocka_unit_test(test_loading),
		cmocka_unit_test(test_describes_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
