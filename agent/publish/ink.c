#include "publish/ink.h"

#include "base/redact.h"

void ink(struct buf *out, const struct publish_style *s, enum ink_kind kind)
{
	static const char *const codes[] = {[INK_END] = "0",
		[INK_STRONG] = "1",
		[INK_FAINT] = "2",
		[INK_GOOD] = "32",
		[INK_BAD] = "1;31",
		[INK_WARN] = "33",
		[INK_ADDED] = "32",
		[INK_REMOVED] = "31"};
	if (s->colour)
		buf_addf(out, "\033[%sm", codes[kind]);
}

void ink_text(struct buf *out, const char *text)
{
	ink_view(out, view_of(text));
}

void ink_view(struct buf *out, struct view text)
{
	BUF_AUTO safe = buf_new(BUF_FILE);
	redact_for_terminal(&safe, text);
	struct view v = buf_view(&safe);
	for (size_t i = 0; i < v.n; i++)
		buf_add_char(out, v.p[i] == '\n' ? ' ' : v.p[i]);
}
