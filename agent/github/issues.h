/* issues.h - issues that runmedic keeps: one per marker, found again among those with its label.
 *
 * An issue is ours when its body begins with the marker and the holder of this token wrote it. */
#ifndef RM_GITHUB_ISSUES_H
#define RM_GITHUB_ISSUES_H

#include "base/arena.h"
#include "base/clock.h"
#include "github/github.h"

struct github_issue {
	int number; /* 0: there is none */
	bool open;
	const char *title, *body, *url;
	int64_t created, updated, closed;
};
/* Open and closed; of several the open one, else the newest. */
int github_issue_find(struct github *g, const char *label, const char *marker, struct arena *a,
	struct github_issue *ret, struct err *e);
/* Every one of ours whose body begins with `marker_prefix`, newest first. */
int github_issues_list(struct github *g, const char *label, const char *marker_prefix, bool open_only,
	bool (*each)(void *context, const struct github_issue *i), void *context, struct err *e);

struct github_issue_wish {
	const char *label, *marker;                   /* the label is made where it is missing */
	const char *title, *body;                     /* the body begins with the marker */
	const char *const *labels, *const *assignees; /* more of them; NULL-terminated or NULL */
	bool reopen;                                  /* a closed one is opened again instead of a new one being made */
};
/* Made, updated where it differs, or opened again. Assignees and labels that cannot be set are left out: *ret_note. */
int github_issue_put(struct github *g, const struct github_issue_wish *w, struct arena *a, struct github_issue *ret,
	const char **ret_note, struct err *e);
int github_issue_close(struct github *g, int number, const char *comment_or_null, struct err *e);
/* Issues switched off in the repository are ERR_UNAVAILABLE in all of these. */

#endif
