#include "base/buf.h"
#include "log/log.h"
#include "rules/rule.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#define WHOLE_RULE                                                                                                     \
	"tool: python\n"                                                                                               \
	"rules:\n"                                                                                                     \
	"  - id: python/module-not-found\n"                                                                            \
	"    category: dependency\n"                                                                                   \
	"    rank: cause\n"                                                                                            \
	"    match: '^(?:E +)?ModuleNotFoundError: No module named ''(?<symbol>[^'']+)'''\n"                           \
	"    title: 'Python module {symbol} is not installed'\n"                                                       \
	"    hint: 'Add it.'\n"                                                                                        \
	"    why: 'CPython.'\n"                                                                                        \
	"    hits: [\"ModuleNotFoundError: No module named 'yaml'\"]\n"                                                \
	"    misses: ['tests that mention ModuleNotFoundError']\n"                                                     \
	"    fixture: python/module-not-found.log\n"

/* A user rule with everything that must be there, and more keys. */
#define USER(more) "- {id: acme/licence, category: infra, match: 'licence server \\d+', " more "}"

static int load(const char *yaml, bool user, struct arena *a, struct rule_list *ret, struct err *e)
{
	return rule_load(ret, view_of(yaml), "r.yml", 1, user, a, e);
}

static void reads_a_catalogue_file(void **state)
{
	ARENA_AUTO arena = {0};
	struct rule_list list;
	struct err e = {0};
	const struct rule *r;

	(void)state;
	assert_int_equal(
		load(WHOLE_RULE "    literals: [ModuleNotFoundError]\n"
				"    severity: warning\n    transient: true\n    nocase: true\n"
				"    not_if: [never]\n    forgiven: so be it\n    exit_code: 137\n    mark: error\n    "
				"cut_off: true\n"
				"    near: {match: 'File (?<path>\\S+)', before: 20, required: true, last: true}\n"
				"    excerpt: {before: 1, from: 'Traceback', to: 'end'}\n"
				"    weight: 0.95\n    remedies: [python/requirement]\n",
			false, &arena, &list, &e),
		0);
	assert_int_equal(list.count, 1);
	r = &list.rules[0];
	assert_string_equal(r->id, "python/module-not-found");
	assert_string_equal(r->tool, "python");
	assert_int_equal(r->category, CATEGORY_DEPENDENCY);
	assert_int_equal(r->rank, RANK_CAUSE);
	assert_int_equal(r->severity, SEVERITY_WARNING);
	assert_true(r->transient && r->nocase && r->cut_off && !r->test_failure);
	assert_int_equal(r->exit_code, 137);
	assert_int_equal(rule_mark(r), LOG_ERROR);
	assert_int_equal(r->literal_count, 1);
	assert_string_equal(r->literals[0], "modulenotfounderror: no module named '"); /* better than the given one */
	assert_int_equal(r->not_if_count, 1);
	assert_string_equal(r->forgiven, "so be it");
	assert_string_equal(r->near.pattern, "File (?<path>\\S+)");
	assert_int_equal(r->near.before, 20);
	assert_int_equal(r->near.after, 0);
	assert_true(r->near.required && r->near.last);
	assert_int_equal(r->excerpt.before, 1);
	assert_int_equal(r->excerpt.after, 3);
	assert_string_equal(r->excerpt.from, "Traceback");
	assert_true(r->weight == 0.95);
	assert_string_equal(r->remedies[0], "python/requirement");
	assert_string_equal(r->fixture, "python/module-not-found.log");
	assert_int_equal(r->file_line, 3);
}

static void has_defaults(void **state)
{
	ARENA_AUTO arena = {0};
	struct rule_list list;
	struct err e = {0};
	const struct rule *r;

	(void)state;
	assert_int_equal(load(WHOLE_RULE, false, &arena, &list, &e), 0);
	r = &list.rules[0];
	assert_int_equal(r->severity, SEVERITY_ERROR);
	assert_false(r->transient || r->nocase || r->cut_off || r->test_failure);
	assert_int_equal(r->exit_code, -1);
	assert_null(r->mark);
	assert_int_equal(rule_mark(r), -1);
	assert_true(r->weight == 0.7);
	assert_null(r->near.pattern);
	assert_int_equal(r->excerpt.before, 3);
	assert_int_equal(r->excerpt.after, 3);
	assert_int_equal(r->literal_count, 1);
	assert_string_equal(r->literals[0], "ModuleNotFoundError: No module named '");
}

