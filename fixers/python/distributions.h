/* distributions.h - which distribution provides a module: only names that everybody knows. */
#ifndef RM_FIXERS_PYTHON_DISTRIBUTIONS_H
#define RM_FIXERS_PYTHON_DISTRIBUTIONS_H

#include "base/view.h"

/* "yaml" -> "PyYAML"; NULL when the module is not in the list. A guess would be an invitation: a stranger can publish
 * whatever name is guessed. */
const char *distribution_of(struct view module);

#endif
