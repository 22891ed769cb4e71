#include "heal/capture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CAPTURE_AUTO __attribute__((cleanup(capture_done))) struct capture

static void expect(const struct capture *c, const char *text)
{
	struct view v = capture_text(c);

	assert_int_equal(v.n, strlen(text));
	assert_memory_equal(v.p, text, v.n);
}

static void test_whole_lines_fit(void **state)
{
	(void)state;
	assert_int_equal(capture_fit(VIEW("one\ntwo\n"), 8), 8);
	assert_int_equal(capture_fit(VIEW("one\ntwo\n"), 7), 4);
	assert_int_equal(capture_fit(VIEW("one\ntwo\n"), 4), 4);
	assert_int_equal(capture_fit(VIEW("one\ntwo\n"), 3), 0);
	assert_int_equal(capture_fit(VIEW("one\n"), 0), 0);
	assert_int_equal(capture_fit(VIEW(""), 5), 0);
}

static void test_of_an_endless_line_there_is_a_part(void **state)
{
	static char line[3 * CAPTURE_HOLD];

	(void)state;
	memset(line, 'x', sizeof(line));
	assert_int_equal(capture_fit(view_make(line, sizeof(line)), CAPTURE_HOLD), 0);
	assert_int_equal(capture_fit(view_make(line, sizeof(line)), 2 * CAPTURE_HOLD), 2 * CAPTURE_HOLD);
	line[5] = '\n';
	assert_int_equal(capture_fit(view_make(line, sizeof(line)), 2 * CAPTURE_HOLD), 6);
}

static void test_a_cut_begins_at_a_line(void **state)
{
	(void)state;
	assert_int_equal(capture_whole_line(VIEW("ne\ntwo\n")), 3);
	assert_int_equal(capture_whole_line(VIEW("\ntwo")), 1);
	assert_int_equal(capture_whole_line(VIEW("no line")), 0);
	assert_int_equal(capture_whole_line(VIEW("the last\n")), 0);
	assert_int_equal(capture_whole_line(VIEW("")), 0);
}

static void test_streams_do_not_shear_lines(void **state)
{
	CAPTURE_AUTO c;

	(void)state;
	capture_init(&c, -1);
	capture_begin(&c, VIEW("frame\n"));
	capture_add(&c, 0, VIEW("out "));
	capture_add(&c, 1, VIEW("err\nerr "));
	capture_add(&c, 0, VIEW("put\nrest"));
	capture_add(&c, 1, VIEW("or"));
	capture_finish(&c);
	capture_frame(&c, VIEW("end\n"));
	expect(&c, "frame\nerr\nout put\nrest\nerr or\nend\n");
	capture_begin(&c, VIEW("again\n"));
	capture_finish(&c);
	expect(&c, "again\n");
}

static void add_lines(struct capture *c, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		char line[17];

		snprintf(line, sizeof(line), "line %010u\n", i);
		capture_add(c, 0, view_of(line));
	}
}

static void test_up_to_the_ceiling_nothing_is_lost(void **state)
{
	CAPTURE_AUTO c;
	unsigned most = (unsigned)((CAPTURE_HEAD + CAPTURE_TAIL) / 16);

	(void)state;
	capture_init(&c, -1);
	capture_begin(&c, VIEW(""));
	add_lines(&c, 0, most);
	capture_finish(&c);
	assert_int_equal(capture_text(&c).n, CAPTURE_HEAD + CAPTURE_TAIL);
	assert_false(view_has(capture_text(&c), "left out"));
}

static void test_the_middle_is_left_out(void **state)
{
	CAPTURE_AUTO c;
	unsigned most = (unsigned)((CAPTURE_HEAD + CAPTURE_TAIL) / 16), more = 1000;
	char last[40], told[80];
	size_t left;

	(void)state;
	capture_init(&c, -1);
	capture_begin(&c, VIEW(""));
	capture_add(&c, 0, VIEW("odd\n")); /* so that the cut falls into a line */
	add_lines(&c, 0, most + more);
	capture_finish(&c);
	snprintf(last, sizeof(last), "line %010u\n", most + more - 1);
	assert_true(view_starts(capture_text(&c), "odd\nline 0000000000\n"));
	assert_true(view_ends(capture_text(&c), last));
	left = (size_t)(4 + (most + more) * 16) -
	       (capture_text(&c).n - strlen("[runmedic: 16016 bytes of output are left out here]\n"));
	snprintf(told, sizeof(told), "\n[runmedic: %zu bytes of output are left out here]\nline ", left);
	assert_true(view_has(capture_text(&c), told));
}

static void test_a_line_without_end_is_cut(void **state)
{
	CAPTURE_AUTO c;
	char piece[CAPTURE_HOLD / 2];

	(void)state;
	memset(piece, 'x', sizeof(piece));
	capture_init(&c, -1);
	capture_begin(&c, VIEW(""));
	for (size_t i = 0; i < 3 * CAPTURE_HEAD; i += sizeof(piece))
		capture_add(&c, 0, view_make(piece, sizeof(piece)));
	capture_finish(&c);
	assert_true(capture_text(&c).n <= CAPTURE_HEAD + CAPTURE_TAIL + 100);
	assert_true(view_has(capture_text(&c), "\n[runmedic: 8"));
	assert_true(view_ends(capture_text(&c), "xxx\n"));
}

static void test_a_file_gets_the_same(void **state)
{
	CAPTURE_AUTO c;
	char name[] = "/tmp/runmedic-capture-XXXXXX", found[200];
	int fd = mkstemp(name);
	ssize_t n;

	(void)state;
	assert_true(fd >= 0);
	unlink(name);
	capture_init(&c, fd);
	capture_begin(&c, VIEW("first\n"));
	capture_add(&c, 0, VIEW("one\n"));
	n = pread(fd, found, sizeof(found), 0); /* at once, not at the end */
	assert_int_equal(n, strlen("first\none\n"));
	capture_finish(&c);
	capture_begin(&c, VIEW("second\n"));
	capture_add(&c, 1, VIEW("two"));
	capture_finish(&c);
	n = pread(fd, found, sizeof(found), 0);
	assert_int_equal(n, c.written);
	assert_memory_equal(found, "first\none\nsecond\ntwo\n", (size_t)n);
	expect(&c, "second\ntwo\n");
	close(fd);
}

static void test_a_file_that_refuses_harms_nothing(void **state)
{
	CAPTURE_AUTO c;
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	capture_init(&c, fd);
	capture_begin(&c, VIEW("frame\n"));
	capture_add(&c, 0, VIEW("text\n"));
	capture_finish(&c);
	expect(&c, "frame\ntext\n");
	assert_int_equal(c.trouble, ENOSPC);
	assert_int_equal(c.written, 0);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_lines_fit),
		cmocka_unit_test(test_of_an_endless_line_there_is_a_part),
		cmocka_unit_test(test_a_cut_begins_at_a_line),
		cmocka_unit_test(test_streams_do_not_shear_lines),
		cmocka_unit_test(test_up_to_the_ceiling_nothing_is_lost),
		cmocka_unit_test(test_the_middle_is_left_out),
		cmocka_unit_test(test_a_line_without_end_is_cut),
		cmocka_unit_test(test_a_file_gets_the_same),
		cmocka_unit_test(test_a_file_that_refuses_harms_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
