#include "log/log.h"

#include "base/mem.h"
#include "log/reader.h"

#include <assert.h>
#include <stdlib.h>

#define AGAIN_PIECE ((size_t)32 << 10)
#define AGAIN_CAPACITY (AGAIN_PIECE + DECODE_RAW_MAX + LOG_SLACK)

/* Reads raw lines from a place that the index knows. */
struct again {
	struct log *log;
	char *bytes;
	size_t at, end;
	uint64_t offset; /* of what has not been read yet */
	bool ended;
};

static int again_fill(struct again *a, struct err *e)
{
	ptrdiff_t n;

	memmove(a->bytes, a->bytes + a->at, a->end - a->at);
	a->end -= a->at;
	a->at = 0;
	n = source_at(a->log->source, a->offset, a->bytes + a->end, AGAIN_PIECE, e);
	if (n < 0)
		return -1;
	a->end += (size_t)n;
	a->offset += (uint64_t)n;
	a->ended = n == 0;
	return 0;
}

/* The rest of a line that is too long. */
static int again_skip(struct again *a, struct err *e)
{
	const char *lf;

	while (!(lf = memchr(a->bytes + a->at, '\n', a->end - a->at)) && !a->ended) {
		a->at = a->end;
		if (again_fill(a, e) != 0)
			return -1;
	}
	a->at = lf ? (size_t)(lf - a->bytes) + 1 : a->end;
	return 0;
}

/* The next raw line without LF, valid until the next call: 1, 0 at the end, -1. */
static int again_line(struct again *a, struct view *ret, bool *ret_cut, struct err *e)
{
	size_t looked = 0;
	const char *lf;

	if (*ret_cut && again_skip(a, e) != 0)
		return -1;
	*ret_cut = false;
	while (!(lf = memchr(a->bytes + a->at + looked, '\n', a->end - a->at - looked))) {
		looked = a->end - a->at;
		if (a->ended || looked > DECODE_RAW_MAX)
			break;
		if (again_fill(a, e) != 0)
			return -1;
	}
	*ret = view_make(a->bytes + a->at, lf ? (size_t)(lf - a->bytes) - a->at : a->end - a->at);
	if (ret->n == 0 && !lf)
		return 0;
	*ret_cut = ret->n > DECODE_RAW_MAX;
	if (*ret_cut)
		ret->n = DECODE_RAW_MAX;
	/* The rest of a line that is cut is skipped by the next call, LF included. */
	a->at += ret->n + (lf && !*ret_cut);
	return 1;
}

/* Begins at line `first`, which must exist. */
static int again_begin(struct again *a, struct log *l, uint32_t first, struct err *e)
{
	size_t entry = (first - 1) / LOG_INDEX_LINES;
	struct view line;
	bool cut = false;

	assert(l->finished && entry < l->index_count);
	if (!l->again) {
		l->again = mem_grow(NULL, AGAIN_CAPACITY, 1);
		l->again_out = mem_grow(NULL, DECODE_RAW_MAX + LOG_SLACK, 1);
	}
	*a = (struct again){.log = l, .bytes = l->again, .offset = l->index[entry]};
	for (uint32_t n = (uint32_t)(entry * LOG_INDEX_LINES) + 1; n < first; n++)
		if (again_line(a, &line, &cut, e) < 0)
			return -1;
	return cut ? again_skip(a, e) : 0;
}

static int read_lines(
	struct again *a, uint32_t first, uint32_t count, struct log_text *t, struct buf *text, struct err *e)
{
	enum log_form form = a->log->steps.info.form;
	char *out = a->log->again_out;
	bool cut = false;

	for (uint32_t i = 0; i < count; i++) {
		struct decode_prefix prefix;
		struct decoded d;
		struct view raw;
		struct log_line *line = &t->lines[t->count];
		int more = again_line(a, &raw, &cut, e);

		if (more <= 0)
			return more < 0 ? -1 : err_set(e, ERR_INPUT, "the log changed while it was read");
		decode_prefix(form, raw.p, raw.n, &prefix);
		decode_line(form, view_from(raw, prefix.length), DECODE_SPECIAL | (cut ? DECODE_CUT : 0), out, &d);
		*line = (struct log_line){.number = first + i,
			.start = (uint32_t)text->n,
			.length = (uint32_t)d.text.n,
			.mark = d.mark,
			.flags = d.flags};
		line->step = steps_find(&a->log->steps, line->number, &line->flags);
		if (!buf_add_view(text, d.text) || !buf_add_char(text, '\n'))
			return 0;
		t->count++;
	}
	return 0;
}

int log_read(struct log *l, uint32_t first, uint32_t last, struct log_text *ret, struct err *e)
{
	struct log_text t = {0};
	BUF_AUTO text = buf_new(LOG_READ_BYTES);
	struct again a = {0};
	uint32_t count;
	int status = 0;

	first = first ? first : 1;
	last = last < l->number ? last : l->number;
	count = first <= last ? last - first + 1 : 0;
	count = count < LOG_READ_MAX ? count : LOG_READ_MAX;
	t.lines = mem_array(count, sizeof(*t.lines));
	if (count) {
		status = again_begin(&a, l, first, e);
		if (status == 0)
			status = read_lines(&a, first, count, &t, &text, e);
	}
	t.text = buf_take(&text);
	if (status == 0)
		*ret = t;
	else
		log_text_done(&t);
	return status;
}

void log_text_done(struct log_text *t)
{
	if (!t)
		return;
	free(t->text);
	free(t->lines);
	*t = (struct log_text){0};
}

struct view log_text_line(const struct log_text *t, size_t i)
{
	return view_make(t->text + t->lines[i].start, t->lines[i].length);
}

/* Of one raw line: its prefix, and its text with the marker. False when there is no such line. */
static bool read_raw(
	struct again *a, struct log *l, uint32_t number, struct decode_prefix *ret_prefix, struct view *ret)
{
	bool cut = false;

	if (number == 0 || number > l->number || again_begin(a, l, number, NULL) != 0 ||
		again_line(a, ret, &cut, NULL) != 1)
		return false;
	decode_prefix(l->steps.info.form, ret->p, ret->n, ret_prefix);
	*ret = view_from(*ret, ret_prefix->length);
	return true;
}

int64_t log_time(struct log *l, uint32_t line)
{
	struct again a = {0};
	struct decode_prefix prefix;
	struct view text;
	int64_t t = CLOCK_UNKNOWN;

	if (read_raw(&a, l, line, &prefix, &text) && prefix.stamp)
		if (!clock_parse(view_make(prefix.stamp, DECODE_STAMP), &t))
			t = CLOCK_UNKNOWN;
	return t;
}

bool log_properties(struct log *l, uint32_t line, struct log_properties *ret, struct buf *storage)
{
	struct again a = {0};
	struct decode_prefix prefix;
	struct view text;
	uint32_t controls = 0;
	bool found = read_raw(&a, l, line, &prefix, &text) && !decode_is_command(l->steps.info.form, text);

	if (found) {
		char *p = a.bytes + (text.p - a.bytes);

		text = decode_line_end(text);
		text.n = decode_text(l->steps.info.form, p, text.n, p, &controls);
		found = decode_properties(text, ret, storage);
	}
	return found;
}
