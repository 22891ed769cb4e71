/* version.h - which version of a tool the job used. */
#ifndef RM_FIXERS_VERSION_H
#define RM_FIXERS_VERSION_H

#include "fixers/evidence.h"

/* From what the log says was installed, else from what the repository pins (requirements, .pre-commit-config.yaml,
 * package-lock.json, Gemfile.lock, poetry.lock, uv.lock). "23.1.0", owned by the arena; NULL: not known. */
const char *version_wanted(const struct evidence *ev, const char *distribution, struct arena *a);

#endif
