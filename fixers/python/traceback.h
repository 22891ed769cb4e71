/* traceback.h - places as Python prints them. */
#ifndef RM_FIXERS_PYTHON_TRACEBACK_H
#define RM_FIXERS_PYTHON_TRACEBACK_H

#include "fixers/mend.h"

/* '  File "a.py", line 14', also behind "E   " (pytest) or "***" (compileall): path and line of *ret. */
bool traceback_place(struct view line, struct complaint *ret);
/* The nearest such line above line i of the evidence. */
bool traceback_above(const struct evidence *ev, size_t i, struct complaint *ret);

#endif
