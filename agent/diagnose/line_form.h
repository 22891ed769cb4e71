/* line_form.h - line forms: what a line of a tool looks like, as data.
 *
 *     "%p:%l:%c: %s: %m [%k]"     src/a.c:3:7: error: 'x' undeclared [-Wall]
 *
 * Everything but these stands for itself; one blank stands for one or more blanks or tabs, two for two or more.
 *   %p  a path: at least one byte, the first no blank; up to where the rest fits first
 *   %m  a message: up to where the rest fits last          %_  anything, also nothing: up to where the rest fits first
 *   %l  %c  a line, a column                               %n  %d  counts: digits
 *   %r  %a  numbers with an optional fraction              %s  a word of severity (line_form_severity)
 *   %w  a word of letters                                  %k  a code: no blanks, brackets, quotes, commas; its last
 *                                                              byte is no ':'
 *   %%  a percent sign
 * A form fits a whole line; "%_" at the end allows more. Matching takes at most LINE_FORM_STEPS_MAX steps and looks at
 * lines of up to LINE_FORM_MAX bytes. */
#ifndef RM_DIAGNOSE_LINE_FORM_H
#define RM_DIAGNOSE_LINE_FORM_H

#include "base/vocabulary.h"

#define LINE_FORM_MAX 8192u
#define LINE_FORM_STEPS_MAX 20000u

struct line_form_fields {
	struct view path, message, line, column, severity, code, word, n, d, r, a; /* p NULL: not in the form */
};
bool line_form_match(const char *form, struct view line, struct line_form_fields *ret);

/* error, fatal, critical, E, ...; warning, W, ...; note, info, style, convention, hint, C, ... In any letter case. */
bool line_form_severity(struct view word, enum severity *ret);
/* "81", "81.2": a number; -1 when it is none. */
double line_form_number(struct view text);

#endif
