/* posting.h - a run's diagnosis reaches people: check run, sticky comment, step summary, files (DESIGN §7).
 *
 * A result is never lost. The summary is written first, since nobody can refuse it; then the check run, a commit status
 * where this token cannot write checks, and the comment. What is refused is said (stderr, end of the summary) with the
 * line of YAML that grants it, and is no trouble: the result stands elsewhere. Where neither check, status, comment nor
 * summary took it, it goes into files. Nothing is written twice: what says the same already is left. */
#ifndef RM_CMD_POSTING_H
#define RM_CMD_POSTING_H

#include "cmd/command.h"
#include "github/github.h"
#include "publish/bodies.h"

#define POSTING_NOTES_MAX 8u
#define POSTING_FOLDER "runmedic" /* in RUNNER_TEMP, else in the current folder */

struct posting {
	char *check_url, *comment_url; /* NULL: not there */
	char *report;                  /* file with the whole report; NULL: not written */
	bool posted;                   /* something on GitHub or in the summary says it */
	char *notes[POSTING_NOTES_MAX];
	size_t note_count;
};

/* `g` NULL: nothing is asked of GitHub. -1 only where the result is lost, which is trouble. */
int posting_run(struct posting *ret, struct session *s, struct github *g, const struct publish_run *r, bool files,
	struct err *e);
void posting_done(struct posting *p);

#endif
