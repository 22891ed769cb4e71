#include "cmd/args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static const struct option own[] = {
	{"format", 'f', "text|json", "how to print", false},
	{"only", 0, "FIXER", "just these", true},
	{"limit", 0, "N", "at most", false},
	{"apply", 0, NULL, "do it", false},
	{0},
};
static const struct option common[] = {
	{"quiet", 'q', NULL, "say less", false},
	{"db", 0, "FILE", "the history", false},
	{0},
};

#define ARGS(...) ((char *[]){__VA_ARGS__, NULL})

static int parse(struct args *a, char **argv, struct err *e)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	return args_parse(a, argc, argv, own, common, e);
}

static struct args parsed(char **argv)
{
	struct args a;
	struct err e = {0};

	if (parse(&a, argv, &e) != 0)
		fail_msg("%s", e.text);
	return a;
}

static void check_refused(char **argv, const char *text)
{
	struct args a;
	struct err e = {0};

	assert_int_equal(parse(&a, argv, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_string_equal(e.text, text);
	assert_null(a.rest);
}

static void test_nothing(void **state)
{
	struct args a = parsed((char *[]){NULL});

	(void)state;
	assert_int_equal(a.given_count, 0);
	assert_int_equal(a.rest_count, 0);
	assert_false(args_flag(&a, "apply"));
	assert_string_equal(args_text(&a, "format", "text"), "text");
	args_done(&a);
}

static void test_options_and_the_rest(void **state)
{
	struct args a = parsed(ARGS("a.log", "--format", "json", "--apply", "-q", "b.log"));

	(void)state;
	assert_string_equal(args_text(&a, "format", NULL), "json");
	assert_true(args_flag(&a, "apply"));
	assert_true(args_flag(&a, "quiet"));
	assert_false(args_flag(&a, "db"));
	assert_int_equal(a.rest_count, 2);
	assert_string_equal(a.rest[0], "a.log");
	assert_string_equal(a.rest[1], "b.log");
	args_done(&a);
}

static void test_both_ways_to_give_a_value(void **state)
{
	struct args a = parsed(ARGS("--format=json", "--db=a=b", "--only", "--odd"));

	(void)state;
	assert_string_equal(args_text(&a, "format", NULL), "json");
	assert_string_equal(args_text(&a, "db", NULL), "a=b");
	assert_string_equal(args_text(&a, "only", NULL), "--odd");
	args_done(&a);
	a = parsed(ARGS("-f", "text", "--db="));
	assert_string_equal(args_text(&a, "format", NULL), "text");
	assert_string_equal(args_text(&a, "db", "x"), "");
	assert_true(args_flag(&a, "db"));
	args_done(&a);
}

static void test_what_ends_the_options(void **state)
{
	struct args a = parsed(ARGS("-", "--", "--apply", "-q", "--"));

	(void)state;
	assert_false(args_flag(&a, "apply"));
	assert_int_equal(a.rest_count, 4);
	assert_string_equal(a.rest[0], "-");
	assert_string_equal(a.rest[1], "--apply");
	assert_string_equal(a.rest[3], "--");
	assert_int_equal(a.bare_count, 1);
	args_done(&a);
}

static void test_options_that_may_come_again(void **state)
{
	const char *values[2];
	struct args a = parsed(ARGS("--only", "a", "--only=b", "--only", "c", "-q", "-q"));

	(void)state;
	assert_int_equal(args_all(&a, "only", NULL, 0), 3);
	assert_int_equal(args_all(&a, "only", values, 2), 2);
	assert_string_equal(values[0], "a");
	assert_string_equal(values[1], "b");
	assert_string_equal(args_text(&a, "only", NULL), "c");
	assert_int_equal(args_all(&a, "db", values, 2), 0);
	args_done(&a);
	check_refused(ARGS("--db", "a", "--db", "b"), "--db is given twice");
}

static void test_what_is_refused(void **state)
{
	(void)state;
	check_refused(ARGS("--formt", "json"), "unknown option --formt; did you mean --format?");
	check_refused(ARGS("--quite"), "unknown option --quite; did you mean --quiet?");
	check_refused(ARGS("--zzzzzzzz"), "unknown option --zzzzzzzz; --help lists the options");
	check_refused(ARGS("-z"), "unknown option -z; --help lists the options");
	check_refused(ARGS("-qq"), "unknown option -qq; --help lists the options");
	check_refused(ARGS("--=x"), "unknown option --=x; --help lists the options");
	check_refused(ARGS("--format"), "--format needs a value: text|json");
	check_refused(ARGS("--format", "xml"), "--format takes text|json, not 'xml'");
	check_refused(ARGS("--format", "text|json"), "--format takes text|json, not 'text|json'");
	check_refused(ARGS("--format="), "--format takes text|json, not ''");
	check_refused(ARGS("--apply=yes"), "--apply takes no value");
}

static void test_numbers(void **state)
{
	struct args a = parsed(ARGS("--limit", "12"));
	struct err e = {0};
	uint64_t n = 0;

	(void)state;
	assert_int_equal(args_number(&a, "limit", 100, 5, &n, &e), 0);
	assert_int_equal(n, 12);
	assert_int_equal(args_number(&a, "limit", 11, 5, &n, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_string_equal(e.text, "--limit takes a whole number up to 11, not '12'");
	assert_int_equal(args_number(&a, "db", 11, 5, &n, &e), 0);
	assert_int_equal(n, 5);
	args_done(&a);
	static char *const bad[] = {"", "-1", "1.5", "1x", " 1", "99999999999999999999999"};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		a = parsed(ARGS("--limit", bad[i]));
		assert_int_equal(args_number(&a, "limit", UINT64_MAX, 5, &n, &e), -1);
		args_done(&a);
	}
}

static void test_too_many_options(void **state)
{
	char *argv[ARGS_MAX + 2];

	(void)state;
	for (size_t i = 0; i < ARGS_MAX + 1; i++)
		argv[i] = "-q";
	argv[ARGS_MAX + 1] = NULL;
	check_refused(argv, "more than 256 options");
}

static void test_tables_may_be_missing(void **state)
{
	struct args a;
	struct err e = {0};

	(void)state;
	assert_int_equal(args_parse(&a, 1, ARGS("x"), NULL, NULL, &e), 0);
	args_done(&a);
	args_done(&a);
	assert_int_equal(args_parse(&a, 1, ARGS("--x"), NULL, NULL, &e), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_options_and_the_rest),
		cmocka_unit_test(test_both_ways_to_give_a_value),
		cmocka_unit_test(test_what_ends_the_options),
		cmocka_unit_test(test_options_that_may_come_again),
		cmocka_unit_test(test_what_is_refused),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_too_many_options),
		cmocka_unit_test(test_tables_may_be_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
