/* words.h - the sentences that all bodies share. */
#ifndef RM_PUBLISH_WORDS_H
#define RM_PUBLISH_WORDS_H

#include "publish/pen.h"

/* A run taken apart once for the body that is being written. Lives in the arena. */
struct told {
	struct arena arena;
	const struct publish_run *run;
	const struct publish_group *groups;
	size_t group_count;
	const struct publish_fix *const *fixes; /* of all jobs, each once; those that have a diff first */
	size_t fix_count, diff_count;
	bool review; /* some fix with a diff is for review */
};
void told_start(struct told *t, const struct publish_run *r);
void told_done(struct told *t);

/* "Not your fault: also red on main since abc1234 (2026-11-18). TITLE at src/a.py:3. Known failure, see #9. Fix
 * proposed in #12." */
void words_headline(const struct pen *p, const struct told *t, size_t title_max);
void words_cause(const struct pen *p, const struct publish_group *g, size_t title_max); /* TITLE at src/a.py:3 */
void words_finding(const struct pen *p, const struct finding *f, size_t title_max);
void words_red(const struct pen *p, const struct publish_known *k);   /* Not your fault: ... ; nothing when it is not */
void words_done(const struct pen *p, const struct told *t);           /* what was done about it */
void words_known(const struct pen *p, const struct publish_known *k); /* seen 5 times before; nothing when new */
void words_names(const struct pen *p, const struct publish_run *r, const struct publish_group *g, size_t most);
/* As pen_text(), and ends as a sentence does. */
void words_sentence(const struct pen *p, const char *text, size_t most);
/* The name may come from the patch of an untrusted job: what is none becomes "of an unknown fixer". */
const char *words_fixer(const struct publish_fix *f);

/* "runmedic / CI": of the check run and the commit status. */
void words_name(const struct pen *p);
/* The last line of a body: run, commit, who wrote it, and `last` (ours). */
void words_footer(struct buf *out, const struct publish_run *r, const char *last);
/* The page that tells more; NULL where none is known or it may not be linked. */
const char *words_page(const struct publish_run *r);
/* 16 hex digits that name the workflow, whatever it is called. */
#define WORKFLOW_KEY_MAX 17
void workflow_key(const struct publish_run *r, char ret[WORKFLOW_KEY_MAX]);

#endif
