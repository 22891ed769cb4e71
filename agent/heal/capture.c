#include "heal/capture.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

void capture_init(struct capture *c, int file_or_minus_one)
{
	*c = (struct capture){.file = file_or_minus_one, .text = buf_new(CAPTURE_HEAD + CAPTURE_TAIL + CAPTURE_FRAME)};
	for (int i = 0; i < CAPTURE_STREAMS; i++)
		c->held[i] = buf_new(CAPTURE_HOLD);
}

void capture_done(struct capture *c)
{
	buf_done(&c->text);
	for (int i = 0; i < CAPTURE_STREAMS; i++)
		buf_done(&c->held[i]);
	free(c->tail);
	c->tail = NULL;
}

static void write_file(struct capture *c, struct view bytes)
{
	while (c->file >= 0 && !c->trouble && bytes.n) {
		ssize_t n = write(c->file, bytes.p, bytes.n);

		if (n < 0 && errno != EINTR) {
			c->trouble = errno;
		} else if (n > 0) {
			c->written += (uint64_t)n;
			bytes = view_from(bytes, (size_t)n);
		}
	}
}

static void put(struct capture *c, struct view bytes)
{
	buf_add_view(&c->text, bytes);
	write_file(c, bytes);
}

void capture_begin(struct capture *c, struct view frame)
{
	buf_clear(&c->text);
	for (int i = 0; i < CAPTURE_STREAMS; i++)
		buf_clear(&c->held[i]);
	c->head = 0;
	c->later = 0;
	c->full = false;
	put(c, frame);
}

/* ---- output ---------------------------------------------------------------------------------------- */

size_t capture_fit(struct view bytes, size_t room)
{
	size_t end;

	if (bytes.n <= room)
		return bytes.n;
	end = view_find_last_char(view_sub(bytes, 0, room), '\n');
	if (end == VIEW_NONE)
		return room > CAPTURE_HOLD ? room : 0;
	return end + 1;
}

size_t capture_whole_line(struct view text)
{
	size_t end = view_find_char(text, '\n');

	return end == VIEW_NONE || end + 1 == text.n ? 0 : end + 1;
}

static void put_tail(struct capture *c, struct view bytes)
{
	size_t at, first;

	if (!c->tail)
		c->tail = mem_new(CAPTURE_TAIL);
	if (bytes.n > CAPTURE_TAIL) {
		c->later += bytes.n - CAPTURE_TAIL;
		bytes = view_from(bytes, bytes.n - CAPTURE_TAIL);
	}
	at = (size_t)(c->later % CAPTURE_TAIL);
	first = bytes.n < CAPTURE_TAIL - at ? bytes.n : CAPTURE_TAIL - at;
	memcpy(c->tail + at, bytes.p, first);
	memcpy(c->tail, bytes.p + first, bytes.n - first);
	c->later += bytes.n;
}

static void keep(struct capture *c, struct view bytes)
{
	size_t n = c->full ? 0 : capture_fit(bytes, CAPTURE_HEAD - c->head);

	if (n) {
		put(c, view_sub(bytes, 0, n));
		c->head += n;
	}
	c->full = c->full || n < bytes.n;
	if (n < bytes.n)
		put_tail(c, view_from(bytes, n));
}

static void keep_held(struct capture *c, unsigned stream)
{
	keep(c, buf_view(&c->held[stream]));
	buf_clear(&c->held[stream]);
}

void capture_add(struct capture *c, unsigned stream, struct view bytes)
{
	struct buf *held = &c->held[stream];
	size_t end = view_find_last_char(bytes, '\n');
	struct view rest = end == VIEW_NONE ? bytes : view_from(bytes, end + 1);

	if (end != VIEW_NONE) {
		keep_held(c, stream);
		keep(c, view_sub(bytes, 0, end + 1));
	}
	if (held->n + rest.n <= CAPTURE_HOLD) {
		buf_add_view(held, rest);
		return;
	}
	keep_held(c, stream);
	keep(c, rest);
}

/* ---- the end --------------------------------------------------------------------------------------- */

static void end_line(struct capture *c)
{
	if (c->text.n && c->text.p[c->text.n - 1] != '\n')
		put(c, VIEW("\n"));
}

static void put_ring(struct capture *c)
{
	size_t start = (size_t)(c->later % CAPTURE_TAIL);
	bool cut = c->later > CAPTURE_TAIL;
	struct view older = cut ? view_make(c->tail + start, CAPTURE_TAIL - start) : VIEW(""),
		    newer = view_make(c->tail, cut || c->later < CAPTURE_TAIL ? start : CAPTURE_TAIL);

	if (cut) {
		BUF_AUTO line = buf_new(BUF_LINE);

		older = view_from(older, capture_whole_line(older));
		end_line(c);
		buf_addf(&line, "[runmedic: %llu bytes of output are left out here]\n",
			(unsigned long long)(c->later - older.n - newer.n));
		put(c, buf_view(&line));
	}
	put(c, older);
	put(c, newer);
}

void capture_finish(struct capture *c)
{
	for (unsigned i = 0; i < CAPTURE_STREAMS; i++)
		if (c->held[i].n) {
			keep_held(c, i);
			if (i + 1 < CAPTURE_STREAMS && c->held[i + 1].n)
				keep(c, VIEW("\n"));
		}
	if (c->later)
		put_ring(c);
	end_line(c);
}

void capture_frame(struct capture *c, struct view frame)
{
	put(c, frame);
}

struct view capture_text(const struct capture *c)
{
	return buf_view(&c->text);
}
