/* Asking again: what is waited for, what is remembered, and what is never done twice. */
#include "client.h"

#include <inttypes.h>
#include <time.h>

static int step;        /* answers so far */
static int64_t reset_s; /* seconds from now */

static void reply_limited(struct server *s, int to, int status)
{
	char headers[256];

	snprintf(headers, sizeof headers, "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: %" PRId64 "\r\n",
		(int64_t)time(NULL) + reset_s);
	server_reply_on(s, to, status, headers, MESSAGE("API rate limit exceeded for installation"));
}

static void reply_page(struct server *s, int to, int page)
{
	char headers[512] = "", body[64];

	if (page < 3)
		snprintf(headers, sizeof headers, "Link: <http://127.0.0.1:%u/pages?page=%d>; rel=\"next\"\r\n",
			s->port, page + 1);
	snprintf(body, sizeof body, "{\"items\":[{\"id\":%d},{\"id\":%d}]}", page * 2 - 1, page * 2);
	server_reply_on(s, to, 200, headers, body);
}

static void server_answer(struct server *s, int to, const char *path)
{
	const char *head = s->asked[(s->asked_count - 1) % SERVER_ASKED_MAX].head;
	int now = step++;

	if (!strcmp(path, "/reset")) {
		if (now >= 2)
			server_reply_on(s, to, 200, "", "{\"ok\":true}");
	} else if (!strcmp(path, "/limit")) {
		if (now == 0)
			reply_limited(s, to, 403);
		else
			server_reply_on(s, to, 200, "", "{\"ok\":true}");
	} else if (!strcmp(path, "/secondary")) {
		if (now < 3)
			server_reply_on(s, to, now == 1 ? 403 : 429, "",
				MESSAGE("You have exceeded a secondary rate limit. Please wait."));
		else
			server_reply_on(s, to, 201, "", "{\"ok\":true}");
	} else if (!strcmp(path, "/write")) {
		server_reply_on(s, to, 502, "", "<html>");
	} else if (!strcmp(path, "/few")) {
		server_reply_on(s, to, 200, "x-ratelimit-remaining: 50\r\nx-ratelimit-reset: 99999999999\r\n", "{}");
	} else if (!strcmp(path, "/etag")) {
		if (strstr(head, "If-None-Match: W/\"abc\""))
			server_reply_on(s, to, 304, "ETag: W/\"abc\"\r\nx-ratelimit-remaining: 7\r\n", "");
		else
			server_reply_on(s, to, 200, "ETag: W/\"abc\"\r\n", "{\"id\":5}");
	} else if (!strncmp(path, "/pages", 6)) {
		reply_page(s, to, strstr(path, "page=3") ? 3 : strstr(path, "page=2") ? 2 : 1);
	} else if (!strncmp(path, "/endless", 8)) {
		char headers[128];
		snprintf(headers, sizeof headers, "Link: <http://127.0.0.1:%u/endless?p=%d>; rel=\"next\"\r\n", s->port,
			now);
		server_reply_on(s, to, 200, headers, "[{\"id\":1}]");
	} else if (!strncmp(path, "/elsewhere", 10)) {
		char headers[128];
		snprintf(headers, sizeof headers, "Link: <http://127.0.0.1:%u/pages>; rel=\"next\"\r\n", s->other_port);
		server_reply_on(s, to, 200, headers, "[{\"id\":1}]");
	} else if (!strcmp(path, "/graphql")) {
		if (strstr(head, "limited") && now == 0)
			server_reply_on(s, to, 200, "Retry-After: 3\r\n",
				"{\"errors\":[{\"type\":\"RATE_LIMITED\",\"message\":\"slow\"}]}");
		else if (strstr(head, "forbidden"))
			server_reply_on(s, to, 200, "",
				"{\"data\":null,\"errors\":[{\"type\":\"FORBIDDEN\",\"message\":\"no\"}]}");
		else
			server_reply_on(s, to, 200, "", "{\"data\":{\"viewer\":{\"login\":\"me\"}}}");
	} else if (!strcmp(path, "/echo")) {
		server_reply_on(s, to, 403, "", MESSAGE("bad " TOKEN " and \\u001b[31m more"));
	} else if (!strcmp(path, "/headers")) {
		BUF_AUTO many = buf_new(BUF_PAGE);
		for (int i = 0; i < 300; i++)
			buf_addf(&many, "X-%d: y\r\n", i);
		server_reply(to, 200, buf_text(&many), "{}");
	} else if (!strcmp(path, "/deep")) {
		BUF_AUTO deep = buf_new(BUF_PAGE);
		for (int i = 0; i < 5000; i++)
			buf_add_char(&deep, '[');
		server_reply_on(s, to, 200, "", buf_text(&deep));
	} else {
		server_reply_on(s, to, 404, "", MESSAGE("Not Found"));
	}
}

