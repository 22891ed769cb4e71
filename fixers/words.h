/* words.h - words in lines of source, for fixers of languages that need no more than that. */
#ifndef RM_FIXERS_WORDS_H
#define RM_FIXERS_WORDS_H

#include "base/view.h"

bool words_letter(char c); /* of an identifier, ASCII */
bool words_digit(char c);
/* Does this word, whole, stand at the offset? */
bool words_at(struct view text, size_t at, struct view word);
/* The offset of the word when it stands exactly once in the text; else VIEW_NONE. */
size_t words_only(struct view text, struct view word);
/* What stands in the first quotes: '...', "...", `...` or the typographic ones of compilers. */
bool words_quoted(struct view text, struct view *ret);
/* The line without a // or block comment at its end and blanks before it. */
struct view words_code(struct view line);

/* How many blanks and tabs the line begins with. */
size_t words_indent(struct view line);
size_t words_blanks(struct view line); /* blanks only */

#endif
