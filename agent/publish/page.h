/* page.h - a Markdown document with a limit in bytes, made of blocks that are whole: a fence or <details> that was
 * opened is closed in the same block, so that the document is sound wherever it ends. */
#ifndef RM_PUBLISH_PAGE_H
#define RM_PUBLISH_PAGE_H

#include "publish/words.h"

struct page {
	struct buf *out;
	size_t start, max; /* bytes of the document, with room for the tail */
	struct buf tail, end;
	bool cut;
};

/* `end` (taken over, may be all zero) stands below everything, also below a cut. */
void page_start(struct page *p, struct buf *out, size_t max, const struct publish_run *r, struct buf *end);
/* Adds the block and clears it. From the first that does not fit on, nothing more is added. */
void page_add(struct page *p, struct buf *block);
size_t page_room(const struct page *p);
void page_end(struct page *p); /* says that it was cut, when it was; adds the end */

/* ---- blocks ---- */

void markdown_excerpt(struct buf *out, const struct finding *f);
/* Step, category, tests (at most so many failed ones by name), why, next. */
void markdown_facts(struct buf *out, const struct diagnosis *d, const struct finding *f, size_t tests);
void markdown_others(struct buf *out, const struct diagnosis *d); /* all findings but the first */

/* A group as a section: jobs, what is known, excerpt, facts; `deep`: the other findings too. */
void page_group(struct page *p, const struct told *t, const struct publish_group *g, size_t tests, bool deep);
/* Each group but the first, folded. */
void page_other_groups(struct page *p, const struct told *t, size_t tests, bool deep);
/* What reached people already is only told. Else the command that applies the fixes, with the patch in it where that
 * can be copied; where it cannot, each diff folded, at most diff_max bytes of it. */
void page_fixes(struct page *p, const struct told *t, size_t diff_max);
void page_refused(struct page *p, const struct told *t); /* the fixes without a diff, and why */
void page_notes(struct page *p, const struct publish_run *r);
void page_jobs(struct page *p, const struct publish_run *r); /* every job with its cause */

#endif
