/* reader_form.h - readers of frameworks whose results are lines of a fixed form: a table says how they look. Frameworks
 * that need more than that have a file of their own. */
#ifndef RM_DIAGNOSE_READER_FORM_H
#define RM_DIAGNOSE_READER_FORM_H

#include "diagnose/reader.h"

#define READER_FORM_LINE_MAX 8192u /* bytes; longer ones are no results */

enum form_kind {
	FORM_NONE,
	FORM_RESULT,  /* tells the id */
	FORM_CONTEXT, /* keeps a heading for the ids that follow, where the reader has a separator */
	FORM_TITLE,   /* keeps an id until a proof says that it failed */
	FORM_PROOF,   /* tells the title that was kept */
	FORM_NEXT,    /* the line below is the id */
	FORM_OPEN,    /* from here on all lines are looked at, until a CLOSE or the end of the step */
	FORM_CLOSE,
	FORM_LIST, /* the same, until the first line behind the first items that is none */
	FORM_ITEM, /* a RESULT, where a list is open */
	FORM_LAST, /* an ITEM that is told where nothing else told a failure of this step */
	FORM_HEAD, /* a TITLE, where a list is open */
};

/* How a line looks. Blanks at both ends do not count, but "^" at the front keeps those at the left. " " is one blank or
 * more. "<id>" is the id, "<name>" one without blanks, "<text>" the message, "<n>" a number, "<*>" anything; the
 * shortest that fits. Braces make all between them the id: "{//<name>} FAILED in <*>". */
struct form {
	enum form_kind kind;
	enum result result;
	const char *shape;
};

/* A line that sums up. The numbers stand before their labels, or behind. */
struct form_totals {
	const char *shape;
	const char *passed, *failed, *skipped, *errors;
	const char *all; /* where the passed ones are what is left */
	bool behind;
	bool repeated; /* printed again as it grows: the last one counts */
};

struct form_table {
	const struct form *forms;         /* ends with FORM_NONE */
	const struct form_totals *totals; /* ends with a NULL shape; NULL: none */
	const char *separator;            /* between heading and id; NULL: no headings */
};

struct reader_form_match {
	struct view id, message;
};
bool reader_form_match(const char *shape, struct view line, struct reader_form_match *ret);

struct form_state {
	struct reader_totals totals, growing;
	struct reader_text title, heading;
	uint32_t step;
	uint32_t next_line; /* of an id; 0: none */
	enum result next;
	bool open, list, items, told;
};
void reader_form_line(const struct form_table *t, struct form_state *s, struct view text, const struct test_out *out);
bool reader_form_active(const void *state);
bool reader_form_summary(const void *state, struct test_counts *ret);

/* Defines test_reader_NAME from NAME_forms and NAME_literals. */
#define FORM_READER(NAME, TOTALS, SEPARATOR)                                                                           \
	static void NAME##_line(void *state, struct view text, const struct test_out *out)                             \
	{                                                                                                              \
		static const struct form_table table = {NAME##_forms, TOTALS, SEPARATOR};                              \
		reader_form_line(&table, state, text, out);                                                            \
	}                                                                                                              \
	const struct test_reader test_reader_##NAME = {.name = #NAME,                                                  \
		.state_size = sizeof(struct form_state),                                                               \
		.literals = NAME##_literals,                                                                           \
		.line = NAME##_line,                                                                                   \
		.active = reader_form_active,                                                                          \
		.summary = reader_form_summary};

#endif
