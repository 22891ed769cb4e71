/* How a fix reaches people, as a table: what is wanted, what holds of the branch, what holds of the fix; then the way
 * that is left and the sentence that people read. */
#include "plan/delivery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#define SIGNATURE "1:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct config config;
static struct arena arena;

/* ---- the words of the tables -------------------------------------------------------------------------------- */

static const struct {
	const char *word;
	size_t offset; /* of a bool that is set */
} flags[] = {
#define FLAG(word, member)                                                                                             \
	{                                                                                                              \
		word, offsetof(struct delivery_facts, member)                                                          \
	}
	FLAG("dry-run", dry_run),
	FLAG("app", app_token),
	FLAG("workflows", workflows_permission),
	FLAG("default", is_default),
	FLAG("protected", is_protected),
	FLAG("queue", is_merge_queue),
	FLAG("fork", fork),
	FLAG("bot", author_is_bot),
	FLAG("labelled", labelled_off),
	FLAG("trailer", trailer_off),
	FLAG("draft", draft),
	FLAG("moved", head_moved),
	FLAG("ours", head_is_ours),
	FLAG("locked", locked),
	FLAG("left-out", ignored_author),
};

static const struct {
	const char *word, *author, *branch;
	bool no_pull, no_token, no_author;
} texts[] = {
	{.word = "no-pull", .no_pull = true},
	{.word = "no-token", .no_token = true},
	{.word = "no-author", .no_author = true},
	{.word = "no-branch", .branch = ""},
	{.word = "main", .branch = "main"},
	{.word = "fix-branch", .branch = "runmedic/0123456789ab-0d6e40"},
	{.word = "queue-branch", .branch = "gh-readonly-queue/main/pr-7-0123"},
	{.word = "dependabot", .author = "dependabot[bot]"},
	{.word = "renovate", .author = "renovate-bot"},
	{.word = "eve", .author = "Eve"},
};

static bool fact_word(struct delivery_facts *f, struct view word)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (view_is(word, flags[i].word)) {
			*(bool *)((char *)f + flags[i].offset) = true;
			return true;
		}
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (view_is(word, texts[i].word)) {
			f->author = texts[i].author ? texts[i].author : texts[i].no_author ? NULL : f->author;
			f->branch = texts[i].branch ? texts[i].branch : f->branch;
			f->pull = texts[i].no_pull ? 0 : f->pull;
			f->has_token = f->has_token && !texts[i].no_token;
			return true;
		}
	return false;
}

static bool fix_word(struct delivery_fix *x, struct view word)
{
	if (view_is(word, "review"))
		x->tier = TIER_REVIEW;
	else if (view_is(word, "off"))
		x->tier = TIER_OFF;
	else if (view_is(word, "unsure"))
		x->confidence = 0.8;
	else if (view_is(word, "workflow"))
		x->touches_workflow = true;
	else if (view_is(word, "tried-once"))
		x->attempts = 1;
	else if (view_is(word, "tried-twice"))
		x->attempts = 2;
	else if (view_is(word, "failed"))
		x->pair_failed = 1;
	else if (view_is(word, "rejected"))
		x->closed_unmerged = 1;
	else if (view_is(word, "standing"))
		x->standing = true;
	else if (view_is(word, "ignored"))
		x->ignored = "known since May";
	else if (view_is(word, "nameless"))
		x->signature = NULL;
	else
		return false;
	return true;
}

static enum config_deliver wanted_of(const char *text)
{
	static const char *const ways[] = {"none", "suggest", "pr", "branch"};
	int i = 0;

	while (i < 4 && strcmp(ways[i], text) != 0)
		i++;
	assert_true(i < 4);
	return (enum config_deliver)i;
}

static struct delivery_facts facts_of(const char *wanted, const char *words)
{
	struct delivery_facts f = {.config = &config,
		.wanted = wanted_of(wanted),
		.has_token = true,
		.branch = "topic",
		.pull = 7,
		.author = "ada"};
	struct view rest = view_of(words), word;

