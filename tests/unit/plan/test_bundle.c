/* The patch bundle of a job that ran code of strangers: what is no bundle is refused by name, and what it claims is
 * worth no more than our own analysis and configuration say. */
#include "plan/bundle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define BASE "0123456789abcdef0123456789abcdef01234567"
#define SIGNATURE "1:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER_SIGNATURE "1:fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
#define FIX                                                                                                            \
	"{\"fixer\":\"python/black\",\"rule\":\"python/black-would-reformat\",\"signature\":\"" SIGNATURE "\","        \
	"\"tier\":\"heal\",\"confidence\":0.98,\"summary\":\"reformat\",\"reason\":\"black says so\","                 \
	"\"files\":[\"a.py\"],\"diff\":\"diff --git a/a.py b/a.py\\n\",\"proof\":null}"
#define WHOLE                                                                                                          \
	"{\"schema\":\"runmedic.patch/1\",\"base\":\"" BASE "\",\"repository\":\"o/r\",\"fixes\":[" FIX "," FIX "]}\n"

#define BUNDLE_AUTO __attribute__((cleanup(bundle_done))) struct bundle

/* ---- reading ----------------------------------------------------------------------------------------------------- */

static void test_a_bundle_is_read(void **state)
{
	BUNDLE_AUTO b;
	struct err e = {0};

	(void)state;
	assert_int_equal(bundle_read(&b, VIEW(WHOLE), &e), 0);
	assert_string_equal(b.base, BASE);
	assert_string_equal(b.repository, "o/r");
	assert_int_equal(b.count, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct bundle_fix *f = &b.fixes[i];

		assert_string_equal(f->fixer, "python/black");
		assert_string_equal(f->rule, "python/black-would-reformat");
		assert_string_equal(f->signature, SIGNATURE);
		assert_int_equal(f->tier, TIER_HEAL);
		assert_true(f->confidence > 0.979 && f->confidence < 0.981);
		assert_string_equal(f->summary, "reformat");
		assert_string_equal(f->reason, "black says so");
		assert_string_equal(f->files[0], "a.py");
		assert_null(f->files[1]);
		assert_string_equal(f->diff, "diff --git a/a.py b/a.py\n");
	}
}

/* In a whole bundle the first `instead_of` becomes `this`. */
struct row {
	const char *instead_of, *this, *trouble; /* NULL: it is read all the same */
};

