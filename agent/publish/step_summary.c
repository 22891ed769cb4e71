/* The summary of a step: everything, at once. */
#include "publish/bodies.h"
#include "publish/page.h"

#define TITLE_SHOWN 300u
#define TESTS_SHOWN 200u
#define DIFF_SHOWN ((size_t)128 << 10)

void publish_summary(struct buf *out, const struct publish_run *r, size_t room)
{
	struct told t;
	struct page p;
	BUF_AUTO block = buf_new(BUF_PAGE);
	const struct pen pen = {.out = &block, .form = PEN_MARKDOWN, .run = r};
	told_start(&t, r);
	room = room < PUBLISH_SUMMARY_MAX ? room : PUBLISH_SUMMARY_MAX;
	room -= room > 2 * PUBLISH_SUMMARY_RESERVE ? PUBLISH_SUMMARY_RESERVE : 0;
	page_start(&p, out, room, r, NULL);
	pen_ours(&pen, "\n## ");
	words_name(&pen);
	pen_ours(&pen, "\n\n**");
	words_headline(&pen, &t, TITLE_SHOWN);
	pen_ours(&pen, ".**\n\n");
	page_add(&p, &block);
	if (t.group_count && !r->green)
		page_group(&p, &t, &t.groups[0], TESTS_SHOWN, true);
	page_fixes(&p, &t, DIFF_SHOWN);
	page_other_groups(&p, &t, TESTS_SHOWN, true);
	page_refused(&p, &t);
	page_notes(&p, r);
	page_jobs(&p, r);
	page_end(&p);
	told_done(&t);
}
