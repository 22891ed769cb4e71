/* The words above a review's suggestions. */
#include "publish/deliver_words.h"

static void add_head(struct page *page, const struct publish_deliver *d, size_t suggestions)
{
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen p = {.out = &block, .form = PEN_MARKDOWN, .run = d->run};
	pen_ours(&p,
		suggestions == 1
			? "To take it, press **Commit suggestion**.\n"
			: "\nTo take all %zu at once, press **Add suggestion to batch** on each and then **Commit "
			  "suggestions**; they belong together.\n",
		suggestions);
	pen_ours(&p, "The commit is yours, and CI starts on it.\n");
	page_add(page, &block);
}

void publish_review_body(struct buf *out, const struct publish_deliver *d, size_t suggestions)
{
	struct page p;
	BUF_AUTO footer = buf_new(BUF_LINE);
	words_footer(&footer, d->run, "");
	page_start(&p, out, PUBLISH_TEXT_MAX, d->run, &footer);
	deliver_cause_lines(&p, d);
	add_head(&p, d, suggestions);
	deliver_table(&p, d);
	page_end(&p);
}
