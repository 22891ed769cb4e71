/* The weekly report as GitHub renders it. */
#include "publish/pen.h"
#include "publish/publish.h"
#include "publish/report_page.h"

#include <string.h>

static bool is_wanted(const struct config_list *wanted, const char *id)
{
	for (size_t i = 0; wanted && i < wanted->n; i++)
		if (!strcmp(wanted->items[i], id))
			return true;
	return !wanted || !wanted->n;
}

bool report_section_shown(
	const struct report_section *section, const struct report *r, const struct config_list *wanted)
{
	return is_wanted(wanted, section->id) && (!section->has || section->has(r));
}

static void add_left_out(struct buf *out, const char *titles, const char *full_url)
{
	if (!*titles)
		return;
	buf_addf(out, "Left out for want of room: %s.", titles);
	if (link_is_safe(full_url, full_url))
		buf_addf(out, " [The whole report](%s).", full_url);
	buf_add_char(out, '\n');
}

/* Sections that do not fit are named at the end, where there is room for their names. */
#define TAIL_ROOM ((size_t)2048)

void publish_report_markdown(struct buf *out, const struct report *r, const struct publish_report_style *style)
{
	BUF_AUTO block = buf_new(BUF_FILE), left = buf_new(BUF_LINE);
	struct sheet s = {.out = &block, .form = SHEET_MARKDOWN};
	size_t start = out->n, max = style->max ? style->max : BUF_FILE;
	report_head(&s, r);
	for (size_t i = 0; i < report_section_count; i++) {
		const struct report_section *section = &report_sections[i];
		buf_add_view(out, buf_view(&block));
		buf_clear(&block);
		if (!report_section_shown(section, r, style->sections))
			continue;
		sheet_heading(&s, 2, section->id, section->title);
		section->write(&s, r);
		if (out->n - start + block.n + TAIL_ROOM <= max)
			continue;
		buf_addf(&left, "%s%s", left.n ? ", " : "", section->title);
		buf_clear(&block);
	}
	buf_add_view(out, buf_view(&block));
	add_left_out(out, buf_text(&left), style->full_url);
}
