/* remote_answer.h - the jobs of one run, kept until all are read, so that what failed of one thing is told once. */
#ifndef RM_CMD_REMOTE_ANSWER_H
#define RM_CMD_REMOTE_ANSWER_H

#include "base/json.h"
#include "cmd/remote_run.h"
#include "publish/run.h"

struct remote_answer {
	struct diagnosis *diagnoses;
	const struct remote_job **jobs; /* of the same places; NULL: the run did not start */
	char **seen;                    /* what the history knows, malloc'ed; NULL: nothing */
	size_t count, cap, jobs_cap, seen_cap;
};
/* Takes the diagnosis over; `seen` too. */
void remote_answer_keep(struct remote_answer *a, struct analysed *one, char *seen);
void remote_answer_done(struct remote_answer *a);

void remote_answer_text(
	struct buf *out, const struct remote_answer *a, const struct remote_run *run, const struct publish_style *s);
void remote_answer_markdown(struct buf *out, const struct remote_answer *a, const struct remote_run *run);

/* The run as publish/ sees it, its red jobs with what was found or why nothing was; all of it in the arena. */
void remote_answer_run(
	struct publish_run *ret, const struct remote_answer *a, const struct remote_run *run, struct arena *arena);
/* "run" of an analysis in JSON: what the execution is on GitHub. */
void remote_answer_add_json(cJSON *analysis, const struct analysed *one);

#endif