	while (view_word(&rest, &word))
		if (!fact_word(&f, word))
			fail_msg("no fact is called %.*s", VIEW_ARG(word));
	return f;
}

static struct delivery_fix fix_of(const char *words)
{
	struct delivery_fix x = {
		.fixer = "python/black", .signature = SIGNATURE, .tier = TIER_HEAL, .confidence = 0.95};
	struct view rest = view_of(words), word;

	while (view_word(&rest, &word))
		if (!fix_word(&x, word))
			fail_msg("no fix is called %.*s", VIEW_ARG(word));
	return x;
}

/* ---- the table ----------------------------------------------------------------------------------------------- */

struct row {
	const char *wanted, *facts, *fix, *way, *reason;
};

static const struct row rows[] = {
	/* what the configuration says is what happens */
	{"none", "", "", "none", "heal.deliver is none"},
	{"suggest", "", "", "suggest", "suggested on #7"},
	{"pr", "", "", "pr", "a pull request against topic, as heal.deliver says"},
	{"pr", "default no-pull main", "", "pr", "a pull request against main, as heal.deliver says"},
	{"pr", "protected", "", "pr", "a pull request against topic, as heal.deliver says"},
	{"branch", "", "", "branch", "a commit on topic, as heal.deliver says"},
	{"branch", "app", "", "branch", "a commit on topic, as heal.deliver says"},
	{"branch", "dry-run", "", "none", "dry run: without it, a commit on the branch"},
	{"suggest", "dry-run", "", "none", "dry run: without it, a suggestion in review"},
	{"pr", "dry-run fork", "", "none", "dry run: without it, a suggestion in review"},
	{"none", "dry-run", "", "none", "heal.deliver is none"},

	/* people said no */
	{"branch", "labelled", "", "none", "the pull request has the label `runmedic: off`"},
	{"branch", "trailer", "", "none", "the commit's message asks to be left alone"},
	{"branch", "left-out", "", "none", "scope.ignore_authors leaves out ada"},
	{"branch", "left-out no-author", "", "none", "scope.ignore_authors leaves out the author"},
	{"branch", "eve", "", "none", "scope.ignore_authors leaves out Eve"},
	{"branch", "", "ignored", "none", "this failure is ignored: known since May"},
	{"branch", "", "off", "none", "python/black is switched off"},
	{"pr", "", "rejected", "none", "a person closed the pull request with this fix: it is not offered again"},

	/* nobody is surprised: the branch of somebody else is not written to */
	{"pr", "fork", "", "suggest", "the branch lies in a fork: nothing is written there"},
	{"branch", "fork", "", "suggest", "the branch lies in a fork: nothing is written there"},
	{"pr", "fork no-pull", "", "patch", "the branch lies in a fork: nothing is written there"},
	{"branch", "bot", "", "suggest", "the branch belongs to ada, which rewrites it: nothing is written there"},
	{"branch", "bot no-author", "", "suggest",
		"the branch belongs to a bot, which rewrites it: nothing is written there"},
	{"branch", "dependabot", "", "suggest",
		"the branch belongs to dependabot[bot], which rewrites it: nothing is written there"},
	{"pr", "renovate", "", "suggest",
		"the branch belongs to renovate-bot, which rewrites it: nothing is written there"},
	{"pr", "dependabot default main no-pull", "", "pr", "a pull request against main, as heal.deliver says"},
	{"branch", "draft", "", "suggest", "the pull request is a draft: somebody is still at work on it"},
	{"pr", "draft", "", "suggest", "the pull request is a draft: somebody is still at work on it"},
	{"branch", "default", "", "suggest", "a default branch is never written to"},
	{"branch", "default no-pull", "", "patch", "a default branch is never written to"},
	{"branch", "protected", "", "suggest", "a protected branch is never written to"},
	{"branch", "no-pull", "", "patch",
		"no pull request is open for the branch, and heal.deliver: branch commits to those alone"},
	{"suggest", "no-pull", "", "patch", "no pull request is open that it could be suggested on"},
	{"pr", "no-branch", "", "suggest", "it is not known which branch was red"},

	/* others are at work: step back */
	{"branch", "moved", "", "patch", "the branch has moved on since this run: the run of its new head decides"},
	{"suggest", "moved", "", "patch", "the branch has moved on since this run: the run of its new head decides"},
	{"branch", "locked", "", "patch", "another run is delivering to this branch"},
	{"branch", "queue", "", "patch", "the branch belongs to the merge queue: nothing is written there"},
	{"pr", "queue-branch", "", "patch", "the branch belongs to the merge queue: nothing is written there"},
	{"pr", "no-token", "", "patch", "there is no token that could deliver it"},

	/* a person must look */
	{"suggest", "", "review", "suggest", "suggested on #7"},
	{"pr", "", "review", "pr",
		"a pull request against topic, as heal.deliver says; as a draft: a person must look"},
	{"branch", "", "review", "suggest", "it is of tier review: a person must look before it is on a branch"},
	{"branch", "", "unsure", "suggest",
		"its confidence of 0.80 is below heal.confidence: a person must look before it is on a branch"},
	{"pr", "", "unsure", "pr",
		"a pull request against topic, as heal.deliver says; as a draft: a person must look"},

	/* workflow files: GITHUB_TOKEN cannot have the permission */
	{"suggest", "", "workflow", "suggest", "suggested on #7"},
	{"pr", "", "workflow", "suggest",
		"it changes a workflow, which takes a token (of an App, never of the job) that may write `workflows`"},
	{"pr", "app", "workflow", "suggest",
		"it changes a workflow, which takes a token (of an App, never of the job) that may write `workflows`"},
	{"pr", "no-pull", "workflow", "patch",
		"it changes a workflow, which takes a token (of an App, never of the job) that may write `workflows`"},
	{"pr", "app workflows", "workflow", "pr",
		"a pull request against topic, as heal.deliver says; as a draft: a person must look"},
	{"pr", "workflows", "workflow", "pr",
		"a pull request against topic, as heal.deliver says; as a draft: a person must look"},
	{"branch", "app workflows", "workflow", "suggest",
		"it changes a workflow: a person must look before it is on a branch"},

	/* no loops */
	{"branch", "", "tried-once", "branch", "a commit on topic, as heal.deliver says"},
	{"branch", "", "tried-twice", "patch",
		"2 of 2 deliveries for this failure on this branch used (heal.attempts)"},
	{"suggest", "", "tried-twice", "patch",
		"2 of 2 deliveries for this failure on this branch used (heal.attempts)"},
	{"pr", "", "failed", "none",
		"python/black was tried on this failure before and did not make it green: it is not tried again"},
	{"pr", "", "standing", "patch", "the same fix was delivered already and is still open"},
	{"pr", "moved", "standing", "patch", "the same fix was delivered already and is still open"},
	{"none", "", "standing", "none", "heal.deliver is none"},
	{"branch", "ours", "tried-once", "none",
		"the red commit is itself a fix for this failure: it is not fixed again"},
	{"branch", "ours", "nameless", "none",
		"the red commit is itself a fix for this failure: it is not fixed again"},
	{"branch", "ours", "", "branch", "a commit on topic, as heal.deliver says"},
	{"pr", "ours fix-branch", "", "suggest", "the branch is itself a fix: no pull request is opened against it"},
	{"branch", "ours fix-branch bot draft", "", "branch",
		"a commit on runmedic/0123456789ab-0d6e40, as heal.deliver says"},

	/* of several reasons, the one that leaves least */
	{"pr", "fork moved", "", "patch", "the branch has moved on since this run: the run of its new head decides"},
	{"pr", "fork labelled moved", "", "none", "the pull request has the label `runmedic: off`"},
	{"pr", "fork", "review failed", "none",
		"python/black was tried on this failure before and did not make it green: it is not tried again"},
};