static void user_rules_may_be_short(void **state)
{
	ARENA_AUTO arena = {0};
	struct rule_list list;
	struct err e = {0};
	const struct rule *r;

	(void)state;
	assert_int_equal(load("- {id: zeta/b, category: infra, match: 'licence server'}\n"
			      "- {id: acme/a, category: infra, match: '(?i)LICENCE server'}\n",
				 true, &arena, &list, &e),
		0);
	assert_int_equal(list.count, 2);
	r = &list.rules[0];
	assert_string_equal(r->id, "acme/a"); /* sorted */
	assert_string_equal(r->tool, "acme");
	assert_string_equal(r->title, "{message}");
	assert_int_equal(r->rank, RANK_CAUSE);
	assert_null(r->hint);
	assert_null(r->why);
	assert_null(r->fixture);
	assert_true(r->nocase); /* by (?i) */
	assert_string_equal(r->literals[0], "licence server");
	assert_int_equal(load("", true, &arena, &list, &e), 0);
	assert_int_equal(list.count, 0);
	assert_int_equal(load("[]", true, &arena, &list, &e), 0);
	assert_int_equal(list.count, 0);
}

static const struct {
	const char *yaml, *message;
} bad_user_rules[] = {
	{"- a: [", "r.yml:2:1: did not find expected node content"},
	{"text", "r.yml:1:1: a mapping is expected here, not a text"},
	{"- text", "r.yml:1:3: a mapping is expected here, not a text"},
	{"rules: {}", "r.yml:1:8: `rules` must be a list, not a mapping"},
	{"tools: x\nrules: []", "r.yml:1:1: unknown key `tools`; did you mean `tool`?"},
	{"tool: x", "r.yml:1:1: no `rules`"},
	{"- {}", "r.yml:1:3: the rule has no `id`"},
	{"- id: acme/x", "r.yml:1:3: the rule acme/x has no `category`"},
	{"- {id: acme, category: infra, match: abc}",
		"r.yml:1:8: `acme` is not an id: family/name in small letters, digits and '-'"},
	{"- {id: acme/a_b, category: infra, match: abc}",
		"r.yml:1:8: `acme/a_b` is not an id: family/name in small letters, digits and '-'"},
	{"- {id: acme/x, category: infra, match: abc}\n- {id: acme/x, category: infra, match: abd}",
		"r.yml:2:8: the id acme/x stands here twice, first in line 1"},
	{USER("pattern: x"), "r.yml:1:68: unknown key `pattern`"},
	{USER("wieght: 0.5"), "r.yml:1:68: unknown key `wieght`; did you mean `weight`?"},
	{USER("rank: causes"), "r.yml:1:74: unknown rank `causes`; did you mean `cause`?"},
	{"- {id: acme/x, category: network error, match: abc}", "r.yml:1:26: unknown category `network error`"},
	{"- {id: acme/x, category: netwrok, match: abc}",
		"r.yml:1:26: unknown category `netwrok`; did you mean `network`?"},
	{USER("severity: fatal"), "r.yml:1:78: unknown severity `fatal`"},
	{USER("mark: eror"), "r.yml:1:74: unknown mark `eror`; did you mean `error`?"},
	{USER("transient: yes"), "r.yml:1:79: `transient` must be true or false, not `yes`"},
	{USER("transient: 'true'"), "r.yml:1:79: `transient` must be true or false, not `true`"},
	{USER("weight: 70"), "r.yml:1:76: `weight` must be 0 to 1, not 70"},
	{USER("weight: 7e-1"), "r.yml:1:76: `weight` must be a number, not `7e-1`"},
	{USER("exit_code: two"), "r.yml:1:79: `exit_code` must be a whole number, not `two`"},
	{USER("exit_code: 99999999999"), "r.yml:1:79: `exit_code` must be -2147483648 to 2147483647, not 99999999999"},
	{USER("title: ''"), "r.yml:1:75: `title` is empty"},
	{USER("title: '{symbol} is gone'"), "r.yml:1:75: `title` names {symbol}, but no pattern captures it"},
	{USER("title: '{sybmol} is gone'"), "r.yml:1:75: unknown group {sybmol} in `title`; did you mean `symbol`?"},
	{USER("test_failure: true"), "r.yml:1:82: `test_failure` needs a group (?<test>...)"},
	{USER("not_if: never"), "r.yml:1:76: `not_if` must be a list, not a text"},
	{USER("not_if: ['(']"), "r.yml:1:77: pattern: "},
	{USER("remedies: [Fix]"), "r.yml:1:79: `Fix` is not the id of a fixer"},
	{USER("near: {before: 3}"), "r.yml:1:74: `near` needs `match`"},
	{USER("near: {match: x}"), "r.yml:1:74: `near` needs `before` or `after`: a number of lines"},
	{USER("near: {match: x, before: 500}"), "r.yml:1:93: `before` must be 0 to 200, not 500"},
	{USER("near: {match: x, befor: 5}"), "r.yml:1:85: unknown key `befor`; did you mean `before`?"},
	{USER("near: {match: '[', before: 5}"), "r.yml:1:82: pattern: "},
	{USER("excerpt: {from: '*'}"), "r.yml:1:84: pattern: "},
	{USER("fixture: ../x.log"), "r.yml:1:77: `fixture`: "},
	{USER("hits: ['other']"), "r.yml:1:75: this line is in `hits`, but `match` does not match it"},
	{USER("hits: ['licence server 1'], not_if: ['1']"),
		"r.yml:1:75: this line is in `hits`, but `not_if` excludes it"},
	{"- {id: acme/x, category: infra, match: 'a+b|c+d', literals: [other], hits: [ab]}",
		"r.yml:1:77: this line is in `hits`, but holds none of `literals`"},
	{USER("hits: ['##[error]licence server 1']"),
		"r.yml:1:75: an example is a decoded line, without the runner's ##[...]"},
	{USER("hits: [\"licence server 1\\n\"]"), "r.yml:1:75: an example is one line"},
	{USER("misses: ['no licence server 1']"), "r.yml:1:77: this line is in `misses`, but matches"},
	{USER("literals: [li]"), "r.yml:1:79: a literal must have 3 to 64 bytes"},
	{USER("literals: [\"abc\\n\"]"), "r.yml:1:79: a literal cannot hold control characters"},
	{USER("literals: []"), "r.yml:1:78: `literals` must hold 1 to 32 texts"},
	{"- {id: acme/x, category: infra, match: 'a+b'}", "r.yml:1:40: no text of 3 or more bytes stands in every line "
							  "that matches; write a longer pattern or name "
							  "`literals`, of which each such line holds one"},
	{"- {id: acme/x, category: infra, match: '(?<file>abc)'}",
		"r.yml:1:40: pattern: unknown group `file`; the names are message, path, line, column, symbol, code, "
		"test, "
		"host, package"},
	{"- {id: acme/x, category: infra, match: '(*LIMIT_MATCH=1)abc'}",
		"r.yml:1:40: pattern: verbs `(*...)` and callouts `(?C)` are not supported in a pattern"},
	{"- {id: acme/x, category: infra, match: &a abc}", "r.yml:1:40: anchors, aliases and tags are not supported"},
	{"- {id: acme/x, id: acme/y}", "r.yml:1:16: `id` stands here twice, first in line 1"},
};

