/* test_file_path.c - the parts of file.h that only look at names: file_check_relative, file_glob. */
#include "base/file.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static bool is_safe(struct view path)
{
	struct err e = {0};
	bool safe = file_check_relative(path, &e) == 0;

	assert_int_equal(e.code, safe ? ERR_NONE : ERR_REFUSED);
	return safe;
}

static void test_safe_paths(void **state)
{
	static const char *const safe[] = {"a", "a/b.c", ".github/workflows/ci.yml", ".gitignore", ".gitattributes",
		"a.git/b", "git/x", "git~x", "..a", "a..", "a/...b", ".gitx", "\xc3\xa9/\xe6\x96\x87", "a b/c", "-x",
		"~a", "\xff\xfe"};

	(void)state;
	for (size_t i = 0; i < sizeof(safe) / sizeof(*safe); i++)
		if (!is_safe(view_of(safe[i])))
			fail_msg("%s was refused", safe[i]);
}

static void test_unsafe_paths(void **state)
{
	static const char *const unsafe[] = {"", "/", "/etc/passwd", "a/", "a//b", ".", "..", "./a", "a/./b", "../a",
		"a/../b", "a/..", "...", ". .", " ", "a\\b", "..\\a", "C:", "C:/a", "a:stream", "a/b:$DATA", "a\nb",
		"a\tb", "a\x7f", "\xc2\x85", "\x1b[0m"};

	(void)state;
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(*unsafe); i++)
		if (is_safe(view_of(unsafe[i])))
			fail_msg("%s passed", unsafe[i]);
	assert_false(is_safe(VIEW("a\0b")));
}

static void test_git_in_all_disguises(void **state)
{
	static const char *const unsafe[] = {".git", ".git/config", "a/.git/hooks/x", ".GIT", ".Git/x", ".git.",
		".git ", ".git. . ./x", "git~1", "GIT~1/config", "git~12", ".g\xe2\x80\x8cit", ".git\xe2\x80\x8d/x",
		"\xef\xbb\xbf.git", ".gi\xe2\x80\xaet", ".git:x", ".git::$INDEX_ALLOCATION/x", "\xe2\x80\x8c",
		".\xe2\x80\x8c.", ".git                                        ",
		".git........................................"};

	(void)state;
	for (size_t i = 0; i < sizeof(unsafe) / sizeof(*unsafe); i++)
		if (is_safe(view_of(unsafe[i])))
			fail_msg("%s passed", unsafe[i]);
}

static void test_path_length(void **state)
{
	char path[FILE_PATH_MAX + 1];

	(void)state;
	memset(path, 'a', sizeof(path));
	assert_true(is_safe(view_make(path, FILE_PATH_MAX)));
	assert_false(is_safe(view_make(path, FILE_PATH_MAX + 1)));
	assert_int_equal(file_check_relative(VIEW(""), NULL), -1);
}

