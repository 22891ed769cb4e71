#include "base/config_keys.h"

#include <string.h>

#define AT(member) .offset = offsetof(struct config, member)
#define ITEMS(list, count, type)                                                                                       \
	.offset = offsetof(struct config, list), .other = offsetof(struct config, count), .size = sizeof(struct type)
#define CHECK(member) .offset = offsetof(struct config_check, member)
#define MODULE(member) .offset = offsetof(struct config_module, member)
#define SELECT(member) .offset = offsetof(struct config_select, member)
#define ALERT(member) .offset = offsetof(struct config_alert, member)
#define FIXER(member) .offset = offsetof(struct config_fixer, member)

#define WORD(id, text) text,
static const char *const tiers[] = {TIERS(WORD) NULL};
static const char *const deliveries[] = {"none", "suggest", "pr", "branch", NULL};
static const char *const criteria[] = {"all", "group", "failed-in-last", "failure-rate", "changed", NULL};
static const char *const severities[] = {"low", "medium", "high", "critical", NULL};
static const char *const sections[] = {"summary", "failures", "learnings", "recommendations", "priorities", "fixes",
	"mistakes", "flaky", "minutes", "days", "mttr", "matrix", "slowest", "local", "data", NULL};
static const char *const actions[] = {"issue", "slack", "mail", NULL};

