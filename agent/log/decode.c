#include "log/decode.h"

#include "log/scan.h"

size_t decode_names(const char *p, size_t n, struct decode_prefix *ret)
{
	struct view head = {p, n < DECODE_NAMES_MAX ? n : DECODE_NAMES_MAX};
	size_t first = view_find_char(head, '\t'), second;

	if (first == VIEW_NONE)
		return 0;
	second = view_find_char(view_from(head, first + 1), '\t');
	if (second == VIEW_NONE)
		return 0;
	ret->job = view_make(p, first);
	ret->step = view_make(p + first + 1, second);
	return first + 1 + second + 1;
}

enum log_form decode_form(struct view head)
{
	struct view line;

	for (int i = 0; i < DECODE_SNIFF_LINES && view_next(&head, '\n', &line); i++) {
		struct decode_prefix plain, gh;
		struct view text;

		decode_prefix(LOG_FORM_API, line.p, line.n, &plain);
		decode_prefix(LOG_FORM_GH, line.p, line.n, &gh);
		text = view_from(line, plain.length);

		if (plain.stamp &&
			(view_starts(text, "Requested labels:") || view_starts(text, "Self-hosted runners in ")))
			return LOG_FORM_ARCHIVE;
		if (plain.stamp)
			return LOG_FORM_API;
		if (gh.stamp)
			return LOG_FORM_GH;
	}
	return LOG_FORM_PLAIN;
}

/* ---- escape sequences ------------------------------------------------------------------------ */

struct cursor {
	const char *p, *end;
	const char *no_terminator; /* no string sequence ends before this: keeps hostile lines linear */
};

static bool is_one_of(char c, struct view set)
{
	return view_find_char(set, c) != VIEW_NONE;
}

/* After "ESC [": parameters, intermediates, the final byte. Returns the place behind; where the sequence breaks off,
 * the place of the byte that breaks it, as terminals do. */
static const char *skip_control(const char *p, const char *end)
{
	while (p < end && *p >= 0x30 && *p <= 0x3f)
		p++;
	while (p < end && *p >= 0x20 && *p <= 0x2f)
		p++;
	return p < end && *p >= 0x40 && *p <= 0x7e ? p + 1 : p;
}

/* A spelling that ordinary text may hold too ("^[[:space:]]", 0x9b in old code pages) has to look like a colour or an
 * erasure. Returns the place behind, NULL when it is text. */
static const char *skip_guarded(const char *p, const char *end)
{
	const char *start = p;

	while (p < end && ((*p >= '0' && *p <= '9') || *p == ';'))
		p++;
	if (p == end || !is_one_of(*p, VIEW("mKJHG")) || (p == start && *p != 'm' && *p != 'K'))
		return NULL;
	return p + 1;
}

/* After "ESC ]" and its like: up to BEL, ESC \ or their caret spelling. One without an end is left as text. */
static const char *skip_string(struct cursor *c, const char *p, bool caret)
{
	const char *limit = c->end - p > DECODE_STRING_MAX ? p + DECODE_STRING_MAX : c->end;
	const char *start = p;

	for (p = p > c->no_terminator ? p : c->no_terminator; p < limit; p++) {
		if (*p == '\a')
			return p + 1;
		if (*p == '\x1b' && limit - p > 1 && p[1] == '\\')
			return p + 2;
		if (caret && *p == '^' && limit - p > 1 && p[1] == 'G')
			return p + 2;
		if (caret && *p == '^' && limit - p > 2 && p[1] == '[' && p[2] == '\\')
			return p + 3;
	}
	/* A terminator may straddle the limit: look there again. */
	if (limit - 2 > c->no_terminator)
		c->no_terminator = limit - 2;
	return start;
}

/* At ESC. Always behind c->p: a lone ESC goes, too. */
static const char *skip_escape(struct cursor *c)
{
	const char *p = c->p + 1;

	if (p == c->end)
		return p;
	if (*p == '[')
		return skip_control(p + 1, c->end);
	if (is_one_of(*p, VIEW("]PX^_")))
		return skip_string(c, p + 1, false);
	while (p < c->end && *p >= 0x20 && *p <= 0x2f)
		p++;
	return p < c->end && *p >= 0x30 && *p <= 0x7e ? p + 1 : p;
}

/* At '^' in gh's output, which shows ESC as "^[". NULL when it is text. */
static const char *skip_caret(struct cursor *c)
{
	const char *behind;

	if (c->end - c->p < 3 || c->p[1] != '[')
		return NULL;
	if (c->p[2] == '[')
		return skip_guarded(c->p + 3, c->end);
	if (c->p[2] != ']')
		return NULL;
	behind = skip_string(c, c->p + 3, true);
	return behind > c->p + 3 ? behind : NULL;
}

/* At 0x9b, an eight-bit CSI or a part of a character. `start` is where the text before it begins. Returns the place
 * behind the sequence, NULL when it is text; *ret_before is 1 when the byte before belongs to it (UTF-8 of U+009B). */
static const char *skip_eight_bit(const struct cursor *c, const char *start, size_t *ret_before)
{
	for (size_t back = 3; back > 0; back--) {
		const char *lead = c->p - back;
		uint32_t code = 0;

		if ((size_t)(c->p - start) < back || view_utf8(view_make(lead, (size_t)(c->end - lead)), &code) <= back)
			continue;
		*ret_before = code == SCAN_CSI;
		return code == SCAN_CSI ? skip_guarded(c->p + 1, c->end) : NULL;
	}
	return skip_guarded(c->p + 1, c->end);
}