static void test_glob(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool matches;
	} cases[] = {
		/* without '/': the last component */
		{"*.py", "a.py", true},
		{"*.py", "a/b.py", true},
		{"*.py", "a.py/b", false},
		{"*", "feature/x", true},
		{"Makefile", "src/Makefile", true},
		{"Makefile", "src/Makefile.am", false},
		{"a?c", "x/abc", true},
		/* with '/': from the root */
		{"src/*.c", "src/a.c", true},
		{"src/*.c", "src/a/b.c", false},
		{"src/*.c", "x/src/a.c", false},
		{"/a", "a", true},
		{"/a", "b/a", false},
		{"src/*.c", "src/.c", true},
		{"*/b", "a/b", true},
		{"*/b", "a/x/b", false},
		/* '**' */
		{"vendor/**", "vendor/a", true},
		{"vendor/**", "vendor/a/b", true},
		{"vendor/**", "vendor", false},
		{"vendor/**", "vendors/a", false},
		{"**/x", "x", true},
		{"**/x", "a/b/x", true},
		{"**/x", "a/bx", false},
		{"a/**/b", "a/b", true},
		{"a/**/b", "a/x/y/b", true},
		{"a/**/b", "a/xb", false},
		{"**/vendor/**", "vendor/a", true},
		{"**/vendor/**", "a/vendor/b/c", true},
		{"**/vendor/**", "a/vendorx/b", false},
		{"docs/**.md", "docs/a/b.md", true},
		{"**", "a/b", true},
		{"a/**/**/b", "a/b", true},
		{"**/*.c", "a.c", true},
		{"a**b/c", "axx/yb/c", true},
		/* a folder */
		{"dir/", "dir/a/b", true},
		{"dir/", "dir", false},
		{"dir/", "x/dir/a", false},
		{"a/b/", "a/b/c", true},
		/* characters */
		{"?", "\xc3\xa9", true},
		{"?", "\xff", true},
		{"??", "\xc3\xa9", false},
		{"a?b/c", "a/b/c", false},
		{"[a-c]", "b", true},
		{"[a-c]", "d", false},
		{"[!a-c]", "d", true},
		{"[!a-c]", "b", false},
		{"[]]", "]", true},
		{"[a-]", "-", true},
		{"a[/]b/x", "a/b/x", false},
		{"[!x]/y", "//y", false},
		{"[\xc3\xa0-\xc3\xbf]", "\xc3\xa9", true},
		{"\\*", "*", true},
		{"\\*", "a", false},
		{"[*]", "*", true},
		{"[[]", "[", true},
		/* braces */
		{"*.{c,h}", "a/b.h", true},
		{"*.{c,h}", "b.cc", false},
		{"{a,b/c}/d", "b/c/d", true},
		{"{a,{b,c}x}.t", "cx.t", true},
		{"{a,{b,c}x}.t", "bx.t", true},
		{"{,a}b", "b", true},
		{"{a}", "a", true},
		{"[{]a,b}", "{a,b}", false},
		{"\\{a", "{a", true},
		{"a,b", "a,b", true},
		{"{[,],x}", ",", true},
		/* nothing */
		{"", "a", false},
		{"*", "", false},
		{"a", "", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (file_glob(cases[i].pattern, view_of(cases[i].path)) != cases[i].matches)
			fail_msg("%s and %s", cases[i].pattern, cases[i].path);
}

static void test_glob_check(void **state)
{
	static const char *const bad[] = {"", "[a", "{a", "a}", "{a,{b}", "a\\",
		"{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "[", "[!", "[]", "{[a}"};
	static const char *const good[] = {
		"*", "**", "a/", "[a-z]*", "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}", "\\[", "[]]", "{,}x", "a,b"};
	char text[FILE_GLOB_MAX + 2];
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (file_glob_check(bad[i], &e) == 0)
			fail_msg("%s passed", bad[i]);
		assert_int_equal(e.code, ERR_INPUT);
		file_glob(bad[i], VIEW("a/b")); /* and does no harm */
	}
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_int_equal(file_glob_check(good[i], &e), 0);
	memset(text, 'a', sizeof(text));
	text[FILE_GLOB_MAX + 1] = '\0';
	assert_int_equal(file_glob_check(text, &e), -1);
	assert_false(file_glob(text, view_of(text)));
	text[FILE_GLOB_MAX] = '\0';
	assert_int_equal(file_glob_check(text, &e), 0);
	assert_true(file_glob(text, view_of(text)));
	memcpy(text + FILE_GLOB_MAX - 1, "/", 1);
	file_glob(text, view_of(text));
}

static void test_hostile_globs_take_no_time(void **state)
{
	char pattern[FILE_GLOB_MAX + 1], path[FILE_PATH_MAX];
	int64_t start = clock_monotonic();

	(void)state;
	for (size_t i = 0; i + 2 < sizeof(pattern); i += 2)
		memcpy(pattern + i, "*a", 3);
	memset(path, 'a', sizeof(path));
	path[sizeof(path) - 1] = 'b';
	assert_false(file_glob(pattern, view_make(path, sizeof(path))));
	for (size_t i = 0; i + 4 < sizeof(pattern); i += 4)
		memcpy(pattern + i, "**/?", 5);
	for (size_t i = 1; i < sizeof(path); i += 2)
		path[i] = '/';
	file_glob(pattern, view_make(path, sizeof(path)));
	memset(pattern, '{', FILE_GLOB_MAX);
	pattern[FILE_GLOB_MAX] = '\0';
	assert_false(file_glob(pattern, VIEW("a")));
	memset(pattern + FILE_GLOB_MAX / 2, '}', FILE_GLOB_MAX / 2);
	assert_false(file_glob(pattern, VIEW("a")));
	assert_true(clock_monotonic() - start < 5 * CLOCK_SECOND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_safe_paths),
		cmocka_unit_test(test_unsafe_paths),
		cmocka_unit_test(test_git_in_all_disguises),
		cmocka_unit_test(test_path_length),
		cmocka_unit_test(test_glob),
		cmocka_unit_test(test_glob_check),
		cmocka_unit_test(test_hostile_globs_take_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
