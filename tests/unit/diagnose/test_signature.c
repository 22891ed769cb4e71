#include "../log/log_testing.h"
#include "diagnose/diagnosis.h"
#include "diagnose/signature.h"

static void sign(char *ret, const char *message, const char *subject)
{
	signature_make(ret, &(struct signature_parts){.category = CATEGORY_TEST,
				    .tool = "quux",
				    .message = view_of(message),
				    .subject = view_of(subject)});
}

static void check(const char *a, const char *b, bool same)
{
	char sa[SIGNATURE_MAX], sb[SIGNATURE_MAX];

	sign(sa, a, "a.c");
	sign(sb, b, "a.c");
	if (!strcmp(sa, sb) != same)
		print_error("%s: \"%s\" and \"%s\"\n", same ? "differ" : "equal", a, b);
	assert_int_equal(!strcmp(sa, sb), same);
}

#define SAME(a, b) check(a, b, true)
#define DIFFERENT(a, b) check(a, b, false)

static void test_form(void **state)
{
	char s[SIGNATURE_MAX], again[SIGNATURE_MAX];

	(void)state;
	sign(s, "it broke", "a.c");
	sign(again, "it broke", "a.c");
	assert_string_equal(s, again);
	assert_int_equal(strlen(s), 66);
	assert_memory_equal(s, "1:", 2);
	assert_int_equal(strspn(s + 2, "0123456789abcdef"), 64);
}

static void test_what_changes_between_runs(void **state)
{
	(void)state;
	SAME("deadline 2026-11-18T09:14:03.123Z passed", "deadline 2025-01-02T10:00:00Z passed");
	SAME("at 2026/11/18 09:14", "at 2025/01/02 10:00");
	SAME("took 0.12s", "took 112.5s");
	SAME("took 1m 23s", "took 4m 1s");
	SAME("object at 0x7f3a12bc", "object at 0x55d0aaaa91");
	SAME("commit 4dfdd38902f094446d620ac55b3ec7dc1eaac169", "commit 0a2cb6e7d4f094446d620ac55b3ec7dc1eaac160");
	SAME("id 7f3a12bc-aaaa-4bbb-8ccc-1234567890ab", "id 00000000-1111-4222-8333-abcdefabcdef");
	SAME("assert 3 == 4", "assert 17 == 23");
	SAME("connect to 10.0.0.1:5432", "connect to 172.16.9.44:41001");
	SAME("line 12, column 3", "line 140, column 3");
	SAME("worker 3  died", "worker 7\tdied");
	SAME("cannot open /tmp/tmpa8x1_q9z/report.txt", "cannot open /tmp/tmpk2m4o_77/report.txt");
	SAME("in tmpa8x1_q9z", "in tmpk2m4o_77");
}

static void test_workspaces_and_systems(void **state)
{
	(void)state;
	SAME("cannot open '/home/runner/work/app/app/src/a.c'", "cannot open '/Users/runner/work/app/app/src/a.c'");
	SAME("cannot open '/home/runner/work/app/app/src/a.c'", "cannot open 'D:\\\\a\\\\app\\\\app\\\\src\\\\a.c'");
	SAME("cannot open src/lib/a.c", "cannot open src\\lib\\a.c");
	SAME("cannot open 'src\\lib\\a.c'", "cannot open 'src\\\\lib\\\\a.c'");
	SAME("at file:///home/runner/work/app/app/a.mjs:3", "at file:///D:/a/app/app/a.mjs:9");
	SAME("/home/runner/work/_temp/7f3a12bc-aaaa-4bbb-8ccc-1234567890ab.sh: line 1: 26917 Killed",
		"/srv/x/_work/_temp/00000000-1111-4222-8333-abcdefabcdef.sh: line 1: 18962 Killed");
	DIFFERENT("cannot open '/home/runner/work/app/app/src/a.c'", "cannot open '/home/runner/work/app/app/src/b.c'");
	DIFFERENT("cannot open /tmp/tmpa8x1_q9z/a.txt", "cannot open /tmp/tmpk2m4o_77/b.txt");
}

