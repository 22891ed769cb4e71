/* What stands beside a commit and below a pull request: made once, updated, never doubled, whatever is lost on the way.
 * And the token of an App. The server has a state, and loses answers when told to. */
#include "client.h"

#include "base/clock.h"
#include "github/checks.h"
#include "github/pulls.h"

#include <inttypes.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

static struct {
	cJSON *checks, *annotations, *comments, *statuses;
	int lose;        /* carry out this many writes without an answer */
	int foreign_app; /* a check run of the same name that another App made */
	int tokens, token_life_s, refuse_jwt;
	char jwt[4096];
} world;

static void reset_world(void)
{
	cJSON_Delete(world.checks);
	cJSON_Delete(world.annotations);
	cJSON_Delete(world.comments);
	cJSON_Delete(world.statuses);
	memset(&world, 0, sizeof world);
	world.checks = json_array();
	world.annotations = json_array();
	world.comments = json_array();
	world.statuses = json_array();
	world.token_life_s = 3600;
}

static void reply_json(struct server *s, int to, int status, const cJSON *j)
{
	BUF_AUTO text = buf_new(BUF_FILE);

	json_print(&text, j);
	server_reply_on(s, to, status, "", buf_text(&text));
}

static void reply_list(struct server *s, int to, const char *key, const cJSON *list)
{
	JSON_AUTO *j = json_object();

	json_add(j, key, cJSON_Duplicate(list, true));
	reply_json(s, to, 200, j);
}

/* Carried out; the answer may get lost. */
static void reply_written(struct server *s, int to, int status, const cJSON *j)
{
	if (world.lose > 0)
		world.lose--;
	else
		reply_json(s, to, status, j);
}

static void take_annotations(const cJSON *body)
{
	const cJSON *one;

	cJSON_ArrayForEach (one, json_get(json_get(body, "output"), "annotations"))
		json_append(world.annotations, cJSON_Duplicate(one, true));
}

static void answer_checks(struct server *s, int to, const char *head, const char *path, const cJSON *body)
{
	if (!strncmp(head, "GET", 3) && strstr(path, "/annotations")) {
		reply_json(s, to, 200, world.annotations);
	} else if (!strncmp(head, "GET", 3)) {
		reply_list(s, to, "check_runs", world.checks);
	} else if (!strncmp(head, "POST", 4)) {
		cJSON *made = cJSON_Duplicate(body, true);
		json_add_int(made, "id", 100 + cJSON_GetArraySize(world.checks));
		json_add_text(made, "html_url", "https://github.example/check");
		json_append(world.checks, made);
		take_annotations(body);
		reply_written(s, to, 201, made);
	} else if (world.foreign_app && strstr(path, "/100")) {
		server_reply_on(s, to, 403, "",
			MESSAGE("Invalid app_id `15368` - check run can only be modified by the GitHub App that "
				"created it."));
	} else {
		take_annotations(body);
		reply_written(s, to, 200, body);
	}
}

static void answer_comments(struct server *s, int to, const char *head, const cJSON *body)
{
	if (!strncmp(head, "GET", 3)) {
		reply_json(s, to, 200, world.comments);
	} else if (!strncmp(head, "POST", 4)) {
		cJSON *made = json_object(), *user = json_object();
		json_add_int(made, "id", 50 + cJSON_GetArraySize(world.comments));
		json_add_text(made, "body", json_text(body, "body"));
		json_add_text(user, "login", "me");
		json_add(made, "user", user);
		json_append(world.comments, made);
		reply_written(s, to, 201, made);
	} else {
		cJSON *last = cJSON_GetArrayItem(world.comments, cJSON_GetArraySize(world.comments) - 1);
		cJSON_ReplaceItemInObjectCaseSensitive(last, "body", cJSON_CreateString(json_text(body, "body")));
		reply_written(s, to, 200, last);
	}
}