static void check_row(const struct row *row)
{
	struct delivery_facts f = facts_of(row->wanted, row->facts);
	struct delivery_fix x = fix_of(row->fix);
	struct delivery_plan p;

	delivery_plan(&p, &f, &x, 1, &arena);
	if (strcmp(delivery_way_name(p.choices[0].way), row->way) != 0 || strcmp(p.choices[0].reason, row->reason) != 0)
		fail_msg("%s [%s] [%s]: %s (%s), wanted %s (%s)", row->wanted, row->facts, row->fix,
			delivery_way_name(p.choices[0].way), p.choices[0].reason, row->way, row->reason);
	assert_int_equal(p.way, p.choices[0].way);
	assert_non_null(p.reason);
	assert_true(strlen(p.reason) > 0);
}

static void test_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		check_row(&rows[i]);
}

/* Every combination of facts: what must never happen, does not. */
static void test_never(void **state)
{
	static const char *const wanted[] = {"none", "suggest", "pr", "branch"};
	static const char *const fixes[] = {"", "review", "workflow", "unsure", "tried-twice", "failed", "nameless"};

	(void)state;
	for (unsigned bits = 0; bits < 1u << (sizeof(flags) / sizeof(*flags)); bits++) {
		ARENA_AUTO a = {0};
		struct delivery_facts f = facts_of(wanted[bits % 4], "");
		struct delivery_fix x = fix_of(fixes[(bits / 3) % 7]);
		struct delivery_plan p;

		for (size_t i = 0; i < sizeof(flags) / sizeof(*flags); i++)
			*(bool *)((char *)&f + flags[i].offset) = bits >> i & 1;
		f.pull = bits % 5 ? 7 : 0;
		f.has_token = bits % 7 != 0;
		delivery_plan(&p, &f, &x, 1, &a);
		assert_true(p.way <= (f.wanted == DELIVER_NONE             ? DELIVERY_NOWHERE
					     : f.wanted == DELIVER_SUGGEST ? DELIVERY_SUGGEST
					     : f.wanted == DELIVER_PR      ? DELIVERY_PULL
									   : DELIVERY_BRANCH));
		assert_true(p.reason && *p.reason && p.choices[0].reason && *p.choices[0].reason);
		if (p.way == DELIVERY_BRANCH)
			assert_false(f.fork || f.is_default || f.is_protected || f.is_merge_queue || f.head_moved ||
				     f.locked || f.pull == 0 || f.author_is_bot || x.tier != TIER_HEAL ||
				     x.touches_workflow || x.confidence < 0.9);
		if (f.wanted == DELIVER_BRANCH)
			assert_int_not_equal(p.way, DELIVERY_PULL);
		if (p.way >= DELIVERY_PULL)
			assert_false(f.fork || f.is_merge_queue || f.head_moved || f.locked || !f.has_token);
		if (p.way == DELIVERY_PULL && x.touches_workflow)
			assert_true(f.workflows_permission && p.draft);
		if (p.way == DELIVERY_SUGGEST)
			assert_true(f.pull > 0);
		if (p.way > DELIVERY_NOWHERE)
			assert_false(f.dry_run || f.labelled_off || f.trailer_off || f.ignored_author || x.pair_failed);
	}
}

