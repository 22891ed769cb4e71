#include "base/mem.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *mem_must(void *p)
{
	static const char message[] = "runmedic: out of memory\n";

	if (p)
		return p;
	/* No stdio: it may allocate. Nothing is left to do when the write fails. */
	if (write(STDERR_FILENO, message, sizeof(message) - 1) < 0)
		_exit(2);
	_exit(2);
}

void *mem_new(size_t size)
{
	assert(size > 0);
	return mem_must(calloc(1, size));
}

void *mem_array(size_t count, size_t size)
{
	assert(size > 0);
	return mem_must(calloc(count ? count : 1, size));
}

void *mem_grow(void *p, size_t count, size_t size)
{
	assert(count > 0 && size > 0);
	return mem_must(reallocarray(p, count, size));
}

char *mem_text(const char *text)
{
	return text ? mem_bytes(text, strlen(text)) : NULL;
}

char *mem_bytes(const void *p, size_t n)
{
	char *copy;

	assert(n < SIZE_MAX);
	copy = mem_must(malloc(n + 1));
	if (n)
		memcpy(copy, p, n);
	copy[n] = '\0';
	return copy;
}

void mem_free(void *p_address)
{
	void *p;

	/* The address of any object pointer comes in; memcpy keeps that free of aliasing trouble. */
	memcpy(&p, p_address, sizeof(p));
	free(p);
	p = NULL;
	memcpy(p_address, &p, sizeof(p));
}
