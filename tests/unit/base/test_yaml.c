#include "base/buf.h"
#include "base/yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static struct err problem;
static const struct yaml_source source = {"c.yml", 1, &problem};

static const struct yaml *parse(const char *text, struct arena *a)
{
	const struct yaml *root = NULL;

	if (yaml_parse(&root, &source, view_of(text), 100, a))
		fail_msg("%s", problem.text);
	return root;
}

static void reads_a_tree_with_places(void **state)
{
	ARENA_AUTO arena = {0};
	const struct yaml *root = parse("a: 1\nlist: [x, 'y z']\nmap:\n  deep: |\n    text\n", &arena), *v;

	(void)state;
	assert_int_equal(root->kind, YAML_MAP);
	assert_int_equal(root->count, 3);
	v = yaml_get(root, "a");
	assert_true(view_is(v->text, "1") && v->plain);
	assert_int_equal(v->line, 1);
	assert_int_equal(v->column, 4);
	assert_true(view_is(v->key->text, "a"));
	v = yaml_get(root, "list");
	assert_int_equal(v->kind, YAML_LIST);
	assert_int_equal(v->count, 2);
	assert_true(view_is(v->first->next->text, "y z") && !v->first->next->plain);
	assert_int_equal(v->first->next->column, 11);
	assert_null(v->first->next->next);
	v = yaml_get(yaml_get(root, "map"), "deep");
	assert_true(view_is(v->text, "text\n"));
	assert_int_equal(v->line, 4);
	assert_null(yaml_get(root, "b"));
	assert_null(yaml_get(NULL, "b"));
}

static void empty_documents_are_null(void **state)
{
	ARENA_AUTO arena = {0};

	(void)state;
	assert_null(parse("", &arena));
	assert_null(parse("# only a comment\n", &arena));
	assert_true(yaml_is_null(parse("---\n", &arena)));
	assert_true(yaml_is_null(yaml_get(parse("a:\n", &arena), "a")));
	assert_true(yaml_is_null(yaml_get(parse("a: null\n", &arena), "a")));
	assert_false(yaml_is_null(yaml_get(parse("a: 'null'\n", &arena), "a")));
}

