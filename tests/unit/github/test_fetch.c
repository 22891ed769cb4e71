/* Several bodies at once: whole or an error, whatever the network does. */
#include "client.h"

#include "github/actions.h"

#define FILES 40

static unsigned seen[FILES];

static void log_text(char text[64], int i)
{
	snprintf(text, 64, "the log of job %d\nends here\n", i);
}

static void break_off(int to)
{
	struct linger now = {.l_onoff = 1};

	server_write(to, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nthe log", 47);
	usleep(5000);
	setsockopt(to, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

/* What goes wrong with a log depends on its number, and only at first. */
static void server_answer(struct server *s, int to, const char *path)
{
	char headers[256], text[64];
	int i = -1;

	if (sscanf(path, "/repos/acme/app/actions/jobs/%d/logs", &i) == 1 && i >= 0 && i < FILES) {
		unsigned before = seen[i]++;
		if (i == 3 && before == 0)
			server_reply_on(s, to, 502, "", "<html>");
		else if (i == 4 && before < 2)
			server_reply_on(
				s, to, 429, "Retry-After: 5\r\n", MESSAGE("You have exceeded a secondary rate limit"));
		else if (i == 5)
			server_reply_on(s, to, 410, "", MESSAGE("Server Error"));
		else if (i == 6)
			server_reply_on(s, to, 404, "", MESSAGE("Not Found"));
		else {
			snprintf(headers, sizeof headers, "Location: http://127.0.0.1:%u/blob/%d/%u?sig=secret\r\n",
				s->other_port, i, before);
			server_reply_on(s, to, 302, headers, "");
		}
		return;
	}
	unsigned before = 0;
	if (sscanf(path, "/blob/%d/%u", &i, &before) != 2) {
		server_reply(to, 500, "", "");
	} else if (strstr(s->asked[(s->asked_count - 1) % SERVER_ASKED_MAX].head, "Authorization")) {
		server_reply(to, 400, "", "no credentials here");
	} else if (i == 7 && before < 2) {
		break_off(to);
	} else if (i == 8 && before < 1) {
		server_reply_on(s, to, 403, "", "<Error>AuthenticationFailed</Error>");
	} else if (i == 9) {
		server_write(to, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nmore", 41);
	} else {
		log_text(text, i);
		server_reply_on(s, to, 200, "", text);
	}
}

static void on_progress(void *context, size_t done, uint64_t bytes)
{
	(void)bytes;
	assert_int_equal(done, *(size_t *)context + 1);
	*(size_t *)context = done;
}

static void fetch(struct github *g, struct github_file *files, size_t n)
{
	static struct arena a;
	struct err e = {0};
	size_t done = 0;

	arena_done(&a);
	memset(seen, 0, sizeof seen);
	for (size_t i = 0; i < n; i++) {
		files[i].path = github_log_path(&a, (int64_t)i);
		files[i].max_bytes = files[i].max_bytes ? files[i].max_bytes : 1000;
	}
	if (github_fetch(g, files, n, on_progress, &done, &e) < 0)
		fail_msg("%s", e.text);
	assert_int_equal(done, n);
	arena_done(&a);
}

static void check_file(const struct github_file *f, int i)
{
	char text[64], got[128];

	log_text(text, i);
	if (f->fd < 0)
		fail_msg("%d: %s", i, f->error.text);
	assert_int_equal(f->size, strlen(text));
	assert_int_equal(read(f->fd, got, sizeof got), strlen(text));
	assert_memory_equal(got, text, strlen(text));
	close(f->fd);
}

static void test_each_is_whole_or_an_error(void **state)
{
	struct github *g = open_with((struct github_options){0});
	struct github_file files[FILES] = {0};

	(void)state;
	files[10].max_bytes = 5;
	fetch(g, files, FILES);
	for (int i = 0; i < FILES; i++) {
		if (i == 5 || i == 6 || i == 9 || i == 10) {
			assert_int_equal(files[i].fd, -1);
			assert_true(files[i].error.code != ERR_NONE);
			assert_null(strstr(files[i].error.text, TOKEN));
			assert_null(strstr(files[i].error.text, "secret"));
		} else {
			check_file(&files[i], i);
		}
	}
	assert_int_equal(files[5].status, 410);
	assert_int_equal(files[6].status, 404);
	assert_int_equal(files[6].error.code, ERR_NOT_FOUND);
	assert_int_equal(files[9].error.code, ERR_NETWORK);
	assert_int_equal(files[10].error.code, ERR_LIMIT);
	assert_int_equal(count_asked(&other, "Authorization"), 0);
	assert_int_equal(count_asked(&other, "X-GitHub-Api-Version"), 0);
	assert_int_equal(seen[7], 3);
	assert_int_equal(seen[8], 2);
	assert_true(waited_ms >= 10000);
	github_close(g);
}

static void test_connections_are_used_again(void **state)
{
	struct github *g = open_with((struct github_options){0});
	struct github_file files[3] = {0};
	unsigned before = api.connections;

	(void)state;
	fetch(g, files, 3);
	for (int i = 0; i < 3; i++)
		check_file(&files[i], i);
	fetch(g, files, 3);
	for (int i = 0; i < 3; i++)
		check_file(&files[i], i);
	assert_int_equal(count_asked(&api, "GET "), 6);
	assert_true(api.connections - before <= 3);
	github_close(g);
}

static bool refuse_to_wait(void *context, int64_t ms, const char *why)
{
	(void)context;
	(void)ms;
	(void)why;
	return false;
}

static void test_a_signal_ends_it(void **state)
{
	struct github *g = open_with((struct github_options){.wait = refuse_to_wait});
	struct github_file files[6] = {0};
	struct arena a = {0};
	struct err e = {0};

	(void)state;
	memset(seen, 0, sizeof seen);
	for (int i = 0; i < 6; i++)
		files[i] = (struct github_file){.path = github_log_path(&a, i), .max_bytes = 1000};
	assert_int_equal(github_fetch(g, files, 6, NULL, NULL, &e), -1);
	assert_int_equal(e.code, ERR_INTERRUPTED);
	for (int i = 0; i < 6; i++)
		if (files[i].fd >= 0)
			close(files[i].fd);
		else
			assert_true(files[i].error.code != ERR_NONE);
	arena_done(&a);
	github_close(g);
}

static bool count_at_first_wait(void *context, int64_t ms, const char *why)
{
	size_t *asked = context;

	(void)ms;
	(void)why;
	if (!*asked)
		*asked = api.asked_count;
	return true;
}

/* 502 for one file is no reason for the others to wait; a rate limit is. */
static void test_trouble_with_one_does_not_hold_the_others(void **state)
{
	size_t asked = 0;
	struct github *g = open_with((struct github_options){.wait = count_at_first_wait, .wait_context = &asked});
	struct github_file files[FILES] = {0};
	struct arena a = {0};
	struct err e = {0};

	(void)state;
	memset(seen, 0, sizeof seen);
	for (int i = 0; i < FILES; i++)
		files[i] = (struct github_file){.path = github_log_path(&a, i ? i + 10 : 3), .max_bytes = 1000};
	assert_int_equal(github_fetch(g, files, 29, NULL, NULL, &e), 0);
	assert_int_equal(asked, 29);
	assert_int_equal(seen[3], 2);
	check_file(&files[0], 3);
	for (int i = 1; i < 29; i++)
		check_file(&files[i], i + 10);
	arena_done(&a);
	github_close(g);
}

static void test_nothing_to_fetch(void **state)
{
	struct github *g = open_with((struct github_options){0});
	struct err e = {0};

	(void)state;
	assert_int_equal(github_fetch(g, NULL, 0, NULL, NULL, &e), 0);
	github_close(g);
}

static void test_a_slow_body_is_broken_off(void **state)
{
	struct github *g = open_with((struct github_options){.stall_s = 1, .patience_ms = -1});
	struct github_file files[1] = {0};

	(void)state;
	other.delay_ms = 3500;
	fetch(g, files, 1);
	other.delay_ms = 0;
	assert_int_equal(files[0].fd, -1);
	assert_int_equal(files[0].error.code, ERR_NETWORK);
	github_close(g);
	usleep(3000000);
}

static void test_the_words_of_a_missing_log(void **state)
{
	static const struct {
		int status;
		struct github_job job;
		enum err_code code;
		const char *part;
	} rows[] = {
		{410, {.status = "completed"}, ERR_NOT_FOUND, "expired"},
		{404, {.status = "in_progress"}, ERR_BUSY, "not ready yet"},
		{404, {.status = "completed"}, ERR_NOT_FOUND, "ran no step"},
		{404, {.status = "completed", .step_count = 3}, ERR_NOT_FOUND, "there is no log"},
		{403, {.status = "completed"}, ERR_AUTH, "as it was"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct github_file f = {.status = rows[i].status, .fd = -1};
		struct err e = {0};

		err_set(&f.error, ERR_AUTH, "as it was");
		github_log_trouble(&f, &rows[i].job, &e);
		assert_int_equal(e.code, rows[i].code);
		assert_non_null(strstr(e.text, rows[i].part));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_is_whole_or_an_error),
		cmocka_unit_test(test_connections_are_used_again),
		cmocka_unit_test(test_a_signal_ends_it),
		cmocka_unit_test(test_trouble_with_one_does_not_hold_the_others),
		cmocka_unit_test(test_nothing_to_fetch),
		cmocka_unit_test(test_a_slow_body_is_broken_off),
		cmocka_unit_test(test_the_words_of_a_missing_log),
	};

	return cmocka_run_group_tests(tests, client_begin, client_end);
}
