#include "../log/log_testing.h"
#include "diagnose/shape.h"

static bool alike(const char *a, const char *b)
{
	return shape_of(view_of(a)) == shape_of(view_of(b));
}

static void test_numbers_ids_and_blanks_fold(void **state)
{
	(void)state;
	assert_true(alike("took 12 s", "took 3 s"));
	assert_true(alike("took 1.25s", "took 17.5s"));
	assert_true(alike("id 4dfdd38902f0", "id 0a2cb6e7d4"));
	assert_true(alike("  a \t b ", "a b"));
	assert_true(alike("test10x", "test7x"));
	assert_true(alike("", "   "));
}

static void test_words_do_not(void **state)
{
	(void)state;
	assert_false(alike("took 12 s", "took 12 ms"));
	assert_false(alike("cafe", "beef"));
	assert_false(alike("a b", "ab"));
	assert_false(alike("a.b", "a-b"));
	assert_false(alike("na\xc3\xafve", "naive"));
	assert_false(alike("1.2", "1.2.3"));
}

static void test_zero_is_never_a_shape(void **state)
{
	(void)state;
	assert_true(shape_of((struct view){0}) != 0);
	assert_int_equal(shape_of(VIEW("a line of some words")) >> SHAPE_BITS, 0);
}

static void test_a_set_grows_and_forgets_nothing(void **state)
{
	struct shape_set s = {0};

	(void)state;
	assert_false(shape_set_has(&s, 1));
	for (uint64_t i = 1; i <= 20000; i++) {
		shape_set_add(&s, i * UINT64_C(0x9e3779b97f4a7c15));
		shape_set_add(&s, i * UINT64_C(0x9e3779b97f4a7c15));
	}
	assert_int_equal(s.n, 20000);
	for (uint64_t i = 1; i <= 20000; i++)
		assert_true(shape_set_has(&s, i * UINT64_C(0x9e3779b97f4a7c15)));
	assert_false(shape_set_has(&s, 12345));
	shape_set_done(&s);
	assert_int_equal(s.n, 0);
	shape_set_done(&s);
}

static void test_colliding_shapes_are_kept_apart(void **state)
{
	struct shape_set s = {0};

	(void)state;
	for (uint64_t i = 1; i <= 1000; i++)
		shape_set_add(&s, i << 32);
	for (uint64_t i = 1; i <= 1000; i++)
		assert_true(shape_set_has(&s, i << 32));
	assert_false(shape_set_has(&s, UINT64_C(1001) << 32));
	shape_set_done(&s);
}

static void test_of_a_log_the_output_only(void **state)
{
	struct shape_set s = {0}, again = {0};
	struct err e = {0};
	struct log *l = NULL;

	(void)state;
	assert_success(log_open_memory(&l,
			       VIEW(S "##[group]Run make\n" S "\x1b[36;1mmake\x1b[0m\n" S "shell: /bin/bash\n" S
				      "##[endgroup]\n" S "built 12 files\n" S "##[error]careful\n"),
			       &e),
		&e);
	assert_success(shape_set_add_log(&s, l, &e), &e);
	assert_true(shape_set_has(&s, shape_of(VIEW("built 7 files"))));
	assert_true(shape_set_has(&s, shape_of(VIEW("careful"))));
	assert_false(shape_set_has(&s, shape_of(VIEW("make"))));
	assert_success(shape_set_add_read(&again, l, &e), &e);
	assert_int_equal(again.n, s.n);
	for (size_t i = 0; i < s.cap; i++)
		assert_true(!s.slots[i] || shape_set_has(&again, s.slots[i]));
	log_close(l);
	shape_set_done(&again);
	shape_set_done(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_ids_and_blanks_fold),
		cmocka_unit_test(test_words_do_not),
		cmocka_unit_test(test_zero_is_never_a_shape),
		cmocka_unit_test(test_a_set_grows_and_forgets_nothing),
		cmocka_unit_test(test_colliding_shapes_are_kept_apart),
		cmocka_unit_test(test_of_a_log_the_output_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
