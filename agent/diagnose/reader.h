/* reader.h - small tools that the test readers share. A reader's state is plain memory: zeroed at the start, freed
 * without being asked, so it owns nothing. */
#ifndef RM_DIAGNOSE_READER_H
#define RM_DIAGNOSE_READER_H

#include "diagnose/tests.h"

/* ---- parts of lines -------------------------------------------------------------------------- */

/* "12 passed" -> 12: the number right before `word` in text, -1 when it is not there. */
int64_t reader_count_before(struct view text, const char *word);
/* "Failures: 3", "failures=3" -> 3: the number right behind `label`, -1 when it is not there. */
int64_t reader_count_after(struct view text, const char *label);
/* "0.12s", "12 ms", "< 1 ms", "1.5 sec": microseconds, -1 when it is no duration. */
int64_t reader_duration(struct view text);
/* What a framework calls a result: the entry that is `word`; false when there is none. NULL ends the table. */
struct reader_word {
	const char *word;
	enum result result;
};
bool reader_word_result(struct view word, const struct reader_word *words, enum result *ret);
/* Cuts a number off the front; false when there is none. */
bool reader_number(struct view *text, uint64_t *ret);
/* Cuts `prefix` off the front; false when it does not stand there. */
bool reader_skip(struct view *text, const char *prefix);
/* Removes what stands in one pair of brackets at the end, with the blanks before it; false when there is none. */
bool reader_cut_tail(struct view *text, char open, char shut, struct view *ret_inside);
/* Removes a duration in brackets at the end, "(0.12s)", and gives it; -1 when there is none. */
int64_t reader_cut_duration(struct view *text, char open, char shut);
/* "  12) Title" -> 12 and "Title"; at most 4 blanks in front. */
bool reader_numbered(struct view text, uint64_t *ret, struct view *ret_title);
/* Removes a ruler at the end: three or more of `piece` ("─", "="), with the blanks before it. */
void reader_cut_ruler(struct view *text, const char *piece);
size_t reader_indent(struct view text);
/* One or more words of letters, digits, '_' and '$', joined by dots. */
bool reader_dotted(struct view text);
/* Something whose name ends like that of a script: .js, .mts, .tsx, ... */
bool reader_script_file(struct view text);

/* ---- whole lines ----------------------------------------------------------------------------- */

/* The line without what a task runner puts before each line of what it runs: "web:test: " of turbo, "packages/web test:
 * " of pnpm, "@scope/web: " and "[@scope/web]: " of lerna and yarn, "[0] " of concurrently, "web-1  | " of compose. */
struct view reader_body(struct view line);
/* True when this line is of another step than the one before; *step is 0 at first. */
bool reader_new_step(uint32_t *step, const struct test_out *out);

/* ---- kept text ------------------------------------------------------------------------------- */

struct reader_text {
	uint32_t n;
	char p[TEST_ID_MAX];
};
void reader_keep(struct reader_text *t, struct view v);
void reader_keep_more(struct reader_text *t, const char *separator, struct view v); /* no separator when t is empty */
struct view reader_kept(const struct reader_text *t);

/* ---- results --------------------------------------------------------------------------------- */

/* Hands over one result; nothing when the id is empty. The line is filled in. */
void reader_tell(const struct test_out *out, struct test_case one);
void reader_result(const struct test_out *out, struct view id, enum result result);
void reader_failed(const struct test_out *out, struct view id, struct view message);
/* "a" and "b" -> "a.b"; just b when a is empty. */
void reader_joined(const struct test_out *out, struct view a, const char *separator, struct view b, enum result result);
/* Adds b to a where b >= 0; -1 is "not seen". */
void reader_add(int64_t *a, int64_t b);

/* Totals of summary lines, added up. */
struct reader_totals {
	struct test_counts counts;
	bool any;
};
bool reader_totals(const struct reader_totals *t, struct test_counts *ret);

#endif
