#include "base/buf.h"

#include "base/mem.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUF_FIRST 256

struct buf buf_new(size_t max)
{
	return (struct buf){.max = max};
}

void buf_done(struct buf *b)
{
	if (!b)
		return;
	free(b->p);
	*b = (struct buf){.max = b->max};
}

void buf_clear(struct buf *b)
{
	b->full = false;
	buf_cut(b, 0);
}

/* Makes room for n more bytes and a NUL, or marks the buffer as full. */
static bool reserve(struct buf *b, size_t n)
{
	size_t need, cap = b->cap ? b->cap : BUF_FIRST;

	if (b->full || n > b->max - b->n) {
		b->full = true;
		return false;
	}
	need = b->n + n + 1;
	if (need <= b->cap)
		return true;
	while (cap < need)
		cap *= 2;
	if (cap > b->max + 1)
		cap = b->max + 1;
	b->p = mem_grow(b->p, cap, 1);
	b->cap = cap;
	return true;
}

bool buf_add(struct buf *b, const void *p, size_t n)
{
	if (!reserve(b, n))
		return false;
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
	return true;
}

bool buf_add_view(struct buf *b, struct view v)
{
	return buf_add(b, v.p, v.n);
}

bool buf_add_text(struct buf *b, const char *text)
{
	return buf_add_view(b, view_of(text));
}

bool buf_add_char(struct buf *b, char c)
{
	return buf_add(b, &c, 1);
}

bool buf_addf(struct buf *b, const char *format, ...)
{
	va_list ap;
	bool fits;

	va_start(ap, format);
	fits = buf_addv(b, format, ap);
	va_end(ap);
	return fits;
}

bool buf_addv(struct buf *b, const char *format, va_list ap)
{
	va_list again;
	int n;
	bool fits;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, again);
	va_end(again);
	assert(n >= 0);
	fits = reserve(b, (size_t)n);
	if (fits) {
		vsnprintf(b->p + b->n, (size_t)n + 1, format, ap);
		b->n += (size_t)n;
	}
	return fits;
}

void buf_cut(struct buf *b, size_t n)
{
	if (n > b->n)
		return;
	b->n = n;
	if (b->p)
		b->p[n] = '\0';
}

struct view buf_view(const struct buf *b)
{
	return (struct view){b->p, b->n};
}

const char *buf_text(const struct buf *b)
{
	return b->p ? b->p : "";
}

char *buf_take(struct buf *b)
{
	char *text = b->p ? b->p : mem_text("");

	*b = buf_new(b->max);
	return text;
}
