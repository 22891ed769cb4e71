#include "publish/page.h"

void page_start(struct page *p, struct buf *out, size_t max, const struct publish_run *r, struct buf *end)
{
	*p = (struct page){
		.out = out, .start = out->n, .max = max, .tail = buf_new(BUF_LINE), .end = buf_new(BUF_LINE)};
	const struct pen pen = {.out = &p->tail, .form = PEN_MARKDOWN, .run = r};
	pen_ours(&pen, "\n**cut: see ");
	if (words_page(r))
		pen_link(&pen, "the run", words_page(r));
	else
		pen_ours(&pen, "`runmedic analyze --run %lld`", (long long)r->id);
	pen_ours(&pen, "**\n");
	if (end)
		buf_add_view(&p->end, buf_view(end));
}

size_t page_room(const struct page *p)
{
	size_t used = p->out->n - p->start + p->tail.n + p->end.n;
	return p->cut || used > p->max ? 0 : p->max - used;
}

void page_add(struct page *p, struct buf *block)
{
	if (block->full || block->n > page_room(p))
		p->cut = true;
	else if (!p->cut)
		buf_add_view(p->out, buf_view(block));
	buf_clear(block);
}

void page_end(struct page *p)
{
	if (p->cut && p->out->n > p->start)
		buf_add_view(p->out, buf_view(&p->tail));
	if (p->out->n > p->start)
		buf_add_view(p->out, buf_view(&p->end));
	buf_done(&p->tail);
	buf_done(&p->end);
}