static void user_rules_are_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_user_rules) / sizeof(*bad_user_rules); i++) {
		const char *expected = bad_user_rules[i].message;
		ARENA_AUTO arena = {0};
		struct rule_list list;
		struct err e = {0};

		if (load(bad_user_rules[i].yaml, true, &arena, &list, &e) == 0)
			fail_msg("accepted: %s", bad_user_rules[i].yaml);
		assert_int_equal(e.code, ERR_INPUT);
		/* What ends in ": " goes on with the words of base/. */
		if (view_ends(view_of(expected), ": ") ? !view_starts(view_of(e.text), expected)
						       : strcmp(e.text, expected) != 0)
			fail_msg("%s\n    says %s\n    not  %s", bad_user_rules[i].yaml, e.text, expected);
	}
}

/* The catalogue must have every key: each is taken away in turn. */
static void catalogue_rules_are_whole(void **state)
{
	static const char *const keys[] = {
		"category", "rank", "match", "title", "hint", "why", "hits", "misses", "fixture"};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		ARENA_AUTO arena = {0};
		BUF_AUTO yaml = buf_new(BUF_LINE), expected = buf_new(BUF_LINE);
		struct view rest = view_of(WHOLE_RULE), line;
		struct rule_list list;
		struct err e = {0};

		while (view_next(&rest, '\n', &line))
			if (!view_starts(view_trim(line), keys[i]))
				buf_addf(&yaml, "%.*s\n", VIEW_ARG(line));
		buf_addf(&expected, "r.yml:3:5: the rule python/module-not-found has no `%s`", keys[i]);
		assert_int_equal(load(buf_text(&yaml), false, &arena, &list, &e), -1);
		assert_string_equal(e.text, buf_text(&expected));
	}
}

