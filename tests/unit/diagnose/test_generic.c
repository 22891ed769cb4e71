#include "diagnose/generic.h"
#include "diagnose/trait.h"
#include "diagnose/word.h"
#include "diagnose_testing.h"

#define HAS(line, name) assert_true(traits_of(VIEW(line), LOG_TEXT) & TRAIT_BIT(name))
#define LACKS(line, name) assert_false(traits_of(VIEW(line), LOG_TEXT) & TRAIT_BIT(name))

static void test_words_and_what_is_part_of_a_name(void **state)
{
	struct word w;
	size_t at = 0;
	struct view line = VIEW("Can't read src/error.c: --fail, foo.Error done.");
	static const struct {
		const char *lower;
		bool in_name;
	} want[] = {{"can't", false}, {"read", false}, {"src", true}, {"error", true}, {"c", true}, {"fail", true},
		{"foo", true}, {"error", true}, {"done", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		assert_true(word_next(line, &at, &w));
		assert_string_equal(w.lower, want[i].lower);
		assert_int_equal(w.in_name, want[i].in_name);
	}
	assert_false(word_next(line, &at, &w));
}

static void test_a_long_word_is_cut(void **state)
{
	struct word w;
	size_t at = 0;

	(void)state;
	assert_true(word_next(VIEW("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFGHIJ x"), &at, &w));
	assert_int_equal(strlen(w.lower), WORD_MAX - 1);
	assert_int_equal(w.raw.n, 36);
}

static void test_traits_of_words(void **state)
{
	(void)state;
	HAS("error: no quux", STARTS_ERROR);
	HAS("[ERROR] no quux", STARTS_ERROR);
	HAS("quux: fatal: no", LABELLED_ERROR);
	HAS("an error happened", SAYS_ERROR);
	LACKS("src/error.c built", SAYS_ERROR);
	LACKS("errors: 0", LABELLED_ERROR);
	HAS("0 errors", CALM);
	HAS("without errors", CALM);
	HAS("3 failed, 2 passed", COUNTS);
	HAS("Failures: 2", COUNTS);
	LACKS("Failures: 0", COUNTS);
	HAS("the quux was not found", COMPLAINS);
	HAS("cannot quux", COMPLAINS);
	LACKS("quux was found", COMPLAINS);
	HAS("Downloading quux", PROGRESS);
	HAS("zork: downloading quux", PROGRESS);
	LACKS("error: downloading quux", PROGRESS);
	HAS("quux *** Error 2", WRAPS);
	HAS("command exited with code 2", WRAPS);
	HAS("QuuxMissingError: x", EXCEPTION);
	LACKS("https://quux.example/QuuxMissingError", EXCEPTION);
	LACKS("Error: x", EXCEPTION);
}

static void test_traits_of_forms(void **state)
{
	(void)state;
	HAS("a/b.quux:12:3: odd", PLACE);
	HAS("b.quux(12,3): odd", PLACE);
	LACKS("at 12:30 it ended", PLACE);
	HAS("QX1002: odd", CODE);
	HAS("cannot read 'quux'", NAMED_ERROR);
	HAS("✗ adds", CROSS);
	HAS("✓ adds", TICK);
	HAS("====== ------", RULER);
	HAS("    x", INDENTED);
	HAS("+ quux --all", ECHO);
	assert_true(traits_of(VIEW("x"), LOG_ERROR) & TRAIT_BIT(MARK_ERROR));
	assert_true(traits_of(VIEW("x"), LOG_WARNING) & TRAIT_BIT(MARK_OTHER));
	assert_int_equal(traits_of((struct view){0}, LOG_TEXT) & TRAIT_BIT(PLACE), 0);
}

static void test_what_is_trouble(void **state)
{
	(void)state;
	assert_true(traits_trouble(traits_of(VIEW("error: x"), LOG_TEXT)));
	assert_true(traits_trouble(traits_of(VIEW("x"), LOG_ERROR)));
	assert_false(traits_trouble(traits_of(VIEW("0 errors"), LOG_TEXT)));
	assert_false(traits_trouble(traits_of(VIEW("✓ says what failed"), LOG_TEXT)));
	assert_false(traits_trouble(traits_of(VIEW("zork"), LOG_TEXT)));
	assert_true(traits_weight(traits_of(VIEW("error: cannot find 'x'"), LOG_TEXT)) >
		    traits_weight(traits_of(VIEW("warning: x"), LOG_TEXT)));
}

static void check(struct bench *b, const char *text, uint32_t line, enum category category)
{
	struct diagnosis d = diagnose_text(b, text);
	const struct finding *f = diagnosis_primary(&d);

	assert_non_null(f);
	assert_int_equal(f->line, line);
	assert_string_equal(category_name(f->category), category_name(category));
	assert_true(view_starts(view_of(f->rule_id), "generic/"));
	diagnosis_done(&d);
}

static void test_the_error_of_an_unknown_program(void **state)
{
	check(*state,
		BEGIN SCRIPT("quux lint .") SAY("reading 12 files") SAY("a.quux:3:1: error: the name 'zork' is unused")
			SAY("done in 3 s") EXIT("1") END,
		7, CATEGORY_LINT);
}

static void test_of_a_block_its_head(void **state)
{
	check(*state,
		BEGIN SCRIPT("quux test") SAY("starting") SAY("") SAY("ZorkMissingError: cannot find zork 'a'")
			SAY("    at one (b.quux:1)") SAY("    at two (b.quux:2)") SAY("") SAY("quux exited with code 3")
				EXIT("3") END,
		8, CATEGORY_TEST);
}

static void test_a_wrapper_is_stepped_over(void **state)
{
	check(*state,
		BEGIN SCRIPT("quux format --check") SAY("checking a.quux") SAY("fatal: zork b is not formatted")
			SAY("quux-wrapper *** Error 1") EXIT("1") END,
		7, CATEGORY_FORMAT);
}

static void test_what_only_warns_is_not_it(void **state)
{
	check(*state,
		BEGIN SCRIPT("quux install") SAY("warning: zork is deprecated") SAY(
			"fatal: no package zork of that version") SAY("warning: nobody looks after zork") EXIT("1") END,
		7, CATEGORY_DEPENDENCY);
}

static void test_where_nothing_speaks_of_trouble_the_kind_is_unknown(void **state)
{
	check(*state, BEGIN SCRIPT("quux") SAY("one") SAY("two") EXIT("1") END, 6, CATEGORY_UNKNOWN);
}

static void test_a_passing_run_takes_weight(void **state)
{
	static const char passing[] =
		BEGIN SCRIPT("quux build") SAY("error: cannot find zork 12, going on") SAY("all is well") END;
	static const char failing[] = BEGIN SCRIPT("quux build") SAY("error: cannot find zork 7, going on")
		SAY("stopped: plugh is refused") EXIT("1") END;
	struct err e = {0};
	struct log *before = NULL;
	struct diagnosis d = diagnose_text(*state, failing);

	assert_int_equal(diagnosis_primary(&d)->line, 6);
	assert_null(strstr(diagnosis_primary(&d)->why, "passing run"));
	diagnosis_done(&d);
	assert_success(log_open_memory(&before, view_of(passing), &e), &e);
	d = diagnose_bytes(
		*state, view_of(failing), &(struct diagnose_options){.baselines = &before, .baseline_count = 1});
	assert_int_equal(diagnosis_primary(&d)->line, 7);
	assert_non_null(strstr(diagnosis_primary(&d)->why, "No line like it stands in 1 passing run"));
	diagnosis_done(&d);
	log_close(before);
}

static int remembered(void *context, struct view job, struct shape_set *ret, unsigned *ret_runs, struct err *e)
{
	(void)job;
	(void)e;
	shape_set_add(ret, shape_of(view_of(context)));
	*ret_runs = 7;
	return 0;
}

static void test_remembered_runs_do_too(void **state)
{
	static char line[] = "error: cannot find zork 12, going on";
	static const char failing[] = BEGIN SCRIPT("quux build") SAY("error: cannot find zork 7, going on")
		SAY("stopped: plugh is refused") EXIT("1") END;
	struct diagnosis d = diagnose_bytes(
		*state, view_of(failing), &(struct diagnose_options){.passing = remembered, .passing_context = line});

	assert_int_equal(diagnosis_primary(&d)->line, 7);
	assert_non_null(strstr(diagnosis_primary(&d)->why, "in 7 passing runs"));
	diagnosis_done(&d);
}

static void test_a_rule_that_names_the_cause_stays_first(void **state)
{
	struct diagnosis d = diagnose_text(*state, BEGIN SCRIPT("quux build") SAY("quux: a.c:1: no zork")
							   SAY("fatal: cannot go on without 'plugh'") EXIT("1") END);

	assert_string_equal(diagnosis_primary(&d)->rule_id, "own/cause");
	diagnosis_done(&d);
}

static void test_long_steps_cost_no_more_than_their_window(void **state)
{
	BUF_AUTO text = buf_new(BUF_LARGE);

	buf_add_text(&text, BEGIN SCRIPT("quux test"));
	for (int i = 0; i < 20000; i++)
		buf_addf(&text, S "zork %d read\n", i);
	buf_add_text(&text, SAY("error: zork 'x' not found") EXIT("1") END);
	check(*state, buf_text(&text), 20006, CATEGORY_TEST);
}

static void test_categories_by_words(void **state)
{
	static const struct {
		const char *line, *step;
		enum category category;
	} cases[] = {
		{"zork: permission denied", "make", CATEGORY_PERMISSION},
		{"expected 1, actual 2", "quux", CATEGORY_TEST},
		{"zork went wrong", "npm run lint:zork", CATEGORY_LINT},
		{"zork went wrong", "Run acme/zorklint-action@v1", CATEGORY_LINT},
		{"zork went wrong", "quux", CATEGORY_UNKNOWN},
		{"connection reset by peer host", "quux", CATEGORY_NETWORK},
		{"authentication needed", "quux", CATEGORY_AUTH},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct category_votes votes = {0};
		category_hear_line(&votes, view_of(cases[i].line));
		category_hear_step(&votes, view_of(cases[i].step));
		assert_string_equal(category_name(category_elected(&votes)), category_name(cases[i].category));
	}
}

#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, bench_open, bench_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_and_what_is_part_of_a_name),
		cmocka_unit_test(test_a_long_word_is_cut),
		cmocka_unit_test(test_traits_of_words),
		cmocka_unit_test(test_traits_of_forms),
		cmocka_unit_test(test_what_is_trouble),
		cmocka_unit_test(test_categories_by_words),
		WITH_BENCH(test_the_error_of_an_unknown_program),
		WITH_BENCH(test_of_a_block_its_head),
		WITH_BENCH(test_a_wrapper_is_stepped_over),
		WITH_BENCH(test_what_only_warns_is_not_it),
		WITH_BENCH(test_where_nothing_speaks_of_trouble_the_kind_is_unknown),
		WITH_BENCH(test_a_passing_run_takes_weight),
		WITH_BENCH(test_remembered_runs_do_too),
		WITH_BENCH(test_a_rule_that_names_the_cause_stays_first),
		WITH_BENCH(test_long_steps_cost_no_more_than_their_window),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