static int ask(struct github *g, const char *method, const char *path, struct err *e)
{
	struct github_answer a;
	JSON_AUTO *body = json_object();
	int rc;

	step = 0;
	api.asked_count = 0;
	rc = github_call(g, method, path, !strcmp(method, "GET") ? NULL : body, &a, e);
	github_answer_done(&a);
	assert_null(strstr(e->text, TOKEN));
	return rc;
}

static void test_a_read_that_broke_is_asked_again(void **state)
{
	struct github *g = open_with((struct github_options){0});
	struct err e = {0};

	(void)state;
	assert_int_equal(ask(g, "GET", "/reset", &e), 0);
	assert_true(api.asked_count >= 3);
	assert_true(waits >= 1);
	github_close(g);
}

static void test_a_write_whose_answer_was_lost_is_not(void **state)
{
	struct github *g = open_with((struct github_options){.write_gap_ms = -1});
	struct err e = {0};

	(void)state;
	assert_int_equal(ask(g, "POST", "/reset", &e), -1);
	assert_int_equal(e.code, ERR_NETWORK);
	assert_int_equal(api.asked_count, 1);
	assert_int_equal(ask(g, "POST", "/write", &e), -1);
	assert_int_equal(api.asked_count, 1);
	github_close(g);
}

static void test_a_write_that_a_limit_met_is_asked_again(void **state)
{
	struct github *g = open_with((struct github_options){.write_gap_ms = -1});
	struct err e = {0};

	(void)state;
	assert_int_equal(ask(g, "POST", "/secondary", &e), 0);
	assert_int_equal(api.asked_count, 4);
	assert_int_equal(waited_ms, GITHUB_SECONDARY_MS * 7);
	github_close(g);
}

static void test_the_primary_limit(void **state)
{
	struct github *g = open_with((struct github_options){0});
	struct err e = {0};

	(void)state;
	reset_s = 20;
	assert_int_equal(ask(g, "GET", "/limit", &e), 0);
	assert_true(waited_ms >= 19000 && waited_ms < 25000);
	reset_s = 3000;
	assert_int_equal(ask(g, "GET", "/limit", &e), -1);
	assert_int_equal(e.code, ERR_NETWORK);
	assert_non_null(strstr(e.text, "trying again in 50 min"));
	assert_int_equal(api.asked_count, 1);
	/* while it holds nobody asks */
	assert_int_equal(ask(g, "GET", "/etag", &e), -1);
	assert_int_equal(api.asked_count, 0);
	github_close(g);
}

static void test_some_are_kept_for_others(void **state)
{
	struct github *g = open_with((struct github_options){.min_remaining = 100});
	struct err e = {0};

	(void)state;
	assert_int_equal(ask(g, "GET", "/few", &e), 0);
	assert_int_equal(ask(g, "GET", "/few", &e), -1);
	assert_int_equal(e.code, ERR_BUSY);
	assert_non_null(strstr(e.text, "50 requests are left"));
	assert_int_equal(api.asked_count, 0);
	github_close(g);
}

static void test_writes_keep_their_distance(void **state)
{
	struct github *g = open_with((struct github_options){0});
	struct err e = {0};

	(void)state;
	ask(g, "POST", "/none", &e);
	assert_int_equal(waits, 0);
	ask(g, "POST", "/none", &e);
	assert_int_equal(waits, 1);
	assert_true(waited_ms > 800 && waited_ms <= GITHUB_WRITE_GAP_MS);
	ask(g, "GET", "/none", &e);
	assert_int_equal(waits, 1);
	github_close(g);
}

