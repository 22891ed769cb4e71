/* Markdown that cannot be broken out of: nothing from a log becomes markup, a mention, a reference, a link or HTML. */
#include "base/redact.h"
#include "publish/publish.h"

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

void markdown_text(struct buf *out, struct view text)
{
	BUF_AUTO safe = buf_new(BUF_PAGE);
	redact_for_terminal(&safe, text);
	struct view v = buf_view(&safe);
	for (size_t i = 0; i < v.n; i++) {
		/* "https://" would be linked by itself */
		if (v.p[i] == ':' && view_starts(view_from(v, i), "://"))
			buf_add_text(out, ZERO_WIDTH_SPACE);
		add_char(out, v.p[i]);
	}
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
	struct view rest = text, line;
	while (view_next(&rest, '\n', &line)) {
		redact_for_terminal(&safe, line);
		buf_add_char(&safe, '\n');
	}
	size_t n = ticks(buf_view(&safe)) + 1;
	n = n < 3 ? 3 : n;
	add_ticks(out, n);
	buf_addf(out, "%s\n", language);
	buf_add_view(out, buf_view(&safe));
	add_ticks(out, n);
	buf_add_char(out, '\n');
}
