#include "log/log.h"

#include "base/mem.h"
#include "log/reader.h"
#include "log/scan.h"

#include <stdlib.h>

#define CAPACITY (LOG_PIECE + DECODE_RAW_MAX + STEPS_PEEK + SCAN_BYTES)

/* More than one control in a hundred bytes is no text. A runner's log may show a piece of anything. */
#define CONTROLS_MIN 16
#define CONTROLS_SHARE 100

/* ---- opening --------------------------------------------------------------------------------- */

static int refill(struct log *l, struct err *e);

int log_from_source(struct log **ret, struct source *source, struct err *e)
{
	struct log *l = mem_new(sizeof(*l));

	l->source = source;
	l->bytes = mem_grow(NULL, CAPACITY + LOG_SLACK, 1);
	l->lines = mem_grow(NULL, LOG_BLOCK_LINES, sizeof(*l->lines));
	steps_init(&l->steps);
	if (refill(l, e) != 0 || (l->end == 0 && err_set(e, ERR_INPUT, "the log is empty"))) {
		log_close(l);
		return -1;
	}
	l->steps.info.form = decode_form(view_make(l->bytes, l->end));
	*ret = l;
	return 0;
}

int log_open(struct log **ret, const char *path, struct err *e)
{
	struct source *source;

	if (source_open(&source, path, e) != 0)
		return -1;
	return log_from_source(ret, source, e);
}

int log_open_fd(struct log **ret, int fd, const char *name, struct err *e)
{
	struct source *source;

	if (source_from_fd(&source, fd, name, e) != 0)
		return -1;
	return log_from_source(ret, source, e);
}

int log_open_memory(struct log **ret, struct view bytes, struct err *e)
{
	return log_from_source(ret, source_from_memory(bytes), e);
}

void log_close(struct log *l)
{
	if (!l)
		return;
	source_close(l->source);
	steps_done(&l->steps);
	free(l->bytes);
	free(l->lines);
	free(l->index);
	free(l->again);
	free(l->again_out);
	free(l);
}

/* ---- from bytes to lines --------------------------------------------------------------------- */

static void drop(struct log *l, size_t n)
{
	l->steps.info.bytes_dropped += n;
}

/* Goes on to the end of a line that is too long. */
static void skip_line(struct log *l)
{
	const char *start = l->bytes + l->at, *lf = memchr(start, '\n', l->end - l->at);

	drop(l, lf ? (size_t)(lf - start) : l->end - l->at);
	l->at = lf ? (size_t)(lf - l->bytes) + 1 : l->end;
	l->skipping = !lf;
}

/* Moves what is left to the front and reads one more piece. A last line without LF gets one. */
static int refill(struct log *l, struct err *e)
{
	ptrdiff_t n;

	do {
		memmove(l->bytes, l->bytes + l->at, l->end - l->at);
		l->offset += l->at;
		l->end -= l->at;
		l->at = 0;
		n = source_next(l->source, l->bytes + l->end, LOG_PIECE, e);
		if (n < 0)
			return -1;
		l->ended = n == 0;
		l->end += (size_t)n;
		l->steps.info.bytes += (uint64_t)n;
		if (l->skipping)
			skip_line(l);
	} while (l->skipping && !l->ended);
	if (l->ended && l->end > l->at && l->bytes[l->end - 1] != '\n')
		l->bytes[l->end++] = '\n';
	return 0;
}

/* Is a step's group line followed by what a step prints? 1, 0, or -1: the next line has not been read yet. */
static int is_run(const struct log *l, struct view raw)
{
	const char *next = raw.p + raw.n + 1, *end = l->bytes + l->end, *lf;
	size_t n = next < end ? (size_t)(end - next) : 0;
	struct decode_prefix prefix;

	if (!view_starts(raw, "##[group]Run "))
		return 0;
	n = n < STEPS_PEEK ? n : STEPS_PEEK;
	lf = n ? memchr(next, '\n', n) : NULL;
	if (!lf && n < STEPS_PEEK && !l->ended)
		return -1;
	n = lf ? (size_t)(lf - next) : n;
	decode_prefix(l->steps.info.form, next, n, &prefix);
	return steps_is_run(l->steps.info.form, raw, view_from(view_make(next, n), prefix.length));
}

static void add_index(struct log *l, const char *line)
{
	MEM_PUSH(l->index, l->index_count, l->index_cap);
	l->index[l->index_count++] = l->offset + (uint64_t)(line - l->bytes);
}

static void tell_steps(struct log *l, const struct decoded *d, bool run, bool stamped)
{
	struct steps *s = &l->steps;
	const char *stamp = stamped ? s->stamps[!s->stamp] : NULL;
	struct steps_line line = {l->number + 1, d->text, d->mark, d->command, run, stamp};

	steps_line(s, &line);
}

static void add_line(struct log *l, const struct decoded *d)
{
	const struct steps *s = &l->steps;

	l->number++;
	l->lines[l->count++] = (struct log_line){.number = l->number,
		.step = s->n - 1,
		.start = (uint32_t)(l->out - l->first),
		.length = (uint32_t)d->text.n,
		.mark = d->mark,
		.flags = (uint8_t)(d->flags | (l->number < s->echo_until ? LOG_ECHO : 0))};
	l->out += d->text.n;
	*l->out++ = '\n';
	l->controls += d->controls;
	drop(l, d->dropped);
}

