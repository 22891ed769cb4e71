#include "diagnose/shape.h"

#include "base/mem.h"

#include <stdlib.h>

#define LINES_AT_ONCE 1000u /* in memory */

#define FNV_START UINT64_C(0xcbf29ce484222325)
#define FNV_STEP UINT64_C(0x100000001b3)

enum { OTHER, DIGIT, HEX, LETTER, BLANK };

static unsigned class_of(unsigned char c)
{
	if (c >= '0' && c <= '9')
		return DIGIT;
	unsigned char low = c | 0x20;
	if (low >= 'a' && low <= 'f')
		return HEX;
	if ((low >= 'g' && low <= 'z') || c == '_' || c >= 0x80)
		return LETTER;
	return c == ' ' || c == '\t' ? BLANK : OTHER;
}

static uint64_t mix(uint64_t h, unsigned char c)
{
	return (h ^ c) * FNV_STEP;
}

/* A word of hex digits with a digit among them is an id once it is long enough; else only its digits fold. */
static size_t fold_word(struct view line, size_t i, uint64_t *h)
{
	size_t end = i;
	bool hex = true, digit = false;
	for (; end < line.n; end++) {
		unsigned kind = class_of((unsigned char)line.p[end]);
		if (kind == OTHER || kind == BLANK)
			break;
		hex = hex && kind != LETTER;
		digit = digit || kind == DIGIT;
	}
	if (hex && digit) {
		*h = mix(*h, '0');
		return end;
	}
	bool in_number = false;
	for (; i < end; i++) {
		bool number = class_of((unsigned char)line.p[i]) == DIGIT;
		if (!number || !in_number)
			*h = mix(*h, number ? '0' : (unsigned char)line.p[i]);
		in_number = number;
	}
	return end;
}

uint64_t shape_of(struct view line)
{
	uint64_t h = FNV_START;
	line = view_trim(line);
	for (size_t i = 0; i < line.n;) {
		unsigned kind = class_of((unsigned char)line.p[i]);
		if (kind == BLANK) {
			while (i < line.n && class_of((unsigned char)line.p[i]) == BLANK)
				i++;
			h = mix(h, ' ');
		} else if (kind == OTHER) {
			h = mix(h, (unsigned char)line.p[i++]);
		} else {
			i = fold_word(line, i, &h);
		}
	}
	h = (h ^ h >> SHAPE_BITS) & ((UINT64_C(1) << SHAPE_BITS) - 1);
	return h ? h : 1;
}

static void insert(uint64_t *slots, size_t cap, uint64_t shape)
{
	size_t i = shape & (cap - 1);
	while (slots[i] && slots[i] != shape)
		i = (i + 1) & (cap - 1);
	slots[i] = shape;
}

static void grow(struct shape_set *s)
{
	size_t cap = s->cap ? s->cap * 2 : 4096;
	uint64_t *slots = mem_array(cap, sizeof *slots);
	for (size_t i = 0; i < s->cap; i++)
		if (s->slots[i])
			insert(slots, cap, s->slots[i]);
	free(s->slots);
	s->slots = slots;
	s->cap = cap;
}

void shape_set_add(struct shape_set *s, uint64_t shape)
{
	if (s->n >= SHAPES_MAX || shape_set_has(s, shape))
		return;
	if ((s->n + 1) * 2 > s->cap)
		grow(s);
	insert(s->slots, s->cap, shape);
	s->n++;
}

bool shape_set_has(const struct shape_set *s, uint64_t shape)
{
	if (!s->cap)
		return false;
	size_t i = shape & (s->cap - 1);
	while (s->slots[i] && s->slots[i] != shape)
		i = (i + 1) & (s->cap - 1);
	return s->slots[i] == shape;
}

void shape_set_done(struct shape_set *s)
{
	free(s->slots);
	*s = (struct shape_set){0};
}

int shape_set_add_read(struct shape_set *s, struct log *l, struct err *e)
{
	uint32_t next = 1, last = log_info(l)->lines;
	while (next <= last) {
		LOG_TEXT_AUTO t = {0};
		uint32_t to = last - next < LINES_AT_ONCE ? last : next + LINES_AT_ONCE - 1;
		if (log_read(l, next, to, &t, e) < 0)
			return -1;
		if (!t.count)
			break;
		for (size_t i = 0; i < t.count; i++)
			if (!(t.lines[i].flags & LOG_ECHO))
				shape_set_add(s, shape_of(log_text_line(&t, i)));
		next = t.lines[t.count - 1].number + 1;
	}
	return 0;
}

int shape_set_add_log(struct shape_set *s, struct log *l, struct err *e)
{
	struct log_block block;
	int more;
	while ((more = log_next(l, &block, e)) > 0)
		for (size_t i = 0; i < block.count; i++)
			if (!(block.lines[i].flags & LOG_ECHO))
				shape_set_add(s, shape_of(log_block_line(&block, i)));
	return more;
}