static void test_a_run_delivers_at_most_so_many(void **state)
{
	struct delivery_facts f = facts_of("pr", "");
	struct delivery_fix fixes[] = {
		fix_of("failed"), fix_of(""), fix_of("standing"), fix_of("review"), fix_of(""), fix_of("")};
	struct delivery_plan p;

	(void)state;
	config.heal.max_per_run = 2;
	delivery_plan(&p, &f, fixes, 6, &arena);
	config.heal.max_per_run = 10;
	assert_int_equal(p.way, DELIVERY_PULL);
	assert_string_equal(p.reason, "a pull request against topic, as heal.deliver says");
	assert_true(p.draft);
	assert_int_equal(p.choices[0].way, DELIVERY_NOWHERE);
	assert_int_equal(p.choices[1].way, DELIVERY_PULL);
	assert_int_equal(p.choices[2].way, DELIVERY_PATCH);
	assert_int_equal(p.choices[3].way, DELIVERY_PULL);
	assert_int_equal(p.choices[4].way, DELIVERY_PATCH);
	assert_string_equal(p.choices[5].reason, "heal.max_per_run allows 2 fixes in one run");
}

static void test_the_plan_of_many(void **state)
{
	struct delivery_facts f = facts_of("branch", "");
	struct delivery_fix mixed[] = {fix_of("review"), fix_of("")}, refused[] = {fix_of("ignored"), fix_of("failed")};
	struct delivery_plan p;

	(void)state;
	delivery_plan(&p, &f, mixed, 2, &arena);
	assert_int_equal(p.way, DELIVERY_BRANCH);
	assert_int_equal(p.choices[0].way, DELIVERY_SUGGEST);
	assert_int_equal(p.choices[1].way, DELIVERY_BRANCH);
	assert_false(p.draft);
	delivery_plan(&p, &f, refused, 2, &arena);
	assert_int_equal(p.way, DELIVERY_NOWHERE);
	assert_string_equal(p.reason, "this failure is ignored: known since May");
	delivery_plan(&p, &f, NULL, 0, &arena);
	assert_int_equal(p.way, DELIVERY_NOWHERE);
	assert_string_equal(p.reason, "there is no fix to deliver");
	f.labelled_off = true;
	delivery_plan(&p, &f, refused, 2, &arena);
	assert_string_equal(p.reason, "the pull request has the label `runmedic: off`");
}

