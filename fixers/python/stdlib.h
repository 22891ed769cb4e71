/* stdlib.h - names of modules that come with Python. */
#ifndef RM_FIXERS_PYTHON_STDLIB_H
#define RM_FIXERS_PYTHON_STDLIB_H

#include "base/view.h"

/* The top of a dotted name is a module of the standard library (of today or of an earlier Python 3). */
bool python_stdlib(struct view module);

#endif
