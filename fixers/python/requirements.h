/* requirements.h - requirements files: which ones the job installs, what they list, one line more. */
#ifndef RM_FIXERS_PYTHON_REQUIREMENTS_H
#define RM_FIXERS_PYTHON_REQUIREMENTS_H

#include "fixers/evidence.h"
#include "fixers/source.h"

#define REQUIREMENTS_FILES_MAX 16u

struct requirements {
	const char *files[REQUIREMENTS_FILES_MAX]; /* in the order of installation; files they include follow them */
	size_t count;
};

/* The files that some step of the log installs with `pip install -r FILE` (or uv), and what they include with -r. */
void requirements_find(struct requirements *ret, const struct evidence *ev, struct arena *a);
/* Lists the distribution, with whatever version? Names are compared as PEP 503 says. */
bool requirements_list(struct view text, const char *distribution);
bool requirements_list_in(const struct tree *tree, const char *path, const char *distribution);
bool requirements_same(struct view a, struct view b); /* names, as PEP 503 compares them */
int requirements_order(struct view a, struct view b); /* as sorted files have them */
/* The distribution that a line asks for; empty for options, comments, addresses. */
struct view requirements_name(struct view line);
bool requirements_generated(struct view text); /* written by pip-compile and the like */
/* A splice with one more line: in its place when the file is sorted, else at the end. Refused: files that a program
 * wrote (pip-compile, hashes), a distribution that is there. */
int requirements_add(struct source *s, const char *distribution, struct arena *a, struct err *e);

#endif
