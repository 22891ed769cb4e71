/* rustfmt.h - the diffs that rustfmt --check prints ("Diff in src/a.rs:12:"): bodies without line counts. */
#ifndef RM_FIXERS_DIFF_RUSTFMT_H
#define RM_FIXERS_DIFF_RUSTFMT_H

#include "fixers/diff/unified.h"

/* As diff_read(). The old_start of each hunk is what rustfmt says; fit it with rustfmt_fit() when the file is known. */
int rustfmt_read(struct diff *ret, const struct view *lines, size_t count, struct arena *a, struct err *e);
/* Puts each hunk where its old lines stand exactly: at the line rustfmt names, or (older versions count in the new
 * text) shifted by what earlier hunks add. */
int rustfmt_fit(struct diff_file *f, struct view old, struct err *e);

#endif
