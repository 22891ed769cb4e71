/* Answers and what follows from them, as tables. */
#include "github/internal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define READ .read = true
#define NONE .wait_s = -1, .remaining = -1, .reset_in_s = -1
#define PATIENT .tries = 1, .patience_ms = GITHUB_PATIENCE_MS

static const struct {
	const char *name;
	struct retry_facts facts;
	int what;
	int64_t at_least, at_most;
	enum retry_limit limit;
} cases[] = {
	{"a good answer stands", {READ, .status = 200, NONE, PATIENT}, RETRY_DONE, 0, 0, RETRY_NO_LIMIT},
	{"so does 404", {READ, .status = 404, NONE, PATIENT}, RETRY_DONE, 0, 0, RETRY_NO_LIMIT},
	{"so does a plain 403", {READ, .status = 403, NONE, PATIENT}, RETRY_DONE, 0, 0, RETRY_NO_LIMIT},
	{"so does 501", {READ, .status = 501, NONE, PATIENT}, RETRY_DONE, 0, 0, RETRY_NO_LIMIT},
	{"502 of a read", {READ, .status = 502, NONE, PATIENT}, RETRY_WAIT, 1, GITHUB_BACKOFF_MS, RETRY_NO_LIMIT},
	{"502 of a write", {.status = 502, NONE, PATIENT}, RETRY_DONE, 0, 0, RETRY_NO_LIMIT},
	{"503 that says when", {READ, .status = 503, .wait_s = 7, .remaining = -1, .reset_in_s = -1, PATIENT},
		RETRY_WAIT, 7000, 7000, RETRY_NO_LIMIT},
	{"502 for the fifth time",
		{READ, .status = 502, NONE, .tries = GITHUB_TRIES, .patience_ms = GITHUB_PATIENCE_MS}, RETRY_DONE, 1,
		GITHUB_BACKOFF_MAX_MS, RETRY_NO_LIMIT},
	{"a reset of a read", {READ, .retryable = true, .sent = true, NONE, PATIENT}, RETRY_WAIT, 1, GITHUB_BACKOFF_MS,
		RETRY_NO_LIMIT},
	{"a reset of a write", {.retryable = true, .sent = true, NONE, PATIENT}, RETRY_DONE, 0, 0, RETRY_NO_LIMIT},
	{"a write that never left", {.retryable = true, .sent = false, NONE, PATIENT}, RETRY_WAIT, 1, GITHUB_BACKOFF_MS,
		RETRY_NO_LIMIT},
	{"a wrong certificate", {READ, NONE, PATIENT}, RETRY_DONE, 0, 0, RETRY_NO_LIMIT},
	{"429 with Retry-After", {.status = 429, .wait_s = 12, .remaining = 40, .reset_in_s = 900, PATIENT}, RETRY_WAIT,
		12000, 12000, RETRY_SECONDARY},
	{"403 with Retry-After is a limit, too",
		{.status = 403, .wait_s = 0, .remaining = 40, .reset_in_s = 900, PATIENT}, RETRY_WAIT, 0, 0,
		RETRY_SECONDARY},
	{"a secondary limit without Retry-After", {.status = 403, .told = RETRY_SECONDARY, NONE, PATIENT}, RETRY_WAIT,
		GITHUB_SECONDARY_MS, GITHUB_SECONDARY_MS, RETRY_SECONDARY},
	{"... for the third time",
		{.status = 403, .told = RETRY_SECONDARY, NONE, .tries = 3, .patience_ms = GITHUB_PATIENCE_MS},
		RETRY_WAIT, 4 * GITHUB_SECONDARY_MS, 4 * GITHUB_SECONDARY_MS, RETRY_SECONDARY},
	{"the primary limit waits for its reset",
		{.status = 403, .wait_s = -1, .remaining = 0, .reset_in_s = 30, PATIENT}, RETRY_WAIT, 31000, 32000,
		RETRY_PRIMARY},
	{"not an hour", {READ, .status = 429, .wait_s = -1, .remaining = 0, .reset_in_s = 3600, PATIENT}, RETRY_GIVE_UP,
		3601000, 3602000, RETRY_PRIMARY},
	{"what was waited counts",
		{READ, .status = 429, .wait_s = 10, .remaining = 1, .reset_in_s = 1, .tries = 1, .waited_ms = 595000,
			.patience_ms = GITHUB_PATIENCE_MS},
		RETRY_GIVE_UP, 10000, 10000, RETRY_SECONDARY},
	{"no patience at all", {READ, .status = 502, NONE, .tries = 1, .patience_ms = 0}, RETRY_DONE, 1, 1000,
		RETRY_NO_LIMIT},
	{"a silly Retry-After",
		{.status = 429, .wait_s = INT64_MAX / 1000000, .remaining = -1, .reset_in_s = -1, PATIENT},
		RETRY_GIVE_UP, 86400000, 86400000, RETRY_SECONDARY},
};

