#include "base/err.h"

#include "base/view.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Keeps as many whole characters as fit. The text may be longer than what vsnprintf left of it. */
static void keep(struct err *e, enum err_code code, const char *text)
{
	struct view v = view_cut_utf8(view_of(text), sizeof(e->text) - 1);

	memcpy(e->text, v.p, v.n);
	e->text[v.n] = '\0';
	e->code = code;
}

int err_set(struct err *e, enum err_code code, const char *format, ...)
{
	char text[ERR_TEXT_MAX * 2]; /* not e->text: an argument may point there */
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	keep(e, code, text);
	return -1;
}

static enum err_code code_of(int number)
{
	switch (number) {
	case ENOENT:
	case ENOTDIR:
		return ERR_NOT_FOUND;
	case EBUSY:
	case EAGAIN:
		return ERR_BUSY;
	case EINTR:
		return ERR_INTERRUPTED;
	default:
		return ERR_IO;
	}
}

/* Room for what strerror() says; the reentrant forms differ between glibc and musl, and we are one thread. */
#define REASON_MAX 131

int err_errno(struct err *e, const char *format, ...)
{
	int number = errno;
	char text[ERR_TEXT_MAX * 2];
	struct view cut;
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	/* A long path must not push the reason out. */
	cut = view_cut_utf8(view_of(text), sizeof(e->text) - REASON_MAX);
	snprintf(text + cut.n, sizeof(text) - cut.n, ": %s", strerror(number));
	keep(e, code_of(number), text);
	return -1;
}

int err_wrap(struct err *e, const char *format, ...)
{
	char text[ERR_TEXT_MAX * 2];
	size_t n;
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, format);
	vsnprintf(text, ERR_TEXT_MAX, format, ap);
	va_end(ap);
	n = strlen(text);
	snprintf(text + n, sizeof(text) - n, ": %s", e->text);
	keep(e, e->code, text);
	return -1;
}

void err_clear(struct err *e)
{
	if (e)
		*e = (struct err){0};
}