static void answer_app(struct server *s, int to, const char *head, const char *path)
{
	char body[256], at[CLOCK_TEXT_MAX];

	sscanf(strstr(head, "Bearer ") ? strstr(head, "Bearer ") : "Bearer ", "Bearer %4095s", world.jwt);
	if (world.refuse_jwt) {
		server_reply_on(s, to, 401, "", MESSAGE("A JSON web token could not be decoded"));
	} else if (!strcmp(path, "/repos/acme/app/installation")) {
		server_reply_on(s, to, 200, "", "{\"id\":77}");
	} else {
		clock_iso(clock_now() + world.token_life_s * CLOCK_SECOND, at);
		snprintf(body, sizeof body,
			"{\"token\":\"ghs"
			"_number%d\",\"expires_at\":\"%s\","
			"\"permissions\":{\"checks\":\"write\",\"pull_requests\":\"read\"}}",
			++world.tokens, at);
		server_reply_on(s, to, 201, "", body);
	}
}

static void server_answer(struct server *s, int to, const char *path)
{
	const char *head = s->asked[(s->asked_count - 1) % SERVER_ASKED_MAX].head;
	const char *text = strstr(head, "\r\n\r\n");
	struct err e;
	JSON_AUTO *body = text && text[4] ? json_parse(view_of(text + 4), BUF_PAGE, &e) : NULL;

	if (strstr(path, "/installation") || !strncmp(path, "/app/", 5))
		answer_app(s, to, head, path);
	else if (strstr(path, "/check-runs"))
		answer_checks(s, to, head, path, body);
	else if (strstr(path, "/comments"))
		answer_comments(s, to, head, body);
	else if (strstr(path, "/commits/abc/statuses"))
		reply_json(s, to, 200, world.statuses);
	else if (strstr(path, "/statuses/abc")) {
		cJSON_InsertItemInArray(world.statuses, 0, cJSON_Duplicate(body, true));
		reply_written(s, to, 201, body);
	} else if (!strcmp(path, "/user"))
		server_reply_on(s, to, 200, "", "{\"login\":\"me\"}");
	else
		server_reply_on(s, to, 404, "", MESSAGE("Not Found"));
}

/* ---- checks ------------------------------------------------------------------------------------ */

static cJSON *output_of(int from, int n)
{
	cJSON *output = json_object(), *list = json_array();

	json_add_text(output, "title", "a title");
	json_add_text(output, "summary", "a summary");
	for (int i = from; i < from + n; i++) {
		cJSON *one = json_object();
		json_add_text(one, "path", "a.c");
		json_add_int(one, "start_line", i);
		json_add_int(one, "end_line", i);
		json_add_text(one, "annotation_level", "failure");
		json_add_text(one, "message", "wrong");
		json_append(list, one);
	}
	json_add(output, "annotations", list);
	return output;
}

static void put(struct github *g, int lines)
{
	JSON_AUTO *outputs = json_array();
	struct github_check c = {
		.name = "runmedic / CI", .head_sha = "abc", .external_id = "1", .conclusion = "neutral"};
	struct err e = {0};
	char *url = NULL;

	for (int i = 0; i < lines; i += 10)
		json_append(outputs, output_of(i + 1, lines - i < 10 ? lines - i : 10));
	c.outputs = outputs;
	if (github_check_put(g, &c, &url, &e) < 0)
		fail_msg("%s", e.text);
	assert_string_equal(url, "https://github.example/check");
	free(url);
}

static void test_a_check_is_made_once(void **state)
{
	struct github *g = open_with((struct github_options){.write_gap_ms = -1});

	(void)state;
	for (int lose = 0; lose < 4; lose++) {
		reset_world();
		world.lose = lose;
		put(g, 25);
		assert_int_equal(cJSON_GetArraySize(world.checks), 1);
		assert_int_equal(cJSON_GetArraySize(world.annotations), 25);
		put(g, 28);
		assert_int_equal(cJSON_GetArraySize(world.checks), 1);
		assert_int_equal(cJSON_GetArraySize(world.annotations), 28);
	}
	github_close(g);
}

static void test_another_apps_check_is_left_alone(void **state)
{
	struct github *g = open_with((struct github_options){.write_gap_ms = -1});

	(void)state;
	reset_world();
	put(g, 3);
	world.foreign_app = 1;
	put(g, 3);
	assert_int_equal(cJSON_GetArraySize(world.checks), 2);
	put(g, 3);
	assert_int_equal(cJSON_GetArraySize(world.checks), 2);
	github_close(g);
}