const struct config_key config_keys[] = {
	{"version", CONFIG_VERSION, .help = "Version of this file's format. There is one: 1."},

	{"scope.workflows", CONFIG_TEXTS, AT(scope.workflows),
		.help = "Names of the workflows to look after. Empty: all of them."},
	{"scope.branches", CONFIG_GLOBS, AT(scope.branches), .fallback = "[\"*\"]",
		.help = "Branches to look after: patterns of whole names, `*` alone is every branch."},
	{"scope.ignore_authors", CONFIG_TEXTS, AT(scope.ignore_authors),
		.help = "Logins whose runs are left alone, such as `dependabot[bot]`."},

	{"heal.tier", CONFIG_ENUM, AT(heal.tier), .words = tiers, .fallback = "heal",
		.help = "The most that may happen by itself: `heal` applies what is proven safe, `review` only "
			"proposes, "
			"`off` does neither."},
	{"heal.deliver", CONFIG_ENUM, AT(heal.deliver), .words = deliveries, .fallback = "suggest",
		.help = "How a fix gets to you: not at all, as review suggestions and a patch, as a pull request, or "
			"as a "
			"commit on the pull request's branch."},
	{"heal.confidence", CONFIG_RATE, AT(heal.confidence), .fallback = "0.90",
		.help = "Fixes that are less certain than this are proposed, not applied."},
	{"heal.max_files", CONFIG_COUNT, AT(heal.max_files), .min = 1, .max = 1000, .fallback = "20",
		.help = "Most files that one fix may change."},
	{"heal.max_changed_lines", CONFIG_COUNT, AT(heal.max_changed_lines), .min = 1, .max = 100000, .fallback = "400",
		.help = "Most lines that one fix may change."},
	{"heal.max_per_run", CONFIG_COUNT, AT(heal.max_per_run), .max = 100, .fallback = "10",
		.help = "Most fixes for one run."},
	{"heal.deny", CONFIG_GLOBS, AT(heal.deny),
		.fallback = "[\"**/vendor/**\", \"**/third_party/**\", \"**/node_modules/**\"]",
		.help = "Paths that no fix may touch. Replaces the default list."},
	{"heal.fixers", CONFIG_TIERS, AT(heal.fixers), .other = offsetof(struct config, heal.fixer_count),
		.words = tiers,
		.help = "Tier per fixer, such as `{python/black: heal, js/eslint: off}`; it can only lower."},
	{"heal.verify", CONFIG_TEXTS, AT(heal.verify),
		.help = "Commands that must succeed before a fix leaves the machine, on top of the fixer's own proof."},
	{"heal.sign_off", CONFIG_BOOL, AT(heal.sign_off), .fallback = "false",
		.help = "Add a `Signed-off-by` line to commits."},
	{"heal.author", CONFIG_TEXT, AT(heal.author),
		.help = "Author of commits, as `Name <mail@example.org>`. Not set: the repository's own `user.name` "
			"and "
			"`user.email`, else runmedic."},
	{"heal.subject", CONFIG_TEXT, AT(heal.subject),
		.help = "Subject of commits, such as `fix(ci): {summary}`; `{fixer}`, `{rule}` and `{signature}` stand "
			"for "
			"what they say. Not set: the summary."},
	{"heal.signing_key", CONFIG_TEXT, AT(heal.signing_key),
		.help = "SSH key file (absolute, or below `~/`; no passphrase) that commits are signed with by "
			"`ssh-keygen`, "
			"as `git` does with `gpg.format=ssh`."},
	{"heal.conventional", CONFIG_BOOL, AT(heal.conventional), .fallback = "false",
		.help = "Begin subjects of commits and titles of pull requests as Conventional Commits do: `fix(deps): "
			"`, "
			"`style: `."},
	{"heal.attempts", CONFIG_COUNT, AT(heal.attempts), .min = 1, .max = 10, .fallback = "2",
		.help = "How often a fix for one failure (its signature) may be delivered on one branch."},
	{"heal.title", CONFIG_TEXT, AT(heal.title),
		.help = "Title of pull requests; the words of `heal.subject` may stand in it. Not set: the summary."},
	{"heal.labels", CONFIG_TEXTS, AT(heal.labels), .help = "Labels of the pull requests with fixes."},
	{"heal.reviewers", CONFIG_TEXTS, AT(heal.reviewers),
		.help = "Logins (or `org/team`) who are asked to review the pull requests with fixes."},

	{"rerun.per_run", CONFIG_COUNT, AT(rerun.per_run), .max = 10, .fallback = "2",
		.help = "How often the failed jobs of one run may be started again."},
	{"rerun.per_branch_per_day", CONFIG_COUNT, AT(rerun.per_branch_per_day), .max = 100, .fallback = "5",
		.help = "How often that may happen on one branch within 24 hours."},

	{"issues.open", CONFIG_BOOL, AT(issues.open), .fallback = "false",
		.help = "Keep an issue for each failure of the default branch that needs a person."},
	{"issues.after", CONFIG_COUNT, AT(issues.after), .min = 1, .max = 100, .fallback = "1",
		.help = "Open it at this many failures in a row."},
	{"issues.labels", CONFIG_TEXTS, AT(issues.labels), .help = "More labels of these issues."},
	{"issues.assignees", CONFIG_TEXTS, AT(issues.assignees), .help = "Logins that they are assigned to."},
	{"issues.commit_comments", CONFIG_BOOL, AT(issues.commit_comments), .fallback = "false",
		.help = "Comment on the commit where a red run has no pull request."},

	{"report.issue", CONFIG_BOOL, AT(report.issue), .fallback = "false",
		.help = "Keep the weekly report in an issue."},
	{"report.branch", CONFIG_TEXT, AT(report.branch), .help = "Branch that the reports are published to."},
	{"report.slack", CONFIG_BOOL, AT(report.slack), .fallback = "false",
		.help = "Post a summary to Slack; the address comes from the environment."},
	{"report.mail", CONFIG_TEXTS, AT(report.mail), .help = "Addresses that get the report by mail."},
	{"report.sections", CONFIG_WORDS, AT(report.sections), .words = sections,
		.help = "Sections of the weekly report, in its own order. Empty: all of them."},

	{"history.keep_days", CONFIG_COUNT, AT(history.keep_days), .min = 1, .max = 3650, .fallback = "90",
		.help = "Days that single results, findings and excerpts are kept; sums by day stay for ever."},
	{"history.push", CONFIG_BOOL, AT(history.push), .fallback = "false",
		.help = "Push the facts of each run to `refs/runmedic/facts/` of the repository."},

	{"local.checks", CONFIG_ITEMS, ITEMS(local.checks, local.check_count, config_check),
		.help = "What `local run` executes."},
	{"local.checks[].name", CONFIG_TEXT, CHECK(name), .required = true, .help = "Name of the check."},
	{"local.checks[].run", CONFIG_COMMAND, CHECK(run), .other = offsetof(struct config_check, argv),
		.required = true, .help = "A shell line, or a list that is run without a shell."},
	{"local.checks[].junit", CONFIG_PATH, CHECK(junit), .help = "JUnit XML that the check writes."},
	{"local.checks[].coverage", CONFIG_PATH, CHECK(coverage), .help = "Coverage report that the check writes."},
	{"local.checks[].lint", CONFIG_TEXT, CHECK(lint), .help = "Lint output as `TOOL:FILE`."},
	{"local.checks[].timeout", CONFIG_COUNT, CHECK(timeout_s), .min = 1, .max = 86400, .fallback = "1800",
		.help = "Seconds until the check is stopped and counts as failed."},
	{"local.thresholds.coverage", CONFIG_PERCENT, AT(local.coverage),
		.help = "Least line coverage for a trusted result."},
	{"local.thresholds.pass_rate", CONFIG_PERCENT, AT(local.pass_rate),
		.help = "Least share of passed tests for a trusted result."},
	{"local.thresholds.lint", CONFIG_COUNT, AT(local.lint), .max = CONFIG_LINT_ANY, .fallback = "1000000",
		.help = "Most lint issues for a trusted result; 1000000 is no limit."},
	{"local.modules", CONFIG_ITEMS, ITEMS(local.modules, local.module_count, config_module),
		.help = "Least coverage of parts of the tree."},
	{"local.modules[].path", CONFIG_TEXT, MODULE(path), .required = true,
		.help = "Files of the module: a pattern such as `src/core/**`."},
	{"local.modules[].coverage", CONFIG_PERCENT, MODULE(coverage), .required = true,
		.help = "Least line coverage of these files."},
	{"local.max_age", CONFIG_COUNT, AT(local.max_age_h), .min = 1, .max = 168, .fallback = "24",
		.help = "Hours after which a local result is not believed any more."},
	{"local.require", CONFIG_TEXTS, AT(local.require),
		.help = "Checks that a result must hold. Empty: all of `local.checks`."},
	{"local.allowed_signers", CONFIG_PATH, AT(local.allowed_signers),
		.fallback = ".github/runmedic/allowed_signers",
		.help = "Who may sign local results, in the format of `ssh-keygen`."},
	{"local.audit_rate", CONFIG_RATE, AT(local.audit_rate), .fallback = "0.05",
		.help = "Share of trusted results that are checked by a full run all the same."},

	{"select", CONFIG_ITEMS, ITEMS(selects, select_count, config_select), .help = "Named selections of tests."},
	{"select[].name", CONFIG_TEXT, SELECT(name), .required = true, .help = "Name for `select --rule NAME`."},
	{"select[].criteria", CONFIG_WORD, SELECT(criteria), .words = criteria, .required = true,
		.help = "What makes a test belong to it."},
	{"select[].threshold", CONFIG_RATE, SELECT(threshold), .fallback = "0.10",
		.help = "For `failure-rate`: tests that fail at least this often."},
	{"select[].window", CONFIG_COUNT, SELECT(window), .min = 1, .max = 1000, .fallback = "10",
		.help = "Number of latest runs that are looked at."},
	{"select[].enabled", CONFIG_BOOL, SELECT(enabled), .fallback = "true", .help = "Switches the selection off."},
	{"select[].description", CONFIG_TEXT, SELECT(description), .help = "For people."},

	{"alerts", CONFIG_ITEMS, ITEMS(alerts, alert_count, config_alert), .help = "When to raise a hand."},
	{"alerts[].name", CONFIG_TEXT, ALERT(name), .required = true, .help = "Name of the alert."},
	{"alerts[].when", CONFIG_TEXT, ALERT(when), .required = true,
		.help = "Condition, such as `coverage.decrease > 2.0`."},
	{"alerts[].severity", CONFIG_WORD, ALERT(severity), .words = severities, .fallback = "medium",
		.help = "How loud."},
	{"alerts[].do", CONFIG_WORDS, ALERT(actions), .words = actions, .help = "Where it goes."},

	{"rules", CONFIG_RULES, AT(rules_yaml), .other = offsetof(struct config, rules_line),
		.help = "Your own rules, written as those of the catalogue."},

	{"fixers", CONFIG_ITEMS, ITEMS(fixers, fixer_count, config_fixer), .help = "Your own fixers: commands."},
	{"fixers[].id", CONFIG_ID, FIXER(id), .required = true, .help = "Its name, `family/name`."},
	{"fixers[].answers", CONFIG_IDS, FIXER(answers), .required = true, .help = "Rules whose findings it fixes."},
	{"fixers[].command", CONFIG_TEXTS, FIXER(command), .required = true,
		.help = "Program and arguments; no shell."},
	{"fixers[].paths", CONFIG_GLOBS, FIXER(paths), .required = true, .help = "What it may change."},
	{"fixers[].proof", CONFIG_TEXTS, FIXER(proof), .required = true,
		.help = "Program and arguments that exit with 0 when the fix is good."},
};
const size_t config_key_count = sizeof(config_keys) / sizeof(*config_keys);

