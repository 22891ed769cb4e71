/* neutral.c - what redact.h says about control text. */
#include "base/redact.h"

/* Zero width, or changing the direction or the look of what follows. */
static bool is_invisible(uint32_t c)
{
	return c == 0xad || c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
	       (c >= 0xe0000 && c <= 0xe007f);
}

void neutral_terminal(struct buf *out, struct view text)
{
	uint32_t code;

	for (size_t n; text.n; text = view_from(text, n)) {
		n = view_utf8(text, &code);
		if (n == 0) {
			n = 1;
			buf_add_text(out, "\xef\xbf\xbd");
		} else if (code == '\r' && view_starts(text, "\r\n")) {
			continue;
		} else if ((code < 0x20 && code != '\n' && code != '\t') || (code >= 0x7f && code <= 0x9f)) {
			buf_addf(out, "\\x%02x", (unsigned)code);
		} else if (is_invisible(code)) {
			buf_addf(out, "<U+%04X>", (unsigned)code);
		} else {
			buf_add(out, text.p, n);
		}
	}
}

void redact_for_terminal(struct buf *out, struct view text)
{
	BUF_AUTO safe = buf_new(out->max);

	/* Secrets first: made visible, a control character would cut a token in two. */
	redact_text(&safe, text);
	out->full |= safe.full;
	neutral_terminal(out, buf_view(&safe));
}
