#include "base/buf.h"
#include "base/clock.h"
#include "heal/live.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What passes our own streams is looked at in a file; cmocka gets them back. */
struct place {
	struct live *live;
	struct buf seen[LIVE_STREAMS];
	int kept[LIVE_STREAMS], files[LIVE_STREAMS];
};

static void place_begin(struct place *p)
{
	struct err e;

	fflush(stdout);
	fflush(stderr);
	for (int i = 0; i < LIVE_STREAMS; i++) {
		char name[] = "/tmp/runmedic-live-XXXXXX";

		p->seen[i] = buf_new(BUF_FILE);
		p->kept[i] = fcntl(STDOUT_FILENO + i, F_DUPFD_CLOEXEC, 10);
		p->files[i] = mkostemp(name, O_CLOEXEC);
		unlink(name);
		dup2(p->files[i], STDOUT_FILENO + i);
	}
	if (live_begin(&p->live, false, &e) < 0)
		p->live = NULL;
}

static void place_done(struct place *p)
{
	live_end(p->live);
	for (int i = 0; i < LIVE_STREAMS; i++) {
		dup2(p->kept[i], STDOUT_FILENO + i);
		close(p->kept[i]);
		close(p->files[i]);
		buf_done(&p->seen[i]);
	}
}

static void see(void *context, enum live_stream from, struct view bytes)
{
	struct place *p = context;

	buf_add_view(&p->seen[from], bytes);
}

static struct live_result run(struct place *p, const char *script)
{
	const char *const argv[] = {"sh", "-c", script, NULL};
	struct live_result r = {.status = -1};
	struct err e;

	if (p->live)
		live_run(p->live, &r, argv, see, p, &e);
	return r;
}

static size_t passed(const struct place *p, enum live_stream from, char *text, size_t max)
{
	ssize_t n = pread(p->files[from], text, max, 0);

	return n < 0 ? 0 : (size_t)n;
}

static void test_streams_and_status(void **state)
{
	struct place p;
	char out[100], err[100];
	size_t out_n, err_n;
	bool same;

	(void)state;
	place_begin(&p);
	struct live_result r = run(&p, "echo out; echo err >&2; printf end; exit 7");
	out_n = passed(&p, LIVE_OUT, out, sizeof(out));
	err_n = passed(&p, LIVE_ERR, err, sizeof(err));
	same = view_is(buf_view(&p.seen[LIVE_OUT]), "out\nend") && view_is(buf_view(&p.seen[LIVE_ERR]), "err\n");
	place_done(&p);
	assert_int_equal(r.status, 7);
	assert_int_equal(r.start_trouble, 0);
	assert_int_equal(r.stopped_by, 0);
	assert_false(r.error_line_open);
	assert_true(view_is(view_make(out, out_n), "out\nend"));
	assert_true(view_is(view_make(err, err_n), "err\n"));
	assert_true(same);
}

static void test_one_after_the_other(void **state)
{
	struct place p;
	struct live_result first, second, third;

	(void)state;
	place_begin(&p);
	first = run(&p, "printf x >&2; kill -KILL $$");
	second = run(&p, "exit 3");
	third = run(&p, "exit 0");
	place_done(&p);
	assert_int_equal(first.status, 128 + SIGKILL);
	assert_true(first.error_line_open);
	assert_int_equal(second.status, 3);
	assert_false(second.error_line_open);
	assert_int_equal(third.status, 0);
}

static void test_what_cannot_be_started(void **state)
{
	const char *const missing[] = {"/nowhere/program", NULL}, *const folder[] = {"/tmp", NULL};
	struct place p;
	struct live_result a = {0}, b = {0};
	struct err e;

	(void)state;
	place_begin(&p);
	if (p.live) {
		live_run(p.live, &a, missing, see, &p, &e);
		live_run(p.live, &b, folder, see, &p, &e);
	}
	place_done(&p);
	assert_int_equal(a.status, 127);
	assert_int_equal(a.start_trouble, ENOENT);
	assert_int_equal(b.status, 126);
	assert_int_equal(b.start_trouble, EACCES);
}

static void test_a_wait_ends_in_time_or_by_a_signal(void **state)
{
	struct place p;
	int64_t start, whole = 0, cut = 0;
	int none = -1, by = -1;

	(void)state;
	place_begin(&p);
	if (p.live) {
		start = clock_monotonic();
		none = live_wait(p.live, CLOCK_SECOND / 20);
		whole = clock_monotonic() - start;
		kill(getpid(), SIGTERM);
		start = clock_monotonic();
		by = live_wait(p.live, 20 * CLOCK_SECOND);
		cut = clock_monotonic() - start;
	}
	place_done(&p);
	assert_int_equal(none, 0);
	assert_true(whole >= CLOCK_SECOND / 20 && whole < CLOCK_SECOND);
	assert_int_equal(by, SIGTERM);
	assert_true(cut < CLOCK_SECOND);
}

static void test_signals_are_as_they_were(void **state)
{
	struct place p;
	sigset_t before, after;

	(void)state;
	sigprocmask(SIG_SETMASK, NULL, &before);
	place_begin(&p);
	run(&p, "true");
	place_done(&p);
	sigprocmask(SIG_SETMASK, NULL, &after);
	for (int n = 1; n < 32; n++)
		assert_int_equal(sigismember(&before, n), sigismember(&after, n));
}

static void test_a_signal_that_came_before_is_passed_on(void **state)
{
	struct place p;
	struct live_result r = {0};

	(void)state;
	signal(SIGINT, SIG_DFL); /* a shell that runs us in the background has it ignored, and so would the command */
	place_begin(&p);
	kill(getpid(), SIGINT);
	r = run(&p, "sleep 20");
	place_done(&p);
	assert_int_equal(r.status, 128 + SIGINT);
	assert_int_equal(r.stopped_by, SIGINT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams_and_status),
		cmocka_unit_test(test_one_after_the_other),
		cmocka_unit_test(test_what_cannot_be_started),
		cmocka_unit_test(test_a_wait_ends_in_time_or_by_a_signal),
		cmocka_unit_test(test_signals_are_as_they_were),
		cmocka_unit_test(test_a_signal_that_came_before_is_passed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
