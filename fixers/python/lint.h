/* lint.h - what the two halves of python/lint-codes share: lint_codes.c reads logs and imports, lint_space.c mends
 * layout. */
#ifndef RM_FIXERS_PYTHON_LINT_H
#define RM_FIXERS_PYTHON_LINT_H

#include "fixers/mend.h"
#include "fixers/python/scan.h"

/* One complaint at its place. `at` is its byte when it has a column, else the start of the line. */
struct lint {
	struct source *s;
	const struct py *py;
	uint32_t line;
	size_t at;
	struct view code, text;
};

/* 0: mended; -1: refused, or *e says that the code needs a person. */
int lint_space(const struct lint *l, struct err *e);
bool lint_space_knows(struct view code);

#endif