static const struct row rows[] = {
	/* what may be so */
	{"\"repository\":\"o/r\"", "\"repository\":null", NULL},
	{"\"repository\":\"o/r\",", "", NULL},
	{"\"signature\":\"" SIGNATURE "\"", "\"signature\":null", NULL},
	{"\"summary\":\"reformat\"", "\"summary\":null", NULL},
	{"\"proof\":null", "\"proof\":{\"command\":[\"x\"],\"exit_code\":0,\"says\":\"y\"},\"new\":1", NULL},
	{"\"tier\":\"heal\"", "\"tier\":\"review\"", NULL},
	{"[" FIX "," FIX "]", "[]", NULL},

	/* no bundle */
	{WHOLE, "", "not valid JSON"},
	{WHOLE, "[]", "its schema is not runmedic.patch/1"},
	{WHOLE, "\"runmedic.patch/1\"", "its schema is not runmedic.patch/1"},
	{"}\n", "", "not valid JSON"},
	{"}\n", "} {}", "not valid JSON"},
	{"runmedic.patch/1", "runmedic.patch/2", "its schema is not runmedic.patch/1"},
	{"\"schema\":\"runmedic.patch/1\"", "\"schema\":1", "its schema is not runmedic.patch/1"},

	/* two readers, two meanings */
	{"\"base\":", "\"base\":\"x\",\"base\":", "the key `base` stands twice"},
	{"\"diff\":", "\"d\\u0069ff\":\"x\",\"diff\":", "the key `diff` stands twice"},
	{"\"proof\":null", "\"proof\":{\"says\":1,\"says\":2}", "the key `says` stands twice"},
	{"black says so", "black\\u0000 says so", "NUL"},
	{"black says so", "black \xff says so", "not UTF-8"},

	/* fields */
	{BASE, "main", "`base` must be the 40 hex digits of a commit"},
	{BASE, "0123456789ABCDEF0123456789ABCDEF01234567", "`base` must be the 40 hex digits"},
	{"\"base\":\"" BASE "\",", "", "`base` must be the 40 hex digits"},
	{"\"base\":\"" BASE "\"", "\"base\":{}", "`base` must be the 40 hex digits"},
	{"\"o/r\"", "\"o\"", "`repository` must be `owner/name` or null"},
	{"\"o/r\"", "\"o/r/x\"", "`repository` must be `owner/name` or null"},
	{"\"o/r\"", "\"/r\"", "`repository` must be `owner/name` or null"},
	{"\"o/r\"", "\"o/r\\n\"", "`repository` must be `owner/name` or null"},
	{"\"o/r\"", "7", "`repository` must be `owner/name` or null"},
	{"\"fixes\":[" FIX "," FIX "]", "\"fixes\":{}", "`fixes` must be a list"},
	{",\"fixes\":[" FIX "," FIX "]", "", "`fixes` must be a list"},
	{"[" FIX, "[7", "fix 1: it must be an object"},
	{"\"python/black\"", "\"python black\"", "fix 1: `fixer` must be the id of a fixer"},
	{"\"python/black\"", "\"\"", "fix 1: `fixer` must be the id of a fixer"},
	{"\"fixer\":\"python/black\",", "", "fix 1: `fixer` must be the id of a fixer"},
	{"\"python/black-would-reformat\"", "null", "fix 1: `rule` must be the id of a rule"},
	{"\"python/black-would-reformat\"", "\"a\\nRunmedic-Fixer: x\"", "fix 1: `rule` must be the id of a rule"},
	{SIGNATURE, "1:0123", "fix 1: `signature` must be a signature"},
	{SIGNATURE, "0123", "fix 1: `signature` must be a signature"},
	{"\"signature\":\"1:", "\"signature\":\"x:", "fix 1: `signature` must be a signature"},
	{"\"tier\":\"heal\"", "\"tier\":\"off\"", "fix 1: `tier` must be `heal` or `review`"},
	{"\"tier\":\"heal\"", "\"tier\":null", "fix 1: `tier` must be `heal` or `review`"},
	{"0.98", "1.01", "fix 1: `confidence` must be a number from 0 to 1"},
	{"0.98", "-0.5", "fix 1: `confidence` must be a number from 0 to 1"},
	{"0.98", "1e999", "fix 1: `confidence` must be a number from 0 to 1"},
	{"0.98", "\"1\"", "fix 1: `confidence` must be a number from 0 to 1"},
	{"\"summary\":\"reformat\"", "\"summary\":[]", "fix 1: `summary` must be a text"},
	{"\"reason\":\"black says so\"", "\"reason\":null", "fix 1: `reason` must be a text"},
	{"[\"a.py\"]", "[]", "fix 1: `files` must be a list of 1 to 64 paths"},
	{"[\"a.py\"]", "[\"a.py\",7]", "fix 1: `files` must be a list of 1 to 64 paths"},
	{"[\"a.py\"]", "[\"\"]", "fix 1: `files` must be a list of 1 to 64 paths"},
	{"[\"a.py\"]", "\"a.py\"", "fix 1: `files` must be a list of 1 to 64 paths"},
	{"\"diff --git a/a.py b/a.py\\n\"", "\"\"", "fix 1: `diff` must be a diff of at most 2 MiB"},
	{"\"diff --git a/a.py b/a.py\\n\"", "[\"\"]", "fix 1: `diff` must be a diff of at most 2 MiB"},
	{"," FIX "]", ",{}]", "fix 2: `fixer` must be the id of a fixer"},
};

static void replace(struct buf *out, const char *whole, const char *instead_of, const char *this)
{
	struct view text = view_of(whole);
	size_t at = view_find(text, instead_of);

	if (at == VIEW_NONE)
		fail_msg("%s is not in a bundle", instead_of);
	buf_add_view(out, view_sub(text, 0, at));
	buf_add_text(out, this);
	buf_add_view(out, view_from(text, at + strlen(instead_of)));
}

static void test_each_field(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		BUF_AUTO text = buf_new(BUF_PAGE);
		struct bundle b = {0};
		struct err e = {0};
		int result;

		replace(&text, WHOLE, rows[i].instead_of, rows[i].this);
		result = bundle_read(&b, buf_view(&text), &e);
		if (!rows[i].trouble && result != 0)
			fail_msg("%s: %s", rows[i].this, e.text);
		if (rows[i].trouble && (result == 0 || e.code != ERR_INPUT || !strstr(e.text, "patch bundle: ") ||
					       !strstr(e.text, rows[i].trouble)))
			fail_msg("%s: %s, wanted %s", rows[i].this, e.text, rows[i].trouble);
		bundle_done(&b);
	}
}

static void assert_too_large(const struct buf *text, const char *trouble)
{
	struct bundle b = {0};
	struct err e = {0};

	assert_false(text->full);
	assert_int_equal(bundle_read(&b, buf_view(text), &e), -1);
	assert_int_equal(e.code, ERR_INPUT);
	if (!strstr(e.text, trouble))
		fail_msg("%s, wanted %s", e.text, trouble);
}

