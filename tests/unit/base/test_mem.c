#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_memory_is_zeroed(void **state)
{
	char *p = mem_new(64), *q = mem_array(8, 8), *none = mem_array(0, 8);
	static const char zero[64];

	(void)state;
	assert_memory_equal(p, zero, 64);
	assert_memory_equal(q, zero, 64);
	assert_non_null(none);
	free(p);
	free(q);
	free(none);
}

static void test_copies(void **state)
{
	char *text = mem_text("abc"), *bytes = mem_bytes("a\0b", 3), *empty = mem_bytes(NULL, 0);

	(void)state;
	assert_null(mem_text(NULL));
	assert_string_equal(text, "abc");
	assert_memory_equal(bytes, "a\0b\0", 4);
	assert_string_equal(empty, "");
	free(text);
	free(bytes);
	free(empty);
}

static void test_push_grows_a_vector(void **state)
{
	struct {
		int *items;
		unsigned n, cap;
	} v = {0};

	(void)state;
	for (int i = 0; i < 1000; i++) {
		MEM_PUSH(v.items, v.n, v.cap);
		v.items[v.n++] = i;
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(v.items[i], i);
	mem_free(&v.items);
	assert_null(v.items);
	mem_free(&v.items);
}

/* The address sanitizer ends the program itself, unless it is told that we can take a NULL. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

/* In a child: it ends. */
static int status_of(void (*function)(void), char *message, size_t size)
{
	int fds[2], status;
	ssize_t n;
	pid_t child;

	assert_int_equal(pipe(fds), 0);
	child = fork();
	if (child == 0) {
		dup2(fds[1], STDERR_FILENO);
		function();
		_exit(0);
	}
	close(fds[1]);
	n = read(fds[0], message, size - 1);
	message[n > 0 ? n : 0] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void overflow(void)
{
	mem_grow(NULL, SIZE_MAX / 2, 16);
}

static void no_memory(void)
{
	mem_must(NULL);
}

static void test_out_of_memory_ends_with_one_line(void **state)
{
	char message[256];

	(void)state;
	assert_int_equal(status_of(no_memory, message, sizeof(message)), 2);
	assert_string_equal(message, "runmedic: out of memory\n");
	assert_int_equal(status_of(overflow, message, sizeof(message)), 2);
	assert_non_null(strstr(message, "runmedic: out of memory\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_is_zeroed),
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_push_grows_a_vector),
		cmocka_unit_test(test_out_of_memory_ends_with_one_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