/* Decodes one line. False when the bytes behind it are needed first. */
static bool take_line(struct log *l, const char *start, size_t n, unsigned how)
{
	struct steps *s = &l->steps;
	struct decode_prefix prefix;
	struct view raw;
	struct decoded d;
	int run;

	decode_prefix(s->info.form, start, n, &prefix);
	raw = view_make(start + prefix.length, n - prefix.length);
	run = raw.n && *raw.p == '#' ? is_run(l, raw) : 0;
	if (run < 0)
		return false;
	if (prefix.step.p)
		steps_column(s, l->number + 1, &prefix);
	if (prefix.stamp) /* the text will move over it */
		memcpy(s->stamps[!s->stamp], prefix.stamp, DECODE_STAMP);
	if (l->number % LOG_INDEX_LINES == 0)
		add_index(l, start);
	decode_line(s->info.form, raw, how, l->out, &d);
	if (prefix.stamp && !s->stamped)
		steps_first_stamp(s, s->stamps[!s->stamp]);
	if (steps_wants(s, d.mark, d.text.n ? *d.text.p : '\0'))
		tell_steps(l, &d, run, prefix.stamp);
	s->stamp ^= prefix.stamp != NULL;
	add_line(l, &d);
	return true;
}

/* A line with its LF, of any length. */
static bool take_whole_line(struct log *l, const char *start, size_t n, bool special)
{
	size_t rest = n > DECODE_RAW_MAX ? n - DECODE_RAW_MAX : 0;

	if (!take_line(l, start, n - rest, (special ? DECODE_SPECIAL : 0) | (rest ? DECODE_CUT : 0)))
		return false;
	drop(l, rest);
	l->at += n + 1;
	return true;
}

/* The beginning of a line that has no LF yet: when it is too long already, what it has is taken. */
static void take_long_line(struct log *l)
{
	if (l->end - l->at <= DECODE_RAW_MAX)
		return;
	if (!take_line(l, l->bytes + l->at, DECODE_RAW_MAX, DECODE_SPECIAL | DECODE_CUT))
		return;
	l->at += DECODE_RAW_MAX;
	l->skipping = true;
	skip_line(l);
}

/* Splits and decodes what has been read, until the block is full or the last line has no LF. False: read on. */
static bool split(struct log *l)
{
	const char *end = l->bytes + l->end;
	char extra = l->steps.info.form == LOG_FORM_GH ? '^' : '\x1b';
	bool special = false;

	for (const char *p = l->bytes + l->at; p < end; p += SCAN_BYTES) {
		struct scan scan = scan_64(p, extra);

		if (end - p < SCAN_BYTES) {
			uint64_t valid = (UINT64_C(1) << (end - p)) - 1;

			scan.newline &= valid;
			scan.special &= valid;
		}
		while (scan.newline) {
			uint64_t upto = scan.newline ^ (scan.newline - 1);
			const char *start = l->bytes + l->at, *lf = p + __builtin_ctzll(scan.newline);

			if (l->count == LOG_BLOCK_LINES)
				return true;
			if (!take_whole_line(l, start, (size_t)(lf - start), special || (scan.special & upto)))
				return false;
			special = false;
			scan.special &= ~upto;
			scan.newline &= scan.newline - 1;
		}
		special |= scan.special != 0;
	}
	if (l->count == LOG_BLOCK_LINES)
		return true;
	take_long_line(l);
	return false;
}

/* ---- blocks ---------------------------------------------------------------------------------- */

static void finish(struct log *l)
{
	l->finished = true;
	steps_end(&l->steps, l->number);
}

static void judge_content(struct log *l)
{
	struct log_info *info = &l->steps.info;
	uint64_t seen = info->bytes - info->bytes_dropped;

	info->lines = l->number;
	info->binary = !info->runner_lines && l->controls > CONTROLS_MIN && l->controls > seen / CONTROLS_SHARE;
}

int log_next(struct log *l, struct log_block *ret, struct err *e)
{
	bool full = true;

	l->count = 0;
	while (l->count == 0 && !l->finished) {
		if (!full && refill(l, e) != 0)
			return -1;
		if (l->number > UINT32_MAX - LOG_BLOCK_LINES - 1)
			return err_set(e, ERR_LIMIT, "the log has more than %u lines", UINT32_MAX - LOG_BLOCK_LINES);
		l->first = l->out = l->bytes + l->at;
		full = split(l);
		if (l->ended && l->at == l->end)
			finish(l);
	}
	judge_content(l);
	if (l->count == 0)
		return 0;
	*ret = (struct log_block){view_make(l->first, (size_t)(l->out - l->first)), l->lines, l->count};
	return 1;
}

int log_finish(struct log *l, struct err *e)
{
	struct log_block block;
	int more;

	do
		more = log_next(l, &block, e);
	while (more > 0);
	return more;
}

size_t log_step_count(const struct log *l)
{
	return l->steps.n;
}

const struct log_step *log_step(const struct log *l, uint32_t index)
{
	return index < l->steps.n ? &l->steps.v[index].s : NULL;
}

const struct log_info *log_info(const struct log *l)
{
	return &l->steps.info;
}
