#include "learn/matrix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_names(void **state)
{
	static const struct {
		const char *job, *os, *version;
	} rows[] = {
		{"test (ubuntu-latest, 3.12)", "ubuntu-latest", "3.12"},
		{"test (3.8, windows-2022)", "windows-2022", "3.8"},
		{"build (macos-14)", "macos-14", ""},
		{"unit (v20, pnpm)", "", "v20"},
		{"tests (pypy-3.9, ubuntu-22.04, postgres)", "ubuntu-22.04", "pypy-3.9"},
		{"cross (x86_64-unknown-linux-gnu)", "", ""},
		{"a (b) / test (Windows, 1.22.x)", "Windows", "1.22.x"},
		{"lint", "", ""},
		{"odd (", "", ""},
		{")odd(", "", ""},
		{"", "", ""},
		{"empty ()", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct matrix m;

		matrix_of(&m, view_of(rows[i].job));
		if (!view_is(m.os, rows[i].os) || !view_is(m.version, rows[i].version))
			fail_msg("%s: os '%.*s', version '%.*s'", rows[i].job, VIEW_ARG(m.os), VIEW_ARG(m.version));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_names)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