static void test_the_tier_of_the_configuration(void **state)
{
	struct delivery_facts f = facts_of("branch", "");
	struct delivery_fix x = fix_of("");
	struct delivery_plan p;

	(void)state;
	config.heal.tier = TIER_REVIEW;
	delivery_plan(&p, &f, &x, 1, &arena);
	assert_int_equal(p.way, DELIVERY_SUGGEST);
	config.heal.tier = TIER_OFF;
	delivery_plan(&p, &f, &x, 1, &arena);
	assert_int_equal(p.way, DELIVERY_NOWHERE);
	assert_string_equal(p.reason, "heal.tier is off");
	config.heal.tier = TIER_HEAL;
}

/* ---- the branch's name ------------------------------------------------------------------------------------------ */

static void test_branch_names(void **state)
{
	static const struct {
		const char *signature, *rule, *base, *name;
	} names[] = {
		/* SHA-256 of "main" begins with 0d6e40, that of nothing with e3b0c4; %: that of the rule */
		{SIGNATURE, "python/x", "main", "runmedic/0123456789ab-0d6e40"},
		{NULL, "python/x", "main", "runmedic/%-0d6e40"},
		{"", "python/x", "main", "runmedic/%-0d6e40"},
		{"1:../../x/main", "python/x", "main", "runmedic/%-0d6e40"},
		{"1:0123456789AB", "python/x", "main", "runmedic/%-0d6e40"},
		{SIGNATURE, NULL, NULL, "runmedic/0123456789ab-e3b0c4"},
	};
	const char *of_rule = delivery_branch(&arena, NULL, "python/x", "main");

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *name = delivery_branch(&arena, names[i].signature, names[i].rule, names[i].base);

		assert_string_equal(name, strchr(names[i].name, '%') ? of_rule : names[i].name);
	}
	assert_int_equal(strlen(of_rule), strlen("runmedic/0123456789ab-0d6e40"));
	assert_string_not_equal(of_rule, delivery_branch(&arena, NULL, "python/y", "main"));
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

static struct delivery_message plain(void)
{
	return (struct delivery_message){
		.summary = "remove unused import os",
		.title = "Remove unused imports",
		.reason = "pyflakes names it",
		.fixer = "python/unused-import",
		.rule = "python/pyflakes",
		.signature = SIGNATURE,
		.confidence = 0.974,
		.category = "lint",
	};
}

