/* The weekly report as one page that needs nothing else: no script, no font, no request. */
#include "publish/chart.h"
#include "publish/publish.h"
#include "publish/report_page.h"

static const char style_text[] =
	":root{--ink:#1c1c1c;--paper:#fff;--soft:#5a5a5a;--rule:#d0d0d0;--line:#0b62a4;--none:#ececec;color-scheme:"
	"light dark}"
	"@media(prefers-color-scheme:dark){:root{--ink:#e8e8e8;--paper:#16181b;--soft:#a9adb3;--rule:#3a3f45;--line:#"
	"6fb6f2;"
	"--none:#2a2e33}}"
	"body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:0 "
	"auto;"
	"padding:1.5rem}"
	"h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem;border-bottom:1px solid "
	"var(--rule);padding-bottom:.3rem}"
	"table{border-collapse:collapse;margin:.8rem 0}th,td{padding:.25rem .7rem;border-bottom:1px solid var(--rule);"
	"text-align:left;vertical-align:top;overflow-wrap:anywhere}.n{text-align:right;white-space:nowrap;"
	"font-variant-numeric:tabular-nums}"
	".wide{overflow-x:auto}pre{overflow-x:auto;background:var(--none);padding:.7rem;font-size:.85rem}"
	"nav ul{columns:2;padding-left:1.2rem}a{color:var(--line)}figure{margin:1rem "
	"0}footer{margin-top:3rem;color:var(--soft)}";

static void add_contents(struct buf *out, const struct report *r, const struct config_list *wanted)
{
	buf_add_text(out, "<nav aria-label=\"Contents\"><ul>\n");
	for (size_t i = 0; i < report_section_count; i++)
		if (report_section_shown(&report_sections[i], r, wanted))
			buf_addf(out, "<li><a href=\"#%s\">%s</a></li>\n", report_sections[i].id,
				report_sections[i].title);
	buf_add_text(out, "</ul></nav>\n");
}

void publish_report_html(struct buf *out, const struct report *r, const struct publish_report_style *style)
{
	struct sheet s = {.out = out, .form = SHEET_HTML};
	char from[CLOCK_TEXT_MAX], to[CLOCK_TEXT_MAX];
	buf_addf(out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
		"'unsafe-inline'\">\n"
		"<title>CI report, %s to %s</title>\n<style>%s%s</style>\n</head>\n<body>\n<main>\n",
		clock_date(r->from, from), clock_date(r->to - 1, to), style_text, chart_style());
	report_head(&s, r);
	add_contents(out, r, style->sections);
	for (size_t i = 0; i < report_section_count; i++) {
		const struct report_section *section = &report_sections[i];
		if (!report_section_shown(section, r, style->sections))
			continue;
		buf_addf(out, "<section aria-labelledby=\"%s\">\n", section->id);
		sheet_heading(&s, 2, section->id, section->title);
		section->write(&s, r);
		buf_add_text(out, "</section>\n");
	}
	buf_add_text(out,
		"</main>\n<footer>Made by runmedic from the repository's own history.</footer>\n</body>\n</html>\n");
}
