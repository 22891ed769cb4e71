/* project.h - dependencies of a Python project that the job installs by itself: pyproject.toml (PEP 621), setup.cfg. */
#ifndef RM_FIXERS_PYTHON_PROJECT_H
#define RM_FIXERS_PYTHON_PROJECT_H

#include "fixers/evidence.h"
#include "fixers/source.h"

struct project {
	const char *path;  /* of pyproject.toml or setup.cfg, as far as it declares dependencies */
	struct view extra; /* "test" of `pip install .[test]`; "" none */
};

/* The project that some step of the log installs with `pip install .`, `-e .[test]` (or uv). False: none, or one whose
 * dependencies stand elsewhere (setup.py, poetry, a lock file); *e says why. */
bool project_find(struct project *ret, const struct evidence *ev, struct arena *a, struct err *e);

/* A splice with one more dependency, written as its neighbours are; of the extra when `for_tests`. */
int project_add(const struct project *p, struct source *s, const char *distribution, bool for_tests, struct arena *a,
	struct err *e);

#endif