static void refuses_what_is_not_plain_yaml(void **state)
{
	static const struct {
		const char *text, *message;
	} bad[] = {
		{"a: &x 1", "c.yml:1:4: anchors, aliases and tags are not supported"},
		{"a: *x", "c.yml:1:4: anchors, aliases and tags are not supported"},
		{"a: !!int 1", "c.yml:1:4: anchors, aliases and tags are not supported"},
		{"a: 1\nb: 2\na: 3", "c.yml:3:1: `a` stands here twice, first in line 1"},
		{"[a]: 1", "c.yml:1:1: a key must be a text"},
		{"a: 1\n---\nb: 2", "c.yml:2:1: a second document"},
		{"a: \"x\\0y\"", "c.yml:1:4: a text cannot hold a NUL"},
		{"a: [", "c.yml:2:1: did not find expected node content"},
		{"[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]", "c.yml:1:18: nested too deeply"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		ARENA_AUTO arena = {0};
		const struct yaml *root;

		assert_int_equal(yaml_parse(&root, &source, view_of(bad[i].text), 100, &arena), -1);
		assert_int_equal(problem.code, ERR_INPUT);
		assert_string_equal(problem.text, bad[i].message);
	}
}

static void keeps_its_ceilings(void **state)
{
	ARENA_AUTO arena = {0};
	BUF_AUTO text = buf_new(BUF_FILE);
	const struct yaml *root;

	(void)state;
	assert_int_equal(yaml_parse(&root, &source, VIEW("[1, 2, 3]"), 3, &arena), -1);
	assert_string_equal(problem.text, "c.yml:1:8: too many values in one file");
	for (unsigned i = 0; i <= YAML_KEYS_MAX; i++)
		buf_addf(&text, "k%u: 1\n", i);
	assert_int_equal(yaml_parse(&root, &source, buf_view(&text), 100000, &arena), -1);
	assert_string_equal(problem.text, "c.yml:1001:1: more than 1000 keys");
	while (text.n <= YAML_BYTES_MAX)
		buf_add_text(&text, "# more text than anybody writes by hand\n");
	assert_int_equal(yaml_parse(&root, &source, buf_view(&text), 100000, &arena), -1);
	assert_int_equal(problem.code, ERR_LIMIT);
}

static void bad_encodings_have_an_error(void **state)
{
	ARENA_AUTO arena = {0};
	const struct yaml *root;

	(void)state;
	assert_int_equal(yaml_parse(&root, &source, VIEW("a: \xff\xfe\n"), 100, &arena), -1);
	assert_int_equal(problem.code, ERR_INPUT);
}

static void reads_values_strictly(void **state)
{
	ARENA_AUTO arena = {0};
	const struct yaml *root = parse("t: text\nyes: true\nq: 'true'\nn: -12\nr: 0.25\nx: 1e3\nl: [a, b]\n", &arena);
	const char *const *items;
	const char *text;
	int64_t number;
	double rate;
	size_t count;
	bool yes;

	(void)state;
	assert_int_equal(yaml_read_text(&source, yaml_get(root, "t"), 4, &text), 0);
	assert_string_equal(text, "text");
	assert_int_equal(yaml_read_text(&source, yaml_get(root, "t"), 3, &text), -1);
	assert_string_equal(problem.text, "c.yml:1:4: `t` is longer than 3 bytes");
	assert_int_equal(yaml_read_bool(&source, yaml_get(root, "yes"), &yes), 0);
	assert_true(yes);
	assert_int_equal(yaml_read_bool(&source, yaml_get(root, "q"), &yes), -1);
	assert_string_equal(problem.text, "c.yml:3:4: `q` must be true or false, not `true`");
	assert_int_equal(yaml_read_int(&source, yaml_get(root, "n"), -12, 0, &number), 0);
	assert_int_equal(number, -12);
	assert_int_equal(yaml_read_int(&source, yaml_get(root, "n"), -11, 0, &number), -1);
	assert_string_equal(problem.text, "c.yml:4:4: `n` must be -11 to 0, not -12");
	assert_int_equal(yaml_read_number(&source, yaml_get(root, "r"), 0, 1, &rate), 0);
	assert_true(rate == 0.25);
	assert_int_equal(yaml_read_number(&source, yaml_get(root, "x"), 0, 1, &rate), -1);
	assert_string_equal(problem.text, "c.yml:6:4: `x` must be a number, not `1e3`");
	assert_int_equal(yaml_read_texts(&source, yaml_get(root, "l"), 2, 9, &arena, &items, &count), 0);
	assert_int_equal(count, 2);
	assert_string_equal(items[1], "b");
	assert_int_equal(yaml_read_texts(&source, yaml_get(root, "l"), 1, 9, &arena, &items, &count), -1);
	assert_string_equal(problem.text, "c.yml:7:4: `l` has more than 1 entries");
	assert_int_equal(yaml_expect(&source, yaml_get(root, "l"), YAML_MAP), -1);
	assert_string_equal(problem.text, "c.yml:7:4: `l` must be a mapping, not a list");
}

static void suggests_the_nearest_key(void **state)
{
	static const char *const known[] = {"tier", "deliver", "confidence", NULL};
	ARENA_AUTO arena = {0};
	char text[YAML_SUGGESTION_MAX];

	(void)state;
	assert_int_equal(yaml_check_keys(&source, parse("confidnece: 1", &arena), known), -1);
	assert_string_equal(problem.text, "c.yml:1:1: unknown key `confidnece`; did you mean `confidence`?");
	assert_int_equal(yaml_check_keys(&source, parse("other: 1", &arena), known), -1);
	assert_string_equal(problem.text, "c.yml:1:1: unknown key `other`");
	assert_int_equal(yaml_check_keys(&source, parse("tier: 1", &arena), known), 0);
	assert_string_equal(yaml_suggest(VIEW("teir"), known, text), "; did you mean `tier`?");
	assert_string_equal(yaml_suggest(VIEW("t"), known, text), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_tree_with_places),
		cmocka_unit_test(empty_documents_are_null),
		cmocka_unit_test(refuses_what_is_not_plain_yaml),
		cmocka_unit_test(keeps_its_ceilings),
		cmocka_unit_test(bad_encodings_have_an_error),
		cmocka_unit_test(reads_values_strictly),
		cmocka_unit_test(suggests_the_nearest_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
