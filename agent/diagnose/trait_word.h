/* trait_word.h - what a word says where a program reports on its work. */
#ifndef RM_DIAGNOSE_TRAIT_WORD_H
#define RM_DIAGNOSE_TRAIT_WORD_H

#include "diagnose/word.h"

enum trait_word {
	WORD_ERROR = 1,
	WORD_FAIL = 2,
	WORD_COMPLAINT = 4,
	WORD_NOT = 8,
	WORD_ASSERT = 16,
	WORD_WARN = 32,
	WORD_GOOD = 64,
	WORD_STATUS = 128, /* of a process */
	WORD_ENDS = 256,
	WORD_ADVICE = 512,
	WORD_DOING = 1024,
	WORD_COUNTED = 2048, /* what summaries count */
	WORD_NONE = 4096,
	WORD_REQUIRES = 8192, /* a complaint together with a negation */
};

/* Bits of enum trait_word for a word in small letters. */
unsigned trait_word(const char *lower);

#endif