static const char *made(const struct delivery_message *m)
{
	BUF_AUTO out = buf_new(BUF_PAGE);

	delivery_message(&out, m, &config);
	return arena_text(&arena, buf_text(&out));
}

static const char *subject(const struct delivery_message *m)
{
	struct view all = view_of(made(m));

	return arena_view(&arena, view_sub(all, 0, view_find_char(all, '\n'))).p;
}

static void test_the_whole_message(void **state)
{
	struct delivery_message m = plain();

	(void)state;
	m.proof_says = "the import is gone and nothing else";
	m.proof_argv = (const char *const[]){"ruff", "check", "a b.py", NULL};
	m.run_url = "https://github.com/o/r/actions/runs/1";
	m.good = 7;
	m.bad = 1;
	m.sign_off = "Grace H <grace@example.org>";
	config.heal.sign_off = true;
	assert_string_equal(made(&m),
		"remove unused import os\n\npyflakes names it\nProof: the import is gone and nothing else\n"
		"Proof: exit status 0 of ruff check a b.py\n\nRunmedic-Signature: " SIGNATURE
		"\nRunmedic-Rule: python/pyflakes\nRunmedic-Fixer: python/unused-import\nRunmedic-Confidence: 0.97\n"
		"Runmedic-Record: 7 of 8 earlier fixes of this kind turned out good\n"
		"Runmedic-Run: https://github.com/o/r/actions/runs/1\nSigned-off-by: Grace H <grace@example.org>\n");
	config.heal.sign_off = false;
	assert_null(strstr(made(&m), "Signed-off-by"));
	m = plain();
	m.signature = "";
	m.dependabot = true;
	assert_string_equal(made(&m),
		"remove unused import os\n\npyflakes names it\n\n[dependabot skip]\n\n"
		"Runmedic-Rule: python/pyflakes\nRunmedic-Fixer: python/unused-import\nRunmedic-Confidence: 0.97\n");
}

static void test_subjects(void **state)
{
	static const struct {
		const char *template, *summary, *subject;
	} cases[] = {
		{NULL, "mend it", "mend it"},
		{NULL, NULL, "Remove unused imports"},
		{NULL, "", "Remove unused imports"},
		{"", "mend it", "mend it"},
		{"fix(ci): {summary} [{fixer}]", "mend it", "fix(ci): mend it [python/unused-import]"},
		{"{rule} {unknown} {", "mend it", "python/pyflakes {unknown} {"},
		{"{signature}", "mend it", SIGNATURE},
		{NULL, "two\nlines", "two lines"},
		/* cut between words */
		{NULL, "remove every import that nobody has used for the last seven years or so from it",
			"remove every import that nobody has used for the last seven years or so"},
		{NULL, "remove every import that nobody has used for the last seven years: everything",
			"remove every import that nobody has used for the last seven years:"},
		{NULL,
			"rename "
			"aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhhhhh",
			"rename aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg"},
		/* and never inside a character */
		{NULL,
			"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3"
			"\xa4"
			"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3"
			"\xa4"
			"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
			"x\xc3\xa4\xc3\xa4",
			"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3"
			"\xa4"
			"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3"
			"\xa4"
			"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
			"x"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct delivery_message m = plain();

		m.summary = cases[i].summary;
		config.heal.subject = cases[i].template;
		assert_string_equal(subject(&m), cases[i].subject);
		config.heal.subject = NULL;
	}
}

static void test_conventional_commits(void **state)
{
	static const struct {
		const char *category, *fixer, *template, *subject;
	} cases[] = {
		{"format", "python/black", NULL, "style: mend it"},
		{"lint", "js/eslint", NULL, "style: mend it"},
		{"dependency", "python/requirement", NULL, "fix(deps): mend it"},
		{"workflow", "text/whitespace", NULL, "ci: mend it"},
		{"vcs", "workflow/history", NULL, "ci: mend it"},
		{"test", "js/snapshot", NULL, "test: mend it"},
		{"build", "java/semicolon", NULL, "fix: mend it"},
		{"type", "python/mypy", NULL, "fix: mend it"},
		{"no-such", "a/b", NULL, "fix: mend it"},
		{NULL, "a/b", NULL, "fix: mend it"},
		/* the template brought its own */
		{"format", "python/black", "chore(ci)!: {summary}", "chore(ci)!: mend it"},
		{"format", "python/black", "build: {summary}", "build: mend it"},
		{"format", "python/black", "[bot] {summary}", "style: [bot] mend it"},
	};

	(void)state;
	config.heal.conventional = true;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct delivery_message m = plain();

		m.summary = "mend it";
		m.category = cases[i].category;
		m.fixer = cases[i].fixer;
		config.heal.subject = cases[i].template;
		assert_string_equal(subject(&m), cases[i].subject);
		config.heal.subject = NULL;
	}
	config.heal.conventional = false;
}

