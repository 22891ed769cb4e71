/* files.h - the workflow files of the repository, edited for review. */
#ifndef RM_FIXERS_WORKFLOW_FILES_H
#define RM_FIXERS_WORKFLOW_FILES_H

#include "fixers/evidence.h"
#include "fixers/source.h"

#define WORKFLOW_FILES_MAX 40u

/* Opens .github/workflows/ *.yml; those of a job, when its name is known and some file has a job of that name. Returns
 * how many, at most `max`. */
size_t workflow_open(struct source **ret, size_t max, struct sources *set, const struct evidence *ev, struct err *e);

/* propose() of a fixer that edits them line by line: `edit` notes splices and returns how many, -1 for *e. */
typedef int workflow_edit(struct source *s, const struct evidence *ev, struct arena *a, struct err *e);
int workflow_propose(workflow_edit *edit, const struct fix_request *q, struct fix_proposal *ret, struct err *e);

/* Gives every actions/checkout step of the file `key: value`; how many, -1 for *e. Steps that have the key stay. */
int workflow_checkout_option(struct source *s, const char *key, const char *value, struct arena *a, struct err *e);

#endif