static void test_a_status_is_set_when_it_differs(void **state)
{
	struct github *g = open_with((struct github_options){.write_gap_ms = -1});
	struct err e = {0};

	(void)state;
	reset_world();
	world.lose = 1;
	for (int i = 0; i < 3; i++)
		assert_int_equal(github_status_put(g, "abc", "failure", "runmedic", "why", "https://x", &e), 0);
	assert_int_equal(cJSON_GetArraySize(world.statuses), 1);
	assert_int_equal(github_status_put(g, "abc", "success", "runmedic", "why", NULL, &e), 0);
	assert_int_equal(cJSON_GetArraySize(world.statuses), 2);
	github_close(g);
}

/* ---- comments ---------------------------------------------------------------------------------- */

static void add_comment(const char *login, const char *text)
{
	cJSON *made = json_object(), *user = json_object();

	json_add_int(made, "id", 1);
	json_add_text(made, "body", text);
	json_add_text(user, "login", login);
	json_add(made, "user", user);
	json_append(world.comments, made);
}

static void test_a_comment_is_made_once_and_is_ours(void **state)
{
	struct github *g = open_with((struct github_options){.write_gap_ms = -1});
	struct err e = {0};
	char *text = NULL;

	(void)state;
	reset_world();
	add_comment("somebody", "<!-- m --> a copy of ours");
	add_comment("me[bot]", "<!-- m --> another's");
	assert_int_equal(github_comment_put(g, 7, "<!-- m -->", "<!-- m --> one", true, NULL, &e), 0);
	assert_int_equal(cJSON_GetArraySize(world.comments), 2);
	world.lose = 1;
	assert_int_equal(github_comment_put(g, 7, "<!-- m -->", "<!-- m --> one", false, NULL, &e), 0);
	assert_int_equal(github_comment_put(g, 7, "<!-- m -->", "<!-- m --> one", false, NULL, &e), 0);
	assert_int_equal(cJSON_GetArraySize(world.comments), 3);
	assert_int_equal(count_asked(&api, "POST "), 1);
	assert_int_equal(count_asked(&api, "PATCH "), 0);
	assert_int_equal(github_comment_put(g, 7, "<!-- m -->", "<!-- m --> two", false, NULL, &e), 0);
	assert_int_equal(count_asked(&api, "PATCH "), 1);
	assert_int_equal(github_comment_find(g, 7, "<!-- m -->", &text, &e), 0);
	assert_string_equal(text, "<!-- m --> two");
	free(text);
	github_close(g);
}

/* ---- the App ----------------------------------------------------------------------------------- */

static EVP_PKEY *key;

static char *pem_of(bool one_line, bool public_half)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *p;
	BUF_AUTO b = buf_new(BUF_PAGE);

	if (public_half)
		PEM_write_bio_PUBKEY(out, key);
	else
		PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
	long n = BIO_get_mem_data(out, &p);
	for (long i = 0; i < n; i++)
		if (one_line && p[i] == '\n')
			buf_add_text(&b, "\\n");
		else
			buf_add_char(&b, p[i]);
	BIO_free(out);
	return buf_take(&b);
}

static size_t unbase64url(const char *p, size_t n, unsigned char *out)
{
	char text[4096];
	size_t all = (n + 3) / 4 * 4;

	for (size_t i = 0; i < all; i++)
		text[i] = i >= n ? '=' : p[i] == '-' ? '+' : p[i] == '_' ? '/' : p[i];
	EVP_DecodeBlock(out, (unsigned char *)text, (int)all);
	return all / 4 * 3 - (all - n);
}

static void check_jwt(const char *jwt)
{
	unsigned char out[4096];
	const char *first = strchr(jwt, '.'), *second = first ? strchr(first + 1, '.') : NULL;
	struct err e;
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	assert_non_null(second);
	size_t n = unbase64url(first + 1, (size_t)(second - first - 1), out);
	JSON_AUTO *claims = json_parse(view_make((char *)out, n), BUF_PAGE, &e);
	assert_string_equal(json_text(claims, "iss"), "12345");
	assert_int_equal(json_int(claims, "exp", 0) - json_int(claims, "iat", 0), 600);
	assert_true(json_int(claims, "iat", 0) <= clock_now() / CLOCK_SECOND - 59);
	n = unbase64url(second + 1, strlen(second + 1), out);
	assert_int_equal(EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, key), 1);
	assert_int_equal(EVP_DigestVerify(context, out, n, (const unsigned char *)jwt, (size_t)(second - jwt)), 1);
	EVP_MD_CTX_free(context);
}

