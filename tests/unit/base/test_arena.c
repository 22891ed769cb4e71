#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdalign.h>
#include <stdio.h>
#include <string.h>

static void test_pointers_stay_and_are_aligned(void **state)
{
	ARENA_AUTO a = {0};
	char *texts[500];
	size_t total = 0;

	(void)state;
	for (int i = 0; i < 500; i++) {
		void *p;

		texts[i] = arena_format(&a, "text %d", i);
		p = arena_alloc(&a, (size_t)i);
		assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
		total += (size_t)i;
	}
	for (int i = 0; i < 500; i++) {
		char expected[32];

		snprintf(expected, sizeof(expected), "text %d", i);
		assert_string_equal(texts[i], expected);
	}
	assert_true(a.used >= total);
}

static void test_memory_is_zeroed_whatever_its_size(void **state)
{
	ARENA_AUTO a = {0};

	(void)state;
	for (size_t n = 1; n < (1 << 20); n *= 3) {
		unsigned char *p = arena_alloc(&a, n);

		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
	}
}

static void test_a_large_piece_leaves_room_for_small_ones(void **state)
{
	ARENA_AUTO a = {0};
	char *before = arena_alloc(&a, 16), *large = arena_alloc(&a, 1 << 20), *after = arena_alloc(&a, 16);

	(void)state;
	assert_non_null(large);
	assert_ptr_equal(after, before + 16);
}

static void test_copies(void **state)
{
	ARENA_AUTO a = {0};
	struct view v = arena_view(&a, VIEW("a\0b"));

	(void)state;
	assert_null(arena_text(&a, NULL));
	assert_string_equal(arena_text(&a, "x"), "x");
	assert_int_equal(v.n, 3);
	assert_memory_equal(v.p, "a\0b\0", 4);
	assert_string_equal(arena_view(&a, view_of(NULL)).p, "");
	assert_non_null(arena_array(&a, 0, 8));
}

static void test_done_takes_anything(void **state)
{
	struct arena a = {0};

	(void)state;
	arena_done(&a);
	arena_done(NULL);
	arena_text(&a, "x");
	arena_done(&a);
	arena_done(&a);
	assert_int_equal(a.used, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pointers_stay_and_are_aligned),
		cmocka_unit_test(test_memory_is_zeroed_whatever_its_size),
		cmocka_unit_test(test_a_large_piece_leaves_room_for_small_ones),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_done_takes_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
