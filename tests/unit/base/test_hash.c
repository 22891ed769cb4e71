#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_known_sums(void **state)
{
	char hex[HASH_HEX_MAX];

	(void)state;
	hash_view(view_of(NULL), hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	hash_view(VIEW("abc"), hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_pieces_are_one_text(void **state)
{
	char whole[HASH_HEX_MAX], pieces[HASH_HEX_MAX];
	struct hash *h = hash_new();

	(void)state;
	hash_add(h, "a", 1);
	hash_add(h, NULL, 0);
	hash_add(h, "bc", 2);
	hash_hex(h, pieces);
	hash_view(VIEW("abc"), whole);
	assert_string_equal(pieces, whole);
}

static void test_can_be_dropped(void **state)
{
	struct hash *h = hash_new();

	(void)state;
	hash_add(h, "a", 1);
	hash_free(h);
	hash_free(NULL);
	assert_non_null(hash_library_version());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_sums),
		cmocka_unit_test(test_pieces_are_one_text),
		cmocka_unit_test(test_can_be_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
