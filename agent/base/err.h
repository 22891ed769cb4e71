/* err.h - errors as values with a reason.
 *
 * Every function that can fail takes a `struct err *` lent by its caller and returns 0 or -1 (or a
 * pointer or NULL). On failure, and only then, it writes one line: what failed and why, impersonal,
 * without a full stop, without what the caller knows anyway; where a user can do something about it,
 * what to do. A lower reason is passed up, not painted over: err_wrap() puts the context in front.
 * Programmer mistakes are assert()s, not errors. Library code never prints; cmd/ does. */
#ifndef RM_BASE_ERR_H
#define RM_BASE_ERR_H

#include <stdarg.h>

enum err_code {
	ERR_NONE = 0,
	ERR_USAGE,       /* the caller of the program asked for something that makes no sense */
	ERR_INPUT,       /* what was read is malformed: log, config, XML, JSON, diff */
	ERR_IO,          /* the system refused: open, read, write, rename */
	ERR_LIMIT,       /* a ceiling was reached */
	ERR_NOT_FOUND,   /* looked for, and it is not there: expected, often handled */
	ERR_BUSY,        /* somebody else holds it; trying later may help */
	ERR_DAMAGED,     /* our own data is not as we wrote it */
	ERR_REFUSED,     /* the policy says no */
	ERR_NOTHING,     /* it is already as it should be */
	ERR_UNAVAILABLE, /* a tool or feature is not on this machine */
	ERR_NETWORK,     /* no answer, or not a usable one */
	ERR_AUTH,        /* an answer, and it is no */
	ERR_INTERRUPTED, /* a signal asked us to stop */
};

#define ERR_TEXT_MAX 1024
struct err {
	enum err_code code;
	char text[ERR_TEXT_MAX]; /* always terminated; cut at the end when longer */
};

/* Each returns -1, so that reporting and returning are one statement. `e` may be NULL. */
int err_set(struct err *e, enum err_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));
int err_errno(struct err *e, const char *format, ...)
	__attribute__((format(printf, 2, 3))); /* appends ": strerror(errno)"; code from errno */
int err_wrap(struct err *e, const char *format, ...) __attribute__((format(printf, 2, 3))); /* prepends "context: " */
void err_clear(struct err *e);

#endif