const char *config_key_below(const struct config_key *k, struct view prefix)
{
	if (prefix.n == 0)
		return k->path;
	if (!view_eq(view_sub(view_of(k->path), 0, prefix.n), prefix) || k->path[prefix.n] != '.')
		return NULL;
	return k->path + prefix.n + 1;
}

static void describe_words(struct buf *out, const struct config_key *k)
{
	for (size_t i = 0; k->words[i]; i++)
		buf_addf(out, "%s`%s`", i == 0 ? "" : k->words[i + 1] ? ", " : " or ", k->words[i]);
}

static void describe_type(struct buf *out, const struct config_key *k)
{
	static const char *const names[] = {
		[CONFIG_VERSION] = "`1`",
		[CONFIG_BOOL] = "`true` or `false`",
		[CONFIG_RATE] = "rate, 0 to 1",
		[CONFIG_PERCENT] = "per cent, 0 to 100",
		[CONFIG_TEXT] = "text",
		[CONFIG_PATH] = "path in the repository",
		[CONFIG_ID] = "`family/name`",
		[CONFIG_TEXTS] = "list of texts",
		[CONFIG_GLOBS] = "list of path patterns",
		[CONFIG_WORDS] = "list of ",
		[CONFIG_IDS] = "list of `family/name`",
		[CONFIG_COMMAND] = "text or list of texts",
		[CONFIG_TIERS] = "mapping to ",
		[CONFIG_ITEMS] = "list of mappings",
		[CONFIG_RULES] = "list of mappings",
	};

	if (k->kind == CONFIG_COUNT)
		buf_addf(out, "whole number, %u to %u", k->min, k->max);
	else if (names[k->kind])
		buf_add_text(out, names[k->kind]);
	if (k->words)
		describe_words(out, k);
	if (k->required)
		buf_add_text(out, "; required");
}

void config_describe(struct buf *out)
{
	buf_add_text(out, "| Key | Type | Default | Meaning |\n| --- | --- | --- | --- |\n");
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];

		buf_addf(out, "| `%s` | ", k->path);
		describe_type(out, k);
		buf_addf(out, k->fallback ? " | `%s` | " : " | %s| ", k->fallback ? k->fallback : "");
		buf_addf(out, "%s |\n", k->help);
	}
}