static void test_the_table(void **state)
{
	static const uint32_t randoms[] = {0, 1, 999, 12345, UINT32_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (size_t k = 0; k < sizeof randoms / sizeof *randoms; k++) {
			struct retry_facts f = cases[i].facts;
			struct retry r;

			f.random = randoms[k];
			r = retry_decide(&f);
			if ((int)r.what != cases[i].what || r.limit != cases[i].limit || r.ms < cases[i].at_least ||
				r.ms > cases[i].at_most)
				fail_msg("%s: %d, limit %d, %ld ms", cases[i].name, (int)r.what, (int)r.limit,
					(long)r.ms);
		}
}

static void test_back_off_doubles_and_has_a_top(void **state)
{
	int64_t top = 0;

	(void)state;
	for (unsigned tries = 1; tries < 40; tries++) {
		struct retry_facts f = {READ, .status = 502, NONE, .tries = tries, .random = UINT32_MAX};
		int64_t largest = 0;

		for (uint32_t random = 0; random < 70000; random += 7) {
			f.random = random;
			struct retry r = retry_decide(&f);
			largest = r.ms > largest ? r.ms : largest;
		}
		assert_true(largest >= top || largest > GITHUB_BACKOFF_MAX_MS - 10);
		assert_true(largest <= GITHUB_BACKOFF_MAX_MS);
		top = largest;
	}
	assert_true(top > GITHUB_BACKOFF_MAX_MS - 10);
}

static struct heard *hear(const char *const *lines)
{
	static struct heard h;

	heard_done(&h);
	heard_init(&h);
	for (; *lines; lines++)
		assert_true(heard_line(&h, view_of(*lines)));
	return &h;
}

static void test_retry_after_as_seconds_and_as_a_date(void **state)
{
	(void)state;
	assert_int_equal(heard_wait_s(hear((const char *const[]){"Retry-After: 17\r\n", NULL})), 17);
	assert_int_equal(heard_wait_s(hear((const char *const[]){"retry-after: Sat, 21 Nov 2026 06:00:30 GMT\r\n",
				 "Date: Sat, 21 Nov 2026 06:00:00 GMT\r\n", NULL})),
		30);
	assert_int_equal(heard_wait_s(hear((const char *const[]){"retry-after: Sat, 21 Nov 2026 05:00:00 GMT\r\n",
				 "Date: Sat, 21 Nov 2026 06:00:00 GMT\r\n", NULL})),
		0);
	assert_int_equal(heard_wait_s(hear((const char *const[]){"Retry-After: soon\r\n", NULL})), -1);
	assert_int_equal(heard_wait_s(hear((const char *const[]){"Retry-After: -5\r\n", NULL})), -1);
	assert_int_equal(heard_wait_s(hear((const char *const[]){"X: 1\r\n", NULL})), -1);
}

static void test_links(void **state)
{
	static const struct {
		const char *line, *next;
	} links[] = {
		{"Link: <https://h/x?page=2>; rel=\"next\", <https://h/x?page=9>; rel=\"last\"", "https://h/x?page=2"},
		{"link: <https://h/x?page=1>; rel=\"prev\", <https://h/x?a=1,2&page=3>; rel=\"next\"",
			"https://h/x?a=1,2&page=3"},
		{"Link: <https://h/x?page=9>; rel=\"last\"", ""},
		{"Link: <https://h/x; rel=\"next\"", ""},
		{"Link: >https://h/x<; rel=\"next\"", ""},
		{"Link: ,,,<>;;rel=\"next\"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof links / sizeof *links; i++)
		assert_string_equal(buf_text(&hear((const char *const[]){links[i].line, NULL})->next), links[i].next);
}

static void test_headers_have_ceilings(void **state)
{
	struct heard h;
	unsigned n = 0;
	BUF_AUTO large = buf_new(BUF_PAGE);

	(void)state;
	heard_init(&h);
	while (n < 10000 && heard_line(&h, VIEW("x: y\r\n")))
		n++;
	assert_int_equal(n, GITHUB_HEADER_LINES_MAX);
	heard_clear(&h);
	for (size_t i = 0; i < GITHUB_HEADERS_MAX; i++)
		buf_add_char(&large, 'a');
	assert_true(heard_line(&h, VIEW("x: y\r\n")));
	assert_false(heard_line(&h, buf_view(&large)));
	assert_true(heard_line(&h, VIEW("HTTP/1.1 200 OK\r\n")));
	heard_done(&h);
	heard_done(&h);
}

static int forget(void **state)
{
	(void)state;
	hear((const char *const[]){NULL});
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_table),
		cmocka_unit_test(test_back_off_doubles_and_has_a_top),
		cmocka_unit_test(test_retry_after_as_seconds_and_as_a_date),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_headers_have_ceilings),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