/* Is it a control that no text has? BEL, BS, VT, FF, CR and ESC are seen in honest ones. */
static bool is_odd(char c)
{
	const uint32_t honest = 1u << '\a' | 1u << '\b' | 1u << '\v' | 1u << '\f' | 1u << '\r' | 1u << 0x1b;

	return (unsigned char)c < 0x20 && !(honest >> (unsigned char)c & 1);
}

/* Copies forward, 16 bytes at a time. With at least 16 bytes between them no byte is overwritten before it was read,
 * and what is written behind the end has been read, too. */
static void copy_down(char *to, const char *from, size_t n)
{
	if (to == from)
		return;
	if ((uintptr_t)from - (uintptr_t)to < 16) {
		memmove(to, from, n);
		return;
	}
	for (size_t i = 0; i < n; i += 16)
		memcpy(to + i, from + i, 16);
}

struct output {
	char *p;
	size_t n;
	bool returned; /* a CR was met: what is printed next overwrites the line */
};

static void print(struct output *o, const char *p, size_t n)
{
	if (n == 0)
		return;
	o->n = o->returned ? 0 : o->n;
	o->returned = false;
	copy_down(o->p + o->n, p, n);
	o->n += n;
}

/* At a byte that scan.h calls special, with `start` where the text before it begins: prints that text, and moves the
 * cursor behind what is not text. */
static void take_special(enum log_form form, struct cursor *c, const char *start, struct output *o, uint32_t *controls)
{
	const char *skip = NULL;
	size_t before = 0;

	if (*c->p == '\x1b')
		skip = skip_escape(c);
	else if (*c->p == '\r' || *c->p == '\0')
		skip = c->p + 1;
	else if (*c->p == '^' && form == LOG_FORM_GH)
		skip = skip_caret(c);
	else if ((unsigned char)*c->p == SCAN_CSI)
		skip = skip_eight_bit(c, start, &before);
	*controls += is_odd(*c->p);
	if (skip) {
		print(o, start, (size_t)(c->p - start) - before);
		o->returned |= *c->p == '\r';
		c->p = skip;
	} else {
		print(o, start, (size_t)(c->p - start) + 1);
		c->p++;
	}
}

size_t decode_text(enum log_form form, const char *p, size_t n, char *out, uint32_t *controls)
{
	struct cursor c = {p, p + n, p};
	struct output o = {out, 0, false};
	const char *start = p; /* of text that has not been printed yet */

	for (const char *base = p; base < c.end; base += SCAN_BYTES) {
		uint64_t special = scan_64(base, form == LOG_FORM_GH ? '^' : '\x1b').special;

		if (c.end - base < SCAN_BYTES) /* what stands behind the end is anything */
			special &= (UINT64_C(1) << (c.end - base)) - 1;
		for (; special; special &= special - 1) {
			c.p = base + __builtin_ctzll(special);
			if (c.p < start) /* within a sequence */
				continue;
			take_special(form, &c, start, &o, controls);
			start = c.p;
		}
	}
	if (start < c.end)
		print(&o, start, (size_t)(c.end - start));
	return o.n;
}

struct view decode_line_end(struct view raw)
{
	while (raw.n && raw.p[raw.n - 1] == '\r')
		raw.n--;
	return raw;
}

bool decode_is_command(enum log_form form, struct view raw)
{
	size_t n = sizeof(DECODE_COMMAND) - 1;

	return (raw.n >= n && memcmp(raw.p, DECODE_COMMAND, n) == 0) ||
	       (form == LOG_FORM_GH && view_starts(raw, "^[[36;1m"));
}

/* Lines that begin with blanks are many, those with a marker behind them few. */
static bool may_have_mark(struct view text)
{
	size_t i = 0;

	if (text.n < 3)
		return false;
	if (*text.p == '#' || *text.p == '[')
		return text.p[2] == '[' || text.p[1] == 'c';
	while (i + 2 < text.n && text.p[i] == ' ')
		i++;
	return text.p[i] == ':' && text.p[i + 1] == ':';
}

void decode_line(enum log_form form, struct view raw, unsigned how, char *out, struct decoded *ret)
{
	struct decode_mark mark = {0};
	struct view text;

	*ret = (struct decoded){0};
	text = raw = how & DECODE_CUT ? raw : decode_line_end(raw);
	if (how & DECODE_SPECIAL) {
		ret->command = decode_is_command(form, raw);
		text = view_make(out, decode_text(form, raw.p, raw.n, out, &ret->controls));
	}
	if (!ret->command && may_have_mark(text))
		mark = decode_mark(text);
	text = view_sub(text, mark.skip, text.n - mark.skip - mark.trim);
	if (text.n > LOG_LINE_MAX) {
		size_t n = view_cut_utf8(text, LOG_LINE_MAX).n;

		ret->dropped = text.n - n;
		text.n = n;
	}
	if (!(how & DECODE_SPECIAL))
		copy_down(out, text.p, text.n);
	else if (text.p != out) /* a C library may copy a text over itself, byte by byte */
		memmove(out, text.p, text.n);
	ret->text = view_make(out, text.n);
	ret->mark = mark.mark;
	ret->flags = (uint8_t)(mark.flags | (ret->dropped || (how & DECODE_CUT) ? LOG_CUT : 0));
}
