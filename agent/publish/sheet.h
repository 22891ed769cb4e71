/* sheet.h - a document of headings, paragraphs, lists, tables and figures, written as Markdown or as HTML by one code,
 * so that both say the same. Private to publish/.
 *
 * Text from outside goes through sheet_name(), which redacts, shortens and neutralises it for the form; everything else
 * is ours. Tables and lists are written row by row: begin, cells, end. */
#ifndef RM_PUBLISH_SHEET_H
#define RM_PUBLISH_SHEET_H

#include "base/buf.h"

enum sheet_form { SHEET_MARKDOWN, SHEET_HTML };

struct sheet {
	struct buf *out;
	enum sheet_form form;
	const char *const *columns; /* of the table that is open */
	size_t column;              /* of the next cell */
};

void sheet_heading(struct sheet *s, unsigned level, const char *id, const char *text);
void sheet_ours(struct sheet *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sheet_name(struct sheet *s, const char *text, size_t most); /* "" and NULL are nothing */
void sheet_id(struct sheet *s, const char *word);                /* an identifier of ours, as code */
void sheet_strong(struct sheet *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

void sheet_paragraph(struct sheet *s);
void sheet_paragraph_end(struct sheet *s);
void sheet_list(struct sheet *s);
void sheet_item(struct sheet *s);
void sheet_item_end(struct sheet *s);
void sheet_list_end(struct sheet *s);

/* Column titles, NULL-terminated; one that begins with '>' is of numbers. The titles must outlive the table. */
void sheet_table(struct sheet *s, const char *const *columns);
void sheet_cell(struct sheet *s); /* begins the next cell, and a row where the last one is full */
void sheet_cell_ours(struct sheet *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sheet_cell_name(struct sheet *s, const char *text, size_t most);
void sheet_table_end(struct sheet *s);

/* Lines from outside, as they are. Folded away behind the title, which is ours. */
void sheet_excerpt(struct sheet *s, const char *title, const char *text, size_t most);
/* HTML only; Markdown says the same in a table. `svg` is ours. */
void sheet_figure(struct sheet *s, const char *svg);

/* Text for HTML, neutral also within attributes of double quotes. Redacted, at most `most` bytes of it. */
void html_text(struct buf *out, const char *text, size_t most);

#endif
