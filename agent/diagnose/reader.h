/* reader.h - small tools that the test readers share. A reader's state is plain memory: zeroed at the start, freed
 * without being asked, so it owns nothing. */
#ifndef RM_DIAGNOSE_READER_H
#define RM_DIAGNOSE_READER_H

#include "diagnose/tests.h"

/* "12 passed" -> 12: the number right before `word` in text, -1 when it is not there. */
int64_t reader_count_before(struct view text, const char *word);
/* "Failures: 3" -> 3: the number right behind `label`. */
int64_t reader_count_after(struct view text, const char *label);
/* "(0.12s)", "[12 ms]", "in 1.5s": microseconds, -1 when it is no duration. */
int64_t reader_duration(struct view text);
void reader_emit(test_sink *sink, void *context, struct view id, enum result result, int64_t duration_us,
	struct view message, const struct log_line *at);
/* Adds b to a where b >= 0; -1 is "not seen". */
void reader_add(int64_t *a, int64_t b);
/* Removes what stands in one pair of brackets at the end, with the blanks before it; false when there is none. */
bool reader_cut_tail(struct view *text, char open, char shut, struct view *ret_inside);

#endif
