/* signature_word.h - words of a message: what names a failure, and what another run prints differently. */
#ifndef RM_DIAGNOSE_SIGNATURE_WORD_H
#define RM_DIAGNOSE_SIGNATURE_WORD_H

#include "base/view.h"

bool word_char(char c); /* letters, digits, '_', and all beyond ASCII */

/* Bytes of the word, number, moment or id that begins at text.p[i], which is a word_char(). *ret_keep: it stays as it
 * is; else a sign for "something" takes its place. */
size_t word_measure(struct view text, size_t i, bool *ret_keep);

#endif
