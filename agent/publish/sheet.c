#include "publish/sheet.h"

#include "base/redact.h"
#include "publish/pen.h"
#include "publish/publish.h"

#include <string.h>

void html_text(struct buf *out, const char *text, size_t most)
{
	BUF_AUTO cut = buf_new(BUF_FILE), plain = buf_new(BUF_FILE);
	short_text(&cut, text, most);
	redact_for_terminal(&plain, buf_view(&cut));
	for (size_t i = 0; i < plain.n; i++) {
		char c = plain.p[i];
		if (c == '<' || c == '>' || c == '&' || c == '"' || c == '\'')
			buf_addf(out, "&#%d;", c);
		else
			buf_add_char(out, c);
	}
}

void sheet_ours(struct sheet *s, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	buf_addv(s->out, format, ap);
	va_end(ap);
}

void sheet_name(struct sheet *s, const char *text, size_t most)
{
	BUF_AUTO cut = buf_new(BUF_FILE);
	if (!text)
		return;
	if (s->form == SHEET_HTML) {
		html_text(s->out, text, most);
		return;
	}
	short_text(&cut, text, most);
	markdown_text(s->out, buf_view(&cut));
}

void sheet_id(struct sheet *s, const char *word)
{
	if (s->form == SHEET_MARKDOWN) {
		markdown_code(s->out, view_of(word));
		return;
	}
	buf_add_text(s->out, "<code>");
	html_text(s->out, word, BUF_LINE);
	buf_add_text(s->out, "</code>");
}

void sheet_strong(struct sheet *s, const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	buf_add_text(s->out, s->form == SHEET_HTML ? "<strong>" : "**");
	buf_addv(s->out, format, ap);
	buf_add_text(s->out, s->form == SHEET_HTML ? "</strong>" : "**");
	va_end(ap);
}

void sheet_heading(struct sheet *s, unsigned level, const char *id, const char *text)
{
	if (s->form == SHEET_HTML)
		buf_addf(s->out, "<h%u id=\"%s\">%s</h%u>\n", level, id, text, level);
	else
		buf_addf(s->out, "%.*s %s\n\n", (int)level, "######", text);
}

void sheet_paragraph(struct sheet *s)
{
	buf_add_text(s->out, s->form == SHEET_HTML ? "<p>" : "");
}

void sheet_paragraph_end(struct sheet *s)
{
	buf_add_text(s->out, s->form == SHEET_HTML ? "</p>\n" : "\n\n");
}

void sheet_list(struct sheet *s)
{
	buf_add_text(s->out, s->form == SHEET_HTML ? "<ul>\n" : "");
}

void sheet_item(struct sheet *s)
{
	buf_add_text(s->out, s->form == SHEET_HTML ? "<li>" : "- ");
}

void sheet_item_end(struct sheet *s)
{
	buf_add_text(s->out, s->form == SHEET_HTML ? "</li>\n" : "\n");
}

void sheet_list_end(struct sheet *s)
{
	buf_add_text(s->out, s->form == SHEET_HTML ? "</ul>\n" : "\n");
}

static bool is_number(const char *column)
{
	return *column == '>';
}

void sheet_table(struct sheet *s, const char *const *columns)
{
	s->columns = columns;
	s->column = 0;
	bool html = s->form == SHEET_HTML;
	buf_add_text(s->out, html ? "<div class=\"wide\" tabindex=\"0\"><table>\n<thead><tr>" : "|");
	for (size_t i = 0; columns[i]; i++)
		buf_addf(s->out, html ? "<th scope=\"col\"%s>%s</th>" : "%s %s |",
			html && is_number(columns[i]) ? " class=\"n\"" : "", columns[i] + is_number(columns[i]));
	buf_add_text(s->out, html ? "</tr></thead>\n<tbody>" : "\n|");
	for (size_t i = 0; !html && columns[i]; i++)
		buf_add_text(s->out, is_number(columns[i]) ? " ---: |" : " --- |");
}

static void close_cell(struct sheet *s)
{
	if (s->column)
		buf_add_text(s->out, s->form == SHEET_HTML ? "</td>" : " |");
	if (s->column && !s->columns[s->column]) {
		buf_add_text(s->out, s->form == SHEET_HTML ? "</tr>" : "");
		s->column = 0;
	}
}

void sheet_cell(struct sheet *s)
{
	close_cell(s);
	bool html = s->form == SHEET_HTML;
	if (!s->column)
		buf_add_text(s->out, html ? "\n<tr>" : "\n|");
	buf_add_text(s->out, !html ? " " : is_number(s->columns[s->column]) ? "<td class=\"n\">" : "<td>");
	s->column++;
}

void sheet_cell_ours(struct sheet *s, const char *format, ...)
{
	va_list ap;
	sheet_cell(s);
	va_start(ap, format);
	buf_addv(s->out, format, ap);
	va_end(ap);
}

void sheet_cell_name(struct sheet *s, const char *text, size_t most)
{
	sheet_cell(s);
	sheet_name(s, text, most);
}

void sheet_table_end(struct sheet *s)
{
	close_cell(s);
	buf_add_text(s->out, s->form == SHEET_HTML ? "</tbody></table></div>\n" : "\n\n");
}

void sheet_excerpt(struct sheet *s, const char *title, const char *text, size_t most)
{
	BUF_AUTO cut = buf_new(BUF_FILE);
	if (s->form == SHEET_HTML) {
		buf_addf(s->out, "<details><summary>%s</summary><pre tabindex=\"0\">", title);
		html_text(s->out, text, most);
		buf_add_text(s->out, "</pre></details>\n");
		return;
	}
	short_text(&cut, text, most);
	buf_addf(s->out, "<details><summary>%s</summary>\n\n", title);
	markdown_block(s->out, "text", buf_view(&cut));
	buf_add_text(s->out, "\n</details>\n\n");
}

void sheet_figure(struct sheet *s, const char *svg)
{
	if (s->form == SHEET_HTML)
		buf_addf(s->out, "<figure>%s</figure>\n", svg);
}
