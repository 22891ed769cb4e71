/* imports.h - import statements: read, and names taken out of them. */
#ifndef RM_FIXERS_PYTHON_IMPORTS_H
#define RM_FIXERS_PYTHON_IMPORTS_H

#include "fixers/python/scan.h"

#define IMPORT_NAMES_MAX 64u

struct import_name {
	struct view name, alias; /* "os.path", "np"; alias "" without `as` */
	size_t from, to;         /* bytes of the file */
	bool removed;
};

struct import {
	bool is_from;
	struct view module;   /* of `from`: with its dots; "" for plain imports */
	size_t from, to;      /* the statement with indentation and newline */
	uint32_t first, last; /* its lines */
	size_t open, close;   /* parentheses, 0 without */
	bool has_comment;
	size_t indent;
	struct import_name names[IMPORT_NAMES_MAX];
	size_t count;
};

/* Reads the statement that covers this line. False: there is none, or not one that this reader understands. */
bool import_read(struct import *ret, const struct source *s, const struct py *p, uint32_t line);
/* The name that the statement binds here: alias, name, or the first part of a dotted name. */
struct view import_bound(const struct import *i, const struct import_name *n);
/* "a.b", "a.b as c", ".a" and so on, as pyflakes and ruff spell it. */
bool import_spelled(const struct import *i, const struct import_name *n, struct view spelling);

/* Notes the splices that take out the names marked as removed. When that is all of them, the statement's lines are
 * only marked in gone[] (index: line): import_cut_lines() cuts them all together. Refused: the only statement of a
 * block, in try/except, a comment on it. */
int import_splice(const struct import *i, struct source *s, const struct py *p, bool *gone, struct err *e);
/* Cuts the lines marked as gone, and the blank lines that would then be too many. */
int import_cut_lines(struct source *s, const bool *gone, struct err *e);

#endif
