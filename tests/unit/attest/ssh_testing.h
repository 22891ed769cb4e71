/* ssh_testing.h - a folder of its own, and the tools of OpenSSH and OpenSSL on the other side. */
#ifndef RM_TESTS_ATTEST_SSH_TESTING_H
#define RM_TESTS_ATTEST_SSH_TESTING_H

#include "base/file.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIXTURES "tests/attest/"

/* Runs a script by sh -ec in a folder, silently; how it ended. */
static inline int run_in(const char *folder, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline int run_in(const char *folder, const char *format, ...)
{
	BUF_AUTO script = buf_new(BUF_PAGE);
	int status;
	va_list ap;
	pid_t pid;

	va_start(ap, format);
	buf_addv(&script, format, ap);
	va_end(ap);
	pid = fork();
	if (pid == 0) {
		if (chdir(folder) == 0 && freopen("/dev/null", "w", stdout) && freopen("/dev/null", "w", stderr))
			execl("/bin/sh", "sh", "-ec", buf_text(&script), NULL);
		_exit(99);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Skips the test where a tool is missing. */
static inline void need(const char *tool)
{
	if (run_in("/", "command -v %s", tool) != 0) {
		print_message("%s is not installed\n", tool);
		skip();
	}
}

struct folder {
	char *path;
};

static inline int folder_setup(void **state)
{
	struct folder *f = mem_new(sizeof(*f));

	f->path = file_temp_directory("attest", NULL);
	*state = f;
	return f->path ? 0 : -1;
}

static inline int folder_teardown(void **state)
{
	struct folder *f = *state;

	file_remove_tree(f->path, NULL);
	free(f->path);
	free(f);
	return 0;
}

static inline struct buf content_of(const char *folder, const char *name)
{
	MEM_AUTO char *path = file_join(folder, name);
	struct err e = {0};
	struct buf b;

	if (file_read(path, BUF_FILE, &b, &e) != 0)
		fail_msg("%s", e.text);
	return b;
}

static inline void write_in(const char *folder, const char *name, struct view content)
{
	MEM_AUTO char *path = file_join(folder, name);

	assert_int_equal(file_write_atomic(path, content, 0600, NULL), 0);
}

/* Hex digits, blanks between them. */
static inline size_t unhex(unsigned char *ret, const char *hex)
{
	size_t n = 0;
	unsigned byte;

	for (; *hex; hex += *hex == ' ' ? 1 : 2)
		if (*hex != ' ' && sscanf(hex, "%2x", &byte) == 1)
			ret[n++] = (unsigned char)byte;
	return n;
}

#endif