static const char *many(const char *text, size_t n, struct arena *a)
{
	BUF_AUTO all = buf_new(BUF_FILE);

	while (n--)
		buf_add_text(&all, text);
	return arena_view(a, buf_view(&all)).p;
}

static void test_ceilings(void **state)
{
	ARENA_AUTO a = {0};
	const struct {
		const char *instead_of, *this, *trouble;
	} cases[] = {
		{"[" FIX, arena_format(&a, "[%s" FIX, many(FIX ",", BUNDLE_FIXES_MAX - 1, &a)), "more than 64 fixes"},
		{"black says so", many("x", BUNDLE_TEXT_MAX + 1, &a), "`reason` must be a text of at most 16 KiB"},
		{"reformat\",\"reason", arena_format(&a, "%s\",\"reason", many("x", BUNDLE_TEXT_MAX + 1, &a)),
			"`summary` must be a text of at most 16 KiB"},
		{"[\"a.py\"", arena_format(&a, "[%s\"b.py\"", many("\"a.py\",", FIXER_FILES_MAX, &a)),
			"`files` must be a list of 1 to 64 paths"},
		{"[\"a.py\"", arena_format(&a, "[\"%s\"", many("p", BUNDLE_TEXT_MAX + 1, &a)),
			"`files` must be a list of 1 to 64 paths"},
		{"diff --git", many("x", BUNDLE_DIFF_MAX, &a), "`diff` must be a diff of at most 2 MiB"},
		{"\"python/black\"", arena_format(&a, "\"%s\"", many("x", 201, &a)), "the id of a fixer"},
		{"black says so", many("x", BUNDLE_BYTES_MAX, &a), "JSON of more than 8388608 bytes"},
		{"\"proof\":null", arena_format(&a, "\"proof\":%s", many("[", 70, &a)), "nested deeper than 64"},
		{"\"proof\":null", arena_format(&a, "\"proof\":[1%s]", many(",1", JSON_NODES_MAX, &a)),
			"JSON of more than 100000 values"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		BUF_AUTO text = buf_new(BUF_FILE);

		replace(&text, WHOLE, cases[i].instead_of, cases[i].this);
		assert_too_large(&text, cases[i].trouble);
	}
}

static void test_what_just_fits(void **state)
{
	ARENA_AUTO a = {0};
	const struct {
		const char *instead_of, *this;
	} cases[] = {
		{"[" FIX, arena_format(&a, "[%s" FIX, many(FIX ",", BUNDLE_FIXES_MAX - 2, &a))},
		{"black says so", many("x", BUNDLE_TEXT_MAX, &a)},
		{"[\"a.py\"", arena_format(&a, "[%s\"b.py\"", many("\"a.py\",", FIXER_FILES_MAX - 1, &a))},
		{"[\"a.py\"", arena_format(&a, "[\"%s\"", many("p", BUNDLE_TEXT_MAX, &a))},
		{"diff --git a/a.py b/a.py\\n", many("x", BUNDLE_DIFF_MAX, &a)},
		{"\"python/black\"", arena_format(&a, "\"%s\"", many("x", 200, &a))},
		{"\"o/r\"", arena_format(&a, "\"o/%s\"", many("r", 198, &a))},
		{"0.98", "0"},
		{"0.98", "1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		BUF_AUTO text = buf_new(BUF_FILE);
		struct err e = {0};
		BUNDLE_AUTO b = {0};

		replace(&text, WHOLE, cases[i].instead_of, cases[i].this);
		if (bundle_read(&b, buf_view(&text), &e) != 0)
			fail_msg("case %zu: %s", i, e.text);
	}
	bundle_done(NULL);
}

/* ---- trust ------------------------------------------------------------------------------------------------------- */

static const char *const black[] = {"python/black"};
static const struct finding findings[] = {
	{.rule_id = "python/black-would-reformat",
		.category = CATEGORY_FORMAT,
		.signature = SIGNATURE,
		.remedies = black,
		.remedy_count = 1},
	{.rule_id = "acme/stale", .category = CATEGORY_BUILD, .signature = ""},
	{.rule_id = "java/cannot-find-symbol", .category = CATEGORY_DEPENDENCY, .signature = OTHER_SIGNATURE},
};
static const struct finding beside_memory[] = {
	{.rule_id = "runner/out-of-memory", .category = CATEGORY_RESOURCE},
	{.rule_id = "python/black-would-reformat",
		.category = CATEGORY_FORMAT,
		.signature = SIGNATURE,
		.remedies = black,
		.remedy_count = 1},
};
static const struct diagnosis plain = {.findings = findings, .finding_count = 3},
			      starved = {.findings = beside_memory, .finding_count = 2}, empty = {.failed = true};

struct claim {
	const char *what, *fixer, *rule, *signature;
	enum tier claimed, worth; /* TIER_OFF: refused */
	const char *trouble;
};

static const struct claim claims[] = {
	{"as found", "python/black", "python/black-would-reformat", SIGNATURE, TIER_HEAL, TIER_HEAL, NULL},
	{"claimed lower", "python/black", "python/black-would-reformat", SIGNATURE, TIER_REVIEW, TIER_REVIEW, NULL},
	{"no signature claimed", "python/black", "python/black-would-reformat", NULL, TIER_HEAL, TIER_HEAL, NULL},
	{"no signature found", "acme/gen", "acme/stale", SIGNATURE, TIER_HEAL, TIER_HEAL, NULL},
	{"lowered by the configuration", "acme/slow", "acme/stale", NULL, TIER_HEAL, TIER_REVIEW, NULL},

	{"no such fixer", "python/evil", "python/black-would-reformat", SIGNATURE, TIER_HEAL, TIER_OFF,
		"there is no fixer python/evil"},
	{"another failure", "python/black", "python/black-would-reformat", OTHER_SIGNATURE, TIER_HEAL, TIER_OFF,
		"nothing that we found is answered by it"},
	{"another rule", "python/black", "python/isort", SIGNATURE, TIER_HEAL, TIER_OFF,
		"nothing that we found is answered by it"},
	{"a rule that it does not answer", "python/black", "java/cannot-find-symbol", OTHER_SIGNATURE, TIER_HEAL,
		TIER_OFF, "nothing that we found is answered by it"},
	{"switched off", "acme/off", "acme/stale", NULL, TIER_HEAL, TIER_OFF,
		"acme/off is switched off by the configuration"},
};

static void configure(struct config *c)
{
	static const char *answers[] = {"acme/*"}, *command[] = {"make", "gen"}, *paths[] = {"gen/**"};
	static struct config_fixer own[] = {{.id = "acme/gen"}, {.id = "acme/slow"}, {.id = "acme/off"}};
	static struct config_fixer_tier tiers[] = {{"acme/slow", TIER_REVIEW}, {"acme/off", TIER_OFF}};

	config_defaults(c);
	for (size_t i = 0; i < 3; i++) {
		own[i].answers = (struct config_list){answers, 1};
		own[i].command = own[i].proof = (struct config_list){command, 2};
		own[i].paths = (struct config_list){paths, 1};
	}
	c->fixers = own;
	c->fixer_count = 3;
	c->heal.fixers = tiers;
	c->heal.fixer_count = 2;
}

static void test_claims(void **state)
{
	const struct diagnosis *const diagnoses[] = {&empty, &plain};
	struct config c;
	ARENA_AUTO a = {0};

	(void)state;
	configure(&c);
	for (size_t i = 0; i < sizeof(claims) / sizeof(*claims); i++) {
		const struct claim *k = &claims[i];
		const struct bundle_fix f = {
			.fixer = k->fixer, .rule = k->rule, .signature = k->signature, .tier = k->claimed};
		const struct fixer *fixer = NULL;
		const struct finding *finding = NULL;
		enum tier tier = TIER_OFF;
		struct err e = {0};
		int result = bundle_trust(&f, diagnoses, 2, &c, &a, &fixer, &finding, &tier, &e);

		if (k->trouble) {
			if (result == 0 || e.code != ERR_REFUSED || strcmp(e.text, k->trouble) != 0)
				fail_msg("%s: %s, wanted %s", k->what, e.text, k->trouble);
			continue;
		}
		if (result != 0)
			fail_msg("%s: %s", k->what, e.text);
		assert_int_equal(tier, k->worth);
		assert_string_equal(fixer->id, k->fixer);
		assert_string_equal(finding->rule_id, k->rule);
	}
	config_done(&c);
}

/* What only more memory mends is not papered over by a fix for something else in the same log. */
static void test_what_needs_a_person_is_not_answered(void **state)
{
	const struct bundle_fix f = {.fixer = "python/black",
		.rule = "python/black-would-reformat",
		.signature = SIGNATURE,
		.tier = TIER_HEAL};
	const struct diagnosis *const diagnoses[] = {&starved};
	const struct fixer *fixer;
	const struct finding *finding;
	enum tier tier;
	struct config c;
	ARENA_AUTO a = {0};
	struct err e = {0};

	(void)state;
	configure(&c);
	assert_int_equal(bundle_trust(&f, diagnoses, 1, &c, &a, &fixer, &finding, &tier, &e), -1);
	assert_string_equal(e.text, "nothing that we found is answered by it");
	config_done(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_bundle_is_read),
		cmocka_unit_test(test_each_field),
		cmocka_unit_test(test_ceilings),
		cmocka_unit_test(test_what_just_fits),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_what_needs_a_person_is_not_answered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
