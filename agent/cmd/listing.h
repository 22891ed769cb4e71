/* listing.h - rows that answer a question, in four forms: aligned text, JSON, CSV, Markdown.
 *
 * Columns are a const table; cells are told row by row. What comes from a history is made safe for the form: controls
 * are shown, Markdown is escaped, CSV is quoted as RFC 4180 says and what a spreadsheet would take for a formula gets
 * a ' in front. JSON has every column, the others those that are not `quiet`, but with --verbose. */
#ifndef RM_CMD_LISTING_H
#define RM_CMD_LISTING_H

#include "base/arena.h"
#include "base/json.h"
#include "cmd/command.h"

#define LISTING_FORMATS "text|json|csv|markdown"
#define LISTING_FORMAT_OPTION                                                                                          \
	{                                                                                                              \
		"format", 0, LISTING_FORMATS, "how to answer (default: text)", false                                   \
	}
#define LISTING_TEXT_MAX 100u /* letters of a cell in text and Markdown; longer ones are cut in the middle */

/* LISTING_LINES: texts joined by newlines; a list in JSON. */
enum listing_kind {
	LISTING_TEXT,
	LISTING_LINES,
	LISTING_COUNT,
	LISTING_SHARE,
	LISTING_NUMBER,
	LISTING_TIME,
	LISTING_FLAG
};
struct listing_column {
	const char *name;  /* in JSON and CSV; NULL ends the table */
	const char *title; /* in text and Markdown */
	enum listing_kind kind;
	bool quiet;
};
struct listing {
	const struct listing_column *columns;
	size_t column_count, row_count;
	struct listing_cell *cells;
	size_t n, cap;
	struct arena arena;
};

void listing_init(struct listing *l, const struct listing_column *columns);
void listing_done(struct listing *l);

/* The next cell, of its column's kind. NULL, a negative number and CLOCK_UNKNOWN are unknown. */
void listing_text(struct listing *l, const char *text_or_null);
void listing_number(struct listing *l, double value); /* count, share (0..1), number, flag */
void listing_time(struct listing *l, int64_t at);

/* In the form of --format. `head`: the JSON object to which the rows go as `rows`, taken over; `empty`: what text says
 * when there are none; `note`: a line above the rows of text and Markdown, or NULL. */
void listing_write(struct buf *out, const struct listing *l, const struct session *s, cJSON *head, const char *rows,
	const char *note, const char *empty);
/* Several tables of one answer. CSV can hold one: the first. */
struct listing_part {
	const struct listing *listing;
	const char *rows, *note, *empty; /* as above; empty NULL: without rows nothing is said */
};
void listing_write_parts(
	struct buf *out, const struct listing_part *parts, size_t count, const struct session *s, cJSON *head);

#endif
