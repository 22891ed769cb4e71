/* scan.h - Python source, sorted into code, strings and comments; no more than fixers need to not touch the wrong
 * thing. */
#ifndef RM_FIXERS_PYTHON_SCAN_H
#define RM_FIXERS_PYTHON_SCAN_H

#include "fixers/source.h"

enum py_kind { PY_CODE = 'c', PY_STRING = 's', PY_COMMENT = '#' };

struct py {
	struct view text;
	char *kind;      /* enum py_kind of each byte; a string's prefix and quotes belong to it */
	uint32_t *depth; /* open brackets at the start of each line (index 0: line 1) */
	bool *joined; /* the line goes on with a statement of an earlier line: brackets, backslash, or inside a string
		       */
	uint32_t line_count;
	bool valid; /* brackets and strings end */
};

void py_scan(struct py *ret, struct view text, struct arena *a); /* its tables live in the arena */

bool py_is_name(char c); /* may stand in an identifier (ASCII; other letters count, too) */
/* Is `name` used as a name in code, but for attributes (".name") and the bytes from..to? Import statements elsewhere
 * are no use. */
bool py_uses(const struct py *p, struct view name, size_t from, size_t to);
/* Does text that is not code speak of the name in a way that counts: 'name' as a whole string (__all__), a type
 * comment, a doctest? */
bool py_mentions(const struct py *p, struct view name);

#endif
