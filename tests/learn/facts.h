/* facts.h - the fields of flat NDJSON lines, as tests/learn reads them: fast, and only for files of known form. */
#ifndef TESTS_LEARN_FACTS_H
#define TESTS_LEARN_FACTS_H

#include "base/view.h"

#include <stdio.h>

struct facts {
	FILE *file;
	char *line;
	size_t cap;
	struct view v; /* the line */
};

bool facts_open(struct facts *f, const char *folder, const char *name);
bool facts_next(struct facts *f);
void facts_close(struct facts *f);

/* The field's text without quotes, escapes as they stand; empty for null and where it is missing. */
struct view fact_text(struct view line, const char *name);
int64_t fact_int(struct view line, const char *name);
int64_t fact_time(struct view line, const char *name);
bool fact_true(struct view line, const char *name);
/* The text between the brackets of an array or object. */
struct view fact_inside(struct view line, const char *name);
/* The next quoted text of a list; for an object, its keys and values take turns. */
bool fact_item(struct view *rest, struct view *ret);

#endif
