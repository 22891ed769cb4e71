/* What the tests of log/ share: a log out of a string, read to its end. */
#ifndef RM_TESTS_LOG_TESTING_H
#define RM_TESTS_LOG_TESTING_H

#include "base/file.h"
#include "base/mem.h"
#include "log/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S "2026-11-18T09:14:03.1234567Z "
#define BOM "\xef\xbb\xbf"

#define assert_view(v, text) assert_view_at((v), (text), __FILE__, __LINE__)
static inline void assert_view_at(struct view v, const char *text, const char *file, int line)
{
	if (view_is(v, text))
		return;
	print_error("%s:%d: \"%.*s\" is not \"%s\"\n", file, line, VIEW_ARG(v), text);
	fail();
}

static inline void assert_success(int status, const struct err *e)
{
	if (status != 0)
		print_error("%s\n", e->text);
	assert_int_equal(status, 0);
}

static inline struct log *open_bytes(struct view bytes)
{
	struct err e = {0};
	struct log *l = NULL;

	assert_success(log_open_memory(&l, bytes, &e), &e);
	assert_success(log_finish(l, &e), &e);
	return l;
}

static inline struct log *open_text(const char *text)
{
	return open_bytes(view_of(text));
}

/* The decoded text of one line; valid until the next call. */
static inline struct view line_of(struct log *l, uint32_t number)
{
	static char text[LOG_LINE_MAX];
	LOG_TEXT_AUTO t = {0};
	struct err e = {0};
	struct view v;

	assert_success(log_read(l, number, number, &t, &e), &e);
	assert_int_equal(t.count, 1);
	v = log_text_line(&t, 0);
	if (v.n)
		memcpy(text, v.p, v.n);
	return view_make(text, v.n);
}

static inline struct log_line facts_of(struct log *l, uint32_t number)
{
	LOG_TEXT_AUTO t = {0};
	struct err e = {0};

	assert_success(log_read(l, number, number, &t, &e), &e);
	assert_int_equal(t.count, 1);
	return t.lines[0];
}

#endif
