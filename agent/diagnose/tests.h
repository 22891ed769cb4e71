/* tests.h - test results out of logs and reports.
 *
 * A reader knows how one framework prints. Readers see the decoded lines of a log in order and hand over each result as
 * soon as it is known. They run side by side (a job may use several); each keeps its own small state. Ids are written
 * as the framework writes them (DESIGN §3): pytest node ids; `class.method` for surefire, ant, unittest; `Class >
 * method` for gradle; " › "-joined for jest, vitest, playwright; go's Test/sub; cargo's a::b::c. Adding a reader is one
 * line of the table in readers.c and a file reader_NAME.c, or a table in reader_forms_*.c where results are lines of a
 * fixed form (reader_form.h). */
#ifndef RM_DIAGNOSE_TESTS_H
#define RM_DIAGNOSE_TESTS_H

#include "base/arena.h"
#include "base/vocabulary.h"
#include "log/log.h"

#define TESTS_FAILED_IDS_MAX 10000u /* failed ids kept per log; the counts go on */
#define TEST_ID_MAX 1024u
#define TEST_MESSAGE_MAX 4096u

struct test_case {
	struct view id; /* at most TEST_ID_MAX */
	enum result result;
	int64_t duration_us; /* -1 unknown */
	struct view message; /* of a failure, "" unknown */
	struct view path;    /* file of the test as printed, "" unknown */
	uint32_t line;       /* of the log, 0 for reports */
	bool flaky;          /* it passed when it was run again: takes back a failure told before */
};
typedef void test_sink(void *context, const struct test_case *one);

/* What the frameworks' own summary lines say; -1 where none was seen. Beats counting. */
struct test_counts {
	int64_t passed, failed, skipped, errors;
};
static inline void test_counts_add(struct test_counts *c, enum result result)
{
	c->passed += result == RESULT_PASSED;
	c->failed += result == RESULT_FAILED;
	c->errors += result == RESULT_ERROR;
	c->skipped += result == RESULT_SKIPPED;
}

/* Where a reader's results go while it looks at one line. */
struct test_out {
	test_sink *sink;
	void *context;
	const struct log_line *at;
};

#define TEST_READERS_MAX 64u
struct test_reader {
	const char *name; /* "pytest" */
	size_t state_size;
	/* Lines without any of these (NULL-terminated) are not handed over, unless `active` says so. All literals of
	 * all readers are looked for in one pass (rules/prefilter.h): specific ones, of 5 bytes or more, cost nothing.
	 * A '\n' at the front stands for the start of the line. */
	const char *const *literals;
	/* Without what a task runner puts before each line of a program (reader_body). */
	void (*line)(void *state, struct view text, const struct test_out *out);
	bool (*active)(const void *state); /* wants all lines that follow; NULL: never. May change in line() only */
	void (*end)(void *state, const struct test_out *out); /* out->at is the last line seen; NULL: nothing is left */
	/* What the framework itself summed up; of the four those that it told. NULL or false: results are counted. */
	bool (*summary)(const void *state, struct test_counts *ret);
};
extern const struct test_reader *const test_readers[]; /* NULL-terminated */

/* All readers over one log. Results of a job's several frameworks are added up. */
struct test_scan;
struct test_scan *test_scan_new(test_sink *every_or_null, void *context);
void test_scan_block(struct test_scan *s, const struct log_block *block);
/* The same, where matcher_scan() has looked for the literals already. */
struct matcher_tag;
void test_scan_lines(struct test_scan *s, const struct log_block *block, const struct matcher_tag *tags, size_t count);
void test_scan_end(struct test_scan *s);
void test_scan_free(struct test_scan *s);

struct test_failure {
	const char *id, *path, *message;
	uint32_t line; /* where the log names it first as failed */
	const char *reader;
};
struct test_summary {
	bool any;                            /* some framework was recognised */
	struct test_counts counts;           /* each >= 0 when any */
	const struct test_failure *failures; /* unique by id, in order of appearance; owned by the scan */
	size_t failure_count;
};
void test_scan_summary(const struct test_scan *s, struct test_summary *ret);

/* JUnit XML in all its dialects (expat, entities and DTDs off, depth and size limited). *ret counts are exact. */
#define JUNIT_BYTES_MAX ((size_t)256 << 20)
int junit_read(struct view xml, test_sink *sink, void *context, struct test_counts *ret, struct err *e);
/* TRX (Visual Studio, dotnet test), within the same limits. */
int trx_read(struct view xml, test_sink *sink, void *context, struct test_counts *ret, struct err *e);
/* Either of them, by its outermost element. */
int test_report_read(struct view xml, test_sink *sink, void *context, struct test_counts *ret, struct err *e);

#endif
