#include "tests/unit/store/history.h"

#include "learn/likeness.h"
#include "store/similar.h"

static void record(int64_t run, char digit, const char *message, const struct store_fix *fix)
{
	struct finding f = finding("tool/rule", CATEGORY_BUILD, digit);
	struct diagnosis d = {.findings = &f, .finding_count = 1, .failed = true};
	struct store_execution x = execution(run, CONCLUSION_FAILURE, DAY0 + run * HOUR);

	f.message = message;
	commit(begin(store), &x, &d, fix, fix ? 1 : 0);
}

static const char *signature(char digit)
{
	static struct finding f;

	f = finding("tool/rule", CATEGORY_BUILD, digit);
	return f.signature;
}

static void ask(struct store_similar_list *l, const char *of, const char *message, unsigned limit)
{
	struct err e = {0};

	if (store_similar(store, of, message, limit, l, &e) != 0)
		fail_msg("%s", e.text);
}

static void record_some(void)
{
	record(1, '1', "cannot load module 'alpha' from the build folder", NULL);
	record(2, '1', "cannot load module 'alpha' from the build folder", NULL);
	record(3, '2', "cannot load module 'beta' from the build folder", NULL);
	record(4, '3', "connection reset by peer", NULL);
}

static void test_the_same_stands_before_those_alike(void **state)
{
	struct store_similar_list l;

	(void)state;
	record_some();
	ask(&l, signature('1'), NULL, 10);
	assert_int_equal(l.n, 2);
	assert_string_equal(l.rows[0].signature, signature('1'));
	assert_true(l.rows[0].likeness == 1);
	assert_int_equal(l.rows[0].jobs, 2);
	assert_int_equal(l.rows[0].last_seen, DAY0 + 2 * HOUR);
	assert_string_equal(l.rows[1].signature, signature('2'));
	assert_true(l.rows[1].likeness >= LIKENESS_WORTH_SAYING && l.rows[1].likeness < 1);
	store_similar_done(&l);
}

static void test_a_new_failure_finds_those_with_a_like_message(void **state)
{
	struct store_similar_list l;

	(void)state;
	record_some();
	ask(&l, signature('9'), "connection reset by peer", 10);
	assert_int_equal(l.n, 1);
	assert_string_equal(l.rows[0].signature, signature('3'));
	assert_true(l.rows[0].likeness < 1); /* another signature, even of the same words */
	store_similar_done(&l);
	ask(&l, signature('9'), NULL, 10);
	assert_int_equal(l.n, 0);
	store_similar_done(&l);
}

static void test_without_a_question_the_most_frequent_come_first(void **state)
{
	struct store_similar_list l;

	(void)state;
	record_some();
	ask(&l, NULL, NULL, 2);
	assert_int_equal(l.n, 2);
	assert_string_equal(l.rows[0].signature, signature('1'));
	assert_string_equal(l.rows[1].signature, signature('3')); /* seen last */
	store_similar_done(&l);
}

static void test_what_repaired_it_beats_what_was_tried_later(void **state)
{
	struct store_fix good = fix("python/black", signature('1'), FIX_APPLIED), later = good;
	struct store_similar_list l;
	struct err e;

	(void)state;
	later.fixer = "python/isort";
	record(1, '1', "would reformat", &good);
	record(2, '1', "would reformat", &later);
	ask(&l, signature('1'), NULL, 1);
	assert_non_null(l.rows[0].fixer);
	assert_null(l.rows[0].outcome);
	assert_false(l.rows[0].repaired);
	store_similar_done(&l);
	assert_int_equal(store_record_outcome(
				 store, signature('1'), "python/black", good.commit, OUTCOME_GREEN, DAY0 + HOUR, &e),
		0);
	ask(&l, signature('1'), NULL, 1);
	assert_string_equal(l.rows[0].fixer, "python/black");
	assert_string_equal(l.rows[0].outcome, "green");
	assert_true(l.rows[0].repaired);
	store_similar_done(&l);
}

static void test_seen_counts_jobs(void **state)
{
	struct store_similar row;
	struct err e;
	ARENA_AUTO a = {0};

	(void)state;
	record_some();
	assert_int_equal(store_seen(store, &a, signature('1'), NULL, &row, &e), 0);
	assert_int_equal(row.jobs, 2);
	assert_int_equal(row.first_seen, DAY0 + HOUR);
	assert_int_equal(row.last_seen, DAY0 + 2 * HOUR);
	assert_int_equal(store_seen(store, &a, signature('9'), NULL, &row, &e), 0);
	assert_int_equal(row.jobs, 0);
	assert_null(row.signature);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_the_same_stands_before_those_alike),
		WITH_STORE(test_a_new_failure_finds_those_with_a_like_message),
		WITH_STORE(test_without_a_question_the_most_frequent_come_first),
		WITH_STORE(test_what_repaired_it_beats_what_was_tried_later),
		WITH_STORE(test_seen_counts_jobs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