static void test_what_did_not_change_costs_nothing(void **state)
{
	struct github *g = open_with((struct github_options){0});
	struct github_answer a;
	struct err e = {0};

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(github_call(g, "GET", "/etag", NULL, &a, &e), 0);
		assert_int_equal(a.status, 200);
		assert_int_equal(a.cached, i > 0);
		assert_int_equal(json_int(a.json, "id", 0), 5);
		assert_int_equal(a.rate_remaining, i ? 7 : -1);
		github_answer_done(&a);
	}
	assert_int_equal(count_asked(&api, "If-None-Match"), 2);
	github_close(g);
}

static bool add_up(void *context, const cJSON *item)
{
	*(int64_t *)context += json_int(item, "id", 0);
	return *(int64_t *)context < 1000;
}

static void test_pages(void **state)
{
	struct github *g = open_with((struct github_options){0});
	struct err e = {0};
	int64_t sum = 0;
	bool more = true;

	(void)state;
	assert_int_equal(github_each(g, "/pages", "items", add_up, &sum, &more, &e), 0);
	assert_int_equal(sum, 21);
	assert_false(more);
	assert_int_equal(count_asked(&api, "per_page=100"), 1);
	assert_int_equal(github_each(g, "/pages", NULL, add_up, &sum, NULL, &e), -1);
	sum = 0;
	assert_int_equal(github_each(g, "/endless", NULL, add_up, &sum, &more, &e), 0);
	assert_int_equal(sum, GITHUB_PAGES_MAX);
	assert_true(more);
	sum = 995;
	assert_int_equal(github_each(g, "/endless", NULL, add_up, &sum, &more, &e), 0);
	assert_int_equal(sum, 1000);
	other.asked_count = 0;
	assert_int_equal(github_each(g, "/elsewhere", NULL, add_up, &sum, NULL, &e), 0);
	sum = 0;
	assert_int_equal(github_each(g, "/elsewhere", NULL, add_up, &sum, NULL, &e), -1);
	assert_non_null(strstr(e.text, "another address"));
	assert_int_equal(other.asked_count, 0);
	github_close(g);
}

static void test_graphql(void **state)
{
	struct github *g = open_with((struct github_options){.write_gap_ms = -1});
	struct err e = {0};
	cJSON *data = NULL;

	(void)state;
	step = 0;
	assert_int_equal(github_graphql(g, "query limited { viewer { login } }", NULL, &data, &e), 0);
	assert_string_equal(json_text(json_get(data, "viewer"), "login"), "me");
	cJSON_Delete(data);
	assert_int_equal(waited_ms, 3000);
	assert_int_equal(github_graphql(g, "mutation { forbidden }", NULL, &data, &e), -1);
	assert_int_equal(e.code, ERR_AUTH);
	github_close(g);
}

static void test_what_is_said_is_harmless(void **state)
{
	struct github *g = open_with((struct github_options){0});
	struct err e = {0};

	(void)state;
	assert_int_equal(ask(g, "GET", "/echo", &e), -1);
	assert_null(strchr(e.text, 0x1b));
	assert_int_equal(ask(g, "GET", "/headers", &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_int_equal(ask(g, "GET", "/deep", &e), 0);
	github_close(g);
}

static void test_options_that_make_no_sense(void **state)
{
	static const struct github_options bad[] = {
		{.api_url = "ftp://x"},
		{.api_url = "https://user:word@x"},
		{.api_url = "https://x?y"},
		{.repository = "acme"},
		{.repository = "acme/../x"},
		{.repository = "acme/a b"},
		{.repository = "../x"},
		{.app_id = "12"},
		{.app_id = "12", .private_key = "nonsense"},
		{.graphql_url = "x"},
	};
	struct github *g = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct err e = {0};

		assert_int_equal(github_open(&g, &bad[i], &e), -1);
		assert_int_equal(e.code, ERR_USAGE);
		assert_null(g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_read_that_broke_is_asked_again),
		cmocka_unit_test(test_a_write_whose_answer_was_lost_is_not),
		cmocka_unit_test(test_a_write_that_a_limit_met_is_asked_again),
		cmocka_unit_test(test_the_primary_limit),
		cmocka_unit_test(test_some_are_kept_for_others),
		cmocka_unit_test(test_writes_keep_their_distance),
		cmocka_unit_test(test_what_did_not_change_costs_nothing),
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_graphql),
		cmocka_unit_test(test_what_is_said_is_harmless),
		cmocka_unit_test(test_options_that_make_no_sense),
	};

	return cmocka_run_group_tests(tests, client_begin, client_end);
}
