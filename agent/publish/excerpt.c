#include "publish/excerpt.h"

#include "base/redact.h"

void excerpt_text(struct buf *out, const struct finding *f)
{
	BUF_AUTO joined = buf_new(BUF_PAGE);
	for (size_t i = 0; i < f->excerpt.count; i++) {
		buf_add_text(&joined, f->excerpt.lines[i].text);
		buf_add_char(&joined, '\n');
	}
	redact_text(out, buf_view(&joined));
}