static void catalogue_rules_have_a_tool_and_examples(void **state)
{
	ARENA_AUTO arena = {0};
	struct rule_list list;
	struct err e = {0};

	(void)state;
	assert_int_equal(load(strchr(WHOLE_RULE, '\n') + 1, false, &arena, &list, &e), -1);
	assert_string_equal(e.text, "r.yml:2:5: `python/module-not-found` has no `tool`, nor has the file");
	assert_int_equal(load("tool: x\nrules:\n"
			      "- {id: a/b, category: infra, rank: cause, match: abc, title: t, hint: h, why: w,\n"
			      "   hits: [], misses: [x], fixture: a.log}\n",
				 false, &arena, &list, &e),
		-1);
	assert_string_equal(e.text, "r.yml:4:10: `hits` is empty");
}

static void given_literals_count_where_they_are_better(void **state)
{
	ARENA_AUTO arena = {0};
	struct rule_list list;
	struct err e = {0};

	(void)state;
	assert_int_equal(load("- {id: a/b, category: infra, nocase: true, match: 'a+b|c+d', literals: [AAB, cCd]}\n"
			      "- {id: a/c, category: infra, match: '[a-z]+: \\w+', literals: ['fatal: ', 'alarm: ']}\n"
			      "- {id: a/d, category: infra, match: 'long text', literals: [tex]}\n",
				 true, &arena, &list, &e),
		0);
	assert_int_equal(list.rules[0].literal_count, 2);
	assert_string_equal(list.rules[0].literals[0], "aab");
	assert_string_equal(list.rules[0].literals[1], "ccd");
	assert_int_equal(list.rules[1].literal_count, 2);
	assert_string_equal(list.rules[1].literals[1], "alarm: ");
	assert_int_equal(list.rules[2].literal_count, 1);
	assert_string_equal(list.rules[2].literals[0], "long text");
}

static void lines_are_counted_from_where_the_text_stood(void **state)
{
	ARENA_AUTO arena = {0};
	struct rule_list list;
	struct err e = {0};

	(void)state;
	assert_int_equal(rule_load(&list, view_of("- {}\n"), ".github/runmedic.yml", 42, true, &arena, &e), -1);
	assert_string_equal(e.text, ".github/runmedic.yml:42:3: the rule has no `id`");
}

static void keeps_its_ceilings(void **state)
{
	ARENA_AUTO arena = {0};
	BUF_AUTO yaml = buf_new(BUF_FILE);
	struct rule_list list;
	struct err e = {0};

	(void)state;
	for (unsigned i = 0; i <= RULES_MAX; i++)
		buf_addf(&yaml, "- {id: a/b%u, category: infra, match: abc}\n", i);
	assert_int_equal(load(buf_text(&yaml), true, &arena, &list, &e), -1);
	assert_string_equal(e.text, "r.yml:1:1: more than 4096 rules");
	buf_clear(&yaml);
	buf_add_text(&yaml, "- {id: a/b, category: infra, match: '");
	for (size_t i = 0; i <= RULE_TEXT_MAX; i++)
		buf_add_char(&yaml, 'a');
	buf_add_text(&yaml, "'}");
	assert_int_equal(load(buf_text(&yaml), true, &arena, &list, &e), -1);
	assert_string_equal(e.text, "r.yml:1:37: `match` is longer than 4096 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_catalogue_file),
		cmocka_unit_test(has_defaults),
		cmocka_unit_test(user_rules_may_be_short),
		cmocka_unit_test(user_rules_are_checked),
		cmocka_unit_test(catalogue_rules_are_whole),
		cmocka_unit_test(catalogue_rules_have_a_tool_and_examples),
		cmocka_unit_test(given_literals_count_where_they_are_better),
		cmocka_unit_test(lines_are_counted_from_where_the_text_stood),
		cmocka_unit_test(keeps_its_ceilings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
