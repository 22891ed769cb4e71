/* patch.h - a patch as people get it on GitHub: the one command that applies it. */
#ifndef RM_PUBLISH_PATCH_H
#define RM_PUBLISH_PATCH_H

#include "publish/page.h"

/* Can these bytes be copied out of a comment and applied: not too many, nothing that a comment would change or must not
 * show, no line that ends the document in a shell? */
bool patch_can_be_copied(struct view patch);
/* The section: how to apply it. `patch` NULL: from where it is. `fixes`: of how many it is made. */
void page_patch(struct page *p, const struct publish_run *r, const char *patch, size_t fixes, bool review);
/* `gh run download ...`, or `runmedic heal --run ...` where there is no artifact. */
void page_command(const struct pen *p, bool review);

#endif
