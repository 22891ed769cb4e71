#include "base/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* stderr becomes a terminal for as long as a test runs. */
struct terminal {
	int master, slave, saved;
	char text[4096];
};

static void open_terminal(struct terminal *t)
{
	t->master = posix_openpt(O_RDWR | O_NOCTTY);
	if (t->master < 0) {
		print_message("no terminal can be opened here: is /dev/pts mounted?\n");
		skip();
	}
	assert_int_equal(grantpt(t->master), 0);
	assert_int_equal(unlockpt(t->master), 0);
	t->slave = open(ptsname(t->master), O_RDWR | O_NOCTTY);
	assert_true(t->slave >= 0);
	t->saved = dup(STDERR_FILENO);
	dup2(t->slave, STDERR_FILENO);
	setenv("TERM", "xterm", 1);
}

/* What arrived on the screen since the last time. */
static const char *screen(struct terminal *t)
{
	ssize_t n;

	fcntl(t->master, F_SETFL, O_NONBLOCK);
	n = read(t->master, t->text, sizeof(t->text) - 1);
	t->text[n > 0 ? n : 0] = '\0';
	return t->text;
}

static void close_terminal(struct terminal *t)
{
	dup2(t->saved, STDERR_FILENO);
	close(t->saved);
	close(t->slave);
	close(t->master);
}

static void test_short_work_shows_nothing(void **state)
{
	struct terminal t;
	struct progress *p;

	(void)state;
	open_terminal(&t);
	p = progress_start("Reading", true);
	progress_update(p, 1, 10, "MB");
	progress_end(p);
	assert_string_equal(screen(&t), "");
	close_terminal(&t);
}

static void test_long_work_is_drawn_and_wiped(void **state)
{
	struct terminal t;
	struct progress *p;

	(void)state;
	open_terminal(&t);
	p = progress_start("Reading", true);
	usleep(320000);
	progress_update(p, 5, 10, "MB");
	assert_string_equal(screen(&t), "\rReading: 5 of 10 MB (50 %)\x1b[K");
	progress_update(p, 6, 10, "MB"); /* too soon */
	assert_string_equal(screen(&t), "");
	usleep(120000);
	progress_update(p, 7, 0, "jobs");
	assert_string_equal(screen(&t), "\rReading: 7 jobs\x1b[K");
	progress_end(p);
	assert_string_equal(screen(&t), "\r\x1b[K");
	close_terminal(&t);
}

static void test_silent_when_asked_or_alone(void **state)
{
	struct terminal t;
	struct progress *p, *dumb;

	(void)state;
	open_terminal(&t);
	p = progress_start("Reading", false);
	setenv("TERM", "dumb", 1);
	dumb = progress_start("Reading", true);
	usleep(320000);
	progress_update(p, 5, 10, "MB");
	progress_update(dumb, 5, 10, "MB");
	progress_end(p);
	progress_end(dumb);
	progress_end(NULL);
	assert_string_equal(screen(&t), "");
	close_terminal(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_work_shows_nothing),
		cmocka_unit_test(test_long_work_is_drawn_and_wiped),
		cmocka_unit_test(test_silent_when_asked_or_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
