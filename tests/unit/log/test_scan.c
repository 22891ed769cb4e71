#include "log/scan.h"

#include "log_testing.h"

static struct scan slow(const unsigned char *p, unsigned char extra)
{
	struct scan s = {0};

	for (unsigned i = 0; i < SCAN_BYTES; i++) {
		bool newline = p[i] == '\n';
		bool before_newline = p[i] == '\r' && i + 1 < SCAN_BYTES && p[i + 1] == '\n';
		bool special = (p[i] < 0x20 && !newline && p[i] != '\t' && !before_newline) || p[i] == SCAN_CSI ||
			       p[i] == extra;

		s.newline |= (uint64_t)newline << i;
		s.special |= (uint64_t)special << i;
	}
	return s;
}

static void assert_same(const unsigned char *p, unsigned char extra)
{
	struct scan want = slow(p, extra), fast = scan_64((const char *)p, (char)extra),
		    portable = scan_64_portable((const char *)p, (char)extra);

	assert_int_equal(fast.newline, want.newline);
	assert_int_equal(fast.special, want.special);
	assert_int_equal(portable.newline, want.newline);
	assert_int_equal(portable.special, want.special);
}

static void test_every_byte_at_every_place(void **state)
{
	unsigned char bytes[SCAN_BYTES];

	(void)state;
	for (unsigned c = 0; c < 256; c++)
		for (unsigned i = 0; i < SCAN_BYTES; i++) {
			memset(bytes, 'a', sizeof(bytes));
			bytes[i] = (unsigned char)c;
			assert_same(bytes, 0x1b);
			assert_same(bytes, '^');
		}
}

static void test_random_bytes(void **state)
{
	static const unsigned char likely[] = "\r\n\t\x1b\x9b^ a\0\x7f\x80\xff";
	unsigned char bytes[SCAN_BYTES];
	uint32_t x = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		for (unsigned i = 0; i < SCAN_BYTES; i++) {
			x = x * 1664525 + 1013904223;
			bytes[i] = round % 2 ? (unsigned char)(x >> 24) : likely[(x >> 24) % (sizeof(likely) - 1)];
		}
		assert_same(bytes, '^');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_byte_at_every_place),
		cmocka_unit_test(test_random_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