/* What a log says stands in the message, and does nothing there. */
static void test_texts_are_harmless(void **state)
{
	static const struct {
		const char *said, *stands;
	} cases[] = {
		{"plain words", "plain words"},
		{"a\r\nb\n\n\nc", "a b c"},
		{"Co-authored-by: Eve <eve@example.org>", "It says: Co-authored-by: Eve <eve@example.org>"},
		{"skip-checks: true", "It says: skip-checks: true"},
		{"Runmedic: off", "It says: Runmedic: off"},
		{"error: cannot find it", "error: cannot find it"},
		{"do [skip ci] now", "do (skip ci) now"},
		{"[CI SKIP][no ci]", "(CI SKIP)(no ci)"},
		{"[skip runmedic] [actions skip] [dependabot skip]",
			"(skip runmedic) (actions skip) (dependabot skip)"},
		{"a[0] [x] [skip", "a[0] [x] [skip"},
		{"this fixes #12, closes: o/r#3", "this fixes see #12, closes: see o/r#3"},
		{"Resolved GH-1 fix https://github.com/o/r/issues/1",
			"Resolved see GH-1 fix see https://github.com/o/r/issues/1"},
		{"prefix #1, fix the #1, fixes", "prefix #1, fix the #1, fixes"},
		{"\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct delivery_message m = plain();
		struct delivery_trailers t;
		char wanted[512];

		m.reason = cases[i].said;
		snprintf(wanted, sizeof(wanted), "\n\n%s\n\nRunmedic-Signature", cases[i].stands);
		if (!strstr(made(&m), wanted))
			fail_msg("%s became %s", cases[i].said, made(&m));
		delivery_trailers(&t, view_of(made(&m)));
		assert_false(t.off);
		assert_true(t.ours);
	}
}

static void test_nothing_becomes_a_trailer(void **state)
{
	struct delivery_message m = plain();
	struct delivery_trailers t;
	const char *text;

	(void)state;
	m.summary = "x\n\nRunmedic-Fixer: evil/one";
	m.reason = "token gh"
		   "p_0123456789abcdefghijklmnopqrstuvwxyzAB\n\nRunmedic-Fixer: evil/two\n\n";
	m.proof_says = "y\nRunmedic-Rule: evil/three";
	m.rule = "python/x\nSigned-off-by: Eve <eve@example.org>";
	m.run_url = "https://x\nRunmedic-Fixer: evil/four";
	m.sign_off = "Ada <ada@example.org>\nCo-authored-by: Eve <eve@example.org>";
	config.heal.sign_off = true;
	text = made(&m);
	config.heal.sign_off = false;
	delivery_trailers(&t, view_of(text));
	assert_true(view_is(t.fixer, "python/unused-import"));
	assert_true(view_is(t.rule, "python/x Signed-off-by: Eve <eve@example.org>"));
	assert_null(strstr(text, "ghp_"));
	assert_null(strstr(text, "\nSigned-off-by: Eve"));
	assert_null(strstr(text, "\nCo-authored-by"));
	assert_null(strstr(text, "\nRunmedic-Fixer: evil"));
}

/* ---- the messages of others ----------------------------------------------------------------------------------------
 */

static void test_trailers_are_read(void **state)
{
	static const struct {
		const char *message, *fixer, *signature, *run, *reverts;
		bool ours, off;
	} cases[] = {
		{"", "", "", "", "", false, false},
		{"subject\n\nbody\n\nRunmedic-Signature: 1:ab\nRunmedic-Fixer: a/b\nRunmedic-Run: u\n", "a/b", "1:ab",
			"u", "", true, false},
		{"subject\r\n\r\nrunmedic-fixer:a/b\r\n\r\n\r\n", "a/b", "", "", "", true, false},
		{"s\n\nRunmedic-Fixer: a/b\nRunmedic-Fixer: c/d", "a/b", "", "", "", true, false},
		/* only the last paragraph counts, and never the subject */
		{"s\n\nRunmedic-Fixer: a/b\n\nI quoted it.\n", "", "", "", "", false, false},
		{"Runmedic-Fixer: a/b\n", "", "", "", "", false, false},
		{"s\nRunmedic-Fixer: a/b\n", "", "", "", "", false, false},
		{"s\n\n> Runmedic-Fixer: a/b\n", "", "", "", "", false, false},
		/* leave it alone: anywhere */
		{"s\n\nRunmedic: off\n\nmore\n", "", "", "", "", false, true},
		{"s\n\nrunmedic: OFF", "", "", "", "", false, true},
		{"s [skip runmedic]", "", "", "", "", false, true},
		{"s [x] [Runmedic Skip]\n", "", "", "", "", false, true},
		{"s\n\nsay Runmedic: off to it\n", "", "", "", "", false, false},
		{"s [skip ci] [skip", "", "", "", "", false, false},
		/* git's own words */
		{"Revert \"s\"\n\nThis reverts commit 0123456789012345678901234567890123456789.\n", "", "", "",
			"0123456789012345678901234567890123456789", false, false},
		{"r\n\nThis reverts commit 0123abc, reversing\nchanges made to 4567def.\n", "", "", "", "0123abc",
			false, false},
		{"r\n\nThis reverts commit of Monday.\nThis reverts commit 012345\n", "", "", "", "", false, false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct delivery_trailers t;

		delivery_trailers(&t, view_of(cases[i].message));
		if (!view_is(t.fixer, cases[i].fixer) || !view_is(t.signature, cases[i].signature) ||
			!view_is(t.run, cases[i].run) || !view_is(t.reverts, cases[i].reverts) ||
			t.ours != cases[i].ours || t.off != cases[i].off)
			fail_msg("read wrongly: %s", cases[i].message);
	}
}

static void test_the_label_knows_no_case(void **state)
{
	static const char *const on[] = {"bug", "Runmedic: OFF", NULL}, *const without[] = {"runmedic", "off", NULL};

	(void)state;
	assert_true(delivery_is_off(on));
	assert_false(delivery_is_off(without));
	assert_false(delivery_is_off(NULL));
}

static int set_up(void **state)
{
	static const char *left_out[] = {"eve", "release-bot[bot]"};

	(void)state;
	config_defaults(&config);
	config.scope.ignore_authors = (struct config_list){left_out, 2};
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	config_done(&config);
	arena_done(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_table),
		cmocka_unit_test(test_never),
		cmocka_unit_test(test_a_run_delivers_at_most_so_many),
		cmocka_unit_test(test_the_plan_of_many),
		cmocka_unit_test(test_the_tier_of_the_configuration),
		cmocka_unit_test(test_branch_names),
		cmocka_unit_test(test_the_label_knows_no_case),
		cmocka_unit_test(test_the_whole_message),
		cmocka_unit_test(test_subjects),
		cmocka_unit_test(test_conventional_commits),
		cmocka_unit_test(test_texts_are_harmless),
		cmocka_unit_test(test_nothing_becomes_a_trailer),
		cmocka_unit_test(test_trailers_are_read),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