static void ask_user(struct github *g)
{
	struct github_answer a;
	struct err e = {0};

	if (github_call(g, "GET", "/user", NULL, &a, &e) < 0)
		fail_msg("%s", e.text);
	github_answer_done(&a);
}

static void test_an_app_gets_its_token(void **state)
{
	(void)state;
	for (int one_line = 0; one_line < 2; one_line++) {
		char *pem = pem_of(one_line, false);
		struct github *g = open_with((struct github_options){.app_id = "12345", .private_key = pem});

		reset_world();
		assert_int_equal(github_app_level(g, "checks"), GITHUB_LEVEL_UNKNOWN);
		ask_user(g);
		ask_user(g);
		assert_int_equal(world.tokens, 1);
		assert_int_equal(github_app_level(g, "checks"), GITHUB_LEVEL_WRITE);
		assert_int_equal(github_app_level(g, "pull_requests"), GITHUB_LEVEL_READ);
		assert_int_equal(github_app_level(g, "contents"), GITHUB_LEVEL_NONE);
		assert_int_equal(count_asked(&api, "ghs_number1"), 2);
		assert_int_equal(count_asked(&api, "\"repositories\":[\"app\"]"), 1);
		check_jwt(world.jwt);
		github_close(g);
		free(pem);
	}
}

static void test_it_is_renewed_before_its_end(void **state)
{
	char *pem = pem_of(false, false);
	struct github *g = open_with((struct github_options){.app_id = "12345", .private_key = pem});

	(void)state;
	reset_world();
	world.token_life_s = 200;
	ask_user(g);
	ask_user(g);
	assert_int_equal(world.tokens, 2);
	assert_int_equal(count_asked(&api, "/installation "), 1);
	github_close(g);
	free(pem);
}

static void test_an_app_that_is_refused(void **state)
{
	char *pem = pem_of(false, false);
	struct github *g = open_with((struct github_options){.app_id = "12345", .private_key = pem});
	struct github_answer a;
	struct err e = {0};

	(void)state;
	reset_world();
	world.refuse_jwt = 1;
	assert_int_equal(github_call(g, "GET", "/user", NULL, &a, &e), -1);
	assert_int_equal(e.code, ERR_AUTH);
	assert_non_null(strstr(e.text, "does the private key belong to this App"));
	github_answer_done(&a);
	github_close(g);
	free(pem);
}

static void test_keys_that_are_none(void **state)
{
	char *half = pem_of(false, true);
	const char *const keys[][2] = {{half, "public half"}, {"-----BEGIN OPENSSH PRIVATE KEY-----\n", "SSH key"},
		{"hello", "no PEM"},
		{"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----", "complete"}};
	struct github *g = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		struct err e = {0};

		assert_int_equal(
			github_open(&g, &(struct github_options){.app_id = "1", .private_key = keys[i][0]}, &e), -1);
		assert_int_equal(e.code, ERR_USAGE);
		assert_non_null(strstr(e.text, keys[i][1]));
		assert_null(strstr(e.text, "MIIE"));
	}
	free(half);
}

static int begin(void **state)
{
	key = EVP_RSA_gen(2048);
	reset_world();
	return key ? client_begin(state) : -1;
}

static int end(void **state)
{
	client_end(state);
	reset_world();
	cJSON_Delete(world.checks);
	cJSON_Delete(world.annotations);
	cJSON_Delete(world.comments);
	cJSON_Delete(world.statuses);
	EVP_PKEY_free(key);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_check_is_made_once),
		cmocka_unit_test(test_another_apps_check_is_left_alone),
		cmocka_unit_test(test_a_status_is_set_when_it_differs),
		cmocka_unit_test(test_a_comment_is_made_once_and_is_ours),
		cmocka_unit_test(test_an_app_gets_its_token),
		cmocka_unit_test(test_it_is_renewed_before_its_end),
		cmocka_unit_test(test_an_app_that_is_refused),
		cmocka_unit_test(test_keys_that_are_none),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
