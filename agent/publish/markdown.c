/* Markdown that cannot be broken out of: nothing from a log becomes markup, a mention, a reference, a link or HTML. */
#include "base/redact.h"
#include "publish/pen.h"

#include <string.h>

#define ZERO_WIDTH_SPACE "\xe2\x80\x8b"

static void add_char(struct buf *out, char c)
{
	switch (c) {
	case '<':
		buf_add_text(out, "&lt;");
		return;
	case '>':
		buf_add_text(out, "&gt;");
		return;
	case '&':
		buf_add_text(out, "&amp;");
		return;
	case '@':
	case '#':
		buf_addf(out, "%c" ZERO_WIDTH_SPACE, c);
		return;
	case '\n':
	case '\r':
		buf_add_char(out, ' ');
		return;
	default:
		if (strchr("\\`*_{}[]()!|~$", c))
			buf_add_char(out, '\\');
		buf_add_char(out, c);
	}
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

#define COMMIT_MIN 7 /* hex digits that GitHub takes for a commit */
#define COMMIT_MAX 40

/* Length of the word of hex digits, both figures and letters, at the start of v that could be a commit; 0 is none. */
static size_t commit_at(struct view v)
{
	size_t n = 0, letters = 0;
	for (; n < v.n && is_word(v.p[n]); n++) {
		if (!strchr("0123456789abcdefABCDEF", v.p[n]))
			return 0;
		letters += v.p[n] > '9';
	}
	return n >= COMMIT_MIN && n <= COMMIT_MAX && letters && letters < n ? n : 0;
}

/* Bytes at the start of v, "https", "www" or "GH", that GitHub links together with what follows: something must come
 * between. 0 when there is nothing to part. */
static size_t part_at(struct view v, bool at_word)
{
	if (view_starts(v, "://"))
		return 1;
	if (!at_word)
		return 0;
	if (view_eq_nocase(view_sub(v, 0, 4), view_of("www.")))
		return 3;
	return view_eq_nocase(view_sub(v, 0, 3), view_of("GH-")) ? 2 : 0;
}

/* Adds neutral text by `add`, with something invisible in between where GitHub would make a link. */
static void add_parted(struct buf *out, struct view v, void (*add)(struct buf *out, char c))
{
	for (size_t i = 0, part = 0, commit = 0, from = 0; i < v.n; i++) {
		bool at_word = !i || !is_word(v.p[i - 1]);
		size_t n = part_at(view_from(v, i), at_word);
		part = n ? i + n : part;
		if (at_word) {
			from = i;
			commit = i + commit_at(view_from(v, i));
		}
		/* What is left of a commit behind the first part would be one again. */
		bool inside = i < commit && i > from && (i - from) % (COMMIT_MIN - 1) == 0;
		if ((part && i == part) || inside)
			buf_add_text(out, ZERO_WIDTH_SPACE);
		add(out, v.p[i]);
	}
}

void markdown_text(struct buf *out, struct view text)
{
	BUF_AUTO safe = buf_new(BUF_PAGE);
	redact_for_terminal(&safe, text);
	add_parted(out, buf_view(&safe), add_char);
}

static void add_plain(struct buf *out, char c)
{
	buf_add_char(out, c);
	if (c == '@' || c == '#')
		buf_add_text(out, ZERO_WIDTH_SPACE);
}

void plain_text(struct buf *out, struct view text)
{
	BUF_AUTO safe = buf_new(BUF_PAGE);
	redact_for_terminal(&safe, text);
	add_parted(out, buf_view(&safe), add_plain);
}

/* The longest run of backticks in v. */
static size_t ticks(struct view v)
{
	size_t most = 0, run = 0;
	for (size_t i = 0; i < v.n; i++) {
		run = v.p[i] == '`' ? run + 1 : 0;
		most = run > most ? run : most;
	}
	return most;
}

static void add_ticks(struct buf *out, size_t n)
{
	while (n--)
		buf_add_char(out, '`');
}

void markdown_code(struct buf *out, struct view text)
{
	BUF_AUTO safe = buf_new(BUF_PAGE);
	redact_for_terminal(&safe, text);
	struct view v = buf_view(&safe);
	size_t n = ticks(v) + 1;
	bool pad = n > 1;
	add_ticks(out, n);
	if (pad || !v.n)
		buf_add_char(out, ' ');
	for (size_t i = 0; i < v.n; i++)
		buf_add_char(out, v.p[i] == '\n' || v.p[i] == '\r' ? ' ' : v.p[i]);
	if (pad)
		buf_add_char(out, ' ');
	add_ticks(out, n);
}

void markdown_block(struct buf *out, const char *language, struct view text)
{
	BUF_AUTO safe = buf_new(BUF_FILE);
	redact_for_terminal(&safe, text);
	if (safe.n && safe.p[safe.n - 1] != '\n')
		buf_add_char(&safe, '\n');
	size_t n = ticks(buf_view(&safe)) + 1;
	n = n < 3 ? 3 : n;
	add_ticks(out, n);
	buf_addf(out, "%s\n", language);
	buf_add_view(out, buf_view(&safe));
	add_ticks(out, n);
	buf_add_char(out, '\n');
}
