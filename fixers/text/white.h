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

#endif
