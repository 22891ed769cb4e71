#include "github/github.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>

#include "server.h"

/* Put together at run time, so that no scanner takes it for a real one. */
#define TOKEN                                                                                                          \
	"tok"                                                                                                          \
	"en-of-the-test"

/* The API, and a place that is not it. */
static struct server api, other;

static void redirect(int to, int status, unsigned port, const char *path)
{
	char headers[256];

	snprintf(headers, sizeof headers, "Location: http://127.0.0.1:%u%s\r\n", port, path);
	server_reply(to, status, headers, "you are sent on");
}

/* Begins an answer, and hangs up with a reset. */
static void break_off(int to)
{
	struct linger now = {.l_onoff = 1};

	server_write(to, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"a\":", 46);
	usleep(20000);
	setsockopt(to, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

/* More bytes than anybody asked for. */
static void flood(int to, size_t n)
{
	static char block[1 << 16];

	memset(block, ' ', sizeof block);
	server_write(to, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", 38);
	for (size_t done = 0; done < n; done += sizeof block)
		server_write(to, block, sizeof block);
}

#define MESSAGE(text) "{\"message\":\"" text "\",\"documentation_url\":\"https://docs.example\"}"

static void server_answer(struct server *s, int to, const char *path)
{
	static const struct {
		const char *path;
		int status;
		const char *headers, *body;
	} fixed[] = {
		{"/json", 200,
			"X-RateLimit-Limit: 5000\r\nx-ratelimit-remaining: 4991\r\nX-RATELIMIT-RESET: 1763457243\r\n"
			"X-OAuth-Scopes: repo, workflow\r\n",
			"{\"id\":7}"},
		{"/text", 200, "", "plain words"},
		{"/nothing", 204, "", ""},
		{"/odd-headers", 200, "x-ratelimit-limit: many\r\nx-ratelimit-remaining: -1\r\nLink: <broken\r\nx:\r\n",
			"{}"},
		{"/401", 401, "", MESSAGE("Bad credentials")},
		{"/403", 403, "x-ratelimit-remaining: 17\r\n", MESSAGE("Resource not accessible by integration")},
		{"/403-rate", 403, "x-ratelimit-remaining: 0\r\n", MESSAGE("API rate limit exceeded")},
		{"/404", 404, "", MESSAGE("Not Found")},
		{"/422", 422, "", MESSAGE("Validation Failed")},
		{"/502", 502, "", "<html>Bad Gateway</html>"},
		{"/500-deep", 500, "", "[[[[[[[[[[[[[[[[[[[[[["},
		{"/link", 200,
			"Link: <https://api.example/x?page=1>; rel=\"prev\", <https://api.example/x?page=3>; "
			"rel=\"next\", "
			"<https://api.example/x?page=9>; rel=\"last\"\r\n",
			"[]"},
		{"/last-page", 200, "Link: <https://api.example/x?page=1>; rel=\"first\"\r\n", "[]"},
		{"/to-file", 302, "Location: file:///etc/passwd\r\n", ""},
		{"/to-relative", 302, "Location: /json\r\n", ""},
		{"/to-nowhere", 302, "", "no place named"},
		{"/repos/acme/app", 200, "", "{\"name\":\"app\"}"},
		{"/log", 200, "", "line 1\nline 2\n"},
	};
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		if (!strcmp(path, fixed[i].path)) {
			server_reply(to, fixed[i].status, fixed[i].headers, fixed[i].body);
			return;
		}
	if (!strcmp(path, "/away"))
		redirect(to, 302, s->other_port, "/log");
	else if (!strcmp(path, "/there-and-back"))
		redirect(to, 302, s->other_port, "/back");
	else if (!strcmp(path, "/back"))
		redirect(to, 302, s->other_port, "/json");
	else if (!strcmp(path, "/within"))
		redirect(to, 301, s->port, "/json");
	else if (!strcmp(path, "/loop"))
		redirect(to, 307, s->port, "/loop");
	else if (!strcmp(path, "/reset"))
		break_off(to);
	else if (!strcmp(path, "/flood"))
		flood(to, GITHUB_ANSWER_MAX + 1);
	else
		server_reply(to, 404, "", "{}");
}

static unsigned waits;
static int64_t waited_ms;

static bool no_sleep(void *context, int64_t ms, const char *why)
{
	(void)context;
	assert_true(ms > 0);
	assert_non_null(why);
	waits++;
	waited_ms += ms;
	return true;
}

static struct github *open_client(const char *token)
{
	char url[64];
	struct github *g = NULL;
	struct err e = {0};

	snprintf(url, sizeof url, "http://127.0.0.1:%u", api.port);
	assert_int_equal(github_open(&g,
				 &(struct github_options){
					 .api_url = url, .token = token, .repository = "acme/app", .wait = no_sleep},
				 &e),
		0);
	waits = 0;
	waited_ms = 0;
	api.asked_count = other.asked_count = 0;
	return g;
}

static void get(const char *path, struct github_answer *a)
{
	struct github *g = open_client(TOKEN);
	struct err e = {0};

	if (github_call(g, "GET", path, NULL, a, &e) != 0)
		fail_msg("%s", e.text);
	github_close(g);
}

static void check_error(const char *path, enum err_code code, const char *part)
{
	struct github *g = open_client(TOKEN);
	struct github_answer a;
	struct err e = {0};

	assert_int_equal(github_call(g, "GET", path, NULL, &a, &e), -1);
	if (e.code != code || !strstr(e.text, part))
		print_error("%s: %s\n", path, e.text);
	assert_int_equal(e.code, code);
	assert_non_null(strstr(e.text, part));
	assert_null(strstr(e.text, TOKEN));
	github_answer_done(&a);
	github_close(g);
}

static bool was_told(const struct server *s, size_t i, const char *part)
{
	assert_true(i < s->asked_count);
	return strstr(s->asked[i].head, part) != NULL;
}

/* ---- answers ----------------------------------------------------------------------------------- */

static void test_json_and_its_headers(void **state)
{
	struct github_answer a;

	(void)state;
	get("/json", &a);
	assert_int_equal(a.status, 200);
	assert_int_equal(json_int(a.json, "id", -1), 7);
	assert_int_equal(a.rate_limit, 5000);
	assert_int_equal(a.rate_remaining, 4991);
	assert_int_equal(a.rate_reset, 1763457243);
	assert_string_equal(a.scopes, "repo, workflow");
	assert_null(a.next);
	github_answer_done(&a);
	github_answer_done(&a);
}

static void test_what_is_no_json_is_kept_as_it_is(void **state)
{
	struct github_answer a;

	(void)state;
	get("/text", &a);
	assert_null(a.json);
	assert_string_equal(buf_text(&a.body), "plain words");
	github_answer_done(&a);
	get("/nothing", &a);
	assert_int_equal(a.status, 204);
	assert_null(a.json);
	assert_int_equal(a.body.n, 0);
	assert_int_equal(a.rate_remaining, -1);
	assert_null(a.scopes);
	github_answer_done(&a);
}

static void test_headers_that_make_no_sense(void **state)
{
	struct github_answer a;

	(void)state;
	get("/odd-headers", &a);
	assert_int_equal(a.rate_limit, -1);
	assert_int_equal(a.rate_remaining, -1);
	assert_null(a.next);
	github_answer_done(&a);
}

static void test_the_next_page(void **state)
{
	struct github_answer a;

	(void)state;
	get("/link", &a);
	assert_string_equal(a.next, "https://api.example/x?page=3");
	github_answer_done(&a);
	get("/last-page", &a);
	assert_null(a.next);
	github_answer_done(&a);
}

static void test_the_repository_in_a_path(void **state)
{
	struct github_answer a;
	struct github *g = NULL;
	struct err e = {0};

	(void)state;
	get("/repos/{repo}", &a);
	assert_string_equal(json_text(a.json, "name"), "app");
	github_answer_done(&a);
	assert_int_equal(github_open(&g, &(struct github_options){.api_url = "http://127.0.0.1:1"}, &e), 0);
	assert_int_equal(github_call(g, "GET", "/repos/{repo}", NULL, &a, &e), -1);
	assert_int_equal(e.code, ERR_USAGE);
	assert_non_null(strstr(e.text, "--repository OWNER/NAME"));
	github_answer_done(&a);
	github_close(g);
	github_close(NULL);
}

static void test_what_is_sent(void **state)
{
	struct github *g = open_client(TOKEN);
	struct github_answer a;
	struct err e = {0};
	JSON_AUTO *body = json_object();

	(void)state;
	json_add_text(body, "state", "closed");
	assert_int_equal(github_call(g, "PATCH", "/json", body, &a, &e), 0);
	github_answer_done(&a);
	github_close(g);
	assert_true(was_told(&api, 0, "PATCH /json HTTP/1.1\r\n"));
	assert_true(was_told(&api, 0, "Authorization: Bearer " TOKEN "\r\n"));
	assert_true(was_told(&api, 0, "X-GitHub-Api-Version: " GITHUB_API_VERSION "\r\n"));
	assert_true(was_told(&api, 0, "Accept: application/vnd.github+json\r\n"));
	assert_true(was_told(&api, 0, "Content-Type: application/json\r\n"));
	assert_true(was_told(&api, 0, "User-Agent: runmedic/"));
	assert_true(was_told(&api, 0, "\r\n\r\n{\"state\":\"closed\"}"));
}

/* ---- the token --------------------------------------------------------------------------------- */

static void test_without_a_token_none_is_sent(void **state)
{
	struct github *g = open_client(NULL);
	struct github_answer a;
	struct err e = {0};

	(void)state;
	assert_int_equal(github_call(g, "GET", "/json", NULL, &a, &e), 0);
	github_answer_done(&a);
	github_close(g);
	assert_false(was_told(&api, 0, "Authorization"));
}

static void test_the_token_stays_at_its_origin(void **state)
{
	struct github_answer a;

	(void)state;
	get("/within", &a);
	github_answer_done(&a);
	assert_true(was_told(&api, 0, "Authorization: Bearer"));
	assert_true(was_told(&api, 1, "Authorization: Bearer"));
	get("/to-relative", &a);
	assert_int_equal(json_int(a.json, "id", -1), 7);
	github_answer_done(&a);
	assert_true(was_told(&api, 1, "Authorization: Bearer"));
	get("/away", &a);
	github_answer_done(&a);
	assert_true(was_told(&api, 0, "Authorization: Bearer"));
	assert_int_equal(other.asked_count, 1);
	assert_false(was_told(&other, 0, "Authorization"));
	assert_false(was_told(&other, 0, TOKEN));
}

static void test_who_sends_us_back_gets_no_token_used(void **state)
{
	struct github_answer a;

	(void)state;
	get("/there-and-back", &a);
	assert_int_equal(json_int(a.json, "id", -1), 7);
	github_answer_done(&a);
	assert_int_equal(api.asked_count, 2);
	assert_true(was_told(&api, 0, "Authorization: Bearer"));
	assert_false(was_told(&other, 0, "Authorization"));
	assert_false(was_told(&api, 1, "Authorization"));
}

static void test_a_whole_address_of_another_origin(void **state)
{
	char url[128];
	struct github_answer a;

	(void)state;
	snprintf(url, sizeof url, "http://127.0.0.1:%u/json", other.port);
	get(url, &a);
	github_answer_done(&a);
	assert_false(was_told(&other, 0, "Authorization"));
	snprintf(url, sizeof url, "http://127.0.0.1:%u/json", api.port);
	get(url, &a);
	github_answer_done(&a);
	assert_true(was_told(&api, 0, "Authorization: Bearer"));
	snprintf(url, sizeof url, "http://127.0.0.1:%u@127.0.0.1:%u/json", api.port, other.port);
	get(url, &a);
	github_answer_done(&a);
	assert_false(was_told(&other, 0, TOKEN));
}

static void test_a_token_that_would_add_headers(void **state)
{
	static const char *const bad[] = {"a\r\nX-Evil: 1", "a\n", "a b", "\x7f"};
	struct github *g = NULL;
	struct err e = {0};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(github_open(&g, &(struct github_options){.token = bad[i]}, &e), -1);
		assert_int_equal(e.code, ERR_USAGE);
	}
}

/* ---- refusals and trouble ---------------------------------------------------------------------- */

static void test_refusals(void **state)
{
	(void)state;
	check_error("/401", ERR_AUTH, "GitHub answered 401: Bad credentials; the token is not valid (any more)");
	check_error("/403", ERR_AUTH,
		"GitHub answered 403: Resource not accessible by integration; the token lacks a permission");
	check_error(
		"/404", ERR_NOT_FOUND, "GitHub answered 404: Not Found; it does not exist or the token may not see it");
	check_error("/422", ERR_INPUT, "GitHub answered 422: Validation Failed");
	check_error("/502", ERR_NETWORK, "GitHub answered 502");
	assert_int_equal(api.asked_count, GITHUB_TRIES);
	assert_int_equal(waits, GITHUB_TRIES - 1);
	check_error("/500-deep", ERR_NETWORK, "GitHub answered 500");
}

static void test_a_refusal_still_fills_the_answer(void **state)
{
	struct github *g = open_client(TOKEN);
	struct github_answer a;
	struct err e = {0};

	(void)state;
	assert_int_equal(github_call(g, "GET", "/403", NULL, &a, &e), -1);
	assert_int_equal(a.status, 403);
	assert_int_equal(a.rate_remaining, 17);
	assert_string_equal(json_text(a.json, "message"), "Resource not accessible by integration");
	github_answer_done(&a);
	github_close(g);
}

static void test_redirects(void **state)
{
	struct github *g;
	struct github_answer a;
	struct err e = {0};

	(void)state;
	check_error("/loop", ERR_NETWORK, "more than 5 redirects");
	assert_int_equal(api.asked_count, 6);
	check_error("/to-file", ERR_NETWORK, "no answer from");
	g = open_client(TOKEN);
	assert_int_equal(github_call(g, "POST", "/within", NULL, &a, &e), -1);
	assert_non_null(strstr(e.text, "redirects this POST"));
	assert_int_equal(api.asked_count, 1);
	github_answer_done(&a);
	github_close(g);
	get("/to-nowhere", &a);
	assert_int_equal(a.status, 302);
	github_answer_done(&a);
}

static void test_no_usable_answer(void **state)
{
	struct github *g = NULL;
	struct github_answer a;
	struct err e = {0};

	(void)state;
	check_error("/reset", ERR_NETWORK, "no answer from http://127.0.0.1:");
	check_error("/flood", ERR_LIMIT, "larger than allowed");
	assert_int_equal(
		github_open(&g,
			&(struct github_options){.api_url = "http://127.0.0.1:1", .token = TOKEN, .wait = no_sleep},
			&e),
		0);
	assert_int_equal(github_call(g, "GET", "/json", NULL, &a, &e), -1);
	assert_int_equal(e.code, ERR_NETWORK);
	github_answer_done(&a);
	github_close(g);
}

static void test_what_began_encrypted_stays_so(void **state)
{
	char url[64];
	struct github *g = NULL;
	struct github_answer a;
	struct err e = {0};

	(void)state;
	other.asked_count = 0;
	assert_int_equal(
		github_open(&g, &(struct github_options){.api_url = "https://127.0.0.1:1", .wait = no_sleep}, &e), 0);
	snprintf(url, sizeof url, "http://127.0.0.1:%u/json", other.port);
	assert_int_equal(github_call(g, "GET", url, NULL, &a, &e), -1);
	assert_int_equal(e.code, ERR_NETWORK);
	assert_int_equal(other.asked_count, 0);
	github_answer_done(&a);
	github_close(g);
}

static void test_no_token_in_clear_text(void **state)
{
	static const struct {
		const char *api_url, *graphql_url, *token, *app_id;
		int rc;
	} rows[] = {
		{"http://ghe.example", NULL, TOKEN, NULL, -1},
		{"http://127.0.0.1.example", NULL, TOKEN, NULL, -1},
		{"http://ghe.example", NULL, NULL, "7", -1},
		{"https://ghe.example", "http://ghe.example/graphql", TOKEN, NULL, -1},
		{"http://ghe.example", NULL, NULL, NULL, 0},
		{"http://localhost:1", "http://[::1]/graphql", TOKEN, NULL, 0},
		{"https://ghe.example", NULL, TOKEN, NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct github *g = NULL;
		struct err e = {0};
		struct github_options o = {.api_url = rows[i].api_url,
			.graphql_url = rows[i].graphql_url,
			.token = rows[i].token,
			.app_id = rows[i].app_id,
			.private_key = rows[i].app_id ? "-" : NULL};
		assert_int_equal(github_open(&g, &o, &e), rows[i].rc);
		if (rows[i].rc < 0)
			assert_non_null(strstr(e.text, "not https"));
		github_close(g);
	}
}

/* ---- downloads --------------------------------------------------------------------------------- */

struct kept {
	struct buf text;
	size_t calls;
	bool stop;
};

static bool keep(void *context, const void *p, size_t n)
{
	struct kept *k = context;

	k->calls++;
	buf_add(&k->text, p, n);
	return !k->stop;
}

static int download(const char *path, uint64_t max, struct kept *k, struct err *e)
{
	struct github *g = open_client(TOKEN);
	int rc;

	k->text = buf_new(BUF_LARGE);
	rc = github_download(g, path, max, keep, k, e);
	github_close(g);
	return rc;
}

static void test_a_download_gets_the_body_behind_the_redirect(void **state)
{
	struct kept k = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(download("/away", 1000, &k, &e), 0);
	assert_string_equal(buf_text(&k.text), "line 1\nline 2\n");
	assert_false(was_told(&other, 0, "Authorization"));
	buf_done(&k.text);
}

static void test_a_refused_download_gives_no_body(void **state)
{
	struct kept k = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(download("/404", 1000, &k, &e), -1);
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_non_null(strstr(e.text, "404: Not Found"));
	assert_int_equal(k.calls, 0);
	buf_done(&k.text);
}

static void test_a_download_has_a_ceiling(void **state)
{
	struct kept k = {0};
	struct err e = {0};

	(void)state;
	assert_int_equal(download("/flood", 1 << 20, &k, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_true(k.text.n <= 1 << 20);
	buf_done(&k.text);
	assert_int_equal(download("/log", 14, &k, &e), 0);
	buf_done(&k.text);
	assert_int_equal(download("/log", 13, &k, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	buf_done(&k.text);
}

static void test_a_download_may_be_stopped(void **state)
{
	struct kept k = {.stop = true};
	struct err e = {0};

	(void)state;
	assert_int_equal(download("/flood", GITHUB_ANSWER_MAX, &k, &e), 0);
	assert_int_equal(k.calls, 1);
	buf_done(&k.text);
}

/* ---- certificates ------------------------------------------------------------------------------ */

static void test_the_bundle_that_is_named_wins(void **state)
{
	(void)state;
	setenv("SSL_CERT_FILE", "/somewhere/else.pem", 1);
	assert_string_equal(github_ca_file(), "/somewhere/else.pem");
	setenv("SSL_CERT_FILE", "", 1);
	if (github_ca_file())
		assert_string_not_equal(github_ca_file(), "");
	unsetenv("SSL_CERT_FILE");
	assert_non_null(github_curl_version());
}

static int begin(void **state)
{
	(void)state;
	setenv("no_proxy", "*", 1);
	if (!server_start(&api) || !server_start(&other))
		return -1;
	api.other_port = other.port;
	other.other_port = api.port;
	return 0;
}

static int end(void **state)
{
	(void)state;
	server_stop(&api);
	server_stop(&other);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_and_its_headers),
		cmocka_unit_test(test_what_is_no_json_is_kept_as_it_is),
		cmocka_unit_test(test_headers_that_make_no_sense),
		cmocka_unit_test(test_the_next_page),
		cmocka_unit_test(test_the_repository_in_a_path),
		cmocka_unit_test(test_what_is_sent),
		cmocka_unit_test(test_without_a_token_none_is_sent),
		cmocka_unit_test(test_the_token_stays_at_its_origin),
		cmocka_unit_test(test_who_sends_us_back_gets_no_token_used),
		cmocka_unit_test(test_a_whole_address_of_another_origin),
		cmocka_unit_test(test_a_token_that_would_add_headers),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_a_refusal_still_fills_the_answer),
		cmocka_unit_test(test_redirects),
		cmocka_unit_test(test_no_usable_answer),
		cmocka_unit_test(test_what_began_encrypted_stays_so),
		cmocka_unit_test(test_no_token_in_clear_text),
		cmocka_unit_test(test_a_download_gets_the_body_behind_the_redirect),
		cmocka_unit_test(test_a_refused_download_gives_no_body),
		cmocka_unit_test(test_a_download_has_a_ceiling),
		cmocka_unit_test(test_a_download_may_be_stopped),
		cmocka_unit_test(test_the_bundle_that_is_named_wins),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
