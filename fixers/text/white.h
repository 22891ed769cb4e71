/* white.h - white space at the ends of lines and files: one splice each, verified before. */
#ifndef RM_FIXERS_TEXT_WHITE_H
#define RM_FIXERS_TEXT_WHITE_H

#include "fixers/source.h"

/* Cuts the blanks and tabs at the end of line n; refused when there are none. */
int white_strip(struct source *s, uint32_t n, struct err *e);
/* Leaves `keep` blanks; fine when there are no more. */
int white_strip_to(struct source *s, uint32_t n, size_t keep, struct err *e);
/* Adds the newline that the last line lacks; refused when it has one. */
int white_end_with_newline(struct source *s, struct err *e);
/* Cuts blank lines at the end and sees to exactly one newline; refused when that is so already. */
int white_end_of_file(struct source *s, struct err *e);

/* Recorded output, patches, snapshots, test data: what looks like a fault may be the point. */
bool text_is_data(const char *path);
/* May the blanks at the end of line n be part of a value: in a string over several lines, a here-document, a break of a
 * Markdown line? Told by counting quotes: true in doubt. */
bool white_in_value(const struct source *s, uint32_t n);

#endif
