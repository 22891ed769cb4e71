#include "publish/pages.h"
#include "publish_testing.h"

static const char *const remedies[] = {"python/black", "python/isort"};
static const char *const hits[] = {"quux: no"};
static const char *const misses[] = {"`quux`", "a|b"};

static const struct rule rules[] = {
	{.id = "own/one",
		.tool = "own",
		.category = CATEGORY_BUILD,
		.rank = RANK_CAUSE,
		.severity = SEVERITY_ERROR,
		.pattern = "^quux: (?<message>a|b)`",
		.title = "quux says {message}",
		.hint = "Do <something>.",
		.why = "quux prints it.",
		.transient = true,
		.remedies = remedies,
		.remedy_count = 2,
		.hits = hits,
		.hit_count = 1,
		.misses = misses,
		.miss_count = 2},
	{.id = "other/two", .tool = "other", .pattern = "x", .title = "two"},
};

#define assert_has(out, text) assert_true(view_has(buf_view(out), text))
#define assert_has_not(out, text) assert_false(view_has(buf_view(out), text))

static void test_a_rule(void **state)
{
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	page_rule(&out, &rules[0]);
	assert_has(&out, "## own/one\n\nquux says \\{message\\}\n");
	assert_has(&out, "- **Category:** build; **rank:** cause; **severity:** error; a rerun would probably pass\n");
	assert_has(&out, "- **What to do:** Do &lt;something&gt;.\n");
	assert_has(&out, "- **Fixers:** `python/black`, `python/isort`\n");
	assert_has(&out, "- **Pattern:** `` ^quux: (?<message>a|b)` ``\n");
	assert_has(&out, "Matches:\n\n- `quux: no`\n");
	assert_has(&out, "Does not match:\n\n- `` `quux` ``\n");
}

static void test_a_rule_of_a_user_may_lack_words(void **state)
{
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	page_rule(&out, &rules[1]);
	assert_has_not(&out, "(null)");
	assert_has_not(&out, "What to do");
	assert_has_not(&out, "Fixers");
	assert_has_not(&out, "Matches");
}

static void test_a_rule_as_json(void **state)
{
	BUF_AUTO out = buf_new(BUF_PAGE);

	(void)state;
	JSON_AUTO *j = page_rule_json(&rules[0]);
	print_checked(&out, j);
	assert_string_equal(json_text(j, "id"), "own/one");
	assert_string_equal(json_text(j, "rank"), "cause");
	assert_int_equal(cJSON_GetArraySize(json_get(j, "remedies")), 2);
	JSON_AUTO *k = page_rule_json(&rules[1]);
	assert_null(json_get(k, "hint"));
}

static void test_a_family_and_the_index(void **state)
{
	BUF_AUTO family = buf_new(BUF_PAGE);
	BUF_AUTO index = buf_new(BUF_PAGE);

	(void)state;
	page_rule_family(&family, "own", rules, 2);
	assert_has(&family, "# Rules: own\n");
	assert_has(&family, "## own/one\n");
	assert_has_not(&family, "other/two");
	assert_true(view_ends(buf_view(&family), "\n") && !view_ends(buf_view(&family), "\n\n"));
	page_rule_index(&index, rules, 2);
	assert_has(&index, "2 rules.");
	assert_has(&index, "| [own/one](own.md) | build | cause | quux says \\{message\\} |\n");
	assert_has(&index, "| [other/two](other.md) |");
}

static void test_every_rule_of_the_catalogue(void **state)
{
	(void)state;
	for (size_t i = 0; i < rule_catalogue_count; i++) {
		BUF_AUTO out = buf_new(BUF_PAGE);

		page_rule(&out, &rule_catalogue[i]);
		assert_has(&out, rule_catalogue[i].id);
		assert_has_not(&out, "(null)");
		assert_printable(buf_view(&out));
	}
}

static void test_every_fixer(void **state)
{
	BUF_AUTO index = buf_new(BUF_LARGE);

	(void)state;
	for (const struct fixer *const *f = fixer_table; *f; f++) {
		BUF_AUTO out = buf_new(BUF_PAGE);
		BUF_AUTO text = buf_new(BUF_PAGE);

		page_fixer(&out, *f);
		assert_has(&out, "**Why it is safe.**");
		assert_has(&out, "- **Tier:** ");
		assert_has_not(&out, "(null)");
		JSON_AUTO *j = page_fixer_json(*f, true, NULL);
		print_checked(&text, j);
		assert_string_equal(json_text(j, "id"), (*f)->id);
		assert_null(json_get(j, "version"));
	}
	page_fixer_index(&index);
	for (const struct fixer *const *f = fixer_table; *f; f++)
		assert_has(&index, (*f)->id);
	assert_true(view_ends(buf_view(&index), "\n") && !view_ends(buf_view(&index), "\n\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_rule),
		cmocka_unit_test(test_a_rule_of_a_user_may_lack_words),
		cmocka_unit_test(test_a_rule_as_json),
		cmocka_unit_test(test_a_family_and_the_index),
		cmocka_unit_test(test_every_rule_of_the_catalogue),
		cmocka_unit_test(test_every_fixer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