static void test_what_names_a_failure(void **state)
{
	(void)state;
	DIFFERENT("HTTP 502 from the registry", "HTTP 403 from the registry");
	DIFFERENT("error: 502 Bad Gateway", "error: 403 Forbidden");
	DIFFERENT("The requested URL returned error: 404", "The requested URL returned error: 500");
	DIFFERENT("server responded with 429", "server responded with 503");
	DIFFERENT("status code 401", "status code 500");
	DIFFERENT("exit code 137", "exit code 139");
	DIFFERENT("[Errno 2] gone", "[Errno 13] gone");
	DIFFERENT("error[E0433]: failed to resolve", "error[E0425]: failed to resolve");
	DIFFERENT("error TS2304: no name", "error TS2345: no name");
	DIFFERENT("F401 found", "F811 found");
	DIFFERENT("CVE-2024-3094 found", "CVE-2021-44228 found");
	DIFFERENT("RUSTSEC-2024-0001", "RUSTSEC-2024-0002");
	DIFFERENT("No module named 'yaml'", "No module named 'toml'");
	DIFFERENT("test_low failed", "test_high failed");
	DIFFERENT("host a.example.org", "host b.example.org");
	DIFFERENT("undefined reference to `queue_put'", "undefined reference to `queue_get'");
	DIFFERENT("naïve", "naive");
}

static void test_each_part_takes_part(void **state)
{
	const struct signature_parts base = {.category = CATEGORY_TEST,
		.tool = "quux",
		.message = VIEW("it broke"),
		.subject = VIEW("a.c"),
		.code = VIEW("7"),
		.names = {VIEW("s"), VIEW("p"), VIEW("h")}};
	struct signature_parts other[] = {base, base, base, base, base, base, base, base};
	char first[SIGNATURE_MAX], s[SIGNATURE_MAX];

	(void)state;
	other[0].category = CATEGORY_LINT;
	other[1].tool = "quuz";
	other[2].message = VIEW("it crashed");
	other[3].subject = VIEW("b.c");
	other[4].code = VIEW("8");
	other[5].names[0] = VIEW("x");
	other[6].names[1] = VIEW("x");
	other[7].names[0] = VIEW("p");
	other[7].names[1] = VIEW("s");
	signature_make(first, &base);
	for (size_t i = 0; i < sizeof other / sizeof *other; i++) {
		signature_make(s, &other[i]);
		assert_string_not_equal(s, first);
	}
}

static void test_text_that_says_nothing(void **state)
{
	static const char *const empty[] = {"", "  ", "The operation was canceled.", "Error:", "failed", "error", "1",
		"Process completed with exit code 1.", "Process completed with exit code 137"};
	char s[SIGNATURE_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
		sign(s, empty[i], NULL);
		assert_string_equal(s, "");
		sign(s, empty[i], "make check");
		assert_memory_equal(s, "1:", 2);
	}
	signature_make(s, &(struct signature_parts){.message = VIEW("<7"), .names = {{0}, VIEW("left-pad"), {0}}});
	assert_memory_equal(s, "1:", 2);
}

static void normal(const char *message, const char *expected)
{
	BUF_AUTO out = buf_new(BUF_LINE);

	signature_normalise(&out, view_of(message));
	assert_string_equal(buf_text(&out), expected);
}

static void test_normal_form(void **state)
{
	(void)state;
	normal("  two   words \t", "two words");
	normal("3 of 12 tests took 1.5s", "# of # tests took #");
	normal("", "");
	normal("a\\b", "a/b");
	normal("https://example.org/x", "https://example.org/x");
	normal("at 0x", "at #");
	normal("/", "/");
	normal("C:\\", "C:/");
}

static void test_any_bytes_in_bounded_space(void **state)
{
	BUF_AUTO long_one = buf_new(BUF_PAGE);
	BUF_AUTO out = buf_new(BUF_LINE);
	char s[SIGNATURE_MAX];

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_add_char(&long_one, (char)(i * 7 + 1));
	signature_normalise(&out, buf_view(&long_one));
	assert_true(out.n > 0 && out.n <= 8192);
	sign(s, buf_text(&long_one), NULL);
	assert_memory_equal(s, "1:", 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_what_changes_between_runs),
		cmocka_unit_test(test_workspaces_and_systems),
		cmocka_unit_test(test_what_names_a_failure),
		cmocka_unit_test(test_each_part_takes_part),
		cmocka_unit_test(test_text_that_says_nothing),
		cmocka_unit_test(test_normal_form),
		cmocka_unit_test(test_any_bytes_in_bounded_space),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
